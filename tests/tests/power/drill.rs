//! The county's server is restored from copies of every age, told or not, and all its devices come back
//! or one alone: whatever they held is there again, once.
//!
//! Small as a rule; `YIDANG_DRILL=50` drills with fifty copies.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use yidang_documents::{Projection, project};
use yidang_domain::entry::Entry;
use yidang_sync_server::judge::shelf;
use yidang_sync_server::store::{Store, StoreError};
use yidang_sync_server::{App, Dice, app, check as checking, county};

use crate::check::views;
use crate::town::{self, COUNTY, Phone, Way, at};

/// Copies that are drilled with, where nobody says how many.
const AGES: usize = 3;
/// Everybody who has a device.
const EVERYBODY: [&str; 3] = ["wang", "li", "cao"];

/// A county with a copy of each of its days, and its devices as they were in the end.
struct History {
    folder: TempDir,
    secrets: BTreeMap<&'static str, Vec<u8>>,
    copies: Vec<PathBuf>,
}

fn ages() -> usize {
    std::env::var("YIDANG_DRILL").ok().and_then(|text| text.parse().ok()).unwrap_or(AGES)
}

/// Exchanges until nothing waits on either side, proofs included.
fn settle(phone: &Phone) -> Result<()> {
    const MOST: usize = 20;
    for _ in 0..MOST {
        let state = phone.sync()?;
        if state["state"] == "done" && state["waiting"] == 0 && state["to_prove"] == 0 {
            return Ok(());
        }
    }
    anyhow::bail!("the exchange does not come to its end: {}", phone.sync()?)
}

fn history(ages: usize) -> Result<History> {
    let folder = tempfile::tempdir()?;
    let server_folder = at(&folder, "server");
    town::found(&server_folder)?;
    let server = town::start(&server_folder)?;
    let ways = EVERYBODY.map(|name| (name, Way::new(Some(server.clone()), None)));
    let enrolled = |name: &str| -> Result<Phone> {
        let (_, way) = ways.iter().find(|(known, _)| *known == name).context("nobody")?;
        Phone::enrolled(&at(&folder, name), way, &server, &format!("u-{name}"))
    };
    let (wang, li) = (enrolled("wang")?, enrolled("li")?);
    let mut cao = None;
    let mut copies = Vec::new();
    for day in 0..ages {
        if day == ages / 2 {
            cao = Some(enrolled("cao")?);
        }
        let copy = at(&folder, &format!("copy-{day}.sqlite"));
        server.store().backup(&copy)?;
        copies.push(copy);
        a_day(day, &wang, &li)?;
    }
    let cao = cao.context("nobody was enrolled on the way")?;
    for phone in [&wang, &li, &cao] {
        settle(phone)?;
    }
    let secrets = ways.iter().filter_map(|(name, way)| Some((*name, way.secrets_at(usize::MAX)?)));
    let secrets = secrets.collect();
    ways.iter().for_each(|(_, way)| way.lead_to(None));
    Ok(History { folder, secrets, copies })
}

/// A file is opened, accepted, numbered, and written into by both.
fn a_day(day: usize, wang: &Phone, li: &Phone) -> Result<()> {
    let case = wang.open_case(&format!("第 {day} 天的事"))?;
    wang.visit(&case, &format!("第 {day} 天的走访"))?;
    wang.sync()?;
    li.sync()?;
    li.entry(&case, &json!({ "kind": "accepted" }))?;
    li.sync()?;
    wang.sync()?;
    wang.set_phone(&case, &format!("1200001{day:04}"))?;
    wang.sync()?;
    li.sync()?;
    li.visit(&case, &format!("镇上第 {day} 天的走访"))?;
    li.sync()?;
    wang.sync()?;
    Ok(())
}

/// What devices hold: of every file its sentence, its number and its visits.
#[derive(Debug, Default)]
struct Holding {
    matters: BTreeSet<String>,
    numbers: BTreeSet<String>,
    visits: BTreeSet<String>,
}

impl Holding {
    fn take(&mut self, phone: &Phone) -> Result<()> {
        for view in views(phone)? {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            self.matters.insert(text(&view["row"]["matter"]));
            self.numbers.insert(text(&view["row"]["number"]));
            let entries = view["entries"].as_array().into_iter().flatten();
            let visits = entries.filter(|entry| entry["kind"] == "visit");
            self.visits.extend(visits.map(|entry| text(&entry["text"])));
        }
        self.numbers.remove("");
        Ok(())
    }
}

/// What the server holds, each word as often as it is there.
#[derive(Debug, Default)]
struct There {
    matters: Vec<String>,
    numbers: Vec<String>,
    visits: Vec<String>,
}

fn there(server: &App) -> Result<There> {
    Ok(server.store().read::<_, StoreError>(COUNTY, |db| {
        let mut there = There::default();
        for row in db.documents()? {
            let Projection::CaseFile(case) = project(&shelf::load(db, &row)?) else { continue };
            there.matters.push(case.fact("matter"));
            there.numbers.extend(case.number.clone());
            let entries = case.common.entries.iter().filter_map(|row| row.entry());
            there.visits.extend(entries.filter_map(|entry| match entry {
                Entry::Visit { words } => Some(words.clone()),
                _ => None,
            }));
        }
        Ok(there)
    })?)
}

