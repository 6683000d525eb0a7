//! Devices in people's hands: the real replica over databases in memory, a virtual clock, foreseeable
//! dice, and a line that breaks.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use anyhow::{Result, bail};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use rusqlite::Connection;
use serde_json::{Value, json};
use tower::ServiceExt;
use yidang_api::FaultCode;
use yidang_domain::civil::InstantMs;
use yidang_replica::{
    Device, DeviceSetup, HttpReply, Outside, Senses, Stores, Unreachable, answer, sync_when_due,
};
use yidang_sync_server::{App, Clock, router};

use crate::dice::Dice;
use crate::faults::{Fault, Faults};
use crate::places::Person;

/// Rows asked for at once: no list gives more.
const LISTED: usize = 500;

/// No answer of a server is longer.
const MOST_REPLY: usize = 64 << 20;
/// An application that ends in the middle of an exchange has gone this far at most: requests, slices
/// of pages and secrets that were kept, each counted once.
const LONGEST_EXCHANGE: u64 = 14;

/// What lies between devices and the server.
pub struct Net {
    server: RefCell<Option<App>>,
    runtime: tokio::runtime::Runtime,
    /// Requests that are still on their way while later ones arrive.
    late: RefCell<Vec<(String, Vec<u8>)>>,
    /// How often each fault befell somebody.
    befell: RefCell<BTreeMap<Fault, u32>>,
}

impl Net {
    /// A net without a server.
    pub fn new() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (server, late) = (RefCell::default(), RefCell::default());
        Ok(Self { server, runtime, late, befell: RefCell::default() })
    }

    /// Another server, or none.
    pub fn lead_to(&self, server: Option<App>) {
        *self.server.borrow_mut() = server;
    }

    /// The server, while it runs.
    pub fn server(&self) -> Option<App> {
        self.server.borrow().clone()
    }

    /// Counts a fault.
    pub fn count(&self, fault: Fault) {
        *self.befell.borrow_mut().entry(fault).or_default() += 1;
    }

    /// How often each fault befell somebody.
    pub fn befell(&self) -> BTreeMap<Fault, u32> {
        self.befell.borrow().clone()
    }

    /// Carries one request to the server and brings its answer back.
    fn carry(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable> {
        let lost = |error: &dyn std::fmt::Display| Unreachable(error.to_string());
        let server = self.server().ok_or_else(|| lost(&"the server is down"))?;
        let path = url.trim_start_matches("http://county");
        let request = Request::post(path).body(Body::from(body)).map_err(|error| lost(&error))?;
        self.runtime.block_on(async {
            let reply = router(server).oneshot(request).await.map_err(|error| lost(&error))?;
            let status = reply.status().as_u16();
            let body = to_bytes(reply.into_body(), MOST_REPLY).await.map_err(|e| lost(&e))?;
            Ok(HttpReply { status, body: body.to_vec(), retry_after_s: None })
        })
    }

    /// Lets those arrive that were on their way for so long.
    fn arrive(&self) {
        for (url, body) in self.late.take() {
            drop(self.carry(&url, body));
        }
    }
}

/// One device's way to the server.
struct Line {
    net: Rc<Net>,
    faults: Faults,
    dice: RefCell<Dice>,
    /// Requests go wrong.
    is_rough: Cell<bool>,
    /// Steps after which the application ends; none while it lives on.
    left: Cell<Option<u64>>,
    secrets: RefCell<Option<Vec<u8>>>,
}

impl Line {
    /// One step of an exchange, the last one where the application ends here.
    async fn step(&self) {
        match self.left.get() {
            Some(0) => std::future::pending().await,
            Some(left) => self.left.set(Some(left - 1)),
            None => {}
        }
    }

