//! Whatever people do and in whatever order it arrives, everybody ends with the same rows.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use proptest::prelude::*;
use proptest::sample::Index;
use yidang_documents::guard::{admit, scan, survives};
use yidang_documents::{
    Author, Document, Edit, Projection, RegisterPath, Scalar, actor_id, edits_of, go_on, project,
};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader};
use yidang_domain::facts::Source;
use yidang_domain::ids::DocumentId;

const PEOPLE: [&str; 3] = ["u-wang", "u-li", "u-gao"];

fn author(who: usize, step: usize) -> Author {
    Author {
        actor: actor_id(&[7; 32], &PEOPLE[who].into(), &[1; 16], 0),
        header: EntryHeader {
            on: Date::constant(2026, 11, 20),
            by: PEOPLE[who].into(),
            org: "6106211032032007".into(),
            device: "d-1".into(),
        },
        at: InstantMs(1_795_132_800_000 + i64::try_from(step).unwrap()),
    }
}

/// What somebody does next.
#[derive(Debug, Clone)]
enum Deed {
    Fact { who: usize, place: u8 },
    Risk { who: usize, risk: i64 },
    Phone { who: usize, phone: u8, stale: bool },
    Party { who: usize },
    Visit { who: usize },
    Decide { who: usize, decision: u8 },
    Meet { from: usize, to: usize },
}

fn deed() -> impl Strategy<Value = Deed> {
    let who = 0..PEOPLE.len();
    prop_oneof![
        (who.clone(), 0..3_u8).prop_map(|(who, place)| Deed::Fact { who, place }),
        (who.clone(), 1..5_i64).prop_map(|(who, risk)| Deed::Risk { who, risk }),
        (who.clone(), 0..3_u8, any::<bool>()).prop_map(|(who, phone, stale)| Deed::Phone {
            who,
            phone,
            stale
        }),
        who.clone().prop_map(|who| Deed::Party { who }),
        who.clone().prop_map(|who| Deed::Visit { who }),
        (who.clone(), 0..7_u8).prop_map(|(who, decision)| Deed::Decide { who, decision }),
        (who.clone(), who).prop_map(|(from, to)| Deed::Meet { from, to }),
    ]
}

fn text(value: impl Into<String>) -> Scalar {
    Scalar::Text(value.into())
}

fn opened() -> Document {
    let id = DocumentId::of_key("property");
    let mut file = Document::begin(DocumentKind::CaseFile, id, &"6106211032032007".into()).unwrap();
    let party = vec![("name", text("李例二")), ("phone", text("12000000002"))];
    let found = Edit::AddEntry(Entry::Found { source: Source::Sweep });
    file.commit(&author(0, 0), None, &[Edit::AddItem("parties", party), found]).unwrap();
    file
}

fn decision(number: u8) -> Entry {
    match number {
        0 => Entry::Accepted { seen: None, due_on: None },
        1 => Entry::Returned { seen: None, field: "place".into(), reason: "缺组别".into() },
        2 => Entry::CloseAsked { words: "已履行".into() },
        3 => Entry::Closed { seen: None, words: "同意".into() },
        4 => Entry::Reopened { seen: None, reason: "反悔".into() },
        _ => Entry::Joined {
            seen: None,
            with: DocumentId::of_key("another"),
            stands: number == 5,
            reason: "同一件事".into(),
        },
    }
}

