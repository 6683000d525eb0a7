//! Undoing values: what a compensating change writes so that registers show again what stood there before
//! changes that stay in the history and must not count.
//!
//! Registers only. Entries and items are never undone, and neither is what a document began with, what an
//! entry 定值 decided, or a number that nothing stood before. A value is undone only while it stands: what
//! somebody else wrote over it is theirs.

use std::collections::{BTreeMap, BTreeSet};

use automerge::ReadDoc;
use yidang_domain::case_state::Stage;
use yidang_domain::entry::{DocumentKind, Entry};
use yidang_domain::facts::ValueKind;

use crate::actor::ChangeHash;
use crate::document::Document;
use crate::edit::{Edit, RegisterPath};
use crate::project::state_of;
use crate::read::{EntryBody, Reading, Register};
use crate::replay::edits_of;
use crate::scalar::Scalar;
use crate::schema;

/// What undoes changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Undoing {
    /// One put for each register, to be committed as one change on the present heads.
    pub edits: Vec<Edit>,
    /// The changes of which it undoes something.
    pub changes: BTreeSet<ChangeHash>,
}

/// Which of some changes put a value into which register.
type Puts = BTreeMap<RegisterPath, BTreeSet<ChangeHash>>;

/// What stands in a register without these changes.
enum Without {
    /// This value.
    Value(Scalar),
    /// Nothing ever stood there.
    Nothing,
    /// Different values, which a person has to decide between.
    Several,
}

/// What puts every register that `changes` wrote, and in which theirs still stands, back to the value without
/// them: the one that somebody else wrote beside it, or the one before it. Where others wrote different
/// values beside it nothing is done: there is a card already.
#[must_use]
pub fn undoing(document: &Document, changes: &BTreeSet<ChangeHash>) -> Undoing {
    let mut undoing = Undoing::default();
    let puts = puts_of(document, changes);
    if puts.is_empty() {
        return undoing;
    }
    let now = document.read();
    for (path, own) in &puts {
        let Some(register) = now.register_at(path) else { continue };
        let theirs: BTreeSet<ChangeHash> =
            writers(&now, register).filter(|hash| own.contains(hash)).collect();
        let Some(value) = back_to(document, &now, path, own) else { continue };
        let shows = register.shown().map(|written| &written.value);
        let is_there = register.different().len() == 1 && shows == Some(&value);
        if !theirs.is_empty() && !is_there {
            undoing.edits.push(Edit::Set(path.clone(), value));
            undoing.changes.extend(theirs);
        }
    }
    undoing
}

/// The changes among `changes` that write into a file which was closed by people who did not know them, and
/// that did not know of it: the file was closed with other values.
#[must_use]
pub fn unknown_to_closing(
    document: &Document,
    changes: &BTreeSet<ChangeHash>,
) -> BTreeSet<ChangeHash> {
    if document.kind() != DocumentKind::CaseFile {
        return BTreeSet::new();
    }
    let reading = document.read();
    let state = state_of(&reading);
    if state.standing.stage != Stage::Closed {
        return BTreeSet::new();
    }
    let closings: Vec<usize> = reading
        .entries
        .iter()
        .filter(|record| !state.void.contains_key(&record.key))
        .filter(|record| match &record.body {
            EntryBody::Known(Entry::Closed { .. }) => true,
            EntryBody::Known(Entry::Joined { stands, .. }) => !stands,
            _ => false,
        })
        .map(|record| record.change)
        .collect();
    let marked: Vec<(usize, ChangeHash)> = reading
        .changes
        .iter()
        .enumerate()
        .filter(|(_, change)| changes.contains(&change.hash))
        .map(|(index, change)| (index, change.hash))
        .collect();
    let positions: Vec<usize> = marked.iter().map(|(index, _)| *index).collect();
    let of_changes = reading.graph.knowledge(&positions);
    let of_closings = reading.graph.knowledge(&closings);
    let is_beside = |place: usize, index: usize| {
        let is_known = closings
            .iter()
            .any(|closing| of_changes.get(*closing).is_some_and(|set| set.contains(place)));
        let knows = of_closings
            .get(index)
            .is_some_and(|set| (0..closings.len()).any(|closing| set.contains(closing)));
        !is_known && !knows
    };
    marked
        .into_iter()
        .enumerate()
        .filter(|(place, (index, _))| is_beside(*place, *index))
        .map(|(_, (_, hash))| hash)
        .collect()
}

