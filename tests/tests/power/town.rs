//! A county's server and its people's devices in one process, with their stores on a watched disk.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use prost::Message;
use serde_json::{Value, json};
use tower::ServiceExt;
use yidang_api::Fault;
use yidang_domain::civil::InstantMs;
use yidang_replica::native::{Files, SystemSenses};
use yidang_replica::{
    Boundary, Device, DeviceSetup, HttpReply, Outside, Senses, Unreachable, Witness, answer,
};
use yidang_sync_protocol::message::{MOST_REPLY_BYTES, MOST_REQUEST_BYTES};
use yidang_sync_protocol::{SignedRequest, SyncReply, SyncRequest, Verdict, frame};
use yidang_sync_server::{App, Options, app, demo, open, router};

use crate::dice::Dice;
use yidang_tests::disk::Disk;

/// The county of every story.
pub const COUNTY: &str = "610621";

/// A list that several hands write into.
pub type Shared<T> = Arc<Mutex<Vec<T>>>;

fn held<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a county of demo people without any matter.
pub fn found(folder: &Path) -> Result<()> {
    found_as(&Options::new(folder))
}

/// The same in another manner.
pub fn found_as(options: &Options) -> Result<()> {
    let mut register = demo::register(options.clock.today())?;
    // Every cut begins with this county: hundreds of workers who write nothing would slow each one.
    register.users.retain(|person| !person.user.as_str().starts_with("w-"));
    register.assignments.retain(|post| !post.user.as_str().starts_with("w-"));
    register.grid_teams.clear();
    register.outlines.clear();
    app::create(options, COUNTY, &register)
}

/// Starts the server on its folder.
pub fn start(folder: &Path) -> Result<App> {
    open(Options::new(folder))
}

/// A batch that the server said it holds.
#[derive(Debug, Clone)]
pub struct Held {
    /// When it said so, in events of the disk.
    pub at: usize,
    /// The batch.
    pub batch: [u8; 16],
}

/// A boundary that was passed.
#[derive(Debug, Clone)]
pub struct Mark {
    /// When, in events of the disk.
    pub at: usize,
    /// Its name.
    pub name: String,
}

/// Writes down that a boundary is passed now.
pub fn note(marks: &Shared<Mark>, disk: &Disk, name: String) {
    held(marks).push(Mark { at: disk.now(), name });
}

/// What was written down so far.
pub fn marks(marks: &Shared<Mark>) -> Vec<Mark> {
    held(marks).clone()
}

/// Time and dice of a device, and who hears of the boundaries it passes.
#[derive(Clone, Default)]
pub struct Watched {
    system: SystemSenses,
    /// Time stands there and dice are those of a seed, where a story has to be told the same again.
    foreseen: Option<(InstantMs, Arc<Mutex<Dice>>)>,
    disk: Option<Disk>,
    marks: Shared<Mark>,
}

impl Watched {
    /// Where time stands at `at`, with the dice of a seed.
    pub fn foreseen(at: InstantMs, seed: u64) -> Self {
        Self { foreseen: Some((at, Arc::new(Mutex::new(Dice::of(seed))))), ..Self::default() }
    }
}

impl Senses for Watched {
    fn now(&self) -> InstantMs {
        self.foreseen.as_ref().map_or_else(|| self.system.now(), |(at, _)| *at)
    }

    fn random(&self, bytes: &mut [u8]) {
        match &self.foreseen {
            Some((_, dice)) => {
                let mut dice = held(dice);
                bytes.fill_with(|| u8::try_from(dice.below(256)).unwrap_or(0));
            }
            None => self.system.random(bytes),
        }
    }

    fn witness(&self) -> Option<Witness> {
        let (disk, marks) = (self.disk.clone()?, Arc::clone(&self.marks));
        Some(Arc::new(move |boundary: Boundary| {
            note(&marks, &disk, format!("{boundary:?}"));
        }))
    }
}

/// What an installation keeps apart from its databases, with when.
type Secrets = Shared<(usize, Vec<u8>)>;

/// A device's way to the server, which may be down.
#[derive(Clone)]
pub struct Way {
    server: Arc<Mutex<Option<App>>>,
    disk: Option<Disk>,
    senses: Watched,
    secrets: Secrets,
    held: Shared<Held>,
}

