//! 县级重录: what goes on from a document that was destroyed, and what the guard takes of it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use yidang_documents::guard::{GuardError, admit, survives};
use yidang_documents::{
    AgainError, Author, CaseProjection, Document, Edit, Projection, RegisterPath, Scalar, actor_id,
    go_on, project,
};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader, EntryKind};
use yidang_domain::facts::Source;
use yidang_domain::ids::DocumentId;
use yidang_domain::rights::Act;

const GRID: &str = "6106211032032007";
const BASIS: &str = "延检〔2026〕5号";
const SERVER: &str = "server";

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

fn write(file: &mut Document, user: &str, edits: &[Edit]) -> Vec<u8> {
    file.commit(&author(user), None, edits).unwrap().bytes
}

/// A file of 王样一 about 张试三 and 常试五, accepted by 李例二, with an official number.
fn told() -> Document {
    let id = DocumentId::of_key("again");
    let mut file = Document::begin(DocumentKind::CaseFile, id, &GRID.into()).unwrap();
    let party = |name: &str, phone: &str| {
        Edit::AddItem("parties", vec![("name", text(name)), ("phone", text(phone))])
    };
    let found = Edit::AddEntry(Entry::Found { source: Source::Sweep });
    let first = [
        party("张试三", "12000000031"),
        party("常试五", "12000000051"),
        fact("matter", "张试三和常试五争一行梨树"),
        fact("place", "下盘石村3组"),
        found,
    ];
    write(&mut file, "u-wang", &first);
    write(&mut file, "u-wang", &[visit("常试五说电话是12000000051")]);
    let accepted = Entry::Accepted { seen: None, due_on: Some(Date::constant(2026, 12, 20)) };
    write(&mut file, "u-li", &[Edit::AddEntry(accepted)]);
    let number = Entry::NumberIssued { number: "延张调〔2026〕12号".into() };
    write(&mut file, SERVER, &[Edit::AddEntry(number)]);
    file
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

fn next(old: &Document, without: &[&str]) -> (Document, Vec<Vec<u8>>) {
    let id = DocumentId::of_key(&format!("{} goes on", old.id()));
    let (document, changes) = go_on(old, id, BASIS, &words(without), &author(SERVER)).unwrap();
    (document, changes.into_iter().map(|change| change.bytes).collect())
}

/// The same as somebody takes it who knows nothing but its beginning, through the guard.
fn taken(document: &Document, changes: &[Vec<u8>]) -> Document {
    let (kind, id) = (document.kind(), document.id());
    let mut taken = Document::begin(kind, id, document.home()).unwrap();
    for bytes in changes {
        let did = admit(&mut taken, &author(SERVER).actor, bytes).unwrap();
        assert!(did.acts.contains(&Act::Add(EntryKind::Succeeds)), "{:?}", did.acts);
        assert!(did.entries.iter().all(|(_, header, _)| header.by.as_str() == SERVER));
    }
    assert_eq!(taken.heads(), document.heads());
    survives(&taken).unwrap();
    taken
}

fn case(document: &Document) -> CaseProjection {
    match project(document) {
        Projection::CaseFile(case) => case,
        other => panic!("{other:?}"),
    }
}

fn holds(document: &Document, words: &str) -> bool {
    let bytes = document.save_uncompressed();
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

#[test]
fn what_is_kept_stands_as_it_was_written_and_what_was_cut_stands_nowhere() {
    let old = told();
    let (new, changes) = next(&old, &["常试五", "12000000051"]);
    let new = taken(&new, &changes);
    assert!(holds(&old, "常试五") && holds(&old, "12000000051"));
    assert!(!holds(&new, "常试五") && !holds(&new, "12000000051"));
    let (before, after) = (case(&old), case(&new));
    assert_eq!(after.parties.len(), 1, "whoever is named by a word is left out");
    assert_eq!(after.parties[0].key, before.parties[0].key, "under the old key");
    assert_eq!(after.fact("matter"), "张试三和〔已删〕争一行梨树");
    assert_eq!(
        (after.stage, &after.number, after.due_on),
        (before.stage, &before.number, before.due_on)
    );
    let goes_on = after.common.entries.iter().filter(|row| !row.again).collect::<Vec<_>>();
    let expected = Entry::Succeeds {
        predecessor: old.id(),
        heads: before.common.heads.clone(),
        basis: BASIS.into(),
    };
    assert_eq!(goes_on.iter().map(|row| row.entry().unwrap()).collect::<Vec<_>>(), [&expected]);
    let kept = after.common.entries.iter().filter(|row| row.again).collect::<Vec<_>>();
    assert_eq!(kept.len(), before.common.entries.len());
    for (kept, was) in kept.iter().zip(&before.common.entries) {
        assert_eq!((&kept.key, &kept.mark, &kept.change), (&was.key, &was.mark, &was.change));
        assert_eq!(kept.header, was.header);
    }
    let said = Entry::Visit { words: "〔已删〕说电话是〔已删〕".into() };
    assert_eq!(kept[1].entry(), Some(&said));
}

#[test]
fn its_people_write_on_and_no_key_of_theirs_stands_twice() {
    let old = told();
    let (new, changes) = next(&old, &["常试五"]);
    let mut file = taken(&new, &changes);
    for user in ["u-wang", "u-li"] {
        let mut copy = file.clone();
        let party = Edit::AddItem("parties", vec![("name", text("高模六"))]);
        let bytes = write(&mut copy, user, &[visit("又去看了"), party]);
        let did = admit(&mut file, &author(user).actor, &bytes).unwrap();
        assert!(!did.acts.contains(&Act::Add(EntryKind::Succeeds)));
    }
    let after = case(&file);
    assert_eq!(after.common.entries.len(), case(&old).common.entries.len() + 3);
    assert_eq!(after.parties.len(), 3);
    // It goes on a second time, and they write on again.
    let (new, changes) = next(&file, &["高模六"]);
    let mut file = taken(&new, &changes);
    let bytes = write(&mut file.clone(), "u-wang", &[visit("第三回")]);
    admit(&mut file, &author("u-wang").actor, &bytes).unwrap();
    let last = case(&file);
    assert_eq!(last.common.entries.len(), after.common.entries.len() + 2);
    assert!(last.common.entries.iter().filter(|row| !row.again).count() == 2);
    assert_eq!(last.parties.len(), 1);
}

#[test]
fn nobody_writes_beside_it_and_nobody_brings_a_key_of_before() {
    let old = told();
    let (new, changes) = next(&old, &["常试五"]);
    let mut file = taken(&new, &changes);
    // On the beginning alone, where a key of the old document would be free.
    let mut beside = Document::begin(new.kind(), new.id(), new.home()).unwrap();
    let bytes = write(&mut beside, "u-wang", &[visit("不知道重录")]);
    let refused = admit(&mut file, &author("u-wang").actor, &bytes).unwrap_err();
    assert!(matches!(&refused, GuardError::Refused { code: "grammar", .. }), "{refused:?}");
    // The county's own bytes under another name: the actor is not theirs.
    let mut fresh = Document::begin(new.kind(), new.id(), new.home()).unwrap();
    let refused = admit(&mut fresh, &author("u-wang").actor, &changes[0]).unwrap_err();
    assert!(matches!(&refused, GuardError::Refused { .. }), "{refused:?}");
    // Somebody records again under their own name: well-formed, and an act that nobody but the server has.
    let id = DocumentId::of_key("forged");
    let (_, forged) = go_on(&old, id, BASIS, &words(&["常试五"]), &author("u-wang")).unwrap();
    let mut fresh = Document::begin(new.kind(), id, new.home()).unwrap();
    let did = admit(&mut fresh, &author("u-wang").actor, &forged[0].bytes).unwrap();
    assert!(did.acts.contains(&Act::Add(EntryKind::Succeeds)));
    // Without the entry that begins it, no key of before is taken.
    let (mut plain, mut other) = (told(), told());
    write(&mut other, "u-wang", &[visit("再去")]);
    let bytes = other.changes_since(&plain.heads())[0].1.clone();
    admit(&mut plain, &author("u-wang").actor, &bytes).unwrap();
}

#[test]
fn decisions_that_stand_against_each_other_still_do() {
    let mut file = told();
    let mut other = file.clone();
    let asked = Edit::AddEntry(Entry::CloseAsked { words: "已履行".into() });
    write(&mut file, "u-wang", &[asked]);
    let asked = file.clone();
    let closed = Edit::AddEntry(Entry::Closed { seen: None, words: "同意".into() });
    let returned =
        Entry::Returned { seen: None, field: "place".into(), reason: "缺组别".into() };
    let one = write(&mut file, "u-li", &[closed]);
    let mut beside = asked.clone();
    let two = write(&mut beside, "u-county", &[Edit::AddEntry(returned)]);
    let three = write(&mut other, "u-wang2", &[visit("没看到决定")]);
    file.apply(&[&one, &two, &three]).unwrap();
    let before = case(&file);
    assert_eq!(before.against.len(), 2);
    let (new, changes) = next(&file, &["常试五"]);
    let after = case(&taken(&new, &changes));
    assert_eq!((after.stage, &after.against), (before.stage, &before.against));
    assert_eq!((&after.void, &after.late), (&before.void, &before.late));
}

#[test]
fn values_that_clash_are_listed_and_one_of_them_shows() {
    let mut file = told();
    let mut other = file.clone();
    write(&mut file, "u-wang", &[fact("place", "下盘石村4组")]);
    let theirs = write(&mut other, "u-li", &[fact("place", "下盘石村5组")]);
    file.apply(&[&theirs]).unwrap();
    let shown = case(&file).fact("place");
    let (new, changes) = next(&file, &["常试五"]);
    let after = case(&taken(&new, &changes));
    assert_eq!(after.fact("place"), shown);
    assert!(after.common.clashes.is_empty());
    let listed = after.entries_of(EntryKind::ConflictResolved).find(|row| !row.again).unwrap();
    let expected = Entry::ConflictResolved {
        field: "facts.place".into(),
        values: vec!["下盘石村4组".into(), "下盘石村5组".into()],
        chosen: shown,
    };
    assert_eq!(listed.entry(), Some(&expected));
}

#[test]
fn a_long_file_goes_on_in_several_changes() {
    let mut file = told();
    for n in 0..1_200 {
        write(&mut file, "u-wang", &[visit(&format!("第{n}次去，常试五不在"))]);
    }
    let (new, changes) = next(&file, &["常试五"]);
    assert!(changes.len() > 3, "{}", changes.len());
    let mut taken = taken(&new, &changes);
    let (before, after) = (case(&file), case(&taken));
    assert_eq!(after.common.entries.len(), before.common.entries.len() + 1);
    assert!(!holds(&taken, "常试五"));
    let bytes = write(&mut taken.clone(), "u-li", &[visit("还去")]);
    admit(&mut taken, &author("u-li").actor, &bytes).unwrap();
}

#[test]
fn a_word_that_stands_nowhere_is_somebodys_slip_and_one_that_was_overwritten_is_not() {
    let mut old = told();
    let go_on = |old: &Document, word: &str| {
        go_on(old, DocumentId::of_key("next"), BASIS, &words(&[word]), &author(SERVER))
    };
    assert!(matches!(go_on(&old, "常试六"), Err(AgainError::NotThere)));
    write(&mut old, "u-wang", &[fact("place", "上盘石村1组")]);
    let (next, _) = go_on(&old, "下盘石村3组").unwrap();
    assert!(!holds(&next, "下盘石村3组") && case(&next).fact("place") == "上盘石村1组");
}

#[test]
fn a_household_loses_a_member_by_order() {
    let id = DocumentId::of_key("home");
    let mut home = Document::begin(DocumentKind::Household, id, &GRID.into()).unwrap();
    let member = |name: &str| Edit::AddItem("members", vec![("name", text(name))]);
    write(&mut home, "u-wang", &[fact("address", "3组12号"), member("张试三"), member("常试五")]);
    let seen = Entry::HouseholdSeen { words: "常试五在家".into() };
    write(&mut home, "u-wang", &[Edit::AddEntry(seen)]);
    let (new, changes) = next(&home, &["常试五"]);
    let new = taken(&new, &changes);
    let Projection::Household(after) = project(&new) else { panic!("a household") };
    assert_eq!(after.members.iter().map(|row| row.text("name")).collect::<Vec<_>>(), ["张试三"]);
    assert_eq!(after.fact("address"), "3组12号");
    assert!(!holds(&new, "常试五"));
}
