//! Drafts and the journal.

use rusqlite::{OptionalExtension, params};
use yidang_api::draft::DraftView;
use yidang_documents::ChangeHash;
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::DocumentId;

use super::{Access, Store, StoreError, Write};

/// What somebody did, in their own terms.
pub struct JournalRow<'a> {
    /// Names the question, so that asking twice writes once.
    pub ask: Option<&'a str>,
    /// Its name in the table.
    pub name: &'a str,
    /// Its content.
    pub question: &'a str,
    /// The answer.
    pub reply: &'a str,
    /// When.
    pub at: InstantMs,
    /// The first document it wrote in, and the change it made there; none where it wrote in none.
    pub wrote: Option<(DocumentId, &'a ChangeHash)>,
    /// The action, where it touched several documents.
    pub act: Option<[u8; 16]>,
}

impl Write<'_> {
    /// Keeps what stands in a form.
    pub fn put_draft(&self, form: &str, content: &str, at: InstantMs) -> Result<(), StoreError> {
        self.sql().execute(
            "INSERT INTO draft (form, content, saved_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (form) DO UPDATE
             SET content = excluded.content, saved_at = excluded.saved_at",
            params![form, content, at.0],
        )?;
        Ok(())
    }

    /// Throws a draft away.
    pub fn drop_draft(&self, form: &str) -> Result<(), StoreError> {
        self.sql().execute("DELETE FROM draft WHERE form = ?1", [form])?;
        Ok(())
    }

    /// Writes down what was asked and answered, in the same transaction as its effect.
    pub fn put_journal(&self, row: &JournalRow<'_>) -> Result<(), StoreError> {
        self.sql().execute(
            "INSERT INTO journal (ask, name, question, reply, at, document, hash, act)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                row.ask,
                row.name,
                row.question,
                row.reply,
                row.at.0,
                row.wrote.as_ref().map(|(id, _)| *id.as_bytes()),
                row.wrote.map(|(_, hash)| hash),
                row.act
            ],
        )?;
        Ok(())
    }
}

impl Store {
    /// What stood in a form.
    pub fn draft(&self, form: &str) -> Result<Option<DraftView>, StoreError> {
        Ok(self
            .sql()
            .query_row("SELECT content, saved_at FROM draft WHERE form = ?1", [form], |row| {
                Ok(DraftView { content: row.get(0)?, saved_at: InstantMs(row.get(1)?) })
            })
            .optional()?)
    }

    /// The answer that was given to a question that comes again.
    pub fn answered(&self, ask: &str) -> Result<Option<String>, StoreError> {
        Ok(self
            .sql()
            .query_row("SELECT reply FROM journal WHERE ask = ?1", [ask], |row| row.get(0))
            .optional()?)
    }
}
