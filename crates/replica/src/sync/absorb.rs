//! Taking what came: certificates first, the documents in slices, and last the verdicts and the
//! cursor in one transaction. Cut anywhere, the same page comes again and changes nothing.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use prost::Message;
use yidang_api::{Fault, FaultCode};
use yidang_documents::{Actor, DocumentError};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::DocumentId;
use yidang_domain::reference::Reference;
use yidang_sync_protocol::record::hashes;
use yidang_sync_protocol::ticket::RENEW_MS;
use yidang_sync_protocol::{
    PageDocument, Places, Receipt, Record, RecordName, SignedRecord, SignedTicket, SyncReply,
    Ticket, Verdict,
};

use super::incoming::{self, SLICE};
use super::places::{self, Placed};
use super::request::{Outgoing, TICKET, TICKET_IS_OLD, TOLD, number};
use super::{erase, lock, make_room, proofs, reindex, salvage, settle, tidy, undone};
use crate::boundary::Boundary;
use crate::device::{Device, OpenDesk};
use crate::people::note_actors;
use crate::seams::Outside;
use crate::store::{
    ORPHANED, REFUSED, ReadDocuments, ReadHalves, ReadHeld, ReadPlaces, ReadState, Said,
    StoreError, StoredBatch, Write,
};

/// What a page brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// Bytes of the reply as it came over the line.
    pub bytes: u64,
    /// Changes that are new here.
    pub received: u32,
    /// Batches that the server holds now.
    pub sent: u32,
    /// Another page is waiting.
    pub more: bool,
    /// Something was written again and waits to be sent.
    pub again: bool,
}

/// Takes a reply to `outgoing` that came in so many `bytes`. The device is free between two slices.
pub async fn absorb<O: Outside>(
    device: &Arc<Mutex<Device>>,
    outside: &O,
    outgoing: &Outgoing,
    reply: &SyncReply,
    bytes: u64,
) -> Result<Taken, Fault> {
    let placed = begin(&mut lock(device), outgoing, reply)?;
    let mut taken = Taken { bytes, more: reply.more, ..Taken::default() };
    let documents = whole_ones(&mut lock(device), outgoing, reply)?;
    for slice in slices(&documents) {
        let mut read = VecDeque::with_capacity(slice.len());
        for &page in slice {
            let is_here = {
                let mut device = lock(device);
                let desk = device.desk_of(outgoing.seat)?;
                let id = incoming::id_of(page)?;
                let is_here = desk.store.stored(id)?.is_some();
                // It comes whole once what is left of it was put aside.
                if is_here && desk.sound_document(id)?.is_none() {
                    continue;
                }
                is_here
            };
            let fresh = if is_here { None } else { Some(incoming::read_new(page)?) };
            read.push_back((page, fresh));
        }
        while !read.is_empty() {
            {
                let mut device = lock(device);
                for (page, _) in &read {
                    settle::make_way(&mut device, outgoing.seat, page)?;
                }
                let (now, spare) = (device.senses.now(), device.spare());
                let desk = device.desk_of(outgoing.seat)?;
                taken.received += incoming::take(desk, &mut read, &placed, now, spare)?;
            }
            make_room();
            tidy(&mut lock(device), outgoing.seat)?;
            outside.breathe().await;
        }
    }
    proofs::absorb(device, outside, outgoing.seat, reply).await?;
    taken.sent = held(&reply.receipts);
    {
        let mut device = lock(device);
        end(&mut device, outgoing, reply, &placed, taken)?;
        if !reply.more {
            let is_again = settle::what_was_not_taken(&mut device, outgoing.seat)?;
            taken.again = salvage::fetch_anew(&mut device, outgoing.seat)? || is_again;
        }
    }
    if !reply.reference.is_empty() {
        reindex(device, outside, outgoing.seat).await?;
    }
    Ok(taken)
}

/// The documents of a page in slices that do not end between two that belong together.
fn slices<'a, 'b>(pages: &'a [&'b PageDocument]) -> Vec<&'a [&'b PageDocument]> {
    let mut slices = Vec::new();
    let mut rest = pages;
    while !rest.is_empty() {
        let is_end = |at: &usize| rest.get(at - 1).is_none_or(|page| !page.with_next);
        let end = (SLICE..rest.len()).find(is_end).unwrap_or(rest.len());
        let (slice, others) = rest.split_at(end.min(rest.len()));
        slices.push(slice);
        rest = others;
    }
    slices
}

