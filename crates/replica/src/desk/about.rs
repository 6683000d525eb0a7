//! 我的: what is on this device; complaints and suggestions.

use yidang_api::Fault;
use yidang_api::device::{
    Complain, ComplaintRow, ComplaintsQuestion, DeviceQuestion, DeviceView, PostRow,
};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::DocumentKind;

use super::Answering;
use crate::device::{Device, OpenDesk};
use crate::present::place_name;
use crate::store::{JournalRow, ReadDesk, ReadHouseholds, ReadOutbox, ReadState, StoreError};

/// No complaint is longer.
const MOST_CHARACTERS: usize = 2_000;

/// What is on this device.
pub fn device(device: &mut Device, _: &DeviceQuestion) -> Result<DeviceView, Fault> {
    let desk = device.desk()?;
    let store = &desk.store;
    let as_of = store
        .state("done_at")?
        .and_then(|bytes| bytes.try_into().ok())
        .map(|bytes| InstantMs(i64::from_be_bytes(bytes)));
    let host = desk.reference.as_ref().map(|reference| reference.host.clone()).unwrap_or_default();
    Ok(DeviceView {
        device_name: desk.certificate.device_name.clone(),
        files: store.count_documents(DocumentKind::CaseFile)?,
        households: store.count_documents(DocumentKind::Household)?,
        members: store.count_members()?,
        visit_days: store.count_documents(DocumentKind::VisitDay)?,
        drafts: store.count_drafts()?,
        unsent: store.waiting()?,
        bytes: store.bytes()?,
        as_of,
        posts: posts(desk),
        host: host.name,
        filing: host.filing,
        phone: host.phone,
    })
}

fn posts(desk: &OpenDesk) -> Vec<PostRow> {
    let assignments = desk.reference.iter().flat_map(|reference| &reference.assignments);
    assignments
        .map(|post| PostRow {
            text: format!("{} · {}", post.role.label(), place_name(&desk.tree, &post.org)),
            from: post.from,
            to: post.to,
        })
        .collect()
}

/// Keeps a complaint; it goes to the county with the next exchange.
pub fn complain(desk: &mut Answering<'_>, question: &Complain) -> Result<ComplaintRow, Fault> {
    let words = question.words.trim();
    if words.is_empty() || words.chars().count() > MOST_CHARACTERS {
        return Err(Fault::invalid("words", "between 1 and 2000 characters"));
    }
    let at = desk.device.senses.now();
    let row = ComplaintRow { about: question.about, words: words.to_owned(), at, number: None };
    let ask = desk.ask.clone();
    let reply = serde_json::to_string(&row).map_err(StoreError::from)?;
    let open = desk.device.desk()?;
    open.store.write(|write| -> Result<(), StoreError> {
        write.put_complaint(&row, question.contact.trim())?;
        write.put_journal(&JournalRow {
            ask: ask.id.as_deref(),
            name: &ask.name,
            question: &ask.json,
            reply: &reply,
            at,
            wrote: None,
            act: None,
        })
    })?;
    desk.device.exchange.due_at = Some(at);
    desk.device.touch();
    Ok(row)
}

/// The complaints handed in on this device.
pub fn complaints(device: &mut Device, _: &ComplaintsQuestion) -> Result<Vec<ComplaintRow>, Fault> {
    Ok(device.desk()?.store.complaints()?.into_iter().map(|pending| pending.row).collect())
}
