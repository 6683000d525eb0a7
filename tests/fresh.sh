#!/usr/bin/env bash
# Proves that a new machine needs nothing but Rust: makes a bare Debian 12 in a folder, gives it the Rust toolchain and
# the tracked files, and runs both commands of the README in it.
#
#   sudo tests/fresh.sh FOLDER        FOLDER must not exist or be empty; it needs 20 GB and is left there to look at
#
# What the machine needs to reach its package sources (apt, Cargo, pip, npm, certificates, name servers) is copied from
# this one at run time and stands in no file of the project.
#
# All mounts and programs live in name spaces of this script, so they end with it, however it ends.
set -euo pipefail

readonly PORT=8610
readonly PATIENCE_MINUTES=90
readonly PROJECT=/root/yidang

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

check_host() {
  [[ $(id -u) == 0 ]] || die "Only root may make a machine in a folder: run this with sudo"
  command -v debootstrap >/dev/null || die "debootstrap is missing: apt-get install debootstrap"
  command -v rustup >/dev/null || die "rustup is missing, whose toolchain is copied: install it, or pass PATH on"
  [[ ! -e $root || -z $(ls -A "$root") ]] || die "$root is not empty: name a new folder"
  [[ -n $(git -C "$source" ls-files | head -1) ]] || die "git tracks no file in $source: add them first"
  if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
    die "Port $PORT on 127.0.0.1 is in use: end the program that has it"
  fi
}

# The mirror from which this machine takes Debian 12, whatever form its package sources have.
mirror() {
  local found
  # shellcheck disable=SC2016 # the dollar signs are apt's
  found=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
    awk '$1 == "bookworm" { print $2; exit }')
  [[ -n $found ]] || die "apt has no package source for Debian 12 (bookworm): add one, then apt-get update"
  printf '%s\n' "$found"
}

# Whoever has installed Rust has these: rustup itself needs the certificates, and rustc a C linker.
make_system() {
  echo "== bare system"
  eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
  export http_proxy https_proxy
  [[ -n ${http_proxy:-} ]] || unset http_proxy
  [[ -n ${https_proxy:-} ]] || unset https_proxy
  debootstrap --variant=minbase --include=ca-certificates,gcc,libc6-dev bookworm "$root" "$(mirror)" |
    grep -v -E 'Retrieving|Validating|Extracting|Unpacking|Configuring|Selecting' || true
  [[ -x $root/usr/bin/gcc ]] || die "debootstrap did not finish: read $root/debootstrap/debootstrap.log"
}

# Copies host files to the same place, those that exist.
carry() {
  local path
  for path in "$@"; do
    if [[ -n $path && -e $path ]]; then
      mkdir -p "$root$(dirname "$path")"
      cp -a --no-target-directory --remove-destination -L "$path" "$root$path"
    fi
  done
}

carry_network() {
  echo "== the way to the package sources"
  rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d"
  carry /etc/apt/apt.conf /etc/apt/apt.conf.d /etc/apt/auth.conf /etc/apt/auth.conf.d /etc/apt/keyrings \
    /etc/apt/preferences /etc/apt/preferences.d /etc/apt/sources.list /etc/apt/sources.list.d \
    /etc/apt/trusted.gpg /etc/apt/trusted.gpg.d /usr/share/keyrings
  carry /etc/resolv.conf /etc/hosts /etc/nsswitch.conf /etc/ssl/certs /usr/local/share/ca-certificates
  carry "${SSL_CERT_FILE:-}" "${SSL_CERT_DIR:-}" "${CURL_CA_BUNDLE:-}" "${NODE_EXTRA_CA_CERTS:-}"
  carry /etc/pip.conf /etc/npmrc
  carry_home .pip/pip.conf .npmrc .config/pip
  local config
  for config in config.toml config; do
    if [[ -e $cargo_home/$config ]]; then
      install -D -m 600 "$cargo_home/$config" "$root/root/.cargo/$config"
    fi
  done
}

# The same for files of this user, who is root there.
carry_home() {
  local path
  for path in "$@"; do
    if [[ -e $HOME/$path ]]; then
      mkdir -p "$(dirname "$root/root/$path")"
      cp -a -L "$HOME/$path" "$root/root/$path"
    fi
  done
}

# Only what rustup installs with "stable": no tools that somebody compiled, no further targets.
copy_rust() {
  echo "== Rust"
  local rustup_home toolchain
  rustup_home=$(rustup show home)
  toolchain=$(cd / && rustup show active-toolchain | awk '{ print $1 }')
  mkdir -p "$root/root/.cargo/bin" "$root/root/.rustup/toolchains" "$root/root/.rustup/update-hashes"
  cp -a "$(readlink -f "$rustup_home/toolchains/$toolchain")" "$root/root/.rustup/toolchains/$toolchain"
  if [[ -e $rustup_home/update-hashes/$toolchain ]]; then
    cp -a "$rustup_home/update-hashes/$toolchain" "$root/root/.rustup/update-hashes/"
  fi
  cp -L "$(command -v rustup)" "$root/root/.cargo/bin/rustup"
  local name
  for name in cargo cargo-clippy cargo-fmt clippy-driver rustc rustdoc rustfmt; do
    ln -s rustup "$root/root/.cargo/bin/$name"
  done
  inside rustup default "$toolchain"
  local target
  for target in $(inside rustup target list --installed --toolchain "$toolchain"); do
    if [[ $toolchain != *"$target" ]]; then
      inside rustup target remove --toolchain "$toolchain" "$target"
    fi
  done
  inside cargo --version
}

