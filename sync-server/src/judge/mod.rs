//! Judges batches: signature, author, form, rights, and only then the log.
//!
//! One request is judged in one transaction. Whatever is refused is kept in quarantine, and what was built
//! on it with it; whatever waits is kept and judged again once everything it was made on is there.
//!
//! What costs as much as the whole document is done once for each document of a transaction, in
//! [`Judge::finish`]: the last test of the engine, the line in lists, the number that is due. Only
//! where that test fails, everything is judged again batch by batch, which finds the one to blame.

pub mod number;
pub mod own;
pub mod revert;
pub mod review;
pub mod rights;
pub mod shelf;

mod acts;
mod ahead;
mod erased;
mod examine;
mod grounds;
mod keep;
mod refuse;
mod save;
mod standing;
mod verdicts;
mod wait;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use yidang_documents::{ChangeHash, Document, Projection, guard};
use yidang_domain::civil::InstantMs;
use yidang_sync_protocol::{Receipt, Verdict};

use crate::county::County;
use crate::register::Register;
use crate::store::{Db, Refusal, StoreError, Undone};
use crate::worker::Workers;

pub use ahead::Ahead;
pub use erased::ERASED;
use examine::Examined;
pub use examine::No;
pub use examine::{Verified, verify, verify_stored};
pub(crate) use keep::{case_row, village_day};
use revert::{REVERTED, Wrote};
use shelf::Shelf;
pub use standing::{SUSPENDED, still_stands};

