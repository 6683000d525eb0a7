//! Work without a mouse, in the browser edition on a desktop.

use std::path::Path;

use anyhow::{Result, ensure};
use fantoccini::key::Key;
use tempfile::TempDir;
use yidang_tests::Server;
use yidang_tests::browser::{Browser, View};
use yidang_tests::keyboard::Keyboard;
use yidang_tests::roster::{MENDED, WRONG};
use yidang_tests::walk::without_a_mouse;

/// A desktop in front of a server of its own.
struct Desktop {
    browser: Browser,
    folder: TempDir,
    _server: Server,
}

async fn desktop() -> Result<Desktop> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let browser = Browser::chromium(&folder.path().join("profile"), View::Desktop).await?;
    browser.open(&server.address()).await?;
    Ok(Desktop { browser, folder, _server: server })
}

#[tokio::test]
async fn a_working_day_needs_no_mouse_in_the_browser() -> Result<()> {
    let desktop = desktop().await?;
    without_a_mouse(&desktop.browser).await?;
    desktop.browser.close().await
}

/// By the buttons, with Tab and Enter; the letters J, K, R and A are part of the working day.
#[tokio::test]
async fn the_township_judges_its_inbox_without_a_mouse() -> Result<()> {
    let Desktop { browser, .. } = &desktop().await?;
    let keys = Keyboard::of(browser);
    keys.enter("sign-in-demo-u-li").await?;
    browser.find("inbox-row").await?;
    browser.find("inbox-return").await?;

    // Escape closes the composer, and the keyboard is at the button that opened it.
    keys.enter("inbox-return").await?;
    keys.is_at("return-reason").await?;
    keys.press(Key::Escape).await?;
    browser.gone("composer").await?;
    keys.is_at("inbox-return").await?;

    keys.press(Key::Enter).await?;
    keys.is_at("return-reason").await?;
    keys.tab_back().await?;
    ensure!(keys.focus().await?.name.starts_with("return-field-"), "the fields stand before it");
    keys.press(' ').await?;
    keys.tab_to("return-reason").await?;
    keys.write("写明是哪块地").await?;
    keys.enter("return-send").await?;
    browser.gone("composer").await?;
    browser.says("已保存在本机").await?;
    is_somewhere(browser, keys).await?;

    // The next file is chosen in the list, and accepted.
    keys.tab_to("inbox-row").await?;
    keys.press('j').await?;
    keys.is_at("inbox-row").await?;
    browser.find("inbox-accept").await?;
    keys.enter("inbox-accept").await?;
    browser.gone("inbox-accept").await?;
    is_somewhere(browser, keys).await
}

/// Whoever uses the keyboard is not thrown out of the page by what they did.
async fn is_somewhere(browser: &Browser, keys: Keyboard<'_>) -> Result<()> {
    browser.until("the keyboard is somewhere", async || Ok(!keys.focus().await?.is_nowhere())).await
}

#[tokio::test]
async fn somebody_is_searched_and_found_without_a_mouse() -> Result<()> {
    let Desktop { browser, .. } = &desktop().await?;
    let keys = Keyboard::of(browser);
    keys.enter("sign-in-demo-u-li").await?;
    browser.find("inbox-row").await?;
    keys.chord(Key::Control, 'k').await?;
    keys.is_at("desk-search").await?;
    keys.write("苹果").await?;
    keys.press(Key::Enter).await?;
    keys.is_at("find").await?;
    browser.find("find-file").await?;

    // Down into what was found, up again into the field, where more can be typed.
    keys.moves_to(Key::Down, "find-file").await?;
    keys.moves_to(Key::Up, "find").await?;
    keys.write("树").await?;
    keys.tab_to("find-clear").await?;
    keys.press(Key::Enter).await?;
    keys.is_at("find").await?;
    browser.find("find-hints").await?;
    keys.write("苹果").await?;
    browser.find("find-file").await?;
    keys.tab_to("find-file").await?;
    keys.press(Key::Enter).await?;
    browser.find("case-title").await?;

    // The way back leads to what was found, as it was. The driver's keys do not reach the browser's own.
    browser.client.back().await?;
    browser.find("find-file").await.map(|_| ())
}

#[tokio::test]
async fn a_spreadsheet_is_imported_without_a_mouse() -> Result<()> {
    let Desktop { browser, folder, .. } = &desktop().await?;
    let keys = Keyboard::of(browser);
    keys.enter("sign-in-demo-u-feng").await?;
    keys.enter("rail-admin-import").await?;
    browser.find("import-drop").await?;

    // Two rows are to be mended: nothing can be written, the rows can be read and handed back.
    choose(browser, keys, &folder.path().join("户-要改.csv"), WRONG).await?;
    browser.says("有 2 行要改，一行都没有写入").await?;
    keys.is_at("import-file").await?;
    keys.tab_to("import-report").await?;
    keys.press(Key::Enter).await?;
    browser.says("已导出").await?;
    keys.tab_to("import-wrong-rows").await?;
    for words in ["第 3 行", "第 4 行", "网格编码", "6106211032039999", "户主"] {
        browser.says(words).await?;
    }

    // Mended, it is written.
    choose(browser, keys, &folder.path().join("户.csv"), MENDED).await?;
    // What would be written is told by name before anybody presses anything.
    browser.find("import-listed").await?;
    browser.find("import-line").await?;
    keys.enter("import-apply").await?;
    browser.says("已导入").await?;
    browser.gone("import-apply").await?;
    is_somewhere(browser, keys).await?;
    keys.tab_to("import-file").await
}

/// The button is reached by Tab; the browser's own window for choosing is not the page's, so the
/// driver gives the file.
async fn choose(browser: &Browser, keys: Keyboard<'_>, paper: &Path, text: &str) -> Result<()> {
    std::fs::write(paper, text)?;
    keys.tab_to("import-file").await?;
    browser.find("import-file").await?.send_keys(&paper.to_string_lossy()).await?;
    Ok(())
}

#[tokio::test]
async fn sheets_of_the_administrator_close_with_escape() -> Result<()> {
    let Desktop { browser, .. } = &desktop().await?;
    let keys = Keyboard::of(browser);
    keys.enter("sign-in-demo-u-feng").await?;
    for (part, button) in [
        ("rail-admin-users", "admin-add"),
        ("rail-admin-grids", "admin-split"),
        ("rail-admin-grids", "admin-merge"),
    ] {
        keys.enter(part).await?;
        keys.enter(button).await?;
        keys.is_inside().await?;
        keys.stays_inside().await?;
        keys.press(Key::Escape).await?;
        browser.gone("sheet-close").await?;
        keys.is_at(button).await?;
    }
    Ok(())
}
