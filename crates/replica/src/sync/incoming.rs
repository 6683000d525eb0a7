//! Documents of a page: read before the desk is needed, stored in slices short enough that a save
//! in between stays quick.

use std::collections::{BTreeSet, VecDeque};

use yidang_api::sync::LogKind;
use yidang_api::{Fault, FaultCode};
use yidang_documents::guard::scan;
use yidang_documents::{Actor, Document, DocumentError, Projection, project};
use yidang_domain::causality::hex_of;
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::{Entry, EntryKind};
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_sync_protocol::{PageDocument, SignedBatch};

use super::places::Placed;
use super::request::kind_of;
use super::somebody_waits;
use crate::boundary::Boundary;
use crate::desk::{Indexed, indexed, put_rows};
use crate::device::OpenDesk;
use crate::halves::{rows_in_force, without_halves};
use crate::people::note_actor;
use crate::store::{
    Incarnation, Proofs, ReadDocuments, ReadErased, ReadHalves, StoreError, StoredBatch, Write,
};

/// Documents stored in one transaction at most. Larger slices write the pages of the search index
/// less often; where threads can tell that somebody waits, a slice ends for them. A worker of a
/// browser hears of nobody until it is done.
pub const SLICE: usize = if cfg!(target_arch = "wasm32") { 16 } else { 32 };

/// A document of a page, read.
pub struct Read {
    id: DocumentId,
    document: Document,
    projection: Projection,
    /// The heads of the snapshot, where it is kept as it is.
    snapshot_heads: Option<Vec<[u8; 32]>>,
    /// Other changes that were not here.
    fresh: Vec<([u8; 32], Vec<u8>)>,
    is_new: bool,
    clashes_before: usize,
}

/// The document a page speaks of.
pub fn id_of(page: &PageDocument) -> Result<DocumentId, Fault> {
    page.document.as_slice().try_into().map(DocumentId::from_bytes).map_err(|_| malformed())
}

fn malformed() -> Fault {
    Fault::new(FaultCode::Internal, "the server sent a malformed document")
}

/// Reads a document that is not here yet. Needs no desk, so nobody waits meanwhile.
pub fn read_new(page: &PageDocument) -> Result<Read, Fault> {
    let id = id_of(page)?;
    let mut document = if page.snapshot.is_empty() {
        let kind = kind_of(page.kind).ok_or_else(|| {
            Fault::new(FaultCode::NeedsUpdate, format!("a document of kind {}", page.kind))
        })?;
        Document::begin(kind, id, &OrgCode(page.home.clone())).map_err(StoreError::from)?
    } else {
        Document::from_saved(&page.snapshot).map_err(StoreError::from)?
    };
    if document.id() != id {
        return Err(malformed());
    }
    let snapshot_heads = (!page.snapshot.is_empty()).then(|| document.heads());
    let fresh = of_batches(page, &document);
    add(&mut document, &fresh).map_err(StoreError::from)?;
    let projection = project(&document);
    Ok(Read { id, document, projection, snapshot_heads, fresh, is_new: true, clashes_before: 0 })
}

/// Reads a document onto what is here of it; none where the two do not fit together, because somebody wrote twice
/// under one sequence number and a server that was put back took the other one.
fn read_onto(desk: &mut OpenDesk, page: &PageDocument) -> Result<Option<Read>, Fault> {
    let id = id_of(page)?;
    let mut document = desk.document(id)?;
    let mut fresh = Vec::new();
    if !page.snapshot.is_empty() {
        let whole = Document::from_saved(&page.snapshot).map_err(StoreError::from)?;
        fresh =
            whole.changes_since(&[]).into_iter().filter(|(hash, _)| !document.has(hash)).collect();
    }
    fresh.extend(of_batches(page, &document));
    let clashes_before =
        desk.projection(id)?.map_or(0, |projection| projection.common().clashes.len());
    match add(&mut document, &fresh) {
        Err(DocumentError::Engine(_)) => return Ok(None),
        added => added.map_err(StoreError::from)?,
    }
    let (projection, snapshot_heads) = (project(&document), None);
    let is_new = false;
    Ok(Some(Read { id, document, projection, snapshot_heads, fresh, is_new, clashes_before }))
}

fn of_batches(page: &PageDocument, document: &Document) -> Vec<([u8; 32], Vec<u8>)> {
    page.batches
        .iter()
        .flat_map(|batch| &batch.changes)
        .map(|bytes| (hash(bytes), bytes.clone()))
        .filter(|(hash, _)| !document.has(hash))
        .collect()
}

fn add(document: &mut Document, fresh: &[([u8; 32], Vec<u8>)]) -> Result<(), DocumentError> {
    document.apply_stored(fresh.iter().map(|(hash, bytes)| (*hash, bytes.as_slice())))
}

