//! A server that went back in time gets back what this device holds: everybody's signed batches, the county's
//! own records, and saves of documents whose batches never came. What the device lacks it asks for by name.

use prost::Message;
use yidang_api::Fault;
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::message::digest_of;
use yidang_sync_protocol::{
    Checkpoint, DocumentDigest, HealReply, HealRequest, RecordName, SignedCheckpoint, SyncReply,
};

use crate::boundary::Boundary;
use crate::device::OpenDesk;
use crate::store::{ReadDocuments, ReadPlaces, ReadState, StoreError};

/// Documents in one request: a quarter of what the server takes.
const PART: usize = 8_192;
/// Complaints of so long are handed in again: a little less than the server remembers which it took.
const COMPLAINTS_MS: i64 = 29 * 86_400_000;
/// So many checkpoints are shown, newest first.
const CHECKPOINTS: u32 = 16;

/// Says what this device holds, in parts of the list of documents. The first one says the rest.
pub fn requests(desk: &mut OpenDesk) -> Result<Vec<HealRequest>, Fault> {
    let mut documents = Vec::new();
    for (id, heads) in desk.store.documents_with_heads()? {
        let heads = match heads {
            Some(heads) => heads,
            // What is damaged is as good as not here.
            None => match desk.sound_document(id)? {
                Some(document) => document.heads(),
                None => continue,
            },
        };
        documents.push(DocumentDigest {
            document: id.as_bytes().to_vec(),
            digest: digest_of(&heads).to_vec(),
        });
    }
    let mut requests = parts(&documents);
    if let Some(first) = requests.first_mut() {
        first.records = RecordName::pack(&desk.store.record_names()?);
        first.checkpoints = desk
            .store
            .checkpoints(CHECKPOINTS)?
            .iter()
            .filter_map(|bytes| SignedCheckpoint::decode(bytes.as_slice()).ok())
            .collect();
    }
    Ok(requests)
}

/// Cuts a list in the order of identifiers; the parts cover every identifier there may be.
fn parts(documents: &[DocumentDigest]) -> Vec<HealRequest> {
    let whole = HealRequest { asks_for_documents: true, ..HealRequest::default() };
    let mut requests: Vec<HealRequest> = Vec::new();
    for chunk in documents.chunks(PART) {
        let first = chunk.first().map(|digest| digest.document.clone()).unwrap_or_default();
        if let Some(before) = requests.last_mut() {
            before.before.clone_from(&first);
        }
        let from = if requests.is_empty() { Vec::new() } else { first };
        requests.push(HealRequest { documents: chunk.to_vec(), from, ..whole.clone() });
    }
    if requests.is_empty() { vec![whole] } else { requests }
}

/// Marks what the server lacks to be sent, and what is lacking here to be asked for, and begins at the
/// cursor of the new epoch. Nothing is deleted.
pub fn absorb(desk: &mut OpenDesk, replies: &[HealReply], now: InstantMs) -> Result<(), Fault> {
    let ids = |list: &[Vec<u8>]| -> Vec<DocumentId> {
        let known = list.iter().filter_map(|id| id.as_slice().try_into().ok());
        known.map(DocumentId::from_bytes).collect()
    };
    desk.store.write(|write| -> Result<(), StoreError> {
        for reply in replies {
            for id in ids(&reply.wanted) {
                write.push_again(id)?;
                write.give_save(id)?;
            }
            for id in ids(&reply.lacking) {
                write.want_document(id)?;
            }
            for id in ids(&reply.released) {
                write.seal(id)?;
            }
            for name in RecordName::unpack(&reply.wanted_records) {
                write.set_record_push(&name, true)?;
            }
        }
        write.prove_again()?;
        write.complain_again(InstantMs(now.0.saturating_sub(COMPLAINTS_MS)))?;
        // What was written after the first answer comes after its cursor.
        match replies.first().and_then(|reply| reply.cursor.as_ref()) {
            Some(cursor) => write.put_state("cursor", &cursor.encode_to_vec()),
            None => write.drop_state("cursor"),
        }
    })?;
    desk.store.passed(Boundary::Healed);
    Ok(())
}

/// Whether the server tells of another log than it told before: at a place that this device remembers
/// stands something else.
pub fn contradicts(desk: &OpenDesk, reply: &SyncReply) -> Result<bool, StoreError> {
    let key = &desk.account.county_key;
    let Some(told) = reply.checkpoint.as_ref().and_then(|signed| signed.open(key).ok()) else {
        return Ok(false);
    };
    let kept = desk.store.checkpoint_at(&told.epoch, told.seq)?;
    let kept = kept
        .and_then(|bytes| SignedCheckpoint::decode(bytes.as_slice()).ok())
        .and_then(|signed| Checkpoint::decode(signed.checkpoint.as_slice()).ok());
    Ok(kept.is_some_and(|kept| kept.chain != told.chain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(number: u32) -> DocumentDigest {
        let document = [&[0; 12][..], &number.to_be_bytes()].concat();
        DocumentDigest { document, digest: vec![0; 8] }
    }

    #[test]
    fn a_long_list_is_cut_without_a_gap() {
        let count = u32::try_from(PART).unwrap() * 2 + 5;
        let requests = parts(&(0..count).map(digest).collect::<Vec<_>>());
        assert_eq!(requests.len(), 3);
        assert!(requests[0].from.is_empty() && requests[2].before.is_empty());
        for pair in requests.windows(2) {
            assert_eq!(pair[0].before, pair[1].from);
            assert_eq!(pair[1].documents[0].document, pair[1].from);
        }
        assert!(requests.iter().all(|part| part.encoded_len() < 1 << 18));
        let nothing = parts(&[]);
        assert_eq!(nothing.len(), 1, "a device that holds nothing asks for everything");
    }
}
