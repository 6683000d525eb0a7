//! A file, the changes that are bent, and how they are handed to the guard.

use yidang_documents::actor::item_key;
use yidang_documents::guard::{GuardError, LOOKED, Performed, admit, admit_looked, look, survives};
use yidang_documents::{Author, Document, Edit, RegisterPath, Scalar, actor_id, genesis, project};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader};
use yidang_domain::facts::Source;
use yidang_domain::ids::{DocumentId, OrgCode};

use crate::build::{Chunk, Id};

pub const WANG: &str = "王样一";
pub const LI: &str = "李例二";
pub const GAO: &str = "高模五";

/// When everything was written.
pub const NOON: InstantMs = InstantMs(1_795_147_200_000);

/// The operations that make the containers, in the first change of every case file.
pub const ENTRIES: u64 = 5;
pub const FACTS: u64 = 6;
pub const PARTIES: u64 = 8;
/// The first operation behind the first change: it makes the party.
pub const PARTY: u64 = 9;

pub fn author(user: &str) -> Author {
    Author {
        actor: actor_id(&[1; 32], &user.into(), &[9; 16], 0),
        header: EntryHeader {
            on: Date::constant(2026, 11, 20),
            by: user.into(),
            org: home(),
            device: "d1".into(),
        },
        at: NOON,
    }
}

pub fn home() -> OrgCode {
    "6106211032032007".into()
}

pub fn text(value: &str) -> Scalar {
    Scalar::Text(value.into())
}

pub fn empty_file() -> Document {
    Document::begin(DocumentKind::CaseFile, DocumentId::of_key("hostile"), &home()).unwrap()
}

/// 王样一 opened it with one party; 李例二 wrote where it is.
pub fn file() -> Document {
    let mut file = empty_file();
    file.commit(
        &author(WANG),
        None,
        &[
            Edit::AddItem(
                "parties",
                vec![("name", text("张试三")), ("phone", text("12000000001"))],
            ),
            Edit::Set(RegisterPath::of("facts", "matter"), text("争一行梨树")),
            Edit::AddEntry(Entry::Found { source: Source::Sweep }),
        ],
    )
    .unwrap();
    let place = Edit::Set(RegisterPath::of("facts", "place"), text("下盘石村3组"));
    file.commit(&author(LI), None, &[place]).unwrap();
    file
}

fn phone_path() -> RegisterPath {
    RegisterPath::of_item("parties", &item_key(&author(WANG).actor, 1, 0), "phone")
}

/// The same with two telephone numbers that stand against each other.
pub fn clashing() -> Document {
    let mut file = file();
    let mut other = file.clone();
    file.commit(&author(WANG), None, &[Edit::Set(phone_path(), text("12000000021"))]).unwrap();
    let set = Edit::Set(phone_path(), text("12000000012"));
    let committed = other.commit(&author(LI), None, &[set]).unwrap();
    file.apply(&[&committed.bytes]).unwrap();
    file
}

/// The same after so many people wrote at the same time, none knowing of the others.
pub fn crowded(people: u64) -> Document {
    let start = file();
    let mut file = start.clone();
    for n in 0..people {
        let who = author(&format!("u-{n}"));
        let committed = start.clone().commit(&who, None, &[visited()]).unwrap();
        file.apply(&[&committed.bytes]).unwrap();
    }
    file
}

pub fn visited() -> Edit {
    Edit::AddEntry(Entry::Visit { words: "到地里看了".into() })
}

/// What somebody honest writes next on a document of that kind.
pub fn next_words(kind: DocumentKind) -> Edit {
    match kind {
        DocumentKind::CaseFile => visited(),
        DocumentKind::Household => Edit::AddEntry(Entry::HouseholdSeen { words: "都好".into() }),
        DocumentKind::VisitDay => Edit::AddEntry(Entry::DayCancelled { reason: "大雪".into() }),
    }
}

/// What `user` writes on the file as it is.
pub fn written(file: &Document, user: &str, edits: &[Edit]) -> Chunk {
    let committed = file.clone().commit(&author(user), None, edits).unwrap();
    Chunk::read(&committed.bytes)
}

