//! A file that lived long: twenty people, every tenth edit made beside another one.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};
use yidang_documents::{Author, Document, Edit, RegisterPath, Scalar, actor_id, project};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader};
use yidang_domain::ids::{DeviceId, DocumentId, OrgCode, UserId};
use yidang_sync_protocol::enrol::{EnrolReply, EnrolRequest};
use yidang_sync_protocol::signing::Purpose;
use yidang_sync_protocol::{
    BatchHeader, SignedBatch, SignedRequest, SigningSeed, SyncReply, SyncRequest, Verdict,
};

use super::clock::{measure as took, ms};
use super::floor;
use super::report::Report;
use super::text::Sentences;
use super::world::{AUTHORS, World, author, grid};

const GROUP: &str = "long-file";
/// An author writes so many edits in a row.
const RUN: usize = 5;

/// Somebody who writes without a device: key, certificate, and one actor.
pub struct Writer {
    seed: SigningSeed,
    certificate: [u8; 16],
    author: Author,
}

pub fn enrolled(world: &World, number: usize) -> Result<Writer> {
    let user = UserId(author(number));
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    let (seed, nonce) = (SigningSeed(bytes), [u8::try_from(number)?; 16]);
    let code = world.app.create_code(&user)?;
    let request = EnrolRequest {
        proof: seed.sign(Purpose::Enrolment, code.as_bytes()).to_vec(),
        code,
        public_key: seed.public_key().to_vec(),
        nonce: nonce.to_vec(),
        device_name: "演示".into(),
    };
    let reply: EnrolReply = world.app.enrol(&request, None)?;
    let signed = reply.certificate.context("no certificate")?;
    let device = signed.open(&reply.county_key).map_err(|error| anyhow!("{error}"))?.device;
    let header = EntryHeader {
        on: "2026-11-20".parse().map_err(|_| anyhow!("a date"))?,
        by: user.clone(),
        org: OrgCode(super::world::TOWNSHIP.into()),
        device: DeviceId(device),
    };
    let actor = actor_id(&seed.public_key(), &user, &nonce, 0);
    let author = Author { actor, header, at: InstantMs(0) };
    Ok(Writer { seed, certificate: signed.id(), author })
}

impl Writer {
    pub fn batch(&self, document: &Document, changes: Vec<Vec<u8>>) -> SignedBatch {
        let header = BatchHeader {
            document: document.id().as_bytes().to_vec(),
            certificate: self.certificate.to_vec(),
            kind: 1,
            home: document.home().to_string(),
            ..BatchHeader::default()
        };
        header.sign(changes, &self.seed)
    }

    pub fn write(&mut self, on: &mut Document, edit: Edit, number: usize) -> Result<Vec<u8>> {
        self.author.at = InstantMs(1_770_000_000_000 + i64::try_from(number)? * 60_000);
        Ok(on.commit(&self.author, None, &[edit])?.bytes)
    }
}

fn edit(number: usize, words: &mut Sentences) -> Edit {
    let fact =
        |field: &str, text: String| Edit::Set(RegisterPath::of("facts", field), Scalar::Text(text));
    match number {
        0 => Edit::AddEntry(Entry::Found { source: yidang_domain::facts::Source::Sweep }),
        1 => fact("matter", words.next()),
        _ if number % 3 == 2 => fact("place", words.place()),
        _ => Edit::AddEntry(Entry::Visit { words: words.next() }),
    }
}

/// The file with its batches in the order in which they were made.
fn write(writers: &mut [Writer], edits: usize) -> Result<(Document, Vec<SignedBatch>)> {
    let id = DocumentId::from_bytes(*uuid::Uuid::now_v7().as_bytes());
    let mut document = Document::begin(DocumentKind::CaseFile, id, &OrgCode(grid(0)))?;
    let mut words = Sentences::new(edits as u64);
    let mut batches = Vec::new();
    let mut number = 0;
    while number < edits {
        let turn = number / RUN;
        let mut own = Vec::new();
        // One of two turns in twenty is made beside the other.
        let beside = (turn % 10 == 9).then(|| document.clone());
        for _ in 0..RUN.min(edits - number) {
            let edit = edit(number, &mut words);
            own.push(writers[turn % AUTHORS].write(&mut document, edit, number)?);
            number += 1;
        }
        batches.push(writers[turn % AUTHORS].batch(&document, own));
        if let Some(mut beside) = beside
            && number + 1 < edits
        {
            let other = &mut writers[(turn + 7) % AUTHORS];
            let edit = Edit::AddEntry(Entry::Visit { words: words.next() });
            let change = other.write(&mut beside, edit, number)?;
            document.apply(&[&change])?;
            batches.push(other.batch(&document, vec![change]));
            number += 1;
        }
    }
    Ok((document, batches))
}

