//! The signed batches of documents that went out as snapshots, without their changes: the device
//! holds those.

use prost::Message;
use yidang_documents::guard;
use yidang_sync_protocol::{BatchProof, DocumentProofs, SignedBatch};

use crate::county::County;
use crate::register::Scope;
use crate::store::{Db, StoreError};

/// Proofs of so many documents in one reply.
const MOST_DOCUMENTS: usize = 256;
/// Bytes of proofs in one reply, unless one document alone has more.
const MOST_BYTES: usize = 512 << 10;

/// The proofs of those `wanted` documents that lie in `scope`, as many as fit; the device asks again
/// for the others. Of a document that is not here or not in the scope there are none, and that is said
/// too, so that nobody asks for ever.
///
/// # Errors
///
/// [`StoreError`].
pub fn of(
    db: &Db<'_>,
    county: &County,
    scope: &Scope,
    wanted: &[Vec<u8>],
) -> Result<Vec<DocumentProofs>, StoreError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let epoch = db.county()?.epoch;
    let mut proofs = Vec::new();
    let mut bytes = 0;
    for id in wanted.iter().take(MOST_DOCUMENTS) {
        let Ok(document) = <[u8; 16]>::try_from(id.as_slice()) else { continue };
        let of_one = if db.is_in_scope(&scope.keys, &document)? {
            of_document(db, county, epoch, &document)?
        } else {
            DocumentProofs { document: document.to_vec(), ..DocumentProofs::default() }
        };
        bytes += of_one.encoded_len();
        if bytes > MOST_BYTES && !proofs.is_empty() {
            break;
        }
        proofs.push(of_one);
    }
    Ok(proofs)
}

fn of_document(
    db: &Db<'_>,
    county: &County,
    epoch: [u8; 16],
    document: &[u8; 16],
) -> Result<DocumentProofs, StoreError> {
    let (mut batches, mut names) = (Vec::new(), Vec::new());
    for (seq, record) in db.batches_after(document, 0)? {
        let batch = SignedBatch::decode(record.as_slice())?;
        let name = batch.id();
        if let Some(proof) = proof(batch, seq) {
            batches.push(proof);
            names.push(name);
        }
    }
    let mut proofs =
        DocumentProofs { document: document.to_vec(), batches, ..DocumentProofs::default() };
    proofs.place(&county.seed, epoch, &names);
    Ok(proofs)
}

/// A batch without its changes: they follow one another in the actor's order.
fn proof(batch: SignedBatch, seq: u64) -> Option<BatchProof> {
    let first = guard::scan(batch.changes.first()?).ok()?;
    let actor = first.actor.clone();
    let changes = u32::try_from(batch.changes.len()).ok()?;
    let (header, signature) = (batch.header, batch.signature);
    Some(BatchProof { header, signature, actor, first: first.seq, changes, seq })
}
