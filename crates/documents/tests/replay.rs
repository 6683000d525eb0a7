//! What stands on something that leaves a file is written again, on what was there when it was meant.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use yidang_documents::guard::{admit, scan, survives};
use yidang_documents::{
    Author, Committed, Document, DocumentError, Edit, Gone, Projection, RegisterPath, Replay,
    Scalar, actor_id, project, take_out,
};
use yidang_domain::causality::hex_of;
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader};
use yidang_domain::facts::Source;
use yidang_domain::ids::{DocumentId, ItemKey};

const GRID: &str = "6106211032032007";

/// `user`, in an incarnation of their telephone.
fn author(user: &str, incarnation: u32) -> Author {
    Author {
        actor: actor_id(&[7; 32], &user.into(), &[1; 16], incarnation),
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

fn visit(words: &str) -> Edit {
    Edit::AddEntry(Entry::Visit { words: words.into() })
}

fn place(words: &str) -> Edit {
    Edit::Set(RegisterPath::of("facts", "place"), text(words))
}

fn phone(key: &ItemKey, number: &str) -> Edit {
    Edit::Set(RegisterPath::of_item("parties", key, "phone"), text(number))
}

fn party(name: &str) -> Edit {
    Edit::AddItem("parties", vec![("name", text(name))])
}

/// A file that the county has, written by 王样一 in the first incarnation of her telephone.
fn opened() -> Document {
    let id = DocumentId::of_key("replay");
    let mut file = Document::begin(DocumentKind::CaseFile, id, &GRID.into()).unwrap();
    let found = Edit::AddEntry(Entry::Found { source: Source::Sweep });
    file.commit(&author("u-wang", 0), None, &[party("李例二"), found, place("3组")]).unwrap();
    file
}

fn write(file: &mut Document, edits: &[Edit]) -> Committed {
    file.commit(&author("u-wang", 0), None, edits).unwrap()
}

fn texts(file: &Document) -> Vec<String> {
    let rows = project(file);
    rows.common().entries.iter().filter_map(|row| row.entry().map(Entry::gist)).collect()
}

fn names_and_phones(file: &Document) -> Vec<(String, String)> {
    let Projection::CaseFile(case) = project(file) else { panic!("a case file") };
    case.parties.iter().map(|party| (party.text("name"), party.text("phone"))).collect()
}

/// Writes everything that left again in another incarnation, except `refused`; how each went.
fn again(rest: Document, gone: &[Gone], refused: &Committed) -> (Replay, Vec<Result<(), String>>) {
    let mut replay = Replay::onto(rest);
    let mut went = Vec::new();
    for gone in gone {
        if gone.link.hash == refused.hash {
            replay.leave_out(gone);
            continue;
        }
        let intended = gone.intended.clone().unwrap();
        let done = replay.write_again(gone, &intended, &author("u-wang", 9));
        if done.is_err() {
            replay.leave_out(gone);
        }
        went.push(done.map(drop).map_err(|error| error.to_string()));
    }
    (replay, went)
}

/// The server has what it took before, and takes everything that was written again.
fn taken_by_a_server(start: &Document, file: &Document) -> Document {
    let mut server = start.clone();
    for (hash, bytes) in file.changes_since(&start.heads()) {
        let actor = scan(&bytes).unwrap().actor.as_slice().try_into().unwrap();
        let taken = admit(&mut server, &actor, &bytes);
        assert!(taken.is_ok(), "{}: {taken:?}", hex_of(&hash));
    }
    survives(&server).unwrap();
    server
}

#[test]
fn fifty_visits_behind_something_refused_are_written_again() {
    let start = opened();
    let mut file = start.clone();
    let refused =
        write(&mut file, &[Edit::AddEntry(Entry::Closed { seen: None, words: "结".into() })]);
    for nth in 0..50 {
        write(&mut file, &[visit(&format!("第{nth}次"))]);
    }
    let (rest, gone) = take_out(&file, &BTreeSet::from([refused.hash])).unwrap();
    assert_eq!(rest.heads(), start.heads(), "the refused one and all behind it left");
    assert_eq!(gone.len(), 51);
    let (replay, went) = again(rest, &gone, &refused);
    assert!(went.iter().all(Result::is_ok), "{went:?}");
    let (file, renamed) = replay.finish();
    let server = taken_by_a_server(&start, &file);
    assert_eq!(texts(&server).iter().filter(|text| text.starts_with('第')).count(), 50);
    assert!(!texts(&server).contains(&"结".to_owned()));
    // A form that was opened on the refused one stands on what was there before it.
    let on_refused = renamed.heads(&[hex_of(&refused.hash)]);
    assert_eq!(on_refused, start.heads().iter().map(|hash| hex_of(hash)).collect::<Vec<_>>());
}

#[test]
fn what_was_written_about_a_person_follows_that_person() {
    let start = opened();
    let mut file = start.clone();
    let refused = write(&mut file, &[visit("不收的一条")]);
    let added = write(&mut file, &[party("赵测三")]);
    write(&mut file, &[phone(&added.keys[0], "12000000003")]);
    let (rest, gone) = take_out(&file, &BTreeSet::from([refused.hash])).unwrap();
    let (replay, went) = again(rest, &gone, &refused);
    assert!(went.iter().all(Result::is_ok), "{went:?}");
    let (file, renamed) = replay.finish();
    taken_by_a_server(&start, &file);
    let of_zhao = ("赵测三".to_owned(), "12000000003".to_owned());
    assert!(names_and_phones(&file).contains(&of_zhao));
    // A form that is still open on her under the old key finds her.
    let typed = renamed.edits(&[phone(&added.keys[0], "12000000033")]);
    let mut file = file;
    file.commit(&author("u-wang", 9), None, &typed).unwrap();
    assert!(names_and_phones(&file).contains(&("赵测三".to_owned(), "12000000033".to_owned())));
}

#[test]
fn what_was_written_about_a_person_who_left_is_told() {
    let mut file = opened();
    let refused = write(&mut file, &[party("赵测三")]);
    write(&mut file, &[phone(&refused.keys[0], "12000000003")]);
    write(&mut file, &[visit("去过")]);
    let (rest, gone) = take_out(&file, &BTreeSet::from([refused.hash])).unwrap();
    let (replay, went) = again(rest, &gone, &refused);
    assert!(went[0].is_err() && went[1].is_ok(), "{went:?}");
    assert_eq!(names_and_phones(replay.document()).len(), 1);
    assert!(texts(replay.document()).contains(&"去过".to_owned()));
}

#[test]
fn what_a_colleague_wrote_stays_and_a_clash_with_it_still_shows() {
    let start = opened();
    let mut file = start.clone();
    let refused = write(&mut file, &[visit("不收的一条")]);
    write(&mut file, &[place("5组")]);
    // 李例二 wrote another place meanwhile, without having seen hers.
    let mut of_li = start.clone();
    let theirs = of_li.commit(&author("u-li", 0), None, &[place("4组")]).unwrap();
    file.apply(&[&theirs.bytes]).unwrap();
    let (rest, gone) = take_out(&file, &BTreeSet::from([refused.hash])).unwrap();
    assert!(rest.has(&theirs.hash));
    let (replay, went) = again(rest, &gone, &refused);
    assert_eq!(went, [Ok(())]);
    let (file, _) = replay.finish();
    assert_eq!(project(&file).common().clashes.len(), 1, "asked, and asked once");
    taken_by_a_server(&of_li, &file);
}

#[test]
fn what_stands_there_already_is_not_written_twice() {
    let start = opened();
    let mut file = start.clone();
    let refused = write(&mut file, &[place("5组")]);
    let back = write(&mut file, &[place("3组")]);
    let (rest, gone) = take_out(&file, &BTreeSet::from([refused.hash])).unwrap();
    let mut replay = Replay::onto(rest);
    replay.leave_out(&gone[0]);
    let intended = gone[1].intended.clone().unwrap();
    assert_eq!(gone[1].link.hash, back.hash);
    let done = replay.write_again(&gone[1], &intended, &author("u-wang", 9));
    assert!(matches!(done, Err(DocumentError::Nothing)), "{done:?}");
    assert_eq!(replay.document().heads(), start.heads());
}
