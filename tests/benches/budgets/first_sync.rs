//! A new device takes everything it may read.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};

use super::clock::{measure as took, ms, percentile};
use super::floor;
use super::report::Report;
use super::save::save;
use super::text::Sentences;
use super::world::{GRIDS, Pen, World, grid, worker};

const FILES: usize = 2_000;
const CHANGES: usize = 13;

/// Where the devices that only fill the county live: in memory, where there is such a place.
pub fn fast(world: &World) -> Result<tempfile::TempDir> {
    let memory = PathBuf::from("/dev/shm");
    let at = if memory.is_dir() { memory } else { world.folder.clone() };
    Ok(tempfile::Builder::new().prefix("yidang-bench-").tempdir_in(at)?)
}

/// Files of the county: the workers open and write, the township accepts and mediates, the server
/// gives numbers. Gives their names, those of the first grid first.
pub fn fill(world: &World) -> Result<Vec<String>> {
    let fast = fast(world)?;
    let files: Vec<Vec<String>> = std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            let at = fast.path();
            scope.spawn(move || {
                (0..GRIDS)
                    .filter(|number| number % 2 == half)
                    .map(|number| {
                        let pen = world.device(&at.join(worker(number)), &worker(number))?;
                        write_files(&pen, number)
                    })
                    .collect::<Result<Vec<_>>>()
            })
        });
        let joined = halves.map(|half| half.join().map_err(|_| anyhow!("a worker gave up")));
        let mut files = Vec::new();
        for half in joined {
            files.extend(half??);
        }
        Ok::<_, anyhow::Error>(files)
    })?;
    let files = files.concat();
    // On a thread of its own too: whoever looks at a profile finds on the first one what is measured.
    let judged = std::thread::scope(|scope| {
        scope.spawn(|| accept(world, &fast.path().join("reviewer"), &files)).join()
    });
    judged.map_err(|_| anyhow!("the township gave up"))??;
    Ok(files)
}

/// The township accepts every file, mediates, and writes where it came from.
fn accept(world: &World, at: &Path, files: &[String]) -> Result<()> {
    let reviewer = world.device(at, "u-reviewer")?;
    let mut words = Sentences::new(99);
    for case in files {
        reviewer.add(case, &json!({ "kind": "accepted" }))?;
        reviewer.add(case, &session(&mut words))?;
        reviewer.set(case, "source_no", &words.place())?;
    }
    reviewer.sync().map(drop)
}

fn write_files(pen: &Pen<'_>, number: usize) -> Result<Vec<String>> {
    let mut words = Sentences::new(1_000 + number as u64);
    let mut cases = Vec::new();
    for _ in 0..FILES / GRIDS {
        let case = pen.open(&mut words)?;
        for visit in 0..8 {
            save(pen, &case, visit, &mut words)?;
        }
        cases.push(case);
    }
    pen.sync()?;
    Ok(cases)
}

fn session(words: &mut Sentences) -> Value {
    json!({ "kind": "mediation_session", "place": words.place(), "words": words.next(),
        "consent": true, "open": false })
}

