//! Three people write one file, and everybody ends with the same one.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use yidang_documents::guard::{GuardError, admit, survives};
use yidang_documents::project::Projection;
use yidang_documents::{
    Author, Document, Edit, RegisterPath, Scalar, actor_id, differences, project,
};
use yidang_domain::case_state::Stage;
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader};
use yidang_domain::facts::Source;
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::rights::Act;

fn author(user: &str, minute: i64) -> Author {
    Author {
        actor: actor_id(&[u8::try_from(user.len()).unwrap(); 32], &user.into(), &[9; 16], 0),
        header: EntryHeader {
            on: Date::constant(2026, 11, 20),
            by: user.into(),
            org: "6106211032032007".into(),
            device: "d1".into(),
        },
        at: InstantMs(1_795_000_000_000 + minute * 60_000),
    }
}

fn home() -> OrgCode {
    "6106211032032007".into()
}

fn text(value: &str) -> Scalar {
    Scalar::Text(value.into())
}

/// 王样一 opens a file with one party.
fn opened() -> Document {
    let mut file =
        Document::begin(DocumentKind::CaseFile, DocumentId::of_key("story"), &home()).unwrap();
    file.commit(
        &author("王样一", 0),
        None,
        &[
            Edit::Set(
                RegisterPath::of("facts", "matter"),
                text("两家果园地界埂被推平, 争一行梨树。"),
            ),
            Edit::Set(RegisterPath::of("facts", "category"), text("0901")),
            Edit::Set(RegisterPath::of("facts", "risk"), Scalar::Number(3)),
            Edit::AddItem(
                "parties",
                vec![("name", text("李例二")), ("side", text("b")), ("phone", text("12000000002"))],
            ),
            Edit::AddEntry(Entry::Found { source: Source::Sweep }),
        ],
    )
    .unwrap();
    file
}

fn phone(file: &Document) -> RegisterPath {
    let reading = file.read();
    RegisterPath::of_item("parties", &reading.items["parties"][0].key, "phone")
}

fn case(file: &Document) -> yidang_documents::CaseProjection {
    match project(file) {
        Projection::CaseFile(case) => case,
        other => panic!("{other:?}"),
    }
}

#[test]
fn three_devices_that_make_the_same_visit_day_offline_make_one_document() {
    let id = DocumentId::of_key("visit_day/610621103203/2026-11-20");
    let days: Vec<Document> = ["王样一", "刘演四", "张试三丰"]
        .iter()
        .map(|who| {
            let mut day =
                Document::begin(DocumentKind::VisitDay, id, &"610621103203".into()).unwrap();
            let entry = Entry::WalkIn {
                visitors: format!("{who}的来访人"),
                people: 1,
                matter: "问低保".into(),
                case_file: None,
            };
            day.commit(&author(who, 1), None, &[Edit::AddEntry(entry)]).unwrap();
            day
        })
        .collect();
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let merged: Vec<Projection> = orders
        .iter()
        .map(|order| {
            let mut all = days[order[0]].clone();
            for index in &order[1..] {
                let changes = days[*index].changes_since(&[]);
                let bytes: Vec<&[u8]> = changes.iter().map(|(_, bytes)| bytes.as_slice()).collect();
                all.apply(&bytes).unwrap();
            }
            project(&all)
        })
        .collect();
    assert_eq!(merged[0].common().entries.len(), 3);
    assert!(merged.iter().all(|projection| projection == &merged[0]));
}

