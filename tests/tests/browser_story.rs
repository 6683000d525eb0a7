//! 王样一's day in the browser edition, with the server coming and going, and his colleague on a
//! device of her own.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_tests::browser::{Browser, View};
use yidang_tests::{Device, Server};

async fn wang_at(folder: &Path, server: &Server) -> Result<Browser> {
    let browser = Browser::chromium(&folder.join("profile"), View::Phone).await?;
    browser.open(&server.address()).await?;
    browser.click("sign-in-demo-u-wang").await?;
    browser.find("today-due").await?;
    Ok(browser)
}

/// Waits until the pages would open without a server.
async fn shell_is_kept(browser: &Browser) -> Result<()> {
    for _ in 0..200 {
        let kept = "return !!(navigator.serviceWorker && navigator.serviceWorker.controller)";
        if browser.run(kept).await? == json!(true) {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    anyhow::bail!("no service worker controls the page")
}

async fn open_file(browser: &Browser, server: &Server, matter: &str) -> Result<String> {
    browser.open(&format!("{}/new", server.address())).await?;
    browser.fill("new-matter", matter).await?;
    browser.fill("new-place", "下盘石村3组").await?;
    browser.says("草稿已存").await?;
    browser.click("new-save").await?;
    browser.find("case-title").await?;
    let path = browser.run("return location.pathname").await?;
    let id = path.as_str().and_then(|path| path.strip_prefix("/case/")).context("no file")?;
    Ok(id.to_owned())
}

async fn rows(browser: &Browser, text: &str) -> Result<u64> {
    let question = json!({ "queue": "all", "org": null, "category": null, "risk": null,
        "text": text, "offset": 0, "limit": 10 });
    let list = browser.ask("list_case_files", &question).await?;
    list["total"].as_u64().context("no total")
}

/// Changes the number of the first party on the page of a file.
async fn set_phone(browser: &Browser, id: &str, phone: &str) -> Result<Value> {
    let view = browser.ask("case_file", &json!({ "id": id })).await?;
    let question = json!({ "case": id, "party": view["parties"][0]["key"], "field": "phone",
        "value": phone, "heads": view["heads"] });
    browser.ask("set_party_field", &question).await
}

#[tokio::test]
async fn a_page_reloaded_without_a_server_opens_files_and_saves_edits() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut server = Server::start(&folder.path().join("server"), None)?;
    let browser = wang_at(folder.path(), &server).await?;
    shell_is_kept(&browser).await?;
    let mut gao = Device::of(&folder.path().join("gao"), &server, "u-gao", "手机")?;
    let shared = gao.list("clashing", "")?[0]["id"].as_str().unwrap_or_default().to_owned();

    server.kill();
    browser.open(&server.address()).await?;
    browser.find("today-due").await?;
    let first = open_file(&browser, &server, "羊群进地啃了刚栽的苹果苗").await?;
    open_file(&browser, &server, "上院窑洞排水又冲了墙根").await?;
    open_file(&browser, &server, "浇地用水先后次序起争吵").await?;
    browser.open(&format!("{}/case/{first}", server.address())).await?;
    browser.click("entry-add").await?;
    browser.click("entry-kind-visit").await?;
    browser.fill("entry-words", "苗 46 棵，其中 31 棵断头").await?;
    browser.click("entry-save").await?;
    browser.says("苗 46 棵").await?;
    browser.picture("story-offline-file").await?;

    // On the card, with no network, he takes the colleague's number.
    browser.open(&format!("{}/case/{shared}/clash", server.address())).await?;
    browser.find("clash-card").await?;
    browser.click("clash-take-b").await?;
    browser.open(&format!("{}/case/{shared}", server.address())).await?;
    browser.find("case-title").await?;
    let view = browser.ask("case_file", &json!({ "id": shared })).await?;
    ensure!(view["clashes"] == json!([]), "settled offline");
    let state = browser.ask("sync_now", &json!({})).await?;
    ensure!(state["state"] == "offline" && state["waiting"] == 5, "{state:#}");

    // The server is back: everything arrives, once.
    server.begin()?;
    browser.sync().await?;
    gao.sync()?;
    let view = gao.case(&first)?;
    ensure!(view["entries"].as_array().is_some_and(|entries| entries.len() == 2), "{view:#}");
    ensure!(gao.case(&shared)?["clashes"] == json!([]), "everybody agrees");
    ensure!(rows(&browser, "苹果苗").await? >= 1, "found by its words");
    browser.close().await
}

#[tokio::test]
async fn a_tab_that_dies_while_two_edit_one_file_loses_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let browser = wang_at(folder.path(), &server).await?;
    let id = open_file(&browser, &server, "两家果园地界埂被推平").await?;
    let leader = browser.client.window().await?;
    let second = browser.client.new_window(true).await?.handle;
    browser.client.switch_to_window(second.clone()).await?;
    browser.open(&format!("{}/case/{id}", server.address())).await?;
    browser.find("case-title").await?;
    let visit = |words: &str| {
        json!({ "case": id, "entry": { "kind": "visit", "words": words }, "on": "2026-11-20",
            "heads": [] })
    };
    browser.ask("add_entry", &visit("第二个窗口写的")).await?;
    // The first tab writes, and is closed before it hears the answer.
    browser.client.switch_to_window(leader).await?;
    browser.ask("add_entry", &visit("第一个窗口写的")).await?;
    let question = serde_json::to_string(&visit("关掉之前写的").to_string())?;
    browser.run(&format!("window.yidang.ask('add_entry', {question})")).await?;
    browser.client.close_window().await?;
    browser.client.switch_to_window(second).await?;
    browser.ask("add_entry", &visit("接着写的")).await?;
    let view = browser.ask("case_file", &json!({ "id": id })).await?;
    let texts: Vec<&str> = view["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| entry["text"].as_str())
        .collect();
    for words in ["第二个窗口写的", "第一个窗口写的", "接着写的"] {
        let times = texts.iter().filter(|text| **text == words).count();
        ensure!(times == 1, "{words} stands there {times} times: {texts:?}");
    }
    ensure!(texts.iter().filter(|text| **text == "关掉之前写的").count() <= 1, "{texts:?}");
    browser.close().await
}

#[tokio::test]
async fn a_draft_is_there_again_after_the_page_was_lost() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let browser = wang_at(folder.path(), &server).await?;
    browser.open(&format!("{}/new", server.address())).await?;
    browser.fill("new-matter", "写到一半手机没电了").await?;
    browser.says("草稿已存").await?;
    browser.open(&server.address()).await?;
    browser.find("today-due").await?;
    browser.open(&format!("{}/new", server.address())).await?;
    browser.find("draft-restored").await?;
    let typed = browser.find("new-matter").await?.prop("value").await?.unwrap_or_default();
    ensure!(typed == "写到一半手机没电了", "{typed}");
    let set = set_phone(&browser, "00000000-0000-0000-0000-000000000000", "1").await;
    ensure!(set.is_err(), "a file that is not there is said to be missing");
    browser.close().await
}