/// The first exchange of the county clerk's new computer.
pub fn measure(report: &mut Report, world: &World, files: &[String]) -> Result<()> {
    const GROUP: &str = "first-sync";
    let saves = floor::saves(&world.app)?;
    let changes: usize = saves
        .iter()
        .map(|save| Ok(automerge::Automerge::load(save)?.get_changes_meta(&[]).len() - 1))
        .sum::<Result<usize>>()?;
    ensure!(saves.len() == FILES && changes == FILES * CHANGES, "{changes} changes");
    let floor = floor::of(&saves)?;
    let base = ms(floor.time());
    for (what, time) in [
        ("floor: unpack", floor.unpack),
        ("floor: load", floor.load),
        ("floor: hydrate", floor.hydrate),
        ("floor: one transaction", floor.keep),
    ] {
        report.row(GROUP, what, ms(time), "ms", None);
    }
    let pen = world.bare_device(&world.folder.join("clerk"))?;
    let (done, first) = took(|| pen.enrol("u-clerk"));
    done?;
    let tally = pen.tally();
    is_usable(&pen, files)?;
    let what = "2,000 files x 13 changes, usable and durable: one core";
    report.with_floor(GROUP, what, ms(first.own), "ms", base + 250.0, Some(base));
    report.row(GROUP, "the same on the wall, server included", ms(first.wall), "ms", None);
    report.row(GROUP, "the server's share of the processor", ms(first.others), "ms", None);
    report.row(GROUP, "requests, enrolment included", f64::from(tally.requests), "", None);
    let packed = kilobytes(floor.json_packed);
    report.row(GROUP, "files as plain JSON", kilobytes(floor.json), "KB", None);
    report.row(GROUP, "the same under zstd -19", packed, "KB", None);
    report.row(GROUP, "saves in one zstd-9 stream", kilobytes(floor.saves_packed), "KB", None);
    let down = kilobytes(tally.down);
    report.with_floor(GROUP, "bytes of bodies down", down, "KB", packed * 1.5, Some(packed));
    let (tally, time) = took(|| pen.settle());
    let tally = tally?;
    report.row(GROUP, "proofs afterwards: one core", ms(time.own), "ms", None);
    report.row(GROUP, "proofs afterwards: requests", f64::from(tally.requests), "", None);
    report.row(GROUP, "proofs afterwards: bytes down", kilobytes(tally.down), "KB", None);
    saves_meanwhile(report, world)
}

/// What a person would find at once: the list, a file, a search.
fn is_usable(pen: &Pen<'_>, files: &[String]) -> Result<()> {
    let list = |text: &str| {
        pen.ask(
            "list_case_files",
            &json!({ "queue": "all", "org": null, "category": null, "risk": null,
                "text": text, "offset": 0, "limit": 1 }),
        )
    };
    let all = list("")?;
    ensure!(all["total"] == files.len(), "{} files", all["total"]);
    let last = files.last().context("no files")?;
    let view = pen.ask("case_file", &json!({ "id": last }))?;
    let words = view["row"]["matter"].as_str().context("no sentence")?;
    let start: String = words.chars().take(10).collect();
    ensure!(list(&start)?["total"].as_u64() >= Some(1), "{start} is not found");
    Ok(())
}

/// Somebody writes while the files come: a new file, then entries in it, without a pause.
fn saves_meanwhile(report: &mut Report, world: &World) -> Result<()> {
    let pen = world.bare_device(&world.folder.join("writing"))?;
    let device = Arc::clone(&pen.device);
    let ended = AtomicBool::new(false);
    let mut times = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let pen = world.another(&world.folder.join("writing"), device)?;
            let mut words = Sentences::new(7);
            while !ended.load(Ordering::Acquire) && !pen.is_signed_in()? {
                std::thread::sleep(Duration::from_millis(1));
            }
            let mut times = Vec::new();
            let mut case = None;
            while !ended.load(Ordering::Acquire) {
                let begun = Instant::now();
                match &case {
                    None => case = pen.open_in(&mut words, Some(&grid(0))).ok(),
                    Some(case) => drop(save(&pen, case, times.len(), &mut words)?),
                }
                if case.is_some() {
                    times.push(begun.elapsed());
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            Ok::<_, anyhow::Error>(times)
        });
        pen.enrol("u-reviewer")?;
        ended.store(true, Ordering::Release);
        writer.join().map_err(|_| anyhow!("the writer gave up"))?
    })?;
    let count = f64::from(u32::try_from(times.len()).unwrap_or(u32::MAX));
    report.row("first-sync", "saves made during a first sync", count, "", None);
    for (name, share, budget) in [("p50", 0.5, None), ("p90", 0.9, None), ("p99", 0.99, Some(10.0))]
    {
        let figure = ms(percentile(&mut times, share));
        report.row("first-sync", format!("save during a first sync, {name}"), figure, "ms", budget);
    }
    Ok(())
}

fn kilobytes(bytes: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "some megabytes")]
    let bytes = bytes as f64;
    bytes / 1_000.0
}
