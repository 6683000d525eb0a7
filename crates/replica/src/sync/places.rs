//! Places that the county tells: checked before anything is believed, kept as they were signed, and shown
//! again to a server that forgot them.

use std::collections::{BTreeMap, BTreeSet};

use yidang_api::{Fault, FaultCode};
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::batch::BatchId;
use yidang_sync_protocol::{AttestedSnapshot, PlacedBatch, Placement, Places, Sheet, SyncReply};

use super::request::Outgoing;
use crate::device::OpenDesk;
use crate::store::{ReadPlaces, Store, StoreError, StoredPlace, StoredSheet, Write};

/// Where an answer says that things were taken; empty for an answer that the county did not sign.
#[derive(Default)]
pub struct Placed {
    batches: BTreeMap<BatchId, StoredPlace>,
    snapshots: BTreeMap<[u8; 16], StoredPlace>,
    /// Batches that came by hand, and of which nobody showed that the county took them.
    held: BTreeSet<BatchId>,
}

impl Placed {
    /// What a colleague showed of places, whose sheets are kept, and what they showed none of.
    #[cfg(not(target_arch = "wasm32"))]
    pub const fn by_hand(batches: BTreeMap<BatchId, StoredPlace>, held: BTreeSet<BatchId>) -> Self {
        Self { batches, snapshots: BTreeMap::new(), held }
    }

    /// Whether a batch waits for the county from now on, like an own one.
    pub fn is_held(&self, batch: &[u8]) -> bool {
        self.held.contains(batch)
    }

    /// Keeps the sheet of these places and says where on it everything stands.
    pub fn keep(write: &Write<'_>, places: &Places) -> Result<Self, StoreError> {
        if places.is_empty() {
            return Ok(Self::default());
        }
        let sheet = write.put_sheet(&StoredSheet {
            epoch: places.epoch().to_vec(),
            leaves: places.sheet().to_bytes(),
            signature: places.signature().to_vec(),
        })?;
        let place = |leaf, seq| StoredPlace { sheet, leaf, seq };
        let batches = places.batches().map(|(leaf, batch, seq)| (batch, place(leaf, seq)));
        let snapshots = places.snapshots().map(|(leaf, document)| (document, place(leaf, 0)));
        Ok(Self {
            batches: batches.collect(),
            snapshots: snapshots.collect(),
            held: BTreeSet::new(),
        })
    }

    /// Where a batch was taken; none where the county did not say so.
    pub fn batch(&self, batch: &[u8]) -> Option<StoredPlace> {
        self.batches.get(batch).copied()
    }

    /// Where the county attested the save of a document.
    pub fn snapshot(&self, document: &[u8; 16]) -> Option<StoredPlace> {
        self.snapshots.get(document).copied()
    }
}

/// The places of a reply, if the county signed them.
pub fn checked(desk: &OpenDesk, outgoing: &Outgoing, reply: &SyncReply) -> Result<Places, Fault> {
    let name = |id: &Vec<u8>| BatchId::try_from(id.as_slice()).unwrap_or_default();
    let pushed: Vec<BatchId> = outgoing.batches.iter().map(|batch| name(&batch.id)).collect();
    reply.places(&desk.account.county_key, &pushed).map_err(|error| {
        Fault::new(FaultCode::Internal, format!("places without the county's word: {error}"))
    })
}

/// Shows places again. Sheets are put together once for everything on them.
pub struct Shown<'a> {
    store: &'a Store,
    sheets: BTreeMap<i64, Option<(StoredSheet, Sheet)>>,
}

impl<'a> Shown<'a> {
    /// Shows what is kept in `store`.
    pub const fn of(store: &'a Store) -> Self {
        Self { store, sheets: BTreeMap::new() }
    }

    /// The epoch of a place and the way from it to the county's signature.
    fn way(&mut self, place: StoredPlace) -> Result<Option<(Vec<u8>, Placement)>, StoreError> {
        if !self.sheets.contains_key(&place.sheet) {
            let stored = self.store.sheet(place.sheet)?;
            let made = stored.and_then(|stored| {
                let sheet = Sheet::from_bytes(&stored.leaves)?;
                Some((stored, sheet))
            });
            self.sheets.insert(place.sheet, made);
        }
        let Some(Some((stored, sheet))) = self.sheets.get(&place.sheet) else { return Ok(None) };
        let leaf = usize::try_from(place.leaf).unwrap_or(usize::MAX);
        let way = sheet.placement(leaf, &stored.signature);
        Ok(way.map(|way| (stored.epoch.clone(), way)))
    }

    /// Where the batch at `index` of a request was taken; none where the county never said so.
    pub fn batch(&mut self, index: usize, id: &[u8]) -> Result<Option<PlacedBatch>, StoreError> {
        let Some(place) = self.store.place_of(id)? else { return Ok(None) };
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let way = self.way(place)?;
        Ok(way.map(|(epoch, way)| PlacedBatch {
            index,
            epoch,
            seq: place.seq,
            placement: Some(way),
        }))
    }

    /// The save of a document with the county's word for it; none where its batches are all here, or the
    /// county never attested it alone.
    pub fn save(&mut self, id: DocumentId) -> Result<Option<AttestedSnapshot>, StoreError> {
        let Some(kept) = self.store.save_of(id)? else { return Ok(None) };
        let way = self.way(kept.place)?;
        Ok(way.map(|(epoch, way)| AttestedSnapshot {
            document: kept.document.as_bytes().to_vec(),
            epoch,
            save: kept.save,
            placement: Some(way),
        }))
    }
}
