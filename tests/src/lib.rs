//! What tests that cross rooms share: real servers and real devices as processes.
//!
//! Programs are looked for in `YIDANG_BIN_DIR`, else beside the test itself.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

pub mod browser;
pub mod disk;
pub mod hands;
pub mod image;
pub mod keyboard;
pub mod roster;
pub mod screen;
pub mod story;
pub mod tour;
pub mod walk;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

/// The folder with the programs.
///
/// # Errors
///
/// Where the test does not know its own place.
pub fn programs() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("YIDANG_BIN_DIR") {
        return Ok(folder.into());
    }
    let own = std::env::current_exe()?;
    let folder = own.ancestors().nth(2).context("the test has no folder")?;
    Ok(folder.to_owned())
}

/// The folder with the pages.
#[must_use]
pub fn pages() -> PathBuf {
    std::env::var_os("YIDANG_DIST")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist"), PathBuf::from)
}

fn program(name: &str) -> Result<Command> {
    let path = programs()?.join(name);
    ensure!(path.exists(), "{} is missing: cargo xtask test builds it", path.display());
    Ok(Command::new(path))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Ends a process from another thread, as a power cut would.
#[derive(Debug, Clone, Copy)]
pub struct Killer(Option<u32>);

impl Killer {
    /// Ends it at once. A process that is gone already stays gone.
    pub fn kill(self) {
        if let Some(process) = self.0 {
            drop(Command::new("kill").arg("-9").arg(process.to_string()).output());
        }
    }
}

/// A server with the demo county, as a process of its own.
pub struct Server {
    child: Option<Child>,
    port: u16,
    folder: PathBuf,
    pages: PathBuf,
    today: Option<String>,
}

/// How long a server may take to answer; building the demo county is in it.
const PATIENCE: Duration = Duration::from_secs(180);

impl Server {
    /// Starts a server whose data lie in `folder`, on a port of its own.
    ///
    /// # Errors
    ///
    /// Where it does not answer within a minute.
    pub fn start(folder: &Path, today: Option<&str>) -> Result<Self> {
        Self::showing(folder, pages(), today)
    }

    /// The same with other pages than those that were built.
    ///
    /// # Errors
    ///
    /// As [`Server::start`].
    pub fn showing(folder: &Path, pages: PathBuf, today: Option<&str>) -> Result<Self> {
        let mut server = Self {
            child: None,
            port: free_port()?,
            folder: folder.to_owned(),
            pages,
            today: today.map(str::to_owned),
        };
        server.begin()?;
        Ok(server)
    }

    /// Starts it again on the same port, after [`Server::stop`] or [`Server::kill`].
    ///
    /// # Errors
    ///
    /// As [`Server::start`].
    pub fn begin(&mut self) -> Result<()> {
        let mut command = program("sync-server")?;
        command
            .arg("demo")
            .arg("--data")
            .arg(&self.folder)
            .arg("--listen")
            .arg(format!("127.0.0.1:{}", self.port))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if self.pages.join("index.html").exists() {
            command.arg("--web").arg(&self.pages);
        }
        if let Some(today) = &self.today {
            command.arg("--today").arg(today);
        }
        self.child = Some(command.spawn().context("start sync-server")?);
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if self.is_healthy() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("sync-server does not answer on port {}", self.port)
    }

    fn is_healthy(&self) -> bool {
        let ask = || -> std::io::Result<bool> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(2)))?;
            write!(stream, "GET /v1/health HTTP/1.0\r\nhost: localhost\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer.starts_with("HTTP/1.0 200") || answer.starts_with("HTTP/1.1 200"))
        };
        ask().unwrap_or(false)
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its data.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Something that ends it from another thread.
    #[must_use]
    pub fn killer(&self) -> Killer {
        Killer(self.child.as_ref().map(Child::id))
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }

    /// Runs a command of the server's own on its data, such as `backup`.
    ///
    /// # Errors
    ///
    /// Where it fails; what it said is in the error.
    pub fn command(&self, arguments: &[&str]) -> Result<String> {
        let done = program("sync-server")?.args(arguments).output()?;
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr)
        );
        ensure!(done.status.success(), "sync-server {arguments:?}: {said}");
        Ok(said)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A device of somebody, as a process that answers line by line.
pub struct Device {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// How the last exchange ended: what is missing afterwards may be missing because of it.
    exchanged: Value,
}

impl Device {
    /// Starts the device whose data lie in `folder`.
    ///
    /// # Errors
    ///
    /// Where it cannot be started.
    pub fn start(folder: &Path) -> Result<Self> {
        Self::start_ahead(folder, 0)
    }

    /// Starts the device with a clock that is so many days ahead.
    ///
    /// # Errors
    ///
    /// Where it cannot be started.
    pub fn start_ahead(folder: &Path, days: i64) -> Result<Self> {
        let mut child = program("yidang-device")?
            .arg("--data")
            .arg(folder)
            .arg(format!("--ahead-days={days}"))
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("start yidang-device")?;
        let input = child.stdin.take().context("no standard input")?;
        let output = BufReader::new(child.stdout.take().context("no standard output")?);
        Ok(Self { child, input, output, exchanged: Value::Null })
    }

    /// Starts a device and signs `user` in at `server`.
    ///
    /// # Errors
    ///
    /// Where any of it fails.
    pub fn of(folder: &Path, server: &Server, user: &str, name: &str) -> Result<Self> {
        Self::of_ahead(folder, server, user, name, 0)
    }

