//! The eyes of the tour through the screens: what they must find, and what they must leave alone.

use anyhow::{Result, ensure};
use yidang_tests::browser::{Browser, View};
use yidang_tests::screen::{faults, findings};

/// Pages with one fault each, and how the fault is called. The tour would pass over a script
/// that finds nothing.
const FAULTY: [(&str, &str); 11] = [
    ("still loading", "<main>村里的事<p data-test='waiting'>等一等</p></main>"),
    ("too wide", "<main>村里的事<div style='width:3000px'>宽</div></main>"),
    (
        "cut: ",
        "<main><p style='width:60px;overflow:hidden;white-space:nowrap'>地界埂被推平了</p></main>",
    ),
    (
        "cut: ",
        "<main><div style='width:60px;overflow:hidden'><p style='width:200px'>地界埂被推平了</p>
        </div></main>",
    ),
    (
        "cut below: ",
        "<main><p style='width:90px;height:20px;overflow:hidden'>地界埂被推平了，两家都不让</p></main>",
    ),
    (
        "over one another: ",
        "<main><p>地界埂被推平了</p><p style='margin-top:-28px'>两家都不让步</p></main>",
    ),
    (
        "over one another: ",
        "<main><p>联系电话</p><input style='margin-top:-30px' value='12000000008'></main>",
    ),
    ("at the edge: ", "<main><p style='position:absolute;right:0'>演示数据</p></main>"),
    (
        "at the edge: ",
        "<main><p style='position:absolute;right:0;border:1px dashed;padding:9px'>演示</p></main>",
    ),
    (
        "little room: ",
        "<main style='height:90px;overflow:auto'><p style='height:400px'>村里的事</p></main>",
    ),
    ("empty: ", "<main>村里的事<section style='height:90px'></section></main>"),
];

/// What is deliberately so is no fault.
const SOUND: &str = "<main style='height:40vh;overflow:auto'><h1>村里的事</h1>
    <p style='width:90px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis'>地界埂被推平了</p>
    <p>第一行<small>小字</small></p><p style='line-height:1.2'>写了很长一段，分成两行来排，
    行与行挨得很近也不算压着，因为字没有碰着字。</p>
    <div style='height:100vh'></div><p>要往下翻才看得到</p></main>
    <div role='dialog' style='position:fixed;left:8px;top:30px;background:white'>退回补正</div>";

#[tokio::test]
async fn a_page_with_a_fault_is_found_out() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let browser = Browser::chromium(&folder.path().join("profile"), View::Phone).await?;
    let draw = async |html: &str| {
        browser.open("about:blank").await?;
        let script = format!("document.body.innerHTML = {}", serde_json::to_string(html)?);
        browser.run(&script).await?;
        faults(&browser).await
    };
    for (fault, html) in FAULTY {
        let found = draw(html).await?;
        ensure!(found.iter().any(|said| said.contains(fault)), "{fault} in {html}: {found:?}");
    }
    let found = draw(SOUND).await?;
    ensure!(found.is_empty(), "nothing is wrong with that: {found:?}");
    browser.close().await
}

/// The same for the rules of axe-core: pale letters, and a field that says nothing about itself.
#[tokio::test]
async fn a_page_that_is_hard_to_reach_is_found_out() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let browser = Browser::chromium(&folder.path().join("profile"), View::Phone).await?;
    browser.open("about:blank").await?;
    let faulty = "document.documentElement.lang = 'zh-CN'; document.title = '村里的事';
        document.body.innerHTML = '<main><h1>村里的事</h1><p style=\"color:#bbb\">看不清的字</p>'
            + '<input></main>'";
    browser.run(faulty).await?;
    let found = findings(&browser).await?;
    for rule in ["color-contrast (serious)", "label (critical)"] {
        ensure!(found.iter().any(|said| said.starts_with(rule)), "{rule}: {found:#?}");
    }
    browser.close().await
}