impl Way {
    /// A way for an installation that is not there yet.
    pub fn new(server: Option<App>, disk: Option<Disk>) -> Self {
        Self {
            server: Arc::new(Mutex::new(server)),
            senses: Watched { disk: disk.clone(), ..Watched::default() },
            disk,
            secrets: Shared::default(),
            held: Shared::default(),
        }
    }

    /// The same with another sense of time and chance.
    pub fn sensing(self, senses: Watched) -> Self {
        Self { senses, ..self }
    }

    /// The boundaries that the device passed, where its disk is watched.
    pub fn marks(&self) -> Vec<Mark> {
        marks(&self.senses.marks)
    }

    /// A way for an installation with these secrets.
    pub fn with_secrets(server: Option<App>, secrets: Vec<u8>) -> Self {
        Self::new(server, None).keeping(secrets)
    }

    /// With an installation that has these secrets already.
    pub fn keeping(self, secrets: Vec<u8>) -> Self {
        held(&self.secrets).push((0, secrets));
        self
    }

    /// Another server, or none.
    pub fn lead_to(&self, server: Option<App>) {
        *held(&self.server) = server;
    }

    /// Leads nowhere from here on; where it led.
    pub fn parted(&self) -> Option<App> {
        held(&self.server).take()
    }

    /// What the server said it holds.
    pub fn held(&self) -> Vec<Held> {
        held(&self.held).clone()
    }

    /// The secrets as they were kept at that moment.
    pub fn secrets_at(&self, moment: usize) -> Option<Vec<u8>> {
        let secrets = held(&self.secrets);
        secrets.iter().rev().find(|(at, _)| *at <= moment).map(|(_, bytes)| bytes.clone())
    }

    fn now(&self) -> usize {
        self.disk.as_ref().map_or(0, Disk::now)
    }

    /// Writes down what the server said that it holds.
    fn note(&self, request: &[u8], reply: &[u8]) -> Option<()> {
        let signed = frame::unpack(request, MOST_REQUEST_BYTES).ok()?;
        let signed = SignedRequest::decode(signed.as_slice()).ok()?;
        let request = SyncRequest::decode(signed.request.as_slice()).ok()?;
        let reply = frame::unpack(reply, MOST_REPLY_BYTES).ok()?;
        let reply = SyncReply::decode(reply.as_slice()).ok()?;
        for receipt in reply.receipts {
            let said = Verdict::try_from(receipt.verdict).unwrap_or(Verdict::Unknown);
            let is_held = matches!(
                said,
                Verdict::Received
                    | Verdict::Accepted
                    | Verdict::Duplicate
                    | Verdict::Parked
                    | Verdict::Reverted
            );
            let batch = request.push.get(usize::try_from(receipt.index).ok()?)?;
            if is_held {
                held(&self.held).push(Held { at: self.now(), batch: batch.id() });
            }
        }
        Some(())
    }
}

impl Outside for Way {
    async fn post(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable> {
        let lost = |error: &dyn std::fmt::Display| Unreachable(error.to_string());
        let server = held(&self.server).clone();
        let server = server.ok_or_else(|| lost(&"the server is down"))?;
        let path = url.trim_start_matches("http://town");
        let request = Request::post(path).body(Body::from(body.clone())).map_err(|e| lost(&e))?;
        let reply = router(server).oneshot(request).await.map_err(|error| lost(&error))?;
        let status = reply.status().as_u16();
        let retry_after_s = reply
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok().and_then(|seconds| seconds.parse().ok()));
        let bytes = to_bytes(reply.into_body(), 64 << 20).await.map_err(|error| lost(&error))?;
        if path == "/v1/sync" && status == 200 {
            self.note(&body, &bytes);
        }
        Ok(HttpReply { status, body: bytes.to_vec(), retry_after_s })
    }

    async fn keep(&self, secrets: &[u8]) -> Result<(), Fault> {
        held(&self.secrets).push((self.now(), secrets.to_vec()));
        Ok(())
    }
}

/// Somebody's device.
pub struct Phone {
    device: Arc<Mutex<Device>>,
    way: Way,
    runtime: tokio::runtime::Runtime,
}

