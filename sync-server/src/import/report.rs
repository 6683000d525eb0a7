//! Spreadsheets to hand on: the bad rows, for whoever filled the tables in, and everything that an
//! import changes, for whoever has to agree to it.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, XlsxError};
use yidang_api::admin::WrongRow;
use yidang_api::import::ImportLine;

const WRONG_HEADERS: [&str; 7] = ["文件", "工作表", "行", "列", "填的是", "问题", "怎么改"];
const CHANGE_HEADERS: [&str; 7] = ["表", "怎么变", "名称", "在哪里", "哪一项", "原来", "改成"];
/// In characters. The widths that a program guesses are too narrow for Han characters.
const NARROWEST: usize = 6;
const WIDEST: usize = 60;
/// No spreadsheet has more than 1,048,576 rows.
const MOST_ROWS: usize = 1_000_000;

/// The list of bad rows.
///
/// # Errors
///
/// Where it cannot be written.
pub fn xlsx(rows: &[WrongRow], total: u32) -> Result<Vec<u8>, XlsxError> {
    let listed = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let title = if listed < total {
        format!("共{total}行要改，本表列出前{listed}行。改好后重新导入，不会重复登记。")
    } else {
        format!("共{total}行要改。改好后重新导入，不会重复登记。")
    };
    let cells = |row: &WrongRow| {
        let WrongRow { file, sheet, row, column, value, reason, cure } = row.clone();
        [file, sheet, row.to_string(), column, value, reason, cure]
    };
    write("要改的行", &title, WRONG_HEADERS, rows.iter().map(cells))
}

/// The list of everything that changes: a row for each value, old beside new.
///
/// # Errors
///
/// Where it cannot be written.
pub fn changes(lines: &[ImportLine], applied: bool) -> Result<Vec<u8>, XlsxError> {
    let what = if applied { "写入了" } else { "会写入" };
    let title = format!("{what}{}项，逐项列出。", lines.len());
    let cells = lines.iter().flat_map(|line| {
        let row = |label: &str, before: &str, after: &str| {
            let ImportLine { kind, fate, name, place, .. } = line;
            [kind.as_str(), fate.label(), name.as_str(), place.as_str(), label, before, after]
                .map(str::to_owned)
        };
        let mut rows: Vec<[String; 7]> = line
            .fields
            .iter()
            .map(|field| row(&field.label, &field.before, &field.after))
            .collect();
        if rows.is_empty() {
            rows.push(row("", "", ""));
        }
        rows
    });
    write("逐项", &title, CHANGE_HEADERS, cells.take(MOST_ROWS))
}

/// A sheet with a title, a header and rows of text.
fn write<const N: usize>(
    name: &str,
    title: &str,
    headers: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(name)?;
    let head = Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0x00E8_EEF4))
        .set_border(FormatBorder::Thin)
        .set_text_wrap();
    // Text, so that codes keep every digit.
    let body = Format::new()
        .set_num_format("@")
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Top)
        .set_text_wrap();
    sheet.write_string(0, 0, title)?;
    for (column, header) in (0_u16..).zip(headers) {
        sheet.write_string_with_format(1, column, header, &head)?;
    }
    let mut widths = headers.map(width);
    for (at, cells) in (2_u32..).zip(rows) {
        for ((column, cell), widest) in (0_u16..).zip(&cells).zip(&mut widths) {
            sheet.write_string_with_format(at, column, cell, &body)?;
            *widest = (*widest).max(width(cell));
        }
    }
    for (column, width) in (0_u16..).zip(widths) {
        let width = u32::try_from(width.clamp(NARROWEST, WIDEST) + 2).unwrap_or(20);
        sheet.set_column_width(column, f64::from(width))?;
    }
    sheet.set_freeze_panes(2, 0)?;
    book.save_to_buffer()
}

/// Two for a Han character, one for others.
fn width(text: &str) -> usize {
    text.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum()
}
