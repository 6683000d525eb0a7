//! Destroying a document by order: for ever, here and on every device, and again wherever an older copy is put
//! back. The order of steps is the promise: the tombstone lies beside the database before anything is destroyed,
//! and everybody who ever comes with the document is told of it.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use prost::Message;
use serde_json::json;
use yidang_documents::{Committed, Document, go_on};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::{DocumentId, UserId};
use yidang_domain::org::Role;
use yidang_sync_protocol::{
    Receipt, Record, RecordKind, RecordName, SignedBatch, SignedRecord, SyncReply, Tombstone,
    Verdict,
};

use crate::app::{App, Options};
use crate::boundary::Boundary;
use crate::caller::Caller;
use crate::county;
use crate::judge::shelf::Shelf;
use crate::judge::{Care, ERASED, Judge};
use crate::kinds;
use crate::pull::place::Place;
use crate::records::{self, Said};
use crate::restore::copies_beside;
use crate::store::{Db, DocumentRow, LogKind, Store, StoreError};
use crate::{successors, tombstones};

/// No order has a longer name, and no word to cut either.
pub(crate) const MOST_CHARACTERS: usize = 200;
/// No more words are cut by one order.
pub(crate) const MOST_WORDS: usize = 20;

/// What is to be destroyed, and who answers for it.
#[derive(Debug, Clone)]
pub struct Order {
    /// The document.
    pub document: DocumentId,
    /// What has to vanish, where the rest goes on in a document of its own: each of these words, wherever it stands.
    /// Where there is none, all of the document vanishes.
    pub without: Vec<String>,
    /// 依据: number and date of the order. Everybody reads it, so nothing of the document stands in it.
    pub basis: String,
    /// The administrator who asks for it.
    pub by: UserId,
    /// Another one, who looked at it as well.
    pub second: UserId,
}

/// What was done.
#[derive(Debug)]
pub struct Erased {
    /// The record that says so.
    pub seq: u64,
    /// The document that goes on from it, if one does.
    pub successor: Option<DocumentId>,
    /// Copies beside the database, which are the operator's: they may hold the document still.
    pub copies: Vec<PathBuf>,
    /// Whether every page it stood on is made anew already.
    pub is_scrubbed: bool,
}

