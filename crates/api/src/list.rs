//! Lists of case files and the queues of a reviewer.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::facts::Risk;
use yidang_domain::ids::{DocumentId, OrgCode};

pub use yidang_domain::case_state::Stage;

/// What a list shows of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRow {
    /// Its identifier.
    pub id: DocumentId,
    /// The official number, or empty (待编号).
    pub number: String,
    /// Four characters that stand in for a number that is missing.
    pub short: String,
    /// One sentence.
    pub matter: String,
    /// Parties' names.
    pub parties: Vec<String>,
    /// Code of the category.
    pub category: String,
    /// The category's word.
    pub category_label: String,
    /// How pressing.
    pub risk: Risk,
    /// Where it happened, in words.
    pub place: String,
    /// 网格
    pub grid: OrgCode,
    /// Name of the village, with its township where this device knows another one of that name.
    pub village: String,
    /// Name of the township.
    pub township: String,
    /// 环节
    pub stage: Stage,
    /// Two decisions stand against each other (待定).
    pub pending: bool,
    /// When something is due next.
    pub due: Option<DueView>,
    /// How many registers need deciding.
    pub clashes: u32,
    /// How many entries arrived after a decision that did not see them (决定之后到达).
    pub late: u32,
    /// How many changes since this person last looked.
    pub unseen: u32,
    /// This person has never opened it.
    pub never_looked: bool,
    /// It was sent back and mended since.
    pub answered: bool,
    /// Some of it waits on this device.
    pub waiting: u32,
    /// Who found it.
    pub finder: String,
    /// Newest business date.
    pub last_on: Date,
    /// When the newest change was written, by its device's clock.
    pub last_at: InstantMs,
}

/// When something is due, and how near that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueView {
    /// The day.
    pub on: Date,
    /// Days left; negative when it is over.
    pub days: i64,
    /// How near.
    pub light: Light,
}

/// A deadline's light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// 还有时间
    InTime,
    /// 今天或明天
    Near,
    /// 逾期
    Late,
}

impl DueView {
    /// How near `on` is, seen from `today`.
    #[must_use]
    pub fn new(on: Date, today: Date) -> Self {
        let days = yidang_domain::civil::days_between(today, on);
        let light = match days {
            ..0 => Light::Late,
            0..=1 => Light::Near,
            _ => Light::InTime,
        };
        Self { on, days, light }
    }
}

/// A named selection of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// 全部
    All,
    /// 待受理
    ToAccept,
    /// 有变化
    Changed,
    /// 退回待补
    Returned,
    /// 待审核销号
    ToClose,
    /// 今日到期
    DueToday,
    /// 逾期
    Overdue,
    /// 冲突待定
    Clashing,
    /// 决定之后到达
    Late,
    /// 未销号
    Open,
    /// 在办: accepted and in work
    InWork,
    /// 已销号
    Closed,
}

impl Queue {
    /// In the order of a reviewer's rail.
    pub const ALL: [Self; 12] = [
        Self::All,
        Self::ToAccept,
        Self::Changed,
        Self::Returned,
        Self::ToClose,
        Self::DueToday,
        Self::Overdue,
        Self::Clashing,
        Self::Late,
        Self::Open,
        Self::InWork,
        Self::Closed,
    ];

    /// The word on screens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "全部",
            Self::ToAccept => "待受理",
            Self::Changed => "有变化",
            Self::Returned => "退回待补",
            Self::ToClose => "待审核销号",
            Self::DueToday => "今日到期",
            Self::Overdue => "逾期",
            Self::Clashing => "冲突待定",
            Self::Late => "决定之后到达",
            Self::Open => "未销号",
            Self::InWork => "在办",
            Self::Closed => "已销号",
        }
    }
}

/// Asks for files. Filters combine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListCaseFiles {
    /// The queue.
    pub queue: Queue,
    /// Only under this unit.
    pub org: Option<OrgCode>,
    /// Only this category: four digits, or two for a class.
    pub category: Option<String>,
    /// Only this risk.
    pub risk: Option<Risk>,
    /// Only files found on or after this day.
    #[serde(default)]
    pub found_from: Option<Date>,
    /// Only files closed on or after this day.
    #[serde(default)]
    pub closed_from: Option<Date>,
    /// Words, names, number tails; empty for all.
    pub text: String,
    /// How many rows to pass over.
    pub offset: u32,
    /// How many rows at most.
    pub limit: u32,
}

impl ListCaseFiles {
    /// All of a queue, one screen long.
    #[must_use]
    pub fn of(queue: Queue) -> Self {
        Self {
            queue,
            org: None,
            category: None,
            risk: None,
            found_from: None,
            closed_from: None,
            text: String::new(),
            offset: 0,
            limit: 200,
        }
    }
}

/// Files that fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListView {
    /// How many fit in all.
    pub total: u32,
    /// Name of the unit that was asked about, for the chip of that filter; absent where none was.
    #[serde(default)]
    pub unit: Option<String>,
    /// The rows asked for.
    pub rows: Vec<CaseRow>,
}

/// Asks for the queues.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct QueuesQuestion {}

/// The queues with their counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuesView {
    /// In the order of [`Queue::ALL`].
    pub counts: Vec<(Queue, u32)>,
}

impl QueuesView {
    /// The count of `queue`.
    #[must_use]
    pub fn count(&self, queue: Queue) -> u32 {
        self.counts.iter().find(|(name, _)| *name == queue).map_or(0, |(_, count)| *count)
    }
}

/// Asks for files that may be about the same matter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SimilarCaseFiles {
    /// The sentence as typed so far.
    pub matter: String,
    /// Names of parties as typed so far.
    pub parties: Vec<String>,
}

/// Asks for a list as a spreadsheet (台账).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportRegister {
    /// The files; offset and limit do not matter.
    pub list: ListCaseFiles,
}
