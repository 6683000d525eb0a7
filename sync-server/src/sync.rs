//! One exchange: receive, judge, answer.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use prost::Message;
use yidang_domain::civil::InstantMs;
use yidang_sync_protocol::batch::BatchId;
use yidang_sync_protocol::{
    AttestedSnapshot, DocumentProofs, PlacedBatch, Receipt, SignedBatch, SignedCertificate,
    SignedCheckpoint, SignedRecord, SignedTicket, SyncReply, SyncRequest,
};

use crate::app::App;
use crate::boundary::Boundary;
use crate::caller::Caller;
use crate::county::{self, County};
use crate::heal::NOTE_EVERY_MS;
use crate::judge::shelf::Shelf;
use crate::judge::{
    Ahead, CRASHED, Care, Judge, No, Ruling, SUSPENDED, Verified, still_stands, verify,
};
use crate::pull::place::Place;
use crate::pull::{self, Page, Question, Standing, authors, proofs};
use crate::records;
use crate::register::Register;
use crate::store::{Db, InboxRow, StoreError};

/// So many batches of the inbox are judged in one transaction.
const MOST_AT_ONCE: u32 = 64;
/// So many starts begin to judge a batch; once with others, once alone.
const MOST_TRIES: u32 = 2;

impl App {
    /// One round trip.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; what was received is kept and judged later.
    pub fn sync(&self, caller: &Caller, request: &SyncRequest) -> Result<SyncReply, StoreError> {
        let now = self.clock().now();
        self.learn(&request.certificates)?;
        self.take_records(&request.records)?;
        let register = self.register()?;
        let pushed: Vec<BatchId> = request.push.iter().map(SignedBatch::id).collect();
        self.take_places(&pushed, &request.placements)?;
        self.take_saves(&request.snapshots, &register, now)?;
        let receipts = self.take(&request.push, &register, now)?;
        self.watch().counters.judged(&receipts);
        let duplicate = yidang_sync_protocol::Verdict::Duplicate as i32;
        let is_new = |r: &&Receipt| r.is_taken() && r.verdict != duplicate;
        let own: BTreeSet<u64> = receipts.iter().filter(is_new).map(|r| r.seq).collect();
        let (register, mut reply) = self.answer(caller, request, &own, now)?;
        // What was taken before counts too: the answer that released its document may have been lost.
        let is_taken = |r: &Receipt| r.is_taken() || r.verdict == duplicate;
        let taken = request.push.iter().zip(&receipts).filter(|(_, r)| is_taken(r));
        let moved = self.moved_away(caller, &register, taken.map(|(batch, _)| batch), now)?;
        for id in moved.into_iter().map(|id| id.to_vec()) {
            if !reply.released.contains(&id) {
                reply.released.push(id);
            }
        }
        self.tell_erased(&request.push, &receipts, &mut reply)?;
        reply.receipts = receipts;
        if !reply.heal {
            reply.verdicts = self.verdicts(&request.ask_verdicts)?;
        }
        reply.server_time_ms = now.0;
        reply.place(&self.county().seed, &pushed);
        self.note(caller, request, &reply, &register, now)?;
        self.hear(caller, request, now)?;
        self.store().passed(Boundary::ReplyReady);
        Ok(reply)
    }

    /// Believes that the county took batches before, where it says so itself. Kept until they are judged,
    /// however long they wait for others.
    fn take_places(&self, pushed: &[BatchId], places: &[PlacedBatch]) -> Result<(), StoreError> {
        let key = &self.county().key;
        let mut believed = Vec::new();
        for placed in places {
            let batch = usize::try_from(placed.index).ok().and_then(|index| pushed.get(index));
            match batch.map(|batch| (batch, placed.open(batch, key))) {
                Some((batch, Ok(()))) => believed.push((batch, placed)),
                _ => tracing::info!("a place that the county did not give"),
            }
        }
        if believed.is_empty() {
            return Ok(());
        }
        self.write(|db| {
            believed
                .iter()
                .try_for_each(|(batch, placed)| db.put_placed(batch, &placed.epoch, placed.seq))
        })
    }

    /// Takes documents as the county saved them once.
    fn take_saves(
        &self,
        saves: &[AttestedSnapshot],
        register: &Register,
        now: InstantMs,
    ) -> Result<(), StoreError> {
        if saves.is_empty() {
            return Ok(());
        }
        self.judging(register, now, |_, judge| {
            for save in saves {
                judge.take_save(save)?;
            }
            judge.finish()
        })
    }

