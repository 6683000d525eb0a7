//! What people do on the pages with their hands: press, type, read. Nothing here asks the desk behind
//! the page, but for when its last answer of the server came.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::browser::Browser;
use crate::{Server, story::Told};

/// How far a browser is with keeping the pages, and how much it may keep.
const SHELL: &str = "const tell = arguments[0];
    (async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        const state = (name) => registration?.[name]?.state ?? 'none';
        const { quota, usage } = await navigator.storage.estimate();
        const states = ['installing', 'waiting', 'active'].map(state);
        return JSON.stringify({ states, quota, usage, kept: await caches.keys() });
    })().then(tell, (error) => tell(String(error)));";

/// Waits until the pages would open without a server.
///
/// # Errors
///
/// Where they are not kept in time.
pub async fn shell_is_kept(browser: &Browser) -> Result<()> {
    let kept = "return !!(navigator.serviceWorker && navigator.serviceWorker.controller)";
    let is_kept = async || Ok(browser.run(kept).await? == json!(true));
    let waited = browser.until("a service worker that controls the page", is_kept).await;
    match waited {
        Ok(()) => Ok(()),
        Err(error) => Err(error.context(format!("it is {}", browser.run_later(SHELL).await?))),
    }
}

/// 新事: one sentence, a place and, where one is named, a person with a number. The file's identifier.
///
/// # Errors
///
/// Where the page does not do it.
pub async fn open_file(
    browser: &Browser,
    server: &Server,
    matter: &str,
    party: Option<(&str, &str)>,
) -> Result<String> {
    browser.open(&format!("{}/new", server.address())).await?;
    browser.fill("new-matter", matter).await?;
    browser.fill("new-place", "下盘石村3组").await?;
    if let Some((name, phone)) = party {
        browser.click("new-parties").await?;
        browser.fill("party-name", name).await?;
        browser.fill("party-phone", phone).await?;
        browser.click("parties-done").await?;
        browser.gone("parties-sheet").await?;
    }
    browser.says("草稿已存").await?;
    browser.click("new-save").await?;
    browser.find("case-title").await?;
    let path = browser.run("return location.pathname").await?;
    let id = path.as_str().and_then(|path| path.strip_prefix("/case/")).context("no file")?;
    Ok(id.to_owned())
}

/// Opens the page of a file.
///
/// # Errors
///
/// Where it does not show.
pub async fn go_to(browser: &Browser, server: &Server, id: &str) -> Result<()> {
    browser.open(&format!("{}/case/{id}", server.address())).await?;
    browser.find("case-title").await.map(|_| ())
}

/// 记一笔 of this kind on the file that is open.
///
/// # Errors
///
/// Where the page does not do it.
pub async fn add_entry(browser: &Browser, kind: &str, words: &str) -> Result<()> {
    browser.click("entry-add").await?;
    browser.click(&format!("entry-kind-{kind}")).await?;
    browser.fill("entry-words", words).await?;
    browser.click("entry-save").await?;
    browser.gone("sheet").await?;
    browser.says(words).await
}

/// Writes the number of the first person on the file that is open.
///
/// # Errors
///
/// Where the page does not do it.
pub async fn set_phone(browser: &Browser, phone: &str) -> Result<()> {
    browser.click("tab-parties").await?;
    browser.click("party-edit").await?;
    browser.fill("party-phone-input", phone).await?;
    browser.click("party-save").await?;
    browser.gone("sheet").await?;
    browser.says(&grouped(phone)).await
}

/// A number as screens show it: 120 0000 0021.
fn grouped(phone: &str) -> String {
    let part = |range| phone.get(range).unwrap_or_default();
    format!("{} {} {}", part(0..3), part(3..7), part(7..phone.len()))
}

/// 现在试试 on the page 同步, until it says that everything is there.
///
/// # Errors
///
/// Where it never says so.
pub async fn sync(browser: &Browser, server: &Server) -> Result<()> {
    browser.open(&format!("{}/sync", server.address())).await?;
    browser.find("hand-back").await?;
    // Twice: an exchange that was under way when it was pressed began before, and may miss what others
    // have just brought.
    for _ in 0..2 {
        press_and_wait(browser).await?;
    }
    browser
        .until("everything arrived", async || Ok(browser.text().await.contains("已全部同步")))
        .await
}

/// Presses 现在试试 until an answer of the server has come that is younger than the first press.
async fn press_and_wait(browser: &Browser) -> Result<()> {
    // Pressed by its name and not by its place: what waits comes and goes above it. Where it waits for
    // its next try, a person presses again.
    let press = "document.querySelector('[data-test=sync-now]:not([disabled])')?.click();";
    let began = browser.run("return Date.now()").await?.as_i64().unwrap_or(i64::MAX);
    browser.run(press).await?;
    browser
        .until("an answer of the server", async || {
            let view = browser.ask("sync_state", &json!({})).await?;
            let is_new = view["reached_at"].as_i64().is_some_and(|at| at >= began);
            let is_done = is_new && view["state"] == "done";
            if !is_done && view["state"] != "syncing" {
                browser.run(press).await?;
            }
            Ok(is_done)
        })
        .await
}

/// The page of the card says each of these values with name, device and time.
///
/// # Errors
///
/// Where it does not.
pub async fn card_says(browser: &Browser, server: &Server, id: &str, told: &[Told]) -> Result<()> {
    browser.open(&format!("{}/case/{id}/clash", server.address())).await?;
    browser.find("clash-card").await?;
    let sides = sides(browser).await?;
    ensure!(sides.len() == told.len(), "{sides:?}");
    for (phone, name, device) in told {
        let says_all = |side: &&String| {
            let time = side.split(':').any(|part| part.ends_with(|c: char| c.is_ascii_digit()));
            side.contains(&grouped(phone))
                && side.contains(&**name)
                && side.contains(&**device)
                && time
        };
        ensure!(sides.iter().find(says_all).is_some(), "{phone} of {name}: {sides:?}");
    }
    Ok(())
}

/// What the sides of the card say.
async fn sides(browser: &Browser) -> Result<Vec<String>> {
    let script =
        "return [...document.querySelectorAll('.clash-card .side')].map((side) => side.innerText)";
    let sides = browser.run(script).await?;
    let all = sides.as_array().into_iter().flatten();
    Ok(all.filter_map(|side| side.as_str().map(str::to_owned)).collect())
}

/// Takes the value of `name` on the card that is open, by its button.
///
/// # Errors
///
/// Where there is none, or it is not settled.
pub async fn take_the_value_of(browser: &Browser, name: &str) -> Result<()> {
    let sides = sides(browser).await?;
    let at = sides.iter().position(|side| side.contains(name)).context("nothing of theirs")?;
    browser.click(if at == 0 { "clash-take-a" } else { "clash-take-b" }).await?;
    browser.find("case-title").await?;
    browser.gone("case-to-clash").await
}
