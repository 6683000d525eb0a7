//! Files as rows of text: XLSX, and CSV in UTF-8 or GB18030.

use std::borrow::Cow;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, Xlsx};
use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

use super::archive;
use super::borders::BorderFile;

/// No file is larger than this: a whole county of households is 8 MB.
pub const MOST_BYTES: usize = 20 << 20;
/// No table has more rows. The largest county of the country has 90,000 households.
const MOST_ROWS: u32 = 400_000;
/// Columns beyond this hold nothing that is known here.
const MOST_COLUMNS: u32 = 200;
/// So many cells with something in them in one file.
const MOST_CELLS: usize = 8_000_000;
/// Longer cells are cut here; every field is much shorter, so a cut one is a bad row anyway.
const LONGEST_CELL: usize = 2_000;

/// A spreadsheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workbook {
    /// Its sheets; a CSV has one.
    pub sheets: Vec<Sheet>,
    /// Maps with borders of units, which have no sheets.
    pub borders: Vec<BorderFile>,
}

/// One sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The file it stands in.
    pub file: String,
    /// Its name; of a CSV the name of the file.
    pub name: String,
    /// Its rows without the blank ones.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// As the spreadsheet counts, from one.
    pub number: u32,
    /// Cells as text. Whole numbers have no decimals, days are 2026-11-20.
    pub cells: Vec<String>,
}

/// Why a file is not taken at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is nothing in it.
    #[error("文件是空的。请确认导出完整后重新选择文件。")]
    Empty,
    /// It is larger than [`MOST_BYTES`].
    #[error("文件超过20兆。请删去图片和无关的工作表，或按乡镇分成几个文件。")]
    TooLarge,
    /// All files together are larger than [`MOST_BYTES`].
    #[error("几个文件合起来超过20兆。请先导入组织机构和网格，再分几次导入其余的。")]
    TooLargeTogether,
    /// It is neither XLSX nor text.
    #[error(
        "这不是表格文件。请用 .xlsx 或 .csv（边界用 .geojson）；WPS 的 .et 和旧版 .xls 请先另存为 .xlsx。"
    )]
    NotASheet,
    /// Begins like one and cannot be read.
    #[error("表格文件已损坏，读不出来。请用 WPS 或 Excel 打开，另存为新的 .xlsx 后再导入。")]
    Corrupt,
    /// It would unpack to far more than any spreadsheet.
    #[error("文件解压后大得不合常理，为安全起见不打开。请把数据复制到新建的表格里再导入。")]
    Bomb,
    /// It has a password, or is of the old format: both begin with the same bytes.
    #[error("文件设了密码，或是旧版 .xls。请用 WPS 或 Excel 打开，去掉密码，另存为 .xlsx。")]
    Password,
    /// It has more rows or cells than any county.
    #[error("表格行数过多（超过40万行）。请删去数据下方的空行，或按乡镇分成几个文件。")]
    TooManyRows,
    /// A map that cannot be read as GeoJSON.
    #[error("地图文件读不出来。请在地图软件里导出为 GeoJSON（UTF-8），再选择文件。")]
    NoGeoJson,
    /// A map without shapes.
    #[error("地图文件里没有图形。请确认导出的图层里有边界。")]
    NoShapes,
    /// More shapes than any county has units.
    #[error("地图文件里图形过多（超过2万个）。请只导出乡镇、村和网格的边界。")]
    TooManyShapes,
    /// No sheet has headers that are known.
    #[error(
        "没有认出任何工作表。请保留表头，例如：网格编码、网格名称；姓名、联系电话、网格编码；户号、户主、网格编码；户号、姓名、与户主关系。"
    )]
    NoTable,
}

/// Reads a file.
///
/// # Errors
///
/// [`Refused`], in words for whoever chose the file.
pub fn read(name: &str, bytes: &[u8]) -> Result<Workbook, Refused> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Refused::Empty);
    }
    if bytes.len() > MOST_BYTES {
        return Err(Refused::TooLarge);
    }
    // OLE: a spreadsheet with a password, or one of before 2007.
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return Err(Refused::Password);
    }
    let sheets = if bytes.starts_with(b"PK") {
        archive::check(bytes)?;
        // The reader is foreign code over foreign bytes: a panic in it is a broken file.
        catch_unwind(AssertUnwindSafe(|| xlsx(name, bytes))).map_err(|_| Refused::Corrupt)??
    } else {
        vec![csv(name, &text(bytes)?)?]
    };
    if sheets.iter().all(|sheet| sheet.rows.is_empty()) {
        return Err(Refused::Empty);
    }
    Ok(Workbook { sheets, borders: Vec::new() })
}

