//! A server that went back in time, and how its devices make it whole.

use std::collections::BTreeSet;

use yidang_domain::civil::InstantMs;
use yidang_sync_protocol::message::digest_of;
use yidang_sync_protocol::{
    HealReply, HealRequest, RecordName, SignedCheckpoint, SyncReply, SyncRequest,
};

use crate::app::App;
use crate::caller::Caller;
use crate::county;
use crate::judge::CRASHED;
use crate::judge::review::DECLINED;
use crate::pull::place::Place;
use crate::register::{Register, Scope};
use crate::store::{Db, StoreError};

/// Devices that were here so long before the copy was made are waited for while healing.
const ACTIVE_MS: i64 = 30 * 86_400_000;
/// Documents looked up at once.
const STRIDE: u32 = 256;
/// A device's visit is noted once an hour.
pub(crate) const NOTE_EVERY_MS: i64 = 3_600_000;

impl App {
    /// Begins a new epoch because the log is not the one that devices saw.
    pub(crate) fn went_back(&self, why: &str, now: InstantMs) -> Result<(), StoreError> {
        self.write(|db| county::begin_epoch(db, why, self.dice(), now))
    }

    /// Somebody was in an epoch that this log never had: a copy from before it was put in place. While
    /// the county heals anyway, that is no news.
    pub(crate) fn saw_epoch(&self, epoch: &[u8], now: InstantMs) -> Result<(), StoreError> {
        self.write(|db| {
            if county::knows_epoch(db, epoch)? {
                return Ok(());
            }
            if !db.county()?.healing {
                let why = "a device knows an epoch that the log does not hold";
                county::begin_epoch(db, why, self.dice(), now)?;
            }
            county::learn_epoch(db, epoch)
        })
    }

    /// Notes the visit, and whether the county is whole again.
    pub(crate) fn note(
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
        let gives_nothing =
            request.push.is_empty() && request.snapshots.is_empty() && request.records.is_empty();
        let has_answered =
            county.healing && !reply.heal && request.cursor.is_some() && gives_nothing;
        if !has_answered {
            return Ok(());
        }
        let left = self.write(|db| {
            db.answered(&caller.certificate, &county.epoch)?;
            let server = &self.county().server().certificate;
            let copied_at = county::copied_at(db)?.unwrap_or(now).min(now);
            db.unanswered(&county.epoch, copied_at.0.saturating_sub(ACTIVE_MS), server)
        })?;
        if left == 0 { self.finish_healing(register, now) } else { Ok(()) }
    }

    /// Ends the healing: numbers are issued again, first those that are owed.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn finish_healing(&self, register: &Register, now: InstantMs) -> Result<(), StoreError> {
        self.judging(register, now, |db, judge| {
            db.end_healing()?;
            // Refused by a register that was not whole: judged again by this one when it comes again.
            db.pardon_since(db.restored_at_ms()?.unwrap_or(now.0), [CRASHED, DECLINED])?;
            judge.healed();
            db.without_number()?.iter().try_for_each(|document| judge.follow_up(document))
        })?;
        tracing::info!("healed: numbers are issued again");
        Ok(())
    }

    /// Compares what a device holds with what is here, all of it or one part of a long list.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn heal(&self, caller: &Caller, request: &HealRequest) -> Result<HealReply, StoreError> {
        let now = self.clock().now();
        let county = self.county();
        for checkpoint in &request.checkpoints {
            let Ok(checkpoint) = checkpoint.open(&county.key) else { continue };
            if !self.read(|db| county::knows_epoch(db, &checkpoint.epoch))? {
                self.saw_epoch(&checkpoint.epoch, now)?;
            }
        }
        if self.read(|db| saw_more(db, &county.key, &request.checkpoints))? {
            self.went_back("a device remembers a checkpoint that the log does not hold", now)?;
        }
        let register = self.register()?;
        let scope = register.scope(&caller.user, now.date());
        if self.read(|db| db.scope_of_hash(scope.hash))?.is_none() {
            self.write(|db| db.remember_scope(scope.hash, &scope.keys))?;
        }
        self.read(|db| {
            let head = db.county()?;
            let (mut wanted, mut same, mut released) = (Vec::new(), BTreeSet::new(), Vec::new());
            for held in &request.documents {
                let Ok(id) = <[u8; 16]>::try_from(held.document.as_slice()) else { continue };
                if db.is_erased(&id)? {
                    continue;
                }
                let here = db.document(&id)?.map(|row| digest_of(&row.heads));
                let is_same = here.is_some_and(|digest| digest.as_slice() == held.digest);
                if is_same {
                    same.insert(id);
                }
                // What came in a save lacks its batches, which somebody may hold.
                if !is_same || db.has_unproved(&id, 0)? {
                    wanted.push(held.document.clone());
                } else if !db.is_in_scope(&scope.keys, &id)? {
                    released.push(held.document.clone());
                }
            }
            let lost = RecordName::unpack(&request.records).into_iter();
            let mut wanted_records = Vec::new();
            for name in lost {
                if !db.has_record(&name)? {
                    wanted_records.push(name);
                }
            }
            let wanted_records = RecordName::pack(&wanted_records);
            let (place, lacking) = if request.asks_for_documents {
                let at_head = Place::at(&head.epoch, head.seq, &head.chain);
                (at_head.healed(scope.hash), lacking(db, &scope, request, &same)?)
            } else {
                let damaged = || StoreError::Damaged("the log has no beginning".into());
                let begin = db.chain_at(0)?.ok_or_else(damaged)?;
                (Place::at(&head.epoch, 0, &begin), Vec::new())
            };
            let cursor = Some(place.sign(&county.seed));
            Ok(HealReply { wanted, cursor, wanted_records, lacking, released })
        })
    }
}

/// Documents of a scope that a device has to fetch: those between the bounds of its list that are not the
/// same there.
fn lacking(
    db: &Db<'_>,
    scope: &Scope,
    request: &HealRequest,
    same: &BTreeSet<[u8; 16]>,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let is_meant = |id: &[u8; 16]| {
        id.as_slice() >= request.from.as_slice()
            && (request.before.is_empty() || id.as_slice() < request.before.as_slice())
    };
    let mut lacking = Vec::new();
    let mut position = 0;
    loop {
        let rows = db.in_scope_after(&scope.keys, position, STRIDE)?;
        let Some(last) = rows.last() else { return Ok(lacking) };
        position = last.last_seq;
        let of_part = rows.iter().filter(|row| !row.gone && is_meant(&row.document));
        lacking.extend(
            of_part.filter(|row| !same.contains(&row.document)).map(|row| row.document.to_vec()),
        );
    }
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
