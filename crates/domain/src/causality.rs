//! What was known when: the change graph of one document, as far as the rules need it.

/// A set of small numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndexSet {
    words: Vec<u64>,
}

impl IndexSet {
    /// Adds `index`.
    pub fn insert(&mut self, index: usize) {
        let word = index / 64;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(bits) = self.words.get_mut(word) {
            *bits |= 1 << (index % 64);
        }
    }

    /// Whether `index` is in it.
    #[must_use]
    pub fn contains(&self, index: usize) -> bool {
        self.words.get(index / 64).is_some_and(|bits| bits & (1 << (index % 64)) != 0)
    }

    /// Adds everything of `other`.
    pub fn extend(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (bits, more) in self.words.iter_mut().zip(&other.words) {
            *bits |= more;
        }
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self { words: self.words.iter().zip(&other.words).map(|(a, b)| a & b).collect() }
    }
}

/// One change of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeNode {
    /// Its hash.
    pub hash: [u8; 32],
    /// Positions of the changes it was made on; all smaller than its own.
    pub deps: Vec<usize>,
}

/// The changes of a document in causal order; ties stand in the order of start operation and hash,
/// which is the same on every replica.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeGraph {
    nodes: Vec<ChangeNode>,
}

impl ChangeGraph {
    /// The graph of these changes. A dependency that does not stand before its change is dropped.
    #[must_use]
    pub fn new(mut nodes: Vec<ChangeNode>) -> Self {
        for (index, node) in nodes.iter_mut().enumerate() {
            node.deps.retain(|dep| *dep < index);
        }
        Self { nodes }
    }

    /// The changes.
    #[must_use]
    pub fn nodes(&self) -> &[ChangeNode] {
        &self.nodes
    }

    /// How many changes there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The position of the change with this hash, written in hexadecimal.
    #[must_use]
    pub fn find_hex(&self, hex: &str) -> Option<usize> {
        self.nodes.iter().position(|node| hex_of(&node.hash) == hex)
    }

    /// For each change, which of the `marked` changes it knows, itself included. The sets hold
    /// positions within `marked`, so they stay small however long the history is.
    #[must_use]
    pub fn knowledge(&self, marked: &[usize]) -> Vec<IndexSet> {
        let mut known: Vec<IndexSet> = Vec::with_capacity(self.nodes.len());
        for (index, node) in self.nodes.iter().enumerate() {
            let mut set = IndexSet::default();
            for dep in &node.deps {
                if let Some(earlier) = known.get(*dep) {
                    set.extend(earlier);
                }
            }
            for (position, _) in marked.iter().enumerate().filter(|(_, mark)| **mark == index) {
                set.insert(position);
            }
            known.push(set);
        }
        known
    }
}

/// `bytes` in lower-case hexadecimal.
#[must_use]
pub fn hex_of(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |four: u8| DIGITS.get(usize::from(four)).copied().unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(mark: u8, deps: &[usize]) -> ChangeNode {
        ChangeNode { hash: [mark; 32], deps: deps.to_vec() }
    }

    #[test]
    fn two_branches_do_not_know_each_other_until_they_join() {
        // 0 ─ 1 ─┐
        //  └─ 2 ─┴ 3
        let graph =
            ChangeGraph::new(vec![node(0, &[]), node(1, &[0]), node(2, &[0]), node(3, &[1, 2])]);
        let known = graph.knowledge(&[1, 2]);
        assert!(known[1].contains(0) && !known[1].contains(1));
        assert!(!known[2].contains(0) && known[2].contains(1));
        assert!(known[3].contains(0) && known[3].contains(1));
    }

    #[test]
    fn a_dependency_on_what_comes_later_is_dropped() {
        let graph = ChangeGraph::new(vec![node(0, &[1]), node(1, &[0])]);
        assert!(!graph.knowledge(&[1])[0].contains(0));
    }
}
