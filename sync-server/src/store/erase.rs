//! Destroying a document: what becomes of it in every table, and of the pages it stood on.

use std::collections::BTreeSet;

use prost::Message;
use rusqlite::{OptionalExtension, Row, params};
use yidang_sync_protocol::cursor::record_hash;
use yidang_sync_protocol::{SignedBatch, SignedRecord};

use super::{Db, Kept, Result, Store, StoreError, fixed, lock, signed, unsigned};

/// What an administrator asks to have destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The document.
    pub document: [u8; 16],
    /// The order.
    pub basis: String,
    /// What is cut out of the document that goes on instead; where it is empty, none does.
    pub without: Vec<String>,
    /// Who asks.
    pub user: String,
    /// Since when.
    pub at_ms: i64,
}

fn erasure(row: &Row<'_>) -> Result<Erasure> {
    Ok(Erasure {
        document: fixed(&row.get::<_, Vec<u8>>(0)?, "document")?,
        basis: row.get(1)?,
        user: row.get(2)?,
        at_ms: row.get(3)?,
        without: row.get::<_, String>(4)?.lines().map(str::to_owned).collect(),
    })
}

/// What destroying a document does to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The rows that name it in the column `document` go.
    OfDocument,
    /// The rows that name one of its batches in this column go.
    OfBatches(&'static str),
    /// More than that: a function of its own below.
    ByHand,
    /// Every row goes.
    Whole,
    /// Nothing of a document stands in it.
    Stays,
}

/// Every table, in an order in which nothing names what is gone already. A test compares the list with the
/// schema: a table that is missing here is one that nobody thought of.
const TABLES: [(&str, Fate); 50] = [
    ("change", Fate::OfDocument),
    ("document", Fate::OfDocument),
    // The words of a household stand in the search under the number of its line.
    ("household_search", Fate::ByHand),
    ("household_row", Fate::OfDocument),
    ("case_row", Fate::OfDocument),
    ("scope_index", Fate::OfDocument),
    ("imported", Fate::OfDocument),
    ("refused_change", Fate::OfDocument),
    ("parked_missing", Fate::OfDocument),
    ("act_part", Fate::OfDocument),
    ("parked", Fate::OfDocument),
    // Also what nobody could read: nobody knows what it was about.
    ("quarantine", Fate::ByHand),
    ("inbox", Fate::OfBatches("id")),
    // With the reason a person gave.
    ("admission", Fate::OfBatches("batch")),
    ("undone", Fate::OfBatches("batch")),
    ("settled", Fate::OfBatches("batch")),
    ("placed", Fate::OfBatches("batch")),
    // The bytes of its batches and saves go, their hashes stay.
    ("log", Fate::ByHand),
    // That somebody looked stays; what for, in their own words, does not.
    ("consulted", Fate::ByHand),
    // Answers to online questions, also what an import found. A question that comes again after that is done
    // again: at worst a complaint stands there twice.
    ("asked", Fate::Whole),
    // The number of the paper is not given a second time.
    ("number", Fate::Stays),
    // Of visit days alone, which are not destroyed.
    ("village_day", Fate::Stays),
    // What people wrote to the county, not what they wrote in files.
    ("complaint", Fate::Stays),
    ("complaint_answer", Fate::Stays),
    ("erasure", Fate::OfDocument),
    // Names of actions and hashes: what is left of one is refused, and what was taken of it stays whole.
    ("act_taken", Fate::Stays),
    ("act_refused", Fate::Stays),
    ("tombstone", Fate::Stays),
    ("erased_copy", Fate::Stays),
    ("record", Fate::Stays),
    ("county", Fate::Stays),
    ("setting", Fate::Stays),
    ("checkpoint", Fate::Stays),
    ("scope_known", Fate::Stays),
    ("owed", Fate::Stays),
    ("user", Fate::Stays),
    ("assignment", Fate::Stays),
    ("unit", Fate::Stays),
    ("team", Fate::Stays),
    ("team_member", Fate::Stays),
    ("exception", Fate::Stays),
    ("grid_team", Fate::Stays),
    ("grid_team_member", Fate::Stays),
    ("outline", Fate::Stays),
    ("activation", Fate::Stays),
    ("certificate", Fate::Stays),
    ("revocation", Fate::Stays),
    ("crash", Fate::Stays),
    ("device_trouble", Fate::Stays),
    ("device_app", Fate::Stays),
];

