//! Where rustup's server cannot be reached: Debian's compiler, and its standard library for wasm
//! built here, once.
//!
//! Debian ships the source of the standard library but not its wasm form. After this the toolchain
//! works like any other: no unstable flags, no special linker.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;
use anyhow::Result;
use anyhow::bail;

use crate::process;
use crate::setup::packages::apt;
use crate::setup::wasm::LINKED_TOOLCHAIN;
use crate::setup::wasm::TARGET;
use crate::setup::wasm::library_folder;
use crate::workspace::Workspace;
use crate::workspace::make_folder;
use crate::workspace::write_if_changed;

const SYSTEM_PREFIX: &str = "/usr";
const SYSTEM_CARGO: &str = "/usr/bin/cargo";
const SYSTEM_RUSTC: &str = "/usr/bin/rustc";
/// Compiler, Cargo, the library's source, the linker's name, and the lints for the check of the
/// wasm crates.
const PACKAGES: [&str; 5] =
    ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "rust-web-clippy"];
/// Older ones cannot compile this workspace.
const OLDEST_MINOR: u32 = 95;
/// Beside the built library: the compiler that it was built by, for it fits no other.
const STAMP: &str = "yidang-built-by.txt";

const MANIFEST: &str = include_str!("std_manifest.toml");

/// Whether a standard library that we built still fits: false only after the compiler was replaced.
pub fn is_up_to_date(toolchain: Option<&str>) -> bool {
    let compiler = || process::toolchain_program("rustc", toolchain);
    let Ok(folder) = library_folder(&mut compiler()) else { return false };
    let Ok(stamp) = fs::read_to_string(folder.join(STAMP)) else { return true };
    version(&mut compiler()).is_ok_and(|current| current == stamp)
}

/// Installs Debian's compiler, builds the library, links the toolchain. Returns the toolchain's
/// name.
pub fn make(workspace: &Workspace) -> Result<Option<&'static str>> {
    require_debian()?;
    println!(
        "  Rust to wasm: building the standard library with the system's compiler (about two \
         minutes, once)"
    );
    apt::refresh()?;
    apt::install_names(&PACKAGES, "installing Debian's Rust compiler, which can make wasm")?;
    let compiler = version(&mut system_compiler())?;
    require_version(&compiler)?;
    let linker = format!("lld-{}", llvm_major(&compiler)?);
    apt::install_names(&[&linker], "installing the linker that fits that compiler")?;

    let built = build(workspace)?;
    let library = library_folder(&mut system_compiler())?;
    replace_library(&built, &library)?;
    write_if_changed(&library.join(STAMP), compiler.as_bytes())?;
    forget_old_results(workspace)?;
    link()
}

fn require_debian() -> Result<()> {
    if cfg!(target_os = "linux") && process::first_on_path(&["apt-get"]).is_some() {
        return Ok(());
    }
    bail!(
        "The Rust toolchain has no standard library for {TARGET}, and rustup could not fetch it: \
         connect to the network and run `rustup target add {TARGET}`, or install the package of \
         your system that has it"
    )
}

fn system_compiler() -> Command {
    let mut command = Command::new(SYSTEM_RUSTC);
    process::forget_compiler(&mut command);
    command
}

fn version(compiler: &mut Command) -> Result<String> {
    process::read(compiler.arg("-vV"), "asking the compiler for its version")
}

fn field<'a>(version: &'a str, name: &str) -> Option<&'a str> {
    version.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

fn require_version(version: &str) -> Result<()> {
    let release = field(version, "release:").unwrap_or("unknown");
    let minor =
        release.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok()).unwrap_or_default();
    if minor < OLDEST_MINOR {
        bail!(
            "Debian's compiler is Rust {release} and this workspace needs 1.{OLDEST_MINOR}: turn \
             on the bookworm-security package source and run the command again, or connect to the \
             network and run `rustup target add {TARGET}`"
        );
    }
    Ok(())
}

fn llvm_major(version: &str) -> Result<&str> {
    field(version, "LLVM version:").and_then(|llvm| llvm.split('.').next()).context(
        "Debian's compiler did not say its LLVM version: install the newest `lld` and run the \
         command again",
    )
}

/// Builds an empty crate, for the sake of the library that Cargo builds before it. Returns the
/// folder of the results.
fn build(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.scratch("wasm-std")?;
    write_if_changed(&folder.join("Cargo.toml"), MANIFEST.as_bytes())?;
    write_if_changed(&folder.join("src/lib.rs"), b"#![no_std]\n")?;
    let target = folder.join("target");
    let mut command = Command::new(SYSTEM_CARGO);
    process::forget_compiler(&mut command);
    // Building the standard library is an unstable feature of Cargo; bitcode lets release builds
    // optimise across it.
    command
        .env("RUSTC", SYSTEM_RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes");
    command.args([
        "build",
        "-Zbuild-std=std,panic_abort,proc_macro,test",
        "--target",
        TARGET,
        "--release",
    ]);
    command.arg("--target-dir").arg(&target).current_dir(&folder);
    let cure = "read the message above; without a network, connect and run the command again";
    process::run(&mut command, "building the standard library for wasm", cure)?;
    Ok(target.join(TARGET).join("release").join("deps"))
}

/// Two standard libraries side by side confuse the compiler, so the old one goes first.
fn replace_library(built: &Path, library: &Path) -> Result<()> {
    make_folder(library)?;
    for old in rlibs(library)? {
        fs::remove_file(&old).with_context(|| {
            format!("Could not delete {}: is the system's folder read-only?", old.display())
        })?;
    }
    for new in rlibs(built)? {
        let Some(name) =
            new.file_name().filter(|name| !name.to_string_lossy().starts_with("libstdbuild"))
        else {
            continue;
        };
        fs::copy(&new, library.join(name)).with_context(|| {
            format!(
                "Could not copy {} to {}: check the free disk space",
                new.display(),
                library.display()
            )
        })?;
    }
    Ok(())
}

fn rlibs(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("Could not list {}: run the command again", folder.display()))?;
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    Ok(files.filter(|path| path.extension().is_some_and(|ending| ending == "rlib")).collect())
}

/// Cargo does not notice that the library under a build has changed.
fn forget_old_results(workspace: &Workspace) -> Result<()> {
    let folder = workspace.wasm_target();
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| {
            format!(
                "Could not delete {}, which is out of date: delete it by hand",
                folder.display()
            )
        })?;
    }
    Ok(())
}

/// With rustup the system's compiler becomes a toolchain of its own; without, it is the default one
/// already.
fn link() -> Result<Option<&'static str>> {
    if process::first_on_path(&["rustup"]).is_none() {
        return Ok(None);
    }
    let mut command = process::toolchain_program("rustup", None);
    command.args(["toolchain", "link", LINKED_TOOLCHAIN, SYSTEM_PREFIX]);
    process::run(
        &mut command,
        "telling rustup about the system's compiler",
        "if a toolchain of that name exists, remove it with `rustup toolchain uninstall wasm` and \
         try again",
    )?;
    Ok(Some(LINKED_TOOLCHAIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION: &str = "rustc 1.96.0\nbinary: rustc\nrelease: 1.96.0\nLLVM version: 22.1.8\n";

    #[test]
    fn the_linker_follows_the_compiler() {
        assert_eq!(llvm_major(VERSION).unwrap(), "22");
    }

    #[test]
    fn an_old_compiler_is_refused_by_name() {
        require_version(VERSION).unwrap();
        let error = require_version("rustc\nrelease: 1.85.0\n").unwrap_err().to_string();
        assert!(error.contains("1.85.0"), "{error}");
    }
}
