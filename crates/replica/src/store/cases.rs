//! What lists show of case files, and how they are found.

use std::collections::BTreeMap;

use prost::Message;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params, params_from_iter};
use yidang_api::list::{CaseRow, Stage};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::Certificate;

use super::case_filter::{CaseFilter, stage_name};
use super::hits::{self, Hits};
use super::{Access, Read, Store, StoreError, StoredMessage, Write};
use crate::brief::Brief;
use crate::people::SOMEBODY;

/// What a row is found by, beside what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseKeys {
    /// Code of the village.
    pub village: String,
    /// Code of the township.
    pub township: String,
    /// When it was found.
    pub found_on: Date,
    /// When it was closed, if it is.
    pub closed_on: Option<Date>,
    /// Another file stands in its place: it is shown where that one is, and in no list.
    pub is_joined: bool,
    /// Until when something is due.
    pub due_on: Option<Date>,
    /// The actor of the first entry.
    pub finder: Option<[u8; 16]>,
    /// The gist for lists.
    pub brief: Brief,
    /// Tokens for the search: of what the file states.
    pub words: String,
    /// Tokens for the search: of what was said in entries.
    pub said: String,
    /// What was said, entry by entry: the word of its kind and its gist.
    pub told: Vec<(String, String)>,
    /// Whom it is about, with the household where the party names one.
    pub parties: Vec<(String, Option<DocumentId>)>,
    /// Entries of others that concern the person of this desk.
    pub messages: Vec<StoredMessage>,
}

/// A row with what only this device knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// What lists show.
    pub row: CaseRow,
    /// Until when something is due.
    pub due_on: Option<Date>,
    /// The gist.
    pub brief: Brief,
}

/// Where the words of a file stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchPlace {
    number: i64,
    is_new: bool,
    is_sealed: bool,
}

