//! Watching a program while it runs: its output is kept, and silence is never longer than a
//! heartbeat.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::process::Child;
use std::process::Command;
use std::process::ExitStatus;
use std::process::Stdio;
use std::sync::mpsc;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context;
use anyhow::Result;

use crate::process::describe;

const HEARTBEAT: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(200);
const LINES_IN_AN_ERROR: usize = 15;

/// What of a watched program's output is shown while it runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// Every line, as it comes.
    Lines,
    /// Only a line now and then that says that it still runs.
    Heartbeat,
}

/// How a watched program ended.
pub struct Finished {
    /// `None` when it was stopped because its time was over.
    pub status: Option<ExitStatus>,
    /// Both of its outputs, in the order in which they came.
    pub text: String,
}

impl Finished {
    /// Whether it ended by itself and said yes.
    pub fn success(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }

    /// The last lines of its output, for an error.
    pub fn tail(&self) -> String {
        let lines: Vec<&str> = self.text.lines().collect();
        let from = lines.len().saturating_sub(LINES_IN_AN_ERROR);
        lines.into_iter().skip(from).collect::<Vec<_>>().join("\n")
    }
}

/// Runs a program to its end or to the end of its time.
///
/// It waits for the program, not for its output: a browser that a test left behind keeps the pipe
/// open for ever.
pub fn watch(
    command: &mut Command,
    doing: &str,
    echo: Echo,
    limit: Option<Duration>,
) -> Result<Finished> {
    let shown = describe(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| {
            format!("Could not start `{shown}` while {doing}: is it installed and on the PATH?")
        })?;
    let (sender, lines) = mpsc::channel();
    forward(child.stdout.take(), sender.clone());
    forward(child.stderr.take(), sender);

    let started = Instant::now();
    let mut beat = started;
    let mut text = String::new();
    loop {
        match lines.recv_timeout(GLANCE) {
            Ok(line) => {
                if echo == Echo::Lines {
                    println!("{line}");
                }
                text.push_str(&line);
                text.push('\n');
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Some(status) = ended(&mut child, doing)? {
                    return Ok(Finished { status: Some(status), text });
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                thread::sleep(GLANCE);
                if let Some(status) = ended(&mut child, doing)? {
                    return Ok(Finished { status: Some(status), text });
                }
            }
        }
        if limit.is_some_and(|limit| started.elapsed() > limit) {
            stop(&mut child, doing)?;
            return Ok(Finished { status: None, text });
        }
        if echo == Echo::Heartbeat && beat.elapsed() >= HEARTBEAT {
            beat = Instant::now();
            println!("  ... still {doing} ({} s)", started.elapsed().as_secs());
        }
    }
}

fn ended(child: &mut Child, doing: &str) -> Result<Option<ExitStatus>> {
    child
        .try_wait()
        .with_context(|| format!("Could not learn how the program ended while {doing}: try again"))
}

fn stop(child: &mut Child, doing: &str) -> Result<()> {
    let advice =
        || format!("Could not stop the program while {doing}: end process {} by hand", child.id());
    let advice = advice();
    child.kill().context(advice.clone())?;
    child.wait().context(advice)?;
    Ok(())
}

fn forward(output: Option<impl Read + Send + 'static>, lines: Sender<String>) {
    let Some(output) = output else { return };
    thread::spawn(move || {
        let mut reader = BufReader::new(output);
        let mut bytes = Vec::new();
        while matches!(reader.read_until(b'\n', &mut bytes), Ok(count) if count > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned();
            if lines.send(line).is_err() {
                return;
            }
            bytes.clear();
        }
    });
}
