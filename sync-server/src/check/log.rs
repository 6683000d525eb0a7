//! The log: its chain, each of its records, and what it says about everything else.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use prost::Message;
use yidang_documents::{Document, guard};
use yidang_domain::causality::hex_of;
use yidang_sync_protocol::cursor::record_hash;
use yidang_sync_protocol::{
    AttestedSnapshot, Chain, CodeUsed, Record, RecordKind, SignedBatch, SignedCertificate,
    SignedCheckpoint, SignedRecord,
};

use super::{Cure, Findings, Ground};
use crate::county;
use crate::judge::verify_stored;
use crate::records;
use crate::store::{LogRow, StoreError};

/// Records read at once.
const STRIDE: u32 = 256;

/// What the log says.
#[derive(Debug, Default)]
pub(super) struct Logged {
    /// By document.
    pub documents: BTreeMap<[u8; 16], LoggedDocument>,
    /// Certificates with their records.
    certificates: BTreeMap<[u8; 16], u64>,
    /// Revoked certificates with their first record.
    revocations: BTreeMap<[u8; 16], u64>,
    /// When its last record was written.
    pub last_at_ms: i64,
    /// Records of which only the hashes are left, by the record of the tombstone.
    pub erased: BTreeMap<u64, Vec<u64>>,
}

/// What the log says about a document.
#[derive(Debug, Default)]
pub(super) struct LoggedDocument {
    /// Its last batch, or the last save of it that was given back; zero where there is none.
    pub last_batch: u64,
    /// Records that are saves.
    saves: BTreeSet<u64>,
    /// Its last record of any kind: who reads it is said anew by records without changes.
    pub last_record: u64,
    /// Every change under its hash, with where it came first: of those that came in a save and later in
    /// a batch, with the batch.
    pub changes: BTreeMap<[u8; 32], Came>,
}

/// Where a change stands, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Came {
    /// The record.
    pub seq: u64,
    /// Its place in the batch.
    pub position: u32,
    /// Its author.
    pub actor: Vec<u8>,
    /// Their sequence number.
    pub seq_of_actor: u64,
}

/// Walks the whole log.
pub(super) fn check(
    ground: &Ground<'_>,
    logged: &mut Logged,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let head = ground.db.county()?;
    let mut chain = Chain::begin(&ground.county.code, &head.first_epoch);
    let mut seq = 0;
    loop {
        let rows = ground.db.log_after(seq, STRIDE)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            if row.seq != seq + 1 {
                findings.find(format!("log {}", row.seq), format!("follows {seq}"), Cure::Restore);
            }
            seq = row.seq;
            findings.records += 1;
            let hash = hash_of(&row);
            let expected = chain.after_hash(row.seq, row.kind, &row.document, &hash);
            if expected.0.as_slice() != row.chain.as_slice() {
                findings.find(format!("log {seq}"), "the chain does not fit", Cure::Restore);
            }
            // The stored chain goes on, so that one broken record is told once.
            chain = row.chain.as_slice().try_into().map_or(expected, Chain);
            logged.last_at_ms = logged.last_at_ms.max(row.at_ms);
            check_record(ground, &row, logged, findings)?;
        }
    }
    if seq != head.seq || chain != head.chain {
        let what = format!("ends at {seq}, the county says {}", head.seq);
        findings.find("log", what, Cure::Restore);
    }
    check_checkpoints(ground, findings)
}

fn check_record(
    ground: &Ground<'_>,
    row: &LogRow,
    logged: &mut Logged,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let place = format!("log {}", row.seq);
    if row.record_hash.is_some() {
        check_erased(ground, row, logged, findings);
        return Ok(());
    }
    if let Ok(document) = <[u8; 16]>::try_from(row.document.as_slice()) {
        logged.documents.entry(document).or_default().last_record = row.seq;
    } else if !row.document.is_empty() {
        findings.find(&place, "the name of its document has another length", Cure::Restore);
    }
    let is_of_words = row.kind == 1 || row.kind == 8;
    if is_of_words && erased_under(ground, row).is_some() {
        findings.find(&place, "it holds what was erased", Cure::Start);
    }
    match row.kind {
        1 => check_batch(ground, row, logged, findings)?,
        2 => match SignedCertificate::decode(row.record.as_slice()) {
            Ok(signed) if signed.open(&ground.county.key).is_ok() => {
                logged.certificates.insert(signed.id(), row.seq);
            }
            _ => findings.find(&place, "the certificate is not the county's", Cure::Restore),
        },
        3 => check_code(ground, row, findings)?,
        4 | 6 if serde_json::from_slice::<serde::de::IgnoredAny>(&row.record).is_err() => {
            findings.find(&place, "the record cannot be read", Cure::Restore);
        }
        4 | 6 => {}
        5 => match <[u8; 16]>::try_from(row.record.as_slice()) {
            Ok(id) => {
                logged.revocations.entry(id).or_insert(row.seq);
            }
            Err(_) => findings.find(&place, "the revocation names no certificate", Cure::Restore),
        },
        7 => check_said(ground, row, logged, findings)?,
        8 => check_save(ground, row, logged, findings),
        kind => findings.find(&place, format!("a record of kind {kind}"), Cure::Version),
    }
    Ok(())
}

