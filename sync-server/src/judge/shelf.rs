//! Documents held in memory. What a transaction changed replaces what is held only after it was
//! committed.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use yidang_documents::{ChangeHash, Document};
use yidang_domain::ids::{DocumentId, OrgCode};

use crate::kinds;
use crate::store::{Db, DocumentRow, StoreError};

/// The documents used last, as they were committed.
struct Held {
    most: usize,
    tick: u64,
    documents: HashMap<[u8; 16], (u64, Document)>,
}

impl Held {
    fn find(&mut self, id: &[u8; 16]) -> Option<Document> {
        self.tick += 1;
        let (used, document) = self.documents.get_mut(id)?;
        *used = self.tick;
        Some(document.clone())
    }

    fn put(&mut self, id: [u8; 16], document: Document) {
        self.tick += 1;
        self.documents.insert(id, (self.tick, document));
        self.make_room();
    }

    /// Puts away a quarter at once, the longest unused first.
    fn make_room(&mut self) {
        if self.documents.len() <= self.most {
            return;
        }
        let mut used: Vec<u64> = self.documents.values().map(|(used, _)| *used).collect();
        used.sort_unstable();
        let keep = self.most - self.most / 4;
        let oldest_kept = used.get(used.len().saturating_sub(keep)).copied().unwrap_or(0);
        self.documents.retain(|_, (used, _)| *used >= oldest_kept);
    }
}

/// What a shelf takes its documents from.
enum Source {
    /// It keeps what is held for all.
    Keeper,
    /// It takes from there and gives nothing back.
    Beside,
}

/// The documents used last, and those that a transaction changes.
pub struct Shelf {
    held: Arc<Mutex<Held>>,
    source: Source,
    staged: HashMap<[u8; 16], Document>,
    /// Changed in this transaction and put away: what may be held of them is of this transaction.
    away: HashSet<[u8; 16]>,
}

impl Shelf {
    /// A shelf for at most `most` documents.
    #[must_use]
    pub fn new(most: usize) -> Self {
        let held = Held { most: most.max(1), tick: 0, documents: HashMap::new() };
        Self::on(Arc::new(Mutex::new(held)), Source::Keeper)
    }

    fn on(held: Arc<Mutex<Held>>, source: Source) -> Self {
        Self { held, source, staged: HashMap::new(), away: HashSet::new() }
    }

    /// A way to the documents that are held, without waiting for whoever works with this shelf.
    #[must_use]
    pub fn window(&self) -> Window {
        Window(Arc::clone(&self.held))
    }

    /// A copy of the document as the running transaction sees it.
    ///
    /// # Errors
    ///
    /// [`StoreError`], also where the stored document is damaged.
    pub fn find(&mut self, db: &Db<'_>, id: &[u8; 16]) -> Result<Option<Document>, StoreError> {
        if let Some(document) = self.staged.get(id) {
            return Ok(Some(document.clone()));
        }
        let held = self.held().find(id);
        let document = match held {
            Some(document) => document,
            None => {
                let Some(row) = db.document(id)? else { return Ok(None) };
                let document = load(db, &row)?;
                if matches!(self.source, Source::Keeper) {
                    self.held().put(*id, document.clone());
                }
                document
            }
        };
        if matches!(self.source, Source::Beside) {
            // What is held may be another one the next moment: here it stays the same.
            self.staged.insert(*id, document.clone());
        }
        Ok(Some(document))
    }

    /// The heads of the document as the running transaction sees it; none where there is no such one.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn heads(&self, db: &Db<'_>, id: &[u8; 16]) -> Result<Vec<ChangeHash>, StoreError> {
        match self.staged.get(id) {
            Some(document) => Ok(document.heads()),
            None => Ok(db.document(id)?.map(|row| row.heads).unwrap_or_default()),
        }
    }

    /// Puts a changed document aside until the transaction is committed.
    pub fn stage(&mut self, document: Document) {
        self.staged.insert(*document.id().as_bytes(), document);
    }

    /// Forgets a changed document; whoever asks for it reads it from the database.
    pub fn put_away(&mut self, id: &[u8; 16]) {
        self.staged.remove(id);
        self.held().documents.remove(id);
        self.away.insert(*id);
    }

    /// Forgets a document that was destroyed.
    pub fn forget(&mut self, id: &[u8; 16]) {
        self.staged.remove(id);
        self.held().documents.remove(id);
    }

    /// The transaction was committed.
    pub fn settle(&mut self) {
        self.away.clear();
        let staged = std::mem::take(&mut self.staged);
        let mut held = self.held();
        for (id, document) in staged {
            held.put(id, document);
        }
    }

    /// The transaction was not committed.
    pub fn discard(&mut self) {
        self.staged.clear();
        let away = std::mem::take(&mut self.away);
        let mut held = self.held();
        for id in away {
            held.documents.remove(&id);
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// See [`Shelf::window`].
#[derive(Clone)]
pub struct Window(Arc<Mutex<Held>>);

impl Window {
    /// A shelf for work that writes nothing: it takes copies of what is held, and what it loads or
    /// stages itself is nobody else's.
    #[must_use]
    pub fn shelf(&self) -> Shelf {
        Shelf::on(Arc::clone(&self.0), Source::Beside)
    }
}

/// Builds a document from its stored changes.
///
/// # Errors
///
/// [`StoreError::Damaged`] names the document.
pub fn load(db: &Db<'_>, row: &DocumentRow) -> Result<Document, StoreError> {
    let id = DocumentId::from_bytes(row.id);
    let damaged = |detail: String| StoreError::Damaged(format!("document {id}: {detail}"));
    let kind = kinds::kind_of(row.kind).ok_or_else(|| damaged("its kind is not known".into()))?;
    let mut document = Document::begin(kind, id, &OrgCode(row.home.clone()))
        .map_err(|error| damaged(error.to_string()))?;
    let changes = db.changes(&row.id)?;
    // The engine panics on bytes that nobody's guard ever saw; each change is what its hash says, or it
    // never comes there.
    let stored = changes.iter().map(|(hash, bytes)| (*hash, bytes.as_slice()));
    document.apply_stored(stored).map_err(|error| damaged(error.to_string()))?;
    if document.heads() != row.heads {
        return Err(damaged("it has other heads than those stored".into()));
    }
    Ok(document)
}
