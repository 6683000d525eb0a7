//! What lists show of a file.

use yidang_api::list::{CaseRow, DueView, Stage};
use yidang_documents::CaseProjection;
use yidang_documents::project::EntryRow;
use yidang_domain::civil::{Date, InstantMs, date_after};
use yidang_domain::entry::EntryKind;
use yidang_domain::facts::Risk;
use yidang_domain::finding as search;
use yidang_domain::ids::{DocumentId, UserId};
use yidang_domain::org::{OrgLevel, OrgTree};

use crate::store::{CaseKeys, StoredMessage};

use super::words::{ACCEPT_WITHIN_DAYS, SETTLE_WITHIN_DAYS, is_open};
use crate::brief::brief;

/// When it was found: the business date of its first entry.
fn found_on(case: &CaseProjection) -> Date {
    case.common
        .entries
        .iter()
        .find_map(|row| row.header.as_ref().map(|header| header.on))
        .unwrap_or_else(|| case.common.last_at.date())
}

fn on_of(case: &CaseProjection, kind: EntryKind) -> Option<Date> {
    case.entries_of(kind).last().and_then(|row| row.header.as_ref()).map(|header| header.on)
}

/// Until when the next thing is due: judging what was reported, mending what was returned, settling
/// what is in work.
pub fn due_on(case: &CaseProjection) -> Option<Date> {
    match case.stage {
        Stage::Found => Some(date_after(found_on(case), ACCEPT_WITHIN_DAYS)),
        Stage::Returned => {
            on_of(case, EntryKind::Returned).map(|on| date_after(on, ACCEPT_WITHIN_DAYS))
        }
        Stage::Accepted => case.due_on.or_else(|| {
            on_of(case, EntryKind::Accepted).map(|on| date_after(on, SETTLE_WITHIN_DAYS))
        }),
        Stage::CloseAsked => {
            on_of(case, EntryKind::CloseAsked).map(|on| date_after(on, ACCEPT_WITHIN_DAYS))
        }
        Stage::Closed => None,
    }
}

/// The row of a file. What only this device knows, and the name of the finder, is filled in when the
/// row is read.
pub fn case_row(tree: &OrgTree, case: &CaseProjection, today: Date) -> CaseRow {
    let grid = case.grid();
    let category = case.fact("category");
    CaseRow {
        id: case.common.id,
        number: case.number.clone().unwrap_or_default(),
        short: case.common.id.short(),
        matter: case.fact("matter"),
        parties: case
            .parties
            .iter()
            .filter(|party| party.text("withdrawn") != "true")
            .map(|party| party.text("name"))
            .collect(),
        category_label: yidang_domain::category::label(&category),
        category,
        risk: case
            .fact("risk")
            .parse::<u8>()
            .ok()
            .and_then(|number| Risk::try_from(number).ok())
            .unwrap_or(Risk::Ordinary),
        place: case.fact("place"),
        village: tree.village_name(&grid),
        township: tree
            .above(&grid, OrgLevel::Township)
            .map(|unit| unit.name.clone())
            .unwrap_or_default(),
        grid,
        stage: case.stage,
        pending: !case.against.is_empty(),
        due: due_on(case).map(|on| DueView::new(on, today)),
        clashes: count(case.common.clashes.len()) + u32::from(!case.against.is_empty()),
        late: count(case.late.len()),
        unseen: 0,
        never_looked: true,
        answered: case.answered,
        waiting: 0,
        finder: String::new(),
        last_on: last_on(case),
        last_at: case.common.last_at.by_the_end_of(today),
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn last_on(case: &CaseProjection) -> Date {
    let newest: InstantMs = case.common.last_at;
    case.common
        .entries
        .iter()
        .filter_map(|row| row.header.as_ref().map(|header| header.on))
        .max()
        .unwrap_or_else(|| newest.date())
}

/// What a file is found by. `me` is the person of the desk.
pub fn case_keys(tree: &OrgTree, case: &CaseProjection, me: &UserId, today: Date) -> CaseKeys {
    let grid = case.grid();
    let code = |level| {
        tree.above(&grid, level).map(|unit| unit.code.as_str().to_owned()).unwrap_or_default()
    };
    let told = told(case);
    CaseKeys {
        village: code(OrgLevel::Village),
        township: code(OrgLevel::Township),
        found_on: found_on(case),
        closed_on: if is_open(case.stage) || case.joined_into.is_some() {
            None
        } else {
            on_of(case, EntryKind::Closed)
        },
        is_joined: case.joined_into.is_some(),
        due_on: due_on(case),
        finder: case.common.entries.first().map(|row| row.mark.actor),
        brief: brief(case),
        words: words(tree, case),
        said: said(&told),
        told,
        parties: parties(case),
        messages: messages(case, me, today),
    }
}

fn parties(case: &CaseProjection) -> Vec<(String, Option<DocumentId>)> {
    case.parties
        .iter()
        .filter(|party| party.text("withdrawn") != "true")
        .map(|party| (party.text("name"), party.text("household").parse().ok()))
        .collect()
}

/// Entries of others that came after the person of the desk wrote in the file: what those who judged
/// it or worked on it have to say to them.
fn messages(case: &CaseProjection, me: &UserId, today: Date) -> Vec<StoredMessage> {
    let by = |row: &EntryRow| row.header.as_ref().map(|header| header.by.clone());
    case.common
        .entries
        .iter()
        .skip_while(|row| by(row).as_ref() != Some(me))
        .filter(|row| by(row).as_ref() != Some(me))
        .filter_map(|row| {
            let entry = row.entry()?;
            Some(StoredMessage {
                key: row.key.as_str().to_owned(),
                actor: row.mark.actor,
                at: row.mark.at.by_the_end_of(today),
                kind: entry.kind().name(),
                label: entry.kind().label().to_owned(),
                text: entry.gist(),
            })
        })
        .collect()
}

/// Everything a file can be found by.
fn words(tree: &OrgTree, case: &CaseProjection) -> String {
    let mut words = String::new();
    for fact in ["matter", "place", "source_no"] {
        words.push_str(&search::tokens(&case.fact(fact)));
        words.push_str(" 0x0 ");
    }
    for part in [
        case.fact("category"),
        case.number.clone().unwrap_or_default(),
        case.common.id.short(),
        super::words::place_name(tree, &case.grid()),
    ] {
        words.push_str(&search::tokens(&part));
        words.push_str(" 0x0 ");
    }
    words.push_str(&search::labels(&case.fact("category"), case.stage));
    for party in &case.parties {
        let (name, phone) = (party.text("name"), party.text("phone"));
        words.push_str(&search::tokens(&name));
        words.push_str(&search::initials(&name));
        words.push_str(&search::tokens(&phone));
        words.push_str(&search::tails(&phone));
        words.push_str(" 0x0 ");
    }
    words
}

/// What was said in its entries: the word of each kind and its gist.
fn told(case: &CaseProjection) -> Vec<(String, String)> {
    let known = case.common.entries.iter().filter_map(|row| row.entry());
    known.map(|entry| (entry.kind().label().to_owned(), entry.gist())).collect()
}

/// The words of what was said.
fn said(told: &[(String, String)]) -> String {
    let mut said = String::new();
    for (_, gist) in told {
        said.push_str(&search::tokens(gist));
        said.push_str(" 0x0 ");
    }
    said
}
