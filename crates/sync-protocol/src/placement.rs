//! Where the county took things. Whoever holds a batch can show its place to a server that forgot it, to a
//! colleague without a network, to a court.
//!
//! A reply, a page and a proof say at which place of which epoch each batch was taken. One signature covers
//! all of them: the root of a Merkle tree (RFC 6962, section 2.1, with SHA-256) over one leaf each. A device
//! keeps the whole sheet and makes the way from one leaf to the root only when it gives something back.

use prost::Message;
use sha2::{Digest, Sha256};

use crate::signing::{Purpose, SigningSeed, WrongSignature, verify};

/// A hash of the tree.
type Node = [u8; 32];

/// Before a leaf and before two nodes, so that no leaf can stand for a node.
const OF_LEAF: u8 = 0;
const OF_NODES: u8 = 1;

/// What one leaf of a sheet says. The numbers of kinds and the order of fields never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Leaf {
    /// A batch was judged.
    Batch {
        /// The epoch, 16 bytes.
        epoch: [u8; 16],
        /// Its place in the log.
        seq: u64,
        /// The batch.
        batch: [u8; 16],
        /// The number of the [`crate::Verdict`].
        verdict: u32,
    },
    /// A document had these heads after that record: nothing of it was left out.
    Heads {
        /// The epoch, 16 bytes.
        epoch: [u8; 16],
        /// The place of its last record.
        seq: u64,
        /// The document.
        document: [u8; 16],
        /// SHA-256 over its sorted heads.
        heads: [u8; 32],
    },
    /// The county saved a document whole.
    Snapshot {
        /// The epoch, 16 bytes.
        epoch: [u8; 16],
        /// The document.
        document: [u8; 16],
        /// SHA-256 of the save.
        save: [u8; 32],
    },
}

impl Leaf {
    fn hash(&self) -> Node {
        let mut hash = Sha256::new();
        hash.update([OF_LEAF]);
        match self {
            Self::Batch { epoch, seq, batch, verdict } => {
                hash.update([1]);
                hash.update(epoch);
                hash.update(seq.to_be_bytes());
                hash.update(batch);
                hash.update(verdict.to_be_bytes());
            }
            Self::Heads { epoch, seq, document, heads } => {
                hash.update([2]);
                hash.update(epoch);
                hash.update(seq.to_be_bytes());
                hash.update(document);
                hash.update(heads);
            }
            Self::Snapshot { epoch, document, save } => {
                hash.update([3]);
                hash.update(epoch);
                hash.update(document);
                hash.update(save);
            }
        }
        hash.finalize().into()
    }
}

/// SHA-256 over the sorted heads of a document, for [`Leaf::Heads`].
#[must_use]
pub fn hash_of_heads(heads: &[[u8; 32]]) -> [u8; 32] {
    let mut sorted: Vec<&[u8; 32]> = heads.iter().collect();
    sorted.sort();
    sorted.iter().fold(Sha256::new(), |hash, head| hash.chain_update(head)).finalize().into()
}

fn hash_of_nodes(left: &Node, right: &Node) -> Node {
    Sha256::new().chain_update([OF_NODES]).chain_update(left).chain_update(right).finalize().into()
}

/// Where a list of so many is divided: the largest power of two below its length.
const fn middle(length: usize) -> usize {
    let mut half = 1;
    while half * 2 < length {
        half *= 2;
    }
    half
}

fn root_of(nodes: &[Node]) -> Node {
    match nodes {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(middle(many.len()));
            hash_of_nodes(&root_of(left), &root_of(right))
        }
    }
}

/// The hashes beside the way from a leaf to the root, the lowest first.
fn path_of(nodes: &[Node], index: usize) -> Vec<Node> {
    if nodes.len() < 2 {
        return Vec::new();
    }
    let half = middle(nodes.len());
    let (left, right) = nodes.split_at(half);
    let (mut path, beside) = if index < half {
        (path_of(left, index), root_of(right))
    } else {
        (path_of(right, index - half), root_of(left))
    };
    path.push(beside);
    path
}

/// The root to which a path leads from a leaf; none where the path has another length than the tree.
fn root_from(leaf: Node, index: usize, length: usize, path: &[Node]) -> Option<Node> {
    if index >= length {
        return None;
    }
    let Some((beside, below)) = path.split_last() else { return (length == 1).then_some(leaf) };
    if length < 2 {
        return None;
    }
    let half = middle(length);
    if index < half {
        Some(hash_of_nodes(&root_from(leaf, index, half, below)?, beside))
    } else {
        Some(hash_of_nodes(beside, &root_from(leaf, index - half, length - half, below)?))
    }
}

