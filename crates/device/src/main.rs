//! `yidang-device`: a device without a window, for scripts, trials and support.
//!
//! Every question of the table can be asked by name; the commands beside `ask` are short forms for
//! the daily ones. Answers are JSON on standard output, faults JSON on standard error with exit
//! code 1.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use clap::{Parser, Subcommand};
use serde_json::{Value, json};
use yidang_api::{Fault, FaultCode};
use yidang_replica::native::{Files, Network, SystemSenses};
use yidang_replica::{Device, DeviceSetup, answer};

/// A device without a window.
#[derive(Parser)]
#[command(name = "yidang-device", version)]
struct Arguments {
    /// Folder of this installation.
    #[arg(long, env = "YIDANG_DATA")]
    data: PathBuf,
    /// Run the clock ahead by so many days, to try out wrong clocks.
    #[arg(long, env = "YIDANG_CLOCK_AHEAD_DAYS", default_value_t = 0, allow_hyphen_values = true)]
    ahead_days: i64,
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Subcommand)]
enum Command {
    /// Enrol with an activation code.
    Enrol {
        /// Address of the server.
        #[arg(long)]
        server: String,
        /// The code.
        #[arg(long)]
        code: String,
        /// What the device is called.
        #[arg(long, default_value = "命令行")]
        name: String,
    },
    /// Exchange with the server until nothing is left.
    Sync,
    /// List case files of a queue (all, to_accept, open, …), found by words.
    List {
        /// The queue.
        #[arg(long, default_value = "all")]
        queue: String,
        /// Words, names, number tails.
        #[arg(long, default_value = "")]
        text: String,
    },
    /// Show one case file.
    Show {
        /// Its identifier.
        id: String,
    },
    /// Open a case file; JSON as in `open_case_file`.
    Open {
        /// The question.
        json: String,
    },
    /// Add an entry of today; JSON of the entry, such as {"kind":"visit","words":"…"}.
    Add {
        /// The case file.
        id: String,
        /// The entry.
        json: String,
    },
    /// Set a fact.
    Set {
        /// The case file.
        id: String,
        /// The field, such as `place`, or `parties.KEY.phone`.
        field: String,
        /// The value.
        value: String,
    },
    /// Decide a clash.
    Resolve {
        /// The case file.
        id: String,
        /// The field as the card names it.
        field: String,
        /// The value that shall stand.
        value: String,
    },
    /// Write a file's standard Automerge bytes.
    Export {
        /// The case file.
        id: String,
        /// Where to.
        #[arg(long)]
        to: PathBuf,
    },
    /// Write a file with everything that proves it, for yidang-verify.
    Bundle {
        /// The case file.
        id: String,
        /// Where to.
        #[arg(long)]
        to: PathBuf,
    },
    /// Hand files over without a network (当面传档).
    Carry {
        /// How.
        #[command(subcommand)]
        how: Carry,
    },
    /// Put any question of the table.
    Ask {
        /// Its name.
        name: String,
        /// Its content.
        #[arg(default_value = "{}")]
        json: String,
        /// Names this asking; the same name again writes nothing twice.
        #[arg(long)]
        id: Option<String>,
    },
    /// Put many questions, one JSON `{"name","question","id"}` a line from standard input, one answer
    /// a line.
    Serve,
}

/// How files are handed over.
#[derive(Subcommand)]
enum Carry {
    /// Wait for a colleague in the local network and give them documents; what they type stands on
    /// standard error.
    Give {
        /// Identifiers of the documents.
        #[arg(required = true)]
        documents: Vec<String>,
    },
    /// Take what a colleague gives in the local network.
    Take {
        /// What they see, or address and code.
        text: String,
    },
    /// Write the file with which colleagues are asked.
    Ask {
        /// Where to.
        #[arg(long)]
        to: PathBuf,
    },
    /// Make a file with documents for whoever asked.
    Pack {
        /// Identifiers of the documents.
        #[arg(required = true)]
        documents: Vec<String>,
        /// The file they asked with.
        #[arg(long)]
        asking: PathBuf,
        /// Where to.
        #[arg(long)]
        to: PathBuf,
    },
    /// Take what a colleague made for this person.
    Open {
        /// The file.
        file: PathBuf,
    },
}

