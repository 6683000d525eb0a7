//! What the server itself says and devices keep: signed, placed once, and given back to a server that forgot
//! it like any change.

use prost::Message;

use crate::message::Verdict;
use crate::signing::{Purpose, SigningSeed, WrongSignature, verify};

/// What a record is about. Numbers never change; unknown ones are kept and given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, prost::Enumeration)]
#[repr(i32)]
pub enum RecordKind {
    /// Of a later version.
    Unknown = 0,
    /// An activation code was used.
    CodeUsed = 1,
    /// A certificate is believed no more.
    Revocation = 2,
    /// A row of the register: a unit, a person, an assignment, a team.
    Reference = 3,
    /// A document was destroyed.
    Tombstone = 4,
    /// What a person or the server decided about a batch.
    Decision = 5,
    /// A person may read a document that lies outside their units.
    Grant = 6,
    /// A grant ended.
    Release = 7,
    /// The numbers of a period are frozen.
    Freeze = 8,
}

/// One thing the server said.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Record {
    /// The epoch it was said in first, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub epoch: Vec<u8>,
    /// Its place in the log of that epoch. With the epoch it names the record for ever, wherever it stands
    /// in the log of a server that got it back.
    #[prost(uint64, tag = "2")]
    pub seq: u64,
    /// When, milliseconds of UTC by the server's clock.
    #[prost(int64, tag = "3")]
    pub at_ms: i64,
    /// What it is about.
    #[prost(enumeration = "RecordKind", tag = "4")]
    pub kind: i32,
    /// Of what: a certificate, the hash of a code, a document, a batch, the key of a row.
    #[prost(bytes = "vec", tag = "5")]
    pub subject: Vec<u8>,
    /// What is said, in the form of its kind.
    #[prost(bytes = "vec", tag = "6")]
    pub body: Vec<u8>,
}

/// A record as it travels and is kept.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignedRecord {
    /// The record's bytes as they were signed.
    #[prost(bytes = "vec", tag = "1")]
    pub record: Vec<u8>,
    /// The county's signature.
    #[prost(bytes = "vec", tag = "2")]
    pub signature: Vec<u8>,
}

/// Names a record: epoch and place of its first writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordName {
    /// The epoch.
    pub epoch: [u8; 16],
    /// The place.
    pub seq: u64,
}

/// So many bytes name a record in a list of names.
const NAME_BYTES: usize = 24;

impl RecordName {
    /// A list of names as it travels: epoch and place of each, 24 bytes.
    #[must_use]
    pub fn pack(names: &[Self]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(names.len() * NAME_BYTES);
        for name in names {
            bytes.extend_from_slice(&name.epoch);
            bytes.extend_from_slice(&name.seq.to_be_bytes());
        }
        bytes
    }

    /// The names of such a list; a rest that is no name is passed over.
    #[must_use]
    pub fn unpack(bytes: &[u8]) -> Vec<Self> {
        let name = |chunk: &[u8]| {
            let (epoch, seq) = chunk.split_at_checked(16)?;
            let seq = u64::from_be_bytes(seq.try_into().ok()?);
            Some(Self { epoch: epoch.try_into().ok()?, seq })
        };
        bytes.chunks_exact(NAME_BYTES).filter_map(name).collect()
    }
}

/// The body of [`RecordKind::CodeUsed`]; its subject is the SHA-256 of the hash that the server keeps of
/// the code.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CodeUsed {
    /// The first characters of the code, by which it is found.
    #[prost(string, tag = "1")]
    pub code: String,
    /// The key that used it, 32 bytes.
    #[prost(bytes = "vec", tag = "2")]
    pub public_key: Vec<u8>,
    /// The nonce of that installation, 16 bytes.
    #[prost(bytes = "vec", tag = "3")]
    pub nonce: Vec<u8>,
    /// The certificate it gave, 16 bytes.
    #[prost(bytes = "vec", tag = "4")]
    pub certificate: Vec<u8>,
}

