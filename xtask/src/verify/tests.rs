//! Running the tests: with nextest, or with Cargo alone where nextest could not be installed.

use std::process::Command;

use anyhow::Result;
use anyhow::bail;

use crate::process;
use crate::process::Echo;
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
/// As large as the tests' phone view and the window need.
const SCREEN: &str = "-screen 0 800x1000x24";

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
        if self.has_nextest {
            let filter = format!("not ({})", end_to_end_filter());
            return self.run(
                self.nextest().args(NATIVE).args(["-E", &filter]),
                "running the tests",
                counts,
            );
        }
        let mut command = cargo_test();
        command.args(NATIVE).args(["--exclude", TESTS_CRATE, "--lib", "--bins", "--tests"]);
        let crates = self.run(&mut command, "running the tests", counts);
        crates.and(self.crossing(false, counts))
    }

    /// The plain Rust inside the user interface, which needs no browser.
    pub fn user_interface(&self, counts: &mut Counts) -> Result<()> {
        let mut command = if self.has_nextest { self.nextest() } else { cargo_test() };
        command.args(["--package", "yidang-ui", "--lib"]);
        self.run(&mut command, "running the tests of the user interface's models", counts)
    }

    /// The examples in the documentation comments, which nextest does not run.
    pub fn examples(&self, counts: &mut Counts) -> Result<()> {
        self.run(
            cargo_test().args(NATIVE).arg("--doc"),
            "running the examples in the documentation",
            counts,
        )
    }

    /// The tests that drive a browser or the window, on a display in memory.
    pub fn end_to_end(&self, counts: &mut Counts) -> Result<()> {
        if self.has_nextest {
            let mut command =
                on_display(self.nextest().args(NATIVE).args(["-E", &end_to_end_filter()]));
            return self.run(&mut command, "running the tests of browser and window", counts);
        }
        self.crossing(true, counts)
    }

    /// Cargo alone cannot filter by test program, so each is named.
    fn crossing(&self, end_to_end: bool, counts: &mut Counts) -> Result<()> {
        let chosen =
            |name: &&String| END_TO_END.iter().any(|start| name.starts_with(start)) == end_to_end;
        let programs: Vec<&String> = self.workspace.crossing_tests.iter().filter(chosen).collect();
        if programs.is_empty() {
            return Ok(());
        }
        let mut command = cargo_test();
        command.args(NATIVE);
        for program in programs {
            command.args(["--test", program]);
        }
        let mut command = if end_to_end { on_display(&command) } else { command };
        self.run(&mut command, "running the tests that cross crates", counts)
    }

    fn nextest(&self) -> Command {
        let mut command = process::native_cargo();
        command.args(["nextest", "run", "--no-fail-fast", "--no-tests=pass", "--color=never"]);
        command
            .arg("--tool-config-file")
            .arg(format!("xtask:{}", self.workspace.root.join("xtask/nextest.toml").display()));
        command
    }

    fn run(&self, command: &mut Command, doing: &str, counts: &mut Counts) -> Result<()> {
        command
            .env(PROGRAMS_VARIABLE, self.workspace.binaries())
            .env(DIST_VARIABLE, self.workspace.dist());
        let finished = process::watch(command, doing, Echo::Lines, None)?;
        counts.add(&finished.text);
        if !finished.success() {
            bail!(
                "something failed while {doing}: see above; mend it, or run one test by `cargo \
                 nextest run NAME`"
            );
        }
        Ok(())
    }
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
