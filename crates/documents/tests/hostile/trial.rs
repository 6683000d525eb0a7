//! Bent changes by the thousand. Each is a number, its seed; nothing else decides what it is, so that
//! one that was found can be made again. `cargo xtask trial hostile` makes them by the million.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use serde_json::json;
use yidang_documents::guard::{GuardError, admit, scan};
use yidang_documents::{ChangeHash, Document, differences, project};

use crate::build::CHANGE;
use crate::corpus::{Sample, corpus};
use crate::dice::Dice;
use crate::mutate::{Bent, bent};
use crate::scene::{author, next_words};

/// The first seed, how many, and where the figures are written as JSON.
const SEED: &str = "YIDANG_HOSTILE_SEED";
const COUNT: &str = "YIDANG_HOSTILE_COUNT";
const FIGURES: &str = "YIDANG_HOSTILE_FIGURES";
/// So many when nobody says how many.
const ORDINARY: u64 = 20_000;
/// So many in a hundred must come as far as the grammar; of the first seeds 57 do.
const LEAST_IN_GRAMMAR: u64 = 45;
/// No seeds are named beyond these; one is enough to begin with.
const MOST_NAMED: usize = 20;

/// How far a change came: the part of the guard that stopped it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// The outline and the columns, before the engine sees anything.
    Scan,
    /// Whose it is.
    Author,
    /// What is there, dependencies, sequence, first operation.
    Envelope,
    /// The engine reads another change, or none.
    Parse,
    /// Operations, entries, values.
    Grammar,
    /// The engine would write it in other bytes.
    Encoding,
    /// It stands in the document.
    Taken,
}

impl Step {
    const ALL: [Self; 7] = [
        Self::Scan,
        Self::Author,
        Self::Envelope,
        Self::Parse,
        Self::Grammar,
        Self::Encoding,
        Self::Taken,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Author => "author",
            Self::Envelope => "envelope",
            Self::Parse => "parse",
            Self::Grammar => "grammar",
            Self::Encoding => "encoding",
            Self::Taken => "taken",
        }
    }

    /// Whether the grammar looked at its operations.
    fn is_in_grammar(self) -> bool {
        self >= Self::Grammar
    }
}

/// What became of one: how far it came and the word it heard.
type Outcome = (Step, &'static str);

fn outcome(bytes: &[u8], told: &Result<(), GuardError>) -> Outcome {
    match told {
        Ok(()) => (Step::Taken, "taken"),
        Err(GuardError::Duplicate) => (Step::Envelope, "duplicate"),
        Err(GuardError::Parked { .. }) => (Step::Envelope, "parked"),
        Err(GuardError::Refused { code, detail }) => {
            let step = match *code {
                _ if scan(bytes).is_err() => Step::Scan,
                "actor" => Step::Author,
                "genesis" | "fork" | "start_op" | "own_history" => Step::Envelope,
                "unreadable" if detail.contains("in other bytes") => Step::Encoding,
                "unreadable" => Step::Parse,
                _ => Step::Grammar,
            };
            (step, *code)
        }
    }
}

/// Hands it to the guard. What is taken must be sound; what is not must have left the file alone.
fn hand_in(bent: &Bent<'_>) -> Outcome {
    let mut copy = bent.sample.file.clone();
    let told = admit(&mut copy, &bent.actor, &bent.bytes).map(drop);
    if told.is_ok() {
        assert_is_sound(&bent.sample.file, &copy);
    } else {
        assert_eq!(copy.heads(), bent.sample.file.heads(), "refused, and yet something changed");
    }
    outcome(&bent.bytes, &told)
}

/// Save, load, rows and differences succeed and are the same; so does what the next person writes.
fn assert_is_sound(before: &Document, after: &Document) {
    let loaded = Document::from_saved(&after.save()).unwrap();
    assert_eq!(loaded.heads(), after.heads());
    assert_eq!(project(&loaded), project(after));
    assert!(changes(&loaded) == changes(after), "other changes after loading");
    let heads = before.heads();
    assert_eq!(differences(&loaded, &heads), differences(after, &heads));
    let plain = Document::from_saved(&after.save_uncompressed()).unwrap();
    assert_eq!(plain.heads(), after.heads());
    let (next, words) = (author("贺试四"), [next_words(after.kind())]);
    let committed = loaded.clone().commit(&next, None, &words).unwrap();
    let mut server = after.clone();
    admit(&mut server, &next.actor, &committed.bytes).unwrap();
    assert_eq!(server.heads(), [committed.hash]);
}

fn changes(document: &Document) -> BTreeMap<ChangeHash, Vec<u8>> {
    document.changes_since(&[]).into_iter().collect()
}

/// What became of many.
#[derive(Default)]
struct Figures {
    outcomes: BTreeMap<Outcome, u64>,
    /// Seeds at which the guard, or what it took, gave up, with the words it gave up with.
    failed: Vec<(u64, String)>,
    /// The one that took longest.
    slowest: (Duration, u64),
}

impl Figures {
    /// Bends and hands in every seed of `seeds` that leaves `rest` when divided by `parts`.
    fn of(corpus: &[Sample], seeds: std::ops::Range<u64>, parts: u64, rest: u64) -> Self {
        let mut figures = Self::default();
        for seed in seeds.filter(|seed| seed % parts == rest) {
            let begun = Instant::now();
            let tried =
                catch_unwind(AssertUnwindSafe(|| hand_in(&bent(&mut Dice::of(seed), corpus))));
            match tried {
                Ok(outcome) => *figures.outcomes.entry(outcome).or_default() += 1,
                Err(panic) => figures.failed.push((seed, words_of(panic.as_ref()))),
            }
            figures.slowest = figures.slowest.max((begun.elapsed(), seed));
        }
        figures
    }

    fn add(&mut self, other: Self) {
        for (outcome, count) in other.outcomes {
            *self.outcomes.entry(outcome).or_default() += count;
        }
        self.failed.extend(other.failed);
        self.slowest = self.slowest.max(other.slowest);
    }

    fn count(&self, is_meant: impl Fn(Step) -> bool) -> u64 {
        self.outcomes.iter().filter(|((step, _), _)| is_meant(*step)).map(|(_, n)| n).sum()
    }

    fn json(&self, seeds: &std::ops::Range<u64>) -> serde_json::Value {
        let outcomes: Vec<serde_json::Value> = self
            .outcomes
            .iter()
            .map(|((step, word), count)| json!({"step": step.name(), "word": word, "count": count}))
            .collect();
        json!({
            "seed": seeds.start,
            "count": seeds.end - seeds.start,
            "in_grammar": self.count(Step::is_in_grammar),
            "taken": self.count(|step| step == Step::Taken),
            "outcomes": outcomes,
            "failed": self.failed,
            "slowest_seed": self.slowest.1,
            "slowest_us": u64::try_from(self.slowest.0.as_micros()).unwrap(),
        })
    }

    fn print(&self) {
        let all = self.count(|_| true).max(1);
        for step in Step::ALL {
            let words: Vec<String> = self
                .outcomes
                .iter()
                .filter(|((at, _), _)| *at == step)
                .map(|((_, word), count)| format!("{word} {count}"))
                .collect();
            let count = self.count(|at| at == step);
            println!(
                "{:<9}{count:>9} {:>3} %  {}",
                step.name(),
                count * 100 / all,
                words.join(", ")
            );
        }
        let (slowest, seed) = self.slowest;
        println!("in the grammar and beyond: {} %", self.count(Step::is_in_grammar) * 100 / all);
        println!("slowest: seed {seed} in {} ms", slowest.as_millis());
    }
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let words = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
    words.chars().take(300).collect()
}

fn number(name: &str, ordinary: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")),
        Err(_) => ordinary,
    }
}

