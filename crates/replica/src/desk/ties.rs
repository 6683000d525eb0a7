//! Which household came of which, seen from one of them: its own entries, and those of others here.

use yidang_api::Fault;
use yidang_api::household::{TieKind, TieView};
use yidang_documents::HouseholdProjection;
use yidang_domain::civil::Date;

use crate::device::OpenDesk;
use crate::present::household::{on_day, ties};
use crate::store::{ReadHouseholds, Tie};

/// The households that `household` came of, and those that came of it.
pub fn of(
    desk: &OpenDesk,
    household: &HouseholdProjection,
    today: Date,
) -> Result<Vec<TieView>, Fault> {
    let own = ties(household).into_iter().map(|tie| (own_kind(&tie), tie));
    let others = desk.store.ties_to(household.common.id)?;
    let others = others.into_iter().map(|tie| (kind_of_other(&tie), tie));
    let mut views = own
        .chain(others)
        .map(|(kind, tie)| {
            let row = desk.store.household_row(tie.other)?;
            let row = row.map(|row| on_day(row, today));
            Ok(TieView { kind, id: tie.other, on: tie.on, row })
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    views.sort_by_key(|view| place(view.kind));
    Ok(views)
}

const fn own_kind(tie: &Tie) -> TieKind {
    if tie.merged { TieKind::LivesOn } else { TieKind::Left }
}

const fn kind_of_other(tie: &Tie) -> TieKind {
    if tie.merged { TieKind::Joined } else { TieKind::CameOf }
}

/// Where it goes on stands first, where it came from next.
const fn place(kind: TieKind) -> u8 {
    match kind {
        TieKind::LivesOn => 0,
        TieKind::CameOf => 1,
        TieKind::Joined => 2,
        TieKind::Left => 3,
    }
}
