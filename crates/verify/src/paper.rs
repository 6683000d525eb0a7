//! A printed page against the bundle of its file.

use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::{Bundle, PaperHead};

use crate::batches::Author;
use crate::contents::Subject;
use crate::finding::{Finding, Tampering};
use crate::rebuild::{self, Rebuilt};

/// What a page shows of the file in a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnPaper {
    /// The file as it is in the bundle.
    All,
    /// The file as it was when the county had taken this much of it; so many changes came since.
    Until {
        /// The place of the log.
        seq: u64,
        /// How many changes the page does not know.
        later: usize,
    },
}

/// What a page with this line under its code shows.
pub fn compare(
    head: &PaperHead,
    bundle: &Bundle,
    subject: &Subject,
    authors: &[Author],
    rebuilt: &Rebuilt,
) -> Result<OnPaper, Finding> {
    if DocumentId::from_bytes(head.document) != subject.id {
        return Err(Finding::new(Tampering::Paper, "是另一件的"));
    }
    if PaperHead::of_heads(&rebuilt.document.heads()) == head.heads {
        return Ok(OnPaper::All);
    }
    // The county took things in one order: what it had taken when the page was printed is a whole.
    let then = rebuild::until(bundle, subject, authors, head.seq).ok();
    match then.filter(|then| PaperHead::of_heads(&then.document.heads()) == head.heads) {
        Some(then) => Ok(OnPaper::Until {
            seq: head.seq,
            later: rebuilt.taken.len().saturating_sub(then.taken.len()),
        }),
        None => Err(Finding::new(Tampering::Paper, "这件档案没有过纸上那样的状态")),
    }
}
