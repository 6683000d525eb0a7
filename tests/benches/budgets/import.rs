//! A county's spreadsheets, taken twice by the server's importer as the administrator's screen and
//! the command `import` run it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rust_xlsxwriter::{Workbook, Worksheet};
use yidang_domain::civil::Date;
use yidang_domain::org::{Assignment, GridKind, OrgLevel, OrgUnit, Role};
use yidang_sync_server::App;
use yidang_sync_server::demo::{Profile, register_of};
use yidang_sync_server::import::{self, File};
use yidang_sync_server::register::RegisterData;

use super::clock::{Took, measure as took};
use super::people::People;
use super::report::Report;
use super::world::World;

const GROUP: &str = "import";
const TODAY: Date = Date::constant(2026, 11, 20);
const GRIDS: usize = 3_156;
const WORKERS: usize = 3_118;
const HOUSEHOLDS: usize = 44_800;
/// A township of the county, for whoever asks about its people only.
pub const TOWNSHIP: &str = "610621103";

/// The county with its real units and without a grid, a worker or a household; a clerk and a
/// township's reviewer work there.
pub fn empty_county(folder: &Path) -> Result<World> {
    let whole = register_of(Profile::County, TODAY)?;
    let units: Vec<OrgUnit> =
        whole.units.into_iter().filter(|unit| unit.level != OrgLevel::Grid).collect();
    let county = units.iter().find(|unit| unit.level == OrgLevel::County);
    let code = county.context("a register without a county")?.code.clone();
    let people = [
        ("u-clerk", code.as_str(), Role::CountyClerk),
        ("u-reviewer", TOWNSHIP, Role::TownshipReviewer),
        ("u-admin", code.as_str(), Role::Administrator),
    ];
    let register = RegisterData { units, ..World::staffed(&people)? };
    World::of(folder, code.as_str(), &register)
}

/// Takes the sheets of a whole county, and measures where a report is given.
pub fn take(world: &World, report: &mut Report, is_asked: bool) -> Result<()> {
    let files = sheets()?;
    let first = run(&world.app, &files)?;
    ensure!(people(&world.app)? == HOUSEHOLDS as u64, "not every household was taken");
    if !is_asked {
        return Ok(());
    }
    let before = place(&world.app)?;
    let second = run(&world.app, &files)?;
    let written = place(&world.app)? - before;
    ensure!(written == 0, "a repeat wrote {written} records");
    ensure!(second.changed == 0, "a repeat would change {} things", second.changed);
    let (read, floor) = took(|| {
        files.iter().try_for_each(|file| import::sheet::read(&file.name, &file.bytes).map(drop))
    });
    read?;
    report.row(GROUP, "rows of the sheets", f64::from(first.rows), "", None);
    for (what, time, budget) in [
        ("reading the sheets alone", floor, None),
        ("3,156 grids, 3,118 workers, 44,800 households, first", first.time, Some(60.0)),
        ("the same sheets again", second.time, Some(30.0)),
    ] {
        let seconds = |time: Duration| time.as_secs_f64();
        let least = |of: Duration| budget.is_some().then(|| seconds(of));
        report.with_floor(GROUP, what, seconds(time.wall), "s", budget, least(floor.wall));
        let what = format!("{what}: one core");
        report.with_floor(GROUP, what, seconds(time.own), "s", None, least(floor.own));
    }
    report.row(GROUP, "changes written by the second run", 0.0, "", 0.0);
    Ok(())
}

struct Ran {
    time: Took,
    rows: u32,
    changed: u32,
}

fn run(app: &App, files: &[File]) -> Result<Ran> {
    let (view, time) = took(|| import::run(app, files, true, &|_, _| {}));
    let view = view?;
    ensure!(view.refused.is_empty(), "{}", view.refused);
    ensure!(view.wrong_total == 0, "{:?}", view.wrong.first());
    let changed = view.changes.iter().map(|change| change.added + change.changed).sum();
    Ok(Ran { time, rows: view.of, changed })
}

fn people(app: &App) -> Result<u64> {
    Ok(app.store().read(&app.county().code, |db| db.count_households())?)
}

