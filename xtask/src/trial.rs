//! `cargo xtask trial`: for hours what the tests try for seconds. A trial is cut into parts, each part a
//! process of its own, so that one that dies is found and the others go on; and what is done is not done
//! again (docs/trials.md).

mod county;
mod figures;

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::time::Instant;

use anyhow::Context;
use anyhow::Result;
use anyhow::bail;
use clap::Args;
use clap::Subcommand;
use serde_json::Value;
use sha2::Digest;
use sha2::Sha256;

use crate::process;
use crate::setup;
use crate::setup::Need;
use crate::workspace::Workspace;
use crate::workspace::make_folder;
use crate::workspace::write_if_changed;

use figures::Figures;

/// What is tried.
#[derive(Subcommand)]
pub enum Trial {
    /// Changes bent at random, with a checksum that fits, handed to the guard; writes
    /// `target/trials/hostile.json`.
    Hostile(Seeds),
    /// The simulated county: everything that was said to be saved is there in the end.
    County(county::Options),
}

/// Which seeds: each makes one bent change, always the same.
#[derive(Args)]
pub struct Seeds {
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many; one says what it is and what became of it.
    #[arg(long, default_value_t = 10_000_000)]
    count: u64,
}

/// So many seeds are one process.
const PART: u64 = 200_000;
/// So many in a hundred must come as far as the grammar, or the bending is too coarse to say anything.
const LEAST_IN_GRAMMAR: u64 = 30;
/// The test program and the test in it (`crates/documents/tests/hostile/trial.rs`).
const PACKAGE: &str = "yidang-documents";
const PROGRAM: &str = "hostile";
const TEST: &str = "trial::whatever_the_guard_takes_can_be_saved_loaded_read_and_compared";
/// What that test is told, by variables of the environment.
const SEED: &str = "YIDANG_HOSTILE_SEED";
const COUNT: &str = "YIDANG_HOSTILE_COUNT";
const FIGURES: &str = "YIDANG_HOSTILE_FIGURES";

/// Tries it.
pub fn run(workspace: &Workspace, trial: &Trial) -> Result<()> {
    setup::ensure(workspace, &[Need::Build])?;
    match trial {
        Trial::Hostile(seeds) => hostile(workspace, seeds),
        Trial::County(options) => county::run(workspace, options),
    }
}

fn hostile(workspace: &Workspace, seeds: &Seeds) -> Result<()> {
    let program = program(workspace)?;
    if seeds.count == 1 {
        let mut command = program.command(&(seeds.seed..seeds.seed.saturating_add(1)));
        return process::run(&mut command, "making one change again", "read what it says above");
    }
    let folder = workspace.target.join("trials");
    make_folder(&folder)?;
    let kept = folder.join("hostile.json");
    let mut figures = Figures::of(&kept, &program.fingerprint);
    let parts = parts(seeds);
    for (nth, part) in parts.iter().enumerate() {
        if figures.has(part) {
            continue;
        }
        let begun = Instant::now();
        let told = program.judge(part, &folder.join("part.json"))?;
        println!(
            "part {} of {}: seeds {} to {}, {} s{}",
            nth + 1,
            parts.len(),
            part.start,
            part.end - 1,
            begun.elapsed().as_secs(),
            told.iter().map(figures::failures).collect::<String>(),
        );
        figures.add(part, told);
        write_if_changed(&kept, figures.json().as_bytes())?;
    }
    finish(&figures, &parts, &kept)
}

/// Prints what became of all, and fails where something failed.
fn finish(figures: &Figures, parts: &[Range<u64>], kept: &Path) -> Result<()> {
    let total = figures.total(parts);
    print!("{}", total.table());
    println!("written to {}", kept.display());
    if let Some((seed, words)) = total.failed.first() {
        bail!(
            "The guard gave up on {} seeds. The first is {seed}: {words}\nMake it again with `cargo \
             xtask trial hostile --seed {seed} --count 1`",
            total.failed.len()
        );
    }
    let share = total.in_grammar * 100 / total.count.max(1);
    if share < LEAST_IN_GRAMMAR {
        bail!(
            "Only {share} % came as far as the grammar, fewer than {LEAST_IN_GRAMMAR} %: bend \
             operations more often (crates/documents/tests/hostile/mutate.rs)"
        );
    }
    Ok(())
}