/// Why nothing was destroyed.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// No such document here.
    #[error("there is no such document in this county")]
    Unknown,
    /// It is destroyed already.
    #[error("the document was erased before")]
    Before,
    /// A visit day would be begun anew under the same identifier.
    #[error("a visit day cannot be erased: its identifier is that of its village and day")]
    VisitDay,
    /// What is to be cut is too short to mean one thing, or too much.
    #[error("at most {MOST_WORDS} words to cut, each of 2 to {MOST_CHARACTERS} characters")]
    Without,
    /// What the county holds of it is not all of it yet.
    #[error("the county heals: what goes on from the document would lack what devices still hold")]
    Healing,
    /// It cannot be recorded again.
    #[error("the document cannot go on: {0}")]
    Again(#[from] yidang_documents::AgainError),
    /// No order, or too long a one.
    #[error("the order has to be named, in at most {MOST_CHARACTERS} characters")]
    Basis,
    /// One person alone.
    #[error("two different persons have to answer for it")]
    Alone,
    /// Somebody who is not an administrator today.
    #[error("{0} is not an administrator of the county today")]
    NotAdministrator(UserId),
    /// The database failed; nothing was destroyed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Destroys a document.
    ///
    /// # Errors
    ///
    /// [`EraseError`]; nothing was destroyed then.
    pub fn erase(&self, order: &Order) -> Result<Erased, EraseError> {
        let now = self.clock().now();
        self.check_order(order, now)?;
        // Nobody judges meanwhile: what is destroyed leaves the memory as well.
        let register = self.register()?;
        let mut shelf = self.shelf();
        // A panic may have left what was never committed.
        shelf.discard();
        let (mut noted, mut begun) = (None, None);
        let done = self.store().write(&self.county().code, |db| {
            let successor = self.successor(db, &mut shelf, order, now)?;
            let next = successor.as_ref().map(|(document, _)| document.id());
            // Before the tombstone: whoever finds that one after a power cut destroys the document at once.
            begun = next;
            if let Some((document, changes)) = &successor {
                let bytes = changes.iter().map(|change| change.bytes.clone()).collect();
                let batch = self.county().own_batch(document, bytes);
                successors::note(self.data(), document.id().as_bytes(), &batch)
                    .map_err(StoreError::from)?;
                db.passed(Boundary::GoesOnNoted);
            }
            let said = tombstone(db, order, next, now)?;
            tombstones::note(self.data(), std::slice::from_ref(&said.signed))
                .map_err(StoreError::from)?;
            db.passed(Boundary::TombstoneNoted);
            let Said { name, record, signed } = said;
            noted = Some(signed.clone());
            destroy(db, name, &record, &signed, now)?;
            write_down(db, order, now)?;
            if let Some((document, changes)) = successor {
                let (county, workers) = (self.county(), self.workers());
                Judge::new(db, &register, county, workers, &mut shelf, now, Care::Ordinary)?
                    .keep_again(document, changes)
                    .map_err(StoreError::from)?;
            }
            db.passed(Boundary::EraseReady);
            Ok::<_, EraseError>((name.seq, next))
        });
        let (seq, successor) = match done {
            Ok(done) => done,
            Err(error) => {
                shelf.discard();
                self.take_back(noted.as_ref());
                self.forget_successor(begun);
                return Err(error);
            }
        };
        self.store().passed(Boundary::Erased);
        shelf.settle();
        shelf.forget(order.document.as_bytes());
        self.forget_successor(Some(order.document));
        drop(shelf);
        tracing::warn!(seq, "a document was erased by order");
        let is_scrubbed = self.scrub();
        Ok(Erased { seq, successor, copies: copies_beside(self.data()), is_scrubbed })
    }

    /// The document that goes on from the one in the order, with the changes that make it, where one does.
    fn successor(
        &self,
        db: &Db<'_>,
        shelf: &mut Shelf,
        order: &Order,
        now: InstantMs,
    ) -> Result<Option<(Document, Vec<Committed>)>, EraseError> {
        if order.without.is_empty() {
            return Ok(None);
        }
        if db.county()?.healing {
            return Err(EraseError::Healing);
        }
        erasable(db, order.document.as_bytes())?;
        let old = shelf.find(db, order.document.as_bytes())?.ok_or(EraseError::Unknown)?;
        let id = DocumentId::at(now, &self.dice().bytes()?);
        let basis = order.basis.trim();
        Ok(Some(go_on(&old, id, basis, &order.without, &self.county().writer(now))?))
    }

    fn check_order(&self, order: &Order, now: InstantMs) -> Result<(), EraseError> {
        let length = order.basis.trim().chars().count();
        if length == 0 || length > MOST_CHARACTERS {
            return Err(EraseError::Basis);
        }
        if !may_cut(&order.without) {
            return Err(EraseError::Without);
        }
        if order.by == order.second {
            return Err(EraseError::Alone);
        }
        let (register, today) = (self.register()?, now.date());
        for person in [&order.by, &order.second] {
            let holds = register
                .assignments_of(person)
                .any(|post| post.holds_on(today) && post.role == Role::Administrator);
            if !holds {
                return Err(EraseError::NotAdministrator(person.clone()));
            }
        }
        Ok(())
    }

    /// The line beside the database says what never came to be.
    fn take_back(&self, noted: Option<&SignedRecord>) {
        let Some(tombstone) = noted else { return };
        if let Err(error) = tombstones::take_back(self.data(), tombstone) {
            tracing::error!(%error, "a document that was not erased stands on the list of tombstones");
        }
    }

    /// Destroys what lies beside the database of a document.
    fn forget_successor(&self, document: Option<DocumentId>) {
        let Some(document) = document else { return };
        if let Err(error) = successors::forget(self.data(), document.as_bytes()) {
            tracing::error!(%error, "what lies beside the database of a destroyed document stays there");
        }
    }

    /// Makes the pages anew that something stood on that was destroyed; whether nothing is owed any more. What
    /// fails is tried again every hour and at the next start.
    pub(crate) fn scrub(&self) -> bool {
        match self.store().scrub(&self.county().code) {
            Ok(true) => true,
            Ok(false) => {
                tracing::warn!("somebody reads: what was erased is cleaned off the disk later");
                false
            }
            Err(error) => {
                tracing::error!(%error, "what was erased is not cleaned off the disk yet");
                false
            }
        }
    }

    /// A device keeps its place in the same breath in which it destroys what it was told until there: whoever comes
    /// from there confirms it.
    pub(crate) fn confirm_erased(&self, caller: &Caller, place: &Place) -> Result<(), StoreError> {
        let (certificate, told) = (&caller.certificate, place.records_from());
        if self.read(|db| db.has_to_confirm(certificate, told))? {
            self.write(|db| db.confirm_erased(certificate, told))?;
        }
        Ok(())
    }

    /// Tells whoever handed in something of a destroyed document that it was.
    pub(crate) fn tell_erased(
        &self,
        push: &[SignedBatch],
        receipts: &[Receipt],
        reply: &mut SyncReply,
    ) -> Result<(), StoreError> {
        let is_about = |receipt: &&Receipt| {
            receipt.code == ERASED || receipt.verdict == Verdict::Duplicate as i32
        };
        for receipt in receipts.iter().filter(is_about) {
            let batch = usize::try_from(receipt.index).ok().and_then(|index| push.get(index));
            let header = batch.and_then(|batch| batch.read().ok());
            let Some(document) = header.and_then(|header| header.document_id()) else { continue };
            let kind = RecordKind::Tombstone.into();
            for bytes in self.read(|db| db.records_of(kind, &document))? {
                let record = SignedRecord::decode(bytes.as_slice())?;
                if !reply.records.contains(&record) {
                    reply.records.push(record);
                }
            }
        }
        Ok(())
    }
}

