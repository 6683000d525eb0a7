//! Judges batches: signature, author, form, rights, and only then the log.
//!
//! One request is judged in one transaction. Whatever is refused is kept in quarantine; whatever
//! waits is kept and looked at again when something is accepted for its document.

pub mod number;
pub mod rights;
pub mod shelf;

mod examine;
mod keep;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use prost::Message;
use yidang_domain::civil::InstantMs;
use yidang_sync_protocol::{Receipt, SignedBatch, Verdict};

use crate::county::County;
use crate::register::Register;
use crate::store::{Db, ParkedRow, QuarantineRow, StoreError};

use examine::Examined;
pub use examine::No;
pub use examine::{Verified, verify, verify_stored};
use shelf::Shelf;

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// In the log at this place.
    Accepted(u64),
    /// In the log before, at this place.
    Duplicate(u64),
    /// Kept until these changes come.
    Parked(Vec<[u8; 32]>),
    /// Kept until the register knows its author.
    Review,
    /// In quarantine under this code.
    Refused(String),
    /// Not kept; the device keeps it and asks again. The word says why.
    NotTaken(&'static str),
}

impl Ruling {
    /// The receipt for the batch at `index` of the request.
    #[must_use]
    pub fn receipt(&self, index: u32) -> Receipt {
        let (verdict, seq, code, missing) = match self {
            Self::Accepted(seq) => (Verdict::Accepted, *seq, "", Vec::new()),
            Self::Duplicate(seq) => (Verdict::Duplicate, *seq, "", Vec::new()),
            Self::Parked(missing) => (Verdict::Parked, 0, "", missing.clone()),
            Self::Review => (Verdict::Review, 0, "unknown_author", Vec::new()),
            Self::Refused(code) => (Verdict::Refused, 0, code.as_str(), Vec::new()),
            Self::NotTaken(code) => (Verdict::Unknown, 0, *code, Vec::new()),
        };
        Receipt {
            index,
            verdict: verdict.into(),
            seq,
            code: code.to_owned(),
            missing: missing.iter().map(|hash| hash.to_vec()).collect(),
        }
    }
}

/// One author's batches that wait are never more than this together.
const MOST_PARKED_BYTES: u64 = 1 << 20;
/// Of one author so many refused batches are kept.
const MOST_QUARANTINED: u64 = 256;

/// Refusals of batches whose author is not proved.
const UNSIGNED: [&str; 2] = ["unreadable_batch", "wrong_signature"];

/// Judges within one transaction.
pub struct Judge<'a> {
    db: &'a Db<'a>,
    register: &'a Register,
    county: &'a County,
    shelf: &'a mut Shelf,
    now: InstantMs,
    healing: bool,
    rulings: HashMap<[u8; 16], Ruling>,
}

