//! Starting other programs: always without standard input, always with an error that says what to
//! do.

mod watch;

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context;
use anyhow::Result;
use anyhow::bail;

pub use watch::Echo;
pub use watch::Finished;
pub use watch::watch;

/// What the outer `cargo run` told us about *this* crate. Passed on, it would make build scripts
/// that watch these variables run again each time that a person and this program take turns.
const ABOUT_THIS_CRATE: [&str; 6] = [
    "CARGO_PKG_",
    "CARGO_MANIFEST_",
    "CARGO_BIN_",
    "CARGO_CRATE_",
    "CARGO_PRIMARY_",
    "RUST_RECURSION_COUNT",
];

/// What pins the compiler of the outer Cargo; the wasm build may need another one.
const ABOUT_THE_COMPILER: [&str; 7] = [
    "CARGO",
    "RUSTUP_TOOLCHAIN",
    "RUSTC",
    "RUSTDOC",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTFLAGS",
];

/// The Cargo that started this program, for everything native.
pub fn native_cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    forget_this_crate(&mut command);
    command.env_remove("CARGO");
    command
}

/// A program of a toolchain (`cargo`, `rustc`) as if called from a fresh shell: the default
/// toolchain or the named one.
pub fn toolchain_program(program: &str, toolchain: Option<&str>) -> Command {
    let mut command = Command::new(program);
    forget_this_crate(&mut command);
    forget_compiler(&mut command);
    if let Some(name) = toolchain {
        command.arg(format!("+{name}"));
    }
    command
}

/// Takes away what would force the outer compiler upon an inner Cargo.
pub fn forget_compiler(command: &mut Command) {
    for name in ABOUT_THE_COMPILER {
        command.env_remove(name);
    }
}

fn forget_this_crate(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| ABOUT_THIS_CRATE.iter().any(|start| name.starts_with(start)))
        {
            command.env_remove(name);
        }
    }
}

/// Runs a program whose own output is the progress report.
pub fn run(command: &mut Command, doing: &str, cure: &str) -> Result<()> {
    let shown = describe(command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("Could not start `{shown}` while {doing}: {cure}"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status} while {doing}: {cure}");
    }
    Ok(())
}

/// Runs a short program and returns what it printed on standard output.
pub fn read(command: &mut Command, doing: &str) -> Result<String> {
    let shown = describe(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| {
        format!("Could not start `{shown}` while {doing}: is it installed and on the PATH?")
    })?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!("`{shown}` ended with {} while {doing}: {}", output.status, reason.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program can be started and says yes.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// The first of these programs on the PATH.
pub fn first_on_path<'a>(names: &[&'a str]) -> Option<&'a str> {
    names.iter().copied().find(|name| on_path(name).is_some())
}

fn on_path(name: &str) -> Option<PathBuf> {
    // What is named with its ending is a script, which Windows runs as it is.
    let suffix = if name.contains('.') { "" } else { env::consts::EXE_SUFFIX };
    let file = format!("{name}{suffix}");
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}

/// A command as a person would type it: the program's name without its folder.
pub fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