/// 王样一 adds an entry: makes a map and puts its fields into it.
pub fn visit(file: &Document) -> Chunk {
    written(file, WANG, &[visited()])
}

/// 王样一 puts another place over the one that 李例二 wrote: one operation.
pub fn place(file: &Document) -> Chunk {
    let edit = Edit::Set(RegisterPath::of("facts", "place"), text("下盘石村4组"));
    written(file, WANG, &[edit])
}

/// 王样一 adds a party.
pub fn party(file: &Document) -> Chunk {
    written(file, WANG, &[Edit::AddItem("parties", vec![("name", text("刘演四"))])])
}

/// 高模五 settles the clash: one put over two values, and the entry that lists them.
pub fn settled(file: &Document) -> Chunk {
    written(file, GAO, &[Edit::Set(phone_path(), text("12000000033"))])
}

/// Everything above with the file it stands on and who wrote it.
pub fn all() -> Vec<(Document, &'static str, Chunk)> {
    let (plain, clash) = (file(), clashing());
    let phone = written(&plain, LI, &[Edit::Set(phone_path(), text("12000000012"))]);
    vec![
        (plain.clone(), WANG, visit(&plain)),
        (plain.clone(), WANG, place(&plain)),
        (plain.clone(), WANG, party(&plain)),
        (plain, LI, phone),
        (clash.clone(), GAO, settled(&clash)),
    ]
}

/// The operation of the first change that makes a container, as the change names it.
pub fn container(chunk: &Chunk, counter: u64) -> Id {
    (chunk.place_of(&genesis::ACTOR), counter)
}

/// Hands bytes to the guard in the name of `user`. Whatever is taken must be sound, whatever is not
/// must have left the file as it was.
pub fn told(file: &Document, user: &str, bytes: &[u8]) -> Result<Performed, GuardError> {
    let mut copy = file.clone();
    let told = admit(&mut copy, &author(user).actor, bytes);
    looked_first(file, user, bytes, &told);
    if told.is_ok() {
        assert_is_sound(&copy);
    } else {
        assert_eq!(copy.heads(), file.heads());
    }
    told
}

/// Whoever lets another process look first hears the same in the end, and that process stops nothing
/// that would have been taken.
fn looked_first(file: &Document, user: &str, bytes: &[u8], told: &Result<Performed, GuardError>) {
    match look(bytes) {
        Ok(()) => {
            let after = admit_looked(&mut file.clone(), &author(user).actor, bytes);
            assert_eq!(after, *told);
        }
        Err(GuardError::Refused { code, .. }) => {
            assert!(LOOKED.contains(&code), "{code}");
            assert!(told.is_err());
        }
        Err(other) => panic!("a look without the document says {other:?}"),
    }
}

/// It saves, loads and reads the same, at every one of its changes, and the next person writes on.
fn assert_is_sound(document: &Document) {
    let rows = survives(document).unwrap();
    let loaded = Document::from_saved(&document.save_uncompressed()).unwrap();
    assert_eq!(loaded.heads(), document.heads());
    assert_eq!(project(&loaded), rows);
    for (hash, bytes) in document.changes_since(&[]) {
        assert_eq!(loaded.read_at(&[hash]).heads, [hash]);
        assert!(bytes == Chunk::read(&bytes).bytes());
    }
    let next = author("贺试四");
    let words = [next_words(document.kind())];
    let committed = loaded.clone().commit(&next, None, &words).unwrap();
    let mut server = document.clone();
    admit(&mut server, &next.actor, &committed.bytes).unwrap();
    survives(&server).unwrap();
}

/// The word that `user` hears.
pub fn word_for(file: &Document, user: &str, bytes: &[u8]) -> &'static str {
    match told(file, user, bytes) {
        Ok(_) => "taken",
        Err(GuardError::Duplicate) => "duplicate",
        Err(GuardError::Parked { .. }) => "parked",
        Err(GuardError::Refused { code, .. }) => code,
    }
}

/// The word that 王样一 hears.
pub fn word(file: &Document, chunk: &Chunk) -> &'static str {
    word_for(file, WANG, &chunk.bytes())
}
