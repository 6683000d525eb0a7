//! Lists lead to every row: to the six hundredth household, to what a sheet said otherwise than the
//! worker, to the people behind a number, to the right one of two villages called alike.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_tests::{Device, Server};

const GRID_7: &str = "6106211032032007";
/// 下驿村 of 张家滩镇 and 下驿村 of 雷赤镇.
const ALIKE: [(&str, &str); 2] =
    [("610621103211", "张家滩镇·下驿村"), ("610621106230", "雷赤镇·下驿村")];

/// How long an import may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A file as the window hands it in.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let byte = |at: usize| three.get(at).copied().map_or(0, usize::from);
        let number = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for at in 0..4 {
            let letter = char::from(LETTERS[(number >> (18 - 6 * at)) & 63]);
            text.push(if at <= three.len() { letter } else { '=' });
        }
    }
    text
}

/// 冯例八 of the county hands in a table of households and waits until it is written.
fn hand_in(feng: &mut Device, rows: &[(String, String, String)]) -> Result<()> {
    let mut sheet = "户号,户主,住址,门牌,网格编码\n".to_owned();
    for (number, head, address) in rows {
        writeln!(sheet, "{number},{head},{address},,{GRID_7}")?;
    }
    let file = json!({ "name": "户籍.csv", "base64": base64(sheet.as_bytes()) });
    feng.ask("import_sheet", &json!({ "files": [file], "apply": true }))?;
    let began = Instant::now();
    loop {
        let view = feng.ask("import_state", &json!({}))?;
        if view["running"] == false {
            ensure!(view["applied"] == true, "{view:#}");
            return Ok(());
        }
        ensure!(began.elapsed() < PATIENCE, "{view:#}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn row(number: &str, head: &str, address: &str) -> (String, String, String) {
    (number.to_owned(), head.to_owned(), address.to_owned())
}

/// One page of 我的格.
fn page(device: &mut Device, filter: &str, text: &str, offset: u64) -> Result<Value> {
    let question =
        json!({ "org": null, "filter": filter, "text": text, "offset": offset, "limit": 100 });
    device.ask("my_grid", &question)
}

fn ids(view: &Value) -> Vec<String> {
    let rows = view["rows"].as_array().into_iter().flatten();
    rows.filter_map(|row| row["id"].as_str().map(str::to_owned)).collect()
}

fn count(view: &Value, filter: &str) -> Option<u64> {
    let mut counts = view["counts"].as_array().into_iter().flatten();
    counts.find(|count| count[0] == filter)?[1].as_u64()
}

/// What 同步 lists about a document.
fn needs_of(device: &mut Device, id: &str) -> Result<Vec<Value>> {
    let state = device.ask("sync_state", &json!({}))?;
    let needs = state["needs"].as_array().cloned().unwrap_or_default();
    Ok(needs.into_iter().filter(|need| need["document"] == id).collect())
}

/// 王样一 writes down where 薛测九 lives, without a network. Meanwhile a newer sheet says something
/// else. He finds it in 我的格 and under what needs him, and settles it.
#[test]
fn what_a_sheet_says_otherwise_than_the_worker_is_found_and_settled() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut server = Server::start(&folder.path().join("server"), None)?;
    let mut feng = Device::of(&folder.path().join("feng"), &server, "u-feng", "办公电脑")?;
    let mut wang = Device::of(&folder.path().join("wang"), &server, "u-wang", "手机")?;
    hand_in(&mut feng, &[row("Y9001", "薛测九", "下盘石村后崖头")])?;
    wang.sync()?;
    let found = ids(&page(&mut wang, "all", "薛测九", 0)?);
    ensure!(found.len() == 1, "{found:?}");
    let id = found[0].clone();
    let before = count(&page(&mut wang, "all", "", 0)?, "clashing").context("no such filter")?;
    ensure!(!ids(&page(&mut wang, "clashing", "", 0)?).contains(&id));

    server.kill();
    let heads = wang.ask("household", &json!({ "id": id }))?["heads"].clone();
    let moved = json!({ "household": id, "field": "address", "value": "下盘石村新村3排",
        "heads": heads });
    wang.ask("set_household_fact", &moved)?;
    let waits = wang.ask("sync_state", &json!({}))?["outbox"].clone();
    ensure!(waits[0]["document"] == json!(id), "{waits:#}");
    ensure!(waits[0]["about"]["kind"] == "household", "{waits:#}");

    server.begin()?;
    hand_in(&mut feng, &[row("Y9001", "薛测九", "下盘石村后沟")])?;
    wang.sync()?;
    wang.sync()?;
    let view = page(&mut wang, "clashing", "", 0)?;
    ensure!(ids(&view).contains(&id), "{view:#}");
    ensure!(count(&view, "clashing") == Some(before + 1), "{}", view["counts"]);
    ensure!(view["total"] == json!(before + 1), "the count opens to as many rows");
    ensure!(ids(&page(&mut wang, "clashing", "薛测九", 0)?) == [id.as_str()]);
    let needs = needs_of(&mut wang, &id)?;
    ensure!(needs.len() == 1, "{needs:#?}");
    ensure!(needs[0]["about"]["kind"] == "household" && needs[0]["kind"] == "clash", "{needs:#?}");
    let title = needs[0]["title"].as_str().unwrap_or_default();
    ensure!(title.contains("住址") && title.contains("导入的表"), "{title}");

    let now = wang.ask("household", &json!({ "id": id }))?;
    let clash = &now["clashes"][0];
    let values: Vec<&str> = clash["values"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|value| value["value"].as_str())
        .collect();
    ensure!(values.contains(&"下盘石村新村3排") && values.contains(&"下盘石村后沟"), "{clash:#}");
    let settle = json!({ "case": id, "field": clash["field"], "value": "下盘石村新村3排",
        "heads": now["heads"] });
    wang.ask("resolve", &settle)?;
    let view = page(&mut wang, "clashing", "", 0)?;
    ensure!(!ids(&view).contains(&id) && count(&view, "clashing") == Some(before), "{view:#}");
    ensure!(needs_of(&mut wang, &id)?.is_empty());
    let kept = wang.ask("household", &json!({ "id": id }))?;
    ensure!(kept["row"]["address"] == "下盘石村新村3排", "{}", kept["row"]);
    Ok(())
}

/// More households than any desk answers with at once: page by page all of them are there, each once.
#[test]
fn the_six_hundredth_household_can_be_reached() -> Result<()> {
    const MANY: usize = 620;
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let mut feng = Device::of(&folder.path().join("feng"), &server, "u-feng", "办公电脑")?;
    let rows: Vec<_> = (0..MANY)
        .map(|at| row(&format!("Y{:04}", at + 1), "高试五", &format!("下盘石村{at}号院")))
        .collect();
    hand_in(&mut feng, &rows)?;
    let mut wang = Device::of(&folder.path().join("wang"), &server, "u-wang", "手机")?;
    wang.sync()?;

    let mut seen = BTreeSet::new();
    let mut offset = 0;
    loop {
        let view = page(&mut wang, "all", "", offset)?;
        let total = view["total"].as_u64().context("no total")?;
        ensure!(total >= u64::try_from(MANY)?, "{total} households");
        ensure!(count(&view, "all") == Some(total), "{}", view["counts"]);
        for id in ids(&view) {
            ensure!(seen.insert(id.clone()), "{id} stands on two pages");
        }
        offset += 100;
        if offset >= total {
            ensure!(u64::try_from(seen.len())? == total, "{} of {total}", seen.len());
            return Ok(());
        }
    }
}

/// 郝演十 of the county presses the number 网格员: as many people as it says, each once, with all of
/// their grids; and so in the township of 李例二.
#[test]
fn the_number_of_grid_workers_opens_to_them() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    for user in ["u-hao", "u-li"] {
        let mut device = Device::of(&folder.path().join(user), &server, user, "办公电脑")?;
        let grids = json!({ "org": null, "filter": "all", "text": "", "offset": 0, "limit": 1 });
        let said = device.ask("grids", &grids)?["workers"].as_u64().context("no number")?;
        ensure!(said > 0, "nobody works in the demo county");
        let (mut people, mut offset) = (BTreeSet::new(), 0);
        while offset < said {
            let asked = json!({ "org": null, "text": "", "offset": offset, "limit": 100 });
            let view = device.ask("workers", &asked)?;
            ensure!(view["total"] == json!(said), "{said} said, {} listed", view["total"]);
            for row in view["rows"].as_array().into_iter().flatten() {
                let user = row["worker"]["user"].as_str().context("nobody")?.to_owned();
                ensure!(row["grids"].as_array().is_some_and(|grids| !grids.is_empty()), "{row}");
                ensure!(people.insert(user), "listed twice: {row}");
            }
            offset += 100;
        }
        ensure!(u64::try_from(people.len())? == said, "{} of {said}", people.len());
        let asked = json!({ "org": null, "text": "王样一 第7网格", "offset": 0, "limit": 100 });
        let view = device.ask("workers", &asked)?;
        ensure!(view["rows"][0]["worker"]["user"] == "u-wang", "{view:#}");
    }
    Ok(())
}

