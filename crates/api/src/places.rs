//! Grids and the people who work in them, the county's map, the month of visit days.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::Date;
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{GridKind, Role};

use crate::list::ListCaseFiles;

/// Asks for grids and workers of a unit; absent means the whole scope.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GridsQuestion {
    /// Under which unit.
    pub org: Option<OrgCode>,
    /// Which of them.
    pub filter: GridFilter,
    /// Names and codes, aliases of the former grids included; empty for all.
    pub text: String,
    /// How many rows to pass over.
    pub offset: u32,
    /// How many rows at most.
    pub limit: u32,
}

/// A selection of grids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GridFilter {
    /// 全部
    #[default]
    All,
    /// 城镇网格
    Urban,
    /// 农村网格
    Rural,
    /// 专属网格
    Special,
    /// 没有网格员
    Vacant,
}

impl GridFilter {
    /// In the order of the screen.
    pub const ALL: [Self; 5] = [Self::All, Self::Urban, Self::Rural, Self::Special, Self::Vacant];

    /// The word on screens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "全部",
            Self::Urban => "城镇网格",
            Self::Rural => "农村网格",
            Self::Special => "专属网格",
            Self::Vacant => "没有网格员",
        }
    }
}

/// Grids that fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridsView {
    /// Name of the unit asked about.
    pub name: String,
    /// How many of each filter, in its order.
    pub counts: Vec<(GridFilter, u32)>,
    /// People with an assignment in a grid of the unit.
    pub workers: u32,
    /// The units right below, with their counts of grids, workers and vacant grids.
    pub units: Vec<UnitRow>,
    /// How many fit in all.
    pub total: u32,
    /// The rows asked for.
    pub rows: Vec<GridRow>,
}

/// A township or village in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitRow {
    /// Its code.
    pub org: OrgCode,
    /// Its name.
    pub name: String,
    /// Grids: urban, rural, special.
    pub grids: [u32; 3],
    /// Workers.
    pub workers: u32,
    /// Grids without a worker.
    pub vacant: u32,
}

/// One grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridRow {
    /// Its code.
    pub org: OrgCode,
    /// Its name.
    pub name: String,
    /// Its kind; absent where nobody said.
    pub kind: Option<GridKind>,
    /// Name of the village.
    pub village: String,
    /// Name of the township.
    pub township: String,
    /// 网格员 of today.
    pub workers: Vec<WorkerRow>,
    /// Whose the former codes were, and the codes.
    pub aliases: Vec<(String, String)>,
    /// The unit that manages a special grid beside the village.
    pub manager: String,
    /// Open files that lie in it.
    pub open_files: u32,
    /// The grid teams (一专四兼) of those who work in it.
    #[serde(default)]
    pub teams: Vec<TeamRow>,
}

/// A grid team (一专四兼): who is in it, and who is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamRow {
    /// Its code.
    pub code: OrgCode,
    /// Its name: 下盘石村第2组.
    pub name: String,
    /// Who is in it, the dedicated worker first.
    pub members: Vec<TeamPerson>,
    /// None of them who is at work is 专职.
    pub no_dedicated: bool,
    /// So many 兼职 are missing of a full team.
    pub part_time_missing: u32,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamPerson {
    /// How the register names them.
    pub user: UserId,
    /// Their name; empty where nobody of the scope is called so any more.
    pub name: String,
    /// 专职, otherwise 兼职.
    pub dedicated: bool,
    /// The grids they work in today, by name.
    pub grids: Vec<String>,
    /// They hold a post today.
    pub works: bool,
}

/// Somebody who works in a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerRow {
    /// How the register names them.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Their telephone at work; may be empty.
    pub phone: String,
    /// In which role.
    pub role: Role,
    /// 专职 in a team of five; absent where they are in none.
    pub dedicated: Option<bool>,
    /// Since when.
    pub from: Date,
}

/// Asks for the people who work in the grids of a unit; absent means the whole scope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkersQuestion {
    /// Under which unit.
    pub org: Option<OrgCode>,
    /// Names, tails of numbers, names of grids and villages; empty for all.
    pub text: String,
    /// How many rows to pass over.
    pub offset: u32,
    /// How many rows at most.
    pub limit: u32,
}

/// The people who work in the grids of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkersView {
    /// Name of the unit asked about.
    pub name: String,
    /// How many fit in all, each counted once.
    pub total: u32,
    /// The rows asked for, in the order of their first grid.
    pub rows: Vec<GridWorker>,
}

