//! Taking what came: the page, the verdicts and the cursor in one transaction.

use prost::Message;
use yidang_api::sync::LogKind;
use yidang_api::{Fault, FaultCode};
use yidang_documents::{Document, Projection, project};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::reference::Reference;
use yidang_sync_protocol::{PageDocument, Receipt, SignedBatch, SyncReply, Verdict};

use super::request::{Outgoing, kind_of};
use crate::desk::index;
use crate::device::{Device, OpenDesk};
use crate::people::note_actors;
use crate::store::{ReadDocuments, StoreError, StoredBatch, Write};

/// What a page brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// Changes that are new here.
    pub received: u32,
    /// Batches that the server holds now.
    pub sent: u32,
    /// Another page is waiting.
    pub more: bool,
}

/// A document of the page, ready to be stored.
struct Incoming {
    page: PageDocument,
    document: Document,
    projection: Projection,
    indexed: crate::desk::Indexed,
    fresh: u32,
    clashes_before: usize,
}

/// Takes a reply to `outgoing`.
pub fn absorb(device: &mut Device, outgoing: &Outgoing, reply: &SyncReply) -> Result<Taken, Fault> {
    let now = device.senses.now();
    let desk = device.desk()?;
    let mut taken = Taken { more: reply.more, ..Taken::default() };
    let reference = read_reference(reply)?;
    let certificates = certificates(desk, reply);
    // Names first: the rows of the page are made with them. Keeping a certificate twice is harmless.
    desk.store.write(|write| -> Result<(), StoreError> {
        for (id, signed, certificate) in &certificates {
            write.put_certificate(id, &signed.certificate, &signed.signature)?;
            note_actors(write, id, certificate)?;
        }
        Ok(())
    })?;
    let mut incoming = Vec::with_capacity(reply.documents.len());
    for page in &reply.documents {
        let document = prepare(desk, page, now.date())?;
        taken.received += document.fresh;
        incoming.push(document);
    }
    taken.sent = held(&reply.receipts);
    let done = !reply.more && outgoing.batches.len() == reply.receipts.len();
    desk.store.write(|write| -> Result<(), StoreError> {
        for receipt in &reply.receipts {
            put_receipt(write, outgoing, receipt)?;
        }
        for document in &incoming {
            put_document(write, document, now)?;
        }
        for id in reply.released.iter().filter_map(|id| id.as_slice().try_into().ok()) {
            write.seal(DocumentId::from_bytes(id))?;
        }
        put_place(write, reply, now, done)
    })?;
    for document in incoming {
        desk.remember(document.document);
    }
    if reference {
        desk.read_reference()?;
    }
    let named_late = !certificates.is_empty() && !outgoing.message.want_certificates.is_empty();
    if reference || named_late {
        index(desk, now.date())?;
    }
    if taken.received > 0 || taken.sent > 0 || reference {
        device.touch();
    }
    Ok(taken)
}

fn held(receipts: &[Receipt]) -> u32 {
    let held = receipts.iter().filter(|receipt| {
        matches!(
            Verdict::try_from(receipt.verdict),
            Ok(Verdict::Received | Verdict::Accepted | Verdict::Duplicate | Verdict::Parked)
        )
    });
    u32::try_from(held.count()).unwrap_or(u32::MAX)
}

/// Checks reference data before anything is stored; whether there are any.
fn read_reference(reply: &SyncReply) -> Result<bool, Fault> {
    if reply.reference.is_empty() {
        return Ok(false);
    }
    serde_json::from_slice::<Reference>(&reply.reference)
        .map(|_| true)
        .map_err(|error| Fault::new(FaultCode::NeedsUpdate, format!("reference data: {error}")))
}

type Checked =
    ([u8; 16], yidang_sync_protocol::SignedCertificate, yidang_sync_protocol::Certificate);

fn certificates(desk: &OpenDesk, reply: &SyncReply) -> Vec<Checked> {
    reply
        .certificates
        .iter()
        .filter_map(|signed| {
            let certificate = signed.open(&desk.account.county_key).ok()?;
            Some((signed.id(), signed.clone(), certificate))
        })
        .collect()
}

/// Applies a page to a copy of the document.
fn prepare(desk: &mut OpenDesk, page: &PageDocument, today: Date) -> Result<Incoming, Fault> {
    let malformed = || Fault::new(FaultCode::Internal, "the server sent a malformed document");
    let id = page.document.as_slice().try_into().map(DocumentId::from_bytes);
    let id = id.map_err(|_| malformed())?;
    let kind = kind_of(page.kind).ok_or_else(|| {
        Fault::new(FaultCode::NeedsUpdate, format!("a document of kind {}", page.kind))
    })?;
    let mut document = match desk.store.stored(id)? {
        Some(_) => desk.document(id)?,
        None if !page.snapshot.is_empty() => {
            Document::from_saved(&page.snapshot).map_err(StoreError::from)?
        }
        None => Document::begin(kind, id, &OrgCode(page.home.clone())).map_err(StoreError::from)?,
    };
    let fresh: Vec<&[u8]> = page
        .batches
        .iter()
        .flat_map(|batch| &batch.changes)
        .filter(|bytes| !document.has(&hash(bytes)))
        .map(Vec::as_slice)
        .collect();
    let clashes_before = match desk.store.projection(id)? {
        Some(projection) => projection.common().clashes.len(),
        None => 0,
    };
    document.apply(&fresh).map_err(StoreError::from)?;
    let projection = project(&document);
    let indexed = crate::desk::indexed(desk, &projection, today);
    let fresh = u32::try_from(fresh.len()).unwrap_or(u32::MAX);
    Ok(Incoming { page: page.clone(), document, projection, indexed, fresh, clashes_before })
}

