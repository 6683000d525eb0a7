//! Devices and servers that are killed while they write: nothing that was said to be saved is
//! missing, and nothing is there twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_tests::{Device, Killer, Server};

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

/// Ends a process at a moment nobody can foresee: some milliseconds from now, or some after a file
/// was written to, which is where a promise could break.
fn end_it(killer: Killer, watched: Option<PathBuf>, pause: Duration) -> JoinHandle<()> {
    let state =
        |path: &Path| std::fs::metadata(path).map(|file| (file.len(), file.modified().ok()));
    let before = watched.as_deref().map(|path| state(path).ok());
    std::thread::spawn(move || {
        let began = Instant::now();
        while let (Some(path), Some(before)) = (&watched, &before) {
            if state(path).ok() != *before || began.elapsed() > Duration::from_secs(5) {
                break;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(pause);
        killer.kill();
    })
}

/// Words of visits with what the device says became of them.
fn deliveries(view: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    view["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["kind"] == "visit")
        .map(|entry| (text(&entry["text"]), text(&entry["delivery"])))
        .collect()
}

#[test]
fn a_server_killed_while_it_receives_keeps_every_word_it_acknowledged() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut server = Server::start(&folder.path().join("server"), None)?;
    let log = server.folder().join("county.sqlite-wal");
    let mut wang = Device::of(&folder.path().join("wang"), &server, "u-wang", "手机")?;
    let mut hao = Device::of(&folder.path().join("hao"), &server, "u-hao", "办公电脑")?;
    let id = wang.open_case("地界埂被推平", [("冯例八", ""), ("郭样五", "")])?;
    wang.sync()?;
    let mut asked = BTreeSet::new();
    let mut dice = Dice::new();
    let (mut cut, mut between) = (0_u32, 0_u32);
    let rounds = kills(200);
    for round in 0..rounds {
        let last = dice.up_to(4);
        let mut kill = None;
        for part in 0..4 {
            if part == last {
                // Half of the kills come at any time, half when the server began to write.
                let (watched, pause) = match round % 2 {
                    0 => (None, dice.up_to(60)),
                    _ => (Some(log.clone()), dice.up_to(12)),
                };
                kill = Some(end_it(server.killer(), watched, Duration::from_millis(pause)));
            }
            let visit = format!("第 {round} 轮第 {part} 次走访");
            asked.insert(visit.clone());
            let entry = json!({ "case": id, "on": "2026-11-20", "heads": [],
                "entry": { "kind": "visit", "words": visit } });
            wang.ask("add_entry", &entry)?;
            cut += u32::from(wang.sync()?["state"] != "done");
        }
        drop(kill.map(JoinHandle::join));
        server.kill();
        server.begin()?;
        // Whatever the device says is at the server is there, for somebody else too.
        let said = deliveries(&wang.case(&id)?);
        let at_server: BTreeSet<String> = said
            .iter()
            .filter(|(_, said)| *said != "saved")
            .map(|(words, _)| words.clone())
            .collect();
        hao.sync()?;
        let view = hao.case(&id)?;
        all_there_once(&view, &at_server, &asked).with_context(|| format!("after kill {round}"))?;
        // Written there, and the answer never came: the kill fell between the two.
        let unheard = words(&view).iter().any(|words| !at_server.contains(words));
        between += u32::from(unheard);
    }
    println!(
        "{rounds} kills, {between} of them between the first write of a request and its answer, {cut} \
         exchanges were cut, {} words",
        asked.len()
    );
    ensure!(between * 3 >= rounds, "too few kills between a write and its answer");
    wang.sync()?;
    hao.sync()?;
    all_there_once(&hao.case(&id)?, &asked, &asked)
}
