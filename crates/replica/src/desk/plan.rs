//! The visit days of a village: the county's plan, and on top of it what was decided about single days
//! in their own documents.

use yidang_api::Fault;
use yidang_documents::Projection;
use yidang_domain::calendar::{Decision, Exception, NominalDay, VisitPlan};
use yidang_domain::civil::{Date, date_after, days_between};
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::reference::plan_of_village;

use super::day::document_id;
use crate::device::OpenDesk;

/// No day is moved farther than this; the documents of days beyond are not asked.
const FAR_DAYS: i64 = 100;

/// The plan of a village in the months around a date, as far as this device knows.
pub fn of_village(
    desk: &mut OpenDesk,
    village: &OrgCode,
    around: Date,
) -> Result<VisitPlan, Fault> {
    let Some(reference) = desk.reference.as_ref() else { return Ok(VisitPlan::default()) };
    let mut plan = plan_of_village(&reference.visit_plan(), &reference.village_days, village);
    for nominal in near(around) {
        let id = document_id(village, &nominal.to_string());
        if let Some(Projection::VisitDay(day)) = desk.projection(id)?
            && let Some(decision) = day.decision()
        {
            plan.exceptions.push(Exception { nominal, decision });
        }
    }
    Ok(plan)
}

/// The nominal day of the visit day `id` of a village in the months around a date; none where it is
/// no day of theirs.
pub fn nominal_of(village: &OrgCode, id: DocumentId, around: Date) -> Option<NominalDay> {
    near(around).into_iter().find(|nominal| document_id(village, &nominal.to_string()) == id)
}

/// The days whose names lie near a date, also those that the rule leaves out.
fn near(around: Date) -> Vec<NominalDay> {
    let (first, last) = (date_after(around, -FAR_DAYS), date_after(around, FAR_DAYS));
    let is_near = |nominal: &NominalDay| {
        // The 30th of February lies near the 1st of March.
        let date = nominal.date().or_else(|| Date::new(nominal.year(), 3, 1).ok());
        date.is_some_and(|date| days_between(date, around).abs() <= FAR_DAYS)
    };
    (first.year()..=last.year()).flat_map(NominalDay::of_year).filter(is_near).collect()
}

/// What was decided, in words: 改到11月21日：下雪 / 这一天取消：下雪
pub fn words(decision: &Decision) -> String {
    match decision {
        Decision::Moved { to, reason } => {
            format!("改到{}月{}日：{reason}", to.month(), to.day())
        }
        Decision::Cancelled { reason } => format!("这一天取消：{reason}"),
    }
}
