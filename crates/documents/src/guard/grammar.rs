//! The grammar of a change: maps of registers and nothing else.

use std::collections::BTreeMap;

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};
use automerge::{Change, ExpandedChange, ObjId, ObjType, ReadDoc, ScalarValue};
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader, EntryKind};
use yidang_domain::ids::ItemKey;
use yidang_domain::rights::Act;

use crate::actor::item_key;
use crate::again::{self, Again};
use crate::document::Document;
use crate::edit::RegisterPath;
use crate::flat;
use crate::read::Reading;
use crate::scalar::{LONGEST_TEXT_BYTES, Scalar};
use crate::schema::{self, Shape};

use super::{GuardError, Outline};

/// What the operations amount to.
pub struct Grammatical {
    /// Every act, once.
    pub acts: Vec<Act>,
    /// Entries that are added.
    pub entries: Vec<(ItemKey, EntryHeader, Entry)>,
    /// Entries that are recorded again.
    pub again: Vec<(ItemKey, EntryHeader, Entry)>,
    /// The grid that it writes into the facts, if it writes one.
    pub grid: Option<String>,
}

/// An item or entry under construction.
struct Making {
    container: &'static str,
    key: ItemKey,
    fields: Vec<(String, Scalar)>,
    /// It is recorded again: the key is one of the destroyed document.
    is_again: bool,
}

struct Checker<'a> {
    document: &'a Document,
    before: &'a Reading,
    making: BTreeMap<u64, Making>,
    made: usize,
    /// The number of the first item of this change.
    first: usize,
    puts: Vec<(RegisterPath, Scalar, Vec<Scalar>)>,
    /// Empty values that the same change must cover, with their operation and what they stood on.
    covered: Vec<(RegisterPath, u64, Vec<Scalar>)>,
}

fn refused(code: &'static str, detail: &str) -> GuardError {
    GuardError::refused(code, detail)
}

/// The change that the engine reads in bytes whose outline was scanned.
pub fn read(outline: &Outline, bytes: &[u8]) -> Result<Change, GuardError> {
    let change = Change::from_bytes(bytes.to_vec())
        .map_err(|error| GuardError::refused("unreadable", error.to_string()))?;
    let same = change.hash().0 == outline.hash
        && change.len() as u64 == outline.ops
        && change.seq() == outline.seq
        && change.author().is_none();
    if same { Ok(change) } else { Err(refused("unreadable", "the engine reads another change")) }
}

/// Whether the engine would write the change in the bytes it came in.
///
/// The engine keeps operations and not the bytes they came in. It writes them again when the document
/// is saved, always in one way; a change that came in another way (longer runs, an actor that nobody
/// speaks of, predecessors out of order) would come back with another hash, and the document could not
/// be loaded.
pub fn comes_back(expanded: ExpandedChange, bytes: &[u8]) -> Result<(), GuardError> {
    if Change::from(expanded).raw_bytes() == bytes {
        Ok(())
    } else {
        Err(refused("unreadable", "the engine would write it in other bytes"))
    }
}

/// An operation of ours, before anybody looks at the object it names.
enum Plain<'a> {
    /// A map is made under a key of an object.
    Make(&'a OpId, &'a str),
    /// A value is put under a key of an object.
    Put(&'a OpId, &'a str, &'a ScalarValue),
}

/// Maps of registers and nothing else; the part of the grammar that needs no document.
pub fn is_plain(expanded: &ExpandedChange) -> Result<(), GuardError> {
    expanded.operations.iter().try_for_each(|op| match plain(op)? {
        Plain::Make(..) => Ok(()),
        Plain::Put(.., value) => register_value(value).map(drop),
    })
}

fn plain(op: &Op) -> Result<Plain<'_>, GuardError> {
    let Key::Map(key) = &op.key else {
        return Err(refused("grammar", "a position in a list"));
    };
    if op.insert {
        return Err(refused("grammar", "an insertion"));
    }
    match (&op.action, &op.obj) {
        (OpType::Make(ObjType::Map), ObjectId::Id(id)) => Ok(Plain::Make(id, key)),
        (OpType::Put(value), ObjectId::Id(id)) => Ok(Plain::Put(id, key, value)),
        (_, ObjectId::Root) => Err(refused("grammar", "something put into the root")),
        _ => Err(refused("grammar", "an operation other than put and make map")),
    }
}

