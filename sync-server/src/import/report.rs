//! The list of bad rows as a spreadsheet to hand back to whoever filled the table in.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, XlsxError};
use yidang_api::admin::WrongRow;

const HEADERS: [&str; 6] = ["工作表", "行", "列", "填的是", "问题", "怎么改"];
/// In characters. The widths that a program guesses are too narrow for Han characters.
const NARROWEST: usize = 6;
const WIDEST: usize = 60;

/// The spreadsheet.
///
/// # Errors
///
/// Where it cannot be written.
pub fn xlsx(rows: &[WrongRow], total: u32) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("需要改正的行")?;
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
    let listed = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let title = if listed < total {
        format!("共{total}处需要改正，本表列出前{listed}处。改好后重新导入，不会重复登记。")
    } else {
        format!("共{total}处需要改正。改好后重新导入，不会重复登记。")
    };
    sheet.write_string(0, 0, title)?;
    for (column, header) in (0_u16..).zip(HEADERS) {
        sheet.write_string_with_format(1, column, header, &head)?;
    }
    let mut widths = HEADERS.map(width);
    for (at, row) in (2_u32..).zip(rows) {
        let number = row.row.to_string();
        let cells = [&row.sheet, &number, &row.column, &row.value, &row.reason, &row.cure]
            .map(String::as_str);
        for ((column, cell), widest) in (0_u16..).zip(cells).zip(&mut widths) {
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
