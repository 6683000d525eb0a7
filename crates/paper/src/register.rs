//! The register of case files (矛盾纠纷台账) as a spreadsheet.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError,
};
use yidang_domain::case_state::Stage;
use yidang_domain::civil::Date;
use yidang_domain::facts::Risk;

/// One line of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterLine {
    /// The official number, or the short name with 待编号.
    pub number: String,
    /// 一句话
    pub matter: String,
    /// Names of the parties.
    pub parties: String,
    /// 类别
    pub category: String,
    /// 乡镇
    pub township: String,
    /// 村
    pub village: String,
    /// 缓急
    pub risk: Risk,
    /// 环节
    pub stage: Stage,
    /// 时限
    pub due_on: Option<Date>,
    /// The newest business date.
    pub last_on: Date,
}

/// What stands above the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterHead {
    /// 延长县
    pub unit: String,
    /// Which files are in it, in words: the filters as a person chose them.
    pub selection: String,
    /// The day it was made.
    pub on: Date,
    /// The data are invented; said on the sheet.
    pub demo: bool,
}

/// Why the sheet could not be made.
#[derive(Debug, thiserror::Error)]
#[error("spreadsheet: {0}")]
pub struct RegisterError(#[from] XlsxError);

const COLUMNS: [(&str, f64); 11] = [
    ("序号", 6.0),
    ("编号", 22.0),
    ("矛盾纠纷", 44.0),
    ("当事人", 24.0),
    ("类别", 22.0),
    ("乡镇（街道）", 14.0),
    ("村（社区）", 14.0),
    ("缓急", 8.0),
    ("环节", 12.0),
    ("下一步时限", 13.0),
    ("最近进展", 13.0),
];

/// The register as the bytes of an XLSX file.
///
/// # Errors
///
/// [`RegisterError`] where a text is longer than a cell may be.
pub fn case_register(
    head: &RegisterHead,
    lines: &[RegisterLine],
) -> Result<Vec<u8>, RegisterError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&date_time(head.on)?));
    let sheet = book.add_worksheet();
    sheet.set_name("台账")?;
    let title = Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center);
    let last_column = 10;
    let mark = if head.demo { "（演示数据）" } else { "" };
    let name = format!("{}矛盾纠纷台账{mark}", head.unit);
    sheet.merge_range(0, 0, 0, last_column, &name, &title)?;
    let made = format!("{} · 共 {} 件 · {} 打印", head.selection, lines.len(), head.on);
    sheet.merge_range(1, 0, 1, last_column, &made, &Format::new())?;
    let header =
        Format::new().set_bold().set_border(FormatBorder::Thin).set_align(FormatAlign::Center);
    for (column, (label, width)) in (0_u16..).zip(COLUMNS) {
        sheet.write_string_with_format(2, column, label, &header)?;
        sheet.set_column_width(column, width)?;
    }
    let cell = Format::new().set_border(FormatBorder::Thin).set_text_wrap();
    for (row, (index, line)) in (3_u32..).zip(lines.iter().enumerate()) {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        sheet.write_number_with_format(row, 0, number, &cell)?;
        for (column, text) in (1_u16..).zip(cells(line)) {
            sheet.write_string_with_format(row, column, text, &cell)?;
        }
    }
    sheet.set_freeze_panes(3, 0)?;
    sheet.set_repeat_rows(2, 2)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    Ok(book.save_to_buffer()?)
}

fn cells(line: &RegisterLine) -> [String; 10] {
    [
        line.number.clone(),
        line.matter.clone(),
        line.parties.clone(),
        line.category.clone(),
        line.township.clone(),
        line.village.clone(),
        line.risk.label().to_owned(),
        line.stage.label().to_owned(),
        line.due_on.map(|on| on.to_string()).unwrap_or_default(),
        line.last_on.to_string(),
    ]
}

fn date_time(on: Date) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(on.year()).unwrap_or(1900);
    let month = u8::try_from(on.month()).unwrap_or(1);
    let day = u8::try_from(on.day()).unwrap_or(1);
    ExcelDateTime::from_ymd(year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_register_of_a_day_is_a_spreadsheet_and_the_same_twice() {
        let head = RegisterHead {
            unit: "延长县".into(),
            selection: "未销号".into(),
            on: Date::constant(2026, 11, 20),
            demo: true,
        };
        let line = RegisterLine {
            number: "延张调〔2026〕12号".into(),
            matter: "两家果园地界埂被推平, 争一行梨树。".into(),
            parties: "王样一、李例二".into(),
            category: "土地承包经营".into(),
            township: "张家滩镇".into(),
            village: "下盘石村".into(),
            risk: Risk::Watch,
            stage: Stage::Accepted,
            due_on: Some(Date::constant(2026, 12, 14)),
            last_on: Date::constant(2026, 11, 19),
        };
        let sheet = case_register(&head, std::slice::from_ref(&line)).unwrap();
        assert_eq!(sheet.get(..2), Some(b"PK".as_slice()));
        assert_eq!(sheet, case_register(&head, &[line]).unwrap());
    }
}
