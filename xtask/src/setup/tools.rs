//! The two tools of the checks that come as source: compiled once, into Cargo's own folder for
//! tools.

use std::process::Command;

use anyhow::Result;
use anyhow::bail;

use crate::process;

/// A Cargo subcommand that is installed from source.
pub struct Tool {
    crate_name: &'static str,
    subcommand: &'static str,
    why: &'static str,
}

/// Runs the tests.
pub const NEXTEST: Tool = Tool {
    crate_name: "cargo-nextest",
    subcommand: "nextest",
    why: "runs the tests side by side and ends those that hang",
};

/// Reads the licences and sources of everything that is compiled in.
pub const DENY: Tool = Tool {
    crate_name: "cargo-deny",
    subcommand: "deny",
    why: "checks licences, sources and unwanted crates among the dependencies",
};

impl Tool {
    /// Whether Cargo knows it.
    pub fn is_installed(&self) -> bool {
        process::succeeds(process::native_cargo().args([self.subcommand, "--version"]))
    }

    fn install(&self) -> Result<()> {
        println!(
            "  {} is missing ({}): it is compiled now, which takes three to ten minutes, once",
            self.crate_name, self.why
        );
        let doing = format!("installing {}", self.crate_name);
        let cure = format!(
            "read the message above, or install it by hand: `cargo install {}`",
            self.crate_name
        );
        if process::run(self.command().arg("--locked"), &doing, &cure).is_ok() {
            return Ok(());
        }
        // The lock file of a release may name versions that the registry at hand does not have.
        println!(
            "  {} could not be built from its own lock file: trying with newer dependencies",
            self.crate_name
        );
        process::run(&mut self.command(), &doing, &cure)
    }

    fn command(&self) -> Command {
        let mut command = process::native_cargo();
        command.args(["install", self.crate_name]);
        command
    }
}

/// Installs both. Without nextest the tests still run (`cargo test`); without cargo-deny a check
/// would be missing.
pub fn ensure() -> Result<()> {
    for tool in [&NEXTEST, &DENY] {
        if tool.is_installed() {
            println!("  {}: is there", tool.crate_name);
            continue;
        }
        match tool.install() {
            Ok(()) => {}
            Err(error) if tool.subcommand == NEXTEST.subcommand => {
                println!("  {error:#}\n  the tests will run with `cargo test` instead");
            }
            Err(error) => bail!("{error:#}"),
        }
    }
    Ok(())
}
