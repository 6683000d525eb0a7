//! What the server did not take (未采用): it stands here, outside of its document, until its author is done
//! with it.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::Entry;
use yidang_domain::ids::DocumentId;

use crate::case_file::OpenCaseFile;
use crate::sync::About;

/// Asks for what was not taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedQuestion {
    /// Of this document alone; absent means of all.
    pub document: Option<DocumentId>,
}

/// One thing that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// Names it on this device.
    pub id: i64,
    /// Its document, or the one that goes on instead where it was destroyed.
    pub document: DocumentId,
    /// It is the one that goes on (县级重录).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub goes_on: bool,
    /// A colleague wrote it, and only this device may still hold it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub theirs: bool,
    /// Which page shows that.
    pub about: About,
    /// The document is on this device; one whose beginning was not taken is not.
    pub is_here: bool,
    /// What it is: 走访 · 李例二.
    pub title: String,
    /// What the document is called.
    pub matter: String,
    /// The business date.
    pub on: Date,
    /// When it was saved here.
    pub saved_at: InstantMs,
    /// Everything that was typed.
    pub words: String,
    /// Why it was not taken, in a sentence.
    pub why: String,
    /// What the person said who decided so; empty where nobody did.
    pub reason: String,
    /// The form in which it can be written again; absent where there is none for it.
    pub again: Option<WriteAgain>,
}

/// What goes into a form to write something again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum WriteAgain {
    /// 记一笔
    Entry {
        /// What was written.
        entry: Box<Entry>,
    },
    /// A fact of a file.
    Fact {
        /// Which one, such as `place`.
        field: String,
        /// The value as text.
        value: String,
    },
    /// 新事
    CaseFile {
        /// What was written.
        opened: Box<OpenCaseFile>,
    },
}

/// Its author is done with something that was not taken.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DropRejected {
    /// Which, as [`RejectedRow::id`] names it.
    pub id: i64,
}
