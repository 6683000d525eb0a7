//! A file of the archive with everything that proves it, in one piece. Whoever has it needs neither a server
//! nor a device to see that nothing in it was altered since: `yidang-verify` does (docs/decisions/0024).
//!
//! Three say something in it. Authors signed their batches; the county signed certificates, places,
//! checkpoints, records and saves; whoever exported it signed the list of all that ([`Contents`]), so that
//! nothing can be taken out afterwards, the last batch included.

use std::fmt;
use std::str::FromStr;

use prost::Message;
use sha2::{Digest, Sha256};
use yidang_domain::causality::hex_of;

use crate::batch::SignedBatch;
use crate::certificate::{CertificateId, SignedCertificate};
use crate::cursor::SignedCheckpoint;
use crate::frame::{self, FrameError};
use crate::placement::hash_of_heads;
use crate::places::{AttestedSnapshot, PlacedBatch};
use crate::record::{Record, RecordName, SignedRecord};
use crate::signing::{Purpose, SigningSeed, WrongSignature, verify};

/// The version that this program writes and the newest that it reads.
pub const VERSION: u32 = 1;
/// No bundle is larger once it is unpacked: sixty times the largest document.
const MOST_BYTES: usize = 64 << 20;

/// A document with its proofs.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Bundle {
    /// The version of this form.
    #[prost(uint32, tag = "1")]
    pub version: u32,
    /// The county's public key, 32 bytes. Whoever reads it compares it with what the county says
    /// elsewhere: a forger has a county of their own.
    #[prost(bytes = "vec", tag = "2")]
    pub county_key: Vec<u8>,
    /// The document, 16 bytes.
    #[prost(bytes = "vec", tag = "3")]
    pub document: Vec<u8>,
    /// Its kind, as in [`crate::BatchHeader::kind`].
    #[prost(uint32, tag = "4")]
    pub kind: u32,
    /// The unit it was born in.
    #[prost(string, tag = "5")]
    pub home: String,
    /// Its batches; each stands behind those it was made on.
    #[prost(message, repeated, tag = "6")]
    pub batches: Vec<SignedBatch>,
    /// The certificates of their authors and of whoever exported it.
    #[prost(message, repeated, tag = "7")]
    pub certificates: Vec<SignedCertificate>,
    /// Where the county took each of `batches`; `index` is its position there.
    #[prost(message, repeated, tag = "8")]
    pub places: Vec<PlacedBatch>,
    /// Checkpoints of the county's log that the device remembers, newest first.
    #[prost(message, repeated, tag = "9")]
    pub checkpoints: Vec<SignedCheckpoint>,
    /// What the county said itself about anything in here, such as that it believes an author no more.
    #[prost(message, repeated, tag = "10")]
    pub records: Vec<SignedRecord>,
    /// What is in here ([`Contents`]), as whoever exported it signed it.
    #[prost(bytes = "vec", tag = "11")]
    pub contents: Vec<u8>,
    /// Their signature over `contents`.
    #[prost(bytes = "vec", tag = "12")]
    pub signature: Vec<u8>,
    /// The document as the county saved it, where the county has no batches of a part of it.
    #[prost(message, optional, tag = "13")]
    pub save: Option<AttestedSnapshot>,
    /// Code of the county.
    #[prost(string, tag = "14")]
    pub county: String,
}

