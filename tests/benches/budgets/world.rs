//! A county in this process: the real server on a real database, and devices that reach it through
//! its own service, so that every byte and every request can be counted.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use axum::body::Body;
use serde_json::{Value, json};
use tower::ServiceExt;
use yidang_domain::civil::Date;
use yidang_domain::ids::UserId;
use yidang_domain::org::{Assignment, OrgLevel, OrgUnit, Role, Staff};
use yidang_replica::native::{Files, SystemSenses};
use yidang_replica::{Device, DeviceSetup, HttpReply, Outside, Unreachable, answer};
use yidang_sync_server::allowance::Allowance;
use yidang_sync_server::app::{self, Options};
use yidang_sync_server::demo::Profile;
use yidang_sync_server::register::RegisterData;
use yidang_sync_server::worker::Reading;
use yidang_sync_server::{App, router};

use super::text::Sentences;

/// The county of the measurements; no real one.
const COUNTY: &str = "610699";
/// The township of the measurements.
pub const TOWNSHIP: &str = "610699100";
/// So many grids, each with its worker.
pub const GRIDS: usize = 20;
/// So many mediators of the township, who write in any file of it.
pub const AUTHORS: usize = 20;

/// The server.
pub struct World {
    pub app: App,
    pub runtime: tokio::runtime::Runtime,
    pub folder: PathBuf,
}

fn unit(code: &str, level: OrgLevel, parent: Option<&str>) -> OrgUnit {
    OrgUnit::plain(code, &format!("演示{code}"), level, parent)
}

/// The code of a grid.
pub fn grid(number: usize) -> String {
    format!("{}2{:03}", village(number), number + 1)
}

fn village(number: usize) -> String {
    format!("{COUNTY}10020{}", number / 4)
}

/// The name under which the register knows the worker of a grid.
pub fn worker(number: usize) -> String {
    format!("u-worker-{number}")
}

/// The name under which the register knows a mediator.
pub fn author(number: usize) -> String {
    format!("u-mediator-{number}")
}

fn county() -> Result<RegisterData> {
    let township = TOWNSHIP.to_owned();
    let mut units = vec![
        unit(COUNTY, OrgLevel::County, None),
        unit(&township, OrgLevel::Township, Some(COUNTY)),
    ];
    for number in 0..GRIDS.div_ceil(4) {
        units.push(unit(&village(number * 4), OrgLevel::Village, Some(&township)));
    }
    let mut people = vec![
        ("u-reviewer".to_owned(), township.clone(), Role::TownshipReviewer),
        ("u-clerk".to_owned(), COUNTY.to_owned(), Role::CountyClerk),
    ];
    for number in 0..GRIDS {
        units.push(unit(&grid(number), OrgLevel::Grid, Some(&village(number))));
        people.push((worker(number), grid(number), Role::GridWorker));
    }
    for number in 0..AUTHORS {
        people.push((author(number), township.clone(), Role::Mediator));
    }
    let people: Vec<(&str, &str, Role)> =
        people.iter().map(|(user, org, role)| (user.as_str(), org.as_str(), *role)).collect();
    Ok(RegisterData { units, ..World::staffed(&people)? })
}

fn options(folder: &Path) -> Options {
    // Whatever is judged is judged within its request, so that it is measured.
    let patience = Duration::from_secs(600);
    let allowance = Allowance::ENDLESS;
    Options { patience, allowance, ..Options::new(folder.join("server")) }
}

impl World {
    /// A county without a file.
    pub fn new(folder: &Path) -> Result<Self> {
        Self::of(folder, COUNTY, &county()?)
    }

    /// The same with the pages of the browser edition.
    pub fn with_pages(folder: &Path, pages: PathBuf) -> Result<Self> {
        let options = Options { web: Some(pages), ..options(folder) };
        app::create(&options, COUNTY, &county()?)?;
        Self::open(folder, options)
    }

    /// The county `code` with this register, without a file.
    pub fn of(folder: &Path, code: &str, register: &RegisterData) -> Result<Self> {
        let options = options(folder);
        app::create(&options, code, register)?;
        Self::open(folder, options)
    }

