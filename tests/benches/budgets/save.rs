//! One edit, durable.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use rusqlite::Connection;
use serde_json::json;

use super::clock::{ms, percentile};
use super::report::Report;
use super::text::Sentences;
use super::world::{Pen, World, worker};

const FILES: usize = 100;
const SAVES: usize = 2_000;

/// Measures saves of one worker with some files, and beside them the least that a durable save can
/// cost on this disk: one small row in one transaction.
pub fn measure(report: &mut Report, folder: &Path) -> Result<()> {
    let world = World::new(folder)?;
    let pen = world.device(&folder.join("device"), &worker(0))?;
    let mut words = Sentences::new(1);
    let cases: Vec<String> = (0..FILES).map(|_| pen.open(&mut words)).collect::<Result<_>>()?;
    let floor = bare(&folder.join("bare.db"))?;
    let mut saves = Vec::with_capacity(SAVES);
    let mut bare = Vec::with_capacity(SAVES);
    for number in 0..SAVES {
        saves.push(save(&pen, &cases[number % FILES], number, &mut words)?);
        let begun = Instant::now();
        floor.execute("INSERT INTO row VALUES (?1)", [words.next()])?;
        bare.push(begun.elapsed());
    }
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let floor = ms(percentile(&mut bare, share));
        report.row("save", format!("one small row on this disk, {name}"), floor, "ms", None);
        let figure = ms(percentile(&mut saves, share));
        let what = format!("one edit, durable, {name}");
        report.with_floor("save", what, figure, "ms", (name == "p99").then_some(10.0), Some(floor));
    }
    Ok(())
}

/// Saves one edit: two entries to one fact, as people do.
pub fn save(pen: &Pen<'_>, case: &str, number: usize, words: &mut Sentences) -> Result<Duration> {
    let text = words.next();
    let place = words.place();
    let begun = Instant::now();
    if number % 3 == 2 {
        pen.set(case, "place", &place)?;
    } else {
        pen.add(case, &json!({ "kind": "visit", "words": text }))?;
    }
    Ok(begun.elapsed())
}

/// An unencrypted table on the same disk that syncs every commit.
fn bare(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch("CREATE TABLE row (words TEXT NOT NULL)")?;
    Ok(connection)
}
