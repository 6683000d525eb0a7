//! People of the whole unit, by name, number tail, door plate or address.

use std::collections::BTreeSet;

use yidang_api::Fault;
use yidang_api::household::{ConsultPeople, PeopleView, PersonRow};
use yidang_domain::finding::{is_in_name, query, words};
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::org::OrgLevel;

use super::{is_within, outside, purpose, units};
use crate::hall::Counter;
use crate::register::Register;
use crate::store::HouseholdLine;

/// No answer has more rows.
const MOST_ROWS: u32 = 100;
/// So many letters and digits are asked for at least; of Han characters one is enough.
const SHORTEST: usize = 3;

/// Looks for people in the units of whoever asks, and writes down what they looked for.
pub fn people(counter: &Counter<'_>, question: &ConsultPeople) -> Result<PeopleView, Fault> {
    let purpose = purpose(&question.purpose)?;
    let text = question.text.trim();
    let query = query(text)
        .filter(|_| is_enough(text))
        .ok_or_else(|| Fault::invalid("text", "one Han character or three letters or digits"))?;
    let register = counter.register()?;
    let units = match (units(counter, &register)?, &question.org) {
        (units, Some(org)) if is_within(&register, org, &units) => vec![org.clone()],
        (_, Some(_)) => return Err(outside()),
        (units, None) => units,
    };
    let keys = keys(&register, &units);
    counter.consulted(&format!("consult_people {text}"), purpose, None)?;
    let (total, lines) = counter.app.read(|db| db.find_households(&query, &keys, MOST_ROWS))?;
    let words = words(text);
    let mut rows: Vec<PersonRow> =
        lines.iter().flat_map(|line| persons(&register, line, &words)).collect();
    let more = u32::try_from(rows.len().saturating_sub(lines.len())).unwrap_or(u32::MAX);
    rows.truncate(usize::try_from(MOST_ROWS).unwrap_or(usize::MAX));
    Ok(PeopleView { total: total.saturating_add(more), rows })
}

/// One character of a name says something; one letter or digit would list everybody.
fn is_enough(text: &str) -> bool {
    let is_han = |c: char| c.is_alphanumeric() && !c.is_ascii();
    text.chars().any(is_han) || text.chars().filter(|c| c.is_alphanumeric()).count() >= SHORTEST
}

/// Where lines of households are looked for: townships, villages, and grids with those that joined
/// them; nothing for the whole county.
fn keys(register: &Register, units: &[OrgCode]) -> Vec<String> {
    let tree = register.tree();
    let level = |org: &OrgCode| tree.find(org).map(|unit| unit.level);
    if units.iter().any(|org| level(org) == Some(OrgLevel::County)) {
        return Vec::new();
    }
    let mut keys: BTreeSet<&OrgCode> = units.iter().collect();
    let grids: Vec<&OrgCode> =
        units.iter().filter(|org| level(org) == Some(OrgLevel::Grid)).collect();
    if !grids.is_empty() {
        let below = tree.units().map(|unit| &unit.code);
        keys.extend(below.filter(|code| grids.iter().any(|grid| tree.is_within(code, grid))));
    }
    keys.into_iter().map(|code| code.0.clone()).collect()
}

/// The members whose names were meant, or the head where something else of the household was found.
fn persons(register: &Register, line: &HouseholdLine, words: &[String]) -> Vec<PersonRow> {
    let members: Vec<(String, String)> = serde_json::from_str(&line.members).unwrap_or_default();
    let is_meant = |name: &str| words.iter().any(|word| is_in_name(name, word));
    let place = register.place(&OrgCode(line.org.clone()));
    let row = |name: &str, relation: &str| PersonRow {
        household: DocumentId::from_bytes(line.document),
        name: name.to_owned(),
        relation: relation.to_owned(),
        head: line.head.clone(),
        door_plate: line.door_plate.clone(),
        address: line.address.clone(),
        place: place.clone(),
    };
    let meant: Vec<PersonRow> = members
        .iter()
        .filter(|(name, _)| is_meant(name))
        .map(|(name, relation)| row(name, relation))
        .collect();
    if meant.is_empty() { vec![row(&line.head, "户主")] } else { meant }
}
