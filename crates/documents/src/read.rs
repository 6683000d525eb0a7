//! Reading a document tolerantly: what this version does not know is kept and told.

use std::collections::{BTreeMap, HashMap};

use automerge::iter::{MapRange, MapRangeItem};
use automerge::{Automerge, ObjId, ObjType, ReadDoc, Value, ValueRef};
use serde::{Deserialize, Serialize};
use yidang_domain::causality::{ChangeGraph, ChangeNode};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader};
use yidang_domain::ids::{DocumentId, ItemKey, OrgCode};

use crate::actor::{Actor, ChangeHash};
use crate::again::{self, Again};
use crate::document::Document;
use crate::edit::RegisterPath;
use crate::flat;
use crate::scalar::Scalar;
use crate::schema::{self, Shape};

/// A change without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeInfo {
    /// Its hash.
    pub hash: ChangeHash,
    /// Who wrote it.
    pub actor: Actor,
    /// Their sequence number.
    pub seq: u64,
    /// Its first operation.
    pub start_op: u64,
    /// When, by the clock of their device. A claim.
    pub at: InstantMs,
}

/// A value with the change that wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The value.
    pub value: Scalar,
    /// Position of the change in [`Reading::changes`].
    pub change: usize,
}

/// One register: the values that stand in it, one unless people wrote at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// Its name.
    pub field: String,
    /// The values, in causal order of their changes.
    pub values: Vec<Written>,
}

impl Register {
    /// The value that shows: the engine's choice among those that stand there, which is the same on
    /// every replica.
    #[must_use]
    pub fn shown(&self) -> Option<&Written> {
        self.values.last()
    }

    /// The different values, sorted; more than one is a clash.
    #[must_use]
    pub fn different(&self) -> Vec<&Scalar> {
        let mut values: Vec<&Scalar> = self.values.iter().map(|written| &written.value).collect();
        values.sort();
        values.dedup();
        values
    }
}

/// One item: a party, a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its key.
    pub key: ItemKey,
    /// Its registers.
    pub registers: Vec<Register>,
}

/// What an entry says.
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::large_enum_variant, reason = "handled one by one, never in bulk")
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryBody {
    /// Of a kind that this version knows.
    Known(Entry),
    /// Of a later kind; kept, and shown as 需更新应用.
    Unknown {
        /// The word for its kind, if it has one.
        kind: String,
        /// Its fields as they stand.
        fields: Vec<(String, Scalar)>,
    },
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryRecord {
    /// Its key.
    pub key: ItemKey,
    /// Position of its change in [`Reading::changes`].
    pub change: usize,
    /// Who and when; absent where this version cannot read it.
    pub header: Option<EntryHeader>,
    /// What it says.
    pub body: EntryBody,
    /// The county recorded it again; its change is the old one, which is not here (县级重录).
    pub again: bool,
}

impl EntryRecord {
    /// Whether it decides about the state of a file.
    #[must_use]
    pub fn is_decision(&self) -> bool {
        matches!(&self.body, EntryBody::Known(entry) if entry.decides())
    }
}

/// A document as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Its kind.
    pub kind: DocumentKind,
    /// Its identifier.
    pub id: DocumentId,
    /// The unit it was born in.
    pub home: OrgCode,
    /// Its heads.
    pub heads: Vec<ChangeHash>,
    /// Its changes in causal order.
    pub changes: Vec<ChangeInfo>,
    /// Who knew what.
    pub graph: ChangeGraph,
    /// Containers of registers, by name.
    pub registers: BTreeMap<String, Vec<Register>>,
    /// Containers of items, by name; items in causal order.
    pub items: BTreeMap<String, Vec<Item>>,
    /// Entries in causal order.
    pub entries: Vec<EntryRecord>,
}

impl Reading {
    /// The register at that place.
    #[must_use]
    pub fn register(&self, container: &str, field: &str) -> Option<&Register> {
        self.registers.get(container)?.iter().find(|register| register.field == field)
    }

    /// The register at that path, also of an item.
    #[must_use]
    pub fn register_at(&self, path: &RegisterPath) -> Option<&Register> {
        let registers = match &path.item {
            None => self.registers.get(&path.container)?,
            Some(key) => {
                let items = self.items.get(&path.container)?;
                &items.iter().find(|item| item.key == *key)?.registers
            }
        };
        registers.iter().find(|register| register.field == path.field)
    }

