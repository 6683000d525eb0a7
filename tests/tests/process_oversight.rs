//! What a county reads of itself, and what its people hear of it: complaints with their answers,
//! who runs the service, messages. The server and three devices, each a process of its own.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_tests::{Device, Server};

/// 王样一 of grid 7, 李例二 at the township, 郝演十 at the county.
struct Story {
    server: Server,
    wang: Device,
    li: Device,
    hao: Device,
    /// Goes when the story ends.
    _folder: tempfile::TempDir,
}

fn begin() -> Result<Story> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let server = Server::start(&at("server"), None)?;
    let wang = Device::of(&at("wang"), &server, "u-wang", "手机")?;
    let li = Device::of(&at("li"), &server, "u-li", "办公电脑")?;
    let hao = Device::of(&at("hao"), &server, "u-hao", "办公电脑")?;
    Ok(Story { server, wang, li, hao, _folder: folder })
}

#[test]
fn a_complaint_is_read_by_the_county_and_its_answer_by_whoever_wrote_it() -> Result<()> {
    let mut story = begin()?;
    let Story { server, wang, li, hao, .. } = &mut story;
    wang.ask("complain", &json!({ "about": "burden", "words": "要填三遍", "contact": "" }))?;
    wang.sync()?;
    let number = wang.ask("complaints", &json!({}))?[0]["number"].clone();
    ensure!(number.as_u64().is_some(), "the county has it: {number}");

    let list = json!({ "waiting": true, "offset": 0, "limit": 50 });
    ensure!(li.ask("held_complaints", &list).is_err(), "a township reads no complaints");
    let held = hao.ask("held_complaints", &list)?;
    let row = &held["rows"][0];
    ensure!(row["words"] == "要填三遍" && row["name"] == "王样一", "{held}");
    ensure!(row["number"] == number && row["handled"].is_null(), "{held}");
    let handle = json!({ "number": number, "words": "下一版只填一遍" });
    hao.ask("handle_complaint", &handle)?;
    let left = hao.ask("held_complaints", &list)?;
    ensure!(left["waiting"].as_u64() < held["waiting"].as_u64(), "{left}");

    let told = wang.ask("complaint_answers", &json!({}))?;
    ensure!(told[0]["number"] == number, "{told}");
    ensure!(told[0]["handled"]["words"] == "下一版只填一遍", "{told}");
    ensure!(told[0]["handled"]["name"] == "郝演十", "{told}");

    // Without a network what was written is still here; what became of it is on the server.
    server.kill();
    ensure!(wang.ask("complaint_answers", &json!({})).is_err());
    ensure!(wang.ask("complaints", &json!({}))?[0]["number"] == number);
    Ok(())
}

#[test]
fn who_runs_the_service_reaches_the_telephone_once_the_operator_wrote_it() -> Result<()> {
    let mut story = begin()?;
    let Story { server, wang, .. } = &mut story;
    let device = wang.ask("device", &json!({}))?;
    let host = device["host"].as_str().unwrap_or_default();
    ensure!(host.ends_with("（演示）"), "the demo says so: {device}");
    let data = server.folder().display().to_string();
    let (name, phone) = ("延长县综治中心", "0911-0000000");
    server.command(&["host", "--data", &data, "--name", name, "--phone", phone])?;
    server.command(&["host", "--data", &data, "--filing", ""])?;
    wang.sync()?;
    let device = wang.ask("device", &json!({}))?;
    ensure!(device["host"] == name && device["phone"] == phone, "{device}");
    ensure!(device["filing"] == "", "nobody wrote it: {device}");
    Ok(())
}

#[test]
fn every_message_is_reached_a_few_at_a_time() -> Result<()> {
    let mut story = begin()?;
    let Story { wang, li, .. } = &mut story;
    let file = wang.open_case("两家争一条地埂", [("冯例九", "12000000055"), ("郭样五", "")])?;
    wang.sync()?;
    li.sync()?;
    for turn in 1..=7 {
        let words = format!("第 {turn} 次到地里看");
        li.add(&file, &json!({ "kind": "visit", "words": words }))?;
    }
    li.sync()?;
    wang.sync()?;
    let some = |wang: &mut Device, offset: u64, limit: u64| {
        wang.ask("messages", &json!({ "offset": offset, "limit": limit }))
    };
    let all = some(wang, 0, 500)?;
    let total = all["total"].as_u64().context("no total")?;
    ensure!(total >= 7, "seven visits of another one: {all}");
    let mut one_by_one: Vec<Value> = Vec::new();
    let mut offset = 0;
    while offset < total {
        let view = some(wang, offset, 3)?;
        ensure!(view["total"] == total, "{view}");
        one_by_one.extend(view["rows"].as_array().into_iter().flatten().cloned());
        offset += 3;
    }
    ensure!(Some(&one_by_one) == all["rows"].as_array(), "{one_by_one:?}");
    let texts: Vec<&str> = one_by_one.iter().filter_map(|row| row["text"].as_str()).collect();
    for turn in 1..=7 {
        let words = format!("第 {turn} 次");
        ensure!(texts.iter().any(|text| text.contains(&words)), "{words} is missing: {texts:?}");
    }
    Ok(())
}
