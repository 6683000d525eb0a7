//! Batches that are not in the log: each lies where it lies for a reason.

use prost::Message;
use yidang_documents::guard;
use yidang_domain::causality::hex_of;
use yidang_domain::ids::UserId;
use yidang_sync_protocol::SignedBatch;

use super::documents::place;
use super::log::Logged;
use super::{Cure, Findings, Ground};
use crate::store::{ActName, ParkedRow, Received, StoreError};

/// Everything that was received and is not in the log.
pub(super) fn check(
    ground: &Ground<'_>,
    logged: &Logged,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let mut parked = 0_u32;
    for document in ground.db.documents_named_by("parked")? {
        for row in ground.db.parked_of(&document)? {
            parked += 1;
            if let Some((what, cure)) = wrong_with(ground, logged, &row)? {
                let at = format!("parked {} of {}", hex_of(&row.id), place(document));
                findings.find(at, what, cure);
            }
        }
    }
    let (mut received, mut oldest) = (0_u32, i64::MAX);
    for Received { id, bytes, at_ms } in ground.db.inbox()? {
        (received, oldest) = (received + 1, oldest.min(at_ms));
        let at = format!("inbox {}", hex_of(&id));
        match whole(&id, &bytes) {
            None => findings.find(at, "it is not the batch it is called", Cure::Restore),
            Some(batch) if is_logged(logged, &batch) => {
                findings.find(at, "it is in the log already", Cure::Start);
            }
            Some(_) => {}
        }
    }
    let mut refused = 0_u32;
    for (id, bytes) in ground.db.quarantined_batches()? {
        refused += 1;
        if whole(&id, &bytes).is_none() {
            let at = format!("quarantine {}", hex_of(&id));
            findings.find(at, "it is not the batch it is called", Cure::Restore);
        }
    }
    if received > 0 {
        let at = yidang_domain::civil::InstantMs(oldest).date();
        findings.note(format!(
            "{received} batches were received and are not judged, the oldest on {at}: a running \
             server judges them, else the next start does"
        ));
    }
    if parked > 0 {
        findings.note(format!("{parked} batches wait for others or for a person"));
    }
    if refused > 0 {
        findings.note(format!("{refused} batches lie in quarantine"));
    }
    Ok(())
}

/// The batch of a row, where it is the one it is called.
fn whole(id: &[u8; 16], bytes: &[u8]) -> Option<SignedBatch> {
    SignedBatch::decode(bytes).ok().filter(|batch| batch.id() == *id)
}

/// Whether the log has every change of a batch.
fn is_logged(logged: &Logged, batch: &SignedBatch) -> bool {
    let document = batch.read().ok().and_then(|header| header.document_id());
    let Some(known) = document.and_then(|id| logged.documents.get(&id)) else { return false };
    let mut hashes = batch.changes.iter().map(|bytes| guard::scan(bytes).map(|it| it.hash));
    !batch.changes.is_empty()
        && hashes.all(|hash| hash.is_ok_and(|hash| known.changes.contains_key(&hash)))
}

/// Why a batch should not be parked, if so.
fn wrong_with(
    ground: &Ground<'_>,
    logged: &Logged,
    row: &ParkedRow,
) -> Result<Option<(&'static str, Cure)>, StoreError> {
    let batch = whole(&row.id, &row.bytes).filter(|batch| {
        batch.read().is_ok_and(|header| {
            header.document_id() == Some(row.document)
                && header.certificate_id() == Some(row.certificate)
        })
    });
    let Some(batch) = batch else {
        return Ok(Some(("it is not the batch it is called", Cure::Restore)));
    };
    if is_logged(logged, &batch) {
        return Ok(Some(("it is in the log already", Cure::Rebuild)));
    }
    let Some(author) = ground.db.certificate(&row.certificate)? else {
        return Ok(Some(("nobody knows the certificate of its author", Cure::Restore)));
    };
    if row.review {
        let is_known = ground.register.name_of(&UserId(author.user)).is_some();
        let what = "it waits for its author, whom the register knows";
        return Ok(is_known.then_some((what, Cure::Rebuild)));
    }
    let known = logged.documents.get(&row.document).filter(|document| document.last_batch > 0);
    // Where the document is not known here, it waits for its beginning.
    let Some(known) = known else { return Ok(None) };
    let missing = ground.db.missing_of(&row.id)?;
    let waits = missing.iter().any(|hash| !known.changes.contains_key(hash))
        || waits_in_an_act(ground, &batch)?;
    Ok((!waits).then_some(("it waits for nothing", Cure::Rebuild)))
}

/// Whether another part of the action that a batch is a part of is not here, or waits itself.
fn waits_in_an_act(ground: &Ground<'_>, batch: &SignedBatch) -> Result<bool, StoreError> {
    let header = batch.read().unwrap_or_default();
    let (Some(certificate), Ok(act)) =
        (header.certificate_id(), <[u8; 16]>::try_from(header.act.as_slice()))
    else {
        return Ok(false);
    };
    let name = ActName { certificate, act };
    let (parts, taken) = (ground.db.act_parts(&name)?, ground.db.taken_of_act(&name)?);
    let own = header.document_id();
    for document in header.act_documents.iter().filter_map(|id| id.as_slice().try_into().ok()) {
        let document: [u8; 16] = document;
        if Some(document) == own || taken.contains(&document) {
            continue;
        }
        let mut is_ready = false;
        for (_, id) in parts.iter().filter(|(about, _)| *about == document) {
            let is_in_review = ground.db.parked(id)?.is_none_or(|row| row.review);
            is_ready |= !is_in_review && ground.db.missing_of(id)?.is_empty();
        }
        if !is_ready {
            return Ok(true);
        }
    }
    Ok(false)
}
