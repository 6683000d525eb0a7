//! Documents, their raw changes and the signed batches they came in.

use rusqlite::{OptionalExtension, Row, params};
use yidang_documents::{ChangeHash, Document, DocumentError, Projection};
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::{DocumentId, OrgCode};

use super::halves::act_of;
use super::{Access, Read, Store, StoreError, StoredPlace, Write};

/// A document as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its kind.
    pub kind: DocumentKind,
    /// The unit it was born in.
    pub home: OrgCode,
}

/// A signed batch as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBatch {
    /// Its name.
    pub id: Vec<u8>,
    /// The document.
    pub document: DocumentId,
    /// The header's bytes.
    pub header: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
    /// Hashes of its changes, in order.
    pub hashes: Vec<ChangeHash>,
}

/// A document with the heads it has here, where they were noted.
pub type WithHeads = (DocumentId, Option<Vec<ChangeHash>>);

/// How it stands with the signed batches of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Proofs {
    /// Every change is here with its batch.
    Whole = 0,
    /// They are to be asked for.
    Wanted = 1,
    /// The server gave what it has, and it does not cover everything.
    Partial = 2,
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).into()
}

impl Write<'_> {
    /// Notes a document, or that it is back in scope.
    pub fn put_document(
        &self,
        id: DocumentId,
        kind: DocumentKind,
        home: &OrgCode,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO document (document, kind, home) VALUES (?1, ?2, ?3)
                 ON CONFLICT (document) DO UPDATE SET sealed = 0",
            )?
            .execute(params![id.as_bytes(), kind.name(), home.as_str()])?;
        Ok(())
    }

    /// Keeps a change; the same change twice is kept once.
    pub fn put_change(
        &self,
        id: DocumentId,
        hash: &ChangeHash,
        bytes: &[u8],
    ) -> Result<bool, StoreError> {
        let rows = self
            .sql()
            .prepare_cached(
                "INSERT OR IGNORE INTO change (document, hash, bytes) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![id.as_bytes(), hash, bytes])?;
        Ok(rows > 0)
    }

    /// Keeps a save that the server attests, as it is: with its hash and heads it is the truth until
    /// it is split. Its proofs are still to be asked for. `place` is where the server said so, if it did.
    pub fn put_snapshot(
        &self,
        id: DocumentId,
        bytes: &[u8],
        heads: &[ChangeHash],
        place: Option<StoredPlace>,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "UPDATE document SET snapshot = ?2, snapshot_hash = ?3, snapshot_heads = ?4,
                   proofs = 1, sheet = ?5, leaf = ?6 WHERE document = ?1",
            )?
            .execute(params![
                id.as_bytes(),
                bytes,
                sha256(bytes),
                heads.concat(),
                place.map(|place| place.sheet),
                place.map(|place| place.leaf)
            ])?;
        Ok(())
    }

    /// Splits a kept save into raw changes; needed before the first edit and before it is handed on.
    pub fn split_snapshot(&self, document: &Document) -> Result<(), StoreError> {
        let id = document.id();
        let has_one: bool = self
            .sql()
            .prepare_cached(
                "SELECT count(*) > 0 FROM document WHERE document = ?1 AND snapshot IS NOT NULL",
            )?
            .query_row([id.as_bytes()], |row| row.get(0))?;
        if has_one {
            self.keep_save(id)?;
            for (hash, bytes) in document.changes_since(&[]) {
                self.put_change(id, &hash, &bytes)?;
            }
            self.sql()
                .prepare_cached(
                    "UPDATE document SET snapshot = NULL, snapshot_hash = NULL,
                       snapshot_heads = NULL WHERE document = ?1",
                )?
                .execute([id.as_bytes()])?;
        }
        Ok(())
    }

    /// Notes how it stands with the proofs of a document.
    pub fn set_proofs(&self, id: DocumentId, proofs: Proofs) -> Result<(), StoreError> {
        if proofs == Proofs::Whole {
            self.drop_save(id)?;
        }
        self.sql()
            .prepare_cached("UPDATE document SET proofs = ?2 WHERE document = ?1")?
            .execute(params![id.as_bytes(), proofs as u8])?;
        Ok(())
    }

    /// What the server could not prove before is asked for again: another log may hold it, or an author
    /// is known by now.
    pub fn prove_again(&self) -> Result<(), StoreError> {
        self.sql().execute("UPDATE document SET proofs = 1 WHERE proofs = 2", [])?;
        Ok(())
    }

    /// Notes which heads a document has here.
    pub fn set_heads(&self, document: &Document) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("UPDATE document SET heads = ?2 WHERE document = ?1")?
            .execute(params![document.id().as_bytes(), document.heads().concat()])?;
        Ok(())
    }

    /// Keeps a batch. `push` says that the server has yet to acknowledge it.
    pub fn put_batch(&self, batch: &StoredBatch, push: bool) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT OR IGNORE INTO batch
                   (batch, document, position, header, signature, hashes, push, act)
                 VALUES (?1, ?2, (SELECT ifnull(max(position), 0) + 1 FROM batch), ?3, ?4, ?5, ?6,
                   ?7)",
            )?
            .execute(params![
                batch.id,
                batch.document.as_bytes(),
                batch.header,
                batch.signature,
                batch.hashes.concat(),
                push,
                act_of(&batch.header)
            ])?;
        Ok(())
    }

    /// Marks every batch of a document to be pushed again: the server lost it.
    pub fn push_again(&self, id: DocumentId) -> Result<(), StoreError> {
        self.sql().execute("UPDATE batch SET push = 1 WHERE document = ?1", [id.as_bytes()])?;
        Ok(())
    }

    /// The server holds a batch, or will never take it.
    pub fn pushed(&self, batch: &[u8]) -> Result<(), StoreError> {
        self.sql().execute("UPDATE batch SET push = 0 WHERE batch = ?1", [batch])?;
        Ok(())
    }

    /// Keeps the rows of a long document.
    pub fn put_projection(&self, projection: &Projection) -> Result<(), StoreError> {
        let json = serde_json::to_string(projection)?;
        self.sql()
            .prepare_cached(
                "INSERT INTO projection (document, json) VALUES (?1, ?2)
                 ON CONFLICT (document) DO UPDATE SET json = excluded.json",
            )?
            .execute(params![projection.common().id.as_bytes(), json])?;
        Ok(())
    }

    /// Keeps a document out of lists, or lets it in again.
    pub fn seal(&self, id: DocumentId) -> Result<(), StoreError> {
        let id = id.as_bytes();
        self.sql().execute("UPDATE document SET sealed = 1 WHERE document = ?1", [id])?;
        self.sql().execute("UPDATE case_row SET sealed = 1 WHERE document = ?1", [id])?;
        self.sql().execute(
            "DELETE FROM case_search
             WHERE rowid IN (SELECT c.number_of FROM case_row c WHERE c.document = ?1)",
            [id],
        )?;
        Ok(())
    }

    /// Deletes everything of a document: of a household that left the ring, because whoever has nothing
    /// to do with a family any more keeps nothing of it; of a document whose beginning was not taken.
    pub fn forget(&self, id: DocumentId) -> Result<(), StoreError> {
        let id = id.as_bytes();
        self.forget_words(id)?;
        for table in [
            "change",
            "batch",
            "projection",
            "household_row",
            "household_tie",
            "case_row",
            "case_party",
            "looked",
            "message",
            "renamed",
            "attested",
            "to_give",
            "wanted_document",
        ] {
            self.sql().execute(&format!("DELETE FROM {table} WHERE document = ?1"), [id])?;
        }
        self.sql().execute("DELETE FROM member_row WHERE household = ?1", [id])?;
        self.sql().execute("DELETE FROM document WHERE document = ?1", [id])?;
        Ok(())
    }

    /// Deletes the words by which a document is found.
    fn forget_words(&self, id: &[u8; 16]) -> Result<(), StoreError> {
        let number = |sql: &str| -> Result<Option<i64>, StoreError> {
            Ok(self.sql().query_row(sql, [id], |row| row.get(0)).optional()?)
        };
        if let Some(number) = number("SELECT number_of FROM household_row WHERE document = ?1")? {
            self.sql().execute("DELETE FROM household_search WHERE rowid = ?1", [number])?;
        }
        if let Some(number) = number("SELECT number_of FROM case_row WHERE document = ?1")? {
            self.sql().execute("DELETE FROM case_search WHERE rowid = ?1", [number])?;
            self.sql().execute("DELETE FROM case_told WHERE number_of = ?1", [number])?;
        }
        Ok(())
    }

    /// Forgets the kept rows of a long document: something left it, so they are not true any more.
    pub fn drop_projection(&self, id: DocumentId) -> Result<(), StoreError> {
        self.sql().execute("DELETE FROM projection WHERE document = ?1", [id.as_bytes()])?;
        Ok(())
    }

    /// Forgets a batch and the changes it holds: it was not taken, and something was built on it here.
    pub fn drop_batch(&self, batch: &StoredBatch) -> Result<(), StoreError> {
        for hash in &batch.hashes {
            self.sql().execute(
                "DELETE FROM change WHERE document = ?1 AND hash = ?2",
                params![batch.document.as_bytes(), hash],
            )?;
        }
        self.sql().execute("DELETE FROM batch WHERE batch = ?1", [&batch.id])?;
        Ok(())
    }

    /// Forgets the batches of a document that hold any of these changes, which left it. What else they held
    /// stays, and its proof is asked for again.
    pub fn drop_batches_of(&self, id: DocumentId, gone: &[ChangeHash]) -> Result<(), StoreError> {
        let is_gone = |hash: &ChangeHash| gone.contains(hash);
        for batch in self.batches_of(id)?.iter().filter(|batch| batch.hashes.iter().any(is_gone)) {
            self.sql().execute("DELETE FROM batch WHERE batch = ?1", [&batch.id])?;
            if !batch.hashes.iter().all(is_gone) {
                self.set_proofs(id, Proofs::Wanted)?;
            }
        }
        Ok(())
    }
}

