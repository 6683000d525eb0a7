//! What hinders this device, told to the server with every request while it does, so that somebody
//! helps before anybody has to complain.

use yidang_api::FaultCode;
use yidang_domain::civil::InstantMs;
use yidang_sync_protocol::{Trouble, TroubleKind};

/// What was noticed. Forgotten when the application ends, and where the server has heard of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Noticed {
    /// Exchanges in a row whose pages could not be taken.
    failed: u32,
    /// So often the storage was full.
    full: u32,
    /// So often the database was damaged.
    damaged: u32,
    /// So far the server's clock is ahead.
    ahead_ms: i64,
}

/// One failure may be anything; the second of the same page is none that goes away.
const FAILURES: u32 = 2;
/// Clocks that are off by less hurt nobody.
const HOURS_OFF: u32 = 2;
/// Whoever was in the gullies over the weekend is in no trouble.
const DAYS_WAITING: u32 = 3;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

impl Noticed {
    /// Something on this device ended with this fault.
    pub fn fault(&mut self, code: FaultCode) {
        match code {
            FaultCode::DiskFull => self.full = self.full.saturating_add(1),
            FaultCode::StoreDamaged => self.damaged = self.damaged.saturating_add(1),
            _ => {}
        }
    }

    /// An exchange ended because what came could not be taken.
    pub fn failed(&mut self, code: FaultCode) {
        self.failed = self.failed.saturating_add(1);
        self.fault(code);
    }

    /// The server's clock in an answer that came at `now`.
    pub const fn clock(&mut self, server: InstantMs, now: InstantMs) {
        // Servers of another make may not say it.
        if server.0 != 0 {
            self.ahead_ms = server.0.saturating_sub(now.0);
        }
    }

    /// An exchange came to its end: the server has heard whatever there was.
    pub fn done(&mut self) {
        *self = Self { ahead_ms: self.ahead_ms, ..Self::default() };
    }

    /// What there is to tell at `now`, where the oldest own change that nobody judged was saved at
    /// `oldest`.
    #[must_use]
    pub fn told(&self, oldest: Option<InstantMs>, now: InstantMs) -> Vec<Trouble> {
        let waiting = oldest.map_or(0, |saved| whole(now.0.saturating_sub(saved.0).max(0), DAY_MS));
        [
            (TroubleKind::Page, self.failed, FAILURES),
            (TroubleKind::Full, self.full, 1),
            (TroubleKind::Damaged, self.damaged, 1),
            (TroubleKind::Clock, whole(self.ahead_ms, HOUR_MS), HOURS_OFF),
            (TroubleKind::Waiting, waiting, DAYS_WAITING),
        ]
        .into_iter()
        .filter(|(_, count, least)| count >= least)
        .map(|(kind, count, _)| Trouble::of(kind, count))
        .collect()
    }
}

/// How many whole `units` there are, in either direction.
fn whole(ms: i64, unit: u64) -> u32 {
    u32::try_from(ms.unsigned_abs() / unit).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use yidang_sync_protocol::trouble::MOST_TROUBLES;

    use super::*;

    const NOON: InstantMs = InstantMs(1_795_132_800_000);

    fn told(noticed: &Noticed, oldest: Option<InstantMs>) -> Vec<(i32, u32)> {
        noticed.told(oldest, NOON).iter().map(|it| (it.kind, it.count)).collect()
    }

    #[test]
    fn whoever_is_well_says_nothing() {
        let mut noticed = Noticed::default();
        noticed.clock(NOON, NOON.plus_minutes(-90));
        noticed.failed(FaultCode::Internal);
        noticed.fault(FaultCode::NotAllowed);
        assert_eq!(told(&noticed, Some(NOON.plus_minutes(-2 * 24 * 60))), []);
    }

    #[test]
    fn everything_at_once_is_told_and_fits() {
        let mut noticed = Noticed::default();
        noticed.clock(NOON, NOON.plus_minutes(5 * 60));
        noticed.failed(FaultCode::StoreDamaged);
        noticed.failed(FaultCode::DiskFull);
        let all = told(&noticed, Some(NOON.plus_minutes(-5 * 24 * 60)));
        assert_eq!(all, [(1, 2), (2, 1), (3, 1), (4, 5), (5, 5)]);
        assert!(all.len() <= MOST_TROUBLES);
    }

    #[test]
    fn what_the_server_has_heard_is_over_and_a_wrong_clock_is_not() {
        let mut noticed = Noticed::default();
        noticed.clock(NOON, NOON.plus_minutes(-10 * 366 * 24 * 60));
        noticed.failed(FaultCode::DiskFull);
        noticed.failed(FaultCode::DiskFull);
        noticed.done();
        assert_eq!(told(&noticed, None), [(4, 10 * 366 * 24)]);
    }
}
