//! The compiler that makes wasm: the default toolchain where rustup can add the target, else
//! Debian's own.
//!
//! The order is: what worked last time; the default toolchain as it is; `rustup target add`;
//! Debian's compiler if it is ready; Debian's compiler after its standard library was built here.
//! What counts is never a file that lies somewhere but whether a small crate compiles and links.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use anyhow::Result;
use anyhow::bail;

use crate::process;
use crate::process::Echo;
use crate::setup::compilers;
use crate::setup::std_build;
use crate::workspace::Workspace;
use crate::workspace::write_if_changed;

/// The target of everything that runs in a browser or a web view.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// The name under which rustup knows the system's compiler when that one makes the wasm.
pub const LINKED_TOOLCHAIN: &str = "wasm";

/// rustup tries for minutes when its server cannot be reached.
const RUSTUP_LIMIT: Duration = Duration::from_secs(60);
/// Text and formatting pull in enough of the standard library to prove that it fits the compiler.
const PROOF: &str = include_str!("proof.rs.txt");

/// What the wasm build is called with.
pub struct WasmKit {
    /// The toolchain's name, or the default one.
    pub toolchain: Option<String>,
    clang: String,
    archiver: String,
}

impl WasmKit {
    /// Looks up what `ensure` prepared, and installs nothing.
    pub fn find(workspace: &Workspace) -> Result<Self> {
        let toolchain = noted(workspace);
        if !can_compile(workspace, toolchain.as_deref())? {
            bail!(
                "The Rust toolchain cannot make wasm yet: run `cargo xtask setup`, which installs \
                 what is missing"
            );
        }
        Ok(Self { toolchain, clang: compilers::clang()?, archiver: compilers::archiver()? })
    }

    /// A Cargo command for wasm, with its own target folder.
    pub fn cargo(&self, workspace: &Workspace, subcommand: &str) -> Command {
        let mut command = process::toolchain_program("cargo", self.toolchain.as_deref());
        command
            .arg(subcommand)
            .args(["--target", TARGET, "--target-dir"])
            .arg(workspace.wasm_target());
        command
            .env(compilers::CC_VARIABLE, &self.clang)
            .env(compilers::AR_VARIABLE, &self.archiver);
        command
    }
}

/// Makes sure that wasm can be made.
pub fn ensure(workspace: &Workspace) -> Result<()> {
    println!("  C to wasm: {} and {}", compilers::clang()?, compilers::archiver()?);
    if let Some(name) = noted(workspace).filter(|name| is_ready(workspace, Some(name))) {
        println!("  Rust to wasm: toolchain `{name}`, as before");
        return Ok(());
    }
    if is_ready(workspace, None) {
        return settle(workspace, None);
    }
    if add_target() && is_ready(workspace, None) {
        return settle(workspace, None);
    }
    if is_ready(workspace, Some(LINKED_TOOLCHAIN)) {
        return settle(workspace, Some(LINKED_TOOLCHAIN));
    }
    let toolchain = std_build::make(workspace)?;
    if !can_compile(workspace, toolchain)? {
        bail!(
            "The standard library for {TARGET} was built and still a small crate does not \
             compile: report the output of `rustc +{LINKED_TOOLCHAIN} -vV` and of this command"
        );
    }
    settle(workspace, toolchain)
}

fn settle(workspace: &Workspace, toolchain: Option<&str>) -> Result<()> {
    let note = workspace.wasm_toolchain_note();
    match toolchain {
        Some(name) => write_if_changed(&note, format!("{name}\n").as_bytes())?,
        None if note.exists() => fs::remove_file(&note).with_context(|| {
            format!("Could not delete {}, which is out of date: delete it by hand", note.display())
        })?,
        None => {}
    }
    println!(
        "  Rust to wasm: {}",
        toolchain.map_or("the default toolchain".to_owned(), |name| format!("toolchain `{name}`"))
    );
    Ok(())
}

fn noted(workspace: &Workspace) -> Option<String> {
    let text = fs::read_to_string(workspace.wasm_toolchain_note()).ok()?;
    Some(text.trim().to_owned()).filter(|name| !name.is_empty())
}

/// The usual way. Failing is no error: without a network to rustup's server the next way is taken.
fn add_target() -> bool {
    if process::first_on_path(&["rustup"]).is_none() {
        return false;
    }
    println!(
        "  Rust to wasm: `rustup target add {TARGET}` (30 MB, at most {} s)",
        RUSTUP_LIMIT.as_secs()
    );
    let mut command = process::toolchain_program("rustup", None);
    command.args(["target", "add", TARGET]);
    match process::watch(
        &mut command,
        "adding the wasm target",
        Echo::Heartbeat,
        Some(RUSTUP_LIMIT),
    ) {
        Ok(finished) if finished.success() => true,
        Ok(finished) => {
            println!(
                "    it did not work; trying the system's compiler. rustup said:\n{}",
                finished.tail()
            );
            false
        }
        Err(error) => {
            println!("    it did not work; trying the system's compiler: {error:#}");
            false
        }
    }
}

/// Whether the toolchain makes wasm, and still is the one for which our own standard library was
/// built.
fn is_ready(workspace: &Workspace, toolchain: Option<&str>) -> bool {
    std_build::is_up_to_date(toolchain) && can_compile(workspace, toolchain).unwrap_or(false)
}

/// Compiles and links a small crate.
fn can_compile(workspace: &Workspace, toolchain: Option<&str>) -> Result<bool> {
    let folder = workspace.scratch("wasm-proof")?;
    let source = folder.join("proof.rs");
    write_if_changed(&source, PROOF.as_bytes())?;
    let mut command = process::toolchain_program("rustc", toolchain);
    command.args(["--edition", "2024", "--crate-type", "cdylib", "--target", TARGET, "--out-dir"]);
    command.arg(&folder).arg(&source);
    Ok(process::succeeds(&mut command))
}

/// The folder in which a compiler looks for the standard library of the target.
pub fn library_folder(compiler: &mut Command) -> Result<PathBuf> {
    compiler.args(["--print", "target-libdir", "--target", TARGET]);
    Ok(PathBuf::from(
        process::read(compiler, "asking the compiler where its wasm library is")?.trim(),
    ))
}
