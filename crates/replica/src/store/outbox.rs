//! Own changes on their way to the server.

use rusqlite::params;
use yidang_documents::ChangeHash;
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::DocumentId;

use super::{Access, Read, Store, StoreError, Write};

/// One own change that is not accepted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// The document.
    pub document: DocumentId,
    /// The change.
    pub hash: ChangeHash,
    /// What it is, in a few words.
    pub title: String,
    /// All that was typed.
    pub words: String,
    /// When it was saved.
    pub saved_at: InstantMs,
    /// 0 saved, 1 received, 3 refused.
    pub delivery: u8,
    /// Why it was refused.
    pub code: String,
}

/// Own changes of one document that are to be signed together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingBatch {
    /// The document.
    pub document: DocumentId,
    /// The changes, in order.
    pub hashes: Vec<ChangeHash>,
}

impl Write<'_> {
    /// Puts an own change into the outbox, in the transaction that saves it.
    pub fn put_outbox(&self, item: &OutboxItem) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO outbox (document, hash, title, words, saved_at, delivery)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                item.document.as_bytes(),
                item.hash,
                item.title,
                item.words,
                item.saved_at.0,
                item.delivery
            ])?;
        Ok(())
    }

    /// Notes in which batch changes were signed.
    pub fn signed(&self, hashes: &[ChangeHash], batch: &[u8]) -> Result<(), StoreError> {
        let mut statement =
            self.sql().prepare_cached("UPDATE outbox SET batch = ?2 WHERE hash = ?1")?;
        for hash in hashes {
            statement.execute(params![hash, batch])?;
        }
        Ok(())
    }

    /// The server holds a batch durably.
    pub fn received(&self, batch: &[u8]) -> Result<(), StoreError> {
        self.sql()
            .execute("UPDATE outbox SET delivery = 1 WHERE batch = ?1 AND delivery = 0", [batch])?;
        Ok(())
    }

    /// The server judged a batch and took it.
    pub fn accepted(&self, batch: &[u8]) -> Result<(), StoreError> {
        self.sql().prepare_cached("DELETE FROM outbox WHERE batch = ?1")?.execute([batch])?;
        Ok(())
    }

    /// The server did not take a batch; the words stay.
    pub fn refused(&self, batch: &[u8], code: &str) -> Result<(), StoreError> {
        self.sql().execute(
            "UPDATE outbox SET delivery = 3, code = ?2 WHERE batch = ?1",
            params![batch, code],
        )?;
        Ok(())
    }
}

/// Reads the outbox.
pub trait ReadOutbox: Read {
    /// Everything in it, in the order in which it was made.
    fn outbox(&self) -> Result<Vec<OutboxItem>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT document, hash, title, words, saved_at, delivery, code
             FROM outbox ORDER BY position",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(OutboxItem {
                document: DocumentId::from_bytes(row.get(0)?),
                hash: row.get(1)?,
                title: row.get(2)?,
                words: row.get(3)?,
                saved_at: InstantMs(row.get(4)?),
                delivery: row.get(5)?,
                code: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many changes the server does not hold yet.
    fn waiting(&self) -> Result<u32, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT count(*) FROM outbox WHERE delivery = 0")?
            .query_row([], |row| row.get(0))?)
    }

    /// When the oldest own change was saved that nobody has judged.
    fn oldest_waiting(&self) -> Result<Option<InstantMs>, StoreError> {
        let oldest: Option<i64> = self
            .sql()
            .prepare_cached("SELECT min(saved_at) FROM outbox WHERE delivery IN (0, 1)")?
            .query_row([], |row| row.get(0))?;
        Ok(oldest.map(InstantMs))
    }

    /// The position of the newest own change; zero where there is none.
    fn newest(&self) -> Result<i64, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT ifnull(max(position), 0) FROM outbox")?
            .query_row([], |row| row.get(0))?)
    }

    /// Own changes up to position `until` that were not signed yet, by document, in order; at most
    /// `most` in each.
    fn unsigned(&self, until: i64, most: usize) -> Result<Vec<PendingBatch>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT document, hash FROM outbox WHERE batch IS NULL AND position <= ?1
             ORDER BY position",
        )?;
        let rows = statement.query_map([until], |row| {
            Ok((DocumentId::from_bytes(row.get(0)?), row.get::<_, [u8; 32]>(1)?))
        })?;
        let mut pending: Vec<PendingBatch> = Vec::new();
        for row in rows {
            let (document, hash) = row?;
            match pending.iter_mut().rev().find(|batch| batch.document == document) {
                Some(batch) if batch.hashes.len() < most => batch.hashes.push(hash),
                _ => pending.push(PendingBatch { document, hashes: vec![hash] }),
            }
        }
        Ok(pending)
    }
}

impl ReadOutbox for Store {}
impl ReadOutbox for Write<'_> {}
