//! What to send.

use std::collections::BTreeSet;

use prost::Message;
use yidang_api::Fault;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::batch::{MOST_ACT_DOCUMENTS, MOST_CHANGES};
use yidang_sync_protocol::trouble::app_number;
use yidang_sync_protocol::{
    AskRequest, AttestedSnapshot, BatchHeader, Cursor, RecordName, SignedAsk, SignedBatch,
    SignedCertificate, SignedCursor, SignedRequest, SyncRequest, frame,
};

use super::places::Shown;
use super::proofs::AT_ONCE;
use crate::boundary::Boundary;
use crate::device::{Device, OpenDesk};
use crate::store::{
    PendingBatch, ReadDocuments, ReadOutbox, ReadPlaces, ReadState, Stood, Store, StoreError,
    StoredBatch, Write,
};

/// Batches in one request; the next one takes the rest. Few enough that a slow server answers before
/// the request counts as lost, so that every request gets somewhere.
const MOST_BATCHES: usize = 32;
/// Bytes of changes in one request, well below what the server takes.
const MOST_PUSH_BYTES: usize = 256 * 1024;
/// Under which stands that this device was told what the county says itself.
pub const TOLD: &str = "records_told";
/// Under which stands the ticket of this person, with which colleagues give them files by hand.
pub const TICKET: &str = "ticket";
/// Under which stands that another one is to be asked for.
pub const TICKET_IS_OLD: &str = "ticket_is_old";
/// Records of the county in one request.
const MOST_RECORDS: u32 = 100;
/// Saves of documents in one request.
const MOST_SAVES: u32 = 64;
/// A larger save fits into no request; its batches are with whoever wrote them.
const LARGEST_SAVE: usize = 700 << 10;
/// So many documents are asked for at once; the reply brings those that fit.
const MOST_WANTED: u32 = 256;
/// How large a reply may be: larger ones pack better and need fewer round trips, smaller ones lose
/// less when the line breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u32);

impl Default for PageSize {
    fn default() -> Self {
        Self(1 << 20)
    }
}

impl PageSize {
    const LARGEST: u32 = 8 << 20;
    const SMALLEST: u32 = 128 << 10;
    /// A page that took longer is large enough.
    const QUICK_MS: i64 = 4_000;

    /// In bytes.
    pub const fn bytes(self) -> u32 {
        self.0
    }

    /// After a page that came in `took_ms`.
    pub fn arrived(&mut self, took_ms: i64) {
        if took_ms < Self::QUICK_MS {
            self.0 = (self.0 * 2).min(Self::LARGEST);
        }
    }

    /// After a page that was lost.
    pub fn lost(&mut self) {
        self.0 = (self.0 / 2).max(Self::SMALLEST);
    }
}

/// A request, and which batches are in it, in order.
pub struct Outgoing {
    /// The message.
    pub message: SyncRequest,
    /// Names of the batches.
    pub batches: Vec<StoredBatch>,
    /// Names of the records of the county that are given back.
    pub records: Vec<RecordName>,
    /// Documents whose saves are given back, or have none that could be.
    pub saves: Vec<DocumentId>,
    /// The desk it was made at.
    pub seat: u64,
}

/// The number of a kind on the wire.
pub const fn kind_number(kind: DocumentKind) -> u32 {
    match kind {
        DocumentKind::CaseFile => 1,
        DocumentKind::Household => 2,
        DocumentKind::VisitDay => 3,
    }
}

/// The kind with that number.
pub fn kind_of(number: u32) -> Option<DocumentKind> {
    DocumentKind::ALL.into_iter().find(|kind| kind_number(*kind) == number)
}