/// How often a command looks how far handing over has got.
const CARRY_LOOK: std::time::Duration = std::time::Duration::from_millis(100);

struct Shell {
    device: Arc<Mutex<Device>>,
    network: Network,
}

impl Shell {
    fn open(arguments: &Arguments) -> Result<Self, Fault> {
        let files = Files::new(&arguments.data)?;
        let device = Device::open(DeviceSetup {
            secrets: files.secrets()?,
            stores: Box::new(files.clone()),
            senses: Box::new(SystemSenses { ahead_ms: arguments.ahead_days * 86_400_000 }),
            origin: String::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })?;
        Ok(Self { device: Arc::new(Mutex::new(device)), network: Network::new(files)? })
    }

    async fn ask(&self, id: Option<&str>, name: &str, question: &Value) -> Result<Value, Fault> {
        let reply = answer(&self.device, &self.network, id, name, &question.to_string()).await?;
        serde_json::from_str(&reply)
            .map_err(|error| Fault::new(FaultCode::Internal, error.to_string()))
    }

    async fn heads(&self, id: &str) -> Result<Value, Fault> {
        let view = self.ask(None, "case_file", &json!({ "id": id })).await?;
        Ok(view.get("heads").cloned().unwrap_or(Value::Null))
    }

    async fn set(&self, id: &str, field: &str, value: &str) -> Result<Value, Fault> {
        let heads = self.heads(id).await?;
        match field.split('.').collect::<Vec<_>>().as_slice() {
            ["parties", party, field] => {
                let question = json!({
                    "case": id, "party": party, "field": field, "value": value, "heads": heads,
                });
                self.ask(None, "set_party_field", &question).await
            }
            _ => {
                let field = field.trim_start_matches("facts.");
                let question =
                    json!({ "case": id, "field": field, "value": value, "heads": heads });
                self.ask(None, "set_fact", &question).await
            }
        }
    }

    /// Exchanges until nothing is left, the signatures of what came as snapshots included: there is
    /// no background here.
    async fn sync(&self) -> Result<Value, Fault> {
        let mut left = u64::MAX;
        loop {
            let view = self.ask(None, "sync_now", &json!({})).await?;
            let to_prove = view.get("to_prove").and_then(Value::as_u64).unwrap_or_default();
            // Offline, or no proof came: the next time.
            if to_prove == 0 || to_prove >= left {
                return Ok(view);
            }
            left = to_prove;
        }
    }

    async fn export(&self, question: &str, id: &str, to: &Path) -> Result<Value, Fault> {
        let file = self.ask(None, question, &json!({ "id": id })).await?;
        write_file(&file, to)
    }

    async fn carry(&self, how: Carry) -> Result<Value, Fault> {
        match how {
            Carry::Give { documents } => {
                let question = json!({ "documents": documents });
                let view = self.ask(None, "carry_give", &question).await?;
                eprintln!("{}", view.get("text").and_then(Value::as_str).unwrap_or_default());
                self.carried().await
            }
            Carry::Take { text } => {
                self.ask(None, "carry_take", &json!({ "text": text })).await?;
                self.carried().await
            }
            Carry::Ask { to } => {
                let file = self.ask(None, "carry_ask", &json!({})).await?;
                write_file(&file, &to)
            }
            Carry::Pack { documents, asking, to } => {
                let question = json!({ "documents": documents, "asking": read_file(&asking)? });
                let packed = self.ask(None, "carry_pack", &question).await?;
                write_file(&packed, &to)?;
                Ok(packed.get("view").cloned().unwrap_or(Value::Null))
            }
            Carry::Open { file } => {
                self.ask(None, "carry_open", &json!({ "file": read_file(&file)? })).await
            }
        }
    }

    /// Waits until handing over has ended; how.
    async fn carried(&self) -> Result<Value, Fault> {
        loop {
            let view = self.ask(None, "carry_state", &json!({})).await?;
            let phase = view.get("phase").and_then(Value::as_str).unwrap_or_default();
            if !["waiting", "running"].contains(&phase) {
                return Ok(view);
            }
            tokio::time::sleep(CARRY_LOOK).await;
        }
    }

