//! The signed batches of documents that came as snapshots. They follow in the background; with them
//! a document can be given back to a server that lost it, and handed on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use yidang_api::Fault;
use yidang_documents::{ChangeHash, Document};
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::{
    BatchHeader, BatchProof, Certificate, DocumentProofs, SignedBatch, SyncReply,
};

use super::places::Placed;
use super::{lock, make_room};
use crate::device::{Device, OpenDesk};
use crate::people::note_actor;
use crate::seams::Outside;
use crate::store::{Proofs, ReadDocuments, ReadState, StoreError, StoredBatch, Write};

/// Proofs of so many documents are asked for at once.
pub const AT_ONCE: u32 = 64;

/// Takes proofs, one document after the other.
pub async fn absorb<O: Outside>(
    device: &Arc<Mutex<Device>>,
    outside: &O,
    seat: u64,
    reply: &SyncReply,
) -> Result<(), Fault> {
    for of_one in &reply.proofs {
        let Ok(id) = of_one.document.as_slice().try_into() else { continue };
        make_room();
        {
            let mut device = lock(device);
            let desk = device.desk_of(seat)?;
            let epoch = reply.epoch(&desk.account.county_key).unwrap_or_default();
            take(desk, DocumentId::from_bytes(id), of_one, epoch, reply.more)?;
        }
        outside.breathe().await;
    }
    Ok(())
}

/// The changes of a document by actor and sequence number.
type Changes = BTreeMap<(Vec<u8>, u64), ([u8; 32], Vec<u8>)>;

/// Keeps the proofs of one document that hold, with the places that the county tells of them, and splits
/// its snapshot into raw changes.
fn take(
    desk: &mut OpenDesk,
    id: DocumentId,
    of_one: &DocumentProofs,
    epoch: [u8; 16],
    more: bool,
) -> Result<(), Fault> {
    // Left the ring while its proofs were on their way.
    if desk.store.stored(id)?.is_none() {
        return Ok(());
    }
    let Some(document) = desk.sound_document(id)? else { return Ok(()) };
    let changes = changes(&document);
    let (mut proved, mut names, mut strangers) = (Vec::new(), Vec::new(), Vec::new());
    for proof in &of_one.batches {
        let Some((batch, hashes)) = whole(proof, &changes) else { continue };
        names.push(batch.id());
        let Some(header) = signed_header(desk, &batch)? else {
            strangers.extend(batch.read().ok().map(|header| header.certificate));
            continue;
        };
        let stored = StoredBatch {
            id: batch.id().to_vec(),
            document: id,
            header: batch.header,
            signature: batch.signature,
            hashes,
        };
        proved.push((stored, &proof.actor, header));
    }
    // Places that the county did not sign are as good as none; the batches hold by themselves.
    let places = of_one.places(&desk.account.county_key, epoch, &names).unwrap_or_default();
    desk.store.write(|write| -> Result<(), StoreError> {
        let placed = Placed::keep(write, &places)?;
        for (batch, actor, header) in &proved {
            write.put_batch(batch, false)?;
            note_actor(write, actor, header)?;
            if let Some(place) = placed.batch(&batch.id) {
                write.place_batch(&batch.id, place)?;
            }
        }
        strangers.iter().try_for_each(|id| write.want_certificate(id))?;
        let proofs = if names.len() == of_one.batches.len() && is_whole(write, id, &changes)? {
            Proofs::Whole
        } else if more {
            // What it was made on comes with a later page.
            Proofs::Wanted
        } else {
            Proofs::Partial
        };
        write.set_proofs(id, proofs)?;
        write.set_heads(&document)?;
        write.split_snapshot(&document)
    })?;
    Ok(())
}

/// Whether every change of a document is in a batch, or is one's own and waits to be signed. The first
/// change is nobody's: it follows from kind, id and home.
fn is_whole(write: &Write<'_>, id: DocumentId, changes: &Changes) -> Result<bool, StoreError> {
    let mut covered: BTreeSet<ChangeHash> = write.proved(id)?.into_iter().collect();
    covered.extend(write.unsigned_of(id)?);
    let unproved = changes.values().filter(|(hash, _)| !covered.contains(hash)).count();
    Ok(unproved <= 1)
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