impl<'a> Judge<'a> {
    /// A judge for one transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn new(
        db: &'a Db<'a>,
        register: &'a Register,
        county: &'a County,
        shelf: &'a mut Shelf,
        now: InstantMs,
    ) -> Result<Self, StoreError> {
        let healing = db.county()?.healing;
        Ok(Self { db, register, county, shelf, now, healing, rulings: HashMap::new() })
    }

    /// Judges one batch that was received.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; the transaction must be rolled back then, and the batch stays in the inbox.
    pub fn judge(&mut self, verified: &Verified) -> Result<(), StoreError> {
        let ruling = self.rule(verified)?;
        self.db.judged(&verified.id)?;
        let accepted = matches!(ruling, Ruling::Accepted(_));
        self.rulings.insert(verified.id, ruling);
        if accepted {
            self.follow_up(&verified.document)?;
        }
        Ok(())
    }

    /// What became of the batch of this name.
    #[must_use]
    pub fn ruling(&self, id: &[u8; 16]) -> Option<&Ruling> {
        self.rulings.get(id)
    }

    /// Looks again at everything that waits for a document, and issues its number if it is due.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn follow_up(&mut self, document: &[u8; 16]) -> Result<(), StoreError> {
        while self.retry_parked(document)? {}
        self.issue_number(document)
    }

    /// Tries what is parked once; true if something was accepted.
    fn retry_parked(&mut self, document: &[u8; 16]) -> Result<bool, StoreError> {
        let mut progress = false;
        for row in self.db.parked_of(document)? {
            let Ok(batch) = SignedBatch::decode(row.bytes.as_slice()) else {
                self.db.unpark(&row.id)?;
                continue;
            };
            let ruling = match verify(self.db, self.county, &batch) {
                Ok(verified) => self.rule(&verified)?,
                Err(no) => self.settle_no(&batch, no)?,
            };
            match ruling {
                Ruling::Parked(_) | Ruling::Review | Ruling::NotTaken(_) => {}
                Ruling::Accepted(_) => {
                    progress = true;
                    self.db.unpark(&row.id)?;
                }
                Ruling::Duplicate(_) | Ruling::Refused(_) => self.db.unpark(&row.id)?,
            }
            self.rulings.insert(row.id, ruling);
        }
        Ok(progress)
    }

    fn rule(&mut self, verified: &Verified) -> Result<Ruling, StoreError> {
        // Writes begin only after the engine is done with the batch, so a panic in it leaves the
        // transaction whole and blames this batch alone.
        let examined = catch_unwind(AssertUnwindSafe(|| self.examine(verified)))
            .unwrap_or_else(|_| Err(No::refused("poisonous", "the engine gave up")));
        match examined {
            Ok(examined) => {
                let seq = self.keep(verified, &examined)?;
                self.shelf.stage(examined.document);
                Ok(Ruling::Accepted(seq))
            }
            Err(no) => self.settle_no(&verified.batch, no),
        }
    }

    /// Keeps a batch that was not accepted where it belongs.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn settle_no(&mut self, batch: &SignedBatch, no: No) -> Result<Ruling, StoreError> {
        let header = batch.read().unwrap_or_default();
        match no {
            No::Store(error) => Err(error),
            No::Duplicate(seq) => Ok(Ruling::Duplicate(seq)),
            No::NotTaken(code) => Ok(Ruling::NotTaken(code)),
            No::Parked(missing) => self.park(batch, missing, false),
            No::Review => self.park(batch, Vec::new(), true),
            No::Refused(code, detail) => {
                tracing::info!(code, detail, "batch refused");
                // Whoever is named by what nobody signed loses no place in the quarantine to it.
                let is_signed = !UNSIGNED.contains(&code);
                let row = QuarantineRow {
                    id: batch.id(),
                    document: header.document,
                    certificate: if is_signed { header.certificate } else { Vec::new() },
                    code: code.to_owned(),
                    detail,
                    bytes: batch.encode_to_vec(),
                };
                self.db.quarantine(&row, MOST_QUARANTINED, self.now.0)?;
                Ok(Ruling::Refused(code.to_owned()))
            }
        }
    }

    fn park(
        &mut self,
        batch: &SignedBatch,
        missing: Vec<[u8; 32]>,
        review: bool,
    ) -> Result<Ruling, StoreError> {
        let header = batch.read().unwrap_or_default();
        let (Some(document), Some(certificate)) = (header.document_id(), header.certificate_id())
        else {
            return Ok(Ruling::NotTaken("malformed"));
        };
        let bytes = batch.encode_to_vec();
        let waiting = self.db.parked_bytes(&certificate)?;
        if waiting.saturating_add(bytes.len() as u64) > MOST_PARKED_BYTES {
            return Ok(Ruling::NotTaken("too_much_parked"));
        }
        let ruling = if review { Ruling::Review } else { Ruling::Parked(missing.clone()) };
        let row = ParkedRow { id: batch.id(), document, certificate, bytes, missing, review };
        self.db.park(&row, self.now.0)?;
        Ok(ruling)
    }
}
