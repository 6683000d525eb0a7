//! One pure function from a document to the rows that screens and reports stand on.
//!
//! It depends on the history alone: a rebuilt projection equals a live one, in whatever order the
//! changes came.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yidang_domain::calendar::Decision;
use yidang_domain::case_state::{CaseState, Happening, MoveError, Stage, fold};
use yidang_domain::causality::hex_of;
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader, EntryKind};
use yidang_domain::ids::{DocumentId, ItemKey, OrgCode};

use crate::actor::{Actor, ChangeHash};
use crate::document::Document;
use crate::edit::RegisterPath;
use crate::read::{EntryBody, Item, Reading, Register, Written};
use crate::scalar::Scalar;

/// Who wrote something, as far as the document itself tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The installation of a person.
    pub actor: Actor,
    /// Their sequence number.
    pub seq: u64,
    /// When, by the clock of their device.
    pub at: InstantMs,
}

/// A value and who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkedValue {
    /// The value.
    pub value: Scalar,
    /// Who wrote it.
    pub mark: Mark,
}

/// A register where people wrote different values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    /// Its path.
    pub field: String,
    /// The value that stood there before.
    pub before: Option<Scalar>,
    /// The different values in causal order, each with whoever wrote it first.
    pub values: Vec<MarkedValue>,
}

/// A party, member or member of a team, with the value that shows of each field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRow {
    /// Its key.
    pub key: ItemKey,
    /// Field by field.
    pub fields: BTreeMap<String, MarkedValue>,
}

impl ItemRow {
    /// The text of a field; empty where nothing was written.
    #[must_use]
    pub fn text(&self, field: &str) -> String {
        self.fields.get(field).map(|marked| marked.value.as_text()).unwrap_or_default()
    }
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryRow {
    /// Its key.
    pub key: ItemKey,
    /// Who wrote it.
    pub mark: Mark,
    /// Hash of its change, in hexadecimal.
    pub change: String,
    /// What every entry carries; absent where this version cannot read it.
    pub header: Option<EntryHeader>,
    /// What it says.
    pub body: EntryBody,
    /// The county recorded it again (县级重录).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

impl EntryRow {
    /// The entry, where this version knows its kind.
    #[must_use]
    pub const fn entry(&self) -> Option<&Entry> {
        match &self.body {
            EntryBody::Known(entry) => Some(entry),
            EntryBody::Unknown { .. } => None,
        }
    }
}

/// What every projection has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Common {
    /// The document.
    pub id: DocumentId,
    /// The unit it was born in.
    pub home: OrgCode,
    /// Its heads, in hexadecimal.
    pub heads: Vec<String>,
    /// Entries in causal order.
    pub entries: Vec<EntryRow>,
    /// Registers that need deciding.
    pub clashes: Vec<Clash>,
    /// It has parts that this version cannot read.
    pub has_unknown: bool,
    /// When the newest change was written, by its device's clock.
    pub last_at: InstantMs,
}

/// A case file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseProjection {
    /// What every projection has.
    pub common: Common,
    /// Facts, field by field.
    pub facts: BTreeMap<String, MarkedValue>,
    /// Parties in the order they were written down.
    pub parties: Vec<ItemRow>,
    /// The stage in force.
    pub stage: Stage,
    /// How many times it was opened.
    pub round: u32,
    /// Decisions that stand against each other.
    pub against: Vec<ItemKey>,
    /// Entries that moved nothing, and why.
    pub void: BTreeMap<ItemKey, MoveError>,
    /// Entries that the decision in force did not see.
    pub late: Vec<ItemKey>,
    /// The file that stands in its place, where it was closed by joining that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_into: Option<DocumentId>,
    /// The official number.
    pub number: Option<String>,
    /// Until when it is to be settled.
    pub due_on: Option<Date>,
    /// The return in force.
    pub returned: Option<ItemKey>,
    /// What it asked for was written since, by somebody who knew of it.
    pub answered: bool,
    /// Fields written at the same time as a clash, by either side, without one.
    pub parallel: Vec<(String, Mark)>,
}

impl CaseProjection {
    /// The text of a fact; empty where nothing was written.
    #[must_use]
    pub fn fact(&self, field: &str) -> String {
        self.facts.get(field).map(|marked| marked.value.as_text()).unwrap_or_default()
    }

    /// Whether it has an entry of `kind` that was not struck.
    pub fn entries_of(&self, kind: EntryKind) -> impl Iterator<Item = &EntryRow> {
        self.common.entries.iter().filter(move |row| {
            row.entry().is_some_and(|entry| entry.kind() == kind)
                && !self.void.contains_key(&row.key)
        })
    }