impl Write<'_> {
    /// Keeps what lists show of a file; gives its place in the search index.
    pub fn put_case(&self, row: &CaseRow, keys: &CaseKeys) -> Result<SearchPlace, StoreError> {
        let is_new = self.place_of(row.id)?.is_none();
        let json = serde_json::to_string(row)?;
        // Making rows anew lets no file back into lists that left the scope (1). One that joined another is
        // kept out of lists too (2): one matter is counted once.
        let (number, is_sealed): (i64, bool) = self
            .sql()
            .prepare_cached(
                "INSERT INTO case_row (document, grid, village, township, category, risk, stage,
                   clashes, late, due_on, found_on, closed_on, last_on, last_at, row, answered,
                   finder, brief, sealed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                   ?17, ?18, max(?19,
                   ifnull((SELECT 1 FROM document d WHERE d.document = ?1 AND d.sealed = 1), 0)))
                 ON CONFLICT (document) DO UPDATE SET grid = ?2, village = ?3, township = ?4,
                   category = ?5, risk = ?6, stage = ?7, clashes = ?8, late = ?9, due_on = ?10,
                   found_on = ?11, closed_on = ?12, last_on = ?13, last_at = ?14, row = ?15,
                   answered = ?16, finder = ?17, brief = ?18, sealed = excluded.sealed
                 RETURNING number_of, sealed",
            )?
            .query_row(
                params![
                    row.id.as_bytes(),
                    row.grid.as_str(),
                    keys.village,
                    keys.township,
                    row.category,
                    u8::from(row.risk),
                    stage_name(row.stage),
                    row.clashes,
                    row.late,
                    keys.due_on.map(|on| on.to_string()),
                    keys.found_on.to_string(),
                    keys.closed_on.map(|on| on.to_string()),
                    row.last_on.to_string(),
                    row.last_at.0,
                    json,
                    row.answered,
                    keys.finder,
                    serde_json::to_string(&keys.brief)?,
                    if keys.is_joined { 2 } else { 0 }
                ],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
        self.sql()
            .prepare_cached("INSERT OR REPLACE INTO case_told VALUES (?1, ?2)")?
            .execute(params![number, serde_json::to_string(&keys.told)?])?;
        self.put_parties(row.id, &keys.parties)?;
        for message in &keys.messages {
            self.put_message(row.id, message)?;
        }
        Ok(SearchPlace { number, is_new, is_sealed })
    }

    fn put_parties(
        &self,
        id: DocumentId,
        parties: &[(String, Option<DocumentId>)],
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM case_party WHERE document = ?1 AND position >= ?2")?
            .execute(params![id.as_bytes(), i64::try_from(parties.len()).unwrap_or(i64::MAX)])?;
        let mut put = self
            .sql()
            .prepare_cached("INSERT OR REPLACE INTO case_party VALUES (?1, ?2, ?3, ?4)")?;
        for (position, (name, household)) in (0_i64..).zip(parties) {
            let household = household.as_ref().map(|id| id.as_bytes().as_slice());
            put.execute(params![id.as_bytes(), position, name, household])?;
        }
        Ok(())
    }

    fn place_of(&self, id: DocumentId) -> Result<Option<i64>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT number_of FROM case_row WHERE document = ?1")?
            .query_row([id.as_bytes()], |row| row.get(0))
            .optional()?)
    }

    /// Keeps the words by which a file is found; a sealed one is not. After all rows of a transaction: a statement on an
    /// ordinary table makes the index write out whatever it holds so far.
    pub fn put_words(&self, place: SearchPlace, words: &str, said: &str) -> Result<(), StoreError> {
        if !place.is_new {
            self.sql()
                .prepare_cached("DELETE FROM case_search WHERE rowid = ?1")?
                .execute([place.number])?;
        }
        if !place.is_sealed {
            self.sql()
                .prepare_cached("INSERT INTO case_search (rowid, words, said) VALUES (?1, ?2, ?3)")?
                .execute(params![place.number, words, said])?;
        }
        Ok(())
    }

    /// Merges parts of the search indexes, at most so many pages of each. Small steps keep it quick
    /// to search without anybody waiting for them.
    pub fn tidy(&self, pages: u32) -> Result<(), StoreError> {
        for sql in [
            "INSERT INTO case_search (case_search, rank) VALUES ('merge', ?1)",
            "INSERT INTO household_search (household_search, rank) VALUES ('merge', ?1)",
        ] {
            self.sql().prepare_cached(sql)?.execute([pages])?;
        }
        Ok(())
    }

    /// This person saw a document as it is at these heads.
    pub fn put_looked(
        &self,
        id: DocumentId,
        heads: &[String],
        at: InstantMs,
    ) -> Result<(), StoreError> {
        self.sql().execute(
            "INSERT INTO looked (document, heads, at, unseen) VALUES (?1, ?2, ?3, 0)
             ON CONFLICT (document) DO UPDATE
             SET heads = excluded.heads, at = excluded.at, unseen = 0",
            params![id.as_bytes(), heads.join(" "), at.0],
        )?;
        Ok(())
    }

    /// Others changed a document that this person saw before.
    pub fn add_unseen(&self, id: DocumentId, changes: u32) -> Result<(), StoreError> {
        self.sql().execute(
            "UPDATE looked SET unseen = unseen + ?2 WHERE document = ?1",
            params![id.as_bytes(), changes],
        )?;
        Ok(())
    }
}

/// By which unit files are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitColumn {
    /// 网格
    Grid,
    /// 村
    Village,
    /// 乡镇
    Township,
}

impl UnitColumn {
    const fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Village => "village",
            Self::Township => "township",
        }
    }
}

/// When this person last looked, and at which heads.
pub type Looked = (Vec<String>, InstantMs);