/// Checks everything that can be checked before anything is stored, and keeps places, names and units:
/// the rows of the page are made with them. Keeping any of them twice is harmless.
fn begin(device: &mut Device, outgoing: &Outgoing, reply: &SyncReply) -> Result<Placed, Fault> {
    let desk = device.desk_of(outgoing.seat)?;
    let places = check(desk, outgoing, reply)?;
    #[cfg(feature = "planted-cursor-first")]
    desk.store.write(|write| put_place(write, reply, InstantMs(0), false))?;
    if !reply.reference.is_empty() {
        serde_json::from_slice::<Reference>(&reply.reference).map_err(|error| {
            Fault::new(FaultCode::NeedsUpdate, format!("reference data: {error}"))
        })?;
    }
    let certificates = certificates(desk, reply);
    let has_reference = !reply.reference.is_empty();
    if certificates.is_empty() && !has_reference && places.is_empty() {
        return Ok(Placed::default());
    }
    let placed = desk.store.write(|write| -> Result<Placed, StoreError> {
        if has_reference {
            write.put_state("reference", &reply.reference)?;
            write.put_state("reference_version", &reply.reference_version.to_be_bytes())?;
            // Names of units stand in every row; of a new device there are none yet.
            if !write.documents()?.is_empty() {
                write.put_state("reindex", &[1])?;
            }
        }
        for (id, signed, certificate) in &certificates {
            write.put_certificate(id, &signed.certificate, &signed.signature)?;
            note_actors(write, id, certificate)?;
        }
        // An author may be known by now whose batches nobody could check before.
        if !certificates.is_empty() {
            write.prove_again()?;
        }
        Placed::keep(write, &places)
    })?;
    desk.store.passed(Boundary::NamesKept);
    if has_reference {
        desk.read_reference()?;
    }
    Ok(placed)
}

/// Whether the county signed what has to be signed; the places it tells.
fn check(desk: &OpenDesk, outgoing: &Outgoing, reply: &SyncReply) -> Result<Places, Fault> {
    let unsigned = |what: &str, error: &dyn std::fmt::Display| {
        Fault::new(FaultCode::Internal, format!("{what} without the county's word: {error}"))
    };
    let key = &desk.account.county_key;
    let places = places::checked(desk, outgoing, reply)?;
    let whole = reply.documents.iter().filter(|page| !page.snapshot.is_empty());
    // One signature over all of them is enough; hashing them once more costs as much as reading them.
    if places.snapshots().count() != whole.count() {
        reply.check_snapshots(key).map_err(|error| unsigned("snapshots", &error))?;
    }
    if let Some(checkpoint) = &reply.checkpoint {
        checkpoint.open(key).map_err(|error| unsigned("a checkpoint", &error))?;
    }
    Ok(places)
}

/// The verdicts and the cursor: from here on the server need not send the page again.
fn end(
    device: &mut Device,
    outgoing: &Outgoing,
    reply: &SyncReply,
    placed: &Placed,
    taken: Taken,
) -> Result<(), Fault> {
    let (now, spare) = (device.senses.now(), device.spare());
    let desk = device.desk_of(outgoing.seat)?;
    let records = records(desk, reply);
    let doomed = erase::read(desk, records.iter().map(|(_, record, _)| record))?;
    let undone = undone::read(desk, &records, &doomed)?;
    let done = !reply.more && outgoing.batches.len() == reply.receipts.len();
    let words = words(desk, outgoing, reply)?;
    // Whoever is told that somebody else wrote as this actor writes as another one from here on.
    let is_another = is_about_this_actor(desk, &words)?;
    let ticket = ticket(desk, reply);
    let reads_other = number(&desk.store, "scope")? != reply.scope;
    let (certificate, actor) = (desk.certificate_id, desk.actor);
    let damaged = desk.damaged.clone();
    let mut halves = with_halves(desk, &words)?;
    let next = desk.store.write(|write| -> Result<_, StoreError> {
        for (batch, receipt, was_asked) in &words {
            put_receipt(write, batch, receipt, *was_asked, placed)?;
        }
        undone.iter().try_for_each(|undone| undone::take(write, undone))?;
        for id in reply.released.iter().filter_map(|id| id.as_slice().try_into().ok()) {
            write.seal(DocumentId::from_bytes(id))?;
            write.got_document(DocumentId::from_bytes(id))?;
        }
        for (name, _, signed) in &records {
            write.put_record(name, signed)?;
        }
        doomed.iter().try_for_each(|doomed| erase::take(write, doomed, now))?;
        write.put_state(TOLD, &[1])?;
        keep_ticket(write, ticket, (reply.server_time_ms, reads_other))?;
        given_back(write, outgoing, reply)?;
        // What came for them was left: it comes again by name.
        damaged.iter().try_for_each(|id| write.want_document(*id))?;
        let is_forgotten = forget_households(write, &actor)?;
        let next = spare.filter(|_| is_another || is_forgotten);
        if let Some(next) = &next {
            write.begin_incarnation(next, &certificate, now)?;
        }
        note_first(write, reply, taken.bytes)?;
        put_place(write, reply, now, done)?;
        write.passed(Boundary::VerdictsReady);
        Ok(next)
    })?;
    desk.store.passed(Boundary::Absorbed);
    desk.actor = next.map_or(desk.actor, |next| next.actor);
    doomed.iter().for_each(|doomed| desk.let_go(doomed.id()));
    // Owed until it is done, and what came is kept whether or not it can be done now.
    drop(desk.store.scrub());
    // The county may have taken what waited here for its other half.
    halves.retain(|id| doomed.iter().all(|doomed| doomed.id() != *id));
    crate::desk::index(desk, &halves, now.date())?;
    halves.iter().for_each(|id| desk.let_go(*id));
    let unjudged = reply.receipts.iter().filter(|receipt| is_unjudged(outgoing, receipt, placed));
    let unjudged = unjudged.filter_map(|receipt| {
        let index = usize::try_from(receipt.index).ok()?;
        Some(outgoing.batches.get(index)?.id.clone())
    });
    device.exchange.asked.extend(unjudged);
    device.exchange.suspended |= reply.receipts.iter().any(is_of_a_suspended_device);
    let has_names = !reply.reference.is_empty() || !reply.certificates.is_empty();
    if taken.received > 0 || taken.sent > 0 || has_names || !doomed.is_empty() {
        device.touch();
    }
    Ok(())
}

