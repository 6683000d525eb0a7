//! Documents held in memory. What a transaction changed replaces what is held only after it was
//! committed.

use std::collections::{HashMap, HashSet};

use yidang_documents::Document;
use yidang_domain::ids::{DocumentId, OrgCode};

use crate::kinds;
use crate::store::{Db, DocumentRow, StoreError};

/// The documents used last.
pub struct Shelf {
    most: usize,
    tick: u64,
    held: HashMap<[u8; 16], (u64, Document)>,
    staged: HashMap<[u8; 16], Document>,
    /// Changed in this transaction and put away: what may be held of them is of this transaction.
    away: HashSet<[u8; 16]>,
}

impl Shelf {
    /// A shelf for at most `most` documents.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            tick: 0,
            held: HashMap::new(),
            staged: HashMap::new(),
            away: HashSet::new(),
        }
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
        self.tick += 1;
        if let Some((used, document)) = self.held.get_mut(id) {
            *used = self.tick;
            return Ok(Some(document.clone()));
        }
        let Some(row) = db.document(id)? else { return Ok(None) };
        let document = load(db, &row)?;
        self.held.insert(*id, (self.tick, document.clone()));
        self.make_room();
        Ok(Some(document))
    }

    /// Puts a changed document aside until the transaction is committed.
    pub fn stage(&mut self, document: Document) {
        self.staged.insert(*document.id().as_bytes(), document);
    }

    /// Forgets a changed document; whoever asks for it reads it from the database.
    pub fn put_away(&mut self, id: &[u8; 16]) {
        self.staged.remove(id);
        self.held.remove(id);
        self.away.insert(*id);
    }

    /// The transaction was committed.
    pub fn settle(&mut self) {
        self.away.clear();
        for (id, document) in std::mem::take(&mut self.staged) {
            self.tick += 1;
            self.held.insert(id, (self.tick, document));
        }
        self.make_room();
    }

    /// The transaction was not committed.
    pub fn discard(&mut self) {
        self.staged.clear();
        for id in self.away.drain() {
            self.held.remove(&id);
        }
    }

    /// Puts away a quarter at once, the longest unused first.
    fn make_room(&mut self) {
        if self.held.len() <= self.most {
            return;
        }
        let mut used: Vec<u64> = self.held.values().map(|(used, _)| *used).collect();
        used.sort_unstable();
        let keep = self.most - self.most / 4;
        let oldest_kept = used.get(used.len().saturating_sub(keep)).copied().unwrap_or(0);
        self.held.retain(|_, (used, _)| *used >= oldest_kept);
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
    let bytes: Vec<&[u8]> = changes.iter().map(|(_, bytes)| bytes.as_slice()).collect();
    document.apply(&bytes).map_err(|error| damaged(error.to_string()))?;
    if document.heads() != row.heads {
        return Err(damaged("it has other heads than those stored".into()));
    }
    Ok(document)
}
