//! What became of the seeds of a trial, part by part, as it is kept and as it is printed.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use serde_json::Value;
use serde_json::json;

/// The steps of the guard in their order, as the test program names them.
const STEPS: [&str; 7] = ["scan", "author", "envelope", "parse", "grammar", "encoding", "taken"];

/// The figures of every part that was tried with one program.
pub struct Figures {
    program: String,
    /// By first seed and end.
    parts: BTreeMap<(u64, u64), Vec<Value>>,
}

/// What became of some parts together.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// How many seeds.
    pub count: u64,
    /// How many came as far as the grammar.
    pub in_grammar: u64,
    /// Step and word, with how many ended there.
    outcomes: BTreeMap<(String, String), u64>,
    /// Seeds at which something gave up, with its words.
    pub failed: Vec<(u64, String)>,
    /// The longest that one seed took, and which.
    slowest: (u64, u64),
}

/// What is said of a seed that killed its process.
pub fn killed(seed: u64, status: &str) -> Value {
    json!({"seed": seed, "count": 1, "failed": [[seed, format!("the process died: {status}")]]})
}

/// The seeds that failed in a part, to be printed behind it.
pub fn failures(part: &Value) -> String {
    let failed = failed_in(part);
    failed
        .iter()
        .fold(String::new(), |text, (seed, words)| format!("{text}\n  seed {seed}: {words}"))
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}

fn failed_in(part: &Value) -> Vec<(u64, String)> {
    let failed = part.get("failed").and_then(Value::as_array).into_iter().flatten();
    let pair = |one: &Value| Some((one.get(0)?.as_u64()?, one.get(1)?.as_str()?.to_owned()));
    failed.filter_map(pair).collect()
}

impl Figures {
    /// What an earlier run of the same program left, or nothing.
    pub fn of(path: &Path, program: &str) -> Self {
        let mut figures = Self { program: program.to_owned(), parts: BTreeMap::new() };
        let text = fs::read_to_string(path).unwrap_or_default();
        let kept: Value = serde_json::from_str(&text).unwrap_or_default();
        if kept.get("program").and_then(Value::as_str) == Some(program) {
            for part in kept.get("parts").and_then(Value::as_array).into_iter().flatten() {
                let told = part.get("figures").and_then(Value::as_array).cloned();
                let range = (number(part, "seed"), number(part, "end"));
                figures.parts.insert(range, told.unwrap_or_default());
            }
        }
        figures
    }

    /// Whether these seeds were tried.
    pub fn has(&self, part: &Range<u64>) -> bool {
        self.parts.contains_key(&(part.start, part.end))
    }

    /// Adds what became of these seeds.
    pub fn add(&mut self, part: &Range<u64>, told: Vec<Value>) {
        self.parts.insert((part.start, part.end), told);
    }

    /// As it is kept.
    pub fn json(&self) -> String {
        let parts: Vec<Value> = self
            .parts
            .iter()
            .map(|((seed, end), told)| json!({"seed": seed, "end": end, "figures": told}))
            .collect();
        let ranges: Vec<Range<u64>> = self.parts.keys().map(|(seed, end)| *seed..*end).collect();
        let total = self.total(&ranges).json();
        format!("{:#}\n", json!({"program": self.program, "total": total, "parts": parts}))
    }

    /// What became of these parts together.
    pub fn total(&self, parts: &[Range<u64>]) -> Total {
        let told = parts.iter().filter_map(|part| self.parts.get(&(part.start, part.end)));
        told.flatten().fold(Total::default(), Total::with)
    }
}

impl Total {
    fn with(mut self, part: &Value) -> Self {
        self.count += number(part, "count");
        self.in_grammar += number(part, "in_grammar");
        for one in part.get("outcomes").and_then(Value::as_array).into_iter().flatten() {
            let text = |name| one.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            *self.outcomes.entry((text("step"), text("word"))).or_default() += number(one, "count");
        }
        self.failed.extend(failed_in(part));
        self.slowest = self.slowest.max((number(part, "slowest_us"), number(part, "slowest_seed")));
        self
    }

    fn at(&self, step: &str) -> u64 {
        self.outcomes.iter().filter(|((at, _), _)| at == step).map(|(_, count)| count).sum()
    }

    fn json(&self) -> Value {
        let steps: BTreeMap<&str, u64> = STEPS.iter().map(|step| (*step, self.at(step))).collect();
        json!({
            "count": self.count,
            "in_grammar": self.in_grammar,
            "steps": steps,
            "failed": self.failed,
            "slowest_us": self.slowest.0,
            "slowest_seed": self.slowest.1,
        })
    }

    /// One line for each step: how many ended there, and with which words.
    pub fn table(&self) -> String {
        let mut table = String::new();
        let share = |count: u64| count * 100 / self.count.max(1);
        for step in STEPS {
            let words: Vec<String> = self
                .outcomes
                .iter()
                .filter(|((at, _), _)| at == step)
                .map(|((_, word), count)| format!("{word} {count}"))
                .collect();
            let count = self.at(step);
            let line = format!("{step:<9}{count:>11} {:>3} %  {}", share(count), words.join(", "));
            table += line.trim_end();
            table += "\n";
        }
        let (slowest, seed) = self.slowest;
        let grammar = share(self.in_grammar);
        let failed = self.failed.len();
        let count = self.count;
        table += &format!(
            "{count} seeds, {grammar} % in the grammar and beyond, {failed} failed; the slowest is \
             {seed}: {slowest} µs\n"
        );
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(seed: u64, failed: &[(u64, &str)]) -> Value {
        json!({
            "seed": seed, "count": 100, "in_grammar": 40, "taken": 9,
            "outcomes": [
                {"step": "scan", "word": "malformed", "count": 60},
                {"step": "taken", "word": "taken", "count": 9},
            ],
            "failed": failed, "slowest_us": seed, "slowest_seed": seed + 1,
        })
    }

    #[test]
    fn what_was_kept_by_the_same_program_is_not_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hostile.json");
        let mut figures = Figures::of(&path, "a");
        figures.add(&(0..100), vec![told(0, &[])]);
        fs::write(&path, figures.json()).unwrap();
        assert!(Figures::of(&path, "a").has(&(0..100)));
        assert!(!Figures::of(&path, "a").has(&(0..99)));
        assert!(!Figures::of(&path, "b").has(&(0..100)));
    }

    #[test]
    fn parts_are_added_up_and_only_those_that_are_meant() {
        let mut figures = Figures { program: "a".into(), parts: BTreeMap::new() };
        figures.add(&(0..100), vec![told(0, &[])]);
        figures.add(&(100..201), vec![told(100, &[(107, "gave up")]), killed(200, "signal 6")]);
        let total = figures.total(&[0..100, 100..201]);
        assert_eq!((total.count, total.in_grammar, total.at("scan")), (201, 80, 120));
        assert_eq!(total.failed[0], (107, "gave up".into()));
        assert_eq!(total.failed[1], (200, "the process died: signal 6".into()));
        assert_eq!(total.slowest, (100, 101));
        assert!(total.table().contains("malformed 120"));
        assert_eq!(figures.total(std::slice::from_ref(&(0..100))).failed, []);
    }
}
