//! A working day without a mouse, in the browser edition on a desktop.

use anyhow::Result;
use yidang_tests::Server;
use yidang_tests::browser::{Browser, View};
use yidang_tests::walk::without_a_mouse;

#[tokio::test]
async fn a_working_day_needs_no_mouse_in_the_browser() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let browser = Browser::chromium(&folder.path().join("profile"), View::Desktop).await?;
    browser.open(&server.address()).await?;
    without_a_mouse(&browser).await?;
    browser.close().await
}
