//! What a desk keeps for its person alone: selections under a name, complaints, and its own size.

use rusqlite::params;
use rusqlite::types::ValueRef;
use yidang_api::device::{ComplaintKind, ComplaintRow};
use yidang_api::list::ListCaseFiles;
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::DocumentKind;

use super::{Access, Read, Store, StoreError, Write};

/// A complaint that the county does not have yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingComplaint {
    /// Its place on this desk.
    pub position: i64,
    /// What it says.
    pub row: ComplaintRow,
    /// How to answer.
    pub contact: String,
}

impl Write<'_> {
    /// Keeps a selection under its name.
    pub fn put_view(&self, name: &str, list: &ListCaseFiles) -> Result<(), StoreError> {
        self.sql().execute(
            "INSERT INTO saved_view VALUES (?1, ?2, (SELECT count(*) FROM saved_view))
             ON CONFLICT (name) DO UPDATE SET list = excluded.list",
            params![name, serde_json::to_string(list)?],
        )?;
        Ok(())
    }

    /// Forgets a selection.
    pub fn drop_view(&self, name: &str) -> Result<(), StoreError> {
        self.sql().execute("DELETE FROM saved_view WHERE name = ?1", [name])?;
        Ok(())
    }

    /// Keeps a complaint.
    pub fn put_complaint(&self, complaint: &ComplaintRow, contact: &str) -> Result<(), StoreError> {
        self.sql().execute(
            "INSERT INTO complaint (about, words, contact, at) VALUES (?1, ?2, ?3, ?4)",
            params![
                serde_json::to_string(&complaint.about)?,
                complaint.words,
                contact,
                complaint.at.0
            ],
        )?;
        Ok(())
    }

    /// The county may have forgotten complaints that were written since: they are handed in again, under the
    /// names they had, so that what it still has is kept once.
    pub fn complain_again(&self, since: InstantMs) -> Result<(), StoreError> {
        self.sql().execute("UPDATE complaint SET number = NULL WHERE at >= ?1", [since.0])?;
        Ok(())
    }

    /// The county has a complaint.
    pub fn complaint_taken(&self, position: i64, number: u64) -> Result<(), StoreError> {
        self.sql().execute(
            "UPDATE complaint SET number = ?2 WHERE position = ?1",
            params![position, number.cast_signed()],
        )?;
        Ok(())
    }
}

/// Reads what the desk keeps.
pub trait ReadDesk: Read {
    /// The selections, in the order in which they were named.
    fn views(&self) -> Result<Vec<(String, ListCaseFiles)>, StoreError> {
        let mut statement =
            self.sql().prepare_cached("SELECT name, list FROM saved_view ORDER BY position")?;
        let mut rows = statement.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push((row.get(0)?, serde_json::from_str(&row.get::<_, String>(1)?)?));
        }
        Ok(all)
    }

    /// Complaints, newest first.
    fn complaints(&self) -> Result<Vec<PendingComplaint>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT position, about, words, contact, at, number FROM complaint
             ORDER BY position DESC",
        )?;
        let mut rows = statement.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let about: ComplaintKind = serde_json::from_str(&row.get::<_, String>(1)?)?;
            all.push(PendingComplaint {
                position: row.get(0)?,
                row: ComplaintRow {
                    about,
                    words: row.get(2)?,
                    at: InstantMs(row.get(4)?),
                    number: row.get::<_, Option<i64>>(5)?.map(i64::unsigned_abs),
                },
                contact: row.get(3)?,
            });
        }
        Ok(all)
    }

    /// How many documents of a kind are held.
    fn count_documents(&self, kind: DocumentKind) -> Result<u32, StoreError> {
        Ok(self.sql().query_row(
            "SELECT count(*) FROM document WHERE kind = ?1 AND sealed = 0",
            [kind.name()],
            |row| row.get(0),
        )?)
    }

    /// How many drafts wait.
    fn count_drafts(&self) -> Result<u32, StoreError> {
        Ok(self.sql().query_row("SELECT count(*) FROM draft", [], |row| row.get(0))?)
    }

    /// The size of the database in bytes.
    fn bytes(&self) -> Result<u64, StoreError> {
        // An encrypted store says the size of its pages in words.
        let number = |name: &str| {
            self.sql().query_row(&format!("PRAGMA {name}"), [], |row| {
                Ok(match row.get_ref(0)? {
                    ValueRef::Integer(number) => number.unsigned_abs(),
                    other => other.as_str().ok().and_then(|text| text.parse().ok()).unwrap_or(0),
                })
            })
        };
        Ok(number("page_count")? * number("page_size")?)
    }
}

impl ReadDesk for Store {}
impl ReadDesk for Write<'_> {}
