//! The messages of one round trip.

use prost::Message;

use crate::batch::SignedBatch;
use crate::certificate::SignedCertificate;
use crate::cursor::{SignedCheckpoint, SignedCursor};
use crate::places::{AttestedSnapshot, PlacedBatch};
use crate::record::SignedRecord;
use crate::signing::{Purpose, SigningSeed, WrongSignature, verify};
use crate::ticket::SignedTicket;
use crate::trouble::Trouble;

/// A request body after unpacking is never larger.
pub const MOST_REQUEST_BYTES: usize = 1 << 20;
/// A reply body after unpacking is never larger.
pub const MOST_REPLY_BYTES: usize = 32 << 20;

/// About so many batches one request may ask what became of them.
pub const MOST_ASKED_VERDICTS: usize = 256;

/// Any request, signed by the device. There is no session: whoever holds the key of a certificate
/// that was not revoked may ask, also a server that was restored and never saw this device.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignedRequest {
    /// The device's certificate, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub certificate: Vec<u8>,
    /// The request itself.
    #[prost(bytes = "vec", tag = "2")]
    pub request: Vec<u8>,
    /// Signature over the request by the key of the certificate.
    #[prost(bytes = "vec", tag = "3")]
    pub signature: Vec<u8>,
    /// The certificate itself, sent after the server said that it does not know it.
    #[prost(message, optional, tag = "4")]
    pub attached: Option<SignedCertificate>,
}

impl SignedRequest {
    /// Signs `request`.
    #[must_use]
    pub fn new(certificate: &[u8; 16], request: Vec<u8>, seed: &SigningSeed) -> Self {
        let signature = seed.sign(Purpose::Request, &request).to_vec();
        Self { certificate: certificate.to_vec(), request, signature, attached: None }
    }

    /// Whether the holder of `key` sent it.
    ///
    /// # Errors
    ///
    /// [`WrongSignature`].
    pub fn check(&self, key: &[u8]) -> Result<(), WrongSignature> {
        verify(key, Purpose::Request, &self.request, &self.signature)
    }
}

/// Brings own batches, takes what is new.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SyncRequest {
    /// Where the device stands in the log; absent on the first contact.
    #[prost(message, optional, tag = "1")]
    pub cursor: Option<SignedCursor>,
    /// Batches, own ones first; others' while healing.
    #[prost(message, repeated, tag = "2")]
    pub push: Vec<SignedBatch>,
    /// How large the reply may be.
    #[prost(uint32, tag = "3")]
    pub most_bytes: u32,
    /// Certificates of authors the device does not know, 16 bytes each.
    #[prost(bytes = "vec", repeated, tag = "4")]
    pub want_certificates: Vec<Vec<u8>>,
    /// The reference data the device has.
    #[prost(uint64, tag = "5")]
    pub reference_version: u64,
    /// Certificates the server may have lost, while healing.
    #[prost(message, repeated, tag = "6")]
    pub certificates: Vec<SignedCertificate>,
    /// The scope the device knows: a hash of the units it was last told.
    #[prost(uint64, tag = "7")]
    pub scope: u64,
    /// Documents that came as snapshots and whose proofs the device still lacks, 16 bytes each.
    #[prost(bytes = "vec", repeated, tag = "8")]
    pub want_proofs: Vec<Vec<u8>>,
    /// Names of batches that the server said it has, and of which the device does not know what became
    /// of them, 16 bytes each. At most [`MOST_ASKED_VERDICTS`] are answered; the others wait for the
    /// next request.
    #[prost(bytes = "vec", repeated, tag = "13")]
    pub ask_verdicts: Vec<Vec<u8>>,
    /// What hinders the device; nothing as a rule, and never more than
    /// [`crate::trouble::MOST_TROUBLES`].
    #[prost(message, repeated, tag = "12")]
    pub trouble: Vec<Trouble>,
    /// The version of the application, as [`crate::trouble::app_number`] makes a number of it; zero
    /// where it does not say.
    #[prost(uint32, tag = "14")]
    pub app: u32,
    /// Records of the county that the server said it lacks.
    #[prost(message, repeated, tag = "9")]
    pub records: Vec<SignedRecord>,
    /// Where batches of `push` were taken before, while healing.
    #[prost(message, repeated, tag = "10")]
    pub placements: Vec<PlacedBatch>,
    /// Documents that the server lost and whose batches this device does not hold, as the county
    /// saved them.
    #[prost(message, repeated, tag = "11")]
    pub snapshots: Vec<AttestedSnapshot>,
    /// Documents of the own scope that are to be sent whole, 16 bytes each.
    #[prost(bytes = "vec", repeated, tag = "15")]
    pub want_documents: Vec<Vec<u8>>,
    /// The device was never told what the county says itself: an earlier version passed over it.
    #[prost(bool, tag = "16")]
    pub want_all_records: bool,
    /// The device has no ticket for handing over files without a network, or an old one.
    #[prost(bool, tag = "31")]
    pub want_ticket: bool,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub enum Verdict {
    /// A verdict of a later version: keep the batch and ask again.
    Unknown = 0,
    /// Durable, not yet judged.
    Received = 1,
    /// Judged and in the log.
    Accepted = 2,
    /// Was there already.
    Duplicate = 3,
    /// Durable; waits for changes it was made on.
    Parked = 4,
    /// In the log, and values of it undone by a compensating change.
    Reverted = 5,
    /// Durable; waits for a person.
    Review = 6,
    /// Not taken; kept in quarantine.
    Refused = 7,
    /// Built on a change that was refused, directly or through others: [`Receipt::by`] says in which
    /// batch.
    Orphaned = 8,
}