/// The hash of a change: of everything behind magic and checksum.
fn hash(bytes: &[u8]) -> [u8; 32] {
    scan(bytes).map(|outline| outline.hash).unwrap_or_default()
}

/// Whether it brings something that this actor wrote and that is not here: in a store that was put back,
/// or on another copy of this device.
fn is_written_elsewhere(read: &Read, actor: &Actor) -> bool {
    if read.is_new {
        return read.document.last_seq(actor) > 0;
    }
    let is_own = |bytes: &[u8]| scan(bytes).is_ok_and(|outline| outline.actor == actor);
    read.fresh.iter().any(|(_, bytes)| is_own(bytes))
}

/// Documents of a slice on their way, some of them read.
type Slice<'a> = VecDeque<(&'a PageDocument, Option<Read>)>;

/// Reads the documents of a slice onto what is here. None where one does not fit onto that: the slice is as it was,
/// and what stands in the way makes way first. Where that does not help either, the document is fetched anew like a
/// damaged one, and everything else goes on.
fn read_slice<'a>(
    desk: &mut OpenDesk,
    slice: &mut Slice<'a>,
) -> Result<Option<VecDeque<(&'a PageDocument, Read)>>, Fault> {
    let mut ready: VecDeque<(&PageDocument, Read)> = VecDeque::with_capacity(slice.len());
    while let Some((page, read)) = slice.pop_front() {
        let id = id_of(page)?;
        // What was destroyed comes from nowhere.
        let is_erased = desk.store.is_erased(id)?;
        if is_erased && !cfg!(feature = "planted-tombstone-by-hand") {
            continue;
        }
        let here = desk.store.stored(id)?.is_some();
        let read = match read {
            Some(read) if !here => Some(read),
            // Made way for the county's while it was being read.
            None if !here => Some(read_new(page)?),
            // Held before, or begun here while it was being read.
            _ => read_onto(desk, page)?,
        };
        match read {
            Some(read) => {
                desk.split.remove(&id);
                ready.push_back((page, read));
            }
            None if desk.split.insert(id) => {
                slice.push_front((page, None));
                for (page, read) in ready.into_iter().rev() {
                    slice.push_front((page, read.is_new.then_some(read)));
                }
                return Ok(None);
            }
            None => drop(desk.damaged.insert(id)),
        }
    }
    Ok(Some(ready))
}

/// Stores documents of a slice in one transaction, in order, until somebody waits for the device;
/// gives how many changes are new here. The others stay in `slice`, all of them where one stands in the way of
/// another ([`super::settle::make_way`]). Where somebody else writes as this
/// actor, this device writes as `spare` from here on.
pub fn take(
    desk: &mut OpenDesk,
    slice: &mut Slice<'_>,
    placed: &Placed,
    now: InstantMs,
    spare: Option<Incarnation>,
) -> Result<u32, Fault> {
    let Some(mut ready) = read_slice(desk, slice)? else { return Ok(0) };
    let is_elsewhere = ready.iter().any(|(_, read)| is_written_elsewhere(read, &desk.actor));
    let next = spare.filter(|_| is_elsewhere);
    let certificate = desk.certificate_id;
    let (me, mut stored, mut received) = (desk.user(), Vec::new(), 0);
    let mut met = Vec::new();
    let tree = &desk.tree;
    desk.store.write(|write| -> Result<(), StoreError> {
        if let Some(next) = &next {
            write.begin_incarnation(next, &certificate, now)?;
        }
        while let Some((page, read)) = ready.pop_front() {
            received += put(write, page, &read, placed, now)?;
            stored.push(read);
            // Nobody is to see the half of an action.
            if somebody_waits() && !page.with_next {
                break;
            }
        }
        let rows = |projection: &Projection| indexed(tree, &me, projection, now.date());
        let mut made = Vec::with_capacity(stored.len());
        for read in &mut stored {
            made.push(rows_of(write, read, &rows)?);
        }
        met = halves_met(write, &stored, &rows)?;
        let here = stored.iter().map(|read| &read.projection).zip(&made);
        put_rows(write, here.chain(met.iter().map(|(projection, rows)| (projection, rows))))
    })?;
    desk.store.passed(Boundary::PageKept);
    for (projection, _) in &met {
        desk.let_go(projection.common().id);
    }
    desk.actor = next.map_or(desk.actor, |next| next.actor);
    // What was read onto something may stand on something else by the next time.
    slice.extend(ready.into_iter().map(|(page, read)| (page, read.is_new.then_some(read))));
    for read in stored {
        if desk.remembers(read.id) {
            desk.remember(read.document, Some(read.projection));
        }
    }
    Ok(received)
}

/// What the index keeps of a document that came. Where the half of an action waits in it, that is not in
/// force.
fn rows_of(
    write: &Write<'_>,
    read: &mut Read,
    rows: &impl Fn(&Projection) -> Indexed,
) -> Result<Indexed, StoreError> {
    let Some(in_force) = without_halves(write, &read.document)? else {
        return Ok(rows(&read.projection));
    };
    read.projection = in_force.projection;
    write.drop_projection(read.id)?;
    Ok(if in_force.is_nothing { Indexed::Nothing } else { rows(&read.projection) })
}

