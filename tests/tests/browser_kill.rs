//! The replica's worker is ended in a real browser while it saves and sends: nothing that was answered is
//! missing, nothing is there twice, and the page gets a new worker by itself.
//!
//! A few times as a rule; `YIDANG_KILLS_BROWSER=100` ends it that often.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_tests::browser::{Browser, View};
use yidang_tests::{Device, Server};

/// How often the worker is ended, where nobody says how often.
const KILLS: u32 = 6;
/// So many visits are written down at once.
const AT_ONCE: u32 = 8;
/// The worker is ended after at most so many milliseconds: before the first save, between two, or after the last.
const LONGEST_PAUSE_MS: u64 = 120;

fn kills() -> u32 {
    let named = std::env::var("YIDANG_KILLS_BROWSER").ok();
    named.and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

/// Pauses that nobody can foresee.
struct Pauses(u64);

impl Pauses {
    fn new() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u64::from(now.subsec_nanos()) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % LONGEST_PAUSE_MS
    }
}

/// Runs before anything of the page: whatever worker it starts can be found.
const KNOWN: &str = "window.started = [];
    const Plain = window.Worker;
    window.Worker = class extends Plain {
        constructor(...given) { super(...given); window.started.push(this); }
    };";

/// Asks everything at once, ends the worker after a pause as a browser does that has no memory left, and
/// gives back what was answered. What had no answer is asked again by the page itself.
const ROUND: &str = "const [questions, syncs, pause, done] = arguments;
    const asked = questions.map((json) =>
        window.yidang.ask('add_entry', json).then(() => true, () => false));
    if (syncs) asked.push(window.yidang.ask('sync_now', '{}').then(() => true, () => false));
    setTimeout(() => {
        const worker = window.started.at(-1);
        worker.terminate();
        worker.dispatchEvent(new ErrorEvent('error', { message: 'ended by a test' }));
    }, pause);
    Promise.all(asked).then(done);";

fn visits(view: &Value) -> Vec<String> {
    let entries = view["entries"].as_array().into_iter().flatten();
    let visits = entries.filter(|entry| entry["kind"] == "visit");
    visits.filter_map(|entry| entry["text"].as_str().map(str::to_owned)).collect()
}

fn all_there_once(
    view: &Value,
    promised: &BTreeSet<String>,
    asked: &BTreeSet<String>,
) -> Result<()> {
    let found = visits(view);
    let once: BTreeSet<String> = found.iter().cloned().collect();
    ensure!(once.len() == found.len(), "something is there twice");
    ensure!(promised.is_subset(&once), "missing: {:?}", promised.difference(&once));
    ensure!(once.is_subset(asked), "never written: {:?}", once.difference(asked));
    Ok(())
}

#[tokio::test]
async fn a_worker_that_is_ended_while_it_saves_and_sends_keeps_every_word_it_promised() -> Result<()>
{
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let browser = Browser::chromium(&folder.path().join("profile"), View::Phone).await?;
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": KNOWN }))?;
    browser.open(&server.address()).await?;
    browser.click("sign-in-demo-u-wang").await?;
    browser.find("today-due").await?;
    let party = json!({ "name": "冯例八", "side": "a", "phone": "" });
    let question = json!({ "matter": "地界埂被推平", "category": "0901", "place": "下盘石村3组",
        "occurred_on": "2026-11-18", "parties": [party], "risk": 3, "source": "01",
        "people": 2, "grid": null, "visit_day": null });
    let opened = browser.ask("open_case_file", &question).await?;
    let case = opened["id"].as_str().context("no identifier")?.to_owned();

    let (mut promised, mut asked) = (BTreeSet::new(), BTreeSet::new());
    let mut pauses = Pauses::new();
    for round in 0..kills() {
        let words: Vec<String> =
            (0..AT_ONCE).map(|nth| format!("第 {round} 回第 {nth} 句")).collect();
        let questions: Vec<String> = words.iter().map(|words| visit(&case, words)).collect();
        let given = vec![json!(questions), json!(round % 3 == 0), json!(pauses.next())];
        let answers = browser.client.execute_async(ROUND, given).await?;
        let answers: Vec<bool> = serde_json::from_value(answers)?;
        asked.extend(words.iter().cloned());
        promised
            .extend(words.into_iter().zip(answers).filter(|(_, ok)| *ok).map(|(words, _)| words));
        let view = browser.ask("case_file", &json!({ "id": case })).await?;
        all_there_once(&view, &promised, &asked).with_context(|| format!("after kill {round}"))?;
    }
    let started = browser.run("return window.started.length").await?;
    ensure!(started.as_u64() > Some(u64::from(kills())), "{started} workers: none was ended");
    println!("{} kills of a worker, {} of {} promised", kills(), promised.len(), asked.len());

    // What was not answered may be there or not; whatever is there is in the county, once.
    browser.client.refresh().await?;
    browser.find("today-due").await?;
    browser.sync().await?;
    let here = browser.ask("case_file", &json!({ "id": case })).await?;
    all_there_once(&here, &promised, &asked)?;
    let mut hao = Device::of(&folder.path().join("hao"), &server, "u-hao", "办公电脑")?;
    let there = hao.case(&case)?;
    all_there_once(&there, &promised, &asked)?;
    ensure!(visits(&there).len() == visits(&here).len(), "the county has something else");
    browser.close().await
}

fn visit(case: &str, words: &str) -> String {
    let entry = json!({ "kind": "visit", "words": words });
    json!({ "case": case, "entry": entry, "on": "2026-11-20", "heads": [] }).to_string()
}
