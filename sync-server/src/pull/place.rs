//! Where a device stands, as the server signs it and the device echoes it.
//!
//! A page of a long answer is cut between two documents, in the order of their last records. Until
//! the last page the device holds nothing complete beyond where it began, so the cursor carries that
//! place too. The first answer of all goes through the log twice: case files that wait for somebody
//! come before everything else. Devices read epoch, place and chain of it and pass over the rest.

use prost::Message;
use yidang_sync_protocol::signing::{Purpose, verify};
use yidang_sync_protocol::{Chain, SignedCursor, SigningSeed};

/// A cursor with what the server alone needs.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Place {
    /// The epoch, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub epoch: Vec<u8>,
    /// The last record before it.
    #[prost(uint64, tag = "2")]
    pub seq: u64,
    /// The first eight bytes of the chain there.
    #[prost(bytes = "vec", tag = "3")]
    pub chain8: Vec<u8>,
    /// Within a long answer: up to where the device held everything when it began.
    #[prost(uint64, optional, tag = "16")]
    pub base: Option<u64>,
    /// Within a long answer: the scope it came from; zero if none.
    #[prost(uint64, tag = "17")]
    pub from_scope: u64,
    /// Within a long answer: the scope it leads to.
    #[prost(uint64, tag = "18")]
    pub to_scope: u64,
    /// Within a long answer: it is the first, to a device that was never here and holds nothing.
    #[prost(bool, tag = "19")]
    pub first: bool,
    /// Within the first answer, behind its first round: open case files whose last record does not
    /// lie beyond this came in that round. Absent within the first round and in other answers.
    #[prost(uint64, optional, tag = "20")]
    pub open_until: Option<u64>,
    /// Up to where the device was told what the county says; absent where that is the place itself.
    #[prost(uint64, optional, tag = "21")]
    pub records_until: Option<u64>,
}

impl Place {
    /// The end of a complete answer.
    #[must_use]
    pub fn at(epoch: &[u8; 16], seq: u64, chain: &Chain) -> Self {
        Self {
            epoch: epoch.to_vec(),
            seq,
            chain8: chain.first8().to_vec(),
            base: None,
            from_scope: 0,
            to_scope: 0,
            first: false,
            open_until: None,
            records_until: None,
        }
    }

    /// Behind a healing: the device holds, or asks by name for, everything of this scope up to here. It was
    /// compared with the scope of that moment, whatever scope the device was told of by a log that was
    /// lost. What the county says is told again from the beginning: it is little, and nobody knows how far
    /// it was told.
    #[must_use]
    pub fn healed(self, scope: u64) -> Self {
        let base = Some(self.seq);
        Self { base, from_scope: scope, to_scope: scope, records_until: Some(0), ..self }
    }

    /// The one scope of which the device holds everything up to the base; none in the middle of an answer.
    #[must_use]
    pub fn holds_all_of(&self) -> Option<u64> {
        let is_whole = self.base == Some(self.seq) && self.from_scope == self.to_scope;
        is_whole.then_some(self.to_scope)
    }

    /// The last record of the county that the device was told.
    #[must_use]
    pub fn records_from(&self) -> u64 {
        self.records_until.or(self.base).unwrap_or(self.seq)
    }

    /// Signs it with the county's key.
    #[must_use]
    pub fn sign(&self, county: &SigningSeed) -> SignedCursor {
        let cursor = self.encode_to_vec();
        let signature = county.sign(Purpose::Cursor, &cursor).to_vec();
        SignedCursor { cursor, signature }
    }

    /// The place in a cursor that the county whose key this is signed.
    #[must_use]
    pub fn open(cursor: &SignedCursor, county_key: &[u8]) -> Option<Self> {
        verify(county_key, Purpose::Cursor, &cursor.cursor, &cursor.signature).ok()?;
        Self::decode(cursor.cursor.as_slice()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_a_healing_the_scope_counts_that_was_compared() {
        let chain = Chain::begin("610621", &[7; 16]);
        let place = Place::at(&[7; 16], 9, &chain);
        assert_eq!(place.holds_all_of(), None, "the device says which scope it was told of");
        let healed = place.clone().healed(5);
        assert_eq!((healed.holds_all_of(), healed.records_from()), (Some(5), 0));
        let halfway = Place { base: Some(4), from_scope: 5, to_scope: 5, ..place };
        assert_eq!(halfway.holds_all_of(), None);
    }

    #[test]
    fn a_device_reads_what_it_needs_and_the_server_finds_all_of_it_again() {
        let seed = SigningSeed([1; 32]);
        let chain = Chain::begin("610621", &[7; 16]);
        let place =
            Place { base: Some(4), from_scope: 5, to_scope: 6, ..Place::at(&[7; 16], 9, &chain) };
        let signed = place.sign(&seed);
        let read = signed.open(&seed.public_key()).unwrap();
        assert_eq!((read.seq, read.epoch, read.chain8.len()), (9, vec![7; 16], 8));
        assert_eq!(Place::open(&signed, &seed.public_key()), Some(place));
        assert_eq!(Place::open(&signed, &SigningSeed([2; 32]).public_key()), None);
    }
}
