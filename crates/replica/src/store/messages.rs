//! Messages: entries of others in files that the person of this desk wrote in.

use rusqlite::params;
use yidang_api::message::MessageRow;
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::DocumentId;

use super::{Access, Read, Store, StoreError, Write};
use crate::people::{SOMEBODY, name_and_post};

/// One entry that is a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// Key of the entry.
    pub key: String,
    /// Who wrote it.
    pub actor: [u8; 16],
    /// When, by their clock.
    pub at: InstantMs,
    /// The word of its kind in the document.
    pub kind: &'static str,
    /// The word of its kind on screens.
    pub label: String,
    /// In one line.
    pub text: String,
}

impl Write<'_> {
    /// Keeps a message, unless it is here.
    pub fn put_message(&self, id: DocumentId, message: &StoredMessage) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT OR IGNORE INTO message (document, key, actor, at, kind, label, text)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                id.as_bytes(),
                message.key,
                message.actor,
                message.at.0,
                message.kind,
                message.label,
                message.text
            ])?;
        Ok(())
    }

    /// The messages about a file were seen; all of them where none is named.
    pub fn see_messages(&self, id: Option<DocumentId>) -> Result<(), StoreError> {
        match id {
            Some(id) => self
                .sql()
                .prepare_cached("UPDATE message SET seen = 1 WHERE document = ?1 AND seen = 0")?
                .execute([id.as_bytes()])?,
            None => self.sql().execute("UPDATE message SET seen = 1 WHERE seen = 0", [])?,
        };
        Ok(())
    }
}

/// Reads messages.
pub trait ReadMessages: Read {
    /// How many there are, and how many were not seen.
    fn count_messages(&self) -> Result<(u32, u32), StoreError> {
        Ok(self.sql().query_row(
            "SELECT count(*), ifnull(sum(m.seen = 0), 0) FROM message m
             JOIN case_row c USING (document) WHERE c.sealed <> 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?)
    }

    /// Messages, newest first.
    fn messages(&self, offset: u32, limit: u32) -> Result<Vec<MessageRow>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT m.document, m.label, m.text, m.at, m.seen, c.row,
               (m.kind = 'returned' AND c.stage = 'Returned' AND c.answered = 0),
               (SELECT x.bytes FROM actor a JOIN certificate x USING (certificate)
                WHERE a.actor = m.actor)
             FROM message m JOIN case_row c USING (document) WHERE c.sealed <> 1
             ORDER BY m.at DESC, m.document, m.key LIMIT ?1 OFFSET ?2",
        )?;
        let mut rows = statement.query([limit, offset])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let file: yidang_api::list::CaseRow = serde_json::from_str(&row.get::<_, String>(5)?)?;
            let bytes: Option<Vec<u8>> = row.get(7)?;
            let (by, post) = bytes
                .as_deref()
                .and_then(name_and_post)
                .unwrap_or_else(|| (SOMEBODY.to_owned(), String::new()));
            all.push(MessageRow {
                case: DocumentId::from_bytes(row.get(0)?),
                label: row.get(1)?,
                text: row.get(2)?,
                matter: file.matter,
                by,
                post,
                at: InstantMs(row.get(3)?),
                asks: row.get(6)?,
                unread: !row.get::<_, bool>(4)?,
            });
        }
        Ok(all)
    }
}

impl ReadMessages for Store {}
impl ReadMessages for Write<'_> {}