/// What is in a bundle, piece by piece (卷内目录).
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Contents {
    /// The county's public key.
    #[prost(bytes = "vec", tag = "1")]
    pub county_key: Vec<u8>,
    /// The document.
    #[prost(bytes = "vec", tag = "2")]
    pub document: Vec<u8>,
    /// Its kind.
    #[prost(uint32, tag = "3")]
    pub kind: u32,
    /// The unit it was born in.
    #[prost(string, tag = "4")]
    pub home: String,
    /// Its heads, sorted, 32 bytes each.
    #[prost(bytes = "vec", repeated, tag = "5")]
    pub heads: Vec<Vec<u8>>,
    /// Its batches, in their order.
    #[prost(message, repeated, tag = "6")]
    pub batches: Vec<ListedBatch>,
    /// SHA-256 of the save; empty where there is none.
    #[prost(bytes = "vec", tag = "7")]
    pub save: Vec<u8>,
    /// The names of the certificates, 16 bytes each.
    #[prost(bytes = "vec", repeated, tag = "8")]
    pub certificates: Vec<Vec<u8>>,
    /// The first 16 bytes of the hashes of the checkpoints.
    #[prost(bytes = "vec", repeated, tag = "9")]
    pub checkpoints: Vec<Vec<u8>>,
    /// The names of the records ([`RecordName::pack`]).
    #[prost(bytes = "vec", tag = "10")]
    pub records: Vec<u8>,
    /// When it was exported, milliseconds of UTC by the device's clock.
    #[prost(int64, tag = "11")]
    pub exported_at_ms: i64,
    /// The certificate of whoever exported it.
    #[prost(bytes = "vec", tag = "12")]
    pub certificate: Vec<u8>,
}

/// A batch in the list. Its name says all; what stands beside it tells which part of it was altered.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ListedBatch {
    /// Its name, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub batch: Vec<u8>,
    /// The first eight bytes of the hash of its header.
    #[prost(bytes = "vec", tag = "2")]
    pub header: Vec<u8>,
    /// The first eight bytes of the hash of each of its changes, one behind the other.
    #[prost(bytes = "vec", tag = "3")]
    pub changes: Vec<u8>,
}

/// Why a bundle cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not one of ours, or cut.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// It is no message.
    #[error("malformed")]
    Malformed,
    /// A later version wrote it.
    #[error("version {0} is not known")]
    Version(u32),
}

/// Why the list of a bundle is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContentsError {
    /// Whoever exported it signed another list.
    #[error("not signed by whoever exported it")]
    Signature(#[from] WrongSignature),
    /// Not readable.
    #[error("malformed")]
    Malformed,
}

/// The first bytes of a hash.
fn beginning(bytes: &[u8], count: usize) -> Vec<u8> {
    Sha256::digest(bytes).iter().take(count).copied().collect()
}

impl ListedBatch {
    fn of(batch: &SignedBatch) -> Self {
        Self {
            batch: batch.id().to_vec(),
            header: beginning(&batch.header, 8),
            changes: batch.changes.iter().flat_map(|change| beginning(change, 8)).collect(),
        }
    }
}

impl Bundle {
    /// The list of what is in it now. Heads, and who exports it when, are for whoever signs it.
    #[must_use]
    pub fn listed(&self) -> Contents {
        let names = self.records.iter().filter_map(|signed| {
            Record::decode(signed.record.as_slice()).ok().and_then(|record| record.name())
        });
        let save = self.save.as_ref().map(|save| Sha256::digest(&save.save).to_vec());
        Contents {
            county_key: self.county_key.clone(),
            document: self.document.clone(),
            kind: self.kind,
            home: self.home.clone(),
            batches: self.batches.iter().map(ListedBatch::of).collect(),
            save: save.unwrap_or_default(),
            certificates: self.certificates.iter().map(|signed| signed.id().to_vec()).collect(),
            checkpoints: self
                .checkpoints
                .iter()
                .map(|signed| beginning(&signed.checkpoint, 16))
                .collect(),
            records: RecordName::pack(&names.collect::<Vec<_>>()),
            ..Contents::default()
        }
    }

    /// Lists what is in it and signs the list, for the holder of `certificate` at `at_ms`. `heads` are those
    /// of the document, sorted.
    pub fn sign(
        &mut self,
        heads: &[[u8; 32]],
        certificate: &CertificateId,
        at_ms: i64,
        seed: &SigningSeed,
    ) {
        let contents = Contents {
            heads: heads.iter().map(|head| head.to_vec()).collect(),
            certificate: certificate.to_vec(),
            exported_at_ms: at_ms,
            ..self.listed()
        };
        self.contents = contents.encode_to_vec();
        self.signature = seed.sign(Purpose::Bundle, &self.contents).to_vec();
    }

