//! Which places a reply tells, in which order they stand on its sheet, and what of it is given back.

use prost::Message;
use sha2::{Digest, Sha256};

use crate::batch::BatchId;
use crate::cursor::Cursor;
use crate::message::{DocumentProofs, Receipt, SyncReply, Verdict};
use crate::placement::{Leaf, Placement, PlacementError, Sheet};
use crate::signing::SigningSeed;

/// What a leaf says of a batch that is in the log: whether it came there just now or before says nothing
/// to whoever reads it later.
pub(crate) const TAKEN: u32 = Verdict::Accepted as u32;

/// A batch of a request with its place in a log that the server may have lost.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct PlacedBatch {
    /// Its position in `push`.
    #[prost(uint32, tag = "1")]
    pub index: u32,
    /// The epoch in which the county said so, 16 bytes.
    #[prost(bytes = "vec", tag = "2")]
    pub epoch: Vec<u8>,
    /// Its place in the log of that epoch.
    #[prost(uint64, tag = "3")]
    pub seq: u64,
    /// The way from this to the county's signature.
    #[prost(message, optional, tag = "4")]
    pub placement: Option<Placement>,
}

impl PlacedBatch {
    /// Whether the county whose key this is took `batch` there.
    ///
    /// # Errors
    ///
    /// [`PlacementError`].
    pub fn open(&self, batch: &BatchId, county_key: &[u8]) -> Result<(), PlacementError> {
        let leaf = Leaf::Batch {
            epoch: fixed(&self.epoch)?,
            seq: self.seq,
            batch: *batch,
            verdict: TAKEN,
        };
        self.placement.as_ref().ok_or(PlacementError::Malformed)?.open(&leaf, county_key)
    }
}

/// A document as the county saved it once.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct AttestedSnapshot {
    /// The document, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub document: Vec<u8>,
    /// The epoch in which the county said so, 16 bytes.
    #[prost(bytes = "vec", tag = "2")]
    pub epoch: Vec<u8>,
    /// The uncompressed save.
    #[prost(bytes = "vec", tag = "3")]
    pub save: Vec<u8>,
    /// The way from this to the county's signature.
    #[prost(message, optional, tag = "4")]
    pub placement: Option<Placement>,
}

impl AttestedSnapshot {
    /// The document, if the county whose key this is saved it so.
    ///
    /// # Errors
    ///
    /// [`PlacementError`].
    pub fn open(&self, county_key: &[u8]) -> Result<[u8; 16], PlacementError> {
        let document = fixed(&self.document)?;
        let leaf = snapshot(fixed(&self.epoch)?, document, &self.save);
        self.placement.as_ref().ok_or(PlacementError::Malformed)?.open(&leaf, county_key)?;
        Ok(document)
    }
}

fn snapshot(epoch: [u8; 16], document: [u8; 16], save: &[u8]) -> Leaf {
    Leaf::Snapshot { epoch, document, save: Sha256::digest(save).into() }
}

fn fixed(bytes: &[u8]) -> Result<[u8; 16], PlacementError> {
    bytes.try_into().map_err(|_| PlacementError::Malformed)
}

/// Places that the county signed together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    epoch: [u8; 16],
    leaves: Vec<Leaf>,
    sheet: Sheet,
    signature: Vec<u8>,
}

impl Places {
    fn checked(
        epoch: [u8; 16],
        leaves: Vec<Leaf>,
        signature: &[u8],
        county_key: &[u8],
    ) -> Result<Self, PlacementError> {
        let sheet = Sheet::of(&leaves);
        sheet.check(county_key, signature)?;
        Ok(Self { epoch, leaves, sheet, signature: signature.to_vec() })
    }

    /// The epoch in which the county said so.
    #[must_use]
    pub const fn epoch(&self) -> &[u8; 16] {
        &self.epoch
    }

    /// The sheet they stand on.
    #[must_use]
    pub const fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// The county's signature over it.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Whether nothing is said.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// Batches that were taken: leaf, batch, place in the log.
    pub fn batches(&self) -> impl Iterator<Item = (u32, BatchId, u64)> {
        (0..).zip(&self.leaves).filter_map(|(index, leaf)| match leaf {
            Leaf::Batch { batch, seq, .. } => Some((index, *batch, *seq)),
            _ => None,
        })
    }

    /// Documents that the county saved whole: leaf and document.
    pub fn snapshots(&self) -> impl Iterator<Item = (u32, [u8; 16])> {
        (0..).zip(&self.leaves).filter_map(|(index, leaf)| match leaf {
            Leaf::Snapshot { document, .. } => Some((index, *document)),
            _ => None,
        })
    }
}

impl Receipt {
    /// Whether it says that the batch is in the log, and where.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        let verdict = Verdict::try_from(self.verdict);
        let in_the_log = [Verdict::Accepted, Verdict::Duplicate, Verdict::Reverted];
        verdict.is_ok_and(|verdict| in_the_log.contains(&verdict)) && self.seq > 0
    }
}

