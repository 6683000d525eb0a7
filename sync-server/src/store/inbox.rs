//! Batches that are not in the log: received, parked, in quarantine.

use rusqlite::params;

use super::{Db, Result, StoreError, fixed, signed, unsigned};

/// A batch that was received and not judged.
#[derive(Debug, Clone)]
pub struct InboxRow {
    /// Its name.
    pub id: [u8; 16],
    /// The batch.
    pub bytes: Vec<u8>,
    /// So many starts began to judge it and did not come through.
    pub tries: u32,
}

/// A batch that waits.
#[derive(Debug, Clone)]
pub struct ParkedRow {
    /// Its name.
    pub id: [u8; 16],
    /// Its document.
    pub document: [u8; 16],
    /// Its author's certificate.
    pub certificate: [u8; 16],
    /// The batch.
    pub bytes: Vec<u8>,
    /// Hashes of the changes it waits for.
    pub missing: Vec<[u8; 32]>,
    /// It waits for a person, not for changes.
    pub review: bool,
}

/// A batch that was refused.
#[derive(Debug, Clone)]
pub struct QuarantineRow {
    /// Its name.
    pub id: [u8; 16],
    /// The document it named.
    pub document: Vec<u8>,
    /// The certificate it named.
    pub certificate: Vec<u8>,
    /// The rule it broke.
    pub code: String,
    /// What exactly, without content.
    pub detail: String,
    /// The batch.
    pub bytes: Vec<u8>,
}

