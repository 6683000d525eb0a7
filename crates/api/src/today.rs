//! 今天: the home of a grid worker.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::Date;
use yidang_domain::ids::{DocumentId, OrgCode};

use crate::list::DueView;
use crate::sync::SyncView;

/// Asks for the home.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TodayQuestion {}

/// The home of the person signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodayView {
    /// Today in China.
    pub date: Date,
    /// 张家滩镇 · 下盘石村 · 第7网格
    pub org_path: Vec<String>,
    /// Monday to Sunday around today.
    pub week: Vec<WeekDay>,
    /// What is to be done, most pressing first.
    pub due: Vec<DueRow>,
    /// The next visit day of the village.
    pub visit: Option<NextVisit>,
    /// What was promised to people: agreements to be performed.
    pub promised: Vec<DueRow>,
    /// How many files are open in scope.
    pub open: u32,
    /// How things stand with the server.
    pub sync: SyncView,
}

/// One day of the strip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekDay {
    /// The day.
    pub date: Date,
    /// How many things are due.
    pub due: u32,
    /// It is a visit day.
    pub visit: bool,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueRow {
    /// The file.
    pub case: DocumentId,
    /// Of which kind.
    pub kind: DueKind,
    /// Whom it is about.
    pub who: String,
    /// What to do, and the matter: 镇上退回 · 请写明发生地点.
    pub what: String,
    /// When.
    pub due: Option<DueView>,
}

/// Kinds of things to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueKind {
    /// Sent back: mend one field.
    Returned,
    /// Two values: decide.
    Clash,
    /// Nothing written for a week.
    Quiet,
    /// Settle until then.
    Settle,
    /// An agreement is to be performed.
    Perform,
}

/// The next visit day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextVisit {
    /// The village.
    pub village: OrgCode,
    /// Its name.
    pub village_name: String,
    /// The nominal day, such as `2026-11-30`.
    pub nominal: String,
    /// When it is held.
    pub on: Date,
    /// Why it is held on another day than the nominal one.
    pub reason: Option<String>,
    /// Days left.
    pub days: i64,
    /// 地点
    pub place: String,
    /// Open files of that village on this device.
    pub open: u32,
    /// Everything needed is on this device (资料包已备好).
    pub ready: bool,
}