/// The value that an operation puts; none for the empty one, which something must cover.
fn register_value(value: &ScalarValue) -> Result<Option<Scalar>, GuardError> {
    if *value == ScalarValue::Null {
        return Ok(None);
    }
    let scalar = Scalar::from_owned(value)
        .ok_or_else(|| refused("grammar", "a type of value that ours never have"))?;
    if matches!(&scalar, Scalar::Text(text) if text.len() > LONGEST_TEXT_BYTES) {
        return Err(refused("too_large", "a text that is too long"));
    }
    Ok(Some(scalar))
}

/// Checks every operation of a change that was read against the document it stands on.
pub fn check(
    document: &Document,
    before: &Reading,
    outline: &Outline,
    expanded: &ExpandedChange,
) -> Result<Grammatical, GuardError> {
    let first = again::first_number_of(before);
    // Whoever does not stand on what was recorded again could make one of its keys anew.
    if first < again::first_number(&document.engine) {
        return Err(refused("grammar", "beside what was recorded again"));
    }
    let mut checker = Checker {
        document,
        before,
        making: BTreeMap::new(),
        made: 0,
        first,
        puts: Vec::new(),
        covered: Vec::new(),
    };
    for (index, op) in expanded.operations.iter().enumerate() {
        checker.op(op, outline.start_op + index as u64, outline)?;
    }
    checker.finish()
}

