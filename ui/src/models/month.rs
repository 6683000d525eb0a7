//! The month of visit days: going to the next one, and what a day says.

use yidang_api::places::{MonthDay, MonthVisit};
use yidang_domain::civil::{Date, date_after};

/// The first of the month that `date` lies in.
#[must_use]
pub fn first_of(date: Date) -> Date {
    date_after(date, 1 - i64::from(date.day()))
}

/// The first of the month after (or before) the one that begins on `first`.
#[must_use]
pub fn beside(first: Date, forward: bool) -> Date {
    let first = first_of(first);
    if forward { first_of(date_after(first, 31)) } else { first_of(date_after(first, -1)) }
}

/// 2026年11月
#[must_use]
pub fn month_words(first: Date) -> String {
    format!("{}年{}月", first.year(), first.month())
}

/// The word below a day: 坐诊, 改到此日, 不坐诊, 休.
#[must_use]
pub fn day_word(day: &MonthDay) -> &str {
    match &day.visit {
        Some(visit) if visit.cancelled => "不坐诊",
        Some(visit) if visit.people > 0 => "已坐诊",
        Some(visit) if !visit.reason.is_empty() => "改到这天",
        Some(_) => "坐诊",
        None if day.note.is_empty() && day.working => "",
        None if day.working => "上班",
        None => "休",
    }
}

/// The same in a sentence, for those who cannot see the grid.
#[must_use]
pub fn spoken(day: &MonthDay) -> String {
    let mut parts = vec![format!("{}月{}日", day.date.month(), day.date.day())];
    let word = day_word(day);
    if !word.is_empty() {
        parts.push(word.to_owned());
    }
    if let Some(visit) = &day.visit {
        parts.extend(reason_words(visit));
        if visit.people > 0 {
            parts.push(format!("来了 {} 人次", visit.people));
        }
    } else if !day.note.is_empty() {
        parts.push(day.note.clone());
    }
    parts.join("，")
}

/// Why it is held then or not at all.
#[must_use]
pub fn reason_words(visit: &MonthVisit) -> Option<String> {
    (!visit.reason.is_empty()).then(|| visit.reason.clone())
}

/// Days of the month with something to say below the grid.
#[must_use]
pub fn visits(days: &[MonthDay]) -> Vec<(Date, MonthVisit)> {
    let inside = days.iter().filter(|day| day.inside);
    inside.filter_map(|day| day.visit.clone().map(|visit| (day.date, visit))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(visit: Option<MonthVisit>) -> MonthDay {
        MonthDay {
            date: Date::constant(2026, 11, 20),
            inside: true,
            note: String::new(),
            working: true,
            visit,
        }
    }

    fn visit() -> MonthVisit {
        MonthVisit {
            nominal: "2026-11-20".into(),
            reason: String::new(),
            cancelled: false,
            people: 0,
        }
    }

    #[test]
    fn months_follow_each_other_over_the_new_year() {
        let december = Date::constant(2026, 12, 1);
        assert_eq!(beside(december, true), Date::constant(2027, 1, 1));
        assert_eq!(beside(Date::constant(2027, 1, 31), false), december);
        assert_eq!(beside(Date::constant(2026, 1, 31), true), Date::constant(2026, 2, 1));
        assert_eq!(month_words(december), "2026年12月");
    }

    #[test]
    fn a_day_says_what_happens_on_it() {
        assert_eq!(day_word(&day(None)), "");
        assert_eq!(day_word(&day(Some(visit()))), "坐诊");
        let moved = MonthVisit { reason: "20日是周日".into(), ..visit() };
        assert_eq!(day_word(&day(Some(moved.clone()))), "改到这天");
        assert_eq!(spoken(&day(Some(moved.clone()))), "11月20日，改到这天，20日是周日");
        let off = MonthVisit { cancelled: true, ..moved };
        assert_eq!(day_word(&day(Some(off))), "不坐诊");
        let rest = MonthDay { working: false, note: "国庆节".into(), ..day(None) };
        assert_eq!(spoken(&rest), "11月20日，休，国庆节");
    }
}
