//! The scripts written by hand: nothing compiles them, so a slip would show in a browser only.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;
use anyhow::Result;
use anyhow::bail;

use crate::process;
use crate::workspace::Workspace;
use crate::workspace::write_if_changed;

/// Parses every script of `ui/static/`, templates in their filled form, and those of the tests.
pub fn check(workspace: &Workspace) -> Result<()> {
    let Some(node) = process::first_on_path(&["node", "nodejs"]) else {
        bail!("No node was found, which parses the scripts: run `cargo xtask setup`");
    };
    let mut scripts = scripts_in(&workspace.root.join("ui").join("static"))?;
    scripts.retain(|path| !path.to_string_lossy().contains(".template."));
    scripts.extend(scripts_in(&workspace.dist())?);
    scripts.extend(scripts_in(&workspace.root.join("tests").join("js"))?);
    let scratch = workspace.scratch("scripts")?;
    for script in &scripts {
        parse(node, script, &scratch)?;
    }
    println!("  {} scripts parsed", scripts.len());
    Ok(())
}

/// A script may be of either kind; node tells them apart by their ending only.
fn parse(node: &str, script: &Path, scratch: &Path) -> Result<()> {
    let advice = || format!("Could not read {}: check that it is readable", script.display());
    let content = fs::read(script).with_context(advice)?;
    let mut complaint = String::new();
    for copy in ["script.mjs", "script.cjs"] {
        let copy = scratch.join(copy);
        write_if_changed(&copy, &content)?;
        let output = Command::new(node)
            .arg("--check")
            .arg(&copy)
            .output()
            .with_context(|| format!("Could not start {node}: run `cargo xtask setup`"))?;
        if output.status.success() {
            return Ok(());
        }
        complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    }
    bail!("{} is not valid JavaScript, mend it: {}", script.display(), complaint.trim())
}

fn scripts_in(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).with_context(|| {
        format!("Could not list {}: check that it is readable", folder.display())
    })?;
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_script =
        |path: &PathBuf| path.extension().is_some_and(|ending| ending == "js" || ending == "mjs");
    Ok(files.filter(is_script).collect())
}
