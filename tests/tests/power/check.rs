//! What must be true of a device and of a server after the power came back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use prost::Message;
use rusqlite::Connection;
use serde_json::{Value, json};
use yidang_api::list::CaseRow;
use yidang_documents::{CaseProjection, Document, Projection, project};
use yidang_domain::entry::{DocumentKind, Entry};
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_replica::Stores;
use yidang_replica::native::Files;
use yidang_sync_protocol::SignedBatch;
use yidang_sync_server::judge::shelf;
use yidang_sync_server::store::StoreError;
use yidang_sync_server::{App, app, check};

use crate::story::{Act, Last, Story, Typed, last_values};
use crate::town::{self, COUNTY, Held, Phone, Way};

fn texts(connection: &Connection, sql: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The database of a device, page by page and row by row.
fn check_database(folder: &Path, secrets: &[u8]) -> Result<()> {
    let (name, key) = town::database_of(secrets)?;
    let connection = Files::new(folder)?.open(&name, &key)?;
    ensure!(texts(&connection, "PRAGMA integrity_check")? == ["ok"], "the database is damaged");
    // It reads the file itself; a page that was torn while it was copied there stands whole in the log.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let wrong = texts(&connection, "PRAGMA cipher_integrity_check")?;
    ensure!(wrong.is_empty(), "pages are not as they were encrypted: {wrong:?}");
    let mut statement =
        connection.prepare("SELECT document, kind, home, snapshot FROM document")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = DocumentId::from_bytes(row.get(0)?);
        let kind = DocumentKind::from_name(&row.get::<_, String>(1)?).context("an unknown kind")?;
        let document = rebuilt(&connection, id, kind, &OrgCode(row.get(2)?), row.get(3)?)?;
        if let Projection::CaseFile(case) = project(&document) {
            check_row(&connection, &case)?;
        }
    }
    Ok(())
}

/// Flips a bit of every change of a case file, below the cipher: nothing but the changes themselves can tell.
pub fn damage_file(folder: &Path, secrets: &[u8], case: &str) -> Result<()> {
    let (name, key) = town::database_of(secrets)?;
    let connection = Files::new(folder)?.open(&name, &key)?;
    let id: DocumentId = case.parse().map_err(|_| anyhow::anyhow!("no identifier: {case}"))?;
    let mut read = connection.prepare("SELECT hash, bytes FROM change WHERE document = ?1")?;
    let rows = read.query_map([id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rows: Vec<([u8; 32], Vec<u8>)> = rows.collect::<rusqlite::Result<_>>()?;
    ensure!(!rows.is_empty(), "no changes of {case} are kept");
    for (hash, mut bytes) in rows {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        connection.execute("UPDATE change SET bytes = ?2 WHERE hash = ?1", (hash, bytes))?;
    }
    Ok(())
}

/// Writes down that the server refused whatever waits of a case file.
pub fn refuse_all(folder: &Path, secrets: &[u8], case: &str) -> Result<()> {
    let (name, key) = town::database_of(secrets)?;
    let connection = Files::new(folder)?.open(&name, &key)?;
    let id: DocumentId = case.parse().map_err(|_| anyhow::anyhow!("no identifier: {case}"))?;
    let refused = connection.execute(
        "UPDATE outbox SET delivery = 3, code = 'not_allowed' WHERE document = ?1",
        [id.as_bytes()],
    )?;
    ensure!(refused > 0, "nothing of {case} waits");
    Ok(())
}

/// What lists show of a file is what its changes say.
fn check_row(connection: &Connection, case: &CaseProjection) -> Result<()> {
    let id = case.common.id;
    let (json, late, clashes) = connection.query_row(
        "SELECT row, late, clashes FROM case_row WHERE document = ?1",
        [id.as_bytes()],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get::<_, u32>(2)?)),
    )?;
    let row: CaseRow = serde_json::from_str(&json)?;
    let same = row.matter == case.fact("matter")
        && row.place == case.fact("place")
        && row.stage == case.stage
        && row.last_at == case.common.last_at
        && late as usize == case.late.len()
        && clashes as usize == case.common.clashes.len() + usize::from(!case.against.is_empty());
    ensure!(same, "the row of {id} is not that of its changes");
    Ok(())
}

/// A document made anew from what is kept.
fn rebuilt(
    connection: &Connection,
    id: DocumentId,
    kind: DocumentKind,
    home: &OrgCode,
    snapshot: Option<Vec<u8>>,
) -> Result<Document> {
    let mut statement = connection.prepare("SELECT hash, bytes FROM change WHERE document = ?1")?;
    let rows = statement.query_map([id.as_bytes()], |row| {
        Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, Vec<u8>>(1)?))
    })?;
    let changes: Vec<([u8; 32], Vec<u8>)> = rows.collect::<rusqlite::Result<_>>()?;
    let mut document = match snapshot {
        Some(snapshot) => Document::from_saved(&snapshot)?,
        None => Document::begin(kind, id, home)?,
    };
    document.apply_stored(changes.iter().map(|(hash, bytes)| (*hash, bytes.as_slice())))?;
    Ok(document)
}