#[test]
fn two_phones_that_change_one_number_show_both_and_one_of_them_settles_it() {
    let mut wang = opened();
    let mut township = wang.clone();
    let path = phone(&wang);
    wang.commit(&author("王样一", 5), None, &[Edit::Set(path.clone(), text("12000000021"))])
        .unwrap();
    township
        .commit(&author("李例二", 6), None, &[Edit::Set(path.clone(), text("12000000012"))])
        .unwrap();
    exchange(&mut wang, &mut township);
    let clash = &case(&wang).common.clashes[0];
    assert_eq!(clash.before, Some(text("12000000002")));
    assert_eq!(clash.values.len(), 2);
    assert_eq!(case(&wang), case(&township));

    wang.commit(&author("王样一", 9), None, &[Edit::Set(path, text("12000000012"))]).unwrap();
    exchange(&mut wang, &mut township);
    assert!(case(&township).common.clashes.is_empty());
    let resolved = case(&township).common.entries.into_iter().find_map(|row| match row.entry() {
        Some(Entry::ConflictResolved { values, chosen, .. }) => {
            Some((values.clone(), chosen.clone()))
        }
        _ => None,
    });
    let listed = vec!["12000000012".to_owned(), "12000000021".to_owned()];
    assert_eq!(resolved, Some((listed, "12000000012".to_owned())));
}

/// Whichever of the two values is chosen, also the one that shows already: a put, never a delete.
#[test]
fn two_people_who_settle_a_clash_differently_get_a_new_card() {
    for (first, second) in [("12000000021", "12000000012"), ("12000000012", "12000000021")] {
        let mut wang = opened();
        let mut township = wang.clone();
        let path = phone(&wang);
        let set = |phone: &str| [Edit::Set(path.clone(), text(phone))];
        wang.commit(&author("王样一", 5), None, &set("12000000021")).unwrap();
        township.commit(&author("李例二", 6), None, &set("12000000012")).unwrap();
        exchange(&mut wang, &mut township);
        let server = wang.clone();
        wang.commit(&author("王样一", 9), None, &set(first)).unwrap();
        township.commit(&author("李例二", 9), None, &set(second)).unwrap();
        for (document, who) in [(&wang, "王样一"), (&township, "李例二")] {
            let (_, bytes) = document.changes_since(&server.heads()).remove(0);
            let mut guarded = server.clone();
            admit(&mut guarded, &author(who, 0).actor, &bytes).unwrap();
            survives(&guarded).unwrap();
            assert!(case(&guarded).common.clashes.is_empty());
        }
        exchange(&mut wang, &mut township);
        assert_eq!(case(&wang).common.clashes[0].values.len(), 2);
        assert_eq!(case(&wang), case(&township));
    }
}

#[test]
fn two_people_who_settle_a_clash_alike_are_asked_nothing_more() {
    let mut wang = opened();
    let mut township = wang.clone();
    let path = phone(&wang);
    let set = |phone: &str| [Edit::Set(path.clone(), text(phone))];
    wang.commit(&author("王样一", 5), None, &set("12000000021")).unwrap();
    township.commit(&author("李例二", 6), None, &set("12000000012")).unwrap();
    exchange(&mut wang, &mut township);
    wang.commit(&author("王样一", 9), None, &set("12000000012")).unwrap();
    township.commit(&author("李例二", 9), None, &set("12000000012")).unwrap();
    exchange(&mut wang, &mut township);
    assert!(case(&wang).common.clashes.is_empty());
    assert_eq!(case(&wang), case(&township));
}

#[test]
fn a_value_that_arrived_while_a_form_was_open_makes_a_card() {
    let mut wang = opened();
    let form = wang.heads();
    let path = phone(&wang);
    let mut township = wang.clone();
    township
        .commit(&author("李例二", 6), None, &[Edit::Set(path.clone(), text("12000000012"))])
        .unwrap();
    exchange(&mut wang, &mut township);
    let committed = wang
        .commit(&author("王样一", 9), Some(&form), &[Edit::Set(path, text("12000000021"))])
        .unwrap();
    assert!(committed.forked);
    assert_eq!(case(&wang).common.clashes.len(), 1);
    exchange(&mut wang, &mut township);
    assert_eq!(case(&wang), case(&township));
}

