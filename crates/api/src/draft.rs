//! Drafts: what was typed and not yet saved, kept on this device alone.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::InstantMs;

/// Keeps what stands in a form.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SaveDraft {
    /// Which form, such as `new` or `entry/<case id>`.
    pub form: String,
    /// What stands in it, as the form itself writes it.
    pub content: String,
}

/// Asks for what stood in a form.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DraftQuestion {
    /// Which form.
    pub form: String,
}

/// What stood in a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftView {
    /// As the form itself wrote it.
    pub content: String,
    /// When it was kept.
    pub saved_at: InstantMs,
}

/// Throws a draft away.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DropDraft {
    /// Which form.
    pub form: String,
}
