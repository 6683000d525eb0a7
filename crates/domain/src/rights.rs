//! Who may do what: a table that is data, deny by default.
//!
//! The same table is asked on the device, which then leaves out the button, and on the server,
//! which then refuses the change. `docs/rights.md` prints it.

use serde::{Deserialize, Serialize};

use crate::case_state::Stage;
use crate::entry::EntryKind;
use crate::org::Role;

/// Something somebody does to a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Begins a case file.
    OpenCaseFile,
    /// Writes a fact or a party of a case file.
    EditCaseFile,
    /// Begins or plans a visit day.
    EditVisitDay,
    /// Writes a household or its members.
    EditHousehold,
    /// Decides a clash of values.
    ResolveValue,
    /// Decides between two decisions.
    ResolveDecision,
    /// Adds an entry.
    Add(EntryKind),
}

impl Act {
    /// Every act that is not the adding of an entry.
    const BESIDE_ENTRIES: [Self; 6] = [
        Self::OpenCaseFile,
        Self::EditCaseFile,
        Self::EditVisitDay,
        Self::EditHousehold,
        Self::ResolveValue,
        Self::ResolveDecision,
    ];

    /// Every act of this version.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut acts = Self::BESIDE_ENTRIES.to_vec();
        acts.extend(EntryKind::ALL.map(Self::Add));
        acts
    }

    /// Whether both are the same; `==` cannot be asked at compile time.
    const fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Add(one), Self::Add(another)) => one as usize == another as usize,
            (Self::OpenCaseFile, Self::OpenCaseFile)
            | (Self::EditCaseFile, Self::EditCaseFile)
            | (Self::EditVisitDay, Self::EditVisitDay)
            | (Self::EditHousehold, Self::EditHousehold)
            | (Self::ResolveValue, Self::ResolveValue)
            | (Self::ResolveDecision, Self::ResolveDecision) => true,
            _ => false,
        }
    }
}

/// In which stages of a case file an act exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In any, and for documents that have none.
    Always,
    /// Until the file is closed.
    BeforeClosing,
    /// In these only.
    In(&'static [Stage]),
}

impl When {
    fn covers(self, stage: Option<Stage>) -> bool {
        match (self, stage) {
            (Self::Always, _) => true,
            (Self::BeforeClosing, stage) => stage != Some(Stage::Closed),
            (Self::In(stages), Some(stage)) => stages.contains(&stage),
            (Self::In(_), None) => false,
        }
    }
}

/// One row: what, in which stages, by which roles, each for documents within their assignments.
pub struct Row {
    /// What.
    pub act: Act,
    /// In which stages.
    pub when: When,
    /// By whom.
    pub roles: &'static [Role],
}

use Role::{CountyClerk, GridWorker, Mediator, Server, TownshipReviewer, VillageCadre};

/// Everybody who works on files.
const HANDLERS: &[Role] = &[GridWorker, VillageCadre, Mediator, TownshipReviewer, CountyClerk];
/// Those who judge what others reported.
const REVIEWERS: &[Role] = &[TownshipReviewer, CountyClerk];
/// Those who sit in the village.
const VISITORS: &[Role] = &[GridWorker, VillageCadre, Mediator, TownshipReviewer];

const fn row(act: Act, when: When, roles: &'static [Role]) -> Row {
    Row { act, when, roles }
}