    /// Receives everything and judges what can be judged in time; the rest is judged beside.
    pub(crate) fn take(
        &self,
        push: &[SignedBatch],
        register: &Register,
        now: InstantMs,
    ) -> Result<Vec<Receipt>, StoreError> {
        if push.is_empty() {
            return Ok(Vec::new());
        }
        let mut rulings: Vec<Option<Ruling>> = vec![None; push.len()];
        let verified = self.receive(push, &mut rulings, register, now)?;
        let batches: Vec<&Verified> = verified.iter().flatten().collect();
        match self.judge(&batches, register, now) {
            Ok(judged) => {
                let is_over = judged.len() < batches.len();
                let mut judged = judged.into_iter();
                for (ruling, _) in rulings.iter_mut().zip(&verified).filter(|(_, v)| v.is_some()) {
                    *ruling = judged.next();
                }
                if is_over {
                    self.judge_beside();
                }
            }
            // Received, and judged at the next start at the latest.
            Err(error) => tracing::error!(%error, "judging failed; the batches stay received"),
        }
        let receipt = |(index, ruling): (usize, &Option<Ruling>)| {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            ruling.as_ref().map_or_else(|| received(index), |ruling| ruling.receipt(index))
        };
        Ok(rulings.iter().enumerate().map(receipt).collect())
    }

    /// Puts every batch that its author signed into the inbox, on the disk before anything else.
    ///
    /// Signatures are checked before the writer is taken; others write meanwhile.
    fn receive(
        &self,
        push: &[SignedBatch],
        rulings: &mut [Option<Ruling>],
        register: &Register,
        now: InstantMs,
    ) -> Result<Vec<Option<Verified>>, StoreError> {
        let county = self.county();
        let verified: Vec<Result<Verified, No>> =
            self.read(|db| Ok(push.iter().map(|batch| verify(db, county, batch)).collect()))?;
        let mut shelf = Shelf::new(1);
        let received = self.write(|db| {
            let workers = self.workers();
            let mut judge =
                Judge::new(db, register, county, workers, &mut shelf, now, Care::Ordinary)?;
            let mut all = Vec::with_capacity(push.len());
            for ((batch, verified), ruling) in push.iter().zip(verified).zip(rulings) {
                // Nothing of a destroyed document comes to the disk again.
                *ruling = judge.on_erased(batch)?;
                if ruling.is_some() {
                    all.push(None);
                    continue;
                }
                match verified.and_then(|verified| still_stands(db, verified)) {
                    Ok(verified) => {
                        *ruling = judge.was_refused(&verified)?.map(Ruling::Refused);
                        let is_new = ruling.is_none();
                        if is_new {
                            db.receive(&verified.id, &batch.encode_to_vec(), now.0)?;
                        }
                        all.push(is_new.then_some(verified));
                    }
                    Err(no) => {
                        *ruling = Some(judge.settle_no(batch, no)?);
                        all.push(None);
                    }
                }
            }
            db.passed(Boundary::ReceiveReady);
            Ok(all)
        })?;
        self.store().passed(Boundary::Received);
        Ok(received)
    }

    /// Judges batches in one transaction, at least one that is new and no longer than [`Self::patience`]; the
    /// rulings of those that were judged. What costs time comes before the transaction.
    fn judge(
        &self,
        batches: &[&Verified],
        register: &Register,
        now: InstantMs,
    ) -> Result<Vec<Ruling>, StoreError> {
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        let began = Instant::now();
        let is_in_time = || began.elapsed() < self.patience();
        let ahead = Cell::new(Some(self.examine_ahead(batches, register, now, is_in_time)?));
        self.judging(register, now, |_, judge| {
            // Where a document did not survive, everything is looked at again batch by batch.
            if let Some(ahead) = ahead.take() {
                judge.rely_on(ahead);
            }
            let mut judged = Vec::with_capacity(batches.len());
            let mut has_moved = false;
            for verified in batches {
                if has_moved && !judge.knows(&verified.id) && !is_in_time() {
                    break;
                }
                judge.judge(verified)?;
                judged.push(verified.id);
                // What was there before brings nobody further.
                has_moved |= !matches!(judge.ruling(&verified.id), Some(Ruling::Duplicate(_)));
            }
            judge.finish()?;
            // The last word counts: a batch that was parked first may have been accepted since.
            Ok(judged.iter().filter_map(|id| judge.ruling(id).cloned()).collect())
        })
    }

