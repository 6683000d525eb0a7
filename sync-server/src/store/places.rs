//! What was given back with the county's word for it: places of batches, and saves of documents.

use rusqlite::params;

use super::{Db, Kept, Result, signed};

impl Db<'_> {
    /// Notes that the county took a batch there once.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn put_placed(&self, batch: &[u8; 16], epoch: &[u8], seq: u64) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO placed VALUES (?1, ?2, ?3, ?4) ON CONFLICT (county, batch) DO NOTHING",
        )?;
        statement.execute(params![self.county, batch, epoch, Kept(seq)])?;
        Ok(())
    }

    /// Whether the county took a batch once, by its own word.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn is_placed(&self, batch: &[u8; 16]) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM placed WHERE county = ?1 AND batch = ?2)",
        )?;
        Ok(statement.query_row(params![self.county, batch], |row| row.get(0))?)
    }

    /// The batch stands in this log: its place in another one is of no more use.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn drop_placed(&self, batch: &[u8; 16]) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("DELETE FROM placed WHERE county = ?1 AND batch = ?2")?;
        statement.execute(params![self.county, batch])?;
        Ok(())
    }

    /// Whether changes of a document came in a save after `seq` and in no batch so far.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn has_unproved(&self, document: &[u8; 16], seq: u64) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM log AS l \
             WHERE l.county = ?1 AND l.document = ?2 AND l.seq > ?3 AND l.kind = 8 \
             AND EXISTS (SELECT 1 FROM change AS c \
             WHERE c.county = ?1 AND c.document = ?2 AND c.log_seq = l.seq))",
        )?;
        Ok(statement.query_row(params![self.county, document, signed(seq)], |row| row.get(0))?)
    }

    /// Whether a change is here that came in a save and in no batch so far.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn is_unproved(&self, document: &[u8; 16], hash: &[u8; 32]) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM change AS c JOIN log AS l \
             ON l.county = c.county AND l.seq = c.log_seq \
             WHERE c.county = ?1 AND c.document = ?2 AND c.hash = ?3 AND l.kind = 8)",
        )?;
        Ok(statement.query_row(params![self.county, document, hash], |row| row.get(0))?)
    }
}
