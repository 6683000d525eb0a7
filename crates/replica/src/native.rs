//! Files, clock, dice and HTTP of a device on an ordinary operating system.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::Connection;
use yidang_api::{Fault, FaultCode};
use yidang_domain::civil::InstantMs;

use crate::seams::{HttpReply, Outside, Senses, Stores, Unreachable};

/// SQLCipher databases in one folder.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
}

/// The name under which the secrets lie beside the databases. They are readable by their owner
/// alone; a key store of the system takes their place where there is one.
const SECRETS: &str = "installation.json";

fn refused(what: &str, error: &std::io::Error) -> Fault {
    let code = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => FaultCode::DiskFull,
        _ => FaultCode::StorageRefused,
    };
    Fault::new(code, format!("{what}: {error}"))
}

impl Files {
    /// The folder of an installation, made if it is not there, closed to others.
    ///
    /// # Errors
    ///
    /// `storage_refused` or `disk_full`.
    pub fn new(folder: &Path) -> Result<Self, Fault> {
        fs::create_dir_all(folder).map_err(|error| refused("make folder", &error))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
                .map_err(|error| refused("close folder", &error))?;
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// What was kept apart from the databases.
    ///
    /// # Errors
    ///
    /// `storage_refused` where the file is there and cannot be read.
    pub fn secrets(&self) -> Result<Option<Vec<u8>>, Fault> {
        match fs::read(self.folder.join(SECRETS)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(refused("read secrets", &error)),
        }
    }

    /// Keeps the secrets: written beside, flushed, and put in place in one step.
    ///
    /// # Errors
    ///
    /// `storage_refused` or `disk_full`; the old ones stay.
    pub fn keep(&self, bytes: &[u8]) -> Result<(), Fault> {
        let beside = self.folder.join(format!("{SECRETS}.new"));
        let write = || -> std::io::Result<()> {
            let mut options = fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            {
                use std::os::unix::fs::OpenOptionsExt;
                options.mode(0o600);
            }
            let mut file = options.open(&beside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&beside, self.folder.join(SECRETS))?;
            fs::File::open(&self.folder)?.sync_all()
        };
        write().map_err(|error| refused("keep secrets", &error))
    }

    fn path(&self, name: &str) -> PathBuf {
        let safe: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
            .collect();
        self.folder.join(format!("{safe}.db"))
    }
}

impl Stores for Files {
    fn open(&self, name: &str, key: &[u8; 32]) -> Result<Connection, Fault> {
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(self.path(name))?;
            let hex = yidang_domain::causality::hex_of(key);
            connection.pragma_update(None, "key", format!("x'{hex}'"))?;
            connection.pragma_update(None, "temp_store", "MEMORY")?;
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            // A new database changes to WAL by a last transaction with a rollback journal. Should the
            // power fail before the folder knows that this journal is gone, it would roll back
            // everything that was written since; EXTRA flushes the folder.
            connection.pragma_update(None, "synchronous", "EXTRA")?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "foreign_keys", "ON")?;
            connection.busy_timeout(std::time::Duration::from_secs(5))?;
            Ok(connection)
        };
        open().map_err(|error| crate::store::StoreError::from(error).into())
    }

    fn erase(&self, name: &str) -> Result<(), Fault> {
        let path = self.path(name);
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let mut file = path.clone().into_os_string();
            file.push(suffix);
            match fs::remove_file(&file) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(refused("erase database", &error)),
            }
        }
        Ok(())
    }
}

/// The system's clock and dice.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemSenses {
    /// Added to the clock, in milliseconds: for trials of clocks that are wrong.
    pub ahead_ms: i64,
}

impl Senses for SystemSenses {
    fn now(&self) -> InstantMs {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        InstantMs(ms.saturating_add(self.ahead_ms))
    }

    fn random(&self, bytes: &mut [u8]) {
        // Without random numbers there are no keys: nothing sensible can go on.
        #[expect(clippy::expect_used, reason = "no keys without randomness")]
        getrandom::fill(bytes).expect("the system gives no random numbers");
    }
}

/// HTTP, and the folder for secrets.
pub struct Network {
    client: reqwest::Client,
    files: Files,
}

/// A request that takes longer counts as lost; it can be repeated.
const LONGEST_REQUEST: std::time::Duration = std::time::Duration::from_secs(45);
/// A server that does not even answer the knock.
const LONGEST_CONNECT: std::time::Duration = std::time::Duration::from_secs(10);

impl Network {
    /// HTTP for an installation whose secrets lie in `files`. The shell has chosen a TLS provider.
    ///
    /// # Errors
    ///
    /// `internal` where TLS cannot be set up.
    pub fn new(files: Files) -> Result<Self, Fault> {
        let client = reqwest::Client::builder()
            .timeout(LONGEST_REQUEST)
            .connect_timeout(LONGEST_CONNECT)
            .no_proxy()
            .build()
            .map_err(|error| Fault::new(FaultCode::Internal, format!("HTTP: {error}")))?;
        Ok(Self { client, files })
    }
}

impl Network {
    async fn send(&self, url: &str, body: Vec<u8>) -> reqwest::Result<HttpReply> {
        let request = if body.is_empty() {
            self.client.get(url)
        } else {
            self.client.post(url).header("content-type", content_type(&body)).body(body)
        };
        let reply = request.send().await?;
        let status = reply.status().as_u16();
        let retry_after_s = reply
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.parse().ok());
        let body = reply.bytes().await?.to_vec();
        Ok(HttpReply { status, body, retry_after_s })
    }
}

impl Outside for Network {
    async fn post(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable> {
        match self.send(url, body.clone()).await {
            // A kept connection that the server has closed meanwhile fails at once. Every request
            // of ours can be repeated, so it is, once.
            Err(error) if !error.is_connect() && !error.is_timeout() => {
                self.send(url, body).await.map_err(|error| Unreachable(error.to_string()))
            }
            other => other.map_err(|error| Unreachable(error.to_string())),
        }
    }

    async fn keep(&self, secrets: &[u8]) -> Result<(), Fault> {
        self.files.keep(secrets)
    }
}

/// Demo questions travel as JSON, everything else in frames.
fn content_type(body: &[u8]) -> &'static str {
    if body.first() == Some(&b'{') { "application/json" } else { "application/octet-stream" }
}
