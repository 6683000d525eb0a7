//! One row of a table, read value by value; what is wrong is noted with its place.

use yidang_domain::civil::Date;

use super::columns::{Column, Located, Table};
use super::sheet::{Row, Sheet};
use super::text;
use super::values;
use super::wrong::{At, Wrong, Wrongs};

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    located: &'a Located<'a>,
    row: &'a Row,
}

/// All rows of a table, however many sheets and files it is spread over.
#[must_use]
pub fn lines_of<'a>(tables: &'a [Located<'a>], table: Table) -> Vec<Line<'a>> {
    tables
        .iter()
        .filter(|located| located.table == table)
        .flat_map(|located| located.rows().map(move |row| Line::new(located, row)))
        .collect()
}

impl<'a> Line<'a> {
    /// The row of a table.
    #[must_use]
    pub const fn new(located: &'a Located<'a>, row: &'a Row) -> Self {
        Self { located, row }
    }

    /// The row as the spreadsheet counts.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.row.number
    }

    /// The sheet as people find it.
    #[must_use]
    pub fn sheet(&self) -> &'a str {
        &self.located.sheet.name
    }

    /// The file it stands in.
    #[must_use]
    pub fn file(&self) -> &'a str {
        &self.located.sheet.file
    }

    /// Where another row stands as whoever reads this one finds it: 第4行, or with file and sheet
    /// where it stands in another sheet.
    #[must_use]
    pub fn place_of(&self, other: &Line<'_>) -> String {
        let (file, sheet, row) = (other.file(), other.sheet(), other.number());
        if std::ptr::eq::<Sheet>(self.located.sheet, other.located.sheet) {
            format!("第{row}行")
        } else if file == self.file() || file == sheet {
            format!("“{sheet}”第{row}行")
        } else {
            format!("“{file} {sheet}”第{row}行")
        }
    }

    fn place(&self) -> At<'a> {
        let Sheet { file, name, .. } = self.located.sheet;
        At { file: file.as_str(), sheet: name.as_str(), row: self.row.number }
    }

    /// What stands in a column; empty where there is none.
    #[must_use]
    pub fn raw(&self, column: Column) -> &'a str {
        self.at(column).map_or("", |(text, _)| text)
    }

    fn at(&self, column: Column) -> Option<(&'a str, &'a str)> {
        let (_, at, header) = self.located.columns.iter().find(|(known, ..)| *known == column)?;
        let text = self.row.cells.get(*at).map_or("", String::as_str);
        Some((text, header))
    }

    /// Whether nothing stands in a column.
    #[must_use]
    pub fn is_blank(&self, column: Column) -> bool {
        text::tidy(self.raw(column)).is_empty()
    }

    /// Whether the row is one: totals and remarks under a table have none of these.
    #[must_use]
    pub fn has_any(&self, columns: &[Column]) -> bool {
        columns.iter().any(|column| !self.is_blank(*column))
    }

    /// Notes what is wrong with a value. A column that is not there is named by its usual word.
    pub fn wrong(&self, wrongs: &mut Wrongs, column: Column, wrong: &Wrong) {
        let usual = column.names().next().unwrap_or_default();
        let (value, header) = self.at(column).unwrap_or(("", usual));
        let header = if header.is_empty() { usual } else { header };
        if column == Column::CitizenNumber {
            // The number is nobody's but its owner's: the row is found without it.
            let masked: String = text::code(value).chars().rev().take(4).collect();
            let masked: String = masked.chars().rev().collect();
            wrongs.add(self.place(), header, &format!("…{masked}"), wrong);
            return;
        }
        wrongs.add(self.place(), header, value, wrong);
    }

    /// Reads a value with `read`; none where it is blank or wrong, which is noted.
    pub fn read<T>(
        &self,
        wrongs: &mut Wrongs,
        column: Column,
        read: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        if self.is_blank(column) {
            return None;
        }
        let raw = self.raw(column);
        let value = if text::is_formula_error(raw) { Err(Wrong::FormulaError) } else { read(raw) };
        value.map_err(|wrong| self.wrong(wrongs, column, &wrong)).ok()
    }

    /// Reads a value that must be there.
    pub fn need<T>(
        &self,
        wrongs: &mut Wrongs,
        column: Column,
        read: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        if self.is_blank(column) {
            self.wrong(wrongs, column, &Wrong::Missing);
            return None;
        }
        self.read(wrongs, column, read)
    }

    /// One line of text of at most so many characters; empty where it is blank or wrong.
    pub fn text(&self, wrongs: &mut Wrongs, column: Column, most: usize) -> String {
        self.read(wrongs, column, |raw| values::line(raw, most)).unwrap_or_default()
    }

    /// A telephone number; empty where it is blank or wrong.
    pub fn phone(&self, wrongs: &mut Wrongs) -> String {
        self.read(wrongs, Column::Phone, values::phone).unwrap_or_default()
    }

    /// First and last day.
    pub fn period(&self, wrongs: &mut Wrongs) -> (Option<Date>, Option<Date>) {
        let day = |raw: &str| values::date(raw).ok_or(Wrong::UnreadableDate);
        let from = self.read(wrongs, Column::From, day);
        let to = self.read(wrongs, Column::To, day);
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            self.wrong(wrongs, Column::To, &Wrong::EndBeforeBegin);
        }
        (from, to)
    }
}
