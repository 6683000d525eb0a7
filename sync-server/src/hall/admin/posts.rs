//! Who works where.

use yidang_api::Fault;
use yidang_api::admin::{PutAssignment, RegisterChanged};
use yidang_domain::org::{Assignment, OrgUnit, Role};

use super::changed;
use crate::hall::Counter;
use crate::records::{self, RegisterRow};
use crate::store::Db;

/// Gives an assignment, or changes until when it holds: person, unit, role and first day name it.
pub fn put_assignment(
    counter: &Counter<'_>,
    question: &PutAssignment,
) -> Result<RegisterChanged, Fault> {
    counter.require_administrator()?;
    let assignment = Assignment {
        user: question.user.clone(),
        org: question.org.clone(),
        role: question.role,
        from: question.from,
        to: question.to,
    };
    counter.once(|db| {
        check(db, &assignment)?;
        counter.record(db, "put_assignment", &assignment)?;
        records::put(db, &RegisterRow::Assignment(assignment.clone()), counter.now)?;
        changed(db, Some(&assignment.user))
    })
}

fn check(db: &Db<'_>, wanted: &Assignment) -> Result<(), Fault> {
    if !db.users()?.iter().any(|person| person.user == wanted.user) {
        return Err(Fault::invalid("user", "nobody of the register"));
    }
    let units = db.units()?;
    let unit = units
        .iter()
        .find(|unit| unit.code == wanted.org)
        .ok_or_else(|| Fault::invalid("org", "no unit of the county"))?;
    if wanted.role == Role::Server {
        return Err(Fault::invalid("role", "a role that nobody can have"));
    }
    if wanted.to.is_some_and(|to| to < wanted.from) {
        return Err(Fault::invalid("to", "it ends before it begins"));
    }
    check_open(unit, wanted)
}

/// In a grid that ended nobody works longer than it was one.
fn check_open(unit: &OrgUnit, wanted: &Assignment) -> Result<(), Fault> {
    let outlasts = |last| wanted.to.is_none_or(|to| to > last);
    if unit.closed_on.is_some_and(outlasts) {
        return Err(Fault::invalid("org", "the unit has ended"));
    }
    Ok(())
}
