//! The one place that tells the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use yidang_domain::civil::{Date, InstantMs};

/// A clock: the machine's, the machine's with an offset, or one that stands still until it is set.
#[derive(Debug, Clone)]
pub struct Clock {
    hand: Hand,
}

#[derive(Debug, Clone)]
enum Hand {
    Offset(i64),
    Fixed(Arc<AtomicI64>),
}

fn machine_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self { hand: Hand::Offset(0) }
    }

    /// The machine's clock on another day: it runs, and today is `date`.
    #[must_use]
    pub fn on(date: Date) -> Self {
        let today = InstantMs::at_start_of(InstantMs(machine_ms()).date());
        Self { hand: Hand::Offset(InstantMs::at_start_of(date).0 - today.0) }
    }

    /// A clock that stands at `at`.
    #[must_use]
    pub fn fixed(at: InstantMs) -> Self {
        Self { hand: Hand::Fixed(Arc::new(AtomicI64::new(at.0))) }
    }

    /// Moves a clock that stands; the others go their own way.
    pub fn advance_minutes(&self, minutes: i64) {
        if let Hand::Fixed(at) = &self.hand {
            at.fetch_add(minutes.saturating_mul(60_000), Ordering::SeqCst);
        }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> InstantMs {
        match &self.hand {
            Hand::Offset(offset) => InstantMs(machine_ms().saturating_add(*offset)),
            Hand::Fixed(at) => InstantMs(at.load(Ordering::SeqCst)),
        }
    }

    /// Today, in China.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now().date()
    }
}
