//! Every screen of the browser edition, in a real Chromium, as it comes, in 长辈版 and dark: it
//! shows, nothing is cut, laid over other text or empty without words, and axe-core finds nothing
//! serious in it.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use anyhow::{Result, ensure};
use serde_json::json;
use tempfile::TempDir;
use yidang_tests::Server;
use yidang_tests::browser::{Browser, View};
use yidang_tests::screen::{faults, look};

/// How a screen is worn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dress {
    /// As it comes.
    Plain,
    /// 长辈版
    Care,
    /// 深色
    Dark,
}

/// Somebody's way through the screens, and everything that was found on it.
struct Tour {
    browser: Browser,
    server: Server,
    found: Vec<String>,
    _folder: TempDir,
}

impl Tour {
    async fn begin(view: View) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let server = Server::start(&folder.path().join("server"), None)?;
        let browser = Browser::chromium(&folder.path().join("profile"), view).await?;
        browser.open(&server.address()).await?;
        Ok(Self { browser, server, found: Vec::new(), _folder: folder })
    }

    async fn wear(&self, dress: Dress) -> Result<()> {
        let care = if dress == Dress::Care { "yes" } else { "no" };
        let theme = if dress == Dress::Dark { "dark" } else { "light" };
        let script = format!(
            "localStorage.setItem('yidang.care', '{care}');
            localStorage.setItem('yidang.theme', '{theme}')"
        );
        self.browser.run(&script).await.map(|_| ())
    }

    async fn sign_in(&self, user: &str) -> Result<()> {
        self.browser.open(&format!("{}/sign-in", self.server.address())).await?;
        self.browser.click(&format!("sign-in-demo-{user}")).await?;
        self.browser.find("demo-mark").await.map(|_| ())
    }

    /// What stands on the screen now.
    async fn here(&mut self, name: &str) -> Result<()> {
        self.found.extend(look(&self.browser, name).await?);
        Ok(())
    }

    async fn see(&mut self, path: &str, name: &str) -> Result<()> {
        self.browser.open(&format!("{}{path}", self.server.address())).await?;
        self.here(name).await
    }

    /// Opens a sheet by its button, looks at it, and closes it with the key.
    async fn sheet(&mut self, button: &str, name: &str) -> Result<()> {
        self.browser.click(button).await?;
        self.browser.find("sheet-close").await?;
        self.here(name).await?;
        self.browser.click("sheet-close").await
    }

    async fn clashing(&self) -> Result<String> {
        let question = json!({ "queue": "clashing", "org": null, "category": null, "risk": null,
            "text": "", "offset": 0, "limit": 1 });
        let list = self.browser.ask("list_case_files", &question).await?;
        Ok(list["rows"][0]["id"].as_str().unwrap_or_default().to_owned())
    }

    /// Some household of one's own grid.
    async fn household(&self) -> Result<String> {
        let question = json!({ "org": null, "filter": "all", "text": "", "offset": 0, "limit": 1 });
        let view = self.browser.ask("my_grid", &question).await?;
        Ok(view["rows"][0]["id"].as_str().unwrap_or_default().to_owned())
    }

    async fn end(self) -> Result<()> {
        let found = json!(self.found);
        self.browser.close().await?;
        ensure!(found == json!([]), "{found:#}");
        Ok(())
    }
}

/// The screens of a grid worker's phone, dressed as `dress`.
async fn phone(dress: Dress, word: &str) -> Result<()> {
    let mut tour = Tour::begin(View::Phone).await?;
    tour.wear(dress).await?;
    tour.browser.open(&tour.server.address()).await?;
    tour.browser.find("sign-in-demo-u-wang").await?;
    tour.here(&format!("{word}-sign-in")).await?;
    tour.sign_in("u-wang").await?;
    tour.browser.find("today-due").await?;
    let clashing = tour.clashing().await?;
    for (path, name) in [
        ("/".to_owned(), "today"),
        ("/cases?queue=all".to_owned(), "cases"),
        (format!("/case/{clashing}/clash"), "clash"),
        ("/visit".to_owned(), "visit"),
        ("/sync".to_owned(), "sync"),
        ("/me".to_owned(), "me"),
        ("/nowhere".to_owned(), "nowhere"),
        ("/new".to_owned(), "new"),
    ] {
        tour.see(&path, &format!("{word}-{name}")).await?;
    }
    tour.sheet("new-category", &format!("{word}-new-category")).await?;
    tour.sheet("new-parties", &format!("{word}-new-parties")).await?;
    tour.see(&format!("/case/{clashing}"), &format!("{word}-case")).await?;
    for tab in ["facts", "parties"] {
        tour.browser.click(&format!("tab-{tab}")).await?;
        tour.here(&format!("{word}-case-{tab}")).await?;
    }
    tour.sheet("party-edit", &format!("{word}-party")).await?;
    tour.browser.click("entry-add").await?;
    tour.browser.click("entry-kind-mediation_session").await?;
    tour.here(&format!("{word}-session")).await?;
    tour.end().await
}

#[tokio::test]
async fn a_grid_worker_looks_at_every_screen_on_the_phone() -> Result<()> {
    phone(Dress::Plain, "phone").await
}

#[tokio::test]
async fn a_grid_worker_looks_at_every_screen_in_large_type() -> Result<()> {
    phone(Dress::Care, "care").await
}

#[tokio::test]
async fn a_grid_worker_looks_at_every_screen_in_the_dark() -> Result<()> {
    phone(Dress::Dark, "dark").await
}