    /// The demo county, whole: made by what the command `demo` runs.
    pub fn demo(folder: &Path) -> Result<Self> {
        Self::open(folder, Options { demo: true, profile: Profile::County, ..options(folder) })
    }

    /// The same county as a server that just started, which holds nothing in memory and has foreign
    /// bytes read by workers, as every server that people use.
    pub fn restarted(self) -> Result<Self> {
        let Self { app, runtime, folder } = self;
        drop((app, runtime));
        let reading = Reading::by_this_program()?;
        Self::open(&folder, Options { reading, ..options(&folder) })
    }

    /// People and where they work, for a register.
    pub fn staffed(people: &[(&str, &str, Role)]) -> Result<RegisterData> {
        let from: Date = "2024-01-01".parse().map_err(|_| anyhow!("a date"))?;
        let users = people.iter().map(|(user, ..)| Staff {
            user: UserId((*user).to_owned()),
            name: format!("演示{user}"),
            phone: String::new(),
        });
        let assignments = people.iter().map(|(user, org, role)| Assignment {
            user: UserId((*user).to_owned()),
            org: (*org).into(),
            role: *role,
            from,
            to: None,
        });
        Ok(RegisterData {
            users: users.collect(),
            assignments: assignments.collect(),
            ..RegisterData::default()
        })
    }

    fn open(folder: &Path, options: Options) -> Result<Self> {
        Ok(Self {
            app: app::open(options)?,
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_time()
                .thread_name("server")
                .build()?,
            folder: folder.to_owned(),
        })
    }

    /// A device of `user`, enrolled and in step, in a folder of its own under `at`.
    pub fn device(&self, at: &Path, user: &str) -> Result<Pen<'_>> {
        let pen = self.bare_device(at)?;
        pen.enrol(user)?;
        pen.settle()?;
        Ok(pen)
    }

    /// A device that nobody enrolled.
    pub fn bare_device(&self, at: &Path) -> Result<Pen<'_>> {
        let files = Files::new(at).map_err(|fault| anyhow!("{fault:?}"))?;
        let device = Device::open(DeviceSetup {
            secrets: files.secrets().map_err(|fault| anyhow!("{fault:?}"))?,
            stores: Box::new(files.clone()),
            senses: Box::new(SystemSenses::default()),
            origin: "http://county".into(),
            version: "bench".into(),
        })
        .map_err(|fault| anyhow!("{fault:?}"))?;
        self.another(at, Arc::new(Mutex::new(device)))
    }

    /// A second way to ask the same device, for another thread.
    pub fn another(&self, at: &Path, device: Arc<Mutex<Device>>) -> Result<Pen<'_>> {
        let files = Files::new(at).map_err(|fault| anyhow!("{fault:?}"))?;
        let here = tokio::runtime::Builder::new_current_thread().build()?;
        let wire = Wire { world: self, files, tally: RefCell::default() };
        Ok(Pen { device, wire, here })
    }
}

/// What went over the wire.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub requests: u32,
    pub up: usize,
    pub down: usize,
}

/// A device's way to the server of this process.
pub struct Wire<'a> {
    world: &'a World,
    files: Files,
    tally: RefCell<Tally>,
}

impl Outside for Wire<'_> {
    async fn post(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable> {
        {
            let mut tally = self.tally.borrow_mut();
            tally.requests += 1;
            tally.up += body.len();
        }
        let service = router(self.world.app.clone());
        let request = axum::http::Request::post(url).body(Body::from(body));
        let request = request.map_err(|error| Unreachable(error.to_string()))?;
        let lost = |error: String| Unreachable(error);
        let asked = self.world.runtime.spawn(async move {
            let reply = service.oneshot(request).await.map_err(|error| error.to_string())?;
            let status = reply.status().as_u16();
            let body = axum::body::to_bytes(reply.into_body(), usize::MAX).await;
            Ok::<_, String>((status, body.map_err(|error| error.to_string())?.to_vec()))
        });
        let (status, body) = asked.await.map_err(|error| lost(error.to_string()))?.map_err(lost)?;
        self.tally.borrow_mut().down += body.len();
        Ok(HttpReply { status, body, retry_after_s: None })
    }

    async fn keep(&self, secrets: &[u8]) -> Result<(), yidang_api::Fault> {
        self.files.keep(secrets)
    }
}

