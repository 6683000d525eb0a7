//! Ten everyday tasks of a grid worker, of the township and of the county, by hand in a real browser.
//! `docs/tasks.md` says how many taps each takes; that page and this test keep each other true.
//!
//! `YIDANG_COUNTY` names the data of a server, to do them in the whole county instead of one township
//! that is made for it; `YIDANG_SHOTS` keeps the pictures, `YIDANG_TASKS` the figures.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

mod county;
mod hand;
mod page;
mod township;
mod worker;

use anyhow::Result;
use hand::Hand;
use tempfile::TempDir;
use yidang_tests::Server;
use yidang_tests::browser::{Browser, View};

/// A server and one person's device, signed in.
struct Place {
    server: Server,
    browser: Browser,
    _folder: TempDir,
}

impl Place {
    async fn of(user: &str, view: View) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("server");
        if let Some(county) = std::env::var_os("YIDANG_COUNTY") {
            std::fs::create_dir(&data)?;
            for file in std::fs::read_dir(&county)? {
                let file = file?;
                std::fs::copy(file.path(), data.join(file.file_name()))?;
            }
        }
        let server = Server::start(&data, None)?;
        let browser = Browser::chromium(&folder.path().join("profile"), view).await?;
        browser.open(&server.address()).await?;
        browser.click(&format!("sign-in-demo-{user}")).await?;
        browser.find("demo-mark").await?;
        browser.sync().await?;
        browser.open(&server.address()).await?;
        Ok(Self { server, browser, _folder: folder })
    }
}

#[tokio::test]
async fn ten_tasks_of_a_grid_worker() -> Result<()> {
    let place = Place::of("u-wang", View::Phone).await?;
    let mut hand = Hand::of(&place.browser, "worker");
    worker::tasks(&mut hand).await?;
    page::compare("网格员", &hand.told())?;
    place.browser.close().await
}

#[tokio::test]
async fn ten_tasks_of_the_township() -> Result<()> {
    let place = Place::of("u-li", View::Desktop).await?;
    let mut hand = Hand::of(&place.browser, "township");
    township::tasks(&mut hand, &place.server).await?;
    page::compare("乡镇", &hand.told())?;
    place.browser.close().await
}

#[tokio::test]
async fn ten_tasks_of_the_county() -> Result<()> {
    let place = Place::of("u-hao", View::Desktop).await?;
    let mut hand = Hand::of(&place.browser, "county");
    county::tasks(&mut hand).await?;
    page::compare("县中心", &hand.told())?;
    place.browser.close().await
}