/// What a grid worker looks up on the phone beside the files.
async fn grid_of(dress: Dress, word: &str) -> Result<()> {
    let mut tour = Tour::begin(View::Phone).await?;
    tour.wear(dress).await?;
    tour.browser.open(&tour.server.address()).await?;
    tour.sign_in("u-wang").await?;
    tour.browser.find("today-due").await?;
    let household = tour.household().await?;
    ensure!(!household.is_empty(), "王样一 has no household");
    for (path, name) in [
        ("/grid".to_owned(), "grid"),
        (format!("/household/{household}"), "household"),
        ("/household/new".to_owned(), "household-new"),
        ("/messages".to_owned(), "messages"),
        ("/find".to_owned(), "find"),
        ("/visit/month".to_owned(), "visit-month"),
        ("/help".to_owned(), "help"),
        ("/complaint".to_owned(), "complaint"),
        ("/practice".to_owned(), "practice"),
    ] {
        tour.see(&path, &format!("{word}-{name}")).await?;
    }
    tour.end().await
}

#[tokio::test]
async fn a_grid_worker_looks_after_the_grid_on_the_phone() -> Result<()> {
    grid_of(Dress::Plain, "phone").await
}

#[tokio::test]
async fn a_grid_worker_looks_after_the_grid_in_large_type() -> Result<()> {
    grid_of(Dress::Care, "care").await
}

#[tokio::test]
async fn a_grid_worker_looks_after_the_grid_in_the_dark() -> Result<()> {
    grid_of(Dress::Dark, "dark").await
}

/// Grids, people and the administrator's work on the desktop.
async fn office(dress: Dress, word: &str) -> Result<()> {
    let mut tour = Tour::begin(View::Desktop).await?;
    tour.wear(dress).await?;
    tour.browser.open(&tour.server.address()).await?;
    tour.sign_in("u-li").await?;
    tour.browser.find("inbox-row").await?;
    for (path, name) in
        [("/grids", "grids"), ("/grids/handover/u-wang", "handover"), ("/people", "people")]
    {
        tour.see(path, &format!("{word}-{name}")).await?;
    }
    tour.browser.ask("sign_out", &json!({ "then": null })).await?;
    tour.sign_in("u-feng").await?;
    for part in ["users", "import", "grids", "reference"] {
        tour.see(&format!("/admin/{part}"), &format!("{word}-admin-{part}")).await?;
    }
    tour.end().await
}

#[tokio::test]
async fn offices_look_at_grids_people_and_the_register() -> Result<()> {
    office(Dress::Plain, "desk").await
}

#[tokio::test]
async fn offices_look_at_grids_people_and_the_register_in_the_dark() -> Result<()> {
    office(Dress::Dark, "desk-dark").await
}

/// The screens of township and county on the desktop, dressed as `dress`.
async fn desk(dress: Dress, word: &str) -> Result<()> {
    let mut tour = Tour::begin(View::Desktop).await?;
    tour.wear(dress).await?;
    tour.browser.open(&tour.server.address()).await?;
    tour.browser.find("sign-in-demo-u-wang").await?;
    tour.here(&format!("{word}-sign-in")).await?;
    tour.sign_in("u-li").await?;
    tour.browser.find("inbox-row").await?;
    let clashing = tour.clashing().await?;
    for (path, name) in [
        ("/inbox".to_owned(), "inbox"),
        ("/cases?queue=all".to_owned(), "cases"),
        (format!("/case/{clashing}"), "case"),
        (format!("/case/{clashing}/clash"), "clash"),
        ("/visit".to_owned(), "visit"),
        ("/sync".to_owned(), "sync"),
        ("/me".to_owned(), "me"),
        ("/new".to_owned(), "new"),
    ] {
        tour.see(&path, &format!("{word}-{name}")).await?;
    }
    tour.sheet("new-category", &format!("{word}-new-category")).await?;
    if dress != Dress::Care {
        tour.see("/inbox", &format!("{word}-inbox-again")).await?;
        tour.browser.click("inbox-return").await?;
        tour.browser.find("return-reason").await?;
        tour.here(&format!("{word}-return")).await?;
    }
    tour.browser.ask("sign_out", &json!({ "then": null })).await?;
    tour.sign_in("u-hao").await?;
    tour.browser.find("county-figure").await?;
    tour.see("/county", &format!("{word}-county")).await?;
    tour.end().await
}

#[tokio::test]
async fn the_township_and_the_county_look_at_their_desks() -> Result<()> {
    desk(Dress::Plain, "desk").await
}

#[tokio::test]
async fn the_township_and_the_county_look_at_their_desks_in_large_type() -> Result<()> {
    desk(Dress::Care, "desk-care").await
}

#[tokio::test]
async fn the_township_and_the_county_look_at_their_desks_in_the_dark() -> Result<()> {
    desk(Dress::Dark, "desk-dark").await
}

/// Pages with one fault each, and how the fault is called. The tour above would pass over a script
/// that finds nothing.
const FAULTY: [(&str, &str); 10] = [
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
    ("empty: ", "<main>村里的事<section style='height:90px'></section></main>"),
];

/// What is deliberately so is no fault.
const SOUND: &str = "<main style='height:300px;overflow:auto'><h1>村里的事</h1>
    <p style='width:90px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis'>地界埂被推平了</p>
    <p>第一行<small>小字</small></p><p style='line-height:1.2'>写了很长一段，分成两行来排，
    行与行挨得很近也不算压着，因为字没有碰着字。</p>
    <div style='height:600px'></div><p>要往下翻才看得到</p></main>
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
    let found = yidang_tests::screen::findings(&browser).await?;
    for rule in ["color-contrast (serious)", "label (critical)"] {
        ensure!(found.iter().any(|said| said.starts_with(rule)), "{rule}: {found:#?}");
    }
    browser.close().await
}
