//! Intended edits: one change for one action of a person.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ObjId, ObjType, ReadDoc};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::{Entry, EntryHeader};
use yidang_domain::ids::ItemKey;

use crate::actor::{Actor, ChangeHash, item_key};
use crate::again;
use crate::document::{Document, DocumentError};
use crate::flat;
use crate::scalar::Scalar;
use crate::schema::{self, Shape};

/// Where a register stands: `facts.place` or `parties.<key>.phone`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegisterPath {
    /// The container.
    pub container: String,
    /// The item, in containers of items.
    pub item: Option<ItemKey>,
    /// The field.
    pub field: String,
}

impl RegisterPath {
    /// The register of a container of registers.
    #[must_use]
    pub fn of(container: &str, field: &str) -> Self {
        Self { container: container.into(), item: None, field: field.into() }
    }

    /// The register of an item.
    #[must_use]
    pub fn of_item(container: &str, item: &ItemKey, field: &str) -> Self {
        Self { container: container.into(), item: Some(item.clone()), field: field.into() }
    }

    /// The path that this text names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(container), Some(field), None, None) => Some(Self::of(container, field)),
            (Some(container), Some(item), Some(field), None) => {
                Some(Self::of_item(container, &item.into(), field))
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for RegisterPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.item {
            Some(item) => write!(f, "{}.{item}.{}", self.container, self.field),
            None => write!(f, "{}.{}", self.container, self.field),
        }
    }
}

/// One thing to write.
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::large_enum_variant, reason = "handled one by one, never in bulk")
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Puts a value into a register.
    Set(RegisterPath, Scalar),
    /// Makes an item with these fields.
    AddItem(&'static str, Vec<(&'static str, Scalar)>),
    /// Makes an entry.
    AddEntry(Entry),
}

/// Who writes, and when by their clock.
#[derive(Debug, Clone)]
pub struct Author {
    /// The actor of this installation of this person.
    pub actor: Actor,
    /// What every entry of this action carries.
    pub header: EntryHeader,
    /// The device's clock.
    pub at: InstantMs,
}

/// One change that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// Its hash.
    pub hash: ChangeHash,
    /// The actor's sequence number.
    pub seq: u64,
    /// Its first operation.
    pub start_op: u64,
    /// Its bytes, uncompressed.
    pub bytes: Vec<u8>,
    /// Keys of the items and entries it made, in order.
    pub keys: Vec<ItemKey>,
    /// The form was stale, so that the change stands beside what arrived meanwhile.
    pub forked: bool,
}

impl Document {
    /// Writes `edits` as one change.
    ///
    /// `form_heads` are the heads of the form the values were typed into. If a register that is
    /// written changed since, the change is made on those heads, so that the clash shows instead of
    /// one value silently covering the other. Putting a value over several different ones adds the
    /// entry that lists them (另填).
    ///
    /// # Errors
    ///
    /// Nothing is written on an error; call it on a clone all the same.
    pub fn commit(
        &mut self,
        author: &Author,
        form_heads: Option<&[ChangeHash]>,
        edits: &[Edit],
    ) -> Result<Committed, DocumentError> {
        let base = form_heads.and_then(|heads| self.stale_base(author, heads, edits));
        self.commit_at(author, base.as_deref(), edits)
    }

    /// Writes `edits` as one change that stands on `heads`, whatever came since: as if the author
    /// had seen nothing else. What others changed meanwhile stays beside it as a clash.
    ///
    /// For authors who keep a branch of their own, such as spreadsheets; the actor must have written
    /// nothing here that is not in `heads`.
    ///
    /// # Errors
    ///
    /// Nothing is written on an error; call it on a clone all the same.
    pub fn commit_on(
        &mut self,
        author: &Author,
        heads: &[ChangeHash],
        edits: &[Edit],
    ) -> Result<Committed, DocumentError> {
        let base: Vec<automerge::ChangeHash> =
            heads.iter().map(|hash| automerge::ChangeHash(*hash)).collect();
        let is_present = base == self.engine.get_heads();
        self.commit_at(author, (!is_present).then_some(base.as_slice()), edits)
    }

    fn commit_at(
        &mut self,
        author: &Author,
        base: Option<&[automerge::ChangeHash]>,
        edits: &[Edit],
    ) -> Result<Committed, DocumentError> {
        let forked = base.is_some();
        let mut engine = match base {
            Some(heads) => self.engine.fork_at(heads)?.with_actor(ActorId::from(&author.actor[..])),
            None => self.with_actor(&author.actor),
        };
        let edits = self.with_resolutions(&engine, edits);
        let seq = next_seq(&engine, &author.actor);
        let keys = write(&mut engine, author, seq, &edits)?;
        let change = engine.get_last_local_change().ok_or(DocumentError::Nothing)?;
        if change.seq() != seq {
            return Err(DocumentError::Nothing);
        }
        let committed = Committed {
            hash: change.hash().0,
            seq,
            start_op: change.start_op().get(),
            bytes: change.raw_bytes().to_vec(),
            keys,
            forked,
        };
        if forked {
            self.engine.apply_changes([change])?;
        } else {
            self.engine = engine;
        }
        Ok(committed)
    }

