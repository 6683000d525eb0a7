//! `cargo xtask trial county`: as many seeds of the simulated county (`tests/tests/sim`) as somebody
//! wants, and whether it finds the defects that are planted.

use std::num::NonZero;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::thread;

use anyhow::Context;
use anyhow::Result;
use anyhow::bail;
use anyhow::ensure;

use super::built;
use crate::workspace::TESTS_CRATE;
use crate::workspace::Workspace;

/// The test program.
const PROGRAM: &str = "sim";
/// Its test that tells as many seeds as it is asked for.
const TEST: &str = "stories::trial";
/// Defects that can be planted; `tests/tests/architecture.rs` holds the list of them.
const PLANTED: [&str; 8] = [
    "planted-chain-unchecked",
    "planted-cursor-first",
    "planted-hidden-clash",
    "planted-last-row-lost",
    "planted-reply-before-flush",
    "planted-revoked-heals",
    "planted-same-actor",
    "planted-tombstone-by-hand",
];
/// Seeds of one process. Parts of a device are shared by all devices of a process, so seeds run beside
/// each other in processes and never in threads.
const AT_ONCE: u64 = 5;

/// What is tried.
#[derive(clap::Args)]
pub struct Options {
    /// How many seeds; with `--planted` how many at most until a defect must be found.
    #[arg(long, default_value_t = 500)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Devices in each county.
    #[arg(long, default_value_t = 20)]
    people: u32,
    /// Days in each county.
    #[arg(long, default_value_t = 10)]
    days: u32,
    /// Faults that are left out, separated by commas (docs/trials.md).
    #[arg(long, default_value = "")]
    off: String,
    /// Processes beside each other [default: one for each core].
    #[arg(long)]
    jobs: Option<usize>,
    /// Plant each known defect in turn and say after how many seeds it was found.
    #[arg(long)]
    planted: bool,
}

/// What one seed came to.
struct Seed {
    number: u64,
    is_well: bool,
    ms: u64,
}

/// Runs the trial.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if options.planted { planted(workspace, options) } else { ordinary(workspace, options) }
}

fn ordinary(workspace: &Workspace, options: &Options) -> Result<()> {
    let program = built(workspace, TESTS_CRATE, PROGRAM, None)?;
    let seeds = told(&program, options)?;
    let broken: Vec<String> =
        seeds.iter().filter(|seed| !seed.is_well).map(|seed| seed.number.to_string()).collect();
    let device_days = seeds.len() as u64 * u64::from(options.people) * u64::from(options.days);
    let ms: u64 = seeds.iter().map(|seed| seed.ms).sum();
    println!(
        "{} seeds, {device_days} device-days, {}.{:02} core-hours, {} ms a device-day, {} broken",
        seeds.len(),
        ms / 3_600_000,
        ms % 3_600_000 / 36_000,
        ms / device_days.max(1),
        broken.len()
    );
    ensure!(broken.is_empty(), "Promises were broken in the seeds {}", broken.join(", "));
    Ok(())
}

fn planted(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut unfound = Vec::new();
    for name in PLANTED {
        let program = built(workspace, TESTS_CRATE, PROGRAM, Some(name))?;
        let seeds = part(&program, options, options.from, options.seeds, true)?;
        let days = u64::from(options.people) * u64::from(options.days);
        match seeds.iter().position(|seed| !seed.is_well) {
            Some(before) => {
                let tried = before as u64 + 1;
                println!("{name}: found by seed {tried}, {} device-days", tried * days);
            }
            None => {
                println!("{name}: not found in {} seeds", seeds.len());
                unfound.push(name);
            }
        }
    }
    ensure!(unfound.is_empty(), "Planted and not found: {}", unfound.join(", "));
    Ok(())
}

/// Tells all seeds, some in each process, as many processes beside each other as there are cores.
fn told(program: &Path, options: &Options) -> Result<Vec<Seed>> {
    let jobs =
        options.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get));
    let next = AtomicU64::new(0);
    let all: Mutex<Vec<Seed>> = Mutex::default();
    let work = || -> Result<()> {
        loop {
            let begun = next.fetch_add(AT_ONCE, Ordering::Relaxed);
            if begun >= options.seeds {
                return Ok(());
            }
            let count = AT_ONCE.min(options.seeds - begun);
            let seeds = part(program, options, options.from + begun, count, false)?;
            all.lock().unwrap_or_else(PoisonError::into_inner).extend(seeds);
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs.max(1)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(done) => done,
            Err(_) => bail!("A thread of the trial panicked"),
        })
    })?;
    Ok(all.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Tells some seeds in one process and shows what it says of them.
fn part(
    program: &Path,
    options: &Options,
    from: u64,
    count: u64,
    stops: bool,
) -> Result<Vec<Seed>> {
    let mut command = Command::new(program);
    command.args(["--ignored", "--exact", TEST, "--nocapture"]);
    command.env("YIDANG_SIM_FROM", from.to_string()).env("YIDANG_SIM_COUNT", count.to_string());
    command.env("YIDANG_SIM_PEOPLE", options.people.to_string());
    command.env("YIDANG_SIM_DAYS", options.days.to_string());
    command.env("YIDANG_SIM_OFF", &options.off);
    if stops {
        command.env("YIDANG_SIM_STOP", "1");
    }
    let output = command.stdin(Stdio::null()).output().with_context(|| {
        format!("Could not start {}: was it built for this machine?", program.display())
    })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let seeds: Vec<Seed> = text.lines().filter_map(seed).collect();
    ensure!(!seeds.is_empty(), "The simulated county says nothing of any seed: {text}");
    let is_broken = seeds.iter().any(|seed| !seed.is_well);
    let is_over = output.status.success() || is_broken;
    ensure!(is_over, "The simulated county ended with {} in the middle: {text}", output.status);
    if is_broken && !stops {
        println!("{text}");
    } else {
        text.lines().filter(|line| line.starts_with("SEED ")).for_each(|line| println!("{line}"));
    }
    Ok(seeds)
}

/// What a line says of a seed: `SEED 17 well 832 ms, …`.
fn seed(line: &str) -> Option<Seed> {
    let mut words = line.strip_prefix("SEED ")?.split(' ');
    let number = words.next()?.parse().ok()?;
    let is_well = words.next()? == "well";
    Some(Seed { number, is_well, ms: words.next()?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_seed_is_read() {
        let read = seed("SEED 17 well 832 ms, nothing, 90 promises, 31 faults").unwrap();
        assert_eq!((read.number, read.is_well, read.ms), (17, true, 832));
        assert!(!seed("SEED 18 broken 5 ms").unwrap().is_well);
        assert!(seed("running 1 test").is_none());
    }
}
