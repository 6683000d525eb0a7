//! Units of the county.

use std::collections::BTreeMap;

use yidang_api::Fault;
use yidang_api::admin::{UnitView, UnitsQuestion};
use yidang_domain::finding::words;
use yidang_domain::ids::OrgCode;
use yidang_domain::org::OrgUnit;

use super::names_unit;
use crate::hall::Counter;
use crate::register::Register;

/// A search finds no more units.
const MOST_FOUND: usize = 200;

/// The units right below one, or those that a text names. Each comes with the names above it: two
/// townships may have a village of one name.
pub fn units(counter: &Counter<'_>, question: &UnitsQuestion) -> Result<Vec<UnitView>, Fault> {
    counter.require_administrator()?;
    let register = counter.register()?;
    let words = words(&question.text);
    let county = counter.app.county().unit();
    let units: Vec<&OrgUnit> = if words.is_empty() {
        let parent = question.parent.as_ref().unwrap_or(&county);
        register.tree().children(parent).collect()
    } else {
        let found = register.tree().units().filter(|unit| fits(&register, unit, &words));
        found.take(MOST_FOUND).collect()
    };
    let children = count_children(&register);
    Ok(units.into_iter().map(|unit| view(&register, &children, unit)).collect())
}

/// Every word is found, one of them in the unit itself: 雷赤 下驿 is the village, not its grids.
fn fits(register: &Register, unit: &OrgUnit, words: &[String]) -> bool {
    let place = register.place(&unit.code).to_lowercase();
    let code = unit.code.as_str();
    words.iter().any(|word| names_unit(code, &unit.name.to_lowercase(), word))
        && words.iter().all(|word| names_unit(code, &place, word))
}

fn count_children(register: &Register) -> BTreeMap<&OrgCode, u32> {
    let mut counts = BTreeMap::new();
    for parent in register.tree().units().filter_map(|unit| unit.parent.as_ref()) {
        *counts.entry(parent).or_default() += 1;
    }
    counts
}

fn view(register: &Register, children: &BTreeMap<&OrgCode, u32>, unit: &OrgUnit) -> UnitView {
    let mut above = register.path(&unit.code);
    above.pop();
    UnitView {
        org: unit.code.clone(),
        name: unit.name.clone(),
        level: unit.level,
        place: above.join(" · "),
        children: children.get(&unit.code).copied().unwrap_or_default(),
        closed_on: unit.closed_on,
    }
}
