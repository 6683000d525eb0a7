//! Every screen of the browser edition, in a real Chromium: it shows, nothing is cut, nothing is
//! empty without words.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use yidang_tests::Server;
use yidang_tests::browser::{Browser, View};

/// Finds running text that is cut or laid over other text, and containers without words.
const FAULTS: &str = r"
const faults = [];
const seen = (e) => { const r = e.getBoundingClientRect(); const s = getComputedStyle(e);
  return r.width > 1 && r.height > 1 && s.visibility !== 'hidden' && s.opacity !== '0'; };
const name = (e) => (e.dataset.test || e.className || e.tagName) + ': ' + (e.innerText || '').slice(0, 30);
if (!document.querySelector('main') || document.querySelector('[data-test=waiting]')) return ['still loading'];
const wide = document.documentElement.scrollWidth - window.innerWidth;
if (wide > 1) faults.push('the page is ' + wide + ' px too wide');
for (const e of document.querySelectorAll('body *')) {
  if (!seen(e) || e.closest('svg')) continue;
  const s = getComputedStyle(e);
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const clips = s.overflowX === 'hidden' || s.overflowX === 'clip';
  if (own && clips && s.textOverflow !== 'ellipsis' && e.scrollWidth > e.clientWidth + 1
      && !e.classList.contains('sr')) faults.push('cut: ' + name(e));
  if (own && (s.overflowY === 'hidden') && e.scrollHeight > e.clientHeight + 3
      && !e.classList.contains('sr')) faults.push('cut below: ' + name(e));
}
for (const e of document.querySelectorAll('main, section, .cells, .card, .list, .sheet')) {
  if (seen(e) && e.getBoundingClientRect().height > 60 && !e.innerText.trim()
      && !e.querySelector('svg, img, input, textarea')) faults.push('empty: ' + name(e));
}
return faults;";

/// Looks at a page once it stands still: what it asks its desk for may be on its way.
async fn look(browser: &Browser, name: &str) -> Result<()> {
    const MOST_LOOKS: u32 = 60;
    let mut faults = json!(["nothing was drawn"]);
    for _ in 0..MOST_LOOKS {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        faults = browser.run(FAULTS).await?;
        if faults == json!([]) {
            break;
        }
    }
    browser.picture(name).await?;
    ensure!(faults == json!([]), "{name}: {faults:#}");
    Ok(())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

async fn sign_in(browser: &Browser, server: &Server, user: &str) -> Result<()> {
    browser.open(&format!("{}/sign-in", server.address())).await?;
    browser.click(&format!("sign-in-demo-{user}")).await?;
    Ok(())
}

async fn first_of(browser: &Browser, queue: &str) -> Result<String> {
    let question = json!({ "queue": queue, "org": null, "category": null, "risk": null,
        "text": "", "offset": 0, "limit": 1 });
    let list = browser.ask("list_case_files", &question).await?;
    Ok(text(&list["rows"][0]["id"]))
}

#[tokio::test]
async fn a_grid_worker_looks_at_every_screen_on_the_phone() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let browser = Browser::chromium(&folder.path().join("profile"), View::Phone).await?;
    browser.open(&server.address()).await?;
    browser.find("sign-in-demo-u-wang").await?;
    look(&browser, "phone-sign-in").await?;
    sign_in(&browser, &server, "u-wang").await?;
    browser.find("today-due").await?;
    look(&browser, "phone-today").await?;
    let clashing = first_of(&browser, "clashing").await?;
    for (path, name) in [
        ("/new".to_owned(), "phone-new"),
        ("/cases".to_owned(), "phone-cases"),
        (format!("/case/{clashing}"), "phone-case"),
        (format!("/case/{clashing}/clash"), "phone-clash"),
        ("/visit".to_owned(), "phone-visit"),
        ("/sync".to_owned(), "phone-sync"),
        ("/me".to_owned(), "phone-me"),
    ] {
        browser.open(&format!("{}{path}", server.address())).await?;
        look(&browser, name).await?;
    }
    browser.run("localStorage.setItem('yidang.care', 'yes')").await?;
    for (path, name) in [("/", "care-today"), ("/visit", "care-visit"), ("/new", "care-new")] {
        browser.open(&format!("{}{path}", server.address())).await?;
        look(&browser, name).await?;
    }
    let dark = "localStorage.setItem('yidang.care', 'no');
        localStorage.setItem('yidang.theme', 'dark')";
    browser.run(dark).await?;
    browser.open(&server.address()).await?;
    look(&browser, "dark-today").await?;
    browser.close().await
}

#[tokio::test]
async fn the_township_and_the_county_look_at_their_desks() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let browser = Browser::chromium(&folder.path().join("profile"), View::Desktop).await?;
    sign_in(&browser, &server, "u-li").await?;
    browser.find("inbox-row").await?;
    look(&browser, "desk-inbox").await?;
    browser.open(&format!("{}/cases?queue=all", server.address())).await?;
    browser.find("cases-export").await?;
    look(&browser, "desk-cases").await?;
    let id = first_of(&browser, "clashing").await?;
    browser.open(&format!("{}/case/{id}", server.address())).await?;
    look(&browser, "desk-case").await?;
    browser.ask("sign_out", &json!({ "then": null })).await?;
    sign_in(&browser, &server, "u-hao").await?;
    browser.find("county-figure").await?;
    look(&browser, "desk-county").await?;
    browser.open(&format!("{}/sync", server.address())).await?;
    look(&browser, "desk-sync").await?;
    browser.close().await
}
