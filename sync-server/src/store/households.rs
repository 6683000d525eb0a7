//! Lines of households, and what spreadsheets said of things.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Row, params};

use super::{Db, Result, fixed};

/// One line of the lists of households.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HouseholdLine {
    /// The document.
    pub document: [u8; 16],
    /// The grid it lies in.
    pub org: String,
    /// The village of that grid; empty where the register knows none.
    pub village: String,
    /// The township of that grid.
    pub township: String,
    /// 户主
    pub head: String,
    /// 门牌
    pub door_plate: String,
    /// 住址
    pub address: String,
    /// 户号
    pub household_no: String,
    /// It joined another one.
    pub gone: bool,
    /// Members as JSON: a list of name and relation.
    pub members: String,
}

/// What the last spreadsheet said of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedRow {
    /// Its document.
    pub document: [u8; 16],
    /// The heads after it was written.
    pub heads: Vec<[u8; 32]>,
    /// What was said, as JSON.
    pub said: String,
}

fn line(row: &Row<'_>) -> Result<HouseholdLine> {
    Ok(HouseholdLine {
        document: fixed(&row.get::<_, Vec<u8>>(0)?, "document")?,
        org: row.get(1)?,
        village: row.get(2)?,
        township: row.get(3)?,
        head: row.get(4)?,
        door_plate: row.get(5)?,
        address: row.get(6)?,
        household_no: row.get(7)?,
        gone: row.get(8)?,
        members: row.get(9)?,
    })
}

const LINE: &str = "h.document, h.org, h.village, h.township, h.head, h.door_plate, h.address, \
     h.household_no, h.gone, h.members";

/// The words of one household, on their way into the search index.
pub(super) struct FoundBy {
    number: i64,
    /// It has words there already.
    is_known: bool,
    words: String,
}

/// So many wait at most: a whole county in one transaction fits into memory.
const MOST_WAITING: usize = 4_096;
/// Marks the code of a unit among the words, so that no number of a household is taken for one.
const PLACE: char = 'ㄇ';

/// The words that say where a line lies, with the words it is found by otherwise.
fn placed(line: &HouseholdLine, words: &str) -> String {
    [&line.org, &line.village, &line.township]
        .into_iter()
        .filter(|code| !code.is_empty())
        .fold(words.to_owned(), |words, code| format!("{words} {}", place(code)))
}

/// The one word of a unit's code: codes are opaque, and signs would divide them.
fn place(code: &str) -> String {
    let one = |c: char| {
        if c.is_ascii_alphanumeric() { c.to_string() } else { format!("ㄇ{:x}", u32::from(c)) }
    };
    code.chars().map(one).fold(PLACE.to_string(), |word, part| word + &part)
}

