//! What a newer sheet changes in the document of a household. Pure.
//!
//! Sheets write a branch of their own: each change stands on the one before it, as if nobody else
//! had written. What workers wrote meanwhile stays beside it, and where both changed one register,
//! both values show as a clash. So a sheet never covers a worker's word, however old it is.

use std::collections::HashMap;

use yidang_documents::{
    ChangeHash, Document, DocumentError, Edit, HouseholdProjection, Projection, RegisterPath,
    Scalar, project,
};
use yidang_domain::ids::ItemKey;

use crate::households::{HouseholdData, MemberData};

/// What is to be written into one document.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// On the branch of the sheets.
    pub branch: Vec<Edit>,
    /// On the present state: empty fields of members whom workers wrote down.
    pub present: Vec<Edit>,
    /// Values that a worker had changed meanwhile.
    pub clashes: u32,
}

/// Where the branch of the sheets ends in a document: at `heads`, or where it was born.
///
/// # Errors
///
/// Only if the engine fails.
pub fn branch_of(
    document: &Document,
    heads: &[ChangeHash],
) -> Result<Vec<ChangeHash>, DocumentError> {
    if !heads.is_empty() && heads.iter().all(|hash| document.has(hash)) {
        return Ok(heads.to_vec());
    }
    Ok(Document::begin(document.kind(), document.id(), document.home())?.heads())
}

/// What a sheet that said `before` and says `after` changes in a document whose branch of sheets
/// ends at `branch`.
#[must_use]
pub fn between(
    document: &Document,
    branch: &[ChangeHash],
    before: &HouseholdData,
    after: &HouseholdData,
) -> Difference {
    let mut difference = Difference::default();
    let Projection::Household(now) = project(document) else { return difference };
    let former: HashMap<&str, &str> = before.facts().into_iter().collect();
    for (field, value) in after.facts() {
        let was = former.get(field).copied().unwrap_or_default();
        let shown = now.fact(field);
        if was == value || shown == value {
            continue;
        }
        difference.clashes += u32::from(shown != was);
        let value = Scalar::Text(value.to_owned());
        difference.branch.push(Edit::Set(RegisterPath::of("facts", field), value));
    }
    if before.members != after.members {
        let known = names_on(document, branch);
        let former: HashMap<&str, &MemberData> =
            before.members.iter().map(|member| (member.name.as_str(), member)).collect();
        for member in &after.members {
            let was = former.get(member.name.as_str()).copied();
            if was != Some(member) {
                change_member(&now, &known, was, member, &mut difference);
            }
        }
    }
    difference
}

/// The members as the sheets know them: a worker may have mended a name since.
fn names_on(document: &Document, branch: &[ChangeHash]) -> HashMap<String, ItemKey> {
    let reading = document.read_at(branch);
    let items = reading.items.get("members").map(Vec::as_slice).unwrap_or_default();
    let name = |item: &yidang_documents::Item| {
        let register = item.registers.iter().find(|register| register.field == "name")?;
        Some((register.shown()?.value.as_text(), item.key.clone()))
    };
    items.iter().filter_map(name).collect()
}

fn change_member(
    now: &HouseholdProjection,
    known: &HashMap<String, ItemKey>,
    was: Option<&MemberData>,
    member: &MemberData,
    difference: &mut Difference,
) {
    let on_branch = known.get(&member.name);
    let row = match on_branch {
        Some(key) => now.members.iter().find(|row| row.key == *key),
        None => now.members.iter().find(|row| row.text("name") == member.name),
    };
    let Some(row) = row else {
        difference.branch.push(Edit::AddItem("members", member.fields()));
        return;
    };
    let former: HashMap<&str, Scalar> =
        was.map(MemberData::fields).unwrap_or_default().into_iter().collect();
    for (field, value) in member.fields() {
        let was = former.get(field);
        let shown = row.fields.get(field).map(|marked| &marked.value);
        if was == Some(&value) || shown == Some(&value) {
            continue;
        }
        let is_changed = shown != was;
        let path = RegisterPath::of_item("members", &row.key, field);
        if on_branch.is_some() {
            difference.clashes += u32::from(is_changed);
            difference.branch.push(Edit::Set(path, value));
        } else if shown.is_none_or(|shown| shown.as_text().is_empty()) || shown == was {
            difference.present.push(Edit::Set(path, value));
        } else {
            // Whoever wrote this member down said it first; a branch that does not have the member
            // cannot contradict, so the worker's value stays and is counted.
            difference.clashes += 1;
        }
    }
}

/// What is known after a newer sheet: what it says, and what it does not speak of. A member who is
/// in it no more stays: whether somebody left is for people to say.
#[must_use]
pub fn overlay(before: &HouseholdData, sheet: &HouseholdData) -> HouseholdData {
    let text = |new: &String, old: &String| if new.is_empty() { old.clone() } else { new.clone() };
    let mut members = before.members.clone();
    for member in &sheet.members {
        match members.iter_mut().find(|known| known.name == member.name) {
            Some(known) => {
                known.relation = text(&member.relation, &known.relation);
                known.phone = text(&member.phone, &known.phone);
                known.birth_year = member.birth_year.or(known.birth_year);
            }
            None => members.push(member.clone()),
        }
    }
    HouseholdData {
        grid: text(&sheet.grid, &before.grid),
        household_no: text(&sheet.household_no, &before.household_no),
        head: text(&sheet.head, &before.head),
        address: text(&sheet.address, &before.address),
        door_plate: text(&sheet.door_plate, &before.door_plate),
        needs: text(&sheet.needs, &before.needs),
        members,
    }
}
