//! Recomputes everything that can be recomputed, and says where it is broken.

use prost::Message;
use yidang_documents::{guard, project};
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::{Chain, SignedBatch, SignedCertificate};

use crate::county::County;
use crate::judge::{shelf, verify_stored};
use crate::store::{Db, LogRow, StoreError};

/// What a check found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Records of the log.
    pub records: u64,
    /// Signed batches among them.
    pub batches: u64,
    /// Documents.
    pub documents: u64,
    /// What is broken, in English, without content.
    pub broken: Vec<String>,
}

const STRIDE: u32 = 256;

/// Checks the whole county.
///
/// # Errors
///
/// Where the database cannot be read at all; broken content is a finding.
pub fn check(db: &Db<'_>, code: &str) -> Result<Findings, StoreError> {
    let mut findings = Findings::default();
    let county = County::load(db, code)?;
    check_log(db, &county, &mut findings)?;
    check_documents(db, &mut findings)?;
    Ok(findings)
}

fn check_log(db: &Db<'_>, county: &County, findings: &mut Findings) -> Result<(), StoreError> {
    let head = db.county()?;
    let mut chain = Chain::begin(&county.code, &head.first_epoch);
    let mut seq = 0;
    loop {
        let rows = db.log_after(seq, STRIDE)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            if row.seq != seq + 1 {
                findings.broken.push(format!("log {}: follows {seq}", row.seq));
            }
            seq = row.seq;
            findings.records += 1;
            let expected = chain.after(row.seq, row.kind, &row.document, &row.record);
            if expected.0.as_slice() != row.chain.as_slice() {
                findings.broken.push(format!("log {seq}: the chain does not fit"));
            }
            // The stored chain goes on, so that one broken record is told once.
            chain = row.chain.as_slice().try_into().map_or(expected, Chain);
            check_record(db, county, &row, findings)?;
        }
    }
    if seq != head.seq || chain != head.chain {
        findings.broken.push(format!("log: ends at {seq}, the county says {}", head.seq));
    }
    Ok(())
}

fn check_record(
    db: &Db<'_>,
    county: &County,
    row: &LogRow,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let seq = row.seq;
    match row.kind {
        1 => {
            findings.batches += 1;
            let Ok(batch) = SignedBatch::decode(row.record.as_slice()) else {
                findings.broken.push(format!("log {seq}: the batch cannot be read"));
                return Ok(());
            };
            if let Some(why) = verify_stored(db, county, &batch)? {
                findings.broken.push(format!("log {seq}: {why}"));
            }
        }
        2 => {
            let fits = SignedCertificate::decode(row.record.as_slice())
                .is_ok_and(|signed| signed.open(&county.key).is_ok());
            if !fits {
                findings.broken.push(format!("log {seq}: the certificate is not the county's"));
            }
        }
        _ => {}
    }
    Ok(())
}

fn check_documents(db: &Db<'_>, findings: &mut Findings) -> Result<(), StoreError> {
    for row in db.documents()? {
        findings.documents += 1;
        let id = DocumentId::from_bytes(row.id);
        for (hash, bytes) in db.changes(&row.id)? {
            if guard::scan(&bytes).map(|outline| outline.hash) != Ok(hash) {
                findings.broken.push(format!("document {id}: a change has another hash"));
            }
        }
        match shelf::load(db, &row) {
            Err(error) => findings.broken.push(error.to_string()),
            Ok(document) => {
                let heads = project(&document).common().heads.len();
                if heads != row.heads.len() {
                    findings.broken.push(format!("document {id}: projects with other heads"));
                }
            }
        }
    }
    Ok(())
}