/// Somebody with all of their grids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridWorker {
    /// Who they are, as in the first of their grids.
    pub worker: WorkerRow,
    /// Their grids of the unit, by name: 下盘石村 第7网格.
    pub grids: Vec<String>,
}

/// Asks what one worker hands over (交接清单).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HandoverQuestion {
    /// Who goes.
    pub user: UserId,
    /// The files of which grids; none means all of today, or all that were theirs where none is left.
    #[serde(default)]
    pub grids: Vec<OrgCode>,
    /// Only files with an agreement that is to be performed.
    #[serde(default)]
    pub promised: bool,
}

/// What one worker hands over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverView {
    /// Their name.
    pub name: String,
    /// Their grids of today, then those whose post ended, newest end first.
    pub grids: Vec<HandedGrid>,
    /// Open files of the chosen grids, grid by grid, all of them.
    pub files: Vec<HandedFile>,
}

/// One grid that is handed over, with what lies in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedGrid {
    /// The grid, with its open files.
    pub row: GridRow,
    /// First day of the post.
    pub from: Date,
    /// Last day of the post; open when absent.
    pub to: Option<Date>,
    /// The post is over.
    pub ended: bool,
    /// Its files are among those of the answer.
    pub chosen: bool,
    /// Households; absent where this device does not hold them, then the server is asked.
    pub households: Option<u32>,
    /// Open files with an agreement that is to be performed.
    pub promised: u32,
    /// The list behind its open files.
    pub opens: ListCaseFiles,
}

/// A file that is handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedFile {
    /// The file.
    pub row: crate::list::CaseRow,
    /// Until when its last agreement is to be performed.
    pub promised: Option<Date>,
}

/// Asks how many households these grids have. A device holds those of its ring alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CountHouseholds {
    /// Which grids; all must lie in the units of whoever asks.
    pub grids: Vec<OrgCode>,
}

/// How many households grids have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseholdCounts {
    /// Each grid with the number, in the order asked for. Who joined another household is not counted.
    pub grids: Vec<(OrgCode, u32)>,
}

/// Asks for the map of one's scope.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct MapQuestion {
    /// By grid instead of by village.
    pub by_grid: bool,
    /// Under which unit; absent means the whole scope.
    pub org: Option<OrgCode>,
}

/// The map: sketched borders, coloured by open files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapView {
    /// Areas with a border, in the order of their codes.
    pub areas: Vec<MapArea>,
    /// Borders drawn over them, of the level above.
    pub frames: Vec<MapFrame>,
}

/// One area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapArea {
    /// The unit.
    pub org: OrgCode,
    /// Its name with that of its township where two are called alike.
    pub name: String,
    /// 在办
    pub open: u32,
    /// The border: east and north in 10⁻⁵ degree.
    pub ring: Vec<(i32, i32)>,
    /// The list it opens to.
    pub opens: ListCaseFiles,
}

/// One border of the level above, with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapFrame {
    /// The unit.
    pub org: OrgCode,
    /// Its name without the word for its kind.
    pub name: String,
    /// 在办
    pub open: u32,
    /// The border.
    pub ring: Vec<(i32, i32)>,
}

/// Asks for the visit days of a month; absent fields mean one's own village and this month.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct VisitMonthQuestion {
    /// The village.
    pub village: Option<OrgCode>,
    /// The first of the month.
    pub month: Option<Date>,
}

/// The visit days of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitMonthView {
    /// The village.
    pub village: OrgCode,
    /// Its name.
    pub village_name: String,
    /// The villages one may ask about.
    pub villages: Vec<(OrgCode, String)>,
    /// The first of the month.
    pub month: Date,
    /// Monday of the first week to Sunday of the last.
    pub days: Vec<MonthDay>,
    /// 化解时限 and days off are shown from these data, which hold until that day.
    pub calendar_until: Option<Date>,
}

/// One day of the month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthDay {
    /// The day.
    pub date: Date,
    /// It belongs to the month.
    pub inside: bool,
    /// 休息日, or a working day although it is a Saturday or Sunday; empty otherwise.
    pub note: String,
    /// It is a working day.
    pub working: bool,
    /// The visit day that is held then.
    pub visit: Option<MonthVisit>,
}

/// A visit day in the month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthVisit {
    /// The nominal day.
    pub nominal: String,
    /// Why it is held then, or why not; empty where it is held on its own day.
    pub reason: String,
    /// It does not take place.
    pub cancelled: bool,
    /// Who came, once somebody was written down.
    pub people: u32,
}
