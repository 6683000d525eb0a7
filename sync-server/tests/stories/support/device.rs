//! A device that does what the protocol says and nothing more.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use prost::Message;
use yidang_documents::{Author, Document, Edit, RegisterPath, Scalar, actor_id};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader};
use yidang_domain::ids::{DeviceId, DocumentId, OrgCode, UserId};
use yidang_domain::reference::Reference;
use yidang_sync_protocol::batch::BatchId;
use yidang_sync_protocol::enrol::{EnrolReply, EnrolRequest};
use yidang_sync_protocol::message::{DocumentDigest, digest_of};
use yidang_sync_protocol::signing::Purpose;
use yidang_sync_protocol::trouble::app_number;
use yidang_sync_protocol::{
    AttestedSnapshot, BatchHeader, Certificate, HealReply, HealRequest, PageDocument, PlacedBatch,
    Placement, Receipt, RecordName, SignedBatch, SignedCertificate, SignedCheckpoint, SignedCursor,
    SignedRecord, SignedRequest, SigningSeed, SyncReply, SyncRequest, frame,
};
use yidang_sync_server::{App, kinds};

use super::post;

/// Where a batch was taken, ready to be shown again.
#[derive(Debug, Clone)]
pub struct Placed {
    pub epoch: [u8; 16],
    pub seq: u64,
    pub way: Placement,
}

/// Everything a device gave back to a server, and what became of it.
#[derive(Debug)]
pub struct GivenBack {
    pub receipts: Vec<Receipt>,
    /// Bytes of documents that came after that.
    pub fetched: usize,
    /// Documents that the server named as lacking here.
    pub lacking: Vec<DocumentId>,
}

#[derive(Clone)]
pub struct Device {
    pub user: UserId,
    pub org: OrgCode,
    pub seed: SigningSeed,
    pub nonce: [u8; 16],
    pub incarnation: u32,
    pub signed: SignedCertificate,
    pub certificate: Certificate,
    pub county_key: Vec<u8>,
    pub documents: BTreeMap<DocumentId, Document>,
    /// Every batch it holds, its own and others', by document.
    pub batches: BTreeMap<DocumentId, Vec<SignedBatch>>,
    /// What was not handed in yet.
    pub outbox: Vec<SignedBatch>,
    pub cursor: Option<SignedCursor>,
    pub scope: u64,
    pub reference: Option<Reference>,
    pub checkpoints: Vec<SignedCheckpoint>,
    pub released: Vec<DocumentId>,
    /// Where the county took batches.
    pub placed: BTreeMap<BatchId, Placed>,
    /// Documents as the county saved them, with its word.
    pub saves: BTreeMap<DocumentId, AttestedSnapshot>,
    /// What the county said.
    pub records: Vec<SignedRecord>,
    /// How large a page it asks for.
    pub most_bytes: u32,
}

/// Keys of tests need not be secret, only different.
fn key_of(name: &str, n: u8) -> [u8; 32] {
    let mut key = [n; 32];
    key.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
    key
}

pub fn enrol_request(code: &str, seed: &SigningSeed, nonce: [u8; 16]) -> EnrolRequest {
    let code = yidang_sync_protocol::enrol::normal_code(code);
    EnrolRequest {
        proof: seed.sign(Purpose::Enrolment, code.as_bytes()).to_vec(),
        code,
        public_key: seed.public_key().to_vec(),
        nonce: nonce.to_vec(),
        device_name: "手机".into(),
    }
}

pub async fn enrol(app: &App, request: &EnrolRequest) -> EnrolReply {
    let (status, body) = post(app, "/v1/enrol", frame::pack(&request.encode_to_vec())).await;
    assert_eq!(status, StatusCode::OK);
    EnrolReply::decode(frame::unpack(&body, 1 << 20).unwrap().as_slice()).unwrap()
}

impl Device {
    pub async fn enrolled(app: &App, user: &str) -> Self {
        Self::enrolled_again(app, user, 1).await
    }

    /// The nth device of a person.
    pub async fn enrolled_again(app: &App, user: &str, n: u8) -> Self {
        let code = app.create_code(&user.into()).unwrap();
        Self::with_code(app, user, n, &code).await
    }

