//! Complaints as they were handed in, and what became of them.

use rusqlite::{Row, params};

use super::{Db, Kept, Result, signed, unsigned};

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

/// A complaint as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintRow {
    /// Under which number.
    pub number: u64,
    /// Who.
    pub user: String,
    /// What about.
    pub about: String,
    /// In their own words.
    pub words: String,
    /// How to answer; may be empty.
    pub contact: String,
    /// When it was written.
    pub written_at_ms: i64,
    /// When it came.
    pub taken_at_ms: i64,
    /// What became of it; nothing yet where absent.
    pub answer: Option<ComplaintAnswer>,
}

/// What became of a complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintAnswer {
    /// In a few words.
    pub words: String,
    /// Who said so.
    pub user: String,
    /// When.
    pub at_ms: i64,
}

/// What [`row`] reads.
const ROW: &str = "c.number, c.user, c.about, c.words, c.contact, c.written_at_ms, c.taken_at_ms, \
    a.words, a.user, a.at_ms \
    FROM complaint c LEFT JOIN complaint_answer a USING (county, number)";

fn row(row: &Row<'_>) -> rusqlite::Result<ComplaintRow> {
    let answer = match row.get::<_, Option<String>>(7)? {
        Some(words) => Some(ComplaintAnswer { words, user: row.get(8)?, at_ms: row.get(9)? }),
        None => None,
    };
    Ok(ComplaintRow {
        number: unsigned(row.get(0)?),
        user: row.get(1)?,
        about: row.get(2)?,
        words: row.get(3)?,
        contact: row.get(4)?,
        written_at_ms: row.get(5)?,
        taken_at_ms: row.get(6)?,
        answer,
    })
}

impl Db<'_> {
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

    /// How many complaints there are, and how many of them nobody has answered.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn count_complaints(&self) -> Result<(u32, u32)> {
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*), count(*) - count(a.number) FROM complaint c \
             LEFT JOIN complaint_answer a USING (county, number) WHERE c.county = ?1",
        )?;
        Ok(statement.query_row([self.county], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// Complaints, newest first; with `waiting` only those that nobody has answered.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn complaints(&self, waiting: bool, offset: u32, most: u32) -> Result<Vec<ComplaintRow>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {ROW} WHERE c.county = ?1 AND (a.number IS NULL OR NOT ?2) \
             ORDER BY c.number DESC LIMIT ?3 OFFSET ?4"
        ))?;
        let rows = statement.query_map(params![self.county, waiting, most, offset], row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The complaint under a number.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn complaint(&self, number: u64) -> Result<Option<ComplaintRow>> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {ROW} WHERE c.county = ?1 AND c.number = ?2"))?;
        let mut rows = statement.query(params![self.county, signed(number)])?;
        Ok(rows.next()?.map(row).transpose()?)
    }

    /// The complaints of one person that were answered, newest first.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn answered_complaints_of(&self, user: &str) -> Result<Vec<ComplaintRow>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {ROW} WHERE c.county = ?1 AND c.user = ?2 AND a.number IS NOT NULL \
             ORDER BY c.number DESC"
        ))?;
        let rows = statement.query_map(params![self.county, user], row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Says what became of a complaint, on the device of this certificate. Whether it was said now:
    /// what was said before stays.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`], also where there is no complaint under that number.
    pub fn answer_complaint(
        &self,
        number: u64,
        answer: &ComplaintAnswer,
        certificate: &[u8; 16],
    ) -> Result<bool> {
        let written = self.connection.execute(
            "INSERT INTO complaint_answer VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
             ON CONFLICT (county, number) DO NOTHING",
            params![
                self.county,
                Kept(number),
                answer.words,
                answer.user,
                certificate,
                answer.at_ms
            ],
        )?;
        Ok(written > 0)
    }
}