    /// The text that shows in a register; empty where nothing was written.
    #[must_use]
    pub fn text(&self, container: &str, field: &str) -> String {
        self.register(container, field)
            .and_then(Register::shown)
            .map(|written| written.value.as_text())
            .unwrap_or_default()
    }

    /// Whether something stands in it that this version cannot read.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry.body, EntryBody::Unknown { .. }))
    }
}

impl Document {
    /// Reads the document as it is.
    #[must_use]
    pub fn read(&self) -> Reading {
        Reader::new(self, None).read()
    }

    /// Reads the document as it was at `heads`.
    #[must_use]
    pub fn read_at(&self, heads: &[ChangeHash]) -> Reading {
        let heads = heads.iter().map(|hash| automerge::ChangeHash(*hash)).collect();
        Reader::new(self, Some(heads)).read()
    }
}

struct Reader<'a> {
    document: &'a Document,
    heads: Option<Vec<automerge::ChangeHash>>,
    changes: Vec<ChangeInfo>,
    /// Of each actor the first operations of its changes with their positions, in order.
    by_actor: BTreeMap<Vec<u8>, Vec<(u64, usize)>>,
    graph: ChangeGraph,
}

type Found<'a> = (Value<'a>, ObjId);

impl<'a> Reader<'a> {
    fn new(document: &'a Document, heads: Option<Vec<automerge::ChangeHash>>) -> Self {
        let mut metas = document.engine.get_changes_meta(&[]);
        metas.sort_by_key(|meta| (meta.start_op, meta.hash));
        let positions: HashMap<ChangeHash, usize> =
            metas.iter().enumerate().map(|(index, meta)| (meta.hash.0, index)).collect();
        let nodes = metas.iter().map(|meta| ChangeNode {
            hash: meta.hash.0,
            deps: meta.deps.iter().filter_map(|dep| positions.get(&dep.0).copied()).collect(),
        });
        let graph = ChangeGraph::new(nodes.collect());
        let changes = metas
            .iter()
            .map(|meta| ChangeInfo {
                hash: meta.hash.0,
                actor: meta.actor.to_bytes().try_into().unwrap_or_default(),
                seq: meta.seq,
                start_op: meta.start_op,
                at: InstantMs(meta.timestamp),
            })
            .collect();
        let mut by_actor: BTreeMap<Vec<u8>, Vec<(u64, usize)>> = BTreeMap::new();
        for (index, meta) in metas.iter().enumerate() {
            let own = by_actor.entry(meta.actor.to_bytes().to_vec()).or_default();
            own.push((meta.start_op, index));
        }
        Self { document, heads, changes, by_actor, graph }
    }