    /// The heads to write on if the form is stale: those it was opened on and the author's own last
    /// change, whose sequence must stay whole.
    fn stale_base(
        &self,
        author: &Author,
        form_heads: &[ChangeHash],
        edits: &[Edit],
    ) -> Option<Vec<automerge::ChangeHash>> {
        let known: Vec<automerge::ChangeHash> =
            form_heads.iter().map(|hash| automerge::ChangeHash(*hash)).collect();
        let all_known =
            known.iter().all(|hash| self.engine.get_change_meta_by_hash(hash).is_some());
        let newer = self.engine.get_changes_meta(&known);
        let own_last = newer.iter().rfind(|meta| meta.actor.to_bytes() == author.actor);
        let foreign = newer.iter().any(|meta| meta.actor.to_bytes() != author.actor);
        if !all_known || !foreign {
            return None;
        }
        let mut base = known;
        base.extend(own_last.map(|meta| meta.hash));
        let changed = edits.iter().any(|edit| match edit {
            Edit::Set(path, _) => self.changed_since(path, &base),
            Edit::AddEntry(entry) => entry.decides() && self.decided_since(&base),
            Edit::AddItem(..) => false,
        });
        changed.then_some(base)
    }

    /// Whether [`Self::commit`] would put a value over one of somebody else that the form did not show, because
    /// a change that this actor made since stands on it. Its sequence must stay whole, so only another actor of
    /// the same author can write beside what came: [`Self::commit_on`] the heads of the form.
    #[must_use]
    pub fn covers_unseen(
        &self,
        author: &Author,
        form_heads: &[ChangeHash],
        edits: &[Edit],
    ) -> bool {
        let known: Vec<automerge::ChangeHash> =
            form_heads.iter().map(|hash| automerge::ChangeHash(*hash)).collect();
        let is_here = |hash| self.engine.get_change_meta_by_hash(hash).is_some();
        if !known.iter().all(is_here) {
            return false;
        }
        let base = self.stale_base(author, form_heads, edits);
        edits.iter().any(|edit| match edit {
            Edit::Set(path, _) => self.came_since(author, path, &known, base.as_deref()),
            Edit::AddEntry(_) | Edit::AddItem(..) => false,
        })
    }

    /// Whether something stands in a register at `base`, or now, that somebody else put there after `heads`.
    fn came_since(
        &self,
        author: &Author,
        path: &RegisterPath,
        heads: &[automerge::ChangeHash],
        base: Option<&[automerge::ChangeHash]>,
    ) -> bool {
        let Ok((object, field)) = self.locate(&self.engine, path) else { return false };
        let then = self.engine.get_all_at(&object, field, heads).unwrap_or_default();
        let then: Vec<&ObjId> = then.iter().map(|(_, id)| id).collect();
        let is_theirs = |id: &ObjId| match id {
            ObjId::Id(_, actor, _) => actor.to_bytes() != author.actor,
            ObjId::Root => false,
        };
        let below = match base {
            Some(base) => self.engine.get_all_at(&object, field, base),
            None => self.engine.get_all(&object, field),
        };
        let below = below.unwrap_or_default();
        below.iter().any(|(_, id)| !then.contains(&id) && is_theirs(id))
    }

    fn changed_since(&self, path: &RegisterPath, heads: &[automerge::ChangeHash]) -> bool {
        let Ok((object, field)) = self.locate(&self.engine, path) else { return false };
        let now = self.engine.get_all(&object, field).unwrap_or_default();
        let then = self.engine.get_all_at(&object, field, heads).unwrap_or_default();
        now.iter().map(|(_, id)| id).ne(then.iter().map(|(_, id)| id))
    }

    fn decided_since(&self, heads: &[automerge::ChangeHash]) -> bool {
        let heads: Vec<ChangeHash> = heads.iter().map(|hash| hash.0).collect();
        let count = |reading: &crate::read::Reading| {
            reading.entries.iter().filter(|entry| entry.is_decision()).count()
        };
        count(&self.read()) != count(&self.read_at(&heads))
    }

    fn locate<'a>(
        &self,
        engine: &Automerge,
        path: &'a RegisterPath,
    ) -> Result<(ObjId, &'a str), DocumentError> {
        let missing = || DocumentError::NoRegister(path.to_string());
        let container = self.container(&path.container).ok_or_else(missing)?;
        match &path.item {
            None => Ok((container, &path.field)),
            Some(key) => match engine.get(&container, key.as_str())? {
                Some((automerge::Value::Object(ObjType::Map), item)) => Ok((item, &path.field)),
                _ => Err(missing()),
            },
        }
    }

    /// Adds the entries that list the values which stand against each other in registers that are
    /// written, unless the caller lists them already.
    fn with_resolutions(&self, engine: &Automerge, edits: &[Edit]) -> Vec<Edit> {
        let mut all = edits.to_vec();
        for edit in edits {
            let Edit::Set(path, value) = edit else { continue };
            let Ok((object, field)) = self.locate(engine, path) else { continue };
            let mut values: Vec<String> = engine
                .get_all(&object, field)
                .unwrap_or_default()
                .iter()
                .filter_map(|(value, _)| value.as_scalar().and_then(Scalar::from_owned))
                .map(|scalar| scalar.as_text())
                .collect();
            values.sort();
            values.dedup();
            let listed = edits.iter().any(|edit| {
                matches!(edit,
                Edit::AddEntry(Entry::ConflictResolved { field, .. }) if *field == path.to_string())
            });
            if values.len() > 1 && !listed && !cfg!(feature = "planted-hidden-clash") {
                all.push(Edit::AddEntry(Entry::ConflictResolved {
                    field: path.to_string(),
                    values,
                    chosen: value.as_text(),
                }));
            }
        }
        all
    }
}