/// Whatever is kept of a document was whole when it was stored: where it does not load, it was damaged
/// since.
fn damaged(error: DocumentError) -> StoreError {
    match error {
        DocumentError::Damaged { .. } => error.into(),
        other => not_as_stored(other.to_string()),
    }
}

fn not_as_stored(reason: impl Into<String>) -> StoreError {
    DocumentError::Damaged { index: 0, total: 1, reason: reason.into() }.into()
}

pub(super) fn hashes(bytes: &[u8]) -> Vec<ChangeHash> {
    bytes.chunks_exact(32).filter_map(|chunk| chunk.try_into().ok()).collect()
}

pub(super) fn stored_batch(row: &Row<'_>) -> rusqlite::Result<StoredBatch> {
    Ok(StoredBatch {
        id: row.get(0)?,
        document: DocumentId::from_bytes(row.get(1)?),
        header: row.get(2)?,
        signature: row.get(3)?,
        hashes: hashes(&row.get::<_, Vec<u8>>(4)?),
    })
}

/// Reads documents.
pub trait ReadDocuments: Read {
    /// Sealed documents of this kind of which nothing waits to be sent.
    fn sealed(&self, kind: DocumentKind) -> Result<Vec<DocumentId>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT document FROM document d WHERE d.sealed = 1 AND d.kind = ?1
             AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.document = d.document)
             AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.document = d.document AND b.push = 1)",
        )?;
        let rows = statement.query_map([kind.name()], |row| row.get::<_, [u8; 16]>(0))?;
        Ok(rows.map(|id| id.map(DocumentId::from_bytes)).collect::<Result<_, _>>()?)
    }

    /// What is kept of a document.
    fn stored(&self, id: DocumentId) -> Result<Option<StoredDocument>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT kind, home FROM document WHERE document = ?1")?
            .query_row([id.as_bytes()], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })
            .optional()?
            .and_then(|(kind, home)| {
                Some(StoredDocument { kind: DocumentKind::from_name(&kind)?, home: OrgCode(home) })
            }))
    }

    /// The document, made from its snapshot and its changes; each is compared with the hash it was
    /// stored under.
    fn load(&self, id: DocumentId) -> Result<Option<Document>, StoreError> {
        let Some(stored) = self.stored(id)? else { return Ok(None) };
        let mut document = match self.snapshot(id)? {
            Some(document) => document,
            None => Document::begin(stored.kind, id, &stored.home).map_err(damaged)?,
        };
        let mut statement =
            self.sql().prepare_cached("SELECT hash, bytes FROM change WHERE document = ?1")?;
        let rows = statement.query_map([id.as_bytes()], |row| {
            Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        let changes = rows.collect::<Result<Vec<_>, _>>()?;
        let stored = changes.iter().map(|(hash, bytes)| (*hash, bytes.as_slice()));
        document.apply_stored(stored).map_err(damaged)?;
        Ok(Some(document))
    }

    /// The document in a kept save, if there is one and it is what was attested.
    fn snapshot(&self, id: DocumentId) -> Result<Option<Document>, StoreError> {
        let kept = self
            .sql()
            .prepare_cached(
                "SELECT snapshot, snapshot_hash, snapshot_heads FROM document
                 WHERE document = ?1 AND snapshot IS NOT NULL",
            )?
            .query_row([id.as_bytes()], |row| {
                Ok((
                    row.get::<_, Vec<u8>>(0)?,
                    row.get::<_, Option<Vec<u8>>>(1)?,
                    row.get::<_, Option<Vec<u8>>>(2)?,
                ))
            })
            .optional()?;
        let Some((bytes, hash, heads)) = kept else { return Ok(None) };
        if hash.is_some_and(|hash| hash != sha256(&bytes)) {
            return Err(not_as_stored("the snapshot is another"));
        }
        let document = Document::from_saved(&bytes).map_err(damaged)?;
        if heads.is_some_and(|heads| heads != document.heads().concat()) {
            return Err(not_as_stored("the snapshot has other heads"));
        }
        Ok(Some(document))
    }

    /// Documents whose proofs are to be asked for, at most `limit`.
    fn to_prove(&self, limit: u32) -> Result<Vec<DocumentId>, StoreError> {
        let mut statement =
            self.sql().prepare_cached("SELECT document FROM document WHERE proofs = 1 LIMIT ?1")?;
        let rows = statement.query_map([limit], |row| row.get::<_, [u8; 16]>(0))?;
        Ok(rows.map(|row| row.map(DocumentId::from_bytes)).collect::<Result<_, _>>()?)
    }

    /// Of how many documents the proofs are still to be asked for.
    fn count_to_prove(&self) -> Result<u32, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT count(*) FROM document WHERE proofs = 1")?
            .query_row([], |row| row.get(0))?)
    }

    /// The bytes of a change.
    fn change(&self, id: DocumentId, hash: &ChangeHash) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT bytes FROM change WHERE document = ?1 AND hash = ?2")?
            .query_row(params![id.as_bytes(), hash], |row| row.get(0))
            .optional()?)
    }

    /// The kept rows of a long document.
    fn projection(&self, id: DocumentId) -> Result<Option<Projection>, StoreError> {
        let json: Option<String> = self
            .sql()
            .prepare_cached("SELECT json FROM projection WHERE document = ?1")?
            .query_row([id.as_bytes()], |row| row.get(0))
            .optional()?;
        Ok(json.map(|json| serde_json::from_str(&json)).transpose()?)
    }

    /// Every document on this device in the order of identifiers, with the heads it has here where they
    /// were noted.
    fn documents_with_heads(&self) -> Result<Vec<WithHeads>, StoreError> {
        let mut statement = self.sql().prepare(
            "SELECT document, ifnull(heads, snapshot_heads) FROM document ORDER BY document",
        )?;
        let rows = statement.query_map([], |row| {
            let heads: Option<Vec<u8>> = row.get(1)?;
            Ok((DocumentId::from_bytes(row.get(0)?), heads.map(|heads| hashes(&heads))))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How it stands with the proofs of a document.
    fn proofs(&self, id: DocumentId) -> Result<Option<Proofs>, StoreError> {
        let number: Option<u8> = self
            .sql()
            .prepare_cached("SELECT proofs FROM document WHERE document = ?1")?
            .query_row([id.as_bytes()], |row| row.get(0))
            .optional()?;
        let known = [Proofs::Whole, Proofs::Wanted, Proofs::Partial];
        Ok(known.into_iter().find(|proofs| number == Some(*proofs as u8)))
    }

    /// The batches of a document, in the order in which they came.
    fn batches_of(&self, id: DocumentId) -> Result<Vec<StoredBatch>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT batch, document, header, signature, hashes FROM batch
             WHERE document = ?1 ORDER BY position",
        )?;
        let rows = statement.query_map([id.as_bytes()], stored_batch)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Own changes of a document that are in no batch yet.
    fn unsigned_of(&self, id: DocumentId) -> Result<Vec<ChangeHash>, StoreError> {
        let mut statement = self
            .sql()
            .prepare_cached("SELECT hash FROM outbox WHERE document = ?1 AND batch IS NULL")?;
        let rows = statement.query_map([id.as_bytes()], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The changes of a document that are in a batch here.
    fn proved(&self, id: DocumentId) -> Result<Vec<ChangeHash>, StoreError> {
        let mut statement =
            self.sql().prepare_cached("SELECT hashes FROM batch WHERE document = ?1")?;
        let rows = statement.query_map([id.as_bytes()], |row| row.get::<_, Vec<u8>>(0))?;
        let mut all = Vec::new();
        for row in rows {
            all.extend(hashes(&row?));
        }
        Ok(all)
    }

    /// Every document on this device.
    fn documents(&self) -> Result<Vec<DocumentId>, StoreError> {
        let mut statement = self.sql().prepare("SELECT document FROM document")?;
        let rows = statement.query_map([], |row| row.get::<_, [u8; 16]>(0))?;
        Ok(rows.map(|row| row.map(DocumentId::from_bytes)).collect::<Result<_, _>>()?)
    }

    /// Batches that the server has yet to acknowledge, oldest first.
    fn batches_to_push(&self, limit: u32) -> Result<Vec<StoredBatch>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT batch, document, header, signature, hashes FROM batch
             WHERE push = 1 ORDER BY position LIMIT ?1",
        )?;
        let rows = statement.query_map([limit], stored_batch)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The batch of this name.
    fn batch(&self, id: &[u8]) -> Result<Option<StoredBatch>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT batch, document, header, signature, hashes FROM batch WHERE batch = ?1",
            )?
            .query_row([id], stored_batch)
            .optional()?)
    }
}

impl ReadDocuments for Store {}
impl ReadDocuments for Write<'_> {}
