//! What lists need of a file beyond its row, so that no list reads whole files.

use serde::{Deserialize, Serialize};
use yidang_documents::CaseProjection;
use yidang_documents::project::EntryRow;
use yidang_domain::civil::Date;
use yidang_domain::entry::{Entry, EntryKind};
use yidang_domain::ids::DocumentId;

/// The gist of a file for lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// Field and reason of the last return.
    pub returned: Option<(String, String)>,
    /// Words and date of the last agreement that names until when it is to be performed.
    pub promised: Option<(String, Date)>,
    /// The first field that people wrote differently.
    pub clash: Option<String>,
    /// Visit days on which it was mediated, once for each session.
    pub sessions: Vec<DocumentId>,
    /// Business dates on which something happened, each once.
    pub dates: Vec<Date>,
}

/// The gist of `case`.
pub fn brief(case: &CaseProjection) -> Brief {
    let last = |kind| case.entries_of(kind).last().and_then(EntryRow::entry);
    let returned = match last(EntryKind::Returned) {
        Some(Entry::Returned { field, reason, .. }) => Some((field.clone(), reason.clone())),
        _ => None,
    };
    let promised = match last(EntryKind::Agreement) {
        Some(Entry::Agreement { words, perform_by: Some(on), .. }) => Some((words.clone(), *on)),
        _ => None,
    };
    let sessions = case.entries_of(EntryKind::MediationSession);
    let mut dates: Vec<Date> =
        case.common.entries.iter().filter_map(|row| Some(row.header.as_ref()?.on)).collect();
    dates.sort_unstable();
    dates.dedup();
    Brief {
        returned,
        promised,
        clash: case.common.clashes.first().map(|clash| clash.field.clone()),
        sessions: sessions
            .filter_map(|row| match row.entry() {
                Some(Entry::MediationSession { visit_day, .. }) => *visit_day,
                _ => None,
            })
            .collect(),
        dates,
    }
}
