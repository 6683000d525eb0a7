//! Devices whose batches ended the processes that read them.

use rusqlite::params;

use super::{Db, Result};

impl Db<'_> {
    /// Counts a batch that ended processes; after `most` of them its device is suspended. Whether it is
    /// by this one.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn count_crash(&self, certificate: &[u8; 16], most: u32, at_ms: i64) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO crash (county, certificate, crashes) VALUES (?1, ?2, 1) \
             ON CONFLICT (county, certificate) DO UPDATE SET crashes = crashes + 1",
        )?;
        statement.execute(params![self.county, certificate])?;
        let mut statement = self.connection.prepare_cached(
            "UPDATE crash SET suspended_at_ms = ?3 WHERE county = ?1 AND certificate = ?2 \
             AND crashes >= ?4 AND suspended_at_ms IS NULL",
        )?;
        Ok(statement.execute(params![self.county, certificate, at_ms, most])? > 0)
    }

    /// Whether nobody reads what this device wrote.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn is_suspended(&self, certificate: &[u8; 16]) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT 1 FROM crash WHERE county = ?1 AND certificate = ?2 \
             AND suspended_at_ms IS NOT NULL",
        )?;
        Ok(statement.exists(params![self.county, certificate])?)
    }

    /// Forgets what batches of this device did: they are read again. Whether it was suspended.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn lift_suspension(&self, certificate: &[u8; 16]) -> Result<bool> {
        let was_suspended = self.is_suspended(certificate)?;
        let mut statement = self
            .connection
            .prepare_cached("DELETE FROM crash WHERE county = ?1 AND certificate = ?2")?;
        statement.execute(params![self.county, certificate])?;
        Ok(was_suspended)
    }
}