impl SyncReply {
    /// What it says of places, in the order in which it stands on the sheet: the receipts for batches of
    /// the request, whose names are `pushed`, the verdicts on batches that were asked about, then for each
    /// document its batches and its snapshot.
    fn leaves(&self, epoch: [u8; 16], pushed: &[BatchId]) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        for receipt in self.receipts.iter().filter(|receipt| receipt.is_taken()) {
            let batch = usize::try_from(receipt.index).ok().and_then(|index| pushed.get(index));
            leaves.extend(batch.map(|batch| Leaf::Batch {
                epoch,
                seq: receipt.seq,
                batch: *batch,
                verdict: TAKEN,
            }));
        }
        for asked in &self.verdicts {
            let taken = asked.receipt.as_ref().filter(|receipt| receipt.is_taken());
            if let (Some(receipt), Ok(batch)) = (taken, fixed(&asked.batch)) {
                leaves.push(Leaf::Batch { epoch, seq: receipt.seq, batch, verdict: TAKEN });
            }
        }
        for page in &self.documents {
            for (batch, seq) in page.batches.iter().zip(&page.seqs) {
                leaves.push(Leaf::Batch { epoch, seq: *seq, batch: batch.id(), verdict: TAKEN });
            }
            if let (false, Ok(document)) = (page.snapshot.is_empty(), fixed(&page.document)) {
                leaves.push(snapshot(epoch, document, &page.snapshot));
            }
        }
        leaves
    }

    /// Signs every place it tells with the county's key. `pushed` are the names of the batches of the
    /// request. A reply without a cursor tells none.
    pub fn place(&mut self, county: &SigningSeed, pushed: &[BatchId]) {
        let cursor = self.cursor.as_ref().map(|signed| Cursor::decode(signed.cursor.as_slice()));
        if let Some(Ok(cursor)) = cursor
            && let Ok(epoch) = fixed(&cursor.epoch)
        {
            self.placement = Sheet::of(&self.leaves(epoch, pushed)).sign(county);
        }
    }

    /// The places it tells, if the county whose key this is signed them; none at all from a server that
    /// signs none.
    ///
    /// # Errors
    ///
    /// [`PlacementError`], where it signed something else.
    pub fn places(&self, county_key: &[u8], pushed: &[BatchId]) -> Result<Places, PlacementError> {
        if self.placement.is_empty() {
            return Ok(Places::default());
        }
        let epoch = self.epoch(county_key)?;
        Places::checked(epoch, self.leaves(epoch, pushed), &self.placement, county_key)
    }

    /// The epoch of its cursor.
    ///
    /// # Errors
    ///
    /// [`PlacementError::Malformed`] where it has none that the county signed.
    pub fn epoch(&self, county_key: &[u8]) -> Result<[u8; 16], PlacementError> {
        let cursor = self.cursor.as_ref().and_then(|signed| signed.open(county_key).ok());
        fixed(&cursor.ok_or(PlacementError::Malformed)?.epoch)
    }
}

impl DocumentProofs {
    fn leaves(&self, epoch: [u8; 16], names: &[BatchId]) -> Vec<Leaf> {
        let leaf = |(proof, batch): (&crate::message::BatchProof, &BatchId)| Leaf::Batch {
            epoch,
            seq: proof.seq,
            batch: *batch,
            verdict: TAKEN,
        };
        self.batches.iter().zip(names).map(leaf).collect()
    }

    /// Signs the places of its batches, whose names are `names`, with the county's key.
    pub fn place(&mut self, county: &SigningSeed, epoch: [u8; 16], names: &[BatchId]) {
        self.placement = Sheet::of(&self.leaves(epoch, names)).sign(county);
    }