    /// The nth device of a person, enrolled with this code.
    pub async fn with_code(app: &App, user: &str, n: u8, code: &str) -> Self {
        let seed = SigningSeed(key_of(user, n));
        let nonce = [n; 16];
        let reply = enrol(app, &enrol_request(code, &seed, nonce)).await;
        let signed = reply.certificate.expect("a certificate");
        let certificate = signed.open(&reply.county_key).unwrap();
        let register = app.register().unwrap();
        let user = UserId::from(user);
        let org = register.assignments_of(&user).next().unwrap().org.clone();
        Self {
            user,
            org,
            seed,
            nonce,
            incarnation: 0,
            signed,
            certificate,
            county_key: reply.county_key,
            documents: BTreeMap::new(),
            batches: BTreeMap::new(),
            outbox: Vec::new(),
            cursor: None,
            scope: 0,
            reference: None,
            checkpoints: Vec::new(),
            released: Vec::new(),
            placed: BTreeMap::new(),
            saves: BTreeMap::new(),
            records: reply.records,
            most_bytes: 0,
        }
    }

    pub fn actor(&self) -> [u8; 16] {
        actor_id(&self.seed.public_key(), &self.user, &self.nonce, self.incarnation)
    }

    pub fn author(&self, at: InstantMs) -> Author {
        let header = EntryHeader {
            on: at.date(),
            by: self.user.clone(),
            org: self.org.clone(),
            device: DeviceId(self.certificate.device.clone()),
        };
        Author { actor: self.actor(), header, at }
    }

    pub fn header(&self, document: &Document) -> BatchHeader {
        let cursor = self.cursor.as_ref().map(|c| c.open(&self.county_key).unwrap());
        BatchHeader {
            document: document.id().as_bytes().to_vec(),
            certificate: self.signed.id().to_vec(),
            incarnation: self.incarnation,
            org: self.org.to_string(),
            cursor_seq: cursor.as_ref().map_or(0, |cursor| cursor.seq),
            cursor_chain: cursor.map(|cursor| cursor.chain8).unwrap_or_default(),
            kind: kinds::number_of(document.kind()),
            home: document.home().to_string(),
            ..BatchHeader::default()
        }
    }

    /// Writes one action and puts it into the outbox.
    pub fn write(&mut self, id: DocumentId, edits: &[Edit], at: InstantMs) -> SignedBatch {
        let author = self.author(at);
        let document = self.documents.get_mut(&id).expect("the document");
        let committed = document.commit(&author, None, edits).unwrap();
        let batch = self.header(&self.documents[&id]).sign(vec![committed.bytes], &self.seed);
        self.batches.entry(id).or_default().push(batch.clone());
        self.outbox.push(batch.clone());
        batch
    }

    pub fn add(&mut self, id: DocumentId, entry: Entry, at: InstantMs) -> SignedBatch {
        self.write(id, &[Edit::AddEntry(entry)], at)
    }

    pub fn set(&mut self, id: DocumentId, path: &str, value: &str, at: InstantMs) -> SignedBatch {
        let path = RegisterPath::parse(path).unwrap();
        self.write(id, &[Edit::Set(path, Scalar::Text(value.into()))], at)
    }

    /// Begins a document and writes nothing yet.
    pub fn begin(&mut self, kind: DocumentKind, id: DocumentId, home: &str) -> DocumentId {
        self.documents.insert(id, Document::begin(kind, id, &home.into()).unwrap());
        id
    }

    /// Opens a case file with one sentence.
    pub fn open_case(&mut self, n: u8, home: &str, matter: &str, at: InstantMs) -> DocumentId {
        let mut bytes = [n; 16];
        bytes[0] = self.user.as_str().bytes().last().unwrap();
        bytes[6] = 0x70 | (n & 0x0f);
        let id = self.begin(DocumentKind::CaseFile, DocumentId::from_bytes(bytes), home);
        let text = |text: &str| Scalar::Text(text.into());
        self.write(
            id,
            &[
                Edit::AddEntry(super::found()),
                Edit::Set(RegisterPath::of("facts", "matter"), text(matter)),
                Edit::Set(RegisterPath::of("facts", "grid"), text(home)),
            ],
            at,
        );
        id
    }

    pub fn sign(&self, request: &impl Message) -> SignedRequest {
        SignedRequest::new(&self.signed.id(), request.encode_to_vec(), &self.seed)
    }

    pub async fn send(
        &self,
        app: &App,
        path: &str,
        signed: &SignedRequest,
    ) -> Result<Vec<u8>, (StatusCode, String)> {
        let (status, body) = post(app, path, frame::pack(&signed.encode_to_vec())).await;
        if status == StatusCode::OK {
            return Ok(frame::unpack(&body, 64 << 20).unwrap());
        }
        Err((status, String::from_utf8(body).unwrap()))
    }

    pub fn request(&self, push: Vec<SignedBatch>) -> SyncRequest {
        SyncRequest {
            cursor: self.cursor.clone(),
            push,
            most_bytes: self.most_bytes,
            reference_version: self.reference.as_ref().map_or(0, |r| r.version),
            scope: self.scope,
            app: app_number(env!("CARGO_PKG_VERSION")),
            ..SyncRequest::default()
        }
    }