/// Signs what was not signed yet and puts a request together.
pub fn request(device: &mut Device, seat: u64) -> Result<Outgoing, Fault> {
    let (most_bytes, until) = (device.exchange.page.bytes(), device.exchange.until);
    let asked = device.exchange.asked.clone();
    let (noticed, now) = (device.exchange.noticed, device.senses.now());
    let app = app_number(&device.version);
    let desk = device.desk_of(seat)?;
    sign_pending(desk, until)?;
    desk.store.passed(Boundary::Signed);
    let store = &desk.store;
    let mut batches = Vec::new();
    let mut push = Vec::new();
    let mut placements = Vec::new();
    let mut shown = Shown::of(store);
    let (mut bytes, mut damaged, mut last) = (0, Vec::new(), None);
    for batch in to_send(store, &asked, MOST_BATCHES + MOST_ACT_DOCUMENTS)? {
        let Some(signed) = signed_batch(desk, &batch)? else {
            damaged.push(batch.document);
            continue;
        };
        let placed = shown.batch(push.len(), &batch.id)?;
        bytes += signed.encoded_len() + placed.as_ref().map_or(0, Message::encoded_len);
        let is_full = push.len() >= MOST_BATCHES || bytes > MOST_PUSH_BYTES && !push.is_empty();
        // The parts of an action were saved together and stand one behind the other: they go together.
        let act = signed.read().ok().map(|header| header.act).filter(|act| !act.is_empty());
        if is_full && (act.is_none() || act != last) {
            break;
        }
        last = act;
        push.push(signed);
        placements.extend(placed);
        batches.push(batch);
    }
    let (saves, snapshots) = saves(store, &mut shown, bytes)?;
    let (records, signed_records) = store.records_to_push(MOST_RECORDS)?.into_iter().unzip();
    // What is here goes first: whatever of it the server lacks need not be sent back.
    let is_giving = !push.is_empty() || !saves.is_empty();
    let mut certificates = foreign_certificates(desk, &push)?;
    certificates.extend(authors_of(desk, &saves, &certificates)?);
    let message = SyncRequest {
        cursor: signed_cursor(store)?,
        certificates,
        push,
        most_bytes,
        want_certificates: store.wanted_certificates(100)?,
        reference_version: number(store, "reference_version")?,
        scope: number(store, "scope")?,
        want_proofs: wanted_proofs(store)?,
        ask_verdicts: asked_verdicts(store, &batches)?,
        trouble: noticed.told(store.oldest_waiting()?, now),
        app,
        records: signed_records,
        placements,
        snapshots,
        want_documents: if is_giving { Vec::new() } else { wanted_documents(store)? },
        want_all_records: store.state(TOLD)?.is_none(),
        want_ticket: store.state(TICKET)?.is_none() || store.state(TICKET_IS_OLD)?.is_some(),
    };
    desk.damaged.extend(damaged);
    Ok(Outgoing { message, batches, records, saves, seat })
}

/// Saves that are to be given back, as many as fit beside `bytes` of batches; with them the documents of
/// which there is none that could be, or none that fits into any request.
fn saves(
    store: &Store,
    shown: &mut Shown<'_>,
    mut bytes: usize,
) -> Result<(Vec<DocumentId>, Vec<AttestedSnapshot>), StoreError> {
    let (mut documents, mut saves) = (Vec::new(), Vec::new());
    for id in store.to_give(MOST_SAVES)? {
        if let Some(save) = shown.save(id)?.filter(|save| save.save.len() <= LARGEST_SAVE) {
            bytes += save.encoded_len();
            if bytes > MOST_PUSH_BYTES && !documents.is_empty() {
                break;
            }
            saves.push(save);
        }
        documents.push(id);
    }
    Ok((documents, saves))
}

/// Whether something is still to be given back to a server that lost it, or to be fetched from it.
pub fn heals(store: &Store) -> Result<bool, StoreError> {
    let gives = !store.to_give(1)?.is_empty() || !store.records_to_push(1)?.is_empty();
    Ok(gives || !store.wanted_documents(1)?.is_empty())
}

fn wanted_documents(store: &Store) -> Result<Vec<Vec<u8>>, StoreError> {
    let wanted = store.wanted_documents(MOST_WANTED)?;
    Ok(wanted.iter().map(|id| id.as_bytes().to_vec()).collect())
}

/// Batches that are to be sent and were not in this exchange, oldest first.
pub fn to_send(
    store: &Store,
    asked: &BTreeSet<Vec<u8>>,
    most: usize,
) -> Result<Vec<StoredBatch>, StoreError> {
    let limit = u32::try_from(most.saturating_add(asked.len())).unwrap_or(u32::MAX);
    let waiting = store.batches_to_push(limit)?.into_iter();
    Ok(waiting.filter(|batch| !asked.contains(&batch.id)).take(most).collect())
}

/// No request asks about more batches.
const MOST_VERDICTS: u32 = 64;

/// Batches that the server holds, has said nothing final of, and does not get again in this request:
/// what waits for a person is sent once.
fn asked_verdicts(store: &Store, sent: &[StoredBatch]) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut asked = store.undecided(MOST_VERDICTS)?;
    asked.retain(|id| sent.iter().all(|batch| batch.id != *id));
    Ok(asked)
}

