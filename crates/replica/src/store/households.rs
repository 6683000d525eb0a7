//! What lists show of households, and how they are found.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params, params_from_iter};
use yidang_api::household::{HouseholdFilter, HouseholdRow};
use yidang_domain::civil::Date;
use yidang_domain::ids::{DocumentId, OrgCode};

use super::hits::{self, Hits};
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
    /// Households that came of it.
    pub ties: Vec<Tie>,
    /// Tokens for the search.
    pub words: String,
}

/// What the entries of a household say of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie {
    /// The other household.
    pub other: DocumentId,
    /// It lives on in the other (并户); members left for the other otherwise (分户).
    pub merged: bool,
    /// When that happened.
    pub on: Option<Date>,
}

/// A selection in the words of SQL: conditions that all hold, with their values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HouseholdSelection {
    conditions: Vec<String>,
    values: Vec<Value>,
    /// What is looked for in the search index.
    query: Option<String>,
    /// The few that need deciding have an index of their own.
    is_clashing: bool,
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
            HouseholdFilter::WithFiles => selection.and(&format!("{} > 0", open_files()), None),
            HouseholdFilter::WithNeeds => selection.and("h.has_needs = 1", None),
            HouseholdFilter::Clashing => {
                selection.is_clashing = true;
                selection.and("h.clashes > 0", None);
            }
        }
        selection.query = yidang_domain::finding::query(text);
        selection
    }

    fn and(&mut self, condition: &str, value: Option<Value>) {
        self.conditions.push(condition.to_owned());
        self.values.extend(value);
    }

    fn sql(&self) -> String {
        self.conditions.join(" AND ")
    }

    /// The table, and the index that holds everything a list is selected and ordered by.
    const fn table(&self) -> &'static str {
        if self.is_clashing {
            "household_row h INDEXED BY household_clashing"
        } else {
            "household_row h INDEXED BY household_list"
        }
    }

    /// The numbers of the households that fit, by grid and door plate.
    fn in_order(&self) -> String {
        format!(
            "SELECT h.number_of FROM {} WHERE {} ORDER BY h.grid, h.plate, h.document",
            self.table(),
            self.sql()
        )
    }
}

/// A party `p` of whom the file says no household, or one that has joined another: then the name tells.
pub(super) const IS_OF_NO_OTHER: &str = "(p.household IS NULL OR EXISTS (SELECT 1 FROM household_row g \
    WHERE g.document = p.household AND g.gone = 1))";

/// Open files that name the household, or somebody who lives there within its grid. From the names to
/// the files, never through all files of the grid.
fn open_files() -> String {
    format!(
        "(SELECT count(*) FROM (\
         SELECT p.document FROM case_party p CROSS JOIN case_row c ON c.document = p.document \
         WHERE p.household = h.document AND c.sealed = 0 AND c.stage <> 'Closed' \
         UNION SELECT p.document FROM member_row m CROSS JOIN case_party p ON p.name = m.name \
         CROSS JOIN case_row c ON c.document = p.document WHERE m.household = h.document \
         AND c.grid = h.grid AND c.sealed = 0 AND c.stage <> 'Closed' AND {IS_OF_NO_OTHER}))"
    )
}

fn columns() -> String {
    format!(
        "h.row, h.seen_on, {}, (SELECT count(*) FROM outbox o \
         WHERE o.document = h.document AND o.delivery = 0)",
        open_files()
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
                   has_needs, gone, row, clashes)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (document) DO UPDATE SET grid = ?2, village = ?3, township = ?4,
                   plate = ?5, seen_on = ?6, has_needs = ?7, gone = ?8, row = ?9, clashes = ?10
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
                    serde_json::to_string(row)?,
                    row.clashes
                ],
                |row| row.get(0),
            )?;
        self.sql().prepare_cached("DELETE FROM member_row WHERE household = ?1")?.execute([id])?;
        let mut put =
            self.sql().prepare_cached("INSERT INTO member_row VALUES (?1, ?2, ?3, ?4)")?;
        for (position, (name, relation)) in (0_i64..).zip(&keys.members) {
            put.execute(params![id, position, name, relation])?;
        }
        self.put_ties(row.id, &keys.ties)?;
        Ok((number, known.is_none()))
    }

    fn put_ties(&self, id: DocumentId, ties: &[Tie]) -> Result<(), StoreError> {
        let id = id.as_bytes();
        self.sql()
            .prepare_cached("DELETE FROM household_tie WHERE document = ?1")?
            .execute([id])?;
        let mut put =
            self.sql().prepare_cached("INSERT INTO household_tie VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for (position, tie) in (0_i64..).zip(ties) {
            let on = tie.on.map(|on| on.to_string());
            put.execute(params![id, position, tie.other.as_bytes(), tie.merged, on])?;
        }
        Ok(())
    }

    /// Keeps the words by which a household is found, or that it joined another one and is found no
    /// more. After all rows of a transaction, as with files.
    pub fn put_household_words(
        &self,
        (number, is_new): (i64, bool),
        keys: &HouseholdKeys,
    ) -> Result<(), StoreError> {
        if !is_new {
            self.sql()
                .prepare_cached("DELETE FROM household_search WHERE rowid = ?1")?
                .execute([number])?;
        }
        if !keys.gone {
            self.sql()
                .prepare_cached("INSERT INTO household_search (rowid, words) VALUES (?1, ?2)")?
                .execute(params![number, keys.words])?;
        }
        Ok(())
    }
}

