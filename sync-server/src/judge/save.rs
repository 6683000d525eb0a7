//! A document as the county saved it once, given back by a device that came no further than this: its
//! batches are still with somebody else, or nowhere.

use std::panic::{AssertUnwindSafe, catch_unwind};

use prost::Message;
use yidang_documents::{Actor, Document, guard};
use yidang_sync_protocol::AttestedSnapshot;

use crate::store::{ChangeRow, LogKind, StoreError};

use super::examine::Examined;
use super::{Judge, No};

impl Judge<'_> {
    /// Takes what a save holds that is not here, if the county attests it; whether anything was new.
    /// [`Judge::finish`] must follow.
    ///
    /// Who wrote what in it was judged when the county saved it, and cannot be shown again before the
    /// batches come. The guard looks at every change all the same.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; the transaction must be rolled back then.
    pub fn take_save(&mut self, save: &AttestedSnapshot) -> Result<bool, StoreError> {
        let Ok(id) = save.open(&self.county.key) else {
            tracing::info!("a save that the county does not attest");
            return Ok(false);
        };
        if self.db.is_erased(&id)? {
            return Ok(false);
        }
        let examined = catch_unwind(AssertUnwindSafe(|| self.examine_save(&id, &save.save)))
            .unwrap_or_else(|_| Err(No::refused("poisonous", "the engine gave up")));
        let examined = match examined {
            Ok(examined) => examined,
            Err(No::Store(error)) => return Err(error),
            Err(No::Duplicate(_)) => return Ok(false),
            Err(no) => {
                tracing::error!(?no, "a save that the county attests cannot be taken");
                return Ok(false);
            }
        };
        let seq = self.db.append(LogKind::Save, &id, &save.encode_to_vec(), self.now.0)?;
        self.keep_at(seq, &id, &examined)?;
        self.shelf.stage(examined.document);
        if !self.touched.contains(&id) {
            self.touched.push(id);
        }
        Ok(true)
    }

    fn examine_save(&mut self, id: &[u8; 16], save: &[u8]) -> Result<Examined, No> {
        let unreadable = |detail: String| No::refused("unreadable", detail);
        let whole = Document::from_saved(save).map_err(|error| unreadable(error.to_string()))?;
        if whole.id().as_bytes() != id {
            return Err(unreadable("a save of another document".into()));
        }
        let mut document = match self.shelf.find(self.db, id)? {
            Some(document) => document,
            None => Document::begin(whole.kind(), whole.id(), whole.home())
                .map_err(|error| unreadable(error.to_string()))?,
        };
        let mut changes = Vec::new();
        let mut performed = Vec::new();
        for (hash, bytes) in whole.changes_since(&[]) {
            if document.has(&hash) {
                continue;
            }
            let outline = guard::scan(&bytes)?;
            let actor = Actor::try_from(outline.actor.as_slice())
                .map_err(|_| unreadable("an actor of another length".into()))?;
            let did = guard::admit(&mut document, &actor, &bytes)?;
            let position = u32::try_from(changes.len()).unwrap_or(u32::MAX);
            changes.push(ChangeRow { hash, actor, seq_of_actor: did.seq, position, bytes });
            performed.push(did);
        }
        let Some(last) = performed.last() else { return Err(No::Duplicate(0)) };
        let org = last.org_after.clone();
        guard::survives(&document)?;
        Ok(Examined { document, org, changes, performed })
    }
}
