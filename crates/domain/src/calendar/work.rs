//! Which days are worked: weekends, and what the State Council decrees about them year by year.

use std::collections::BTreeSet;

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

use crate::civil::{Date, date_after};

/// Which days are worked. Where nothing is listed, Saturday and Sunday are off.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WorkCalendar {
    days_off: BTreeSet<Date>,
    make_up: BTreeSet<Date>,
}

/// No run of days off is longer; a broken calendar must not send a visit day into another season.
const LONGEST_REST: i64 = 31;

impl WorkCalendar {
    /// The calendar with these public days off and these make-up days (调休上班日).
    #[must_use]
    pub fn new(
        days_off: impl IntoIterator<Item = Date>,
        make_up: impl IntoIterator<Item = Date>,
    ) -> Self {
        Self { days_off: days_off.into_iter().collect(), make_up: make_up.into_iter().collect() }
    }

    /// Whether `date` is worked. A date listed as both is worked: a make-up day is the later word.
    #[must_use]
    pub fn is_working(&self, date: Date) -> bool {
        let is_weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.make_up.contains(&date) || !is_weekend && !self.days_off.contains(&date)
    }

    /// The public days off, in order.
    pub fn days_off(&self) -> impl Iterator<Item = Date> {
        self.days_off.iter().copied()
    }

    /// The make-up days (调休上班日), in order.
    pub fn make_up(&self) -> impl Iterator<Item = Date> {
        self.make_up.iter().copied()
    }

    /// The last day of the last year with data; after it only weekends are known. None where
    /// nothing is listed.
    #[must_use]
    pub fn known_until(&self) -> Option<Date> {
        let last = self.days_off.last().max(self.make_up.last())?;
        Date::new(last.year(), 12, 31).ok()
    }

    /// The calendar with the notice of `year` in the place of what was listed for that year.
    ///
    /// A notice may reach back: the New Year holiday of 2023 began on 2022-12-31. Such a day is
    /// added to the December before, so notices are merged in the order of their years. Days of
    /// any other year are none of this notice's and are left out.
    #[must_use]
    pub fn with_year(
        mut self,
        year: i16,
        days_off: impl IntoIterator<Item = Date>,
        make_up: impl IntoIterator<Item = Date>,
    ) -> Self {
        let is_of_notice = |date: &Date| {
            date.year() == year || date.month() == 12 && date.year().checked_add(1) == Some(year)
        };
        self.days_off.retain(|date| date.year() != year);
        self.make_up.retain(|date| date.year() != year);
        self.days_off.extend(days_off.into_iter().filter(is_of_notice));
        self.make_up.extend(make_up.into_iter().filter(is_of_notice));
        self
    }

    /// The nearest day worked, going from `date` by `step` days; `date` itself where none is near.
    pub(super) fn nearest_working(&self, date: Date, step: i64) -> Date {
        (1..=LONGEST_REST)
            .map(|count| date_after(date, count * step))
            .find(|day| self.is_working(*day))
            .unwrap_or(date)
    }
}

/// First and last day of each public holiday of 2026.
///
/// Source: 国务院办公厅关于2026年部分节假日安排的通知.
const HOLIDAYS_2026: [(Date, Date); 7] = [
    (Date::constant(2026, 1, 1), Date::constant(2026, 1, 3)), // 元旦
    (Date::constant(2026, 2, 15), Date::constant(2026, 2, 23)), // 春节
    (Date::constant(2026, 4, 4), Date::constant(2026, 4, 6)), // 清明节
    (Date::constant(2026, 5, 1), Date::constant(2026, 5, 5)), // 劳动节
    (Date::constant(2026, 6, 19), Date::constant(2026, 6, 21)), // 端午节
    (Date::constant(2026, 9, 25), Date::constant(2026, 9, 27)), // 中秋节
    (Date::constant(2026, 10, 1), Date::constant(2026, 10, 7)), // 国庆节
];

/// The weekend days worked in exchange, from the same notice.
const MAKE_UP_2026: [Date; 6] = [
    Date::constant(2026, 1, 4),
    Date::constant(2026, 2, 14),
    Date::constant(2026, 2, 28),
    Date::constant(2026, 5, 9),
    Date::constant(2026, 9, 20),
    Date::constant(2026, 10, 10),
];

