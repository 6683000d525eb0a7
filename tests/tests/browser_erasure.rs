//! 依法删除 on screen: a word has to vanish, and the file goes on.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use yidang_tests::browser::{Browser, View};
use yidang_tests::hands::{add_entry, go_to, open_file};
use yidang_tests::{Device, Server};

const SECRET: &str = "常试五坐过牢";

/// 冯例八 of the county makes 李例二 an administrator as well and asks for the erasure; she confirms it. 王样一
/// opens the old address and is led to the file that goes on.
#[tokio::test]
async fn a_word_is_cut_by_two_administrators_and_the_old_address_leads_on() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let at = |name: &str| folder.path().join(name);
    let wang = Browser::chromium(&at("wang"), View::Phone).await?;
    wang.open(&server.address()).await?;
    wang.click("sign-in-demo-u-wang").await?;
    wang.find("today-due").await?;
    let file = open_file(&wang, &server, "两家争一行梨树", None).await?;
    add_entry(&wang, "visit", &format!("邻居说{SECRET}，两家都在场")).await?;
    wang.sync().await?;

    let feng = Browser::chromium(&at("feng"), View::Desktop).await?;
    feng.open(&server.address()).await?;
    feng.click("sign-in-demo-u-feng").await?;
    feng.find("demo-mark").await?;
    let post = json!({ "user": "u-li", "org": "610621", "role": "administrator",
        "from": "2026-01-01", "to": null });
    feng.ask("put_assignment", &post).await?;
    let mut li = Device::of(&at("li"), &server, "u-li", "李例二的电脑")?;
    feng.open(&format!("{}/admin/erasures", server.address())).await?;
    feng.fill("erasure-document", &file).await?;
    feng.fill("erasure-basis", "延检〔2026〕5号").await?;
    feng.fill("erasure-without", "常").await?;
    feng.click("erasure-send").await?;
    feng.says("一个字说不清").await?;
    feng.fill("erasure-without", SECRET).await?;
    feng.picture("erasure-asked").await?;
    feng.click("erasure-send").await?;
    feng.find("erasure").await?;
    feng.says("删去 1 处字句").await?;
    feng.picture("erasure-waits").await?;
    let confirm = json!({ "document": file, "confirm": true });
    let view = li.ask("settle_erasure", &confirm)?;
    let next = view["erased"][0]["successor"].as_str().context("nothing goes on")?.to_owned();

    wang.sync().await?;
    wang.open(&format!("{}/case/{file}", server.address())).await?;
    wang.find("fault-goes-on").await?;
    wang.picture("erasure-leads-on").await?;
    wang.click("fault-goes-on").await?;
    wang.find("case-title").await?;
    let path = wang.run("return location.pathname").await?;
    ensure!(path == json!(format!("/case/{next}")), "{path}");
    wang.find("entry-again").await?;
    wang.says("县级重录").await?;
    wang.says("〔已删〕").await?;
    ensure!(!wang.text().await.contains(SECRET));
    wang.picture("erasure-goes-on").await?;
    go_to(&wang, &server, &next).await?;
    add_entry(&wang, "visit", "接着去看了").await?;
    wang.sync().await?;
    feng.open(&format!("{}/admin/erasures", server.address())).await?;
    feng.find("erased").await?;
    feng.says("县里重录").await?;
    feng.picture("erasure-done").await
}
