//! A small county with a real server in this process, and hands that sign whatever they are told to.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use prost::Message;
use tempfile::TempDir;
use tower::ServiceExt;
use yidang_api::{Fault, Question};
use yidang_documents::{Author, Document, Edit, actor_id, go_on};
use yidang_domain::calendar::{NominalDay, yanchang_2026};
use yidang_domain::civil::{Date, InstantMs, date_after};
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader};
use yidang_domain::ids::{DeviceId, DocumentId, OrgCode, UserId};
use yidang_domain::org::{OrgLevel, OrgUnit, Role, Staff};
use yidang_domain::reference::{TeamMember, VisitTeam};
use yidang_sync_protocol::message::DocumentDigest;
use yidang_sync_protocol::{
    AskReply, AskRequest, BatchHeader, Certificate, HealReply, HealRequest, Receipt, SignedAsk,
    SignedBatch, SignedCertificate, SignedCursor, SignedRequest, SigningSeed, SyncReply,
    SyncRequest, frame,
};
use yidang_sync_server::allowance::Allowance;
use yidang_sync_server::county::{device_name_of, learn_certificate};
use yidang_sync_server::register::RegisterData;
use yidang_sync_server::store::StoreError;
use yidang_sync_server::{App, Clock, Options, app, kinds, open, router};

use crate::people::{Person, Relation, everybody};

/// A visit day of every village.
pub const TODAY: Date = Date::constant(2026, 11, 20);
pub const COUNTY: &str = "610621";
pub const TOWNSHIP: &str = "610621103";
pub const LEICHI: &str = "610621106";
pub const VILLAGE: &str = "610621103203";
/// Where everything lies: 第7网格 of 下盘石村.
pub const GRID: &str = "6106211032032007";
pub const NEXT_GRID: &str = "6106211032032008";
/// In the other village of the township, and in the other township.
pub const XIAYI_GRID: &str = "6106211032112001";
pub const LEICHI_GRID: &str = "6106211062302001";

/// Nothing of these stories is larger.
const MOST_BYTES: usize = 64 << 20;

/// 王样一 has the grid, 李例二 and 赵测三 review for the township; 冯例八 administers and reads nothing.
pub const WANG: &str = "u-wang";
pub const LI: &str = "u-li";
pub const ZHAO: &str = "u-zhao";
pub const FENG: &str = "u-feng";

fn units() -> Vec<OrgUnit> {
    use OrgLevel::{County, Grid, Township, Village};
    [
        (COUNTY, "延长县", County, None),
        (TOWNSHIP, "张家滩镇", Township, Some(COUNTY)),
        (LEICHI, "雷赤镇", Township, Some(COUNTY)),
        (VILLAGE, "下盘石村", Village, Some(TOWNSHIP)),
        ("610621103211", "下驿", Village, Some(TOWNSHIP)),
        ("610621106230", "下驿", Village, Some(LEICHI)),
        (GRID, "第7网格", Grid, Some(VILLAGE)),
        (NEXT_GRID, "第8网格", Grid, Some(VILLAGE)),
        (XIAYI_GRID, "第1网格", Grid, Some("610621103211")),
        (LEICHI_GRID, "第1网格", Grid, Some("610621106230")),
    ]
    .map(|(code, name, level, parent)| OrgUnit::plain(code, name, level, parent))
    .to_vec()
}

fn told(user: &str, role: Role, org: &str) -> (Staff, yidang_domain::org::Assignment) {
    let user = UserId::from(user);
    let from = date_after(TODAY, -100);
    let staff = Staff { user: user.clone(), name: "王样一".into(), phone: String::new() };
    (staff, yidang_domain::org::Assignment { user, org: org.into(), role, from, to: None })
}

/// Everybody of the matrix with their posts, and those who prepare the files.
fn register() -> RegisterData {
    let people = everybody();
    let (mut users, mut assignments): (Vec<_>, Vec<_>) = [
        told(WANG, Role::GridWorker, GRID),
        told(LI, Role::TownshipReviewer, TOWNSHIP),
        told(ZHAO, Role::TownshipReviewer, TOWNSHIP),
        told(FENG, Role::Administrator, COUNTY),
    ]
    .into_iter()
    .unzip();
    users.extend(people.iter().map(|person| Staff {
        user: person.user.clone(),
        name: "钱演四".into(),
        phone: String::new(),
    }));
    assignments.extend(people.iter().flat_map(Person::assignments));
    let guests = people.iter().filter(|person| person.relation == Relation::Guest);
    let member = |person: &Person| TeamMember {
        user: person.user.clone(),
        name: "钱演四".into(),
        duty: "调解员".into(),
    };
    let team = VisitTeam {
        village: VILLAGE.into(),
        place: "村委会".into(),
        starts_at: "09:00".into(),
        members: guests.map(member).collect(),
    };
    RegisterData {
        units: units(),
        users,
        assignments,
        teams: vec![team],
        calendar: yanchang_2026(),
        ..RegisterData::default()
    }
}