fn next_seq(engine: &Automerge, actor: &Actor) -> u64 {
    engine
        .get_changes_meta(&[])
        .iter()
        .filter(|meta| meta.actor.to_bytes() == actor)
        .map(|meta| meta.seq)
        .max()
        .unwrap_or(0)
        .saturating_add(1)
}

/// Writes the edits; gives the keys of the items and entries that were made.
fn write(
    engine: &mut Automerge,
    author: &Author,
    seq: u64,
    edits: &[Edit],
) -> Result<Vec<ItemKey>, DocumentError> {
    let mut keys = Vec::new();
    let first = again::first_number(engine);
    let mut transaction = engine.transaction();
    for edit in edits {
        match edit {
            Edit::Set(path, value) => {
                let (object, kind) = register_object(&transaction, path)?;
                let field = schema::field(kind, &path.container, &path.field)
                    .ok_or_else(|| DocumentError::NoRegister(path.to_string()))?;
                value.fits(field)?;
                put(&mut transaction, &object, field.name, value)?;
            }
            Edit::AddItem(container, fields) => {
                let key = item_key(&author.actor, seq, first + keys.len());
                let owned: Vec<(String, Scalar)> = fields
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), value.clone()))
                    .collect();
                add(&mut transaction, container, &key, &owned)?;
                keys.push(key);
            }
            Edit::AddEntry(entry) => {
                let key = item_key(&author.actor, seq, first + keys.len());
                let fields = flat::flatten(&author.header, entry).map_err(DocumentError::Entry)?;
                add(&mut transaction, "entries", &key, &fields)?;
                keys.push(key);
            }
        }
    }
    transaction.commit_with(CommitOptions::default().with_time(author.at.0));
    Ok(keys)
}

/// Puts a value into a register, always as a put.
///
/// Where several values stand and the one that shows is chosen, the engine would only delete the
/// others, and somebody who chose differently at the same time would win without a card. So an
/// empty value is put first and the chosen one over it, in one change (docs/decisions/0009).
fn put(
    transaction: &mut automerge::transaction::Transaction<'_>,
    object: &ObjId,
    field: &str,
    value: &Scalar,
) -> Result<(), DocumentError> {
    let standing = transaction.get_all(object, field)?;
    let shows =
        standing.last().and_then(|(value, _)| value.as_scalar().and_then(Scalar::from_owned));
    if standing.len() > 1 && shows.as_ref() == Some(value) {
        transaction.put(object, field, automerge::ScalarValue::Null)?;
    }
    transaction.put(object, field, value.to_automerge())?;
    Ok(())
}

fn register_object(
    reader: &impl ReadDoc,
    path: &RegisterPath,
) -> Result<(ObjId, yidang_domain::entry::DocumentKind), DocumentError> {
    let missing = || DocumentError::NoRegister(path.to_string());
    let kind = match reader.get(automerge::ROOT, "kind")? {
        Some((value, _)) => value
            .as_str()
            .and_then(yidang_domain::entry::DocumentKind::from_name)
            .ok_or_else(missing)?,
        None => return Err(missing()),
    };
    let object = |at: &ObjId, key: &str| match reader.get(at, key) {
        Ok(Some((automerge::Value::Object(ObjType::Map), id))) => Ok(id),
        _ => Err(missing()),
    };
    let container = object(&automerge::ROOT, &path.container)?;
    match (&path.item, schema::find(kind, &path.container).map(|found| found.shape)) {
        (None, Some(Shape::Registers(_))) => Ok((container, kind)),
        (Some(key), Some(Shape::Items(_))) => Ok((object(&container, key.as_str())?, kind)),
        _ => Err(missing()),
    }
}

pub(crate) fn add(
    transaction: &mut automerge::transaction::Transaction<'_>,
    container: &str,
    key: &ItemKey,
    fields: &[(String, Scalar)],
) -> Result<(), DocumentError> {
    let at = match transaction.get(automerge::ROOT, container)? {
        Some((automerge::Value::Object(ObjType::Map), id)) => id,
        _ => return Err(DocumentError::NoRegister(container.to_owned())),
    };
    let item = transaction.put_object(&at, key.as_str(), ObjType::Map)?;
    for (name, value) in fields {
        transaction.put(&item, name.as_str(), value.to_automerge())?;
    }
    Ok(())
}
