//! What an import changes, thing by thing, and the words that screen, terminal and spreadsheet say
//! of it alike: whoever reads the one to somebody who sees the other must not have to translate.

use serde::{Deserialize, Serialize};

use crate::admin::{ImportChange, ImportView, WrongRow};

/// So many changes are named in an answer; the others are counted.
pub const MOST_LISTED: usize = 200;

/// What is counted of a table, in the order of [`counts`].
pub const COUNTED: [&str; 4] = ["新增", "改动", "不变", "要定"];

/// One file of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFile {
    /// Its name.
    pub name: String,
    /// The file, in base64.
    pub base64: String,
}

/// What comes of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFate {
    /// It is new.
    Added,
    /// Something of it is another.
    Changed,
    /// It gets a last day.
    Ended,
}

impl ImportFate {
    /// The word on screens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Added => "新增",
            Self::Changed => "改动",
            Self::Ended => "结束",
        }
    }
}

/// One thing that an import changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportLine {
    /// The table: 网格, 任职, 户 …
    pub kind: String,
    /// What comes of it.
    pub fate: ImportFate,
    /// Its name.
    pub name: String,
    /// Where it lies: 张家滩镇 · 下盘石村. May be empty.
    pub place: String,
    /// What is another; of a new thing, what it says.
    pub fields: Vec<ImportField>,
}

/// One value of a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportField {
    /// The word for the value.
    pub label: String,
    /// What stood there; empty where nothing did.
    pub before: String,
    /// What stands there afterwards.
    pub after: String,
}

impl ImportField {
    /// The value in words: of a new thing what it says, else the old value and the new one.
    #[must_use]
    pub fn words(&self, fate: ImportFate) -> String {
        let Self { label, before, after } = self;
        if fate == ImportFate::Added {
            return format!("{label}：{after}");
        }
        format!("{label}：{} → {}", or_blank(before), or_blank(after))
    }
}

/// An empty value as it is shown.
#[must_use]
pub const fn or_blank(value: &str) -> &str {
    if value.is_empty() { "（空）" } else { value }
}

impl ImportLine {
    /// All its values in words.
    #[must_use]
    pub fn words(&self) -> String {
        let words: Vec<String> = self.fields.iter().map(|field| field.words(self.fate)).collect();
        words.join("；")
    }
}

/// Lines by their table, in the order in which the tables come.
#[must_use]
pub fn by_kind(lines: &[ImportLine]) -> Vec<(&str, Vec<&ImportLine>)> {
    let mut groups: Vec<(&str, Vec<&ImportLine>)> = Vec::new();
    for line in lines {
        match groups.iter_mut().find(|(kind, _)| *kind == line.kind) {
            Some((_, group)) => group.push(line),
            None => groups.push((line.kind.as_str(), vec![line])),
        }
    }
    groups
}

/// The four counts of a table, in the order of [`COUNTED`].
#[must_use]
pub const fn counts(change: &ImportChange) -> [u32; 4] {
    [change.added, change.changed, change.same, change.clashes]
}

/// The counts of a table in words.
#[must_use]
pub fn count_words(change: &ImportChange) -> String {
    let counted = COUNTED.iter().zip(counts(change));
    let words: Vec<String> = counted.map(|(word, count)| format!("{word} {count}")).collect();
    format!("{}：{}", change.table, words.join("，"))
}

/// What is not named but only counted, in words; one sentence for each table. Nothing where nothing
/// was named at all, because a row is bad.
#[must_use]
pub fn left_words(view: &ImportView) -> Vec<String> {
    if view.listed.is_empty() {
        return Vec::new();
    }
    view.changes.iter().filter_map(|change| left_of(change, &view.listed)).collect()
}

