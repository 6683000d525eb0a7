//! 我的: what is on this device, and practice without consequences.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::{Date, InstantMs};

/// Asks what is on this device.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DeviceQuestion {}

/// What is on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceView {
    /// What this device is called.
    pub device_name: String,
    /// Files held.
    pub files: u32,
    /// Households held.
    pub households: u32,
    /// Members of them.
    pub members: u32,
    /// Visit days held.
    pub visit_days: u32,
    /// Drafts that wait.
    pub drafts: u32,
    /// What is only on this device yet.
    pub unsent: u32,
    /// Size of the database in bytes.
    pub bytes: u64,
    /// When everything was last fetched.
    pub as_of: Option<InstantMs>,
    /// Assignments of the person signed in: 网格员 · 下盘石村第7网格, since when, until when.
    pub posts: Vec<PostRow>,
    /// Who runs this (主办单位); empty where the county has not written it yet.
    pub host: String,
    /// Its filing number (备案编号); empty likewise.
    pub filing: String,
    /// Whom to call (咨询电话); empty likewise.
    #[serde(default)]
    pub phone: String,
}

/// One assignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostRow {
    /// In which role and where.
    pub text: String,
    /// Since when.
    pub from: Date,
    /// Until when; open when absent.
    pub to: Option<Date>,
}

/// Hands in a complaint or a suggestion. It is kept on the device until the server has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Complain {
    /// What about.
    pub about: ComplaintKind,
    /// In one's own words.
    pub words: String,
    /// How to answer; may be empty.
    pub contact: String,
}

/// What a complaint is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComplaintKind {
    /// 个人信息
    Privacy,
    /// 负担过重
    Burden,
    /// 功能不好用
    Usage,
    /// 其他
    Other,
}

impl ComplaintKind {
    /// In the order of the form.
    pub const ALL: [Self; 4] = [Self::Privacy, Self::Burden, Self::Usage, Self::Other];

    /// The word on screens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Privacy => "个人信息",
            Self::Burden => "负担过重",
            Self::Usage => "功能不好用",
            Self::Other => "其他",
        }
    }
}

/// Asks for the complaints handed in on this device.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ComplaintsQuestion {}

/// One complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplaintRow {
    /// What about.
    pub about: ComplaintKind,
    /// In one's own words.
    pub words: String,
    /// When it was written.
    pub at: InstantMs,
    /// The number under which the county keeps it, once it has it.
    pub number: Option<u64>,
}

/// Brings a complaint to the county; asked by the device itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TakeComplaint {
    /// What about.
    pub about: ComplaintKind,
    /// In one's own words.
    pub words: String,
    /// How to answer; may be empty.
    pub contact: String,
    /// When it was written.
    pub at: InstantMs,
}

/// The county has a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplaintTaken {
    /// The number under which it is kept.
    pub number: u64,
}
