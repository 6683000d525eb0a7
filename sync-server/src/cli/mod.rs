//! The command line.

mod admin;
mod doctor;
mod import;
mod oversight;
mod serve;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use yidang_documents::guard;
use yidang_domain::civil::Date;
use yidang_domain::ids::{DocumentId, UserId};
use yidang_domain::org::Role;

use crate::app::Options;
use crate::demo::Profile;
use crate::erase::Order;
use crate::worker::{self, Reading};

/// 一档通: the county's server.
#[derive(Debug, Parser)]
#[command(name = "sync-server", version, about)]
struct Arguments {
    /// How log lines are written to standard error.
    #[arg(long, global = true, value_enum, default_value_t)]
    log: LogForm,
    #[command(subcommand)]
    command: Command,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum LogForm {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Clone, clap::Args)]
struct Serving {
    /// Directory of the database.
    #[arg(long)]
    data: PathBuf,
    /// Address to listen on; port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Directory of the browser's pages.
    #[arg(long)]
    web: Option<PathBuf>,
    /// Address of this machine on which `/metrics` is told; nowhere if absent.
    #[arg(long)]
    metrics_listen: Option<SocketAddr>,
    /// The server's civil date, for tests.
    #[arg(long)]
    today: Option<Date>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves a county.
    Serve(Serving),
    /// Makes the demo county where there is no database, and serves it.
    Demo {
        #[command(flatten)]
        serving: Serving,
        /// How much of the county is made.
        #[arg(long, value_enum, default_value_t)]
        profile: Profile,
    },
    /// Makes a county from a file of units, people and assignments.
    Init {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
        /// Code of the county.
        #[arg(long)]
        county: String,
        /// The file, JSON.
        #[arg(long)]
        from: PathBuf,
    },
    /// People and their devices.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Takes spreadsheets of units, grids, workers, assignments, teams, households and members into
    /// the county, and maps with the borders of units.
    Import {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
        /// Only says what would change.
        #[arg(long)]
        dry_run: bool,
        /// Where the list of bad rows goes, as a spreadsheet.
        #[arg(long)]
        report: Option<PathBuf>,
        /// Where the list of everything that changes goes, as a spreadsheet.
        #[arg(long)]
        changes: Option<PathBuf>,
        /// The files, .xlsx, .csv or .geojson; together they are one import, in whatever order.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Says who runs this service, as every device shows it; without a text it only tells it.
    Host {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
        /// 主办单位; an empty text takes it away.
        #[arg(long)]
        name: Option<String>,
        /// 备案编号; an empty text takes it away.
        #[arg(long)]
        filing: Option<String>,
        /// 咨询电话; an empty text takes it away.
        #[arg(long)]
        phone: Option<String>,
    },
    /// Lists complaints with what became of them, newest first.
    Complaints {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
        /// Only those that nobody has answered.
        #[arg(long)]
        waiting: bool,
        /// How many at most.
        #[arg(long, default_value_t = 50)]
        most: u32,
    },
    /// Lists who looked at whom outside their own ring and what for, newest first.
    Looks {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
        /// How many at most.
        #[arg(long, default_value_t = 50)]
        most: u32,
    },
    /// Copies the database while it is served.
    Backup {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
        /// The new file.
        #[arg(long)]
        to: PathBuf,
    },
    /// Puts a copy back; devices bring what came after it.
    Restore {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
        /// The copy.
        #[arg(long)]
        from: PathBuf,
    },
    /// Destroys a document for ever, by order of whoever may order it; server stopped. Two administrators
    /// answer for it. Devices destroy it when they come, and nothing of it is taken ever again.
    Erase {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
        /// The document.
        #[arg(long)]
        document: DocumentId,
        /// Number and date of the order; everybody reads it.
        #[arg(long)]
        basis: String,
        /// The administrator who asks for it.
        #[arg(long)]
        by: String,
        /// Another administrator, who looked at it as well.
        #[arg(long)]
        second: String,
        /// A word that has to vanish, while the rest goes on as another document; may be given several times.
        /// Where none is given, all of it vanishes.
        #[arg(long)]
        without: Vec<String>,
    },
    /// Lists what was erased, and the devices that have not confirmed it.
    Erased {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
    },
    /// Ends the healing after a restore, and says what is missing.
    HealFinish {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
    },
    /// Says how the server and its devices are, without starting it.
    Doctor {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
    },
    /// Recomputes everything that can be recomputed, and says where it is broken.
    Check {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
    },
    /// Makes lists, searches and scopes anew from the documents.
    Rebuild {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
    },
    /// Reads foreign bytes for a server, which starts it itself.
    #[command(hide = true)]
    GuardWorker,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Adds a person or an assignment.
    Add {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
        /// How the register names them.
        #[arg(long)]
        user: String,
        /// Their name.
        #[arg(long)]
        name: String,
        /// Code of the unit.
        #[arg(long)]
        org: String,
        /// What they do there: `grid_worker`, `township_reviewer` and so on.
        #[arg(long, value_parser = role)]
        role: Role,
        /// First day; today if absent.
        #[arg(long)]
        from: Option<Date>,
        /// Last day.
        #[arg(long)]
        to: Option<Date>,
    },
    /// Lists people, their posts and devices.
    List {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
    },
    /// Makes an activation code.
    Code {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
        /// The person.
        #[arg(long)]
        user: String,
    },
    /// Revokes the devices of a person, or one of them.
    Revoke {
        /// Directory of the database.
        #[arg(long)]
        data: PathBuf,
        /// The person.
        #[arg(long)]
        user: String,
        /// One device only.
        #[arg(long)]
        device: Option<String>,
    },
}

fn role(word: &str) -> Result<Role, String> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|error| error.to_string())
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // A worker has no log: whatever it could say is about somebody's file.
    if !matches!(arguments.command, Command::GuardWorker) {
        begin_log(arguments.log);
    }
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Lines of the log go to standard error.
fn begin_log(form: LogForm) {
    let lines = tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .with_writer(std::io::stderr);
    match form {
        LogForm::Text => lines.init(),
        LogForm::Json => lines.json().flatten_event(true).init(),
    }
}