/// 王样一 leaves a form open, takes what came, writes something else, and saves the old form: her own change
/// stands on what came, so the value of the form is written by another actor of hers.
#[test]
fn a_form_older_than_ones_own_later_work_covers_nothing_unseen() {
    let mut wang = opened();
    let form = wang.heads();
    let path = phone(&wang);
    let edits = [Edit::Set(path.clone(), text("12000000021"))];
    let first = author("王样一", 9);
    assert!(!wang.covers_unseen(&first, &form, &edits), "nothing came yet");
    let mut township = wang.clone();
    township.commit(&author("李例二", 6), None, &[Edit::Set(path, text("12000000012"))]).unwrap();
    exchange(&mut wang, &mut township);
    assert!(!wang.covers_unseen(&first, &form, &edits), "she can write beside it");
    let risk = RegisterPath::of("facts", "risk");
    wang.commit(&first, None, &[Edit::Set(risk, Scalar::Number(2))]).unwrap();
    assert!(wang.covers_unseen(&first, &form, &edits));
    // Beside a third value, which she could write beside, the one below her own change is covered all the same.
    let mut third = opened();
    third
        .commit(&author("高样五", 7), None, &[Edit::Set(phone(&third), text("12000000013"))])
        .unwrap();
    let mut both = wang.clone();
    exchange(&mut both, &mut third);
    assert!(both.covers_unseen(&first, &form, &edits));
    let again = Author { actor: [9; 16], ..first };
    let committed = wang.commit_on(&again, &form, &edits).unwrap();
    assert!(committed.forked);
    assert_eq!(case(&wang).common.clashes.len(), 1);
    exchange(&mut wang, &mut township);
    assert_eq!(case(&wang), case(&township));
}

#[test]
fn different_fields_at_the_same_time_ask_nobody() {
    let mut wang = opened();
    let mut township = wang.clone();
    wang.commit(
        &author("王样一", 5),
        None,
        &[Edit::Set(RegisterPath::of("facts", "place"), text("下盘石村3组"))],
    )
    .unwrap();
    township
        .commit(
            &author("李例二", 6),
            None,
            &[Edit::Set(RegisterPath::of("facts", "risk"), Scalar::Number(2))],
        )
        .unwrap();
    exchange(&mut wang, &mut township);
    assert!(case(&wang).common.clashes.is_empty());
    assert_eq!(case(&wang).fact("risk"), "2");
}

