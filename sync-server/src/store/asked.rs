//! Online questions: what was done once, and who looked at whom.

use rusqlite::{OptionalExtension, params};

use super::{Db, Result, fixed};

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

/// One look as it was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookRow {
    /// When.
    pub at_ms: i64,
    /// Who looked.
    pub user: String,
    /// The name of the question, and behind a blank what was looked for.
    pub question: String,
    /// What for; may be empty.
    pub purpose: String,
    /// The household, where it was one.
    pub document: Option<[u8; 16]>,
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

    /// How often somebody looked.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn count_looks(&self) -> Result<u32> {
        let mut statement =
            self.connection.prepare_cached("SELECT count(*) FROM consulted WHERE county = ?1")?;
        Ok(statement.query_row([self.county], |row| row.get(0))?)
    }

    /// Looks, newest first: who looked, at what, and what for.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn looks(&self, offset: u32, most: u32) -> Result<Vec<LookRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT at_ms, user, question, purpose, document FROM consulted WHERE county = ?1 \
             ORDER BY position DESC LIMIT ?2 OFFSET ?3",
        )?;
        let mut rows = statement.query(params![self.county, most, offset])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let document: Option<Vec<u8>> = row.get(4)?;
            all.push(LookRow {
                at_ms: row.get(0)?,
                user: row.get(1)?,
                question: row.get(2)?,
                purpose: row.get(3)?,
                document: document.map(|id| fixed(&id, "document")).transpose()?,
            });
        }
        Ok(all)
    }
}
