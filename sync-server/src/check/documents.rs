//! Documents: each is what its records of the log make of it.

use std::collections::BTreeSet;

use yidang_documents::{guard, project};
use yidang_domain::ids::DocumentId;

use super::log::{Came, Logged, LoggedDocument};
use super::numbers::Said;
use super::{Cure, Findings, Ground, lists};
use crate::judge::{own, shelf};
use crate::store::{DocumentRow, StoreError};

/// Checks every document with its lines in lists, one after the other, and writes down what they say
/// about numbers.
pub(super) fn check(
    ground: &Ground<'_>,
    logged: &Logged,
    said: &mut Said,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let rows = ground.db.documents()?;
    let imported = ground.db.imported_heads()?;
    for row in &rows {
        findings.documents += 1;
        let place = place(row.id);
        match logged.documents.get(&row.id).filter(|known| known.last_batch > 0) {
            None => findings.find(&place, "no record of the log explains it", Cure::Restore),
            Some(known) => {
                check_changes(ground, row, known, findings)?;
                if known.last_batch != row.last_seq {
                    let what = format!(
                        "its last record is {}, its row says {}",
                        known.last_batch, row.last_seq
                    );
                    findings.find(&place, what, Cure::Restore);
                }
            }
        }
        let document = match shelf::load(ground.db, row) {
            Ok(document) => document,
            Err(error) => {
                findings.find(&place, error, Cure::Restore);
                continue;
            }
        };
        let projection = project(&document);
        if projection.common().heads.len() != row.heads.len() {
            findings.find(&place, "projects with other heads", Cure::Restore);
        }
        if own::lies_in(&projection).as_str() != row.org {
            findings.find(&place, "lies in another unit than its row says", Cure::Rebuild);
        }
        let heads = imported.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        if heads.iter().any(|head| !document.has(head)) {
            let what = "the last spreadsheet stands on changes that are not in it";
            findings.find(&place, what, Cure::Restore);
        }
        lists::check(ground, row, logged, &projection, findings)?;
        said.read(row.id, &projection);
    }
    check_strays(ground, logged, &rows, findings)
}

/// `document 01890c5e-…`: how a document is named in findings.
pub(super) fn place(id: [u8; 16]) -> String {
    format!("document {}", DocumentId::from_bytes(id))
}

/// What the log and the changes name and what is no document.
fn check_strays(
    ground: &Ground<'_>,
    logged: &Logged,
    rows: &[DocumentRow],
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let known: BTreeSet<[u8; 16]> = rows.iter().map(|row| row.id).collect();
    for (id, document) in &logged.documents {
        if !known.contains(id) && !ground.erased.contains_key(id) {
            let place = format!("log {}", document.last_record);
            let what = format!("its {} is not there", self::place(*id));
            findings.find(place, what, Cure::Restore);
        }
    }
    for id in ground.db.documents_of_changes()? {
        if !known.contains(&id) {
            findings.find(place(id), "has changes and is not there", Cure::Restore);
        }
    }
    Ok(())
}

/// The changes that are kept are those of the log, each where the log has it.
fn check_changes(
    ground: &Ground<'_>,
    row: &DocumentRow,
    known: &LoggedDocument,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let place = place(row.id);
    let mut found = BTreeSet::new();
    for change in ground.db.stored_changes(&row.id)? {
        let outline = guard::scan(&change.bytes).ok();
        if outline.is_none_or(|outline| outline.hash != change.hash) {
            findings.find(&place, "a change has another hash", Cure::Restore);
            continue;
        }
        found.insert(change.hash);
        let Some(came) = known.changes.get(&change.hash) else {
            let what = format!("a change without a batch, kept under log {}", change.log_seq);
            findings.find(&place, what, Cure::Restore);
            continue;
        };
        let kept = Came {
            seq: change.log_seq,
            position: change.position,
            actor: change.actor.to_vec(),
            seq_of_actor: change.seq_of_actor,
        };
        if kept != *came {
            let what = format!("a change of log {} is kept as that of another place", came.seq);
            findings.find(&place, what, Cure::Restore);
        }
    }
    for (hash, came) in &known.changes {
        if !found.contains(hash) {
            let what = format!("a change of log {} is missing", came.seq);
            findings.find(&place, what, Cure::Restore);
        }
    }
    Ok(())
}
