//! Entries: one thing that happened, written once and never changed.

use serde::{Deserialize, Serialize};

use crate::civil::Date;
use crate::facts::Source;
use crate::ids::{DeviceId, DocumentId, ItemKey, OrgCode, UserId};

/// Which kind of document this is. The word stands in its first change and never moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// 一事一档
    CaseFile,
    /// 户
    Household,
    /// 驻村坐诊
    VisitDay,
}

impl DocumentKind {
    /// Every kind of this version.
    pub const ALL: [Self; 3] = [Self::CaseFile, Self::Household, Self::VisitDay];

    /// The word in the document.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CaseFile => "case_file",
            Self::Household => "household",
            Self::VisitDay => "visit_day",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The word on screens and papers.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::CaseFile => "案件",
            Self::Household => "户",
            Self::VisitDay => "驻村坐诊",
        }
    }
}

/// What every entry carries, whatever happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryHeader {
    /// The business date: when it happened, not when it was typed.
    pub on: Date,
    /// Who wrote it.
    pub by: UserId,
    /// For which unit they acted.
    pub org: OrgCode,
    /// On which device.
    pub device: DeviceId,
}

/// What one of the five speakers said (五说解疙瘩).
///
/// 人民调解法 第20条: relatives, neighbours and experts join only with the parties' consent, which
/// stands once in the session.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Saying {
    /// Who spoke.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub speaker: String,
    /// What they are to the parties.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub relation: String,
    /// The gist of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub words: String,
}

impl Saying {
    /// Whether nothing was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.speaker.is_empty() && self.relation.is_empty() && self.words.is_empty()
    }
}

/// 五说解疙瘩: five voices in one session, each of them optional.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FiveSayings {
    /// 群众说清事
    #[serde(skip_serializing_if = "Saying::is_empty")]
    pub neighbours: Saying,
    /// 能人说明理
    #[serde(skip_serializing_if = "Saying::is_empty")]
    pub able: Saying,
    /// 法官说透法
    #[serde(skip_serializing_if = "Saying::is_empty")]
    pub judge: Saying,
    /// 亲朋说近情
    #[serde(skip_serializing_if = "Saying::is_empty")]
    pub kin: Saying,
    /// 长辈说通教
    #[serde(skip_serializing_if = "Saying::is_empty")]
    pub elders: Saying,
}

impl FiveSayings {
    /// Who speaks and to what end, in the order of the saying.
    pub const LABELS: [(&'static str, &'static str); 5] = [
        ("群众", "说清事"),
        ("能人", "说明理"),
        ("法官", "说透法"),
        ("亲朋", "说近情"),
        ("长辈", "说通教"),
    ];

    /// The five in the order of [`Self::LABELS`].
    #[must_use]
    pub const fn in_order(&self) -> [&Saying; 5] {
        [&self.neighbours, &self.able, &self.judge, &self.kin, &self.elders]
    }

    /// Whether nobody spoke.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.in_order().iter().all(|saying| saying.is_empty())
    }
}

/// How an agreement was made (人民调解法 第28条, 第29条).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgreementForm {
    /// 口头协议
    Oral,
    /// 书面协议
    Written,
}

/// The heads of a document that somebody saw when deciding, as hexadecimal hashes.
///
/// Absent where they are the dependencies of the very change, which is the ordinary case.
pub type Seen = Option<Vec<String>>;

