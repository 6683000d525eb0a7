//! What is not taken, and what can never be taken because of it.
//!
//! A batch is refused whole. Its changes are remembered as refused, and whatever was built on one of them is
//! orphaned by that batch, directly or through others: what comes later when it comes, what came earlier and
//! waits at once. So the order in which things come says nothing about what becomes of them.

use prost::Message;
use yidang_documents::{ChangeHash, guard};
use yidang_sync_protocol::SignedBatch;

use super::acts::ACT;
use super::examine::{No, Verified, open};
use super::review::DECLINED;
use super::{CRASHED, Judge, Ruling, grounds};
use crate::store::{QuarantineRow, Refusal, RefusedChange, StoreError};

/// Of one author so many refused batches are kept.
const MOST_QUARANTINED: u64 = 256;
/// And so many refused changes: as many as those batches can hold.
const MOST_REFUSED_CHANGES: u64 =
    MOST_QUARANTINED * yidang_sync_protocol::batch::MOST_CHANGES as u64;

/// Refusals of batches whose author is not proved.
const UNSIGNED: [&str; 2] = ["unreadable_batch", "wrong_signature"];

/// Refusals that another register, a later version of the server or the end of a healing may take back.
const MAY_CHANGE: [&str; 6] =
    ["revoked", "foreign_county", "unknown_unit", "unknown_kind", "unknown_field", "unknown_entry"];

/// The word of a batch that was built on a refused change.
const ORPHANED: &str = "orphaned";

