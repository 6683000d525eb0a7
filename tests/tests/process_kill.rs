//! Devices and servers that are killed while they write: nothing that was said to be saved is
//! missing, and nothing is there twice.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_tests::{Device, Server};

/// Kills in a story: `ordinary` ones, or as many as `YIDANG_KILLS` says.
fn kills(ordinary: u32) -> u32 {
    std::env::var("YIDANG_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(ordinary)
}

/// Numbers that nobody can foresee, printed at the start of a run so that it can be read again.
struct Dice(u64);

impl Dice {
    fn new() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u64::from(now.subsec_nanos()) | 1)
    }

    fn up_to(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

fn words(view: &Value) -> Vec<String> {
    view["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["kind"] == "visit")
        .filter_map(|entry| entry["text"].as_str().map(str::to_owned))
        .collect()
}

fn all_there_once(
    view: &Value,
    promised: &BTreeSet<String>,
    asked: &BTreeSet<String>,
) -> Result<()> {
    let found = words(view);
    let once: BTreeSet<String> = found.iter().cloned().collect();
    ensure!(once.len() == found.len(), "something is there twice");
    ensure!(promised.is_subset(&once), "missing: {:?}", promised.difference(&once));
    ensure!(once.is_subset(asked), "never written: {:?}", once.difference(asked));
    Ok(())
}

/// No file of an encrypted store holds what was typed: neither the database nor what lies beside it.
fn is_written_nowhere(folder: &Path, words: &str) -> Result<()> {
    let mut files = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let bytes = std::fs::read(&path)?;
        let found = bytes.windows(words.len()).any(|window| window == words.as_bytes());
        ensure!(!found, "{} holds what was typed", path.display());
        files += 1;
    }
    ensure!(files >= 3, "database, log and secrets lie there");
    Ok(())
}

#[test]
fn a_device_killed_while_it_saves_and_sends_keeps_every_word_it_promised() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = folder.path().join("wang");
    let server = Server::start(&folder.path().join("server"), None)?;
    let mut wang = Device::of(&at, &server, "u-wang", "手机")?;
    let id = wang.open_case("地界埂被推平", [("冯例八", ""), ("郭样五", "")])?;
    let (mut promised, mut asked) = (BTreeSet::new(), BTreeSet::new());
    let mut dice = Dice::new();
    let (mut between, mut number) = (0_u32, 0_u32);
    let rounds = kills(200);
    for round in 0..rounds {
        let until = Instant::now() + Duration::from_millis(20 + dice.up_to(180));
        let killer = wang.killer();
        let waits = until.saturating_duration_since(Instant::now());
        let kill = std::thread::spawn(move || {
            std::thread::sleep(waits);
            killer.kill();
        });
        // Writes without a pause until the process is gone; every third round also sends.
        loop {
            number += 1;
            let visit = format!("第 {number} 次走访");
            asked.insert(visit.clone());
            let entry = json!({ "case": id, "on": "2026-11-20", "heads": [],
                "entry": { "kind": "visit", "words": visit } });
            match wang.ask("add_entry", &entry) {
                Ok(_) => {
                    promised.insert(visit);
                }
                Err(_) => {
                    between += 1;
                    break;
                }
            }
            if round % 3 == 0 && wang.sync().is_err() {
                break;
            }
        }
        drop(kill.join());
        is_written_nowhere(&at, "次走访")?;
        wang = Device::start(&at)?;
        all_there_once(&wang.case(&id)?, &promised, &asked)
            .with_context(|| format!("after kill {round}"))?;
    }
    println!("{rounds} kills, {between} of them inside a save, {} words", promised.len());
    wang.sync()?;
    let mut hao = Device::of(&folder.path().join("hao"), &server, "u-hao", "办公电脑")?;
    all_there_once(&hao.case(&id)?, &promised, &asked)?;
    Ok(())
}

#[test]
fn a_server_killed_while_it_receives_keeps_every_word_it_acknowledged() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut server = Server::start(&folder.path().join("server"), None)?;
    let mut wang = Device::of(&folder.path().join("wang"), &server, "u-wang", "手机")?;
    let mut hao = Device::of(&folder.path().join("hao"), &server, "u-hao", "办公电脑")?;
    let id = wang.open_case("地界埂被推平", [("冯例八", ""), ("郭样五", "")])?;
    wang.sync()?;
    let mut asked = BTreeSet::new();
    let mut dice = Dice::new();
    let mut cut = 0_u32;
    // Each takes a start of the server; two hundred are for a run by hand.
    let rounds = kills(20);
    for round in 0..rounds {
        let killer = server.killer();
        let waits = Duration::from_millis(dice.up_to(120));
        let kill = std::thread::spawn(move || {
            std::thread::sleep(waits);
            killer.kill();
        });
        for part in 0..4 {
            let visit = format!("第 {round} 轮第 {part} 次走访");
            asked.insert(visit.clone());
            wang.add(&id, &json!({ "kind": "visit", "words": visit }))?;
            cut += u32::from(wang.sync()?["state"] != "done");
        }
        drop(kill.join());
        server.kill();
        server.begin()?;
        // What the device believes to be there is there, for somebody else too.
        let view = wang.case(&id)?;
        let accepted: BTreeSet<String> = view["entries"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|entry| entry["kind"] == "visit" && entry["delivery"] == "accepted")
            .filter_map(|entry| entry["text"].as_str().map(str::to_owned))
            .collect();
        hao.sync()?;
        all_there_once(&hao.case(&id)?, &accepted, &asked)
            .with_context(|| format!("after kill {round}"))?;
    }
    println!("{rounds} kills, {cut} exchanges were cut, {} words", asked.len());
    wang.sync()?;
    hao.sync()?;
    all_there_once(&hao.case(&id)?, &asked, &asked)
}
