//! Spreadsheets of invented people, taken into the demo county.

mod bad_rows;
mod files;
mod hostile;
mod repeats;

use rust_xlsxwriter::Workbook as Writer;
use tempfile::TempDir;
use yidang_domain::civil::{Date, InstantMs};

use super::*;
use crate::app::{Options, create, open};
use crate::clock::Clock;

/// The day of every test.
const TODAY: Date = Date::constant(2026, 11, 20);
const GRID_7: &str = "6106211032032007";
const GRID_8: &str = "6106211032032008";

/// A sheet: its name and its rows.
type Rows<'a> = (&'a str, Vec<Vec<&'a str>>);

/// The demo county without any matter.
struct Town {
    _folder: TempDir,
    app: App,
}

fn town() -> Town {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::fixed(InstantMs::at_start_of(TODAY).plus_minutes(600));
    let options = Options::new(folder.path().join("data")).with_clock(clock);
    create(&options, "610621", &crate::demo::register(TODAY).unwrap()).unwrap();
    Town { app: open(options).unwrap(), _folder: folder }
}

/// A spreadsheet of these sheets.
fn xlsx(sheets: &[Rows<'_>]) -> Vec<u8> {
    let mut book = Writer::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (at, row) in (0_u32..).zip(rows) {
            for (column, cell) in (0_u16..).zip(row) {
                sheet.write_string(at, column, *cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

fn file(name: &str, bytes: Vec<u8>) -> File {
    File { name: name.into(), bytes }
}

impl Town {
    fn run(&self, sheets: &[Rows<'_>], apply: bool) -> ImportView {
        run(&self.app, &[file("登记表.xlsx", xlsx(sheets))], apply, &|_, _| {}).unwrap()
    }

    /// Takes the sheets, all of whose rows are good.
    fn take(&self, sheets: &[Rows<'_>]) -> ImportView {
        let view = self.run(sheets, true);
        assert_eq!(view.wrong, [], "{}", view.refused);
        assert!(view.applied, "{}", view.refused);
        view
    }

    fn take_csv(&self, name: &str, text: &str) -> ImportView {
        run(&self.app, &[file(name, text.as_bytes().to_vec())], true, &|_, _| {}).unwrap()
    }

    fn households(&self) -> u64 {
        self.app.read(|db| db.count_households()).unwrap()
    }

    fn seq(&self) -> u64 {
        self.app.read(|db| db.county()).unwrap().seq
    }
}

/// What changed in a table: new, changed, the same.
fn counts(view: &ImportView, table: &str) -> (u32, u32, u32) {
    let found = view.changes.iter().find(|change| change.table == table);
    found.map_or((0, 0, 0), |change| (change.added, change.changed, change.same))
}

/// One table of each kind, all good.
fn whole() -> Vec<Rows<'static>> {
    vec![
        (
            "网格",
            vec![
                vec!["延长县网格登记表（演示数据）"],
                vec!["网格编码*", "网格名称", "网格类型", "所属村", "所属乡镇", "公安编码"],
                vec!["6106211032032991", "新格一", "农村", "下盘石村", "张家滩镇", "GA-1"],
                vec!["6106211032032992", "新格二", "", "", "", ""],
            ],
        ),
        (
            "网格员",
            vec![
                vec!["网格员姓名", "手机号", "网格编号"],
                vec!["王样一一", "12000000001", "6106211032032991"],
                vec!["李例二二", "12000000002", "6106211032032992"],
            ],
        ),
        (
            "网格员分工",
            vec![
                vec!["姓名", "联系电话", "单位编码", "岗位", "起始日期", "结束日期"],
                vec![
                    "王样一一",
                    "12000000001",
                    "610621103203",
                    "调解员",
                    "2026/3/5",
                    "2027年3月4日",
                ],
            ],
        ),
        (
            "网格团队",
            vec![
                vec!["团队名称", "村编码", "姓名", "专兼职"],
                vec!["下盘石村第9组", "610621103203", "王样一一", "专职"],
                vec!["下盘石村第9组", "610621103203", "李例二二", "兼职"],
            ],
        ),
        (
            "户",
            vec![
                vec!["户号", "户主姓名", "家庭住址", "门牌号", "网格编码"],
                vec!["H001", "张试三", "下盘石村后沟（东）", "１２号", "6106211032032991"],
                vec!["", "刘演四", "下盘石村前沟", "13号", "6106211032032992"],
            ],
        ),
        (
            "家庭成员",
            vec![
                vec!["户号", "姓名", "与户主关系", "出生日期", "联系电话", "身份证号"],
                vec!["H001", "张试三", "户主", "1958-03-12", "12000000003", "610699195803120016"],
                vec!["H001", "高 模五", "妻", "", "", "610699196311050028"],
            ],
        ),
    ]
}

#[test]
fn six_tables_go_in_at_once_and_a_repeat_writes_nothing() {
    let town = town();
    let view = town.take(&whole());
    assert_eq!(counts(&view, "网格"), (2, 0, 0));
    assert_eq!(counts(&view, "网格员"), (2, 0, 0));
    assert_eq!(counts(&view, "任职"), (3, 0, 0));
    assert_eq!(counts(&view, "网格团队"), (1, 0, 0));
    assert_eq!(counts(&view, "户"), (2, 0, 0));
    assert_eq!(counts(&view, "家庭成员"), (2, 0, 0));
    let register = town.app.register().unwrap();
    let grid = register.tree().find(&"6106211032032991".into()).unwrap();
    assert_eq!(grid.parent.as_ref().unwrap().as_str(), "610621103203");
    assert_eq!(grid.grid.as_ref().unwrap().aliases.police, "GA-1");
    let team = register.grid_teams().iter().find(|team| team.name == "下盘石村第9组").unwrap();
    assert_eq!(team.members.len(), 2);
    let lines = town.app.read(|db| db.households_in("6106211032032991")).unwrap();
    assert_eq!((lines[0].head.as_str(), lines[0].door_plate.as_str()), ("张试三", "12号"));
    assert!(lines[0].members.contains("高模五"));

    let before = town.seq();
    let again = town.take(&whole());
    assert!(again.changes.iter().all(|change| change.added + change.changed == 0), "{again:?}");
    assert_eq!(town.seq(), before);
}

#[test]
fn a_citizen_number_leaves_the_year_of_birth_and_nothing_else() {
    let town = town();
    town.take(&whole());
    let said = town.app.read(|db| db.all_imported()).unwrap();
    let text: String = said.into_iter().map(|(_, row)| row.said).collect();
    assert!(text.contains("1963") && !text.contains("6106991963"));
}

#[test]
fn a_check_writes_nothing_and_says_what_would_change() {
    let town = town();
    let before = town.seq();
    let view = town.run(&whole(), false);
    assert!(!view.applied && !view.running);
    assert_eq!((counts(&view, "户"), town.seq(), town.households()), ((2, 0, 0), before, 0));
}

#[test]
fn one_bad_row_holds_everything_back() {
    let town = town();
    let mut sheets = whole();
    sheets[4].1.push(vec!["H003", "白测六", "前沟", "14号", "6106211032032777"]);
    let before = town.seq();
    let view = town.run(&sheets, true);
    assert!(!view.applied);
    assert_eq!((view.wrong_total, view.wrong[0].row), (1, 4));
    assert_eq!((town.seq(), town.households()), (before, 0));
    assert!(!view.report_base64.is_empty());
}

#[test]
fn whatever_fails_in_the_middle_leaves_nothing_behind() {
    let town = town();
    let before = town.seq();
    let bytes = xlsx(&whole());
    // After the first of two households.
    let ruined = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        run(&town.app, &[file("登记表.xlsx", bytes.clone())], true, &|done, _| {
            assert!(done < 5, "the machine stops here");
        })
    }));
    assert!(ruined.is_err());
    assert_eq!((town.seq(), town.households()), (before, 0));
    assert!(town.app.register().unwrap().tree().find(&"6106211032032991".into()).is_none());
    // Nothing of the failed import is held in memory either.
    assert!(run(&town.app, &[file("登记表.xlsx", bytes)], true, &|_, _| {}).unwrap().applied);
    assert_eq!(town.households(), 2);
}

#[test]
fn a_csv_of_excel_in_china_is_read() {
    let town = town();
    let text =
        "户号,户主,网格编码,现住址,门牌\r\n\r\nA１,呼样七,6106211032032007.0,\"前沟,西\",1号\r\n";
    let (bytes, _, _) = encoding_rs::GB18030.encode(text);
    let view = run(&town.app, &[file("户.csv", bytes.to_vec())], true, &|_, _| {}).unwrap();
    assert_eq!(counts(&view, "户"), (1, 0, 0), "{view:?}");
    let with_mark = format!("\u{feff}{text}");
    assert_eq!(counts(&town.take_csv("户.csv", &with_mark), "户"), (0, 0, 1));
    let lines = town.app.read(|db| db.households_in(GRID_7)).unwrap();
    assert_eq!((lines[0].household_no.as_str(), lines[0].address.as_str()), ("A1", "前沟,西"));
}

#[test]
fn numbers_and_days_that_a_spreadsheet_keeps_as_such_are_read() {
    let mut book = Writer::new();
    let sheet = book.add_worksheet().set_name("分工").unwrap();
    let day = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    for (column, header) in (0_u16..).zip(["姓名", "单位编码", "岗位", "起始日期"]) {
        sheet.write_string(0, column, header).unwrap();
    }
    // The same row by a number, a day and a hidden blank row above it.
    sheet.set_row_hidden(1).unwrap();
    sheet.write_string(2, 0, "屈样二").unwrap();
    sheet.write_number(2, 1, 610_621_103_203.0).unwrap();
    sheet.write_string(2, 2, "村干部").unwrap();
    sheet.write_number_with_format(2, 3, 46086.0, &day).unwrap();
    let town = town();
    town.take(&[("网格员", vec![vec!["姓名", "网格编码"], vec!["屈样二", GRID_8]])]);
    let bytes = book.save_to_buffer().unwrap();
    let view = run(&town.app, &[file("分工.xlsx", bytes)], true, &|_, _| {}).unwrap();
    assert_eq!(counts(&view, "任职"), (1, 0, 0), "{view:?}");
    let register = town.app.register().unwrap();
    let cadre = register.assignments().iter().find(|post| post.from == Date::constant(2026, 3, 5));
    assert_eq!(cadre.unwrap().org.as_str(), "610621103203");
}

#[test]
fn a_sheet_that_is_no_table_is_named() {
    let town = town();
    let mut sheets = whole();
    sheets.insert(0, ("填表说明", vec![vec!["一、每格一行"]]));
    let view = town.take(&sheets);
    assert!(view.changes.iter().any(|change| change.table.contains("填表说明")));
    let view = town.run(&[("说明", vec![vec!["一、每格一行"]])], true);
    assert!(view.refused.starts_with("没有认出任何工作表"));
}
