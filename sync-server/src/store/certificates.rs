//! Certificates of installations.

use rusqlite::{Row, params};

use super::{Db, Kept, Result, fixed, unsigned};

/// A certificate as it is kept.
#[derive(Debug, Clone)]
pub struct CertificateRow {
    /// Its name.
    pub id: [u8; 16],
    /// The person.
    pub user: String,
    /// The installation.
    pub device: String,
    /// The encoded `SignedCertificate`.
    pub bytes: Vec<u8>,
    /// Its record in the log.
    pub seq: u64,
    /// The record that revoked it.
    pub revoked_seq: Option<u64>,
    /// When it last asked for anything.
    pub seen_at_ms: i64,
    /// The first record that its holder wrote, if any.
    pub first_batch_seq: Option<u64>,
}

const COLUMNS: &str = "id, user, device, bytes, seq, revoked_seq, seen_at_ms, first_batch_seq";

fn certificate_row(row: &Row<'_>) -> Result<CertificateRow> {
    Ok(CertificateRow {
        id: fixed(&row.get::<_, Vec<u8>>(0)?, "certificate")?,
        user: row.get(1)?,
        device: row.get(2)?,
        bytes: row.get(3)?,
        seq: unsigned(row.get(4)?),
        revoked_seq: row.get::<_, Option<i64>>(5)?.map(unsigned),
        seen_at_ms: row.get(6)?,
        first_batch_seq: row.get::<_, Option<i64>>(7)?.map(unsigned),
    })
}

impl Db<'_> {
    /// A certificate.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn certificate(&self, id: &[u8; 16]) -> Result<Option<CertificateRow>> {
        let sql = format!("SELECT {COLUMNS} FROM certificate WHERE county = ?1 AND id = ?2");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![self.county, id])?;
        let found = rows.next()?.map(certificate_row).transpose()?;
        #[cfg(feature = "planted-revoked-heals")]
        let found = match found {
            Some(row) if self.county()?.healing => {
                Some(CertificateRow { revoked_seq: None, ..row })
            }
            found => found,
        };
        Ok(found)
    }

    /// Notes that the holder of a certificate wrote a record; the first one counts.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn wrote(&self, id: &[u8], seq: u64) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "UPDATE certificate SET first_batch_seq = ?3 \
             WHERE county = ?1 AND id = ?2 AND first_batch_seq IS NULL",
        )?;
        statement.execute(params![self.county, id, Kept(seq)])?;
        Ok(())
    }

    /// The certificates of a person, or of everybody.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn certificates(&self, user: Option<&str>) -> Result<Vec<CertificateRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM certificate \
             WHERE county = ?1 AND (?2 IS NULL OR user = ?2) ORDER BY seq"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![self.county, user])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(certificate_row(row)?);
        }
        Ok(all)
    }

    /// The certificates that were revoked.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn revoked(&self) -> Result<Vec<[u8; 16]>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id FROM certificate WHERE county = ?1 AND revoked_seq IS NOT NULL",
        )?;
        let rows = statement.query_map([self.county], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>().map_err(super::StoreError::from)
    }

    /// Keeps a certificate.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn put_certificate(&self, row: &CertificateRow) -> Result<()> {
        self.connection.execute(
            "INSERT INTO certificate VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, NULL) \
             ON CONFLICT (county, id) DO NOTHING",
            params![
                self.county,
                row.id,
                row.user,
                row.device,
                row.bytes,
                Kept(row.seq),
                row.revoked_seq.map(Kept),
                row.seen_at_ms
            ],
        )?;
        Ok(())
    }

    /// The record that revoked a certificate, also one that is not here.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn revocation(&self, id: &[u8; 16]) -> Result<Option<u64>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT seq FROM revocation WHERE county = ?1 AND certificate = ?2")?;
        let mut rows = statement.query(params![self.county, id])?;
        match rows.next()? {
            Some(row) => Ok(Some(unsigned(row.get(0)?))),
            None => Ok(None),
        }
    }

    /// Revokes a certificate, also one that is not here; the first record that says so counts.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn revoke(&self, id: &[u8; 16], seq: u64) -> Result<()> {
        self.connection.execute(
            "INSERT INTO revocation VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![self.county, id, Kept(seq)],
        )?;
        self.connection.execute(
            "UPDATE certificate SET revoked_seq = ?3 \
             WHERE county = ?1 AND id = ?2 AND revoked_seq IS NULL",
            params![self.county, id, Kept(seq)],
        )?;
        Ok(())
    }

    /// Notes that the device was here; once an hour is enough.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn seen(&self, id: &[u8; 16], at_ms: i64) -> Result<()> {
        self.connection.execute(
            "UPDATE certificate SET seen_at_ms = ?3 WHERE county = ?1 AND id = ?2",
            params![self.county, id, at_ms],
        )?;
        Ok(())
    }

    /// Notes that the device has nothing left that a restored server lacks.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn answered(&self, id: &[u8; 16], epoch: &[u8; 16]) -> Result<()> {
        self.connection.execute(
            "UPDATE certificate SET answered_epoch = ?3 WHERE county = ?1 AND id = ?2",
            params![self.county, id, epoch],
        )?;
        Ok(())
    }

    /// How many devices that were here after `since_ms` have not answered in this epoch.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn unanswered(&self, epoch: &[u8; 16], since_ms: i64, server: &[u8; 16]) -> Result<u64> {
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*) FROM certificate WHERE county = ?1 AND seen_at_ms >= ?3 \
             AND revoked_seq IS NULL AND id <> ?4 \
             AND (answered_epoch IS NULL OR answered_epoch <> ?2)",
        )?;
        let count = statement
            .query_row(params![self.county, epoch, since_ms, server], |row| row.get::<_, i64>(0))?;
        Ok(unsigned(count))
    }
}
