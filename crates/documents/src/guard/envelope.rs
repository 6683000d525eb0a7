//! Who may write the next change, on top of what.

use std::collections::HashMap;

use crate::actor::Actor;
use crate::document::Document;

use super::{GuardError, Outline};

/// No document has more operations; beyond it a successor begins. sync.md 5.2 says 20,000; but a file of
/// 5,000 edits, which design.md 10 wants shown in 50 ms, has up to eight operations in each.
const MOST_OPS_OF_A_DOCUMENT: u64 = 40_000;
/// No document has more authors, that of the first change included (sync.md 5.2).
const MOST_ACTORS_OF_A_DOCUMENT: usize = 256;

/// The changes of a document by their hashes: a linear search for each would let one change cost the
/// square of them.
type Known<'a> = HashMap<[u8; 32], &'a automerge::ChangeMetadata<'a>>;

/// Checks that the change is the author's own.
pub fn is_by(actor: &Actor, outline: &Outline) -> Result<(), GuardError> {
    if outline.actor == actor {
        Ok(())
    } else {
        Err(GuardError::refused("actor", "the change is another actor's"))
    }
}

/// Checks dependencies, sequence and first operation against the document.
pub fn check(document: &Document, actor: &Actor, outline: &Outline) -> Result<(), GuardError> {
    let metas = document.engine.get_changes_meta(&[]);
    let by_hash: Known<'_> = metas.iter().map(|meta| (meta.hash.0, meta)).collect();
    let known = |hash: &[u8; 32]| by_hash.get(hash).copied();
    let missing: Vec<[u8; 32]> =
        outline.deps.iter().filter(|dep| known(dep).is_none()).copied().collect();
    if !missing.is_empty() {
        return Err(GuardError::Parked { missing });
    }
    if outline.deps.is_empty() {
        return Err(GuardError::refused("genesis", "only the first change stands on nothing"));
    }
    let last = metas
        .iter()
        .filter(|meta| meta.actor.to_bytes() == actor)
        .map(|meta| meta.seq)
        .max()
        .unwrap_or(0);
    if outline.seq <= last {
        return Err(GuardError::refused("fork", "another change stands at this sequence number"));
    }
    if outline.seq != last + 1 {
        return Err(GuardError::Parked { missing: Vec::new() });
    }
    let max_op = outline.deps.iter().filter_map(known).map(|meta| meta.max_op).max().unwrap_or(0);
    if outline.start_op != max_op + 1 {
        return Err(GuardError::refused("start_op", "does not continue its dependencies"));
    }
    if outline.start_op + outline.ops > MOST_OPS_OF_A_DOCUMENT {
        return Err(GuardError::refused("too_large", "the document is full"));
    }
    if last == 0 && actors(&metas) >= MOST_ACTORS_OF_A_DOCUMENT {
        return Err(GuardError::refused("too_large", "too many people wrote in the document"));
    }
    own_last_is_known(&by_hash, actor, last, outline)
}

/// How many authors the changes have.
fn actors(metas: &[automerge::ChangeMetadata<'_>]) -> usize {
    let actors: std::collections::BTreeSet<&[u8]> =
        metas.iter().map(|meta| meta.actor.to_bytes()).collect();
    actors.len()
}

/// The author's previous change must be among what this one was made on, directly or through
/// others; the engine takes it for granted.
fn own_last_is_known(
    known: &Known<'_>,
    actor: &Actor,
    last: u64,
    outline: &Outline,
) -> Result<(), GuardError> {
    if last == 0 {
        return Ok(());
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut open: Vec<[u8; 32]> = outline.deps.clone();
    while let Some(hash) = open.pop() {
        if !seen.insert(hash) {
            continue;
        }
        let Some(meta) = known.get(&hash) else { continue };
        if meta.actor.to_bytes() == actor && meta.seq == last {
            return Ok(());
        }
        open.extend(meta.deps.iter().map(|dep| dep.0));
    }
    Err(GuardError::refused("own_history", "made without the author's own previous change"))
}