/// Documents whose halves waited for one that came with these: they are in force from now on.
fn halves_met(
    write: &Write<'_>,
    stored: &[Read],
    rows: &impl Fn(&Projection) -> Indexed,
) -> Result<Vec<(Projection, Indexed)>, StoreError> {
    let mut ids = BTreeSet::new();
    for read in stored {
        ids.extend(write.other_halves(read.id)?);
    }
    let is_stored = |id: &DocumentId| stored.iter().any(|read| read.id == *id);
    let mut met = Vec::new();
    for id in ids.into_iter().filter(|id| !is_stored(id)) {
        let document = match write.load(id) {
            Ok(Some(document)) => document,
            // What is damaged is fetched anew.
            Ok(None) | Err(StoreError::Document(DocumentError::Damaged { .. })) => continue,
            Err(error) => return Err(error),
        };
        write.drop_projection(id)?;
        let projection = rows_in_force(write, &document)?;
        let rows = rows(&projection);
        met.push((projection, rows));
    }
    Ok(met)
}

fn put(
    write: &Write<'_>,
    page: &PageDocument,
    read: &Read,
    placed: &Placed,
    now: InstantMs,
) -> Result<u32, StoreError> {
    let id = read.id;
    write.put_document(id, read.document.kind(), read.document.home())?;
    match (&read.snapshot_heads, page.snapshot.is_empty()) {
        (Some(heads), false) => {
            write.put_snapshot(id, &page.snapshot, heads, placed.snapshot(id.as_bytes()))?;
        }
        (None, false) => {
            write.split_snapshot(&read.document)?;
            write.set_proofs(id, Proofs::Wanted)?;
        }
        (_, true) => {}
    }
    for (hash, bytes) in &read.fresh {
        write.put_change(id, hash, bytes)?;
    }
    // The heads of a kept save stand beside it.
    if read.snapshot_heads.is_none() || !read.fresh.is_empty() {
        write.set_heads(&read.document)?;
    }
    for batch in &page.batches {
        put_batch(write, id, batch, placed)?;
    }
    if read.is_new {
        return Ok(count(read.projection.common().entries.len()));
    }
    let telling = count(read.fresh.iter().filter(|(hash, _)| !is_number(read, hash)).count());
    if telling > 0 {
        write.add_unseen(id, telling)?;
    }
    note_clash(write, read, now)?;
    Ok(count(read.fresh.len()))
}

/// Whether a change brings nothing but the official number, which follows an acceptance by itself.
fn is_number(read: &Read, hash: &[u8; 32]) -> bool {
    let name = hex_of(hash);
    let row = read.projection.common().entries.iter().find(|row| row.change == name);
    row.and_then(|row| row.entry()).map(Entry::kind) == Some(EntryKind::NumberIssued)
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Writes down that a card came of what arrived.
fn note_clash(write: &Write<'_>, read: &Read, now: InstantMs) -> Result<(), StoreError> {
    if read.projection.common().clashes.len() <= read.clashes_before {
        return Ok(());
    }
    let matter = match &read.projection {
        Projection::CaseFile(case) => case.fact("matter"),
        _ => read.document.kind().label().to_owned(),
    };
    write.put_happened(now, LogKind::Clash, &format!("两人改得不一样：{matter}"), Some(read.id))
}

fn put_batch(
    write: &Write<'_>,
    id: DocumentId,
    batch: &SignedBatch,
    placed: &Placed,
) -> Result<(), StoreError> {
    let outlines: Vec<_> = batch.changes.iter().map(|bytes| scan(bytes).ok()).collect();
    let hashes: Vec<[u8; 32]> = outlines
        .iter()
        .map(|outline| outline.as_ref().map(|outline| outline.hash).unwrap_or_default())
        .collect();
    let stored = StoredBatch {
        id: batch.id().to_vec(),
        document: id,
        header: batch.header.clone(),
        signature: batch.signature.clone(),
        hashes,
    };
    write.put_batch(&stored, false)?;
    if placed.is_held(&stored.id) {
        write.hold(&stored.id)?;
    }
    // What is in the log was taken, in whatever batch, if the county signed where. A verdict that was lost
    // on the way, or that a person gave later, is heard of here alone.
    if let Some(place) = placed.batch(&stored.id) {
        write.place_batch(&stored.id, place)?;
        stored.hashes.iter().try_for_each(|hash| write.in_the_log(hash))?;
    }
    if let Ok(header) = batch.read() {
        write.want_certificate(&header.certificate)?;
        if let Some(Some(first)) = outlines.first() {
            note_actor(write, &first.actor, &header)?;
        }
    }
    Ok(())
}
