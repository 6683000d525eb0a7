//! How long a whole county takes. Run alone: `cargo test --release -p yidang-sync-server scale --
//! --ignored --nocapture`.

use std::time::Instant;

use super::*;

/// Of the demo county's villages, in turn.
const VILLAGES: [&str; 6] = [
    "610621103200",
    "610621103202",
    "610621103203",
    "610621103205",
    "610621103206",
    "610621106230",
];

/// The spreadsheets of a county with so many grids, workers and households.
fn county(grids: u32, workers: u32, households: u32) -> [Vec<u8>; 3] {
    let code = |at: u32| {
        let village = VILLAGES[(at as usize) % VILLAGES.len()];
        format!("{village}2{:03}", 100 + at / 6)
    };
    let mut book = Writer::new();
    let sheet = book.add_worksheet().set_name("网格").unwrap();
    write(sheet, 0, &["网格编码", "网格名称", "网格类型"]);
    for at in 0..grids {
        write(sheet, at + 1, &[&code(at), &format!("第{at}网格"), "农村"]);
    }
    let mut people = Writer::new();
    let sheet = people.add_worksheet().set_name("网格员").unwrap();
    write(sheet, 0, &["姓名", "联系电话", "网格编码"]);
    for at in 0..workers {
        write(sheet, at + 1, &[&name(at), &format!("12{at:09}"), &code(at)]);
    }
    let mut homes = Writer::new();
    let sheet = homes.add_worksheet().set_name("户").unwrap();
    write(sheet, 0, &["户号", "户主", "住址", "门牌", "网格编码"]);
    for at in 0..households {
        let cells =
            [&format!("H{at}"), &name(at * 3), "后沟（东）", &format!("{at}号"), &code(at % grids)];
        write(sheet, at + 1, &cells.map(|cell: &str| cell));
    }
    let sheet = homes.add_worksheet().set_name("家庭成员").unwrap();
    write(sheet, 0, &["户号", "姓名", "与户主关系", "出生年", "联系电话"]);
    let mut row = 0;
    for at in 0..households {
        // 2.6 in the mean.
        for member in 0..(2 + u32::from(at % 5 < 3)) {
            row += 1;
            let relation = ["户主", "妻", "子"][member as usize];
            let phone = format!("12{:09}", at * 3 + member);
            write(
                sheet,
                row,
                &[&format!("H{at}"), &name(at * 3 + member), relation, "1958", &phone],
            );
        }
    }
    [book, people, homes].map(|mut book| book.save_to_buffer().unwrap())
}

fn write(sheet: &mut rust_xlsxwriter::Worksheet, row: u32, cells: &[&str]) {
    for (column, cell) in (0_u16..).zip(cells) {
        sheet.write_string(row, column, *cell).unwrap();
    }
}

/// Invented, and another one for each number.
fn name(at: u32) -> String {
    let digits = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];
    let digit = |at: u32| digits[(at % 10) as usize];
    let word: String =
        [at / 100_000, at / 10_000, at / 1_000, at / 100, at / 10, at].map(digit).iter().collect();
    format!("王样{word}")
}

fn measure(grids: u32, workers: u32, households: u32) {
    let files = county(grids, workers, households);
    let names = ["网格.xlsx", "网格员.xlsx", "户.xlsx"];
    let files: Vec<File> =
        names.into_iter().zip(files).map(|(name, bytes)| file(name, bytes)).collect();
    let town = town();
    for round in ["first", "second"] {
        let begun = Instant::now();
        let view = run(&town.app, &files, true, &|_, _| {}).unwrap();
        assert_eq!((view.wrong.first(), view.refused.as_str()), (None, ""));
        println!("{round}: {:.1} s, {} rows", begun.elapsed().as_secs_f64(), view.of);
    }
    assert_eq!(town.households(), u64::from(households));
}

#[test]
#[ignore = "a measurement"]
fn a_tenth_of_a_county() {
    measure(316, 312, 4_480);
}

#[test]
#[ignore = "a measurement"]
fn a_whole_county() {
    measure(3_156, 3_118, 44_800);
}
