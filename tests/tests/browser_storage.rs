//! What stays on the machine after the browser was closed, and what is said where a browser keeps
//! nothing.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use yidang_tests::Server;
use yidang_tests::browser::{Browser, View};
use yidang_tests::hands::{add_entry, go_to, open_file, set_phone, shell_is_kept, sync};

/// The files below `folder` that hold `words`, as UTF-8 or as UTF-16.
fn files_with(folder: &Path, words: &str) -> Result<Vec<PathBuf>> {
    let wide: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let needles = [words.as_bytes(), &wide];
    let (mut folders, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let (kind, path) = entry.map(|entry| (entry.file_type(), entry.path()))?;
            if kind?.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                let holds =
                    |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
                if needles.into_iter().any(holds) {
                    found.push(path);
                }
            }
        }
    }
    Ok(found)
}

/// Whether anything lies in the folder in which Chromium keeps the files of sites.
fn store_is_there(profile: &Path) -> bool {
    let store = profile.join("Default").join("File System");
    std::fs::read_dir(store).is_ok_and(|mut entries| entries.next().is_some())
}

const MATTER: &str = "羊群进地啃了刚栽的苹果苗";
const VISIT: &str = "苗四十六棵其中三十一棵断头";
const NAME: &str = "冯例八";
const PHONE: &str = "12000000021";
const DRAFT: &str = "写到一半手机没电了先放着";
const SEARCHED: &str = "断头";

#[tokio::test]
async fn no_file_of_the_browser_holds_what_was_typed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let profile = folder.path().join("profile");
    let server = Server::start(&folder.path().join("server"), None)?;
    let browser = Browser::chromium(&profile, View::Phone).await?;
    browser.open(&server.address()).await?;
    browser.click("sign-in-demo-u-wang").await?;
    browser.find("today-due").await?;
    shell_is_kept(&browser).await?;

    // Typed and saved, typed and left, searched for, and looked at again after a reload.
    let file = open_file(&browser, &server, MATTER, Some((NAME, "12000000008"))).await?;
    add_entry(&browser, "visit", VISIT).await?;
    set_phone(&browser, PHONE).await?;
    browser.click("entry-add").await?;
    browser.fill("entry-words", DRAFT).await?;
    sync(&browser, &server).await?;
    browser.open(&format!("{}/cases", server.address())).await?;
    browser.fill("cases-search", SEARCHED).await?;
    browser.says(MATTER).await?;
    go_to(&browser, &server, &file).await?;
    browser.client.refresh().await?;
    browser.says(VISIT).await?;
    // What is plain in the profile would be found: this is.
    let plain = "平常写下的话找得出来";
    browser.run(&format!("localStorage.setItem('plain', '{plain}')")).await?;
    browser.close().await?;

    ensure!(store_is_there(&profile), "the store lies in the profile");
    ensure!(!files_with(&profile, plain)?.is_empty(), "plain words are found");
    for words in [MATTER, VISIT, NAME, PHONE, DRAFT, SEARCHED] {
        let found = files_with(&profile, words)?;
        ensure!(found.is_empty(), "{words} stands in {found:?}");
    }
    Ok(())
}

/// Runs before anything of the page: the replica's worker never answers.
const NO_WORKER: &str = "window.Worker = class { postMessage() {} terminate() {} };";
/// Whether the box holds a glimpse, and whether the next start would show 今天 out of it.
const GLIMPSE: &str = "const done = arguments[0];
    const shell = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/glimpse.js'));
    import(`${shell.name}?${performance.now()}`)
        .then(({ glimpse }) => Promise.all([glimpse('session', '{}'), glimpse('today', '{}')]))
        .then((seen) => done(seen.map((answer) => answer !== undefined)));";

/// Whether who signed in and what is to be done today lie in the box.
async fn glimpse_of(browser: &Browser) -> Result<[bool; 2]> {
    Ok(serde_json::from_value(browser.client.execute_async(GLIMPSE, vec![]).await?)?)
}

