//! Grids that are split and joined.
//!
//! The register, the households that move and the documents whose readers change are written in one
//! transaction. A household that moves gets the new grid and an entry that says so, in the name of
//! the server; what a worker writes meanwhile on a device without a network stands beside that and is
//! taken with the rights of the grid it was written in. Case files are not written: in a split they
//! stay where they are, also those of people who moved; in a join the grid that ends becomes a part
//! of the other one, and its files are read by whoever works there.

mod merge;
mod split;

use serde::Serialize;
use yidang_api::Fault;
use yidang_api::admin::GridChanged;
use yidang_documents::{Edit, RegisterPath, Scalar};
use yidang_domain::entry::{DocumentKind, Entry};
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::org::{Assignment, OrgLevel, OrgUnit};

use super::{Counter, Staging};
use crate::county;
use crate::judge::own::OwnChange;
use crate::judge::shelf::Shelf;
use crate::judge::{Care, Judge};
use crate::kinds;
use crate::records::{self, RegisterRow};
use crate::register::Register;
use crate::reindex::reindex_under;
use crate::store::{Db, DocumentRow, HouseholdLine, StoreError};

pub use merge::merge;
pub use split::split;

/// Why households moved, in the words of their files.
const REASON: &str = "网格调整";

/// What a change of grids comes to.
#[derive(Debug, Serialize)]
struct Plan {
    /// New and changed units.
    units: Vec<OrgUnit>,
    /// New and changed assignments.
    assignments: Vec<Assignment>,
    /// Households that move.
    #[serde(skip)]
    moving: Vec<HouseholdLine>,
    /// The grid they move to.
    to: OrgCode,
    /// The grid that ends.
    closes: Option<OrgCode>,
    /// What was named and not found.
    #[serde(skip)]
    unknown: Vec<String>,
}

/// Plans a change on the register of this very moment and carries it out, once.
fn change(
    counter: &Counter<'_>,
    did: &str,
    plan: impl FnOnce(&Db<'_>, &Register) -> Result<Plan, Fault>,
) -> Result<GridChanged, Fault> {
    let mut staging = Staging(counter.app.shelf());
    let shelf: &mut Shelf = &mut staging.0;
    let changed = counter.once(|db| {
        let plan = plan(db, &county::read_register(db)?)?;
        carry_out(counter, db, shelf, did, plan)
    })?;
    staging.0.settle();
    Ok(changed)
}

fn carry_out(
    counter: &Counter<'_>,
    db: &Db<'_>,
    shelf: &mut Shelf,
    did: &str,
    plan: Plan,
) -> Result<GridChanged, Fault> {
    counter.record(db, did, &plan)?;
    for unit in &plan.units {
        records::put(db, &RegisterRow::Unit(unit.clone()), counter.now)?;
    }
    for assignment in &plan.assignments {
        records::put(db, &RegisterRow::Assignment(assignment.clone()), counter.now)?;
    }
    let register = county::read_register(db)?;
    let (county, workers) = (counter.app.county(), counter.app.workers());
    let mut judge = Judge::new(db, &register, county, workers, shelf, counter.now, Care::Ordinary)?;
    for line in &plan.moving {
        move_household(&mut judge, line, &plan.to)?;
    }
    let followed = match &plan.closes {
        Some(grid) => reindex_under(db, &register, grid, counter.now)?,
        None => Vec::new(),
    };
    Ok(GridChanged {
        households: u32::try_from(plan.moving.len()).unwrap_or(u32::MAX),
        files: count_open(db, &followed)?,
        grid: plan.to,
        unknown: plan.unknown,
    })
}

/// Writes into a household that it lies in another grid.
fn move_household(
    judge: &mut Judge<'_>,
    line: &HouseholdLine,
    to: &OrgCode,
) -> Result<(), StoreError> {
    let id = DocumentId::from_bytes(line.document);
    let document = judge
        .find(id)?
        .ok_or_else(|| StoreError::Damaged("a list names a household that is not there".into()))?;
    let edits = [
        Edit::Set(RegisterPath::of("facts", "grid"), Scalar::Text(to.to_string())),
        Edit::AddEntry(Entry::HouseholdMoved { to: to.clone(), reason: REASON.into() }),
    ];
    judge.write_own(document, &OwnChange { on: None, edits: &edits })?;
    Ok(())
}

/// How many of these documents are case files that are open.
fn count_open(db: &Db<'_>, documents: &[DocumentRow]) -> Result<u32, StoreError> {
    let mut count = 0;
    for row in documents {
        let is_case = kinds::kind_of(row.kind) == Some(DocumentKind::CaseFile);
        if is_case && db.case(&row.id)?.is_some_and(|case| case.stage != "closed") {
            count += 1;
        }
    }
    Ok(count)
}

/// A grid that still is one, with the village it lies in.
fn open_grid<'a>(
    register: &'a Register,
    grid: &OrgCode,
    field: &str,
) -> Result<(&'a OrgUnit, &'a OrgUnit), Fault> {
    let tree = register.tree();
    let unit = tree.find(grid).filter(|unit| unit.level == OrgLevel::Grid);
    let unit = unit.ok_or_else(|| Fault::invalid(field, "no grid of the county"))?;
    if unit.closed_on.is_some() {
        return Err(Fault::invalid(field, "the grid has ended"));
    }
    let village = tree.above(grid, OrgLevel::Village);
    let village = village.ok_or_else(|| Fault::invalid(field, "a grid without a village"))?;
    Ok((unit, village))
}