/// What the chain keeps of a record, whether or not its bytes are here.
fn hash_of(row: &LogRow) -> [u8; 32] {
    let kept = row.record_hash.as_ref().and_then(|hash| hash.as_slice().try_into().ok());
    kept.unwrap_or_else(|| record_hash(&row.record))
}

/// The record that says that the document of this one was destroyed.
fn erased_under(ground: &Ground<'_>, row: &LogRow) -> Option<u64> {
    let document = <[u8; 16]>::try_from(row.document.as_slice()).ok()?;
    ground.erased.get(&document).copied()
}

/// A record of which only the hash is left: its document was destroyed, and nothing else takes bytes out of
/// the log.
fn check_erased(ground: &Ground<'_>, row: &LogRow, logged: &mut Logged, findings: &mut Findings) {
    let place = format!("log {}", row.seq);
    let is_whole_hash = row.record_hash.as_ref().is_some_and(|hash| hash.len() == 32);
    let is_empty = row.record.is_empty() && (row.kind == 1 || row.kind == 8);
    match erased_under(ground, row).filter(|_| is_whole_hash && is_empty) {
        Some(tombstone) => logged.erased.entry(tombstone).or_default().push(row.seq),
        None => findings.find(place, "its bytes are gone and no tombstone says so", Cure::Restore),
    }
}

fn check_batch(
    ground: &Ground<'_>,
    row: &LogRow,
    logged: &mut Logged,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    findings.batches += 1;
    let place = format!("log {}", row.seq);
    let Ok(batch) = SignedBatch::decode(row.record.as_slice()) else {
        findings.find(&place, "the batch cannot be read", Cure::Restore);
        return Ok(());
    };
    if let Some(why) = verify_stored(ground.db, ground.county, &batch)? {
        findings.find(&place, why, Cure::Restore);
    }
    let named = batch.read().ok().and_then(|header| header.document_id());
    let Some(document) = named.filter(|id| id.as_slice() == row.document.as_slice()) else {
        findings.find(&place, "the batch is about another document", Cure::Restore);
        return Ok(());
    };
    let known = logged.documents.entry(document).or_default();
    known.last_batch = row.seq;
    let LoggedDocument { saves, changes, .. } = known;
    for (position, bytes) in (0_u32..).zip(&batch.changes) {
        let Ok(outline) = guard::scan(bytes) else {
            findings.find(&place, format!("its change {position} cannot be read"), Cure::Restore);
            continue;
        };
        let came = Came { seq: row.seq, position, actor: outline.actor, seq_of_actor: outline.seq };
        match changes.entry(outline.hash) {
            Entry::Vacant(free) => {
                free.insert(came);
            }
            // It came in a save before; this batch is its proof.
            Entry::Occupied(mut known) if saves.contains(&known.get().seq) => {
                known.insert(came);
            }
            Entry::Occupied(_) => {}
        }
    }
    Ok(())
}

/// What the county said and signed: it is listed, and what it says is so.
fn check_said(
    ground: &Ground<'_>,
    row: &LogRow,
    logged: &mut Logged,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let place = format!("log {}", row.seq);
    let signed = SignedRecord::decode(row.record.as_slice()).ok();
    let Some((name, record)) = signed.and_then(|signed| signed.open(&ground.county.key).ok())
    else {
        findings.find(&place, "the record is not the county's", Cure::Restore);
        return Ok(());
    };
    if !ground.db.has_record(&name)? {
        findings.find(&place, "devices are not told of its record", Cure::Restore);
    }
    match record.kind() {
        RecordKind::Revocation => match <[u8; 16]>::try_from(record.subject.as_slice()) {
            Ok(id) => {
                logged.revocations.entry(id).or_insert(row.seq);
            }
            Err(_) => findings.find(&place, "the revocation names no certificate", Cure::Restore),
        },
        RecordKind::Tombstone => match record.tombstone() {
            Some((document, _)) if ground.erased.contains_key(&document) => {}
            Some(_) => findings.find(&place, "its document is not erased", Cure::Start),
            None => findings.find(&place, "the tombstone names no document", Cure::Restore),
        },
        RecordKind::CodeUsed if is_still_open(ground, &record)? => {
            findings.find(place, STILL_OPEN, Cure::Restore);
        }
        _ => {}
    }
    Ok(())
}

/// Whether a code that was used is here and serves once more.
fn is_still_open(ground: &Ground<'_>, record: &Record) -> Result<bool, StoreError> {
    let Ok(used) = CodeUsed::decode(record.body.as_slice()) else { return Ok(false) };
    let activation = ground.db.activation(&used.code)?;
    Ok(activation.is_some_and(|activation| {
        activation.used_by_key.is_none()
            && records::subject_of_code(&activation.hash) == record.subject
    }))
}

