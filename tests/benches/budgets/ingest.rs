//! What devices hand in in the evening, as the server takes it: read by a worker, examined, judged,
//! kept. Twelve files of one person at a time, three changes in each.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, anyhow, ensure};
use yidang_documents::{Document, Edit, RegisterPath, Scalar};
use yidang_domain::entry::{DocumentKind, Entry};
use yidang_domain::facts::Source;
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_sync_protocol::SignedBatch;

use super::clock::{Took, measure as took, ms};
use super::long_file::{Writer, enrolled, send};
use super::report::Report;
use super::text::Sentences;
use super::world::{AUTHORS, World, grid};

const GROUP: &str = "ingest";
/// One person's files of an evening.
const FILES: usize = 12;
/// Changes in each of them.
const CHANGES: usize = 3;
/// Evenings that each file has behind it.
const EVENINGS_BEFORE: usize = 3;

/// The files of every writer.
type Files = Vec<Vec<Document>>;
/// What every writer hands in.
type Evening = Vec<Vec<SignedBatch>>;

/// Evenings of twenty people on a server that just started and holds no document in memory, and the
/// next ones. The floor is the engine alone, in this process: it builds each document, or has it, and
/// applies the same changes.
pub fn measure(report: &mut Report, folder: &Path) -> Result<()> {
    let world = World::new(folder)?;
    let mut writers = (0..AUTHORS).map(|n| enrolled(&world, n)).collect::<Result<Vec<_>>>()?;
    let mut words = Sentences::new(11);
    let mut number = 0;
    let mut files: Files = (0..AUTHORS).map(|_| begin()).collect::<Result<_>>()?;
    for _ in 0..EVENINGS_BEFORE {
        let evening = write(&mut writers, &mut files, &mut words, &mut number)?;
        hand_in(&world, &writers, &evening)?;
    }
    let world = world.restarted()?;
    for (what, budget) in [("cold", 3.0), ("warm", 1.0)] {
        let before = files.clone();
        let evening = write(&mut writers, &mut files, &mut words, &mut number)?;
        let workers = worker_time();
        let (taken, time) = took(|| hand_in(&world, &writers, &evening));
        taken?;
        let workers = worker_time().saturating_sub(workers);
        let Took { own, others, .. } = time;
        let base = floor(&before, &evening, what == "cold")?;
        let each = |time: Duration| ms(time) / per_change(&evening);
        let name = |name: &str| format!("{what}: {name}");
        report.row(GROUP, name("floor: the engine applies it"), each(base), "ms", None);
        report.row(GROUP, name("of that, the workers of the guard"), each(workers), "ms", None);
        let all = own + others + workers;
        let whole = name("a change taken, of one core");
        report.with_floor(GROUP, whole, each(all), "ms", budget, Some(each(base)));
    }
    Ok(())
}

/// One person's files, without anything in them.
fn begin() -> Result<Vec<Document>> {
    let file = |number: usize| {
        let id = DocumentId::from_bytes(*uuid::Uuid::now_v7().as_bytes());
        Document::begin(DocumentKind::CaseFile, id, &OrgCode(grid(number)))
    };
    (0..FILES).map(file).map(|file| Ok(file?)).collect()
}

/// What everybody writes in one evening.
fn write(
    writers: &mut [Writer],
    files: &mut Files,
    words: &mut Sentences,
    number: &mut usize,
) -> Result<Evening> {
    let mut evening = Vec::new();
    for (writer, files) in writers.iter_mut().zip(files) {
        let mut batches = Vec::new();
        for file in files {
            let is_new =
                file.heads() == Document::begin(file.kind(), file.id(), file.home())?.heads();
            let mut changes = Vec::new();
            for turn in 0..CHANGES {
                changes.push(writer.write(file, edit(is_new, turn, words), *number)?);
                *number += 1;
            }
            batches.push(writer.batch(file, changes));
        }
        evening.push(batches);
    }
    Ok(evening)
}

fn edit(is_new: bool, turn: usize, words: &mut Sentences) -> Edit {
    match (is_new, turn) {
        (true, 0) => Edit::AddEntry(Entry::Found { source: Source::Sweep }),
        (_, 1) => Edit::Set(RegisterPath::of("facts", "matter"), Scalar::Text(words.next())),
        _ => Edit::AddEntry(Entry::Visit { words: words.next() }),
    }
}

fn hand_in(world: &World, writers: &[Writer], evening: &Evening) -> Result<()> {
    writers.iter().zip(evening).try_for_each(|(writer, batches)| send(world, writer, batches))
}

/// The engine alone with the same changes.
fn floor(before: &Files, evening: &Evening, is_cold: bool) -> Result<Duration> {
    let histories: Vec<Vec<Vec<u8>>> = before
        .iter()
        .flatten()
        .map(|file| file.changes_since(&[]).into_iter().map(|(_, bytes)| bytes).collect())
        .collect();
    let (applied, time) = took(|| -> Result<usize> {
        let mut count = 0;
        let files = before.iter().flatten().zip(&histories);
        for ((file, history), batch) in files.zip(evening.iter().flatten()) {
            let mut file = if is_cold {
                let mut fresh = Document::begin(file.kind(), file.id(), file.home())?;
                fresh.apply(&slices(history))?;
                fresh
            } else {
                file.clone()
            };
            file.apply(&slices(&batch.changes))?;
            count += batch.changes.len();
        }
        Ok(count)
    });
    ensure!(applied? > 0, "nothing was applied");
    Ok(time.own)
}

fn slices(changes: &[Vec<u8>]) -> Vec<&[u8]> {
    changes.iter().map(Vec::as_slice).collect()
}

fn per_change(evening: &Evening) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "some hundred changes")]
    let count = evening.iter().flatten().map(|batch| batch.changes.len()).sum::<usize>() as f64;
    count.max(1.0)
}

/// The processor's time of the processes that this one started and that run: its workers.
fn worker_time() -> Duration {
    let mine = std::process::id().to_string();
    let is_mine = |folder: &Path| {
        let stat = fs::read_to_string(folder.join("stat")).unwrap_or_default();
        // Behind the name, which may hold anything: state, parent.
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1));
        parent == Some(mine.as_str())
    };
    let folders = |of: &Path| {
        let entries = fs::read_dir(of).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let nanoseconds = |thread: &Path| -> Result<u64> {
        let text = fs::read_to_string(thread.join("schedstat"))?;
        let ran = text.split_whitespace().next().ok_or_else(|| anyhow!("no time"))?;
        Ok(ran.parse()?)
    };
    let workers = folders(Path::new("/proc")).into_iter().filter(|folder| is_mine(folder));
    let threads = workers.flat_map(|worker| folders(&worker.join("task")));
    Duration::from_nanos(threads.filter_map(|thread| nanoseconds(&thread).ok()).sum())
}
