//! Batches that were refused, and the changes that will never be in the log because of it.

use rusqlite::params;

use super::{Db, Result, fixed, signed};

/// Why a batch was refused, as its author is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// A word of `docs/refusals.md`.
    pub code: String,
    /// Which of its changes broke the rule, from zero; zero also where the batch itself did.
    pub position: u32,
    /// The refused batch it was built on; none for one that was refused for its own sake.
    pub by: Option<[u8; 16]>,
    /// The rule behind it, where `code` does not say it: under which `by` was refused, or why a person
    /// was asked.
    pub rule: String,
    /// What a person said about it, for its author.
    pub reason: String,
}

/// A batch that was refused.
#[derive(Debug, Clone)]
pub struct QuarantineRow {
    /// Its name.
    pub id: [u8; 16],
    /// The document it named.
    pub document: Vec<u8>,
    /// The certificate it named; empty where nobody proved to hold it.
    pub certificate: Vec<u8>,
    /// Why.
    pub refusal: Refusal,
    /// What exactly, without content.
    pub detail: String,
    /// The batch.
    pub bytes: Vec<u8>,
}

/// A change that will never be in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedChange {
    /// The batch that was refused for its own sake, and this change with it or because of it.
    pub batch: [u8; 16],
    /// The rule that batch broke.
    pub rule: String,
}

impl Db<'_> {
    /// Puts a refused batch into quarantine; of one author only the newest `most` stay. What nobody
    /// signed takes the place of nothing.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn quarantine(&self, row: &QuarantineRow, most: u64, at_ms: i64) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO quarantine (county, id, document, certificate, code, detail, bytes, \
             at_ms, position, because_of, rule, reason) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
             ON CONFLICT (county, id) DO UPDATE SET document = excluded.document, \
             certificate = excluded.certificate, code = excluded.code, detail = excluded.detail, \
             bytes = excluded.bytes, at_ms = excluded.at_ms, position = excluded.position, \
             because_of = excluded.because_of, rule = excluded.rule, reason = excluded.reason \
             WHERE length(excluded.certificate) > 0",
        )?;
        let Refusal { code, position, by, rule, reason } = &row.refusal;
        let by = by.map(Vec::from).unwrap_or_default();
        statement.execute(params![
            self.county,
            row.id,
            row.document,
            row.certificate,
            code,
            row.detail,
            row.bytes,
            at_ms,
            position,
            by,
            rule,
            reason
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
    /// [`super::StoreError`].
    pub fn quarantined(&self, id: &[u8; 16]) -> Result<Option<String>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT code FROM quarantine WHERE county = ?1 AND id = ?2")?;
        let mut rows = statement.query(params![self.county, id])?;
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
    }

    /// Why a batch lies in quarantine that its author signed; none where it was refused by a version that
    /// did not note which change was to blame.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn refusal(&self, id: &[u8; 16]) -> Result<Option<Refusal>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT code, position, because_of, rule, reason FROM quarantine \
             WHERE county = ?1 AND id = ?2 AND length(certificate) > 0 AND position >= 0",
        )?;
        let mut rows = statement.query(params![self.county, id])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let by: Vec<u8> = row.get(2)?;
        let by = if by.is_empty() { None } else { Some(fixed(&by, "batch")?) };
        let (code, position) = (row.get(0)?, row.get(1)?);
        Ok(Some(Refusal { code, position, by, rule: row.get(3)?, reason: row.get(4)? }))
    }

    /// Empties the quarantine of what was refused since `at_ms`, but for refusals with these words.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn pardon_since(&self, at_ms: i64, but: [&str; 2]) -> Result<()> {
        let [one, other] = but;
        self.connection.execute(
            "DELETE FROM quarantine WHERE county = ?1 AND at_ms >= ?2 AND code NOT IN (?3, ?4)",
            params![self.county, at_ms, one, other],
        )?;
        Ok(())
    }

    /// Takes a batch out of quarantine: it is in the log after all.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn pardon(&self, id: &[u8; 16]) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("DELETE FROM quarantine WHERE county = ?1 AND id = ?2")?;
        statement.execute(params![self.county, id])?;
        Ok(())
    }

    /// Notes changes that will never be in the log, and why; of one author only the newest `most` stay.
    /// What is noted already stays as it was said first.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn refuse_changes(
        &self,
        document: &[u8],
        hashes: &[[u8; 32]],
        why: &RefusedChange,
        certificate: &[u8],
        most: u64,
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO refused_change (county, document, hash, batch, rule, certificate) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (county, document, hash) DO NOTHING",
        )?;
        for hash in hashes {
            statement.execute(params![
                self.county,
                document,
                hash,
                why.batch,
                why.rule,
                certificate
            ])?;
        }
        let mut statement = self.connection.prepare_cached(
            "DELETE FROM refused_change WHERE county = ?1 AND certificate = ?2 AND rowid <= \
             (SELECT rowid FROM refused_change WHERE county = ?1 AND certificate = ?2 \
              ORDER BY rowid DESC LIMIT 1 OFFSET ?3)",
        )?;
        statement.execute(params![self.county, certificate, signed(most)])?;
        Ok(())
    }

    /// Whether a change will never be in the log, and why.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn refused_change(
        &self,
        document: &[u8; 16],
        hash: &[u8; 32],
    ) -> Result<Option<RefusedChange>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT batch, rule FROM refused_change \
             WHERE county = ?1 AND document = ?2 AND hash = ?3",
        )?;
        let mut rows = statement.query(params![self.county, document, hash])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let batch = fixed(&row.get::<_, Vec<u8>>(0)?, "batch")?;
        Ok(Some(RefusedChange { batch, rule: row.get(1)? }))
    }

    /// A change is in the log after all.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn forgive_change(&self, document: &[u8; 16], hash: &[u8; 32]) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "DELETE FROM refused_change WHERE county = ?1 AND document = ?2 AND hash = ?3",
        )?;
        statement.execute(params![self.county, document, hash])?;
        Ok(())
    }
}
