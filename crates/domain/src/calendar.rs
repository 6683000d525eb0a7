//! The days of 驻村坐诊: every month on the 10th, the 20th and the 30th.
//!
//! Source: the county's own rule "每月10日、20日、30日"; what it leaves open (February, days off) is a
//! setting of the county (domain note 5.6). A day keeps its nominal name wherever it is moved to, so
//! that planned and held days can be counted against each other and two devices mean the same day.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

use crate::civil::{Date, date_after};

/// Which day counts as the 30th of February.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FebruaryRule {
    /// 二月最后一日
    #[default]
    LastDay,
    /// 二月不安排
    Skip,
    /// 三月一日
    FirstOfMarch,
}

impl FebruaryRule {
    /// All choices, the default first.
    pub const ALL: [Self; 3] = [Self::LastDay, Self::Skip, Self::FirstOfMarch];

    /// The words on the settings page.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::LastDay => "二月最后一日",
            Self::Skip => "二月不安排",
            Self::FirstOfMarch => "三月一日",
        }
    }
}

/// What happens to a visit day on which nobody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayOffRule {
    /// 日期不变: villagers remember the date as they do a market day.
    #[default]
    Keep,
    /// 顺延
    NextWorkingDay,
    /// 提前
    PreviousWorkingDay,
}

impl DayOffRule {
    /// All choices, the default first.
    pub const ALL: [Self; 3] = [Self::Keep, Self::NextWorkingDay, Self::PreviousWorkingDay];

    /// The words on the settings page.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Keep => "日期不变",
            Self::NextWorkingDay => "顺延到下一个工作日",
            Self::PreviousWorkingDay => "提前到上一个工作日",
        }
    }
}

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

    /// Days off, in order.
    pub fn days_off(&self) -> impl Iterator<Item = Date> {
        self.days_off.iter().copied()
    }

    /// Make-up days, in order.
    pub fn make_up(&self) -> impl Iterator<Item = Date> {
        self.make_up.iter().copied()
    }

    /// Whether `date` is worked. A date listed as both is worked: a make-up day is the later word.
    #[must_use]
    pub fn is_working(&self, date: Date) -> bool {
        let is_weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.make_up.contains(&date) || !is_weekend && !self.days_off.contains(&date)
    }

    /// The nearest day worked, going from `date` by `step` days; `date` itself where none is near.
    fn nearest_working(&self, date: Date, step: i64) -> Date {
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

/// One of the thirty-six visit days of a year by its name. "2026-02-30" exists: what it means in
/// practice is up to [`VisitRule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct NominalDay {
    year: i16,
    month: i8,
    day: i8,
}

/// A text or number that names no visit day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a visit day is the 10th, 20th or 30th of a month, written as 2026-02-30")]
pub struct NominalDayError;

/// The days of the month on which people come.
const DAYS: [i8; 3] = [10, 20, 30];

impl NominalDay {
    /// The visit day of this name.
    ///
    /// # Errors
    ///
    /// When the day is not 10, 20 or 30, the month not 1 to 12 or the year not 1 to 9999.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, NominalDayError> {
        let is_one = (1..=9999).contains(&year) && (1..=12).contains(&month) && DAYS.contains(&day);
        if is_one { Ok(Self { year, month, day }) } else { Err(NominalDayError) }
    }

    /// All of a year, in order; none in a year that cannot be written.
    pub fn of_year(year: i16) -> impl Iterator<Item = Self> {
        let names = (1..=12).flat_map(|month| DAYS.map(|day| (month, day)));
        names.filter_map(move |(month, day)| Self::new(year, month, day).ok())
    }

    /// The year of its name.
    #[must_use]
    pub const fn year(self) -> i16 {
        self.year
    }

    /// The month of its name, from one.
    #[must_use]
    pub const fn month(self) -> i8 {
        self.month
    }

    /// 10, 20 or 30.
    #[must_use]
    pub const fn day(self) -> i8 {
        self.day
    }

    /// The date of that name; there is none for the 30th of February.
    #[must_use]
    pub fn date(self) -> Option<Date> {
        Date::new(self.year, self.month, self.day).ok()
    }
}

impl fmt::Display for NominalDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for NominalDay {
    type Err = NominalDayError;

    fn from_str(text: &str) -> Result<Self, NominalDayError> {
        let mut parts = text.splitn(3, '-');
        let mut part = || parts.next().ok_or(NominalDayError);
        let year = part()?.parse().map_err(|_| NominalDayError)?;
        let month = part()?.parse().map_err(|_| NominalDayError)?;
        let day = part()?.parse().map_err(|_| NominalDayError)?;
        let nominal = Self::new(year, month, day)?;
        // Documents are named by this text, so there must be one spelling only.
        if nominal.to_string() == text { Ok(nominal) } else { Err(NominalDayError) }
    }
}