    fn rough(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable> {
        let lost = || Err(Unreachable("nobody answered".into()));
        let fault = self.faults.of_request(&mut self.dice.borrow_mut());
        let Some(fault) = fault else { return self.net.carry(url, body) };
        self.net.count(fault);
        match fault {
            Fault::Lost => lost(),
            Fault::Late => {
                self.net.late.borrow_mut().push((url.to_owned(), body));
                lost()
            }
            Fault::AnswerLost => self.net.carry(url, body).and_then(|_| lost()),
            Fault::Twice => {
                drop(self.net.carry(url, body.clone()));
                self.net.carry(url, body)
            }
            _ => {
                let mut reply = self.net.carry(url, body)?;
                reply.body.truncate(reply.body.len() / 2);
                Ok(reply)
            }
        }
    }
}

impl Outside for Line {
    async fn post(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable> {
        self.step().await;
        let arrives = self.dice.borrow_mut().permille(500);
        if arrives {
            self.net.arrive();
        }
        let reply =
            if self.is_rough.get() { self.rough(url, body) } else { self.net.carry(url, body) };
        self.step().await;
        reply
    }

    async fn breathe(&self) {
        self.step().await;
    }

    async fn keep(&self, secrets: &[u8]) -> Result<(), yidang_api::Fault> {
        self.step().await;
        *self.secrets.borrow_mut() = Some(secrets.to_vec());
        Ok(())
    }
}

/// Databases in a folder that lies in memory, as they are: what encryption and power failures do to
/// them is tried elsewhere (`power`).
struct Drawer {
    folder: PathBuf,
}

impl Stores for Drawer {
    fn open(&self, name: &str, _key: &[u8; 32]) -> Result<Connection, yidang_api::Fault> {
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(self.folder.join(name))?;
            connection.pragma_update(None, "temp_store", "MEMORY")?;
            connection.pragma_update(None, "journal_mode", "MEMORY")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "foreign_keys", "ON")?;
            Ok(connection)
        };
        open().map_err(|error| yidang_api::Fault::new(FaultCode::Internal, error.to_string()))
    }

    fn erase(&self, name: &str) -> Result<(), yidang_api::Fault> {
        fs::remove_file(self.folder.join(name))
            .map_err(|error| yidang_api::Fault::new(FaultCode::Internal, error.to_string()))
    }
}

/// The county's time, wrong by as much as this device's clock is, and dice that go on where they
/// stopped when the application ended.
struct Sense {
    clock: Clock,
    ahead: Arc<AtomicI64>,
    dice: Arc<Mutex<Dice>>,
}

impl Senses for Sense {
    fn now(&self) -> InstantMs {
        let ahead = self.ahead.load(Ordering::Relaxed);
        InstantMs(self.clock.now().0.saturating_add(ahead))
    }

    fn random(&self, bytes: &mut [u8]) {
        self.dice.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes);
    }
}

/// What became of a question.
#[derive(Debug)]
pub enum Said {
    /// An answer: of a question that writes, 已存本机.
    Yes(Value),
    /// A fault, as the device words it.
    No(String),
    /// The application ended before it answered.
    Ended,
}

/// Somebody's device.
pub struct Phone {
    /// Whose it is.
    pub person: Person,
    /// What it is called: unique in the county.
    pub name: String,
    /// It was lost and its certificate revoked.
    pub is_revoked: bool,
    /// Forms that were opened and are not saved yet.
    pub forms: Vec<Form>,
    folder: PathBuf,
    line: Line,
    clock: Clock,
    ahead: Arc<AtomicI64>,
    dice: Arc<Mutex<Dice>>,
    device: Option<Arc<Mutex<Device>>>,
}

/// A form: what it writes into, and what stood there.
#[derive(Debug, Clone)]
pub struct Form {
    /// The case file.
    pub case: String,
    /// Its heads then.
    pub heads: Value,
    /// The value that showed.
    pub saw: String,
}

