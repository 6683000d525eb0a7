//! The log: everything the county knows, in one order, bound by a chain.

use rusqlite::{Row, params};
use yidang_sync_protocol::Chain;

use super::{Db, Kept, Result, StoreError, fixed, lie_after, signed, unsigned};

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum LogKind {
    /// A signed batch of changes.
    Batch = 1,
    /// A certificate.
    Certificate = 2,
    /// An activation code was used.
    CodeUsed = 3,
    /// The register changed.
    Reference = 4,
    /// A certificate was revoked.
    Revocation = 5,
    /// The server went back in time.
    Restored = 6,
    /// Something the county said and signed. Uses of codes, changes of the register and revocations are
    /// written so; kinds 3 and 5 stand in older logs alone, and 4 says who changed the register on a
    /// screen.
    Record = 7,
    /// A document as the county saved it once, given back by a device that does not hold its batches.
    Save = 8,
}

/// A record.
#[derive(Debug, Clone)]
pub struct LogRow {
    /// Its place.
    pub seq: u64,
    /// What it is: a number of [`LogKind`].
    pub kind: u32,
    /// The document it is about; empty where it is about none.
    pub document: Vec<u8>,
    /// Its bytes.
    pub record: Vec<u8>,
    /// The chain after it.
    pub chain: Vec<u8>,
    /// When it was written, by the server's clock.
    pub at_ms: i64,
    /// The hash of its bytes, where those were destroyed with their document.
    pub record_hash: Option<Vec<u8>>,
}

fn log_row(row: &Row<'_>) -> rusqlite::Result<LogRow> {
    Ok(LogRow {
        seq: unsigned(row.get(0)?),
        kind: row.get(1)?,
        document: row.get(2)?,
        record: row.get(3)?,
        chain: row.get(4)?,
        at_ms: row.get(5)?,
        record_hash: row.get(6)?,
    })
}

impl Db<'_> {
    /// Writes the next record and gives its place.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn append(&self, kind: LogKind, document: &[u8], record: &[u8], at_ms: i64) -> Result<u64> {
        let head = self.county()?;
        let seq = head.seq + 1;
        let chain = head.chain.after(seq, kind as u32, document, record);
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO log (county, seq, kind, document, record, chain, at_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        statement.execute(params![
            self.county,
            Kept(seq),
            kind as u32,
            document,
            record,
            chain.0,
            at_ms
        ])?;
        self.set_head(seq, &chain)?;
        Ok(seq)
    }

    /// The chain at `seq`; none beyond the head.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn chain_at(&self, seq: u64) -> Result<Option<Chain>> {
        if seq == 0 {
            let county = self.county()?;
            return Ok(Some(Chain::begin(self.county, &county.first_epoch)));
        }
        let mut statement = self
            .connection
            .prepare_cached("SELECT chain FROM log WHERE county = ?1 AND seq = ?2")?;
        let mut rows = statement.query(params![self.county, signed(seq)])?;
        match rows.next()? {
            Some(row) => Ok(Some(Chain(fixed(&row.get::<_, Vec<u8>>(0)?, "chain")?))),
            None => Ok(None),
        }
    }

    /// When the record at `seq` was written.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn logged_at_ms(&self, seq: u64) -> Result<Option<i64>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT at_ms FROM log WHERE county = ?1 AND seq = ?2")?;
        let mut rows = statement.query(params![self.county, signed(seq)])?;
        rows.next()?.map(|row| row.get(0)).transpose().map_err(StoreError::from)
    }

    /// The batches of a document after `seq`, as place and bytes.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn batches_after(&self, document: &[u8; 16], seq: u64) -> Result<Vec<(u64, Vec<u8>)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, record FROM log \
             WHERE county = ?1 AND document = ?2 AND seq > ?3 AND kind = 1 ORDER BY seq",
        )?;
        let rows = statement.query_map(params![self.county, document, signed(seq)], |row| {
            Ok((unsigned(row.get(0)?), row.get(1)?))
        })?;
        rows.collect::<rusqlite::Result<_>>().map_err(StoreError::from)
    }

    /// At most `most` records after `seq`, for whoever walks the whole log.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; [`StoreError::Damaged`] where they do not lie after `seq`.
    pub fn log_after(&self, seq: u64, most: u32) -> Result<Vec<LogRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, kind, document, record, chain, at_ms, record_hash FROM log \
             WHERE county = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        )?;
        let rows = statement.query_map(params![self.county, signed(seq), most], log_row)?;
        let rows: Vec<LogRow> = rows.collect::<rusqlite::Result<_>>()?;
        lie_after("log", seq, rows.iter().map(|row| row.seq))?;
        Ok(rows)
    }

    /// The newest checkpoint: place, bytes and when.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn newest_checkpoint(&self) -> Result<Option<(u64, Vec<u8>, i64)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, bytes, at_ms FROM checkpoint WHERE county = ?1 ORDER BY seq DESC LIMIT 1",
        )?;
        let mut rows = statement.query([self.county])?;
        match rows.next()? {
            Some(row) => Ok(Some((unsigned(row.get(0)?), row.get(1)?, row.get(2)?))),
            None => Ok(None),
        }
    }

    /// Keeps a checkpoint.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_checkpoint(&self, seq: u64, bytes: &[u8], at_ms: i64) -> Result<()> {
        self.connection.execute(
            "INSERT OR REPLACE INTO checkpoint VALUES (?1, ?2, ?3, ?4)",
            params![self.county, Kept(seq), bytes, at_ms],
        )?;
        Ok(())
    }
}
