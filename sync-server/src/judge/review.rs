//! What waits for a person: what it says, and what they decided about it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use prost::Message;
use yidang_documents::{Edit, edits_of, guard};
use yidang_domain::civil::Date;
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader};
use yidang_domain::ids::OrgCode;
use yidang_sync_protocol::SignedBatch;

use super::examine::{No, verify};
use super::{Halt, Judge, Ruling};
use crate::store::{ParkedRow, Refusal, StoreError};

/// Why a person is asked: the register does not know the author.
pub const UNKNOWN_AUTHOR: &str = "unknown_author";

/// The word of a batch that a person declined.
pub const DECLINED: &str = "declined";

/// What a batch that waits would bring.
#[derive(Debug)]
pub struct Reading {
    /// The kind of its document.
    pub kind: DocumentKind,
    /// Where the document lies, or was born where nobody knows it.
    pub org: OrgCode,
    /// Its entries, as far as they can be read.
    pub entries: Vec<(EntryHeader, Entry)>,
    /// Every value it writes beside them: on which day, where, and what.
    pub written: Vec<Written>,
    /// It brings entries, and values that could be put back without them.
    pub may_undo: bool,
    /// So many of its changes cannot be read yet, or break a rule.
    pub unread: usize,
}

/// A value that a batch writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The day by its author's clock.
    pub on: Date,
    /// The register: `facts.place`, `members.phone`.
    pub path: String,
    /// The value, as text.
    pub value: String,
}

impl Judge<'_> {
    /// Reads a batch that waits, on a copy of its document and without taking it. None where it is no batch
    /// of its author any more, cannot be read, or begins nothing that may begin.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn read_waiting(&mut self, row: &ParkedRow) -> Result<Option<Reading>, StoreError> {
        let batch = SignedBatch::decode(row.bytes.as_slice())?;
        let read = catch_unwind(AssertUnwindSafe(|| self.read_batch(&batch)));
        match read.unwrap_or_else(|_| Err(No::refused("poisonous", "the engine gave up"))) {
            Ok(reading) => Ok(Some(reading)),
            Err(No::Store(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    fn read_batch(&mut self, batch: &SignedBatch) -> Result<Reading, No> {
        let verified = verify(self.db, self.county, batch)?;
        self.look(&verified)?;
        let (found, is_new) = self.find_or_begin(&verified)?;
        let mut document = found.ok_or(No::NotTaken("unknown_document"))?;
        let mut org = match self.db.document(&verified.document)? {
            Some(row) => OrgCode(row.org),
            None => document.home().clone(),
        };
        let (mut entries, mut written) = (Vec::new(), Vec::new());
        let (mut read, mut values) = (0_usize, 0_usize);
        for bytes in &batch.changes {
            let Ok(did) = guard::admit_looked(&mut document, &verified.actor, bytes) else {
                break;
            };
            let Ok(intended) = edits_of(&document, bytes) else { break };
            // With what a document begins nothing stood there before.
            if !is_new || read > 0 {
                let is_value = |edit: &&Edit| matches!(edit, Edit::Set(..));
                values += intended.edits.iter().filter(is_value).count();
            }
            read += 1;
            let on = intended.at.date();
            written.extend(intended.edits.iter().flat_map(|edit| values_of(edit, on)));
            org = did.org_after;
            entries.extend(did.entries.into_iter().map(|(_, header, entry)| (header, entry)));
        }
        let unread = batch.changes.len().saturating_sub(read);
        let may_undo = values > 0 && !entries.is_empty();
        Ok(Reading { kind: document.kind(), org, entries, written, may_undo, unread })
    }

    /// Judges a batch that a person admitted ([`crate::store::Db::admit`] says so before). It is taken as it
    /// was signed, if it is well-formed and does what its kind of author may do at all.
    ///
    /// # Errors
    ///
    /// [`Halt`]; the transaction must be rolled back then.
    pub fn admit(&mut self, row: ParkedRow) -> Result<Ruling, Halt> {
        let (id, document) = (row.id, row.document);
        self.retry(vec![row])?;
        self.follow_up(&document)?;
        Ok(self.ruling(&id).cloned().unwrap_or(Ruling::NotTaken("not_here")))
    }

    /// Refuses a batch that a person declined, and everything that waits and was built on it.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn decline(&mut self, row: &ParkedRow, reason: &str) -> Result<Ruling, StoreError> {
        let batch = SignedBatch::decode(row.bytes.as_slice())?;
        let refusal = Refusal {
            code: DECLINED.to_owned(),
            rule: UNKNOWN_AUTHOR.to_owned(),
            reason: reason.to_owned(),
            ..Refusal::default()
        };
        self.db.unpark(&row.id)?;
        self.refuse(&batch, refusal, String::new())
    }
}

/// What an edit writes beside entries.
fn values_of(edit: &Edit, on: Date) -> Vec<Written> {
    let one = |container: &str, field: &str, value: String| Written {
        on,
        path: format!("{container}.{field}"),
        value,
    };
    match edit {
        Edit::Set(path, value) => vec![one(&path.container, &path.field, value.as_text())],
        Edit::AddItem(container, fields) => {
            fields.iter().map(|(field, value)| one(container, field, value.as_text())).collect()
        }
        Edit::AddEntry(_) => Vec::new(),
    }
}