    /// The places of its batches, if the county whose key this is signed them; none from a server that
    /// signs none, and where not every batch could be put together.
    ///
    /// # Errors
    ///
    /// [`PlacementError`], where it signed something else.
    pub fn places(
        &self,
        county_key: &[u8],
        epoch: [u8; 16],
        names: &[BatchId],
    ) -> Result<Places, PlacementError> {
        if self.placement.is_empty() || names.len() != self.batches.len() {
            return Ok(Places::default());
        }
        Places::checked(epoch, self.leaves(epoch, names), &self.placement, county_key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{BatchHeader, SignedBatch};
    use crate::message::{BatchProof, BatchVerdict, PageDocument};

    const COUNTY: SigningSeed = SigningSeed([1; 32]);

    fn batch(n: u8) -> SignedBatch {
        let header = BatchHeader {
            document: vec![n; 16],
            certificate: vec![2; 16],
            ..BatchHeader::default()
        };
        header.sign(vec![vec![n]], &SigningSeed([3; 32]))
    }

    /// A reply to somebody who pushed the first batch: the second is new to them, a document comes whole.
    fn reply() -> SyncReply {
        let cursor = Cursor { epoch: vec![8; 16], seq: 12, chain8: vec![9; 8] };
        let receipt = |index, verdict: Verdict, seq| Receipt {
            index,
            verdict: verdict.into(),
            seq,
            ..Receipt::default()
        };
        let page = PageDocument {
            document: vec![2; 16],
            batches: vec![batch(2)],
            seqs: vec![12],
            ..PageDocument::default()
        };
        let whole = PageDocument {
            document: vec![5; 16],
            snapshot: b"saved".to_vec(),
            ..PageDocument::default()
        };
        let mut reply = SyncReply {
            cursor: Some(cursor.sign(&COUNTY)),
            receipts: vec![receipt(0, Verdict::Duplicate, 11), receipt(1, Verdict::Received, 0)],
            documents: vec![page, whole],
            ..SyncReply::default()
        };
        reply.place(&COUNTY, &[batch(1).id(), batch(3).id()]);
        reply
    }

    #[test]
    fn whoever_holds_a_batch_can_show_where_it_was_taken() {
        let (key, reply) = (COUNTY.public_key(), reply());
        let places = reply.places(&key, &[batch(1).id(), batch(3).id()]).unwrap();
        let told: Vec<_> = places.batches().collect();
        assert_eq!(told, [(0, batch(1).id(), 11), (1, batch(2).id(), 12)]);
        assert_eq!(places.snapshots().collect::<Vec<_>>(), [(2, [5; 16])]);
        let placed = |leaf: usize, seq| PlacedBatch {
            index: 0,
            epoch: places.epoch().to_vec(),
            seq,
            placement: places.sheet().placement(leaf, places.signature()),
        };
        assert_eq!(placed(0, 11).open(&batch(1).id(), &key), Ok(()));
        assert!(placed(0, 11).open(&batch(2).id(), &key).is_err(), "another batch");
        assert!(placed(0, 12).open(&batch(1).id(), &key).is_err(), "another place");
        let other_epoch = PlacedBatch { epoch: vec![7; 16], ..placed(0, 11) };
        assert!(other_epoch.open(&batch(1).id(), &key).is_err());
        let other_county = SigningSeed([2; 32]).public_key();
        assert!(placed(0, 11).open(&batch(1).id(), &other_county).is_err());
        let save = AttestedSnapshot {
            document: vec![5; 16],
            epoch: vec![8; 16],
            save: b"saved".to_vec(),
            placement: places.sheet().placement(2, places.signature()),
        };
        assert_eq!(save.open(&key), Ok([5; 16]));
        let altered = AttestedSnapshot { save: b"saver".to_vec(), ..save };
        assert!(altered.open(&key).is_err());
    }

    #[test]
    fn a_place_that_was_changed_on_its_way_is_noticed() {
        let key = COUNTY.public_key();
        let pushed = [batch(1).id(), batch(3).id()];
        let mut moved = reply();
        moved.documents[0].seqs[0] = 13;
        assert!(moved.places(&key, &pushed).is_err());
        let mut promised = reply();
        promised.receipts[1].verdict = Verdict::Accepted.into();
        promised.receipts[1].seq = 10;
        assert!(promised.places(&key, &pushed).is_err(), "a receipt that the county did not give");
        let unsigned = SyncReply { placement: Vec::new(), ..reply() };
        assert!(unsigned.places(&key, &pushed).unwrap().is_empty(), "an older server tells none");
    }

    #[test]
    fn the_verdict_on_a_batch_that_was_asked_about_tells_its_place() {
        let (key, pushed) = (COUNTY.public_key(), [batch(1).id(), batch(3).id()]);
        let verdict = |n, verdict: Verdict, seq| BatchVerdict {
            batch: batch(n).id().to_vec(),
            receipt: Some(Receipt { verdict: verdict.into(), seq, ..Receipt::default() }),
        };
        let mut asked = reply();
        asked.verdicts = vec![verdict(4, Verdict::Accepted, 14), verdict(5, Verdict::Review, 0)];
        asked.verdicts.push(verdict(6, Verdict::Reverted, 16));
        asked.place(&COUNTY, &pushed);
        let places = asked.places(&key, &pushed).unwrap();
        assert!(places.batches().any(|(_, id, seq)| (id, seq) == (batch(4).id(), 14)));
        let undone = (batch(6).id(), 16);
        assert!(places.batches().any(|(_, id, seq)| (id, seq) == undone), "it is in the log");
        assert!(places.batches().all(|(_, id, _)| id != batch(5).id()));
        asked.verdicts = vec![verdict(4, Verdict::Accepted, 15)];
        assert!(asked.places(&key, &pushed).is_err(), "a verdict that the county did not give");
    }

    #[test]
    fn proofs_of_a_document_have_a_sheet_of_their_own() {
        let key = COUNTY.public_key();
        let proof = |seq| BatchProof { seq, ..BatchProof::default() };
        let mut proofs =
            DocumentProofs { batches: vec![proof(4), proof(9)], ..DocumentProofs::default() };
        let names = [batch(1).id(), batch(2).id()];
        proofs.place(&COUNTY, [8; 16], &names);
        let places = proofs.places(&key, [8; 16], &names).unwrap();
        assert_eq!(places.batches().map(|(_, _, seq)| seq).collect::<Vec<_>>(), [4, 9]);
        assert!(proofs.places(&key, [7; 16], &names).is_err(), "another epoch");
        assert!(proofs.places(&key, [8; 16], &names[..1]).unwrap().is_empty());
    }
}
