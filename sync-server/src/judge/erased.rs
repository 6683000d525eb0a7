//! Batches of documents that were destroyed: nothing of them is kept, not even in quarantine.

use prost::Message;
use yidang_sync_protocol::SignedBatch;
use yidang_sync_protocol::cursor::record_hash;

use super::{Judge, Ruling};
use crate::store::{Refusal, StoreError};

/// The word for whatever is handed in for a document that was destroyed.
pub const ERASED: &str = "erased";

impl Judge<'_> {
    /// What becomes of a batch whose document was destroyed; none for every other. One that was taken before,
    /// and whose receipt was lost, is still told its place: it was destroyed with the document, and nobody has to
    /// do anything about it.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn on_erased(&self, batch: &SignedBatch) -> Result<Option<Ruling>, StoreError> {
        let named = batch.read().ok().and_then(|header| header.document_id());
        let Some(document) = named else { return Ok(None) };
        if !self.db.is_erased(&document)? {
            return Ok(None);
        }
        let taken = self.db.seq_of_erased(&document, &record_hash(&batch.encode_to_vec()))?;
        let refused = || Refusal { code: ERASED.to_owned(), ..Refusal::default() };
        Ok(Some(taken.map_or_else(|| Ruling::Refused(refused()), Ruling::Duplicate)))
    }
}
