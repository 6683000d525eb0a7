//! 今天

use yidang_api::Fault;
use yidang_api::list::{CaseRow, DueView, Light, ListCaseFiles, Queue, Stage};
use yidang_api::today::{DueKind, DueRow, TodayView, WeekDay};
use yidang_domain::civil::{Date, date_after, days_between};
use yidang_domain::labels::label_of;

use crate::brief::Brief;
use crate::device::Device;
use crate::present::QUIET_AFTER_DAYS;
use crate::store::{CaseFilter, ReadCases};

use super::lists::on_day;

/// The home of the person signed in.
pub fn view(device: &mut Device) -> Result<TodayView, Fault> {
    let today = device.today();
    let sync = crate::sync::view(device)?;
    let visit = super::day::next(device)?;
    let desk = device.desk()?;
    let org_path = desk.person(today).org_path;
    let open = CaseFilter::of(&ListCaseFiles::of(Queue::Open), today);
    let rows = desk.store.cases(&open, 0, 500)?;
    let mut due = Vec::new();
    let mut promised = Vec::new();
    for stored in rows {
        let brief = stored.brief.clone();
        let row = on_day(stored, today);
        due.extend(to_do(&row, &brief, today));
        promised.extend(promise(&row, brief, today));
    }
    due.sort_by_key(|row| row.due.as_ref().map_or(Date::MAX, |due| due.on));
    promised.sort_by_key(|row| row.due.as_ref().map_or(Date::MAX, |due| due.on));
    let plan = match visit.as_ref().map(|visit| visit.village.clone()) {
        Some(village) => Some(super::plan::of_village(desk, &village, today)?),
        None => desk.reference.as_ref().map(|reference| reference.visit_plan()),
    };
    let visits: Vec<Date> = plan
        .iter()
        // The week may hold days of two years, and a day may be moved over New Year.
        .flat_map(|plan| (today.year() - 1..=today.year() + 1).map(|year| plan.days_of_year(year)))
        .flatten()
        .map(|day| day.on)
        .collect();
    Ok(TodayView {
        date: today,
        org_path,
        week: week(today, &due, &promised, &visits),
        open: desk.store.count_cases(&open)?,
        due,
        visit,
        promised,
        sync,
    })
}

fn who(row: &CaseRow) -> String {
    if row.parties.is_empty() { row.finder.clone() } else { row.parties.join("、") }
}

/// What a file asks of somebody today or soon.
fn to_do(row: &CaseRow, brief: &Brief, today: Date) -> Option<DueRow> {
    let line = |kind, what: String, due: Option<DueView>| {
        Some(DueRow { case: row.id, kind, who: who(row), what, due })
    };
    if row.clashes > 0 {
        let what = format!("两人改得不一样 · {}", row.matter);
        return line(DueKind::Clash, what, Some(DueView::new(today, today)));
    }
    if row.stage == Stage::Returned && !row.answered {
        let reason = brief
            .returned
            .as_ref()
            .map(|(field, reason)| format!("镇上退回 · {}：{reason}", label_of(field)))
            .unwrap_or_default();
        return line(DueKind::Returned, reason, row.due.clone());
    }
    let near = row.due.as_ref().filter(|due| due.light != Light::InTime || due.days <= 3);
    if row.stage == Stage::Accepted && near.is_some() {
        return line(DueKind::Settle, format!("化解时限 · {}", row.matter), row.due.clone());
    }
    let rests = days_between(row.last_on, today);
    if row.stage == Stage::Accepted && rests >= QUIET_AFTER_DAYS {
        let on = date_after(row.last_on, QUIET_AFTER_DAYS);
        let what = format!("{rests} 天没有新进展 · {}", row.matter);
        return line(DueKind::Quiet, what, Some(DueView::new(on, today)));
    }
    None
}

/// What was promised to people: agreements that are still to be performed.
fn promise(row: &CaseRow, brief: Brief, today: Date) -> Option<DueRow> {
    let (words, on) = brief.promised?;
    Some(DueRow {
        case: row.id,
        kind: DueKind::Perform,
        who: who(row),
        what: format!("履行 · {words}"),
        due: Some(DueView::new(on, today)),
    })
}

fn week(today: Date, due: &[DueRow], promised: &[DueRow], visits: &[Date]) -> Vec<WeekDay> {
    let monday = date_after(today, -i64::from(today.weekday().to_monday_zero_offset()));
    (0..7)
        .map(|offset| {
            let date = date_after(monday, offset);
            let count = due
                .iter()
                .chain(promised)
                .filter(|row| row.due.as_ref().is_some_and(|due| due.on == date))
                .count();
            WeekDay {
                date,
                due: u32::try_from(count).unwrap_or(u32::MAX),
                visit: visits.contains(&date),
            }
        })
        .collect()
}
