//! Where the county took what is kept here, and what the county says itself: kept as it was signed, so that
//! it can be shown to a server that forgot it.

use rusqlite::{OptionalExtension, params};
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::{RecordName, SignedRecord};

use super::{Access, Read, Store, StoreError, Write};

/// A sheet of places as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSheet {
    /// The epoch in which the county said so, 16 bytes.
    pub epoch: Vec<u8>,
    /// The hashes of its leaves, 32 bytes each.
    pub leaves: Vec<u8>,
    /// The county's signature.
    pub signature: Vec<u8>,
}

/// Where something stands: the number of its sheet, the leaf, and the place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredPlace {
    /// The sheet.
    pub sheet: i64,
    /// The leaf on it.
    pub leaf: u32,
    /// The place in the log; zero for what has none.
    pub seq: u64,
}

/// A save that the county attested, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSave {
    /// The document.
    pub document: DocumentId,
    /// The save.
    pub save: Vec<u8>,
    /// Where the county said so.
    pub place: StoredPlace,
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

impl Write<'_> {
    /// Keeps a sheet; the same one is kept once. Gives its number.
    pub fn put_sheet(&self, sheet: &StoredSheet) -> Result<i64, StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT OR IGNORE INTO sheet (epoch, leaves, signature) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![sheet.epoch, sheet.leaves, sheet.signature])?;
        Ok(self
            .sql()
            .prepare_cached("SELECT sheet FROM sheet WHERE signature = ?1")?
            .query_row([&sheet.signature], |row| row.get(0))?)
    }

    /// Notes where the county took a batch; what it said last counts.
    pub fn place_batch(&self, batch: &[u8], place: StoredPlace) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "UPDATE batch SET sheet = ?2, leaf = ?3, log_seq = ?4, held = 0 WHERE batch = ?1",
            )?
            .execute(params![batch, place.sheet, place.leaf, signed(place.seq)])?;
        Ok(())
    }

    /// Keeps the attested save of a document that is being split, until its batches are here.
    pub(super) fn keep_save(&self, id: DocumentId) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT OR IGNORE INTO attested (document, save, sheet, leaf)
                 SELECT document, snapshot, sheet, leaf FROM document
                 WHERE document = ?1 AND proofs <> 0 AND snapshot IS NOT NULL
                   AND sheet IS NOT NULL",
            )?
            .execute([id.as_bytes()])?;
        Ok(())
    }

    /// Every batch of a document is here: the save says nothing that they do not.
    pub(super) fn drop_save(&self, id: DocumentId) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM attested WHERE document = ?1")?
            .execute([id.as_bytes()])?;
        Ok(())
    }

    /// The server lost a document: whatever save is kept of it is to be given back.
    pub fn give_save(&self, id: DocumentId) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("INSERT OR IGNORE INTO to_give (document) VALUES (?1)")?
            .execute([id.as_bytes()])?;
        Ok(())
    }

    /// The save of a document was given back, or there is none that could be.
    pub fn gave_save(&self, id: DocumentId) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM to_give WHERE document = ?1")?
            .execute([id.as_bytes()])?;
        Ok(())
    }

    /// Notes that a document has to be asked for.
    pub fn want_document(&self, id: DocumentId) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("INSERT OR IGNORE INTO wanted_document (document) VALUES (?1)")?
            .execute([id.as_bytes()])?;
        Ok(())
    }

    /// A document came, or is not for this device.
    pub fn got_document(&self, id: DocumentId) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM wanted_document WHERE document = ?1")?
            .execute([id.as_bytes()])?;
        Ok(())
    }

    /// Keeps something the county said, under the name it keeps for ever.
    pub fn put_record(&self, name: &RecordName, record: &SignedRecord) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT OR IGNORE INTO record (epoch, seq, bytes, signature)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![name.epoch, signed(name.seq), record.record, record.signature])?;
        Ok(())
    }

    /// Notes whether a record is to be given back.
    pub fn set_record_push(&self, name: &RecordName, push: bool) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("UPDATE record SET push = ?3 WHERE epoch = ?1 AND seq = ?2")?
            .execute(params![name.epoch, signed(name.seq), push])?;
        Ok(())
    }
}