copy_source() {
  mkdir -p "$root$PROJECT"
  git -C "$source" ls-files -z | tar -C "$source" --null --files-from=- --create | tar -C "$root$PROJECT" --extract
}

mount_system() {
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount -t sysfs -o ro sysfs "$root/sys"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
}

# The environment of the new machine: nothing of this one's but the way to the network.
make_environment() {
  environment=(/usr/bin/env -i HOME=/root USER=root "TERM=${TERM:-dumb}" LANG=C.UTF-8 CI=true
    PATH=/root/.cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
  local name
  for name in $(compgen -e); do
    case $name in
      http_proxy | https_proxy | all_proxy | no_proxy | HTTP_PROXY | HTTPS_PROXY | ALL_PROXY | NO_PROXY) ;;
      SSL_CERT_FILE | SSL_CERT_DIR | CURL_CA_BUNDLE | NODE_EXTRA_CA_CERTS | REQUESTS_CA_BUNDLE) ;;
      CARGO_HTTP_* | CARGO_NET_* | CARGO_SOURCE_* | CARGO_REGISTR* | RUSTUP_DIST_SERVER | RUSTUP_UPDATE_ROOT) ;;
      PIP_* | NPM_CONFIG_* | npm_config_*) ;;
      *) continue ;;
    esac
    environment+=("$name=${!name}")
  done
}

inside() {
  chroot "$root" "${environment[@]}" "$@"
}

# shellcheck disable=SC2016 # the dollar sign is dpkg's
packages() {
  inside dpkg-query --show --showformat '${Package}\n' | sort -u
}

# Whether the server says that it is well.
answers() (
  exec 3<>"/dev/tcp/127.0.0.1/$PORT" || exit 1
  printf 'GET /v1/health HTTP/1.0\r\n\r\n' >&3
  IFS= read -r -t 5 line <&3 || exit 1
  [[ $line == HTTP/1.?" 200"* ]]
) 2>/dev/null

minutes_since() {
  awk -v seconds="$((SECONDS - $1))" 'BEGIN { printf "%.1f", seconds / 60 }'
}

try_run() {
  echo "== cargo xtask run --headless"
  local started=$SECONDS log="$root/run.log" process
  # Each program on the way replaces itself by the next, so this number becomes the command's own.
  chroot "$root" "${environment[@]}" /bin/sh -c "cd $PROJECT && exec cargo xtask run --headless" \
    </dev/null >"$log" 2>&1 &
  process=$!
  until answers; do
    kill -0 "$process" 2>/dev/null || { tail -40 "$log"; die "The command ended before its address answered: see above"; }
    ((SECONDS - started < PATIENCE_MINUTES * 60)) || die "No answer after $PATIENCE_MINUTES minutes: read $log"
    if (((SECONDS - started) % 60 < 2)); then
      echo "  ... $(minutes_since "$started") min: $(tail -1 "$log" | cut -c 1-100)"
    fi
    sleep 2
  done
  run_minutes=$(minutes_since "$started")
  kill -TERM "$process"
  wait "$process" || { tail -40 "$log"; die "The command did not end cleanly: see above"; }
  ! answers || die "The server still answers after the command ended: its process was left behind"
  echo "  answered after $run_minutes min"
}

try_test() {
  echo "== cargo xtask test"
  local started=$SECONDS log="$root/test.log"
  test_status=0
  inside /bin/sh -c "cd $PROJECT && exec cargo xtask test" </dev/null 2>&1 | tee "$log" || test_status=$?
  test_minutes=$(minutes_since "$started")
}

tell() {
  echo
  echo "== added Debian packages"
  comm -13 "$root/packages.before" "$root/packages.after" | paste -s -d ' ' | fold -s -w 110
  echo
  echo "cargo xtask run:  $run_minutes minutes until the address answered"
  echo "cargo xtask test: $test_minutes minutes, exit status $test_status"
  tail -1 "$root/test.log"
}

main() {
  check_host
  make_environment
  make_system
  mount_system
  carry_network
  copy_rust
  copy_source
  packages >"$root/packages.before"
  try_run
  try_test
  packages >"$root/packages.after"
  tell
  exit "$test_status"
}

[[ $# == 1 ]] || die "Name the folder for the new machine: tests/fresh.sh FOLDER"
root=$(realpath -m "$1")
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cargo_home=${CARGO_HOME:-$HOME/.cargo}
readonly root source cargo_home
if [[ ${YIDANG_FRESH_INSIDE:-} != yes ]]; then
  command -v unshare >/dev/null || die "unshare is missing: apt-get install util-linux"
  YIDANG_FRESH_INSIDE=yes exec unshare --mount --pid --fork --kill-child --mount-proc -- "${BASH_SOURCE[0]}" "$1"
fi
main
