//! 驻村坐诊: one visit day of one village.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::Entry;
use yidang_domain::ids::{DocumentId, ItemKey, OrgCode};
use yidang_domain::rights::Act;

use crate::case_file::{Delivery, EntryView, Heads};
use crate::list::CaseRow;

/// Asks for a visit day; absent fields mean one's own village and the next day.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct VisitDayQuestion {
    /// The village.
    pub village: Option<OrgCode>,
    /// The nominal day, such as `2026-11-20`.
    pub nominal: Option<String>,
}

/// A file that a visit day touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkedOn {
    /// The file.
    pub row: CaseRow,
    /// Sessions held for it on that day.
    pub sessions: u32,
}

/// One visit day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitDayView {
    /// Its document; the same on every device.
    pub id: DocumentId,
    /// Its heads.
    pub heads: Heads,
    /// The village.
    pub village: OrgCode,
    /// Its name.
    pub village_name: String,
    /// The nominal day.
    pub nominal: String,
    /// When it is held.
    pub on: Date,
    /// Why it is held on another day, or not at all.
    pub notice: Option<String>,
    /// It was cancelled.
    pub cancelled: bool,
    /// 地点
    pub place: String,
    /// Who sits there.
    pub team: Vec<String>,
    /// Walk-ins in the order they were registered.
    pub walk_ins: Vec<WalkInView>,
    /// Open files of the village, all on this device.
    pub open: Vec<CaseRow>,
    /// 来访人次
    pub people: u32,
    /// 已答复
    pub answered: u32,
    /// 等候
    pub waiting: u32,
    /// Files opened or touched that day.
    pub touched: u32,
    /// Sessions held that day.
    pub sessions: u32,
    /// The files that the two numbers count.
    #[serde(default)]
    pub worked_on: Vec<WorkedOn>,
    /// What is only on this device yet.
    pub unsent: u32,
    /// Everything needed is on this device.
    pub ready: bool,
    /// When this device last heard from the server.
    pub as_of: Option<InstantMs>,
    /// Everything that happened on the day itself: moves, cancellations, answers.
    pub entries: Vec<EntryView>,
    /// What the person signed in may do.
    pub acts: Vec<Act>,
    /// Visit days around this one: nominal day, actual day.
    pub days: Vec<(String, Date)>,
}

/// Somebody who came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalkInView {
    /// Key of the entry.
    pub key: ItemKey,
    /// Who came.
    pub visitors: String,
    /// How many.
    pub people: u32,
    /// What about.
    pub matter: String,
    /// The file it belongs to.
    pub case_file: Option<DocumentId>,
    /// What they were told, once they were.
    pub answer: Option<String>,
    /// Who registered them.
    pub by: String,
    /// How far it has got.
    pub delivery: Delivery,
}

/// Registers a walk-in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegisterWalkIn {
    /// The village.
    pub village: OrgCode,
    /// The nominal day.
    pub nominal: String,
    /// Who came.
    pub visitors: String,
    /// How many.
    pub people: u32,
    /// What about.
    pub matter: String,
    /// The file it belongs to, if one is open.
    pub case_file: Option<DocumentId>,
}

/// It is durable on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalkInRegistered {
    /// The visit day's document.
    pub id: DocumentId,
    /// The new entry.
    pub key: ItemKey,
    /// When it was saved.
    pub saved_at: InstantMs,
}

/// Answers a walk-in, moves or cancels the day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddVisitEntry {
    /// The village.
    pub village: OrgCode,
    /// The nominal day.
    pub nominal: String,
    /// What happened.
    pub entry: Entry,
    /// The heads the form was opened on.
    pub heads: Heads,
}