/// Whether these words may be cut: each says enough to mean one thing, and stands on one line.
pub(crate) fn may_cut(without: &[String]) -> bool {
    let is_well = |word: &String| {
        let length = word.chars().count();
        (2..=MOST_CHARACTERS).contains(&length) && word.trim() == word && word.lines().count() == 1
    };
    without.len() <= MOST_WORDS && without.iter().all(is_well)
}

/// A document that may be destroyed.
pub(crate) fn erasable(db: &Db<'_>, document: &[u8; 16]) -> Result<DocumentRow, EraseError> {
    if db.is_erased(document)? {
        return Err(EraseError::Before);
    }
    let row = db.document(document)?.ok_or(EraseError::Unknown)?;
    if kinds::kind_of(row.kind) == Some(DocumentKind::VisitDay) {
        return Err(EraseError::VisitDay);
    }
    Ok(row)
}

/// The county's word that a document is destroyed.
fn tombstone(
    db: &Db<'_>,
    order: &Order,
    successor: Option<DocumentId>,
    now: InstantMs,
) -> Result<Said, EraseError> {
    let document = order.document.as_bytes();
    let DocumentRow { mut heads, .. } = erasable(db, document)?;
    heads.sort_unstable();
    let body = Tombstone {
        heads: heads.concat(),
        basis: order.basis.trim().to_owned(),
        on: now.date().to_string(),
        successor: successor.map(|id| id.as_bytes().to_vec()).unwrap_or_default(),
    };
    let body = body.encode_to_vec();
    Ok(records::word(db, RecordKind::Tombstone, document, body, now)?)
}

/// Who asked for it, as everything that administrators change is written down.
fn write_down(db: &Db<'_>, order: &Order, now: InstantMs) -> Result<(), StoreError> {
    // How many words are cut, and never which: this record stays.
    let (document, second) = (order.document.to_string(), &order.second);
    let what = json!({ "document": document, "second": second, "cut": order.without.len() });
    let record = json!({ "did": "erase", "by": order.by, "what": what }).to_string();
    db.append(LogKind::Reference, &[], record.as_bytes(), now.0).map(drop)
}

/// The document that a record says was destroyed.
pub(crate) fn document_of(signed: &SignedRecord) -> Option<[u8; 16]> {
    tombstone_of(signed).map(|(document, _)| document)
}

fn tombstone_of(signed: &SignedRecord) -> Option<([u8; 16], Tombstone)> {
    Record::decode(signed.record.as_slice()).ok()?.tombstone()
}

