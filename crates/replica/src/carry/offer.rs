//! What may be given to a colleague, and the pieces of it.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message;
use yidang_api::Fault;
use yidang_documents::{Document, guard};
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::carry::{Holding, MOST_LEAVES, Part, PlaceSheet, SheetPlace};
use yidang_sync_protocol::{AttestedSnapshot, BatchHeader, SignedBatch, SignedCertificate, Ticket};

use super::known::{Known, org_of, reads, without_batch};
use super::words::Why;
use crate::device::OpenDesk;
use crate::store::{ReadDocuments, ReadHeld, ReadPlaces, ReadState, StoreError, StoredBatch};
use crate::sync::places::Shown;
use crate::sync::request::{authors_of, kind_number, signed_batch};

/// Bytes of batches in one piece.
const PART_BYTES: usize = 256 << 10;

/// What this device holds of a document; of one that is not here, nothing.
pub fn holding(desk: &mut OpenDesk, id: DocumentId) -> Result<Holding, Fault> {
    let mut holding = Holding { document: id.as_bytes().to_vec(), ..Holding::default() };
    if desk.store.stored(id)?.is_some() {
        holding.heads = desk.document(id)?.heads().concat();
        holding.batches =
            desk.store.batches_to_give(id)?.iter().flat_map(|batch| batch.id.clone()).collect();
    }
    Ok(holding)
}

/// Whether a document may be given now to the holder of `ticket`: it is here, they read it, the county did not
/// destroy it, and whoever gets it can prove every change of it.
pub fn may_give(
    desk: &mut OpenDesk,
    known: &Known,
    ticket: (&Ticket, InstantMs),
    id: DocumentId,
) -> Result<Result<(), Why>, Fault> {
    if let Err(why) = known.may_take(id) {
        return Ok(Err(why));
    }
    let Some(stored) = desk.store.stored(id)? else { return Ok(Err(Why::NotHere)) };
    let Some(projection) = desk.projection(id)? else { return Ok(Err(Why::NotHere)) };
    if desk.store.is_sealed(id)? {
        return Ok(Err(Why::NotHere));
    }
    if !reads(&desk.tree, ticket, (stored.kind, &org_of(&projection))) {
        return Ok(Err(Why::NotTheirs));
    }
    let document = desk.document(id)?;
    let batches = desk.store.batches_to_give(id)?;
    let is_proved = proof(desk, &document, &batches)?.is_some();
    Ok(if is_proved { Ok(()) } else { Err(Why::Unproved) })
}

/// How all of a document is proved.
enum Proof {
    /// By its batches.
    Batches,
    /// By them and by a save that the county attested.
    Save(AttestedSnapshot),
}

fn proof(
    desk: &OpenDesk,
    document: &Document,
    batches: &[StoredBatch],
) -> Result<Option<Proof>, StoreError> {
    for batch in batches {
        if certificate_of(desk, batch)?.is_none() {
            return Ok(None);
        }
    }
    let bare = without_batch(document, batches);
    if bare.is_empty() {
        return Ok(Some(Proof::Batches));
    }
    let Some(save) = Shown::of(&desk.store).save(document.id())? else { return Ok(None) };
    let saved = Document::from_saved(&save.save)?;
    Ok(bare.iter().all(|hash| saved.has(hash)).then_some(Proof::Save(save)))
}

fn certificate_of(
    desk: &OpenDesk,
    batch: &StoredBatch,
) -> Result<Option<SignedCertificate>, StoreError> {
    let Ok(header) = BatchHeader::decode(batch.header.as_slice()) else { return Ok(None) };
    let found = desk.store.certificate(&header.certificate)?;
    Ok(found.map(|(certificate, signature)| SignedCertificate { certificate, signature }))
}

