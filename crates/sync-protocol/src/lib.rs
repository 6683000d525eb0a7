//! What devices and the server say to each other.
//!
//! Messages, signed batches, the signed cursor with its epoch and chain, certificates, verdicts and
//! the rules of retrying, all without I/O: tests run both sides in one thread, the programs run them
//! over HTTP. Nothing here knows what a document holds.
//!
//! Encoding: Protocol Buffers in one frame with a format byte. Unknown fields are passed over, so a
//! newer side may say more. Whatever is signed is signed as the bytes that travel; nothing is ever
//! encoded again to be checked.

pub mod frame;
pub mod signing;

pub mod ask;
pub mod batch;
pub mod bundle;
pub mod carry;
pub mod certificate;
pub mod cursor;
pub mod enrol;
pub mod message;
pub mod placement;
pub mod places;
pub mod record;
pub mod retry;
pub mod ticket;
pub mod trouble;

pub use ask::{AskReply, AskRequest, SignedAsk};
pub use batch::{BatchHeader, SignedBatch};
pub use bundle::{Bundle, Fingerprint, PaperHead};
pub use certificate::{Certificate, SignedCertificate};
pub use cursor::{Chain, Checkpoint, Cursor, SignedCheckpoint, SignedCursor};
pub use frame::{Format, FrameError};
pub use message::{
    BatchProof, BatchVerdict, DocumentDigest, DocumentProofs, HealReply, HealRequest, PageDocument,
    Receipt, SignedRequest, SyncReply, SyncRequest, Verdict,
};
pub use placement::{Leaf, Placement, PlacementError, Sheet};
pub use places::{AttestedSnapshot, PlacedBatch, Places};
pub use record::{
    CodeUsed, Decision, Record, RecordError, RecordKind, RecordName, SignedRecord, Tombstone,
};
pub use signing::{PublicKey, Signature, SigningSeed};
pub use ticket::{SignedTicket, Ticket};
pub use trouble::{Trouble, TroubleKind};

/// Version of the protocol. It changes only where fields could not be added.
pub const VERSION: u32 = 1;
