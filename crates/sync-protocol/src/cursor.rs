//! The log's chain, a device's place in it, and checkpoints that devices remember.
//!
//! A server that went back in time, by a restored backup or a failover, is recognised by any of the
//! three: another epoch, a place beyond its head, or another chain at that place.

use prost::Message;
use sha2::{Digest, Sha256};

use crate::signing::{Purpose, SigningSeed, WrongSignature, verify};

/// The hash that binds a log record to everything before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chain(pub [u8; 32]);

impl Chain {
    /// The chain of an empty log of `epoch`.
    #[must_use]
    pub fn begin(county: &str, epoch: &[u8; 16]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"yidang log 1\0");
        hash.update(county.as_bytes());
        hash.update(epoch);
        Self(hash.finalize().into())
    }

    /// The chain after one more record.
    #[must_use]
    pub fn after(&self, seq: u64, kind: u32, document: &[u8], record: &[u8]) -> Self {
        self.after_hash(seq, kind, document, &record_hash(record))
    }

    /// The chain after a record of which only the hash is left.
    #[must_use]
    pub fn after_hash(&self, seq: u64, kind: u32, document: &[u8], record_hash: &[u8; 32]) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(seq.to_be_bytes());
        hash.update(kind.to_be_bytes());
        hash.update(u32::try_from(document.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(document);
        hash.update(record_hash);
        Self(hash.finalize().into())
    }

    /// Its first eight bytes, which travel in cursors.
    #[must_use]
    pub fn first8(&self) -> [u8; 8] {
        let mut first = [0; 8];
        first.iter_mut().zip(self.0).for_each(|(to, from)| *to = from);
        first
    }
}

/// What the chain keeps of a record: it is proved by this hash where its bytes were destroyed.
#[must_use]
pub fn record_hash(record: &[u8]) -> [u8; 32] {
    Sha256::digest(record).into()
}

/// A place in the log.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Cursor {
    /// The epoch, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub epoch: Vec<u8>,
    /// The sequence number of the last record before it.
    #[prost(uint64, tag = "2")]
    pub seq: u64,
    /// The first eight bytes of the chain there.
    #[prost(bytes = "vec", tag = "3")]
    pub chain8: Vec<u8>,
}

/// A place in the log, signed by the server and echoed by the device.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignedCursor {
    /// The cursor's bytes as they were signed.
    #[prost(bytes = "vec", tag = "1")]
    pub cursor: Vec<u8>,
    /// The county's signature.
    #[prost(bytes = "vec", tag = "2")]
    pub signature: Vec<u8>,
}

/// The whole chain at one place, which every device remembers.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Checkpoint {
    /// Code of the county.
    #[prost(string, tag = "1")]
    pub county: String,
    /// The epoch, 16 bytes.
    #[prost(bytes = "vec", tag = "2")]
    pub epoch: Vec<u8>,
    /// The sequence number.
    #[prost(uint64, tag = "3")]
    pub seq: u64,
    /// The chain there, 32 bytes.
    #[prost(bytes = "vec", tag = "4")]
    pub chain: Vec<u8>,
    /// When, by the server's clock.
    #[prost(int64, tag = "5")]
    pub at_ms: i64,
}

/// A checkpoint as it travels.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignedCheckpoint {
    /// The checkpoint's bytes as they were signed.
    #[prost(bytes = "vec", tag = "1")]
    pub checkpoint: Vec<u8>,
    /// The county's signature.
    #[prost(bytes = "vec", tag = "2")]
    pub signature: Vec<u8>,
}

/// Why a cursor or checkpoint is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// Not signed by this county.
    #[error("not signed by this county")]
    Signature(#[from] WrongSignature),
    /// Not readable.
    #[error("malformed")]
    Malformed,
}

impl Cursor {
    /// Signs it with the county's key.
    #[must_use]
    pub fn sign(&self, county: &SigningSeed) -> SignedCursor {
        let cursor = self.encode_to_vec();
        let signature = county.sign(Purpose::Cursor, &cursor).to_vec();
        SignedCursor { cursor, signature }
    }
}

impl SignedCursor {
    /// The cursor, if the county whose key this is signed it.
    ///
    /// # Errors
    ///
    /// [`CursorError`].
    pub fn open(&self, county_key: &[u8]) -> Result<Cursor, CursorError> {
        verify(county_key, Purpose::Cursor, &self.cursor, &self.signature)?;
        Cursor::decode(self.cursor.as_slice()).map_err(|_| CursorError::Malformed)
    }
}

impl Checkpoint {
    /// Signs it with the county's key.
    #[must_use]
    pub fn sign(&self, county: &SigningSeed) -> SignedCheckpoint {
        let checkpoint = self.encode_to_vec();
        let signature = county.sign(Purpose::Checkpoint, &checkpoint).to_vec();
        SignedCheckpoint { checkpoint, signature }
    }
}

impl SignedCheckpoint {
    /// The checkpoint, if the county whose key this is signed it.
    ///
    /// # Errors
    ///
    /// [`CursorError`].
    pub fn open(&self, county_key: &[u8]) -> Result<Checkpoint, CursorError> {
        verify(county_key, Purpose::Checkpoint, &self.checkpoint, &self.signature)?;
        Checkpoint::decode(self.checkpoint.as_slice()).map_err(|_| CursorError::Malformed)
    }
}