/// How every command opens the county in `data`: foreign bytes are read by workers and nowhere else.
fn options(data: &Path) -> anyhow::Result<Options> {
    let reading = Reading::by_this_program().context("cannot tell which program this is")?;
    Ok(Options { reading, ..Options::new(data) })
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(serving) => serve::serve(&serving, None)?,
        Command::Demo { serving, profile } => serve::serve(&serving, Some(profile))?,
        Command::Init { data, county, from } => admin::init(&data, &county, &from)?,
        Command::User { command } => user(command)?,
        Command::Import { data, dry_run, report, changes, files } => {
            let wish = import::Wish { data, apply: !dry_run, report, changes, files };
            return import::import(&wish);
        }
        Command::Host { data, name, filing, phone } => {
            oversight::host(&data, oversight::NewHost { name, filing, phone })?;
        }
        Command::Complaints { data, waiting, most } => oversight::complaints(&data, waiting, most)?,
        Command::Looks { data, most } => oversight::looks(&data, most)?,
        Command::Backup { data, to } => admin::backup(&data, &to)?,
        Command::Restore { data, from } => admin::restore(&data, &from)?,
        Command::Erase { data, document, basis, by, second, without } => {
            let (by, second) = (UserId(by), UserId(second));
            admin::erase(&data, &Order { document, without, basis, by, second })?;
        }
        Command::Erased { data } => admin::erased(&data)?,
        Command::HealFinish { data } => admin::heal_finish(&data)?,
        Command::Doctor { data } => return doctor::doctor(&data),
        Command::Check { data } => return admin::check(&data),
        Command::Rebuild { data } => admin::rebuild(&data)?,
        Command::GuardWorker => return Ok(worker::work(guard::look)),
    }
    Ok(ExitCode::SUCCESS)
}

fn user(command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add { data, user, name, org, role, from, to } => {
            admin::user_add(&data, &admin::NewUser { user, name, org, role, from, to })
        }
        UserCommand::List { data } => admin::user_list(&data),
        UserCommand::Code { data, user } => admin::user_code(&data, &user),
        UserCommand::Revoke { data, user, device } => {
            admin::user_revoke(&data, &user, device.as_deref())
        }
    }
}
