//! A program that runs beside us and is ended politely: a server that is killed outright may leave
//! work undone.

use std::process::Command;
use std::process::ExitStatus;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context;
use anyhow::Result;

use crate::process::describe;

const PATIENCE: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(50);

/// A started program. Dropping it, as an error on the way does, ends it too.
pub struct Child {
    name: &'static str,
    process: std::process::Child,
}

impl Child {
    /// Starts it; it writes to our own output.
    pub fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        let process = command.spawn().with_context(|| {
            format!(
                "Could not start {name} (`{}`): build it again with `cargo xtask run`",
                describe(command)
            )
        })?;
        Ok(Self { name, process })
    }

    /// How it ended, if it did.
    pub fn status(&mut self) -> Result<Option<ExitStatus>> {
        let id = self.process.id();
        self.process.try_wait().with_context(|| {
            format!("Could not learn whether {} still runs: end process {id} by hand", self.name)
        })
    }

    /// Asks it to end, waits, and insists only after that.
    pub fn end(&mut self) -> Result<()> {
        if self.status()?.is_some() {
            return Ok(());
        }
        self.ask();
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if self.status()?.is_some() {
                return Ok(());
            }
            thread::sleep(GLANCE);
        }
        println!("  {} did not end within {} s and is killed", self.name, PATIENCE.as_secs());
        let advice =
            format!("Could not end {}: end process {} by hand", self.name, self.process.id());
        self.process.kill().context(advice.clone())?;
        self.process.wait().context(advice)?;
        Ok(())
    }

    #[cfg(unix)]
    fn ask(&self) {
        let id = i32::try_from(self.process.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(id) = id {
            // It may just have ended; the wait that follows sees that.
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
    }

    /// Here a console program has no polite way to be asked by another one, except Ctrl-C, which it
    /// got too.
    #[cfg(not(unix))]
    fn ask(&mut self) {
        let _ = self.process.kill();
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("error: {error:#}");
        }
    }
}
