//! Online questions: what was done once, who looked at whom, and complaints.

use rusqlite::{OptionalExtension, params};

use super::{Db, Result};

/// One look at somebody outside one's own ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consulted<'a> {
    /// When.
    pub at_ms: i64,
    /// Who looked.
    pub user: &'a str,
    /// On which device.
    pub certificate: &'a [u8; 16],
    /// What was asked.
    pub question: &'a str,
    /// What for.
    pub purpose: &'a str,
    /// The household, where it was one.
    pub document: Option<&'a [u8; 16]>,
}

/// A complaint as it was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint<'a> {
    /// Who.
    pub user: &'a str,
    /// What about.
    pub about: &'a str,
    /// In their own words.
    pub words: &'a str,
    /// How to answer.
    pub contact: &'a str,
    /// When it was written.
    pub written_at_ms: i64,
    /// When it came.
    pub taken_at_ms: i64,
}

impl Db<'_> {
    /// The answer to a question of this name that was done before.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn asked(&self, ask: &[u8]) -> Result<Option<String>> {
        Ok(self
            .connection
            .prepare_cached("SELECT reply FROM asked WHERE county = ?1 AND ask = ?2")?
            .query_row(params![self.county, ask], |row| row.get(0))
            .optional()?)
    }

    /// Remembers the answer to a question, and forgets those that are older than `until_ms`.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn put_asked(&self, ask: &[u8], reply: &str, at_ms: i64, until_ms: i64) -> Result<()> {
        self.connection.execute(
            "DELETE FROM asked WHERE county = ?1 AND at_ms < ?2",
            params![self.county, until_ms],
        )?;
        self.connection.execute(
            "INSERT OR IGNORE INTO asked VALUES (?1, ?2, ?3, ?4)",
            params![self.county, ask, reply, at_ms],
        )?;
        Ok(())
    }

    /// Writes down that somebody looked at somebody.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn put_consulted(&self, look: &Consulted<'_>) -> Result<()> {
        self.connection.execute(
            "INSERT INTO consulted VALUES (?1, (SELECT ifnull(max(position), 0) + 1 FROM consulted \
             WHERE county = ?1), ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                self.county,
                look.at_ms,
                look.user,
                look.certificate,
                look.question,
                look.purpose,
                look.document
            ],
        )?;
        Ok(())
    }

    /// The latest looks, newest first: who looked, at what, and what for.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn looks(&self, most: u32) -> Result<Vec<(String, String, String)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT user, question, purpose FROM consulted WHERE county = ?1 \
             ORDER BY position DESC LIMIT ?2",
        )?;
        let rows = statement.query_map(params![self.county, most], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps a complaint and gives its number.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn put_complaint(&self, complaint: &Complaint<'_>) -> Result<u64> {
        let number: i64 = self.connection.query_row(
            "INSERT INTO complaint VALUES (?1, (SELECT ifnull(max(number), 0) + 1 FROM complaint \
             WHERE county = ?1), ?2, ?3, ?4, ?5, ?6, ?7) RETURNING number",
            params![
                self.county,
                complaint.user,
                complaint.about,
                complaint.words,
                complaint.contact,
                complaint.written_at_ms,
                complaint.taken_at_ms
            ],
            |row| row.get(0),
        )?;
        Ok(number.unsigned_abs())
    }
}
