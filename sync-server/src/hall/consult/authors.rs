//! From the actors of a document to the names in certificates.

use std::collections::BTreeMap;

use prost::Message;
use yidang_api::case_file::Provenance;
use yidang_documents::guard;
use yidang_documents::project::Mark;
use yidang_domain::ids::UserId;
use yidang_sync_protocol::{Certificate, SignedBatch, SignedCertificate};

use crate::app::App;
use crate::store::{Db, StoreError};

/// Who wrote into one document.
pub struct Authors {
    me: UserId,
    of_actor: BTreeMap<[u8; 16], Certificate>,
}

impl Authors {
    /// Everybody who wrote into `document`, as their batches say.
    pub fn of(
        app: &App,
        db: &Db<'_>,
        document: &[u8; 16],
        me: &UserId,
    ) -> Result<Self, StoreError> {
        let mut of_actor = BTreeMap::new();
        for (_, record) in db.batches_after(document, 0)? {
            let batch = SignedBatch::decode(record.as_slice())?;
            let Some(actor) = actor_of(&batch) else { continue };
            if !of_actor.contains_key(&actor)
                && let Some(certificate) = certificate_of(app, db, &batch)?
            {
                of_actor.insert(actor, certificate);
            }
        }
        Ok(Self { me: me.clone(), of_actor })
    }

    /// Who made a mark.
    pub fn provenance(&self, mark: &Mark) -> Provenance {
        let known = self.of_actor.get(&mark.actor);
        let text = |of: fn(&Certificate) -> &String| known.map(of).cloned().unwrap_or_default();
        Provenance {
            name: text(|certificate| &certificate.name),
            post: text(|certificate| &certificate.post),
            device: text(|certificate| &certificate.device_name),
            at: mark.at,
            me: known.is_some_and(|certificate| certificate.user == self.me.as_str()),
        }
    }
}

/// The actor of a batch: all its changes have one.
fn actor_of(batch: &SignedBatch) -> Option<[u8; 16]> {
    guard::scan(batch.changes.first()?).ok()?.actor.as_slice().try_into().ok()
}

fn certificate_of(
    app: &App,
    db: &Db<'_>,
    batch: &SignedBatch,
) -> Result<Option<Certificate>, StoreError> {
    let id = batch.read().ok().and_then(|header| header.certificate_id());
    let Some(id) = id else { return Ok(None) };
    let Some(row) = db.certificate(&id)? else { return Ok(None) };
    let signed = SignedCertificate::decode(row.bytes.as_slice())?;
    Ok(signed.open(&app.county().key).ok())
}