/// Records that hold the words of documents: batches and saves.
const OF_WORDS: &str = "kind IN (1, 8)";
/// Under which stands that pages are still to be made anew after something was destroyed.
const OWES_SCRUB: &str = "owes_scrub";

impl Db<'_> {
    /// Destroys everything of a document but its records' hashes and its number. The pages it stood on are
    /// made anew by [`Store::scrub`] after the commit.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn erase_document(&self, document: &[u8; 16]) -> Result<()> {
        self.connection.pragma_update(None, "secure_delete", true)?;
        let batches = self.batches_about(document)?;
        self.forget_household_words(document)?;
        self.forget_refused(document)?;
        self.blank_records(document)?;
        self.blank_looks(document)?;
        for (table, fate) in TABLES {
            match fate {
                Fate::OfDocument => {
                    let sql = format!("DELETE FROM {table} WHERE county = ?1 AND document = ?2");
                    self.connection.execute(&sql, params![self.county, document])?;
                }
                Fate::OfBatches(column) => {
                    let sql = format!("DELETE FROM {table} WHERE county = ?1 AND {column} = ?2");
                    let mut delete = self.connection.prepare(&sql)?;
                    for batch in &batches {
                        delete.execute(params![self.county, batch])?;
                    }
                }
                Fate::Whole => {
                    let sql = format!("DELETE FROM {table} WHERE county = ?1");
                    self.connection.execute(&sql, [self.county])?;
                }
                Fate::ByHand | Fate::Stays => {}
            }
        }
        self.set_setting(OWES_SCRUB, "1")
    }

    /// The names of every batch about a document that lies anywhere.
    fn batches_about(&self, document: &[u8; 16]) -> Result<BTreeSet<[u8; 16]>> {
        let mut batches = BTreeSet::new();
        for table in ["parked", "quarantine"] {
            let sql = format!("SELECT id FROM {table} WHERE county = ?1 AND document = ?2");
            let mut statement = self.connection.prepare(&sql)?;
            let mut rows = statement.query(params![self.county, document])?;
            while let Some(row) = rows.next()? {
                batches.insert(fixed(&row.get::<_, Vec<u8>>(0)?, "batch")?);
            }
        }
        for (_, bytes) in self.batches_after(document, 0)? {
            batches.extend(SignedBatch::decode(bytes.as_slice()).ok().map(|batch| batch.id()));
        }
        for received in self.inbox()? {
            let batch = SignedBatch::decode(received.bytes.as_slice()).ok();
            let header = batch.and_then(|batch| batch.read().ok());
            if header.and_then(|header| header.document_id()) == Some(*document) {
                batches.insert(received.id);
            }
        }
        Ok(batches)
    }

    /// Takes the bytes out of the records of a document and leaves their hashes.
    fn blank_records(&self, document: &[u8; 16]) -> Result<()> {
        let sql = format!(
            "SELECT seq, record FROM log WHERE county = ?1 AND document = ?2 AND {OF_WORDS} \
             AND record_hash IS NULL ORDER BY seq"
        );
        let mut statement = self.connection.prepare(&sql)?;
        let rows = statement
            .query_map(params![self.county, document], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let records: Vec<(i64, Vec<u8>)> = rows.collect::<rusqlite::Result<_>>()?;
        let mut blank = self.connection.prepare(
            "UPDATE log SET record = x'', record_hash = ?3 WHERE county = ?1 AND seq = ?2",
        )?;
        for (seq, record) in records {
            blank.execute(params![self.county, seq, record_hash(&record)])?;
        }
        Ok(())
    }

    fn forget_household_words(&self, document: &[u8; 16]) -> Result<()> {
        self.connection.execute(
            "DELETE FROM household_search WHERE rowid = (SELECT number_of FROM household_row \
             WHERE county = ?1 AND document = ?2)",
            params![self.county, document],
        )?;
        Ok(())
    }

    fn forget_refused(&self, document: &[u8; 16]) -> Result<()> {
        self.connection.execute(
            "DELETE FROM quarantine WHERE county = ?1 \
             AND (document = ?2 OR length(document) <> 16)",
            params![self.county, document],
        )?;
        Ok(())
    }

    fn blank_looks(&self, document: &[u8; 16]) -> Result<()> {
        self.connection.execute(
            "UPDATE consulted SET purpose = '', \
             question = substr(question, 1, instr(question || ' ', ' ') - 1) \
             WHERE county = ?1 AND document = ?2",
            params![self.county, document],
        )?;
        Ok(())
    }

    /// Keeps that somebody asks to have a document destroyed; whoever asked first stays named.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_erasure(&self, asked: &Erasure) -> Result<()> {
        self.connection.execute(
            "INSERT OR IGNORE INTO erasure VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                self.county,
                asked.document,
                asked.basis,
                asked.user,
                asked.at_ms,
                asked.without.join("\n")
            ],
        )?;
        Ok(())
    }

    /// Nobody asks for it any more.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn drop_erasure(&self, document: &[u8; 16]) -> Result<()> {
        self.connection.execute(
            "DELETE FROM erasure WHERE county = ?1 AND document = ?2",
            params![self.county, document],
        )?;
        Ok(())
    }

    /// What somebody asks to have destroyed, the oldest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn erasures(&self) -> Result<Vec<Erasure>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT document, basis, user, at_ms, without FROM erasure \
             WHERE county = ?1 ORDER BY at_ms",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(erasure(row)?);
        }
        Ok(all)
    }

    /// Who asks to have this document destroyed, if anybody does.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn erasure(&self, document: &[u8; 16]) -> Result<Option<Erasure>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT document, basis, user, at_ms, without FROM erasure \
             WHERE county = ?1 AND document = ?2",
        )?;
        let mut rows = statement.query(params![self.county, document])?;
        rows.next()?.map(erasure).transpose()
    }

    /// Notes that a document is destroyed, by the record at `seq`.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_tombstone(&self, document: &[u8; 16], seq: u64) -> Result<()> {
        self.connection.execute(
            "INSERT OR IGNORE INTO tombstone VALUES (?1, ?2, ?3)",
            params![self.county, document, Kept(seq)],
        )?;
        Ok(())
    }

    /// Whether a document was destroyed.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn is_erased(&self, document: &[u8; 16]) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM tombstone WHERE county = ?1 AND document = ?2)",
        )?;
        Ok(statement.query_row(params![self.county, document], |row| row.get(0))?)
    }

    /// Documents that were destroyed, each with the place of the record that says so.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn erased(&self) -> Result<Vec<([u8; 16], u64)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT document, log_seq FROM tombstone WHERE county = ?1 ORDER BY log_seq",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push((fixed(&row.get::<_, Vec<u8>>(0)?, "document")?, unsigned(row.get(1)?)));
        }
        Ok(all)
    }

    /// The records that say that documents were destroyed, as they were signed.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn tombstones(&self) -> Result<Vec<SignedRecord>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT l.record FROM tombstone AS t JOIN log AS l \
             ON l.county = t.county AND l.seq = t.log_seq WHERE t.county = ?1 ORDER BY t.log_seq",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(SignedRecord::decode(row.get::<_, Vec<u8>>(0)?.as_slice())?);
        }
        Ok(all)
    }

    /// Whether words of a document are here, destroyed or not.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn has_words_of(&self, document: &[u8; 16]) -> Result<bool> {
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM change WHERE county = ?1 AND document = ?2) \
             OR EXISTS (SELECT 1 FROM log WHERE county = ?1 AND document = ?2 AND {OF_WORDS} \
             AND record_hash IS NULL)"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_row(params![self.county, document], |row| row.get(0))?)
    }

    /// Whether a device that was told everything up to `seq` has destroyed something that it did not confirm yet.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn has_to_confirm(&self, certificate: &[u8; 16], seq: u64) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM tombstone WHERE county = ?1 AND log_seq <= ?3 \
             AND log_seq > ifnull((SELECT seq FROM erased_copy \
             WHERE county = ?1 AND certificate = ?2), 0))",
        )?;
        Ok(statement.query_row(params![self.county, certificate, signed(seq)], |row| row.get(0))?)
    }

    /// Notes that a device destroyed everything that was erased up to `seq`.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn confirm_erased(&self, certificate: &[u8; 16], seq: u64) -> Result<()> {
        self.connection.execute(
            "INSERT INTO erased_copy VALUES (?1, ?2, ?3) \
             ON CONFLICT (county, certificate) DO UPDATE SET seq = excluded.seq",
            params![self.county, certificate, Kept(seq)],
        )?;
        Ok(())
    }

    /// Devices that were enrolled before the tombstone at `seq` and did not confirm it; those that are believed no
    /// more among them, which may never come.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn not_confirmed(&self, seq: u64) -> Result<Vec<[u8; 16]>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT c.id FROM certificate AS c LEFT JOIN erased_copy AS e \
             ON e.county = c.county AND e.certificate = c.id \
             WHERE c.county = ?1 AND c.seq < ?2 AND ifnull(e.seq, 0) < ?2 \
             AND c.id <> (SELECT server_certificate FROM county WHERE county = ?1) \
             ORDER BY c.user, c.seq",
        )?;
        let mut rows = statement.query(params![self.county, signed(seq)])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(fixed(&row.get::<_, Vec<u8>>(0)?, "certificate")?);
        }
        Ok(all)
    }

    /// The place at which a destroyed record with this hash stood.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn seq_of_erased(&self, document: &[u8; 16], hash: &[u8; 32]) -> Result<Option<u64>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq FROM log \
             WHERE county = ?1 AND document = ?2 AND kind = 1 AND record_hash = ?3",
        )?;
        let seq: Option<i64> = statement
            .query_row(params![self.county, document, hash], |row| row.get(0))
            .optional()?;
        Ok(seq.map(unsigned))
    }
}