impl Judge<'_> {
    /// Why a batch was refused before, where that stands. It is not judged again: what its author was told is
    /// true whoever brings it once more, and whatever they have been given since. What the county took once
    /// (`is_placed`) is judged again, but for what ended the process.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn was_refused(&self, verified: &Verified) -> Result<Option<Refusal>, StoreError> {
        let Some(refusal) = self.db.refusal(&verified.id)? else { return Ok(None) };
        // What was refused because of another part stands as long as that does.
        let is_because = refusal.code == ACT && !refusal.rule.is_empty();
        let code = if is_because { refusal.rule.as_str() } else { refusal.code.as_str() };
        let is_final = [CRASHED, DECLINED].contains(&code);
        let stands = if verified.is_placed {
            code == CRASHED
        } else {
            is_final || !self.healing && !MAY_CHANGE.contains(&code)
        };
        Ok(stands.then_some(refusal))
    }

    /// Keeps a batch that was not accepted where it belongs.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn settle_no(&mut self, batch: &SignedBatch, no: No) -> Result<Ruling, StoreError> {
        if let Some(ruling) = self.on_erased(batch)? {
            return Ok(ruling);
        }
        match no {
            No::Store(error) => Err(error),
            No::Duplicate(seq) => Ok(Ruling::Duplicate(seq)),
            No::NotTaken(code) => Ok(Ruling::NotTaken(code)),
            No::Parked(missing) => self.park(batch, missing, false),
            No::Review(missing) => self.park(batch, missing, true),
            No::Refused(code, detail, position) => {
                let code = code.to_owned();
                self.refuse(batch, Refusal { code, position, ..Refusal::default() }, detail)
            }
            No::Orphaned(root, position) => {
                self.refuse(batch, orphan(root, position), String::new())
            }
        }
    }

    /// Puts a batch into quarantine, and everything that waits and was built on it.
    pub(super) fn refuse(
        &mut self,
        batch: &SignedBatch,
        refusal: Refusal,
        detail: String,
    ) -> Result<Ruling, StoreError> {
        let code = refusal.code.as_str();
        // What exactly stands in the quarantine: it may quote what was typed.
        tracing::info!(code, "batch refused");
        let header = batch.read().unwrap_or_default();
        // Whoever is named by what nobody signed loses no place in the quarantine to it.
        let is_signed = !UNSIGNED.contains(&code);
        // While the county heals, the register and the log are older than what comes back: what is refused
        // now may be taken once they are whole.
        let is_final = is_signed && (!self.healing || code == DECLINED);
        let certificate = if is_signed { header.certificate.clone() } else { Vec::new() };
        let root = RefusedChange {
            batch: refusal.by.unwrap_or_else(|| batch.id()),
            rule: if refusal.by.is_some() { refusal.rule.clone() } else { refusal.code.clone() },
        };
        let row = QuarantineRow {
            id: batch.id(),
            document: header.document.clone(),
            certificate,
            refusal: refusal.clone(),
            detail,
            bytes: batch.encode_to_vec(),
        };
        // One batch counts once, however often it is handed in.
        let is_new_crash =
            code == CRASHED && self.db.quarantined(&row.id)?.as_deref() != Some(CRASHED);
        self.db.quarantine(&row, MOST_QUARANTINED, self.now.0)?;
        if is_new_crash {
            self.count_crash(&row.certificate)?;
        }
        if let (true, Some(document)) = (is_final, header.document_id()) {
            let changes = self.own_changes(batch, &document)?;
            self.never(&document, &changes, &root, &header.certificate)?;
            self.orphan_waiting(&document, changes, &root)?;
            self.act_fell(batch, &root)?;
        }
        Ok(Ruling::Refused(refusal))
    }

    fn never(
        &self,
        document: &[u8; 16],
        changes: &[ChangeHash],
        root: &RefusedChange,
        certificate: &[u8],
    ) -> Result<(), StoreError> {
        self.db.refuse_changes(document, changes, root, certificate, MOST_REFUSED_CHANGES)
    }

    /// The changes of a batch that are its author's own and not in the log. Nobody's change is refused for
    /// lying in somebody else's batch.
    fn own_changes(
        &self,
        batch: &SignedBatch,
        document: &[u8; 16],
    ) -> Result<Vec<ChangeHash>, StoreError> {
        let actor = match open(self.db, self.county, batch) {
            Ok((verified, _)) => verified.actor,
            Err(No::Store(error)) => return Err(error),
            Err(_) => return Ok(Vec::new()),
        };
        let mut own = Vec::new();
        for outline in batch.changes.iter().filter_map(|bytes| guard::scan(bytes).ok()) {
            let is_in_the_log = self.db.seq_of_change(document, &outline.hash)?.is_some();
            if outline.actor == actor && !is_in_the_log {
                own.push(outline.hash);
            }
        }
        Ok(own)
    }

    /// Orphans everything that waits for one of these changes, for what that brings along, and so on.
    fn orphan_waiting(
        &mut self,
        document: &[u8; 16],
        mut open: Vec<ChangeHash>,
        root: &RefusedChange,
    ) -> Result<(), StoreError> {
        while let Some(hash) = open.pop() {
            for id in self.db.waiting_for(document, &hash)? {
                let Some(row) = self.db.parked(&id)? else { continue };
                // The county took it once: what it waits for comes back with a place as well.
                if self.db.is_placed(&id)? {
                    continue;
                }
                let batch = SignedBatch::decode(row.bytes.as_slice())?;
                let refusal = orphan(root.clone(), grounds::made_on(&batch, &hash));
                let kept = QuarantineRow {
                    id,
                    document: document.to_vec(),
                    certificate: row.certificate.to_vec(),
                    refusal: refusal.clone(),
                    detail: String::new(),
                    bytes: row.bytes,
                };
                self.db.quarantine(&kept, MOST_QUARANTINED, self.now.0)?;
                self.db.unpark(&id)?;
                let changes = self.own_changes(&batch, document)?;
                self.never(document, &changes, root, &row.certificate)?;
                open.extend(changes);
                self.rulings.insert(id, Ruling::Refused(refusal));
                self.act_fell(&batch, root)?;
            }
        }
        Ok(())
    }
}

fn orphan(root: RefusedChange, position: u32) -> Refusal {
    let (by, rule) = (Some(root.batch), root.rule);
    Refusal { code: ORPHANED.to_owned(), position, by, rule, reason: String::new() }
}
