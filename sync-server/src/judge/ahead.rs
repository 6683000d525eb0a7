//! What costs time is done before the county's one writer is taken: reading foreign bytes, examining
//! batches against their documents, testing that the documents survive. Inside, heads are compared: where
//! a document is another one by then, or the register, the batch is examined again, and nothing that was
//! found out beforehand counts.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use yidang_documents::{ChangeHash, Document, Projection};

use crate::store::StoreError;
use crate::worker::Found;

use super::examine::{Examined, No, Verified};
use super::{CRASHED, Halt, Judge, sound};

/// What was found out about batches before anything was locked. Of no use for another state of their
/// documents.
#[derive(Default)]
pub struct Ahead {
    /// The register that it was found out with.
    register: u64,
    /// What each batch would do to its document.
    examined: HashMap<[u8; 16], OnBase>,
    /// The rows of documents with these heads, which survive being saved and loaded.
    sound: HashMap<[u8; 16], (Vec<ChangeHash>, Projection)>,
}

/// What a batch would do, and the heads that it was examined on.
struct OnBase {
    base: Vec<ChangeHash>,
    examined: Result<Examined, No>,
}

impl Judge<'_> {
    /// Examines batches one on top of the other, as long as `goes_on` says so after each that is new.
    /// Writes nothing: a judge of a reading transaction does it, with a shelf that is nobody else's.
    #[must_use]
    pub fn examine_ahead(mut self, batches: &[&Verified], goes_on: impl Fn() -> bool) -> Ahead {
        self.ahead.register = self.register.version();
        let mut changed = Vec::new();
        for verified in batches {
            if self.knows(&verified.id) {
                continue;
            }
            let base = catch_unwind(AssertUnwindSafe(|| self.base_of(verified)));
            let Ok(Ok(base)) = base else { break };
            let examined = match self.examine_once(verified) {
                // Nothing is known, and whoever tries again hears why.
                Err(No::Store(_)) => break,
                examined => examined,
            };
            let is_new = !matches!(examined, Err(No::Duplicate(_)));
            if let Ok(examined) = &examined {
                self.shelf.stage(examined.document.clone());
                changed.push(verified.document);
            }
            self.ahead.examined.insert(verified.id, OnBase { base, examined });
            if is_new && !goes_on() {
                break;
            }
        }
        changed.sort_unstable();
        changed.dedup();
        for document in changed {
            let Ok(Some(found)) = self.shelf.find(self.db, &document) else { continue };
            if let Ok(rows) = sound(&found, self.care) {
                self.ahead.sound.insert(document, (found.heads(), rows));
            }
        }
        self.ahead
    }

    /// Relies on what was found out beforehand, as far as it still holds.
    pub fn rely_on(&mut self, ahead: Ahead) {
        self.ahead = ahead;
    }

    /// Whether a batch was examined beforehand.
    #[must_use]
    pub fn knows(&self, id: &[u8; 16]) -> bool {
        self.ahead.examined.contains_key(id)
    }

    /// The heads of the document that a batch is about, which stays the same from here on.
    fn base_of(&mut self, verified: &Verified) -> Result<Vec<ChangeHash>, StoreError> {
        let found = self.shelf.find(self.db, &verified.document)?;
        Ok(found.map(|document| document.heads()).unwrap_or_default())
    }

    /// What a batch would do: as it was found out beforehand, if that still holds.
    pub(super) fn examined(&mut self, verified: &Verified) -> Result<Examined, No> {
        match self.examined_before(verified)? {
            Some(examined) => examined,
            None => self.examine_once(verified),
        }
    }

    fn examined_before(
        &mut self,
        verified: &Verified,
    ) -> Result<Option<Result<Examined, No>>, StoreError> {
        let before = self.ahead.examined.remove(&verified.id);
        let Some(OnBase { base, examined }) = before else { return Ok(None) };
        // What waits and what is orphaned is decided by more than its document, and is soon decided again; the
        // place of a duplicate was perhaps not to be seen from there. What a person admitted depends on
        // that person as well.
        let lasts = match &examined {
            Ok(_) | Err(No::Refused(..)) => verified.is_placed || self.is_known(&verified.author),
            Err(No::Duplicate(seq)) => *seq > 0,
            Err(_) => false,
        };
        let holds = lasts
            && self.ahead.register == self.register.version()
            && self.shelf.heads(self.db, &verified.document)? == base;
        Ok(holds.then_some(examined))
    }

    /// Keeps what was found out about a batch that waits for the rest of its action: the last of it may
    /// come in this same transaction.
    pub(super) fn keep_for_later(
        &mut self,
        verified: &Verified,
        examined: Examined,
    ) -> Result<(), StoreError> {
        if self.ahead.register == self.register.version() {
            let base = self.shelf.heads(self.db, &verified.document)?;
            let examined = OnBase { base, examined: Ok(examined) };
            self.ahead.examined.insert(verified.id, examined);
        }
        Ok(())
    }

    /// Examines a batch. A panic of the engine blames it alone: nothing is written meanwhile.
    fn examine_once(&mut self, verified: &Verified) -> Result<Examined, No> {
        self.look(verified)?;
        catch_unwind(AssertUnwindSafe(|| self.examine(verified)))
            .unwrap_or_else(|_| Err(No::refused("poisonous", "the engine gave up")))
    }

    /// Has a worker read the bytes before the engine of this process does.
    pub(super) fn look(&self, verified: &Verified) -> Result<(), No> {
        let found = self.workers.look(&verified.id, &verified.batch.changes);
        match found.map_err(StoreError::from)? {
            Found::Well => Ok(()),
            Found::Broken { code, position, detail } => Err(No::Refused(code, detail, position)),
            Found::Deadly => Err(No::refused(CRASHED, "two processes ended reading it")),
        }
    }

    /// The rows of a document that survives being saved and loaded.
    pub(super) fn rows_of(
        &mut self,
        id: &[u8; 16],
        document: &Document,
    ) -> Result<Projection, Halt> {
        match self.ahead.sound.remove(id) {
            Some((heads, rows)) if heads == document.heads() => Ok(rows),
            _ => sound(document, self.care),
        }
    }
}