/// What left the ring goes once nothing of it waits to be sent; whether this actor had written in any of it. It may
/// come back older than it left, from a server that was put back or by hand, and then nobody here knows any more
/// which sequence numbers were used.
fn forget_households(write: &Write<'_>, actor: &Actor) -> Result<bool, StoreError> {
    let mut has_written = false;
    for id in write.sealed(DocumentKind::Household)? {
        has_written |= match write.load(id) {
            Ok(document) => document.is_some_and(|document| document.last_seq(actor) > 0),
            Err(StoreError::Document(DocumentError::Damaged { .. })) => true,
            Err(error) => return Err(error),
        };
        write.drop_superseded(id)?;
        write.forget(id)?;
    }
    Ok(has_written)
}

/// The documents of a reply but for those that are still to be asked for by name: what is new of them stands
/// on what is lacking here, and comes with the whole.
fn whole_ones<'a>(
    device: &mut Device,
    outgoing: &Outgoing,
    reply: &'a SyncReply,
) -> Result<Vec<&'a PageDocument>, Fault> {
    let desk = device.desk_of(outgoing.seat)?;
    let mut whole = Vec::with_capacity(reply.documents.len());
    for page in &reply.documents {
        let is_named = outgoing.message.want_documents.contains(&page.document);
        if is_named || !desk.store.is_wanted(incoming::id_of(page)?)? {
            whole.push(page);
        }
    }
    Ok(whole)
}

/// The server took into its log whatever of a lost one was in the request, and sent documents that were
/// asked for.
fn given_back(write: &Write<'_>, outgoing: &Outgoing, reply: &SyncReply) -> Result<(), StoreError> {
    let wanted = &outgoing.message.want_documents;
    let came = reply.documents.iter().filter(|page| wanted.contains(&page.document));
    came.filter_map(|page| incoming::id_of(page).ok()).try_for_each(|id| write.got_document(id))?;
    outgoing.records.iter().try_for_each(|name| write.set_record_push(name, false))?;
    outgoing.saves.iter().try_for_each(|id| write.gave_save(*id))
}

/// Whether the batch is to be sent again some time. That it was taken counts only with the county's word.
fn is_unjudged(outgoing: &Outgoing, receipt: &Receipt, placed: &Placed) -> bool {
    let batch = usize::try_from(receipt.index).ok().and_then(|index| outgoing.batches.get(index));
    match Verdict::try_from(receipt.verdict) {
        Ok(Verdict::Accepted | Verdict::Duplicate | Verdict::Reverted) => {
            batch.is_some_and(|batch| placed.batch(&batch.id).is_none())
        }
        Ok(Verdict::Received | Verdict::Parked | Verdict::Unknown) | Err(_) => true,
        Ok(_) => false,
    }
}

