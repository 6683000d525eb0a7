//! Every sentence that several pages say, so that they all say it the same way.

mod date;
mod fault;
mod sync;

pub use date::{
    clock, date_word, day, due_words, moment, moment_on, month_day, week_letter, weekday,
    weekday_short,
};
pub use fault::{FaultWords, fault_words};
pub use sync::{SyncTone, SyncWords, hand_back, opening_words, sync_words};

use yidang_api::case_file::Delivery;
use yidang_api::list::CaseRow;
use yidang_domain::entry::EntryKind;

/// How far something has got. The words are never merged.
#[must_use]
pub const fn delivery_words(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Saved => "已存本机",
        Delivery::Received => "已送达",
        Delivery::Accepted => "已采纳",
        Delivery::Refused => "未采用",
    }
}

/// The number of a file, or what is printed while it is missing.
#[must_use]
pub fn number_words(row: &CaseRow) -> String {
    if row.number.is_empty() { format!("待编号 {}", row.short) } else { row.number.clone() }
}

/// Whom a file is about: 王样一、李例二, or a word where nobody was named yet.
#[must_use]
pub fn who_words(parties: &[String]) -> String {
    if parties.is_empty() { "当事人待补".to_owned() } else { parties.join("、") }
}

/// The icon that stands for a kind of entry.
#[must_use]
pub const fn entry_icon(kind: Option<EntryKind>) -> &'static str {
    match kind {
        Some(EntryKind::Visit) => "foot",
        Some(EntryKind::Returned) => "back",
        Some(EntryKind::Closed | EntryKind::CloseAsked) => "stamp",
        Some(EntryKind::Accepted) => "check",
        Some(EntryKind::MediationSession) => "talk",
        Some(EntryKind::Agreement) => "sign",
        _ => "file",
    }
}
