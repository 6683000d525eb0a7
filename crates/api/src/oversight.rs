//! What the county reads about its own work: complaints and what became of them, and who looked at
//! whom outside their own ring. Answered by the server; nothing of it is kept on the device.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::InstantMs;

use crate::device::ComplaintKind;

/// Asks for the complaints that the county holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct HeldComplaintsQuestion {
    /// Only those that nobody has answered.
    pub waiting: bool,
    /// How many rows to pass over.
    pub offset: u32,
    /// How many rows at most; zero means fifty.
    pub limit: u32,
}

/// Complaints, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldComplaintsView {
    /// How many there are in all.
    pub total: u32,
    /// How many of them nobody has answered.
    pub waiting: u32,
    /// The rows asked for.
    pub rows: Vec<HeldComplaint>,
}

/// One complaint as the county holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldComplaint {
    /// Under which number.
    pub number: u64,
    /// What about.
    pub about: ComplaintKind,
    /// In their own words.
    pub words: String,
    /// How to answer; may be empty.
    pub contact: String,
    /// Who handed it in.
    pub name: String,
    /// What they were that day: 网格员 · 张家滩镇 · 下盘石村; empty where they had no post.
    pub post: String,
    /// When it was written, by their clock.
    pub written_at: InstantMs,
    /// When the county got it.
    pub taken_at: InstantMs,
    /// What became of it; nothing yet where absent.
    pub handled: Option<Handled>,
}

/// What became of a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handled {
    /// In a few words.
    pub words: String,
    /// Who said so.
    pub name: String,
    /// What they were that day; empty where they had no post.
    pub post: String,
    /// When.
    pub at: InstantMs,
}

/// Says once what became of a complaint. Whoever handed it in reads it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HandleComplaint {
    /// Which.
    pub number: u64,
    /// In a few words: between 1 and 500 characters.
    pub words: String,
}

/// Asks what became of one's own complaints.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ComplaintAnswersQuestion {}

/// What became of one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplaintAnswer {
    /// Under which number the county keeps it.
    pub number: u64,
    /// What became of it.
    pub handled: Handled,
}

/// Asks who looked at whom outside their own ring.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LooksQuestion {
    /// How many rows to pass over.
    pub offset: u32,
    /// How many rows at most; zero means fifty.
    pub limit: u32,
}

/// Looks, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LooksView {
    /// How many there are in all.
    pub total: u32,
    /// The rows asked for.
    pub rows: Vec<LookRow>,
}

/// One look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookRow {
    /// When.
    pub at: InstantMs,
    /// Who looked.
    pub name: String,
    /// What they were that day; empty where they had no post.
    pub post: String,
    /// What they asked: 看一户, 查人查户, 查花名册. What they typed is not told on.
    pub asked: String,
    /// What for, in their own words; empty where nobody is asked for it.
    pub purpose: String,
    /// Where the household lies, if it was one: 张家滩镇 · 下盘石村 · 第7网格 3-01. Empty
    /// otherwise; never a name.
    pub household: String,
}