/// Whether the county reads nothing of the device that wrote the batch, which keeps it and asks again.
fn is_of_a_suspended_device(receipt: &Receipt) -> bool {
    receipt.verdict == Verdict::Unknown as i32 && receipt.code == "suspended"
}

fn held(receipts: &[Receipt]) -> u32 {
    let held = receipts.iter().filter(|receipt| {
        matches!(
            Verdict::try_from(receipt.verdict),
            Ok(Verdict::Received
                | Verdict::Accepted
                | Verdict::Duplicate
                | Verdict::Parked
                | Verdict::Reverted)
        )
    });
    u32::try_from(held.count()).unwrap_or(u32::MAX)
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

/// The server's word on a batch that it was asked about and does not have.
const NOT_HERE: &str = "not_here";

/// The server's words with the batches they are about, and whether it was asked about them: those of the
/// request were brought.
fn words<'a>(
    desk: &OpenDesk,
    outgoing: &Outgoing,
    reply: &'a SyncReply,
) -> Result<Vec<(StoredBatch, &'a Receipt, bool)>, StoreError> {
    let mut words = Vec::with_capacity(reply.receipts.len() + reply.verdicts.len());
    for receipt in &reply.receipts {
        let index = usize::try_from(receipt.index).unwrap_or(usize::MAX);
        words.extend(outgoing.batches.get(index).map(|batch| (batch.clone(), receipt, false)));
    }
    for verdict in &reply.verdicts {
        let Some(receipt) = &verdict.receipt else { continue };
        words.extend(desk.store.batch(&verdict.batch)?.map(|batch| (batch, receipt, true)));
    }
    Ok(words)
}

