//! When to try again.

/// How an exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything went over.
    Done,
    /// The server could not be reached, or the answer was cut.
    Unreachable,
    /// The server is busy and named a time, in milliseconds.
    Busy(u64),
    /// The server refuses this device; only a person can help.
    Stopped,
}

/// The rhythm of a device. Full jitter keeps three thousand devices that lost the network together
/// from coming back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rhythm {
    failures: u32,
}

/// The shortest pause after a failure.
pub const FIRST_PAUSE_MS: u64 = 1_000;
/// The longest pause after failures.
pub const LONGEST_PAUSE_MS: u64 = 300_000;
/// The pause after a success; a save or a return of the network comes before it.
pub const QUIET_PAUSE_MS: u64 = 300_000;

impl Rhythm {
    /// The pause before the next exchange, in milliseconds; `None` where trying again cannot help.
    /// `random` is any number.
    pub fn after(&mut self, outcome: Outcome, random: u64) -> Option<u64> {
        match outcome {
            Outcome::Done => {
                self.failures = 0;
                Some(QUIET_PAUSE_MS / 2 + random % (QUIET_PAUSE_MS / 2))
            }
            Outcome::Unreachable => {
                let ceiling = FIRST_PAUSE_MS
                    .saturating_mul(1_u64.checked_shl(self.failures).unwrap_or(u64::MAX))
                    .min(LONGEST_PAUSE_MS);
                self.failures = self.failures.saturating_add(1).min(16);
                Some(FIRST_PAUSE_MS / 2 + random % ceiling)
            }
            Outcome::Busy(wait_ms) => Some(wait_ms.saturating_add(random % FIRST_PAUSE_MS)),
            Outcome::Stopped => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_below_five_minutes() {
        let mut rhythm = Rhythm::default();
        let pauses: Vec<u64> =
            (0..20).map(|_| rhythm.after(Outcome::Unreachable, u64::MAX).unwrap()).collect();
        assert!(pauses.iter().all(|pause| *pause <= LONGEST_PAUSE_MS + FIRST_PAUSE_MS));
        assert_eq!(rhythm.after(Outcome::Stopped, 1), None);
    }

    #[test]
    fn a_success_forgets_the_failures() {
        let mut rhythm = Rhythm::default();
        for _ in 0..10 {
            rhythm.after(Outcome::Unreachable, 0);
        }
        rhythm.after(Outcome::Done, 0);
        assert!(rhythm.after(Outcome::Unreachable, 999).unwrap() <= 2 * FIRST_PAUSE_MS);
    }
}