    /// The grid it lies in: the fact, or where it was born.
    #[must_use]
    pub fn grid(&self) -> OrgCode {
        match self.fact("grid") {
            empty if empty.is_empty() => self.common.home.clone(),
            grid => OrgCode(grid),
        }
    }
}

/// A household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseholdProjection {
    /// What every projection has.
    pub common: Common,
    /// Facts, field by field.
    pub facts: BTreeMap<String, MarkedValue>,
    /// Members in the order they were written down.
    pub members: Vec<ItemRow>,
}

impl HouseholdProjection {
    /// The text of a fact; empty where nothing was written.
    #[must_use]
    pub fn fact(&self, field: &str) -> String {
        self.facts.get(field).map(|marked| marked.value.as_text()).unwrap_or_default()
    }

    /// The grid it lies in: the fact, or where it was born.
    #[must_use]
    pub fn grid(&self) -> OrgCode {
        match self.fact("grid") {
            empty if empty.is_empty() => self.common.home.clone(),
            grid => OrgCode(grid),
        }
    }

    /// Members who live there: neither left nor registered by mistake.
    pub fn living(&self) -> impl Iterator<Item = &ItemRow> {
        let is_set = |member: &ItemRow, field: &str| {
            member.fields.get(field).is_some_and(|marked| marked.value == Scalar::Flag(true))
        };
        self.members.iter().filter(move |m| !is_set(m, "left") && !is_set(m, "withdrawn"))
    }

    /// The household it joined, where it did.
    #[must_use]
    pub fn merged_into(&self) -> Option<DocumentId> {
        self.common.entries.iter().rev().find_map(|row| match row.entry() {
            Some(Entry::HouseholdMerged { into, .. }) => Some(*into),
            _ => None,
        })
    }

    /// When somebody was last there, by business date.
    #[must_use]
    pub fn seen_on(&self) -> Option<Date> {
        self.common
            .entries
            .iter()
            .filter(|row| matches!(row.entry(), Some(Entry::HouseholdSeen { .. })))
            .filter_map(|row| row.header.as_ref().map(|header| header.on))
            .max()
    }
}

/// A visit day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitDayProjection {
    /// What every projection has.
    pub common: Common,
    /// The plan, field by field.
    pub plan: BTreeMap<String, MarkedValue>,
    /// Who sits there.
    pub team: Vec<ItemRow>,
    /// Case files the day touched.
    pub files: Vec<ItemRow>,
}

impl VisitDayProjection {
    /// What was decided last about the day, if anything.
    #[must_use]
    pub fn decision(&self) -> Option<Decision> {
        self.common.entries.iter().rev().find_map(|row| match row.entry() {
            Some(Entry::DayMoved { to, reason }) => {
                Some(Decision::Moved { to: *to, reason: reason.clone() })
            }
            Some(Entry::DayCancelled { reason }) => {
                Some(Decision::Cancelled { reason: reason.clone() })
            }
            _ => None,
        })
    }
}

/// The rows of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Projection {
    /// Of a case file.
    CaseFile(CaseProjection),
    /// Of a household.
    Household(HouseholdProjection),
    /// Of a visit day.
    VisitDay(VisitDayProjection),
}

impl Projection {
    /// What every projection has.
    #[must_use]
    pub const fn common(&self) -> &Common {
        match self {
            Self::CaseFile(case) => &case.common,
            Self::Household(household) => &household.common,
            Self::VisitDay(day) => &day.common,
        }
    }
}

/// The rows of `document`.
#[must_use]
pub fn project(document: &Document) -> Projection {
    let reading = document.read();
    let common = common(document, &reading);
    let shown = |container: &str| shown(&reading, reading.registers.get(container));
    let rows = |container: &str| item_rows(&reading, reading.items.get(container));
    match document.kind() {
        DocumentKind::CaseFile => Projection::CaseFile(case(document, &reading, common)),
        DocumentKind::Household => Projection::Household(HouseholdProjection {
            common,
            facts: shown("facts"),
            members: rows("members"),
        }),
        DocumentKind::VisitDay => Projection::VisitDay(VisitDayProjection {
            common,
            plan: shown("plan"),
            team: rows("team"),
            files: rows("files"),
        }),
    }
}

/// Where the case file stands, for the judgement of acts. `reading` may be of an earlier state.
#[must_use]
pub fn state_of(reading: &Reading) -> CaseState {
    let happenings: Vec<Happening<'_>> = reading
        .entries
        .iter()
        .filter_map(|record| match (&record.header, &record.body) {
            (Some(header), EntryBody::Known(entry)) => {
                Some(Happening { key: &record.key, change: record.change, header, entry })
            }
            _ => None,
        })
        .collect();
    fold(&reading.graph, &happenings)
}

