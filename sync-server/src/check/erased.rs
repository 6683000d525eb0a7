//! What was destroyed: nothing of it is left but hashes, and the list beside the database says the same.

use std::collections::BTreeSet;

use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::SignedRecord;

use super::documents::place;
use super::log::Logged;
use super::{Cure, Findings, Ground};
use crate::erase::document_of;
use crate::store::{Db, StoreError};

/// Tables that name documents. Each is empty of what was destroyed.
const TABLES: [&str; 6] =
    ["change", "document", "case_row", "household_row", "scope_index", "parked"];

/// Whether everything that was destroyed is gone, and which records are hashes because of it.
pub(super) fn check(
    ground: &Ground<'_>,
    logged: &Logged,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    for table in TABLES {
        for id in ground.db.documents_named_by(table)? {
            if ground.erased.contains_key(&id) {
                let what = format!("it was erased, and {table} names it");
                findings.find(place(id), what, Cure::Start);
            }
        }
    }
    for (id, tombstone) in &ground.erased {
        let records = logged.erased.get(tombstone).map(Vec::as_slice).unwrap_or_default();
        let seqs: Vec<String> = records.iter().map(u64::to_string).collect();
        let left = if seqs.is_empty() {
            "no record of the log was its".to_owned()
        } else {
            format!("of log {} the hashes are left", seqs.join(", "))
        };
        let id = DocumentId::from_bytes(*id);
        findings.note(format!("document {id} was erased by log {tombstone}; {left}"));
    }
    Ok(())
}

/// Compares the list of tombstones beside the database with it.
///
/// # Errors
///
/// [`StoreError`].
pub fn beside(
    db: &Db<'_>,
    noted: &[SignedRecord],
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let kept: BTreeSet<[u8; 16]> = db.erased()?.into_iter().map(|(id, _)| id).collect();
    let noted: BTreeSet<[u8; 16]> = noted.iter().filter_map(document_of).collect();
    let missing = kept.difference(&noted).count();
    if missing > 0 {
        let what = format!("{missing} of the log are not on the list beside the database");
        findings.find("tombstones", what, Cure::Start);
    }
    let more = noted.difference(&kept).count();
    if more > 0 {
        let what = format!("{more} on the list beside the database are not in the log");
        findings.find("tombstones", what, Cure::Start);
    }
    Ok(())
}
