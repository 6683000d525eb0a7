//! What is bent: changes that the app wrote, of every kind of document and of every kind of entry, each
//! with the document it was written on.

use std::path::Path;

use yidang_documents::guard::admit;
use yidang_documents::schema::{self, Shape};
use yidang_documents::{Actor, Document, Edit, RegisterPath, Scalar, go_on};
use yidang_domain::entry::{DocumentKind, Entry, EntryKind};
use yidang_domain::facts::{Field, ValueKind};
use yidang_domain::ids::DocumentId;

use crate::build::{Chunk, Op};
use crate::dice::Dice;
use crate::scene::{self, GAO, LI, WANG, author, home, next_words, text};

/// One change and what it stands on.
pub struct Sample {
    /// Where it comes from.
    pub name: String,
    /// The document before it.
    pub file: Document,
    /// The changes of that document.
    pub known: Vec<[u8; 32]>,
    /// Who wrote it.
    pub actor: Actor,
    /// The change.
    pub change: Chunk,
    /// Its operations.
    pub ops: Vec<Op>,
}

impl Sample {
    fn new(name: String, file: &Document, actor: Actor, bytes: &[u8]) -> Self {
        let change = Chunk::read(bytes);
        let ops = change.ops();
        let known = file.changes_since(&[]).into_iter().map(|(hash, _)| hash).collect();
        Self { name, file: file.clone(), known, actor, change, ops }
    }
}

/// Everything that is bent, the same on every machine. The guard takes each of them as it is.
pub fn corpus() -> Vec<Sample> {
    let (mut all, entries) = golden();
    for (file, user, change) in scene::all() {
        all.push(Sample::new("scene".into(), &file, author(user).actor, &change.bytes()));
    }
    for kind in DocumentKind::ALL {
        all.extend(furnished(kind, &entries));
        all.extend(gone_on(kind));
    }
    (0..6).for_each(|seed| all.extend(lived(seed)));
    for sample in &all {
        let told = admit(&mut sample.file.clone(), &sample.actor, &sample.change.bytes());
        assert!(told.is_ok(), "{}: {told:?}", sample.name);
    }
    all
}

/// The changes of the snapshots of version 1, and the entries that stand in them.
fn golden() -> (Vec<Sample>, Vec<Entry>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let mut samples = Vec::new();
    let mut entries = Vec::new();
    let kinds = EntryKind::ALL.map(|kind| (format!("entry-{}", kind.name()), kind.home()));
    let facts = ("facts-and-party".to_owned(), Some(DocumentKind::CaseFile));
    for (name, kind) in kinds.into_iter().chain([facts]) {
        let written =
            std::fs::read_to_string(folder.join(format!("formats__{name}.snap"))).unwrap();
        let bytes = of_hex(written.splitn(3, "---").nth(2).unwrap());
        let born = if name.starts_with("entry-") { "610621103203".into() } else { home() };
        let id = DocumentId::from_bytes([0x11; 16]);
        let file = Document::begin(kind.unwrap_or(DocumentKind::CaseFile), id, &born).unwrap();
        let actor = Chunk::read(&bytes).actor.try_into().unwrap();
        let did = admit(&mut file.clone(), &actor, &bytes).unwrap();
        let by_hand = |entry: &Entry| !matches!(entry, Entry::Succeeds { .. });
        entries.extend(did.entries.into_iter().map(|(_, _, entry)| entry).filter(by_hand));
        samples.push(Sample::new(name, &file, actor, &bytes));
    }
    (samples, entries)
}

/// A document that goes on from a furnished one: the county's change, and what somebody writes next.
fn gone_on(kind: DocumentKind) -> Vec<Sample> {
    let (mut old, _) = stocked(kind);
    old.commit(&author(WANG), None, &[next_words(kind)]).unwrap();
    let id = DocumentId::of_key(&format!("hostile/{} goes on", kind.name()));
    let server = author("server");
    let (next, changes) = go_on(&old, id, "延检〔2026〕5号", &["测1".into()], &server).unwrap();
    let mut file = Document::begin(kind, id, &home()).unwrap();
    let mut samples = Vec::new();
    for change in &changes {
        samples.push(Sample::new("goes-on".into(), &file, server.actor, &change.bytes));
        file.apply(&[&change.bytes]).unwrap();
    }
    let bytes = next.clone().commit(&author(WANG), None, &[next_words(kind)]).unwrap().bytes;
    samples.push(Sample::new("gone-on".into(), &next, author(WANG).actor, &bytes));
    samples
}

fn of_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|letter| letter.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

/// A value that may stand in `field`, one of several.
fn value(field: &Field, n: u8) -> Scalar {
    match field.kind {
        ValueKind::Text(_) => text(&format!("测{n}")),
        ValueKind::Code(_) => text(&format!("c{n}")),
        ValueKind::Number(least, _) => Scalar::Number(least + i64::from(n % 4)),
        ValueKind::Date => text(&format!("2026-11-1{}", n % 10)),
        ValueKind::Flag => Scalar::Flag(n.is_multiple_of(2)),
    }
}

fn item(container: &'static str, fields: &'static [Field], n: u8) -> Edit {
    Edit::AddItem(container, fields.iter().map(|field| (field.name, value(field, n))).collect())
}

