//! `cargo xtask bench`: the program of `tests/benches/budgets`, built as what is shipped.

use std::fs;

use anyhow::Context;
use anyhow::Result;

use crate::process;
use crate::setup;
use crate::setup::Need;
use crate::workspace::TESTS_CRATE;
use crate::workspace::Workspace;

/// Where the program writes its tables and keeps what it needs while it runs.
const FOLDER_VARIABLE: &str = "YIDANG_BENCH_DIR";
/// Where the pages lie whose sizes it tells.
const PAGES_VARIABLE: &str = "YIDANG_DIST";

/// Measures the groups that are named, or all of them.
pub fn run(workspace: &Workspace, groups: &[String]) -> Result<()> {
    setup::ensure(workspace, &[Need::Build])?;
    let folder = workspace.target.join("bench");
    fs::create_dir_all(&folder).with_context(|| {
        format!("Could not make {}: check that it is writable", folder.display())
    })?;
    let mut command = process::native_cargo();
    command.args(["bench", "--package", TESTS_CRATE, "--bench", "budgets", "--"]);
    command.args(groups).env(FOLDER_VARIABLE, &folder).env(PAGES_VARIABLE, workspace.dist());
    process::run(&mut command, "measuring the budgets", "read what it says above")
}
