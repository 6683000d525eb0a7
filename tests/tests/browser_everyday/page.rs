//! The page `docs/tasks.md`: what it says a task takes is what it takes.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::hand::Told;

/// Compares what was done with the part of the page under `heading`; keeps the figures where
/// `YIDANG_TASKS` names a folder.
pub fn compare(heading: &str, told: &[Told]) -> Result<()> {
    ensure!(told.len() >= 10, "{} tasks of {heading}", told.len());
    keep(heading, told)?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/tasks.md");
    let page = std::fs::read_to_string(&path).context("docs/tasks.md")?;
    let part = page.split("\n## ").find(|part| part.starts_with(heading));
    let part = part.with_context(|| format!("docs/tasks.md has no part {heading}"))?;
    for (number, told) in (1..).zip(told) {
        let line = line(number, told);
        ensure!(part.contains(&line), "docs/tasks.md does not say: {line}");
    }
    Ok(())
}

/// How a line of the page begins.
fn line(number: u32, told: &Told) -> String {
    format!("| {number} | {} | {} | {} |", told.name, told.taps, told.written)
}

fn keep(heading: &str, told: &[Told]) -> Result<()> {
    let Some(folder) = std::env::var_os("YIDANG_TASKS") else { return Ok(()) };
    let mut table = String::new();
    for (number, told) in (1..).zip(told) {
        let (line, ms) = (line(number, told), told.slowest.as_millis());
        writeln!(table, "{line} {ms} | ![](pictures/tasks/{}.png) |", told.picture)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(Path::new(&folder).join(format!("{heading}.md")), table)?)
}
