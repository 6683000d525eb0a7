//! Dates and times as people say them.

use yidang_api::list::{DueView, Light};
use yidang_domain::civil::{Date, InstantMs, days_between};

use crate::door::today;

const WEEK: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];

/// 一 … 日
#[must_use]
pub fn week_letter(date: Date) -> &'static str {
    let index = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
    WEEK.get(index).copied().unwrap_or("")
}

/// 星期四
#[must_use]
pub fn weekday(date: Date) -> String {
    format!("星期{}", week_letter(date))
}

/// 周四
#[must_use]
pub fn weekday_short(date: Date) -> String {
    format!("周{}", week_letter(date))
}

/// 11月20日
#[must_use]
pub fn month_day(date: Date) -> String {
    format!("{}月{}日", date.month(), date.day())
}

/// 今天, 明天, 昨天, 11月20日, and with its year where that is another one.
#[must_use]
pub fn date_word(date: Date, today: Date) -> String {
    match days_between(today, date) {
        0 => "今天".to_owned(),
        1 => "明天".to_owned(),
        -1 => "昨天".to_owned(),
        _ if date.year() == today.year() => month_day(date),
        _ => format!("{}年{}", date.year(), month_day(date)),
    }
}

/// 07:51
#[must_use]
pub fn clock(at: InstantMs) -> String {
    let (hour, minute) = at.hour_minute();
    format!("{hour:02}:{minute:02}")
}

/// 今天 07:51, 昨天 18:20, 11月18日 16:05, as seen today.
#[must_use]
pub fn moment(at: InstantMs) -> String {
    moment_on(at, today())
}

/// Like [`moment`], seen on the day `today`.
#[must_use]
pub fn moment_on(at: InstantMs, today: Date) -> String {
    format!("{} {}", date_word(at.date(), today), clock(at))
}

/// 今天, 明天, 昨天, 11月20日, as seen today.
#[must_use]
pub fn day(date: Date) -> String {
    date_word(date, today())
}

/// 逾期 1 天, 今天, 明天, 还有 6 天
#[must_use]
pub fn due_words(due: &DueView) -> String {
    match (due.light, due.days) {
        (Light::Late, days) => format!("逾期 {} 天", days.abs().max(1)),
        (_, 0) => "今天".to_owned(),
        (_, 1) => "明天".to_owned(),
        (_, days) => format!("还有 {days} 天"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i16, month: i8, day: i8) -> Date {
        Date::constant(year, month, day)
    }

    #[test]
    fn near_days_have_words_and_far_ones_a_year() {
        let today = date(2026, 11, 19);
        assert_eq!(date_word(today, today), "今天");
        assert_eq!(date_word(date(2026, 11, 18), today), "昨天");
        assert_eq!(date_word(date(2026, 11, 20), today), "明天");
        assert_eq!(date_word(date(2026, 11, 30), today), "11月30日");
        assert_eq!(date_word(date(2025, 12, 31), today), "2025年12月31日");
    }

    #[test]
    fn the_nineteenth_of_november_2026_is_a_thursday() {
        assert_eq!(weekday(date(2026, 11, 19)), "星期四");
        assert_eq!(weekday_short(date(2026, 11, 22)), "周日");
    }

    #[test]
    fn a_moment_says_the_day_and_the_minute_in_china() {
        let at = InstantMs::at_start_of(date(2026, 11, 18)).plus_minutes(16 * 60 + 5);
        assert_eq!(moment_on(at, date(2026, 11, 18)), "今天 16:05");
        assert_eq!(moment_on(at, date(2026, 11, 20)), "11月18日 16:05");
    }

    #[test]
    fn a_deadline_says_how_far_off_it_is() {
        let today = date(2026, 11, 19);
        let due = |on| due_words(&DueView::new(on, today));
        assert_eq!(due(date(2026, 11, 18)), "逾期 1 天");
        assert_eq!(due(today), "今天");
        assert_eq!(due(date(2026, 11, 20)), "明天");
        assert_eq!(due(date(2026, 11, 25)), "还有 6 天");
    }
}