/// Reads household rows.
pub trait ReadHouseholds: Read {
    /// How many households fit.
    fn count_households(&self, selection: &HouseholdSelection) -> Result<u32, StoreError> {
        if selection.query.is_some() {
            return Ok(self.found_households(selection, 0, 0)?.0);
        }
        // Only the households that need deciding stand in the index of those.
        let table = if selection.is_clashing { selection.table() } else { "household_row h" };
        let sql = format!("SELECT count(*) FROM {table} WHERE {}", selection.sql());
        Ok(self
            .sql()
            .prepare_cached(&sql)?
            .query_row(params_from_iter(&selection.values), |row| row.get(0))?)
    }

    /// How many households fit, and those of one page, by grid and door plate.
    fn count_and_households(
        &self,
        selection: &HouseholdSelection,
        offset: u32,
        limit: u32,
    ) -> Result<(u32, Vec<HouseholdRow>), StoreError> {
        let (total, page) = if selection.query.is_some() {
            self.found_households(selection, offset, limit)?
        } else {
            let sql = format!("{} LIMIT ? OFFSET ?", selection.in_order());
            let mut values = selection.values.clone();
            values.extend([Value::Integer(limit.into()), Value::Integer(offset.into())]);
            let mut statement = self.sql().prepare_cached(&sql)?;
            let rows = statement.query_map(params_from_iter(&values), |row| row.get(0))?;
            (self.count_households(selection)?, rows.collect::<Result<_, _>>()?)
        };
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT {} FROM json_each(?1) k CROSS JOIN household_row h ON h.number_of = k.value",
            columns()
        ))?;
        let rows = statement.query_map([hits::list(page.into_iter())], read_row)?;
        Ok((total, rows.map(|row| finish(row?)).collect::<Result<_, _>>()?))
    }

    /// How many households the search index finds that fit otherwise too, and the numbers of one
    /// page.
    fn found_households(
        &self,
        selection: &HouseholdSelection,
        offset: u32,
        limit: u32,
    ) -> Result<(u32, Vec<i64>), StoreError> {
        let query = selection.query.as_deref().unwrap_or_default();
        let sql = "SELECT rowid FROM household_search WHERE household_search MATCH ?1";
        let hits = Hits::of(self.sql(), sql, query)?;
        // Households that joined others are not in the index.
        let known = (selection.conditions.len() == 1).then(|| hits.count());
        if known.is_some() && limit == 0 || hits.count() == 0 {
            return Ok((hits.count(), Vec::new()));
        }
        if let Some(list) = hits.few() {
            let sql = format!(
                "SELECT h.number_of FROM json_each(?) k \
                 CROSS JOIN household_row h ON h.number_of = k.value WHERE {} \
                 ORDER BY h.grid, h.plate, h.document",
                selection.sql()
            );
            let values = std::iter::once(Value::Text(list)).chain(selection.values.clone());
            return hits.page(&mut *self.sql().prepare_cached(&sql)?, values, None, offset, limit);
        }
        let mut statement = self.sql().prepare_cached(&selection.in_order())?;
        hits.page(&mut statement, selection.values.clone(), known, offset, limit)
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

    /// The households here whose entries name this one, with what they say of it: those that joined
    /// it and those it came of. In [`Tie::other`] stands the household that says so.
    fn ties_to(&self, id: DocumentId) -> Result<Vec<Tie>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT document, merged, tied_on FROM household_tie WHERE other = ?1
             ORDER BY tied_on, document, position",
        )?;
        let rows = statement.query_map([id.as_bytes()], |row| {
            Ok(Tie {
                other: DocumentId::from_bytes(row.get(0)?),
                merged: row.get(1)?,
                on: row.get::<_, Option<String>>(2)?.and_then(|on| on.parse().ok()),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many members of households are held.
    fn count_members(&self) -> Result<u32, StoreError> {
        Ok(self.sql().query_row("SELECT count(*) FROM member_row", [], |row| row.get(0))?)
    }
}

impl ReadHouseholds for Store {}
impl ReadHouseholds for Write<'_> {}