/// Everything three people did, as the changes with their authors.
fn live(deeds: &[Deed]) -> (Vec<Document>, Vec<(usize, Vec<u8>)>) {
    let start = opened();
    let mut files = vec![start.clone(), start.clone(), start.clone()];
    let mut made = Vec::new();
    let first_heads = start.heads();
    for (step, deed) in deeds.iter().enumerate() {
        let (who, edits, stale) = match deed {
            Deed::Meet { from, to } => {
                let changes = files[*from].changes_since(&[]);
                let bytes: Vec<&[u8]> = changes.iter().map(|(_, bytes)| bytes.as_slice()).collect();
                files[*to].apply(&bytes).unwrap();
                continue;
            }
            Deed::Fact { who, place } => {
                let path = RegisterPath::of("facts", "place");
                (*who, vec![Edit::Set(path, text(format!("{place}组")))], false)
            }
            Deed::Risk { who, risk } => {
                let path = RegisterPath::of("facts", "risk");
                (*who, vec![Edit::Set(path, Scalar::Number(*risk))], false)
            }
            Deed::Phone { who, phone, stale } => {
                let key = files[*who].read().items["parties"][0].key.clone();
                let path = RegisterPath::of_item("parties", &key, "phone");
                (*who, vec![Edit::Set(path, text(format!("1200000001{phone}")))], *stale)
            }
            Deed::Party { who } => {
                (*who, vec![Edit::AddItem("parties", vec![("name", text("张试三"))])], false)
            }
            Deed::Visit { who } => {
                (*who, vec![Edit::AddEntry(Entry::Visit { words: format!("第{step}次") })], false)
            }
            Deed::Decide { who, decision: number } => {
                (*who, vec![Edit::AddEntry(decision(*number))], false)
            }
        };
        let heads = stale.then_some(first_heads.as_slice());
        // Writing what stands there already writes nothing; that is no failure.
        if let Ok(committed) = files[who].commit(&author(who, step + 1), heads, &edits) {
            made.push((who, committed.bytes));
        }
    }
    (files, made)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// What the county records again means what it meant: decisions, what they saw, who wrote what on what.
    #[test]
    fn what_goes_on_means_the_same(deeds in proptest::collection::vec(deed(), 1..24)) {
        let (mut files, made) = live(&deeds);
        let all: Vec<&[u8]> = made.iter().map(|(_, bytes)| bytes.as_slice()).collect();
        files[0].apply(&all).unwrap();
        let id = DocumentId::of_key("goes on");
        let server = Author { actor: [3; 16], ..author(0, 99) };
        let (next, changes) = go_on(&files[0], id, "依据", &[], &server).unwrap();
        let mut taken = Document::begin(next.kind(), id, next.home()).unwrap();
        for change in &changes {
            admit(&mut taken, &server.actor, &change.bytes).unwrap();
        }
        survives(&taken).unwrap();
        let (Projection::CaseFile(was), Projection::CaseFile(is)) =
            (project(&files[0]), project(&taken)) else { panic!("two case files") };
        prop_assert_eq!((is.stage, is.round, is.joined_into), (was.stage, was.round, was.joined_into));
        prop_assert_eq!((&is.against, &is.void, &is.late), (&was.against, &was.void, &was.late));
        prop_assert_eq!((&is.returned, is.due_on), (&was.returned, was.due_on));
        let kept = |row: &&yidang_documents::project::EntryRow| row.again;
        let told = |row: &yidang_documents::project::EntryRow| {
            (row.key.clone(), row.mark.clone(), row.change.clone(), row.header.clone(), row.body.clone())
        };
        let is_kept: Vec<_> = is.common.entries.iter().filter(kept).map(told).collect();
        let was_there: Vec<_> = was.common.entries.iter().map(told).collect();
        prop_assert_eq!(is_kept.len(), was_there.len());
        prop_assert!(was_there.iter().all(|row| is_kept.contains(row)));
        for (field, value) in &was.facts {
            prop_assert_eq!(is.facts.get(field).map(|now| &now.value), Some(&value.value));
        }
        prop_assert_eq!(is.parties.len(), was.parties.len());
        // And whoever wrote before writes on.
        for who in 0..PEOPLE.len() {
            let visit = Edit::AddEntry(Entry::Visit { words: "接着".into() });
            let bytes = taken.clone().commit(&author(who, 100), None, &[visit]).unwrap().bytes;
            admit(&mut taken, &author(who, 100).actor, &bytes).unwrap();
        }
    }

    /// Any order and any split of arrival gives equal rows; arriving twice is arriving once; rows
    /// made anew from saved bytes equal live ones.
    #[test]
    fn any_order_and_any_split_end_alike(
        deeds in proptest::collection::vec(deed(), 1..24),
        order in proptest::collection::vec(any::<Index>(), 24),
        cut in any::<Index>(),
    ) {
        let (mut files, made) = live(&deeds);
        let all: Vec<Vec<u8>> = made.iter().map(|(_, bytes)| bytes.clone()).collect();
        let bytes: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
        for file in &mut files {
            file.apply(&bytes).unwrap();
            file.apply(&bytes).unwrap();
        }
        let expected = project(&files[0]);
        prop_assert_eq!(&project(&files[1]), &expected);
        prop_assert_eq!(&project(&files[2]), &expected);

        let mut shuffled = bytes.clone();
        for (index, other) in order.iter().enumerate() {
            if index < shuffled.len() {
                let other = other.index(shuffled.len());
                shuffled.swap(index, other);
            }
        }
        let mut late = opened();
        let cut = if shuffled.is_empty() { 0 } else { cut.index(shuffled.len()) };
        // The first part may wait for the second: that is told, and loses nothing.
        drop(late.apply(&shuffled[..cut]));
        late.apply(&shuffled[cut..]).unwrap();
        prop_assert_eq!(&project(&late), &expected);
        let rebuilt = Document::from_saved(&files[0].save()).unwrap();
        prop_assert_eq!(&project(&rebuilt), &expected);
    }

    /// The guard takes every change that the app writes, each after those it was made on.
    #[test]
    fn the_guard_takes_whatever_the_app_writes(
        deeds in proptest::collection::vec(deed(), 1..24),
    ) {
        let (_, made) = live(&deeds);
        let mut server = opened();
        for (who, bytes) in &made {
            let admitted = admit(&mut server, &author(*who, 0).actor, bytes);
            prop_assert!(admitted.is_ok(), "{:?}", admitted);
        }
        prop_assert!(survives(&server).is_ok());
    }

    /// What was meant with a change is read out of its bytes: committing it where the change was made
    /// gives the same bytes again, and so the same rows.
    #[test]
    fn what_was_meant_makes_the_same_change_again(
        deeds in proptest::collection::vec(deed(), 1..24),
    ) {
        let (_, made) = live(&deeds);
        let mut before = opened();
        for (who, bytes) in &made {
            let mut after = before.clone();
            after.apply(&[bytes]).unwrap();
            let meant = edits_of(&after, bytes).unwrap();
            let author = Author {
                header: meant.header.clone().unwrap_or(author(*who, 0).header),
                at: meant.at,
                ..author(*who, 0)
            };
            let deps = scan(bytes).unwrap().deps;
            let mut again = before.clone();
            let committed = again.commit_on(&author, &deps, &meant.edits).unwrap();
            prop_assert_eq!(&committed.bytes, bytes);
            prop_assert_eq!(&committed.keys, &meant.keys);
            prop_assert_eq!(project(&again), project(&after));
            before = after;
        }
    }
}
