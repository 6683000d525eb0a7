//! What was run, how long it took, and how it ended.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use anyhow::anyhow;

use crate::verify::counts::Counts;

/// The growing account of one run.
pub struct Report {
    started: Instant,
    steps: usize,
    counts: Counts,
    failures: Vec<String>,
    left_out: Vec<String>,
}

impl Report {
    /// An account of nothing yet.
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            steps: 0,
            counts: Counts::default(),
            failures: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// A step after whose failure the others still tell something.
    pub fn should(&mut self, title: &str, step: impl FnOnce(&mut Counts) -> Result<()>) {
        let _ = self.must(title, step);
    }

    /// A step without which the others make no sense; its failure is told here and ends the run.
    pub fn must(
        &mut self,
        title: &str,
        step: impl FnOnce(&mut Counts) -> Result<()>,
    ) -> Result<()> {
        self.steps += 1;
        println!("\n== {}. {title}", self.steps);
        let started = Instant::now();
        let outcome = step(&mut self.counts);
        let seconds = started.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => {
                println!("-- {title}: ok, {seconds:.1} s");
                Ok(())
            }
            Err(error) => {
                println!("-- {title}: FAILED, {seconds:.1} s: {error:#}");
                self.failures.push(title.to_owned());
                Err(anyhow!("{title} failed"))
            }
        }
    }

    /// A step that does not apply; said, so that nobody believes that it passed.
    pub fn left_out(&mut self, title: &str, reason: &str) {
        println!("\n== {title}: left out, because {reason}");
        self.left_out.push(title.to_owned());
    }

    /// Tells the end. The very last line is for programs that read it.
    pub fn close(&self) -> ExitCode {
        println!("\n{} steps in {:.0} s", self.steps, self.started.elapsed().as_secs_f64());
        if !self.left_out.is_empty() {
            println!("left out: {}", self.left_out.join(", "));
        }
        if !self.failures.is_empty() {
            println!("failed steps: {}", self.failures.join(", "));
        }
        println!("{} passed, {} failed", self.counts.passed, self.counts.failed);
        if self.failures.is_empty() && self.counts.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_fails_the_run_even_when_every_test_passed() {
        let mut report = Report::new();
        report.should("one", |counts| {
            counts.passed += 3;
            Ok(())
        });
        assert_eq!(format!("{:?}", report.close()), format!("{:?}", ExitCode::SUCCESS));
        assert!(report.must("two", |_| Err(anyhow!("broken"))).is_err());
        assert_eq!(format!("{:?}", report.close()), format!("{:?}", ExitCode::FAILURE));
    }
}
