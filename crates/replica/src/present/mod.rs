//! From projections to what screens show.

mod case_view;
pub mod household;
mod row;
mod words;

pub use case_view::{Source, case_view, delivery, entry_view};
pub use row::{case_keys, case_row};
pub use words::{QUIET_AFTER_DAYS, is_home_path, outbox_title, place_name, unit_name};

use crate::device::OpenDesk;
use yidang_api::list::Stage;
use yidang_domain::civil::Date;
use yidang_domain::ids::OrgCode;
use yidang_domain::org::OrgLevel;
use yidang_domain::rights::{Act, acts};

/// What the person of `desk` may do to a document that lies in `org`, on `today`: on the strength
/// of their assignments, and as a guest of a visit team.
pub fn acts_of(desk: &OpenDesk, org: &OrgCode, stage: Option<Stage>, today: Date) -> Vec<Act> {
    let Some(reference) = &desk.reference else { return Vec::new() };
    let guest = yidang_domain::reference::guest_villages(
        &reference.teams,
        &reference.visit_plan(),
        &reference.village_days,
        &desk.user(),
        today,
    );
    let mut may: Vec<Act> = reference
        .assignments_on(today)
        .filter(|assignment| {
            let village = desk.tree.above(org, OrgLevel::Village).map(|unit| &unit.code);
            desk.tree.is_within(org, &assignment.org)
                || village.is_some_and(|village| guest.contains(village))
                || is_own_village(desk, org, &assignment.org)
        })
        .flat_map(|assignment| acts(assignment.role, stage))
        .collect();
    may.sort();
    may.dedup();
    may
}

/// A visit day lies in the village; whoever works in one of its grids works on it.
fn is_own_village(desk: &OpenDesk, org: &OrgCode, assigned: &OrgCode) -> bool {
    let is_village = desk.tree.find(org).is_some_and(|unit| unit.level == OrgLevel::Village);
    is_village && desk.tree.is_within(assigned, org)
}
