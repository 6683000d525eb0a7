//! What a case file states: its facts and its parties, and what each field may hold.

use serde::{Deserialize, Serialize};

/// How much a matter needs watching ("缓急"), one to four as the county's table has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Risk {
    /// 重点
    Key = 1,
    /// 关注
    Watch = 2,
    /// 一般
    Ordinary = 3,
    /// 隐患
    Latent = 4,
}

/// A risk outside one to four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("risk {0} is not between 1 and 4")]
pub struct RiskError(pub u8);

impl From<Risk> for u8 {
    fn from(risk: Risk) -> Self {
        risk as Self
    }
}

impl TryFrom<u8> for Risk {
    type Error = RiskError;

    fn try_from(number: u8) -> Result<Self, RiskError> {
        match number {
            1 => Ok(Self::Key),
            2 => Ok(Self::Watch),
            3 => Ok(Self::Ordinary),
            4 => Ok(Self::Latent),
            other => Err(RiskError(other)),
        }
    }
}

impl Risk {
    /// From most to least pressing.
    pub const ALL: [Self; 4] = [Self::Key, Self::Watch, Self::Ordinary, Self::Latent];

    /// The word on screens and papers.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Key => "重点",
            Self::Watch => "关注",
            Self::Ordinary => "一般",
            Self::Latent => "隐患",
        }
    }
}

/// How the matter came to light ("怎么知道"). Codes of domain table 2.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Source {
    /// 网格排查
    #[serde(rename = "01")]
    Sweep,
    /// 驻村坐诊
    #[serde(rename = "02")]
    VisitDay,
    /// 中心窗口来访
    #[serde(rename = "03")]
    Counter,
    /// 群众电话/扫码
    #[serde(rename = "04")]
    Caller,
    /// 12345热线
    #[serde(rename = "05")]
    Hotline,
    /// 信访转办
    #[serde(rename = "06")]
    Petition,
    /// 其他
    #[serde(rename = "99")]
    Other,
}

impl Source {
    /// In the order a grid worker meets them.
    pub const ALL: [Self; 7] = [
        Self::Sweep,
        Self::VisitDay,
        Self::Counter,
        Self::Caller,
        Self::Hotline,
        Self::Petition,
        Self::Other,
    ];

    /// The code that is stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sweep => "01",
            Self::VisitDay => "02",
            Self::Counter => "03",
            Self::Caller => "04",
            Self::Hotline => "05",
            Self::Petition => "06",
            Self::Other => "99",
        }
    }

    /// The source with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.code() == code)
    }

    /// The word on screens and papers.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sweep => "网格排查",
            Self::VisitDay => "驻村坐诊",
            Self::Counter => "窗口来访",
            Self::Caller => "群众电话",
            Self::Hotline => "12345热线",
            Self::Petition => "信访转办",
            Self::Other => "其他",
        }
    }
}

/// Which side of the quarrel a party stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// 甲方
    A,
    /// 乙方
    B,
    /// 其他关系人
    Other,
}

impl Side {
    /// The word on screens and papers.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::A => "甲方",
            Self::B => "乙方",
            Self::Other => "关系人",
        }
    }
}

/// What kind of value a register holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// Free text of at most this many characters.
    Text(usize),
    /// A whole number between these ends.
    Number(i64, i64),
    /// A civil date, `2026-11-20`.
    Date,
    /// Yes or no.
    Flag,
    /// A code out of a table; at most this many characters.
    Code(usize),
}

/// One register of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The key in the document.
    pub name: &'static str,
    /// The word on screens and papers.
    pub label: &'static str,
    /// What it holds.
    pub kind: ValueKind,
}

const fn field(name: &'static str, label: &'static str, kind: ValueKind) -> Field {
    Field { name, label, kind }
}

/// The registers of `facts` of a case file.
pub const CASE_FACTS: &[Field] = &[
    field("matter", "一句话", ValueKind::Text(200)),
    field("category", "类别", ValueKind::Code(4)),
    field("place", "地点", ValueKind::Text(120)),
    field("grid", "网格", ValueKind::Code(20)),
    field("occurred_on", "发生日期", ValueKind::Date),
    field("risk", "缓急", ValueKind::Number(1, 4)),
    field("people", "涉及人数", ValueKind::Number(1, 10_000)),
    field("source", "怎么知道", ValueKind::Code(2)),
    field("source_no", "来源编号", ValueKind::Text(40)),
    field("unpaid_migrant_wages", "欠薪", ValueKind::Flag),
    field("online_purchase", "网购", ValueKind::Flag),
];

/// The registers of each item of `parties`.
pub const PARTY_FIELDS: &[Field] = &[
    field("name", "姓名", ValueKind::Text(40)),
    field("side", "哪一方", ValueKind::Code(8)),
    field("phone", "联系电话", ValueKind::Text(20)),
    field("household", "户", ValueKind::Code(36)),
    field("guardian", "监护人", ValueKind::Text(40)),
    field("consent", "同意调解", ValueKind::Flag),
    field("refused", "明确拒绝", ValueKind::Flag),
    field("withdrawn", "登记有误", ValueKind::Flag),
];
