//! Running the tests: with nextest, or with Cargo alone where nextest could not be installed.

use std::process::Command;

use anyhow::Result;
use anyhow::bail;

use crate::process;
use crate::process::Echo;
use crate::process::Finished;
use crate::setup::tools::NEXTEST;
use crate::verify::counts::Counts;
use crate::workspace::NATIVE;
use crate::workspace::TESTS_CRATE;
use crate::workspace::Workspace;

/// The beginnings of the names of the test programs that drive a browser or the window.
const END_TO_END: [&str; 2] = ["browser_", "window_"];
/// Tests look here for the programs that they start.
const PROGRAMS_VARIABLE: &str = "YIDANG_BIN_DIR";
/// Tests look here for the built user interface.
const DIST_VARIABLE: &str = "YIDANG_DIST";
/// As large as the window on a desktop needs, which the keyboard walk makes wide.
const SCREEN: &str = "-screen 0 1440x1000x24";

/// Runs tests of this workspace.
pub struct Runner<'a> {
    workspace: &'a Workspace,
    has_nextest: bool,
}

impl<'a> Runner<'a> {
    /// Looks which test runner there is.
    pub fn new(workspace: &'a Workspace) -> Self {
        Self { workspace, has_nextest: NEXTEST.is_installed() }
    }

    /// Everything that needs neither a browser nor a window.
    pub fn all_but_end_to_end(&self, counts: &mut Counts) -> Result<()> {
        let doing = "running the tests";
        if self.has_nextest {
            let filter = format!("not ({})", end_to_end_filter());
            return self.nextest(
                self.nextest_command().args(NATIVE).args(["-E", &filter]),
                doing,
                counts,
            );
        }
        let mut command = cargo_test();
        command.args(NATIVE).args(["--exclude", TESTS_CRATE, "--lib", "--bins", "--tests"]);
        let crates = self.test_programs(&mut command, doing, counts);
        crates.and(self.crossing(false, counts))
    }

    /// The plain Rust inside the user interface, which needs no browser.
    pub fn user_interface(&self, counts: &mut Counts) -> Result<()> {
        let doing = "running the tests of the user interface's models";
        let chosen = ["--package", "yidang-ui", "--lib"];
        if self.has_nextest {
            return self.nextest(self.nextest_command().args(chosen), doing, counts);
        }
        self.test_programs(cargo_test().args(chosen), doing, counts)
    }

    /// The examples in the documentation comments, which nextest does not run.
    pub fn examples(&self, counts: &mut Counts) -> Result<()> {
        let doing = "running the examples in the documentation";
        self.test_programs(cargo_test().args(NATIVE).arg("--doc"), doing, counts)
    }

    /// The tests that drive a browser or the window, on a display in memory.
    pub fn end_to_end(&self, counts: &mut Counts) -> Result<()> {
        if !self.has_nextest {
            return self.crossing(true, counts);
        }
        let mut command = self.nextest_command();
        command.args(NATIVE).args(["-E", &end_to_end_filter()]);
        let doing = "running the tests of browser and window";
        self.nextest(&mut on_display(&command), doing, counts)
    }

    /// Cargo alone cannot filter by test program, so each is named.
    fn crossing(&self, end_to_end: bool, counts: &mut Counts) -> Result<()> {
        let starts = |name: &str| END_TO_END.iter().any(|start| name.starts_with(start));
        let all = &self.workspace.crossing_tests;
        let programs: Vec<&String> = all.iter().filter(|name| starts(name) == end_to_end).collect();
        if programs.is_empty() {
            return Ok(());
        }
        let mut command = cargo_test();
        command.args(NATIVE);
        for program in programs {
            command.args(["--test", program]);
        }
        let mut command = if end_to_end { on_display(&command) } else { command };
        self.test_programs(&mut command, "running the tests that cross crates", counts)
    }

    fn nextest_command(&self) -> Command {
        let settings = self.workspace.root.join("xtask").join("nextest.toml");
        let mut command = process::native_cargo();
        command.args(["nextest", "run", "--no-fail-fast", "--no-tests=pass", "--color=never"]);
        command.arg("--tool-config-file").arg(format!("xtask:{}", settings.display()));
        command
    }

    fn nextest(&self, command: &mut Command, doing: &str, counts: &mut Counts) -> Result<()> {
        let finished = self.run(command, doing)?;
        counts.add_nextest(&finished.text);
        require_success(&finished, doing)
    }

    fn test_programs(&self, command: &mut Command, doing: &str, counts: &mut Counts) -> Result<()> {
        let finished = self.run(command, doing)?;
        counts.add_test_programs(&finished.text);
        require_success(&finished, doing)
    }

    fn run(&self, command: &mut Command, doing: &str) -> Result<Finished> {
        command
            .env(PROGRAMS_VARIABLE, self.workspace.binaries())
            .env(DIST_VARIABLE, self.workspace.dist());
        process::watch(command, doing, Echo::Lines, None)
    }
}

fn require_success(finished: &Finished, doing: &str) -> Result<()> {
    if !finished.success() {
        bail!("Something failed while {doing}: mend what is named above");
    }
    Ok(())
}

fn end_to_end_filter() -> String {
    format!("package({TESTS_CRATE}) & binary(/^({})/)", END_TO_END.join("|"))
}

fn cargo_test() -> Command {
    let mut command = process::native_cargo();
    command.args(["test", "--no-fail-fast", "--color=never"]);
    command
}

/// The same command under a display of its own.
fn on_display(inner: &Command) -> Command {
    let mut command = Command::new("xvfb-run");
    command.args(["-a", "-s", SCREEN]).arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}
