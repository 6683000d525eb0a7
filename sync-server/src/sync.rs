//! One exchange: receive, judge, answer.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use prost::Message;
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::UserId;
use yidang_sync_protocol::message::digest_of;
use yidang_sync_protocol::{
    HealReply, HealRequest, Receipt, SignedBatch, SignedCheckpoint, SignedRequest, SyncReply,
    SyncRequest,
};

use crate::app::App;
use crate::county;
use crate::judge::{Judge, Ruling, Verified, verify};
use crate::pull::{self, Question, Standing, place::Place};
use crate::register::Register;
use crate::store::{Db, StoreError};

/// A device that proved who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Its certificate.
    pub certificate: [u8; 16],
    /// Its person.
    pub user: UserId,
    /// When it was last noted to be here.
    pub seen_at_ms: i64,
}

/// Why a request is not answered.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// The server does not know the certificate; the device attaches it.
    #[error("unknown_certificate")]
    UnknownCertificate,
    /// The certificate was revoked.
    #[error("revoked")]
    Revoked,
    /// The request is not signed by the holder of its certificate.
    #[error("wrong_signature")]
    WrongSignature,
    /// The request cannot be read.
    #[error("malformed")]
    Malformed,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Devices that were here so long before are waited for while healing.
const ACTIVE_MS: i64 = 30 * 86_400_000;
/// A device's visit is noted once an hour.
const NOTE_EVERY_MS: i64 = 3_600_000;

impl App {
    /// Who sent a request.
    ///
    /// # Errors
    ///
    /// [`Denied`].
    pub fn caller(&self, request: &SignedRequest) -> Result<Caller, Denied> {
        let id: [u8; 16] =
            request.certificate.as_slice().try_into().map_err(|_| Denied::Malformed)?;
        if let Some(attached) = &request.attached
            && attached.id() == id
        {
            self.learn(std::slice::from_ref(attached))?;
        }
        let row = self.read(|db| db.certificate(&id))?.ok_or(Denied::UnknownCertificate)?;
        let signed = yidang_sync_protocol::SignedCertificate::decode(row.bytes.as_slice())
            .map_err(StoreError::from)?;
        let certificate =
            signed.open(&self.county().key).map_err(|_| Denied::UnknownCertificate)?;
        request
            .check(&certificate.key().unwrap_or_default())
            .map_err(|_| Denied::WrongSignature)?;
        if row.revoked_seq.is_some() || certificate.server {
            return Err(Denied::Revoked);
        }
        Ok(Caller { certificate: id, user: UserId(row.user), seen_at_ms: row.seen_at_ms })
    }