/// Reads places and records.
pub trait ReadPlaces: Read {
    /// Where the county took a batch; none where nobody said.
    fn place_of(&self, batch: &[u8]) -> Result<Option<StoredPlace>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT sheet, leaf, log_seq FROM batch WHERE batch = ?1 AND sheet IS NOT NULL",
            )?
            .query_row([batch], |row| {
                let (sheet, leaf) = (row.get(0)?, row.get(1)?);
                Ok(StoredPlace { sheet, leaf, seq: unsigned(row.get(2)?) })
            })
            .optional()?)
    }

    /// The last place at which the county took a batch of a document; zero where nobody said.
    fn last_place(&self, id: DocumentId) -> Result<u64, StoreError> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT ifnull(max(log_seq), 0) FROM batch
                 WHERE document = ?1 AND sheet IS NOT NULL",
            )?
            .query_row([id.as_bytes()], |row| row.get(0))
            .map(unsigned)?)
    }

    /// A sheet by its number.
    fn sheet(&self, sheet: i64) -> Result<Option<StoredSheet>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT epoch, leaves, signature FROM sheet WHERE sheet = ?1")?
            .query_row([sheet], |row| {
                Ok(StoredSheet { epoch: row.get(0)?, leaves: row.get(1)?, signature: row.get(2)? })
            })
            .optional()?)
    }

    /// Documents whose saves are to be given back, at most `limit`.
    fn to_give(&self, limit: u32) -> Result<Vec<DocumentId>, StoreError> {
        let mut statement =
            self.sql().prepare_cached("SELECT document FROM to_give ORDER BY document LIMIT ?1")?;
        let rows = statement.query_map([limit], |row| row.get::<_, [u8; 16]>(0))?;
        Ok(rows.map(|row| row.map(DocumentId::from_bytes)).collect::<Result<_, _>>()?)
    }

    /// The attested save of a document whose batches are not all here.
    fn save_of(&self, id: DocumentId) -> Result<Option<StoredSave>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT save, sheet, leaf FROM attested WHERE document = ?1
                 UNION ALL
                 SELECT snapshot, sheet, leaf FROM document
                 WHERE document = ?1 AND snapshot IS NOT NULL AND sheet IS NOT NULL
                 LIMIT 1",
            )?
            .query_row([id.as_bytes()], |row| {
                let place = StoredPlace { sheet: row.get(1)?, leaf: row.get(2)?, seq: 0 };
                Ok(StoredSave { document: id, save: row.get(0)?, place })
            })
            .optional()?)
    }

    /// Whether a document has to be asked for by name.
    fn is_wanted(&self, id: DocumentId) -> Result<bool, StoreError> {
        let wanted = self
            .sql()
            .prepare_cached("SELECT 1 FROM wanted_document WHERE document = ?1")?
            .exists([id.as_bytes()])?;
        Ok(wanted)
    }

    /// Documents that have to be asked for, at most `limit`.
    fn wanted_documents(&self, limit: u32) -> Result<Vec<DocumentId>, StoreError> {
        let mut statement = self
            .sql()
            .prepare_cached("SELECT document FROM wanted_document ORDER BY document LIMIT ?1")?;
        let rows = statement.query_map([limit], |row| row.get::<_, [u8; 16]>(0))?;
        Ok(rows.map(|row| row.map(DocumentId::from_bytes)).collect::<Result<_, _>>()?)
    }

    /// What the county said of this kind.
    #[cfg(not(target_arch = "wasm32"))]
    fn records_of(
        &self,
        kind: yidang_sync_protocol::RecordKind,
    ) -> Result<Vec<(yidang_sync_protocol::Record, SignedRecord)>, StoreError> {
        use prost::Message;
        use yidang_sync_protocol::Record;
        let mut statement =
            self.sql().prepare_cached("SELECT bytes, signature FROM record ORDER BY epoch, seq")?;
        let rows = statement.query_map([], |row| {
            Ok(SignedRecord { record: row.get(0)?, signature: row.get(1)? })
        })?;
        let mut all = Vec::new();
        for signed in rows {
            let signed = signed?;
            // They were read when they came; one of a later version is of no kind that is asked for.
            let read = Record::decode(signed.record.as_slice()).ok();
            all.extend(read.filter(|record| record.kind() == kind).map(|record| (record, signed)));
        }
        Ok(all)
    }

    /// The names of everything the county said that is kept here.
    fn record_names(&self) -> Result<Vec<RecordName>, StoreError> {
        let mut statement =
            self.sql().prepare_cached("SELECT epoch, seq FROM record ORDER BY epoch, seq")?;
        let rows = statement.query_map([], |row| {
            Ok(RecordName { epoch: row.get(0)?, seq: unsigned(row.get(1)?) })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Everything the county said that is kept here.
    fn records(&self) -> Result<Vec<SignedRecord>, StoreError> {
        let mut statement =
            self.sql().prepare_cached("SELECT bytes, signature FROM record ORDER BY epoch, seq")?;
        let rows = statement.query_map([], |row| {
            Ok(SignedRecord { record: row.get(0)?, signature: row.get(1)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Records that are to be given back, at most `limit`.
    fn records_to_push(&self, limit: u32) -> Result<Vec<(RecordName, SignedRecord)>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT epoch, seq, bytes, signature FROM record WHERE push = 1
             ORDER BY epoch, seq LIMIT ?1",
        )?;
        let rows = statement.query_map([limit], |row| {
            let name = RecordName { epoch: row.get(0)?, seq: unsigned(row.get(1)?) };
            Ok((name, SignedRecord { record: row.get(2)?, signature: row.get(3)? }))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl ReadPlaces for Store {}
impl ReadPlaces for Write<'_> {}
