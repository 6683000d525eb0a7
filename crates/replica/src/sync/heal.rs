//! A server that went back in time gets back what this device holds: everybody's signed batches.

use prost::Message;
use yidang_api::Fault;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::message::digest_of;
use yidang_sync_protocol::{DocumentDigest, HealReply, HealRequest, SignedCheckpoint};

use crate::device::OpenDesk;
use crate::store::{ReadDocuments, ReadState, StoreError};

/// Says what this device holds.
pub fn request(desk: &mut OpenDesk) -> Result<HealRequest, Fault> {
    let mut documents = Vec::new();
    for id in desk.store.documents()? {
        let document = desk.document(id)?;
        documents.push(DocumentDigest {
            document: id.as_bytes().to_vec(),
            digest: digest_of(&document.heads()).to_vec(),
        });
    }
    let checkpoints = desk
        .store
        .checkpoints(16)?
        .iter()
        .filter_map(|bytes| SignedCheckpoint::decode(bytes.as_slice()).ok())
        .collect();
    Ok(HealRequest { documents, checkpoints })
}

/// Marks every batch of the wanted documents to be pushed again, own ones and others', and begins
/// at the cursor of the new epoch. Nothing is deleted.
pub fn absorb(desk: &mut OpenDesk, reply: &HealReply) -> Result<(), Fault> {
    desk.store.write(|write| -> Result<(), StoreError> {
        for id in reply.wanted.iter().filter_map(|id| id.as_slice().try_into().ok()) {
            write.push_again(DocumentId::from_bytes(id))?;
        }
        match &reply.cursor {
            Some(cursor) => write.put_state("cursor", &cursor.encode_to_vec()),
            None => write.drop_state("cursor"),
        }
    })?;
    Ok(())
}