    /// Exchanges a request; attaches the certificate when the server lost it.
    pub async fn exchange(&self, app: &App, request: &SyncRequest) -> SyncReply {
        let mut signed = self.sign(request);
        let mut answer = self.send(app, "/v1/sync", &signed).await;
        if answer == Err((StatusCode::UNAUTHORIZED, "unknown_certificate".into())) {
            signed.attached = Some(self.signed.clone());
            answer = self.send(app, "/v1/sync", &signed).await;
        }
        SyncReply::decode(answer.unwrap().as_slice()).unwrap()
    }

    /// Hands in the outbox and takes one page.
    pub async fn round(&mut self, app: &App) -> SyncReply {
        let push = std::mem::take(&mut self.outbox);
        let pushed: Vec<BatchId> = push.iter().map(SignedBatch::id).collect();
        let reply = self.exchange(app, &self.request(push)).await;
        if !reply.heal {
            self.keep_places(&reply, &pushed);
            self.take(&reply);
        }
        reply
    }

    /// Exchanges until nothing is left; gives the receipts of the first round.
    pub async fn sync(&mut self, app: &App) -> Vec<Receipt> {
        let first = self.round(app).await;
        let mut more = first.more;
        while more {
            more = self.round(app).await.more;
        }
        first.receipts
    }

    /// Keeps what the county says of places, as far as it signed it.
    fn keep_places(&mut self, reply: &SyncReply, pushed: &[BatchId]) {
        let places = reply.places(&self.county_key, pushed).unwrap();
        let way = |leaf: u32| places.sheet().placement(leaf as usize, places.signature()).unwrap();
        let epoch = *places.epoch();
        for (leaf, batch, seq) in places.batches() {
            self.placed.insert(batch, Placed { epoch, seq, way: way(leaf) });
        }
        for (leaf, document) in places.snapshots() {
            let page = reply.documents.iter().find(|page| page.document == document).unwrap();
            let save = AttestedSnapshot {
                document: document.to_vec(),
                epoch: epoch.to_vec(),
                save: page.snapshot.clone(),
                placement: Some(way(leaf)),
            };
            self.saves.insert(DocumentId::from_bytes(document), save);
        }
    }

    pub fn take(&mut self, reply: &SyncReply) {
        for page in &reply.documents {
            self.take_document(page);
        }
        for record in &reply.records {
            record.open(&self.county_key).unwrap();
            if !self.records.contains(record) {
                self.records.push(record.clone());
            }
        }
        self.cursor.clone_from(&reply.cursor);
        self.scope = reply.scope;
        self.checkpoints.extend(reply.checkpoint.clone());
        if !reply.reference.is_empty() {
            self.reference = Some(serde_json::from_slice(&reply.reference).unwrap());
        }
        self.let_go(&reply.released);
    }

    fn take_document(&mut self, page: &PageDocument) {
        let id = DocumentId::from_bytes(page.document.as_slice().try_into().unwrap());
        let kind = kinds::kind_of(page.kind).unwrap();
        if !page.snapshot.is_empty() {
            let snapshot = Document::from_saved(&page.snapshot).unwrap();
            assert_eq!(snapshot.id(), id);
            match self.documents.get_mut(&id) {
                None => {
                    self.documents.insert(id, snapshot);
                }
                Some(held) => {
                    let changes = snapshot.changes_since(&[]);
                    let bytes: Vec<&[u8]> = changes.iter().map(|(_, b)| b.as_slice()).collect();
                    held.apply(&bytes).unwrap();
                }
            }
        }
        let document = self
            .documents
            .entry(id)
            .or_insert_with(|| Document::begin(kind, id, &page.home.as_str().into()).unwrap());
        for batch in &page.batches {
            let changes: Vec<&[u8]> = batch.changes.iter().map(Vec::as_slice).collect();
            document.apply(&changes).unwrap();
            let held = self.batches.entry(id).or_default();
            if !held.contains(batch) {
                held.push(batch.clone());
            }
        }
    }

    /// Keeps nothing of these.
    fn let_go(&mut self, released: &[Vec<u8>]) {
        for id in released {
            let id = DocumentId::from_bytes(id.as_slice().try_into().unwrap());
            self.documents.remove(&id);
            self.released.push(id);
        }
    }

    /// The request that shows where the batches of `push` were taken.
    pub fn showing(&self, push: Vec<SignedBatch>) -> SyncRequest {
        let placements = (0..)
            .zip(&push)
            .filter_map(|(index, batch)| {
                let placed = self.placed.get(&batch.id())?;
                Some(PlacedBatch {
                    index,
                    epoch: placed.epoch.to_vec(),
                    seq: placed.seq,
                    placement: Some(placed.way.clone()),
                })
            })
            .collect();
        SyncRequest { placements, ..self.request(push) }
    }

