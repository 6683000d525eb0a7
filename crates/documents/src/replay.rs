//! Making changes anew: what somebody meant with a change, out of its bytes, and the same on a document
//! from which other changes were taken out.
//!
//! A change that the server never takes leaves the document of its author, and everything that was
//! made on it leaves with it: later changes of an actor stand on its earlier ones, and nobody else
//! could ever apply them. What was meant with them stays: [`edits_of`] reads it back, [`Replay`] writes
//! it under another actor, on top of what was there when it was meant.

use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::{Key, ObjectId, Op, OpType};
use automerge::{Change, ObjId, ObjType, ReadDoc, ScalarValue};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader};
use yidang_domain::ids::ItemKey;
use yidang_domain::rights::Act;

use crate::actor::{Actor, ChangeHash};
use crate::document::{Document, DocumentError};
use crate::edit::{Author, Committed, Edit, RegisterPath};
use crate::flat;
use crate::guard::{act_of, edit_act};
use crate::scalar::Scalar;
use crate::schema::{self, Container, Shape};

/// What somebody meant with one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intended {
    /// What was written, in order.
    pub edits: Vec<Edit>,
    /// What its entries carry; none where it has no entry.
    pub header: Option<EntryHeader>,
    /// When, by the clock of the device.
    pub at: InstantMs,
    /// Keys of the items and entries it made, in order.
    pub keys: Vec<ItemKey>,
}

impl Intended {
    /// Every act, once, as the guard of a document of this kind would name them.
    #[must_use]
    pub fn acts(&self, kind: DocumentKind) -> Vec<Act> {
        let mut acts: Vec<Act> = self
            .edits
            .iter()
            .map(|edit| match edit {
                Edit::AddEntry(entry) => act_of(entry),
                Edit::Set(..) | Edit::AddItem(..) => edit_act(kind),
            })
            .collect();
        acts.sort();
        acts.dedup();
        acts
    }
}