impl Phone {
    /// Starts the device whose databases lie in `folder`.
    pub fn start(folder: &Path, way: &Way) -> Result<Self> {
        let setup = DeviceSetup {
            secrets: way.secrets_at(usize::MAX),
            stores: Box::new(Files::new(folder)?),
            senses: Box::new(way.senses.clone()),
            origin: "http://town".to_owned(),
            version: "0.0.0".to_owned(),
        };
        let device = Arc::new(Mutex::new(Device::open(setup)?));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { device, way: way.clone(), runtime })
    }

    /// Starts a new device and enrols it for `user`.
    pub fn enrolled(folder: &Path, way: &Way, server: &App, user: &str) -> Result<Self> {
        let phone = Self::start(folder, way)?;
        let code = server.create_code(&user.into())?;
        phone.ask("enrol", &json!({ "server": "", "code": code, "device_name": "手机" }))?;
        Ok(phone)
    }

    /// Puts a question; the fault, if there is one, is the error.
    pub fn ask(&self, name: &str, question: &Value) -> Result<Value> {
        let question = question.to_string();
        let answering = answer(&self.device, &self.way, None, name, &question);
        match self.runtime.block_on(answering) {
            Ok(reply) => Ok(serde_json::from_str(&reply)?),
            Err(fault) => bail!("{name}: {}", serde_json::to_string(&fault)?),
        }
    }

    /// Exchanges with the server; how it ended.
    pub fn sync(&self) -> Result<Value> {
        self.ask("sync_now", &json!({}))
    }

    /// One case file.
    pub fn case(&self, id: &str) -> Result<Value> {
        self.ask("case_file", &json!({ "id": id }))
    }

    /// Opens a case file with one party; its identifier.
    pub fn open_case(&self, matter: &str) -> Result<String> {
        let party = json!({ "name": "冯例八", "side": "a", "phone": "12000000008" });
        let question = json!({ "matter": matter, "category": "0901", "place": "下盘石村3组",
            "occurred_on": "2026-11-18", "parties": [party], "risk": 3, "source": "01",
            "people": 2, "grid": null, "visit_day": null });
        let opened = self.ask("open_case_file", &question)?;
        Ok(opened["id"].as_str().context("no identifier")?.to_owned())
    }

    /// Writes down a visit.
    pub fn visit(&self, case: &str, words: &str) -> Result<Value> {
        self.entry(case, &json!({ "kind": "visit", "words": words }))
    }

    /// Adds an entry.
    pub fn entry(&self, case: &str, entry: &Value) -> Result<Value> {
        let question = json!({ "case": case, "entry": entry, "on": "2026-11-20", "heads": [] });
        self.ask("add_entry", &question)
    }

    /// Writes a fact.
    pub fn set(&self, case: &str, field: &str, value: &str) -> Result<Value> {
        let heads = self.case(case)?["heads"].clone();
        let question = json!({ "case": case, "field": field, "value": value, "heads": heads });
        self.ask("set_fact", &question)
    }

    /// Writes the telephone number of the first party.
    pub fn set_phone(&self, case: &str, value: &str) -> Result<Value> {
        let view = self.case(case)?;
        let question = json!({ "case": case, "party": view["parties"][0]["key"],
            "field": "phone", "value": value, "heads": view["heads"] });
        self.ask("set_party_field", &question)
    }

    /// Keeps what stands in a form.
    pub fn draft(&self, form: &str, content: &str) -> Result<Value> {
        self.ask("save_draft", &json!({ "form": form, "content": content }))
    }
}

/// The key of the database that these secrets open, and its name.
pub fn database_of(secrets: &[u8]) -> Result<(String, [u8; 32])> {
    let secrets: Value = serde_json::from_slice(secrets)?;
    let account = &secrets["accounts"][0];
    let key: Vec<u8> = serde_json::from_value(account["store_key"].clone())?;
    let key = key.try_into().map_err(|_| anyhow::anyhow!("a key of another length"))?;
    let user = account["user"].as_str().context("no user")?;
    Ok((format!("desk-{user}"), key))
}

/// A folder in the folder of a test.
pub fn at(folder: &tempfile::TempDir, name: &str) -> PathBuf {
    folder.path().join(name)
}