/// The county has two villages called 下驿村: wherever 郝演十 reads that name, the township stands
/// before it. 王样一, whose phone knows one township, reads the names of villages alone.
#[test]
fn of_two_villages_called_alike_each_is_named_with_its_township() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let mut hao = Device::of(&folder.path().join("hao"), &server, "u-hao", "办公电脑")?;
    let mut listed = BTreeSet::new();
    for (org, name) in ALIKE {
        let question = json!({ "queue": "all", "org": org, "category": null, "risk": null,
            "text": "", "offset": 0, "limit": 100 });
        let list = hao.ask("list_case_files", &question)?;
        ensure!(list["unit"] == name, "{}", list["unit"]);
        for row in list["rows"].as_array().into_iter().flatten() {
            ensure!(row["village"] == name, "{row:#}");
            listed.insert(name);
        }
        let month = hao.ask("visit_month", &json!({ "village": org, "month": "2026-02-01" }))?;
        ensure!(month["village_name"] == name, "{}", month["village_name"]);
        let menu = month["villages"].as_array().into_iter().flatten();
        let words: Vec<&str> = menu.filter_map(|village| village[1].as_str()).collect();
        ensure!(words.iter().filter(|word| **word == name).count() == 1, "{words:?}");
        ensure!(words.contains(&"下盘石村"), "a name that is not shared stands alone: {words:?}");
        ensure!(!words.contains(&"下驿村"), "which 下驿村? {words:?}");
    }
    ensure!(listed.len() == ALIKE.len(), "files of {listed:?} alone");
    let found = hao.ask("find", &json!({ "text": "下驿", "limit": 200 }))?;
    let rows = found["files"].as_array().cloned().unwrap_or_default();
    let named = |name: &str| rows.iter().any(|row| row["village"] == name);
    ensure!(ALIKE.iter().all(|(_, name)| named(name)), "{found:#}");

    let mut wang = Device::of(&folder.path().join("wang"), &server, "u-wang", "手机")?;
    let rows = wang.list("all", "")?;
    ensure!(rows.iter().any(|row| row["village"] == "下盘石村"), "{rows:#?}");
    let month = wang.ask("visit_month", &json!({ "village": null, "month": "2026-02-01" }))?;
    ensure!(month["village_name"] == "下盘石村", "{month:#}");
    Ok(())
}
