//! A county's server and its people's devices in one process.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use yidang_api::Fault;
use yidang_domain::calendar::yanchang_2026;
use yidang_domain::civil::{Date, date_after};
use yidang_domain::org::{Assignment, Role};
use yidang_replica::native::{Files, SystemSenses};
use yidang_replica::{Device, DeviceSetup, HttpReply, Outside, Unreachable, answer};
use yidang_sync_server::register::RegisterData;
use yidang_sync_server::{App, Clock, Options, app, demo, open, router};

const COUNTY: &str = "610621";
/// Every order of three, those first in which each of them is first once.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [1, 2, 0], [2, 1, 0], [0, 2, 1], [1, 0, 2], [2, 0, 1]];

/// Orders of coming home: in each somebody else is first; all six where `YIDANG_ORDERS` is set, which takes
/// twice as long.
pub fn orders() -> impl Iterator<Item = [usize; 3]> {
    let is_whole = std::env::var_os("YIDANG_ORDERS").is_some();
    ORDERS.into_iter().take(if is_whole { 6 } else { 3 })
}

fn held<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A way to the server, with a signal or without.
#[derive(Clone)]
struct Way {
    server: App,
    has_signal: Arc<Mutex<bool>>,
    secrets: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Outside for Way {
    async fn post(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable> {
        let lost = |error: &dyn std::fmt::Display| Unreachable(error.to_string());
        if !*held(&self.has_signal) {
            return Err(lost(&"no signal"));
        }
        let path = url.trim_start_matches("http://town");
        let request = Request::post(path).body(Body::from(body)).map_err(|error| lost(&error))?;
        let service = router(self.server.clone());
        let reply = service.oneshot(request).await.map_err(|error| lost(&error))?;
        let status = reply.status().as_u16();
        let bytes = to_bytes(reply.into_body(), 64 << 20).await.map_err(|error| lost(&error))?;
        Ok(HttpReply { status, body: bytes.to_vec(), retry_after_s: None })
    }

    async fn keep(&self, secrets: &[u8]) -> Result<(), Fault> {
        *held(&self.secrets) = Some(secrets.to_vec());
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
    /// Puts a question; the fault, if there is one, is the error.
    pub fn ask(&self, name: &str, question: &Value) -> Result<Value> {
        let question = question.to_string();
        match self.runtime.block_on(answer(&self.device, &self.way, None, name, &question)) {
            Ok(reply) => Ok(serde_json::from_str(&reply)?),
            Err(fault) => bail!("{name}: {}", serde_json::to_string(&fault)?),
        }
    }

    /// With a signal from here on, or without.
    pub fn signal(&self, has_signal: bool) {
        *held(&self.way.has_signal) = has_signal;
    }

    /// Exchanges until the county has everything: proofs come one request at a time.
    pub fn settle(&self) -> Result<Value> {
        for _ in 0..3 {
            self.ask("sync_now", &json!({}))?;
        }
        self.ask("sync_now", &json!({}))
    }

    /// One case file.
    pub fn case(&self, id: &str) -> Result<Value> {
        self.ask("case_file", &json!({ "id": id }))
    }

    /// Opens a case file with one party.
    pub fn open_case(&self, matter: &str) -> Result<String> {
        let party = json!({ "name": "冯例八", "side": "a", "phone": "12000000008" });
        let question = json!({ "matter": matter, "category": "0901", "place": "下盘石村3组",
            "occurred_on": "2026-11-18", "parties": [party], "risk": 3, "source": "01",
            "people": 2, "grid": null, "visit_day": null });
        let opened = self.ask("open_case_file", &question)?;
        Ok(opened["id"].as_str().context("no identifier")?.to_owned())
    }

    /// Adds an entry.
    pub fn entry(&self, case: &str, entry: &Value) -> Result<Value> {
        let heads = self.case(case)?["heads"].clone();
        let question = json!({ "case": case, "entry": entry, "on": "2026-11-20", "heads": heads });
        self.ask("add_entry", &question)
    }

    /// Writes down a visit.
    pub fn visit(&self, case: &str, words: &str) -> Result<Value> {
        self.entry(case, &json!({ "kind": "visit", "words": words }))
    }

    /// Writes the telephone number of the first party, over what shows.
    pub fn set_phone(&self, case: &str, phone: &str) -> Result<Value> {
        let view = self.case(case)?;
        let question = json!({ "case": case, "party": view["parties"][0]["key"],
            "field": "phone", "value": phone, "heads": view["heads"] });
        self.ask("set_party_field", &question)
    }

    /// What was not taken of their own.
    pub fn rejected(&self) -> Result<Vec<Value>> {
        let rows = self.ask("rejected", &json!({ "document": null }))?;
        Ok(rows.as_array().cloned().unwrap_or_default())
    }

    /// Documents in which something waits for the county.
    pub fn waiting(&self) -> Result<Vec<Value>> {
        let rows = self.ask("carry_choices", &json!({}))?;
        let rows = rows.as_array().cloned().unwrap_or_default().into_iter();
        let waiting = rows.filter(|row| row["waits"] == true);
        Ok(waiting.map(|row| row["document"].clone()).collect())
    }

    /// Gives documents by file; what the other one's screen says then.
    pub fn gives(&self, documents: &[Value], taker: &Self) -> Result<Value> {
        let asking = taker.ask("carry_ask", &json!({}))?["base64"].clone();
        let question = json!({ "documents": documents, "asking": asking });
        let packed = self.ask("carry_pack", &question)?;
        ensure!(packed["view"]["phase"] == "done", "{}", packed["view"]);
        let opened = taker.ask("carry_open", &json!({ "file": packed["base64"] }))?;
        ensure!(opened["phase"] == "done", "{opened}");
        Ok(opened)
    }

    /// Lets both exchange documents over the network of this machine; what both screens say then.
    pub fn meets(&self, documents: &[Value], taker: &Self) -> Result<(Value, Value)> {
        let given = self.ask("carry_give", &json!({ "documents": documents }))?;
        let port = given["addresses"][0].as_str().and_then(|address| address.rsplit_once(':'));
        let (_, port) = port.context("no address")?;
        let text = format!("127.0.0.1:{port} {}", given["code"].as_str().unwrap_or_default());
        taker.ask("carry_take", &json!({ "text": text }))?;
        Ok((self.carried()?, taker.carried()?))
    }

    /// Waits until an occasion is over.
    pub fn carried(&self) -> Result<Value> {
        let began = Instant::now();
        loop {
            let view = self.ask("carry_state", &json!({}))?;
            if view["phase"] == "done" || view["phase"] == "failed" {
                return Ok(view);
            }
            ensure!(began.elapsed() < Duration::from_secs(60), "it does not end: {view}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// What the visits of a file say, in order of the alphabet.
pub fn visits(view: &Value) -> Vec<String> {
    texts(view, |entry| entry["kind"] == "visit")
}

/// What some entries of a file say, in order of the alphabet.
pub fn texts(view: &Value, is_wanted: impl Fn(&Value) -> bool) -> Vec<String> {
    let entries = view["entries"].as_array().cloned().unwrap_or_default();
    let wanted = entries.iter().filter(|entry| is_wanted(entry));
    let mut texts: Vec<String> =
        wanted.filter_map(|entry| entry["text"].as_str().map(str::to_owned)).collect();
    texts.sort();
    texts
}

/// Whether the county has every entry of a file.
pub fn is_delivered(view: &Value) -> bool {
    let entries = view["entries"].as_array().cloned().unwrap_or_default();
    entries.iter().all(|entry| entry["delivery"] == "accepted")
}

/// A county of demo people on one day.
pub struct Town {
    folder: TempDir,
    /// Its server.
    pub server: App,
    today: Date,
}

impl Town {
    /// A county where it is `today`.
    pub fn on(today: Date) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let options =
            Options { clock: Clock::on(today), ..Options::new(folder.path().join("server")) };
        let mut register = demo::register(today)?;
        // Hundreds of workers who write nothing would slow each county.
        register.users.retain(|person| !person.user.as_str().starts_with("w-"));
        register.assignments.retain(|post| !post.user.as_str().starts_with("w-"));
        register.grid_teams.clear();
        register.outlines.clear();
        app::create(&options, COUNTY, &register)?;
        let server = open(options)?;
        Ok(Self { folder, server, today })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new device of somebody, which has everything of theirs, with every signature.
    pub fn phone(&self, name: &str, user: &str) -> Result<Phone> {
        let phone = self.new_phone(name, user)?;
        phone.settle()?;
        Ok(phone)
    }

    /// A new device of somebody, which has everything of theirs; the signatures are still on their way.
    pub fn new_phone(&self, name: &str, user: &str) -> Result<Phone> {
        let way = Way {
            server: self.server.clone(),
            has_signal: Arc::new(Mutex::new(true)),
            secrets: Arc::default(),
        };
        let phone = start(&self.at(name), &way, self.ahead_ms())?;
        let code = self.server.create_code(&user.into())?;
        phone.ask("enrol", &json!({ "server": "", "code": code, "device_name": "手机" }))?;
        Ok(phone)
    }

    /// How far this county's day lies ahead of the machine's.
    fn ahead_ms(&self) -> i64 {
        let days = yidang_domain::civil::days_between(Clock::system().today(), self.today);
        days * 86_400_000
    }

    /// From today on 李例二 mediates in her township and judges no more.
    pub fn li_judges_no_more(&self) -> Result<()> {
        let register = self.server.register()?;
        let li = "u-li".into();
        let judged = register.assignments_of(&li).next().context("no post")?.clone();
        let today = self.today;
        let mediates =
            Assignment { role: Role::Mediator, from: date_after(today, -1), ..judged.clone() };
        let ended = Assignment { to: Some(date_after(today, -1)), ..judged };
        let data = RegisterData {
            assignments: vec![ended, mediates],
            calendar: yanchang_2026(),
            ..RegisterData::default()
        };
        Ok(self.server.put_register(&data)?)
    }
}

fn start(folder: &Path, way: &Way, ahead_ms: i64) -> Result<Phone> {
    let setup = DeviceSetup {
        secrets: None,
        stores: Box::new(Files::new(folder)?),
        senses: Box::new(SystemSenses { ahead_ms }),
        origin: "http://town".to_owned(),
        version: "0.0.0".to_owned(),
    };
    let device = Arc::new(Mutex::new(Device::open(setup)?));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(Phone { device, way: way.clone(), runtime })
}
