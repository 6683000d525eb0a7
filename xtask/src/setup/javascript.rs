//! The two packages of `tests/js`: what looks at every screen as a blind person's programs would, and
//! the engine's own JavaScript, which must open what a device exported.

use std::fs;
use std::process::Command;

use anyhow::Context;
use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// The names and hashes of what is installed.
const LOCK: &str = "package-lock.json";
/// A copy of the lock beside what was installed by it. npm empties the folder before it begins, so a
/// copy that is there stands for a whole installation.
const INSTALLED: &str = "node_modules/.yidang-lock.json";
const CURE: &str = "read npm's message above; without a network, connect and run the command again";

/// Installs them where they are missing or of another version.
pub fn ensure(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root.join("tests").join("js");
    let lock = fs::read(folder.join(LOCK)).with_context(|| {
        format!("Could not read {}: is the whole project here?", folder.join(LOCK).display())
    })?;
    if fs::read(folder.join(INSTALLED)).is_ok_and(|installed| installed == lock) {
        println!("  packages of tests/js: are there");
        return Ok(());
    }
    println!(
        "  packages of tests/js are missing or old: npm installs them into tests/js/node_modules"
    );
    let mut command = npm();
    command.args(["ci", "--ignore-scripts"]).current_dir(&folder);
    process::run(&mut command, "installing the packages of tests/js", CURE)?;
    fs::write(folder.join(INSTALLED), lock).with_context(|| {
        format!("Could not write {}: check its owner", folder.join(INSTALLED).display())
    })
}

/// On Windows npm is a script, which has to be named whole.
fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}
