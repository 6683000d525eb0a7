//! 并案: two files about one matter. Both say so, in one action; one stands, the other points to it.

use yidang_api::Fault;
use yidang_api::case_file::{CaseFilesJoined, JoinCaseFile, JoinView};
use yidang_api::list::CaseRow;
use yidang_documents::{CaseProjection, Edit, Projection};
use yidang_domain::entry::{Entry, EntryKind};
use yidang_domain::ids::DocumentId;
use yidang_domain::rights::Act;

use super::Answering;
use super::cases::{must, saw};
use super::write::Intent;
use crate::device::OpenDesk;
use crate::store::ReadCases;

/// Joins `case` into `into`: both documents in one transaction.
pub fn join(desk: &mut Answering<'_>, question: &JoinCaseFile) -> Result<CaseFilesJoined, Fault> {
    let JoinCaseFile { case, into, reason, heads } = question;
    let act = Act::Add(EntryKind::Joined);
    if case == into {
        return Err(Fault::invalid("into", "it is the same file"));
    }
    if reason.trim().is_empty() {
        return Err(Fault::invalid("reason", "missing"));
    }
    must(desk, *case, act)?;
    must(desk, *into, act)?;
    let saw = saw(desk, *case, heads)?;
    let joined = |with: DocumentId, stands: bool, seen: Option<Vec<String>>| {
        let entry = Entry::Joined { seen, with, stands, reason: reason.clone() };
        vec![Edit::AddEntry(entry)]
    };
    let today = desk.device.today();
    let intent = |id: DocumentId, edits: Vec<Edit>, drafts: Vec<String>| Intent {
        id,
        begin: None,
        edits,
        heads: None,
        on: today,
        action: EntryKind::Joined.label().to_owned(),
        words: reason.clone(),
        drafts,
    };
    let intents = [
        intent(*into, joined(*case, true, None), Vec::new()),
        intent(*case, joined(*into, false, saw), vec![form_of(*case)]),
    ];
    let id = *into;
    desk.save_all(&intents, |_, saved| CaseFilesJoined { id, saved_at: saved.saved_at })
}

/// The form of the question, whose draft is done with once it is answered.
fn form_of(case: DocumentId) -> String {
    format!("case-{case}-join")
}

/// The files that `case` was joined with. That another one joined it counts as long as that one says so too:
/// whoever was opened again stands by itself.
pub fn of(desk: &mut OpenDesk, case: &CaseProjection) -> Result<Vec<JoinView>, Fault> {
    let mut views = Vec::new();
    for row in case.entries_of(EntryKind::Joined) {
        let Some(Entry::Joined { with, stands, reason, .. }) = row.entry() else { continue };
        let is_ours = if *stands {
            stands_for(desk, case.common.id, *with)?
        } else {
            case.joined_into == Some(*with)
        };
        if !is_ours || views.iter().any(|view: &JoinView| view.id == *with) {
            continue;
        }
        let other = desk.store.case_row(*with)?.map(|stored| stored.row);
        let number = |row: &CaseRow| {
            if row.number.is_empty() { row.short.clone() } else { row.number.clone() }
        };
        views.push(JoinView {
            id: *with,
            number: other.as_ref().map(number).unwrap_or_default(),
            matter: other.map(|row| row.matter).unwrap_or_default(),
            stands: !stands,
            on: row.header.as_ref().map(|header| header.on),
            reason: reason.clone(),
        });
    }
    Ok(views)
}

/// Whether `id` stands in the place of `other`, as far as this device can tell.
fn stands_for(desk: &mut OpenDesk, id: DocumentId, other: DocumentId) -> Result<bool, Fault> {
    match desk.projection(other)? {
        Some(Projection::CaseFile(other)) => Ok(other.joined_into == Some(id)),
        _ => Ok(true),
    }
}