fn case(document: &Document, reading: &Reading, common: Common) -> CaseProjection {
    let state = state_of(reading);
    let returned = returned(&common, &state);
    let answered = returned.as_ref().is_some_and(|key| is_answered(reading, key));
    CaseProjection {
        facts: shown(reading, reading.registers.get("facts")),
        parties: item_rows(reading, reading.items.get("parties")),
        stage: state.standing.stage,
        round: state.standing.round,
        joined_into: state.standing.joined_into,
        against: state.standing.against,
        void: state.void,
        late: state.late.into_iter().collect(),
        number: state.number,
        due_on: state.due_on,
        parallel: parallel(document, reading),
        returned,
        answered,
        common,
    }
}

fn common(document: &Document, reading: &Reading) -> Common {
    let entries = reading
        .entries
        .iter()
        .filter_map(|record| {
            let change = reading.changes.get(record.change)?;
            Some(EntryRow {
                key: record.key.clone(),
                mark: mark(reading, record.change),
                change: hex_of(&change.hash),
                header: record.header.clone(),
                body: record.body.clone(),
                again: record.again,
            })
        })
        .collect();
    Common {
        id: reading.id,
        home: reading.home.clone(),
        heads: reading.heads.iter().map(|hash| hex_of(hash)).collect(),
        entries,
        clashes: clashes(document, reading),
        has_unknown: reading.has_unknown(),
        last_at: reading.changes.iter().map(|change| change.at).max().unwrap_or_default(),
    }
}

fn mark(reading: &Reading, change: usize) -> Mark {
    reading.changes.get(change).map_or_else(
        || Mark { actor: Actor::default(), seq: 0, at: InstantMs::default() },
        |info| Mark { actor: info.actor, seq: info.seq, at: info.at },
    )
}

fn marked(reading: &Reading, written: &Written) -> MarkedValue {
    MarkedValue { value: written.value.clone(), mark: mark(reading, written.change) }
}

fn shown(reading: &Reading, registers: Option<&Vec<Register>>) -> BTreeMap<String, MarkedValue> {
    registers
        .into_iter()
        .flatten()
        .filter_map(|register| Some((register.field.clone(), marked(reading, register.shown()?))))
        .collect()
}

fn item_rows(reading: &Reading, items: Option<&Vec<Item>>) -> Vec<ItemRow> {
    items
        .into_iter()
        .flatten()
        .map(|item| ItemRow {
            key: item.key.clone(),
            fields: shown(reading, Some(&item.registers)),
        })
        .collect()
}

/// Where a register stands in a reading; its path costs three texts, and few are asked for it.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'a> {
    container: &'a str,
    item: Option<&'a ItemKey>,
    field: &'a str,
}

impl Spot<'_> {
    pub(crate) fn path(self) -> RegisterPath {
        match self.item {
            Some(key) => RegisterPath::of_item(self.container, key, self.field),
            None => RegisterPath::of(self.container, self.field),
        }
    }
}

/// Every register of a document with its place.
pub(crate) fn all_registers(reading: &Reading) -> impl Iterator<Item = (Spot<'_>, &Register)> {
    fn spot<'a>(
        container: &'a str,
        item: Option<&'a ItemKey>,
        register: &'a Register,
    ) -> (Spot<'a>, &'a Register) {
        (Spot { container, item, field: &register.field }, register)
    }
    let plain = reading.registers.iter().flat_map(move |(container, registers)| {
        registers.iter().map(move |register| spot(container.as_str(), None, register))
    });
    let of_items = reading.items.iter().flat_map(move |(container, items)| {
        items.iter().flat_map(move |item| {
            let registers = item.registers.iter();
            registers.map(move |register| spot(container.as_str(), Some(&item.key), register))
        })
    });
    plain.chain(of_items)
}

fn clashes(document: &Document, reading: &Reading) -> Vec<Clash> {
    all_registers(reading)
        .filter(|(_, register)| register.different().len() > 1)
        .map(|(spot, register)| {
            let path = spot.path();
            let mut written: Vec<&Written> = register.values.iter().collect();
            written.sort_by_key(|value| value.change);
            let before = written.first().and_then(|first| {
                let change = reading.changes.get(first.change)?;
                document.value_before(&path, &change.hash)
            });
            let mut values: Vec<MarkedValue> = Vec::new();
            for value in written {
                if !values.iter().any(|seen| seen.value == value.value) {
                    values.push(marked(reading, value));
                }
            }
            Clash { field: path.to_string(), before, values }
        })
        .collect()
}

