//! What waits at the server for a person (待复核): answered by the server, for administrators.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::DocumentId;

/// Asks for the batches that wait for a person.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ReviewsQuestion {
    /// How many rows to pass over.
    pub offset: u32,
    /// How many rows at most; zero means fifty.
    pub limit: u32,
}

/// Batches that wait for a person, the longest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewsView {
    /// How many there are in all.
    pub total: u32,
    /// The rows asked for.
    pub rows: Vec<ReviewRow>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRow {
    /// Its name, in hexadecimal.
    pub batch: String,
    /// The document it writes into.
    pub document: DocumentId,
    /// Of which kind that is.
    pub kind: DocumentKind,
    /// Where it lies, or was born where nobody knows it: 张家滩镇 · 下盘石村 · 第7网格.
    pub place: String,
    /// Who wrote it, as their certificate says.
    pub name: String,
    /// What they were when it was issued.
    pub post: String,
    /// On which of their devices.
    pub device: String,
    /// Since when it waits here.
    pub since: InstantMs,
    /// Why a person is asked: a word of `docs/refusals.md`.
    pub rule: String,
    /// The entries it brings, in order, and then every value that it writes beside them.
    pub entries: Vec<ReviewEntry>,
    /// It brings entries, and values that can be put back without them ([`SettleReview::undo`]).
    #[serde(default)]
    pub may_undo: bool,
    /// So many of its changes cannot be read yet, because what they were made on is not here.
    pub unread: u32,
}

/// An entry or a value that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewEntry {
    /// The word for its kind: 走访, 写地点.
    pub label: String,
    /// The day it is about.
    pub on: Date,
    /// What it says.
    pub words: String,
}

/// Admits a batch that waits, byte for byte as it was signed, or declines it. What somebody answered once
/// is not asked again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SettleReview {
    /// Its name, in hexadecimal.
    pub batch: String,
    /// Whether it goes into the file.
    pub admit: bool,
    /// Only its entries count: the values it writes beside them are put back to what stood there before.
    /// What a file began with stays.
    #[serde(default)]
    pub undo: bool,
    /// Why, for its author: between 1 and 200 characters.
    pub reason: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewSettled {
    /// In one word.
    pub outcome: ReviewOutcome,
}

/// What became of a batch that was admitted or declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewOutcome {
    /// It stands in the file.
    Taken,
    /// It stands in the file, and values it wrote were put back.
    Undone,
    /// It is admitted and goes into the file as soon as what it was made on is there.
    Waits,
    /// It was declined; its author keeps the words and reads the reason.
    Declined,
    /// It was admitted and breaks a rule that nobody may break.
    Refused,
}
