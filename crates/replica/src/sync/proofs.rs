//! The signed batches of documents that came as snapshots. They follow in the background; with them
//! a document can be given back to a server that lost it, and handed on.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use yidang_api::Fault;
use yidang_documents::Document;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::{BatchHeader, BatchProof, Certificate, DocumentProofs, SignedBatch};

use super::{lock, make_room};
use crate::device::{Device, OpenDesk};
use crate::people::note_actor;
use crate::seams::Outside;
use crate::store::{Proofs, ReadState, StoreError, StoredBatch};

/// Proofs of so many documents are asked for at once.
pub const AT_ONCE: u32 = 64;

/// Takes proofs, one document after the other.
pub async fn absorb<O: Outside>(
    device: &Arc<Mutex<Device>>,
    outside: &O,
    seat: u64,
    proofs: &[DocumentProofs],
) -> Result<(), Fault> {
    for of_one in proofs {
        let Ok(id) = of_one.document.as_slice().try_into() else { continue };
        make_room();
        take(lock(device).desk_of(seat)?, DocumentId::from_bytes(id), &of_one.batches)?;
        outside.breathe().await;
    }
    Ok(())
}

/// The changes of a document by actor and sequence number.
type Changes = BTreeMap<(Vec<u8>, u64), ([u8; 32], Vec<u8>)>;

/// Keeps the proofs of one document that hold, and splits its snapshot into raw changes.
fn take(desk: &mut OpenDesk, id: DocumentId, batches: &[BatchProof]) -> Result<(), Fault> {
    let document = desk.document(id)?;
    let changes = changes(&document);
    let mut unproved = changes.len();
    let mut proved = Vec::new();
    for proof in batches {
        let Some((batch, hashes)) = whole(proof, &changes) else { continue };
        let Some(header) = signed_header(desk, &batch)? else { continue };
        unproved = unproved.saturating_sub(hashes.len());
        let stored = StoredBatch {
            id: batch.id().to_vec(),
            document: id,
            header: batch.header,
            signature: batch.signature,
            hashes,
        };
        proved.push((stored, &proof.actor, header));
    }
    // The first change is nobody's: it follows from kind, id and home.
    let proofs = if unproved <= 1 { Proofs::Whole } else { Proofs::Partial };
    desk.store.write(|write| -> Result<(), StoreError> {
        write.split_snapshot(&document)?;
        for (batch, actor, header) in &proved {
            write.put_batch(batch, false)?;
            note_actor(write, actor, header)?;
        }
        write.set_proofs(id, proofs)
    })?;
    Ok(())
}

fn changes(document: &Document) -> Changes {
    document
        .changes_since(&[])
        .into_iter()
        .filter_map(|(hash, bytes)| {
            let outline = yidang_documents::guard::scan(&bytes).ok()?;
            Some(((outline.actor.clone(), outline.seq), (hash, bytes)))
        })
        .collect()
}

/// The batch with its changes, if they are all here.
fn whole(proof: &BatchProof, changes: &Changes) -> Option<(SignedBatch, Vec<[u8; 32]>)> {
    let count = u64::from(proof.changes);
    let end = proof.first.checked_add(count)?;
    if count > yidang_sync_protocol::batch::MOST_CHANGES as u64 {
        return None;
    }
    let mut hashes = Vec::new();
    let mut bytes = Vec::new();
    for seq in proof.first..end {
        let (hash, change) = changes.get(&(proof.actor.clone(), seq))?;
        hashes.push(*hash);
        bytes.push(change.clone());
    }
    let (header, signature) = (proof.header.clone(), proof.signature.clone());
    Some((SignedBatch { header, signature, changes: bytes }, hashes))
}

/// The header of a batch, if the author's own key signed it with these very changes.
fn signed_header(desk: &OpenDesk, batch: &SignedBatch) -> Result<Option<BatchHeader>, StoreError> {
    use prost::Message;
    let Ok(header) = batch.read() else { return Ok(None) };
    let Some((bytes, _)) = desk.store.certificate(&header.certificate)? else { return Ok(None) };
    let key = Certificate::decode(bytes.as_slice()).ok().and_then(|found| found.key());
    Ok(key.and_then(|key| batch.open(&key).ok()))
}
