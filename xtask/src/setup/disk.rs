//! Room on the disk, asked before anything is compiled: a full disk fails late and with puzzling
//! words.

use anyhow::Result;

use crate::workspace::Workspace;

/// A complete set of build results is about this large.
#[cfg(unix)]
const FIRST_BUILD_GIGABYTES: u64 = 6;
/// What a build on top of an earlier one may add.
#[cfg(unix)]
const LATER_BUILD_GIGABYTES: u64 = 1;

/// Fails when the target folder's disk cannot hold a build.
#[cfg(unix)]
pub fn require_room(workspace: &Workspace) -> Result<()> {
    use crate::workspace::make_folder;
    use anyhow::Context;
    use anyhow::bail;

    make_folder(&workspace.target)?;
    let shown = workspace.target.display();
    let disk = rustix::fs::statvfs(&workspace.target).with_context(|| {
        format!("Could not ask how much room the disk of {shown} has: check that it is mounted")
    })?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize) / 1_000_000_000;
    let built_before =
        workspace.wasm_target().exists() && workspace.binaries().join("deps").exists();
    let needed = if built_before { LATER_BUILD_GIGABYTES } else { FIRST_BUILD_GIGABYTES };
    if free < needed {
        bail!(
            "The disk of {shown} has {free} GB free and a build needs {needed} GB: free some, or \
             set CARGO_TARGET_DIR to a folder on a larger disk"
        );
    }
    Ok(())
}

/// Elsewhere the standard library cannot ask; the compiler will say it.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "same signature as where it can fail")]
pub fn require_room(_workspace: &Workspace) -> Result<()> {
    Ok(())
}
