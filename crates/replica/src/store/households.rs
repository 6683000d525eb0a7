//! What lists show of households, and how they are found.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params, params_from_iter};
use yidang_api::household::{HouseholdFilter, HouseholdRow};
use yidang_domain::civil::Date;
use yidang_domain::ids::{DocumentId, OrgCode};

use super::{Access, Read, Store, StoreError, Write};

/// What a household is found by, beside what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseholdKeys {
    /// Code of the village.
    pub village: String,
    /// Code of the township.
    pub township: String,
    /// The door plate in an order that numbers keep: 3-01 before 3-12.
    pub plate: String,
    /// It joined another household.
    pub gone: bool,
    /// Names of those who live there with what they are to the head.
    pub members: Vec<(String, String)>,
    /// Tokens for the search.
    pub words: String,
}

/// A selection in the words of SQL: conditions that all hold, with their values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HouseholdSelection {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl HouseholdSelection {
    /// Households in these units, seen on `today`; every unit where none is named.
    #[must_use]
    pub fn of(orgs: &[OrgCode], filter: HouseholdFilter, text: &str, today: Date) -> Self {
        let mut selection = Self::default();
        selection.and("h.gone = 0", None);
        if !orgs.is_empty() {
            let codes: Vec<&str> = orgs.iter().map(OrgCode::as_str).collect();
            let json = Value::Text(serde_json::Value::from(codes).to_string());
            selection.conditions.push(
                "(h.grid IN (SELECT value FROM json_each(?)) \
                 OR h.village IN (SELECT value FROM json_each(?)))"
                    .into(),
            );
            selection.values.extend([json.clone(), json]);
        }
        let month = Date::new(today.year(), today.month(), 1).unwrap_or(today).to_string();
        match filter {
            HouseholdFilter::All => {}
            HouseholdFilter::ToSee => {
                selection.and("ifnull(h.seen_on, '') < ?", Some(Value::Text(month)));
            }
            HouseholdFilter::WithFiles => selection.and(&format!("{OPEN_FILES} > 0"), None),
            HouseholdFilter::WithNeeds => selection.and("h.has_needs = 1", None),
        }
        if let Some(query) = yidang_domain::finding::query(text) {
            selection.and(
                "h.number_of IN (SELECT rowid FROM household_search WHERE household_search MATCH ?)",
                Some(Value::Text(query)),
            );
        }
        selection
    }

    fn and(&mut self, condition: &str, value: Option<Value>) {
        self.conditions.push(condition.to_owned());
        self.values.extend(value);
    }

    fn sql(&self) -> String {
        self.conditions.join(" AND ")
    }
}

/// Open files that name the household, or somebody who lives there within its grid.
const OPEN_FILES: &str = "(SELECT count(DISTINCT c.document) FROM case_party p \
    JOIN case_row c ON c.document = p.document AND c.sealed = 0 AND c.stage <> 'Closed' \
    WHERE p.household = h.document OR (c.grid = h.grid AND p.name IN \
    (SELECT m.name FROM member_row m WHERE m.household = h.document)))";

fn columns() -> String {
    format!(
        "h.row, h.seen_on, {OPEN_FILES}, (SELECT count(*) FROM outbox o \
         WHERE o.document = h.document AND o.delivery = 0)"
    )
}

struct RawRow {
    json: String,
    seen_on: Option<String>,
    open_files: u32,
    waiting: u32,
}

fn read_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<RawRow> {
    Ok(RawRow {
        json: row.get(0)?,
        seen_on: row.get(1)?,
        open_files: row.get(2)?,
        waiting: row.get(3)?,
    })
}

fn finish(raw: RawRow) -> Result<HouseholdRow, StoreError> {
    let row: HouseholdRow = serde_json::from_str(&raw.json)?;
    Ok(HouseholdRow {
        seen_on: raw.seen_on.and_then(|on| on.parse().ok()),
        open_files: raw.open_files,
        waiting: raw.waiting,
        ..row
    })
}