/// Whether the server says of something that was written here that somebody else wrote as this actor. Of
/// what came by hand from a colleague it may say so too, and means them.
fn is_about_this_actor(
    desk: &OpenDesk,
    words: &[(StoredBatch, &Receipt, bool)],
) -> Result<bool, StoreError> {
    for (batch, receipt, _) in words {
        let is_refused = receipt.verdict == Verdict::Refused as i32;
        if is_refused
            && settle::is_about_the_actor(&receipt.code)
            && !desk.store.is_held(&batch.id)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the county says that this person reads, as far as it signed it.
fn ticket(desk: &OpenDesk, reply: &SyncReply) -> Option<SignedTicket> {
    let ticket = reply.ticket.clone()?;
    ticket.open(&desk.account.county_key).is_ok().then_some(ticket)
}

/// Keeps a ticket that came, or notes that the one that is here grows old by the server's clock. Where its holder
/// reads something else by now it serves no more, or what just left would come back by hand: the next one comes
/// with the last page of the new scope.
fn keep_ticket(
    write: &Write<'_>,
    ticket: Option<SignedTicket>,
    (server_ms, reads_other): (i64, bool),
) -> Result<(), StoreError> {
    if let Some(ticket) = ticket {
        write.put_state(TICKET, &ticket.encode_to_vec())?;
        return write.drop_state(TICKET_IS_OLD);
    }
    if reads_other {
        return write.drop_state(TICKET);
    }
    let kept = write.state(TICKET)?.and_then(|bytes| SignedTicket::decode(bytes.as_slice()).ok());
    let kept = kept.and_then(|signed| Ticket::decode(signed.ticket.as_slice()).ok());
    let is_old = kept.is_some_and(|kept| server_ms.saturating_sub(kept.issued_at_ms) > RENEW_MS);
    if is_old { write.put_state(TICKET_IS_OLD, &[1]) } else { Ok(()) }
}

/// The documents of these words in which a half of an action waits.
fn with_halves(
    desk: &OpenDesk,
    words: &[(StoredBatch, &Receipt, bool)],
) -> Result<Vec<DocumentId>, StoreError> {
    let documents: BTreeSet<DocumentId> = words.iter().map(|(batch, ..)| batch.document).collect();
    let mut waiting = Vec::new();
    for id in documents {
        if !desk.store.halves(id)?.is_empty() {
            waiting.push(id);
        }
    }
    Ok(waiting)
}

/// What the county says itself, as far as it signed it.
fn records(desk: &OpenDesk, reply: &SyncReply) -> Vec<(RecordName, Record, SignedRecord)> {
    let opened = reply.records.iter().filter_map(|signed| {
        let (name, record) = signed.open(&desk.account.county_key).ok()?;
        Some((name, record, signed.clone()))
    });
    opened.collect()
}

fn put_receipt(
    write: &Write<'_>,
    batch: &StoredBatch,
    receipt: &Receipt,
    was_asked: bool,
    placed: &Placed,
) -> Result<(), StoreError> {
    let said = || Said {
        code: receipt.code.clone(),
        place: receipt.position,
        rule: receipt.rule.clone(),
        reason: receipt.reason.clone(),
        cause: Some(receipt.by.clone()).filter(|by| !by.is_empty()),
    };
    match Verdict::try_from(receipt.verdict).unwrap_or(Verdict::Unknown) {
        // Said by nobody who can be held to it: the batch counts as received and is sent again.
        Verdict::Accepted | Verdict::Duplicate => match placed.batch(&batch.id) {
            Some(place) => {
                write.place_batch(&batch.id, place)?;
                write.pushed(&batch.id)?;
                write.accepted(&batch.id)
            }
            None => write.received(&batch.id),
        },
        Verdict::Received => write.received(&batch.id),
        // What it was made on is on its way; the batch itself is durable there. Where it was only asked
        // about, everything that is here was sent when it came.
        Verdict::Parked => {
            write.received(&batch.id)?;
            let is_news = !was_asked && !receipt.missing.is_empty();
            if is_news { write.push_again(batch.document) } else { Ok(()) }
        }
        // What becomes of them is settled once everything that the server has is here.
        Verdict::Refused => {
            write.pushed(&batch.id)?;
            write.held_in_vain(&batch.id)?;
            write.not_taken(&batch.id, REFUSED, &said())
        }
        Verdict::Orphaned => {
            write.pushed(&batch.id)?;
            write.held_in_vain(&batch.id)?;
            write.not_taken(&batch.id, ORPHANED, &said())
        }
        // In the log like anything that was taken.
        Verdict::Reverted => match placed.batch(&batch.id) {
            Some(place) => {
                write.place_batch(&batch.id, place)?;
                write.pushed(&batch.id)?;
                write.undone(&batch.id, &hashes(&receipt.undone), &said())?;
                write.accepted(&batch.id)
            }
            None => write.received(&batch.id),
        },
        // With a person: safe there, asked about with every exchange, and not sent again.
        Verdict::Review => {
            write.pushed(&batch.id)?;
            write.received(&batch.id)
        }
        // It waited too long there, or a copy was put back.
        Verdict::Unknown if was_asked && receipt.code == NOT_HERE => {
            write.push_again(batch.document)
        }
        Verdict::Unknown => Ok(()),
    }
}

/// Until everything was fetched once, people are told what it costs and how far it is, also after
/// it was cut.
fn note_first(write: &Write<'_>, reply: &SyncReply, bytes: u64) -> Result<(), StoreError> {
    if write.state("done_at")?.is_some() {
        return Ok(());
    }
    if reply.in_scope > 0 {
        write.put_state("first_expected", &u64::from(reply.in_scope).to_be_bytes())?;
    }
    let sum = write.state_number("first_bytes")?.saturating_add(bytes);
    write.put_state("first_bytes", &sum.to_be_bytes())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_does_not_end_between_documents_of_one_action() {
        let page = |with_next| PageDocument { with_next, ..PageDocument::default() };
        let lengths = |pages: &[PageDocument]| -> Vec<usize> {
            let pages: Vec<&PageDocument> = pages.iter().collect();
            slices(&pages).into_iter().map(<[&PageDocument]>::len).collect()
        };
        let mut pages = vec![page(false); SLICE + 3];
        assert_eq!(lengths(&pages), [SLICE, 3]);
        pages[SLICE - 1] = page(true);
        assert_eq!(lengths(&pages), [SLICE + 1, 2]);
        pages[SLICE] = page(true);
        pages[SLICE + 1] = page(true);
        assert_eq!(lengths(&pages), [SLICE + 3]);
        assert_eq!(lengths(&[]), [0_usize; 0]);
    }

    /// 钱演四's post moved, and several pages lead there: from the first, which tells the new scope, the old ticket
    /// serves no more, and the last brings the next one.
    #[test]
    fn whoever_reads_something_else_has_no_ticket_until_it_comes() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let mut store = crate::store::Store::open(connection, None).unwrap();
        let mut page = |reads_other, ticket| {
            store.write(|write| keep_ticket(write, ticket, (0, reads_other))).unwrap();
            store.state(TICKET).unwrap().is_some()
        };
        assert!(page(false, Some(SignedTicket::default())), "one of before");
        assert!(page(false, None), "nothing changed");
        assert!(!page(true, None), "the first page of the new scope");
        assert!(!page(false, None), "one between");
        assert!(page(false, Some(SignedTicket::default())), "the last one brings it");
    }
}
