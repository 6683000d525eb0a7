//! Days as people type them, and lists of days as people read them.

use yidang_domain::calendar::{Decision, Exception};
use yidang_domain::civil::{Date, date_after, days_between};

use crate::words::{month_day, weekday_short};

/// No holiday is longer; a slip of the finger must not fill the year.
const LONGEST: i64 = 31;

/// The days that `text` names in `year`: 2026-10-01, 10月1日, 10-1, 10.1, and from one to another
/// (10月1日—10月7日, 10月1日至7日). Several are separated by commas, spaces or lines.
///
/// # Errors
///
/// The part that names no day.
pub fn parse_days(text: &str, year: i16) -> Result<Vec<Date>, String> {
    let mut days = Vec::new();
    for part in text.split([',', '，', '、', ';', '；', '\n', ' ', '\t']) {
        let part = part.trim();
        if !part.is_empty() {
            days.extend(span(part, year).ok_or_else(|| part.to_owned())?);
        }
    }
    days.sort_unstable();
    days.dedup();
    Ok(days)
}

/// A day, or all from one day to another.
fn span(text: &str, year: i16) -> Option<Vec<Date>> {
    let parted = text.split_once(['—', '–', '~', '～', '至', '到']);
    let Some((from, to)) = parted else { return parse_day(text, year).map(|day| vec![day]) };
    let from = parse_day(from, year)?;
    let to = to.trim_start_matches(['—', '–']);
    let to = parse_day(to, year).or_else(|| {
        let day = to.trim().trim_end_matches(['日', '号']).parse().ok()?;
        Date::new(from.year(), from.month(), day).ok()
    })?;
    let length = days_between(from, to);
    (0..LONGEST).contains(&length).then(|| (0..=length).map(|by| date_after(from, by)).collect())
}

/// One day; without a year it lies in `year`.
#[must_use]
pub fn parse_day(text: &str, year: i16) -> Option<Date> {
    let text = text.trim().trim_end_matches(['日', '号']);
    let numbers: Vec<i16> = text
        .split(['年', '月', '-', '/', '.'])
        .map(|number| number.trim().parse().ok())
        .collect::<Option<_>>()?;
    let (year, month, day) = match numbers.as_slice() {
        [year, month, day] => (*year, *month, *day),
        [month, day] => (year, *month, *day),
        _ => return None,
    };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Days next to each other as one: 10月1日—10月7日，7 天.
#[must_use]
pub fn runs(days: &[Date]) -> Vec<(Date, Date)> {
    let mut runs: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if days_between(*last, *day) == 1 => *last = *day,
            _ => runs.push((*day, *day)),
        }
    }
    runs
}

/// A run in words, with its days of the week.
#[must_use]
pub fn run_words((from, to): (Date, Date)) -> String {
    if from == to {
        return format!("{} {}", month_day(from), weekday_short(from));
    }
    format!("{}—{}，{} 天", month_day(from), month_day(to), days_between(from, to) + 1)
}

/// The days of `year` among all that are known.
#[must_use]
pub fn of_year(days: &[Date], year: i16) -> Vec<Date> {
    days.iter().copied().filter(|day| day.year() == year).collect()
}

/// Years that can be chosen: those with days, this one and the next.
#[must_use]
pub fn years(off: &[Date], work: &[Date], today: Date) -> Vec<i16> {
    let known = off.iter().chain(work).map(|day| day.year());
    let mut years: Vec<i16> = known.chain([today.year(), today.year() + 1]).collect();
    years.sort_unstable();
    years.dedup();
    years
}

/// What keeps the lists of a year from being saved.
#[must_use]
pub fn missing(off: &[Date], work: &[Date]) -> Option<String> {
    let both = off.iter().find(|day| work.contains(day))?;
    Some(format!("{}既在休息日里，又在调休上班日里，去掉一边", month_day(*both)))
}

/// What was decided about one visit day.
#[must_use]
pub fn exception_words(exception: &Exception) -> (String, String) {
    let nominal = exception.nominal;
    let day = format!("{}年{}月{}日", nominal.year(), nominal.month(), nominal.day());
    let decided = match &exception.decision {
        Decision::Moved { to, reason } => format!("改到{}：{reason}", month_day(*to)),
        Decision::Cancelled { reason } => format!("取消：{reason}"),
    };
    (day, decided)
}

#[cfg(test)]
mod tests {
    use yidang_domain::calendar::NominalDay;

    use super::*;

    fn date(month: i8, day: i8) -> Date {
        Date::constant(2026, month, day)
    }

    #[test]
    fn a_day_is_read_however_it_is_typed() {
        for text in ["2026-10-01", "2026年10月1日", "10月1日", "10-1", "10.1", "10/1", " 10月1号 "]
        {
            assert_eq!(parse_day(text, 2026), Some(date(10, 1)), "{text}");
        }
        for text in ["", "13-1", "10月", "明天", "2-30", "1-2-3-4"] {
            assert_eq!(parse_day(text, 2026), None, "{text}");
        }
    }

    #[test]
    fn a_holiday_is_read_from_one_day_to_another() {
        let week: Vec<_> = (1..=7).map(|day| date(10, day)).collect();
        for text in ["10月1日—10月7日", "10月1日至7日", "10-1~10-7", "10月1日——7日"]
        {
            assert_eq!(parse_days(text, 2026), Ok(week.clone()), "{text}");
        }
        assert_eq!(parse_days("10月7日—10月1日", 2026), Err("10月7日—10月1日".to_owned()));
        assert!(parse_days("1月1日—12月31日", 2026).is_err(), "no holiday is that long");
    }

    #[test]
    fn a_list_is_sorted_and_says_what_it_cannot_read() {
        assert_eq!(parse_days("10-2，10-1、10-2", 2026), Ok(vec![date(10, 1), date(10, 2)]));
        assert_eq!(parse_days("10-2 国庆", 2026), Err("国庆".to_owned()));
        assert_eq!(parse_days("", 2026), Ok(Vec::new()));
    }

    #[test]
    fn days_in_a_row_are_read_as_one() {
        let days = [date(10, 1), date(10, 2), date(10, 5)];
        let words: Vec<_> = runs(&days).into_iter().map(run_words).collect();
        assert_eq!(words, ["10月1日—10月2日，2 天", "10月5日 周一"]);
        assert!(runs(&[]).is_empty());
    }

    #[test]
    fn a_day_cannot_be_both() {
        assert_eq!(missing(&[date(10, 1)], &[date(10, 10)]), None);
        assert!(missing(&[date(10, 1)], &[date(10, 1)]).unwrap().contains("10月1日"));
    }

    #[test]
    fn this_year_and_the_next_can_always_be_chosen() {
        assert_eq!(years(&[], &[], date(11, 20)), [2026, 2027]);
        assert_eq!(years(&[Date::constant(2025, 1, 1)], &[], date(11, 20)), [2025, 2026, 2027]);
        assert_eq!(of_year(&[Date::constant(2025, 1, 1), date(1, 1)], 2026), [date(1, 1)]);
    }

    #[test]
    fn a_moved_day_says_where_to_and_why() {
        let nominal = NominalDay::new(2026, 11, 20).unwrap();
        let moved = Decision::Moved { to: date(11, 21), reason: "雪".into() };
        let (day, decided) = exception_words(&Exception { nominal, decision: moved });
        assert_eq!((day.as_str(), decided.as_str()), ("2026年11月20日", "改到11月21日：雪"));
    }
}
