//! Batches that are in the log and of which values were undone.

use rusqlite::{OptionalExtension, params};
use yidang_sync_protocol::record::hashes;

use super::{Db, Result};

/// What was undone of a batch, as its author is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Undone {
    /// The changes of which values were undone.
    pub changes: Vec<[u8; 32]>,
    /// Why: a word of `docs/refusals.md`, empty where a person decided.
    pub rule: String,
    /// What a person said about it.
    pub reason: String,
}

impl Db<'_> {
    /// Notes what was undone of a batch; the first word counts.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn put_undone(&self, batch: &[u8; 16], undone: &Undone) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO undone (county, batch, changes, rule, reason) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (county, batch) DO NOTHING",
        )?;
        let Undone { changes, rule, reason } = undone;
        statement.execute(params![self.county, batch, changes.concat(), rule, reason])?;
        Ok(())
    }

    /// What was undone of a batch, if anything was.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn undone(&self, batch: &[u8; 16]) -> Result<Option<Undone>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT changes, rule, reason FROM undone WHERE county = ?1 AND batch = ?2",
        )?;
        let row = statement.query_row(params![self.county, batch], |row| {
            let changes = hashes(&row.get::<_, Vec<u8>>(0)?);
            Ok(Undone { changes, rule: row.get(1)?, reason: row.get(2)? })
        });
        Ok(row.optional()?)
    }
}
