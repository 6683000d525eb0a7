//! Spreadsheets of units, grids, workers, teams, households and members into the county.
//!
//! A file goes through stages that each know one thing: [`sheet`] turns bytes into rows of text,
//! [`columns`] says which table a sheet is, [`wanted`] reads rows and notes what is wrong with them,
//! [`plan`] compares with the register and with what the last sheets said, [`apply`] writes. Only
//! `apply` and [`ground`](apply::ground) touch the database. With one bad row nothing is written.
//!
//! The least data: the citizen number serves to find the year of birth and is kept nowhere.

mod apply;
mod archive;
mod columns;
mod desk;
mod difference;
mod headers;
mod homes;
mod line;
mod people;
mod places;
mod plan;
mod report;
mod said;
pub mod sheet;
mod text;
mod units;
mod values;
mod wanted;
pub mod wrong;

#[cfg(test)]
mod tests;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use yidang_api::admin::{ImportChange, ImportView};

use crate::app::App;
use crate::store::StoreError;

use apply::{Ground, Written};
use columns::Located;
pub use desk::ImportDesk;
use plan::Plan;
use sheet::{Refused, Sheet, Workbook};
use wrong::Wrongs;

/// A file that somebody chose.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name.
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
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    let view = ImportView { name: names.join("、"), ..ImportView::default() };
    let book = match read(files) {
        Ok(book) => book,
        Err(refused) => return Ok(ImportView { refused, ..view }),
    };
    let (tables, unknown) = columns::locate(&book);
    if tables.is_empty() {
        return Ok(ImportView { refused: Refused::NoTable.to_string(), ..view });
    }
    let rows = tables.iter().map(Located::count).sum::<usize>();
    let of = u32::try_from(rows).unwrap_or(u32::MAX);
    progress(0, of);
    let mut view = ImportView { of, ..view };
    for _ in 0..MOST_TRIES {
        let ground = apply::ground(app)?;
        let (plan, wrongs) = compare(app, &tables, &ground)?;
        view.changes.clone_from(&plan.counts);
        view.changes.extend(unknown.iter().map(|sheet| passed_over(sheet)));
        if !wrongs.is_empty() {
            return Ok(with_wrongs(view, wrongs));
        }
        if !apply {
            let clashes = apply::clashes(app, &plan)?;
            return Ok(done(view, clashes, false));
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
            return Ok(done(view, clashes, true));
        }
    }
    let refused = "登记数据正在被别人修改，这次没有导入。请稍后再试。".to_owned();
    Ok(ImportView { refused, ..view })
}

fn read(files: &[File]) -> Result<Workbook, String> {
    let mut book = Workbook::default();
    for file in files {
        let read = sheet::read(&file.name, &file.bytes).map_err(|refused| match files {
            [_] => refused.to_string(),
            _ => format!("{}：{refused}", file.name),
        })?;
        book.sheets.extend(read.sheets);
    }
    Ok(book)
}

/// Reads the rows and compares them.
fn compare(
    app: &App,
    tables: &[Located<'_>],
    ground: &Ground,
) -> Result<(Plan, Wrongs), StoreError> {
    let today = app.clock().today();
    let mut wanted = wanted::want(tables, &ground.register, &ground.said, today);
    let mut wrongs = std::mem::take(&mut wanted.wrongs);
    let plan =
        plan::plan(&wanted, &ground.register, &ground.said, &ground.existing, today, &mut wrongs)?;
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
    ImportView { done: view.of, wrong_total: wrongs.total, wrong, report_base64, ..view }
}
