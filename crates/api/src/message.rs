//! 消息: what came from above and from others, about one's own files.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::DocumentId;

/// Asks for messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagesQuestion {
    /// How many rows to pass over.
    pub offset: u32,
    /// How many rows at most; zero means a hundred.
    pub limit: u32,
}

/// Messages, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagesView {
    /// Those the person signed in has not seen.
    pub unread: u32,
    /// How many there are in all.
    pub total: u32,
    /// The rows asked for.
    pub rows: Vec<MessageRow>,
}

/// One message: an entry of somebody else in a file one wrote in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRow {
    /// The file.
    pub case: DocumentId,
    /// What happened: 受理, 退回, 销号, 编号 …
    pub label: String,
    /// In one line.
    pub text: String,
    /// The matter it is about.
    pub matter: String,
    /// Who wrote it.
    pub by: String,
    /// What they are.
    pub post: String,
    /// When, by their clock.
    pub at: InstantMs,
    /// It wants an answer: a return, a clash.
    pub asks: bool,
    /// The person signed in has not opened the file since.
    pub unread: bool,
}

/// Says that every message was seen.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct MarkMessagesRead {}
