//! What people do on the pages with their hands: press, type, read. Nothing here asks the desk behind
//! the page.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::browser::Browser;
use crate::{Server, story::Told};

/// Waits until the pages would open without a server.
///
/// # Errors
///
/// Where they are not kept in time.
pub async fn shell_is_kept(browser: &Browser) -> Result<()> {
    let kept = "return !!(navigator.serviceWorker && navigator.serviceWorker.controller)";
    let is_kept = async || Ok(browser.run(kept).await? == json!(true));
    browser.until("a service worker that controls the page", is_kept).await
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
    // Pressed by its name and not by its place: what waits comes and goes above it.
    let press = "const button = document.querySelector('[data-test=sync-now]:not([disabled])');
        button?.click();
        return !!button";
    // What the page says before it was pressed says nothing of this exchange.
    let pressed = async || Ok(browser.run(press).await? == json!(true));
    browser.until("现在试试 pressed", pressed).await?;
    browser
        .until("everything arrived", async || {
            let all = browser.text().await.contains("已全部同步");
            if !all {
                // Where it waits for its next try, a person presses again.
                browser.run(press).await?;
            }
            Ok(all)
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