/// Gives the batches to the server as a writer's device would.
pub fn send(world: &World, writer: &Writer, batches: &[SignedBatch]) -> Result<()> {
    for part in batches.chunks(32) {
        let message = SyncRequest { push: part.to_vec(), most_bytes: 1, ..SyncRequest::default() };
        let bytes = prost::Message::encode_to_vec(&message);
        let signed = SignedRequest::new(&writer.certificate, bytes, &writer.seed);
        let caller = world.app.caller(&signed).map_err(|_| anyhow!("an unknown caller"))?;
        let reply: SyncReply = world.app.sync(&caller, &message)?;
        let accepted =
            |receipt: &yidang_sync_protocol::Receipt| receipt.verdict == Verdict::Accepted as i32;
        ensure!(reply.receipts.iter().all(accepted), "{:?}", reply.receipts);
    }
    Ok(())
}

/// Where the time of a first edit goes.
fn parts(document: &Document) -> Result<[(&'static str, Duration); 3]> {
    let changes = document.changes_since(&[]);
    let bytes: Vec<&[u8]> = changes.iter().map(|(_, bytes)| bytes.as_slice()).collect();
    let (loaded, load) = took(|| -> Result<Document> {
        let mut fresh = Document::begin(document.kind(), document.id(), document.home())?;
        fresh.apply(&bytes)?;
        Ok(fresh)
    });
    let loaded = loaded?;
    let (_, copy) = took(|| loaded.clone());
    let (_, rows) = took(|| project(&loaded));
    Ok([("raw changes applied", load.own), ("a copy", copy.own), ("rows made", rows.own)])
}

/// Shows and edits files of ten, a thousand and five thousand edits on a device that just started.
pub fn measure(report: &mut Report, folder: &Path) -> Result<()> {
    let world = World::new(folder)?;
    let mut writers = (0..AUTHORS).map(|n| enrolled(&world, n)).collect::<Result<Vec<_>>>()?;
    for edits in [10, 1_000, 5_000] {
        let (document, batches) = write(&mut writers, edits)?;
        let (sent, judged) = took(|| send(&world, &writers[0], &batches));
        sent?;
        report.row(
            GROUP,
            format!("{edits} edits: judged by the server"),
            ms(judged.own),
            "ms",
            None,
        );
        let at = folder.join(format!("reviewer-{edits}"));
        drop(world.device(&at, "u-reviewer")?);
        let case = document.id().to_string();
        // The application starts anew: nothing is in memory.
        let pen = world.bare_device(&at)?;
        let (view, shown) = took(|| pen.ask("case_file", &json!({ "id": case })));
        let view: Value = view?;
        let count = view["entries"].as_array().map_or(0, Vec::len);
        ensure!(count > edits / 2, "{count} entries of {edits} edits");
        let mut words = Sentences::new(3);
        let (saved, edited) =
            took(|| pen.add(&case, &json!({ "kind": "visit", "words": words.next() })));
        saved?;
        let (again, second) =
            took(|| pen.add(&case, &json!({ "kind": "visit", "words": words.next() })));
        again?;
        let floor = floor::of(&[document.save_uncompressed()])?;
        let budget = |most: f64| (edits == 5_000).then_some(most);
        let base = ms(floor.load + floor.hydrate);
        let what = |what: &str| format!("{edits} edits: {what}");
        report.row(GROUP, what("floor: load and hydrate a save"), base, "ms", None);
        report.with_floor(GROUP, what("shown"), ms(shown.own), "ms", budget(50.0), Some(base));
        for (part, time) in parts(&document)? {
            report.row(GROUP, format!("{edits} edits: of that, {part}"), ms(time), "ms", None);
        }
        let cold = ms(edited.own);
        report.with_floor(GROUP, what("first edit saved"), cold, "ms", budget(150.0), Some(base));
        report.with_floor(GROUP, what("next edit saved"), ms(second.own), "ms", None, Some(base));
    }
    Ok(())
}