/// The rows of a document that survives being saved and loaded. A panic of the engine is a failure
/// of the document. That it became too large is one as well, until the batch to blame was looked for;
/// one that was too large before is not in the way of what its people wrote already.
fn sound(document: &Document, care: Care) -> Result<Projection, Halt> {
    let survives = match care {
        Care::Ordinary => guard::survives_within_bounds,
        Care::Batchwise => guard::survives,
    };
    match catch_unwind(AssertUnwindSafe(|| survives(document))) {
        Ok(Ok(projection)) => Ok(projection),
        _ => Err(Halt::Unsound),
    }
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// In the log at this place.
    Accepted(u64),
    /// In the log before, at this place.
    Duplicate(u64),
    /// In the log at this place, and values of it were undone.
    Reverted(u64, Undone),
    /// Kept until these changes come.
    Parked(Vec<[u8; 32]>),
    /// Kept until the register knows its author, or a person decides.
    Review,
    /// In quarantine, for its own sake or because it was built on what is.
    Refused(Refusal),
    /// Not kept; the device keeps it and asks again. The word says why.
    NotTaken(&'static str),
}

impl Ruling {
    /// Whether nothing is decided yet.
    const fn waits(&self) -> bool {
        matches!(self, Self::Parked(_) | Self::Review | Self::NotTaken(_))
    }

    /// The receipt for the batch at `index` of the request.
    #[must_use]
    pub fn receipt(&self, index: u32) -> Receipt {
        let said = |verdict: Verdict, seq: u64, code: &str| Receipt {
            index,
            verdict: verdict.into(),
            seq,
            code: code.to_owned(),
            ..Receipt::default()
        };
        match self {
            Self::Accepted(seq) => said(Verdict::Accepted, *seq, ""),
            Self::Duplicate(seq) => said(Verdict::Duplicate, *seq, ""),
            Self::Reverted(seq, Undone { changes, rule, reason }) => Receipt {
                rule: rule.clone(),
                reason: reason.clone(),
                undone: changes.concat(),
                ..said(Verdict::Reverted, *seq, REVERTED)
            },
            Self::Parked(missing) => {
                let missing = missing.iter().map(|hash| hash.to_vec()).collect();
                Receipt { missing, ..said(Verdict::Parked, 0, "") }
            }
            Self::Review => said(Verdict::Review, 0, review::UNKNOWN_AUTHOR),
            Self::Refused(refusal) => {
                let Refusal { code, position, by, rule, reason } = refusal;
                let verdict = if by.is_some() { Verdict::Orphaned } else { Verdict::Refused };
                Receipt {
                    by: by.map(Vec::from).unwrap_or_default(),
                    position: *position,
                    rule: rule.clone(),
                    reason: reason.clone(),
                    ..said(verdict, 0, code)
                }
            }
            Self::NotTaken(code) => said(Verdict::Unknown, 0, code),
        }
    }
}

/// The refusal of a batch that ended the processes that read it: two workers, or the server itself at
/// two starts. It is never read again.
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
    workers: &'a Workers,
    shelf: &'a mut Shelf,
    now: InstantMs,
    care: Care,
    healing: bool,
    ahead: Ahead,
    rulings: HashMap<[u8; 16], Ruling>,
    /// Documents that got something and are to be looked at in the end, in order.
    touched: Vec<[u8; 16]>,
    /// Changes that came into the log, by document: something may wait for them.
    arrived: HashMap<[u8; 16], Vec<ChangeHash>>,
    /// Documents that got something because another document did: the rest of an action.
    beside: Vec<[u8; 16]>,
    /// Batches that came into the log and write values, by document.
    wrote: HashMap<[u8; 16], Vec<Wrote>>,
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
        workers: &'a Workers,
        shelf: &'a mut Shelf,
        now: InstantMs,
        care: Care,
    ) -> Result<Self, StoreError> {
        let healing = db.county()?.healing;
        Ok(Self {
            db,
            register,
            county,
            workers,
            shelf,
            now,
            care,
            healing,
            ahead: Ahead::default(),
            rulings: HashMap::new(),
            touched: Vec::new(),
            arrived: HashMap::new(),
            beside: Vec::new(),
            wrote: HashMap::new(),
        })
    }

    /// Judges one batch that was received. [`Judge::finish`] must follow.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; the transaction must be rolled back then, and the batch stays in the inbox.
    pub fn judge(&mut self, verified: &Verified) -> Result<(), StoreError> {
        let ruling = self.rule(verified)?;
        self.db.judged(&verified.id)?;
        if !ruling.waits() {
            self.db.unpark(&verified.id)?;
        }
        if matches!(ruling, Ruling::Accepted(_)) && !self.touched.contains(&verified.document) {
            self.touched.push(verified.document);
        }
        let ruling = self.with_undone(&verified.id, ruling)?;
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

    /// Judges what waited for something that came, tests what came of it, issues the document's number
    /// if it is due, and brings its line up to date; the same for documents of actions that came with it.
    ///
    /// # Errors
    ///
    /// [`Halt`]; the transaction must be rolled back then.
    pub fn follow_up(&mut self, document: &[u8; 16]) -> Result<(), Halt> {
        self.follow_one(document)?;
        while let Some(other) = self.beside.pop() {
            self.follow_one(&other)?;
        }
        Ok(())
    }

    fn follow_one(&mut self, document: &[u8; 16]) -> Result<(), Halt> {
        self.retry_waiting(document)?;
        let Some(mut found) = self.shelf.find(self.db, document)? else { return Ok(()) };
        let mut projection = self.rows_of(document, &found)?;
        if self.undo_values(&found, &projection)?
            && let Some(undone) = self.shelf.find(self.db, document)?
        {
            projection = sound(&undone, self.care)?;
            found = undone;
        }
        if self.issue_number(&found, &projection)?
            && let Some(numbered) = self.shelf.find(self.db, document)?
        {
            projection = sound(&numbered, self.care)?;
        }
        Ok(self.keep_line(document, &projection)?)
    }

    fn rule(&mut self, verified: &Verified) -> Result<Ruling, StoreError> {
        if let Some(ruling) = self.on_erased(&verified.batch)? {
            return Ok(ruling);
        }
        let action = match self.part_of(verified) {
            Ok(action) => action,
            Err(no) => return self.settle_no(&verified.batch, no),
        };
        if let Some(action) = &action
            && let Some(ruling) = self.fell_before(action, verified)?
        {
            return Ok(ruling);
        }
        // Writes begin only after the engine is done with the batch, so a panic in it leaves the
        // transaction whole and blames this batch alone.
        let examined = self.examined(verified).and_then(|examined| {
            if !verified.is_placed {
                acts::joins_within(action.as_ref(), &examined)?;
            }
            Ok(examined)
        });
        let ruling = match (examined, &action) {
            (Ok(examined), Some(action)) => self.rule_part(action, verified, examined)?,
            (Ok(examined), None) => Ruling::Accepted(self.take(verified, examined)?),
            (Err(no), _) => self.settle_no(&verified.batch, no)?,
        };
        if let Ruling::Accepted(seq) | Ruling::Duplicate(seq) = ruling {
            if verified.is_placed {
                self.db.drop_placed(&verified.id)?;
            }
            self.part_came(verified, seq)?;
        }
        Ok(ruling)
    }

    /// Puts an examined batch into the log; its place there.
    fn take(&mut self, verified: &Verified, examined: Examined) -> Result<u64, StoreError> {
        let seq = self.keep(verified, &examined)?;
        self.note_values(verified, &examined, seq)?;
        self.shelf.stage(examined.document);
        // A register or a version of before may have refused it.
        self.db.pardon(&verified.id)?;
        Ok(seq)
    }
}
