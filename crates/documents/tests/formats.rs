//! The bytes of version 1. Whatever is stored or signed stays readable for years: a changed byte
//! fails here, and the answer is a new version, never a new snapshot of an old one.

use insta::assert_snapshot;
use yidang_documents::actor::item_key;
use yidang_documents::{
    Author, Document, Edit, RegisterPath, Scalar, actor_id, genesis, go_on, project, schema,
};
use yidang_domain::causality::hex_of;
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::{
    AgreementForm, DocumentKind, Entry, EntryHeader, EntryKind, FiveSayings, Saying,
};
use yidang_domain::facts::Source;
use yidang_domain::ids::DocumentId;

fn id() -> DocumentId {
    DocumentId::from_bytes([0x11; 16])
}

/// Bytes as lines of thirty-two, so that a difference shows where it is.
fn dump(bytes: &[u8]) -> String {
    bytes.chunks(32).map(hex_of).collect::<Vec<_>>().join("\n")
}

fn author() -> Author {
    Author {
        actor: actor_id(&[1; 32], &"u-wang".into(), &[2; 16], 0),
        header: EntryHeader {
            on: Date::constant(2026, 11, 20),
            by: "u-wang".into(),
            org: "6106211032032007".into(),
            device: "d-1".into(),
        },
        at: InstantMs(1_795_132_800_000),
    }
}

#[test]
fn genesis_of_every_kind() {
    let home = "610621103203".into();
    for kind in DocumentKind::ALL {
        let bytes = genesis::bytes(kind, id(), &home).unwrap();
        assert_snapshot!(format!("genesis-{}", kind.name()), dump(&bytes));
    }
}

#[test]
fn actors_and_keys() {
    let actor = author().actor;
    assert_snapshot!("actor", hex_of(&actor));
    assert_snapshot!("item-key", item_key(&actor, 3, 1).as_str());
    let day = DocumentId::of_key("visit_day/610621103203/2026-02-30");
    assert_snapshot!("visit-day-id", day.to_string());
}

#[test]
fn containers_and_fields_of_every_kind() {
    let text: String = DocumentKind::ALL
        .iter()
        .flat_map(|kind| {
            schema::containers(*kind).iter().map(move |c| format!("{}: {c:?}\n", kind.name()))
        })
        .collect();
    assert_snapshot!("schema", text);
}

fn five() -> FiveSayings {
    let said =
        |who: &str| Saying { speaker: who.into(), relation: "邻居".into(), words: "话".into() };
    FiveSayings {
        neighbours: said("甲"),
        able: said("乙"),
        judge: said("丙"),
        kin: said("丁"),
        elders: said("戊"),
    }
}

/// One of each entry, with every field in use.
fn entries() -> Vec<Entry> {
    let seen = Some(vec!["ab".repeat(32)]);
    let date = Date::constant(2026, 12, 14);
    vec![
        Entry::Found { source: Source::Sweep },
        Entry::Accepted { seen: seen.clone(), due_on: Some(date) },
        Entry::Returned {
            seen: seen.clone(),
            field: "facts.place".into(),
            reason: "缺组别".into(),
        },
        Entry::Visit { words: "去看了".into() },
        Entry::MediationSession {
            place: "村委会".into(),
            words: "另择日再谈".into(),
            consent: true,
            open: true,
            five: five(),
            visit_day: Some(id()),
        },
        Entry::Agreement {
            form: AgreementForm::Oral,
            words: "各让一尺".into(),
            perform_by: Some(date),
        },
        Entry::CloseAsked { words: "已履行".into() },
        Entry::Closed { seen: seen.clone(), words: "同意".into() },
        Entry::Reopened { seen: seen.clone(), reason: "反悔".into() },
        Entry::Joined { seen, with: id(), stands: true, reason: "同一件事".into() },
        Entry::ConflictResolved {
            field: "facts.place".into(),
            values: vec!["甲地".into(), "乙地".into()],
            chosen: "甲地".into(),
        },
        Entry::NumberIssued { number: "延张调〔2026〕12号".into() },
        Entry::Succeeds {
            predecessor: id(),
            heads: vec!["ab".repeat(32)],
            basis: "延检〔2026〕5号".into(),
        },
        Entry::WalkIn {
            visitors: "刘演四".into(),
            people: 2,
            matter: "低保".into(),
            case_file: Some(id()),
        },
        Entry::WalkInAnswered {
            walk_in: "k".into(),
            words: "已答复".into(),
            case_file: Some(id()),
        },
        Entry::DayMoved { to: date, reason: "大雪".into() },
        Entry::DayCancelled { reason: "大雪".into() },
        Entry::HouseholdSeen { words: "都好".into() },
        Entry::HouseholdMoved { to: "6106211032032008".into(), reason: "搬家".into() },
        Entry::HouseholdSplit { into: id(), reason: "儿子成家".into() },
        Entry::HouseholdMerged { into: id(), reason: "与子同住".into() },
        Entry::Imported { from: "户籍表.xlsx".into() },
    ]
}

