//! The visit days of a month.

use yidang_api::places::{MonthDay, MonthVisit, VisitMonthQuestion, VisitMonthView};
use yidang_api::{Fault, FaultCode};
use yidang_documents::Projection;
use yidang_domain::calendar::{Decision, PlannedDay, VisitPlan};
use yidang_domain::civil::{Date, date_after};
use yidang_domain::entry::Entry;
use yidang_domain::ids::OrgCode;
use yidang_domain::org::OrgLevel;

use super::day::{document_id, first_team_village};
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
    let plan = reference.visit_plan();
    let begin = date_after(first, -i64::from(first.weekday().to_monday_zero_offset()));
    let mut planned = plan.days_of_year(first.year());
    for year in [first.year() - 1, first.year() + 1] {
        planned.extend(plan.days_of_year(year));
    }
    let mut days = Vec::new();
    let mut date = begin;
    while days.len() % 7 != 0 || date.month() == first.month() || days.is_empty() || date < first {
        days.push(day(desk, &plan, &planned, &village, first, date)?);
        date = date_after(date, 1);
        if days.len() >= 42 {
            break;
        }
    }
    Ok(VisitMonthView {
        village_name: desk.tree.name(&village).to_owned(),
        villages: villages(desk),
        month: first,
        days,
        calendar_until: plan.calendar.known_until(),
        village,
    })
}

fn villages(desk: &OpenDesk) -> Vec<(OrgCode, String)> {
    desk.tree
        .units()
        .filter(|unit| unit.level == OrgLevel::Village)
        .map(|unit| (unit.code.clone(), unit.name.clone()))
        .collect()
}

fn day(
    desk: &mut OpenDesk,
    plan: &VisitPlan,
    planned: &[PlannedDay],
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
    let visit = planned.iter().find(|day| day.on == date);
    Ok(MonthDay {
        date,
        inside: date.month() == month.month(),
        note: note.to_owned(),
        working,
        visit: visit.map(|day| visit_of(desk, plan, village, day)).transpose()?,
    })
}

/// A visit day with what was decided about it in the plan and in its own document.
fn visit_of(
    desk: &mut OpenDesk,
    plan: &VisitPlan,
    village: &OrgCode,
    day: &PlannedDay,
) -> Result<MonthVisit, Fault> {
    let nominal = day.nominal.to_string();
    let planned = day.reason.as_ref().map(|reason| reason.label().to_owned());
    let mut visit = MonthVisit {
        reason: planned.unwrap_or_default(),
        cancelled: matches!(plan.decision(day.nominal), Some(Decision::Cancelled { .. })),
        people: 0,
        nominal,
    };
    let id = document_id(village, &visit.nominal);
    if let Some(Projection::VisitDay(projection)) = desk.projection(id)? {
        for entry in projection.common.entries.iter().filter_map(|row| row.entry()) {
            match entry {
                Entry::WalkIn { people, .. } => visit.people += people,
                Entry::DayCancelled { reason } => {
                    visit.cancelled = true;
                    visit.reason = reason.clone();
                }
                Entry::DayMoved { to, reason } => visit.reason = format!("改到 {to}：{reason}"),
                _ => {}
            }
        }
    }
    Ok(visit)
}