impl From<NominalDay> for String {
    fn from(nominal: NominalDay) -> Self {
        nominal.to_string()
    }
}

impl TryFrom<String> for NominalDay {
    type Error = NominalDayError;

    fn try_from(text: String) -> Result<Self, NominalDayError> {
        text.parse()
    }
}

/// Why a visit day is on another date than its name says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveReason {
    /// February has no 30th.
    February,
    /// Nobody works that day: later.
    DayOffLater,
    /// Nobody works that day: earlier.
    DayOffEarlier,
    /// February has no 30th, and nobody works the day taken for it: later.
    FebruaryLater,
    /// February has no 30th, and nobody works the day taken for it: earlier.
    FebruaryEarlier,
    /// Somebody moved this one day and said why (雪、疫情、农忙).
    Decided(String),
}

impl MoveReason {
    /// The words to print beside the date.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::February => "二月没有30日",
            Self::DayOffLater => "遇休息日顺延",
            Self::DayOffEarlier => "遇休息日提前",
            Self::FebruaryLater => "二月没有30日，遇休息日顺延",
            Self::FebruaryEarlier => "二月没有30日，遇休息日提前",
            Self::Decided(reason) => reason,
        }
    }
}

/// A visit day with the date on which it is held.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlannedDay {
    /// Its name.
    pub nominal: NominalDay,
    /// The date people come.
    pub on: Date,
    /// Why that is not the date of its name, where it is not.
    pub reason: Option<MoveReason>,
}

/// How the county reads its rule. The default keeps every date and takes the last of February.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct VisitRule {
    /// The 30th of February.
    pub february: FebruaryRule,
    /// Days on which nobody works.
    pub day_off: DayOffRule,
}

impl VisitRule {
    /// When the visit day is held; none where the rule leaves it out.
    #[must_use]
    pub fn planned(self, nominal: NominalDay, calendar: &WorkCalendar) -> Option<PlannedDay> {
        let date = nominal.date().or_else(|| self.instead_of_february_30(nominal.year))?;
        let on = match self.day_off {
            _ if calendar.is_working(date) => date,
            DayOffRule::Keep => date,
            DayOffRule::NextWorkingDay => calendar.nearest_working(date, 1),
            DayOffRule::PreviousWorkingDay => calendar.nearest_working(date, -1),
        };
        let reason = match (nominal.date().is_none(), on.cmp(&date)) {
            (false, Ordering::Equal) => None,
            (false, Ordering::Greater) => Some(MoveReason::DayOffLater),
            (false, Ordering::Less) => Some(MoveReason::DayOffEarlier),
            (true, Ordering::Equal) => Some(MoveReason::February),
            (true, Ordering::Greater) => Some(MoveReason::FebruaryLater),
            (true, Ordering::Less) => Some(MoveReason::FebruaryEarlier),
        };
        Some(PlannedDay { nominal, on, reason })
    }

    /// The visit days named after `year`, in the order of their names.
    #[must_use]
    pub fn days_of_year(self, year: i16, calendar: &WorkCalendar) -> Vec<PlannedDay> {
        NominalDay::of_year(year).filter_map(|nominal| self.planned(nominal, calendar)).collect()
    }

    /// The first visit day held on `date` or later.
    #[must_use]
    pub fn next_on_or_after(self, date: Date, calendar: &WorkCalendar) -> Option<PlannedDay> {
        next_on_or_after(date, |nominal| self.planned(nominal, calendar))
    }

    /// The visit day held on `date`. Where two fall together, the one named first.
    #[must_use]
    pub fn find(self, date: Date, calendar: &WorkCalendar) -> Option<PlannedDay> {
        self.next_on_or_after(date, calendar).filter(|day| day.on == date)
    }

    fn instead_of_february_30(self, year: i16) -> Option<Date> {
        let first_of_march = Date::new(year, 3, 1).ok()?;
        match self.february {
            FebruaryRule::LastDay => Some(date_after(first_of_march, -1)),
            FebruaryRule::Skip => None,
            FebruaryRule::FirstOfMarch => Some(first_of_march),
        }
    }
}

/// What was decided about a single visit day.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Exception {
    /// The visit day, by its name.
    pub nominal: NominalDay,
    /// What becomes of it.
    pub decision: Decision,
}

