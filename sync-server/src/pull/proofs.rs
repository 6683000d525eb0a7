//! The signed batches of documents that went out as snapshots, without their changes: the device
//! holds those.

use prost::Message;
use yidang_documents::guard;
use yidang_sync_protocol::{BatchProof, DocumentProofs, SignedBatch};

use crate::register::Scope;
use crate::store::{Db, StoreError};

/// Proofs of so many documents in one reply.
const MOST_DOCUMENTS: usize = 256;
/// Bytes of proofs in one reply, unless one document alone has more.
const MOST_BYTES: usize = 512 << 10;

/// The proofs of those `wanted` documents that lie in `scope`, as many as fit; the device asks again
/// for the others.
///
/// # Errors
///
/// [`StoreError`].
pub fn of(
    db: &Db<'_>,
    scope: &Scope,
    wanted: &[Vec<u8>],
) -> Result<Vec<DocumentProofs>, StoreError> {
    let mut proofs = Vec::new();
    let mut bytes = 0;
    for id in wanted.iter().take(MOST_DOCUMENTS) {
        let Ok(document) = <[u8; 16]>::try_from(id.as_slice()) else { continue };
        if !db.is_in_scope(&scope.keys, &document)? {
            continue;
        }
        let of_one = of_document(db, &document)?;
        bytes += of_one.encoded_len();
        if bytes > MOST_BYTES && !proofs.is_empty() {
            break;
        }
        proofs.push(of_one);
    }
    Ok(proofs)
}

fn of_document(db: &Db<'_>, document: &[u8; 16]) -> Result<DocumentProofs, StoreError> {
    let mut batches = Vec::new();
    for (_, record) in db.batches_after(document, 0)? {
        let batch = SignedBatch::decode(record.as_slice())?;
        batches.extend(proof(batch));
    }
    Ok(DocumentProofs { document: document.to_vec(), batches })
}

/// A batch without its changes: they follow one another in the actor's order.
fn proof(batch: SignedBatch) -> Option<BatchProof> {
    let first = guard::scan(batch.changes.first()?).ok()?;
    let actor = first.actor.clone();
    let changes = u32::try_from(batch.changes.len()).ok()?;
    let (header, signature) = (batch.header, batch.signature);
    Some(BatchProof { header, signature, actor, first: first.seq, changes })
}
