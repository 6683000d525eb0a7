//! Batches that wait: for changes they were made on, or for a person.

use rusqlite::{OptionalExtension, Row, params};

use super::{Db, Kept, Result, fixed, unsigned};

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
    /// It waits for a person, not for changes.
    pub review: bool,
    /// Since when, milliseconds of UTC.
    pub at_ms: i64,
}

/// Somebody answers for a batch whose author the register does not know.
#[derive(Debug, Clone, Copy)]
pub struct Admission<'a> {
    /// Which.
    pub batch: &'a [u8; 16],
    /// Who answers for it.
    pub user: &'a str,
    /// On which device.
    pub certificate: &'a [u8; 16],
    /// Its entries are taken and stay, the values it writes beside them are put back.
    pub undo: bool,
    /// Why.
    pub reason: &'a str,
    /// When, milliseconds of UTC.
    pub at_ms: i64,
}

fn parked_row(row: &Row<'_>) -> Result<ParkedRow> {
    Ok(ParkedRow {
        id: fixed(&row.get::<_, Vec<u8>>(0)?, "batch")?,
        document: fixed(&row.get::<_, Vec<u8>>(1)?, "document")?,
        certificate: fixed(&row.get::<_, Vec<u8>>(2)?, "certificate")?,
        bytes: row.get(3)?,
        review: row.get(4)?,
        at_ms: row.get(5)?,
    })
}

const COLUMNS: &str = "id, document, certificate, bytes, review, at_ms";

