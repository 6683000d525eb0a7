//! What the county said that decides whether two devices may meet, and which documents may be taken.

use std::collections::BTreeSet;

use yidang_api::Fault;
use yidang_documents::{ChangeHash, Document, Projection};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::org::OrgTree;
use yidang_sync_protocol::carry::Partner;
use yidang_sync_protocol::{RecordKind, SignedRecord, Ticket};

use super::words::Why;
use crate::device::OpenDesk;
use crate::store::{ReadPlaces, Store, StoreError, StoredBatch};
use crate::sync::erase;

/// Everybody keeps these: whoever is without a network longer hears of them from colleagues.
const TOLD: [RecordKind; 2] = [RecordKind::Revocation, RecordKind::Tombstone];
/// So many are taken from a colleague at once.
const MOST_TOLD: usize = 5_000;

/// What this device has heard the county say.
#[derive(Default)]
pub struct Known {
    revoked: BTreeSet<Vec<u8>>,
    erased: BTreeSet<Vec<u8>>,
    records: Vec<SignedRecord>,
}

impl Known {
    /// Everything that was said until now.
    pub fn read(store: &Store) -> Result<Self, StoreError> {
        let mut known = Self::default();
        for kind in TOLD {
            for (record, signed) in store.records_of(kind)? {
                let subjects = match kind {
                    RecordKind::Tombstone => &mut known.erased,
                    _ => &mut known.revoked,
                };
                subjects.insert(record.subject);
                known.records.push(signed);
            }
        }
        Ok(known)
    }

    /// What a colleague is told.
    pub fn told(&self) -> Vec<SignedRecord> {
        self.records.clone()
    }

    /// Whether the county believes a certificate no more.
    pub fn is_revoked(&self, certificate: &[u8]) -> bool {
        self.revoked.contains(certificate)
    }

    /// Whether the device on the other side may be talked to.
    pub fn may_meet(&self, partner: &Partner) -> bool {
        !self.is_revoked(&partner.id) && !partner.certificate.server
    }

    /// Whether bytes of a document may be taken by hand: what the county destroyed comes back from nowhere.
    pub fn may_take(&self, document: DocumentId) -> Result<(), Why> {
        let is_erased = self.erased.contains(document.as_bytes().as_slice())
            && !cfg!(feature = "planted-tombstone-by-hand");
        if is_erased { Err(Why::Erased) } else { Ok(()) }
    }
}

/// Keeps what a colleague heard the county say, and destroys here what the county destroyed.
pub fn hear(desk: &mut OpenDesk, records: &[SignedRecord], now: InstantMs) -> Result<(), Fault> {
    let key = desk.account.county_key.clone();
    let opened: Vec<_> = records
        .iter()
        .take(MOST_TOLD)
        .filter_map(|signed| {
            let (name, record) = signed.open(&key).ok()?;
            TOLD.contains(&record.kind()).then(|| (name, record, signed.clone()))
        })
        .collect();
    if opened.is_empty() {
        return Ok(());
    }
    let doomed = erase::read(desk, opened.iter().map(|(_, record, _)| record))?;
    desk.store.write(|write| -> Result<(), StoreError> {
        opened.iter().try_for_each(|(name, _, signed)| write.put_record(name, signed))?;
        doomed.iter().try_for_each(|doomed| erase::take(write, doomed, now))
    })?;
    doomed.iter().for_each(|doomed| desk.let_go(doomed.id()));
    // Owed until it is done: what was heard is kept whether or not it can be done now.
    drop(desk.store.scrub());
    Ok(())
}

/// The unit a document lies in.
pub fn org_of(projection: &Projection) -> OrgCode {
    match projection {
        Projection::CaseFile(case) => case.grid(),
        Projection::Household(household) => household.grid(),
        Projection::VisitDay(day) => day.common.home.clone(),
    }
}

/// Whether the holder of a ticket reads a document of this kind that lies in `org`, at `now`.
pub fn reads(
    tree: &OrgTree,
    (ticket, now): (&Ticket, InstantMs),
    (kind, org): (DocumentKind, &OrgCode),
) -> bool {
    ticket.reads(&tree.read_by(kind, org), now.0)
}

/// The changes of a document that stand in none of `batches`. The first change stands in none: it follows
/// from kind, id and home.
pub fn without_batch(document: &Document, batches: &[StoredBatch]) -> Vec<ChangeHash> {
    let covered: BTreeSet<ChangeHash> =
        batches.iter().flat_map(|batch| &batch.hashes).copied().collect();
    let made = document.links().into_iter().filter(|link| !link.deps.is_empty());
    made.map(|link| link.hash).filter(|hash| !covered.contains(hash)).collect()
}