/// A document in which something stands in every register, one item in every container, and two values
/// against each other in the first register.
fn stocked(kind: DocumentKind) -> (Document, RegisterPath) {
    let id = DocumentId::of_key(&format!("hostile/{}", kind.name()));
    let mut document = Document::begin(kind, id, &home()).unwrap();
    let mut edits = Vec::new();
    let mut first = None;
    for container in schema::containers(kind) {
        match container.shape {
            Shape::Registers(fields) => {
                first = first.or(Some(RegisterPath::of(container.name, fields[0].name)));
                let set = |field: &Field| {
                    Edit::Set(RegisterPath::of(container.name, field.name), value(field, 1))
                };
                edits.extend(fields.iter().map(set));
            }
            Shape::Items(fields) => edits.push(item(container.name, fields, 1)),
            Shape::Entries => {}
        }
    }
    document.commit(&author(WANG), None, &edits).unwrap();
    let clash = first.unwrap();
    let mut other = document.clone();
    let set = |words: &str| [Edit::Set(clash.clone(), text(words))];
    document.commit(&author(WANG), None, &set("甲说")).unwrap();
    let committed = other.commit(&author(LI), None, &set("乙说")).unwrap();
    document.apply(&[&committed.bytes]).unwrap();
    (document, clash)
}

/// What may be written on such a document: every entry, every register, every item, and the clash
/// settled in both ways.
fn furnished(kind: DocumentKind, entries: &[Entry]) -> Vec<Sample> {
    let (document, clash) = stocked(kind);
    let reading = document.read();
    let mut actions: Vec<Vec<Edit>> = Vec::new();
    for entry in entries {
        if entry.kind().home().is_none_or(|home| home == kind) {
            actions.push(vec![Edit::AddEntry(entry.clone())]);
        }
    }
    for container in schema::containers(kind) {
        match container.shape {
            Shape::Registers(fields) => actions.extend(fields.iter().skip(1).map(|field| {
                vec![Edit::Set(RegisterPath::of(container.name, field.name), value(field, 2))]
            })),
            Shape::Items(fields) => {
                actions
                    .push(vec![item(container.name, fields, 2), item(container.name, fields, 3)]);
                let key = &reading.items[container.name][0].key;
                let path = |field: &Field| RegisterPath::of_item(container.name, key, field.name);
                let all = fields.iter().map(|field| Edit::Set(path(field), value(field, 2)));
                actions.push(all.collect());
            }
            Shape::Entries => {}
        }
    }
    for chosen in ["甲说", "乙说", "另填"] {
        actions.push(vec![Edit::Set(clash.clone(), text(chosen))]);
    }
    let everything: Vec<Edit> = actions.iter().take(6).flatten().cloned().collect();
    actions.push(everything);
    let mut samples = Vec::new();
    for (nth, edits) in actions.iter().enumerate() {
        let user = [WANG, LI, GAO][nth % 3];
        let name = format!("{} {nth}", kind.name());
        if let Ok(committed) = document.clone().commit(&author(user), None, edits) {
            samples.push(Sample::new(name, &document, author(user).actor, &committed.bytes));
        }
    }
    samples
}

/// What three people wrote on one file, each on their own copy, as they happened to meet.
fn lived(seed: u64) -> Vec<Sample> {
    let people = [WANG, LI, GAO];
    let mut dice = Dice::of(seed);
    let start = scene::clashing();
    let mut copies = [start.clone(), start.clone(), start];
    let mut samples = Vec::new();
    for step in 0..14 {
        let who = dice.below(people.len());
        if dice.one_in(4) {
            let changes = copies[dice.below(people.len())].changes_since(&[]);
            let bytes: Vec<&[u8]> = changes.iter().map(|(_, bytes)| bytes.as_slice()).collect();
            copies[who].apply(&bytes).unwrap();
            continue;
        }
        let edits = deed(&mut dice, &copies[who], step);
        let before = copies[who].clone();
        // What stands there already is not written again.
        if let Ok(committed) = copies[who].commit(&author(people[who]), None, &edits) {
            let name = format!("lived {seed}.{step}");
            samples.push(Sample::new(name, &before, author(people[who]).actor, &committed.bytes));
        }
    }
    samples
}

fn deed(dice: &mut Dice, file: &Document, step: u8) -> Vec<Edit> {
    let fact = |field: &str, value| Edit::Set(RegisterPath::of("facts", field), value);
    let key = file.read().items["parties"][0].key.clone();
    let phone = RegisterPath::of_item("parties", &key, "phone");
    let words = format!("第{step}次");
    match dice.below(8) {
        0 => vec![fact("place", text(&words))],
        1 => vec![fact("risk", Scalar::Number(1 + i64::from(step % 4)))],
        2 | 3 => vec![Edit::Set(phone, text(&format!("1200000{step:04}")))],
        4 => vec![Edit::AddItem("parties", vec![("name", text("张试三"))])],
        5 => vec![Edit::AddEntry(Entry::Accepted { seen: None, due_on: None })],
        6 => vec![Edit::AddEntry(Entry::CloseAsked { words })],
        _ => vec![Edit::AddEntry(Entry::Visit { words }), fact("people", Scalar::Number(3))],
    }
}