impl Phone {
    /// A new device that nobody is signed in on.
    pub fn new(
        folder: &Path,
        (person, name): (Person, String),
        (net, faults): (&Rc<Net>, &Faults),
        clock: &Clock,
        dice: &Dice,
    ) -> Result<Self> {
        let folder = folder.join(&name);
        fs::create_dir_all(&folder)?;
        let line = Line {
            net: Rc::clone(net),
            faults: faults.clone(),
            dice: RefCell::new(dice.apart("line", 0)),
            is_rough: Cell::new(false),
            left: Cell::new(None),
            secrets: RefCell::default(),
        };
        Ok(Self {
            person,
            name,
            is_revoked: false,
            forms: Vec::new(),
            folder,
            line,
            clock: clock.clone(),
            ahead: Arc::default(),
            dice: Arc::new(Mutex::new(dice.apart("device", 0))),
            device: None,
        })
    }

    /// What it is called, with whose it is.
    pub fn called(&self) -> String {
        format!("{}的{}", self.person.name, self.name)
    }

    /// Signs its person in with an activation code.
    pub fn enrol(&mut self, code: &str) -> Result<()> {
        let question = json!({ "server": "", "code": code, "device_name": self.name });
        match self.ask("enrol", &question)? {
            Said::Yes(_) => Ok(()),
            said => bail!("{} was not enrolled: {said:?}", self.called()),
        }
    }

    /// Sets how wrong its clock is.
    pub fn set_clock(&self, minutes_ahead: i64) {
        self.ahead.store(minutes_ahead.saturating_mul(60_000), Ordering::Relaxed);
    }

    /// Ends the application. What was committed stays.
    pub fn end(&mut self) {
        self.device = None;
        self.forms.clear();
    }

    fn opened(&mut self) -> Result<Arc<Mutex<Device>>> {
        if let Some(device) = &self.device {
            return Ok(Arc::clone(device));
        }
        let sense = Sense {
            clock: self.clock.clone(),
            ahead: Arc::clone(&self.ahead),
            dice: Arc::clone(&self.dice),
        };
        let setup = DeviceSetup {
            secrets: self.line.secrets.borrow().clone(),
            stores: Box::new(Drawer { folder: self.folder.clone() }),
            senses: Box::new(sense),
            origin: "http://county".to_owned(),
            version: "0.0.0".to_owned(),
        };
        let opened = Device::open(setup);
        let device = match opened {
            Ok(device) => Arc::new(Mutex::new(device)),
            Err(fault) => bail!("{} does not open: {}", self.called(), fault.detail),
        };
        self.device = Some(Arc::clone(&device));
        Ok(device)
    }

    /// Puts a question.
    pub fn ask(&mut self, name: &str, question: &Value) -> Result<Said> {
        let device = self.opened()?;
        let json = question.to_string();
        let said = match outcome(answer(&device, &self.line, None, name, &json)) {
            Some(Ok(reply)) => Said::Yes(serde_json::from_str(&reply)?),
            Some(Err(fault)) => Said::No(serde_json::to_string(&fault)?),
            None => Said::Ended,
        };
        if matches!(said, Said::Ended) {
            self.end();
        }
        Ok(said)
    }

    /// Puts a question that has to be answered.
    pub fn told(&mut self, name: &str, question: &Value) -> Result<Value> {
        match self.ask(name, question)? {
            Said::Yes(reply) => Ok(reply),
            said => bail!("{} did not answer {name}: {said:?}", self.called()),
        }
    }

    /// Exchanges with the server as the application does by itself or as somebody asks for it, over a
    /// line on which things go wrong.
    pub fn exchange_rough(&mut self, dice: &mut Dice) -> Result<()> {
        let is_killed = dice.permille(self.line.faults.chance(Fault::Killed));
        if is_killed {
            self.line.net.count(Fault::Killed);
            self.line.left.set(Some(dice.below(LONGEST_EXCHANGE)));
        }
        self.line.is_rough.set(true);
        let device = self.opened()?;
        let is_over = if dice.permille(500) {
            outcome(sync_when_due(&device, &self.line)).is_some()
        } else {
            outcome(answer(&device, &self.line, None, "sync_now", "{}")).is_some()
        };
        self.line.is_rough.set(false);
        self.line.left.set(None);
        if !is_over || is_killed {
            self.end();
        }
        Ok(())
    }

