//! How much a device may hand in within an hour. Counted in memory: whoever starts the server anew
//! forgives everybody, and nothing about anybody's work is kept.
//!
//! Far above what any person writes, and above what a courier carries for a village; a device that goes
//! round in circles, or that somebody took apart, is held up long before it fills the disk.

use std::collections::HashMap;

use prost::Message;
use yidang_domain::civil::InstantMs;
use yidang_sync_protocol::SignedBatch;

use crate::app::App;
use crate::caller::Caller;
use crate::store::StoreError;

/// What a device may hand in within an hour, duplicates included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Batches.
    pub batches: u32,
    /// Their bytes.
    pub bytes: u32,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { batches: 6_000, bytes: 32 << 20 }
    }
}

impl Allowance {
    /// As good as no bound, for measurements.
    pub const ENDLESS: Self = Self { batches: u32::MAX, bytes: u32::MAX };
}

const HOUR_MS: u64 = 3_600_000;

/// What was handed in and is not forgotten yet: it is forgotten evenly, all of an allowance in an hour.
/// Each thing counts as many times as an hour has milliseconds, so that nothing is lost by rounding.
#[derive(Clone, Copy, Default)]
struct Pool(u64);

impl Pool {
    fn forget(&mut self, most: u32, elapsed_ms: u64) {
        self.0 = self.0.saturating_sub(u64::from(most).saturating_mul(elapsed_ms));
    }

    /// So many milliseconds until `more` fits; none where it fits now. More than an hour's
    /// allowance at once fits where nothing else is left.
    fn wait_ms(self, most: u32, more: u64) -> Option<u64> {
        let most = u64::from(most).max(1);
        let full = most * HOUR_MS;
        let after = self.0.saturating_add(more.saturating_mul(HOUR_MS));
        let over = after.saturating_sub(full).min(self.0);
        (over > 0).then(|| over.div_ceil(most))
    }

    fn add(&mut self, more: u64) {
        self.0 = self.0.saturating_add(more.saturating_mul(HOUR_MS));
    }
}

/// What one device handed in.
#[derive(Clone, Copy)]
struct Count {
    at: InstantMs,
    batches: Pool,
    bytes: Pool,
}

/// What every device handed in within the last hour.
pub struct HandedIn {
    allowance: Allowance,
    by: HashMap<[u8; 16], Count>,
}

impl HandedIn {
    /// No more devices are remembered before those are forgotten that owe nothing any more.
    const MOST_DEVICES: usize = 10_000;

    /// Nobody handed in anything.
    #[must_use]
    pub fn new(allowance: Allowance) -> Self {
        Self { allowance, by: HashMap::new() }
    }

    /// Counts what a device hands in at `now`; where that is more than it may, counts nothing and says
    /// in how many seconds it fits.
    ///
    /// # Errors
    ///
    /// The seconds.
    pub fn count(
        &mut self,
        device: [u8; 16],
        batches: u64,
        bytes: u64,
        now: InstantMs,
    ) -> Result<(), u32> {
        let allowance = self.allowance;
        if self.by.len() >= Self::MOST_DEVICES {
            self.by.retain(|_, count| elapsed_ms(count.at, now) < HOUR_MS);
        }
        let nothing = Count { at: now, batches: Pool::default(), bytes: Pool::default() };
        let count = self.by.entry(device).or_insert(nothing);
        let elapsed = elapsed_ms(count.at, now);
        count.at = now;
        count.batches.forget(allowance.batches, elapsed);
        count.bytes.forget(allowance.bytes, elapsed);
        let waits = [
            count.batches.wait_ms(allowance.batches, batches),
            count.bytes.wait_ms(allowance.bytes, bytes),
        ];
        match waits.into_iter().flatten().max() {
            Some(wait_ms) => Err(u32::try_from(wait_ms.div_ceil(1_000)).unwrap_or(u32::MAX)),
            None => {
                count.batches.add(batches);
                count.bytes.add(bytes);
                Ok(())
            }
        }
    }
}

