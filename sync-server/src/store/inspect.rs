//! What only a check reads: whole tables, as they are.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension, params};

use super::{Db, Result, ScopeRow, fixed, signed, unsigned};

/// A change with everything that is kept beside it.
#[derive(Debug, Clone)]
pub struct StoredChange {
    /// The hash it is kept under.
    pub hash: [u8; 32],
    /// Its author.
    pub actor: [u8; 16],
    /// Their sequence number.
    pub seq_of_actor: u64,
    /// The record that brought it.
    pub log_seq: u64,
    /// Its place in its batch.
    pub position: u32,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// An official number and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberRow {
    /// The committee.
    pub committee: String,
    /// The year.
    pub year: i16,
    /// The number within both.
    pub number: u32,
    /// Its document.
    pub document: [u8; 16],
}

/// A batch that was received and not judged.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its name.
    pub id: [u8; 16],
    /// The batch.
    pub bytes: Vec<u8>,
    /// When it came.
    pub at_ms: i64,
}

/// So many lines of SQLite's own check are told.
const MOST_LINES: u32 = 100;

impl Db<'_> {
    /// What SQLite itself finds wrong with the file: pages, indexes, the search, rows that name what is
    /// not there. Empty where nothing is.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn integrity(&self) -> Result<Vec<String>> {
        let mut statement =
            self.connection.prepare(&format!("PRAGMA integrity_check({MOST_LINES})"))?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        let mut wrong: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
        wrong.retain(|line| line != "ok");
        let mut statement = self.connection.prepare("PRAGMA foreign_key_check")?;
        let rows = statement.query_map([], |row| {
            let (table, of): (String, String) = (row.get(0)?, row.get(2)?);
            Ok(format!("a row of {table} names what is not in {of}"))
        })?;
        for row in rows {
            wrong.push(row?);
        }
        wrong.dedup();
        Ok(wrong)
    }

    /// The changes of a document in the order in which they came.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn stored_changes(&self, document: &[u8; 16]) -> Result<Vec<StoredChange>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT hash, actor, seq_of_actor, log_seq, position, bytes FROM change \
             WHERE county = ?1 AND document = ?2 ORDER BY log_seq, position",
        )?;
        let mut rows = statement.query(params![self.county, document])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(StoredChange {
                hash: fixed(&row.get::<_, Vec<u8>>(0)?, "hash")?,
                actor: fixed(&row.get::<_, Vec<u8>>(1)?, "actor")?,
                seq_of_actor: unsigned(row.get(2)?),
                log_seq: unsigned(row.get(3)?),
                position: row.get(4)?,
                bytes: row.get(5)?,
            });
        }
        Ok(all)
    }

    /// Documents that changes are kept of.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn documents_of_changes(&self) -> Result<BTreeSet<[u8; 16]>> {
        self.documents_named_by("change")
    }

    /// Documents that a table names: `case_row`, `change`, `household_row`, `parked`, `scope_index`.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn documents_named_by(&self, table: &'static str) -> Result<BTreeSet<[u8; 16]>> {
        let sql = format!("SELECT DISTINCT document FROM {table} WHERE county = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([self.county])?;
        let mut all = BTreeSet::new();
        while let Some(row) = rows.next()? {
            all.insert(fixed(&row.get::<_, Vec<u8>>(0)?, "document")?);
        }
        Ok(all)
    }

    /// The units that read a document or read it once, each with how.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn scope_of(&self, document: &[u8; 16]) -> Result<Vec<(String, ScopeRow)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT org, since_seq, last_seq, gone FROM scope_index INDEXED BY scope_of_document \
             WHERE county = ?1 AND document = ?2 ORDER BY org",
        )?;
        let rows = statement.query_map(params![self.county, document], |row| {
            let scope = ScopeRow {
                document: *document,
                since_seq: unsigned(row.get(1)?),
                last_seq: unsigned(row.get(2)?),
                gone: row.get(3)?,
            };
            Ok((row.get(0)?, scope))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The register of numbers, each with its document.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn numbers(&self) -> Result<Vec<NumberRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT committee, year, number, document FROM number WHERE county = ?1 \
             ORDER BY committee, year, number",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(NumberRow {
                committee: row.get(0)?,
                year: row.get(1)?,
                number: row.get(2)?,
                document: fixed(&row.get::<_, Vec<u8>>(3)?, "document")?,
            });
        }
        Ok(all)
    }

    /// The numbers that the register holds for a document.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn numbers_of(&self, document: &[u8; 16]) -> Result<Vec<(String, i16, u32)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT committee, year, number FROM number WHERE county = ?1 AND document = ?2",
        )?;
        let rows = statement.query_map(params![self.county, document], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The last record of any kind about each document.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn last_records(&self) -> Result<BTreeMap<[u8; 16], u64>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT document, max(seq) FROM log WHERE county = ?1 AND length(document) = 16 \
             GROUP BY document",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let document = fixed(&row.get::<_, Vec<u8>>(0)?, "document")?;
            all.insert(document, unsigned(row.get(1)?));
        }
        Ok(all)
    }

    /// What was received and not judged, oldest first.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn inbox(&self) -> Result<Vec<Received>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, bytes, at_ms FROM inbox WHERE county = ?1 ORDER BY at_ms, rowid",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(Received {
                id: fixed(&row.get::<_, Vec<u8>>(0)?, "batch")?,
                bytes: row.get(1)?,
                at_ms: row.get(2)?,
            });
        }
        Ok(all)
    }

    /// What was refused: name and bytes.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn quarantined_batches(&self) -> Result<Vec<([u8; 16], Vec<u8>)>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, bytes FROM quarantine WHERE county = ?1 ORDER BY rowid")?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push((fixed(&row.get::<_, Vec<u8>>(0)?, "batch")?, row.get(1)?));
        }
        Ok(all)
    }

    /// Every checkpoint with its place.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn checkpoints(&self) -> Result<Vec<(u64, Vec<u8>)>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT seq, bytes FROM checkpoint WHERE county = ?1 ORDER BY seq")?;
        let rows =
            statement.query_map([self.county], |row| Ok((unsigned(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Revoked certificates, also those that are not here, with the record that says so.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn revocations(&self) -> Result<Vec<([u8; 16], u64)>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT certificate, seq FROM revocation WHERE county = ?1")?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push((fixed(&row.get::<_, Vec<u8>>(0)?, "certificate")?, unsigned(row.get(1)?)));
        }
        Ok(all)
    }

    /// Where documents stood when spreadsheets were last compared with them.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn imported_heads(&self) -> Result<BTreeMap<[u8; 16], Vec<[u8; 32]>>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT document, heads FROM imported WHERE county = ?1")?;
        let mut rows = statement.query([self.county])?;
        let mut all: BTreeMap<[u8; 16], Vec<[u8; 32]>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let document = fixed(&row.get::<_, Vec<u8>>(0)?, "document")?;
            let heads: Vec<u8> = row.get(1)?;
            let known = all.entry(document).or_default();
            for head in heads.chunks(32) {
                known.push(fixed(head, "head")?);
            }
        }
        Ok(all)
    }

    /// Whether the search index holds exactly the households that are found by words.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn is_search_complete(&self) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT (SELECT count(*) FROM household_search_docsize) = \
             (SELECT count(*) FROM household_row WHERE gone = 0)",
        )?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// Whether the search index has these words, in this order and no others, under a number; with
    /// none, whether the number has none.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub(super) fn has_exactly(&self, number: i64, words: &str) -> Result<bool> {
        let size: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT sz FROM household_search_docsize WHERE id = ?1")?
            .query_row([number], |row| row.get(0))
            .optional()?;
        let count = tokens_in(words);
        if size.as_deref().map_or(0, first_number) != count {
            return Ok(false);
        }
        if count == 0 {
            return Ok(true);
        }
        let phrase = format!("\"{}\"", words.replace('"', " "));
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM household_search \
             WHERE household_search MATCH ?1 AND rowid = ?2)",
        )?;
        Ok(statement.query_row(params![phrase, number], |row| row.get(0))?)
    }

    /// Forgets all lines of lists, and who read what is no document: whoever calls it makes the lines
    /// anew and says so ([`Db::lines_are_made`]).
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn forget_lines(&self) -> Result<()> {
        self.owe_lines()?;
        for table in ["case_row", "household_row", "village_day"] {
            let sql = format!("DELETE FROM {table} WHERE county = ?1");
            self.connection.execute(&sql, [self.county])?;
        }
        self.connection.execute(
            "DELETE FROM scope_index WHERE county = ?1 AND document NOT IN \
             (SELECT document FROM document WHERE county = ?1)",
            [self.county],
        )?;
        Ok(())
    }

    /// Forgets in which units a document is read, before it is indexed anew at the record `seq`. The
    /// marks of units that it left stay.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn forget_scope(&self, document: &[u8; 16], seq: u64) -> Result<()> {
        self.connection.execute(
            "DELETE FROM scope_index WHERE county = ?1 AND document = ?2 AND gone = 0",
            params![self.county, document],
        )?;
        self.connection.execute(
            "UPDATE scope_index SET since_seq = min(since_seq, ?3), last_seq = min(last_seq, ?3) \
             WHERE county = ?1 AND document = ?2",
            params![self.county, document, signed(seq)],
        )?;
        Ok(())
    }
}

/// How many words the tokenizer of the search makes of a text: signs of ASCII divide it.
fn tokens_in(words: &str) -> u64 {
    let divides = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric();
    u64::try_from(words.split(divides).filter(|word| !word.is_empty()).count()).unwrap_or(u64::MAX)
}

/// The first number of a record of the search index: seven bits a byte, the highest first, the last
/// byte below 128.
fn first_number(bytes: &[u8]) -> u64 {
    let mut number = 0_u64;
    for byte in bytes {
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_as_the_search_counts_them() {
        assert_eq!(tokens_in(""), 0);
        assert_eq!(tokens_in(" 王样一 wyy 0x0 3-01 "), 5);
        assert_eq!(first_number(&[5]), 5);
        assert_eq!(first_number(&[0x81, 0x00]), 128);
    }
}
