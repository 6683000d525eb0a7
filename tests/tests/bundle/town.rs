//! A county's server and its people's devices in one process.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use base64::Engine as _;
use serde_json::{Value, json};
use tower::ServiceExt;
use yidang_api::Fault;
use yidang_replica::native::{Files, SystemSenses};
use yidang_replica::{Device, DeviceSetup, HttpReply, Outside, Unreachable, answer};
use yidang_sync_protocol::PaperHead;
use yidang_sync_server::{App, Clock, Options, app, demo, open, router};

/// The county of every story.
pub const COUNTY: &str = "610621";

fn held<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a county of a few demo people without any matter, and starts its server.
pub fn found(folder: &Path) -> Result<App> {
    let options = Options::new(folder);
    let mut register = demo::register(Clock::system().today())?;
    register.users.retain(|person| !person.user.as_str().starts_with("w-"));
    register.assignments.retain(|post| !post.user.as_str().starts_with("w-"));
    register.grid_teams.clear();
    register.outlines.clear();
    app::create(&options, COUNTY, &register)?;
    open(options)
}

/// A way to a server that may be another one tomorrow.
#[derive(Clone)]
pub struct Way {
    server: Arc<Mutex<App>>,
    secrets: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Way {
    /// Leads to another server from here on.
    pub fn lead_to(&self, server: &App) {
        *held(&self.server) = server.clone();
    }
}

impl Outside for Way {
    async fn post(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable> {
        let lost = |error: &dyn std::fmt::Display| Unreachable(error.to_string());
        let path = url.trim_start_matches("http://town");
        let request = Request::post(path).body(Body::from(body)).map_err(|error| lost(&error))?;
        let service = router(held(&self.server).clone());
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
    /// Its way to the server.
    pub way: Way,
    runtime: tokio::runtime::Runtime,
}

impl Phone {
    /// A new device of `user`.
    pub fn enrolled(folder: &Path, server: &App, user: &str) -> Result<Self> {
        let way = Way { server: Arc::new(Mutex::new(server.clone())), secrets: Arc::default() };
        let setup = DeviceSetup {
            secrets: None,
            stores: Box::new(Files::new(folder)?),
            senses: Box::new(SystemSenses::default()),
            origin: "http://town".to_owned(),
            version: "0.0.0".to_owned(),
        };
        let device = Arc::new(Mutex::new(Device::open(setup)?));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let phone = Self { device, way, runtime };
        let code = server.create_code(&user.into())?;
        phone.ask("enrol", &json!({ "server": "", "code": code, "device_name": "手机" }))?;
        Ok(phone)
    }

    /// Puts a question; the fault, if there is one, is the error.
    pub fn ask(&self, name: &str, question: &Value) -> Result<Value> {
        let question = question.to_string();
        match self.runtime.block_on(answer(&self.device, &self.way, None, name, &question)) {
            Ok(reply) => Ok(serde_json::from_str(&reply)?),
            Err(fault) => bail!("{name}: {}", serde_json::to_string(&fault)?),
        }
    }

    /// One exchange.
    pub fn sync(&self) -> Result<()> {
        self.ask("sync_now", &json!({})).map(drop)
    }

    /// Exchanges until the proofs of everything came, which are asked for in the background.
    pub fn settle(&self) -> Result<()> {
        (0..4).try_for_each(|_| self.sync())
    }

    /// Opens a file of two parties.
    pub fn open_case(&self, matter: &str) -> Result<String> {
        let party = |name: &str, side: &str| json!({ "name": name, "side": side, "phone": "" });
        let question = json!({ "matter": matter, "category": "0901", "place": "下盘石村3组",
            "occurred_on": "2026-11-18", "risk": 3, "source": "01", "people": 2, "grid": null,
            "parties": [party("冯例八", "a"), party("郭样五", "b")], "visit_day": null });
        let opened = self.ask("open_case_file", &question)?;
        Ok(opened["id"].as_str().context("no identifier")?.to_owned())
    }

    /// Writes an entry.
    pub fn entry(&self, case: &str, entry: &Value) -> Result<()> {
        let view = self.ask("case_file", &json!({ "id": case }))?;
        let question = json!({ "case": case, "entry": entry, "on": "2026-11-20",
            "heads": view["heads"] });
        self.ask("add_entry", &question).map(drop)
    }

    /// Writes down a visit.
    pub fn visit(&self, case: &str, words: &str) -> Result<()> {
        self.entry(case, &json!({ "kind": "visit", "words": words }))
    }

    /// What stands under the code at the foot of a printed page of a file.
    pub fn head(&self, case: &str) -> Result<PaperHead> {
        let head = self.ask("paper_head", &json!({ "id": case }))?;
        let modules = head["modules"].as_u64().unwrap_or_default();
        ensure!(modules >= 21 && head["path"].as_str().is_some_and(|path| path.starts_with('M')));
        let view = self.ask("case_file", &json!({ "id": case }))?;
        ensure!(head["heads"] == view["heads"], "it is about what the page shows");
        Ok(head["text"].as_str().unwrap_or_default().parse()?)
    }

    /// The bytes of a file with its proofs, and what it is to be called.
    pub fn export(&self, case: &str) -> Result<(String, Vec<u8>)> {
        let exported = self.ask("export_bundle", &json!({ "id": case }))?;
        let text = |field: &str| exported[field].as_str().unwrap_or_default().to_owned();
        let bytes = base64::engine::general_purpose::STANDARD.decode(text("base64"))?;
        Ok((text("name"), bytes))
    }
}
