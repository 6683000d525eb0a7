//! What waits: for changes it was made on, or for a person.

use prost::Message;
use yidang_documents::{ChangeHash, guard};
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::OrgCode;
use yidang_sync_protocol::SignedBatch;

use super::acts::action_of;
use super::examine::{No, Verified, verify};
use super::rights::{self, Written};
use super::{Judge, Ruling};
use crate::kinds;
use crate::store::{ParkedRow, StoreError};

/// One device's batches that wait are never more than this together.
const MOST_BYTES_OF_DEVICE: u64 = 1 << 20;
/// What waits for one document is never more than this.
const MOST_BYTES_OF_DOCUMENT: u64 = 2 << 20;
/// What waits for changes waits no longer; its device sends it again.
const LONGEST_MS: i64 = 30 * 86_400_000;

/// The first operation of a batch; of one that cannot be read the very first.
fn first_op(batch: &SignedBatch) -> u64 {
    let first = batch.changes.first().and_then(|bytes| guard::scan(bytes).ok());
    first.map_or(0, |outline| outline.start_op)
}

impl Judge<'_> {
    /// Whether a batch may wait for what it lacks. What it does is known only once everything is there; but
    /// whoever never had any business with its document need not fill the parking of it.
    pub(super) fn may_wait(&self, verified: &Verified, written: Written) -> Result<(), No> {
        if verified.author.is_server {
            return Ok(());
        }
        let header = &verified.header;
        let (kind, home, mut units): (u32, OrgCode, Vec<OrgCode>) =
            match self.db.document(&verified.document)? {
                Some(row) => {
                    let ever = self.db.ever_in(&verified.document)?.into_iter().map(OrgCode);
                    (row.kind, OrgCode(row.home), ever.chain([OrgCode(row.org)]).collect())
                }
                None => (header.kind, OrgCode(header.home.clone()), Vec::new()),
            };
        let kind = kinds::kind_of(kind).ok_or(No::NotTaken("unknown_document"))?;
        if kind == DocumentKind::VisitDay {
            units.clear();
        }
        units.push(home);
        if rights::reaches(self.register, &verified.author, written, kind, &units) {
            Ok(())
        } else {
            Err(No::NotTaken("out_of_scope"))
        }
    }

    /// Parks a batch until `missing` is there and the other parts of its action, or a person decides.
    pub(super) fn park(
        &mut self,
        batch: &SignedBatch,
        missing: Vec<ChangeHash>,
        review: bool,
    ) -> Result<Ruling, StoreError> {
        let header = batch.read().unwrap_or_default();
        let (Some(document), Some(certificate)) = (header.document_id(), header.certificate_id())
        else {
            return Ok(Ruling::NotTaken("malformed"));
        };
        let expired = self.db.expire_parked(self.now.0.saturating_sub(LONGEST_MS))?;
        if expired > 0 {
            tracing::info!(expired, "batches waited too long for what they were made on");
        }
        let id = batch.id();
        let bytes = batch.encode_to_vec();
        let more = if self.db.parked(&id)?.is_some() { 0 } else { bytes.len() as u64 };
        let of_device = self.db.parked_bytes(&certificate)?.saturating_add(more);
        let of_document = self.db.parked_bytes_of(&document)?.saturating_add(more);
        if more > 0 && (of_device > MOST_BYTES_OF_DEVICE || of_document > MOST_BYTES_OF_DOCUMENT) {
            return Ok(Ruling::NotTaken("too_much_parked"));
        }
        let row = ParkedRow { id, document, certificate, bytes, review, at_ms: self.now.0 };
        self.db.park(&row, &missing)?;
        if let Ok(Some(action)) = action_of(&header) {
            self.db.put_act_part(&action.name, &document, &id)?;
        }
        Ok(if review { Ruling::Review } else { Ruling::Parked(missing) })
    }

    /// Judges what waited for changes that came in this transaction, and for what came with that, until
    /// nothing more is ready.
    pub(super) fn retry_waiting(&mut self, document: &[u8; 16]) -> Result<(), StoreError> {
        while let Some(came) = self.arrived.remove(document) {
            let mut ready = Vec::new();
            for hash in came {
                ready.extend(self.db.arrived(document, &hash)?);
            }
            let mut rows = Vec::with_capacity(ready.len());
            for id in ready {
                rows.extend(self.db.parked(&id)?);
            }
            self.retry(rows)?;
        }
        Ok(())
    }

    /// Judges again what waits for a person, where the register is another one by now.
    /// [`Judge::follow_up`] must follow.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn retry_reviews(&mut self, document: &[u8; 16]) -> Result<(), StoreError> {
        let rows = self.db.in_review(Some(document))?;
        self.retry(rows)
    }

    /// Judges again everything that waits, whatever it is said to wait for: what that says may be wrong.
    /// [`Judge::follow_up`] must follow.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn retry_parked(&mut self, document: &[u8; 16]) -> Result<(), StoreError> {
        let rows = self.db.parked_of(document)?;
        self.retry(rows)
    }

    /// In the order of first operations most stands behind whatever it was made on.
    pub(super) fn retry(&mut self, rows: Vec<ParkedRow>) -> Result<(), StoreError> {
        let mut batches = Vec::with_capacity(rows.len());
        for row in rows {
            let batch = SignedBatch::decode(row.bytes.as_slice())?;
            batches.push((first_op(&batch), row.id, batch));
        }
        batches.sort_by_key(|(first_op, ..)| *first_op);
        for (_, id, batch) in batches {
            // One of those before it may have taken it along.
            if self.db.parked(&id)?.is_none() {
                continue;
            }
            let ruling = match verify(self.db, self.county, &batch) {
                Ok(verified) => self.rule(&verified)?,
                Err(no) => self.settle_no(&batch, no)?,
            };
            if let Ruling::Accepted(seq) = ruling {
                self.db.settle(&id, seq, self.now.0)?;
            }
            if !ruling.waits() {
                self.db.unpark(&id)?;
            }
            let ruling = self.with_undone(&id, ruling)?;
            self.rulings.insert(id, ruling);
        }
        Ok(())
    }
}
