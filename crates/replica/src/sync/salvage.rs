//! A document that was damaged on this device. Whatever of it could be sent was sent; what was typed and
//! may not have arrived is put aside for its author, and the document is asked for by its name, as the
//! county has it. Everything else goes on meanwhile.

use std::collections::BTreeSet;

use yidang_api::Fault;
use yidang_api::sync::LogKind;
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::DocumentId;

use super::request::signed_batch;
use crate::boundary::Boundary;
use crate::device::{Device, OpenDesk};
use crate::store::{Incarnation, ReadCases, ReadDocuments, ReadOutbox, Rejected, Said, StoreError};

/// Why something was put aside: nobody can tell whether it arrived. A word of the device alone.
const DAMAGED: &str = "damaged";

/// Puts aside what is left of every document that was found damaged, and asks for it anew with the next
/// request; whether there was one. What is whole of its batches goes to the server first: a server that was
/// restored may have them from nobody else.
///
/// Each is one transaction: cut anywhere, the rest is found damaged again.
pub fn fetch_anew(device: &mut Device, seat: u64) -> Result<bool, Fault> {
    let (now, asked) = (device.senses.now(), device.exchange.asked.clone());
    let spare = device.spare();
    let desk = device.desk_of(seat)?;
    let mut is_any = false;
    for id in desk.damaged.clone() {
        if is_sent(desk, &asked, id)? {
            put_aside(desk, id, now, spare.as_ref())?;
            desk.actor = spare.map_or(desk.actor, |next| next.actor);
            desk.damaged.remove(&id);
            desk.split.remove(&id);
            desk.let_go(id);
            is_any = true;
        }
    }
    if !is_any {
        return Ok(false);
    }
    device.exchange.noticed.fault(yidang_api::FaultCode::StoreDamaged);
    device.touch();
    Ok(true)
}

/// Whether nothing more of a document can be sent.
fn is_sent(desk: &OpenDesk, asked: &BTreeSet<Vec<u8>>, id: DocumentId) -> Result<bool, Fault> {
    let waiting = desk.store.batches_to_push(u32::MAX)?.into_iter();
    for batch in waiting.filter(|batch| batch.document == id && !asked.contains(&batch.id)) {
        if signed_batch(desk, &batch)?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What comes may be older than what was here, from a server that was put back: nothing is written onto it under
/// sequence numbers that may have been used.
fn put_aside(
    desk: &mut OpenDesk,
    id: DocumentId,
    now: InstantMs,
    next: Option<&Incarnation>,
) -> Result<(), StoreError> {
    let certificate = desk.certificate_id;
    // Its line in lists may be damaged as well: then it has no name, and is fetched all the same.
    let line = desk.store.case_row(id).ok().flatten();
    let matter = line.map(|line| line.row.matter).unwrap_or_default();
    let rejected = waiting(desk, id, &matter)?;
    desk.store.write(|write| -> Result<(), StoreError> {
        if let Some(next) = next {
            write.begin_incarnation(next, &certificate, now)?;
        }
        for one in &rejected {
            write.put_rejected(one, now)?;
            write.take_out(id, &one.hash)?;
        }
        write.forget(id)?;
        write.want_document(id)?;
        let words = words(&matter, rejected.len());
        write.put_happened(now, LogKind::Failed, &words, Some(id))?;
        write.passed(Boundary::AsideReady);
        Ok(())
    })
}

/// What was typed into a document and is not known to be accepted.
fn waiting(desk: &OpenDesk, id: DocumentId, matter: &str) -> Result<Vec<Rejected>, StoreError> {
    let kind = desk.store.stored(id)?.map_or(DocumentKind::CaseFile, |stored| stored.kind);
    let items = desk.store.outbox_of(id)?.into_iter();
    let rejected = items.map(|item| -> Result<Rejected, StoreError> {
        Ok(Rejected {
            document: id,
            kind,
            hash: item.hash,
            bytes: desk.store.change(id, &item.hash)?.unwrap_or_default(),
            matter: matter.to_owned(),
            title: item.title,
            words: item.words,
            on: item.saved_at.date(),
            saved_at: item.saved_at,
            said: Said { code: DAMAGED.to_owned(), ..Said::default() },
        })
    });
    rejected.collect()
}

/// The line of the log, for the person.
fn words(matter: &str, waiting: usize) -> String {
    let which = if matter.is_empty() { "有一件".to_owned() } else { format!("“{matter}”") };
    let told = format!("{which}在本机的存储里坏了，正从县里重新取");
    match waiting {
        0 => told,
        _ => format!("{told}；你写的 {waiting} 条都在“需要你处理”里"),
    }
}