#[test]
fn the_change_that_adds_an_entry_of_each_kind() {
    let all = entries();
    for kind in EntryKind::ALL {
        let entry = all.iter().find(|entry| entry.kind() == kind).unwrap();
        let home = kind.home().unwrap_or(DocumentKind::CaseFile);
        // It begins a document, which nobody commits by hand.
        if kind == EntryKind::Succeeds {
            continue;
        }
        let mut document = Document::begin(home, id(), &"610621103203".into()).unwrap();
        let committed = document.commit(&author(), None, &[Edit::AddEntry(entry.clone())]).unwrap();
        assert_snapshot!(format!("entry-{}", kind.name()), dump(&committed.bytes));
    }
}

#[test]
fn the_change_with_which_a_document_goes_on() {
    let home = "610621103203".into();
    let old = DocumentId::from_bytes([0x22; 16]);
    let mut old = Document::begin(DocumentKind::CaseFile, old, &home).unwrap();
    let text = |value: &str| Scalar::Text(value.into());
    let party = vec![("name", text("李例二")), ("phone", text("12000000002"))];
    let place = Edit::Set(RegisterPath::of("facts", "place"), text("下盘石村3组"));
    let found = Edit::AddEntry(Entry::Found { source: Source::Sweep });
    old.commit(&author(), None, &[Edit::AddItem("parties", party), place, found]).unwrap();
    let visit = Edit::AddEntry(Entry::Visit { words: "李例二不在".into() });
    old.commit(&author(), None, &[visit]).unwrap();
    let server = Author { actor: [0x33; 16], ..author() };
    let without = ["12000000002".to_owned()];
    let (next, changes) = go_on(&old, id(), "延检〔2026〕5号", &without, &server).unwrap();
    assert_eq!(changes.len(), 1);
    assert_snapshot!("entry-succeeds", dump(&changes[0].bytes));
    assert_snapshot!("goes-on", serde_json::to_string_pretty(&project(&next)).unwrap());
}

#[test]
fn the_change_that_writes_facts_and_a_party() {
    let mut file =
        Document::begin(DocumentKind::CaseFile, id(), &"6106211032032007".into()).unwrap();
    let text = |value: &str| Scalar::Text(value.into());
    let committed = file
        .commit(
            &author(),
            None,
            &[
                Edit::Set(RegisterPath::of("facts", "matter"), text("两家果园争地界")),
                Edit::Set(RegisterPath::of("facts", "risk"), Scalar::Number(2)),
                Edit::Set(RegisterPath::of("facts", "online_purchase"), Scalar::Flag(false)),
                Edit::AddItem(
                    "parties",
                    vec![("name", text("李例二")), ("phone", text("12000000002"))],
                ),
            ],
        )
        .unwrap();
    assert_snapshot!("facts-and-party", dump(&committed.bytes));
    assert_snapshot!("projection", serde_json::to_string_pretty(&project(&file)).unwrap());
}
