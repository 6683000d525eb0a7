//! The workers of a server: few at a time, each with one batch, none for long.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use yidang_documents::guard::LOOKED;

use super::wire::{Answer, Hello, Job, MOST_ANSWER_BYTES, WIRE};
use super::{Reading, SUBCOMMAND, look_here, wire};

/// A batch takes a few milliseconds. One that takes so long goes round in circles, on however slow a
/// machine.
const DEADLINE: Duration = Duration::from_secs(2);
/// A worker that starts gets longer: the system may have to read its program from the disk.
const START: Duration = Duration::from_secs(20);
/// A batch ends so many workers before it is to blame: the first may have been ended by something else.
const TRIES: u32 = 2;
/// So many workers may be busy at once on however small a machine: one or two that go round in circles
/// must not keep others waiting.
const FEWEST_SEATS: usize = 4;
/// So many batches are remembered before all of them are forgotten.
const MOST_KNOWN: usize = 20_000;
/// A worker looks at so many batches; then a fresh one takes its place, whatever piled up in it.
const BATCHES_OF_A_LIFE: u32 = 500;

/// What was found out about the changes of a batch, before any document has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The engine reads every one of them, and each is one of ours by its form.
    Well,
    /// One of them breaks a rule.
    Broken {
        /// The rule, a word of `docs/refusals.md`.
        code: &'static str,
        /// Which, counted from zero.
        position: u32,
        /// What exactly, without content.
        detail: String,
    },
    /// Two workers ended over them.
    Deadly,
}

/// Looks at foreign bytes before anything else does.
pub struct Workers {
    program: Option<PathBuf>,
    /// So many are busy at once.
    most: usize,
    staff: Mutex<Staff>,
    free: Condvar,
    /// What was found out, by the names of batches: they follow from their bytes, and one that waits
    /// for others is tried again and again.
    known: Mutex<HashMap<[u8; 16], Found>>,
    /// Workers that ended over a batch or were ended for what they said.
    lost: AtomicU64,
}

#[derive(Default)]
struct Staff {
    idle: VecDeque<Worker>,
    busy: usize,
}

impl Workers {
    /// Starts the first worker, so that a server without one says so before it serves anybody.
    ///
    /// # Errors
    ///
    /// Where the program cannot be started, or is none of ours.
    pub fn of(reading: &Reading) -> Result<Self> {
        let program = match reading {
            Reading::Here => None,
            Reading::Workers(program) => Some(program.clone()),
        };
        let idle = program.as_deref().map(|program| {
            Worker::start(program).with_context(|| {
                format!(
                    "the guard's worker does not answer, and without it no change may be read: \
                     is `{} {SUBCOMMAND}` a program of this version that may be started?",
                    program.display()
                )
            })
        });
        let idle = idle.transpose()?.into_iter().collect();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let most = (2 * cores).max(FEWEST_SEATS);
        let staff = Mutex::new(Staff { idle, busy: 0 });
        Ok(Self {
            program,
            most,
            staff,
            free: Condvar::new(),
            known: Mutex::default(),
            lost: AtomicU64::new(0),
        })
    }

    /// Looks at the changes of the batch of this name, once.
    ///
    /// # Errors
    ///
    /// Where no worker can be started: that is no fault of the batch, and nothing is known of it.
    pub fn look(&self, id: &[u8; 16], changes: &[Vec<u8>]) -> io::Result<Found> {
        if let Some(found) = self.known().get(id) {
            return Ok(found.clone());
        }
        let found = self.look_anew(changes)?;
        let mut known = self.known();
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(*id, found.clone());
        Ok(found)
    }

    /// So many workers were lost over a batch since the server started; others took their places.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<[u8; 16], Found>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look_anew(&self, changes: &[Vec<u8>]) -> io::Result<Found> {
        let Some(program) = self.program.as_deref() else {
            return found(look_here(changes), changes.len()).ok_or_else(odd);
        };
        let job = Job { changes: changes.to_vec() };
        let seat = self.seat();
        for attempt in 1..=TRIES {
            // Only over a fresh worker is it certain that nothing before was the matter.
            let hired = if attempt == 1 { seat.idle() } else { None };
            let mut worker = hired.map_or_else(|| Worker::start(program), Ok)?;
            match worker.ask(job.clone()) {
                Ok(answer) => {
                    let ends = answer.ends;
                    if let Some(found) = found(answer, changes.len()) {
                        seat.give_back(worker, ends);
                        return Ok(found);
                    }
                    tracing::warn!(attempt, "a worker of the guard gave no answer of ours");
                }
                Err(error) => {
                    tracing::warn!(attempt, %error, "a worker of the guard ended over a batch");
                }
            }
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(Found::Deadly)
    }

    /// A place among those that are busy at once.
    fn seat(&self) -> Seat<'_> {
        let mut staff = self.staff();
        while staff.busy >= self.most {
            staff = self.free.wait(staff).unwrap_or_else(PoisonError::into_inner);
        }
        staff.busy += 1;
        Seat(self)
    }

    fn staff(&self) -> MutexGuard<'_, Staff> {
        self.staff.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the busy; free again when this is dropped.
