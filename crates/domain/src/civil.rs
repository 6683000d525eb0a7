//! Civil dates and instants.
//!
//! Business dates are civil dates at UTC+8; instants are milliseconds of UTC. Neither orders
//! anything: order comes from the change graph.

pub use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z, as some clock showed them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct InstantMs(pub i64);

/// China keeps one civil time, eight hours ahead of UTC, without summer time.
const CHINA_AHEAD_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

impl InstantMs {
    /// The civil date in China at this instant. Instants outside the calendar give its ends.
    #[must_use]
    pub fn date(self) -> Date {
        let days = self.0.saturating_add(CHINA_AHEAD_MS).div_euclid(DAY_MS);
        date_after(EPOCH, days)
    }

    /// Hour and minute in China at this instant.
    #[must_use]
    pub fn hour_minute(self) -> (u8, u8) {
        let minutes = self.0.saturating_add(CHINA_AHEAD_MS).rem_euclid(DAY_MS) / 60_000;
        let hour = u8::try_from(minutes / 60).unwrap_or(0);
        let minute = u8::try_from(minutes % 60).unwrap_or(0);
        (hour, minute)
    }

    /// The instant at which `date` begins in China.
    #[must_use]
    pub fn at_start_of(date: Date) -> Self {
        Self(days_between(EPOCH, date) * DAY_MS - CHINA_AHEAD_MS)
    }

    /// This instant moved by `minutes`, staying inside the range of numbers.
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes.saturating_mul(60_000)))
    }

    /// This instant, or the end of `today` where it lies behind that: what lists are sorted by. A clock
    /// that is years ahead would otherwise keep its file above all others for as long.
    #[must_use]
    pub fn by_the_end_of(self, today: Date) -> Self {
        self.min(Self::at_start_of(date_after(today, 1)))
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

/// The date `days` after `date`; the ends of the calendar hold.
#[must_use]
pub fn date_after(date: Date, days: i64) -> Date {
    let bounded = days.clamp(-3_650_000, 3_650_000);
    date.saturating_add(jiff::Span::new().days(bounded))
}

/// How many days lie from `from` to `to`; negative when `to` is earlier.
#[must_use]
pub fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn four_in_the_afternoon_utc_is_already_tomorrow_in_china() {
        let evening = InstantMs::at_start_of(date(2026, 11, 20)).plus_minutes(-1);
        assert_eq!(evening.date(), date(2026, 11, 19));
        assert_eq!(evening.hour_minute(), (23, 59));
        assert_eq!(evening.plus_minutes(1).date(), date(2026, 11, 20));
    }

    #[test]
    fn a_clock_ten_thousand_years_ahead_stays_inside_the_calendar() {
        assert_eq!(InstantMs(i64::MAX).date().year(), 9999);
        assert!(InstantMs(i64::MIN).date().year() < 0);
    }

    #[test]
    fn a_clock_ten_years_ahead_counts_as_the_end_of_today() {
        let today = date(2026, 11, 20);
        let tomorrow = InstantMs::at_start_of(date(2026, 11, 21));
        for ahead in [InstantMs::at_start_of(date(2036, 11, 20)), InstantMs(i64::MAX)] {
            assert_eq!(ahead.by_the_end_of(today), tomorrow);
        }
        for past in [tomorrow.plus_minutes(-1), InstantMs(-1), InstantMs(i64::MIN)] {
            assert_eq!(past.by_the_end_of(today), past);
        }
    }

    #[test]
    fn days_are_counted_across_february() {
        assert_eq!(days_between(date(2026, 2, 20), date(2026, 3, 10)), 18);
        assert_eq!(date_after(date(2026, 2, 28), 1), date(2026, 3, 1));
    }
}