    fn holds(&self) -> HealRequest {
        let digest = |(id, document): (&DocumentId, &Document)| DocumentDigest {
            document: id.as_bytes().to_vec(),
            digest: digest_of(&document.heads()).to_vec(),
        };
        let names: Vec<RecordName> =
            self.records.iter().map(|record| record.open(&self.county_key).unwrap().0).collect();
        HealRequest {
            documents: self.documents.iter().map(digest).collect(),
            checkpoints: self.checkpoints.clone(),
            records: RecordName::pack(&names),
            asks_for_documents: true,
            ..HealRequest::default()
        }
    }

    /// Gives back everything that the server lacks, with the county's own word for it, and fetches by name
    /// what is lacking here: what a device of this version does.
    pub async fn give_back(
        &mut self,
        app: &App,
        certificates: Vec<SignedCertificate>,
    ) -> GivenBack {
        let mut signed = self.sign(&self.holds());
        signed.attached = Some(self.signed.clone());
        let answer = self.send(app, "/v1/heal", &signed).await.unwrap();
        let reply = HealReply::decode(answer.as_slice()).unwrap();
        self.cursor = reply.cursor;
        self.let_go(&reply.released);
        let ids = |ids: &[Vec<u8>]| -> Vec<DocumentId> {
            ids.iter().map(|id| DocumentId::from_bytes(id.as_slice().try_into().unwrap())).collect()
        };
        let (wanted, lacking) = (ids(&reply.wanted), ids(&reply.lacking));
        let batches = |id: &DocumentId| self.batches.get(id).cloned().unwrap_or_default();
        let push: Vec<SignedBatch> = wanted.iter().flat_map(batches).collect();
        let pushed: Vec<BatchId> = push.iter().map(SignedBatch::id).collect();
        let names = RecordName::unpack(&reply.wanted_records);
        let is_wanted =
            |record: &&SignedRecord| names.contains(&record.open(&self.county_key).unwrap().0);
        let request = SyncRequest {
            certificates,
            records: self.records.iter().filter(is_wanted).cloned().collect(),
            snapshots: wanted.iter().filter_map(|id| self.saves.get(id).cloned()).collect(),
            ..self.showing(push)
        };
        let answer = self.exchange(app, &request).await;
        assert!(!answer.heal);
        self.keep_places(&answer, &pushed);
        self.take(&answer);
        let receipts = answer.receipts;
        let want_documents = lacking.iter().map(|id| id.as_bytes().to_vec()).collect();
        let request = SyncRequest { want_documents, ..self.request(Vec::new()) };
        let answer = self.exchange(app, &request).await;
        self.keep_places(&answer, &[]);
        self.take(&answer);
        let fetched = answer.documents.iter().map(Message::encoded_len).sum();
        GivenBack { receipts, fetched, lacking }
    }

    /// Says what it holds and hands in what the server wants, as a device of version 0.1 does: without a
    /// place for anything, and with everything fetched again.
    pub async fn heal(&mut self, app: &App, certificates: Vec<SignedCertificate>) -> Vec<Receipt> {
        let documents = self
            .documents
            .iter()
            .map(|(id, document)| DocumentDigest {
                document: id.as_bytes().to_vec(),
                digest: digest_of(&document.heads()).to_vec(),
            })
            .collect();
        let checkpoints = self.checkpoints.clone();
        let request = HealRequest { documents, checkpoints, ..HealRequest::default() };
        let mut signed = self.sign(&request);
        signed.attached = Some(self.signed.clone());
        let answer = self.send(app, "/v1/heal", &signed).await.unwrap();
        let reply = HealReply::decode(answer.as_slice()).unwrap();
        self.cursor = reply.cursor;
        self.let_go(&reply.released);
        let wanted =
            reply.wanted.iter().map(|id| DocumentId::from_bytes(id.as_slice().try_into().unwrap()));
        let push: Vec<SignedBatch> =
            wanted.flat_map(|id| self.batches.get(&id).cloned().unwrap_or_default()).collect();
        let request = SyncRequest { certificates, ..self.request(push) };
        let answer = self.exchange(app, &request).await;
        assert!(!answer.heal);
        self.take(&answer);
        answer.receipts
    }

    pub fn texts(&self, id: DocumentId) -> Vec<String> {
        let projection = yidang_documents::project(&self.documents[&id]);
        let rows = &projection.common().entries;
        rows.iter().filter_map(|row| row.entry().map(Entry::gist)).collect()
    }
}