fn once(what: &str, held: &BTreeSet<String>, there: &[String]) -> Result<()> {
    for words in held {
        let times = there.iter().filter(|text| *text == words).count();
        ensure!(times == 1, "{what}: {words} is at the server {times} times");
    }
    let all: BTreeSet<&String> = there.iter().collect();
    ensure!(all.len() == there.len(), "{what}: something is there twice: {there:?}");
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Puts a copy in place: as the administrator does it, or without a word to anybody.
fn put_back(history: &History, age: usize, told: bool, to: &Path) -> Result<App> {
    std::fs::create_dir_all(to)?;
    std::fs::copy(&history.copies[age], app::database(to))?;
    std::fs::copy(at(&history.folder, "server").join("revocations"), to.join("revocations"))?;
    if told {
        let now = yidang_sync_server::Clock::system().now();
        Store::open(&app::database(to))?.write::<_, StoreError>(COUNTY, |db| {
            county::begin_epoch(db, "restored by the administrator", &Dice::system(), now)
        })?;
    }
    town::start(to)
}

fn drill(history: &History, age: usize, told: bool, who: &[&'static str]) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = put_back(history, age, told, &at(&folder, "server"))?;
    let (mut phones, mut held) = (Vec::new(), Holding::default());
    for name in who {
        copy_folder(&at(&history.folder, name), &at(&folder, name))?;
        let way = Way::with_secrets(None, history.secrets[name].clone());
        let phone = Phone::start(&at(&folder, name), &way)?;
        held.take(&phone)?;
        way.lead_to(Some(server.clone()));
        phones.push(phone);
    }
    ensure!(held.matters.len() == history.copies.len(), "the devices hold less than all of it");
    // Twice: whoever came first gets what the others brought.
    for phone in phones.iter().chain(&phones) {
        settle(phone)?;
    }
    let back = there(&server)?;
    once("files", &held.matters, &back.matters)?;
    once("numbers", &held.numbers, &back.numbers)?;
    once("visits", &held.visits, &back.visits)?;
    the_gap_is_told(&server)?;
    let healing = server.store().read::<_, StoreError>(COUNTY, |db| Ok(db.county()?.healing))?;
    let everybody = who.len() == EVERYBODY.len();
    ensure!(healing != everybody, "who is waited for: {who:?}, healing: {healing}");
    if healing {
        let register = server.register()?;
        server.finish_healing(&register, server.clock().now())?;
    }
    the_next_number_is_new(&folder, &server, &phones[0], &held)?;
    let findings =
        server.store().read::<_, StoreError>(COUNTY, |db| checking::check(db, COUNTY))?;
    ensure!(findings.broken.is_empty(), "{:?}", findings.broken);
    Ok(())
}

/// The log says that it was put back, and from where.
fn the_gap_is_told(server: &App) -> Result<()> {
    let records = server.store().read::<_, StoreError>(COUNTY, |db| db.log_after(0, u32::MAX))?;
    let record = records.iter().find(|row| row.kind == 6).context("the log tells of no gap")?;
    let record: Value = serde_json::from_slice(&record.record)?;
    ensure!(record["from_seq"].as_u64() > Some(0), "{record}");
    ensure!(record["from_epoch"] != record["epoch"], "{record}");
    Ok(())
}

/// A file that is accepted afterwards gets a number that nobody has.
fn the_next_number_is_new(
    folder: &TempDir,
    server: &App,
    wang: &Phone,
    held: &Holding,
) -> Result<()> {
    let case = wang.open_case("恢复以后的事")?;
    settle(wang)?;
    let way = Way::new(Some(server.clone()), None);
    let li = Phone::enrolled(&at(folder, "li-again"), &way, server, "u-li")?;
    settle(&li)?;
    li.entry(&case, &json!({ "kind": "accepted" }))?;
    settle(&li)?;
    settle(wang)?;
    let number = wang.case(&case)?["row"]["number"].as_str().unwrap_or_default().to_owned();
    ensure!(!number.is_empty(), "no number was issued");
    ensure!(!held.numbers.contains(&number), "{number} was issued twice");
    Ok(())
}

#[test]
fn whatever_the_devices_held_comes_back_from_a_copy_of_any_age() -> Result<()> {
    let history = history(ages())?;
    let mut drills = 0;
    for age in 0..history.copies.len() {
        for told in [true, false] {
            for who in [&EVERYBODY[..], &EVERYBODY[..1]] {
                drill(&history, age, told, who)
                    .with_context(|| format!("copy {age}, told: {told}, back: {who:?}"))?;
                drills += 1;
            }
        }
    }
    println!("{drills} drills with {} copies: everything held came back, once", ages());
    Ok(())
}
