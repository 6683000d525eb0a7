//! What hinders devices: as they told it, and as the tables show it.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::{Db, Result, fixed};

/// One thing that hinders a device, as it told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldTrouble {
    /// Its number on the wire.
    pub kind: i32,
    /// How much of it.
    pub count: u32,
    /// When it was first told.
    pub since_ms: i64,
}

/// Batches of one certificate that lie somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lying {
    /// How many.
    pub count: u32,
    /// Since when the oldest of them does.
    pub since_ms: i64,
}

impl Db<'_> {
    /// What a device told last: what hinders it, and its version.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn told_by(&self, certificate: &[u8; 16]) -> Result<(Vec<ToldTrouble>, u32)> {
        let mut statement = self.connection.prepare_cached(
            "SELECT kind, count, since_ms FROM device_trouble \
             WHERE county = ?1 AND certificate = ?2 ORDER BY kind",
        )?;
        let rows = statement.query_map(params![self.county, certificate], |row| {
            Ok(ToldTrouble { kind: row.get(0)?, count: row.get(1)?, since_ms: row.get(2)? })
        })?;
        let told = rows.collect::<rusqlite::Result<_>>()?;
        let app = self
            .connection
            .prepare_cached("SELECT app FROM device_app WHERE county = ?1 AND certificate = ?2")?
            .query_row(params![self.county, certificate], |row| row.get(0))
            .optional()?;
        Ok((told, app.unwrap_or(0)))
    }

    /// Keeps what a device tells now, in place of what it told before.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn put_told(&self, certificate: &[u8; 16], told: &[ToldTrouble], app: u32) -> Result<()> {
        self.connection.execute(
            "DELETE FROM device_trouble WHERE county = ?1 AND certificate = ?2",
            params![self.county, certificate],
        )?;
        for trouble in told {
            self.connection.execute(
                "INSERT OR REPLACE INTO device_trouble VALUES (?1, ?2, ?3, ?4, ?5)",
                params![self.county, certificate, trouble.kind, trouble.count, trouble.since_ms],
            )?;
        }
        self.connection.execute(
            "INSERT INTO device_app VALUES (?1, ?2, ?3) \
             ON CONFLICT (county, certificate) DO UPDATE SET app = excluded.app",
            params![self.county, certificate, app],
        )?;
        Ok(())
    }

    /// What every device told last.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn all_told(&self) -> Result<BTreeMap<[u8; 16], Vec<ToldTrouble>>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT certificate, kind, count, since_ms FROM device_trouble WHERE county = ?1 \
             ORDER BY certificate, kind",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all: BTreeMap<[u8; 16], Vec<ToldTrouble>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let certificate = fixed(&row.get::<_, Vec<u8>>(0)?, "certificate")?;
            let told = ToldTrouble { kind: row.get(1)?, count: row.get(2)?, since_ms: row.get(3)? };
            all.entry(certificate).or_default().push(told);
        }
        Ok(all)
    }

    /// The version of every device that said it.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn apps(&self) -> Result<BTreeMap<[u8; 16], u32>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT certificate, app FROM device_app WHERE county = ?1")?;
        let mut rows = statement.query([self.county])?;
        let mut all = BTreeMap::new();
        while let Some(row) = rows.next()? {
            all.insert(fixed(&row.get::<_, Vec<u8>>(0)?, "certificate")?, row.get(1)?);
        }
        Ok(all)
    }

    /// Batches that are parked, by their author's certificate.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn parked_by(&self) -> Result<BTreeMap<[u8; 16], Lying>> {
        self.lying(
            "SELECT certificate, count(*), min(at_ms) FROM parked WHERE county = ?1 AND at_ms > ?2 \
             AND length(certificate) = 16 GROUP BY certificate",
            i64::MIN,
        )
    }

    /// Batches that were refused after `since_ms`, by their author's certificate.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn refused_by(&self, since_ms: i64) -> Result<BTreeMap<[u8; 16], Lying>> {
        self.lying(
            "SELECT certificate, count(*), min(at_ms) FROM quarantine \
             WHERE county = ?1 AND at_ms > ?2 AND length(certificate) = 16 GROUP BY certificate",
            since_ms,
        )
    }

    fn lying(&self, sql: &str, since_ms: i64) -> Result<BTreeMap<[u8; 16], Lying>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![self.county, since_ms])?;
        let mut all = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let certificate = fixed(&row.get::<_, Vec<u8>>(0)?, "certificate")?;
            all.insert(certificate, Lying { count: row.get(1)?, since_ms: row.get(2)? });
        }
        Ok(all)
    }

    /// When the county went back in time last.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn restored_at_ms(&self) -> Result<Option<i64>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT at_ms FROM log WHERE county = ?1 AND kind = 6 ORDER BY seq DESC LIMIT 1",
        )?;
        Ok(statement.query_row([self.county], |row| row.get(0)).optional()?)
    }
}