/// The hash of a change: of everything behind magic and checksum.
fn hash(bytes: &[u8]) -> [u8; 32] {
    yidang_documents::guard::scan(bytes).map(|outline| outline.hash).unwrap_or_default()
}

fn put_document(write: &Write<'_>, incoming: &Incoming, now: InstantMs) -> Result<(), StoreError> {
    let id = incoming.document.id();
    let is_new = write.stored(id)?.is_none();
    write.put_document(id, incoming.document.kind(), incoming.document.home())?;
    if is_new && !incoming.page.snapshot.is_empty() {
        write.put_snapshot(id, &incoming.page.snapshot)?;
    }
    for batch in &incoming.page.batches {
        put_batch(write, id, batch)?;
    }
    crate::desk::put_rows(write, &incoming.projection, incoming.indexed.clone())?;
    if !is_new && incoming.fresh > 0 {
        write.add_unseen(id, incoming.fresh)?;
    }
    let clashes = incoming.projection.common().clashes.len();
    if clashes > incoming.clashes_before {
        let matter = match &incoming.projection {
            Projection::CaseFile(case) => case.fact("matter"),
            _ => incoming.document.kind().label().to_owned(),
        };
        write.put_happened(now, LogKind::Clash, &format!("两人改得不一样：{matter}"))?;
    }
    Ok(())
}

fn put_batch(write: &Write<'_>, id: DocumentId, batch: &SignedBatch) -> Result<(), StoreError> {
    let hashes: Vec<[u8; 32]> = batch.changes.iter().map(|bytes| hash(bytes)).collect();
    for (bytes, hash) in batch.changes.iter().zip(&hashes) {
        write.put_change(id, hash, bytes)?;
    }
    let stored = StoredBatch {
        id: batch.id().to_vec(),
        document: id,
        header: batch.header.clone(),
        signature: batch.signature.clone(),
        hashes,
    };
    write.put_batch(&stored, false)?;
    if let Ok(header) = batch.read() {
        write.want_certificate(&header.certificate)?;
    }
    Ok(())
}

fn put_receipt(
    write: &Write<'_>,
    outgoing: &Outgoing,
    receipt: &Receipt,
) -> Result<(), StoreError> {
    let index = usize::try_from(receipt.index).unwrap_or(usize::MAX);
    let Some(batch) = outgoing.batches.get(index) else { return Ok(()) };
    match Verdict::try_from(receipt.verdict).unwrap_or(Verdict::Unknown) {
        Verdict::Accepted | Verdict::Duplicate => {
            write.pushed(&batch.id)?;
            write.accepted(&batch.id)
        }
        Verdict::Received => write.received(&batch.id),
        // What it was made on is on its way; the batch itself is durable there.
        Verdict::Parked => {
            write.received(&batch.id)?;
            if receipt.missing.is_empty() { Ok(()) } else { write.push_again(batch.document) }
        }
        Verdict::Refused | Verdict::Orphaned => {
            write.pushed(&batch.id)?;
            write.refused(&batch.id, &receipt.code)
        }
        // In the log or with a person: safe there, and the words stay in the history here.
        Verdict::Reverted | Verdict::Review => {
            write.pushed(&batch.id)?;
            write.received(&batch.id)
        }
        Verdict::Unknown => Ok(()),
    }
}

fn put_place(
    write: &Write<'_>,
    reply: &SyncReply,
    now: InstantMs,
    done: bool,
) -> Result<(), StoreError> {
    if let Some(cursor) = &reply.cursor {
        write.put_state("cursor", &cursor.encode_to_vec())?;
    }
    if !reply.reference.is_empty() {
        write.put_state("reference", &reply.reference)?;
        write.put_state("reference_version", &reply.reference_version.to_be_bytes())?;
    }
    write.put_state("scope", &reply.scope.to_be_bytes())?;
    if let Some(signed) = &reply.checkpoint
        && let Ok(checkpoint) =
            yidang_sync_protocol::Checkpoint::decode(signed.checkpoint.as_slice())
    {
        write.put_checkpoint(&checkpoint.epoch, checkpoint.seq, &signed.encode_to_vec())?;
    }
    if done {
        write.put_state("done_at", &now.0.to_be_bytes())?;
    }
    Ok(())
}