impl Checker<'_> {
    fn op(&mut self, op: &Op, counter: u64, outline: &Outline) -> Result<(), GuardError> {
        match plain(op)? {
            Plain::Make(object, key) => self.make(op, object, key, counter, outline),
            Plain::Put(object, key, value) => self.put(op, object, key, value, counter, outline),
        }
    }

    /// A new item or entry, under the key of this very change.
    fn make(
        &mut self,
        op: &Op,
        object: &OpId,
        key: &str,
        counter: u64,
        outline: &Outline,
    ) -> Result<(), GuardError> {
        let container = self
            .container_of(object)
            .filter(|container| !matches!(container.shape, Shape::Registers(_)))
            .ok_or_else(|| refused("grammar", "an object where none belongs"))?;
        let key = ItemKey(key.to_owned());
        let is_own = self.is_own(&key, outline);
        if !is_own && !self.is_kept(&key, outline) {
            return Err(refused("item_key", "an item under another key than its own"));
        }
        if !op.pred.is_empty() {
            return Err(refused("grammar", "an item over something"));
        }
        self.made += usize::from(is_own);
        let fields = Vec::new();
        self.making
            .insert(counter, Making { container: container.name, key, fields, is_again: !is_own });
        Ok(())
    }

    /// Whether a key is that of the next item of this change. The first item of a document that goes on says
    /// itself from where its items are numbered.
    fn is_own(&mut self, key: &ItemKey, outline: &Outline) -> bool {
        let actor = outline.actor.as_slice().try_into().unwrap_or_default();
        let begins = outline.seq == 1 && self.making.is_empty() && self.first == 0;
        if begins
            && let Some(number) = again::begins_at(key)
            && outline.deps == [self.beginning()]
        {
            self.first = number;
        }
        *key == item_key(&actor, outline.seq, self.first + self.made)
    }

    /// Whether an item may be recorded again under a key: right after the beginning, by whoever began, and where
    /// no item of the document itself will ever stand.
    fn is_kept(&self, key: &ItemKey, outline: &Outline) -> bool {
        let continues = match outline.deps.as_slice() {
            [dep] if outline.seq == 1 => *dep == self.beginning(),
            [dep] => self.before.changes.iter().any(|info| {
                info.hash == *dep
                    && info.actor.as_slice() == outline.actor.as_slice()
                    && info.seq + 1 == outline.seq
            }),
            _ => false,
        };
        continues && again::is_of_before(key, self.first)
    }

    /// The first change of the document.
    fn beginning(&self) -> [u8; 32] {
        self.before.changes.first().map(|info| info.hash).unwrap_or_default()
    }

    fn put(
        &mut self,
        op: &Op,
        object: &OpId,
        key: &str,
        value: &ScalarValue,
        counter: u64,
        outline: &Outline,
    ) -> Result<(), GuardError> {
        let Some(scalar) = register_value(value)? else {
            let (path, over) = self.superseded(op, object, key, outline)?;
            self.covered.push((path, counter, over));
            return Ok(());
        };
        let is_own = object.actor().to_bytes() == outline.actor.as_slice();
        if is_own && let Some(making) = self.making.get_mut(&object.counter()) {
            let is_first = op.pred.is_empty()
                && making.fields.iter().all(|(field, _)| field != key)
                && making.fields.len() < flat::MOST_FIELDS;
            if !is_first {
                return Err(refused("grammar", "a field of a new item written twice"));
            }
            making.fields.push((key.to_owned(), scalar));
            return Ok(());
        }
        self.put_register(op, object, key, scalar, outline)
    }

    /// A value into a register that existed before.
    fn put_register(
        &mut self,
        op: &Op,
        object: &OpId,
        key: &str,
        scalar: Scalar,
        outline: &Outline,
    ) -> Result<(), GuardError> {
        let (path, over) = match self.cover(op, object, key, outline)? {
            Some(covered) => covered,
            None => self.superseded(op, object, key, outline)?,
        };
        let field = schema::field(self.document.kind(), &path.container, key)
            .ok_or_else(|| refused("unknown_field", "a field that this version does not know"))?;
        scalar.fits(field).map_err(|error| GuardError::refused("value", error.to_string()))?;
        self.puts.push((path, scalar, over));
        Ok(())
    }

    /// The empty value of this very change that the operation covers, if it covers one.
    fn cover(
        &mut self,
        op: &Op,
        object: &OpId,
        key: &str,
        outline: &Outline,
    ) -> Result<Option<(RegisterPath, Vec<Scalar>)>, GuardError> {
        let (path, _) = self.register(object, key)?;
        let Some(at) = self.covered.iter().position(|(covered, ..)| *covered == path) else {
            return Ok(None);
        };
        let (path, counter, over) = self.covered.remove(at);
        let is_exact = op.pred.len() == 1
            && op.pred.iter().all(|id| {
                id.counter() == counter && id.actor().to_bytes() == outline.actor.as_slice()
            });
        if is_exact {
            Ok(Some((path, over)))
        } else {
            Err(refused("predecessors", "does not supersede exactly the empty value before it"))
        }
    }

    /// The register an operation writes and the values it supersedes: exactly those that stood
    /// there.
    fn superseded(
        &self,
        op: &Op,
        object: &OpId,
        key: &str,
        outline: &Outline,
    ) -> Result<(RegisterPath, Vec<Scalar>), GuardError> {
        let (path, id) = self.register(object, key)?;
        let is_again = self.puts.iter().any(|(other, ..)| *other == path)
            || self.covered.iter().any(|(other, ..)| *other == path);
        if is_again {
            return Err(refused("grammar", "a register written twice"));
        }
        let heads: Vec<automerge::ChangeHash> =
            outline.deps.iter().map(|hash| automerge::ChangeHash(*hash)).collect();
        let standing = self.document.engine.get_all_at(&id, key, &heads).unwrap_or_default();
        let mut expected: Vec<(u64, Vec<u8>)> = standing
            .iter()
            .filter_map(|(_, id)| match id {
                ObjId::Id(counter, actor, _) => Some((*counter, actor.to_bytes().to_vec())),
                ObjId::Root => None,
            })
            .collect();
        let mut named: Vec<(u64, Vec<u8>)> =
            op.pred.iter().map(|id| (id.counter(), id.actor().to_bytes().to_vec())).collect();
        expected.sort();
        named.sort();
        if expected != named {
            return Err(refused("predecessors", "does not supersede exactly what stood there"));
        }
        let over = standing
            .iter()
            .filter_map(|(value, _)| value.as_scalar().and_then(Scalar::from_owned))
            .collect();
        Ok((path, over))
    }

    /// The register `key` of an object that existed before the change.
    fn register(&self, object: &OpId, key: &str) -> Result<(RegisterPath, ObjId), GuardError> {
        if let Some(container) = self.container_of(object) {
            return match (container.shape, self.document.container(container.name)) {
                (Shape::Registers(_), Some(id)) => Ok((RegisterPath::of(container.name, key), id)),
                _ => Err(refused("grammar", "a value where items belong")),
            };
        }
        for (container, items) in &self.before.items {
            let Some(at) = self.document.container(container) else { continue };
            for item in items {
                let Ok(Some((_, id))) = self.document.engine.get(&at, item.key.as_str()) else {
                    continue;
                };
                if is_object(&id, object) {
                    return Ok((RegisterPath::of_item(container, &item.key, key), id));
                }
            }
        }
        Err(refused("grammar", "a value in an object that does not take any"))
    }

    fn container_of(&self, object: &OpId) -> Option<&'static schema::Container> {
        schema::containers(self.document.kind()).iter().find(|container| {
            self.document.container(container.name).is_some_and(|id| is_object(&id, object))
        })
    }

    fn finish(self) -> Result<Grammatical, GuardError> {
        if !self.covered.is_empty() {
            return Err(refused("grammar", "an empty value left standing"));
        }
        let kind = self.document.kind();
        let mut acts = Vec::new();
        let (mut entries, mut again) = (Vec::new(), Vec::new());
        for mut making in self.making.into_values() {
            if making.is_again {
                acts.push(Act::Add(EntryKind::Succeeds));
            }
            if making.container == "entries" && making.is_again {
                again.push(recorded(kind, making)?);
            } else if making.container == "entries" {
                making.fields.sort();
                let (header, entry) = entry_of(kind, &making.fields)?;
                let goes_on = matches!(entry, Entry::Succeeds { .. });
                if goes_on != again::begins_at(&making.key).is_some() {
                    return Err(refused("grammar", "an entry of the beginning that is not there"));
                }
                acts.push(act_of(&entry));
                entries.push((making.key, header, entry));
            } else {
                check_item(kind, &making)?;
                acts.extend((!making.is_again).then(|| edit_act(kind)));
            }
        }
        for (path, value, over) in &self.puts {
            acts.push(edit_act(kind));
            resolution_is_listed(path, value, over, &entries)?;
        }
        acts.sort();
        acts.dedup();
        let facts = RegisterPath::of("facts", "grid");
        let grid = self.puts.iter().find(|(path, ..)| *path == facts);
        let grid = grid.map(|(_, value, _)| value.as_text());
        Ok(Grammatical { acts, entries, again, grid })
    }
}

