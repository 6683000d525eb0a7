//! Values that are put back: what a compensating change writes, and what it leaves alone.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::collections::BTreeSet;

use yidang_documents::guard::{admit, survives};
use yidang_documents::{
    Author, ChangeHash, Document, Edit, Projection, RegisterPath, Scalar, Undoing, actor_id,
    project, undoing, unknown_to_closing,
};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader, EntryKind};
use yidang_domain::facts::Source;
use yidang_domain::ids::{DocumentId, ItemKey};

const GRID: &str = "6106211032032007";

fn author(user: &str) -> Author {
    Author {
        actor: actor_id(&[7; 32], &user.into(), &[1; 16], 0),
        header: EntryHeader {
            on: Date::constant(2026, 11, 20),
            by: user.into(),
            org: GRID.into(),
            device: "d-1".into(),
        },
        at: InstantMs(1_795_132_800_000),
    }
}

fn text(value: &str) -> Scalar {
    Scalar::Text(value.into())
}

fn fact(field: &str, value: &str) -> Edit {
    Edit::Set(RegisterPath::of("facts", field), text(value))
}

fn visit(words: &str) -> Edit {
    Edit::AddEntry(Entry::Visit { words: words.into() })
}

fn write(file: &mut Document, user: &str, edits: &[Edit]) -> ChangeHash {
    file.commit(&author(user), None, edits).unwrap().hash
}

/// A file that 王样一 opened, with 李例二 as a party; the key of that.
fn opened() -> (Document, ItemKey) {
    let id = DocumentId::of_key("undo");
    let mut file = Document::begin(DocumentKind::CaseFile, id, &GRID.into()).unwrap();
    let found = Edit::AddEntry(Entry::Found { source: Source::Sweep });
    let party = Edit::AddItem("parties", vec![("name", text("李例二")), ("phone", text("1"))]);
    let first = [party, found, fact("matter", "争一行梨树"), fact("place", "3组")];
    let committed = file.commit(&author("u-wang"), None, &first).unwrap();
    (file, committed.keys[0].clone())
}

fn of(hashes: &[ChangeHash]) -> BTreeSet<ChangeHash> {
    hashes.iter().copied().collect()
}

/// What would be put, as path and value.
fn puts(undoing: &Undoing) -> Vec<(String, String)> {
    let put = |edit: &Edit| match edit {
        Edit::Set(path, value) => (path.to_string(), value.as_text()),
        other => panic!("registers only: {other:?}"),
    };
    undoing.edits.iter().map(put).collect()
}

fn put(path: &str, value: &str) -> (String, String) {
    (path.to_owned(), value.to_owned())
}

/// Undoes it as the county does, through the guard, and gives the file afterwards.
fn undone(file: &Document, undoing: &Undoing) -> Document {
    let server = author("server");
    let bytes = file.clone().commit(&server, None, &undoing.edits).unwrap().bytes;
    let mut guarded = file.clone();
    admit(&mut guarded, &server.actor, &bytes).unwrap();
    survives(&guarded).unwrap();
    guarded
}

fn place(file: &Document) -> String {
    let Projection::CaseFile(case) = project(file) else { panic!("a case file") };
    case.fact("place")
}

fn kinds(file: &Document) -> Vec<EntryKind> {
    let rows = project(file).common().entries.clone();
    rows.iter().filter_map(|row| row.entry().map(Entry::kind)).collect()
}

#[test]
fn a_value_goes_back_to_the_one_before_and_the_entry_beside_it_stays() {
    let (mut file, _) = opened();
    let wrong = write(&mut file, "u-wang", &[visit("去看过"), fact("place", "5组")]);
    let undoing = undoing(&file, &of(&[wrong]));
    assert_eq!(puts(&undoing), [put("facts.place", "3组")]);
    assert_eq!(undoing.changes, of(&[wrong]));
    let after = undone(&file, &undoing);
    assert_eq!(place(&after), "3组");
    assert_eq!(kinds(&after), [EntryKind::Found, EntryKind::Visit], "and nothing is added");
    assert!(after.has(&wrong), "it stays in the history");
}

#[test]
fn what_somebody_wrote_over_it_is_theirs() {
    let (mut file, _) = opened();
    let wrong = write(&mut file, "u-wang", &[fact("place", "5组")]);
    write(&mut file, "u-li", &[fact("place", "6组")]);
    assert_eq!(undoing(&file, &of(&[wrong])), Undoing::default());
}

#[test]
fn several_values_of_one_author_go_back_to_the_one_before_all_of_them() {
    let (mut file, _) = opened();
    let first = write(&mut file, "u-wang", &[fact("place", "5组")]);
    let second = write(&mut file, "u-wang", &[fact("place", "6组")]);
    assert_eq!(puts(&undoing(&file, &of(&[first, second]))), [put("facts.place", "3组")]);
    // Of the second alone, to the first.
    assert_eq!(puts(&undoing(&file, &of(&[second]))), [put("facts.place", "5组")]);
    assert_eq!(undoing(&file, &of(&[first])), Undoing::default(), "it shows no more");
}

