//! Judges batches: signature, author, form, rights, and only then the log.
//!
//! One request is judged in one transaction. Whatever is refused is kept in quarantine; whatever
//! waits is kept and looked at again when something was accepted for its document.
//!
//! What costs as much as the whole document is done once for each document of a transaction, in
//! [`Judge::finish`]: the last test of the engine, the line in lists, the number that is due. Only
//! where that test fails, everything is judged again batch by batch, which finds the one to blame.

pub mod number;
pub mod own;
pub mod rights;
pub mod shelf;

mod examine;
mod keep;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use prost::Message;
use yidang_documents::{Document, Projection, guard};
use yidang_domain::civil::InstantMs;
use yidang_sync_protocol::{Receipt, SignedBatch, Verdict};

use crate::county::County;
use crate::register::Register;
use crate::store::{Db, ParkedRow, QuarantineRow, StoreError};

use examine::Examined;
pub use examine::No;
pub use examine::{Verified, verify, verify_stored};
use shelf::Shelf;

/// The rows of a document that survives being saved and loaded. A panic of the engine is a failure
/// of the document.
fn sound(document: &Document) -> Result<Projection, Halt> {
    match catch_unwind(AssertUnwindSafe(|| guard::survives(document))) {
        Ok(Ok(projection)) => Ok(projection),
        _ => Err(Halt::Unsound),
    }
}

/// The first operation of a batch; of one that cannot be read the very first.
fn first_op(batch: &SignedBatch) -> u64 {
    let first = batch.changes.first().and_then(|bytes| guard::scan(bytes).ok());
    first.map_or(0, |outline| outline.start_op)
}

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

/// The refusal of a batch that ended the process whenever it was judged. It is never judged again.
pub const CRASHED: &str = "crashed";

/// Why a transaction is not committed.
#[derive(Debug)]
pub enum Halt {
    /// The database failed.
    Store(StoreError),
    /// A document does not survive being saved and loaded: one of its batches is to blame.
    Unsound,
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// How much is tested when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// Each document once, after everything that was accepted for it.
    Ordinary,
    /// Each document after each batch.
    Batchwise,
}

/// Judges within one transaction.
pub struct Judge<'a> {
    db: &'a Db<'a>,
    register: &'a Register,
    county: &'a County,
    shelf: &'a mut Shelf,
    now: InstantMs,
    care: Care,
    healing: bool,
    rulings: HashMap<[u8; 16], Ruling>,
    /// Documents that got something and are to be looked at in the end, in order.
    touched: Vec<[u8; 16]>,
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
        care: Care,
    ) -> Result<Self, StoreError> {
        let healing = db.county()?.healing;
        let (rulings, touched) = (HashMap::new(), Vec::new());
        Ok(Self { db, register, county, shelf, now, care, healing, rulings, touched })
    }

    /// Judges one batch that was received. [`Judge::finish`] must follow.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; the transaction must be rolled back then, and the batch stays in the inbox.
    pub fn judge(&mut self, verified: &Verified) -> Result<(), StoreError> {
        let ruling = self.rule(verified)?;
        self.db.judged(&verified.id)?;
        if matches!(ruling, Ruling::Accepted(_)) && !self.touched.contains(&verified.document) {
            self.touched.push(verified.document);
        }
        self.rulings.insert(verified.id, ruling);
        Ok(())
    }

    /// How much is tested when.
    #[must_use]
    pub const fn care(&self) -> Care {
        self.care
    }

    /// The county is whole again: numbers are issued.
    pub fn healed(&mut self) {
        self.healing = false;
    }

    /// What became of the batch of this name.
    #[must_use]
    pub fn ruling(&self, id: &[u8; 16]) -> Option<&Ruling> {
        self.rulings.get(id)
    }

    /// Follows up every document that got something.
    ///
    /// # Errors
    ///
    /// [`Halt`]; the transaction must be rolled back then.
    pub fn finish(&mut self) -> Result<(), Halt> {
        for document in std::mem::take(&mut self.touched) {
            self.follow_up(&document)?;
        }
        Ok(())
    }

    /// Looks again at everything that waits for a document, tests what came of it, issues its number
    /// if it is due, and brings its line up to date.
    ///
    /// # Errors
    ///
    /// [`Halt`]; the transaction must be rolled back then.
    pub fn follow_up(&mut self, document: &[u8; 16]) -> Result<(), Halt> {
        self.retry_parked(document)?;
        let Some(found) = self.shelf.find(self.db, document)? else { return Ok(()) };
        let mut projection = sound(&found)?;
        if self.issue_number(&found, &projection)?
            && let Some(numbered) = self.shelf.find(self.db, document)?
        {
            projection = sound(&numbered)?;
        }
        Ok(self.keep_line(document, &projection)?)
    }

    /// Tries what is parked until nothing more can be taken. In the order of first operations most
    /// stands behind whatever it was made on, so however much waits, few walks take all of it.
    fn retry_parked(&mut self, document: &[u8; 16]) -> Result<(), StoreError> {
        let mut waiting = Vec::new();
        for row in self.db.parked_of(document)? {
            match SignedBatch::decode(row.bytes.as_slice()) {
                Ok(batch) => waiting.push((first_op(&batch), row, batch)),
                Err(_) => self.db.unpark(&row.id)?,
            }
        }
        waiting.sort_by_key(|(first_op, ..)| *first_op);
        loop {
            let mut left = Vec::new();
            let before = waiting.len();
            for (first_op, row, batch) in waiting {
                if !self.retry(&row, &batch)? {
                    left.push((first_op, row, batch));
                }
            }
            if left.is_empty() || left.len() == before {
                return Ok(());
            }
            waiting = left;
        }
    }

    /// Tries one parked batch, if what it waits for has come; whether it waits no longer.
    fn retry(&mut self, row: &ParkedRow, batch: &SignedBatch) -> Result<bool, StoreError> {
        if !row.missing.is_empty() {
            let held = self.shelf.find(self.db, &row.document)?;
            let lacks = |hash| held.as_ref().is_none_or(|document| !document.has(hash));
            if row.missing.iter().any(lacks) {
                return Ok(false);
            }
        }
        let ruling = match verify(self.db, self.county, batch) {
            Ok(verified) => self.rule(&verified)?,
            Err(no) => self.settle_no(batch, no)?,
        };
        let waits = matches!(ruling, Ruling::Parked(_) | Ruling::Review | Ruling::NotTaken(_));
        if !waits {
            self.db.unpark(&row.id)?;
        }
        self.rulings.insert(row.id, ruling);
        Ok(!waits)
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
