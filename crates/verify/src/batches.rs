//! What authors signed, and where the county took it.

use std::collections::{BTreeMap, BTreeSet};

use yidang_documents::guard::{self, Outline};
use yidang_documents::{Actor, ChangeHash, actor_id, genesis};
use yidang_domain::ids::UserId;
use yidang_sync_protocol::bundle::ListedBatch;
use yidang_sync_protocol::certificate::CertificateId;
use yidang_sync_protocol::{BatchHeader, Bundle, SignedBatch};

use crate::contents::Subject;
use crate::county::{Known, two_histories};
use crate::finding::{Finding, Tampering};

/// Who signed a batch.
pub struct Author {
    /// Their certificate.
    pub certificate: CertificateId,
    /// The actor its changes must have.
    pub actor: Actor,
}

fn nth(what: Tampering, index: usize) -> Finding {
    Finding::nth(what, index, "批")
}

/// Whether the batches that are `here` are those on the list; what was done where they are not.
pub fn compare(bundle: &Bundle, here: &[ListedBatch], told: &[ListedBatch]) -> Result<(), Finding> {
    let is_in = |list: &[ListedBatch], name: &[u8]| list.iter().any(|one| one.batch == name);
    let gone: Vec<&ListedBatch> = told.iter().filter(|one| !is_in(here, &one.batch)).collect();
    let mut there = here.iter().zip(&bundle.batches).enumerate();
    if let Some((index, (listed, batch))) = there.find(|(_, (one, _))| !is_in(told, &one.batch)) {
        return Err(nth(became(bundle, listed, batch, &gone), index));
    }
    match told.iter().position(|one| !is_in(here, &one.batch)) {
        None => Ok(()),
        Some(index) if something_is_missing(bundle) => Err(nth(Tampering::BatchRemoved, index)),
        Some(index) => Err(nth(Tampering::TipRemoved, index)),
    }
}

/// What became of a batch of the list that is not there as it was: `batch` stands there instead.
fn became(
    bundle: &Bundle,
    listed: &ListedBatch,
    batch: &SignedBatch,
    gone: &[&ListedBatch],
) -> Tampering {
    if let Some(was) = gone.iter().find(|was| was.header == listed.header) {
        return match listed.changes.len().cmp(&was.changes.len()) {
            std::cmp::Ordering::Less => Tampering::ChangeRemoved,
            std::cmp::Ordering::Equal => Tampering::ChangeAltered,
            std::cmp::Ordering::Greater => Tampering::ChangeAdded,
        };
    }
    let is_altered = gone.iter().any(|was| was.changes == listed.changes);
    match batch.read() {
        Ok(header) if header.document != bundle.document => Tampering::OtherDocument,
        Ok(header) if header.kind != bundle.kind || header.home != bundle.home => {
            Tampering::KindOrHome
        }
        _ if is_altered => Tampering::HeaderAltered,
        _ => Tampering::BatchAdded,
    }
}

/// Whether a change was made on one that is not there.
fn something_is_missing(bundle: &Bundle) -> bool {
    let changes = bundle.batches.iter().flat_map(|batch| &batch.changes);
    let outlines: Vec<Outline> = changes.filter_map(|bytes| guard::scan(bytes).ok()).collect();
    let mut there: BTreeSet<ChangeHash> = outlines.iter().map(|outline| outline.hash).collect();
    there.extend(first_change(bundle));
    // What the save holds is as good as there.
    bundle.save.is_none()
        && outlines.iter().flat_map(|outline| &outline.deps).any(|dep| !there.contains(dep))
}

/// The hash of the first change, which does not travel.
fn first_change(bundle: &Bundle) -> Option<ChangeHash> {
    let Subject { id, kind, home } = crate::contents::subject(bundle).ok()?;
    let bytes = genesis::bytes(kind, id, &home).ok()?;
    guard::scan(&bytes).ok().map(|outline| outline.hash)
}

/// Who signed each batch, if it is about this document and they did.
pub fn authors(bundle: &Bundle, subject: &Subject, known: &Known) -> Result<Vec<Author>, Finding> {
    let author = |(index, batch): (usize, &SignedBatch)| {
        let header = batch.read().map_err(|_| nth(Tampering::HeaderAltered, index))?;
        if header.document != subject.id.as_bytes() {
            return Err(nth(Tampering::OtherDocument, index));
        }
        if header.kind != bundle.kind || header.home != bundle.home {
            return Err(nth(Tampering::KindOrHome, index));
        }
        author(&header, batch, known).map_err(|what| nth(what, index))
    };
    bundle.batches.iter().enumerate().map(author).collect()
}

fn author(header: &BatchHeader, batch: &SignedBatch, known: &Known) -> Result<Author, Tampering> {
    let certificate = header.certificate_id().ok_or(Tampering::HeaderAltered)?;
    let of_author = known.get(&certificate).ok_or(Tampering::CertificateMissing)?;
    let (key, nonce) =
        of_author.key().zip(of_author.nonce()).ok_or(Tampering::CertificateAltered)?;
    batch.open(&key).map_err(|_| Tampering::Signature)?;
    let user = UserId(of_author.user.clone());
    Ok(Author { certificate, actor: actor_id(&key, &user, &nonce, header.incarnation) })
}

/// Whether the county took each batch, at a place where it took nothing else; the last of these places.
pub fn places(bundle: &Bundle) -> Result<u64, Finding> {
    let mut taken = BTreeMap::new();
    let mut last = 0;
    for (index, batch) in bundle.batches.iter().enumerate() {
        let mut of_batch =
            bundle.places.iter().filter(|place| usize::try_from(place.index) == Ok(index));
        let place = of_batch.next().ok_or_else(|| nth(Tampering::PlaceMissing, index))?;
        let id = batch.id();
        if of_batch.next().is_some() || place.open(&id, &bundle.county_key).is_err() {
            return Err(nth(Tampering::PlaceAltered, index));
        }
        let before = taken.insert((place.epoch.clone(), place.seq), id);
        if before.is_some_and(|other| other != id) {
            return Err(two_histories(place.seq));
        }
        last = last.max(place.seq);
    }
    Ok(last)
}