/// The table. What is not in it may not be done.
pub const TABLE: &[Row] = &[
    row(Act::OpenCaseFile, When::Always, HANDLERS),
    row(Act::EditCaseFile, When::BeforeClosing, HANDLERS),
    row(Act::EditVisitDay, When::Always, VISITORS),
    row(Act::EditHousehold, When::Always, &[GridWorker, VillageCadre, Server]),
    row(Act::ResolveValue, When::BeforeClosing, HANDLERS),
    // Decisions stand in case files alone; elsewhere the entry would be a way to write.
    row(Act::ResolveDecision, When::In(&Stage::ALL), REVIEWERS),
    row(Act::Add(EntryKind::Found), When::In(&[Stage::Found]), HANDLERS),
    row(Act::Add(EntryKind::Accepted), When::In(&[Stage::Found, Stage::Returned]), REVIEWERS),
    row(
        Act::Add(EntryKind::Returned),
        When::In(&[Stage::Found, Stage::Returned, Stage::CloseAsked]),
        REVIEWERS,
    ),
    row(Act::Add(EntryKind::Visit), When::Always, HANDLERS),
    row(Act::Add(EntryKind::MediationSession), When::BeforeClosing, HANDLERS),
    row(Act::Add(EntryKind::Agreement), When::BeforeClosing, HANDLERS),
    row(Act::Add(EntryKind::CloseAsked), When::In(&[Stage::Accepted]), HANDLERS),
    row(Act::Add(EntryKind::Closed), When::In(&[Stage::CloseAsked]), REVIEWERS),
    row(Act::Add(EntryKind::Reopened), When::In(&[Stage::Closed]), REVIEWERS),
    row(Act::Add(EntryKind::Joined), When::BeforeClosing, REVIEWERS),
    row(Act::Add(EntryKind::ConflictResolved), When::Always, HANDLERS),
    row(Act::Add(EntryKind::NumberIssued), When::Always, &[Server]),
    row(Act::Add(EntryKind::Succeeds), When::Always, &[Server]),
    row(Act::Add(EntryKind::WalkIn), When::Always, VISITORS),
    row(Act::Add(EntryKind::WalkInAnswered), When::Always, VISITORS),
    row(Act::Add(EntryKind::DayMoved), When::Always, &[TownshipReviewer]),
    row(Act::Add(EntryKind::DayCancelled), When::Always, &[TownshipReviewer]),
    row(Act::Add(EntryKind::HouseholdSeen), When::Always, &[GridWorker, VillageCadre]),
    row(Act::Add(EntryKind::HouseholdMoved), When::Always, &[GridWorker, VillageCadre, Server]),
    row(Act::Add(EntryKind::HouseholdSplit), When::Always, &[GridWorker, VillageCadre]),
    row(Act::Add(EntryKind::HouseholdMerged), When::Always, &[GridWorker, VillageCadre, Server]),
    row(Act::Add(EntryKind::Imported), When::Always, &[Server]),
];

/// How many rows speak of `act`.
const fn rows_of(act: Act) -> usize {
    let (mut rest, mut rows) = (TABLE, 0);
    while let [row, more @ ..] = rest {
        if row.act.is(act) {
            rows += 1;
        }
        rest = more;
    }
    rows
}

// A kind of entry without a row of its own does not compile: nobody could write it, or, worse, two rows
// would speak of it and one would be forgotten when the other is changed.
const _: () = {
    let mut kinds: &[EntryKind] = &EntryKind::ALL;
    while let [kind, rest @ ..] = kinds {
        assert!(rows_of(Act::Add(*kind)) == 1, "an entry kind without one row in rights::TABLE");
        kinds = rest;
    }
    let mut acts: &[Act] = &Act::BESIDE_ENTRIES;
    while let [act, rest @ ..] = acts {
        assert!(rows_of(*act) == 1, "an act without one row in rights::TABLE");
        acts = rest;
    }
};

/// Whether `role`, within its assignment, may do `act` while the file stands at `stage` (`None`
/// for documents without stages).
#[must_use]
pub fn may(role: Role, act: Act, stage: Option<Stage>) -> bool {
    TABLE.iter().any(|row| row.act == act && row.roles.contains(&role) && row.when.covers(stage))
}

/// Everything `role` may do while the file stands at `stage`.
#[must_use]
pub fn acts(role: Role, stage: Option<Stage>) -> Vec<Act> {
    Act::all().into_iter().filter(|act| may(role, *act, stage)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_has_exactly_one_row_and_equals_itself_alone() {
        let all = Act::all();
        for act in &all {
            assert_eq!(rows_of(*act), 1, "{act:?}");
            assert_eq!(all.iter().filter(|other| act.is(**other)).count(), 1, "{act:?}");
        }
    }

    #[test]
    fn a_decision_is_settled_in_a_file_and_nowhere_else() {
        assert!(may(TownshipReviewer, Act::ResolveDecision, Some(Stage::Closed)));
        assert!(!may(TownshipReviewer, Act::ResolveDecision, None));
    }

    #[test]
    fn a_grid_worker_reports_and_a_township_judges() {
        let accept = Act::Add(EntryKind::Accepted);
        assert!(!may(GridWorker, accept, Some(Stage::Found)));
        assert!(may(TownshipReviewer, accept, Some(Stage::Found)));
        assert!(!may(TownshipReviewer, accept, Some(Stage::Closed)));
    }

    #[test]
    fn nobody_but_the_server_issues_numbers() {
        let number = Act::Add(EntryKind::NumberIssued);
        for role in HANDLERS {
            assert!(!may(*role, number, Some(Stage::Accepted)));
        }
        assert!(may(Server, number, Some(Stage::Accepted)));
    }

    #[test]
    fn a_closed_file_takes_visits_and_nothing_else_from_a_grid_worker() {
        let acts = acts(GridWorker, Some(Stage::Closed));
        assert!(acts.contains(&Act::Add(EntryKind::Visit)));
        assert!(!acts.contains(&Act::EditCaseFile));
        assert!(!acts.contains(&Act::Add(EntryKind::Agreement)));
    }
}
