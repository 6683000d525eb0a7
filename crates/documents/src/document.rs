//! One document in memory.

use automerge::{ActorId, Automerge, Change, ObjId, ROOT, ReadDoc};
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::{DocumentId, OrgCode};

use crate::actor::ChangeHash;
use crate::genesis;

/// Why a document could not be made, read or changed. The document in hand is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The engine refuses.
    #[error("the document engine refuses: {0}")]
    Engine(#[from] automerge::AutomergeError),
    /// A stored change is damaged or is not the one that was stored.
    #[error("change {index} of {total} is damaged: {reason}")]
    Damaged {
        /// Its position among those given.
        index: usize,
        /// How many were given.
        total: usize,
        /// What is wrong.
        reason: String,
    },
    /// The first change is missing or tells no kind, id or home.
    #[error("the document has no first change of ours")]
    NoGenesis,
    /// Changes are missing that others were made on.
    #[error("{0} changes wait for others that are missing")]
    Incomplete(usize),
    /// An edit names a container, item or field that does not exist.
    #[error("no register {0}")]
    NoRegister(String),
    /// A value may not stand in its register.
    #[error(transparent)]
    Value(#[from] crate::scalar::ScalarError),
    /// An edit changes nothing.
    #[error("nothing to write")]
    Nothing,
    /// An entry cannot be written as registers.
    #[error("entry cannot be written: {0}")]
    Entry(String),
}

/// One document with its whole history. Cloning costs microseconds, so edits are made on a clone
/// that replaces the original only after they are durable.
#[derive(Clone)]
pub struct Document {
    pub(crate) engine: Automerge,
    kind: DocumentKind,
    id: DocumentId,
    home: OrgCode,
}

impl Document {
    /// A new document: its first change and nothing else.
    ///
    /// # Errors
    ///
    /// Only if the engine fails.
    pub fn begin(
        kind: DocumentKind,
        id: DocumentId,
        home: &OrgCode,
    ) -> Result<Self, DocumentError> {
        Ok(Self { engine: genesis::begin(kind, id, home)?, kind, id, home: home.clone() })
    }

    /// Adds stored changes, each with the hash it was stored under; what is there already is passed
    /// over. The order does not matter. The bytes must have passed the guard when they first came in.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Damaged`] names the first change whose bytes are not what was stored;
    /// [`DocumentError::Incomplete`] says how many wait for others that are missing.
    pub fn apply_stored<'a>(
        &mut self,
        stored: impl IntoIterator<Item = (ChangeHash, &'a [u8])>,
    ) -> Result<(), DocumentError> {
        let stored: Vec<(ChangeHash, &[u8])> =
            stored.into_iter().filter(|(hash, _)| !self.has(hash)).collect();
        let total = stored.len();
        let changes = stored
            .iter()
            .enumerate()
            .map(|(index, (hash, bytes))| {
                parse(bytes, Some(hash)).map_err(|reason| DocumentError::Damaged {
                    index,
                    total,
                    reason,
                })
            })
            .collect::<Result<Vec<Change>, DocumentError>>()?;
        self.engine.apply_changes(changes)?;
        let missing = stored.iter().filter(|(hash, _)| !self.has(hash)).count();
        if missing > 0 { Err(DocumentError::Incomplete(missing)) } else { Ok(()) }
    }

    /// The document in these standard Automerge bytes.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Engine`] for bytes that the engine cannot read; [`DocumentError::NoGenesis`]
    /// where they are no document of ours.
    pub fn from_saved(bytes: &[u8]) -> Result<Self, DocumentError> {
        let engine = Automerge::load(bytes)?;
        let text = |key: &str| match engine.get(ROOT, key) {
            Ok(Some((value, _))) => value.as_str().map(str::to_owned),
            _ => None,
        };
        let kind = text("kind").and_then(|name| DocumentKind::from_name(&name));
        let home = text("home");
        let id = match engine.get(ROOT, "id") {
            Ok(Some((value, _))) => value.as_bytes().and_then(|bytes| bytes.try_into().ok()),
            _ => None,
        };
        match (kind, id, home) {
            (Some(kind), Some(id), Some(home)) => {
                Ok(Self { engine, kind, id: DocumentId::from_bytes(id), home: OrgCode(home) })
            }
            _ => Err(DocumentError::NoGenesis),
        }
    }

    /// What kind of document it is.
    #[must_use]
    pub const fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// Its identifier.
    #[must_use]
    pub const fn id(&self) -> DocumentId {
        self.id
    }

    /// The unit it was born in.
    #[must_use]
    pub const fn home(&self) -> &OrgCode {
        &self.home
    }

    /// Its heads, sorted.
    #[must_use]
    pub fn heads(&self) -> Vec<ChangeHash> {
        self.engine.get_heads().into_iter().map(|hash| hash.0).collect()
    }

    /// Whether the change with this hash is in it.
    #[must_use]
    pub fn has(&self, hash: &ChangeHash) -> bool {
        self.engine.get_change_meta_by_hash(&automerge::ChangeHash(*hash)).is_some()
    }

    /// The last sequence number of `actor` in it; zero where it never wrote.
    #[must_use]
    pub fn last_seq(&self, actor: &[u8; 16]) -> u64 {
        self.engine
            .get_changes_meta(&[])
            .iter()
            .filter(|meta| meta.actor.to_bytes() == actor)
            .map(|meta| meta.seq)
            .max()
            .unwrap_or(0)
    }

    /// Adds changes that passed the guard, in any order. What was there already is passed over.
    ///
    /// # Errors
    ///
    /// On an error the document may hold a part of them: apply to a clone.
    pub fn apply(&mut self, changes: &[&[u8]]) -> Result<(), DocumentError> {
        let total = changes.len();
        let parsed = changes
            .iter()
            .enumerate()
            .map(|(index, bytes)| {
                parse(bytes, None).map_err(|reason| DocumentError::Damaged { index, total, reason })
            })
            .collect::<Result<Vec<Change>, DocumentError>>()?;
        let hashes: Vec<automerge::ChangeHash> = parsed.iter().map(Change::hash).collect();
        self.engine.apply_changes(parsed)?;
        let missing = hashes
            .iter()
            .filter(|hash| self.engine.get_change_meta_by_hash(hash).is_none())
            .count();
        if missing > 0 { Err(DocumentError::Incomplete(missing)) } else { Ok(()) }
    }

    /// Every change that is not in `known`, as hash and raw bytes, in causal order.
    #[must_use]
    pub fn changes_since(&self, known: &[ChangeHash]) -> Vec<(ChangeHash, Vec<u8>)> {
        let known: Vec<automerge::ChangeHash> =
            known.iter().map(|hash| automerge::ChangeHash(*hash)).collect();
        self.engine
            .get_changes(&known)
            .iter()
            .map(|change| (change.hash().0, change.raw_bytes().to_vec()))
            .collect()
    }

    /// The document as standard Automerge bytes.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.engine.save()
    }

    /// The document as standard Automerge bytes without deflated columns, for one compressed stream
    /// of many documents.
    #[must_use]
    pub fn save_uncompressed(&self) -> Vec<u8> {
        self.engine.save_nocompress()
    }

    pub(crate) fn with_actor(&self, actor: &[u8; 16]) -> Automerge {
        self.engine.clone().with_actor(ActorId::from(&actor[..]))
    }

    pub(crate) fn container(&self, name: &str) -> Option<ObjId> {
        match self.engine.get(ROOT, name) {
            Ok(Some((automerge::Value::Object(automerge::ObjType::Map), id))) => Some(id),
            _ => None,
        }
    }
}

/// Reads one change and compares its hash with the one it was stored under.
fn parse(bytes: &[u8], expected: Option<&ChangeHash>) -> Result<Change, String> {
    let change = Change::from_bytes(bytes.to_vec()).map_err(|error| error.to_string())?;
    match expected {
        Some(hash) if change.hash().0 != *hash => Err("its hash is another".into()),
        _ => Ok(change),
    }
}
