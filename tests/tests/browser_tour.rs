//! Every screen of the browser edition, in a real Chromium, as it comes, in 长辈版, dark and with the
//! system's letters at 200 %: it shows, nothing is cut, laid over other text or empty without words,
//! nothing is wider than the screen, and axe-core finds nothing serious in it.

use anyhow::Result;
use yidang_api::review::{ReviewEntry, ReviewRow, ReviewsView};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::DocumentId;
use yidang_tests::browser::View;
use yidang_tests::roster::{MENDED, WRONG};
use yidang_tests::tour::{Dress, Tour};

/// The screens of a grid worker's phone.
async fn phone(dress: Dress, word: &str) -> Result<()> {
    let mut tour = Tour::begin(View::Phone, dress, word).await?;
    tour.here("sign-in").await?;
    tour.sign_in("u-wang").await?;
    tour.browser.find("today-due").await?;
    let clashing = tour.file_in("clashing").await?;
    tour.see("/", "today").await?;
    tour.to_the_end("#main", "today").await?;
    tour.see("/cases?queue=all", "cases").await?;
    tour.sheet("view-save", "view").await?;
    tour.see(&format!("/case/{clashing}/clash"), "clash").await?;
    tour.to_the_end("#main", "clash").await?;
    tour.see("/visit", "visit").await?;
    tour.to_the_end("#main", "visit").await?;
    tour.sheet("visit-summary", "visit-summary").await?;
    tour.sheet("visit-register", "visit-register").await?;
    tour.see("/sync", "sync").await?;
    tour.to_the_end("#main", "sync").await?;
    tour.see("/me", "me").await?;
    tour.to_the_end("#main", "me").await?;
    tour.sheet("me-sign-out", "sign-out").await?;
    tour.see("/nowhere", "nowhere").await?;
    tour.see("/new", "new").await?;
    tour.to_the_end("#main", "new").await?;
    tour.sheet("new-category", "new-category").await?;
    tour.sheet("new-parties", "new-parties").await?;
    a_file_on_the_phone(&mut tour, &clashing).await?;
    tour.end().await
}