/// Everything that one reply says of places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    nodes: Vec<Node>,
}

impl Sheet {
    /// The sheet of these leaves, in their order.
    #[must_use]
    pub fn of(leaves: &[Leaf]) -> Self {
        Self { nodes: leaves.iter().map(Leaf::hash).collect() }
    }

    /// The hashes of its leaves, as a device keeps them: 32 bytes each.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.nodes.concat()
    }

    /// The sheet with these hashes; none where they are not 32 bytes each.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let chunks = bytes.chunks(size_of::<Node>());
        let nodes = chunks.map(|node| node.try_into().ok()).collect::<Option<Vec<Node>>>()?;
        Some(Self { nodes })
    }

    /// Signs it with the county's key; empty where nothing is said.
    #[must_use]
    pub fn sign(&self, county: &SigningSeed) -> Vec<u8> {
        if self.nodes.is_empty() {
            return Vec::new();
        }
        county.sign(Purpose::Placement, &self.signed()).to_vec()
    }

    /// Whether the county whose key this is signed it.
    ///
    /// # Errors
    ///
    /// [`WrongSignature`], where something is said without its word.
    pub fn check(&self, county_key: &[u8], signature: &[u8]) -> Result<(), WrongSignature> {
        if self.nodes.is_empty() {
            return Ok(());
        }
        verify(county_key, Purpose::Placement, &self.signed(), signature)
    }

    /// Whether the leaf at `index` says just this. Only a sheet that the county signed
    /// ([`Sheet::check`]) is worth asking.
    #[must_use]
    pub fn says(&self, index: usize, leaf: &Leaf) -> bool {
        self.nodes.get(index) == Some(&leaf.hash())
    }

    /// How many leaves it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing is said.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What one leaf needs to be believed without the others; none where there is no such leaf.
    #[must_use]
    pub fn placement(&self, index: usize, signature: &[u8]) -> Option<Placement> {
        self.nodes.get(index)?;
        let path = path_of(&self.nodes, index).iter().map(|node| node.to_vec()).collect();
        Some(Placement {
            index: u32::try_from(index).ok()?,
            leaves: u32::try_from(self.nodes.len()).ok()?,
            path,
            signature: signature.to_vec(),
        })
    }

    fn signed(&self) -> Vec<u8> {
        signed(self.nodes.len(), &root_of(&self.nodes))
    }
}

/// What is signed: how many leaves there are, and the root over them.
fn signed(leaves: usize, root: &Node) -> Vec<u8> {
    let leaves = u32::try_from(leaves).unwrap_or(u32::MAX);
    [&leaves.to_be_bytes()[..], root].concat()
}

/// The way from one leaf to the county's signature.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Placement {
    /// Which leaf of the sheet it is.
    #[prost(uint32, tag = "1")]
    pub index: u32,
    /// How many leaves the sheet has.
    #[prost(uint32, tag = "2")]
    pub leaves: u32,
    /// The hashes beside the way to the root, 32 bytes each, the lowest first.
    #[prost(bytes = "vec", repeated, tag = "3")]
    pub path: Vec<Vec<u8>>,
    /// The county's signature over the sheet.
    #[prost(bytes = "vec", tag = "4")]
    pub signature: Vec<u8>,
}

/// Why a placement is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlacementError {
    /// Not signed by this county, or for something else.
    #[error("the county did not say so")]
    Signature(#[from] WrongSignature),
    /// Not the way from a leaf to a root.
    #[error("malformed")]
    Malformed,
}