/// The server's word on one batch.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Receipt {
    /// Its position in `push`; zero in [`BatchVerdict`].
    #[prost(uint32, tag = "1")]
    pub index: u32,
    /// What became of it.
    #[prost(enumeration = "Verdict", tag = "2")]
    pub verdict: i32,
    /// Its place in the log, once accepted.
    #[prost(uint64, tag = "3")]
    pub seq: u64,
    /// The rule it broke, for refusals; why nothing was kept, for unknown ones: a word of
    /// `docs/refusals.md`.
    #[prost(string, tag = "4")]
    pub code: String,
    /// Hashes of changes that are missing, for parked ones.
    #[prost(bytes = "vec", repeated, tag = "5")]
    pub missing: Vec<Vec<u8>>,
    /// The refused batch it was built on, 16 bytes, for orphaned ones; empty otherwise.
    #[prost(bytes = "vec", tag = "6")]
    pub by: Vec<u8>,
    /// Which of its changes broke the rule or was built on a refused one, from zero, for refused and
    /// orphaned ones. Zero also where the batch itself broke it. All of the batch is refused; whoever
    /// wrote it writes the other changes again.
    #[prost(uint32, tag = "7")]
    pub position: u32,
    /// The rule behind it where `code` does not say it: under which `by` was refused, why a person was
    /// asked, or why values were undone. A word of `docs/refusals.md`, or empty.
    #[prost(string, tag = "8")]
    pub rule: String,
    /// What a person said about it, for its author; mostly empty.
    #[prost(string, tag = "9")]
    pub reason: String,
    /// The changes of which values were undone, 32 bytes each, for reverted ones; the others of the batch
    /// stand as they were written.
    #[prost(bytes = "vec", tag = "10")]
    pub undone: Vec<u8>,
}

/// What became of a batch that was asked about.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct BatchVerdict {
    /// The batch, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub batch: Vec<u8>,
    /// The server's word on it. [`Verdict::Unknown`] says that the server does not have it: the device
    /// sends it again.
    #[prost(message, optional, tag = "2")]
    pub receipt: Option<Receipt>,
}

/// What is new in one document.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct PageDocument {
    /// The document, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub document: Vec<u8>,
    /// Its kind, as in [`crate::BatchHeader::kind`].
    #[prost(uint32, tag = "2")]
    pub kind: u32,
    /// The unit it was born in.
    #[prost(string, tag = "3")]
    pub home: String,
    /// The whole document as an uncompressed save, for devices that hold nothing of it or are far
    /// behind. The proofs follow when the device asks for them.
    #[prost(bytes = "vec", tag = "4")]
    pub snapshot: Vec<u8>,
    /// Batches in the order of the log.
    #[prost(message, repeated, tag = "5")]
    pub batches: Vec<SignedBatch>,
    /// The last record of this document that is in the page.
    #[prost(uint64, tag = "6")]
    pub seq: u64,
    /// The places of `batches` in the log, one each; empty from servers that do not say it.
    #[prost(uint64, repeated, tag = "7")]
    pub seqs: Vec<u64>,
    /// The next document of the page belongs to this one: one action touched both, and nobody is to see
    /// the half of it.
    #[prost(bool, tag = "8")]
    pub with_next: bool,
}

