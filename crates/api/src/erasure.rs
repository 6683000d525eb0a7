//! What is destroyed by order (依法删除): one administrator asks for it, another one confirms it. Answered by the
//! server.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::DocumentId;

/// Asks for what waits to be confirmed, and for what was erased.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ErasuresQuestion {}

/// Both lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasuresView {
    /// Asked for and not confirmed, the oldest first.
    pub waiting: Vec<ErasureRow>,
    /// Erased, the newest first, a hundred at most.
    pub erased: Vec<ErasedRow>,
}

/// A document that somebody wants to have destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureRow {
    /// The document.
    pub document: DocumentId,
    /// Its kind.
    pub kind: DocumentKind,
    /// Where it lies: 张家滩镇 · 下盘石村 · 第7网格.
    pub place: String,
    /// 依据
    pub basis: String,
    /// What is cut out of the document that goes on instead; where it is empty, none does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// Who asks for it.
    pub by: String,
    /// Since when.
    pub at: InstantMs,
    /// Whoever reads this asked for it: another one has to confirm it.
    pub own: bool,
}

/// A document that was destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedRow {
    /// The document.
    pub document: DocumentId,
    /// The day, as it was signed: 2026-11-20.
    pub on: String,
    /// 依据
    pub basis: String,
    /// The document that goes on from it, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<DocumentId>,
    /// So many devices have not confirmed it yet.
    pub unconfirmed: u32,
}

/// Asks to have a document destroyed. Whoever asked first is named.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskErasure {
    /// Its identifier, as somebody copied it out of an address.
    pub document: String,
    /// Number and date of the order, between 1 and 200 characters; everybody reads it.
    pub basis: String,
    /// What has to vanish, while the rest is recorded again in a document of its own (县级重录): at most 20 words or
    /// sentences of 2 to 200 characters. Where there is none, all of the document vanishes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
}

/// Destroys a document that another administrator asked to have destroyed, or takes back that anybody asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SettleErasure {
    /// The document.
    pub document: DocumentId,
    /// Whether it is destroyed.
    pub confirm: bool,
}
