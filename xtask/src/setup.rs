//! Installing what is missing: every step first looks, then says what it adds and why, and may be
//! repeated.

pub mod compilers;
mod disk;
mod javascript;
mod packages;
mod std_build;
pub mod tools;
mod wasm;

use anyhow::Result;

use crate::workspace::Workspace;

pub use wasm::TARGET as WASM_TARGET;
pub use wasm::WasmKit;

/// What a command is about to do, and so what it needs on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Compile the server and the device without a window.
    Build,
    /// Compile the user interface and its worker to wasm.
    Web,
    /// Compile the window.
    Window,
    /// The tools of the checks.
    Checks,
    /// Drive a browser and the window in tests.
    EndToEnd,
}

impl Need {
    /// What `cargo xtask setup` prepares.
    pub const ALL: [Self; 5] = [Self::Build, Self::Web, Self::Window, Self::Checks, Self::EndToEnd];
}

/// Makes the machine ready for these needs.
pub fn ensure(workspace: &Workspace, needs: &[Need]) -> Result<()> {
    println!("== setup");
    disk::require_room(workspace)?;
    packages::ensure(needs)?;
    if needs.contains(&Need::Web) {
        wasm::ensure(workspace)?;
    }
    if needs.contains(&Need::Checks) {
        tools::ensure()?;
        javascript::ensure(workspace)?;
    }
    Ok(())
}
