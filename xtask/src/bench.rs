//! `cargo xtask bench`: the program of `tests/benches/budgets`, built as what is shipped.

use std::fs;

use anyhow::Context;
use anyhow::Result;

use crate::process;
use crate::setup;
use crate::setup::Need;
use crate::web;
use crate::workspace::TESTS_CRATE;
use crate::workspace::Workspace;

/// Where the program writes its tables and keeps what it needs while it runs.
const FOLDER_VARIABLE: &str = "YIDANG_BENCH_DIR";
/// Where the program looks for the release pages.
const PAGES_VARIABLE: &str = "YIDANG_DIST";
/// The group that drives a browser with the release pages.
const BROWSER: &str = "browser";

/// Measures the groups that are named, or all of them.
pub fn run(workspace: &Workspace, groups: &[String]) -> Result<()> {
    let browser = groups.is_empty() || groups.iter().any(|group| group == BROWSER);
    let needs: &[Need] =
        if browser { &[Need::Build, Need::Web, Need::EndToEnd] } else { &[Need::Build] };
    setup::ensure(workspace, needs)?;
    if browser {
        web::build(workspace, true)?;
    }
    let folder = workspace.target.join("bench");
    fs::create_dir_all(&folder).with_context(|| {
        format!("Could not make {}: check that it is writable", folder.display())
    })?;
    let mut command = process::native_cargo();
    command.args(["bench", "--package", TESTS_CRATE, "--bench", "budgets", "--"]);
    command.args(groups).env(FOLDER_VARIABLE, &folder).env(PAGES_VARIABLE, workspace.dist());
    process::run(&mut command, "measuring the budgets", "read what it says above")
}