/// One device with whoever writes on it.
pub struct Pen<'a> {
    pub device: Arc<Mutex<Device>>,
    pub wire: Wire<'a>,
    here: tokio::runtime::Runtime,
}

impl Pen<'_> {
    /// Asks a question of the table.
    pub fn ask(&self, name: &str, question: &Value) -> Result<Value> {
        let text = question.to_string();
        let reply = self.here.block_on(answer(&self.device, &self.wire, None, name, &text));
        let reply = reply.map_err(|fault| anyhow!("{name}: {fault:?}"))?;
        serde_json::from_str(&reply).with_context(|| format!("the answer to {name}"))
    }

    /// Enrols the device and fetches what is there, which the application does by itself.
    pub fn enrol(&self, user: &str) -> Result<()> {
        self.sign_in(user)?;
        self.fetch()
    }

    /// Enrols the device as far as a person waits for it: the first page is there.
    pub fn sign_in(&self, user: &str) -> Result<()> {
        let code = self.wire.world.app.create_code(&UserId(user.into()))?;
        let question = json!({ "server": "http://county", "code": code, "device_name": "演示" });
        self.ask("enrol", &question)?;
        Ok(())
    }

    /// Exchanges until nothing is left.
    pub fn fetch(&self) -> Result<()> {
        let state = self.ask("sync_now", &json!({}))?;
        anyhow::ensure!(state["state"] == "done", "the exchange did not end: {state}");
        Ok(())
    }

    /// Exchanges until nothing is left; gives what went over the wire.
    pub fn sync(&self) -> Result<Tally> {
        *self.wire.tally.borrow_mut() = Tally::default();
        self.fetch()?;
        Ok(*self.wire.tally.borrow())
    }

    /// Exchanges until the proofs of everything that came as a snapshot are here; gives what went over
    /// the wire.
    pub fn settle(&self) -> Result<Tally> {
        *self.wire.tally.borrow_mut() = Tally::default();
        while self.ask("sync_now", &json!({}))?["to_prove"] != 0 {}
        Ok(self.tally())
    }

    /// What went over the wire since the last exchange began.
    pub fn tally(&self) -> Tally {
        *self.wire.tally.borrow()
    }

    /// Whether a desk is open on the device.
    pub fn is_signed_in(&self) -> Result<bool> {
        Ok(!self.ask("session", &json!({}))?["person"].is_null())
    }

    /// Opens a file in the writer's own grid; gives its name.
    pub fn open(&self, words: &mut Sentences) -> Result<String> {
        self.open_in(words, None)
    }

    /// Opens a file in `grid`; gives its name.
    pub fn open_in(&self, words: &mut Sentences, grid: Option<&str>) -> Result<String> {
        let question = json!({
            "matter": words.next(), "category": "0201", "place": words.place(),
            "occurred_on": "2026-11-20", "risk": 3, "source": "01", "people": 2,
            "parties": [
                { "name": words.name(), "side": "a", "phone": words.phone() },
                { "name": words.name(), "side": "b", "phone": "" },
            ],
            "grid": grid, "visit_day": null,
        });
        let opened = self.ask("open_case_file", &question)?;
        opened["id"].as_str().map(str::to_owned).context("a file without a name")
    }

    /// Adds an entry.
    pub fn add(&self, case: &str, entry: &Value) -> Result<Value> {
        let question = json!({ "case": case, "on": "2026-11-21", "heads": [], "entry": entry });
        self.ask("add_entry", &question)
    }

    /// Writes one fact, as somebody who looks at the file.
    pub fn set(&self, case: &str, field: &str, value: &str) -> Result<Value> {
        let heads = self.ask("case_file", &json!({ "id": case }))?["heads"].clone();
        let question = json!({ "case": case, "field": field, "value": value, "heads": heads });
        self.ask("set_fact", &question)
    }
}
