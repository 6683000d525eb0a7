//! The visit days of 2026 under each of the nine pairs of rules, line by line against a list that
//! was made from the official notice alone; and how many days of 2025 to 2027 nobody works.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use yidang_domain::calendar::{
    DayOffRule, Decision, Exception, FebruaryRule, NominalDay, PlannedDay, VisitPlan, VisitRule,
    WorkCalendar, yanchang_2026,
};
use yidang_domain::civil::{Date, date_after};

const GOLDEN: &str = include_str!("golden/visit-days-2026.txt");

fn date(month: i8, day: i8) -> Date {
    Date::new(2026, month, day).unwrap()
}

fn nominal(text: &str) -> NominalDay {
    text.parse().unwrap()
}

fn weekday(date: Date) -> &'static str {
    let words = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    let offset = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap();
    words.get(offset).unwrap()
}

fn line(day: &PlannedDay) -> String {
    let reason = day.reason.as_ref().map_or("照常", |reason| reason.label());
    format!("{} {} {} {reason}", day.nominal, day.on, weekday(day.on))
}

#[test]
fn the_visit_days_of_2026_are_those_of_the_list() {
    let calendar = yanchang_2026();
    let mut printed = Vec::new();
    for february in FebruaryRule::ALL {
        for day_off in DayOffRule::ALL {
            let days = VisitRule { february, day_off }.days_of_year(2026, &calendar);
            assert_eq!(days.len(), if february == FebruaryRule::Skip { 35 } else { 36 });
            printed.push(format!("== {}，{}", february.label(), day_off.label()));
            printed.extend(days.iter().map(line));
        }
    }
    let expected: Vec<&str> =
        GOLDEN.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).collect();
    assert_eq!(expected.len(), 9 + 6 * 36 + 3 * 35);
    for (printed, expected) in printed.iter().zip(&expected) {
        assert_eq!(printed, expected);
    }
    assert_eq!(printed.len(), expected.len());
}

/// How many days of a year are kept on their date though nobody works.
fn not_worked(year: i16, calendar: &WorkCalendar) -> usize {
    let days = VisitRule::default().days_of_year(year, calendar);
    assert_eq!(days.len(), 36);
    days.iter().filter(|day| !calendar.is_working(day.on)).count()
}

/// 国务院办公厅关于2025年部分节假日安排的通知.
fn with_2025(calendar: WorkCalendar) -> WorkCalendar {
    let day = |(month, day)| Date::new(2025, month, day).unwrap();
    let holidays =
        [((1, 1), 1), ((1, 28), 8), ((4, 4), 3), ((5, 1), 5), ((5, 31), 3), ((10, 1), 8)];
    let days_off = holidays
        .into_iter()
        .flat_map(|(first, length)| (0..length).map(move |after| date_after(day(first), after)));
    let make_up = [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)].map(day);
    calendar.with_year(2025, days_off, make_up)
}

#[test]
fn ten_seven_and_twelve_days_of_three_years_fall_on_days_off() {
    let calendar = with_2025(yanchang_2026());
    assert_eq!(not_worked(2025, &calendar), 10);
    assert_eq!(not_worked(2026, &calendar), 7);
    assert_eq!(not_worked(2027, &calendar), 12, "weekends only: no notice yet");
    assert_eq!(calendar.known_until(), Some(date(12, 31)));
}

#[test]
fn a_notice_of_2027_moves_days_of_2027_and_none_of_2026() {
    let rule = VisitRule { day_off: DayOffRule::NextWorkingDay, ..VisitRule::default() };
    let before = yanchang_2026();
    let sunday = Date::new(2027, 1, 10).unwrap();
    let after = before.clone().with_year(2027, [], [sunday]);
    assert_eq!(rule.planned(nominal("2027-01-10"), &before).unwrap().on, date_after(sunday, 1));
    assert_eq!(rule.planned(nominal("2027-01-10"), &after).unwrap().on, sunday);
    assert_eq!(rule.days_of_year(2026, &before), rule.days_of_year(2026, &after));
}

fn decided(exceptions: &[(&str, Option<Date>, &str)]) -> VisitPlan {
    let exceptions = exceptions.iter().map(|(day, to, reason)| {
        let reason = (*reason).to_owned();
        let decision = match to {
            Some(to) => Decision::Moved { to: *to, reason },
            None => Decision::Cancelled { reason },
        };
        Exception { nominal: nominal(day), decision }
    });
    let rule = VisitRule { day_off: DayOffRule::NextWorkingDay, ..VisitRule::default() };
    VisitPlan { rule, calendar: yanchang_2026(), exceptions: exceptions.collect() }
}

#[test]
fn a_moved_day_keeps_its_name_its_place_in_the_year_and_its_reason() {
    let plan = decided(&[("2026-01-10", Some(date(1, 17)), "大雪封路")]);
    let days = plan.days_of_year(2026);
    assert_eq!(days.len(), 36);
    assert_eq!(line(&days[0]), "2026-01-10 2026-01-17 周六 大雪封路");
    assert_eq!(line(&days[1]), "2026-01-20 2026-01-20 周二 照常");
    // Neither the date of its name nor the working day the rule would have chosen.
    assert_eq!(plan.find(date(1, 10)), None);
    assert_eq!(plan.find(date(1, 12)), None);
    assert_eq!(plan.find(date(1, 17)).unwrap().nominal, nominal("2026-01-10"));
}

#[test]
fn a_day_may_be_moved_past_the_next_one_and_onto_its_date() {
    let plan = decided(&[
        ("2026-09-10", Some(date(9, 22)), "摘苹果农忙"),
        ("2026-10-20", Some(date(10, 30)), "疫情"),
    ]);
    let next = |month, day| plan.next_on_or_after(date(month, day)).unwrap().nominal.to_string();
    assert_eq!(next(9, 1), "2026-09-20", "a make-up Sunday is worked");
    assert_eq!(next(9, 21), "2026-09-10");
    assert_eq!(next(9, 23), "2026-09-30");
    assert_eq!(next(10, 11), "2026-10-20", "two on one day: the one named first");
    assert_eq!(next(10, 31), "2026-11-10");
}

#[test]
fn a_cancelled_day_is_planned_no_more_unless_somebody_decides_otherwise() {
    let cancelled = ("2026-09-30", None, "摘苹果农忙");
    let plan = decided(&[cancelled]);
    assert_eq!(plan.planned(nominal("2026-09-30")), None);
    assert_eq!(plan.days_of_year(2026).len(), 35);
    assert_eq!(plan.next_on_or_after(date(9, 21)).unwrap().on, date(10, 10));
    let again = decided(&[cancelled, ("2026-09-30", Some(date(9, 29)), "群众要求")]);
    assert_eq!(
        line(&again.planned(nominal("2026-09-30")).unwrap()),
        "2026-09-30 2026-09-29 周二 群众要求"
    );
    let not_after_all = decided(&[("2026-09-30", Some(date(9, 29)), "群众要求"), cancelled]);
    assert_eq!(not_after_all.planned(nominal("2026-09-30")), None);
}
