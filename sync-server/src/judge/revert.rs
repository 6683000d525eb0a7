//! What the county takes and undoes: values that must not stand though whoever wrote them was allowed to.
//!
//! Two cases (docs/decisions/0030). A file was closed by people who did not know of a value, and its author did
//! not know of the closing; or somebody who answers for a batch takes its entries alone. The batch is in the
//! log as it was signed. One change of the server puts back each register in which a value of the batch
//! still stands, a signed record says so once and for ever, and the author hears it with the reason.

use std::collections::BTreeSet;

use prost::Message;
use yidang_documents::{ChangeHash, Document, Projection, Undoing, undoing, unknown_to_closing};
use yidang_domain::case_state::Stage;
use yidang_domain::rights::Act;
use yidang_sync_protocol::{Decision, RecordKind, Verdict};

use super::examine::{Examined, Verified};
use super::own::OwnChange;
use super::{Judge, Ruling};
use crate::records;
use crate::store::{StoreError, Undone};

/// The word of a batch of which values were undone.
pub const REVERTED: &str = "reverted";

/// Why values were undone: the file was closed while nobody who closed it knew of them.
pub const CLOSED_MEANWHILE: &str = "closed_meanwhile";

/// A batch that came into the log in this transaction and wrote values.
pub(super) struct Wrote {
    batch: [u8; 16],
    certificate: Vec<u8>,
    /// Its place in the log.
    seq: u64,
    /// The changes that write values.
    changes: BTreeSet<ChangeHash>,
    /// Why a person takes its entries alone.
    without: Option<String>,
}

impl Wrote {
    /// The word on it, once something of `all` was undone; nothing where none of that is its own.
    fn word(&self, all: &BTreeSet<ChangeHash>) -> Option<Undone> {
        let changes: Vec<ChangeHash> = self.changes.intersection(all).copied().collect();
        if changes.is_empty() {
            return None;
        }
        Some(match &self.without {
            Some(reason) => Undone { changes, rule: String::new(), reason: reason.clone() },
            None => Undone { changes, rule: CLOSED_MEANWHILE.to_owned(), reason: String::new() },
        })
    }
}

/// Whether an act writes a value.
const fn writes(act: &Act) -> bool {
    matches!(act, Act::EditCaseFile | Act::EditHousehold | Act::EditVisitDay)
}

impl Judge<'_> {
    /// Notes which changes of a batch that was just taken write values. What the county took before it undid
    /// then, if it did; what is a part of an action stands with the others.
    pub(super) fn note_values(
        &mut self,
        verified: &Verified,
        examined: &Examined,
        seq: u64,
    ) -> Result<(), StoreError> {
        let is_whole = verified.header.act.is_empty();
        if verified.is_placed || verified.author.is_server || !is_whole {
            return Ok(());
        }
        let performed = examined.performed.iter().filter(|did| did.acts.iter().any(writes));
        let changes: BTreeSet<ChangeHash> = performed.map(|did| did.hash).collect();
        if changes.is_empty() {
            return Ok(());
        }
        let wrote = Wrote {
            batch: verified.id,
            certificate: verified.header.certificate.clone(),
            seq,
            changes,
            without: self.db.why_undo(&verified.id)?,
        };
        self.wrote.entry(verified.document).or_default().push(wrote);
        Ok(())
    }

    /// Undoes what came in this transaction and must not stand; whether it wrote anything. `document` and its
    /// `rows` are with all of that.
    ///
    /// While the county heals, what is closed here may have been opened again in the log that was lost: only
    /// what a person decided is undone then. And what is known to have been undone before is not undone
    /// twice: the change that did it comes back like any other.
    pub(super) fn undo_values(
        &mut self,
        document: &Document,
        rows: &Projection,
    ) -> Result<bool, StoreError> {
        let id = document.id();
        let Some(wrote) = self.wrote.remove(id.as_bytes()) else { return Ok(false) };
        let mut open = Vec::with_capacity(wrote.len());
        for wrote in wrote {
            if self.db.undone(&wrote.batch)?.is_none() {
                open.push(wrote);
            }
        }
        let of_closing = |wrote: &&Wrote| wrote.without.is_none();
        let late = open.iter().filter(of_closing).flat_map(|wrote| wrote.changes.iter().copied());
        let is_closed = matches!(rows, Projection::CaseFile(case) if case.stage == Stage::Closed);
        let mut all = if is_closed && !self.healing {
            unknown_to_closing(document, &late.collect())
        } else {
            BTreeSet::new()
        };
        for wrote in open.iter().filter(|wrote| wrote.without.is_some()) {
            all.extend(wrote.changes.iter().copied());
        }
        let Undoing { edits, changes } = undoing(document, &all);
        if edits.is_empty() {
            return Ok(false);
        }
        self.write_own(document.clone(), &OwnChange { on: None, edits: &edits })?;
        for wrote in &open {
            if let Some(undone) = wrote.word(&changes) {
                self.say_undone(wrote, undone)?;
            }
        }
        Ok(true)
    }

    /// Says for ever that values of a batch were undone, and tells its author.
    fn say_undone(&mut self, wrote: &Wrote, undone: Undone) -> Result<(), StoreError> {
        let decision = Decision {
            verdict: Verdict::Reverted.into(),
            rule: undone.rule.clone(),
            undone: undone.changes.concat(),
            certificate: wrote.certificate.clone(),
        };
        let body = decision.encode_to_vec();
        records::say(self.db, RecordKind::Decision, &wrote.batch, body, self.now)?;
        self.db.put_undone(&wrote.batch, &undone)?;
        tracing::info!(rule = undone.rule.as_str(), "values of a batch were undone");
        self.rulings.insert(wrote.batch, Ruling::Reverted(wrote.seq, undone));
        Ok(())
    }

    /// The ruling as its author is to hear it: of what is in the log, whether something was undone.
    pub(super) fn with_undone(
        &self,
        batch: &[u8; 16],
        ruling: Ruling,
    ) -> Result<Ruling, StoreError> {
        match ruling {
            Ruling::Accepted(seq) | Ruling::Duplicate(seq) => {
                let undone = self.db.undone(batch)?;
                Ok(undone.map_or(ruling, |undone| Ruling::Reverted(seq, undone)))
            }
            other => Ok(other),
        }
    }
}