/// A device after the power came back: whole, with everything that was promised, once, and nothing
/// that was never written.
pub fn device(folder: &Path, secrets: &[u8], story: &Story, moment: usize) -> Result<Phone> {
    check_database(folder, secrets)?;
    let way = Way::with_secrets(None, secrets.to_vec());
    let phone = Phone::start(folder, &way)?;
    let views = views(&phone)?;
    let promised: Vec<&Act> = story.promised(moment).collect();
    let begun: Vec<&Act> = story.begun(moment).collect();
    for view in &views {
        let case = view["row"]["id"].as_str().context("no identifier")?;
        let words = words_of(view);
        let once: BTreeSet<&String> = words.iter().collect();
        ensure!(once.len() == words.len(), "something is there twice in {case}");
        for act in &promised {
            if let Typed::Words(of, words) = &act.typed {
                ensure!(of != case || once.contains(words), "lost: {act:?}");
            }
        }
        for words in words.iter().filter(|words| words.contains("走访")) {
            let is_written = begun.iter().any(
                |act| matches!(&act.typed, Typed::Words(of, typed) if of == case && typed == words),
            );
            ensure!(is_written, "never written: {words}");
        }
    }
    opened_and_chosen(&views, &promised)?;
    values(&phone, &views, &last_values(story, moment))?;
    Ok(phone)
}

/// Every case file on a device.
pub fn views(phone: &Phone) -> Result<Vec<Value>> {
    let question = json!({ "queue": "all", "org": null, "category": null, "risk": null,
        "text": "", "offset": 0, "limit": 100 });
    let list = phone.ask("list_case_files", &question)?;
    let rows = list["rows"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| phone.case(row["id"].as_str().unwrap_or_default())).collect()
}

fn entries(view: &Value) -> impl Iterator<Item = &Value> {
    view["entries"].as_array().into_iter().flatten()
}

/// What was written about visits to a file.
pub fn words_of(view: &Value) -> Vec<String> {
    entries(view)
        .filter(|entry| entry["kind"] == "visit")
        .filter_map(|entry| entry["text"].as_str().map(str::to_owned))
        .collect()
}

fn opened_and_chosen(views: &[Value], promised: &[&Act]) -> Result<()> {
    for act in promised {
        let is_there = match &act.typed {
            Typed::Opened(matter) => views.iter().any(|view| view["row"]["matter"] == **matter),
            Typed::Chosen(case, value) => views
                .iter()
                .filter(|view| view["row"]["id"] == **case)
                .flat_map(entries)
                .any(|entry| entry["entry"]["chosen"] == **value),
            _ => true,
        };
        ensure!(is_there, "lost: {act:?}");
    }
    Ok(())
}

/// Facts and forms hold what was written into them last.
fn values(phone: &Phone, views: &[Value], last: &BTreeMap<String, Last>) -> Result<()> {
    for (place, Last { allowed, is_promised }) in last {
        let found = if place.starts_with("note/") {
            phone.ask("draft", &json!({ "form": place }))?["content"].clone()
        } else {
            let view = views.iter().find(|view| view["row"]["id"] == **place);
            let view = view.with_context(|| format!("no case file {place}"))?;
            let facts = view["facts"].as_array().context("no facts")?;
            let fact = facts.iter().find(|fact| fact["field"] == "place").context("no place")?;
            fact["value"].clone()
        };
        let is_allowed = allowed.iter().any(|value| found == **value);
        ensure!(is_allowed || !*is_promised, "{place} holds {found} instead of {allowed:?}");
    }
    Ok(())
}

/// A server after the power came back: whole, and holding every batch it said it holds.
pub fn server(folder: &Path, told: &[Held], moment: usize) -> Result<App> {
    {
        let connection = Connection::open(app::database(folder))?;
        let state = texts(&connection, "PRAGMA integrity_check")?;
        ensure!(state == ["ok"], "the server's database is damaged: {state:?}");
    }
    let app = town::start(folder)?;
    let (findings, batches) = app.store().read::<_, StoreError>(COUNTY, |db| {
        let findings = check::check(db, COUNTY)?;
        let mut batches = BTreeSet::new();
        for row in db.log_after(0, u32::MAX)?.iter().filter(|row| row.kind == 1) {
            batches.insert(SignedBatch::decode(row.record.as_slice())?.id());
        }
        Ok((findings, batches))
    })?;
    ensure!(findings.broken.is_empty(), "{:?}", findings.broken);
    for held in told.iter().filter(|held| held.at <= moment) {
        ensure!(batches.contains(&held.batch), "the server lost a batch that it said it holds");
    }
    Ok(app)
}

/// Device and server meet again: everything that was promised is at the server, once.
pub fn meeting(
    folder: &Path,
    secrets: &[u8],
    server: &App,
    story: &Story,
    moment: usize,
) -> Result<()> {
    let way = Way::with_secrets(Some(server.clone()), secrets.to_vec());
    let phone = Phone::start(folder, &way)?;
    let state = phone.sync()?;
    ensure!(state["state"] == "done", "the exchange did not end: {state}");
    ensure!(state["waiting"] == 0, "something waits: {state}");
    let refused = state["needs"].as_array().into_iter().flatten();
    let refused: Vec<&Value> = refused.filter(|need| need["kind"] == "refused").collect();
    ensure!(refused.is_empty(), "not taken: {refused:?}");
    let texts = server.store().read::<_, StoreError>(COUNTY, |db| {
        let mut texts = Vec::new();
        for row in db.documents()? {
            let projection = project(&shelf::load(db, &row)?);
            let entries = &projection.common().entries;
            texts.extend(entries.iter().filter_map(|row| row.entry().map(Entry::gist)));
        }
        Ok(texts)
    })?;
    for act in story.promised(moment) {
        if let Typed::Words(_, words) = &act.typed {
            let times = texts.iter().filter(|text| *text == words).count();
            ensure!(times == 1, "{words} is at the server {times} times");
        }
    }
    Ok(())
}