/// The county: its server, its clock, and a hand for everybody who was given one.
pub struct County {
    pub app: App,
    pub clock: Clock,
    pub runtime: tokio::runtime::Runtime,
    folder: TempDir,
    next: u32,
    /// Visit days of years past, each used once: what is decided about them moves nobody today.
    days: std::vec::IntoIter<String>,
}

/// The visit days of the years before, by name.
fn past_days() -> std::vec::IntoIter<String> {
    let days = (2007..2026).flat_map(NominalDay::of_year).map(|day| day.to_string());
    days.collect::<Vec<_>>().into_iter()
}

impl County {
    /// The county at noon of that day.
    pub fn on(date: Date) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(InstantMs::at_start_of(date).plus_minutes(12 * 60));
        let options = Options::new(folder.path().join("data")).with_clock(clock.clone());
        // Nothing is judged beside the request that brought it, and one courier hands in whatever everybody wrote.
        let (patience, allowance) = (Duration::from_secs(600), Allowance::ENDLESS);
        let options = Options { patience, allowance, ..options };
        app::create(&options, COUNTY, &register()).unwrap();
        let app = open(options).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { app, clock, runtime, folder, next: 1, days: past_days() }
    }

    /// An identifier that no document had before.
    pub fn new_id(&mut self) -> DocumentId {
        self.next += 1;
        let mut bytes = [0x70; 16];
        bytes.iter_mut().zip(self.next.to_be_bytes()).for_each(|(to, from)| *to = from);
        DocumentId::from_bytes(bytes)
    }

    /// The name of a visit day that nobody used before.
    pub fn new_day(&mut self) -> String {
        self.days.next().expect("years enough")
    }

    /// A folder of that name for somebody's device.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn post(&self, path: &str, message: &impl Message) -> Vec<u8> {
        let body = Body::from(frame::pack(&message.encode_to_vec()));
        let request = Request::post(path).body(body).unwrap();
        let bytes = self.runtime.block_on(async {
            let reply = router(self.app.clone()).oneshot(request).await.unwrap();
            assert!(reply.status().is_success(), "{path}: {}", reply.status());
            to_bytes(reply.into_body(), MOST_BYTES).await.unwrap()
        });
        frame::unpack(&bytes, MOST_BYTES).unwrap()
    }

    /// Hands in batches, whoever wrote them; what became of each, in their order.
    pub fn hand_in(&self, courier: &Hand, push: Vec<SignedBatch>) -> Vec<Receipt> {
        let count = push.len();
        let reply = courier.sync(self, SyncRequest { push, ..SyncRequest::default() });
        assert_eq!(reply.receipts.len(), count);
        // Whoever is counted by the minute is not counted here.
        self.clock.advance_minutes(1);
        reply.receipts
    }
}

/// The keys of somebody's device, in hands that write whatever they like.
pub struct Hand {
    pub user: UserId,
    org: OrgCode,
    seed: SigningSeed,
    nonce: [u8; 16],
    device: DeviceId,
    signed: SignedCertificate,
    /// Where the device stands in the log; nowhere before its first exchange.
    pub cursor: Option<SignedCursor>,
}

impl Hand {
    /// A device of `user`, whose certificate the county signed.
    pub fn of(county: &County, user: &UserId, org: &str) -> Self {
        Self::with(county, user, org, 7)
    }

    /// Keys of tests need not be secret, only different.
    fn with(county: &County, user: &UserId, org: &str, n: u8) -> Self {
        let mut key = [n; 32];
        let digest = actor_id(&[n; 32], user, &[n; 16], 0);
        key.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        let (seed, nonce) = (SigningSeed(key), [n; 16]);
        let public = seed.public_key();
        let device = device_name_of(&public, &nonce);
        let certificate = Certificate {
            county: COUNTY.into(),
            user: user.to_string(),
            device: device.0.clone(),
            public_key: public.to_vec(),
            nonce: nonce.to_vec(),
            name: "钱演四".into(),
            post: String::new(),
            device_name: "手机".into(),
            issued_at_ms: county.clock.now().0,
            suite: 1,
            server: false,
        };
        let signed = certificate.sign(&county.app.county().seed);
        let now = county.clock.now();
        county
            .app
            .store()
            .write::<_, StoreError>(COUNTY, |db| learn_certificate(db, &signed, &certificate, now))
            .unwrap();
        Self { user: user.clone(), org: org.into(), seed, nonce, device, signed, cursor: None }
    }

    /// Another device of the same person.
    pub fn second(county: &County, first: &Self) -> Self {
        Self::with(county, &first.user, first.org.as_str(), 8)
    }

    fn author(&self, at: InstantMs) -> Author {
        let actor = actor_id(&self.seed.public_key(), &self.user, &self.nonce, 0);
        let (by, org, device) = (self.user.clone(), self.org.clone(), self.device.clone());
        Author { actor, header: EntryHeader { on: at.date(), by, org, device }, at }
    }

