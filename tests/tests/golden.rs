//! Databases that earlier versions left behind: whoever updates finds everything again.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_tests::{Device, Server};

/// Where the server of the golden files listened.
const ADDRESS: &str = "http://127.0.0.1:18743";
/// The file that 王样一 opened.
const CASE: &str = "01a21325-6261-73c8-be71-935b59612a05";

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join("v1").join(name)
}

fn server(folder: &Path) -> Result<Server> {
    std::fs::create_dir_all(folder)?;
    let packed = std::fs::read(golden("county.sqlite.zst"))?;
    std::fs::write(folder.join("county.sqlite"), zstd::stream::decode_all(packed.as_slice())?)?;
    Server::start(folder, None)
}

fn wang(folder: &Path, server: &Server) -> Result<Device> {
    std::fs::create_dir_all(folder)?;
    std::fs::copy(golden("desk-u-wang.db"), folder.join("desk-u-wang.db"))?;
    let secrets = std::fs::read_to_string(golden("installation.json"))?;
    ensure!(secrets.contains(ADDRESS), "the device knows its server");
    let secrets = secrets.replace(ADDRESS, &server.address());
    std::fs::write(folder.join("installation.json"), secrets)?;
    Device::start(folder)
}

fn visits(view: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entries = view["entries"].as_array().into_iter().flatten();
    let visits = entries.filter(|entry| entry["kind"] == "visit");
    let mut visits: Vec<(String, String)> =
        visits.map(|entry| (text(&entry["text"]), text(&entry["delivery"]))).collect();
    visits.sort();
    visits
}

#[test]
fn a_device_and_a_server_of_the_first_version_go_on_where_they_were() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = server(&folder.path().join("server"))?;
    let mut wang = wang(&folder.path().join("wang"), &server)?;

    // Everything is there without a network: words, both numbers, the draft, what waits.
    let view = wang.case(CASE)?;
    ensure!(view["row"]["matter"] == "上院窑洞排水冲了下院墙根", "{view:#}");
    let told = |words: &str, delivery: &str| (words.to_owned(), delivery.to_owned());
    let waiting = told("没有信号时写的一句", "saved");
    let held = told("墙根塌了两尺，先支了木头", "accepted");
    ensure!(visits(&view) == [held, waiting], "{:?}", visits(&view));
    let values = view["clashes"][0]["values"].as_array().context("no card")?;
    let mut numbers: Vec<&str> = values.iter().filter_map(|v| v["value"].as_str()).collect();
    numbers.sort_unstable();
    ensure!(numbers == ["12000000012", "12000000021"], "{numbers:?}");
    let draft = wang.ask("draft", &json!({ "form": "new" }))?;
    ensure!(draft["content"].as_str().is_some_and(|text| text.contains("写到一半")), "{draft}");

    // It settles the card, exchanges, and somebody else sees all of it.
    let question = json!({ "case": CASE, "field": view["clashes"][0]["field"],
        "value": "12000000012", "heads": view["heads"] });
    wang.ask("resolve", &question)?;
    let state = wang.sync()?;
    ensure!(state["state"] == "done" && state["waiting"] == 0, "{state:#}");
    ensure!(wang.list("all", "墙根")?.iter().any(|row| row["id"] == CASE), "found by its words");
    let today = wang.ask("today", &json!({}))?;
    ensure!(today["open"].as_u64() > Some(0), "{today:#}");
    let mut li = Device::of(&folder.path().join("li"), &server, "u-li", "办公电脑")?;
    let view = li.case(CASE)?;
    let seen: Vec<String> = visits(&view).into_iter().map(|(words, _)| words).collect();
    ensure!(seen == ["墙根塌了两尺，先支了木头", "没有信号时写的一句"], "{seen:?}");
    ensure!(view["clashes"] == json!([]) && view["parties"][0]["phone"] == "12000000012");
    let data = server.folder().to_string_lossy().into_owned();
    server.command(&["check", "--data", &data])?;
    Ok(())
}
