//! What the parts cost by themselves, in this very process.

use std::time::Duration;

use anyhow::{Result, anyhow};
use automerge::hydrate::{Map, Value};
use automerge::{Automerge, ScalarValue};
use rusqlite::Connection;
use yidang_sync_server::App;
use yidang_sync_server::judge::shelf;

use super::clock::measure;

/// The least that any replica of these files has to do and to carry.
pub struct Floor {
    /// The files as JSON, and that under `zstd -19`.
    pub json: usize,
    pub json_packed: usize,
    /// Uncompressed saves in one zstd-9 stream.
    pub saves_packed: usize,
    /// Unpacking them, loading, hydrating, and one transaction that keeps them.
    pub unpack: Duration,
    pub load: Duration,
    pub hydrate: Duration,
    pub keep: Duration,
}

impl Floor {
    /// All of it together.
    pub fn time(&self) -> Duration {
        self.unpack + self.load + self.hydrate + self.keep
    }
}

/// Every document of the server as an uncompressed save.
pub fn saves(app: &App) -> Result<Vec<Vec<u8>>> {
    let saves = app.store().read(&app.county().code, |db| {
        db.documents()?
            .iter()
            .map(|row| Ok(shelf::load(db, row)?.save_uncompressed()))
            .collect::<Result<Vec<_>, yidang_sync_server::store::StoreError>>()
    })?;
    Ok(saves)
}

/// Measures the floor of holding these documents.
pub fn of(saves: &[Vec<u8>]) -> Result<Floor> {
    let packed = zstd::bulk::compress(&saves.concat(), 9)?;
    let most = saves.iter().map(Vec::len).sum::<usize>() + 1;
    let (unpacked, unpack) = measure(|| zstd::bulk::decompress(&packed, most));
    anyhow::ensure!(unpacked?.len() + 1 == most, "the stream came back whole");
    let (loaded, load) =
        measure(|| saves.iter().map(|save| Automerge::load(save)).collect::<Result<Vec<_>, _>>());
    let loaded = loaded?;
    let (values, hydrate) =
        measure(|| loaded.iter().map(|document| document.hydrate(None)).collect::<Vec<_>>());
    let json: Vec<String> = values.iter().map(|value| json(value).to_string()).collect();
    let (kept, keep) = measure(|| store(saves, &json));
    kept?;
    let json = json.join("\n");
    Ok(Floor {
        json: json.len(),
        json_packed: zstd::bulk::compress(json.as_bytes(), 19)?.len(),
        saves_packed: packed.len(),
        unpack: unpack.own,
        load: load.own,
        hydrate: hydrate.own,
        keep: keep.own,
    })
}

fn store(saves: &[Vec<u8>], json: &[String]) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut connection = Connection::open(folder.path().join("floor.db"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch("CREATE TABLE file (id INTEGER PRIMARY KEY, save BLOB, json TEXT)")?;
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO file (save, json) VALUES (?1, ?2)")?;
        for (save, json) in saves.iter().zip(json) {
            insert.execute(rusqlite::params![save, json])?;
        }
    }
    transaction.commit().map_err(|error| anyhow!(error))
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Map(map) => of_map(map),
        Value::Scalar(scalar) => match scalar {
            ScalarValue::Str(text) => text.as_str().into(),
            ScalarValue::Int(number) => (*number).into(),
            ScalarValue::Boolean(yes) => (*yes).into(),
            other => other.to_string().into(),
        },
        Value::List(_) | Value::Text(_) => serde_json::Value::Null,
    }
}

fn of_map(map: &Map) -> serde_json::Value {
    map.iter().map(|(key, value)| (key.to_string(), json(&value.value))).collect()
}
