//! `cargo xtask bench`: the budgets of the design, measured through the desk with everything on that
//! a user has on: SQLCipher, `synchronous=FULL`, the guard. Each figure stands beside its budget and,
//! where there is one, beside a floor measured in the same process, because machines are noisy.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

mod browser;
mod clock;
mod exchange;
mod first_sync;
mod floor;
mod full;
mod long_file;
mod report;
mod save;
mod text;
mod world;

use std::path::PathBuf;

use anyhow::{Context, Result};

use report::Report;
use world::World;

fn main() -> Result<()> {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let wants = |group: &str| chosen.is_empty() || chosen.iter().any(|word| word == group);
    let target = std::env::var_os("YIDANG_BENCH_DIR")
        .map(PathBuf::from)
        .context("run it by `cargo xtask bench`")?;
    let scratch = tempfile::Builder::new().prefix("work-").tempdir_in(&target)?;
    let mut report = Report::default();
    println!("{}", report::head());
    if wants("save") {
        save::measure(&mut report, &scratch.path().join("save"))?;
    }
    if wants("long-file") {
        long_file::measure(&mut report, &scratch.path().join("long-file"))?;
    }
    if wants("first-sync") || wants("exchange") {
        let world = World::new(&scratch.path().join("county"))?;
        let files = first_sync::fill(&world)?;
        if wants("first-sync") {
            first_sync::measure(&mut report, &world, &files)?;
        }
        if wants("exchange") {
            exchange::measure(&mut report, &world, &files)?;
        }
    }
    if wants("browser") {
        browser::measure(&mut report, &scratch.path().join("browser"))?;
    }
    let over = report.write(&target)?;
    println!("{over} over budget; written to {}", target.display());
    Ok(())
}