/// Proofs wait until the first list is complete: words come before signatures.
fn wanted_proofs(store: &Store) -> Result<Vec<Vec<u8>>, StoreError> {
    if store.state("done_at")?.is_none() {
        return Ok(Vec::new());
    }
    let wanted = store.to_prove(AT_ONCE)?;
    Ok(wanted.iter().map(|id| id.as_bytes().to_vec()).collect())
}

/// The body of a request, signed by this device.
pub fn body(desk: &OpenDesk, message: Vec<u8>, attach: bool) -> Vec<u8> {
    let seed = desk.account.signing_seed();
    let mut signed = SignedRequest::new(&desk.certificate_id, message, &seed);
    if attach {
        signed.attached = Some(own_certificate(desk));
    }
    frame::pack(&signed.encode_to_vec())
}

/// The body of an online question, signed by this device.
pub fn question(desk: &OpenDesk, question: &AskRequest, attach: bool) -> Vec<u8> {
    let seed = desk.account.signing_seed();
    let mut signed = SignedAsk::new(&desk.certificate_id, question, &seed);
    if attach {
        signed.attached = Some(own_certificate(desk));
    }
    frame::pack(&signed.encode_to_vec())
}

/// The certificate of this device.
pub fn own_certificate(desk: &OpenDesk) -> SignedCertificate {
    SignedCertificate {
        certificate: desk.account.certificate.clone(),
        signature: desk.account.certificate_signature.clone(),
    }
}

/// A number that is kept in the state.
pub fn number(store: &impl ReadState, name: &str) -> Result<u64, StoreError> {
    Ok(store
        .state(name)?
        .and_then(|bytes| bytes.try_into().ok())
        .map(u64::from_be_bytes)
        .unwrap_or_default())
}

/// Where this device stands in the log.
pub fn cursor(desk: &OpenDesk) -> Result<Option<Cursor>, StoreError> {
    let signed = signed_cursor(&desk.store)?;
    Ok(signed.and_then(|signed| signed.open(&desk.account.county_key).ok()))
}

/// The same as the county signed it.
fn signed_cursor(store: &Store) -> Result<Option<SignedCursor>, StoreError> {
    let kept = store.state("cursor")?;
    Ok(kept.and_then(|bytes| SignedCursor::decode(bytes.as_slice()).ok()))
}

/// Where this device stands, for whatever is saved now.
pub fn stood(desk: &OpenDesk) -> Result<Stood, StoreError> {
    Ok(Stood::at(cursor(desk)?.as_ref(), number(&desk.store, "reference_version")?))
}

/// Signs own changes up to position `until` that were not signed yet.
pub fn sign_pending(desk: &mut OpenDesk, until: i64) -> Result<(), Fault> {
    let pending = desk.store.unsigned(until, MOST_CHANGES)?;
    if pending.is_empty() {
        return Ok(());
    }
    let seed = desk.account.signing_seed();
    let org = desk
        .reference
        .as_ref()
        .and_then(|reference| reference.assignments.first())
        .map(|assignment| assignment.org.as_str().to_owned())
        .unwrap_or_default();
    // For what a version saved that did not write down where its author stood.
    let now = stood(desk)?;
    let mut signable = Vec::with_capacity(pending.len());
    for batch in pending {
        for (part, incarnation) in by_actor(desk, batch)? {
            let header = header(desk, &part, &now, incarnation, &org);
            signable.push((part, header));
        }
    }
    desk.store.write(|write| -> Result<(), StoreError> {
        signable.iter().try_for_each(|(batch, header)| sign_one(write, batch, header, &seed))
    })?;
    Ok(())
}

fn header(
    desk: &OpenDesk,
    batch: &PendingBatch,
    now: &Stood,
    incarnation: u32,
    org: &str,
) -> BatchHeader {
    let stood = batch.stood.as_ref().unwrap_or(now);
    let act = batch.act.as_ref();
    BatchHeader {
        document: batch.document.as_bytes().to_vec(),
        certificate: desk.certificate_id.to_vec(),
        incarnation,
        act: act.map(|act| act.id.to_vec()).unwrap_or_default(),
        act_documents: act
            .map(|act| act.documents.iter().map(|id| id.as_bytes().to_vec()).collect())
            .unwrap_or_default(),
        org: org.to_owned(),
        cursor_seq: stood.seq,
        cursor_chain: stood.chain.clone(),
        cursor_epoch: stood.epoch.clone(),
        reference_version: stood.reference,
        ..BatchHeader::default()
    }
}

