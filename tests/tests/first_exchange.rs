//! The first exchange of a new device says what it costs and how far it is, and goes on counting
//! where it was cut. Server and devices in one process; the line breaks when the story wants it.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;
use yidang_api::Fault;
use yidang_api::sync::{FirstCome, SyncState, SyncView};
use yidang_replica::native::{Files, SystemSenses};
use yidang_replica::{Device, DeviceSetup, HttpReply, Outside, Unreachable, answer};
use yidang_sync_server::{App, Clock, Options, app, demo, open, router};

const COUNTY: &str = "610621";
/// Files of the county: more than one small page holds.
const FILES: u32 = 60;

fn held<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A way to the server on which so many exchanges get through, and the others are lost.
#[derive(Clone)]
struct Way {
    server: App,
    open_for: Arc<Mutex<u32>>,
    secrets: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Way {
    fn to(server: &App) -> Self {
        Self {
            server: server.clone(),
            open_for: Arc::new(Mutex::new(u32::MAX)),
            secrets: Arc::default(),
        }
    }

    /// From now on so many exchanges get through.
    fn lets_through(&self, exchanges: u32) {
        *held(&self.open_for) = exchanges;
    }

    fn passes(&self) -> bool {
        let mut left = held(&self.open_for);
        let passes = *left > 0;
        *left = left.saturating_sub(1);
        passes
    }
}

impl Outside for Way {
    async fn post(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable> {
        let lost = |error: &dyn std::fmt::Display| Unreachable(error.to_string());
        let path = url.trim_start_matches("http://town");
        if path == "/v1/sync" && !self.passes() {
            return Err(lost(&"no signal"));
        }
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
struct Phone {
    device: Arc<Mutex<Device>>,
    way: Way,
    runtime: tokio::runtime::Runtime,
}

impl Phone {
    /// Starts the device whose databases lie in `folder`.
    fn start(folder: &Path, way: &Way) -> Result<Self> {
        let setup = DeviceSetup {
            secrets: held(&way.secrets).clone(),
            stores: Box::new(Files::new(folder)?),
            senses: Box::new(SystemSenses::default()),
            origin: "http://town".to_owned(),
            version: "0.0.0".to_owned(),
        };
        let device = Arc::new(Mutex::new(Device::open(setup)?));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { device, way: way.clone(), runtime })
    }

    /// Starts a new device and enrols it for `user`.
    fn enrolled(folder: &Path, way: &Way, user: &str) -> Result<Self> {
        let phone = Self::start(folder, way)?;
        let code = way.server.create_code(&user.into())?;
        phone.ask("enrol", &json!({ "server": "", "code": code, "device_name": "手机" }))?;
        Ok(phone)
    }

    fn ask(&self, name: &str, question: &Value) -> Result<Value> {
        let question = question.to_string();
        match self.runtime.block_on(answer(&self.device, &self.way, None, name, &question)) {
            Ok(reply) => Ok(serde_json::from_str(&reply)?),
            Err(fault) => bail!("{name}: {}", serde_json::to_string(&fault)?),
        }
    }

    /// Exchanges with the server; how things stand then.
    fn sync(&self) -> Result<SyncView> {
        Ok(serde_json::from_value(self.ask("sync_now", &json!({}))?)?)
    }

    fn state(&self) -> Result<SyncView> {
        Ok(serde_json::from_value(self.ask("sync_state", &json!({}))?)?)
    }
}

/// 王样一 writes so many files with long words that a small page does not hold them all.
fn write_files(folder: &Path, server: &App) -> Result<()> {
    let wang = Phone::enrolled(folder, &Way::to(server), "u-wang")?;
    let words = "到地里看了，两家各说各的，约好过几天再来".repeat(40);
    for number in 1..=FILES {
        let party = json!({ "name": "冯例八", "side": "a", "phone": "" });
        let opened = wang.ask(
            "open_case_file",
            &json!({ "matter": format!("第 {number} 条地埂的事"), "category": "0901",
                "place": "下盘石村3组", "occurred_on": "2026-11-18", "parties": [party], "risk": 3,
                "source": "01", "people": 2, "grid": null, "visit_day": null }),
        )?;
        let entry = json!({ "kind": "visit", "words": words });
        let id = opened.get("id").context("no identifier")?;
        wang.ask(
            "add_entry",
            &json!({ "case": id, "entry": entry, "on": "2026-11-20", "heads": [] }),
        )?;
    }
    ensure!(wang.sync()?.waiting == 0, "the server has all of it");
    Ok(())
}

#[test]
fn what_came_and_what_is_left_is_told_also_after_a_cut_and_a_restart() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let options = Options::new(at("server"));
    app::create(&options, COUNTY, &demo::register(Clock::system().today())?)?;
    let server = open(options)?;
    write_files(&at("wang"), &server)?;

    let way = Way::to(&server);
    way.lets_through(0);
    let li = Phone::enrolled(&at("li"), &way, "u-li")?;
    // A line that breaks again and again is asked for smaller pages.
    for _ in 0..4 {
        ensure!(li.sync()?.state == SyncState::Offline, "no signal yet");
    }
    let nothing = FirstCome { bytes: 0, documents: 0, expected: 0 };
    ensure!(li.state()?.first == Some(nothing), "nothing came and nothing is known");

    way.lets_through(1);
    let view = li.sync()?;
    let first = view.first.context("the first exchange is not over")?;
    ensure!(view.done_at.is_none() && view.state == SyncState::Offline, "{view:?}");
    ensure!(first.bytes > 1_000 && first.expected == FILES, "{first:?}");
    ensure!(first.documents > 0 && first.documents < FILES, "{first:?}");

    drop(li);
    let li = Phone::start(&at("li"), &way)?;
    ensure!(li.state()?.first == Some(first), "it is remembered: {:?}", li.state()?.first);
    way.lets_through(1);
    let more = li.sync()?.first;
    let goes_on = |more: FirstCome| {
        more.bytes > first.bytes && more.documents > first.documents && more.expected == FILES
    };
    ensure!(more.is_none_or(goes_on), "{first:?} and then {more:?}");

    way.lets_through(u32::MAX);
    let done = li.sync()?;
    ensure!(done.done_at.is_some() && done.first.is_none(), "{done:?}");
    Ok(())
}