/// Shares the seeds out among the cores.
fn on_every_core(seeds: &std::ops::Range<u64>) -> Figures {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let corpus = corpus();
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..cores)
            .map(|rest| {
                let corpus = &corpus;
                scope.spawn(move || Figures::of(corpus, seeds.clone(), cores, rest))
            })
            .collect();
        let mut figures = Figures::default();
        parts.into_iter().for_each(|part| figures.add(part.join().unwrap()));
        figures.failed.sort();
        figures
    })
}

/// Says of one seed what it is and what became of it.
fn describe(seed: u64) {
    let corpus = corpus();
    let bent = bent(&mut Dice::of(seed), &corpus);
    let hex: String = bent.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    println!(
        "seed {seed}: made of `{}`\nhanded in by {:02x?}\n{hex}",
        bent.sample.name, bent.actor
    );
}

#[test]
fn whatever_the_guard_takes_can_be_saved_loaded_read_and_compared() {
    let (first, count) = (number(SEED, 0), number(COUNT, ORDINARY));
    let seeds = first..first.checked_add(count).expect("seeds beyond the last number");
    if count == 1 {
        describe(first);
    }
    let figures = on_every_core(&seeds);
    figures.print();
    if let Ok(path) = std::env::var(FIGURES) {
        std::fs::write(path, figures.json(&seeds).to_string()).unwrap();
    }
    for (seed, words) in figures.failed.iter().take(MOST_NAMED) {
        println!("seed {seed}: {words}\n    {SEED}={seed} {COUNT}=1 makes it again");
    }
    assert!(figures.failed.is_empty(), "{} seeds failed", figures.failed.len());
    if count >= ORDINARY {
        let share = figures.count(Step::is_in_grammar) * 100 / count;
        assert!(share >= LEAST_IN_GRAMMAR, "{share} % came as far as the grammar");
        // What the scan lets pass the engine reads alike, or the scan would have a hole.
        let some = |step: &Step| *step != Step::Parse;
        for step in Step::ALL.into_iter().filter(some) {
            assert!(figures.count(|at| at == step) > 0, "nothing ended in {step:?}");
        }
    }
}

#[test]
fn a_seed_always_makes_the_same_bytes() {
    let (first, another) = (corpus(), corpus());
    for seed in [0, 1, 77, u64::MAX] {
        let once = bent(&mut Dice::of(seed), &first);
        let again = bent(&mut Dice::of(seed), &another);
        assert_eq!((once.actor, once.bytes), (again.actor, again.bytes), "{seed}");
    }
    // Kinds of chunks stay rare, or nothing would come further.
    let is_change = |seed| bent(&mut Dice::of(seed), &first).bytes.get(8) == Some(&CHANGE);
    assert!((0..400).filter(|seed| is_change(*seed)).count() > 380);
}