impl Db<'_> {
    /// Parks a batch until all of `missing` is there, or, where nothing is, until a person looks. One
    /// that waits already waits for these from now on, and as long as it did; but what a person admitted
    /// begins to wait for changes only then.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn park(&self, row: &ParkedRow, missing: &[[u8; 32]]) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO parked VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
             ON CONFLICT (county, id) DO UPDATE SET review = excluded.review, \
             at_ms = CASE WHEN parked.review > excluded.review THEN excluded.at_ms \
             ELSE parked.at_ms END",
        )?;
        statement.execute(params![
            self.county,
            row.id,
            row.document,
            row.certificate,
            row.bytes,
            row.review,
            row.at_ms
        ])?;
        let mut statement = self
            .connection
            .prepare_cached("DELETE FROM parked_missing WHERE county = ?1 AND batch = ?2")?;
        statement.execute(params![self.county, row.id])?;
        let mut statement = self
            .connection
            .prepare_cached("INSERT OR IGNORE INTO parked_missing VALUES (?1, ?2, ?3, ?4)")?;
        for hash in missing {
            statement.execute(params![self.county, row.document, hash, row.id])?;
        }
        Ok(())
    }

    /// Takes a batch out of the parking, with all it waits for.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn unpark(&self, id: &[u8; 16]) -> Result<()> {
        let mut statement =
            self.connection.prepare_cached("DELETE FROM parked WHERE county = ?1 AND id = ?2")?;
        statement.execute(params![self.county, id])?;
        Ok(())
    }

    /// A batch that waits.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn parked(&self, id: &[u8; 16]) -> Result<Option<ParkedRow>> {
        let sql = format!("SELECT {COLUMNS} FROM parked WHERE county = ?1 AND id = ?2");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![self.county, id])?;
        rows.next()?.map(parked_row).transpose()
    }

    /// The batches of one document that wait, oldest first.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn parked_of(&self, document: &[u8; 16]) -> Result<Vec<ParkedRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM parked WHERE county = ?1 AND document = ?2 ORDER BY at_ms, rowid"
        );
        self.parked_rows(&sql, Some(document))
    }

    /// What a batch waits for.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn missing_of(&self, id: &[u8; 16]) -> Result<Vec<[u8; 32]>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT hash FROM parked_missing WHERE county = ?1 AND batch = ?2 ORDER BY hash",
        )?;
        let mut rows = statement.query(params![self.county, id])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(fixed(&row.get::<_, Vec<u8>>(0)?, "hash")?);
        }
        Ok(all)
    }

    /// The batches that wait for a change.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn waiting_for(&self, document: &[u8; 16], hash: &[u8; 32]) -> Result<Vec<[u8; 16]>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT batch FROM parked_missing WHERE county = ?1 AND document = ?2 AND hash = ?3 \
             ORDER BY batch",
        )?;
        let mut rows = statement.query(params![self.county, document, hash])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(fixed(&row.get::<_, Vec<u8>>(0)?, "batch")?);
        }
        Ok(all)
    }

    /// A change is there: nothing waits for it any more. Gives the batches that wait for nothing else.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn arrived(&self, document: &[u8; 16], hash: &[u8; 32]) -> Result<Vec<[u8; 16]>> {
        let waiting = self.waiting_for(document, hash)?;
        if waiting.is_empty() {
            return Ok(waiting);
        }
        let mut statement = self.connection.prepare_cached(
            "DELETE FROM parked_missing WHERE county = ?1 AND document = ?2 AND hash = ?3",
        )?;
        statement.execute(params![self.county, document, hash])?;
        let mut left = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM parked_missing WHERE county = ?1 AND batch = ?2)",
        )?;
        let mut ready = Vec::new();
        for id in waiting {
            if !left.query_row(params![self.county, id], |row| row.get::<_, bool>(0))? {
                ready.push(id);
            }
        }
        Ok(ready)
    }

    /// The batches that wait for a person, oldest first; of one document, or of all.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn in_review(&self, document: Option<&[u8; 16]>) -> Result<Vec<ParkedRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM parked WHERE county = ?1 AND review = 1 \
             AND (?2 IS NULL OR document = ?2) ORDER BY at_ms, rowid"
        );
        self.parked_rows(&sql, document)
    }

    fn parked_rows(&self, sql: &str, document: Option<&[u8; 16]>) -> Result<Vec<ParkedRow>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![self.county, document])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(parked_row(row)?);
        }
        Ok(all)
    }

    /// How many bytes of an author wait.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn parked_bytes(&self, certificate: &[u8; 16]) -> Result<u64> {
        self.waiting_bytes(
            "SELECT coalesce(sum(length(bytes)), 0) FROM parked \
             WHERE county = ?1 AND certificate = ?2",
            certificate,
        )
    }

    /// How many bytes wait for a document.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn parked_bytes_of(&self, document: &[u8; 16]) -> Result<u64> {
        self.waiting_bytes(
            "SELECT coalesce(sum(length(bytes)), 0) FROM parked \
             WHERE county = ?1 AND document = ?2",
            document,
        )
    }

    fn waiting_bytes(&self, sql: &str, of: &[u8; 16]) -> Result<u64> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let bytes = statement.query_row(params![self.county, of], |row| row.get::<_, i64>(0))?;
        Ok(unsigned(bytes))
    }

    /// Gives up on what has waited for changes since before `ms`; how many batches that were. Who waits
    /// for a person waits on.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn expire_parked(&self, ms: i64) -> Result<usize> {
        let mut statement = self
            .connection
            .prepare_cached("DELETE FROM parked WHERE county = ?1 AND at_ms < ?2 AND review = 0")?;
        Ok(statement.execute(params![self.county, ms])?)
    }

    /// Notes that a batch came into the log after its device had been told that it waits.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn settle(&self, id: &[u8; 16], seq: u64, at_ms: i64) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO settled VALUES (?1, ?2, ?3, ?4) ON CONFLICT (county, batch) DO NOTHING",
        )?;
        statement.execute(params![self.county, id, Kept(seq), at_ms])?;
        Ok(())
    }

    /// The place in the log of a batch that waited before.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn settled(&self, id: &[u8; 16]) -> Result<Option<u64>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT seq FROM settled WHERE county = ?1 AND batch = ?2")?;
        let mut rows = statement.query(params![self.county, id])?;
        match rows.next()? {
            Some(row) => Ok(Some(unsigned(row.get(0)?))),
            None => Ok(None),
        }
    }

    /// Notes that somebody answers for a batch; the first word counts.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn admit(&self, row: &Admission<'_>) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO admission (county, batch, user, certificate, reason, at_ms, undo) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (county, batch) DO NOTHING",
        )?;
        let Admission { batch, user, certificate, undo, reason, at_ms } = row;
        let params = params![self.county, batch, user, certificate, reason, at_ms, undo];
        statement.execute(params)?;
        Ok(())
    }

    /// Whether somebody answers for a batch.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn is_admitted(&self, id: &[u8; 16]) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM admission WHERE county = ?1 AND batch = ?2)",
        )?;
        Ok(statement.query_row(params![self.county, id], |row| row.get(0))?)
    }

    /// Why somebody who answers for a batch takes its entries alone; none where they take all of it, or
    /// nobody does.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn why_undo(&self, id: &[u8; 16]) -> Result<Option<String>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT reason FROM admission WHERE county = ?1 AND batch = ?2 AND undo = 1",
        )?;
        Ok(statement.query_row(params![self.county, id], |row| row.get(0)).optional()?)
    }
}