/// Destroys what a tombstone names and puts the tombstone into the log.
pub(crate) fn destroy(
    db: &Db<'_>,
    name: RecordName,
    record: &Record,
    signed: &SignedRecord,
    now: InstantMs,
) -> Result<(), StoreError> {
    let Some((document, tombstone)) = record.tombstone() else { return Ok(()) };
    // A log that went on after it was put back may have said something else under that name: then it is said anew.
    let seq = if db.has_record(&name)? {
        records::say(db, RecordKind::Tombstone, &record.subject, record.body.clone(), now)?
    } else {
        records::keep(db, name, record, signed, now)?
    };
    db.put_tombstone(&document, seq)?;
    if let Some(successor) = tombstone.successor() {
        db.hand_on_numbers(&document, &successor)?;
    }
    db.erase_document(&document)
}

/// What goes on from a document that is destroyed again comes from beside the database, as if a device had brought it.
fn go_on_again(
    db: &Db<'_>,
    data: &Path,
    record: &Record,
    now: InstantMs,
) -> Result<(), StoreError> {
    let successor = record.tombstone().and_then(|(_, tombstone)| tombstone.successor());
    let Some(document) = successor else { return Ok(()) };
    if db.is_erased(&document)? || db.document(&document)?.is_some() {
        return Ok(());
    }
    match successors::noted(data, &document)? {
        Some(batch) => db.receive(&batch.id(), &batch.encode_to_vec(), now.0),
        None => Ok(()),
    }
}

/// Destroys what a power cut left beside the database: of documents that never came to be, and of those that were
/// destroyed in their turn.
fn tidy(data: &Path) -> io::Result<()> {
    let (mut next, mut gone) = (BTreeSet::new(), BTreeSet::new());
    for signed in tombstones::noted(data)? {
        if let Some((document, tombstone)) = tombstone_of(&signed) {
            gone.insert(document);
            next.extend(tombstone.successor());
        }
    }
    successors::keep_only(data, &(&next - &gone))
}

/// Brings the database and the list of tombstones beside it together: a copy that was put in place without a
/// word holds again what was destroyed since. That it lacks a tombstone says that it is older, so a new epoch
/// begins as well, where none began with the copy.
///
/// # Errors
///
/// Where the list cannot be read or written, a line of it is not the county's, or the database fails.
pub(crate) fn erase_again(
    store: &Store,
    code: &str,
    options: &Options,
    has_begun: bool,
) -> anyhow::Result<()> {
    let (data, now) = (options.data.as_path(), options.clock.now());
    let (known, key) = store
        .read(code, |db| Ok::<_, StoreError>((db.tombstones()?, db.county()?.seed.public_key())))?;
    tombstones::begin(data, &known).context("cannot write the list of tombstones")?;
    let noted = tombstones::noted(data).context("cannot read the list of tombstones")?;
    let on_list: BTreeSet<[u8; 16]> = noted.iter().filter_map(document_of).collect();
    let is_unnoted = |known: &SignedRecord| {
        document_of(known).is_some_and(|document| !on_list.contains(&document))
    };
    let unnoted: Vec<SignedRecord> = known.into_iter().filter(is_unnoted).collect();
    if !unnoted.is_empty() {
        tombstones::note(data, &unnoted).context("cannot write the list of tombstones")?;
    }
    let mut lost = Vec::new();
    for signed in &noted {
        let (name, record) = signed
            .open(&key)
            .context("a line of the list of tombstones is not this county's word")?;
        if let Some((document, _)) = record.tombstone()
            && !store.read(code, |db| db.is_erased(&document))?
        {
            lost.push((name, record, signed));
        }
    }
    tidy(data).context("what lies beside the database of destroyed documents stays there")?;
    if !lost.is_empty() {
        store.write(code, |db| {
            if !has_begun {
                let why = "the list of tombstones names one that the log does not hold";
                county::begin_epoch(db, why, &options.making.dice, now)?;
            }
            lost.iter().try_for_each(|(name, record, signed)| {
                destroy(db, *name, record, signed, now)?;
                go_on_again(db, data, record, now)
            })
        })?;
        tracing::warn!(documents = lost.len(), "erased again: the database was older");
    }
    store.scrub(code).context("what was erased is not cleaned off the disk yet")?;
    Ok(())
}
