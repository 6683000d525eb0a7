//! A grid is split.

use yidang_api::Fault;
use yidang_api::admin::{GridChanged, SplitGrid};
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{Assignment, OrgLevel, OrgTree, OrgUnit, Role};

use super::{Plan, change, open_grid};
use crate::hall::Counter;
use crate::hall::admin::checked_name;
use crate::register::Register;
use crate::store::{Db, HouseholdLine};

/// Makes a grid beside another one and moves the named households there. Case files stay in the old
/// grid, also those of households that move: where a matter is worked on is for people to decide.
pub fn split(counter: &Counter<'_>, question: &SplitGrid) -> Result<GridChanged, Fault> {
    counter.require_administrator()?;
    let name = checked_name(&question.name)?;
    change(counter, "split_grid", |db, register| plan(counter, db, register, question, name))
}

fn plan(
    counter: &Counter<'_>,
    db: &Db<'_>,
    register: &Register,
    question: &SplitGrid,
    name: String,
) -> Result<Plan, Fault> {
    let (old, village) = open_grid(register, &question.grid, "grid")?;
    check_name(register.tree(), &village.code, &name)?;
    check_worker(register, question.worker.as_ref())?;
    let (moving, unknown) = named(&db.households_in(old.code.as_str())?, &question.households);
    if moving.is_empty() && !unknown.is_empty() {
        return Err(Fault::invalid("households", "none of them lies in the grid"));
    }
    let code = next_code(register.tree(), &old.code)
        .ok_or_else(|| Fault::invalid("grid", "the village has no free code"))?;
    let assignment = |user: &UserId| Assignment {
        user: user.clone(),
        org: code.clone(),
        role: Role::GridWorker,
        from: counter.today,
        to: None,
    };
    Ok(Plan {
        assignments: question.worker.iter().map(assignment).collect(),
        units: vec![OrgUnit { code: code.clone(), name, closed_on: None, ..old.clone() }],
        moving,
        to: code,
        closes: None,
        unknown,
    })
}

/// No two open grids of a village are called alike.
fn check_name(tree: &OrgTree, village: &OrgCode, name: &str) -> Result<(), Fault> {
    let is_taken = tree.units().any(|unit| {
        unit.level == OrgLevel::Grid
            && unit.closed_on.is_none()
            && unit.name == name
            && tree.is_within(&unit.code, village)
    });
    if is_taken { Err(Fault::invalid("name", "another grid has this name")) } else { Ok(()) }
}

fn check_worker(register: &Register, worker: Option<&UserId>) -> Result<(), Fault> {
    match worker {
        Some(user) if register.name_of(user).is_none() => {
            Err(Fault::invalid("worker", "nobody of the register"))
        }
        _ => Ok(()),
    }
}

/// The households that these lines name by door plate, or where none has it by household number, and
/// the lines that name none.
fn named(lines: &[HouseholdLine], names: &[String]) -> (Vec<HouseholdLine>, Vec<String>) {
    let mut moving: Vec<HouseholdLine> = Vec::new();
    let mut unknown = Vec::new();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        let mut found: Vec<&HouseholdLine> =
            lines.iter().filter(|line| line.door_plate == name).collect();
        if found.is_empty() {
            found = lines.iter().filter(|line| line.household_no == name).collect();
        }
        if found.is_empty() {
            unknown.push(name.to_owned());
        }
        for line in found {
            if !moving.contains(line) {
                moving.push(line.clone());
            }
        }
    }
    (moving, unknown)
}

/// Grids of a village are counted with so many digits.
const COUNT_DIGITS: usize = 3;

/// The code after the last one of the same village and kind: grids of one kind differ in their last
/// digits only. Where those are used up, the first that is free.
fn next_code(tree: &OrgTree, grid: &OrgCode) -> Option<OrgCode> {
    let code = grid.as_str();
    let (kind, digits) = code.split_at_checked(code.len().checked_sub(COUNT_DIGITS)?)?;
    digits.parse::<u16>().ok()?;
    let used: Vec<u16> = tree
        .units()
        .filter_map(|unit| unit.code.as_str().strip_prefix(kind))
        .filter(|rest| rest.len() == COUNT_DIGITS)
        .filter_map(|rest| rest.parse().ok())
        .collect();
    let after = used.iter().max().map_or(1, |last| last + 1);
    let free = (after..=999).chain(1..=999).find(|number| !used.contains(number))?;
    Some(OrgCode(format!("{kind}{free:03}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(codes: &[&str]) -> OrgTree {
        OrgTree::new(codes.iter().map(|code| OrgUnit::plain(code, "网格", OrgLevel::Grid, None)))
    }

    #[test]
    fn a_new_grid_follows_the_last_one_of_its_kind() {
        let tree = tree(&["6106211032031001", "6106211032032001", "6106211032032012"]);
        let next = |code: &str| next_code(&tree, &code.into()).map(|code| code.0);
        assert_eq!(next("6106211032032001").as_deref(), Some("6106211032032013"));
        assert_eq!(next("6106211032031001").as_deref(), Some("6106211032031002"));
        assert_eq!(next("甲"), None);
        assert_eq!(next("园区一号"), None);
    }

    #[test]
    fn where_the_last_digits_are_used_up_a_gap_is_taken() {
        let tree = tree(&["61062110320322001", "61062110320322999"]);
        let next = next_code(&tree, &"61062110320322001".into());
        assert_eq!(next, Some("61062110320322002".into()));
    }

    #[test]
    fn a_door_plate_comes_before_a_household_number_and_nothing_moves_twice() {
        let line = |n: u8, plate: &str, number: &str| HouseholdLine {
            document: [n; 16],
            door_plate: plate.into(),
            household_no: number.into(),
            ..HouseholdLine::default()
        };
        let lines = [line(1, "7", "0001"), line(2, "3-01", "7"), line(3, "", "0003")];
        let names = ["7", " 0003 ", "0001", "", "9-99"].map(str::to_owned);
        let (moving, unknown) = named(&lines, &names);
        assert_eq!(moving, [lines[0].clone(), lines[2].clone()]);
        assert_eq!(unknown, ["9-99"]);
    }
}
