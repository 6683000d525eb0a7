//! The browser edition in a real Chromium: the release pages, and a device in its worker that holds
//! as much as the budgets ask for.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use serde_json::{Value, json};
use yidang_domain::finding::initials;
use yidang_tests::browser::{Browser, View};

use super::full::{FILES, MEMBERS, fill};
use super::report::Report;
use super::world::{World, worker};

const GROUP: &str = "browser";
/// Times on the page itself, and how often the device is started anew to read them.
const WATCH: &str = include_str!("browser/watch.js");
const STARTS: usize = 5;
/// The worker with a clock in it.
const CLOCKED: &str = include_str!("browser/clocked.js");
/// Scrolls the list and counts frames.
const SCROLL: &str = include_str!("browser/scroll.js");
/// Asks one kind of question again and again.
const FIND: &str = include_str!("browser/find.js");
/// The first exchange of a whole device in wasm takes its time.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// Fills a county, lets a browser take it, and measures what a person would feel.
pub fn measure(report: &mut Report, folder: &Path) -> Result<()> {
    let pages = PathBuf::from(std::env::var_os("YIDANG_DIST").context("no release pages")?);
    ensure!(pages.join("index.html").exists(), "no pages in {}", pages.display());
    let world = World::with_pages(&folder.join("county"), pages)?;
    let begun = Instant::now();
    fill(&world)?;
    report.row(GROUP, "the county was written in", begun.elapsed().as_secs_f64(), "s", None);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let busy = Arc::new(AtomicBool::new(false));
        let address = serve(&world, busy.clone()).await?;
        let profile = folder.join("profile");
        let browser = Browser::chromium(&profile, View::Phone).await?;
        first_visit(report, &browser, &address).await?;
        take(report, &world, &browser, &address).await?;
        // The signatures of 20,000 files take more than twenty minutes; nobody waits for them, nor do we.
        busy.store(true, Ordering::Release);
        searches(report, &browser, &address).await?;
        scroll(report, &browser, &address).await?;
        browser.close().await?;
        starts(report, &profile, &address).await
    })
}

/// The server on a port of its own. While it is `busy` it exchanges with nobody.
async fn serve(world: &World, busy: Arc<AtomicBool>) -> Result<String> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let turn_away = move |request: Request, next: Next| {
        let is_busy = busy.load(Ordering::Acquire) && request.uri().path().starts_with("/v1/");
        async move {
            if is_busy {
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            } else {
                next.run(request).await
            }
        }
    };
    let service = yidang_sync_server::router(world.app.clone()).layer(from_fn(turn_away));
    tokio::spawn(async move { axum::serve(listener, service).await });
    Ok(address)
}

/// Nobody was ever here: bytes and times until the sign-in stands.
async fn first_visit(report: &mut Report, browser: &Browser, address: &str) -> Result<()> {
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": WATCH }))?;
    browser.open(address).await?;
    let is_up = async || Ok(browser.run("return !!window.bench.shell").await? == json!(true));
    browser.until("the sign-in", is_up).await?;
    let seen = browser.run("return window.benchBytes()").await?;
    let bytes = seen["bytes"].as_f64().context("no bytes")? / 1_000.0;
    report.row(GROUP, "first screen, all that is fetched for it", bytes, "KB", 1_200.0);
    report.row(GROUP, "first screen, files fetched", number(&seen["count"]), "", None);
    let marks = browser.run("return window.bench").await?;
    report.row(GROUP, "first visit: first paint", number(&marks["paint"]), "ms", None);
    report.row(GROUP, "first visit: the interface stands", number(&marks["shell"]), "ms", None);
    Ok(())
}

/// The first exchange, until everything is here.
async fn take(report: &mut Report, world: &World, browser: &Browser, address: &str) -> Result<()> {
    let code = world.app.create_code(&yidang_domain::ids::UserId(worker(0)))?;
    let question = json!({ "server": address, "code": code, "device_name": "演示" }).to_string();
    let begun = Instant::now();
    let script = format!(
        "window.benchDone = ''; window.yidang.ask('enrol', {}).then(
            () => {{ window.benchDone = 'yes' }}, (fault) => {{ window.benchDone = String(fault) }})",
        serde_json::to_string(&question)?
    );
    browser.run(&script).await?;
    loop {
        let done = browser.run("return window.benchDone").await?;
        match done.as_str() {
            Some("") => {}
            Some("yes") => break,
            other => bail!("the device was not enrolled: {other:?}"),
        }
        ensure!(begun.elapsed() < PATIENCE, "the first exchange does not end");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    report.row(GROUP, "signed in, its first page here", begun.elapsed().as_secs_f64(), "s", None);
    while browser.ask("sync_state", &json!({})).await?["done_at"].is_null() {
        ensure!(begun.elapsed() < PATIENCE, "the first exchange does not end");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    report.row(GROUP, "everything is here", begun.elapsed().as_secs_f64(), "s", None);
    let files = browser.ask("list_case_files", &list(0, 1)).await?["total"].clone();
    ensure!(files == json!(FILES), "{files} files");
    let grid = json!({ "org": null, "filter": "all", "text": "", "offset": 0, "limit": 1 });
    let homes = browser.ask("my_grid", &grid).await?["total"].clone();
    report.row(GROUP, "files on the device", number(&files), "", None);
    report.row(GROUP, "households on the device", number(&homes), "", None);
    report.row(GROUP, "members on the device", number(&json!(MEMBERS)), "", None);
    Ok(())
}

fn list(offset: usize, limit: usize) -> Value {
    json!({ "queue": "all", "org": null, "category": null, "risk": null, "text": "",
        "offset": offset, "limit": limit })
}

/// What people type, by kind, taken from what is on the device.
async fn typed(browser: &Browser) -> Result<Vec<(&'static str, Vec<String>)>> {
    let (mut names, mut words, mut phones) = (Vec::new(), Vec::new(), Vec::new());
    for part in 0..40 {
        let view = browser.ask("list_case_files", &list(part * FILES / 40, 1)).await?;
        let row = &view["rows"][0];
        names.push(text(&row["parties"][0])?);
        words.push(text(&row["matter"])?);
        let file = browser.ask("case_file", &json!({ "id": row["id"] })).await?;
        phones.push(text(&file["parties"][0]["phone"])?);
    }
    let cut = |all: &[String], count: usize| -> Vec<String> {
        all.iter().map(|text| text.chars().take(count).collect()).collect()
    };
    let tails = phones.iter().map(|phone| phone.chars().skip(7).collect()).collect();
    let letters = names.iter().map(|name| {
        // The longest token, without the mark that it bears in the index.
        let tokens = initials(name);
        let longest = tokens.split_whitespace().last().unwrap_or_default();
        longest.chars().filter(char::is_ascii_lowercase).collect()
    });
    let two = names
        .iter()
        .zip(&words)
        .map(|(name, words)| format!("{name} {}", words.chars().take(2).collect::<String>()));
    Ok(vec![
        ("one character", cut(&names, 1)),
        ("two characters", cut(&names, 2)),
        ("a whole name", names.clone()),
        ("four characters of a sentence", cut(&words, 4)),
        ("initials", letters.collect()),
        ("the tail of a number", tails),
        ("a name and a word", two.collect()),
        ("a category", vec!["土地".to_owned(); 40]),
        ("a stage", vec!["待受理".to_owned(); 40]),
        ("nothing that is there", vec!["龘龘龘".to_owned(); 40]),
    ])
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| anyhow!("no text: {value}"))
}

