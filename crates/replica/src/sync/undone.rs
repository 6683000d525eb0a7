//! What the county took and of which it undid values, where its own record tells it and no receipt did: the
//! receipt was lost, or a colleague's device handed the batch in. Its author hears it all the same.

use prost::Message;
use yidang_api::Fault;
use yidang_documents::guard::scan;
use yidang_documents::{ChangeHash, Edit, edits_of};
use yidang_sync_protocol::record::hashes;
use yidang_sync_protocol::{BatchHeader, Record, RecordName, SignedRecord};

use super::erase::Doomed;
use super::settle::UNDONE;
use crate::device::OpenDesk;
use crate::present::in_words;
use crate::store::{
    OutboxItem, REVERTED, ReadDocuments, ReadOutbox, ReadPlaces, ReadRejected, Said, StoreError,
    StoredBatch, Write,
};

/// What a record tells of a batch that is here.
pub struct Told {
    batch: StoredBatch,
    changes: Vec<ChangeHash>,
    said: Said,
    /// Own changes that were taken for accepted, as they are to be told.
    accepted: Vec<OutboxItem>,
}

/// What these records tell for the first time of batches that are here, but for those of documents that are
/// destroyed now.
pub fn read(
    desk: &mut OpenDesk,
    records: &[(RecordName, Record, SignedRecord)],
    doomed: &[Doomed],
) -> Result<Vec<Told>, Fault> {
    let mut undoing: Vec<_> =
        records.iter().filter_map(|(name, record, _)| Some((name, record.undoing()?))).collect();
    if undoing.is_empty() {
        return Ok(Vec::new());
    }
    let known = desk.store.record_names()?;
    undoing.retain(|(name, _)| !known.contains(name));
    let mut all = Vec::new();
    for (_, (id, decision)) in undoing {
        let Some(batch) = desk.store.batch(&id)? else { continue };
        if doomed.iter().any(|doomed| doomed.id() == batch.document) {
            continue;
        }
        let mut changes = hashes(&decision.undone);
        changes.retain(|hash| batch.hashes.contains(hash));
        let said = Said { code: UNDONE.to_owned(), rule: decision.rule, ..Said::default() };
        let accepted = accepted(desk, &batch, &changes)?;
        all.push(Told { batch, changes, said, accepted });
    }
    Ok(all)
}

/// Own changes of a batch that wait for nothing here and were not told before.
fn accepted(
    desk: &mut OpenDesk,
    batch: &StoredBatch,
    changes: &[ChangeHash],
) -> Result<Vec<OutboxItem>, Fault> {
    let mut told: Vec<ChangeHash> =
        desk.store.outbox_of(batch.document)?.into_iter().map(|item| item.hash).collect();
    let rejected = desk.store.rejected(Some(batch.document))?;
    told.extend(rejected.into_iter().map(|kept| kept.rejected.hash));
    let mut items = Vec::new();
    for hash in changes.iter().filter(|hash| !told.contains(hash)) {
        items.extend(item(desk, batch, *hash)?);
    }
    Ok(items)
}

/// An own change with the values it wrote; none where somebody else wrote it, or it cannot be read here.
fn item(
    desk: &mut OpenDesk,
    batch: &StoredBatch,
    hash: ChangeHash,
) -> Result<Option<OutboxItem>, Fault> {
    let Some(bytes) = desk.store.change(batch.document, &hash)? else { return Ok(None) };
    let Ok(outline) = scan(&bytes) else { return Ok(None) };
    // In a store that was put back the incarnation may be missing under which it was written.
    let Ok(header) = BatchHeader::decode(batch.header.as_slice()) else { return Ok(None) };
    let is_of_this_device = header.certificate == desk.certificate_id;
    if !is_of_this_device && desk.incarnation_of(&outline.actor)?.is_none() {
        return Ok(None);
    }
    let Some(document) = desk.sound_document(batch.document)? else { return Ok(None) };
    let Ok(intended) = edits_of(&document, &bytes) else { return Ok(None) };
    let mut values = intended.edits;
    values.retain(|edit| matches!(edit, Edit::Set(..)));
    let (title, words) = in_words(&desk.tree, &values);
    Ok(Some(OutboxItem {
        document: batch.document,
        hash,
        title,
        words,
        saved_at: intended.at,
        delivery: REVERTED,
        batch: Some(batch.id.clone()),
        actor: None,
        stood: None,
        act: None,
        alone: false,
        said: Said::default(),
    }))
}

/// Keeps it to be told once everything that the server has is here. Comes after the receipts, which say more.
pub fn take(write: &Write<'_>, told: &Told) -> Result<(), StoreError> {
    let Told { batch, changes, said, accepted } = told;
    let waiting = write.outbox_of(batch.document)?;
    let of_batch = |item: &&OutboxItem| item.batch.as_ref() == Some(&batch.id);
    if waiting.iter().filter(of_batch).any(|item| item.delivery == REVERTED) {
        return Ok(());
    }
    for item in accepted {
        write.put_outbox(item)?;
        write.signed(&[item.hash], &batch.id)?;
    }
    write.undone(&batch.id, changes, said)
}
