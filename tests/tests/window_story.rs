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
