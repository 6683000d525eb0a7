//! A batch is one author's next changes to one document, with a signature that travels with them by
//! whatever way they come: the server, a colleague's phone, a file.

use prost::Message;
use sha2::{Digest, Sha256};

use crate::certificate::CertificateId;
use crate::signing::{Purpose, SigningSeed, WrongSignature, verify};

/// No batch holds more changes.
pub const MOST_CHANGES: usize = 64;
/// No action touches more documents.
pub const MOST_ACT_DOCUMENTS: usize = 16;

/// What a batch is about.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct BatchHeader {
    /// The document, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub document: Vec<u8>,
    /// The author's certificate, 16 bytes.
    #[prost(bytes = "vec", tag = "2")]
    pub certificate: Vec<u8>,
    /// The incarnation of the author's actor.
    #[prost(uint32, tag = "3")]
    pub incarnation: u32,
    /// The act it belongs to, 16 bytes; empty where it touches this document alone.
    #[prost(bytes = "vec", tag = "4")]
    pub act: Vec<u8>,
    /// All documents of the act.
    #[prost(bytes = "vec", repeated, tag = "5")]
    pub act_documents: Vec<Vec<u8>>,
    /// The unit the author acted for.
    #[prost(string, tag = "6")]
    pub org: String,
    /// The device's place in the log when its changes were saved. Versions before the tags 11 and 12
    /// wrote down where it stood when it was signed.
    #[prost(uint64, tag = "7")]
    pub cursor_seq: u64,
    /// The first eight bytes of the chain there.
    #[prost(bytes = "vec", tag = "8")]
    pub cursor_chain: Vec<u8>,
    /// Kind of the document: 1 case file, 2 household, 3 visit day. With `home` it stands for the
    /// document's first change, which is a function of kind, id and home and does not travel.
    #[prost(uint32, tag = "9")]
    pub kind: u32,
    /// The unit the document was born in.
    #[prost(string, tag = "10")]
    pub home: String,
    /// The first eight bytes of the epoch that `cursor_seq` counts in; empty without a place.
    #[prost(bytes = "vec", tag = "11")]
    pub cursor_epoch: Vec<u8>,
    /// The reference data the device had when its changes were saved; zero where it is not told.
    #[prost(uint64, tag = "12")]
    pub reference_version: u64,
}

/// A batch as it travels.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignedBatch {
    /// The header's bytes as they were signed.
    #[prost(bytes = "vec", tag = "1")]
    pub header: Vec<u8>,
    /// The author's signature over header and changes.
    #[prost(bytes = "vec", tag = "2")]
    pub signature: Vec<u8>,
    /// The raw changes, in the actor's order.
    #[prost(bytes = "vec", repeated, tag = "3")]
    pub changes: Vec<Vec<u8>>,
}

/// Names a batch: the first 16 bytes of the hash of what was signed.
pub type BatchId = [u8; 16];

/// Why a batch is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// Not signed by the key of its certificate.
    #[error("the batch is not signed by its author")]
    Signature(#[from] WrongSignature),
    /// The header is not readable, or names something of a wrong length.
    #[error("the batch header is malformed")]
    Malformed,
    /// No changes, or more than [`MOST_CHANGES`].
    #[error("a batch of {0} changes")]
    Count(usize),
}

impl BatchHeader {
    /// The document.
    #[must_use]
    pub fn document_id(&self) -> Option<[u8; 16]> {
        self.document.as_slice().try_into().ok()
    }

    /// The author's certificate.
    #[must_use]
    pub fn certificate_id(&self) -> Option<CertificateId> {
        self.certificate.as_slice().try_into().ok()
    }

    /// Signs it together with `changes`.
    #[must_use]
    pub fn sign(&self, changes: Vec<Vec<u8>>, author: &SigningSeed) -> SignedBatch {
        let header = self.encode_to_vec();
        let signature = author.sign(Purpose::Batch, &signed_bytes(&header, &changes)).to_vec();
        SignedBatch { header, signature, changes }
    }
}

/// What is signed: the header and the hash of the hashes of the changes.
fn signed_bytes(header: &[u8], changes: &[Vec<u8>]) -> Vec<u8> {
    let mut hashes = Sha256::new();
    for change in changes {
        hashes.update(Sha256::digest(change));
    }
    let length = u32::try_from(header.len()).unwrap_or(u32::MAX).to_be_bytes();
    [length.as_slice(), header, hashes.finalize().as_slice()].concat()
}

impl SignedBatch {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> BatchId {
        let mut id = [0; 16];
        let digest = Sha256::digest(signed_bytes(&self.header, &self.changes));
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        id
    }

    /// Its header, before anything is believed: to find the certificate.
    ///
    /// # Errors
    ///
    /// [`BatchError`] for headers that cannot be read and for wrong numbers of changes.
    pub fn read(&self) -> Result<BatchHeader, BatchError> {
        if self.changes.is_empty() || self.changes.len() > MOST_CHANGES {
            return Err(BatchError::Count(self.changes.len()));
        }
        let header =
            BatchHeader::decode(self.header.as_slice()).map_err(|_| BatchError::Malformed)?;
        let is_whole = header.document_id().is_some() && header.certificate_id().is_some();
        if is_whole { Ok(header) } else { Err(BatchError::Malformed) }
    }

    /// Its header, if the holder of `key` signed it with these very changes.
    ///
    /// # Errors
    ///
    /// [`BatchError`].
    pub fn open(&self, key: &[u8]) -> Result<BatchHeader, BatchError> {
        let header = self.read()?;
        let signed = signed_bytes(&self.header, &self.changes);
        verify(key, Purpose::Batch, &signed, &self.signature)?;
        Ok(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> (SigningSeed, SignedBatch) {
        let seed = SigningSeed([3; 32]);
        let header = BatchHeader {
            document: vec![1; 16],
            certificate: vec![2; 16],
            org: "610621103203".into(),
            ..BatchHeader::default()
        };
        let batch = header.sign(vec![b"one".to_vec(), b"two".to_vec()], &seed);
        (seed, batch)
    }

    #[test]
    fn a_batch_opens_with_its_authors_key_only() {
        let (seed, batch) = batch();
        assert_eq!(batch.open(&seed.public_key()).unwrap().org, "610621103203");
        assert!(batch.open(&SigningSeed([4; 32]).public_key()).is_err());
    }

    #[test]
    fn a_change_taken_out_put_in_or_moved_breaks_the_signature() {
        let (seed, batch) = batch();
        let key = seed.public_key();
        let tampered = |change: fn(&mut Vec<Vec<u8>>)| {
            let mut copy = batch.clone();
            change(&mut copy.changes);
            copy.open(&key)
        };
        assert!(tampered(|changes| changes.swap(0, 1)).is_err());
        assert!(tampered(|changes| drop(changes.pop())).is_err());
        assert!(tampered(|changes| changes.push(b"three".to_vec())).is_err());
        assert!(tampered(|changes| changes.clear()).is_err());
    }
}
