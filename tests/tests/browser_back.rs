//! The way back: the gesture of a phone and the key of a browser close an open sheet and leave the page
//! under it where it is.

use anyhow::{Result, ensure};
use serde_json::json;
use tempfile::TempDir;
use yidang_tests::Server;
use yidang_tests::browser::{Browser, View};

/// Somebody signed in, with what must live as long.
struct Somebody {
    browser: Browser,
    server: Server,
    _folder: TempDir,
}

async fn somebody(view: View, user: &str) -> Result<Somebody> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let browser = Browser::chromium(&folder.path().join("profile"), view).await?;
    browser.open(&server.address()).await?;
    browser.click(&format!("sign-in-demo-{user}")).await?;
    browser.find("demo-mark").await?;
    Ok(Somebody { browser, server, _folder: folder })
}

async fn path(browser: &Browser) -> Result<String> {
    let path = browser.run("return location.pathname").await?;
    Ok(path.as_str().unwrap_or_default().to_owned())
}

/// Opens a sheet by its button and takes one step back.
async fn opens_and_goes_back(browser: &Browser, button: &str) -> Result<()> {
    let before = path(browser).await?;
    browser.click(button).await?;
    browser.find("sheet-close").await?;
    browser.client.back().await?;
    browser.gone("sheet-close").await?;
    let after = path(browser).await?;
    ensure!(after == before, "{button}: the way back led from {before} to {after}");
    browser.find(button).await.map(|_| ())
}

#[tokio::test]
async fn the_way_back_closes_a_sheet_on_the_phone_and_keeps_what_was_typed() -> Result<()> {
    let Somebody { browser, server, .. } = &somebody(View::Phone, "u-wang").await?;
    browser.find("today-due").await?;
    browser.click("tab-new").await?;
    browser.fill("new-matter", "两家为界石挪了一尺争起来").await?;
    for button in ["new-category", "new-parties"] {
        opens_and_goes_back(browser, button).await?;
    }
    let typed = browser.find("new-matter").await?.prop("value").await?.unwrap_or_default();
    ensure!(typed == "两家为界石挪了一尺争起来", "{typed}");
    // The next step back leaves the page.
    browser.client.back().await?;
    browser.find("today-due").await?;

    let question = json!({ "queue": "open", "org": null, "category": null, "risk": null,
        "text": "", "offset": 0, "limit": 1 });
    let list = browser.ask("list_case_files", &question).await?;
    let id = list.pointer("/rows/0/id").and_then(|id| id.as_str()).unwrap_or_default();
    browser.open(&format!("{}/case/{id}", server.address())).await?;
    browser.find("case-title").await?;
    opens_and_goes_back(browser, "entry-add").await?;
    browser.open(&format!("{}/visit", server.address())).await?;
    opens_and_goes_back(browser, "visit-summary").await?;
    browser.open(&format!("{}/me", server.address())).await?;
    opens_and_goes_back(browser, "me-sign-out").await
}

/// Closed by its own button, a sheet leaves no step behind: one step back is one page back.
#[tokio::test]
async fn a_sheet_that_was_closed_leaves_no_step_behind() -> Result<()> {
    let Somebody { browser, .. } = &somebody(View::Phone, "u-wang").await?;
    browser.find("today-due").await?;
    browser.click("tab-new").await?;
    browser.click("new-category").await?;
    browser.click("sheet-close").await?;
    browser.gone("sheet-close").await?;
    browser.client.back().await?;
    browser.find("today-due").await.map(|_| ())
}

#[tokio::test]
async fn the_way_back_closes_a_sheet_at_the_office() -> Result<()> {
    let Somebody { browser, server, .. } = &somebody(View::Desktop, "u-feng").await?;
    for (page, button) in
        [("users", "admin-add"), ("grids", "admin-split"), ("grids", "admin-merge")]
    {
        browser.open(&format!("{}/admin/{page}", server.address())).await?;
        opens_and_goes_back(browser, button).await?;
    }
    Ok(())
}
