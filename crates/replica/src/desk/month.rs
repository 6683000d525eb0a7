//! The visit days of a month.

use yidang_api::places::{MonthDay, MonthVisit, VisitMonthQuestion, VisitMonthView};
use yidang_api::{Fault, FaultCode};
use yidang_documents::Projection;
use yidang_domain::calendar::{Decision, NominalDay, PlannedDay, VisitPlan};
use yidang_domain::civil::{Date, date_after};
use yidang_domain::entry::Entry;
use yidang_domain::ids::OrgCode;
use yidang_domain::org::OrgLevel;

use super::day::{document_id, first_team_village};
use super::plan;
use crate::device::{Device, OpenDesk};

/// The visit days of a month.
pub fn view(device: &mut Device, question: &VisitMonthQuestion) -> Result<VisitMonthView, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let missing = || Fault::new(FaultCode::NotFound, "no visit day is planned");
    let reference = desk.reference.clone().ok_or_else(missing)?;
    let village = question
        .village
        .clone()
        .or_else(|| reference.village(today))
        .or_else(|| first_team_village(desk))
        .ok_or_else(missing)?;
    let asked = question.month.unwrap_or(today);
    let first = Date::new(asked.year(), asked.month(), 1).map_err(|_| missing())?;
    let plan = plan::of_village(desk, &village, first)?;
    let begin = date_after(first, -i64::from(first.weekday().to_monday_zero_offset()));
    let shown = shown(&plan, first.year());
    let mut days = Vec::new();
    let mut date = begin;
    while days.len() % 7 != 0 || date.month() == first.month() || days.is_empty() || date < first {
        days.push(day(desk, &plan, &shown, &village, first, date)?);
        date = date_after(date, 1);
        if days.len() >= 42 {
            break;
        }
    }
    Ok(VisitMonthView {
        village_name: desk.tree.shown_name(&village),
        villages: villages(desk),
        month: first,
        days,
        calendar_until: plan.calendar.known_until(),
        village,
    })
}

/// A visit day on a date of the month.
struct Shown {
    nominal: NominalDay,
    on: Date,
    reason: String,
    /// It does not take place on this date.
    cancelled: bool,
}

/// Where the days of three years stand: a day that was moved stands on both dates, with the reason.
fn shown(plan: &VisitPlan, year: i16) -> Vec<Shown> {
    let nominals = (year - 1..=year + 1).flat_map(NominalDay::of_year);
    nominals.flat_map(|nominal| shown_day(plan, nominal)).collect()
}

fn shown_day(plan: &VisitPlan, nominal: NominalDay) -> Vec<Shown> {
    let by_rule = plan.rule.planned(nominal, &plan.calendar);
    let Some(decision) = plan.decision(nominal) else {
        let held = |day: PlannedDay| Shown {
            nominal,
            on: day.on,
            reason: day
                .reason
                .as_ref()
                .map_or_else(String::new, |reason| reason.label().to_owned()),
            cancelled: false,
        };
        return by_rule.into_iter().map(held).collect();
    };
    let not_held = by_rule.map(|day| Shown {
        nominal,
        on: day.on,
        reason: plan::words(decision),
        cancelled: true,
    });
    let instead = match decision {
        Decision::Moved { to, reason } => {
            Some(Shown { nominal, on: *to, reason: reason.clone(), cancelled: false })
        }
        Decision::Cancelled { .. } => None,
    };
    not_held.into_iter().chain(instead).collect()
}

/// The villages of the scope. Those known by name alone have no visit days here.
fn villages(desk: &OpenDesk) -> Vec<(OrgCode, String)> {
    desk.reference
        .iter()
        .flat_map(|reference| &reference.units)
        .filter(|unit| unit.level == OrgLevel::Village)
        .map(|unit| (unit.code.clone(), desk.tree.shown_name(&unit.code)))
        .collect()
}

fn day(
    desk: &mut OpenDesk,
    plan: &VisitPlan,
    shown: &[Shown],
    village: &OrgCode,
    month: Date,
    date: Date,
) -> Result<MonthDay, Fault> {
    let working = plan.calendar.is_working(date);
    let is_weekend = date.weekday().to_monday_zero_offset() >= 5;
    let note = match (working, is_weekend) {
        (true, true) => "调休上班",
        (false, false) => "放假",
        (false, true) => "休",
        (true, false) => "",
    };
    // A day that is held hides one that is not.
    let on_date = || shown.iter().filter(|day| day.on == date);
    let visit = on_date().find(|day| !day.cancelled).or_else(|| on_date().next());
    Ok(MonthDay {
        date,
        inside: date.month() == month.month(),
        note: note.to_owned(),
        working,
        visit: visit.map(|day| visit_of(desk, village, day)).transpose()?,
    })
}

/// A visit day with who came, which its own document says.
fn visit_of(desk: &mut OpenDesk, village: &OrgCode, day: &Shown) -> Result<MonthVisit, Fault> {
    let nominal = day.nominal.to_string();
    let id = document_id(village, &nominal);
    let people = match desk.projection(id)? {
        Some(Projection::VisitDay(held)) if !day.cancelled => {
            let entries = held.common.entries.iter().filter_map(|row| row.entry());
            let came = entries.map(|entry| match entry {
                Entry::WalkIn { people, .. } => *people,
                _ => 0,
            });
            came.sum()
        }
        _ => 0,
    };
    Ok(MonthVisit { nominal, reason: day.reason.clone(), cancelled: day.cancelled, people })
}

#[cfg(test)]
mod tests {
    use super::*;
    use yidang_domain::calendar::Exception;

    #[test]
    fn a_day_that_was_moved_stands_on_both_dates() {
        let nominal: NominalDay = "2026-11-20".parse().unwrap();
        let to = Date::constant(2026, 11, 23);
        let decision = Decision::Moved { to, reason: "下雪封路".into() };
        let plan =
            VisitPlan { exceptions: vec![Exception { nominal, decision }], ..VisitPlan::default() };
        let shown = shown_day(&plan, nominal);
        let told: Vec<(Date, bool, &str)> =
            shown.iter().map(|day| (day.on, day.cancelled, day.reason.as_str())).collect();
        let old = Date::constant(2026, 11, 20);
        assert_eq!(told, [(old, true, "改到11月23日：下雪封路"), (to, false, "下雪封路")]);
    }

    #[test]
    fn a_day_that_was_cancelled_stays_with_its_reason() {
        let nominal: NominalDay = "2026-11-20".parse().unwrap();
        let decision = Decision::Cancelled { reason: "发大水".into() };
        let plan =
            VisitPlan { exceptions: vec![Exception { nominal, decision }], ..VisitPlan::default() };
        let shown = shown_day(&plan, nominal);
        assert!(shown.len() == 1 && shown[0].cancelled && shown[0].reason == "这一天取消：发大水");
    }
}