fn exchange(a: &mut Document, b: &mut Document) {
    let (from_a, from_b) = (a.changes_since(&b.heads_known_to(a)), b.changes_since(&[]));
    let bytes = |changes: &[([u8; 32], Vec<u8>)]| -> Vec<Vec<u8>> {
        changes.iter().map(|(_, bytes)| bytes.clone()).collect()
    };
    let (from_a, from_b) = (bytes(&from_a), bytes(&from_b));
    a.apply(&from_b.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
    b.apply(&from_a.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
}

trait Known {
    fn heads_known_to(&self, other: &Document) -> Vec<[u8; 32]>;
}
impl Known for Document {
    fn heads_known_to(&self, other: &Document) -> Vec<[u8; 32]> {
        self.heads().into_iter().filter(|hash| other.has(hash)).collect()
    }
}

/// What the app emits, the guard takes, change by change, and says which acts it performs.
#[test]
fn the_guard_takes_what_the_app_writes() {
    let file = opened();
    let mut server =
        Document::begin(DocumentKind::CaseFile, DocumentId::of_key("story"), &home()).unwrap();
    let genesis = server.heads();
    for (_, bytes) in file.changes_since(&genesis) {
        let performed = admit(&mut server, &author("王样一", 0).actor, &bytes).unwrap();
        assert_eq!(
            performed.acts,
            [Act::EditCaseFile, Act::Add(yidang_domain::entry::EntryKind::Found)]
        );
        assert_eq!(
            admit(&mut server, &author("王样一", 0).actor, &bytes),
            Err(GuardError::Duplicate)
        );
    }
    survives(&server).unwrap();
    assert_eq!(project(&server), project(&file));
    assert_eq!(case(&server).stage, Stage::Found);
}

#[test]
fn a_change_in_anothers_name_is_refused() {
    let file = opened();
    let mut server =
        Document::begin(DocumentKind::CaseFile, DocumentId::of_key("story"), &home()).unwrap();
    let change = file.changes_since(&server.heads()).remove(0).1;
    let refused = admit(&mut server, &author("李例二", 0).actor, &change);
    assert!(matches!(refused, Err(GuardError::Refused { code: "actor", .. })), "{refused:?}");
    // Not even one that is there already: it would be a proof of nothing.
    admit(&mut server, &author("王样一", 0).actor, &change).unwrap();
    let refused = admit(&mut server, &author("李例二", 0).actor, &change);
    assert!(matches!(refused, Err(GuardError::Refused { code: "actor", .. })), "{refused:?}");
}

#[test]
fn a_later_change_waits_for_the_earlier_one() {
    let mut file = opened();
    file.commit(
        &author("王样一", 1),
        None,
        &[Edit::AddEntry(Entry::Visit { words: "去看了".into() })],
    )
    .unwrap();
    let mut server =
        Document::begin(DocumentKind::CaseFile, DocumentId::of_key("story"), &home()).unwrap();
    let changes = file.changes_since(&server.heads());
    let actor = author("王样一", 0).actor;
    let parked = admit(&mut server, &actor, &changes[1].1);
    assert_eq!(parked, Err(GuardError::Parked { missing: vec![changes[0].0] }));
    admit(&mut server, &actor, &changes[0].1).unwrap();
    admit(&mut server, &actor, &changes[1].1).unwrap();
}

/// Every single flipped bit of a change is refused, and none stops the process.
#[test]
fn every_flipped_bit_is_refused() {
    let file = opened();
    let server =
        Document::begin(DocumentKind::CaseFile, DocumentId::of_key("story"), &home()).unwrap();
    let change = file.changes_since(&server.heads()).remove(0).1;
    let actor = author("王样一", 0).actor;
    for bit in 0..change.len() * 8 {
        let mut flipped = change.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(admit(&mut server.clone(), &actor, &flipped).is_err(), "bit {bit}");
    }
}

#[test]
fn what_changed_since_the_last_look_is_told_with_both_values() {
    let mut file = opened();
    let looked = file.heads();
    file.commit(
        &author("李例二", 3),
        None,
        &[
            Edit::Set(RegisterPath::of("facts", "risk"), Scalar::Number(2)),
            Edit::AddEntry(Entry::Visit { words: "去看了".into() }),
        ],
    )
    .unwrap();
    let changed = differences(&file, &looked);
    assert_eq!(changed.len(), 2);
    let risk = changed.iter().find(|difference| difference.path == "facts.risk").unwrap();
    assert_eq!(
        (risk.before.clone(), risk.after.clone()),
        (Some(Scalar::Number(3)), Some(Scalar::Number(2)))
    );
    assert!(differences(&file, &file.heads()).is_empty());
}

/// A list that comes every quarter keeps a branch: its third issue does not cover what the second
/// happened to lie upon.
#[test]
fn whoever_keeps_a_branch_never_covers_what_others_wrote() {
    let mut file = opened();
    let list = file.heads();
    let phone = phone(&file);
    file.commit(&author("李例二", 1), None, &[Edit::Set(phone.clone(), text("12000000009"))])
        .unwrap();
    let category = RegisterPath::of("facts", "category");
    let second =
        file.commit_on(&author("名册", 2), &list, &[Edit::Set(category, text("0902"))]).unwrap();
    assert!(second.forked && case(&file).common.clashes.is_empty());
    file.commit_on(&author("名册", 3), &[second.hash], &[Edit::Set(phone, text("12000000003"))])
        .unwrap();
    let clashes = case(&file).common.clashes;
    assert_eq!(clashes.len(), 1);
    assert_eq!(clashes[0].values.len(), 2);
    // On the newest heads it is an ordinary change.
    let heads = file.heads();
    let risk = RegisterPath::of("facts", "risk");
    let on_top =
        file.commit_on(&author("名册", 4), &heads, &[Edit::Set(risk, Scalar::Number(2))]).unwrap();
    assert!(!on_top.forked);
}