/// Moved or cancelled; both are announced to the villages with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// 改期
    Moved {
        /// The date it is held instead, working day or not.
        to: Date,
        /// Why, in words.
        reason: String,
    },
    /// 取消
    Cancelled {
        /// Why, in words.
        reason: String,
    },
}

/// The whole plan: the rule, the calendar, and on top of them what was decided day by day.
///
/// A decision about a day beats the rule, also where the rule leaves that day out; of two decisions
/// about one day the later in the list holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VisitPlan {
    /// The county's settings.
    pub rule: VisitRule,
    /// Days worked.
    pub calendar: WorkCalendar,
    /// Single decisions, oldest first.
    pub exceptions: Vec<Exception>,
}

impl VisitPlan {
    /// When the visit day is held; none where it is left out or cancelled.
    #[must_use]
    pub fn planned(&self, nominal: NominalDay) -> Option<PlannedDay> {
        match self.decision(nominal) {
            None => self.rule.planned(nominal, &self.calendar),
            Some(Decision::Cancelled { .. }) => None,
            Some(Decision::Moved { to, reason }) => Some(PlannedDay {
                nominal,
                on: *to,
                reason: Some(MoveReason::Decided(reason.clone())),
            }),
        }
    }

    /// What was decided about this one day, if anything.
    #[must_use]
    pub fn decision(&self, nominal: NominalDay) -> Option<&Decision> {
        let about = self.exceptions.iter().rev().find(|exception| exception.nominal == nominal)?;
        Some(&about.decision)
    }

    /// The visit days named after `year`, in the order of their names.
    #[must_use]
    pub fn days_of_year(&self, year: i16) -> Vec<PlannedDay> {
        NominalDay::of_year(year).filter_map(|nominal| self.planned(nominal)).collect()
    }

    /// The first visit day held on `date` or later.
    #[must_use]
    pub fn next_on_or_after(&self, date: Date) -> Option<PlannedDay> {
        next_on_or_after(date, |nominal| self.planned(nominal))
    }

    /// The visit day held on `date`. Where two fall together, the one named first.
    #[must_use]
    pub fn find(&self, date: Date) -> Option<PlannedDay> {
        self.next_on_or_after(date).filter(|day| day.on == date)
    }
}