/// The last record of the log and the version of the register.
fn place(app: &App) -> Result<u64> {
    let county = app.store().read(&app.county().code, |db| db.county())?;
    Ok(county.seq + county.register_version)
}

/// The three files that a county hands in.
fn sheets() -> Result<Vec<File>> {
    let whole = register_of(Profile::County, TODAY)?;
    let grids: Vec<&OrgUnit> =
        whole.units.iter().filter(|unit| unit.level == OrgLevel::Grid).collect();
    ensure!(grids.len() == GRIDS, "{} grids", grids.len());
    let posts: Vec<&Assignment> =
        whole.assignments.iter().filter(|post| post.role == Role::GridWorker).collect();
    let codes: Vec<&str> = grids.iter().map(|grid| grid.code.as_str()).collect();
    let named = |name: &str, bytes| File { name: name.to_owned(), bytes };
    Ok(vec![
        named("网格.xlsx", of_grids(&grids)?),
        named("网格员.xlsx", of_workers(&posts)?),
        // 2.68 members in the mean: 120,000 people.
        households(&codes, HOUSEHOLDS, 17)?,
    ])
}

fn of_grids(grids: &[&OrgUnit]) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("网格")?;
    line(sheet, 0, &["网格编码", "网格名称", "网格类型"])?;
    for (row, grid) in (1..).zip(grids) {
        let kind = grid.grid.as_ref().map_or(GridKind::Rural, |traits| traits.kind);
        line(sheet, row, &[grid.code.as_str(), &grid.name, kind.label()])?;
    }
    Ok(book.save_to_buffer()?)
}

fn of_workers(posts: &[&Assignment]) -> Result<Vec<u8>> {
    let mut people = People::new(11);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("网格员")?;
    line(sheet, 0, &["姓名", "联系电话", "网格编码"])?;
    for (row, post) in (1..).zip(posts.iter().cycle().take(WORKERS)) {
        line(sheet, row, &[&people.name(), &format!("12{row:09}"), post.org.as_str()])?;
    }
    Ok(book.save_to_buffer()?)
}

/// Households spread over these grids with who lives there: two members each, and three in `thirds`
/// households of 25.
pub fn households(grids: &[&str], count: usize, thirds: usize) -> Result<File> {
    let mut people = People::new(12);
    let mut book = Workbook::new();
    let mut members: Vec<[String; 5]> = Vec::new();
    let sheet = book.add_worksheet().set_name("户")?;
    line(sheet, 0, &["户号", "户主", "住址", "门牌", "网格编码"])?;
    for at in 0..count {
        let (number, row) = (format!("H{at:05}"), u32::try_from(at)? + 1);
        let head = people.name();
        let address = format!("{}号院（{}）", at % 97, ["东", "西", "后沟"][at % 3]);
        let door = format!("{}-{:02}", 1 + at % 9, at % 60);
        let grid = grids[at % grids.len()];
        line(sheet, row, &[&number, &head, &address, &door, grid])?;
        for member in 0..(2 + usize::from(at % 25 < thirds)) {
            let name = if member == 0 { head.clone() } else { another(&mut people, &members) };
            let relation = ["户主", "妻", "子"][member].to_owned();
            let year = (1_940 + people.below(70)).to_string();
            members.push([number.clone(), name, relation, year, people.phone()]);
        }
    }
    let sheet = book.add_worksheet().set_name("家庭成员")?;
    line(sheet, 0, &["户号", "姓名", "与户主关系", "出生年", "联系电话"])?;
    for (row, member) in (1..).zip(&members) {
        line(sheet, row, &member.each_ref().map(String::as_str))?;
    }
    Ok(File { name: "户.xlsx".to_owned(), bytes: book.save_to_buffer()? })
}

/// Somebody who is not called like one of the last two: two of one name in one household are a bad row.
fn another(people: &mut People, members: &[[String; 5]]) -> String {
    loop {
        let name = people.name();
        if !members.iter().rev().take(2).any(|[_, other, ..]| *other == name) {
            return name;
        }
    }
}

fn line(sheet: &mut Worksheet, row: u32, cells: &[&str]) -> Result<()> {
    for (column, cell) in (0_u16..).zip(cells) {
        sheet.write_string(row, column, *cell)?;
    }
    Ok(())
}
