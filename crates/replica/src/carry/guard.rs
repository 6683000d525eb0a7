//! Bytes that a colleague gives by hand are looked at before the engine gets them, as the server does with
//! what devices send: every change against a copy of its document, and last whether the document survives
//! being saved and loaded (sync.md 1.5). What the county sends needs none of this.
//!
//! It happens on a thread of its own. A panic of the engine blames one batch; the stack is larger than that of
//! the server's worker, so that what passes there passes here.

use std::panic::{AssertUnwindSafe, catch_unwind};

use yidang_api::{Fault, FaultCode};
use yidang_documents::guard::{self, GuardError};
use yidang_documents::{Actor, Document, Projection};

/// Eight times what the server's worker has (docs/decisions/0022).
const STACK_BYTES: usize = 8 << 20;

/// A batch whose author is proved.
pub struct Foreign {
    /// The actor its changes must have.
    pub actor: Actor,
    /// The raw changes, in order.
    pub changes: Vec<Vec<u8>>,
}

/// What was found of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Something in it is new, and all of it may be taken.
    New,
    /// All of it is here.
    Known,
    /// It was made on changes that are not here.
    Waits,
    /// It may not be taken.
    Unsound,
}

/// A document with everything that may be taken into it.
pub struct Admitted {
    /// Its rows.
    pub projection: Projection,
    /// What was found of each batch.
    pub found: Vec<Found>,
}

/// Takes batches into a copy of a document, each after whatever it was made on; none where nothing sound
/// comes of it.
///
/// # Errors
///
/// `internal` where the system gives no thread.
pub fn admit(document: Document, foreign: Vec<Foreign>) -> Result<Option<Admitted>, Fault> {
    let thread = std::thread::Builder::new().name("carry-guard".into()).stack_size(STACK_BYTES);
    let judging = thread
        .spawn(move || judge(&document, &foreign))
        .map_err(|error| Fault::new(FaultCode::Internal, format!("no thread: {error}")))?;
    Ok(judging.join().ok().flatten())
}

fn judge(document: &Document, foreign: &[Foreign]) -> Option<Admitted> {
    let survivor = |document: &Document| {
        let survives = AssertUnwindSafe(|| guard::survives_within_bounds(document));
        catch_unwind(survives).ok()?.ok()
    };
    let (taken, found) = take_all(document, foreign, false);
    if let Some(projection) = survivor(&taken) {
        return Some(Admitted { projection, found });
    }
    // One of them is to blame: it is found batch by batch.
    let (taken, found) = take_all(document, foreign, true);
    survivor(&taken).map(|projection| Admitted { projection, found })
}

/// Takes what can be taken, again and again while something that waited has become possible.
fn take_all(document: &Document, foreign: &[Foreign], each: bool) -> (Document, Vec<Found>) {
    let mut document = document.clone();
    let mut found = vec![Found::Waits; foreign.len()];
    loop {
        let mut has_moved = false;
        for (batch, found) in foreign.iter().zip(&mut found) {
            if *found != Found::Waits {
                continue;
            }
            match catch_unwind(AssertUnwindSafe(|| take_one(&document, batch, each))) {
                Ok(Ok((next, is_new))) => {
                    document = next;
                    *found = if is_new { Found::New } else { Found::Known };
                    has_moved = true;
                }
                Ok(Err(GuardError::Parked { .. })) => {}
                Ok(Err(_)) | Err(_) => *found = Found::Unsound,
            }
        }
        if !has_moved {
            return (document, found);
        }
    }
}

fn take_one(
    document: &Document,
    batch: &Foreign,
    each: bool,
) -> Result<(Document, bool), GuardError> {
    let mut copy = document.clone();
    let mut is_new = false;
    for bytes in &batch.changes {
        match guard::admit(&mut copy, &batch.actor, bytes) {
            Ok(_) => is_new = true,
            Err(GuardError::Duplicate) => {}
            Err(error) => return Err(error),
        }
    }
    if each {
        guard::survives_within_bounds(&copy)?;
    }
    Ok((copy, is_new))
}

#[cfg(test)]
mod tests {
    use yidang_documents::{Author, Edit};
    use yidang_domain::civil::InstantMs;
    use yidang_domain::entry::{DocumentKind, Entry, EntryHeader};
    use yidang_domain::ids::DocumentId;

    use super::*;

    const WANG: Actor = [1; 16];
    const ZHAO: Actor = [2; 16];

    fn file() -> Document {
        let id = DocumentId::from_bytes([7; 16]);
        Document::begin(DocumentKind::CaseFile, id, &"6106211032032007".into()).unwrap()
    }

    fn visit(document: &mut Document, actor: Actor, words: &str) -> Vec<u8> {
        let header = EntryHeader {
            on: "2026-11-20".parse().unwrap(),
            by: "u-wang".into(),
            org: "6106211032032007".into(),
            device: "d-1".into(),
        };
        let author = Author { actor, header, at: InstantMs(1_795_132_800_000) };
        let entry = Entry::Visit { words: words.into() };
        document.commit(&author, None, &[Edit::AddEntry(entry)]).unwrap().bytes
    }

    fn found(document: &Document, batches: &[(Actor, &[u8])]) -> (usize, Vec<Found>) {
        let foreign = batches
            .iter()
            .map(|(actor, bytes)| Foreign { actor: *actor, changes: vec![bytes.to_vec()] })
            .collect();
        let admitted = admit(document.clone(), foreign).unwrap().unwrap();
        (admitted.projection.common().entries.len(), admitted.found)
    }

    /// 王样一 goes there, 赵测三 after her; what he wrote comes first.
    #[test]
    fn what_comes_before_its_ground_waits_for_it_and_comes_twice_in_vain() {
        let (empty, mut written) = (file(), file());
        let first = visit(&mut written, WANG, "去看过");
        let second = visit(&mut written, ZHAO, "又去看过");
        let (entries, both) = found(&empty, &[(ZHAO, &second), (WANG, &first)]);
        assert_eq!((entries, both), (2, vec![Found::New, Found::New]));
        assert_eq!(found(&empty, &[(ZHAO, &second)]).1, [Found::Waits]);
        assert_eq!(found(&written, &[(WANG, &first)]).1, [Found::Known]);
    }

    #[test]
    fn one_that_is_forged_or_broken_leaves_the_others_alone() {
        let (empty, mut written) = (file(), file());
        let first = visit(&mut written, WANG, "去看过");
        let mut broken = first.clone();
        let last = broken.len() - 1;
        broken[last] ^= 1;
        let found = found(&empty, &[(ZHAO, &first), (WANG, &broken), (WANG, &first)]);
        assert_eq!(found, (1, vec![Found::Unsound, Found::Unsound, Found::New]));
    }
}
