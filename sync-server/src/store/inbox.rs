//! Batches that were received and not judged.

use rusqlite::params;

use super::{Db, Result, StoreError, fixed, unsigned};

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

    /// Whether a batch was received and not judged.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn is_received(&self, id: &[u8; 16]) -> Result<bool> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM inbox WHERE county = ?1 AND id = ?2)")?;
        Ok(statement.query_row(params![self.county, id], |row| row.get(0))?)
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
