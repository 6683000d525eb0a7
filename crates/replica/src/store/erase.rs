//! Destroying a document that the county destroyed: what becomes of it in every table, and of the pages it
//! stood on.

use rusqlite::{OptionalExtension, params};
use yidang_api::sync::LogKind;
use yidang_documents::ChangeHash;
use yidang_domain::ids::DocumentId;

use super::{Access, Read, ReadState, Store, StoreError, Write};

/// What destroying a document does to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The rows that name it in the column `document` go.
    OfDocument,
    /// They go with everything that [`Write::forget`] deletes.
    Forgotten,
    /// More than that: a function of its own below.
    ByHand,
    /// Nothing of a document stands in it.
    Stays,
}

/// Every table. A test compares the list with the schema: a table that is missing here is one that nobody
/// thought of.
const TABLES: [(&str, Fate); 35] = [
    ("document", Fate::Forgotten),
    ("change", Fate::Forgotten),
    ("batch", Fate::Forgotten),
    ("projection", Fate::Forgotten),
    ("case_row", Fate::Forgotten),
    ("case_search", Fate::Forgotten),
    ("case_told", Fate::Forgotten),
    ("case_party", Fate::Forgotten),
    ("household_row", Fate::Forgotten),
    ("household_search", Fate::Forgotten),
    ("household_tie", Fate::Forgotten),
    ("member_row", Fate::Forgotten),
    ("looked", Fate::Forgotten),
    ("message", Fate::Forgotten),
    ("renamed", Fate::Forgotten),
    ("attested", Fate::Forgotten),
    ("to_give", Fate::Forgotten),
    ("wanted_document", Fate::Forgotten),
    // What its author wrote and the county does not have is kept for them elsewhere first.
    ("outbox", Fate::OfDocument),
    // The own words in it stay until their author is done with them; what the document was called does not.
    ("rejected", Fate::ByHand),
    // Questions and answers about it, also of versions that did not write down what they wrote in.
    ("journal", Fate::ByHand),
    // Forms are named after what they are about.
    ("draft", Fate::ByHand),
    // Lines that say what it was called.
    ("happened", Fate::ByHand),
    ("tombstone", Fate::Stays),
    ("state", Fate::Stays),
    ("certificate", Fate::Stays),
    ("actor", Fate::Stays),
    ("wanted_certificate", Fate::Stays),
    ("checkpoint", Fate::Stays),
    ("saved_view", Fate::Stays),
    // What somebody wrote to the county, not what they wrote in files.
    ("complaint", Fate::Stays),
    ("incarnation", Fate::Stays),
    // Hashes.
    ("sheet", Fate::Stays),
    ("record", Fate::Stays),
    ("sqlite_sequence", Fate::Stays),
];

/// A document goes on no more often, or somebody made a circle of it.
const MOST_SUCCESSORS: usize = 16;

/// Under which stands that pages are still to be made anew after something was destroyed.
const OWES_SCRUB: &str = "owes_scrub";

/// What the county says of a document that it destroyed.
#[derive(Debug, Clone, Copy)]
pub struct Erasing<'a> {
    /// The order.
    pub basis: &'a str,
    /// The day, as it was signed.
    pub on: &'a str,
    /// The document that goes on instead, where one does.
    pub successor: Option<DocumentId>,
    /// Own changes that the county never had: where the document goes on, the forms they came of are kept, so
    /// that they can be written again.
    pub own: &'a [ChangeHash],
}