/// One file with its tabs and its sheets.
async fn a_file_on_the_phone(tour: &mut Tour, file: &str) -> Result<()> {
    tour.see(&format!("/case/{file}"), "case").await?;
    tour.to_the_end("#main", "case").await?;
    for tab in ["facts", "parties"] {
        tour.browser.click(&format!("tab-{tab}")).await?;
        tour.here(&format!("case-{tab}")).await?;
        tour.to_the_end("#main", &format!("case-{tab}")).await?;
    }
    tour.see(&format!("/case/{file}/print"), "case-print").await?;
    tour.see("/carry", "carry-in-a-browser").await?;
    tour.go(&format!("/case/{file}")).await?;
    tour.browser.click("tab-parties").await?;
    tour.sheet("party-edit", "party").await?;
    tour.sheet("party-home-choose", "party-home").await?;
    tour.sheet("entry-add", "entry").await?;
    tour.browser.click("entry-add").await?;
    tour.browser.click("entry-kind-mediation_session").await?;
    tour.here("session").await?;
    tour.to_the_end(".sheet-bd", "session").await
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

#[tokio::test]
async fn a_grid_worker_looks_at_every_screen_at_two_hundred_percent() -> Result<()> {
    phone(Dress::Big, "big").await
}

/// What a grid worker looks up on the phone beside the files.
async fn grid_of(dress: Dress, word: &str) -> Result<()> {
    let mut tour = Tour::begin(View::Phone, dress, word).await?;
    tour.sign_in("u-wang").await?;
    tour.browser.find("today-due").await?;
    let household = tour.household().await?;
    tour.see("/grid", "grid").await?;
    tour.to_the_end("#main", "grid").await?;
    tour.see(&format!("/household/{household}"), "household").await?;
    tour.to_the_end("#main", "household").await?;
    for sheet in ["seen", "move", "split", "merge"] {
        tour.sheet(&format!("household-{sheet}"), &format!("household-{sheet}")).await?;
    }
    tour.sheet("member-add", "member-new").await?;
    tour.sheet("member-edit", "member").await?;
    tour.browser.click("household-case").await?;
    tour.browser.find("new-parties").await?;
    tour.here("new-of-household").await?;
    tour.sheet("new-parties", "new-parties-of-household").await?;
    for (path, name) in [
        ("/household/new", "household-new"),
        ("/messages", "messages"),
        ("/visit/month", "visit-month"),
        ("/help", "help"),
        ("/complaint", "complaint"),
        ("/practice", "practice"),
        ("/find", "find"),
    ] {
        tour.see(path, name).await?;
        tour.to_the_end("#main", name).await?;
    }
    tour.browser.fill("find", "样").await?;
    tour.browser.find("household-row").await?;
    tour.here("found").await?;
    tour.go("/help").await?;
    tour.browser
        .run("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        .await?;
    tour.here("help-open").await?;
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

#[tokio::test]
async fn a_grid_worker_looks_after_the_grid_at_two_hundred_percent() -> Result<()> {
    grid_of(Dress::Big, "big").await
}

/// Grids, people and the administrator's work on the desktop.
async fn office(dress: Dress, word: &str) -> Result<()> {
    let mut tour = Tour::begin(View::Desktop, dress, word).await?;
    tour.sign_in("u-li").await?;
    tour.browser.find("demo-mark").await?;
    for (path, name) in [
        ("/grids", "grids"),
        ("/grids/workers", "workers"),
        ("/grids/handover/u-wang", "handover"),
        ("/people", "people"),
    ] {
        tour.see(path, name).await?;
        tour.to_the_end("#main", name).await?;
    }
    people(&mut tour).await?;
    tour.sign_in_next("u-feng").await?;
    users(&mut tour).await?;
    import(&mut tour).await?;
    tour.see("/admin/grids", "admin-grids").await?;
    tour.sheet("admin-split", "admin-split").await?;
    tour.sheet("admin-merge", "admin-merge").await?;
    tour.see("/admin/reference", "admin-reference").await?;
    tour.to_the_end("#main", "admin-reference").await?;
    reviews(&mut tour).await?;
    for (path, name) in [("/admin/complaints", "admin-complaints"), ("/admin/looks", "admin-looks")]
    {
        tour.see(path, name).await?;
        tour.to_the_end("#main", name).await?;
    }
    tour.end().await
}

/// Somebody is looked up online, with a reason.
async fn people(tour: &mut Tour) -> Result<()> {
    tour.go("/people").await?;
    tour.browser.fill("people-text", "样").await?;
    tour.browser.fill("people-purpose", "核对当事人住址").await?;
    tour.browser.click("people-ask").await?;
    tour.browser.find("people-row").await?;
    tour.here("people-found").await?;
    tour.sheet("people-row", "people-household").await
}

async fn users(tour: &mut Tour) -> Result<()> {
    tour.see("/admin/users", "admin-users").await?;
    tour.sheet("admin-add", "admin-user-new").await?;
    tour.browser.click("admin-user").await?;
    tour.browser.find("admin-person").await?;
    tour.here("admin-user").await?;
    tour.to_the_end("#main", "admin-user").await?;
    tour.sheet("admin-give", "admin-post").await?;
    tour.sheet("admin-code", "admin-code").await
}

/// The demo county was never restored, so nothing waits there for the administrator; then the page is told
/// of two batches of 吴样二.
async fn reviews(tour: &mut Tour) -> Result<()> {
    tour.see("/admin/devices", "admin-devices").await?;
    tour.see("/admin/erasures", "admin-erasures").await?;
    tour.see("/admin/reviews", "admin-reviews").await?;
    let told = serde_json::to_string(&two_reviews())?;
    let script = format!(
        "const {{ ask }} = window.yidang;
        window.yidang.ask = (name, ...rest) =>
            name === 'reviews' ? Promise.resolve({}) : ask(name, ...rest);
        window.yidang.onnews('changed')",
        serde_json::to_string(&told)?
    );
    tour.browser.run(&script).await?;
    tour.browser.find("review-unread").await?;
    tour.here("admin-reviews-waiting").await?;
    tour.to_the_end("#main", "admin-reviews-waiting").await?;
    tour.sheet("review-admit", "admin-review-admit").await?;
    tour.sheet("review-decline", "admin-review-decline").await
}

fn two_reviews() -> ReviewsView {
    let visit = ReviewEntry {
        label: "走访".to_owned(),
        on: Date::constant(2026, 11, 18),
        words: "到地里看了，两家的界石还在，争的是中间一行梨树".to_owned(),
    };
    let first = ReviewRow {
        batch: "0a".repeat(16),
        document: DocumentId::from_bytes([7; 16]),
        kind: DocumentKind::CaseFile,
        place: "张家滩镇 · 下盘石村 · 第7网格".to_owned(),
        name: "吴样二".to_owned(),
        post: "张家滩镇 · 下盘石村 · 第7网格 · 网格员".to_owned(),
        device: "手机".to_owned(),
        since: InstantMs::at_start_of(Date::constant(2026, 11, 19)),
        rule: "unknown_author".to_owned(),
        entries: vec![visit],
        may_undo: false,
        unread: 0,
    };
    let second =
        ReviewRow { batch: "0b".repeat(16), entries: Vec::new(), unread: 2, ..first.clone() };
    ReviewsView { total: 3, rows: vec![first, second] }
}

/// A spreadsheet with rows to mend, and the same mended.
async fn import(tour: &mut Tour) -> Result<()> {
    tour.see("/admin/import", "admin-import").await?;
    for (name, text, wait, seen) in [
        ("户-要改.csv", WRONG, "import-wrong", "admin-import-wrong"),
        ("户.csv", MENDED, "import-apply", "admin-import-ready"),
    ] {
        let paper = tour.paper(name, text)?;
        let field = tour.browser.find("import-file").await?;
        field.send_keys(&paper.to_string_lossy()).await?;
        tour.browser.find(wait).await?;
        tour.here(seen).await?;
        tour.to_the_end("#main", seen).await?;
    }
    Ok(())
}

#[tokio::test]
async fn offices_look_at_grids_people_and_the_register() -> Result<()> {
    office(Dress::Plain, "desk").await
}

#[tokio::test]
async fn offices_look_at_grids_people_and_the_register_in_large_type() -> Result<()> {
    office(Dress::Care, "desk-care").await
}

#[tokio::test]
async fn offices_look_at_grids_people_and_the_register_in_the_dark() -> Result<()> {
    office(Dress::Dark, "desk-dark").await
}

#[tokio::test]
async fn offices_look_at_grids_people_and_the_register_at_two_hundred_percent() -> Result<()> {
    office(Dress::Big, "desk-big").await
}

/// The screens of township and county on the desktop.
async fn desk(dress: Dress, word: &str) -> Result<()> {
    let mut tour = Tour::begin(View::Desktop, dress, word).await?;
    tour.here("sign-in").await?;
    tour.sign_in("u-li").await?;
    tour.browser.find("demo-mark").await?;
    let clashing = tour.file_in("clashing").await?;
    for (path, name) in [
        ("/inbox".to_owned(), "inbox"),
        ("/cases?queue=all".to_owned(), "cases"),
        (format!("/case/{clashing}"), "case"),
        (format!("/case/{clashing}/clash"), "clash"),
        ("/visit".to_owned(), "visit"),
        ("/sync".to_owned(), "sync"),
        ("/me".to_owned(), "me"),
        ("/messages".to_owned(), "messages"),
        ("/help".to_owned(), "help"),
        ("/find".to_owned(), "find"),
        ("/new".to_owned(), "new"),
    ] {
        tour.see(&path, name).await?;
        tour.to_the_end("#main", name).await?;
    }
    tour.sheet("new-category", "new-category").await?;
    tour.go(&format!("/case/{clashing}")).await?;
    tour.sheet("case-join", "join").await?;
    tour.go("/find").await?;
    tour.browser.fill("find", "苹果").await?;
    tour.browser.find("find-file").await?;
    tour.here("found").await?;
    judge(&mut tour, dress).await?;
    county(&mut tour).await?;
    tour.end().await
}

/// A file is sent back, on the page where it is judged; with large letters that page is one column.
async fn judge(tour: &mut Tour, dress: Dress) -> Result<()> {
    let waiting = tour.file_in("to_accept").await?;
    tour.see(&format!("/inbox/{waiting}"), "inbox-file").await?;
    tour.to_the_end("#main", "inbox-file").await?;
    if dress == Dress::Plain || dress == Dress::Dark {
        tour.browser.click("inbox-return").await?;
        tour.browser.find("return-reason").await?;
        return tour.here("return").await;
    }
    tour.sheet("case-return", "return").await?;
    tour.sheet("case-accept", "accept").await
}

async fn county(tour: &mut Tour) -> Result<()> {
    tour.sign_in_next("u-hao").await?;
    tour.browser.find("county-figure").await?;
    for (path, name) in
        [("/county", "county"), ("/cases?queue=open", "county-cases"), ("/grids", "county-grids")]
    {
        tour.see(path, name).await?;
        tour.to_the_end("#main", name).await?;
    }
    tour.go("/county").await?;
    tour.sheet("county-definitions", "county-definitions").await
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

#[tokio::test]
async fn the_township_and_the_county_look_at_their_desks_at_two_hundred_percent() -> Result<()> {
    desk(Dress::Big, "desk-big").await
}
