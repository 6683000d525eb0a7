//! Taking one piece of a document from a colleague: proved, guarded, and kept as it would have come from the
//! county. What the county has not taken yet waits here for it, as an own change does.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use prost::Message;
use yidang_api::Fault;
use yidang_documents::{Document, actor_id};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::{DocumentId, OrgCode, UserId};
use yidang_sync_protocol::carry::Part;
use yidang_sync_protocol::{
    AttestedSnapshot, Certificate, PageDocument, SignedBatch, SignedCertificate, SignedTicket,
};

use super::guard::{self, Foreign, Found};
use super::known::{Known, org_of, reads};
use super::words::Why;
use crate::device::{Device, OpenDesk};
use crate::people::note_actors;
use crate::store::{ReadDocuments, ReadState, StoreError, StoredPlace, StoredSheet};
use crate::sync::incoming;
use crate::sync::places::Placed;
use crate::sync::request::{TICKET, kind_of};

/// A batch that its author signed, with the place where the county took it, if it did.
pub struct Proved {
    batch: SignedBatch,
    actor: [u8; 16],
    place: Option<StoredPlace>,
}

/// What came of a piece.
pub struct Came {
    /// Changes that are new here.
    pub changes: u32,
    /// Why not all of it was taken.
    pub why: Option<Why>,
}

/// Takes a piece. What waits for changes of a later piece of the same document stays in `aside`.
pub fn take(
    device: &mut Device,
    seat: u64,
    known: &Known,
    part: &Part,
    aside: &mut Vec<Proved>,
) -> Result<Came, Fault> {
    let nothing = |why| Ok(Came { changes: 0, why: Some(why) });
    let (Ok(id), Some(kind)) = (part.document.as_slice().try_into(), kind_of(part.kind)) else {
        return nothing(Why::Unsound);
    };
    let id = DocumentId::from_bytes(id);
    if let Err(why) = known.may_take(id) {
        return nothing(why);
    }
    let (now, spare) = (device.senses.now(), device.spare());
    let desk = device.desk_of(seat)?;
    let places = keep_proofs(desk, part)?;
    let (mut pieces, mut why) = proved(desk, known, part, &places)?;
    pieces.splice(0..0, aside.drain(..));
    let Some(base) = base(desk, part, id, kind)? else { return nothing(Why::Unsound) };
    let foreign = pieces
        .iter()
        .map(|piece| Foreign { actor: piece.actor, changes: piece.batch.changes.clone() })
        .collect();
    let Some(admitted) = guard::admit(base, foreign)? else { return nothing(Why::Unsound) };
    if !is_mine(desk, (kind, &org_of(&admitted.projection)))? {
        return nothing(Why::NotMine);
    }
    let mut sorted = Sorted::default();
    for (piece, found) in pieces.into_iter().zip(admitted.found) {
        sorted.sort(desk, piece, found)?;
    }
    aside.append(&mut sorted.waiting);
    why = why.or(sorted.is_unsound.then_some(Why::Unsound));
    let snapshot = part.save.as_ref().map(|save| save.save.clone()).unwrap_or_default();
    if snapshot.is_empty() && sorted.batches.is_empty() {
        return Ok(Came { changes: 0, why });
    }
    let page = PageDocument {
        document: part.document.clone(),
        kind: part.kind,
        home: part.home.clone(),
        snapshot,
        batches: sorted.batches,
        ..PageDocument::default()
    };
    let placed = Placed::by_hand(sorted.placed, sorted.held);
    let mut slice = VecDeque::from([(&page, None)]);
    let changes = incoming::take(desk, &mut slice, &placed, now, spare)?;
    Ok(Came { changes, why })
}

/// Batches by what was found of them.
#[derive(Default)]
struct Sorted {
    /// Those that are kept.
    batches: Vec<SignedBatch>,
    placed: BTreeMap<[u8; 16], StoredPlace>,
    held: BTreeSet<[u8; 16]>,
    waiting: Vec<Proved>,
    is_unsound: bool,
}

impl Sorted {
    fn sort(&mut self, desk: &OpenDesk, piece: Proved, found: Found) -> Result<(), StoreError> {
        let id = piece.batch.id();
        match found {
            Found::Waits => self.waiting.push(piece),
            Found::Unsound => self.is_unsound = true,
            Found::New | Found::Known => {
                let is_here = found == Found::Known && desk.store.batch(&id)?.is_some();
                match piece.place {
                    Some(place) => {
                        self.placed.insert(id, place);
                    }
                    None if is_here => return Ok(()),
                    // What is here already came from the county, or waits as it is.
                    None if found == Found::New => {
                        self.held.insert(id);
                    }
                    None => {}
                }
                self.batches.push(piece.batch);
            }
        }
        Ok(())
    }
}