/// The registers that these changes put a value into, but for those that a 定值 of the same change decided and
/// those with which the document began.
fn puts_of(document: &Document, changes: &BTreeSet<ChangeHash>) -> Puts {
    let mut puts = Puts::new();
    for hash in changes {
        let Some(change) = document.engine.get_change_by_hash(&automerge::ChangeHash(*hash)) else {
            continue;
        };
        if begins(document, hash) {
            continue;
        }
        let Ok(intended) = edits_of(document, change.raw_bytes()) else { continue };
        let is_decided = |path: &RegisterPath| {
            let path = path.to_string();
            intended.edits.iter().any(|edit| {
                matches!(edit,
                    Edit::AddEntry(Entry::ConflictResolved { field, .. }) if *field == path)
            })
        };
        for edit in &intended.edits {
            if let Edit::Set(path, _) = edit
                && !is_decided(path)
            {
                puts.entry(path.clone()).or_default().insert(*hash);
            }
        }
    }
    puts
}

/// Whether a change stands on nothing but the first change, which follows from kind, identifier and home.
fn begins(document: &Document, hash: &ChangeHash) -> bool {
    document.deps_of(hash).iter().all(|dep| document.deps_of(dep).is_empty())
}

fn writers<'a>(
    reading: &'a Reading,
    register: &'a Register,
) -> impl Iterator<Item = ChangeHash> + 'a {
    let changes = register.values.iter().filter_map(|written| reading.changes.get(written.change));
    changes.map(|change| change.hash)
}

/// The value to put; none where nothing can or must be put.
fn back_to(
    document: &Document,
    now: &Reading,
    path: &RegisterPath,
    own: &BTreeSet<ChangeHash>,
) -> Option<Scalar> {
    match without(document, now, path, own) {
        Without::Value(value) => Some(value),
        Without::Nothing => {
            match schema::field(document.kind(), &path.container, &path.field)?.kind {
                ValueKind::Text(_) | ValueKind::Date | ValueKind::Code(_) => {
                    Some(Scalar::Text(String::new()))
                }
                ValueKind::Flag => Some(Scalar::Flag(false)),
                ValueKind::Number(..) => None,
            }
        }
        Without::Several => None,
    }
}

/// What stands in a register of `reading` without the changes `own`: what others wrote beside them, or else
/// what stood there when the first of them was made.
fn without(
    document: &Document,
    reading: &Reading,
    path: &RegisterPath,
    own: &BTreeSet<ChangeHash>,
) -> Without {
    let Some(register) = reading.register_at(path) else { return Without::Nothing };
    let mut others: Vec<&Scalar> = Vec::new();
    let mut first_own = None;
    for written in &register.values {
        match reading.changes.get(written.change) {
            Some(change) if own.contains(&change.hash) => {
                first_own = first_own.or(Some(change.hash));
            }
            _ => others.push(&written.value),
        }
    }
    others.sort();
    others.dedup();
    match (others.as_slice(), first_own) {
        ([], Some(own_one)) => {
            let before = document.read_at(&document.deps_of(&own_one));
            without(document, &before, path, own)
        }
        ([], None) => Without::Nothing,
        ([one], _) => Without::Value((*one).clone()),
        _ => Without::Several,
    }
}

impl Document {
    /// The changes that a change was made on; nothing for one that is not here.
    fn deps_of(&self, hash: &ChangeHash) -> Vec<ChangeHash> {
        let meta = self.engine.get_change_meta_by_hash(&automerge::ChangeHash(*hash));
        meta.map(|meta| meta.deps.iter().map(|dep| dep.0).collect()).unwrap_or_default()
    }
}