/// In the morning the first look is at what is to be done today, not at an empty page.
/// A folder with everything that is in another one.
fn copied(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copied(&path, &copy)?;
        } else {
            std::fs::copy(&path, &copy)?;
        }
    }
    Ok(())
}

/// On a weak network one file of the pages does not come. They are kept all the same, a little later.
#[tokio::test]
async fn pages_that_did_not_come_whole_are_fetched_again() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let pages = folder.path().join("pages");
    copied(&yidang_tests::pages(), &pages)?;
    let version = std::fs::read_dir(pages.join("v"))?.next().context("no version")??.path();
    let (there, away) = (version.join("too-old.html"), folder.path().join("away"));
    std::fs::rename(&there, &away)?;
    let server = Server::showing(&folder.path().join("server"), pages, None)?;
    let browser = Browser::chromium(&folder.path().join("profile"), View::Phone).await?;
    browser.open(&server.address()).await?;
    browser.click("sign-in-demo-u-wang").await?;
    browser.find("today-due").await?;
    let is_kept = "return !!navigator.serviceWorker.controller";
    ensure!(browser.run(is_kept).await? == json!(false), "it was kept without all of it");
    std::fs::rename(&away, &there)?;
    shell_is_kept(&browser).await
}

#[tokio::test]
async fn what_was_seen_last_is_there_before_the_replica() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let profile = folder.path().join("profile");
    let server = Server::start(&folder.path().join("server"), None)?;
    let browser = Browser::chromium(&profile, View::Phone).await?;
    browser.open(&server.address()).await?;
    browser.click("sign-in-demo-u-wang").await?;
    browser.find("today-due").await?;
    shell_is_kept(&browser).await?;
    browser.client.refresh().await?;
    let due = browser.find("today-due-list").await?.text().await?;
    browser.until("今天 is kept", async || Ok(glimpse_of(&browser).await? == [true; 2])).await?;
    browser.close().await?;

    let browser = Browser::chromium(&profile, View::Phone).await?;
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": NO_WORKER }))?;
    browser.open(&server.address()).await?;
    let seen = browser.find("today-due-list").await?.text().await?;
    ensure!(seen == due, "{seen} instead of {due}");
    browser.says("正在打开，先看上次的").await?;
    browser.picture("glimpse").await?;
    browser.close().await?;

    // Whoever leaves takes it along.
    let browser = Browser::chromium(&profile, View::Phone).await?;
    browser.open(&server.address()).await?;
    browser.ask("sign_out", &json!({ "then": null })).await?;
    browser
        .until("no glimpse is kept", async || Ok(glimpse_of(&browser).await? == [false; 2]))
        .await?;
    browser.close().await
}

#[tokio::test]
async fn a_browser_that_keeps_nothing_is_told_so() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let browser = Browser::chromium_that_keeps_nothing(&folder.path().join("profile")).await?;
    browser.open(&server.address()).await?;
    browser.says("浏览器不让保存").await?;
    browser.says("关闭无痕模式，或换用 Chrome、Edge 打开").await?;
    browser.picture("storage-refused").await?;
    browser.close().await
}

#[tokio::test]
async fn a_browser_that_may_clear_what_it_keeps_is_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let browser = Browser::chromium(&folder.path().join("profile"), View::Phone).await?;
    browser.open(&server.address()).await?;
    browser.click("sign-in-demo-u-wang").await?;
    browser.find("today-due").await?;
    browser.open(&format!("{}/me", server.address())).await?;
    let said = browser.find("me-storage").await?.text().await?;
    let kept = browser
        .client
        .execute_async("navigator.storage.persisted().then(arguments[0])", vec![])
        .await?;
    let words =
        if kept == true { "会一直留着" } else { "空间不够时浏览器可能清理" };
    ensure!(said.starts_with(words), "persisted is {kept}, and the page says {said}");
    browser.close().await
}