/// What stands under an object of a document.
enum Place {
    Container(&'static Container),
    Item(&'static Container, ItemKey),
}

fn places(document: &Document) -> Vec<(ObjId, Place)> {
    let mut places = Vec::new();
    for container in schema::containers(document.kind()) {
        let Some(object) = document.container(container.name) else { continue };
        if matches!(container.shape, Shape::Items(_)) {
            for item in document.engine.map_range(&object, ..) {
                places.push((item.id(), Place::Item(container, ItemKey(item.key.to_string()))));
            }
        }
        places.push((object, Place::Container(container)));
    }
    places
}

/// One thing a change does, while its operations are read.
enum Part {
    Set(RegisterPath, Scalar),
    Made { container: &'static Container, key: ItemKey, fields: Vec<(String, Scalar)> },
}

struct Decoder<'a> {
    document: &'a Document,
    places: Vec<(ObjId, Place)>,
    actor: Actor,
    parts: Vec<Part>,
    /// Of each object that the change makes: its operation and its part.
    made: BTreeMap<u64, usize>,
}

fn strange(what: &str) -> DocumentError {
    DocumentError::Entry(format!("a change with {what}"))
}

/// What was meant with the change in `bytes`. `document` holds the change, or at least everything that it
/// was made on.
///
/// Committing these edits on the dependencies of the change, under its actor, gives its very bytes
/// again (`tests/replay.rs`).
///
/// # Errors
///
/// [`DocumentError`] for bytes that are no change of this version; an own one always is.
pub fn edits_of(document: &Document, bytes: &[u8]) -> Result<Intended, DocumentError> {
    let change = Change::from_bytes(bytes.to_vec()).map_err(|error| DocumentError::Damaged {
        index: 0,
        total: 1,
        reason: error.to_string(),
    })?;
    let actor = change.actor_id().to_bytes().try_into().unwrap_or_default();
    let at = InstantMs(change.timestamp());
    let start = change.start_op().get();
    let mut decoder = Decoder {
        document,
        places: places(document),
        actor,
        parts: Vec::new(),
        made: BTreeMap::new(),
    };
    for (counter, op) in (start..).zip(&change.decode().operations) {
        decoder.op(op, counter)?;
    }
    let (mut edits, mut keys, mut header) = (Vec::new(), Vec::new(), None);
    for part in decoder.parts {
        match part {
            Part::Set(path, value) => edits.push(Edit::Set(path, value)),
            Part::Made { container, key, fields } if matches!(container.shape, Shape::Entries) => {
                let (carried, entry) = flat::unflatten(&fields)
                    .ok_or_else(|| strange("an entry of another version"))?;
                header = Some(carried);
                keys.push(key);
                edits.push(Edit::AddEntry(entry));
            }
            Part::Made { container, key, fields } => {
                keys.push(key);
                edits.push(Edit::AddItem(
                    container.name,
                    named(document.kind(), container, fields)?,
                ));
            }
        }
    }
    Ok(Intended { edits, header, at, keys })
}

/// The fields of an item under the names of the schema.
fn named(
    kind: DocumentKind,
    container: &Container,
    fields: Vec<(String, Scalar)>,
) -> Result<Vec<(&'static str, Scalar)>, DocumentError> {
    fields
        .into_iter()
        .map(|(name, value)| {
            let field = schema::field(kind, container.name, &name);
            let field = field.ok_or_else(|| strange("a field of another version"))?;
            Ok((field.name, value))
        })
        .collect()
}

impl Decoder<'_> {
    fn op(&mut self, op: &Op, counter: u64) -> Result<(), DocumentError> {
        let (Key::Map(key), ObjectId::Id(object)) = (&op.key, &op.obj) else {
            return Err(strange("an operation outside of maps"));
        };
        let is_own = object.actor().to_bytes() == self.actor.as_slice();
        let made = self.made.get(&object.counter()).copied().filter(|_| is_own);
        match &op.action {
            OpType::Make(ObjType::Map) => {
                let Some(Place::Container(container)) = self.place(object) else {
                    return Err(strange("an object where none belongs"));
                };
                let container = *container;
                self.made.insert(counter, self.parts.len());
                let key = ItemKey(key.to_string());
                self.parts.push(Part::Made { container, key, fields: Vec::new() });
                Ok(())
            }
            // An empty value that the same change covers: it comes again where it is needed.
            OpType::Put(ScalarValue::Null) => Ok(()),
            OpType::Put(value) => {
                let value = Scalar::from_owned(value)
                    .ok_or_else(|| strange("a type of value that ours never have"))?;
                match made.and_then(|at| self.parts.get_mut(at)) {
                    Some(Part::Made { fields, .. }) => fields.push((key.to_string(), value)),
                    _ => self.set(object, key, value)?,
                }
                Ok(())
            }
            _ => Err(strange("an operation other than put and make map")),
        }
    }

    fn set(
        &mut self,
        object: &automerge::legacy::OpId,
        field: &str,
        value: Scalar,
    ) -> Result<(), DocumentError> {
        let path = match self.place(object) {
            Some(Place::Container(container)) => RegisterPath::of(container.name, field),
            Some(Place::Item(container, key)) => RegisterPath::of_item(container.name, key, field),
            None => {
                let kind = self.document.kind().name();
                return Err(DocumentError::NoRegister(format!("{kind}: {field}")));
            }
        };
        self.parts.push(Part::Set(path, value));
        Ok(())
    }

    fn place(&self, object: &automerge::legacy::OpId) -> Option<&Place> {
        let is_it = |id: &ObjId| {
            matches!(id, ObjId::Id(counter, actor, _)
                if *counter == object.counter() && actor == object.actor())
        };
        self.places.iter().find(|(id, _)| is_it(id)).map(|(_, place)| place)
    }
}

/// A change without its content: who wrote it, and on what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its hash.
    pub hash: ChangeHash,
    /// Who wrote it.
    pub actor: Actor,
    /// Their sequence number.
    pub seq: u64,
    /// What it was made on.
    pub deps: Vec<ChangeHash>,
}

impl Document {
    /// Its changes without their content, each after those it was made on.
    #[must_use]
    pub fn links(&self) -> Vec<Link> {
        let mut metas = self.engine.get_changes_meta(&[]);
        metas.sort_by_key(|meta| (meta.start_op, meta.hash));
        metas
            .iter()
            .map(|meta| Link {
                hash: meta.hash.0,
                actor: meta.actor.to_bytes().try_into().unwrap_or_default(),
                seq: meta.seq,
                deps: meta.deps.iter().map(|dep| dep.0).collect(),
            })
            .collect()
    }

    /// Whether it holds its first change and nothing else.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.engine.get_changes_meta(&[]).len() <= 1
    }
}

/// A change that left a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Which.
    pub link: Link,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What was meant with it; none where this version cannot read it.
    pub intended: Option<Intended>,
}

