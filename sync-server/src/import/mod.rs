//! Spreadsheets of units, grids, workers, assignments, teams, households and members into the
//! county, and maps with the borders of units.
//!
//! A file goes through stages that each know one thing: [`sheet`] turns bytes into rows of text and
//! [`borders`] a map into shapes, [`columns`] says which table a sheet is, [`wanted`] reads rows and
//! notes what is wrong with them, [`plan`] compares with the register and with what the last sheets
//! said, [`listing`] names what changes, [`apply`] writes. Only `apply` and
//! [`ground`](apply::ground) touch the database. With one bad row nothing is written.
//!
//! The least data: the citizen number serves to find the year of birth, the sex to notice a mistyped
//! number, and both are kept nowhere.

mod apply;
mod archive;
mod borders;
mod columns;
mod desk;
mod difference;
mod headers;
mod homes;
mod line;
mod listing;
mod people;
mod places;
mod plan;
mod report;
mod ring;
mod said;
pub mod sheet;
mod text;
mod units;
mod values;
mod visits;
mod wanted;
pub mod wrong;

#[cfg(test)]
mod tests;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rust_xlsxwriter::XlsxError;
use yidang_api::admin::{ImportChange, ImportView};
use yidang_api::import::{ImportLine, MOST_LISTED, import_name};

use crate::app::App;
use crate::store::StoreError;

use apply::{Ground, Written};
use borders::BorderFile;
use columns::Located;
pub use desk::ImportDesk;
use plan::Plan;
use sheet::{MOST_BYTES, Refused, Sheet, Workbook};
use wrong::Wrongs;

/// A file that somebody chose.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name, without its folder.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Bad rows on the screen; the report has more.
const MOST_SHOWN: usize = 200;
/// The register may change while rows are compared with it; so often they are compared again.
const MOST_TRIES: usize = 3;

/// Checks files, and takes them where `apply` says so and no row is bad. All files together are one
/// import. `progress` hears how many rows are done, and of how many.
///
/// # Errors
///
/// [`StoreError`]; nothing was written then.
pub fn run(
    app: &App,
    files: &[File],
    apply: bool,
    progress: &dyn Fn(u32, u32),
) -> Result<ImportView, StoreError> {
    let most_named = u32::try_from(MOST_LISTED).unwrap_or(u32::MAX);
    run_naming(app, files, apply, most_named, progress).map(|(view, _)| view)
}

/// As [`run`], and everything that changes by name, however much it is.
///
/// # Errors
///
/// [`StoreError`]; nothing was written then.
pub fn run_whole(
    app: &App,
    files: &[File],
    apply: bool,
    progress: &dyn Fn(u32, u32),
) -> Result<(ImportView, Vec<ImportLine>), StoreError> {
    run_naming(app, files, apply, u32::MAX, progress)
}

/// Of each table so many changes are named.
fn run_naming(
    app: &App,
    files: &[File],
    apply: bool,
    most_named: u32,
    progress: &dyn Fn(u32, u32),
) -> Result<(ImportView, Vec<ImportLine>), StoreError> {
    let name = import_name(files.iter().map(|file| file.name.as_str()));
    let view = ImportView { name, ..ImportView::default() };
    let refuse =
        |refused: String, view: ImportView| Ok((ImportView { refused, ..view }, Vec::new()));
    let book = match read(files) {
        Ok(book) => book,
        Err(refused) => return refuse(refused, view),
    };
    let (tables, unknown) = columns::locate(&book);
    if tables.is_empty() && book.borders.is_empty() {
        return refuse(Refused::NoTable.to_string(), view);
    }
    let wish = Wish { tables: &tables, maps: &book.borders, most_named };
    let rows = wish.rows();
    let of = u32::try_from(rows).unwrap_or(u32::MAX);
    progress(0, of);
    let mut view = ImportView { of, ..view };
    for _ in 0..MOST_TRIES {
        let ground = apply::ground(app)?;
        let (mut plan, wrongs) = compare(app, &wish, &ground)?;
        view.changes.clone_from(&plan.counts);
        view.changes.extend(unknown.iter().map(|sheet| passed_over(sheet)));
        if !wrongs.is_empty() {
            return Ok((with_wrongs(view, wrongs), Vec::new()));
        }
        let lines = std::mem::take(&mut plan.lines);
        view.listed = listing::first(&lines);
        if !apply {
            let clashes = apply::clashes(app, &plan)?;
            return Ok((done(view, clashes, false), lines));
        }
        let part = |households: usize| share(households, plan.households(), of);
        let written =
            apply::apply(app, &ground, &plan, &|households| progress(part(households), of))?;
        if let Written::Whole(clashes) = written {
            tracing::info!(
                rows,
                households = plan.households(),
                clashes,
                "a spreadsheet was taken"
            );
            return Ok((done(view, clashes, true), lines));
        }
    }
    let refused = "登记数据正在被别人修改，这次没有导入。请稍后再试。".to_owned();
    refuse(refused, ImportView { listed: Vec::new(), ..view })
}

