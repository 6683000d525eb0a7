//! From projections to what screens show.

mod case_view;
pub mod household;
mod refusals;
mod row;
mod words;

pub use case_view::{Source, case_view, delivery, entry_view};
pub use refusals::{ACT, refusal};
pub use row::{case_keys, case_row};
pub use words::{QUIET_AFTER_DAYS, in_words, is_home_path, outbox_title, place_name, unit_name};

use crate::device::OpenDesk;
use yidang_api::list::Stage;
use yidang_domain::civil::Date;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::OrgCode;
use yidang_domain::org::OrgLevel;
use yidang_domain::rights::{Act, acts};

/// What the person of `desk` may do on `today` to a document of this kind that lies in `org`: on the
/// strength of their assignments, and as a guest of a visit team. The server decides the same
/// (`Posts::may`, `sync-server/src/judge/rights.rs`).
pub fn acts_of(
    desk: &OpenDesk,
    (kind, org): (DocumentKind, &OrgCode),
    stage: Option<Stage>,
    today: Date,
) -> Vec<Act> {
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
            // A visit day lies in the village; whoever works in one of its grids works on it.
            let village = desk.tree.above(org, OrgLevel::Village).map(|unit| &unit.code);
            desk.tree.is_within(org, &assignment.org)
                || village.is_some_and(|village| guest.contains(village))
                || kind == DocumentKind::VisitDay && desk.tree.is_within(&assignment.org, org)
        })
        .flat_map(|assignment| acts(assignment.role, stage))
        .collect();
    may.sort();
    may.dedup();
    may
}
