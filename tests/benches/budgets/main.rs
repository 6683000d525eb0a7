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
mod holding;
mod house;
mod import;
mod ingest;
mod long_file;
mod people;
mod report;
mod save;
mod search;
mod sizes;
mod start;
mod text;
mod world;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};

use report::Report;
use world::World;
use yidang_documents::guard;
use yidang_sync_server::worker;

fn main() -> Result<ExitCode> {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [word, folder] = chosen.as_slice()
        && word == start::CHILD
    {
        return start::child(Path::new(folder)).map(|()| ExitCode::SUCCESS);
    }
    if chosen == [worker::SUBCOMMAND] {
        return Ok(worker::work(guard::look));
    }
    measure(&chosen)?;
    Ok(ExitCode::SUCCESS)
}

/// Measures the groups that are chosen, or all of them.
fn measure(chosen: &[String]) -> Result<()> {
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
    if wants("ingest") {
        ingest::measure(&mut report, &scratch.path().join("ingest"))?;
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
    furnished(&mut report, scratch.path(), &wants)?;
    if wants("sizes") {
        let pages = std::env::var_os("YIDANG_DIST").map(PathBuf::from);
        sizes::measure(&mut report, &pages.unwrap_or_else(|| "dist".into()))?;
    }
    let over = report.write(&target)?;
    println!("{over} over budget; written to {}", target.display());
    Ok(())
}

/// Groups that need a whole county or a device that holds one.
fn furnished(report: &mut Report, at: &Path, wants: &dyn Fn(&str) -> bool) -> Result<()> {
    if wants("import") || wants("search-server") {
        let county = import::empty_county(&at.join("imported"))?;
        import::take(&county, report, wants("import"))?;
        if wants("search-server") {
            search::on_server(report, &county)?;
        }
    }
    if wants("search") || wants("scroll") || wants("start") {
        let holding = holding::fill(&at.join("holding"))?;
        if wants("search") || wants("scroll") {
            search::on_device(report, &holding)?;
        }
        if wants("start") {
            start::measure(report, &holding)?;
        }
    }
    if wants("house") {
        house::measure(report, &at.join("house"))?;
    }
    Ok(())
}