fn left_of(change: &ImportChange, listed: &[ImportLine]) -> Option<String> {
    let here = listed.iter().filter(|line| line.kind == change.table);
    let (added, others): (Vec<&ImportLine>, Vec<&ImportLine>) =
        here.partition(|line| line.fate == ImportFate::Added);
    let left = |all: u32, listed: usize| all.saturating_sub(u32::try_from(listed).unwrap_or(all));
    let (added, changed) = (left(change.added, added.len()), left(change.changed, others.len()));
    let parts: Vec<String> = [(added, "新增"), (changed, "改动或结束")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{word} {count}"))
        .collect();
    if parts.is_empty() {
        return None;
    }
    Some(format!("{}还有 {} 项没有逐项列出：{}", change.table, added + changed, parts.join("，")))
}

/// Things that would be written, or were.
#[must_use]
pub fn changed_rows(changes: &[ImportChange]) -> u32 {
    changes.iter().map(|change| change.added + change.changed).sum()
}

/// How an import that is over ended.
#[must_use]
pub fn outcome_words(view: &ImportView) -> String {
    if !view.refused.is_empty() {
        "没有收下".to_owned()
    } else if view.wrong_total > 0 {
        format!("有 {} 行要改，一行都没有写入", view.wrong_total)
    } else if view.applied {
        "已导入".to_owned()
    } else if changed_rows(&view.changes) == 0 {
        "和现在的一样，没有要写入的".to_owned()
    } else {
        "核对过了，没有要改的行，还没有写入".to_owned()
    }
}

/// Where a bad row stands: the file, then the sheet, then the row. A CSV is its only sheet, and a
/// map has shapes instead of sheets.
#[must_use]
pub fn wrong_place(row: &WrongRow) -> String {
    let WrongRow { file, sheet, row, .. } = row;
    if sheet.is_empty() {
        format!("{file} 第 {row} 个图形")
    } else if file.is_empty() || file == sheet {
        format!("{sheet} 第 {row} 行")
    } else {
        format!("{file} {sheet} 第 {row} 行")
    }
}

/// What several files together are called, in whatever order they were chosen.
#[must_use]
pub fn import_name<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: &str, fate: ImportFate, name: &str) -> ImportLine {
        let field = ImportField {
            label: "结束日期".into(),
            before: String::new(),
            after: "2026-12-31".into(),
        };
        ImportLine {
            kind: kind.into(),
            fate,
            name: name.into(),
            place: "下盘石村".into(),
            fields: vec![field],
        }
    }

    fn change(table: &str, added: u32, changed: u32) -> ImportChange {
        ImportChange { table: table.into(), added, changed, same: 4, clashes: 0 }
    }

    #[test]
    fn the_old_value_stands_before_the_new_one() {
        assert_eq!(
            line("任职", ImportFate::Ended, "王样一").words(),
            "结束日期：（空） → 2026-12-31"
        );
        assert_eq!(line("任职", ImportFate::Added, "王样一").words(), "结束日期：2026-12-31");
    }

    #[test]
    fn what_is_not_named_is_counted_table_by_table() {
        let listed = vec![
            line("网格", ImportFate::Added, "第1网格"),
            line("任职", ImportFate::Added, "王样一"),
            line("任职", ImportFate::Ended, "李例二"),
        ];
        let changes = vec![change("网格", 1, 0), change("任职", 3, 2), change("户", 0, 0)];
        let view = ImportView { listed, changes, ..ImportView::default() };
        assert_eq!(left_words(&view), ["任职还有 3 项没有逐项列出：新增 2，改动或结束 1"]);
        let groups = by_kind(&view.listed);
        let sizes: Vec<_> = groups.iter().map(|(kind, lines)| (*kind, lines.len())).collect();
        assert_eq!(sizes, [("网格", 1), ("任职", 2)]);
        let bad = ImportView { listed: Vec::new(), wrong_total: 1, ..view };
        assert!(left_words(&bad).is_empty());
    }

    #[test]
    fn a_bad_row_names_its_file_before_its_sheet() {
        let row = |file: &str, sheet: &str| WrongRow {
            file: file.into(),
            sheet: sheet.into(),
            row: 3,
            column: String::new(),
            value: String::new(),
            reason: String::new(),
            cure: String::new(),
        };
        assert_eq!(wrong_place(&row("grids.xlsx", "网格")), "grids.xlsx 网格 第 3 行");
        assert_eq!(wrong_place(&row("户.csv", "户.csv")), "户.csv 第 3 行");
        assert_eq!(wrong_place(&row("轮廓.geojson", "")), "轮廓.geojson 第 3 个图形");
        // An older server names no file.
        assert_eq!(wrong_place(&row("", "网格")), "网格 第 3 行");
    }

    #[test]
    fn files_have_one_name_whatever_their_order() {
        let one = import_name(["b.xlsx", "a.csv"].into_iter());
        assert_eq!(one, import_name(["a.csv", "b.xlsx"].into_iter()));
        assert_eq!(one, "a.csv、b.xlsx");
    }

    #[test]
    fn an_ended_import_says_what_came_of_it() {
        let view = ImportView { changes: vec![change("网格", 1, 0)], ..ImportView::default() };
        assert_eq!(outcome_words(&view), "核对过了，没有要改的行，还没有写入");
        let bad = ImportView { wrong_total: 2, ..view.clone() };
        assert_eq!(outcome_words(&bad), "有 2 行要改，一行都没有写入");
        assert_eq!(outcome_words(&ImportView { applied: true, ..view }), "已导入");
        assert_eq!(count_words(&change("任职", 3, 2)), "任职：新增 3，改动 2，不变 4，要定 0");
    }
}
