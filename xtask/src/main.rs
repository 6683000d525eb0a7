//! The commands of this workspace: `cargo xtask run` starts everything, `cargo xtask test` proves
//! everything.
//!
//! They are a program of the workspace and not a shell script, so that they work alike on every
//! system, and so that the generator of the JavaScript bindings is the very version that the crates
//! were compiled against.

#![expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]

mod bench;
mod process;
mod run;
mod setup;
mod trial;
mod verify;
mod web;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use anyhow::Result;
use clap::Parser;
use clap::Subcommand;

use crate::setup::Need;
use crate::workspace::Workspace;

/// Builds, starts and tests 一档通 (Yidang).
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, build, start the demo county and open the window.
    Run {
        /// Start the server only, even where there is a display.
        #[arg(long)]
        headless: bool,
        /// Port of the server on 127.0.0.1.
        #[arg(long, default_value_t = 8610)]
        port: u16,
        /// Folder of the demo data; made when it is not there [default: in the workspace .demo, and
        /// .demo-county for the whole county].
        #[arg(long)]
        data: Option<PathBuf>,
        /// How much of the demo county is made where there is none yet.
        #[arg(long, value_enum, default_value_t)]
        profile: run::Profile,
    },
    /// Install what is missing, then run every check and every test.
    Test {
        /// Leave out the tests that drive a browser or the window.
        #[arg(long)]
        skip_e2e: bool,
    },
    /// Measure the budgets of the design; prints a table and writes `target/bench/*.json`.
    Bench {
        /// Only these: save, long-file, ingest, first-sync, exchange, import, search, search-server,
        /// scroll, start, house, sizes.
        groups: Vec<String>,
    },
    /// Try for hours what the tests try for seconds; prints what came of it.
    Trial {
        #[command(subcommand)]
        trial: trial::Trial,
    },
    /// Build the user interface and its worker into `dist/`.
    BuildWeb {
        /// Optimise for size and write `.br` files beside the originals.
        #[arg(long)]
        release: bool,
    },
    /// Only install what the other commands need.
    Setup,
}

fn main() -> ExitCode {
    match execute(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(task: Task) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    let task = with_whole_paths(task)?;
    workspace.enter()?;
    match task {
        Task::Run { headless, port, data, profile } => {
            let data = data.unwrap_or_else(|| workspace.root.join(profile.folder()));
            run::run(&workspace, &run::Options { headless, port, data, profile })?;
        }
        Task::Test { skip_e2e } => return verify::verify(&workspace, skip_e2e),
        Task::Bench { groups } => bench::run(&workspace, &groups)?,
        Task::Trial { trial } => trial::run(&workspace, &trial)?,
        Task::BuildWeb { release } => web::build(&workspace, release)?,
        Task::Setup => setup::ensure(&workspace, &Need::ALL)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A person means a folder as seen from where they are, and we go elsewhere.
fn with_whole_paths(task: Task) -> Result<Task> {
    let Task::Run { headless, port, data: Some(data), profile } = task else { return Ok(task) };
    let whole = std::path::absolute(&data).with_context(|| {
        format!("Could not use `{}` as a folder: name another one", data.display())
    })?;
    Ok(Task::Run { headless, port, data: Some(whole), profile })
}
