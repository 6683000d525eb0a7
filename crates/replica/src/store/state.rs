//! Single values, certificates, checkpoints, and the log of what happened.

use rusqlite::{OptionalExtension, params};
use yidang_api::sync::{LogKind, LogRow};
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::SignedCertificate;

use super::{Access, Read, Store, StoreError, Write};

impl Write<'_> {
    /// Keeps a single value.
    pub fn put_state(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        self.sql().execute(
            "INSERT INTO state (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![name, value],
        )?;
        Ok(())
    }

    /// Forgets a single value.
    pub fn drop_state(&self, name: &str) -> Result<(), StoreError> {
        self.sql().execute("DELETE FROM state WHERE name = ?1", [name])?;
        Ok(())
    }

    /// Keeps a certificate that was checked.
    pub fn put_certificate(
        &self,
        id: &[u8],
        bytes: &[u8],
        signature: &[u8],
    ) -> Result<(), StoreError> {
        self.sql().execute(
            "INSERT OR IGNORE INTO certificate (certificate, bytes, signature) VALUES (?1, ?2, ?3)",
            params![id, bytes, signature],
        )?;
        self.sql().execute("DELETE FROM wanted_certificate WHERE certificate = ?1", [id])?;
        Ok(())
    }

    /// Notes that a certificate has to be asked for.
    pub fn want_certificate(&self, id: &[u8]) -> Result<(), StoreError> {
        self.sql().execute(
            "INSERT OR IGNORE INTO wanted_certificate (certificate)
             SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM certificate WHERE certificate = ?1)",
            [id],
        )?;
        Ok(())
    }

    /// Notes whose actor this is.
    pub fn put_actor(&self, actor: &[u8], certificate: &[u8]) -> Result<(), StoreError> {
        self.sql().execute(
            "INSERT OR IGNORE INTO actor (actor, certificate) VALUES (?1, ?2)",
            params![actor, certificate],
        )?;
        Ok(())
    }

    /// Remembers a checkpoint.
    pub fn put_checkpoint(&self, epoch: &[u8], seq: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.sql().execute(
            "INSERT OR IGNORE INTO checkpoint (seq, epoch, bytes) VALUES (?1, ?2, ?3)",
            params![i64::try_from(seq).unwrap_or(i64::MAX), epoch, bytes],
        )?;
        Ok(())
    }

    /// Writes down that something happened; the last thousand lines are kept. `about` is the document that the
    /// line calls by its name.
    pub fn put_happened(
        &self,
        at: InstantMs,
        kind: LogKind,
        text: &str,
        about: Option<DocumentId>,
    ) -> Result<(), StoreError> {
        let kind = serde_json::to_string(&kind)?;
        self.sql().execute(
            "INSERT INTO happened (at, kind, text, document) VALUES (?1, ?2, ?3, ?4)",
            params![at.0, kind, text, about.map(|id| *id.as_bytes())],
        )?;
        self.sql().execute(
            "DELETE FROM happened WHERE position <= (SELECT max(position) FROM happened) - 1000",
            [],
        )?;
        Ok(())
    }
}

/// A certificate as it is kept: bytes and signature.
pub type StoredCertificate = (Vec<u8>, Vec<u8>);

/// Reads single values.
pub trait ReadState: Read {
    /// A single value.
    fn state(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT value FROM state WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?)
    }

    /// A single value that is a number; zero where it was never kept.
    fn state_number(&self, name: &str) -> Result<u64, StoreError> {
        let bytes: Option<[u8; 8]> = self.state(name)?.and_then(|bytes| bytes.try_into().ok());
        Ok(bytes.map_or(0, u64::from_be_bytes))
    }

    /// A certificate.
    fn certificate(&self, id: &[u8]) -> Result<Option<StoredCertificate>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT bytes, signature FROM certificate WHERE certificate = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?)
    }

    /// The certificate of an actor.
    fn certificate_of(&self, actor: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT c.bytes FROM actor a JOIN certificate c USING (certificate)
                 WHERE a.actor = ?1",
            )?
            .query_row([actor], |row| row.get(0))
            .optional()?)
    }

    /// The certificate of an actor with the county's signature.
    fn signed_certificate_of(&self, actor: &[u8]) -> Result<Option<SignedCertificate>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT c.bytes, c.signature FROM actor a JOIN certificate c USING (certificate)
                 WHERE a.actor = ?1",
            )?
            .query_row([actor], |row| {
                Ok(SignedCertificate { certificate: row.get(0)?, signature: row.get(1)? })
            })
            .optional()?)
    }

    /// The checkpoint that is remembered of a place.
    fn checkpoint_at(&self, epoch: &[u8], seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT bytes FROM checkpoint WHERE epoch = ?1 AND seq = ?2")?
            .query_row(params![epoch, i64::try_from(seq).unwrap_or(i64::MAX)], |row| row.get(0))
            .optional()?)
    }

    /// Certificates that have to be asked for, at most `limit`.
    fn wanted_certificates(&self, limit: u32) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut statement =
            self.sql().prepare_cached("SELECT certificate FROM wanted_certificate LIMIT ?1")?;
        let rows = statement.query_map([limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Remembered checkpoints, newest first.
    fn checkpoints(&self, limit: u32) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut statement = self
            .sql()
            .prepare_cached("SELECT bytes FROM checkpoint ORDER BY rowid DESC LIMIT ?1")?;
        let rows = statement.query_map([limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What happened, newest first.
    fn happened(&self, limit: u32) -> Result<Vec<LogRow>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT at, kind, text FROM happened ORDER BY position DESC LIMIT ?1",
        )?;
        let rows = statement.query_map([limit], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })?;
        rows.map(|row| {
            let (at, kind, text) = row?;
            Ok(LogRow { at: InstantMs(at), kind: serde_json::from_str(&kind)?, text })
        })
        .collect()
    }
}

impl ReadState for Store {}
impl ReadState for Write<'_> {}