/// One thing that happened.
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::large_enum_variant, reason = "entries are handled one by one, never in bulk")
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// 发现
    Found {
        /// How it came to light.
        source: Source,
    },
    /// 受理
    Accepted {
        /// The state that was judged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Seen,
        /// Until when it is to be settled (化解时限).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_on: Option<Date>,
    },
    /// 退回
    Returned {
        /// The state that was judged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Seen,
        /// The one field that is to be mended.
        field: String,
        /// Why, and how to mend it.
        reason: String,
    },
    /// 走访
    Visit {
        /// What was seen and heard.
        words: String,
    },
    /// 调解
    MediationSession {
        /// Where.
        place: String,
        /// What was said and where it stands.
        words: String,
        /// The parties agreed that others join (人民调解法 第20条).
        consent: bool,
        /// Open to others; the parties choose (人民调解法 第23条).
        #[serde(default)]
        open: bool,
        /// 五说
        #[serde(default, skip_serializing_if = "FiveSayings::is_empty")]
        five: FiveSayings,
        /// The visit day it took place on, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visit_day: Option<DocumentId>,
    },
    /// 达成协议
    Agreement {
        /// Oral or written.
        form: AgreementForm,
        /// What was agreed.
        words: String,
        /// Until when it is to be performed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        perform_by: Option<Date>,
    },
    /// 申请销号
    CloseAsked {
        /// Why it is done.
        words: String,
    },
    /// 销号
    Closed {
        /// The state that was judged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Seen,
        /// What the reviewer says.
        words: String,
    },
    /// 重开
    Reopened {
        /// The state that was judged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Seen,
        /// Why.
        reason: String,
    },
    /// 并案: two files are about one matter. Written into both of them in one action: one stands, the
    /// other is closed by it and points to the one that stands.
    Joined {
        /// The state that was judged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Seen,
        /// The other file.
        with: DocumentId,
        /// Whether this is the file that stands.
        stands: bool,
        /// Why.
        reason: String,
    },
    /// 定值: somebody decided between values that several people had written.
    ConflictResolved {
        /// Path of the register, or `stage` for concurrent decisions.
        field: String,
        /// Every value that stood there, as text.
        values: Vec<String>,
        /// The one that stands now.
        chosen: String,
    },
    /// 编号: issued by the county's server only.
    NumberIssued {
        /// The number as printed.
        number: String,
    },
    /// 县级重录: this document goes on from one that was destroyed by order. By the county's server only, in
    /// the first change; what it kept stands beside it as it was written.
    Succeeds {
        /// The document that was destroyed.
        predecessor: DocumentId,
        /// Its heads, as hexadecimal hashes.
        heads: Vec<String>,
        /// 依据: number and date of the order.
        basis: String,
    },
    /// 来访
    WalkIn {
        /// Who came.
        visitors: String,
        /// How many came (人次).
        people: u32,
        /// What about.
        matter: String,
        /// The case file it belongs to, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case_file: Option<DocumentId>,
    },
    /// 答复来访
    WalkInAnswered {
        /// The walk-in it answers.
        walk_in: ItemKey,
        /// What they were told.
        words: String,
        /// The case file that came of it, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case_file: Option<DocumentId>,
    },
    /// 坐诊改期
    DayMoved {
        /// The new day.
        to: Date,
        /// Why; it is told to the village.
        reason: String,
    },
    /// 坐诊取消
    DayCancelled {
        /// Why; it is told to the village.
        reason: String,
    },
    /// 入户
    HouseholdSeen {
        /// What was seen and heard.
        words: String,
    },
    /// 迁格: the household lives in another grid; the same change writes that grid.
    HouseholdMoved {
        /// The grid it moves to.
        to: OrgCode,
        /// Why: 搬家, 网格调整.
        reason: String,
    },
    /// 分户: members left for a household of their own.
    HouseholdSplit {
        /// The new household.
        into: DocumentId,
        /// Why.
        reason: String,
    },
    /// 并户: it lives on in another household and leaves the lists.
    HouseholdMerged {
        /// The household that it joined.
        into: DocumentId,
        /// Why.
        reason: String,
    },
    /// 导入: the values of this change come out of a spreadsheet.
    Imported {
        /// The spreadsheet: 户籍表.xlsx.
        from: String,
    },
}