impl Write<'_> {
    /// Destroys everything of a document and notes that it was, by which order and on which day. The pages it
    /// stood on are made anew by [`Store::scrub`] after the commit.
    pub fn erase(&self, id: DocumentId, erasing: &Erasing<'_>) -> Result<(), StoreError> {
        self.sql().pragma_update(None, "secure_delete", true)?;
        self.forget(id)?;
        for (table, fate) in TABLES {
            if fate == Fate::OfDocument {
                let sql = format!("DELETE FROM {table} WHERE document = ?1");
                self.sql().execute(&sql, [id.as_bytes()])?;
            }
        }
        self.erase_by_hand(id, erasing)?;
        let successor = erasing.successor.map(|id| *id.as_bytes());
        self.sql().execute(
            "INSERT OR IGNORE INTO tombstone (document, basis, on_day, successor)
             VALUES (?1, ?2, ?3, ?4)",
            params![id.as_bytes(), erasing.basis, erasing.on, successor],
        )?;
        self.put_state(OWES_SCRUB, &[1])
    }

    fn erase_by_hand(&self, id: DocumentId, erasing: &Erasing<'_>) -> Result<(), StoreError> {
        let name = id.to_string();
        let kept = if erasing.successor.is_some() { erasing.own } else { &[] };
        self.sql().execute("CREATE TEMP TABLE IF NOT EXISTS own_change (hash BLOB)", [])?;
        self.sql().execute("DELETE FROM own_change", [])?;
        for hash in kept {
            self.sql().execute("INSERT INTO own_change (hash) VALUES (?1)", [hash])?;
        }
        self.drop_superseded(id)?;
        self.sql().execute(
            "UPDATE rejected SET matter = '', bytes = x'',
               title = substr(title, 1, instr(title || ' · ', ' · ') - 1) WHERE document = ?1",
            [id.as_bytes()],
        )?;
        self.sql().execute(
            "DELETE FROM journal
             WHERE (document = ?1 OR instr(question, ?2) > 0 OR instr(reply, ?2) > 0)
               AND (hash IS NULL OR hash NOT IN (SELECT hash FROM own_change))",
            params![id.as_bytes(), name],
        )?;
        self.sql().execute(
            "UPDATE journal SET reply = '' WHERE hash IN (SELECT hash FROM own_change)",
            [],
        )?;
        self.sql().execute("DELETE FROM draft WHERE instr(form, ?1) > 0", [&name])?;
        // Versions before this one did not say of which document a clash was.
        self.sql().execute(
            "DELETE FROM happened WHERE document = ?1 OR (document IS NULL AND kind = ?2)",
            params![id.as_bytes(), serde_json::to_string(&LogKind::Clash)?],
        )?;
        Ok(())
    }
}

/// Reads what was destroyed.
pub trait ReadErased: Read {
    /// Whether the county destroyed a document: it is taken from nowhere then.
    fn is_erased(&self, id: DocumentId) -> Result<bool, StoreError> {
        let found = self
            .sql()
            .prepare_cached("SELECT 1 FROM tombstone WHERE document = ?1")?
            .query_row([id.as_bytes()], |_| Ok(()))
            .optional()?;
        Ok(found.is_some())
    }

    /// The document that goes on instead of one that was destroyed, also where that was destroyed in its turn.
    fn goes_on_as(&self, id: DocumentId) -> Result<Option<DocumentId>, StoreError> {
        let mut last = None;
        for _ in 0..MOST_SUCCESSORS {
            let next = self
                .sql()
                .prepare_cached("SELECT successor FROM tombstone WHERE document = ?1")?
                .query_row([last.unwrap_or(id).as_bytes()], |row| row.get::<_, Option<[u8; 16]>>(0))
                .optional()?
                .flatten();
            let Some(next) = next else { break };
            last = Some(DocumentId::from_bytes(next));
        }
        Ok(last)
    }
}

impl ReadErased for Store {}
impl ReadErased for Write<'_> {}

impl Store {
    /// Makes every page anew if something was destroyed since the last time, and empties the log of writes, so
    /// that no byte of it is left in any file. Where that fails it is still owed.
    pub fn scrub(&mut self) -> Result<(), StoreError> {
        if self.state(OWES_SCRUB)?.is_none() {
            return Ok(());
        }
        // The search keeps the words of what was deleted until its parts are merged.
        self.connection.execute_batch(
            "INSERT INTO case_search (case_search) VALUES ('optimize');
             INSERT INTO household_search (household_search) VALUES ('optimize');
             VACUUM;",
        )?;
        let busy: i64 =
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy == 0 {
            self.connection.pragma_update(None, "secure_delete", false)?;
            self.write(|write| write.drop_state(OWES_SCRUB))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::schema;

    fn connection() -> rusqlite::Connection {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection, schema::NEWEST).unwrap();
        connection
    }

    /// Whoever adds a table says here what becomes of it when a document is destroyed.
    #[test]
    fn every_table_has_a_word_about_what_is_destroyed() {
        let connection = connection();
        // What a search keeps for itself belongs to it.
        let mut statement = connection
            .prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table'
                 AND name NOT GLOB '*_search_*'",
            )
            .unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let tables: BTreeSet<String> = rows.map(Result::unwrap).collect();
        let said: BTreeSet<String> = TABLES.iter().map(|(table, _)| (*table).to_owned()).collect();
        assert_eq!(tables, said, "left: the schema, right: TABLES");
        assert_eq!(TABLES.len(), said.len(), "one word for each table");
    }

    /// A column that names a document is not passed over.
    #[test]
    fn whatever_names_a_document_is_dealt_with() {
        let connection = connection();
        for (table, fate) in TABLES {
            let sql = "SELECT count(*) FROM pragma_table_info(?1) WHERE name = 'document'";
            let names: i64 = connection.query_row(sql, [table], |row| row.get(0)).unwrap();
            assert!(names == 0 || fate != Fate::Stays || table == "tombstone", "{table}");
        }
    }
}