/// The pieces of a document that somebody lacks who holds `theirs`, each after everything it was made on.
pub fn parts(desk: &mut OpenDesk, id: DocumentId, theirs: &Holding) -> Result<Vec<Part>, Fault> {
    let document = desk.document(id)?;
    if document.heads().concat() == theirs.heads {
        return Ok(Vec::new());
    }
    let known: BTreeSet<&[u8]> = theirs.batches.chunks_exact(16).collect();
    let all = desk.store.batches_to_give(id)?;
    let proof = proof(desk, &document, &all)?;
    let mut lacking = Vec::new();
    for batch in all.iter().filter(|batch| !known.contains(batch.id.as_slice())) {
        let Some(signed) = signed_batch(desk, batch)? else {
            desk.damaged.insert(id);
            return Ok(Vec::new());
        };
        let first = signed.changes.first().and_then(|bytes| guard::scan(bytes).ok());
        lacking.push((first.map_or(0, |outline| outline.start_op), batch, signed));
    }
    // A change has a larger number than whatever it was made on.
    lacking.sort_by_key(|(first_op, ..)| *first_op);
    let empty = Part {
        document: id.as_bytes().to_vec(),
        kind: kind_number(document.kind()),
        home: document.home().as_str().to_owned(),
        ..Part::default()
    };
    let mut pieces = Pieces { desk, empty, all: Vec::new(), sheets: BTreeMap::new() };
    if let Some(Proof::Save(save)) = proof {
        pieces.begin();
        pieces.save(id, save)?;
    }
    for (_, batch, signed) in lacking {
        pieces.add(batch, signed)?;
    }
    Ok(pieces.all)
}

/// Pieces of a document while they are put together.
struct Pieces<'a> {
    desk: &'a OpenDesk,
    empty: Part,
    all: Vec<Part>,
    /// Where in the last piece the sheets stand.
    sheets: BTreeMap<i64, Option<u32>>,
}

impl Pieces<'_> {
    fn begin(&mut self) {
        self.all.push(self.empty.clone());
        self.sheets.clear();
    }

    fn save(&mut self, id: DocumentId, save: AttestedSnapshot) -> Result<(), StoreError> {
        let authors = authors_of(self.desk, &[id], &[])?;
        if let Some(part) = self.all.last_mut() {
            part.certificates = authors;
            part.save = Some(save);
        }
        Ok(())
    }

    fn add(&mut self, batch: &StoredBatch, signed: SignedBatch) -> Result<(), StoreError> {
        let is_full = self.all.last().is_none_or(|part| {
            let bytes: usize = part.batches.iter().map(Message::encoded_len).sum();
            part.save.is_some() || bytes + signed.encoded_len() > PART_BYTES
        });
        if is_full {
            self.begin();
        }
        let author = certificate_of(self.desk, batch)?;
        let place = self.desk.store.place_of(&batch.id)?;
        let sheet = match place {
            Some(place) => self.sheet(place.sheet)?,
            None => None,
        };
        let Some(part) = self.all.last_mut() else { return Ok(()) };
        if let (Some(place), Some(sheet)) = (place, sheet) {
            let batch = u32::try_from(part.batches.len()).unwrap_or(u32::MAX);
            part.places.push(SheetPlace { batch, sheet, leaf: place.leaf, seq: place.seq });
        }
        let author = author.filter(|author| !part.certificates.contains(author));
        part.certificates.extend(author);
        part.batches.push(signed);
        Ok(())
    }

    /// Where in the last piece a sheet stands; none for one that is too large to be handed on.
    fn sheet(&mut self, number: i64) -> Result<Option<u32>, StoreError> {
        if let Some(known) = self.sheets.get(&number) {
            return Ok(*known);
        }
        let kept = self.desk.store.sheet(number)?;
        let kept = kept.filter(|kept| kept.leaves.len() <= MOST_LEAVES * 32);
        let at = match (kept, self.all.last_mut()) {
            (Some(kept), Some(part)) => {
                let at = u32::try_from(part.sheets.len()).ok();
                let (epoch, leaves, signature) = (kept.epoch, kept.leaves, kept.signature);
                part.sheets.push(PlaceSheet { epoch, leaves, signature });
                at
            }
            _ => None,
        };
        self.sheets.insert(number, at);
        Ok(at)
    }
}