    async fn run(&self, command: Command) -> Result<Value, Fault> {
        match command {
            Command::Enrol { server, code, name } => {
                let question = json!({ "server": server, "code": code, "device_name": name });
                let session = self.ask(None, "enrol", &question).await?;
                self.sync().await?;
                Ok(session)
            }
            Command::Sync => self.sync().await,
            Command::List { queue, text } => {
                let question = json!({ "queue": queue, "text": text, "org": null,
                    "category": null, "risk": null, "offset": 0, "limit": 500 });
                self.ask(None, "list_case_files", &question).await
            }
            Command::Show { id } => self.ask(None, "case_file", &json!({ "id": id })).await,
            Command::Open { json } => self.ask(None, "open_case_file", &parse(&json)?).await,
            Command::Add { id, json } => {
                let today = self.ask(None, "today", &json!({})).await?;
                let heads = self.heads(&id).await?;
                let question = json!({ "case": id, "entry": parse(&json)?,
                    "on": today.get("date"), "heads": heads });
                self.ask(None, "add_entry", &question).await
            }
            Command::Set { id, field, value } => self.set(&id, &field, &value).await,
            Command::Resolve { id, field, value } => {
                let heads = self.heads(&id).await?;
                let question =
                    json!({ "case": id, "field": field, "value": value, "heads": heads });
                self.ask(None, "resolve", &question).await
            }
            Command::Export { id, to } => self.export("export_case_file", &id, &to).await,
            Command::Bundle { id, to } => self.export("export_bundle", &id, &to).await,
            Command::Carry { how } => self.carry(how).await,
            Command::Ask { name, json, id } => self.ask(id.as_deref(), &name, &parse(&json)?).await,
            Command::Serve => self.serve().await,
        }
    }

    /// Answers line by line, so that a test can keep one device running and see each 已存本机.
    async fn serve(&self) -> Result<Value, Fault> {
        for line in std::io::stdin().lines() {
            let line = line.map_err(|error| Fault::new(FaultCode::Internal, error.to_string()))?;
            let asked = parse(&line)?;
            let text = |key: &str| asked.get(key).and_then(Value::as_str);
            let question = asked.get("question").cloned().unwrap_or_else(|| json!({}));
            let answered =
                match self.ask(text("id"), text("name").unwrap_or_default(), &question).await {
                    Ok(reply) => json!({ "ok": reply }),
                    Err(fault) => json!({ "fault": fault }),
                };
            println!("{answered}");
        }
        Ok(Value::Null)
    }
}

/// Writes the bytes of an answer that has some.
fn write_file(file: &Value, to: &Path) -> Result<Value, Fault> {
    let base64 = file.get("base64").and_then(Value::as_str).unwrap_or_default();
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(base64)
        .map_err(|error| Fault::new(FaultCode::Internal, error.to_string()))?;
    std::fs::write(to, &bytes)
        .map_err(|error| Fault::new(FaultCode::StorageRefused, error.to_string()))?;
    Ok(json!({ "bytes": bytes.len() }))
}

/// A file as questions carry it.
fn read_file(file: &Path) -> Result<String, Fault> {
    let bytes = std::fs::read(file)
        .map_err(|error| Fault::new(FaultCode::StorageRefused, error.to_string()))?;
    Ok(base64::engine::general_purpose::STANDARD.encode(bytes))
}

fn parse(json: &str) -> Result<Value, Fault> {
    serde_json::from_str(json).map_err(|error| Fault::invalid("json", error.to_string()))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    // The provider can be installed once; a second time it is there already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let arguments = Arguments::parse();
    let done = match Shell::open(&arguments) {
        Ok(shell) => shell.run(arguments.command).await,
        Err(fault) => Err(fault),
    };
    match done {
        Ok(Value::Null) => std::process::ExitCode::SUCCESS,
        Ok(reply) => {
            println!("{reply:#}");
            std::process::ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("{}", serde_json::to_string(&fault).unwrap_or_default());
            std::process::ExitCode::FAILURE
        }
    }
}