    /// Exchanges over a line that carries everything; how things stand then.
    pub fn exchange(&mut self) -> Result<Value> {
        let device = self.opened()?;
        let _ = outcome(sync_when_due(&device, &self.line));
        self.told("sync_now", &json!({}))
    }

    /// Whoever has a lost device tries to exchange, and hears whatever they hear.
    pub fn try_to_exchange(&mut self) -> Result<()> {
        let device = self.opened()?;
        let _ = outcome(answer(&device, &self.line, None, "sync_now", "{}"));
        Ok(())
    }

    /// Every case file that is listed here.
    pub fn cases(&mut self) -> Result<Vec<String>> {
        self.listed("list_case_files", |offset| {
            json!({ "queue": "all", "org": null, "category": null, "risk": null,
                "text": "", "offset": offset, "limit": LISTED })
        })
    }

    /// Every household that is listed here.
    pub fn households(&mut self) -> Result<Vec<String>> {
        self.listed("my_grid", |offset| {
            json!({ "org": null, "filter": "all", "text": "", "offset": offset, "limit": LISTED })
        })
    }

    /// A list to its end: no question is answered with all the rows of a large county.
    fn listed(&mut self, name: &str, question: impl Fn(usize) -> Value) -> Result<Vec<String>> {
        let mut all = Vec::new();
        loop {
            let rows = ids(&self.told(name, &question(all.len()))?["rows"]);
            let is_last = rows.len() < LISTED;
            all.extend(rows);
            if is_last {
                return Ok(all);
            }
        }
    }

    /// What its outbox holds: document, how far it got, and all that was typed.
    pub fn outbox(&mut self) -> Result<Vec<(String, u8, String)>> {
        self.rows("SELECT document, delivery, words FROM outbox ORDER BY position", |row| {
            let document = yidang_domain::ids::DocumentId::from_bytes(row.get(0)?);
            Ok((document.to_string(), row.get(1)?, row.get(2)?))
        })
    }

    /// What it keeps of what was not taken: all that was typed.
    pub fn rejected(&mut self) -> Result<Vec<String>> {
        self.rows("SELECT words FROM rejected ORDER BY position", |row| row.get(0))
    }

    /// Everything that somebody typed here and the county does not hold.
    pub fn words_kept(&mut self) -> Result<Vec<String>> {
        let mut words: Vec<String> = self.outbox()?.into_iter().map(|(.., words)| words).collect();
        words.extend(self.rejected()?);
        Ok(words)
    }

    /// Rows of its database, whatever its questions say.
    fn rows<T>(
        &mut self,
        sql: &str,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        drop(self.opened()?);
        let connection = Connection::open(self.database())?;
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What its database holds, byte by byte.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        Ok(fs::read(self.database())?)
    }

    fn database(&self) -> PathBuf {
        self.folder.join(format!("desk-{}", self.person.user))
    }

    /// Copies its database as it lies there, with the application closed.
    pub fn copy(&mut self) -> Result<()> {
        self.end();
        fs::copy(self.database(), self.folder.join("copy"))?;
        Ok(())
    }

    /// Puts the copy back. The secrets lie elsewhere and stay.
    pub fn put_back(&mut self) -> Result<()> {
        self.end();
        fs::copy(self.folder.join("copy"), self.database())?;
        Ok(())
    }
}

fn ids(rows: &Value) -> Vec<String> {
    let rows = rows.as_array().into_iter().flatten();
    rows.filter_map(|row| row["id"].as_str().map(str::to_owned)).collect()
}

/// Runs something to its end; none where it stops for ever on the way. Nothing here ever waits.
fn outcome<T>(work: impl Future<Output = T>) -> Option<T> {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}