/// The body of [`RecordKind::Tombstone`]; its subject is the document, 16 bytes.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Tombstone {
    /// The heads the document had in the county's log when it was destroyed, 32 bytes each, sorted. What
    /// stands on nothing beyond them was destroyed with it.
    #[prost(bytes = "vec", tag = "1")]
    pub heads: Vec<u8>,
    /// The order it was destroyed by: its number, and nothing of what stood in the document.
    #[prost(string, tag = "2")]
    pub basis: String,
    /// The civil day, as `2026-11-20`.
    #[prost(string, tag = "3")]
    pub on: String,
    /// The document that takes its place, 16 bytes; empty where none does.
    #[prost(bytes = "vec", tag = "4")]
    pub successor: Vec<u8>,
}

impl Tombstone {
    /// The destroyed heads one by one; a rest that is no hash is passed over.
    #[must_use]
    pub fn heads(&self) -> Vec<[u8; 32]> {
        hashes(&self.heads)
    }

    /// The document that takes its place, where one does.
    #[must_use]
    pub fn successor(&self) -> Option<[u8; 16]> {
        self.successor.as_slice().try_into().ok()
    }
}

/// The body of [`RecordKind::Decision`]; its subject is the batch, 16 bytes. It holds no words: what a person
/// said about it stands in the receipt alone, and goes with the document.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Decision {
    /// What was decided.
    #[prost(enumeration = "Verdict", tag = "1")]
    pub verdict: i32,
    /// Why: a word of `docs/refusals.md`, empty where a person decided.
    #[prost(string, tag = "2")]
    pub rule: String,
    /// The changes of the batch of which values were undone, 32 bytes each.
    #[prost(bytes = "vec", tag = "3")]
    pub undone: Vec<u8>,
    /// The certificate of its author, 16 bytes, whose devices are told.
    #[prost(bytes = "vec", tag = "4")]
    pub certificate: Vec<u8>,
}

/// Hashes of changes that travel one behind the other; a rest that is no hash is passed over.
#[must_use]
pub fn hashes(packed: &[u8]) -> Vec<[u8; 32]> {
    packed.chunks_exact(32).filter_map(|hash| hash.try_into().ok()).collect()
}

/// Why a record is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Not signed by this county.
    #[error("not signed by this county")]
    Signature(#[from] WrongSignature),
    /// Not readable, or without a name.
    #[error("malformed")]
    Malformed,
}

impl Record {
    /// Signs it with the county's key.
    #[must_use]
    pub fn sign(&self, county: &SigningSeed) -> SignedRecord {
        let record = self.encode_to_vec();
        let signature = county.sign(Purpose::Record, &record).to_vec();
        SignedRecord { record, signature }
    }

    /// Its name; none where the epoch is not 16 bytes long.
    #[must_use]
    pub fn name(&self) -> Option<RecordName> {
        let epoch = self.epoch.as_slice().try_into().ok()?;
        Some(RecordName { epoch, seq: self.seq })
    }

    /// The document that was destroyed and how, where the record says that one was.
    #[must_use]
    pub fn tombstone(&self) -> Option<([u8; 16], Tombstone)> {
        if self.kind() != RecordKind::Tombstone {
            return None;
        }
        let document = self.subject.as_slice().try_into().ok()?;
        Some((document, Tombstone::decode(self.body.as_slice()).ok()?))
    }

    /// The batch of which values were undone and why, where the record says that some were.
    #[must_use]
    pub fn undoing(&self) -> Option<([u8; 16], Decision)> {
        if self.kind() != RecordKind::Decision {
            return None;
        }
        let batch = self.subject.as_slice().try_into().ok()?;
        let decision = Decision::decode(self.body.as_slice()).ok()?;
        (decision.verdict() == Verdict::Reverted).then_some((batch, decision))
    }
}

