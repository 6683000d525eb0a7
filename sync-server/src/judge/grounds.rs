//! What a batch was made on: whether all of it is here, still to come, or refused. Pure.

use std::collections::BTreeSet;

use yidang_documents::{Actor, ChangeHash, guard};
use yidang_sync_protocol::SignedBatch;

use super::examine::No;

/// A change that a batch was made on and that is neither in the document nor earlier in the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lacking {
    /// The place in the batch of the first change that was made on it.
    pub position: u32,
    /// Its hash.
    pub hash: ChangeHash,
}

/// What the changes of a batch say of themselves. All of them are looked at before the first is taken,
/// so that what waits is its author's own to the last change.
///
/// # Errors
///
/// [`No::Refused`] with the place of a change that cannot be read or is another actor's.
pub(super) fn outlines(batch: &SignedBatch, actor: &Actor) -> Result<Vec<guard::Outline>, No> {
    let mut all = Vec::with_capacity(batch.changes.len());
    for (position, bytes) in (0_u32..).zip(&batch.changes) {
        let outline = guard::scan(bytes).map_err(|error| No::from(error).at(position))?;
        if outline.actor != actor {
            return Err(No::refused("actor", "the change is another actor's").at(position));
        }
        all.push(outline);
    }
    Ok(all)
}

/// What a batch was made on and lacks, each once, in the order in which it is needed.
pub(super) fn lacking(
    outlines: &[guard::Outline],
    has: impl Fn(&ChangeHash) -> bool,
) -> Vec<Lacking> {
    let mut seen = BTreeSet::new();
    let mut lacking = Vec::new();
    for (position, outline) in (0_u32..).zip(outlines) {
        for dep in &outline.deps {
            if seen.insert(*dep) && !has(dep) {
                lacking.push(Lacking { position, hash: *dep });
            }
        }
        seen.insert(outline.hash);
    }
    lacking
}

/// The place of the first change of a batch that was made on `hash`.
pub(super) fn made_on(batch: &SignedBatch, hash: &ChangeHash) -> u32 {
    let is_on = |bytes: &Vec<u8>| guard::scan(bytes).is_ok_and(|o| o.deps.contains(hash));
    let place = batch.changes.iter().position(is_on).unwrap_or_default();
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(hash: u8, deps: &[u8]) -> guard::Outline {
        guard::Outline {
            hash: [hash; 32],
            actor: vec![7; 16],
            seq: 1,
            start_op: 1,
            deps: deps.iter().map(|dep| [*dep; 32]).collect(),
            time_ms: 0,
            ops: 1,
        }
    }

    #[test]
    fn what_stands_earlier_in_the_batch_is_not_lacking() {
        let batch = [outline(1, &[9]), outline(2, &[1]), outline(3, &[2, 8])];
        assert_eq!(
            lacking(&batch, |hash| *hash == [9; 32]),
            [Lacking { position: 2, hash: [8; 32] }]
        );
    }

    #[test]
    fn what_stands_later_in_the_batch_and_what_is_needed_twice_is_lacking_once() {
        let batch = [outline(1, &[2]), outline(2, &[9]), outline(3, &[9])];
        let places: Vec<(u32, u8)> =
            lacking(&batch, |_| false).iter().map(|l| (l.position, l.hash[0])).collect();
        assert_eq!(places, [(0, 2), (1, 9)]);
    }
}