impl Write<'_> {
    /// Keeps what lists show of a household; gives its row of the search index and whether it is new
    /// there.
    pub fn put_household(
        &self,
        row: &HouseholdRow,
        keys: &HouseholdKeys,
    ) -> Result<(i64, bool), StoreError> {
        let id = row.id.as_bytes();
        let known: Option<i64> = self
            .sql()
            .prepare_cached("SELECT number_of FROM household_row WHERE document = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        let number = self
            .sql()
            .prepare_cached(
                "INSERT INTO household_row (document, grid, village, township, plate, seen_on,
                   has_needs, gone, row)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (document) DO UPDATE SET grid = ?2, village = ?3, township = ?4,
                   plate = ?5, seen_on = ?6, has_needs = ?7, gone = ?8, row = ?9
                 RETURNING number_of",
            )?
            .query_row(
                params![
                    id,
                    row.grid.as_str(),
                    keys.village,
                    keys.township,
                    keys.plate,
                    row.seen_on.map(|on| on.to_string()),
                    !row.needs.is_empty(),
                    keys.gone,
                    serde_json::to_string(row)?
                ],
                |row| row.get(0),
            )?;
        self.sql().prepare_cached("DELETE FROM member_row WHERE household = ?1")?.execute([id])?;
        let mut put =
            self.sql().prepare_cached("INSERT INTO member_row VALUES (?1, ?2, ?3, ?4)")?;
        for (position, (name, relation)) in (0_i64..).zip(&keys.members) {
            put.execute(params![id, position, name, relation])?;
        }
        Ok((number, known.is_none()))
    }

    /// Keeps the words by which a household is found. After all rows of a transaction, as with files.
    pub fn put_household_words(
        &self,
        (number, is_new): (i64, bool),
        words: &str,
    ) -> Result<(), StoreError> {
        if !is_new {
            self.sql()
                .prepare_cached("DELETE FROM household_search WHERE rowid = ?1")?
                .execute([number])?;
        }
        self.sql()
            .prepare_cached("INSERT INTO household_search (rowid, words) VALUES (?1, ?2)")?
            .execute(params![number, words])?;
        Ok(())
    }
}

/// Reads household rows.
pub trait ReadHouseholds: Read {
    /// How many households fit.
    fn count_households(&self, selection: &HouseholdSelection) -> Result<u32, StoreError> {
        let sql = format!("SELECT count(*) FROM household_row h WHERE {}", selection.sql());
        Ok(self
            .sql()
            .prepare_cached(&sql)?
            .query_row(params_from_iter(&selection.values), |row| row.get(0))?)
    }

    /// The households that fit, by grid and door plate.
    fn households(
        &self,
        selection: &HouseholdSelection,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<HouseholdRow>, StoreError> {
        let sql = format!(
            "SELECT {} FROM household_row h WHERE {} ORDER BY h.grid, h.plate, h.document
             LIMIT ? OFFSET ?",
            columns(),
            selection.sql()
        );
        let mut values = selection.values.clone();
        values.extend([Value::Integer(limit.into()), Value::Integer(offset.into())]);
        let mut statement = self.sql().prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(&values), read_row)?;
        rows.map(|row| finish(row?)).collect()
    }

    /// The row of one household.
    fn household_row(&self, id: DocumentId) -> Result<Option<HouseholdRow>, StoreError> {
        let sql = format!("SELECT {} FROM household_row h WHERE h.document = ?1", columns());
        let raw =
            self.sql().prepare_cached(&sql)?.query_row([id.as_bytes()], read_row).optional()?;
        raw.map(finish).transpose()
    }

    /// Who lives in a household, with what they are to the head.
    fn members(&self, id: DocumentId) -> Result<Vec<(String, String)>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT name, relation FROM member_row WHERE household = ?1 ORDER BY position",
        )?;
        let rows = statement.query_map([id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many members of households are held.
    fn count_members(&self) -> Result<u32, StoreError> {
        Ok(self.sql().query_row("SELECT count(*) FROM member_row", [], |row| row.get(0))?)
    }
}

impl ReadHouseholds for Store {}
impl ReadHouseholds for Write<'_> {}