/// The spreadsheet of everything that an import changes.
///
/// # Errors
///
/// Where it cannot be written.
pub fn changes_xlsx(lines: &[ImportLine], applied: bool) -> Result<Vec<u8>, XlsxError> {
    report::changes(lines, applied)
}

/// What is to be taken.
struct Wish<'a> {
    tables: &'a [Located<'a>],
    maps: &'a [BorderFile],
    /// Of each table so many changes are named.
    most_named: u32,
}

impl Wish<'_> {
    /// Rows of tables and shapes of maps.
    fn rows(&self) -> usize {
        let shapes = self.maps.iter().map(|map| map.shapes.len()).sum::<usize>();
        self.tables.iter().map(Located::count).sum::<usize>() + shapes
    }
}

/// Reads all files, in the order of their names: in whatever order they were chosen, the same comes
/// of them.
fn read(files: &[File]) -> Result<Workbook, String> {
    if files.len() > 1 && files.iter().map(|file| file.bytes.len()).sum::<usize>() > MOST_BYTES {
        return Err(Refused::TooLargeTogether.to_string());
    }
    let mut sorted: Vec<&File> = files.iter().collect();
    sorted.sort_by(|one, other| one.name.cmp(&other.name));
    let mut book = Workbook::default();
    for file in sorted {
        let words = |refused: Refused| match files {
            [_] => refused.to_string(),
            _ => format!("{}：{refused}", file.name),
        };
        if borders::is_map(&file.name, &file.bytes) {
            book.borders.push(borders::read(&file.name, &file.bytes).map_err(words)?);
        } else {
            book.sheets.extend(sheet::read(&file.name, &file.bytes).map_err(words)?.sheets);
        }
    }
    Ok(book)
}

/// Reads the rows and compares them.
fn compare(app: &App, wish: &Wish<'_>, ground: &Ground) -> Result<(Plan, Wrongs), StoreError> {
    let today = app.clock().today();
    let Ground { register, said, existing, .. } = ground;
    let mut wanted = wanted::want(wish.tables, wish.maps, register, said, today);
    let mut wrongs = std::mem::take(&mut wanted.wrongs);
    let most_named = wish.most_named;
    let plan = plan::plan(&wanted, register, said, existing, today, most_named, &mut wrongs)?;
    Ok((plan, wrongs))
}

/// Households are most of the work: so many rows are done when so many of them are written.
fn share(households: usize, all: usize, rows: u32) -> u32 {
    let done = (households as u64).saturating_mul(u64::from(rows)) / (all.max(1) as u64);
    u32::try_from(done).unwrap_or(rows)
}

/// A sheet that is no table is named, so that nobody believes it was taken.
fn passed_over(sheet: &Sheet) -> ImportChange {
    let table = format!("未识别的工作表“{}”（不导入）", sheet.name);
    ImportChange { table, added: 0, changed: 0, same: 0, clashes: 0 }
}

fn done(mut view: ImportView, clashes: u32, applied: bool) -> ImportView {
    let homes = columns::Table::Households.label();
    if let Some(change) = view.changes.iter_mut().find(|change| change.table == homes) {
        change.clashes = clashes;
    }
    ImportView { done: view.of, applied, ..view }
}

fn with_wrongs(view: ImportView, wrongs: Wrongs) -> ImportView {
    let report = report::xlsx(&wrongs.rows, wrongs.total).inspect_err(|error| {
        tracing::error!(%error, "the list of bad rows was not written");
    });
    let report_base64 = report.map(|bytes| STANDARD.encode(bytes)).unwrap_or_default();
    let mut wrong = wrongs.rows;
    wrong.truncate(MOST_SHOWN);
    let listed = Vec::new();
    ImportView { done: view.of, listed, wrong_total: wrongs.total, wrong, report_base64, ..view }
}