/// Makes the enum and its list out of one, so that no kind is ever missing in [`EntryKind::ALL`]: what
/// is proved of all of them at compile time (`rights::TABLE`) is proved of every one.
macro_rules! entry_kinds {
    ($( $(#[$said:meta])* $kind:ident, )*) => {
        /// The kind of an entry without its content: what rights and folds speak of.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum EntryKind {
            $( $(#[$said])* $kind, )*
        }

        impl EntryKind {
            /// Every kind of this version, in the order of the enum.
            pub const ALL: [Self; [$( stringify!($kind) ),*].len()] = [$( Self::$kind ),*];
        }
    };
}

entry_kinds! {
    /// 发现
    Found,
    /// 受理
    Accepted,
    /// 退回
    Returned,
    /// 走访
    Visit,
    /// 调解
    MediationSession,
    /// 达成协议
    Agreement,
    /// 申请销号
    CloseAsked,
    /// 销号
    Closed,
    /// 重开
    Reopened,
    /// 并案
    Joined,
    /// 定值
    ConflictResolved,
    /// 编号
    NumberIssued,
    /// 县级重录
    Succeeds,
    /// 来访
    WalkIn,
    /// 答复来访
    WalkInAnswered,
    /// 坐诊改期
    DayMoved,
    /// 坐诊取消
    DayCancelled,
    /// 入户
    HouseholdSeen,
    /// 迁格
    HouseholdMoved,
    /// 分户
    HouseholdSplit,
    /// 并户
    HouseholdMerged,
    /// 导入
    Imported,
}

impl EntryKind {
    /// The word in the document.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Accepted => "accepted",
            Self::Returned => "returned",
            Self::Visit => "visit",
            Self::MediationSession => "mediation_session",
            Self::Agreement => "agreement",
            Self::CloseAsked => "close_asked",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Joined => "joined",
            Self::ConflictResolved => "conflict_resolved",
            Self::NumberIssued => "number_issued",
            Self::Succeeds => "succeeds",
            Self::WalkIn => "walk_in",
            Self::WalkInAnswered => "walk_in_answered",
            Self::DayMoved => "day_moved",
            Self::DayCancelled => "day_cancelled",
            Self::HouseholdSeen => "household_seen",
            Self::HouseholdMoved => "household_moved",
            Self::HouseholdSplit => "household_split",
            Self::HouseholdMerged => "household_merged",
            Self::Imported => "imported",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The word on screens and papers.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Found => "发现",
            Self::Accepted => "受理",
            Self::Returned => "退回",
            Self::Visit => "走访",
            Self::MediationSession => "调解",
            Self::Agreement => "达成协议",
            Self::CloseAsked => "申请销号",
            Self::Closed => "销号",
            Self::Reopened => "重开",
            Self::Joined => "并案",
            Self::ConflictResolved => "定值",
            Self::NumberIssued => "编号",
            Self::Succeeds => "县级重录",
            Self::WalkIn => "来访",
            Self::WalkInAnswered => "答复来访",
            Self::DayMoved => "坐诊改期",
            Self::DayCancelled => "坐诊取消",
            Self::HouseholdSeen => "入户",
            Self::HouseholdMoved => "迁格",
            Self::HouseholdSplit => "分户",
            Self::HouseholdMerged => "并户",
            Self::Imported => "导入",
        }
    }

    /// The version of the schema that brought it.
    #[must_use]
    pub const fn since(self) -> u32 {
        match self {
            Self::Joined => 2,
            Self::Succeeds => 3,
            _ => 1,
        }
    }

    /// In which kind of document it may stand; conflicts are settled and documents go on in all of them.
    #[must_use]
    pub const fn home(self) -> Option<DocumentKind> {
        match self {
            Self::ConflictResolved | Self::Succeeds => None,
            Self::WalkIn | Self::WalkInAnswered | Self::DayMoved | Self::DayCancelled => {
                Some(DocumentKind::VisitDay)
            }
            Self::HouseholdSeen
            | Self::HouseholdMoved
            | Self::HouseholdSplit
            | Self::HouseholdMerged
            | Self::Imported => Some(DocumentKind::Household),
            _ => Some(DocumentKind::CaseFile),
        }
    }

    /// Whether it decides about the state of a file and so records what its author saw.
    #[must_use]
    pub const fn is_decision(self) -> bool {
        matches!(
            self,
            Self::Accepted | Self::Returned | Self::Closed | Self::Reopened | Self::Joined
        )
    }
}

impl Entry {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> EntryKind {
        match self {
            Self::Found { .. } => EntryKind::Found,
            Self::Accepted { .. } => EntryKind::Accepted,
            Self::Returned { .. } => EntryKind::Returned,
            Self::Visit { .. } => EntryKind::Visit,
            Self::MediationSession { .. } => EntryKind::MediationSession,
            Self::Agreement { .. } => EntryKind::Agreement,
            Self::CloseAsked { .. } => EntryKind::CloseAsked,
            Self::Closed { .. } => EntryKind::Closed,
            Self::Reopened { .. } => EntryKind::Reopened,
            Self::Joined { .. } => EntryKind::Joined,
            Self::ConflictResolved { .. } => EntryKind::ConflictResolved,
            Self::NumberIssued { .. } => EntryKind::NumberIssued,
            Self::Succeeds { .. } => EntryKind::Succeeds,
            Self::WalkIn { .. } => EntryKind::WalkIn,
            Self::WalkInAnswered { .. } => EntryKind::WalkInAnswered,
            Self::DayMoved { .. } => EntryKind::DayMoved,
            Self::DayCancelled { .. } => EntryKind::DayCancelled,
            Self::HouseholdSeen { .. } => EntryKind::HouseholdSeen,
            Self::HouseholdMoved { .. } => EntryKind::HouseholdMoved,
            Self::HouseholdSplit { .. } => EntryKind::HouseholdSplit,
            Self::HouseholdMerged { .. } => EntryKind::HouseholdMerged,
            Self::Imported { .. } => EntryKind::Imported,
        }
    }

    /// Whether it decides about the state of its file. The file that stands after a joining goes on as it was.
    #[must_use]
    pub const fn decides(&self) -> bool {
        self.kind().is_decision() && !matches!(self, Self::Joined { stands: true, .. })
    }

    /// The heads its author saw, where they are not the change's own dependencies.
    #[must_use]
    pub const fn seen(&self) -> Option<&Vec<String>> {
        match self {
            Self::Accepted { seen, .. }
            | Self::Returned { seen, .. }
            | Self::Closed { seen, .. }
            | Self::Reopened { seen, .. }
            | Self::Joined { seen, .. } => seen.as_ref(),
            _ => None,
        }
    }

    /// The same, for whoever writes it anew.
    pub const fn seen_mut(&mut self) -> Option<&mut Vec<String>> {
        match self {
            Self::Accepted { seen, .. }
            | Self::Returned { seen, .. }
            | Self::Closed { seen, .. }
            | Self::Reopened { seen, .. }
            | Self::Joined { seen, .. } => seen.as_mut(),
            _ => None,
        }
    }

    /// What it says in one line, for lists and timelines.
    #[must_use]
    pub fn gist(&self) -> String {
        match self {
            Self::Found { source } => source.label().to_owned(),
            Self::Accepted { due_on: Some(due), .. } => {
                format!("化解时限 {}月{}日", due.month(), due.day())
            }
            Self::Accepted { due_on: None, .. } => String::new(),
            Self::Returned { field, reason, .. } => {
                format!("{}：{reason}", crate::labels::label_of(field))
            }
            Self::Visit { words }
            | Self::CloseAsked { words }
            | Self::Closed { words, .. }
            | Self::HouseholdSeen { words }
            | Self::WalkInAnswered { words, .. }
            | Self::MediationSession { words, .. } => words.clone(),
            Self::Agreement { form, words, .. } => match form {
                AgreementForm::Oral => format!("口头协议：{words}"),
                AgreementForm::Written => format!("书面协议：{words}"),
            },
            Self::Reopened { reason, .. }
            | Self::Joined { reason, .. }
            | Self::HouseholdMoved { reason, .. }
            | Self::HouseholdSplit { reason, .. }
            | Self::HouseholdMerged { reason, .. }
            | Self::DayCancelled { reason } => reason.clone(),
            Self::DayMoved { to, reason } => {
                format!("改到{}月{}日：{reason}", to.month(), to.day())
            }
            // The identifier of a household says nothing to anybody.
            Self::ConflictResolved { field, .. } if field.ends_with(".household") => {
                format!("{}：已定", crate::labels::label_of(field))
            }
            Self::ConflictResolved { field, chosen, .. } => {
                format!("{}：采用 {chosen}", crate::labels::label_of(field))
            }
            Self::NumberIssued { number } => number.clone(),
            Self::Succeeds { basis, .. } => format!("依据：{basis}"),
            Self::Imported { from } => from.clone(),
            Self::WalkIn { visitors, matter, .. } => format!("{visitors}：{matter}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_word_and_finds_itself_again() {
        for kind in EntryKind::ALL {
            assert_eq!(EntryKind::from_name(kind.name()), Some(kind));
            assert!(!kind.label().is_empty());
        }
    }

    #[test]
    fn the_word_in_the_document_is_the_word_of_the_kind() {
        let entry = Entry::DayCancelled { reason: "大雪封路".into() };
        let json = serde_json::to_value(&entry).unwrap();
        assert_eq!(json["kind"], entry.kind().name());
    }
}