    /// Examines batches while others write, as long as `goes_on` says so.
    fn examine_ahead(
        &self,
        batches: &[&Verified],
        register: &Register,
        now: InstantMs,
        goes_on: impl Fn() -> bool,
    ) -> Result<Ahead, StoreError> {
        let mut shelf = self.shelf_beside();
        self.read(|db| {
            let (county, workers) = (self.county(), self.workers());
            let judge = Judge::new(db, register, county, workers, &mut shelf, now, Care::Ordinary)?;
            Ok(judge.examine_ahead(batches, goes_on))
        })
    }

    /// Judges what was received before the server stopped, once at its start.
    ///
    /// What ends the process (a stack or a memory that runs out; nobody can catch either) would end every
    /// start. So a start says on the disk what it begins to judge: all of it together as a rule; whatever
    /// an earlier start did not come through, one by one; and what was alone then and ended that start as
    /// well goes to quarantine unjudged.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn judge_what_was_left(&self) -> Result<(), StoreError> {
        if self.read(|db| db.unjudged(1))?.is_empty() {
            return Ok(());
        }
        let done = self.judge_tried().and_then(|()| {
            self.write(|db| db.try_all())?;
            self.judge_inbox()
        });
        // An error is told and is no batch's fault: only a process that ended leaves its count behind.
        let forgotten = self.write(|db| db.forget_tries());
        done.and(forgotten)
    }

    /// Judges, each alone, the batches that an earlier start did not come through.
    fn judge_tried(&self) -> Result<(), StoreError> {
        let register = self.register()?;
        for row in self.read(|db| db.tried())? {
            if row.tries >= MOST_TRIES {
                self.give_up(&row, &register)?;
            } else {
                self.write(|db| db.try_alone(&row.id))?;
                self.judge_these(&[row.bytes], &register)?;
            }
        }
        Ok(())
    }

    fn give_up(&self, row: &InboxRow, register: &Register) -> Result<(), StoreError> {
        let batch = SignedBatch::decode(row.bytes.as_slice())?;
        let now = self.clock().now();
        let mut shelf = Shelf::new(1);
        tracing::error!("a batch ended the server twice and is kept unjudged in quarantine");
        self.write(|db| {
            let (county, workers) = (self.county(), self.workers());
            let mut judge =
                Judge::new(db, register, county, workers, &mut shelf, now, Care::Ordinary)?;
            judge.settle_no(&batch, No::refused(CRASHED, "the server ended while judging it"))?;
            db.judged(&row.id)
        })
    }

    /// Judges what was received and not judged, some at a time, until nothing is left.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn judge_inbox(&self) -> Result<(), StoreError> {
        let register = self.register()?;
        let mut before = Vec::new();
        loop {
            let waiting = self.read(|db| db.unjudged(MOST_AT_ONCE))?;
            // What is nobody's to judge now stays, and is not looked at for ever.
            if waiting.is_empty() || waiting == before {
                return Ok(());
            }
            self.judge_these(&waiting, &register)?;
            before = waiting;
        }
    }

    /// Judges these batches of the inbox, those that are to be had in time.
    fn judge_these(&self, waiting: &[Vec<u8>], register: &Register) -> Result<(), StoreError> {
        let batches: Vec<SignedBatch> = waiting
            .iter()
            .map(|bytes| SignedBatch::decode(bytes.as_slice()))
            .collect::<Result<_, _>>()?;
        let now = self.clock().now();
        let mut rulings = vec![None; batches.len()];
        let verified = self.receive(&batches, &mut rulings, register, now)?;
        let known: Vec<&Verified> = verified.iter().flatten().collect();
        self.judge(&known, register, now)?;
        // What is refused lies in quarantine; what a suspended device wrote it keeps and sends again, and
        // here it would stand in front of everybody else's.
        let is_done = |ruling: &Option<Ruling>| {
            matches!(
                ruling,
                Some(Ruling::Refused(_) | Ruling::Duplicate(_) | Ruling::NotTaken(SUSPENDED))
            )
        };
        let mut done = batches.iter().zip(&rulings).filter(|(_, ruling)| is_done(ruling));
        self.write(|db| done.try_for_each(|(batch, _)| db.judged(&batch.id())))
    }

    /// Judges on while requests are answered; one such work at a time. What comes too late for it is
    /// judged when its device sends it again, which it does until it hears a verdict.
    fn judge_beside(&self) {
        let Some(right) = self.begin_judging() else { return };
        let app = self.clone();
        std::thread::spawn(move || {
            if let Err(error) = app.judge_inbox() {
                tracing::error!(%error, "judging failed; the batches stay received");
            }
            drop(right);
        });
    }

    /// What is new for the device, and the register it was found with: as of one moment, or a device
    /// would stand behind a change of posts and know the posts of before.
    fn answer(
        &self,
        caller: &Caller,
        request: &SyncRequest,
        own: &BTreeSet<u64>,
        now: InstantMs,
    ) -> Result<(Arc<Register>, SyncReply), StoreError> {
        loop {
            let register = self.register()?;
            if let Some(reply) = self.answer_with(caller, request, &register, own, now)? {
                return Ok((register, reply));
            }
        }
    }

    /// Whether something is to be healed before a device that stands there hears more, which is noted.
    fn heals_first(&self, standing: &Standing, now: InstantMs) -> Result<bool, StoreError> {
        match standing {
            Standing::New | Standing::At(_) => return Ok(false),
            Standing::Lost => {}
            Standing::Elsewhere(epoch) => self.saw_epoch(epoch, now)?,
            Standing::WentBack => self.went_back("a device saw more than the log holds", now)?,
        }
        Ok(true)
    }

    /// What a person reads, signed.
    fn ticket(&self, caller: &Caller, register: &Register, now: InstantMs) -> SignedTicket {
        let county = self.county();
        register.ticket(&county.code, &caller.user, now).sign(&county.seed)
    }

    /// The same; none where the register is another one by now.
    fn answer_with(
        &self,
        caller: &Caller,
        request: &SyncRequest,
        register: &Register,
        own: &BTreeSet<u64>,
        now: InstantMs,
    ) -> Result<Option<SyncReply>, StoreError> {
        let county = self.county();
        let cursor = request.cursor.as_ref();
        let standing = self.read(|db| pull::standing(db, county, cursor))?;
        if self.heals_first(&standing, now)? {
            return Ok(Some(heal_first()));
        }
        let place = if let Standing::At(place) = &standing { Some(place) } else { None };
        if let Some(place) = place {
            self.confirm_erased(caller, place)?;
        }
        let question = Question {
            user: &caller.user,
            today: now.date(),
            place,
            scope: request.scope,
            most_bytes: request.most_bytes,
            limit: self.most_page_bytes(),
            own,
        };
        let found = self.read(|db| {
            if db.county()?.register_version != register.version() {
                return Ok(None);
            }
            find(db, county, register, request, &question).map(Some)
        })?;
        let Some(Found { page, certificates, proofs, in_scope, records }) = found else {
            return Ok(None);
        };
        if self.read(|db| db.scope_of_hash(page.scope.hash))?.is_none() {
            self.write(|db| db.remember_scope(page.scope.hash, &page.scope.keys))?;
        }
        // Whoever reads something else by now needs another ticket, and whoever's is old a new one; once
        // everything else has come.
        let is_due = request.want_ticket || request.scope != page.scope.hash;
        let ticket = (is_due && !page.more).then(|| self.ticket(caller, register, now));
        let version = register.reference_version(&caller.user);
        let is_new = version != request.reference_version;
        let mut reply = SyncReply {
            cursor: Some(page.place.sign(&county.seed)),
            more: page.more,
            documents: page.documents,
            certificates,
            reference: if is_new { register.reference(&caller.user).json } else { Vec::new() },
            reference_version: version,
            checkpoint: self.checkpoint_after(place.map_or(0, |place| place.seq), now)?,
            released: page.released.iter().map(|id| id.to_vec()).collect(),
            scope: page.scope.hash,
            proofs,
            in_scope,
            records,
            ticket,
            ..SyncReply::default()
        };
        reply.attest(&county.seed);
        Ok(Some(reply))
    }

    /// Documents that a device wrote and that lie outside its scope by now: it moved them away in the
    /// same breath in which it began them, so that they never were in its scope here.
    fn moved_away<'a>(
        &self,
        caller: &Caller,
        register: &Register,
        taken: impl Iterator<Item = &'a SignedBatch>,
        now: InstantMs,
    ) -> Result<Vec<[u8; 16]>, StoreError> {
        let documents: BTreeSet<[u8; 16]> =
            taken.filter_map(|batch| batch.read().ok()?.document_id()).collect();
        if documents.is_empty() {
            return Ok(Vec::new());
        }
        let scope = register.scope(&caller.user, now.date());
        self.read(|db| {
            let mut away = Vec::new();
            for document in documents {
                if !db.is_in_scope(&scope.keys, &document)? {
                    away.push(document);
                }
            }
            Ok(away)
        })
    }

    /// The newest checkpoint, where it lies after `seq`.
    fn checkpoint_after(
        &self,
        seq: u64,
        now: InstantMs,
    ) -> Result<Option<SignedCheckpoint>, StoreError> {
        let newest = self.read(|db| db.newest_checkpoint())?;
        let head = self.read(|db| db.county())?.seq;
        let is_old = newest
            .as_ref()
            .is_none_or(|(at, _, ms)| *at < head && now.0.saturating_sub(*ms) >= NOTE_EVERY_MS);
        let newest = if is_old {
            self.scrub();
            self.write(|db| county::checkpoint(db, self.county(), now))?
        } else {
            newest
                .map(|(at, bytes, _)| {
                    Ok::<_, StoreError>((at, SignedCheckpoint::decode(bytes.as_slice())?))
                })
                .transpose()?
        };
        Ok(newest.filter(|(at, _)| *at > seq).map(|(_, checkpoint)| checkpoint))
    }
}

