//! One story in one run: 王样一 with a phone's browser, 高模五 with a device of his own, 李例二 at the
//! township's desk, 郝演十 in the county. Everything on the pages is done by hand.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use yidang_tests::browser::{Browser, View};
use yidang_tests::hands::{
    add_entry, card_says, go_to, open_file, set_phone, shell_is_kept, sync, take_the_value_of,
};
use yidang_tests::story::{Told, card, delivered, numbers_open_to_files, stage};
use yidang_tests::{Device, Server};

/// The people of the story.
struct People {
    server: Server,
    wang: Browser,
    gao: Device,
    li: Browser,
    hao: Device,
    folder: TempDir,
}

async fn signed_in(
    profile: &std::path::Path,
    server: &Server,
    view: View,
    user: &str,
) -> Result<Browser> {
    let browser = Browser::chromium(profile, view).await?;
    browser.open(&server.address()).await?;
    browser.click(&format!("sign-in-demo-{user}")).await?;
    browser.find(if view == View::Phone { "today-due" } else { "rail-me" }).await?;
    shell_is_kept(&browser).await?;
    Ok(browser)
}

async fn people() -> Result<People> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let server = Server::start(&at("server"), None)?;
    Ok(People {
        wang: signed_in(&at("wang"), &server, View::Phone, "u-wang").await?,
        gao: Device::of(&at("gao"), &server, "u-gao", "手机")?,
        li: signed_in(&at("li"), &server, View::Desktop, "u-li").await?,
        hao: Device::of(&at("hao"), &server, "u-hao", "办公电脑")?,
        server,
        folder,
    })
}

/// What the page behind a browser holds of a file; nothing is done by it.
async fn held(browser: &Browser, id: &str) -> Result<Value> {
    browser.ask("case_file", &json!({ "id": id })).await
}

#[tokio::test]
async fn three_files_from_a_gully_a_clash_a_return_a_closing_and_a_late_entry() -> Result<()> {
    let mut all = people().await?;
    let (wang, party) = (&all.wang, Some(("冯例八", "12000000008")));
    let shared = open_file(wang, &all.server, "两家果园地界埂被推平", party).await?;
    sync(wang, &all.server).await?;
    all.gao.sync()?;

    // The server is gone: three files, a visit on one of them, and a number on the shared one.
    all.server.kill();
    let first = open_file(wang, &all.server, "羊群进地啃了刚栽的苹果苗", None).await?;
    let second = open_file(wang, &all.server, "上院窑洞排水又冲了墙根", None).await?;
    let third = open_file(wang, &all.server, "浇地用水先后次序起争吵", None).await?;
    go_to(wang, &all.server, &first).await?;
    add_entry(wang, "visit", "苗 46 棵，其中 31 棵断头").await?;
    wang.picture("story-offline-file").await?;
    go_to(wang, &all.server, &shared).await?;
    set_phone(wang, "12000000021").await?;
    all.gao.set_phone(&shared, "冯例八", "12000000012")?;
    wang.open(&format!("{}/sync", all.server.address())).await?;
    wang.says("5 条待上传").await?;
    wang.says("先别交，有 5 条只在这台手机上").await?;

    // It is back. Both values stand before both of them and before the township.
    all.server.begin()?;
    sync(wang, &all.server).await?;
    all.gao.sync()?;
    sync(wang, &all.server).await?;
    sync(&all.li, &all.server).await?;
    let told = |phone: &str, name: &str| -> Told { (phone.into(), name.into(), "手机".into()) };
    let values = [told("12000000012", "高模五"), told("12000000021", "王样一")];
    let (before, mut seen) = card(&all.gao.case(&shared)?)?;
    seen.sort();
    ensure!(before == "12000000008" && seen == values, "{before} {seen:?}");
    card_says(&all.li, &all.server, &shared, &values).await?;
    card_says(wang, &all.server, &shared, &values).await?;
    wang.picture("story-card").await?;

    // 王样一 settles it in the gully, by the card's button. Everybody agrees afterwards.
    all.server.kill();
    card_says(wang, &all.server, &shared, &values).await?;
    take_the_value_of(wang, "高模五").await?;
    all.server.begin()?;
    sync(wang, &all.server).await?;
    all.gao.sync()?;
    all.hao.sync()?;
    sync(&all.li, &all.server).await?;
    let views = [held(wang, &shared).await?, held(&all.li, &shared).await?];
    for view in views.into_iter().chain([all.gao.case(&shared)?, all.hao.case(&shared)?]) {
        ensure!(view["clashes"] == json!([]), "settled: {view:#}");
        ensure!(view["parties"][0]["phone"] == "12000000012", "{view:#}");
    }
    the_township_judges(&mut all, [&first, &second, &third]).await
}

