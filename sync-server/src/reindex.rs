//! Documents whose readers change because the units do.

use std::collections::BTreeSet;

use serde_json::json;
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::OrgCode;

use crate::kinds;
use crate::register::Register;
use crate::store::{Db, DocumentRow, LogKind, StoreError};

/// Indexes every document in `org` and under it anew, after the units above it changed; gives them.
///
/// No document is touched. Each gets a record of the log of its own: pages are cut between two
/// records, so documents that shared one could fall between two pages. Whoever reads it for the first
/// time gets it whole, because it lies in their scope since that record; whoever had it before gets
/// nothing.
///
/// # Errors
///
/// [`StoreError`].
pub fn reindex_under(
    db: &Db<'_>,
    register: &Register,
    org: &OrgCode,
    now: InstantMs,
) -> Result<Vec<DocumentRow>, StoreError> {
    let mut documents = Vec::new();
    for id in db.documents_under(org.as_str())? {
        let missing = || StoreError::Damaged("the index names a document that is not there".into());
        let row = db.document(&id)?.ok_or_else(missing)?;
        let keys = keys_of(register, &row)?;
        index(db, &row, &keys, now)?;
        documents.push(row);
    }
    Ok(documents)
}

/// Indexes every document in or under `units` anew that is read elsewhere by now: these units came back into
/// a register that had lost them.
///
/// # Errors
///
/// [`StoreError`].
pub fn reindex_in(
    db: &Db<'_>,
    register: &Register,
    units: &BTreeSet<OrgCode>,
    now: InstantMs,
) -> Result<(), StoreError> {
    for row in db.documents()? {
        let org = OrgCode(row.org.clone());
        if !register.tree().upwards(&org).any(|unit| units.contains(unit)) {
            continue;
        }
        let keys = keys_of(register, &row)?;
        let wanted: BTreeSet<String> = keys.iter().cloned().collect();
        let read_in: BTreeSet<String> = db.read_in(&row.id)?.into_iter().collect();
        if wanted != read_in {
            index(db, &row, &keys, now)?;
        }
    }
    Ok(())
}

fn keys_of(register: &Register, row: &DocumentRow) -> Result<Vec<String>, StoreError> {
    let kind = kinds::kind_of(row.kind)
        .ok_or_else(|| StoreError::Damaged("a document of an unknown kind".into()))?;
    Ok(register.index_keys(kind, &OrgCode(row.org.clone())))
}

fn index(
    db: &Db<'_>,
    row: &DocumentRow,
    keys: &[String],
    now: InstantMs,
) -> Result<(), StoreError> {
    let record = json!({ "did": "reindex", "read_in": keys }).to_string();
    let seq = db.append(LogKind::Reference, &row.id, record.as_bytes(), now.0)?;
    db.index_document(&row.id, keys, seq)
}