    /// Joins the first file to the second, in one action over both.
    pub fn join(
        &self,
        county: &County,
        ends: &mut Document,
        stands: &mut Document,
    ) -> [SignedBatch; 2] {
        let documents = [ends.id(), stands.id()];
        let act_documents = documents.map(|id| id.as_bytes().to_vec()).to_vec();
        let part = |document: &mut Document, with: DocumentId, stands: bool| {
            let reason = "同一件事".to_owned();
            let entry = Entry::Joined { seen: None, with, stands, reason };
            let act = BatchHeader {
                act: documents[1].as_bytes().to_vec(),
                act_documents: act_documents.clone(),
                ..BatchHeader::default()
            };
            self.write_in(county, act, document, &[Edit::AddEntry(entry)])
        };
        [part(ends, documents[1], false), part(stands, documents[0], true)]
    }

    /// Writes on that document, whatever the table says, and signs it.
    pub fn write(&self, county: &County, document: &mut Document, edits: &[Edit]) -> SignedBatch {
        self.write_in(county, BatchHeader::default(), document, edits)
    }

    /// The same as a part of the action that `act` names.
    fn write_in(
        &self,
        county: &County,
        act: BatchHeader,
        document: &mut Document,
        edits: &[Edit],
    ) -> SignedBatch {
        let committed =
            document.commit(&self.author(county.clock.now()), None, edits).expect("a change");
        self.batch_of(county, act, document, vec![committed.bytes])
    }

    /// Records a document again, as only the county does.
    pub fn go_on(&self, county: &mut County, document: &Document) -> SignedBatch {
        let id = match document.kind() {
            DocumentKind::VisitDay => {
                kinds::visit_day_id(document.home(), county.new_day().parse().expect("a day"))
            }
            DocumentKind::CaseFile | DocumentKind::Household => county.new_id(),
        };
        let author = self.author(county.clock.now());
        let (next, changes) = go_on(document, id, "没有依据", &[], &author).expect("changes");
        let changes = changes.into_iter().map(|change| change.bytes).collect();
        self.batch_of(county, BatchHeader::default(), &next, changes)
    }

    fn batch_of(
        &self,
        county: &County,
        act: BatchHeader,
        document: &Document,
        changes: Vec<Vec<u8>>,
    ) -> SignedBatch {
        let cursor =
            self.cursor.as_ref().map(|signed| signed.open(&county.app.county().key).unwrap());
        let header = BatchHeader {
            document: document.id().as_bytes().to_vec(),
            certificate: self.signed.id().to_vec(),
            org: self.org.to_string(),
            cursor_seq: cursor.as_ref().map_or(0, |cursor| cursor.seq),
            cursor_chain: cursor.map(|cursor| cursor.chain8).unwrap_or_default(),
            kind: kinds::number_of(document.kind()),
            home: document.home().to_string(),
            ..act
        };
        header.sign(changes, &self.seed)
    }

    fn sign(&self, request: &impl Message) -> SignedRequest {
        SignedRequest::new(&self.signed.id(), request.encode_to_vec(), &self.seed)
    }

    pub fn sync(&self, county: &County, request: SyncRequest) -> SyncReply {
        let request =
            SyncRequest { cursor: request.cursor.or_else(|| self.cursor.clone()), ..request };
        let reply = county.post("/v1/sync", &self.sign(&request));
        SyncReply::decode(reply.as_slice()).unwrap()
    }

    pub fn heal(&self, county: &County, documents: Vec<DocumentDigest>) -> HealReply {
        let request = HealRequest { documents, ..HealRequest::default() };
        let reply = county.post("/v1/heal", &self.sign(&request));
        HealReply::decode(reply.as_slice()).unwrap()
    }

    /// Every document that comes from the cursor `from` on, whether as a whole or in batches.
    pub fn pull(&self, county: &County, from: Option<SignedCursor>) -> BTreeMap<Vec<u8>, u32> {
        let mut found = BTreeMap::new();
        let (mut cursor, mut scope) = (from, 0);
        loop {
            let reply = self.sync(county, SyncRequest { cursor, scope, ..SyncRequest::default() });
            assert!(!reply.heal);
            found.extend(reply.documents.into_iter().map(|page| (page.document, page.kind)));
            (cursor, scope) = (reply.cursor, reply.scope);
            if !reply.more {
                return found;
            }
        }
    }

    /// Puts an online question.
    pub fn ask<Q: Question>(&self, county: &County, question: &Q) -> Result<Q::Reply, Fault> {
        let json = serde_json::to_string(question).unwrap();
        let request = AskRequest { ask: vec![1; 16], name: Q::NAME.into(), json };
        let signed = SignedAsk::new(&self.signed.id(), &request, &self.seed);
        let reply = AskReply::decode(county.post("/v1/ask", &signed).as_slice()).unwrap();
        if reply.fault.is_empty() {
            return Ok(serde_json::from_str(&reply.json).unwrap());
        }
        Err(serde_json::from_str(&reply.fault).unwrap())
    }
}