fn is_object(id: &ObjId, object: &OpId) -> bool {
    matches!(id, ObjId::Id(counter, actor, _)
        if *counter == object.counter() && actor == object.actor())
}

/// What writing a register or an item of a document of this kind is called.
pub const fn edit_act(kind: DocumentKind) -> Act {
    match kind {
        DocumentKind::CaseFile => Act::EditCaseFile,
        DocumentKind::Household => Act::EditHousehold,
        DocumentKind::VisitDay => Act::EditVisitDay,
    }
}

/// What adding an entry is called.
pub fn act_of(entry: &Entry) -> Act {
    match entry {
        Entry::ConflictResolved { field, .. } if field == "stage" => Act::ResolveDecision,
        Entry::ConflictResolved { .. } => Act::ResolveValue,
        other => Act::Add(other.kind()),
    }
}

/// An entry that is recorded again, without what is said of its old change.
fn recorded(
    kind: DocumentKind,
    making: Making,
) -> Result<(ItemKey, EntryHeader, Entry), GuardError> {
    let (mut fields, again) = Again::part(making.fields);
    if again.is_none() {
        return Err(refused("grammar", "an entry that is recorded again without its old change"));
    }
    fields.sort();
    let (header, entry) = entry_of(kind, &fields)?;
    Ok((making.key, header, entry))
}

/// The entry in these fields, which are sorted.
fn entry_of(
    kind: DocumentKind,
    fields: &[(String, Scalar)],
) -> Result<(EntryHeader, Entry), GuardError> {
    let (header, entry) = flat::unflatten(fields)
        .ok_or_else(|| refused("unknown_entry", "an entry that this version does not know"))?;
    if entry.kind().home().is_some_and(|home| home != kind) {
        return Err(refused("unknown_entry", "an entry of another kind of document"));
    }
    if flat::flatten(&header, &entry).as_deref() != Ok(fields) {
        return Err(refused("unknown_entry", "an entry with fields of no meaning"));
    }
    Ok((header, entry))
}

fn check_item(kind: DocumentKind, making: &Making) -> Result<(), GuardError> {
    for (name, value) in &making.fields {
        let field = schema::field(kind, making.container, name)
            .ok_or_else(|| refused("unknown_field", "a field that this version does not know"))?;
        value.fits(field).map_err(|error| GuardError::refused("value", error.to_string()))?;
    }
    if making.fields.is_empty() {
        return Err(refused("grammar", "an empty item"));
    }
    Ok(())
}

/// A put over several different values stands beside the entry that lists them all.
fn resolution_is_listed(
    path: &RegisterPath,
    value: &Scalar,
    over: &[Scalar],
    entries: &[(ItemKey, EntryHeader, Entry)],
) -> Result<(), GuardError> {
    let mut different: Vec<String> = over.iter().map(Scalar::as_text).collect();
    different.sort();
    different.dedup();
    if different.len() < 2 || cfg!(feature = "planted-hidden-clash") {
        return Ok(());
    }
    let is_listed = entries.iter().any(|(_, _, entry)| {
        matches!(entry, Entry::ConflictResolved { field, values, chosen }
        if *field == path.to_string() && *chosen == value.as_text() && {
            let mut listed = values.clone();
            listed.sort();
            listed == different
        })
    });
    if is_listed {
        Ok(())
    } else {
        Err(refused("unlisted_conflict", "a clash covered without saying which values stood there"))
    }
}