impl Db<'_> {
    /// Keeps the line of a household and the words it is found by.
    ///
    /// The words are put into the index when the transaction ends, all together: any statement between
    /// two of them makes the index write out a part of its own, and merging those costs more than all
    /// the rest. One that joined another household is found no more.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_household(&self, line: &HouseholdLine, words: &str) -> Result<()> {
        let known: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT number_of FROM household_row WHERE county = ?1 AND document = ?2",
            )?
            .query_row(params![self.county, line.document], |row| row.get(0))
            .optional()?;
        let number = match known {
            Some(number) => number,
            None => self
                .connection
                .prepare_cached("SELECT ifnull(max(number_of), 0) + 1 FROM household_row")?
                .query_row([], |row| row.get(0))?,
        };
        let mut put = self.connection.prepare_cached(
            "INSERT INTO household_row VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
             ON CONFLICT (county, document) DO UPDATE SET org = excluded.org, \
             village = excluded.village, township = excluded.township, head = excluded.head, \
             door_plate = excluded.door_plate, address = excluded.address, \
             household_no = excluded.household_no, gone = excluded.gone, \
             members = excluded.members",
        )?;
        put.execute(params![
            self.county,
            number,
            line.document,
            line.org,
            line.village,
            line.township,
            line.head,
            line.door_plate,
            line.address,
            line.household_no,
            line.gone,
            line.members
        ])?;
        let words = if line.gone { String::new() } else { placed(line, words) };
        self.words.borrow_mut().push(FoundBy { number, is_known: known.is_some(), words });
        if self.words.borrow().len() >= MOST_WAITING { self.put_words() } else { Ok(()) }
    }

    /// Puts the words that wait into the search index.
    pub(super) fn put_words(&self) -> Result<()> {
        let waiting = self.words.take();
        if waiting.is_empty() {
            return Ok(());
        }
        let mut forget =
            self.connection.prepare_cached("DELETE FROM household_search WHERE rowid = ?1")?;
        let mut learn = self
            .connection
            .prepare_cached("INSERT INTO household_search (rowid, words) VALUES (?1, ?2)")?;
        // One household may be written twice in one transaction: its last words count.
        let mut last: BTreeMap<i64, (bool, String)> = BTreeMap::new();
        for FoundBy { number, is_known, words } in waiting {
            let known = last.get(&number).map_or(is_known, |(known, _)| *known);
            last.insert(number, (known, words));
        }
        for (number, (is_known, words)) in last {
            if is_known {
                forget.execute([number])?;
            }
            if !words.is_empty() {
                learn.execute(params![number, words])?;
            }
        }
        Ok(())
    }

    /// The line of one household.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn household(&self, document: &[u8; 16]) -> Result<Option<HouseholdLine>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {LINE} FROM household_row h WHERE h.county = ?1 AND h.document = ?2"
        ))?;
        let mut rows = statement.query(params![self.county, document])?;
        rows.next()?.map(line).transpose()
    }

    /// Households that lie in any of these grids.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn households_in(&self, org: &str) -> Result<Vec<HouseholdLine>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {LINE} FROM household_row h WHERE h.county = ?1 AND h.org = ?2 AND h.gone = 0 \
             ORDER BY h.door_plate, h.document"
        ))?;
        let mut rows = statement.query(params![self.county, org])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(line(row)?);
        }
        Ok(all)
    }

    /// How many households lie in a grid. Those that joined others are not counted.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn count_households_in(&self, org: &str) -> Result<u32> {
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*) FROM household_row WHERE county = ?1 AND org = ?2 AND gone = 0",
        )?;
        Ok(statement.query_row(params![self.county, org], |row| row.get(0))?)
    }

    /// At most `most` households whose words fit a query of the search index, of these units where
    /// any are named (codes of grids, villages or townships), and how many fit in all.
    ///
    /// The index alone answers where they lie and how many they are: looking every one of them up in
    /// its table took five times as long (docs/decisions/0014). Where the store holds another county as
    /// well, they are looked up: the index knows no counties.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn find_households(
        &self,
        query: &str,
        orgs: &[String],
        most: u32,
    ) -> Result<(u32, Vec<HouseholdLine>)> {
        self.put_words()?;
        let places: Vec<String> = orgs.iter().map(|code| format!("\"{}\"", place(code))).collect();
        let query = match places.as_slice() {
            [] => query.to_owned(),
            places => format!("({query}) AND ({})", places.join(" OR ")),
        };
        let total = self.count_found(&query)?;
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {LINE} FROM household_search s \
             CROSS JOIN household_row h ON h.number_of = s.rowid \
             WHERE household_search MATCH ?2 AND h.county = ?1 ORDER BY s.rowid LIMIT {most}"
        ))?;
        let mut rows = statement.query(params![self.county, query])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(line(row)?);
        }
        Ok((total, all))
    }

    fn count_found(&self, query: &str) -> Result<u32> {
        let is_alone: bool = self
            .connection
            .prepare_cached("SELECT NOT EXISTS (SELECT 1 FROM county WHERE county <> ?1)")?
            .query_row([self.county], |row| row.get(0))?;
        if is_alone {
            let mut count = self.connection.prepare_cached(
                "SELECT count(*) FROM household_search WHERE household_search MATCH ?1",
            )?;
            return Ok(count.query_row([query], |row| row.get(0))?);
        }
        let mut count = self.connection.prepare_cached(
            "SELECT count(*) FROM household_search s \
             CROSS JOIN household_row h ON h.number_of = s.rowid \
             WHERE household_search MATCH ?2 AND h.county = ?1",
        )?;
        Ok(count.query_row(params![self.county, query], |row| row.get(0))?)
    }

    /// Whether the search finds a household by the words of its line, by where it lies, and by nothing
    /// else.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn is_found_by(&self, line: &HouseholdLine, words: &str) -> Result<bool> {
        let number: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT number_of FROM household_row WHERE county = ?1 AND document = ?2",
            )?
            .query_row(params![self.county, line.document], |row| row.get(0))
            .optional()?;
        let Some(number) = number else { return Ok(false) };
        let words = if line.gone { String::new() } else { placed(line, words) };
        self.has_exactly(number, &words)
    }

    /// Whether the lines of all households are to be made anew: the tables changed since they were.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn owes_lines(&self) -> Result<bool> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM owed WHERE county = ?1)")?;
        Ok(statement.query_row([self.county], |row| row.get(0))?)
    }

    /// Empties the search index of households, of every county in the store: their lines are made anew at
    /// the next start.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn owe_lines(&self) -> Result<()> {
        // What waits to be put into the index goes with it.
        drop(self.words.take());
        self.connection
            .execute("INSERT INTO household_search (household_search) VALUES ('delete-all')", [])?;
        self.connection.execute("INSERT OR IGNORE INTO owed SELECT county FROM county", [])?;
        Ok(())
    }

    /// The lines of all households were made anew.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn lines_are_made(&self) -> Result<()> {
        self.connection.execute("DELETE FROM owed WHERE county = ?1", [self.county])?;
        Ok(())
    }

    /// How many households there are.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn count_households(&self) -> Result<u64> {
        let count: i64 = self.connection.query_row(
            "SELECT count(*) FROM household_row WHERE county = ?1 AND gone = 0",
            [self.county],
            |row| row.get(0),
        )?;
        Ok(count.unsigned_abs())
    }

    /// What the last spreadsheet said of a thing.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn imported(&self, thing: &str) -> Result<Option<ImportedRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT document, heads, said FROM imported WHERE county = ?1 AND thing = ?2",
        )?;
        let mut rows = statement.query(params![self.county, thing])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let heads: Vec<u8> = row.get(1)?;
        Ok(Some(ImportedRow {
            document: fixed(&row.get::<_, Vec<u8>>(0)?, "document")?,
            heads: heads.chunks(32).map(|head| fixed(head, "head")).collect::<Result<_>>()?,
            said: row.get(2)?,
        }))
    }

    /// What the last spreadsheets said of everything.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn all_imported(&self) -> Result<Vec<(String, ImportedRow)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT thing, document, heads, said FROM imported WHERE county = ?1",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let heads: Vec<u8> = row.get(2)?;
            let imported = ImportedRow {
                document: fixed(&row.get::<_, Vec<u8>>(1)?, "document")?,
                heads: heads.chunks(32).map(|head| fixed(head, "head")).collect::<Result<_>>()?,
                said: row.get(3)?,
            };
            all.push((row.get(0)?, imported));
        }
        Ok(all)
    }

    /// The lines of all households, also of those that joined others.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn all_households(&self) -> Result<Vec<HouseholdLine>> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {LINE} FROM household_row h WHERE h.county = ?1"))?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(line(row)?);
        }
        Ok(all)
    }

    /// Keeps what a spreadsheet said of a thing.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_imported(&self, thing: &str, row: &ImportedRow) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("INSERT OR REPLACE INTO imported VALUES (?1, ?2, ?3, ?4, ?5)")?;
        let heads: Vec<u8> = row.heads.concat();
        statement.execute(params![self.county, thing, row.document, heads, row.said])?;
        Ok(())
    }
}