/// A batch holds the changes of one actor, and is signed under the incarnation they were written in. Of
/// what an older version saved, the changes themselves tell whose they are; what was written as somebody
/// that this certificate does not stand for is left to [`super::settle`].
fn by_actor(desk: &OpenDesk, pending: PendingBatch) -> Result<Vec<(PendingBatch, u32)>, Fault> {
    if let Some(actor) = &pending.actor {
        let number = desk.incarnation_of(actor)?;
        return Ok(number.map(|number| (pending, number)).into_iter().collect());
    }
    let mut parts: Vec<(PendingBatch, u32)> = Vec::new();
    for hash in &pending.hashes {
        let Some(bytes) = desk.store.change(pending.document, hash)? else { continue };
        let Ok(outline) = yidang_documents::guard::scan(&bytes) else { continue };
        let Some(number) = desk.incarnation_of(&outline.actor)? else { continue };
        match parts.last_mut() {
            Some((part, last)) if *last == number => part.hashes.push(*hash),
            _ => parts.push((PendingBatch { hashes: vec![*hash], ..pending.clone() }, number)),
        }
    }
    Ok(parts)
}

fn sign_one(
    write: &Write<'_>,
    pending: &PendingBatch,
    header: &BatchHeader,
    seed: &yidang_sync_protocol::SigningSeed,
) -> Result<(), StoreError> {
    let Some(stored) = write.stored(pending.document)? else { return Ok(()) };
    let mut changes = Vec::with_capacity(pending.hashes.len());
    for hash in &pending.hashes {
        changes.extend(write.change(pending.document, hash)?);
    }
    if changes.len() != pending.hashes.len() {
        return Ok(());
    }
    let header = BatchHeader {
        kind: kind_number(stored.kind),
        home: stored.home.as_str().to_owned(),
        ..header.clone()
    };
    let signed = header.sign(changes, seed);
    let batch = StoredBatch {
        id: signed.id().to_vec(),
        document: pending.document,
        header: signed.header,
        signature: signed.signature,
        hashes: pending.hashes.clone(),
    };
    write.put_batch(&batch, true)?;
    write.signed(&batch.hashes, &batch.id)
}

/// A batch as it travels: the stored proof with its changes; none where one of them is missing or is not
/// what was signed.
pub fn signed_batch(desk: &OpenDesk, batch: &StoredBatch) -> Result<Option<SignedBatch>, Fault> {
    let mut changes = Vec::with_capacity(batch.hashes.len());
    for hash in &batch.hashes {
        let kept = desk.store.change(batch.document, hash)?;
        let is_signed = |bytes: &Vec<u8>| {
            yidang_documents::guard::scan(bytes).is_ok_and(|outline| outline.hash == *hash)
        };
        let Some(bytes) = kept.filter(is_signed) else { return Ok(None) };
        changes.push(bytes);
    }
    let (header, signature) = (batch.header.clone(), batch.signature.clone());
    Ok(Some(SignedBatch { header, signature, changes }))
}

/// Certificates of those who wrote in these documents, but for those that are in `others`.
pub fn authors_of(
    desk: &OpenDesk,
    documents: &[DocumentId],
    others: &[SignedCertificate],
) -> Result<Vec<SignedCertificate>, StoreError> {
    let mut actors = BTreeSet::new();
    for id in documents {
        let Some(document) = desk.store.load(*id)? else { continue };
        let changes = document.changes_since(&[]);
        let outlines =
            changes.iter().filter_map(|(_, bytes)| yidang_documents::guard::scan(bytes).ok());
        actors.extend(outlines.map(|outline| outline.actor));
    }
    let mut authors: Vec<SignedCertificate> = Vec::new();
    for actor in actors {
        let Some(signed) = desk.store.signed_certificate_of(&actor)? else { continue };
        if !others.contains(&signed) && !authors.contains(&signed) {
            authors.push(signed);
        }
    }
    Ok(authors)
}

/// Certificates of others whose batches are in the request: a restored server may have lost them.
fn foreign_certificates(
    desk: &OpenDesk,
    push: &[SignedBatch],
) -> Result<Vec<SignedCertificate>, StoreError> {
    let mut ids: Vec<Vec<u8>> = push
        .iter()
        .filter_map(|batch| batch.read().ok())
        .map(|header| header.certificate)
        .filter(|id| id.as_slice() != desk.certificate_id)
        .collect();
    ids.sort();
    ids.dedup();
    let mut certificates = Vec::new();
    for id in ids {
        certificates.extend(
            desk.store
                .certificate(&id)?
                .map(|(certificate, signature)| SignedCertificate { certificate, signature }),
        );
    }
    Ok(certificates)
}
