//! What a document says while the half of an action waits in it: that half, and whatever was built on it, is
//! in force only once the other half is here or the county took both (等另一半).

use yidang_documents::project::EntryRow;
use yidang_documents::{Document, Projection, project, take_out};

use crate::store::{ReadHalves, StoreError};

/// What a document says while a half waits in it.
pub(crate) struct InForce {
    /// Its rows without that half.
    pub projection: Projection,
    /// Nothing of it is in force, not even its beginning: it stands in no list.
    pub is_nothing: bool,
}

/// What is in force of a document in which a half waits; none where none does, and all of it is.
pub(crate) fn without_halves(
    store: &impl ReadHalves,
    document: &Document,
) -> Result<Option<InForce>, StoreError> {
    let halves = store.halves(document.id())?;
    if halves.is_empty() {
        return Ok(None);
    }
    let (rest, _) = take_out(document, &halves)?;
    Ok(Some(InForce { projection: project(&rest), is_nothing: rest.is_bare() }))
}

/// The rows of what is in force of a document.
pub(crate) fn rows_in_force(
    store: &impl ReadHalves,
    document: &Document,
) -> Result<Projection, StoreError> {
    let waits = without_halves(store, document)?;
    Ok(waits.map_or_else(|| project(document), |in_force| in_force.projection))
}

/// The entries of a document that are not in force, because they are the half of an action or were built on
/// one, in the order of the file.
pub(crate) fn waiting(document: &Document, in_force: &Projection) -> Vec<EntryRow> {
    let mut entries = project(document).common().entries.clone();
    let known = &in_force.common().entries;
    entries.retain(|row| known.iter().all(|other| other.key != row.key));
    entries
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use yidang_documents::{Author, Edit, actor_id};
    use yidang_domain::case_state::Stage;
    use yidang_domain::civil::{Date, InstantMs};
    use yidang_domain::entry::{DocumentKind, Entry, EntryHeader};
    use yidang_domain::facts::Source;
    use yidang_domain::ids::{DocumentId, UserId};
    use yidang_sync_protocol::{BatchHeader, SignedBatch, SigningSeed};

    use super::*;
    use crate::store::{ReadDocuments, Store, StoredBatch, StoredPlace, Write};

    const ENDS: DocumentId = DocumentId::from_bytes([1; 16]);
    const INTO: DocumentId = DocumentId::from_bytes([2; 16]);

    fn li(at: i64) -> Author {
        let seed = SigningSeed([3; 32]);
        let by = UserId::from("u-li");
        let on = Date::constant(2026, 11, 20);
        let (org, device) = ("610621103".into(), "d1".into());
        let actor = actor_id(&seed.public_key(), &by, &[4; 16], 0);
        Author { actor, header: EntryHeader { on, by, org, device }, at: InstantMs(at) }
    }

    fn file(id: DocumentId) -> Document {
        let home = "6106211032032007".into();
        let mut file = Document::begin(DocumentKind::CaseFile, id, &home).unwrap();
        let found = Edit::AddEntry(Entry::Found { source: Source::Sweep });
        file.commit(&li(1), None, &[found]).unwrap();
        file
    }

    /// The half of a joining that is about `file`, as its author signed it.
    fn half(file: &mut Document, with: DocumentId, stands: bool) -> StoredBatch {
        let reason = "同一件事".to_owned();
        let entry = Entry::Joined { seen: None, with, stands, reason };
        let committed = file.commit(&li(2), None, &[Edit::AddEntry(entry)]).unwrap();
        let header = BatchHeader {
            document: file.id().as_bytes().to_vec(),
            certificate: vec![5; 16],
            act: vec![6; 16],
            act_documents: [ENDS, INTO].map(|id| id.as_bytes().to_vec()).to_vec(),
            ..BatchHeader::default()
        };
        let signed: SignedBatch = header.sign(vec![committed.bytes], &SigningSeed([3; 32]));
        StoredBatch {
            id: signed.id().to_vec(),
            document: file.id(),
            header: signed.header,
            signature: signed.signature,
            hashes: vec![committed.hash],
        }
    }

    fn put(write: &Write<'_>, file: &Document, batch: &StoredBatch) -> Result<(), StoreError> {
        write.put_document(file.id(), file.kind(), file.home())?;
        for (hash, bytes) in file.changes_since(&[]) {
            write.put_change(file.id(), &hash, &bytes)?;
        }
        write.put_batch(batch, true)
    }

    fn stage(store: &Store, file: &Document) -> (Stage, Option<DocumentId>) {
        match rows_in_force(store, file).unwrap() {
            Projection::CaseFile(case) => (case.stage, case.joined_into),
            other => panic!("{other:?}"),
        }
    }

    /// 王样一 hands over one file, and later the other: nothing is joined before that, and what 李例二 wrote
    /// behind the half waits with it.
    #[test]
    fn a_half_by_hand_is_in_force_when_the_other_one_comes() {
        let mut store = Store::open(Connection::open_in_memory().unwrap(), None).unwrap();
        let (mut ends, mut into) = (file(ENDS), file(INTO));
        let first = half(&mut ends, INTO, false);
        let second = half(&mut into, ENDS, true);
        let visit = Edit::AddEntry(Entry::Visit { words: "去说了一声".into() });
        ends.commit(&li(3), None, &[visit]).unwrap();
        store.write(|write| put(write, &ends, &first)).unwrap();
        assert_eq!(stage(&store, &ends), (Stage::Found, None));
        let in_force = rows_in_force(&store, &ends).unwrap();
        let labels: Vec<&str> = waiting(&ends, &in_force)
            .iter()
            .filter_map(|row| row.entry().map(|entry| entry.kind().label()))
            .collect();
        assert_eq!(labels, ["并案", "走访"]);
        store.write(|write| put(write, &into, &second)).unwrap();
        assert_eq!(store.other_halves(INTO).unwrap(), [ENDS]);
        assert_eq!(stage(&store, &ends), (Stage::Closed, Some(INTO)));
        assert_eq!(stage(&store, &into), (Stage::Found, None));
        let loaded = store.load(ENDS).unwrap().unwrap();
        assert!(without_halves(&store, &loaded).unwrap().is_none());
    }

    /// Whoever reads one of the files alone never gets the other half: the county's word is enough.
    #[test]
    fn a_half_that_the_county_took_is_in_force_by_itself() {
        let mut store = Store::open(Connection::open_in_memory().unwrap(), None).unwrap();
        let mut ends = file(ENDS);
        let first = half(&mut ends, INTO, false);
        store.write(|write| put(write, &ends, &first)).unwrap();
        assert_eq!(stage(&store, &ends), (Stage::Found, None));
        let place = StoredPlace { sheet: 1, leaf: 0, seq: 7 };
        store.write(|write| write.place_batch(&first.id, place)).unwrap();
        assert_eq!(stage(&store, &ends), (Stage::Closed, Some(INTO)));
    }
}
