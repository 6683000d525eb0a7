//! `cargo xtask test`: everything that must be true before a change may land, in one command, on a
//! plain machine.
//!
//! A failed check does not hide the next one: only what nothing can go on without (setup, builds)
//! ends the run early.

mod counts;
mod report;
mod scripts;
mod tests;

use std::process::ExitCode;

use anyhow::Result;

use crate::process;
use crate::setup;
use crate::setup::Need;
use crate::setup::WasmKit;
use crate::web;
use crate::workspace::NATIVE;
use crate::workspace::WASM_CRATES;
use crate::workspace::Workspace;

use report::Report;
use tests::Runner;

const MEND: &str = "mend what is named above and run the command again";

/// Runs everything; the last line says how many tests passed and failed.
pub fn verify(workspace: &Workspace, skip_e2e: bool) -> Result<ExitCode> {
    let mut report = Report::new();
    // An error here is one that the report has already told.
    let _ = steps(workspace, skip_e2e, &mut report);
    Ok(report.close())
}

fn steps(workspace: &Workspace, skip_e2e: bool, report: &mut Report) -> Result<()> {
    let needs: Vec<Need> =
        Need::ALL.into_iter().filter(|need| !skip_e2e || *need != Need::EndToEnd).collect();
    report.must("setup", |_| setup::ensure(workspace, &needs))?;
    report.should("formatting", |_| cargo("checking the formatting", &["fmt", "--all", "--check"]));
    report.must("page for the window", |_| web::ensure_page(workspace))?;
    report.should("lints, native", |_| native_lints());
    report.should("lints, wasm", |_| wasm_lints(workspace));
    report.should("licences, sources, unwanted crates", |_| {
        cargo("checking the dependencies", &["deny", "check", "bans", "licenses", "sources"])
    });
    report.must("web", |_| web::build(workspace, false))?;
    report.should("scripts", |_| scripts::check(workspace));
    report.must("programs and tests", |_| build())?;

    let runner = Runner::new(workspace);
    report.should("tests", |counts| runner.all_but_end_to_end(counts));
    report.should("tests of the user interface's models", |counts| runner.user_interface(counts));
    report.should("examples in the documentation", |counts| runner.examples(counts));
    if skip_e2e {
        report.left_out("tests of browser and window", "--skip-e2e was given");
    } else if !cfg!(target_os = "linux") {
        report.left_out("tests of browser and window", "they need Linux, with WebKitGTK and Xvfb");
    } else {
        report.should("tests of browser and window", |counts| runner.end_to_end(counts));
    }
    Ok(())
}

fn cargo(doing: &str, arguments: &[&str]) -> Result<()> {
    process::run(process::native_cargo().args(arguments), doing, MEND)
}

fn native_lints() -> Result<()> {
    let mut command = process::native_cargo();
    command.arg("clippy").args(NATIVE).args(["--all-targets", "--", "-D", "warnings"]);
    process::run(&mut command, "linting the native crates", MEND)
}

fn wasm_lints(workspace: &Workspace) -> Result<()> {
    let mut command = WasmKit::find(workspace)?.cargo(workspace, "clippy");
    for name in WASM_CRATES {
        command.args(["--package", name]);
    }
    command.args(["--", "-D", "warnings"]);
    process::run(&mut command, "linting the wasm crates", MEND)
}

/// Programs and tests in one go: tests start the programs, and both share what they are made of.
fn build() -> Result<()> {
    let mut command = process::native_cargo();
    command.arg("build").args(NATIVE).arg("--all-targets");
    process::run(&mut command, "building the programs and the tests", MEND)
}