    fn engine(&self) -> &'a Automerge {
        &self.document.engine
    }

    fn read(self) -> Reading {
        let mut registers = BTreeMap::new();
        let mut items = BTreeMap::new();
        let (mut entries, mut told) = (Vec::new(), BTreeMap::new());
        for container in schema::containers(self.document.kind()) {
            let Some(object) = self.document.container(container.name) else { continue };
            match container.shape {
                Shape::Registers(_) => {
                    registers.insert(container.name.to_owned(), self.registers(&object));
                }
                Shape::Items(_) => {
                    items.insert(container.name.to_owned(), self.items(&object));
                }
                Shape::Entries => (entries, told) = self.entries(&object),
            }
        }
        let mut reading = Reading {
            kind: self.document.kind(),
            id: self.document.id(),
            home: self.document.home().clone(),
            heads: self.heads.as_ref().map_or_else(
                || self.document.heads(),
                |heads| heads.iter().map(|hash| hash.0).collect(),
            ),
            changes: self.changes,
            graph: self.graph,
            registers,
            items,
            entries,
        };
        if !told.is_empty() {
            again::spread(&mut reading, &told);
        }
        reading
    }

    /// What stands under `object`: for each key the value that shows.
    fn range(&self, object: &ObjId) -> MapRange<'a> {
        match &self.heads {
            None => self.engine().map_range(object, ..),
            Some(heads) => self.engine().map_range_at(object, .., heads),
        }
    }

    fn all(&self, object: &ObjId, key: &str) -> Vec<Found<'a>> {
        let found = match &self.heads {
            None => self.engine().get_all(object, key),
            Some(heads) => self.engine().get_all_at(object, key, heads),
        };
        found.unwrap_or_default()
    }

    /// The change that an operation stands in: the last of its actor that begins at or before it.
    fn change_of(&self, id: &ObjId) -> Option<usize> {
        let ObjId::Id(counter, actor, _) = id else { return None };
        let own = self.by_actor.get(actor.to_bytes())?;
        let behind = own.partition_point(|(start, _)| start <= counter);
        own.get(behind.checked_sub(1)?).map(|(_, index)| *index)
    }

    fn registers(&self, object: &ObjId) -> Vec<Register> {
        self.range(object)
            .map(|item| {
                let field = item.key.to_string();
                let values = if item.conflict {
                    self.standing(object, &field)
                } else {
                    self.written(&item).into_iter().collect()
                };
                Register { field, values }
            })
            .filter(|register: &Register| !register.values.is_empty())
            .collect()
    }

    fn written(&self, item: &MapRangeItem<'_>) -> Option<Written> {
        let change = self.change_of(&item.id())?;
        match &item.value {
            ValueRef::Scalar(value) => Some(Written { value: Scalar::from_ref(value)?, change }),
            ValueRef::Object(_) => None,
        }
    }

    /// The values that stand against one another in a register.
    fn standing(&self, object: &ObjId, field: &str) -> Vec<Written> {
        self.all(object, field)
            .iter()
            .filter_map(|(value, id)| {
                let value = value.as_scalar().and_then(Scalar::from_owned)?;
                Some(Written { value, change: self.change_of(id)? })
            })
            .collect()
    }

    /// The objects under `object` with the change that made them, in causal order.
    fn children(&self, object: &ObjId) -> Vec<(usize, String, ObjId)> {
        let mut children: Vec<(usize, String, ObjId)> = self
            .range(object)
            .filter_map(|item| match item.value {
                ValueRef::Object(ObjType::Map) => {
                    let id = item.id();
                    Some((self.change_of(&id)?, item.key.to_string(), id))
                }
                _ => None,
            })
            .collect();
        children.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        children
    }

    fn items(&self, object: &ObjId) -> Vec<Item> {
        self.children(object)
            .into_iter()
            .map(|(_, key, id)| Item { key: ItemKey(key), registers: self.registers(&id) })
            .collect()
    }

    /// The entries, and of those that were recorded again the operation that made them anew and their old change.
    fn entries(&self, object: &ObjId) -> (Vec<EntryRecord>, BTreeMap<ItemKey, (u64, Again)>) {
        let mut told = BTreeMap::new();
        let entries = self
            .children(object)
            .into_iter()
            .map(|(change, key, id)| {
                let fields: Vec<(String, Scalar)> = self
                    .engine()
                    .map_range(&id, ..)
                    .filter_map(|item| match &item.value {
                        ValueRef::Scalar(value) => {
                            Some((item.key.to_string(), Scalar::from_ref(value)?))
                        }
                        ValueRef::Object(_) => None,
                    })
                    .collect();
                let key = ItemKey(key);
                let (fields, again) = Again::part(fields);
                let is_again = again.is_some();
                if let (Some(again), ObjId::Id(counter, ..)) = (again, &id) {
                    told.insert(key.clone(), (*counter, again));
                }
                EntryRecord { key, change, again: is_again, ..record(fields) }
            })
            .collect();
        (entries, told)
    }
}

fn record(fields: Vec<(String, Scalar)>) -> EntryRecord {
    let (header, body) = match flat::unflatten(&fields) {
        Some((header, entry)) => (Some(header), EntryBody::Known(entry)),
        None => {
            let kind = fields
                .iter()
                .find(|(key, _)| key == "kind")
                .map(|(_, value)| value.as_text())
                .unwrap_or_default();
            (flat::header_of(&fields), EntryBody::Unknown { kind, fields })
        }
    };
    EntryRecord { key: ItemKey::default(), change: 0, header, body, again: false }
}