    /// Takes certificates that the county signed and that were lost. Others are passed over.
    fn learn(
        &self,
        certificates: &[yidang_sync_protocol::SignedCertificate],
    ) -> Result<(), StoreError> {
        let mut unknown = Vec::new();
        for signed in certificates {
            let is_known = self.read(|db| db.certificate(&signed.id()))?.is_some();
            if let (false, Ok(opened)) = (is_known, signed.open(&self.county().key)) {
                unknown.push((signed, opened));
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        let now = self.clock().now();
        self.write(|db| {
            unknown
                .iter()
                .try_for_each(|(signed, opened)| county::learn_certificate(db, signed, opened, now))
        })
    }

    /// One round trip.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; what was received is kept and judged later.
    pub fn sync(&self, caller: &Caller, request: &SyncRequest) -> Result<SyncReply, StoreError> {
        let now = self.clock().now();
        self.learn(&request.certificates)?;
        let register = self.register()?;
        let receipts = self.take(&request.push, &register, now)?;
        let accepted = yidang_sync_protocol::Verdict::Accepted as i32;
        let own: BTreeSet<u64> =
            receipts.iter().filter(|r| r.verdict == accepted).map(|r| r.seq).collect();
        let mut reply = self.answer(caller, request, &register, &own, now)?;
        reply.receipts = receipts;
        reply.server_time_ms = now.0;
        self.note(caller, request, &reply, &register, now)?;
        Ok(reply)
    }

    /// Receives and judges.
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
                let mut judged = judged.into_iter();
                for (ruling, _) in rulings.iter_mut().zip(&verified).filter(|(_, v)| v.is_some()) {
                    *ruling = judged.next();
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
    fn receive(
        &self,
        push: &[SignedBatch],
        rulings: &mut [Option<Ruling>],
        register: &Register,
        now: InstantMs,
    ) -> Result<Vec<Option<Verified>>, StoreError> {
        let mut shelf = self.shelf();
        self.write(|db| {
            let mut judge = Judge::new(db, register, self.county(), &mut shelf, now)?;
            let mut all = Vec::with_capacity(push.len());
            for (batch, ruling) in push.iter().zip(rulings) {
                match verify(db, self.county(), batch) {
                    Ok(verified) => {
                        db.receive(&verified.id, &batch.encode_to_vec(), now.0)?;
                        all.push(Some(verified));
                    }
                    Err(no) => {
                        *ruling = Some(judge.settle_no(batch, no)?);
                        all.push(None);
                    }
                }
            }
            Ok(all)
        })
    }

    /// Judges batches in one transaction.
    fn judge(
        &self,
        batches: &[&Verified],
        register: &Register,
        now: InstantMs,
    ) -> Result<Vec<Ruling>, StoreError> {
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        let mut shelf = self.shelf();
        let rulings = self.write(|db| {
            let mut judge = Judge::new(db, register, self.county(), &mut shelf, now)?;
            for verified in batches {
                judge.judge(verified)?;
            }
            // The last word counts: a batch that was parked first may have been accepted since.
            let last_word = |verified: &&Verified| judge.ruling(&verified.id).cloned();
            Ok::<_, StoreError>(batches.iter().filter_map(last_word).collect::<Vec<_>>())
        });
        match &rulings {
            Ok(_) => shelf.settle(),
            Err(_) => shelf.discard(),
        }
        rulings
    }

    /// Judges what was received before the server stopped.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn judge_inbox(&self) -> Result<(), StoreError> {
        let now = self.clock().now();
        let register = self.register()?;
        let waiting = self.read(|db| db.unjudged(u32::MAX))?;
        for bytes in waiting {
            let batch = SignedBatch::decode(bytes.as_slice())?;
            self.take(&[batch], &register, now)?;
        }
        Ok(())
    }

    /// What is new for the device.
    fn answer(
        &self,
        caller: &Caller,
        request: &SyncRequest,
        register: &Register,
        own: &BTreeSet<u64>,
        now: InstantMs,
    ) -> Result<SyncReply, StoreError> {
        let county = self.county();
        let cursor = request.cursor.as_ref();
        let standing = self.read(|db| pull::standing(db, county, cursor))?;
        let place = match &standing {
            Standing::New => None,
            Standing::At(place) => Some(place),
            Standing::Lost => return Ok(heal_first()),
            Standing::WentBack => {
                self.went_back("a device saw more than the log holds", now)?;
                return Ok(heal_first());
            }
        };
        let question = Question {
            user: &caller.user,
            today: now.date(),
            place,
            scope: request.scope,
            most_bytes: request.most_bytes,
            own,
        };
        let (page, certificates) = self.read(|db| {
            let page = pull::page(db, register, &question)?;
            let mut wanted = request.want_certificates.clone();
            wanted.extend(new_authors(db, &page, place.map_or(0, |place| place.seq))?);
            Ok::<_, StoreError>((page, wanted_certificates(db, &wanted)?))
        })?;
        if self.read(|db| db.scope_of_hash(page.scope.hash))?.is_none() {
            self.write(|db| db.remember_scope(page.scope.hash, &page.scope.keys))?;
        }
        let reference = register.reference(&caller.user);
        let is_new = reference.version != request.reference_version;
        Ok(SyncReply {
            cursor: Some(page.place.sign(&county.seed)),
            more: page.more,
            documents: page.documents,
            certificates,
            reference: if is_new { reference.json } else { Vec::new() },
            reference_version: reference.version,
            checkpoint: self.checkpoint_after(place.map_or(0, |place| place.seq), now)?,
            released: page.released.iter().map(|id| id.to_vec()).collect(),
            scope: page.scope.hash,
            ..SyncReply::default()
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

    fn went_back(&self, why: &str, now: InstantMs) -> Result<(), StoreError> {
        self.write(|db| county::begin_epoch(db, why, now))
    }

    /// Notes the visit, and whether the county is whole again.
    fn note(
        &self,
        caller: &Caller,
        request: &SyncRequest,
        reply: &SyncReply,
        register: &Register,
        now: InstantMs,
    ) -> Result<(), StoreError> {
        if now.0.saturating_sub(caller.seen_at_ms) >= NOTE_EVERY_MS {
            self.write(|db| db.seen(&caller.certificate, now.0))?;
        }
        let county = self.read(|db| db.county())?;
        let has_answered =
            county.healing && !reply.heal && request.cursor.is_some() && request.push.is_empty();
        if !has_answered {
            return Ok(());
        }
        let left = self.write(|db| {
            db.answered(&caller.certificate, &county.epoch)?;
            let server = &self.county().server().certificate;
            db.unanswered(&county.epoch, now.0.saturating_sub(ACTIVE_MS), server)
        })?;
        if left == 0 { self.finish_healing(register, now) } else { Ok(()) }
    }

    /// Ends the healing: numbers are issued again, first those that are owed.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn finish_healing(&self, register: &Register, now: InstantMs) -> Result<(), StoreError> {
        let mut shelf = self.shelf();
        let done = self.write(|db| {
            db.end_healing()?;
            let mut judge = Judge::new(db, register, self.county(), &mut shelf, now)?;
            db.without_number()?.iter().try_for_each(|document| judge.follow_up(document))
        });
        match &done {
            Ok(()) => shelf.settle(),
            Err(_) => shelf.discard(),
        }
        tracing::info!("healed: numbers are issued again");
        done
    }

    /// Compares what a device holds with what is here.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn heal(&self, request: &HealRequest) -> Result<HealReply, StoreError> {
        let now = self.clock().now();
        let county = self.county();
        if self.read(|db| saw_more(db, &county.key, &request.checkpoints))? {
            self.went_back("a device remembers a checkpoint that the log does not hold", now)?;
        }
        self.read(|db| {
            let head = db.county()?;
            let begin = db
                .chain_at(0)?
                .ok_or_else(|| StoreError::Damaged("the log has no beginning".into()))?;
            let mut wanted = Vec::new();
            for held in &request.documents {
                let Ok(id) = <[u8; 16]>::try_from(held.document.as_slice()) else { continue };
                let here = db.document(&id)?.map(|row| digest_of(&row.heads));
                if here.is_none_or(|digest| digest.as_slice() != held.digest.as_slice()) {
                    wanted.push(held.document.clone());
                }
            }
            let cursor = Place::at(&head.epoch, 0, &begin).sign(&county.seed);
            Ok(HealReply { wanted, cursor: Some(cursor) })
        })
    }
}

fn received(index: u32) -> Receipt {
    let verdict = yidang_sync_protocol::Verdict::Received.into();
    Receipt { index, verdict, ..Receipt::default() }
}

fn heal_first() -> SyncReply {
    SyncReply { heal: true, ..SyncReply::default() }
}

/// Authors of a page whose certificates were issued after the device was last here, so that names
/// come together with words. Others it asks for.
fn new_authors(
    db: &Db<'_>,
    page: &pull::Page,
    since: u64,
) -> Result<BTreeSet<Vec<u8>>, StoreError> {
    let mut authors = BTreeSet::new();
    for batch in page.documents.iter().flat_map(|document| &document.batches) {
        let Some(id) = batch.read().ok().and_then(|header| header.certificate_id()) else {
            continue;
        };
        if !authors.contains(id.as_slice())
            && db.certificate(&id)?.is_some_and(|row| row.seq > since)
        {
            authors.insert(id.to_vec());
        }
    }
    Ok(authors)
}

fn wanted_certificates(
    db: &Db<'_>,
    wanted: &[Vec<u8>],
) -> Result<Vec<yidang_sync_protocol::SignedCertificate>, StoreError> {
    let mut found = Vec::new();
    for id in wanted {
        let Ok(id) = <[u8; 16]>::try_from(id.as_slice()) else { continue };
        if let Some(row) = db.certificate(&id)? {
            let bytes = row.bytes.as_slice();
            found.push(yidang_sync_protocol::SignedCertificate::decode(bytes)?);
        }
    }
    Ok(found)
}

/// Whether a checkpoint of the present epoch speaks of a log that is not this one.
fn saw_more(
    db: &Db<'_>,
    county_key: &[u8; 32],
    checkpoints: &[SignedCheckpoint],
) -> Result<bool, StoreError> {
    let head = db.county()?;
    for signed in checkpoints {
        let Ok(checkpoint) = signed.open(county_key) else { continue };
        if checkpoint.epoch != head.epoch {
            continue;
        }
        let here = db.chain_at(checkpoint.seq)?;
        if here.is_none_or(|chain| chain.0.as_slice() != checkpoint.chain.as_slice()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A lock that a panic elsewhere does not take away.
pub(crate) fn unpoisoned<T>(locked: Result<T, PoisonError<T>>) -> T {
    locked.unwrap_or_else(PoisonError::into_inner)
}
