//! Activation codes: only their hashes are kept.

use rusqlite::params;

use super::{Db, Result};

/// An activation code as it is kept.
#[derive(Debug, Clone)]
pub struct Activation {
    /// Its first four characters.
    pub code_id: String,
    /// Salt of the hash.
    pub salt: Vec<u8>,
    /// Hash of the rest.
    pub hash: Vec<u8>,
    /// The person it is for.
    pub user: String,
    /// When it was made.
    pub created_at_ms: i64,
    /// Until when it serves.
    pub expires_at_ms: i64,
    /// Wrong tries.
    pub tries: u32,
    /// The key that used it.
    pub used_by_key: Option<Vec<u8>>,
    /// The nonce of that installation.
    pub used_by_nonce: Option<Vec<u8>>,
    /// The certificate it gave.
    pub certificate: Option<Vec<u8>>,
}

impl Db<'_> {
    /// The code with this beginning.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn activation(&self, code_id: &str) -> Result<Option<Activation>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT code_id, salt, hash, user, created_at_ms, expires_at_ms, tries, used_by_key, \
             used_by_nonce, certificate FROM activation WHERE county = ?1 AND code_id = ?2",
        )?;
        let mut rows = statement.query(params![self.county, code_id])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(Activation {
            code_id: row.get(0)?,
            salt: row.get(1)?,
            hash: row.get(2)?,
            user: row.get(3)?,
            created_at_ms: row.get(4)?,
            expires_at_ms: row.get(5)?,
            tries: row.get(6)?,
            used_by_key: row.get(7)?,
            used_by_nonce: row.get(8)?,
            certificate: row.get(9)?,
        }))
    }

    /// The names of the codes that nobody used.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn unused_codes(&self) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT code_id FROM activation WHERE county = ?1 AND used_by_key IS NULL \
             ORDER BY code_id",
        )?;
        let codes = statement.query_map(params![self.county], |row| row.get(0))?;
        Ok(codes.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps a new code; false where one with this beginning is still in use. Codes that served
    /// their time a month ago make room.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn put_activation(&self, code: &Activation, old_ms: i64) -> Result<bool> {
        self.connection.execute(
            "DELETE FROM activation WHERE county = ?1 AND expires_at_ms < ?2",
            params![self.county, old_ms],
        )?;
        let inserted = self.connection.execute(
            "INSERT INTO activation VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, NULL, NULL, NULL) \
             ON CONFLICT (county, code_id) DO NOTHING",
            params![
                self.county,
                code.code_id,
                code.salt,
                code.hash,
                code.user,
                code.created_at_ms,
                code.expires_at_ms
            ],
        )?;
        Ok(inserted > 0)
    }

    /// Counts a wrong try.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn count_try(&self, code_id: &str) -> Result<()> {
        self.connection.execute(
            "UPDATE activation SET tries = tries + 1 WHERE county = ?1 AND code_id = ?2",
            params![self.county, code_id],
        )?;
        Ok(())
    }

    /// Notes who used a code.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn use_activation(
        &self,
        code_id: &str,
        key: &[u8],
        nonce: &[u8],
        certificate: &[u8; 16],
    ) -> Result<()> {
        self.connection.execute(
            "UPDATE activation SET used_by_key = ?3, used_by_nonce = ?4, certificate = ?5 \
             WHERE county = ?1 AND code_id = ?2",
            params![self.county, code_id, key, nonce, certificate],
        )?;
        Ok(())
    }
}