/// Keeps the certificates and sheets of a piece that the county signed; says where it took each batch.
fn keep_proofs(desk: &mut OpenDesk, part: &Part) -> Result<Vec<Option<StoredPlace>>, StoreError> {
    let key = desk.account.county_key.clone();
    let open = |signed: &SignedCertificate| Some((signed.id(), signed.open(&key).ok()?));
    let certificates: Vec<([u8; 16], Certificate, &SignedCertificate)> = part
        .certificates
        .iter()
        .filter_map(|signed| open(signed).map(|(id, opened)| (id, opened, signed)))
        .collect();
    let placed = part.placed(&key);
    desk.store.write(|write| -> Result<_, StoreError> {
        for (id, certificate, signed) in &certificates {
            write.put_certificate(id, &signed.certificate, &signed.signature)?;
            note_actors(write, id, certificate)?;
        }
        let mut sheets: BTreeMap<usize, i64> = BTreeMap::new();
        let mut places = Vec::with_capacity(placed.len());
        for place in placed {
            let Some((at, leaf, seq)) = place else {
                places.push(None);
                continue;
            };
            let number = match (sheets.get(&at), part.sheets.get(at)) {
                (Some(number), _) => *number,
                (None, Some(sheet)) => write.put_sheet(&StoredSheet {
                    epoch: sheet.epoch.clone(),
                    leaves: sheet.leaves.clone(),
                    signature: sheet.signature.clone(),
                })?,
                (None, None) => continue,
            };
            sheets.insert(at, number);
            places.push(Some(StoredPlace { sheet: number, leaf, seq }));
        }
        Ok(places)
    })
}

/// The batches of a piece that their authors signed, and whether any was not.
fn proved(
    desk: &OpenDesk,
    known: &Known,
    part: &Part,
    places: &[Option<StoredPlace>],
) -> Result<(Vec<Proved>, Option<Why>), StoreError> {
    let (mut pieces, mut why) = (Vec::new(), None);
    let places = places.iter().copied().chain(std::iter::repeat(None));
    for (batch, place) in part.batches.iter().zip(places) {
        match author_of(desk, known, part, batch, place.is_some())? {
            Some(actor) => pieces.push(Proved { batch: batch.clone(), actor, place }),
            None => why = Some(Why::Unsound),
        }
    }
    Ok((pieces, why))
}

/// The actor that the changes of a batch must have: the one that follows from the certificate of whoever
/// signed it. None where nobody of this county did, or somebody whom it believes no more and whose batch it
/// never took.
fn author_of(
    desk: &OpenDesk,
    known: &Known,
    part: &Part,
    batch: &SignedBatch,
    is_placed: bool,
) -> Result<Option<[u8; 16]>, StoreError> {
    let Ok(header) = batch.read() else { return Ok(None) };
    let is_about_it = header.document == part.document
        && (header.kind == 0 || header.kind == part.kind)
        && (header.home.is_empty() || header.home == part.home);
    if !is_about_it || known.is_revoked(&header.certificate) && !is_placed {
        return Ok(None);
    }
    let Some((bytes, _)) = desk.store.certificate(&header.certificate)? else { return Ok(None) };
    let Ok(certificate) = Certificate::decode(bytes.as_slice()) else { return Ok(None) };
    let (Some(key), Some(nonce)) = (certificate.key(), certificate.nonce()) else {
        return Ok(None);
    };
    if certificate.county != desk.certificate.county || batch.open(&key).is_err() {
        return Ok(None);
    }
    Ok(Some(actor_id(&key, &UserId(certificate.user), &nonce, header.incarnation)))
}

/// What a piece is taken into: what is here of the document, and the save that the county attested, which
/// needs no other guard than its signature. None for a piece that begins otherwise than what is here.
fn base(
    desk: &mut OpenDesk,
    part: &Part,
    id: DocumentId,
    kind: DocumentKind,
) -> Result<Option<Document>, Fault> {
    let home = OrgCode(part.home.clone());
    let key = desk.account.county_key.clone();
    let is_attested = |save: &AttestedSnapshot| save.open(&key) == Ok(*id.as_bytes());
    let saved = match &part.save {
        Some(save) if is_attested(save) => {
            Some(Document::from_saved(&save.save).map_err(StoreError::from)?)
        }
        Some(_) => return Ok(None),
        None => None,
    };
    let fits = |document: &Document| {
        document.id() == id && document.kind() == kind && *document.home() == home
    };
    if desk.store.stored(id)?.is_none() {
        let begun = match saved {
            Some(saved) => saved,
            None => Document::begin(kind, id, &home).map_err(StoreError::from)?,
        };
        return Ok(Some(begun).filter(fits));
    }
    let mut document = desk.document(id)?;
    if !fits(&document) || saved.as_ref().is_some_and(|saved| !fits(saved)) {
        return Ok(None);
    }
    if let Some(saved) = saved {
        let changes = saved.changes_since(&[]);
        let stored = changes.iter().map(|(hash, bytes)| (*hash, bytes.as_slice()));
        document.apply_stored(stored).map_err(StoreError::from)?;
    }
    Ok(Some(document))
}

/// Whether the person of this device reads what lies there, as the county told them last, however long ago
/// that is: what they do not read any more is sealed with the next exchange.
fn is_mine(desk: &OpenDesk, lies: (DocumentKind, &OrgCode)) -> Result<bool, StoreError> {
    let kept = desk.store.state(TICKET)?;
    let signed = kept.and_then(|bytes| SignedTicket::decode(bytes.as_slice()).ok());
    let ticket = signed.and_then(|signed| signed.open(&desk.account.county_key).ok());
    let then = ticket.as_ref().map_or(InstantMs(0), |ticket| InstantMs(ticket.issued_at_ms));
    Ok(ticket.is_some_and(|ticket| reads(&desk.tree, (&ticket, then), lies)))
}