/// What a request is answered with.
struct Found {
    page: Page,
    certificates: Vec<SignedCertificate>,
    proofs: Vec<DocumentProofs>,
    in_scope: u32,
    records: Vec<SignedRecord>,
}

/// Everything that is new for a device, and what it asked for, as of one moment.
fn find(
    db: &Db<'_>,
    county: &County,
    register: &Register,
    request: &SyncRequest,
    question: &Question<'_>,
) -> Result<Found, StoreError> {
    let place = question.place;
    let mut page = pull::page(db, register, question)?;
    let most = question.most_page_bytes();
    let (asked, not_theirs) = pull::by_name(db, &page.scope, &request.want_documents, most)?;
    // What is asked for by name comes whole, now or when there is room for it: what is new of it alone stands
    // on what the device lacks.
    page.documents.retain(|new| !request.want_documents.contains(&new.document));
    page.documents.extend(asked);
    page.released.extend(not_theirs);
    page.released.extend(brought_from_elsewhere(db, &page, request)?);
    let told = if request.want_all_records { None } else { place };
    let from = told.map_or(0, Place::records_from);
    let told = records::new_for(db, register, question.user, question.today, from)?;
    page.told(told.until);
    let held = place.map_or(0, |place| place.base.unwrap_or(place.seq));
    let mut wanted = request.want_certificates.clone();
    wanted.extend(authors::new(db, &page, held)?);
    let proofs = proofs::of(db, county, &page.scope, &request.want_proofs)?;
    // Counted once: it is as much work as a page of the log.
    let in_scope = if place.is_none() { db.count_in_scope(&page.scope.keys)? } else { 0 };
    let certificates = authors::certificates(db, &wanted)?;
    Ok(Found { page, certificates, proofs, in_scope, records: told.records })
}

/// What a device brought and is not to keep: it lies here, and not in what its person reads. What was not here
/// when their scope changed stands in no list of what they left.
fn brought_from_elsewhere(
    db: &Db<'_>,
    page: &Page,
    request: &SyncRequest,
) -> Result<BTreeSet<[u8; 16]>, StoreError> {
    let of_batches = request.push.iter().filter_map(|batch| batch.read().ok()?.document_id());
    let of_saves = request.snapshots.iter();
    let of_saves = of_saves.filter_map(|save| save.document.as_slice().try_into().ok());
    let mut elsewhere: BTreeSet<[u8; 16]> = of_batches.chain(of_saves).collect();
    elsewhere.retain(|id| !page.released.contains(id));
    let mut released = BTreeSet::new();
    for id in elsewhere {
        if db.document(&id)?.is_some() && !db.is_in_scope(&page.scope.keys, &id)? {
            released.insert(id);
        }
    }
    Ok(released)
}

fn received(index: u32) -> Receipt {
    let verdict = yidang_sync_protocol::Verdict::Received.into();
    Receipt { index, verdict, ..Receipt::default() }
}

fn heal_first() -> SyncReply {
    SyncReply { heal: true, ..SyncReply::default() }
}