impl Placement {
    /// Whether the county whose key this is said what `leaf` says.
    ///
    /// # Errors
    ///
    /// [`PlacementError`].
    pub fn open(&self, leaf: &Leaf, county_key: &[u8]) -> Result<(), PlacementError> {
        let nodes: Option<Vec<Node>> =
            self.path.iter().map(|node| node.as_slice().try_into().ok()).collect();
        let (index, length) = (usize::try_from(self.index), usize::try_from(self.leaves));
        let root = match (nodes, index, length) {
            (Some(path), Ok(index), Ok(length)) => root_from(leaf.hash(), index, length, &path),
            _ => None,
        };
        let root = root.ok_or(PlacementError::Malformed)?;
        let length = usize::try_from(self.leaves).map_err(|_| PlacementError::Malformed)?;
        verify(county_key, Purpose::Placement, &signed(length, &root), &self.signature)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COUNTY: SigningSeed = SigningSeed([1; 32]);

    fn leaf(seq: u64) -> Leaf {
        let mut id = [0; 16];
        id[8..].copy_from_slice(&seq.to_be_bytes());
        match seq % 3 {
            0 => Leaf::Batch { epoch: [7; 16], seq, batch: id, verdict: 2 },
            1 => Leaf::Heads { epoch: [7; 16], seq, document: id, heads: [8; 32] },
            _ => Leaf::Snapshot { epoch: [7; 16], document: id, save: [9; 32] },
        }
    }

    fn sheet(leaves: u64) -> (Vec<Leaf>, Sheet, Vec<u8>) {
        let leaves: Vec<Leaf> = (0..leaves).map(leaf).collect();
        let sheet = Sheet::of(&leaves);
        let signature = sheet.sign(&COUNTY);
        (leaves, sheet, signature)
    }

    proptest! {
        #[test]
        fn every_leaf_opens_where_it_stands_and_nowhere_else(length in 1_u64..70, at in 0_u64..70) {
            let (leaves, sheet, signature) = sheet(length);
            let key = COUNTY.public_key();
            prop_assert!(sheet.check(&key, &signature).is_ok());
            let at = usize::try_from(at % length).unwrap();
            let placement = sheet.placement(at, &signature).unwrap();
            for (index, leaf) in leaves.iter().enumerate() {
                prop_assert_eq!(placement.open(leaf, &key).is_ok(), index == at);
                let moved = Placement { index: u32::try_from(index).unwrap(), ..placement.clone() };
                prop_assert_eq!(moved.open(&leaves[at], &key).is_ok(), index == at);
            }
        }

        #[test]
        fn a_path_that_was_cut_or_made_longer_opens_nothing(length in 2_u64..40, at in 0_u64..40) {
            let (leaves, sheet, signature) = sheet(length);
            let key = COUNTY.public_key();
            let at = usize::try_from(at % length).unwrap();
            let whole = sheet.placement(at, &signature).unwrap();
            let mut cut = whole.clone();
            cut.path.pop();
            prop_assert!(cut.open(&leaves[at], &key).is_err());
            let mut longer = whole.clone();
            longer.path.push(vec![0; 32]);
            prop_assert!(longer.open(&leaves[at], &key).is_err());
            let more = Placement { leaves: whole.leaves + 1, ..whole };
            prop_assert!(more.open(&leaves[at], &key).is_err());
        }
    }

    #[test]
    fn a_node_of_the_tree_is_no_leaf() {
        let (leaves, sheet, signature) = sheet(2);
        let inner = sheet.placement(0, &signature).unwrap();
        let whole = Placement { index: 0, leaves: 1, path: Vec::new(), ..inner };
        assert!(leaves.iter().all(|leaf| whole.open(leaf, &COUNTY.public_key()).is_err()));
    }

    #[test]
    fn another_countys_word_a_missing_word_and_an_empty_sheet() {
        let (leaves, sheet, signature) = sheet(5);
        let other = SigningSeed([2; 32]).public_key();
        assert!(sheet.check(&other, &signature).is_err());
        assert!(sheet.check(&COUNTY.public_key(), &[]).is_err());
        assert!(sheet.placement(3, &signature).unwrap().open(&leaves[3], &other).is_err());
        assert!(sheet.placement(5, &signature).is_none());
        assert_eq!(Sheet::from_bytes(&sheet.to_bytes()), Some(sheet.clone()));
        assert_eq!(Sheet::from_bytes(&sheet.to_bytes()[1..]), None);
        let nothing = Sheet::of(&[]);
        assert!(nothing.sign(&COUNTY).is_empty());
        assert!(nothing.check(&COUNTY.public_key(), &[]).is_ok());
    }

    #[test]
    fn the_tree_is_that_of_rfc_6962() {
        // Three leaves: the first two together, the third beside them.
        let nodes = [[1; 32], [2; 32], [3; 32]];
        let expected = hash_of_nodes(&hash_of_nodes(&nodes[0], &nodes[1]), &nodes[2]);
        assert_eq!(root_of(&nodes), expected);
        assert_eq!([2, 3, 4, 5, 8, 9].map(middle), [1, 2, 2, 4, 4, 8]);
    }

    #[test]
    fn the_order_of_heads_says_nothing() {
        assert_eq!(hash_of_heads(&[[1; 32], [2; 32]]), hash_of_heads(&[[2; 32], [1; 32]]));
        assert_ne!(hash_of_heads(&[[1; 32]]), hash_of_heads(&[[1; 32], [2; 32]]));
    }
}
