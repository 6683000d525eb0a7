//! The county itself: its keys, its epoch and the head of its log.

use rusqlite::params;
use yidang_sync_protocol::{Chain, SigningSeed};

use super::{Db, Kept, Result, StoreError, fixed, unsigned};

/// The county's row.
#[derive(Debug, Clone)]
pub struct CountyRow {
    /// The first epoch, which the chain begins with.
    pub first_epoch: [u8; 16],
    /// The present epoch.
    pub epoch: [u8; 16],
    /// The last record of the log.
    pub seq: u64,
    /// The chain there.
    pub chain: Chain,
    /// The county's signing key.
    pub seed: SigningSeed,
    /// The key under which the server writes numbers.
    pub server_seed: SigningSeed,
    /// The certificate of that key.
    pub server_certificate: [u8; 16],
    /// The incarnation of the server's actor.
    pub incarnation: u32,
    /// Restored and not yet healed: no numbers are issued.
    pub healing: bool,
    /// The data are invented.
    pub demo: bool,
    /// Counts changes of the register.
    pub register_version: u64,
}

impl Db<'_> {
    /// Makes the county.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn make_county(&self, row: &CountyRow, at_ms: i64) -> Result<()> {
        let chain = Chain::begin(self.county, &row.first_epoch);
        self.connection.execute(
            "INSERT INTO county VALUES (?1, ?2, ?2, 0, ?3, ?4, ?5, ?6, ?7, 0, ?8, 0, ?9)",
            params![
                self.county,
                row.first_epoch,
                chain.0,
                row.seed.0,
                row.server_seed.0,
                row.server_certificate,
                row.incarnation,
                row.demo,
                at_ms
            ],
        )?;
        Ok(())
    }

    /// The county.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn county(&self) -> Result<CountyRow> {
        let mut statement = self.connection.prepare_cached(
            "SELECT first_epoch, epoch, seq, chain, seed, server_seed, server_certificate, \
             incarnation, healing, demo, register_version FROM county WHERE county = ?1",
        )?;
        let mut rows = statement.query([self.county])?;
        let row = rows.next()?.ok_or(StoreError::NoCounty)?;
        let blob = |index: usize| row.get::<_, Vec<u8>>(index);
        Ok(CountyRow {
            first_epoch: fixed(&blob(0)?, "epoch")?,
            epoch: fixed(&blob(1)?, "epoch")?,
            seq: unsigned(row.get(2)?),
            chain: Chain(fixed(&blob(3)?, "chain")?),
            seed: SigningSeed(fixed(&blob(4)?, "seed")?),
            server_seed: SigningSeed(fixed(&blob(5)?, "seed")?),
            server_certificate: fixed(&blob(6)?, "certificate")?,
            incarnation: row.get(7)?,
            healing: row.get(8)?,
            demo: row.get(9)?,
            register_version: unsigned(row.get(10)?),
        })
    }

    /// Begins a new epoch; the county is healing until its devices have answered.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn begin_epoch(&self, epoch: &[u8; 16]) -> Result<()> {
        self.connection.execute(
            "UPDATE county SET epoch = ?2, healing = 1 WHERE county = ?1",
            params![self.county, epoch],
        )?;
        Ok(())
    }

    /// Ends the healing.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn end_healing(&self) -> Result<()> {
        self.connection
            .execute("UPDATE county SET healing = 0 WHERE county = ?1", [self.county])?;
        Ok(())
    }

    /// Gives the server's actor a new key, certificate or incarnation.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn set_server(
        &self,
        seed: &SigningSeed,
        certificate: &[u8; 16],
        incarnation: u32,
    ) -> Result<()> {
        self.connection.execute(
            "UPDATE county SET server_seed = ?2, server_certificate = ?3, incarnation = ?4 \
             WHERE county = ?1",
            params![self.county, seed.0, certificate, incarnation],
        )?;
        Ok(())
    }

    /// Says that the register changed, so that every process reads it again.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn touch_register(&self) -> Result<()> {
        self.connection.execute(
            "UPDATE county SET register_version = register_version + 1 WHERE county = ?1",
            [self.county],
        )?;
        Ok(())
    }

    pub(super) fn set_head(&self, seq: u64, chain: &Chain) -> Result<()> {
        self.connection.execute(
            "UPDATE county SET seq = ?2, chain = ?3 WHERE county = ?1",
            params![self.county, Kept(seq), chain.0],
        )?;
        Ok(())
    }

    /// A setting, as JSON.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn setting(&self, name: &str) -> Result<Option<String>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT value FROM setting WHERE county = ?1 AND name = ?2")?;
        let mut rows = statement.query(params![self.county, name])?;
        rows.next()?.map(|row| row.get(0)).transpose().map_err(StoreError::from)
    }

    /// Puts a setting.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn set_setting(&self, name: &str, value: &str) -> Result<()> {
        self.connection.execute(
            "INSERT INTO setting VALUES (?1, ?2, ?3) \
             ON CONFLICT (county, name) DO UPDATE SET value = excluded.value",
            params![self.county, name, value],
        )?;
        Ok(())
    }
}
