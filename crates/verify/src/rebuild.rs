//! The document, made anew of what its authors signed.

use std::collections::BTreeMap;

use yidang_documents::guard::{self, GuardError, Outline};
use yidang_documents::{Actor, ChangeHash, Document, Projection};
use yidang_domain::civil::InstantMs;
use yidang_sync_protocol::bundle::Contents;
use yidang_sync_protocol::certificate::CertificateId;
use yidang_sync_protocol::{AttestedSnapshot, Bundle, PlacedBatch};

use crate::batches::Author;
use crate::contents::{Subject, heads};
use crate::finding::{Finding, Tampering};

/// A change before the document takes it.
struct Pending {
    outline: Outline,
    actor: Actor,
    bytes: Vec<u8>,
    /// Who signed it; none where the county's save alone has it.
    certificate: Option<CertificateId>,
    /// What it stands in, for people.
    part: String,
}

/// A change in the document.
pub struct Taken {
    /// Who signed it; none where the county's save alone has it.
    pub certificate: Option<CertificateId>,
    /// When, by its author's clock.
    pub at: InstantMs,
}

/// The document.
pub struct Rebuilt {
    /// As it is.
    pub document: Document,
    /// What stands in it.
    pub projection: Projection,
    /// Its changes, in the order in which they were taken.
    pub taken: Vec<Taken>,
}

/// Changes by their hashes.
type Changes = BTreeMap<ChangeHash, Pending>;

/// Takes every change through the guard, as the county did.
pub fn rebuild(bundle: &Bundle, subject: &Subject, authors: &[Author]) -> Result<Rebuilt, Finding> {
    let mut changes = signed(bundle, authors, u64::MAX)?;
    if let Some(save) = &bundle.save {
        add_saved(&mut changes, save, bundle, subject)?;
    }
    take(&changes, subject)
}

/// The document of what the county had taken up to one place of its log.
pub fn until(
    bundle: &Bundle,
    subject: &Subject,
    authors: &[Author],
    seq: u64,
) -> Result<Rebuilt, Finding> {
    take(&signed(bundle, authors, seq)?, subject)
}

fn take(changes: &Changes, subject: &Subject) -> Result<Rebuilt, Finding> {
    let unreadable = |_| Finding::new(Tampering::KindOrHome, "");
    let mut document =
        Document::begin(subject.kind, subject.id, &subject.home).map_err(unreadable)?;
    let mut taken = Vec::with_capacity(changes.len());
    for hash in in_order(changes) {
        let Some(change) = changes.get(&hash) else { continue };
        let did = guard::admit(&mut document, &change.actor, &change.bytes)
            .map_err(|error| Finding::new(why(&error), change.part.clone()))?;
        taken.push(Taken { certificate: change.certificate, at: did.at });
    }
    let projection = guard::survives(&document)
        .map_err(|error| Finding::new(Tampering::Grammar, error.to_string()))?;
    Ok(Rebuilt { document, projection, taken })
}

const fn why(error: &GuardError) -> Tampering {
    match error {
        GuardError::Parked { .. } => Tampering::ChangeRemoved,
        GuardError::Duplicate | GuardError::Refused { .. } => Tampering::Grammar,
    }
}

/// The changes of all batches that the county took up to this place; one that stands in two of them once.
fn signed(bundle: &Bundle, authors: &[Author], until: u64) -> Result<Changes, Finding> {
    let is_taken = |index: usize| {
        let of_batch = |place: &&PlacedBatch| usize::try_from(place.index) == Ok(index);
        bundle.places.iter().find(of_batch).is_some_and(|place| place.seq <= until)
    };
    let mut changes = Changes::new();
    for (index, (batch, author)) in bundle.batches.iter().zip(authors).enumerate() {
        if !is_taken(index) {
            continue;
        }
        let part = format!("第 {} 批", index + 1);
        for bytes in &batch.changes {
            let outline =
                guard::scan(bytes).map_err(|_| Finding::new(Tampering::Grammar, part.clone()))?;
            if outline.actor != author.actor {
                return Err(Finding::new(Tampering::Author, part));
            }
            changes.entry(outline.hash).or_insert(Pending {
                outline,
                actor: author.actor,
                bytes: bytes.clone(),
                certificate: Some(author.certificate),
                part: part.clone(),
            });
        }
    }
    Ok(changes)
}

/// Adds what only the county's save has. The county says that it is so; nobody's signature does.
fn add_saved(
    changes: &mut Changes,
    save: &AttestedSnapshot,
    bundle: &Bundle,
    subject: &Subject,
) -> Result<(), Finding> {
    let altered = || Finding::new(Tampering::SaveAltered, "");
    let of = save.open(&bundle.county_key).map_err(|_| altered())?;
    let whole = Document::from_saved(&save.save).map_err(|_| altered())?;
    let is_this =
        (whole.id(), whole.kind(), whole.home()) == (subject.id, subject.kind, &subject.home);
    if of != *subject.id.as_bytes() || !is_this {
        return Err(altered());
    }
    for (hash, bytes) in whole.changes_since(&[]) {
        let outline = guard::scan(&bytes).map_err(|_| altered())?;
        // The first change follows from kind, identifier and home.
        if outline.deps.is_empty() {
            continue;
        }
        let actor = Actor::try_from(outline.actor.as_slice()).map_err(|_| altered())?;
        changes.entry(hash).or_insert(Pending {
            outline,
            actor,
            bytes,
            certificate: None,
            part: "县级存档".into(),
        });
    }
    Ok(())
}

/// The changes, each behind those it was made on. What was made on something that is not there comes where
/// it stands, for the guard to find.
fn in_order(changes: &Changes) -> Vec<ChangeHash> {
    let mut lacking: BTreeMap<ChangeHash, usize> = BTreeMap::new();
    let mut next: BTreeMap<ChangeHash, Vec<ChangeHash>> = BTreeMap::new();
    let mut ready = Vec::new();
    for (hash, change) in changes {
        let on = change.outline.deps.iter().filter(|dep| changes.contains_key(*dep));
        let mut count = 0;
        for dep in on {
            count += 1;
            next.entry(*dep).or_default().push(*hash);
        }
        if count == 0 {
            ready.push(*hash);
        } else {
            lacking.insert(*hash, count);
        }
    }
    let mut order = Vec::with_capacity(changes.len());
    while let Some(hash) = ready.pop() {
        order.push(hash);
        for behind in next.remove(&hash).unwrap_or_default() {
            if let Some(count) = lacking.get_mut(&behind) {
                *count -= 1;
                if *count == 0 {
                    ready.push(behind);
                }
            }
        }
    }
    order
}

/// Whether the document is the one that was exported.
pub fn has_heads(rebuilt: &Rebuilt, told: &Contents) -> Result<(), Finding> {
    if heads(told) == Some(rebuilt.document.heads()) {
        Ok(())
    } else {
        Err(Finding::new(Tampering::Heads, ""))
    }
}