/// The calendar of 2026 in 延长县: that of the State Council, without local days.
#[must_use]
pub fn yanchang_2026() -> WorkCalendar {
    let days_off = HOLIDAYS_2026.iter().flat_map(|(first, last)| {
        std::iter::successors(Some(*first), |day| Some(date_after(*day, 1)))
            .take_while(move |day| day <= last)
    });
    WorkCalendar::new(days_off, MAKE_UP_2026)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn is_working(month: i8, day: i8) -> bool {
        yanchang_2026().is_working(date(2026, month, day))
    }

    #[test]
    fn the_holidays_of_2026_are_off_and_their_make_up_days_are_worked() {
        for (month, day) in [(1, 1), (2, 20), (2, 23), (4, 6), (5, 5), (6, 19), (9, 25), (10, 7)] {
            assert!(!is_working(month, day), "{month}/{day}");
        }
        for (month, day) in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)] {
            assert!(is_working(month, day), "{month}/{day}");
        }
        assert!(is_working(2, 24), "the day after the Spring Festival is an ordinary Tuesday");
        assert!(!is_working(11, 21), "an ordinary Saturday is off");
    }

    #[test]
    fn the_lists_of_2026_can_be_read_out_again() {
        let calendar = yanchang_2026();
        assert_eq!(calendar.days_off().count(), 3 + 9 + 3 + 5 + 3 + 3 + 7);
        assert_eq!(calendar.days_off().next(), Some(date(2026, 1, 1)));
        assert!(calendar.make_up().eq(MAKE_UP_2026));
        let again = WorkCalendar::new(calendar.days_off(), calendar.make_up());
        assert_eq!(again, calendar);
    }

    #[test]
    fn a_make_up_day_is_always_a_weekend_day_that_is_no_holiday() {
        let calendar = yanchang_2026();
        for day in calendar.make_up() {
            assert!(matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday), "{day}");
            assert!(calendar.days_off().all(|off| off != day), "{day}");
        }
    }

    #[test]
    fn what_is_known_ends_with_the_last_year_of_which_anything_is_listed() {
        assert_eq!(WorkCalendar::default().known_until(), None);
        assert_eq!(yanchang_2026().known_until(), Some(date(2026, 12, 31)));
        let later = yanchang_2026().with_year(2027, [], [date(2027, 2, 6)]);
        assert_eq!(later.known_until(), Some(date(2027, 12, 31)));
    }

    #[test]
    fn the_notice_of_the_next_year_is_added_and_a_corrected_one_replaces_it() {
        let first = yanchang_2026().with_year(2027, [date(2027, 1, 1)], [date(2027, 1, 3)]);
        assert!(!first.is_working(date(2027, 1, 1)));
        assert!(first.is_working(date(2027, 1, 3)));
        assert!(!first.is_working(date(2026, 2, 20)), "2026 stays as it was");
        let second = first.with_year(2027, [date(2027, 1, 4)], []);
        assert!(second.is_working(date(2027, 1, 1)), "a Friday");
        assert!(!second.is_working(date(2027, 1, 3)), "a Sunday");
        assert!(!second.is_working(date(2027, 1, 4)));
        assert_eq!(second.with_year(2027, [], []), yanchang_2026());
    }

    #[test]
    fn a_notice_reaches_back_into_december_and_no_further() {
        let days = [date(2026, 12, 31), date(2027, 1, 1), date(2026, 11, 30), date(2028, 1, 3)];
        let calendar = yanchang_2026().with_year(2027, days, []);
        assert!(!calendar.is_working(date(2026, 12, 31)));
        assert!(calendar.is_working(date(2026, 11, 30)));
        assert!(calendar.is_working(date(2028, 1, 3)));
        assert_eq!(calendar.known_until(), Some(date(2027, 12, 31)));
    }

    #[test]
    fn a_calendar_is_written_as_two_lists_of_dates() {
        let calendar = WorkCalendar::new([date(2026, 1, 1)], [date(2026, 1, 4)]);
        let written = serde_json::to_string(&calendar).unwrap();
        assert_eq!(written, r#"{"days_off":["2026-01-01"],"make_up":["2026-01-04"]}"#);
        assert_eq!(serde_json::from_str::<WorkCalendar>(&written).unwrap(), calendar);
    }
}
