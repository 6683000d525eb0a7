//! What waits on this device, what needs a person, what happened.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::{DocumentId, OrgCode};

use crate::rejected::RejectedRow;

/// Asks how things stand.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SyncQuestion {}

/// Exchanges with the server until nothing is left, or until it fails.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SyncNow {}

/// How things stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncView {
    /// The one word for it.
    pub state: SyncState,
    /// How many entries and edits are only on this device.
    pub waiting: u32,
    /// When everything of this person was last acknowledged.
    pub done_at: Option<InstantMs>,
    /// When the server was last reached.
    pub reached_at: Option<InstantMs>,
    /// What came and went then.
    pub last_received: u32,
    /// What went then.
    pub last_sent: u32,
    /// Progress of an exchange under way: done, of all.
    pub progress: Option<(u32, u32)>,
    /// How many entries and edits of colleagues came by hand and wait here for the county.
    #[serde(default)]
    pub carried: u32,
    /// Of how many documents the signatures are still on their way; the words are here.
    #[serde(default)]
    pub to_prove: u32,
    /// What the first exchange of this desk has brought; absent once everything was fetched.
    #[serde(default)]
    pub first: Option<FirstCome>,
    /// What waits, in the order it will be sent.
    pub outbox: Vec<OutboxRow>,
    /// What needs a person.
    pub needs: Vec<NeedRow>,
    /// What happened, newest first.
    pub log: Vec<LogRow>,
}

/// What the first exchange has brought so far, over several starts where it was cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstCome {
    /// Bytes that came over the line, packed as they were.
    pub bytes: u64,
    /// Files, households and visit days that are here.
    pub documents: u32,
    /// How many there were when it began, as the server counted them; zero where it did not say.
    pub expected: u32,
}

/// The one word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// Never tried since the start.
    Idle,
    /// Under way.
    Syncing,
    /// 已全部同步
    Done,
    /// 离线
    Offline,
    /// 服务器忙
    Busy,
    /// The server refuses this device; `needs` says why.
    Stopped,
}

/// Something that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The document it belongs to.
    pub document: DocumentId,
    /// Which page shows it.
    #[serde(default)]
    pub about: About,
    /// What it is: 走访 · 李例二.
    pub title: String,
    /// The matter of the file, the head of the household, the village of the visit day.
    pub matter: String,
    /// When it was saved here.
    pub saved_at: InstantMs,
}

/// Something that needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedRow {
    /// Of which kind.
    pub kind: NeedKind,
    /// The document.
    pub document: DocumentId,
    /// Which page shows it.
    #[serde(default)]
    pub about: About,
    /// What it is: 李例二的电话，两人改得不一样.
    pub title: String,
    /// The matter, and who is concerned.
    pub detail: String,
    /// What somebody wrote and the server did not take, in full.
    pub words: String,
    /// All of it, where it is something that the server did not take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<Box<RejectedRow>>,
}

/// Of which kind the document of a row is, and what its page is found by beside its identifier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum About {
    /// 案件
    #[default]
    CaseFile,
    /// 户
    Household,
    /// 驻村坐诊
    VisitDay {
        /// The village.
        village: OrgCode,
        /// The nominal day, such as `2026-11-30`; empty where it could not be told.
        nominal: String,
    },
}

impl About {
    /// The kind alone.
    #[must_use]
    pub const fn kind(&self) -> DocumentKind {
        match self {
            Self::CaseFile => DocumentKind::CaseFile,
            Self::Household => DocumentKind::Household,
            Self::VisitDay { .. } => DocumentKind::VisitDay,
        }
    }
}

/// Kinds of things that need a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedKind {
    /// Two people wrote different values.
    Clash,
    /// A file was sent back.
    Returned,
    /// The server did not take something.
    Refused,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    /// When.
    pub at: InstantMs,
    /// Of which kind.
    pub kind: LogKind,
    /// What, in Chinese.
    pub text: String,
}

/// Kinds of things that happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogKind {
    /// All went well.
    Done,
    /// No network.
    Offline,
    /// Something failed.
    Failed,
    /// A clash came in.
    Clash,
}