/// Fields that either side of a clash wrote while not knowing the other side.
fn parallel(document: &Document, reading: &Reading) -> Vec<(String, Mark)> {
    let clashing: Vec<&Written> = all_registers(reading)
        .filter(|(_, register)| register.different().len() > 1)
        .flat_map(|(_, register)| &register.values)
        .collect();
    if clashing.is_empty() {
        return Vec::new();
    }
    all_registers(reading)
        .filter(|(_, register)| register.values.len() == 1)
        .filter_map(|(spot, register)| Some((spot, register.shown()?)))
        .filter(|(_, written)| {
            clashing.iter().any(|other| {
                mark(reading, other.change).actor != mark(reading, written.change).actor
                    && document.are_concurrent(reading, other.change, written.change)
            })
        })
        .map(|(spot, written)| (spot.path().to_string(), mark(reading, written.change)))
        .collect()
}

fn returned(common: &Common, state: &CaseState) -> Option<ItemKey> {
    let last = common.entries.iter().rev().find(|row| {
        row.entry().is_some_and(Entry::decides) && !state.void.contains_key(&row.key)
    })?;
    let is_return = matches!(last.entry(), Some(Entry::Returned { .. }));
    (is_return && state.standing.against.is_empty()).then(|| last.key.clone())
}

/// Whether the field a return asked for was written by somebody who knew of the return.
fn is_answered(reading: &Reading, key: &ItemKey) -> bool {
    let Some(record) = reading.entries.iter().find(|record| record.key == *key) else {
        return false;
    };
    let EntryBody::Known(Entry::Returned { field, .. }) = &record.body else { return false };
    let known = reading.graph.knowledge(&[record.change]);
    let knows = |change: usize| known.get(change).is_some_and(|set| set.contains(0));
    all_registers(reading)
        .filter(|(spot, _)| {
            // A whole path, or the bare name of a fact or of any party's field.
            spot.field == *field || spot.container == *field || spot.path().to_string() == *field
        })
        .flat_map(|(_, register)| &register.values)
        .any(|written| knows(written.change))
}

impl Document {
    /// The value that stood in a register before the change with this hash.
    #[must_use]
    pub fn value_before(&self, path: &RegisterPath, change: &ChangeHash) -> Option<Scalar> {
        let meta = self.engine.get_change_meta_by_hash(&automerge::ChangeHash(*change))?;
        let heads: Vec<ChangeHash> = meta.deps.iter().map(|hash| hash.0).collect();
        let reading = self.read_at(&heads);
        Some(reading.register_at(path)?.shown()?.value.clone())
    }

    fn are_concurrent(&self, reading: &Reading, a: usize, b: usize) -> bool {
        let known = reading.graph.knowledge(&[a, b]);
        let knows = |x: usize, mark: usize| known.get(x).is_some_and(|set| set.contains(mark));
        a != b && !knows(a, 1) && !knows(b, 0)
    }
}

/// One thing that changed between two states of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Path of the register, or of the item or entry that is new.
    pub path: String,
    /// The value before; nothing for something new.
    pub before: Option<Scalar>,
    /// The value now; nothing for an item or entry.
    pub after: Option<Scalar>,
    /// Who wrote it.
    pub mark: Mark,
}

/// What changed since `heads`, in causal order.
#[must_use]
pub fn differences(document: &Document, heads: &[ChangeHash]) -> Vec<Difference> {
    let known: Vec<ChangeHash> = heads.iter().filter(|hash| document.has(hash)).copied().collect();
    let then = document.read_at(&known);
    let now = document.read();
    let old: BTreeMap<String, Scalar> = all_registers(&then)
        .filter_map(|(spot, register)| {
            Some((spot.path().to_string(), register.shown()?.value.clone()))
        })
        .collect();
    let old_items: Vec<&ItemKey> = then.items.values().flatten().map(|item| &item.key).collect();
    let mut found: Vec<(usize, Difference)> = Vec::new();
    for (spot, register) in all_registers(&now) {
        let Some(written) = register.shown() else { continue };
        let path = spot.path();
        let is_new_item = spot.item.is_some_and(|key| !old_items.contains(&key));
        let before = old.get(&path.to_string()).cloned();
        let is_name = spot.field == "name";
        if before.as_ref() != Some(&written.value) && (!is_new_item || is_name) {
            let mark = mark(&now, written.change);
            let after = Some(written.value.clone());
            found
                .push((written.change, Difference { path: path.to_string(), before, after, mark }));
        }
    }
    for record in &now.entries {
        if !then.entries.iter().any(|old| old.key == record.key) {
            let mark = mark(&now, record.change);
            let path = format!("entries.{}", record.key);
            found.push((record.change, Difference { path, before: None, after: None, mark }));
        }
    }
    found.sort_by(|a, b| (a.0, &a.1.path).cmp(&(b.0, &b.1.path)));
    found.into_iter().map(|(_, difference)| difference).collect()
}
