//! A working day without a mouse, from signing in to signing out; the same in a browser and in the
//! window.

use anyhow::{Result, ensure};
use fantoccini::key::Key;

use crate::browser::Browser;
use crate::keyboard::Keyboard;

/// The order in which Tab leads through the inbox: as one reads it.
const IN_THE_INBOX: [&str; 12] = [
    "rail-to_accept",
    "rail-me",
    "desk-search",
    "sync-state",
    "inbox-show-all",
    "inbox-row",
    "entry-add",
    "inbox-return",
    "inbox-accept",
    "tab-entries",
    "accept-due",
    "party-edit",
];

/// The whole of it: 李例二 in the township, 郝演十 in the county, 王样一 at a desktop of the village.
/// Begins where nobody is signed in.
///
/// # Errors
///
/// Where something cannot be reached or done by keys, or one does not see where one is.
pub async fn without_a_mouse(browser: &Browser) -> Result<()> {
    let keys = Keyboard::of(browser);
    keys.enter("sign-in-demo-u-li").await?;
    inbox(browser, keys).await?;
    file(browser, keys).await?;
    search(browser, keys).await?;
    leave(browser, keys).await?;
    keys.enter("sign-in-demo-u-hao").await?;
    county(browser, keys).await?;
    leave(browser, keys).await?;
    keys.enter("sign-in-demo-u-wang").await?;
    new_file(browser, keys).await?;
    visit_day(browser, keys).await
}

/// J and K move, R returns with a reason, A accepts.
async fn inbox(browser: &Browser, keys: Keyboard<'_>) -> Result<()> {
    browser.find("inbox-row").await?;
    browser.find("inbox-accept").await?;
    keys.in_order(&IN_THE_INBOX).await?;
    keys.press('j').await?;
    let second = keys.is_at("inbox-row").await?;
    keys.press('k').await?;
    browser.until("the first file again", async || Ok(keys.focus().await?.id != second.id)).await?;
    let first = keys.is_at("inbox-row").await?;
    ensure!(first.id != second.id, "J and K lead to different files");

    // Escape closes the composer, and the keyboard is where it was; what was typed is kept.
    browser.find("inbox-return").await?;
    keys.press('r').await?;
    keys.is_at("return-reason").await?;
    keys.write("写明是哪个组").await?;
    keys.press(Key::Escape).await?;
    ensure!(keys.is_at("inbox-row").await?.id == first.id, "back where it was");
    keys.press('r').await?;
    keys.is_at("return-reason").await?;
    browser.find("draft-restored").await?;
    keys.tab_back().await?;
    ensure!(keys.focus().await?.name.starts_with("return-field-"), "the fields stand before it");
    keys.press(' ').await?;
    keys.tab_to("return-reason").await?;
    keys.chord(Key::Control, Key::Enter).await?;
    browser.says("已保存在本机").await?;
    browser.gone("composer").await?;
    browser
        .until("the keyboard is somewhere", async || Ok(!keys.focus().await?.is_nowhere()))
        .await?;

    keys.press('j').await?;
    keys.is_at("inbox-row").await?;
    browser.find("inbox-accept").await?;
    keys.press('a').await?;
    browser.gone("inbox-accept").await?;
    browser.until("the keyboard is somewhere", async || Ok(!keys.focus().await?.is_nowhere())).await
}

/// A sheet over a file: Tab stays in it, Escape closes it, and the keyboard is where it was.
async fn file(browser: &Browser, keys: Keyboard<'_>) -> Result<()> {
    keys.enter("entry-add").await?;
    browser.find("sheet").await?;
    keys.is_inside().await?;
    keys.stays_inside().await?;
    keys.press(Key::Escape).await?;
    browser.gone("sheet").await?;
    keys.is_at("entry-add").await?;
    // Tabs and other rows of choices are one stop each; arrows move within.
    keys.tab_to("tab-entries").await?;
    keys.press(Key::Right).await?;
    keys.is_at("tab-facts").await?;
    browser.find("facts").await?;
    keys.press(Key::Left).await?;
    keys.is_at("tab-entries").await.map(|_| ())
}

/// Ctrl K leads to the search from anywhere, Enter to what was found and to a file.
async fn search(browser: &Browser, keys: Keyboard<'_>) -> Result<()> {
    keys.chord(Key::Control, 'k').await?;
    keys.is_at("desk-search").await?;
    keys.write("苹果").await?;
    keys.press(Key::Enter).await?;
    browser.find("find-file").await?;
    keys.enter("find-file").await?;
    browser.find("case-title").await.map(|_| ())
}

/// Every number is a door.
async fn county(browser: &Browser, keys: Keyboard<'_>) -> Result<()> {
    keys.enter("county-figure").await?;
    browser.find("cases-total").await?;
    keys.enter("case-row").await?;
    browser.find("case-title").await.map(|_| ())
}

/// One sentence and six fields, with a category looked up and a person written down.
async fn new_file(browser: &Browser, keys: Keyboard<'_>) -> Result<()> {
    keys.enter("rail-new").await?;
    keys.is_at("new-matter").await?;
    keys.write("两家为界石挪了一尺争起来").await?;
    keys.enter("new-category").await?;
    browser.find("category-sheet").await?;
    keys.is_inside().await?;
    keys.stays_inside().await?;
    keys.press(Key::Escape).await?;
    keys.is_at("new-category").await?;
    keys.tab_to("new-place").await?;
    keys.write("下盘石村3组").await?;
    keys.enter("new-parties").await?;
    keys.is_at("party-name").await?;
    keys.write("冯例八").await?;
    keys.enter("parties-done").await?;
    keys.is_at("new-parties").await?;
    keys.tab_to("new-risk-3").await?;
    keys.press(Key::Right).await?;
    keys.is_at("new-risk-2").await?;
    keys.enter("new-save").await?;
    browser.says("两家为界石挪了一尺争起来").await?;
    browser.find("case-title").await.map(|_| ())
}

/// Somebody comes on the visit day and is written down.
async fn visit_day(browser: &Browser, keys: Keyboard<'_>) -> Result<()> {
    keys.enter("rail-visit").await?;
    keys.enter("visit-register").await?;
    browser.find("walk-in-visitors").await?;
    keys.is_inside().await?;
    keys.tab_to("walk-in-visitors").await?;
    keys.write("冯例八").await?;
    keys.tab_to("walk-in-matter").await?;
    keys.write("问苹果苗怎么赔").await?;
    keys.enter("walk-in-save").await?;
    browser.says("问苹果苗怎么赔").await?;
    keys.is_at("visit-register").await.map(|_| ())
}

async fn leave(browser: &Browser, keys: Keyboard<'_>) -> Result<()> {
    keys.enter("rail-me").await?;
    keys.enter("me-sign-out").await?;
    browser.find("sign-out-yes").await?;
    keys.is_inside().await?;
    keys.enter("sign-out-yes").await?;
    browser.find("sign-in-demo-u-li").await.map(|_| ())
}
