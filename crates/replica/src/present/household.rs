//! What lists and pages show of a household.

use yidang_api::case_file::{ClashValue, ClashView, EntryView, FactView};
use yidang_api::household::{HouseholdRow, MemberView};
use yidang_documents::HouseholdProjection;
use yidang_documents::project::Clash;
use yidang_domain::civil::Date;
use yidang_domain::entry::Entry;
use yidang_domain::finding::{initials, tails, tokens};
use yidang_domain::household::HOUSEHOLD_FACTS;
use yidang_domain::org::{OrgLevel, OrgTree};

use super::entry_view;
use super::words::{about, shown_value};
use crate::people::People;
use crate::store::{HouseholdKeys, OnItsWay, Store, Tie};

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The row of a household. What only this device knows is filled in when the row is read.
pub fn household_row(tree: &OrgTree, household: &HouseholdProjection) -> HouseholdRow {
    let grid = household.grid();
    HouseholdRow {
        id: household.common.id,
        head: household.fact("head"),
        door_plate: household.fact("door_plate"),
        address: household.fact("address"),
        village: tree.village_name(&grid),
        grid_name: tree.name(&grid).to_owned(),
        grid,
        people: count(household.living().count()),
        needs: household.fact("needs"),
        seen_on: household.seen_on(),
        to_see: false,
        open_files: 0,
        clashes: count(household.common.clashes.len()),
        waiting: 0,
    }
}

/// Whether nobody was there in the month of `today`.
pub fn on_day(row: HouseholdRow, today: Date) -> HouseholdRow {
    let seen =
        row.seen_on.is_some_and(|on| (on.year(), on.month()) == (today.year(), today.month()));
    HouseholdRow { to_see: !seen, ..row }
}

/// What a household is found by.
pub fn household_keys(tree: &OrgTree, household: &HouseholdProjection) -> HouseholdKeys {
    let grid = household.grid();
    let code = |level| {
        tree.above(&grid, level).map(|unit| unit.code.as_str().to_owned()).unwrap_or_default()
    };
    HouseholdKeys {
        village: code(OrgLevel::Village),
        township: code(OrgLevel::Township),
        plate: sortable(&household.fact("door_plate")),
        gone: household.merged_into().is_some(),
        members: household
            .living()
            .map(|member| (member.text("name"), member.text("relation")))
            .collect(),
        ties: ties(household),
        words: words(household),
    }
}

/// The households that came of this one: those that members left for, and the one it lives on in.
pub fn ties(household: &HouseholdProjection) -> Vec<Tie> {
    let lives_on = household.merged_into();
    let mut ties: Vec<Tie> = Vec::new();
    for row in &household.common.entries {
        let (other, merged) = match row.entry() {
            Some(Entry::HouseholdSplit { into, .. }) => (*into, false),
            Some(Entry::HouseholdMerged { into, .. }) if lives_on == Some(*into) => (*into, true),
            _ => continue,
        };
        let is_new = !ties.iter().any(|tie| tie.other == other && tie.merged == merged);
        if is_new && other != household.common.id {
            ties.push(Tie { other, merged, on: row.header.as_ref().map(|header| header.on) });
        }
    }
    ties
}

/// Numbers of a door plate with noughts in front, so that they sort as numbers.
fn sortable(plate: &str) -> String {
    let mut sorted = String::new();
    let mut digits = String::new();
    for c in plate.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            sorted.push_str(&format!("{digits:0>6}"));
            digits.clear();
        }
        if c != '\0' {
            sorted.push(c);
        }
    }
    sorted
}

fn words(household: &HouseholdProjection) -> String {
    let mut words = String::new();
    let head = household.fact("head");
    words.push_str(&tokens(&head));
    words.push_str(&initials(&head));
    words.push_str(" 0x0 ");
    for fact in ["door_plate", "address", "household_no", "needs"] {
        words.push_str(&tokens(&household.fact(fact)));
        words.push_str(" 0x0 ");
    }
    words.push_str(&tails(&household.fact("household_no")));
    for member in household.living() {
        let (name, phone) = (member.text("name"), member.text("phone"));
        words.push_str(&tokens(&name));
        words.push_str(&initials(&name));
        words.push_str(&tokens(&phone));
        words.push_str(&tails(&phone));
        words.push_str(" 0x0 ");
    }
    words
}