/// Reads case rows.
pub trait ReadCases: Read {
    /// How many files fit.
    fn count_cases(&self, filter: &CaseFilter) -> Result<u32, StoreError> {
        if filter.query.is_some() {
            return Ok(self.found(filter, 0, 0)?.0);
        }
        let sql = format!("SELECT count(*) FROM {} WHERE {}", filter.table(), filter.sql());
        Ok(self
            .sql()
            .prepare_cached(&sql)?
            .query_row(params_from_iter(&filter.values), |row| row.get(0))?)
    }

    /// How many files fit, by class: the first two digits of the category.
    fn count_by_class(&self, filter: &CaseFilter) -> Result<Vec<(String, u32)>, StoreError> {
        let sql = format!(
            "SELECT substr(c.category, 1, 2) AS key, count(*) FROM {} WHERE {}
             GROUP BY key ORDER BY 2 DESC, 1",
            filter.table(),
            filter.sql()
        );
        let mut statement = self.sql().prepare_cached(&sql)?;
        let rows = statement
            .query_map(params_from_iter(&filter.values), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many files are open, by the unit in a column: `grid`, `village` or `township`.
    fn open_by(&self, column: UnitColumn) -> Result<BTreeMap<String, u32>, StoreError> {
        let column = column.name();
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT {column}, count(*) FROM case_row
             WHERE sealed = 0 AND stage <> ?1 GROUP BY {column}"
        ))?;
        let rows = statement
            .query_map([stage_name(Stage::Closed)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The files that fit, newest first.
    fn cases(
        &self,
        filter: &CaseFilter,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<StoredRow>, StoreError> {
        if filter.query.is_some() {
            return self.case_rows(&self.found(filter, offset, limit)?.1);
        }
        let sql = format!("{} LIMIT ? OFFSET ?", in_order(filter));
        let mut values = filter.values.clone();
        values.extend([Value::Integer(limit.into()), Value::Integer(offset.into())]);
        let mut statement = self.sql().prepare_cached(&sql)?;
        let numbers = statement.query_map(params_from_iter(&values), |row| row.get(0))?;
        self.case_rows(&numbers.collect::<Result<Vec<i64>, _>>()?)
    }

    /// How many files fit, and those of one page: what is looked for is looked for once.
    fn count_and_cases(
        &self,
        filter: &CaseFilter,
        offset: u32,
        limit: u32,
    ) -> Result<(u32, Vec<StoredRow>), StoreError> {
        if filter.query.is_none() {
            return Ok((self.count_cases(filter)?, self.cases(filter, offset, limit)?));
        }
        let (total, page) = self.found(filter, offset, limit)?;
        Ok((total, self.case_rows(&page)?))
    }

    /// How many files the search index finds that fit otherwise too, and the numbers of one page.
    fn found(
        &self,
        filter: &CaseFilter,
        offset: u32,
        limit: u32,
    ) -> Result<(u32, Vec<i64>), StoreError> {
        let query = filter.query.as_deref().unwrap_or_default();
        let sql = "SELECT rowid FROM case_search WHERE case_search MATCH ?1";
        let hits = Hits::of(self.sql(), sql, query)?;
        let known = filter.is_by_words_alone().then(|| hits.count());
        if known.is_some() && limit == 0 || hits.count() == 0 {
            return Ok((hits.count(), Vec::new()));
        }
        if let Some(list) = hits.few() {
            let sql = format!(
                "SELECT c.number_of FROM json_each(?) k \
                 CROSS JOIN case_row c ON c.number_of = k.value WHERE {} \
                 ORDER BY c.last_at DESC, c.document",
                filter.sql()
            );
            let values = std::iter::once(Value::Text(list)).chain(filter.values.clone());
            return hits.page(&mut *self.sql().prepare_cached(&sql)?, values, None, offset, limit);
        }
        let mut statement = self.sql().prepare_cached(&in_order(filter))?;
        hits.page(&mut statement, filter.values.clone(), known, offset, limit)
    }

    /// The rows with these numbers, in their order.
    fn case_rows(&self, numbers: &[i64]) -> Result<Vec<StoredRow>, StoreError> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT {ROW} FROM json_each(?1) k CROSS JOIN case_row c ON c.number_of = k.value
             LEFT JOIN looked l USING (document)"
        ))?;
        let rows = statement.query_map([hits::list(numbers.iter().copied())], read_row)?;
        rows.map(|row| finish_row(row?)).collect()
    }

    /// What was said in a file, entry by entry: the word of its kind and its gist.
    fn told(&self, id: DocumentId) -> Result<Vec<(String, String)>, StoreError> {
        let json: Option<String> = self
            .sql()
            .prepare_cached(
                "SELECT t.entries FROM case_row c JOIN case_told t USING (number_of)
                 WHERE c.document = ?1",
            )?
            .query_row([id.as_bytes()], |row| row.get(0))
            .optional()?;
        Ok(json.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default())
    }

    /// The row of one file.
    fn case_row(&self, id: DocumentId) -> Result<Option<StoredRow>, StoreError> {
        let raw = self
            .sql()
            .prepare_cached(&format!(
                "SELECT {ROW} FROM case_row c LEFT JOIN looked l USING (document)
                 WHERE c.document = ?1"
            ))?
            .query_row([id.as_bytes()], read_row)
            .optional()?;
        raw.map(finish_row).transpose()
    }

    /// When this person last looked.
    fn looked(&self, id: DocumentId) -> Result<Option<Looked>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT heads, at FROM looked WHERE document = ?1")?
            .query_row([id.as_bytes()], |row| {
                let heads: String = row.get(0)?;
                let heads = heads.split_whitespace().map(str::to_owned).collect();
                Ok((heads, InstantMs(row.get(1)?)))
            })
            .optional()?)
    }
}