/// `document` without the changes `roots` and without everything that was made on any of them, and what
/// left it, each after those it was made on.
///
/// # Errors
///
/// Only if the engine fails.
pub fn take_out(
    document: &Document,
    roots: &BTreeSet<ChangeHash>,
) -> Result<(Document, Vec<Gone>), DocumentError> {
    let mut dead: BTreeSet<ChangeHash> = BTreeSet::new();
    // Later changes of an actor stand on its earlier ones even where their dependencies do not say so.
    let mut ended: BTreeMap<Actor, u64> = BTreeMap::new();
    let mut links = Vec::new();
    for link in document.links() {
        let is_dead = roots.contains(&link.hash)
            || link.deps.iter().any(|dep| dead.contains(dep))
            || ended.get(&link.actor).is_some_and(|from| link.seq > *from);
        if is_dead {
            dead.insert(link.hash);
            ended.entry(link.actor).or_insert(link.seq);
            links.push(link);
        }
    }
    let mut rest = Document::begin(document.kind(), document.id(), document.home())?;
    let mut kept = Vec::new();
    let mut left: BTreeMap<ChangeHash, Vec<u8>> = BTreeMap::new();
    for (hash, bytes) in document.changes_since(&[]) {
        if dead.contains(&hash) {
            left.insert(hash, bytes);
        } else {
            kept.push((hash, bytes));
        }
    }
    rest.apply_stored(kept.iter().map(|(hash, bytes)| (*hash, bytes.as_slice())))?;
    let gone = links
        .into_iter()
        .map(|link| {
            let bytes = left.remove(&link.hash).unwrap_or_default();
            let intended = edits_of(document, &bytes).ok();
            Gone { link, bytes, intended }
        })
        .collect();
    Ok((rest, gone))
}

/// What things are called after changes were made anew: keys of items and hashes of changes, as text.
/// What was left out stands for what it was made on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renamed(BTreeMap<String, Vec<String>>);

/// A name that was given away more often than this is not followed further.
const MOST_RENAMES: usize = 64;

impl Renamed {
    /// Notes that `old` is called `new` now: one name for a key, any number for a hash.
    pub fn note(&mut self, old: String, new: Vec<String>) {
        self.0.insert(old, new);
    }

    /// Every old name with its new ones.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Vec<String>)> {
        self.0.iter()
    }

    /// Whether nothing was renamed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key an item has now.
    #[must_use]
    pub fn key(&self, key: &ItemKey) -> ItemKey {
        ItemKey(self.text(key.as_str()))
    }

    fn text(&self, text: &str) -> String {
        let mut now = text;
        for _ in 0..MOST_RENAMES {
            match self.0.get(now).map(Vec::as_slice) {
                Some([next]) => now = next,
                _ => break,
            }
        }
        now.to_owned()
    }

    /// The heads, in hexadecimal, that stand for these now.
    #[must_use]
    pub fn heads(&self, heads: &[String]) -> Vec<String> {
        let mut now: BTreeSet<String> = heads.iter().cloned().collect();
        for _ in 0..MOST_RENAMES {
            if !now.iter().any(|head| self.0.contains_key(head)) {
                break;
            }
            let next = |head: String| self.0.get(&head).cloned().unwrap_or_else(|| vec![head]);
            now = now.into_iter().flat_map(next).collect();
        }
        now.into_iter().collect()
    }

    fn path(&self, path: &RegisterPath) -> RegisterPath {
        RegisterPath { item: path.item.as_ref().map(|key| self.key(key)), ..path.clone() }
    }

    fn field(&self, field: &str) -> String {
        RegisterPath::parse(field)
            .map_or_else(|| field.to_owned(), |path| self.path(&path).to_string())
    }

    /// The edits under the names of now.
    #[must_use]
    pub fn edits(&self, edits: &[Edit]) -> Vec<Edit> {
        if self.is_empty() {
            return edits.to_vec();
        }
        edits
            .iter()
            .map(|edit| match edit {
                Edit::Set(path, value) => Edit::Set(self.path(path), value.clone()),
                Edit::AddItem(container, fields) => Edit::AddItem(container, fields.clone()),
                Edit::AddEntry(entry) => Edit::AddEntry(self.entry(entry.clone())),
            })
            .collect()
    }

    fn entry(&self, entry: Entry) -> Entry {
        let seen = |seen: Option<Vec<String>>| seen.map(|heads| self.heads(&heads));
        match entry {
            Entry::Accepted { seen: saw, due_on } => Entry::Accepted { seen: seen(saw), due_on },
            Entry::Returned { seen: saw, field, reason } => {
                Entry::Returned { seen: seen(saw), field: self.field(&field), reason }
            }
            Entry::Closed { seen: saw, words } => Entry::Closed { seen: seen(saw), words },
            Entry::Reopened { seen: saw, reason } => Entry::Reopened { seen: seen(saw), reason },
            Entry::Joined { seen: saw, with, stands, reason } => {
                Entry::Joined { seen: seen(saw), with, stands, reason }
            }
            Entry::ConflictResolved { field, values, chosen } if field == "stage" => {
                let values = values.iter().map(|value| self.text(value)).collect();
                Entry::ConflictResolved { field, values, chosen: self.text(&chosen) }
            }
            Entry::ConflictResolved { field, values, chosen } => {
                Entry::ConflictResolved { field: self.field(&field), values, chosen }
            }
            Entry::WalkInAnswered { walk_in, words, case_file } => {
                Entry::WalkInAnswered { walk_in: self.key(&walk_in), words, case_file }
            }
            other => other,
        }
    }
}