/// Verdicts and what is new.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SyncReply {
    /// Where the device stands after taking this page.
    #[prost(message, optional, tag = "1")]
    pub cursor: Option<SignedCursor>,
    /// More is waiting.
    #[prost(bool, tag = "2")]
    pub more: bool,
    /// The server's clock.
    #[prost(int64, tag = "3")]
    pub server_time_ms: i64,
    /// One word on each batch.
    #[prost(message, repeated, tag = "4")]
    pub receipts: Vec<Receipt>,
    /// What is new.
    #[prost(message, repeated, tag = "5")]
    pub documents: Vec<PageDocument>,
    /// Certificates of authors.
    #[prost(message, repeated, tag = "6")]
    pub certificates: Vec<SignedCertificate>,
    /// Reference data as JSON, where the device's are older.
    #[prost(bytes = "vec", tag = "7")]
    pub reference: Vec<u8>,
    /// Their version.
    #[prost(uint64, tag = "8")]
    pub reference_version: u64,
    /// The newest checkpoint, where the device may not have it.
    #[prost(message, optional, tag = "9")]
    pub checkpoint: Option<SignedCheckpoint>,
    /// Documents that left the device's scope: upload first, then seal.
    #[prost(bytes = "vec", repeated, tag = "10")]
    pub released: Vec<Vec<u8>>,
    /// Do not ask again before so many milliseconds.
    #[prost(uint32, tag = "11")]
    pub wait_ms: u32,
    /// The server does not recognise the cursor: it went back in time. The device says what it
    /// holds (`/v1/heal`) before anything else.
    #[prost(bool, tag = "12")]
    pub heal: bool,
    /// The scope as the server computed it.
    #[prost(uint64, tag = "13")]
    pub scope: u64,
    /// The county's signature over the snapshots of this reply; empty where there are none.
    #[prost(bytes = "vec", tag = "14")]
    pub attestation: Vec<u8>,
    /// Proofs that were asked for.
    #[prost(message, repeated, tag = "15")]
    pub proofs: Vec<DocumentProofs>,
    /// To a device that was never here: how many documents lie in its scope, so that it tells how
    /// far it is. Zero otherwise, and from servers that do not count.
    #[prost(uint32, tag = "16")]
    pub in_scope: u32,
    /// The county's signature over every place that this reply tells ([`SyncReply::place`]); empty
    /// where it tells none.
    #[prost(bytes = "vec", tag = "17")]
    pub placement: Vec<u8>,
    /// Records of the county that the device is to keep.
    #[prost(message, repeated, tag = "19")]
    pub records: Vec<SignedRecord>,
    /// What became of the batches that were asked about.
    #[prost(message, repeated, tag = "18")]
    pub verdicts: Vec<BatchVerdict>,
    /// What the person of the device may read: where that changed, or the device asked for it.
    #[prost(message, optional, tag = "31")]
    pub ticket: Option<SignedTicket>,
}

impl SyncReply {
    /// Attests the snapshots of this reply with the county's key.
    pub fn attest(&mut self, county: &SigningSeed) {
        if self.documents.iter().any(|document| !document.snapshot.is_empty()) {
            self.attestation = county.sign(Purpose::Snapshots, &self.attested()).to_vec();
        }
    }

    /// Whether the county attests every snapshot of this reply.
    ///
    /// # Errors
    ///
    /// [`WrongSignature`] where there are snapshots without its word.
    pub fn check_snapshots(&self, county_key: &[u8]) -> Result<(), WrongSignature> {
        if self.documents.iter().all(|document| document.snapshot.is_empty()) {
            return Ok(());
        }
        verify(county_key, Purpose::Snapshots, &self.attested(), &self.attestation)
    }

    /// What an attestation is about: the hash over documents and the hashes of their snapshots.
    fn attested(&self) -> Vec<u8> {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        for document in self.documents.iter().filter(|document| !document.snapshot.is_empty()) {
            hash.update(&document.document);
            hash.update(Sha256::digest(&document.snapshot));
        }
        hash.finalize().to_vec()
    }
}