    /// What the list says, before anything is believed: to find the certificate of whoever signed it.
    ///
    /// # Errors
    ///
    /// [`ContentsError::Malformed`].
    pub fn read_contents(&self) -> Result<Contents, ContentsError> {
        Contents::decode(self.contents.as_slice()).map_err(|_| ContentsError::Malformed)
    }

    /// What the list says, if the holder of `key` signed it.
    ///
    /// # Errors
    ///
    /// [`ContentsError`].
    pub fn open_contents(&self, key: &[u8]) -> Result<Contents, ContentsError> {
        verify(key, Purpose::Bundle, &self.contents, &self.signature)?;
        self.read_contents()
    }

    /// The bytes of the file.
    #[must_use]
    pub fn pack(&self) -> Vec<u8> {
        frame::pack(&self.encode_to_vec())
    }

    /// The bundle in the bytes of a file.
    ///
    /// # Errors
    ///
    /// [`BundleError`].
    pub fn unpack(bytes: &[u8]) -> Result<Self, BundleError> {
        let plain = frame::unpack(bytes, MOST_BYTES)?;
        let bundle = Self::decode(plain.as_slice()).map_err(|_| BundleError::Malformed)?;
        match bundle.version {
            VERSION => Ok(bundle),
            0 => Err(BundleError::Malformed),
            later => Err(BundleError::Version(later)),
        }
    }
}

/// A short name of the county's public key, for paper: the first eight bytes of its SHA-256 as 20 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(u64);

/// Not 20 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has 20 digits")]
pub struct NoFingerprint;

impl Fingerprint {
    /// That of a key.
    #[must_use]
    pub fn of(county_key: &[u8]) -> Self {
        let mut first = [0; 8];
        first.iter_mut().zip(Sha256::digest(county_key)).for_each(|(to, from)| *to = from);
        Self(u64::from_be_bytes(first))
    }
}

impl fmt::Display for Fingerprint {
    /// In groups of five, as it is read aloud.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:020}", self.0);
        let groups: Vec<&str> =
            (0..4).filter_map(|group| digits.get(group * 5..(group + 1) * 5)).collect();
        f.write_str(&groups.join(" "))
    }
}

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        let digits: String =
            text.chars().filter(|sign| !sign.is_whitespace() && *sign != '-').collect();
        let is_whole = digits.len() == 20 && digits.bytes().all(|digit| digit.is_ascii_digit());
        if is_whole {
            digits.parse().map(Self).map_err(|_| NoFingerprint)
        } else {
            Err(NoFingerprint)
        }
    }
}

/// What a printed page says of the file as it was then; as text, what its QR code holds:
/// `YD1:`, document, heads, place and fingerprint with colons between them, all of it signs that a QR code
/// packs well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperHead {
    /// The document.
    pub document: [u8; 16],
    /// The first 16 bytes of [`hash_of_heads`].
    pub heads: [u8; 16],
    /// The last place of the county's log at which something of it was taken, as far as was known.
    pub seq: u64,
    /// Of the county's key.
    pub fingerprint: Fingerprint,
}

/// Not what a page of ours says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the line under the code: YD1: and four parts with colons between them")]
pub struct NoPaperHead;

impl PaperHead {
    /// The first 16 bytes of the hash over heads, as a page says it.
    #[must_use]
    pub fn of_heads(heads: &[[u8; 32]]) -> [u8; 16] {
        let mut first = [0; 16];
        first.iter_mut().zip(hash_of_heads(heads)).for_each(|(to, from)| *to = from);
        first
    }
}

impl fmt::Display for PaperHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = |bytes: &[u8]| hex_of(bytes).to_uppercase();
        let (document, heads) = (hex(&self.document), hex(&self.heads));
        write!(f, "YD1:{document}:{heads}:{}:{:020}", self.seq, self.fingerprint.0)
    }
}