impl SignedRecord {
    /// What it says and what it is called, if the county whose key this is signed it.
    ///
    /// # Errors
    ///
    /// [`RecordError`].
    pub fn open(&self, county_key: &[u8]) -> Result<(RecordName, Record), RecordError> {
        verify(county_key, Purpose::Record, &self.record, &self.signature)?;
        let record = Record::decode(self.record.as_slice()).map_err(|_| RecordError::Malformed)?;
        let name = record.name().ok_or(RecordError::Malformed)?;
        Ok((name, record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTY: SigningSeed = SigningSeed([1; 32]);

    fn revocation() -> Record {
        Record {
            epoch: vec![8; 16],
            seq: 300,
            at_ms: 1_795_132_800_000,
            kind: RecordKind::Revocation as i32,
            subject: vec![4; 16],
            body: Vec::new(),
        }
    }

    #[test]
    fn a_record_keeps_its_name_and_says_what_was_signed() {
        let signed = revocation().sign(&COUNTY);
        let (name, record) = signed.open(&COUNTY.public_key()).unwrap();
        assert_eq!(name, RecordName { epoch: [8; 16], seq: 300 });
        assert_eq!(record.kind(), RecordKind::Revocation);
        let altered =
            SignedRecord { record: Record { seq: 301, ..revocation() }.encode_to_vec(), ..signed };
        assert!(altered.open(&COUNTY.public_key()).is_err());
    }

    #[test]
    fn a_list_of_names_comes_back_as_it_was() {
        let names = [1, 2, 300].map(|seq| RecordName { epoch: [8; 16], seq });
        let mut packed = RecordName::pack(&names);
        assert_eq!(RecordName::unpack(&packed), names);
        packed.push(7);
        assert_eq!(RecordName::unpack(&packed), names, "a rest is no name");
    }

    #[test]
    fn a_tombstone_names_its_document_and_nothing_else_is_one() {
        let body = Tombstone {
            heads: [[1; 32], [2; 32]].concat(),
            basis: "延检〔2026〕5号".into(),
            on: "2026-11-20".into(),
            successor: Vec::new(),
        };
        let record = Record {
            kind: RecordKind::Tombstone as i32,
            subject: vec![4; 16],
            body: body.encode_to_vec(),
            ..revocation()
        };
        assert_eq!(record.tombstone(), Some(([4; 16], body.clone())));
        assert_eq!(body.heads(), [[1; 32], [2; 32]]);
        assert_eq!(Record { subject: vec![4; 15], ..record }.tombstone(), None);
        assert_eq!(revocation().tombstone(), None);
    }

    #[test]
    fn a_decision_names_its_batch_and_tells_of_what_was_undone_alone() {
        let body = Decision {
            verdict: Verdict::Reverted as i32,
            rule: "closed_meanwhile".into(),
            undone: [[1; 32], [2; 32]].concat(),
            certificate: vec![9; 16],
        };
        let record = Record {
            kind: RecordKind::Decision as i32,
            subject: vec![4; 16],
            body: body.encode_to_vec(),
            ..revocation()
        };
        assert_eq!(record.undoing(), Some(([4; 16], body.clone())));
        assert_eq!(hashes(&body.undone), [[1; 32], [2; 32]]);
        let admitted = Decision { verdict: Verdict::Accepted as i32, ..body };
        assert_eq!(Record { body: admitted.encode_to_vec(), ..record.clone() }.undoing(), None);
        assert_eq!(Record { subject: vec![4; 15], ..record }.undoing(), None);
        assert_eq!(revocation().undoing(), None);
    }

    #[test]
    fn a_kind_of_a_later_version_is_kept_as_it_is() {
        let later = Record { kind: 77, body: b"something new".to_vec(), ..revocation() };
        let (_, read) = later.sign(&COUNTY).open(&COUNTY.public_key()).unwrap();
        assert_eq!((read.kind(), read.kind), (RecordKind::Unknown, 77));
        let nameless = Record { epoch: vec![8; 15], ..revocation() };
        let refused = nameless.sign(&COUNTY).open(&COUNTY.public_key());
        assert_eq!(refused, Err(RecordError::Malformed));
    }
}
