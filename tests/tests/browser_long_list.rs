//! A list that is longer than any screen: only what is in sight is drawn, every row can be reached, and
//! whoever goes through it by keyboard is not thrown out of it.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_tests::browser::{Browser, View};
use yidang_tests::keyboard::Keyboard;
use yidang_tests::{Device, Server};

/// More than are drawn at once, on three pages of the list.
const NEW: usize = 160;
/// No screen has room for more, with those around it.
const MOST_DRAWN: u64 = 60;

/// Rows that are drawn, with the first and the last that are in sight.
const IN_SIGHT: &str = "
const main = document.querySelector('#main').getBoundingClientRect();
const rows = [...document.querySelectorAll('[data-test=case-row]')];
const seen = rows.filter((row) => {
  const box = row.getBoundingClientRect();
  return box.bottom > main.top && box.top < main.bottom;
});
return { drawn: rows.length, first: seen[0]?.dataset.id, last: seen.at(-1)?.dataset.id };";

/// The identifier of the row at a place of the list.
async fn at(browser: &Browser, offset: u64) -> Result<(u64, String)> {
    let question = json!({ "queue": "all", "org": null, "category": null, "risk": null, "text": "",
        "offset": offset, "limit": 1 });
    let list = browser.ask("list_case_files", &question).await?;
    let total = list.get("total").and_then(Value::as_u64).context("no total")?;
    let id = list.pointer("/rows/0/id").and_then(Value::as_str).context("no row")?;
    Ok((total, id.to_owned()))
}

fn word<'a>(seen: &'a Value, key: &str) -> &'a str {
    seen.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Scrolls there, and waits until the row that is wanted is in sight.
async fn scroll(browser: &Browser, to: &str, key: &str, wanted: &str) -> Result<()> {
    let script = format!("const main = document.querySelector('#main'); main.scrollTop = {to}");
    browser
        .until(&format!("{wanted} in sight"), async || {
            browser.run(&script).await?;
            let seen = browser.run(IN_SIGHT).await?;
            let drawn = seen.get("drawn").and_then(Value::as_u64).unwrap_or_default();
            ensure!(drawn <= MOST_DRAWN, "{drawn} rows are drawn at once");
            Ok(word(&seen, key) == wanted)
        })
        .await
}

#[tokio::test]
async fn a_long_list_is_drawn_where_one_looks_and_every_row_can_be_reached() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let mut wang = Device::of(&folder.path().join("wang"), &server, "u-wang", "手机")?;
    for number in 0..NEW {
        let matter = format!("第{number}件，两家为地界埂争起来");
        wang.open_case(&matter, [("冯例八", "12000000008"), ("呼样七", "12000000007")])?;
    }
    wang.sync()?;

    let browser = Browser::chromium(&folder.path().join("profile"), View::Desktop).await?;
    browser.open(&server.address()).await?;
    browser.click("sign-in-demo-u-li").await?;
    browser.find("demo-mark").await?;
    browser.sync().await?;
    browser.open(&format!("{}/cases?queue=all", server.address())).await?;
    browser.find("case-row").await?;
    let (total, first) = at(&browser, 0).await?;
    let (_, last) = at(&browser, total - 1).await?;
    browser.says(&format!("{total} 件")).await?;
    scroll(&browser, "0", "first", &first).await?;
    scroll(&browser, "main.scrollHeight", "last", &last).await?;
    scroll(&browser, "0", "first", &first).await?;
    by_keyboard(&browser).await?;
    browser.close().await
}

/// Tab goes from row to row, further than what was drawn at first.
async fn by_keyboard(browser: &Browser) -> Result<()> {
    let keys = Keyboard::of(browser);
    keys.tab_to("case-row").await?;
    let mut passed = vec![keys.focus().await?.id];
    for _ in 0..MOST_DRAWN {
        let now = keys.tab().await?;
        ensure!(now.name == "case-row", "thrown out of the list to {now:?} after {}", passed.len());
        ensure!(!passed.contains(&now.id), "the same row twice: {}", now.id);
        passed.push(now.id);
    }
    Ok(())
}
