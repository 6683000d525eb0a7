//! Foreign bytes are read in a process that may die of them.
//!
//! A stack that overflows and an allocation that fails end a process, and nobody can catch either
//! (sync.md 1.5). So the server has another process of the same program, `sync-server guard-worker`,
//! look at every batch first: with little memory, little time, and no files. What the worker is content
//! with the server takes into a document; a batch that ends two workers goes to quarantine unread.
//!
//! [`pool`] is the server's side, [`work`] the worker's, [`wire`] what they say to each other.

pub mod pool;
pub mod wire;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;

use yidang_documents::guard::{self, GuardError};

pub use pool::{Found, Workers};

use wire::{Answer, Hello, Job, MOST_JOB_BYTES, WIRE};

/// The word after the program's name that makes it a worker.
pub const SUBCOMMAND: &str = "guard-worker";

/// Where foreign bytes are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// In this very process. For tests that need no second one; whatever the engine dies of, dies this
    /// process. No command of the program chooses it.
    Here,
    /// In workers: this program, started with [`SUBCOMMAND`].
    Workers(PathBuf),
}

impl Reading {
    /// In workers of the program that runs.
    ///
    /// # Errors
    ///
    /// Where the system does not say which that is.
    pub fn by_this_program() -> io::Result<Self> {
        // The very file that runs, also after a newer one was put in its place.
        let running = PathBuf::from("/proc/self/exe");
        if running.exists() {
            return Ok(Self::Workers(running));
        }
        std::env::current_exe().map(Self::Workers)
    }
}

/// The addresses a worker may use: its program and stacks, and a hundred times the largest batch.
const MOST_MEMORY: u64 = 512 << 20;
/// The stack it reads with: half of what a thread of the server has, so that what passes here passes
/// there.
const STACK: usize = 1 << 20;
/// The processor's time of its whole life, in seconds: a net below the deadline that the server keeps.
const MOST_SECONDS: u64 = 60;
/// Files open at once: its three pipes, and what the system needs to end it in good order.
const MOST_FILES: u64 = 8;

/// Takes from this process whatever reading does not need.
#[cfg(unix)]
fn confine() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limits = [
        (Resource::As, MOST_MEMORY),
        (Resource::Cpu, MOST_SECONDS),
        (Resource::Stack, STACK as u64),
        (Resource::Nofile, MOST_FILES),
        // No word of a file goes to the disk: neither as a file nor as the picture of a dead process.
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ];
    for (resource, most) in limits {
        let most = getrlimit(resource).maximum.map_or(most, |before| before.min(most));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// Elsewhere the server's deadline is the only bound.
#[cfg(not(unix))]
fn confine() -> io::Result<()> {
    Ok(())
}

/// Is a worker until the server ends it or goes away: reads jobs on the standard input and looks at
/// each change with `look`.
pub fn work(look: fn(&[u8]) -> Result<(), GuardError>) -> ExitCode {
    // What a panic would say may have words of a file in it.
    std::panic::set_hook(Box::new(|_| {}));
    let worker = confine().and_then(|()| {
        std::thread::Builder::new().stack_size(STACK).spawn(move || answer_jobs(look))
    });
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn answer_jobs(look: fn(&[u8]) -> Result<(), GuardError>) -> io::Result<()> {
    let (mut from, mut to) = (io::stdin().lock(), io::stdout().lock());
    wire::write(&mut to, &Hello { wire: WIRE })?;
    while let Some(job) = wire::read::<Job>(&mut from, MOST_JOB_BYTES)? {
        let answer = look_at(&job, look);
        wire::write(&mut to, &answer)?;
        if answer.ends {
            return Ok(());
        }
    }
    Ok(())
}

/// Looks at the changes of a batch up to the first that is not well.
fn look_at(job: &Job, look: fn(&[u8]) -> Result<(), GuardError>) -> Answer {
    let mut passed = 0;
    for change in &job.changes {
        let (error, ends) = match catch_unwind(AssertUnwindSafe(|| look(change))) {
            Ok(Ok(())) => {
                passed += 1;
                continue;
            }
            Ok(Err(error)) => (error, false),
            Err(_) => (gave_up(), true),
        };
        let (code, detail) = match error {
            GuardError::Refused { code, detail } => (code, detail),
            other => ("unreadable", other.to_string()),
        };
        let detail = detail.chars().take(LONGEST_DETAIL).collect();
        return Answer { passed, code: code.into(), detail, ends };
    }
    Answer { passed, ..Answer::default() }
}

/// So many characters of a detail at most are handed on.
const LONGEST_DETAIL: usize = 200;

fn gave_up() -> GuardError {
    GuardError::Refused { code: "poisonous", detail: "the engine gave up".into() }
}

/// The same in this process.
fn look_here(changes: &[Vec<u8>]) -> Answer {
    look_at(&Job { changes: changes.to_vec() }, guard::look)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picky(bytes: &[u8]) -> Result<(), GuardError> {
        match bytes {
            b"bad" => Err(GuardError::Refused { code: "grammar", detail: "a list".into() }),
            b"panic" => panic!("the engine's words"),
            _ => Ok(()),
        }
    }

    fn told(changes: &[&[u8]]) -> Answer {
        look_at(&Job { changes: changes.iter().map(|c| c.to_vec()).collect() }, picky)
    }

    #[test]
    fn a_worker_says_how_far_it_came_and_ends_after_a_panic() {
        assert_eq!(told(&[b"a", b"b"]), Answer { passed: 2, ..Answer::default() });
        let bad = told(&[b"a", b"bad", b"panic"]);
        assert_eq!((bad.passed, bad.code.as_str(), bad.ends), (1, "grammar", false));
        let panicked = told(&[b"panic", b"a"]);
        assert_eq!((panicked.passed, panicked.code.as_str()), (0, "poisonous"));
        assert!(panicked.ends);
        assert!(!panicked.detail.contains("words"));
    }
}
