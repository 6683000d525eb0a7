//! A document with everything that proves it, for somebody who has nothing of ours
//! (docs/decisions/0024, `yidang_sync_protocol::bundle`).

use std::collections::{BTreeMap, BTreeSet};

use prost::Message;
use yidang_api::{Fault, FaultCode};
use yidang_documents::{ChangeHash, Document, genesis, guard};
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::{
    AttestedSnapshot, Bundle, PlacedBatch, Record, SignedBatch, SignedCertificate,
    SignedCheckpoint, SignedRecord, bundle,
};

use super::places::Shown;
use super::request::{authors_of, kind_number, signed_batch};
use crate::device::OpenDesk;
use crate::store::{Proofs, ReadDocuments, ReadOutbox, ReadPlaces, ReadState, StoreError};

/// So many checkpoints go along, newest first.
const CHECKPOINTS: u32 = 16;

/// The bundle of a document, listed and signed by whoever sits here.
///
/// Every change in it needs its author's signature and the county's word that it was taken. Where the county
/// has no signature of a part, its save stands for that; where only this device lacks something, the next
/// exchange brings it.
///
/// # Errors
///
/// `not_proven`: something was not handed in yet, or proofs are still to come.
pub fn of(desk: &mut OpenDesk, id: DocumentId, now: InstantMs) -> Result<Bundle, Fault> {
    let document = desk.document(id)?;
    let Gathered { batches, places, unproved } = gather(desk, &document)?;
    let save = attesting(desk, id, &unproved)?;
    if !unproved.is_empty() && save.is_none() {
        // What is one's own goes with the next exchange; proofs of anything else come again with it.
        let own = desk.store.outbox_of(id)?;
        let is_own = |hash: &ChangeHash| own.iter().any(|item| item.hash == *hash);
        if !unproved.iter().all(is_own) {
            desk.store.write(|write| write.set_proofs(id, Proofs::Wanted))?;
        }
        let detail = format!("{} changes are not proven here", unproved.len());
        return Err(Fault::new(FaultCode::NotProven, detail));
    }
    let certificates = certificates(desk, id, &batches, save.is_some())?;
    let mut bundle = Bundle {
        version: bundle::VERSION,
        county_key: desk.account.county_key.clone(),
        document: id.as_bytes().to_vec(),
        kind: kind_number(document.kind()),
        home: document.home().as_str().to_owned(),
        records: records(desk, id, &batches, &certificates)?,
        batches,
        certificates,
        places,
        checkpoints: desk
            .store
            .checkpoints(CHECKPOINTS)?
            .iter()
            .filter_map(|bytes| SignedCheckpoint::decode(bytes.as_slice()).ok())
            .collect(),
        save,
        county: desk.certificate.county.clone(),
        ..Bundle::default()
    };
    let seed = desk.account.signing_seed();
    bundle.sign(&document.heads(), &desk.certificate_id, now.0, &seed);
    Ok(bundle)
}

/// What is here of a document with signatures.
struct Gathered {
    /// Batches that the county took, each behind those it was made on.
    batches: Vec<SignedBatch>,
    /// Where it took them.
    places: Vec<PlacedBatch>,
    /// Changes that are in none of them.
    unproved: Vec<ChangeHash>,
}

fn gather(desk: &OpenDesk, document: &Document) -> Result<Gathered, Fault> {
    let mut order = BTreeMap::new();
    for (position, (hash, bytes)) in document.changes_since(&[]).into_iter().enumerate() {
        // The first change is nobody's: it follows from kind, identifier and home.
        if guard::scan(&bytes).is_ok_and(|outline| outline.actor != genesis::ACTOR) {
            order.insert(hash, position);
        }
    }
    let mut stored = desk.store.batches_of(document.id())?;
    // What the county does not take leaves the document; its batch may still be here.
    stored.retain(|batch| batch.hashes.iter().all(|hash| order.contains_key(hash)));
    stored.sort_by_key(|batch| batch.hashes.iter().filter_map(|hash| order.get(hash)).min());
    let mut shown = Shown::of(&desk.store);
    let (mut batches, mut places) = (Vec::new(), Vec::new());
    for batch in &stored {
        let Some(place) = shown.batch(batches.len(), &batch.id)? else { continue };
        let Some(signed) = signed_batch(desk, batch)? else { continue };
        batches.push(signed);
        places.push(place);
        for hash in &batch.hashes {
            order.remove(hash);
        }
    }
    Ok(Gathered { batches, places, unproved: order.into_keys().collect() })
}

/// The county's save, where it attests changes of which the county itself has no batches.
fn attesting(
    desk: &OpenDesk,
    id: DocumentId,
    unproved: &[ChangeHash],
) -> Result<Option<AttestedSnapshot>, StoreError> {
    if unproved.is_empty() || desk.store.proofs(id)? != Some(Proofs::Partial) {
        return Ok(None);
    }
    let Some(save) = Shown::of(&desk.store).save(id)? else { return Ok(None) };
    let whole = Document::from_saved(&save.save)?;
    Ok(unproved.iter().all(|hash| whole.has(hash)).then_some(save))
}

/// The certificates of the authors and of whoever exports it.
fn certificates(
    desk: &mut OpenDesk,
    id: DocumentId,
    batches: &[SignedBatch],
    by_save: bool,
) -> Result<Vec<SignedCertificate>, Fault> {
    let headers = batches.iter().filter_map(|batch| batch.read().ok());
    let mut ids: BTreeSet<Vec<u8>> = headers.map(|header| header.certificate).collect();
    ids.insert(desk.certificate_id.to_vec());
    let mut certificates = Vec::with_capacity(ids.len());
    for name in &ids {
        let Some((certificate, signature)) = desk.store.certificate(name)? else {
            desk.store.write(|write| write.want_certificate(name))?;
            let detail = "the certificate of an author is not here";
            return Err(Fault::new(FaultCode::NotProven, detail));
        };
        certificates.push(SignedCertificate { certificate, signature });
    }
    if by_save {
        let others = authors_of(desk, &[id], &certificates)?;
        certificates.extend(others);
    }
    Ok(certificates)
}

/// What the county said about the document, its batches, and whose certificates go along.
fn records(
    desk: &OpenDesk,
    id: DocumentId,
    batches: &[SignedBatch],
    certificates: &[SignedCertificate],
) -> Result<Vec<SignedRecord>, StoreError> {
    let mut subjects: BTreeSet<Vec<u8>> = BTreeSet::from([id.as_bytes().to_vec()]);
    subjects.extend(batches.iter().map(|batch| batch.id().to_vec()));
    subjects.extend(certificates.iter().map(|signed| signed.id().to_vec()));
    let mut records = desk.store.records()?;
    records.retain(|signed| {
        Record::decode(signed.record.as_slice())
            .is_ok_and(|record| subjects.contains(&record.subject))
    });
    Ok(records)
}