impl Db<'_> {
    /// Receives a batch: from here on it is never lost.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn receive(&self, id: &[u8; 16], bytes: &[u8], at_ms: i64) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO inbox (county, id, bytes, at_ms) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (county, id) DO NOTHING",
        )?;
        statement.execute(params![self.county, id, bytes, at_ms])?;
        Ok(())
    }

    /// Takes a batch out of the inbox after it was judged.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn judged(&self, id: &[u8; 16]) -> Result<()> {
        let mut statement =
            self.connection.prepare_cached("DELETE FROM inbox WHERE county = ?1 AND id = ?2")?;
        statement.execute(params![self.county, id])?;
        Ok(())
    }

    /// Batches that were received and not judged, oldest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn unjudged(&self, most: u32) -> Result<Vec<Vec<u8>>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT bytes FROM inbox WHERE county = ?1 ORDER BY at_ms, rowid LIMIT ?2",
        )?;
        let rows = statement.query_map(params![self.county, most], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>().map_err(StoreError::from)
    }

    /// Batches that an earlier start began to judge without coming through, oldest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn tried(&self) -> Result<Vec<InboxRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, bytes, tries FROM inbox WHERE county = ?1 AND tries > 0 \
             ORDER BY at_ms, rowid",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(InboxRow {
                id: fixed(&row.get::<_, Vec<u8>>(0)?, "batch")?,
                bytes: row.get(1)?,
                tries: row.get(2)?,
            });
        }
        Ok(all)
    }

    /// A start begins to judge everything that no start before it began with.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn try_all(&self) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("UPDATE inbox SET tries = 1 WHERE county = ?1 AND tries = 0")?;
        statement.execute([self.county])?;
        Ok(())
    }

    /// A start begins to judge this batch, and no other beside it.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn try_alone(&self, id: &[u8; 16]) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("UPDATE inbox SET tries = tries + 1 WHERE county = ?1 AND id = ?2")?;
        statement.execute(params![self.county, id])?;
        Ok(())
    }

    /// A start came through: whatever is left in the inbox did not end it.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn forget_tries(&self) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("UPDATE inbox SET tries = 0 WHERE county = ?1 AND tries > 0")?;
        statement.execute([self.county])?;
        Ok(())
    }

    /// Parks a batch.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn park(&self, row: &ParkedRow, at_ms: i64) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO parked VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
             ON CONFLICT (county, id) DO UPDATE SET missing = excluded.missing",
        )?;
        statement.execute(params![
            self.county,
            row.id,
            row.document,
            row.certificate,
            row.bytes,
            row.missing.concat(),
            row.review,
            at_ms
        ])?;
        Ok(())
    }

    /// Takes a batch out of the parking.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn unpark(&self, id: &[u8; 16]) -> Result<()> {
        let mut statement =
            self.connection.prepare_cached("DELETE FROM parked WHERE county = ?1 AND id = ?2")?;
        statement.execute(params![self.county, id])?;
        Ok(())
    }

    /// What waits for a document, oldest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn parked_of(&self, document: &[u8; 16]) -> Result<Vec<ParkedRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, document, certificate, bytes, missing, review FROM parked \
             WHERE county = ?1 AND document = ?2 ORDER BY at_ms, rowid",
        )?;
        let mut rows = statement.query(params![self.county, document])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let missing: Vec<u8> = row.get(4)?;
            all.push(ParkedRow {
                id: fixed(&row.get::<_, Vec<u8>>(0)?, "batch")?,
                document: fixed(&row.get::<_, Vec<u8>>(1)?, "document")?,
                certificate: fixed(&row.get::<_, Vec<u8>>(2)?, "certificate")?,
                bytes: row.get(3)?,
                missing: missing.chunks(32).map(|h| fixed(h, "hash")).collect::<Result<_>>()?,
                review: row.get(5)?,
            });
        }
        Ok(all)
    }

    /// Documents that batches of `user` wait for, because the register did not know them.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn documents_in_review(&self) -> Result<Vec<[u8; 16]>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT document FROM parked WHERE county = ?1 AND review = 1",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(fixed(&row.get::<_, Vec<u8>>(0)?, "document")?);
        }
        Ok(all)
    }

    /// How many bytes of an author wait.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn parked_bytes(&self, certificate: &[u8; 16]) -> Result<u64> {
        let mut statement = self.connection.prepare_cached(
            "SELECT coalesce(sum(length(bytes)), 0) FROM parked \
             WHERE county = ?1 AND certificate = ?2",
        )?;
        let bytes =
            statement.query_row(params![self.county, certificate], |row| row.get::<_, i64>(0))?;
        Ok(unsigned(bytes))
    }

    /// Puts a refused batch into quarantine; of one author only the newest `most` stay.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn quarantine(&self, row: &QuarantineRow, most: u64, at_ms: i64) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT OR REPLACE INTO quarantine VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        statement.execute(params![
            self.county,
            row.id,
            row.document,
            row.certificate,
            row.code,
            row.detail,
            row.bytes,
            at_ms
        ])?;
        let mut statement = self.connection.prepare_cached(
            "DELETE FROM quarantine WHERE county = ?1 AND certificate = ?2 AND rowid NOT IN \
             (SELECT rowid FROM quarantine WHERE county = ?1 AND certificate = ?2 \
              ORDER BY rowid DESC LIMIT ?3)",
        )?;
        statement.execute(params![self.county, row.certificate, signed(most)])?;
        Ok(())
    }

    /// The code under which a batch lies in quarantine.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn quarantined(&self, id: &[u8; 16]) -> Result<Option<String>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT code FROM quarantine WHERE county = ?1 AND id = ?2")?;
        let mut rows = statement.query(params![self.county, id])?;
        rows.next()?.map(|row| row.get(0)).transpose().map_err(StoreError::from)
    }

    /// How many batches were received, parked and refused.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn count_waiting(&self) -> Result<(u64, u64, u64)> {
        let count = |table: &str| -> Result<u64> {
            let sql = format!("SELECT count(*) FROM {table} WHERE county = ?1");
            let count = self
                .connection
                .prepare_cached(&sql)?
                .query_row([self.county], |row| row.get::<_, i64>(0))?;
            Ok(unsigned(count))
        };
        Ok((count("inbox")?, count("parked")?, count("quarantine")?))
    }
}