/// Facts in the order of a form.
pub fn facts(
    tree: &OrgTree,
    household: &HouseholdProjection,
    people: &mut People<'_, Store>,
) -> Vec<FactView> {
    HOUSEHOLD_FACTS
        .iter()
        .map(|field| {
            let marked = household.facts.get(field.name);
            let value = marked.map(|marked| marked.value.as_text()).unwrap_or_default();
            let path = format!("facts.{}", field.name);
            FactView {
                field: field.name.to_owned(),
                label: field.label.to_owned(),
                shown: shown_value(tree, &path, &value),
                value,
                written: marked.map(|marked| people.of(&marked.mark)),
                clashes: household.common.clashes.iter().any(|clash| clash.field == path),
            }
        })
        .collect()
}

/// Members, those who left last.
pub fn members(household: &HouseholdProjection) -> Vec<MemberView> {
    let is_set =
        |member: &yidang_documents::project::ItemRow, field: &str| member.text(field) == "true";
    let mut members: Vec<MemberView> = household
        .members
        .iter()
        .map(|member| {
            let prefix = format!("members.{}.", member.key);
            MemberView {
                key: member.key.clone(),
                name: member.text("name"),
                relation: member.text("relation"),
                birth_year: member.text("birth_year").parse().ok(),
                phone: member.text("phone"),
                clashes: household
                    .common
                    .clashes
                    .iter()
                    .filter_map(|clash| clash.field.strip_prefix(&prefix))
                    .map(str::to_owned)
                    .collect(),
                gone: is_set(member, "left") || is_set(member, "withdrawn"),
            }
        })
        .collect();
    members.sort_by_key(|member| member.gone);
    members
}

/// Entries, newest business date first.
pub fn entries(
    household: &HouseholdProjection,
    outbox: &[OnItsWay],
    people: &mut People<'_, Store>,
) -> Vec<EntryView> {
    let mut views: Vec<EntryView> =
        household.common.entries.iter().map(|row| entry_view(row, outbox, people)).collect();
    views.reverse();
    views.sort_by_key(|view| std::cmp::Reverse(view.on));
    views
}

/// The cards of a household.
pub fn clashes(
    tree: &OrgTree,
    household: &HouseholdProjection,
    may_decide: bool,
    people: &mut People<'_, Store>,
) -> Vec<ClashView> {
    household
        .common
        .clashes
        .iter()
        .map(|clash| clash_view(tree, household, clash, may_decide, people))
        .collect()
}

fn clash_view(
    tree: &OrgTree,
    household: &HouseholdProjection,
    clash: &Clash,
    may_decide: bool,
    people: &mut People<'_, Store>,
) -> ClashView {
    let shown = |value: &str| shown_value(tree, &clash.field, value);
    ClashView {
        field: clash.field.clone(),
        about: about(&clash.field, &household.members),
        before: clash.before.as_ref().map(|value| shown(&value.as_text())).unwrap_or_default(),
        values: clash
            .values
            .iter()
            .map(|marked| {
                let value = marked.value.as_text();
                let mut written = people.of(&marked.mark);
                if let Some(sheet) = imported_from(household, marked) {
                    written.name = "导入".into();
                    written.post = sheet;
                }
                ClashValue { shown: shown(&value), value, written }
            })
            .collect(),
        may_decide,
    }
}

/// What needs deciding first in a household, in words, and whether one side is a sheet that was
/// imported.
pub fn first_clash(household: &HouseholdProjection) -> Option<(String, bool)> {
    let clash = household.common.clashes.first()?;
    let of_sheet = clash.values.iter().any(|marked| imported_from(household, marked).is_some());
    Some((about(&clash.field, &household.members), of_sheet))
}

/// The spreadsheet that a value came out of, where one did: its change says so.
fn imported_from(
    household: &HouseholdProjection,
    marked: &yidang_documents::project::MarkedValue,
) -> Option<String> {
    household.common.entries.iter().find_map(|row| match row.entry() {
        Some(Entry::Imported { from }) if row.mark == marked.mark => Some(from.clone()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::sortable;

    #[test]
    fn door_plates_sort_as_numbers() {
        let mut plates = ["3-12", "3-2", "12-1", "3-01", "南院"];
        plates.sort_by_key(|plate| sortable(plate));
        assert_eq!(plates, ["3-01", "3-2", "3-12", "12-1", "南院"]);
    }
}
