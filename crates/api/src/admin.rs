//! The administrator's work. Answered by the server, with the rights of whoever asks; logged there.

use serde::{Deserialize, Serialize};
use yidang_domain::calendar::{DayOffRule, Exception, FebruaryRule};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{OrgLevel, Role};

use crate::import::{ImportFile, ImportLine};

/// Asks for people of the register.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct UsersQuestion {
    /// Names, initials, number tails, codes; empty for all.
    pub text: String,
    /// Only those with an assignment under this unit.
    pub org: Option<OrgCode>,
    /// How many rows to pass over.
    pub offset: u32,
    /// How many rows at most.
    pub limit: u32,
}

/// People that fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsersView {
    /// How many fit in all.
    pub total: u32,
    /// The rows asked for.
    pub rows: Vec<UserRow>,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// How the register names them.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Their telephone at work.
    pub phone: String,
    /// Their assignments, those of today first.
    pub posts: Vec<AssignmentRow>,
    /// Their devices, newest first.
    pub devices: Vec<DeviceRow>,
}

/// One assignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentRow {
    /// The unit.
    pub org: OrgCode,
    /// Its name with those above it.
    pub place: String,
    /// In which role.
    pub role: Role,
    /// Since when.
    pub from: Date,
    /// Until when; open when absent.
    pub to: Option<Date>,
}

/// One device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// Its certificate, in hexadecimal.
    pub certificate: String,
    /// What it is called.
    pub name: String,
    /// Since when.
    pub since: InstantMs,
    /// On which day it was last heard of. Kept to find lost devices, never to count anybody's work.
    pub seen_on: Option<Date>,
    /// It was revoked.
    pub revoked: bool,
    /// Twice what it handed in ended the processes that read it: nobody reads anything of it until
    /// somebody lifts that.
    #[serde(default)]
    pub suspended: bool,
}

/// Adds a person or changes their name or number; an empty identifier makes a new person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutUser {
    /// How the register names them; empty for a new person.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Their telephone at work; may be empty.
    pub phone: String,
}

/// Gives an assignment, or changes until when it holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutAssignment {
    /// Who.
    pub user: UserId,
    /// Where.
    pub org: OrgCode,
    /// In which role.
    pub role: Role,
    /// Since when.
    pub from: Date,
    /// Until when; open when absent.
    pub to: Option<Date>,
}

/// Asks for an activation code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MakeCode {
    /// For whom.
    pub user: UserId,
}

/// An activation code. It is shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeView {
    /// The code.
    pub code: String,
    /// Until when it can be used.
    pub expires_at: InstantMs,
}

/// Takes a device's right away, as when it was lost.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RevokeDevice {
    /// Its certificate, in hexadecimal.
    pub certificate: String,
}

/// Lets a suspended device hand in again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LiftSuspension {
    /// Its certificate, in hexadecimal.
    pub certificate: String,
}

/// Asks for units.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct UnitsQuestion {
    /// Directly under this unit; absent means the county itself.
    pub parent: Option<OrgCode>,
    /// Names and codes; where this is not empty, of any level.
    pub text: String,
}

/// One unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitView {
    /// Its code.
    pub org: OrgCode,
    /// Its name.
    pub name: String,
    /// What it is.
    pub level: OrgLevel,
    /// The names above it.
    pub place: String,
    /// How many units lie right below it.
    pub children: u32,
    /// The last day on which it was a unit of its own.
    pub closed_on: Option<Date>,
}

/// Splits a grid: these households go to a new grid beside it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SplitGrid {
    /// The grid.
    pub grid: OrgCode,
    /// Name of the new one.
    pub name: String,
    /// Door plates or household numbers that go there, one a line.
    pub households: Vec<String>,
    /// Who works there; nobody leaves it on the list of grids without a worker.
    pub worker: Option<UserId>,
}

/// Joins a grid to another one of the same village.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MergeGrid {
    /// The grid that ends.
    pub grid: OrgCode,
    /// The grid it joins.
    pub into: OrgCode,
}

/// What came of a change of grids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridChanged {
    /// The grid that came of it.
    pub grid: OrgCode,
    /// Households that moved.
    pub households: u32,
    /// Open files that moved.
    pub files: u32,
    /// What was named and not found.
    pub unknown: Vec<String>,
}

/// Checks or takes spreadsheets and maps: all files together are one import, in whatever order.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ImportSheet {
    /// The files.
    #[serde(default)]
    pub files: Vec<ImportFile>,
    /// Name of the file where an older window sends one alone; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// That file, in base64.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub base64: String,
    /// Writes them; otherwise only says what would change.
    pub apply: bool,
}

/// Asks how far a running import is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ImportState {}

/// How far an import is, and what it found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportView {
    /// Names of the files; empty before the first import.
    pub name: String,
    /// It is still running.
    pub running: bool,
    /// Rows done, and rows in all.
    pub done: u32,
    /// Rows in all.
    pub of: u32,
    /// It was written; otherwise it was only checked.
    pub applied: bool,
    /// What it changes, table by table.
    pub changes: Vec<ImportChange>,
    /// The first two hundred changes by name; the others are in the counts. None where a row is bad.
    #[serde(default)]
    pub listed: Vec<ImportLine>,
    /// How many bad rows there are.
    pub wrong_total: u32,
    /// The first two hundred of them.
    pub wrong: Vec<WrongRow>,
    /// The whole file is refused for this reason; empty otherwise.
    pub refused: String,
    /// The list of bad rows as a spreadsheet to hand back, in base64; empty where there is none.
    pub report_base64: String,
}

/// What an import changes in one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportChange {
    /// 网格, 网格员, 户 …
    pub table: String,
    /// New ones.
    pub added: u32,
    /// Changed ones.
    pub changed: u32,
    /// Those that stay as they are.
    pub same: u32,
    /// Values that a worker had changed meanwhile, which become clashes.
    pub clashes: u32,
}

/// A row that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongRow {
    /// The file.
    #[serde(default)]
    pub file: String,
    /// The sheet, which of a CSV is the file again; empty for a shape of a map.
    pub sheet: String,
    /// The row as the spreadsheet counts, or which shape of the map.
    pub row: u32,
    /// The column's header, or the name of the property.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong.
    pub reason: String,
    /// How to mend it.
    pub cure: String,
}

/// Asks for the county's reference data.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ReferenceQuestion {}

/// The county's reference data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceView {
    /// Version of the register.
    pub version: u64,
    /// What the 30th of February is.
    pub february: FebruaryRule,
    /// What a visit day on a day off is.
    pub day_off: DayOffRule,
    /// Days off on weekdays.
    pub off: Vec<Date>,
    /// Working days on Saturdays and Sundays.
    pub work: Vec<Date>,
    /// Until when the calendar is known.
    pub until: Option<Date>,
    /// Moved and cancelled days.
    pub exceptions: Vec<Exception>,
}

/// Changes the rules of visit days.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutVisitRule {
    /// What the 30th of February is.
    pub february: FebruaryRule,
    /// What a visit day on a day off is.
    pub day_off: DayOffRule,
}

/// Brings the days off of a year.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutCalendar {
    /// The year.
    pub year: i16,
    /// Days off on weekdays.
    pub off: Vec<Date>,
    /// Working days on Saturdays and Sundays.
    pub work: Vec<Date>,
}

/// Something of the register was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterChanged {
    /// Version of the register now.
    pub version: u64,
    /// What it was about, where it got a name.
    pub user: Option<UserId>,
}