fn parts(seeds: &Seeds) -> Vec<Range<u64>> {
    let end = seeds.seed.saturating_add(seeds.count);
    let mut parts = Vec::new();
    let mut at = seeds.seed;
    while at < end {
        let next = at.saturating_add(PART).min(end);
        parts.push(at..next);
        at = next;
    }
    parts
}

/// The test program, built as what is shipped.
struct Program {
    path: PathBuf,
    /// Figures of another program say nothing about this one.
    fingerprint: String,
}

fn program(workspace: &Workspace) -> Result<Program> {
    let path = built(workspace, PACKAGE, PROGRAM, None)?;
    let bytes = fs::read(&path).with_context(|| {
        format!("Could not read {}: it was built a moment ago, try again", path.display())
    })?;
    let fingerprint = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Program { path, fingerprint })
}

/// Builds a test program as what is shipped, with a feature where one is named; where it lies.
fn built(
    workspace: &Workspace,
    package: &str,
    program: &str,
    feature: Option<&str>,
) -> Result<PathBuf> {
    let mut command = process::native_cargo();
    command.current_dir(&workspace.root);
    command.args(["test", "--release", "--package", package, "--test", program, "--no-run"]);
    command.arg("--message-format=json-render-diagnostics");
    if let Some(feature) = feature {
        command.args(["--features", feature]);
    }
    let shown = process::describe(&command);
    let built = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("Could not start `{shown}`: is Cargo on the PATH?"))?;
    if !built.status.success() {
        bail!("`{shown}` ended with {}: mend what the compiler names above", built.status);
    }
    let said = String::from_utf8_lossy(&built.stdout);
    said.lines().find_map(|line| executable(line, program)).with_context(|| {
        format!("`{shown}` named no program: is there a test `{program}` in {package}?")
    })
}

/// The program of that name, where a line of Cargo names it.
fn executable(line: &str, program: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    let is_ours = message.pointer("/target/name").is_some_and(|name| name == program);
    let path = message.get("executable")?.as_str()?;
    is_ours.then(|| PathBuf::from(path))
}

impl Program {
    fn command(&self, seeds: &Range<u64>) -> Command {
        let mut command = Command::new(&self.path);
        command.args(["--exact", TEST, "--nocapture"]);
        command.env(SEED, seeds.start.to_string());
        command.env(COUNT, (seeds.end - seeds.start).to_string());
        command
    }

    /// The figures of these seeds. Where the process died without a word (a stack that ran over, memory
    /// that ran out), each half is tried by itself, until the seed that killed it stands alone.
    fn judge(&self, seeds: &Range<u64>, path: &Path) -> Result<Vec<Value>> {
        let count = seeds.end - seeds.start;
        drop(fs::remove_file(path));
        let mut command = self.command(seeds);
        let quiet = command.env(FIGURES, path).stdin(Stdio::null()).stdout(Stdio::null());
        let status = quiet
            .stderr(Stdio::null())
            .status()
            .with_context(|| format!("Could not start {}: build it again", self.path.display()))?;
        if let Ok(text) = fs::read_to_string(path) {
            let told = serde_json::from_str(&text)
                .with_context(|| format!("Could not read {}: try again", path.display()))?;
            return Ok(vec![told]);
        }
        if count == 1 {
            return Ok(vec![figures::killed(seeds.start, &status.to_string())]);
        }
        let middle = seeds.start + count / 2;
        let mut told = self.judge(&(seeds.start..middle), path)?;
        told.extend(self.judge(&(middle..seeds.end), path)?);
        Ok(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_is_in_one_part() {
        let parts = parts(&Seeds { seed: 7, count: 2 * PART + 5 });
        assert_eq!(parts, [7..PART + 7, PART + 7..2 * PART + 7, 2 * PART + 7..2 * PART + 12]);
    }

    #[test]
    fn the_program_is_the_one_that_cargo_names() {
        let line =
            |name: &str| format!(r#"{{"target":{{"name":"{name}"}},"executable":"/t/h-1"}}"#);
        assert_eq!(executable(&line(PROGRAM), PROGRAM), Some("/t/h-1".into()));
        assert_eq!(executable(&line("formats"), PROGRAM), None);
        let unbuilt = r#"{"target":{"name":"hostile"},"executable":null}"#;
        assert_eq!(executable(unbuilt, PROGRAM), None);
        assert_eq!(executable("Compiling", PROGRAM), None);
    }
}