    /// The same with a clock that is so many days ahead.
    ///
    /// # Errors
    ///
    /// Where any of it fails.
    pub fn of_ahead(
        folder: &Path,
        server: &Server,
        user: &str,
        name: &str,
        days: i64,
    ) -> Result<Self> {
        let mut device = Self::start_ahead(folder, days)?;
        let question = json!({ "server": server.address(), "user": user, "device_name": name });
        device.ask("demo_sign_in", &question)?;
        device.sync()?;
        Ok(device)
    }

    /// Puts a question; the fault, if there is one, is the error.
    ///
    /// # Errors
    ///
    /// The fault as JSON, or that the device is gone.
    pub fn ask(&mut self, name: &str, question: &Value) -> Result<Value> {
        self.ask_as(None, name, question)
    }

    /// Puts a question under a name of its own: the same name again writes nothing twice.
    ///
    /// # Errors
    ///
    /// As [`Device::ask`].
    pub fn ask_as(&mut self, id: Option<&str>, name: &str, question: &Value) -> Result<Value> {
        let line = json!({ "id": id, "name": name, "question": question });
        writeln!(self.input, "{line}")?;
        self.input.flush()?;
        let mut answer = String::new();
        self.output.read_line(&mut answer)?;
        ensure!(!answer.is_empty(), "the device is gone");
        let mut answer: Value = serde_json::from_str(&answer)?;
        match answer.get_mut("ok") {
            Some(reply) => Ok(reply.take()),
            None => {
                bail!("{name}: {}; the last exchange: {}", answer["fault"], self.exchanged)
            }
        }
    }

    /// Exchanges with the server; the state afterwards.
    ///
    /// # Errors
    ///
    /// As [`Device::ask`].
    pub fn sync(&mut self) -> Result<Value> {
        self.exchanged = self.ask("sync_now", &json!({}))?;
        Ok(self.exchanged.clone())
    }

    /// One case file.
    ///
    /// # Errors
    ///
    /// As [`Device::ask`].
    pub fn case(&mut self, id: &str) -> Result<Value> {
        self.ask("case_file", &json!({ "id": id }))
    }

    /// The rows of a queue.
    ///
    /// # Errors
    ///
    /// As [`Device::ask`].
    pub fn list(&mut self, queue: &str, text: &str) -> Result<Vec<Value>> {
        let question = json!({ "queue": queue, "org": null, "category": null, "risk": null,
            "text": text, "offset": 0, "limit": 500 });
        let list = self.ask("list_case_files", &question)?;
        Ok(list["rows"].as_array().cloned().unwrap_or_default())
    }

    /// Opens a case file with two parties; its identifier.
    ///
    /// # Errors
    ///
    /// As [`Device::ask`].
    pub fn open_case(&mut self, matter: &str, parties: [(&str, &str); 2]) -> Result<String> {
        let party = |index: usize, side: &str| {
            let (name, phone) = parties.get(index).copied().unwrap_or_default();
            json!({ "name": name, "side": side, "phone": phone })
        };
        let question = json!({ "matter": matter, "category": "0901", "place": "下盘石村3组",
            "occurred_on": "2026-11-18", "parties": [party(0, "a"), party(1, "b")], "risk": 3,
            "source": "01", "people": 2, "grid": null, "visit_day": null });
        let opened = self.ask("open_case_file", &question)?;
        Ok(opened["id"].as_str().unwrap_or_default().to_owned())
    }

    /// Adds an entry to a case file, on the heads it has here and now.
    ///
    /// # Errors
    ///
    /// As [`Device::ask`].
    pub fn add(&mut self, id: &str, entry: &Value) -> Result<Value> {
        let view = self.case(id)?;
        let today = self.ask("today", &json!({}))?["date"].clone();
        let question = json!({ "case": id, "entry": entry, "on": today, "heads": view["heads"] });
        self.ask("add_entry", &question)
    }

    /// Writes the phone number of a party, on the heads the file has here and now.
    ///
    /// # Errors
    ///
    /// As [`Device::ask`].
    pub fn set_phone(&mut self, id: &str, name: &str, phone: &str) -> Result<Value> {
        let view = self.case(id)?;
        let parties = view["parties"].as_array().cloned().unwrap_or_default();
        let party = parties.iter().find(|party| party["name"] == name).context("no such party")?;
        let question = json!({ "case": id, "party": party["key"], "field": "phone",
            "value": phone, "heads": view["heads"] });
        self.ask("set_party_field", &question)
    }

    /// Something that ends it from another thread.
    #[must_use]
    pub fn killer(&self) -> Killer {
        Killer(Some(self.child.id()))
    }

    /// Ends it at once, as a battery that is pulled out would.
    pub fn kill(mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs one command of `yidang-device` on the data in `folder`, where no device runs, such as
/// `["show", id]`; what it says.
///
/// # Errors
///
/// Where it fails; the fault is in the error.
pub fn device_command(folder: &Path, arguments: &[&str]) -> Result<Value> {
    let done = program("yidang-device")?.arg("--data").arg(folder).args(arguments).output()?;
    let fault = String::from_utf8_lossy(&done.stderr);
    ensure!(done.status.success(), "yidang-device {arguments:?}: {fault}");
    Ok(serde_json::from_slice(&done.stdout)?)
}

impl Drop for Device {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
