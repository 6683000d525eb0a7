//! Who wrote something: from the actor in a document to a name.

use std::collections::BTreeMap;

use prost::Message;
use yidang_api::case_file::Provenance;
use yidang_documents::actor_id;
use yidang_documents::project::Mark;
use yidang_domain::ids::UserId;
use yidang_sync_protocol::Certificate;

use crate::store::{ReadState, StoreError, Write};

/// Incarnations whose actors are derived in advance when a certificate comes in: the first of every key,
/// and those of versions that counted them. Later ones are drawn, and noted when a batch names them
/// ([`note_actor`]).
const INCARNATIONS: u32 = 4;

/// Stands for a name whose certificate is on its way; the words are here already.
pub const SOMEBODY: &str = "一位同事";

/// Looks names up, each once.
pub struct People<'a, S: ReadState> {
    store: &'a S,
    me: UserId,
    found: BTreeMap<[u8; 16], Option<Certificate>>,
}

impl<'a, S: ReadState> People<'a, S> {
    /// Looks up in `store`, for `me`.
    pub const fn new(store: &'a S, me: UserId) -> Self {
        Self { store, me, found: BTreeMap::new() }
    }

    /// Who made a mark.
    pub fn of(&mut self, mark: &Mark) -> Provenance {
        let certificate = self.found.entry(mark.actor).or_insert_with(|| {
            let bytes = self.store.certificate_of(&mark.actor).ok().flatten()?;
            Certificate::decode(bytes.as_slice()).ok()
        });
        match certificate {
            Some(certificate) => Provenance {
                me: certificate.user == self.me.as_str(),
                name: certificate.name.clone(),
                post: certificate.post.clone(),
                device: certificate.device_name.clone(),
                at: mark.at,
            },
            None => Provenance {
                name: SOMEBODY.into(),
                post: String::new(),
                device: String::new(),
                at: mark.at,
                me: false,
            },
        }
    }
}

/// Name and post in a certificate.
pub fn name_and_post(certificate: &[u8]) -> Option<(String, String)> {
    let certificate = Certificate::decode(certificate).ok()?;
    Some((certificate.name, certificate.post))
}

/// Notes which actors a certificate stands for.
pub fn note_actors(
    write: &Write<'_>,
    id: &[u8; 16],
    certificate: &Certificate,
) -> Result<(), StoreError> {
    if let (Some(key), Some(nonce)) = (certificate.key(), certificate.nonce()) {
        let user = UserId(certificate.user.clone());
        for incarnation in 0..INCARNATIONS {
            write.put_actor(&actor_id(&key, &user, &nonce, incarnation), id)?;
        }
    }
    Ok(())
}

/// Notes whose actor wrote a batch, where that cannot be derived from the certificate alone.
pub fn note_actor(
    write: &Write<'_>,
    actor: &[u8],
    header: &yidang_sync_protocol::BatchHeader,
) -> Result<(), StoreError> {
    if header.incarnation < INCARNATIONS {
        return Ok(());
    }
    write.put_actor(actor, &header.certificate)
}
