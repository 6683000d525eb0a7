//! What came by hand from colleagues and the county has not taken yet.

use rusqlite::params;
use yidang_documents::ChangeHash;
use yidang_domain::ids::DocumentId;

use super::changes::{hashes, stored_batch};
use super::{Access, Read, SAVED, Store, StoreError, StoredBatch, Write};

/// A change that the county has not said that it took: an own one, or one that came by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnItsWay {
    /// The change.
    pub hash: ChangeHash,
    /// How far it has got, as in [`super::OutboxItem::delivery`].
    pub delivery: u8,
}

impl Write<'_> {
    /// Notes that a batch came by hand: it waits here like an own one until the county has said what
    /// becomes of it.
    pub fn hold(&self, batch: &[u8]) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "UPDATE batch SET held = 1, push = 1 WHERE batch = ?1 AND sheet IS NULL",
            )?
            .execute([batch])?;
        Ok(())
    }

    /// The county does not take a batch that came by hand; what becomes of it is settled later.
    pub fn held_in_vain(&self, batch: &[u8]) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("UPDATE batch SET held = 2 WHERE batch = ?1 AND held = 1")?
            .execute([batch])?;
        Ok(())
    }

    /// Forgets batches that came by hand and hold any of these changes, which left their document.
    pub fn drop_held(&self, id: DocumentId, gone: &[ChangeHash]) -> Result<(), StoreError> {
        for batch in self.held_of(id)? {
            if batch.hashes.iter().any(|hash| gone.contains(hash)) {
                self.sql().execute("DELETE FROM batch WHERE batch = ?1", params![batch.id])?;
            }
        }
        Ok(())
    }
}

/// Reads what came by hand.
pub trait ReadHeld: Read {
    /// Whether a batch came by hand and the county has not taken it.
    fn is_held(&self, batch: &[u8]) -> Result<bool, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT count(*) > 0 FROM batch WHERE batch = ?1 AND held > 0")?
            .query_row([batch], |row| row.get(0))?)
    }

    /// Batches of a document that came by hand and that the county has not taken.
    fn held_of(&self, id: DocumentId) -> Result<Vec<StoredBatch>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT batch, document, header, signature, hashes FROM batch
             WHERE document = ?1 AND held > 0 ORDER BY position",
        )?;
        let rows = statement.query_map([id.as_bytes()], stored_batch)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Batches that came by hand and that the county said it does not take.
    fn not_taken_by_hand(&self) -> Result<Vec<StoredBatch>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT batch, document, header, signature, hashes FROM batch
             WHERE held > 0 AND held = 2 ORDER BY position",
        )?;
        let rows = statement.query_map([], stored_batch)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many changes of colleagues wait here for the county.
    fn count_held(&self) -> Result<u32, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT ifnull(sum(length(hashes) / 32), 0) FROM batch WHERE held > 0")?
            .query_row([], |row| row.get(0))?)
    }

    /// Documents in which something waits for the county, one's own or a colleague's, the newest first.
    #[cfg(not(target_arch = "wasm32"))]
    fn on_their_way(&self) -> Result<Vec<DocumentId>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT document FROM (
               SELECT o.document, o.position FROM outbox o WHERE o.delivery IN (0, 1)
               UNION ALL SELECT b.document, b.position FROM batch b WHERE b.held > 0)
             GROUP BY document ORDER BY max(position) DESC",
        )?;
        let rows = statement.query_map([], |row| row.get::<_, [u8; 16]>(0))?;
        Ok(rows.map(|id| id.map(DocumentId::from_bytes)).collect::<Result<_, _>>()?)
    }

    /// Changes of a document that the county has not said that it took.
    fn on_its_way(&self, id: DocumentId) -> Result<Vec<OnItsWay>, StoreError> {
        let mut statement =
            self.sql().prepare_cached("SELECT hash, delivery FROM outbox WHERE document = ?1")?;
        let own = statement.query_map([id.as_bytes()], |row| {
            Ok(OnItsWay { hash: row.get(0)?, delivery: row.get(1)? })
        })?;
        let mut all = own.collect::<Result<Vec<_>, _>>()?;
        let mut statement = self
            .sql()
            .prepare_cached("SELECT hashes FROM batch WHERE document = ?1 AND held > 0")?;
        for row in statement.query_map([id.as_bytes()], |row| row.get::<_, Vec<u8>>(0))? {
            let by_hand = hashes(&row?).into_iter();
            all.extend(by_hand.map(|hash| OnItsWay { hash, delivery: SAVED }));
        }
        Ok(all)
    }

    /// Every batch of a document that is in it, oldest first.
    #[cfg(not(target_arch = "wasm32"))]
    fn batches_to_give(&self, id: DocumentId) -> Result<Vec<StoredBatch>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT batch, document, header, signature, hashes FROM batch
             WHERE document = ?1 AND held < 2 ORDER BY position",
        )?;
        let rows = statement.query_map([id.as_bytes()], stored_batch)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a document left what this person reads.
    #[cfg(not(target_arch = "wasm32"))]
    fn is_sealed(&self, id: DocumentId) -> Result<bool, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT count(*) > 0 FROM document WHERE document = ?1 AND sealed = 1")?
            .query_row([id.as_bytes()], |row| row.get(0))?)
    }
}

impl ReadHeld for Store {}
impl ReadHeld for Write<'_> {}