impl Store {
    /// Makes every page anew if something was destroyed since the last time, and empties the log of writes, so
    /// that no byte of it is left in any file. False where somebody reads for so long that the log of writes
    /// could not be emptied: then it is still owed.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; it is owed then as well.
    pub fn scrub(&self, county: &str) -> Result<bool> {
        let owes = self.read(county, |db| {
            Ok::<_, StoreError>(db.setting(OWES_SCRUB)?.is_some_and(|owes| owes == "1"))
        })?;
        if !owes {
            return Ok(true);
        }
        {
            let writer = lock(&self.writer);
            // The search keeps the words of what was deleted until its parts are merged.
            writer.execute_batch(
                "INSERT INTO household_search (household_search) VALUES ('optimize'); VACUUM;",
            )?;
            let busy: i64 =
                writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            if busy != 0 {
                return Ok(false);
            }
            writer.pragma_update(None, "secure_delete", false)?;
        }
        self.write(county, |db| db.set_setting(OWES_SCRUB, "0"))?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::migrations;

    /// Whoever adds a table says here what becomes of it when a document is destroyed.
    #[test]
    fn every_table_has_a_word_about_what_is_destroyed() {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        migrations::migrate(&mut connection, || ()).unwrap();
        let mut statement = connection
            .prepare(
                // What a search keeps for itself belongs to it.
                "SELECT name FROM sqlite_schema WHERE type = 'table' \
                 AND name NOT GLOB 'household_search_*' ORDER BY name",
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
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        migrations::migrate(&mut connection, || ()).unwrap();
        for (table, fate) in TABLES {
            let sql = "SELECT count(*) FROM pragma_table_info(?1) WHERE name = 'document'";
            let names: i64 = connection.query_row(sql, [table], |row| row.get(0)).unwrap();
            let is_meant = ["number", "tombstone", "act_taken"].contains(&table);
            assert!(names == 0 || fate != Fate::Stays || is_meant, "{table} names documents");
        }
    }
}