/// The township returns one file with a reason, accepts one, closes one; what comes late changes
/// nothing but the reviewer's list.
async fn the_township_judges(all: &mut People, files: [&str; 3]) -> Result<()> {
    let [first, second, third] = files;
    let (wang, li, address) = (&all.wang, &all.li, all.server.address());
    li.open(&format!("{address}/inbox/{first}")).await?;
    li.click("inbox-return").await?;
    li.click("return-field-place").await?;
    li.fill("return-reason", "写明是哪块地").await?;
    li.click("return-send").await?;
    li.gone("composer").await?;
    for file in [second, third] {
        li.open(&format!("{address}/inbox/{file}")).await?;
        li.click("inbox-accept").await?;
        li.gone("inbox-accept").await?;
    }
    sync(li, &all.server).await?;
    sync(wang, &all.server).await?;
    go_to(wang, &all.server, first).await?;
    wang.says("镇上请你补一项").await?;
    wang.says("写明是哪块地").await?;
    go_to(wang, &all.server, second).await?;
    wang.says("〔").await?;
    ensure!(delivered(&held(wang, second).await?), "all of it was judged");

    go_to(wang, &all.server, third).await?;
    add_entry(wang, "close_asked", "水路分好了，都认").await?;
    sync(wang, &all.server).await?;
    sync(li, &all.server).await?;
    all.gao.sync()?;
    // 高模五 writes a visit without a signal; meanwhile 李例二 closes the file.
    all.gao.add(third, &json!({ "kind": "visit", "words": "又去看了一眼" }))?;
    go_to(li, &all.server, third).await?;
    li.click("case-close").await?;
    li.fill("close-words", "同意").await?;
    li.click("close-send").await?;
    li.gone("sheet").await?;
    sync(li, &all.server).await?;
    all.gao.sync()?;
    sync(li, &all.server).await?;
    go_to(li, &all.server, third).await?;
    li.says("1 条决定之后到达").await?;
    li.says("又去看了一眼").await?;
    li.open(&format!("{address}/cases?queue=late")).await?;
    li.says("浇地用水先后次序起争吵").await?;
    sync(wang, &all.server).await?;
    for view in [held(li, third).await?, held(wang, third).await?, all.gao.case(third)?] {
        ensure!(stage(&view) == "closed", "closed everywhere: {view:#}");
    }
    the_county_counts(all, files).await
}

/// The county's numbers match and open to those files, at the desk and on the page.
async fn the_county_counts(all: &mut People, files: [&str; 3]) -> Result<()> {
    numbers_open_to_files(&mut all.hao, files)?;
    let county =
        signed_in(&all.folder.path().join("hao"), &all.server, View::Desktop, "u-hao").await?;
    county.find("county-figure").await?;
    let count = "return document.querySelector('[data-test=county-figure]').innerText";
    let count = county.run(count).await?.as_str().context("no number")?.to_owned();
    county.click("county-figure").await?;
    let total = county.find("cases-total").await?.text().await?;
    ensure!(total == format!("{count} 件"), "{count} opens to {total}");
    let rows = "return [...document.querySelectorAll('[data-test=case-row]')].map((row) => row.dataset.id)";
    let rows = county.run(rows).await?;
    for file in files {
        let is_there = rows.as_array().is_some_and(|rows| rows.iter().any(|row| *row == *file));
        ensure!(is_there, "{file} is not behind the number: {rows:#}");
    }
    county.close().await
}

#[tokio::test]
async fn a_tab_that_dies_while_two_edit_one_file_loses_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let browser = signed_in(&folder.path().join("profile"), &server, View::Phone, "u-wang").await?;
    let id = open_file(&browser, &server, "两家果园地界埂被推平", None).await?;
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
    let browser = signed_in(&folder.path().join("profile"), &server, View::Phone, "u-wang").await?;
    browser.open(&format!("{}/new", server.address())).await?;
    browser.fill("new-matter", "写到一半手机没电了").await?;
    browser.says("草稿已存").await?;
    browser.open(&server.address()).await?;
    browser.find("today-due").await?;
    browser.open(&format!("{}/new", server.address())).await?;
    browser.find("draft-restored").await?;
    let typed = browser.find("new-matter").await?.prop("value").await?.unwrap_or_default();
    ensure!(typed == "写到一半手机没电了", "{typed}");
    let nobodys = "00000000-0000-0000-0000-000000000000";
    browser.open(&format!("{}/case/{nobodys}", server.address())).await?;
    browser.says("这台设备上没有这一件").await?;
    browser.close().await
}