/// A signed batch without its changes, for a device that holds them already.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct BatchProof {
    /// The header's bytes as they were signed.
    #[prost(bytes = "vec", tag = "1")]
    pub header: Vec<u8>,
    /// The author's signature over header and changes.
    #[prost(bytes = "vec", tag = "2")]
    pub signature: Vec<u8>,
    /// The author's actor, 16 bytes.
    #[prost(bytes = "vec", tag = "3")]
    pub actor: Vec<u8>,
    /// The actor's sequence number of its first change.
    #[prost(uint64, tag = "4")]
    pub first: u64,
    /// How many changes it holds, in the actor's order.
    #[prost(uint32, tag = "5")]
    pub changes: u32,
    /// Its place in the log; zero from servers that do not say it.
    #[prost(uint64, tag = "6")]
    pub seq: u64,
}

/// The proofs of a document.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct DocumentProofs {
    /// The document, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub document: Vec<u8>,
    /// Of each batch in the order of the log.
    #[prost(message, repeated, tag = "2")]
    pub batches: Vec<BatchProof>,
    /// The county's signature over their places ([`DocumentProofs::place`]); a sheet for each
    /// document, so that one that cannot be put together takes no other along.
    #[prost(bytes = "vec", tag = "4")]
    pub placement: Vec<u8>,
}

/// A document and what a device holds of it.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct DocumentDigest {
    /// The document, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub document: Vec<u8>,
    /// The first eight bytes of the hash over its sorted heads.
    #[prost(bytes = "vec", tag = "2")]
    pub digest: Vec<u8>,
}

/// Says what a device holds.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct HealRequest {
    /// Every document on the device.
    #[prost(message, repeated, tag = "1")]
    pub documents: Vec<DocumentDigest>,
    /// Checkpoints the device remembers, newest first.
    #[prost(message, repeated, tag = "2")]
    pub checkpoints: Vec<SignedCheckpoint>,
    /// Names of the records of the county on the device, 24 bytes each ([`crate::RecordName`]).
    #[prost(bytes = "vec", tag = "3")]
    pub records: Vec<u8>,
    /// A part of a long list: documents from this one on; empty for the first part.
    #[prost(bytes = "vec", tag = "4")]
    pub from: Vec<u8>,
    /// A part of a long list: documents before this one; empty for the last part.
    #[prost(bytes = "vec", tag = "5")]
    pub before: Vec<u8>,
    /// The device asks for single documents (`SyncRequest.want_documents`): it need not be sent
    /// everything again.
    #[prost(bool, tag = "6")]
    pub asks_for_documents: bool,
}

/// Which documents the server wants, because it lacks them or holds something else, and which ones the
/// device lacks.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct HealReply {
    /// The documents, 16 bytes each. The device pushes every batch it holds of them, its own and
    /// others'.
    #[prost(bytes = "vec", repeated, tag = "1")]
    pub wanted: Vec<Vec<u8>>,
    /// A cursor of the present epoch: at its head for devices that ask for single documents, at the
    /// beginning for others. Of an answer in parts the first one counts.
    #[prost(message, optional, tag = "2")]
    pub cursor: Option<SignedCursor>,
    /// Names of the records that the server lacks, 24 bytes each.
    #[prost(bytes = "vec", tag = "3")]
    pub wanted_records: Vec<u8>,
    /// Documents of the device's scope that it lacks or holds otherwise, 16 bytes each: it asks for
    /// them.
    #[prost(bytes = "vec", repeated, tag = "5")]
    pub lacking: Vec<Vec<u8>>,
    /// Documents that the device named, that are the same here, and that do not lie in what its person reads,
    /// 16 bytes each: it was not told when they left, or their reader did.
    #[prost(bytes = "vec", repeated, tag = "6")]
    pub released: Vec<Vec<u8>>,
}

/// The digest of a document with these heads.
#[must_use]
pub fn digest_of(heads: &[[u8; 32]]) -> [u8; 8] {
    use sha2::{Digest, Sha256};
    let mut sorted: Vec<&[u8; 32]> = heads.iter().collect();
    sorted.sort();
    let mut hash = Sha256::new();
    for head in sorted {
        hash.update(head);
    }
    let mut digest = [0; 8];
    digest.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    digest
}
