//! Documents whose readers change because the units do.

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
        let kind = kinds::kind_of(row.kind)
            .ok_or_else(|| StoreError::Damaged("a document of an unknown kind".into()))?;
        let keys = register.index_keys(kind, &OrgCode(row.org.clone()));
        let record = json!({ "did": "reindex", "read_in": keys }).to_string();
        let seq = db.append(LogKind::Reference, &id, record.as_bytes(), now.0)?;
        db.index_document(&id, &keys, seq)?;
        documents.push(row);
    }
    Ok(documents)
}