#[test]
fn a_clash_that_is_covered_stays_silent_and_the_other_value_stands() {
    let (mut file, _) = opened();
    let heads = file.heads();
    let wrong = write(&mut file, "u-wang", &[fact("place", "5组")]);
    file.commit_on(&author("u-li"), &heads, &[fact("place", "6组")]).unwrap();
    assert_eq!(project(&file).common().clashes.len(), 1);
    let undoing = undoing(&file, &of(&[wrong]));
    assert_eq!(puts(&undoing), [put("facts.place", "6组")]);
    let after = undone(&file, &undoing);
    assert_eq!(project(&after).common().clashes, []);
    assert_eq!(place(&after), "6组");
    let listed = |entry: &Entry| matches!(entry, Entry::ConflictResolved { values, .. } if values.contains(&"5组".to_owned()));
    let rows = project(&after).common().entries.clone();
    assert!(rows.iter().any(|row| row.entry().is_some_and(listed)), "what stood there is written");
}

#[test]
fn a_clash_between_others_is_left_to_people() {
    let (mut file, _) = opened();
    let heads = file.heads();
    let wrong = write(&mut file, "u-wang", &[fact("place", "5组")]);
    for (user, value) in [("u-li", "6组"), ("u-zhao", "7组")] {
        file.commit_on(&author(user), &heads, &[fact("place", value)]).unwrap();
    }
    assert_eq!(undoing(&file, &of(&[wrong])), Undoing::default());
    // Where both of them wrote the same, nobody is asked.
    let (mut file, _) = opened();
    let heads = file.heads();
    let wrong = write(&mut file, "u-wang", &[fact("place", "5组")]);
    for user in ["u-li", "u-zhao"] {
        file.commit_on(&author(user), &heads, &[fact("place", "6组")]).unwrap();
    }
    assert_eq!(puts(&undoing(&file, &of(&[wrong]))), [put("facts.place", "6组")]);
}

#[test]
fn what_somebody_decided_between_two_values_stays() {
    let (mut file, _) = opened();
    let heads = file.heads();
    write(&mut file, "u-wang", &[fact("place", "5组")]);
    file.commit_on(&author("u-li"), &heads, &[fact("place", "6组")]).unwrap();
    let decided = write(&mut file, "u-zhao", &[fact("place", "8组"), fact("source_no", "12345")]);
    let undoing = undoing(&file, &of(&[decided]));
    assert_eq!(puts(&undoing), [put("facts.source_no", "")], "the other value of the change goes");
}

#[test]
fn items_stay_and_their_fields_go_back() {
    let (mut file, li) = opened();
    let zhao = Edit::AddItem("parties", vec![("name", text("赵测三")), ("phone", text("3"))]);
    let added = file.commit(&author("u-wang"), None, &[zhao]).unwrap();
    let field = |key: &ItemKey, field: &str| RegisterPath::of_item("parties", key, field);
    let changed = write(
        &mut file,
        "u-wang",
        &[
            Edit::Set(field(&added.keys[0], "phone"), text("33")),
            Edit::Set(field(&li, "withdrawn"), Scalar::Flag(true)),
        ],
    );
    let undoing = undoing(&file, &of(&[added.hash, changed]));
    let expected = [
        put(&field(&added.keys[0], "phone").to_string(), "3"),
        put(&field(&li, "withdrawn").to_string(), "false"),
    ];
    let mut told = puts(&undoing);
    told.sort();
    let mut expected = expected.to_vec();
    expected.sort();
    assert_eq!(told, expected);
    assert_eq!(undoing.changes, of(&[changed]), "nothing of the adding is undone");
    let Projection::CaseFile(case) = project(&undone(&file, &undoing)) else { panic!("a file") };
    assert_eq!(case.parties.len(), 2);
}

#[test]
fn a_number_that_nothing_stood_before_and_what_a_file_began_with_stay() {
    let (mut file, _) = opened();
    let people = Edit::Set(RegisterPath::of("facts", "people"), Scalar::Number(4));
    let number = write(&mut file, "u-wang", &[people]);
    assert_eq!(undoing(&file, &of(&[number])), Undoing::default());
    let (file, _) = opened();
    let first = file.changes_since(&[]).last().unwrap().0;
    assert_eq!(undoing(&file, &of(&[first])), Undoing::default());
    assert_eq!(undoing(&file, &of(&[[9; 32]])), Undoing::default(), "what is not here");
}

/// 李例二 closes; 王样一 wrote one value that 李例二 saw, and one that she did not.
#[test]
fn late_is_what_the_closing_did_not_know_and_what_did_not_know_the_closing() {
    let (mut file, _) = opened();
    write(&mut file, "u-li", &[Edit::AddEntry(Entry::Accepted { seen: None, due_on: None })]);
    let seen = write(&mut file, "u-wang", &[fact("place", "5组")]);
    write(&mut file, "u-wang", &[Edit::AddEntry(Entry::CloseAsked { words: "双方满意".into() })]);
    let mut hers = file.clone();
    let late = write(&mut hers, "u-wang", &[fact("place", "6组")]);
    let both = of(&[seen, late]);
    assert!(unknown_to_closing(&hers, &both).is_empty(), "it is not closed");
    write(&mut file, "u-li", &[Edit::AddEntry(Entry::Closed { seen: None, words: "同意".into() })]);
    let changes = hers.changes_since(&[]);
    file.apply_stored(changes.iter().map(|(hash, bytes)| (*hash, bytes.as_slice()))).unwrap();
    assert_eq!(unknown_to_closing(&file, &both), of(&[late]));
    // Opened again it is nobody's business.
    let reopened = Entry::Reopened { seen: None, reason: "又吵了".into() };
    let again = write(&mut file, "u-li", &[Edit::AddEntry(reopened)]);
    assert!(unknown_to_closing(&file, &of(&[late, again])).is_empty());
}