/// A document as the county saved it once: whatever of it no record before it brought stands in it, in
/// its order. The first change is nobody's.
fn check_save(ground: &Ground<'_>, row: &LogRow, logged: &mut Logged, findings: &mut Findings) {
    let place = format!("log {}", row.seq);
    let save = AttestedSnapshot::decode(row.record.as_slice()).ok();
    let opened = save.and_then(|save| Some((save.open(&ground.county.key).ok()?, save.save)));
    let Some((document, save)) = opened else {
        findings.find(&place, "the county did not save this", Cure::Restore);
        return;
    };
    if document.as_slice() != row.document.as_slice() {
        findings.find(&place, "the save is of another document", Cure::Restore);
        return;
    }
    let whole = Document::from_saved(&save).ok();
    let read = whole.and_then(|whole| {
        let begun = Document::begin(whole.kind(), whole.id(), whole.home()).ok()?;
        Some((begun, whole))
    });
    let Some((begun, whole)) = read else {
        findings.find(&place, "the save cannot be read", Cure::Restore);
        return;
    };
    let known = logged.documents.entry(document).or_default();
    known.last_batch = row.seq;
    known.saves.insert(row.seq);
    let mut position = 0;
    for (hash, bytes) in whole.changes_since(&[]) {
        if begun.has(&hash) || known.changes.contains_key(&hash) {
            continue;
        }
        let Ok(outline) = guard::scan(&bytes) else {
            findings.find(&place, format!("its change {position} cannot be read"), Cure::Restore);
            continue;
        };
        let came = Came { seq: row.seq, position, actor: outline.actor, seq_of_actor: outline.seq };
        known.changes.insert(hash, came);
        position += 1;
    }
}

/// What is wrong with a code that was used and serves all the same.
const STILL_OPEN: &str = "the activation code it used can be used again";

/// A code that was used must not open the door a second time.
fn check_code(
    ground: &Ground<'_>,
    row: &LogRow,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let code = String::from_utf8_lossy(&row.record);
    // A month after it ended its beginning may be that of another one.
    let is_open = ground.db.activation(&code)?.is_some_and(|activation| {
        activation.used_by_key.is_none() && activation.created_at_ms <= row.at_ms
    });
    if is_open {
        let place = format!("log {}", row.seq);
        findings.find(place, STILL_OPEN, Cure::Restore);
    }
    Ok(())
}

/// What devices remember of the log must be true of it.
fn check_checkpoints(ground: &Ground<'_>, findings: &mut Findings) -> Result<(), StoreError> {
    for (seq, bytes) in ground.db.checkpoints()? {
        let signed = SignedCheckpoint::decode(bytes.as_slice()).ok();
        let opened = signed.and_then(|signed| signed.open(&ground.county.key).ok());
        let Some(checkpoint) = opened else {
            let what = "it is not signed by the county";
            findings.find(format!("checkpoint {seq}"), what, Cure::Restore);
            continue;
        };
        let here = ground.db.chain_at(checkpoint.seq)?;
        let fits = here.is_some_and(|chain| chain.0.as_slice() == checkpoint.chain.as_slice());
        if !fits || !county::knows_epoch(ground.db, &checkpoint.epoch)? {
            let what = "it speaks of another log than this one";
            findings.find(format!("checkpoint {seq}"), what, Cure::Restore);
        }
    }
    Ok(())
}

/// Compares the table of certificates, and that of revocations, with the log.
pub(super) fn check_certificates(
    ground: &Ground<'_>,
    logged: &Logged,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let rows = ground.db.certificates(None)?;
    for row in &rows {
        let place = format!("certificate {}", hex_of(&row.id));
        if logged.certificates.get(&row.id) != Some(&row.seq) {
            findings.find(&place, "no record of the log brought it", Cure::Restore);
        }
        let signed = SignedCertificate::decode(row.bytes.as_slice()).ok();
        let signed = signed.filter(|signed| signed.id() == row.id);
        let opened = signed.and_then(|signed| signed.open(&ground.county.key).ok());
        if opened.is_none_or(|opened| opened.user != row.user || opened.device != row.device) {
            findings.find(&place, "its row is not what it says", Cure::Restore);
        }
        match (row.revoked_seq, logged.revocations.get(&row.id)) {
            (None, Some(_)) => {
                findings.find(&place, "revoked in the log and valid in the table", Cure::Restore);
            }
            (found, known) if found.as_ref() != known => {
                findings.find(&place, "revoked by another record than the log's", Cure::Restore);
            }
            _ => {}
        }
    }
    for (id, seq) in &logged.certificates {
        if !rows.iter().any(|row| row.id == *id) {
            let place = format!("log {seq}");
            findings.find(place, "its certificate is not in the table", Cure::Restore);
        }
    }
    let kept = ground.db.revocations()?;
    for (id, seq) in &logged.revocations {
        if !kept.iter().any(|(known, _)| known == id) {
            findings.find(format!("log {seq}"), "its revocation is not kept", Cure::Restore);
        }
    }
    for (id, seq) in kept {
        if logged.revocations.get(&id) != Some(&seq) {
            let place = format!("revocation {}", hex_of(&id));
            findings.find(place, "no record of the log says so", Cure::Restore);
        }
    }
    Ok(())
}
