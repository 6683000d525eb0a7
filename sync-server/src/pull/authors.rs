//! The certificates that come with a page, so that names come together with words.

use std::collections::BTreeSet;

use prost::Message;
use yidang_sync_protocol::{SignedBatch, SignedCertificate};

use crate::store::{CertificateRow, Db, StoreError};

use super::Page;

/// Authors of a page whom the device may not know: of documents that come whole all of them, for a
/// snapshot names nobody; of batches those who were enrolled, or wrote for the first time, after what
/// the device `held`. For others it asks.
///
/// # Errors
///
/// [`StoreError`].
pub fn new(db: &Db<'_>, page: &Page, held: u64) -> Result<BTreeSet<Vec<u8>>, StoreError> {
    let mut authors = BTreeSet::new();
    let mut passed = BTreeSet::new();
    for document in &page.documents {
        if !document.snapshot.is_empty()
            && let Ok(id) = document.document.as_slice().try_into()
        {
            for (_, bytes) in db.batches_after(&id, 0)? {
                authors.extend(author(&SignedBatch::decode(bytes.as_slice())?));
            }
        }
        for id in document.batches.iter().filter_map(author) {
            if authors.contains(&id) || !passed.insert(id.clone()) {
                continue;
            }
            let Ok(name) = id.as_slice().try_into() else { continue };
            let is_new = |row: CertificateRow| {
                row.seq > held || row.first_batch_seq.is_none_or(|first| first > held)
            };
            if db.certificate(&name)?.is_some_and(is_new) {
                authors.insert(id);
            }
        }
    }
    Ok(authors)
}

fn author(batch: &SignedBatch) -> Option<Vec<u8>> {
    batch.read().ok().map(|header| header.certificate)
}

/// The certificates of these names, as far as they are here.
///
/// # Errors
///
/// [`StoreError`].
pub fn certificates(db: &Db<'_>, names: &[Vec<u8>]) -> Result<Vec<SignedCertificate>, StoreError> {
    let mut found = Vec::new();
    for name in names.iter().collect::<BTreeSet<_>>() {
        let Ok(id) = <[u8; 16]>::try_from(name.as_slice()) else { continue };
        if let Some(row) = db.certificate(&id)? {
            found.push(SignedCertificate::decode(row.bytes.as_slice())?);
        }
    }
    Ok(found)
}