/// Each kind of question, with the time it takes in the worker and from the page.
async fn searches(report: &mut Report, browser: &Browser, address: &str) -> Result<()> {
    browser.open(&format!("{address}/find")).await?;
    browser.find("find-hints").await?;
    browser.run(CLOCKED).await?;
    browser.ask("session", &json!({})).await?;
    for (kind, texts) in typed(browser).await? {
        let times = browser.client.execute_async(FIND, vec![json!(texts)]).await?;
        for (share, name) in [(0.5, "p50"), (0.99, "p99")] {
            let inside = at(&times["inside"], share);
            let budget = (name == "p99").then_some(10.0);
            report.row(GROUP, format!("find {kind}, in the worker, {name}"), inside, "ms", budget);
        }
        let round = at(&times["round"], 0.99);
        report.row(GROUP, format!("find {kind}, from the page, p99"), round, "ms", None);
    }
    let memory = browser.client.execute_async("window.benchMemory(arguments[0])", vec![]).await?;
    let memory = number(&memory) / 1_000_000.0;
    report.row(GROUP, "memory of the replica in the worker", memory, "MB", 150.0);
    Ok(())
}

/// The value below which `share` of the times lie.
fn at(times: &Value, share: f64) -> f64 {
    let mut times: Vec<f64> =
        times.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    times.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list of some thousand"
    )]
    let index = ((times.len() as f64 - 1.0) * share).round() as usize;
    times.get(index).copied().unwrap_or(f64::NAN)
}

/// A thumb that never rests, and one that throws the list from its beginning to its end.
async fn scroll(report: &mut Report, browser: &Browser, address: &str) -> Result<()> {
    for (what, seconds, all) in [("a thumb", 8, false), ("a throw to the end", 8, true)] {
        browser.open(&format!("{address}/cases?queue=all")).await?;
        browser.find("case-row").await?;
        let arguments = vec![json!(seconds), json!(all)];
        let seen = browser.client.execute_async(SCROLL, arguments).await?;
        let frames = &seen["frames"];
        report.row(GROUP, format!("scroll by {what}: frame, p95"), at(frames, 0.95), "ms", None);
        report.row(GROUP, format!("scroll by {what}: longest frame"), at(frames, 1.0), "ms", None);
        let long = frames.as_array().into_iter().flatten().filter(|frame| number(frame) > 50.0);
        let long = number(&json!(long.count()));
        report.row(GROUP, format!("scroll by {what}: frames over 50 ms"), long, "", None);
        report.row(
            GROUP,
            format!("scroll by {what}: rows passed"),
            number(&seen["rows"]),
            "",
            None,
        );
        report.row(
            GROUP,
            format!("scroll by {what}: rows drawn"),
            number(&seen["drawn"]),
            "",
            None,
        );
        report.row(GROUP, format!("scroll by {what}: rows late"), number(&seen["blank"]), "", None);
    }
    Ok(())
}

/// The browser is started anew each time; the pages come from its own store.
async fn starts(report: &mut Report, profile: &Path, address: &str) -> Result<()> {
    let mut marks = Vec::new();
    for _ in 0..STARTS {
        let browser = Browser::chromium(profile, View::Phone).await?;
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": WATCH }))?;
        browser.open(address).await?;
        browser.find("today-all").await?;
        marks.push(browser.run("return window.bench").await?);
        // What the next start shows first is put away a moment after the answers came.
        tokio::time::sleep(Duration::from_secs(1)).await;
        browser.close().await?;
    }
    for (key, what) in [
        ("paint", "cold start: first paint"),
        ("shell", "cold start: the interface stands"),
        ("today", "cold start: the list of today"),
    ] {
        let times = Value::Array(marks.iter().map(|mark| mark[key].clone()).collect());
        report.row(GROUP, format!("{what}, median of {STARTS}"), at(&times, 0.5), "ms", None);
    }
    Ok(())
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}
