//! The first half of the story in the real window, and a working day there without a mouse.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use yidang_tests::browser::Browser;
use yidang_tests::walk::without_a_mouse;
use yidang_tests::{Device, Server};

#[tokio::test]
async fn the_first_half_of_the_story_runs_in_the_window() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut server = Server::start(&folder.path().join("server"), None)?;
    let browser = Browser::window(&folder.path().join("data"), &server.address()).await?;
    browser.click("sign-in-demo-u-wang").await?;
    browser.find("today-due").await?;
    browser.picture("window-today").await?;
    let mut gao = Device::of(&folder.path().join("gao"), &server, "u-gao", "手机")?;

    // Offline he opens a file and writes down a visit.
    server.kill();
    browser.click("tab-new").await?;
    browser.fill("new-matter", "羊群进地啃了刚栽的苹果苗").await?;
    browser.fill("new-place", "下盘石村3组").await?;
    browser.click("new-save").await?;
    browser.find("case-title").await?;
    browser.click("entry-add").await?;
    browser.click("entry-kind-visit").await?;
    browser.fill("entry-words", "苗 46 棵，其中 31 棵断头").await?;
    browser.click("entry-save").await?;
    browser.says("苗 46 棵").await?;
    browser.picture("window-file").await?;
    let path = browser.run("return location.pathname").await?;
    let id = path.as_str().and_then(|path| path.strip_prefix("/case/")).context("no file")?;
    let state = browser.ask("sync_now", &json!({})).await?;
    ensure!(state["state"] == "offline" && state["waiting"] == 2, "{state:#}");

    // Both change one number; the window shows both values and settles it.
    let shared = gao.list("clashing", "")?[0]["id"].as_str().unwrap_or_default().to_owned();
    server.begin()?;
    browser.sync().await?;
    gao.sync()?;
    ensure!(gao.case(id)?["entries"].as_array().is_some_and(|entries| entries.len() == 2));
    let view = browser.ask("case_file", &json!({ "id": shared })).await?;
    ensure!(view["clashes"].as_array().is_some_and(|clashes| clashes.len() == 1), "{view:#}");
    let question = json!({ "case": shared, "field": view["clashes"][0]["field"],
        "value": view["clashes"][0]["values"][0]["value"], "heads": view["heads"] });
    browser.ask("resolve", &question).await?;
    let state = browser.sync().await?;
    ensure!(state["needs"].as_array().is_some_and(|needs| needs.len() == 1), "{state:#}");
    gao.sync()?;
    ensure!(gao.case(&shared)?["clashes"] == json!([]), "everybody agrees");
    browser.close().await
}

/// Neither has a signal: 王样一 gives a file from her window to 高样五's phone beside her, and takes back what he
/// wrote into it. He meets the network first, and she hears that both were taken.
#[tokio::test]
async fn a_file_goes_from_the_window_to_a_colleague_and_back() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut server = Server::start(&folder.path().join("server"), None)?;
    let browser = Browser::window(&folder.path().join("data"), &server.address()).await?;
    browser.click("sign-in-demo-u-wang").await?;
    browser.find("today-due").await?;
    browser.sync().await?;
    let mut gao = Device::of(&folder.path().join("gao"), &server, "u-gao", "手机")?;
    gao.sync()?;
    server.kill();
    let today = gao.ask("today", &json!({}))?["date"].clone();
    let question = json!({ "matter": "羊群进地啃了刚栽的苹果苗", "category": "0901",
        "place": "下盘石村3组", "occurred_on": today, "parties": [], "risk": 3, "source": "01",
        "people": 2, "grid": "6106211032032007", "visit_day": null });
    let opened = browser.ask("open_case_file", &question).await?;
    let id = opened["id"].as_str().context("no file")?;

    browser.click("tab-me").await?;
    browser.click("me-carry").await?;
    browser.click("carry-tick").await?;
    browser.picture("window-carry-choose").await?;
    browser.click("carry-give").await?;
    let code = browser.find("carry-code").await?.text().await?;
    let address = browser.find("carry-address").await?.text().await?;
    browser.picture("window-carry-code").await?;
    let code = code.replace(' ', "");
    gao.ask("carry_take", &json!({ "text": format!("{address} {code}") }))?;
    let view = carried(&mut gao).await?;
    ensure!(view["phase"] == "done" && view["taken"][0]["document"] == id, "{view:#}");
    browser.says("给出 1 件").await?;
    browser.picture("window-carry-given").await?;

    let heads = gao.case(id)?["heads"].clone();
    let entry = json!({ "kind": "visit", "words": "苗 46 棵，其中 31 棵断头" });
    let question = json!({ "case": id, "entry": entry, "on": today, "heads": heads });
    gao.ask("add_entry", &question)?;
    let view = gao.ask("carry_give", &json!({ "documents": [id] }))?;
    browser.click("carry-way-take").await?;
    let address = view["addresses"][0].as_str().unwrap_or_default();
    browser.fill("carry-type-address", address).await?;
    browser.fill("carry-type-code", view["code"].as_str().unwrap_or_default()).await?;
    browser.picture("window-carry-take").await?;
    browser.click("carry-take").await?;
    browser.says("收下 1 件").await?;
    browser.picture("window-carry-taken").await?;
    let view = browser.ask("case_file", &json!({ "id": id })).await?;
    ensure!(view.to_string().contains("31 棵断头"), "{view:#}");

    server.begin()?;
    let state = gao.sync()?;
    ensure!(state["waiting"] == 0, "he brings her file and his words: {state:#}");
    let state = browser.sync().await?;
    let is_refused = |need: &serde_json::Value| need["kind"] == "refused";
    let was_taken = state["needs"].as_array().is_some_and(|needs| !needs.iter().any(is_refused));
    ensure!(state["waiting"] == 0 && was_taken, "{state:#}");
    browser.close().await
}

/// How handing over ended on a device.
async fn carried(device: &mut Device) -> Result<serde_json::Value> {
    loop {
        let view = device.ask("carry_state", &json!({}))?;
        let phase = view.get("phase").and_then(|phase| phase.as_str()).unwrap_or_default();
        if !["waiting", "running"].contains(&phase) {
            return Ok(view);
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_working_day_needs_no_mouse_in_the_window() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let browser = Browser::window(&folder.path().join("data"), &server.address()).await?;
    // As wide as on a desk, where there is a rail.
    browser.client.set_window_size(1280, 900).await?;
    browser
        .until("a wide window", async || {
            Ok(browser.run("return innerWidth >= 1000").await? == json!(true))
        })
        .await?;
    without_a_mouse(&browser).await?;
    browser.close().await
}
