//! What is counted while the server runs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use yidang_sync_protocol::{Receipt, Verdict};

/// A way into the server. What was asked for is never a label itself: it may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// A device comes in.
    Enrol,
    /// An exchange.
    Sync,
    /// An online question.
    Ask,
    /// A device says what it holds.
    Heal,
    /// Demo people and their codes.
    Demo,
    /// Whether it runs.
    Health,
    /// Whether it can work.
    Ready,
    /// Pages of the browser, and whatever else.
    Page,
}

impl Route {
    /// The way a path leads.
    #[must_use]
    pub fn of(path: &str) -> Self {
        match path {
            "/v1/enrol" => Self::Enrol,
            "/v1/sync" => Self::Sync,
            "/v1/ask" => Self::Ask,
            "/v1/heal" => Self::Heal,
            "/v1/health" => Self::Health,
            "/v1/ready" => Self::Ready,
            path if path.starts_with("/v1/demo/") => Self::Demo,
            _ => Self::Page,
        }
    }

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enrol => "enrol",
            Self::Sync => "sync",
            Self::Ask => "ask",
            Self::Heal => "heal",
            Self::Demo => "demo",
            Self::Health => "health",
            Self::Ready => "ready",
            Self::Page => "page",
        }
    }
}

/// Upper ends of how long an exchange took, in milliseconds.
pub const BUCKETS_MS: [u64; 11] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/// Verdicts with their words, as [`Verdict`] numbers them.
pub const VERDICTS: [&str; 9] = [
    "unknown",
    "received",
    "accepted",
    "duplicate",
    "parked",
    "reverted",
    "review",
    "refused",
    "orphaned",
];

/// What was counted since the server started.
#[derive(Default)]
pub struct Counters {
    requests: Mutex<BTreeMap<(Route, u16), u64>>,
    /// Exchanges, each in the first bucket that it fits.
    took: [AtomicU64; BUCKETS_MS.len()],
    exchanges: AtomicU64,
    micros: AtomicU64,
    verdicts: [AtomicU64; VERDICTS.len()],
}

impl Counters {
    /// A request was answered.
    pub fn answered(&self, route: Route, status: u16, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route, status)).or_default() += 1;
        drop(requests);
        if route != Route::Sync {
            return;
        }
        self.exchanges.fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        let fits = |(end, _): &(&u64, &AtomicU64)| micros <= **end * 1_000;
        if let Some((_, bucket)) = BUCKETS_MS.iter().zip(&self.took).find(fits) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Batches were judged.
    pub fn judged(&self, receipts: &[Receipt]) {
        for receipt in receipts {
            let verdict = Verdict::try_from(receipt.verdict).unwrap_or(Verdict::Unknown);
            let index = usize::try_from(i32::from(verdict)).unwrap_or_default();
            if let Some(count) = self.verdicts.get(index) {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Requests by route and status.
    #[must_use]
    pub fn requests(&self) -> BTreeMap<(Route, u16), u64> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Exchanges that took at most so long, bucket by bucket; how many there were, and how long all of
    /// them took in microseconds.
    #[must_use]
    pub fn exchanges(&self) -> (Vec<(u64, u64)>, u64, u64) {
        let mut sum = 0;
        let up_to = |(end, count): (&u64, &AtomicU64)| {
            sum += count.load(Ordering::Relaxed);
            (*end, sum)
        };
        let buckets = BUCKETS_MS.iter().zip(&self.took).map(up_to).collect();
        (buckets, self.exchanges.load(Ordering::Relaxed), self.micros.load(Ordering::Relaxed))
    }

    /// Batches by verdict.
    #[must_use]
    pub fn verdicts(&self) -> Vec<(&'static str, u64)> {
        let count =
            |(word, count): (&&'static str, &AtomicU64)| (*word, count.load(Ordering::Relaxed));
        VERDICTS.iter().zip(&self.verdicts).map(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_is_counted_in_every_bucket_it_fits() {
        let counters = Counters::default();
        for ms in [1, 30, 20_000] {
            counters.answered(Route::Sync, 200, Duration::from_millis(ms));
        }
        counters.answered(Route::Health, 200, Duration::from_millis(1));
        let (buckets, count, micros) = counters.exchanges();
        assert_eq!(buckets[0], (5, 1));
        assert_eq!(buckets[2], (25, 1));
        assert_eq!(buckets[3], (50, 2));
        assert_eq!(buckets.last(), Some(&(10_000, 2)));
        assert_eq!((count, micros), (3, 20_031_000));
        assert_eq!(counters.requests()[&(Route::Sync, 200)], 3);
    }

    #[test]
    fn every_verdict_has_its_word_at_its_number() {
        let counters = Counters::default();
        for (verdict, word) in [(Verdict::Accepted, "accepted"), (Verdict::Orphaned, "orphaned")] {
            counters.judged(&[Receipt { verdict: verdict.into(), ..Receipt::default() }]);
            assert!(counters.verdicts().contains(&(word, 1)), "{word}");
        }
        counters.judged(&[Receipt { verdict: 99, ..Receipt::default() }]);
        assert!(counters.verdicts().contains(&("unknown", 1)));
    }

    #[test]
    fn a_path_is_one_of_few_words() {
        assert_eq!(Route::of("/v1/sync"), Route::Sync);
        assert_eq!(Route::of("/v1/demo/code"), Route::Demo);
        assert_eq!(Route::of("/v1/%E7%8E%8B%E6%A0%B7%E4%B8%80"), Route::Page);
    }
}