fn xlsx(file: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Refused> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        calamine::XlsxError::Password => Refused::Password,
        _ => Refused::Corrupt,
    })?;
    let mut sheets = Vec::new();
    let mut cells = 0;
    for name in book.sheet_names() {
        // A chart has no cells.
        let Ok(mut reader) = book.worksheet_cells_reader(&name) else { continue };
        let mut rows: Vec<Row> = Vec::new();
        // Cell by cell: a range would be as large as its farthest cell says.
        while let Some(cell) = reader.next_cell().map_err(|_| Refused::Corrupt)? {
            let (row, column) = cell.get_position();
            let Some(text) = text_of(cell.get_value()) else { continue };
            if column >= MOST_COLUMNS {
                continue;
            }
            cells += 1;
            if row >= MOST_ROWS || cells > MOST_CELLS {
                return Err(Refused::TooManyRows);
            }
            put(&mut rows, row + 1, column as usize, text);
        }
        rows.sort_by_key(|row| row.number);
        sheets.push(Sheet { file: file.to_owned(), name, rows });
    }
    Ok(sheets)
}

fn put(rows: &mut Vec<Row>, number: u32, column: usize, text: String) {
    if rows.last().is_none_or(|row| row.number != number) {
        rows.push(Row { number, cells: Vec::new() });
    }
    let Some(row) = rows.last_mut() else { return };
    if row.cells.len() <= column {
        row.cells.resize(column + 1, String::new());
    }
    if let Some(cell) = row.cells.get_mut(column) {
        *cell = text;
    }
}

/// The text of a cell; none where nothing stands in it.
fn text_of(value: &DataRef<'_>) -> Option<String> {
    let text = match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => cut(text),
        DataRef::SharedString(text) => cut(text),
        DataRef::Bool(true) => "是".to_owned(),
        DataRef::Bool(false) => "否".to_owned(),
        DataRef::DateTime(moment) => {
            let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
            // A time of day is kept as a day's fraction, without any day.
            if (0.0..1.0).contains(&moment.as_f64()) {
                format!("{hour:02}:{minute:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02}")
            }
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => cut(text),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// From here on a spreadsheet has lost the last digits of a number: it keeps fifteen.
const EXACT_BELOW: f64 = 1e15;

/// A number as its digits. One that lost some says so, in the way spreadsheets show it.
fn number_text(number: f64) -> String {
    if number.abs() >= EXACT_BELOW {
        let text = format!("{number:.14E}");
        return text.replace('E', "E+");
    }
    number.to_string()
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST_CELL).collect()
}

/// The text of a CSV. Excel in China writes GB18030 and says so nowhere.
fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Refused> {
    let marked = [(&[0xff, 0xfe][..], UTF_16LE), (&[0xfe, 0xff][..], UTF_16BE)];
    for (mark, encoding) in marked {
        if bytes.starts_with(mark) {
            return Ok(encoding.decode_with_bom_removal(bytes).0);
        }
    }
    let bare = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    if bare.contains(&0) {
        return Err(Refused::NotASheet);
    }
    if let Ok(text) = std::str::from_utf8(bare) {
        return Ok(Cow::Borrowed(text));
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bare);
    text.ok_or(Refused::NotASheet)
}

fn csv(file: &str, text: &str) -> Result<Sheet, Refused> {
    // One kind of line break, and one at the end, so that lines can be counted.
    let text = format!("{}\n", text.replace("\r\n", "\n").replace('\r', "\n"));
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains('\t') && !first.contains(',') { b'\t' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut cells = 0;
    let mut record = csv::StringRecord::new();
    // As a spreadsheet counts: a line break within quotes makes no row, a blank line does.
    let mut breaks_before = 0;
    while reader.read_record(&mut record).map_err(|_| Refused::NotASheet)? {
        let breaks = breaks_within(&record);
        let begins = reader.position().line().saturating_sub(1 + breaks + breaks_before);
        breaks_before += breaks;
        let number = u32::try_from(begins.max(1)).unwrap_or(u32::MAX);
        let texts: Vec<String> = record.iter().take(MOST_COLUMNS as usize).map(cut).collect();
        if texts.iter().all(|text| text.trim().is_empty()) {
            continue;
        }
        cells += texts.len();
        if number > MOST_ROWS || cells > MOST_CELLS {
            return Err(Refused::TooManyRows);
        }
        rows.push(Row { number, cells: texts });
    }
    Ok(Sheet { file: file.to_owned(), name: file.to_owned(), rows })
}

fn breaks_within(record: &csv::StringRecord) -> u64 {
    record.as_slice().matches('\n').count() as u64
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