impl FromStr for PaperHead {
    type Err = NoPaperHead;

    fn from_str(text: &str) -> Result<Self, NoPaperHead> {
        let text: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
        let parts: Vec<&str> = text.split(':').collect();
        let [mark, document, heads, seq, fingerprint] = parts.as_slice() else {
            return Err(NoPaperHead);
        };
        if !mark.eq_ignore_ascii_case("YD1") {
            return Err(NoPaperHead);
        }
        Ok(Self {
            document: sixteen(document)?,
            heads: sixteen(heads)?,
            seq: seq.parse().map_err(|_| NoPaperHead)?,
            fingerprint: fingerprint.parse().map_err(|_| NoPaperHead)?,
        })
    }
}

/// Sixteen bytes in hexadecimal.
fn sixteen(text: &str) -> Result<[u8; 16], NoPaperHead> {
    let is_hex = text.len() == 32 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = u128::from_str_radix(text, 16).ok().filter(|_| is_hex);
    number.map(u128::to_be_bytes).ok_or(NoPaperHead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_read_as_it_was_printed_also_where_the_line_was_broken() {
        let head = PaperHead {
            document: [0xab; 16],
            heads: PaperHead::of_heads(&[[2; 32], [1; 32]]),
            seq: 301,
            fingerprint: Fingerprint::of(&[7; 32]),
        };
        let printed = head.to_string();
        assert_eq!(printed.parse(), Ok(head));
        assert_eq!(printed.to_lowercase().replace(':', ":\n").parse(), Ok(head));
        assert_eq!(head.heads, PaperHead::of_heads(&[[1; 32], [2; 32]]), "heads have no order");
        for wrong in ["", "YD1", "YD2:::0:", &printed[1..], &format!("{printed}:")] {
            assert_eq!(wrong.parse::<PaperHead>(), Err(NoPaperHead), "{wrong}");
        }
    }

    #[test]
    fn a_fingerprint_is_read_as_it_was_printed() {
        let fingerprint = Fingerprint::of(&[7; 32]);
        let printed = fingerprint.to_string();
        assert_eq!(printed.len(), 23, "{printed}");
        assert_eq!(printed.parse(), Ok(fingerprint));
        assert_eq!(printed.replace(' ', "").parse(), Ok(fingerprint));
        assert_eq!(printed.replace(' ', "-").parse(), Ok(fingerprint));
        assert_ne!(Fingerprint::of(&[8; 32]), fingerprint);
        for wrong in ["", "12345", "12345 12345 12345 1234a", "99999 99999 99999 99999"] {
            assert_eq!(wrong.parse::<Fingerprint>(), Err(NoFingerprint), "{wrong}");
        }
    }

    #[test]
    fn a_list_is_signed_for_this_purpose_alone() {
        let seed = SigningSeed([2; 32]);
        let mut bundle = Bundle { version: VERSION, document: vec![4; 16], ..Bundle::default() };
        bundle.sign(&[[6; 32]], &[5; 16], 7, &seed);
        let told = bundle.open_contents(&seed.public_key()).unwrap();
        assert_eq!((told.heads, told.exported_at_ms), (vec![vec![6; 32]], 7));
        bundle.signature = seed.sign(Purpose::Batch, &bundle.contents).to_vec();
        assert!(bundle.open_contents(&seed.public_key()).is_err());
    }

    #[test]
    fn a_later_version_says_so() {
        let later = Bundle { version: VERSION + 1, ..Bundle::default() }.pack();
        assert_eq!(Bundle::unpack(&later), Err(BundleError::Version(VERSION + 1)));
        assert!(matches!(Bundle::unpack(b""), Err(BundleError::Frame(FrameError::Empty))));
        assert_eq!(Bundle::unpack(&[0]), Err(BundleError::Malformed), "of no version");
        assert!(Bundle::unpack(b"%PDF-1.7").is_err());
    }
}