/// The numbers of the files that fit, newest first.
fn in_order(filter: &CaseFilter) -> String {
    format!(
        "SELECT c.number_of FROM {} WHERE {} ORDER BY c.last_at DESC, c.document",
        filter.table(),
        filter.sql()
    )
}

/// The columns of a row, with what only this device knows and the finder's certificate.
const ROW: &str = "c.row, c.due_on, ifnull(l.unseen, 0), l.document IS NULL,
   (SELECT count(*) FROM outbox o WHERE o.document = c.document AND o.delivery = 0), c.finder,
   (SELECT x.bytes FROM actor a JOIN certificate x USING (certificate) WHERE a.actor = c.finder),
   c.brief";

struct RawRow {
    json: String,
    due_on: Option<String>,
    unseen: u32,
    never_looked: bool,
    waiting: u32,
    finder: Option<Vec<u8>>,
    certificate: Option<Vec<u8>>,
    brief: Option<String>,
}

fn read_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<RawRow> {
    Ok(RawRow {
        json: row.get(0)?,
        due_on: row.get(1)?,
        unseen: row.get(2)?,
        never_looked: row.get(3)?,
        waiting: row.get(4)?,
        finder: row.get(5)?,
        certificate: row.get(6)?,
        brief: row.get(7)?,
    })
}

fn finish_row(raw: RawRow) -> Result<StoredRow, StoreError> {
    let mut row: CaseRow = serde_json::from_str(&raw.json)?;
    row.unseen = raw.unseen;
    row.never_looked = raw.never_looked;
    row.waiting = raw.waiting;
    if raw.finder.is_some() {
        let certificate = raw.certificate.and_then(|bytes| Certificate::decode(&*bytes).ok());
        row.finder = certificate.map_or_else(|| SOMEBODY.to_owned(), |found| found.name);
    }
    let brief = raw.brief.map(|json| serde_json::from_str(&json)).transpose()?;
    Ok(StoredRow {
        row,
        due_on: raw.due_on.and_then(|on| on.parse().ok()),
        brief: brief.unwrap_or_default(),
    })
}

impl ReadCases for Store {}
impl ReadCases for Write<'_> {}
