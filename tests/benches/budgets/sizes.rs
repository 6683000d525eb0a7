//! What a browser has to fetch, out of the pages that `cargo xtask build-web --release` made.
//!
//! The two budgets of wasm hold before compression, because that is what an engine has to compile;
//! the budget of the first screen holds for what goes over the line: everything the page names before
//! the replica's worker begins.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::report::Report;

const GROUP: &str = "sizes";
/// Files that only the worker of the replica, the service worker or an engine that is too old asks
/// for.
const LATER: [&str; 6] = [
    "worker.js",
    "worker_bg.wasm",
    "boot-worker.js",
    "sw.js",
    "too-old.html",
    "manifest.webmanifest",
];

/// One file: its name, its bytes, and those under brotli.
struct Page {
    name: String,
    bytes: u64,
    packed: u64,
}

/// Reads the sizes of the pages; says how to make them where they are not there.
pub fn measure(report: &mut Report, pages: &Path) -> Result<()> {
    let mut files = Vec::new();
    if pages.is_dir() {
        walk(pages, &mut files)?;
    }
    let has_wasm = files.iter().any(|page| page.name == "ui_bg.wasm" && page.packed < page.bytes);
    if !has_wasm {
        println!("{GROUP}: no release pages; `cargo xtask build-web --release` makes them");
        return Ok(());
    }
    for (name, what, budget) in
        [("ui_bg.wasm", "ui.wasm", 900.0), ("worker_bg.wasm", "worker.wasm", 3_500.0)]
    {
        let page = files.iter().find(|page| page.name == name).context(name)?;
        report.row(GROUP, what, kilobytes(page.bytes), "KB", budget);
        report.row(GROUP, format!("{what} under brotli"), kilobytes(page.packed), "KB", None);
    }
    let first: u64 = files
        .iter()
        .filter(|page| !LATER.contains(&page.name.as_str()))
        .map(|page| page.packed)
        .sum();
    report.row(GROUP, "first screen under brotli, in all", kilobytes(first), "KB", 1_200.0);
    let all: u64 = files.iter().map(|page| page.packed).sum();
    report.row(GROUP, "everything under brotli", kilobytes(all), "KB", None);
    Ok(())
}

fn walk(folder: &Path, files: &mut Vec<Page>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".br") {
            continue;
        }
        let size = |path: &PathBuf| std::fs::metadata(path).map(|found| found.len());
        let bytes = size(&path)?;
        let packed = size(&path.with_file_name(format!("{name}.br"))).unwrap_or(bytes);
        files.push(Page { name, bytes, packed });
    }
    Ok(())
}

fn kilobytes(bytes: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "some megabytes")]
    let bytes = bytes as f64;
    bytes / 1_000.0
}