struct Seat<'a>(&'a Workers);

impl Seat<'_> {
    /// One that waits for work and that nobody ended meanwhile.
    fn idle(&self) -> Option<Worker> {
        let mut staff = self.0.staff();
        while let Some(mut worker) = staff.idle.pop_front() {
            if worker.lives() {
                return Some(worker);
            }
        }
        None
    }

    fn give_back(&self, worker: Worker, ends: bool) {
        if !ends && worker.done < BATCHES_OF_A_LIFE {
            self.0.staff().idle.push_back(worker);
        }
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.staff().busy -= 1;
        self.0.free.notify_one();
    }
}

fn odd() -> io::Error {
    io::Error::other("the guard gave no answer of ours")
}

/// What an answer means; none where no worker of ours would say so.
fn found(answer: Answer, changes: usize) -> Option<Found> {
    let passed = usize::try_from(answer.passed).ok()?;
    if answer.code.is_empty() {
        return (passed == changes).then_some(Found::Well);
    }
    let code = LOOKED.into_iter().find(|code| *code == answer.code)?;
    let Answer { passed: position, detail, .. } = answer;
    (passed < changes).then_some(Found::Broken { code, position, detail })
}

/// One process that looks.
struct Worker {
    child: Child,
    jobs: Sender<Job>,
    answers: Receiver<io::Result<Answer>>,
    done: u32,
}

impl Worker {
    fn start(program: &Path) -> io::Result<Self> {
        let mut child = Command::new(program)
            .arg(SUBCOMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (jobs, to_do) = channel();
        let (told, answers) = channel();
        let (ready, greeted) = channel();
        let mut worker = Self { child, jobs, answers, done: 0 };
        let (to, from) = pipes.ok_or_else(odd)?;
        // Pipes know no deadline; whoever waits for this thread does.
        std::thread::Builder::new()
            .name("guard".into())
            .spawn(move || talk(to, from, &ready, &to_do, &told))?;
        match greeted.recv_timeout(START) {
            Ok(Ok(hello)) if hello.wire == WIRE => Ok(worker),
            Ok(Ok(_)) => Err(io::Error::other("it speaks another language")),
            _ => Err(worker.how_it_ended()),
        }
    }

    fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Gives it one batch and waits for the answer, no longer than [`DEADLINE`].
    fn ask(&mut self, job: Job) -> io::Result<Answer> {
        self.done += 1;
        self.jobs.send(job).map_err(|_| io::ErrorKind::BrokenPipe)?;
        match self.answers.recv_timeout(DEADLINE) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err(self.how_it_ended()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// What became of it, which ends it where it goes on.
    fn how_it_ended(&mut self) -> io::Error {
        // It may have ended by itself: then that is what is told.
        let _ = self.child.kill();
        match self.child.wait() {
            Ok(status) => io::Error::other(format!("it ended: {status}")),
            Err(error) => error,
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Hands jobs to a worker and answers back until one side is gone.
fn talk(
    mut to: ChildStdin,
    mut from: ChildStdout,
    ready: &Sender<io::Result<Hello>>,
    jobs: &Receiver<Job>,
    answers: &Sender<io::Result<Answer>>,
) {
    let hello = wire::read(&mut from, MOST_ANSWER_BYTES);
    if ready.send(hello.and_then(|hello| hello.ok_or_else(gone))).is_err() {
        return;
    }
    while let Ok(job) = jobs.recv() {
        let answer = wire::write(&mut to, &job)
            .and_then(|()| wire::read(&mut from, MOST_ANSWER_BYTES))
            .and_then(|answer| answer.ok_or_else(gone));
        let is_over = answer.is_err();
        if answers.send(answer).is_err() || is_over {
            return;
        }
    }
}

fn gone() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(passed: u32, code: &str) -> Answer {
        Answer { passed, code: code.into(), ..Answer::default() }
    }

    #[test]
    fn only_answers_of_ours_are_believed() {
        assert_eq!(found(answer(3, ""), 3), Some(Found::Well));
        assert_eq!(found(answer(2, ""), 3), None);
        assert_eq!(found(answer(3, "checksum"), 3), None);
        assert_eq!(found(answer(0, "accepted"), 3), None);
        let broken = Found::Broken { code: "checksum", position: 2, detail: String::new() };
        assert_eq!(found(answer(2, "checksum"), 3), Some(broken));
    }

    #[test]
    fn a_program_that_is_no_worker_is_told_in_words() {
        let nowhere = Reading::Workers("/nowhere/sync-server".into());
        let told = format!("{:#}", Workers::of(&nowhere).err().unwrap());
        assert!(told.contains("/nowhere/sync-server guard-worker"), "{told}");
    }

    #[test]
    fn bytes_that_are_no_change_are_refused_here_as_well() {
        let here = Workers::of(&Reading::Here).unwrap();
        let found = here.look(&[1; 16], &[vec![0; 70]]).unwrap();
        assert!(matches!(found, Found::Broken { code: "malformed", .. }), "{found:?}");
    }
}