/// A clock that was put back counts as one that stood still.
fn elapsed_ms(from: InstantMs, to: InstantMs) -> u64 {
    u64::try_from(to.0.saturating_sub(from.0)).unwrap_or(0)
}

impl App {
    /// Counts what a device hands in; the seconds after which it fits, where it is too much now. While
    /// the county heals nobody is held up: what devices bring then is everything there is.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn hold_up(
        &self,
        caller: &Caller,
        push: &[SignedBatch],
    ) -> Result<Option<u32>, StoreError> {
        if push.is_empty() || self.read(|db| db.county())?.healing {
            return Ok(None);
        }
        let bytes: usize = push.iter().map(Message::encoded_len).sum();
        let (batches, bytes) = (push.len() as u64, bytes as u64);
        let counted =
            self.handed_in().count(caller.certificate, batches, bytes, self.clock().now());
        Ok(counted.err())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: InstantMs = InstantMs(1_795_147_200_000);
    const PHONE: [u8; 16] = [1; 16];

    fn after(minutes: i64) -> InstantMs {
        NOON.plus_minutes(minutes)
    }

    fn hour_of_sixty() -> HandedIn {
        HandedIn::new(Allowance { batches: 60, bytes: 6_000 })
    }

    #[test]
    fn an_hours_allowance_comes_back_within_the_hour() {
        let mut handed_in = hour_of_sixty();
        assert_eq!(handed_in.count(PHONE, 60, 10, NOON), Ok(()));
        assert_eq!(handed_in.count(PHONE, 1, 10, NOON), Err(60));
        assert_eq!(handed_in.count(PHONE, 10, 10, NOON), Err(600));
        // What was held up counts nothing.
        assert_eq!(handed_in.count(PHONE, 1, 10, after(1)), Ok(()));
        assert_eq!(handed_in.count(PHONE, 1, 10, after(1)), Err(60));
        assert_eq!(handed_in.count(PHONE, 60, 10, after(61)), Ok(()));
    }

    #[test]
    fn nothing_is_forgiven_for_asking_often() {
        let mut handed_in = hour_of_sixty();
        assert_eq!(handed_in.count(PHONE, 60, 10, NOON), Ok(()));
        let mut now = NOON;
        let mut waited_ms = 0;
        while handed_in.count(PHONE, 1, 10, now).is_err() {
            now = InstantMs(now.0 + 7);
            waited_ms += 7;
        }
        assert!((60_000..60_007).contains(&waited_ms), "{waited_ms}");
    }

    #[test]
    fn bytes_count_beside_batches_and_each_device_by_itself() {
        let mut handed_in = hour_of_sixty();
        assert_eq!(handed_in.count(PHONE, 1, 6_000, NOON), Ok(()));
        assert_eq!(handed_in.count(PHONE, 1, 100, NOON), Err(60));
        assert_eq!(handed_in.count([2; 16], 1, 6_000, NOON), Ok(()));
    }

    #[test]
    fn more_than_an_hours_allowance_fits_where_nothing_else_is_left() {
        let mut handed_in = hour_of_sixty();
        assert_eq!(handed_in.count(PHONE, 1, 9_000, NOON), Ok(()));
        assert_eq!(handed_in.count(PHONE, 1, 9_000, after(60)), Err(1_800));
        assert_eq!(handed_in.count(PHONE, 1, 9_000, after(90)), Ok(()));
    }

    #[test]
    fn a_clock_that_was_put_back_holds_up_nobody_for_longer() {
        let mut handed_in = hour_of_sixty();
        assert_eq!(handed_in.count(PHONE, 30, 10, NOON), Ok(()));
        assert_eq!(handed_in.count(PHONE, 30, 10, after(-600)), Ok(()));
        assert_eq!(handed_in.count(PHONE, 30, 10, after(-570)), Ok(()));
    }
}