/// Changes that left a document, written again one after the other.
pub struct Replay {
    document: Document,
    /// What stands in the place of each change that left.
    stands: BTreeMap<ChangeHash, Vec<ChangeHash>>,
    renamed: Renamed,
    last: Option<ChangeHash>,
}

impl Replay {
    /// Writes onto `document`, from which they were taken out.
    #[must_use]
    pub fn onto(document: Document) -> Self {
        let (stands, renamed) = (BTreeMap::new(), Renamed::default());
        Self { document, stands, renamed, last: None }
    }

    /// The document so far.
    #[must_use]
    pub const fn document(&self) -> &Document {
        &self.document
    }

    /// The heads it is written on: those it was made on, or what stands in their place.
    #[must_use]
    pub fn base_of(&self, link: &Link) -> Vec<ChangeHash> {
        let mut base: BTreeSet<ChangeHash> = BTreeSet::new();
        for dep in &link.deps {
            match self.stands.get(dep) {
                Some(instead) => base.extend(instead),
                None => {
                    base.insert(*dep);
                }
            }
        }
        base.extend(self.last);
        let heads = self.document.heads();
        if heads.iter().all(|head| base.contains(head)) {
            heads
        } else {
            base.into_iter().collect()
        }
    }

    /// Leaves a change out for good.
    pub fn leave_out(&mut self, gone: &Gone) {
        let base = self.base_of(&gone.link);
        self.put_in_place(gone, base);
    }

    /// Writes a change again, as what was meant with it. What came meanwhile stays beside it as it stood
    /// beside the first one.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Nothing`] where the same stands there already; [`DocumentError::NoRegister`]
    /// where it was about something that left. The document is as it was before.
    pub fn write_again(
        &mut self,
        gone: &Gone,
        intended: &Intended,
        author: &Author,
    ) -> Result<Committed, DocumentError> {
        let base = self.base_of(&gone.link);
        let edits = without_resolutions(&self.renamed.edits(&intended.edits));
        let committed = self.document.commit_on(author, &base, &edits)?;
        let keys: Vec<ItemKey> = committed.keys.clone();
        for (old, new) in intended.keys.iter().zip(&keys) {
            self.renamed.note(old.as_str().to_owned(), vec![new.as_str().to_owned()]);
        }
        self.last = Some(committed.hash);
        self.put_in_place(gone, vec![committed.hash]);
        Ok(committed)
    }

    fn put_in_place(&mut self, gone: &Gone, instead: Vec<ChangeHash>) {
        let hex = |hash: &ChangeHash| yidang_domain::causality::hex_of(hash);
        self.renamed.note(hex(&gone.link.hash), instead.iter().map(hex).collect());
        self.stands.insert(gone.link.hash, instead);
    }

    /// The document with everything that was written again, and what things are called now.
    #[must_use]
    pub fn finish(self) -> (Document, Renamed) {
        (self.document, self.renamed)
    }
}

/// Entries that list the values of a register are made anew with the values that stand there now.
fn without_resolutions(edits: &[Edit]) -> Vec<Edit> {
    let is_set = |field: &str| {
        edits.iter().any(|edit| matches!(edit, Edit::Set(path, _) if path.to_string() == *field))
    };
    let keeps = |edit: &&Edit| !matches!(edit, Edit::AddEntry(Entry::ConflictResolved { field, .. }) if is_set(field));
    edits.iter().filter(keeps).cloned().collect()
}
