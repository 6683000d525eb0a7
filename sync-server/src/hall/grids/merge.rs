//! A grid joins another one.

use yidang_api::Fault;
use yidang_api::admin::{GridChanged, MergeGrid};
use yidang_domain::civil::Date;
use yidang_domain::ids::OrgCode;
use yidang_domain::org::{Assignment, OrgLevel, OrgUnit, Role};

use super::{Plan, change, open_grid};
use crate::hall::Counter;
use crate::register::Register;
use crate::store::Db;

/// Joins a grid to another one of its village. Its households move; it ends today and becomes a part
/// of the other grid, so that its case files are read by whoever works there though nobody writes
/// into them. Whoever had no other grid works in the other one from today.
pub fn merge(counter: &Counter<'_>, question: &MergeGrid) -> Result<GridChanged, Fault> {
    counter.require_administrator()?;
    change(counter, "merge_grid", |db, register| plan(counter.today, db, register, question))
}

fn plan(
    today: Date,
    db: &Db<'_>,
    register: &Register,
    question: &MergeGrid,
) -> Result<Plan, Fault> {
    let (ending, village) = open_grid(register, &question.grid, "grid")?;
    let (into, other_village) = open_grid(register, &question.into, "into")?;
    if village != other_village {
        return Err(Fault::invalid("into", "a grid of another village"));
    }
    if register.tree().is_within(&into.code, &ending.code) {
        return Err(Fault::invalid("into", "the grid that ends, or a part of it"));
    }
    Ok(Plan {
        units: units(register, ending, &into.code, today),
        assignments: assignments(register, &ending.code, &into.code, today),
        moving: db.households_in(ending.code.as_str())?,
        to: into.code.clone(),
        closes: Some(ending.code.clone()),
        unknown: Vec::new(),
    })
}

/// The grid that ends lies in the other one from now on, and so does what lay in it: grids that had
/// joined it before would otherwise lie deeper with every join.
fn units(register: &Register, ending: &OrgUnit, into: &OrgCode, today: Date) -> Vec<OrgUnit> {
    let below = register.tree().children(&ending.code).cloned();
    let moved = |unit: OrgUnit| OrgUnit { parent: Some(into.clone()), ..unit };
    let closed = OrgUnit { closed_on: Some(today), ..ending.clone() };
    below.chain([closed]).map(moved).collect()
}

/// Assignments to the grid end today, those that would begin later never hold; whoever has no other
/// grid gets the other one for as long.
fn assignments(
    register: &Register,
    ending: &OrgCode,
    into: &OrgCode,
    today: Date,
) -> Vec<Assignment> {
    let goes_on = |post: &&Assignment| post.to.is_none_or(|to| to > today);
    let mut changed = Vec::new();
    for post in register.assignments().iter().filter(|post| post.org == *ending).filter(goes_on) {
        changed.push(Assignment { to: Some(today), ..post.clone() });
        if post.role == Role::GridWorker && !has_other_grid(register, post, today) {
            let from = post.from.max(today);
            changed.push(Assignment { org: into.clone(), from, ..post.clone() });
        }
    }
    changed
}

/// Whether the person of an assignment works in another grid longer than today.
fn has_other_grid(register: &Register, ending: &Assignment, today: Date) -> bool {
    let is_grid =
        |org: &OrgCode| register.tree().find(org).is_some_and(|unit| unit.level == OrgLevel::Grid);
    register.assignments_of(&ending.user).any(|post| {
        post.org != ending.org
            && post.role == Role::GridWorker
            && is_grid(&post.org)
            && post.to.is_none_or(|to| to > today)
    })
}