/// Looks through the years around `date`, because a day may be moved across New Year and past other
/// days. One moved by more than a year is another day, and is not looked for.
fn next_on_or_after(
    date: Date,
    planned: impl Fn(NominalDay) -> Option<PlannedDay>,
) -> Option<PlannedDay> {
    let first = date.year().saturating_sub(1);
    let last = date.year().saturating_add(1);
    (first..=last)
        .flat_map(NominalDay::of_year)
        .filter_map(planned)
        .filter(|day| day.on >= date)
        .min_by_key(|day| (day.on, day.nominal))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn rule(february: FebruaryRule, day_off: DayOffRule) -> VisitRule {
        VisitRule { february, day_off }
    }

    fn day(text: &str) -> NominalDay {
        text.parse().unwrap()
    }

    /// The days of 2026 that are not on the date of their name: "name > date: reason".
    fn moved_in_2026(rule: VisitRule) -> Vec<String> {
        let calendar = yanchang_2026();
        let days = rule.days_of_year(2026, &calendar).into_iter();
        days.filter_map(|day| {
            let reason = day.reason?;
            Some(format!("{} > {}: {}", day.nominal, day.on, reason.label()))
        })
        .collect()
    }

    fn is_working(month: i8, day: i8) -> bool {
        yanchang_2026().is_working(date(2026, month, day))
    }

    const LATER: [&str; 7] = [
        "2026-01-10 > 2026-01-12: 遇休息日顺延",
        "2026-02-20 > 2026-02-24: 遇休息日顺延",
        "2026-05-10 > 2026-05-11: 遇休息日顺延",
        "2026-05-30 > 2026-06-01: 遇休息日顺延",
        "2026-06-20 > 2026-06-22: 遇休息日顺延",
        "2026-08-30 > 2026-08-31: 遇休息日顺延",
        "2026-12-20 > 2026-12-21: 遇休息日顺延",
    ];

    /// 9 May is a make-up Saturday, 14 February one before the holiday.
    const EARLIER: [&str; 7] = [
        "2026-01-10 > 2026-01-09: 遇休息日提前",
        "2026-02-20 > 2026-02-14: 遇休息日提前",
        "2026-05-10 > 2026-05-09: 遇休息日提前",
        "2026-05-30 > 2026-05-29: 遇休息日提前",
        "2026-06-20 > 2026-06-18: 遇休息日提前",
        "2026-08-30 > 2026-08-28: 遇休息日提前",
        "2026-12-20 > 2026-12-18: 遇休息日提前",
    ];

    /// `days` with what happens to the 30th of February in its place.
    fn with_february(days: [&str; 7], february: Option<&str>) -> Vec<String> {
        let mut all: Vec<String> = days.into_iter().chain(february).map(str::to_owned).collect();
        all.sort();
        all
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
    fn seven_of_the_thirty_six_days_of_2026_are_kept_though_nobody_works() {
        let calendar = yanchang_2026();
        let days = VisitRule::default().days_of_year(2026, &calendar);
        assert_eq!(days.len(), 36);
        let off: Vec<String> = days
            .iter()
            .filter(|day| !calendar.is_working(day.on))
            .map(|day| day.on.to_string())
            .collect();
        let expected = [
            "2026-01-10",
            "2026-02-20",
            "2026-05-10",
            "2026-05-30",
            "2026-06-20",
            "2026-08-30",
            "2026-12-20",
        ];
        assert_eq!(off, expected);
    }

    #[test]
    fn with_weekends_only_twelve_days_of_2027_are_not_worked() {
        let calendar = WorkCalendar::default();
        let days = VisitRule::default().days_of_year(2027, &calendar);
        assert_eq!(days.iter().filter(|day| !calendar.is_working(day.on)).count(), 12);
    }

    #[test]
    fn every_pair_of_rules_moves_the_days_of_2026_as_listed() {
        use DayOffRule::{Keep, NextWorkingDay, PreviousWorkingDay};
        use FebruaryRule::{FirstOfMarch, LastDay, Skip};
        // 28 February is a make-up Saturday, so it stays; 1 March is a Sunday.
        let last = "2026-02-30 > 2026-02-28: 二月没有30日";
        let first = "2026-02-30 > 2026-03-01: 二月没有30日";
        let second = "2026-02-30 > 2026-03-02: 二月没有30日，遇休息日顺延";
        let back = "2026-02-30 > 2026-02-28: 二月没有30日，遇休息日提前";
        let table = [
            (LastDay, Keep, vec![last.to_owned()]),
            (LastDay, NextWorkingDay, with_february(LATER, Some(last))),
            (LastDay, PreviousWorkingDay, with_february(EARLIER, Some(last))),
            (Skip, Keep, vec![]),
            (Skip, NextWorkingDay, with_february(LATER, None)),
            (Skip, PreviousWorkingDay, with_february(EARLIER, None)),
            (FirstOfMarch, Keep, vec![first.to_owned()]),
            (FirstOfMarch, NextWorkingDay, with_february(LATER, Some(second))),
            (FirstOfMarch, PreviousWorkingDay, with_february(EARLIER, Some(back))),
        ];
        for (february, day_off, moved) in table {
            let rule = rule(february, day_off);
            assert_eq!(moved_in_2026(rule), moved, "{rule:?}");
            let count = rule.days_of_year(2026, &yanchang_2026()).len();
            assert_eq!(count, if february == Skip { 35 } else { 36 }, "{rule:?}");
        }
    }

    #[test]
    fn in_a_leap_year_the_last_of_february_is_the_29th() {
        let planned = VisitRule::default().planned(day("2028-02-30"), &WorkCalendar::default());
        assert_eq!(planned.unwrap().on, date(2028, 2, 29));
    }

    #[test]
    fn the_31st_is_nobodys_visit_day() {
        let calendar = yanchang_2026();
        assert_eq!(VisitRule::default().find(date(2026, 3, 31), &calendar), None);
        let next = VisitRule::default().next_on_or_after(date(2026, 3, 31), &calendar).unwrap();
        assert_eq!(next.on, date(2026, 4, 10));
    }

    #[test]
    fn the_next_day_after_new_years_eve_lies_in_the_next_year() {
        let next = VisitRule::default().next_on_or_after(date(2026, 12, 31), &yanchang_2026());
        assert_eq!(next.unwrap().nominal, day("2027-01-10"));
    }

    #[test]
    fn a_day_moved_earlier_is_found_on_the_date_it_is_held() {
        let rule = rule(FebruaryRule::LastDay, DayOffRule::PreviousWorkingDay);
        let calendar = yanchang_2026();
        assert_eq!(rule.find(date(2026, 5, 9), &calendar).unwrap().nominal, day("2026-05-10"));
        assert_eq!(rule.find(date(2026, 5, 10), &calendar), None);
    }

    #[test]
    fn snow_moves_one_day_and_harvest_cancels_another() {
        let moved = Decision::Moved { to: date(2026, 1, 13), reason: "大雪封路".into() };
        let cancelled = Decision::Cancelled { reason: "摘苹果农忙".into() };
        let plan = VisitPlan {
            calendar: yanchang_2026(),
            exceptions: vec![
                Exception { nominal: day("2026-01-10"), decision: moved },
                Exception { nominal: day("2026-09-30"), decision: cancelled.clone() },
            ],
            ..VisitPlan::default()
        };
        let found = plan.find(date(2026, 1, 13)).unwrap();
        assert_eq!(found.nominal, day("2026-01-10"));
        assert_eq!(found.reason.unwrap().label(), "大雪封路");
        assert_eq!(plan.find(date(2026, 1, 10)), None);
        assert_eq!(plan.next_on_or_after(date(2026, 9, 21)).unwrap().on, date(2026, 10, 10));
        assert_eq!(plan.decision(day("2026-09-30")), Some(&cancelled));
        assert_eq!(plan.days_of_year(2026).len(), 35);
    }

    #[test]
    fn a_day_the_rule_skips_is_held_when_somebody_decides_so_last() {
        let nominal = day("2026-02-30");
        let moved = Decision::Moved { to: date(2026, 2, 27), reason: "群众要求".into() };
        let cancelled = Decision::Cancelled { reason: "疫情".into() };
        let plan = VisitPlan {
            rule: rule(FebruaryRule::Skip, DayOffRule::Keep),
            calendar: yanchang_2026(),
            exceptions: vec![
                Exception { nominal, decision: cancelled },
                Exception { nominal, decision: moved },
            ],
        };
        assert_eq!(plan.planned(nominal).unwrap().on, date(2026, 2, 27));
    }

    #[test]
    fn a_calendar_in_which_nobody_ever_works_leaves_the_date_alone() {
        let first = date(2026, 1, 1);
        let calendar = WorkCalendar::new((0..800).map(|days| date_after(first, days)), []);
        let rule = rule(FebruaryRule::LastDay, DayOffRule::NextWorkingDay);
        assert_eq!(rule.planned(day("2026-07-10"), &calendar).unwrap().on, date(2026, 7, 10));
    }

    #[test]
    fn the_thirtieth_of_february_has_a_name_and_other_days_have_none() {
        assert_eq!(day("2026-02-30").to_string(), "2026-02-30");
        assert_eq!(day("2026-02-30").date(), None);
        for text in ["2026-02-28", "2026-13-10", "2026-2-30", "+026-02-30", "2026-02-30-", "", "年"]
        {
            assert_eq!(text.parse::<NominalDay>(), Err(NominalDayError), "{text}");
        }
    }

    #[test]
    fn names_sort_as_they_read() {
        let year: Vec<NominalDay> = NominalDay::of_year(2026).collect();
        assert_eq!(year.len(), 36);
        assert!(year.is_sorted());
        assert!(year.iter().map(ToString::to_string).collect::<Vec<_>>().is_sorted());
        assert_eq!(NominalDay::of_year(10_000).count(), 0);
    }

    #[test]
    fn settings_and_days_are_written_as_plain_words() {
        let rule = rule(FebruaryRule::FirstOfMarch, DayOffRule::NextWorkingDay);
        let planned = rule.planned(day("2026-02-30"), &yanchang_2026()).unwrap();
        let written = serde_json::to_string(&(rule, &planned)).unwrap();
        assert_eq!(
            written,
            r#"[{"february":"first_of_march","day_off":"next_working_day"},{"nominal":"2026-02-30","on":"2026-03-02","reason":"february_later"}]"#
        );
        let read: (VisitRule, PlannedDay) = serde_json::from_str(&written).unwrap();
        assert_eq!(read, (rule, planned));
        assert!(serde_json::from_str::<NominalDay>(r#""2026-02-28""#).is_err());
    }

    proptest! {
        #[test]
        fn the_next_day_is_never_before_the_date_asked_for(days in -800_000_i64..3_000_000) {
            let asked = date_after(date(2026, 1, 1), days);
            if let Some(next) = VisitRule::default().next_on_or_after(asked, &yanchang_2026()) {
                prop_assert!(next.on >= asked);
            }
        }

        #[test]
        fn whatever_is_read_as_a_name_is_written_the_same(text in "[0-9]{4}-[01][0-9]-[0-3]0") {
            if let Ok(nominal) = text.parse::<NominalDay>() {
                prop_assert_eq!(nominal.to_string(), text);
            }
        }
    }
}
