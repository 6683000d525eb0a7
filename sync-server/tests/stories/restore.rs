//! The server goes back in time, and the devices make it whole.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::{
    ACCEPTED, DUPLICATE, Device, GRID_7, GRID_8, TODAY, Town, accepted, kinds, noon, visit,
};
use axum::http::StatusCode;
use yidang_domain::entry::EntryKind;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::{SyncRequest, Verdict};
use yidang_sync_server::store::StoreError;
use yidang_sync_server::{App, check};

pub fn tool(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sync-server")).args(arguments).output().unwrap()
}

pub fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

pub fn backup(town: &Town, to: &Path) {
    let data = town.directory.path().join("data");
    told(&tool(&[
        "backup",
        "--data",
        &data.display().to_string(),
        "--to",
        &to.display().to_string(),
    ]));
}

pub fn restore(data: &Path, from: &Path) {
    told(&tool(&[
        "restore",
        "--data",
        &data.display().to_string(),
        "--from",
        &from.display().to_string(),
    ]));
}

/// Puts the copy in place without telling anybody.
pub fn put_back(data: &Path, from: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(data.join(format!("county.sqlite{suffix}")));
    }
    std::fs::copy(from, data.join("county.sqlite")).unwrap();
}

pub fn sound(app: &App) {
    let findings =
        app.store().read::<_, StoreError>("610621", |db| check::check(db, "610621")).unwrap();
    assert_eq!(findings.broken, Vec::<String>::new());
}

pub fn healing(app: &App) -> bool {
    app.store().read::<_, StoreError>("610621", |db| Ok(db.county()?.healing)).unwrap()
}

pub fn heads(app: &App, id: DocumentId) -> Option<Vec<[u8; 32]>> {
    let row = app.store().read::<_, StoreError>("610621", |db| db.document(id.as_bytes()));
    row.unwrap().map(|row| row.heads)
}

/// A county that was copied, and in which two people worked on afterwards.
struct Story {
    town: Town,
    copy: std::path::PathBuf,
    wang: Device,
    li: Device,
    old: DocumentId,
    new: DocumentId,
    /// Somebody who was enrolled before the copy and was not there since.
    third: Option<Device>,
}

async fn story() -> Story {
    begun(Town::new(), None).await
}

async fn story_with(third: &str) -> Story {
    let town = Town::new();
    let third = town.device(third).await;
    begun(town, Some(third)).await
}

async fn begun(town: Town, third: Option<Device>) -> Story {
    let at = noon(TODAY);
    let mut wang = town.device("u-wang").await;
    let old = wang.open_case(1, GRID_7, "备份以前的事", at);
    wang.sync(&town.app).await;
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    // After the copy: another person's device is enrolled, a file is accepted and numbered, another
    // is opened.
    let mut li = town.device("u-li").await;
    li.sync(&town.app).await;
    li.add(old, accepted(), at);
    li.sync(&town.app).await;
    let new = li.open_case(2, GRID_8, "备份以后的事", at);
    li.sync(&town.app).await;
    wang.sync(&town.app).await;
    wang.add(old, visit("备份以后的走访"), at);
    wang.sync(&town.app).await;
    li.sync(&town.app).await;
    wang.sync(&town.app).await;
    Story { town, copy, wang, li, old, new, third }
}

fn ok(verdict: i32) -> bool {
    verdict == ACCEPTED || verdict == DUPLICATE
}

async fn heal_through_one_device(mut story: Story) {
    let app = story.town.app.clone();
    let before = story.wang.documents[&story.old].heads();
    assert_ne!(heads(&app, story.old).as_ref(), Some(&before));
    assert_eq!(heads(&app, story.new), None);
    // The grid worker's phone is the first to come; it holds the reviewer's batches too.
    let reply = story.wang.round(&app).await;
    assert!(reply.heal && reply.cursor.is_none());
    assert!(healing(&app));
    let certificates = vec![story.li.signed.clone()];
    let receipts = story.wang.heal(&app, certificates).await;
    assert!(receipts.iter().all(|receipt| ok(receipt.verdict)), "{receipts:?}");
    assert_eq!(heads(&app, story.old), Some(before));
    assert!(heads(&app, story.new).is_some(), "what the other wrote came back with its signature");
    sound(&app);
    // The other device heals too and has nothing to add.
    assert!(story.li.round(&app).await.heal);
    let receipts = story.li.heal(&app, Vec::new()).await;
    assert!(receipts.iter().all(|receipt| receipt.verdict == DUPLICATE), "{receipts:?}");
    story.wang.sync(&app).await;
    story.li.sync(&app).await;
    assert!(!healing(&app), "everybody has answered");
    for device in [&story.wang, &story.li] {
        let expected =
            [EntryKind::Found, EntryKind::Accepted, EntryKind::NumberIssued, EntryKind::Visit];
        assert_eq!(kinds(device, story.old), expected);
    }
    // The next number does not come twice.
    story.li.add(story.new, accepted(), noon(TODAY));
    story.li.sync(&app).await;
    assert_eq!(story.li.texts(story.new)[2], "延张调〔2026〕2号");
    sound(&app);
}

#[tokio::test]
async fn a_restore_that_was_told_is_healed_by_one_phone() {
    let mut story = story().await;
    let copy = story.copy.clone();
    story.town = story.town.restarted(|data| restore(data, &copy));
    heal_through_one_device(story).await;
}

#[tokio::test]
async fn a_restore_that_nobody_told_is_noticed_and_healed_by_one_phone() {
    let mut story = story().await;
    let copy = story.copy.clone();
    story.town = story.town.restarted(|data| put_back(data, &copy));
    assert!(!healing(&story.town.app));
    heal_through_one_device(story).await;
}

#[tokio::test]
async fn a_restored_server_that_worked_on_is_noticed_by_the_chain() {
    let mut story = story().await;
    let copy = story.copy.clone();
    story.town = story.town.restarted(|data| put_back(data, &copy));
    let app = story.town.app.clone();
    let at = noon(TODAY);
    let mut liu = story.town.device("u-liu").await;
    for n in 1..40 {
        liu.open_case(n, crate::support::GRID_6, "恢复以后的事", at);
    }
    liu.sync(&app).await;
    let head =
        |app: &App| app.store().read::<_, StoreError>("610621", |db| Ok(db.county()?.seq)).unwrap();
    let seen = story.wang.cursor.as_ref().unwrap().open(&story.wang.county_key).unwrap().seq;
    assert!(head(&app) > seen, "the log has grown past what the device saw");
    assert!(story.wang.round(&app).await.heal);
}

#[tokio::test]
async fn while_it_heals_the_server_issues_no_numbers_and_makes_up_for_them_after() {
    let mut story = story_with("u-cao").await;
    let copy = story.copy.clone();
    let at = noon(TODAY);
    story.town = story.town.restarted(|data| restore(data, &copy));
    let app = story.town.app.clone();
    let mut cao = story.third.take().unwrap();
    let third = cao.open_case(3, GRID_8, "恢复期间的事", at);
    cao.add(third, accepted(), at);
    cao.sync(&app).await;
    assert_eq!(kinds(&cao, third), [EntryKind::Found, EntryKind::Accepted]);
    story.wang.round(&app).await;
    story.wang.heal(&app, vec![story.li.signed.clone()]).await;
    story.wang.sync(&app).await;
    story.li.round(&app).await;
    story.li.heal(&app, Vec::new()).await;
    story.li.sync(&app).await;
    cao.sync(&app).await;
    assert!(!healing(&app));
    cao.sync(&app).await;
    assert_eq!(cao.texts(third)[2], "延张调〔2026〕2号", "number 1 was given before the restore");
}

#[tokio::test]
async fn a_checkpoint_in_somebodys_memory_betrays_a_lost_log() {
    let mut story = story().await;
    story.town.clock.advance_minutes(120);
    story.wang.add(story.old, visit("一小时后"), noon(TODAY));
    story.wang.sync(&story.town.app).await;
    story.wang.sync(&story.town.app).await;
    assert!(!story.wang.checkpoints.is_empty());
    let copy = story.copy.clone();
    story.town = story.town.restarted(|data| put_back(data, &copy));
    // It lost its cursor, not its memory.
    story.wang.cursor = None;
    story.wang.heal(&story.town.app, vec![story.li.signed.clone()]).await;
    assert!(healing(&story.town.app));
}

#[tokio::test]
async fn what_somebody_wrote_whom_a_restored_register_does_not_know_waits_for_a_person() {
    let town = Town::new();
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    let data = town.directory.path().join("data").display().to_string();
    let add = [
        "user",
        "add",
        "--data",
        &data,
        "--user",
        "u-new",
        "--name",
        "新测一",
        "--org",
        GRID_7,
        "--role",
        "grid_worker",
        "--from",
        "2026-11-01",
    ];
    told(&tool(&add));
    let mut li = town.device("u-li").await;
    let mut new = town.device("u-new").await;
    let id = new.open_case(1, GRID_7, "新人的事", noon(TODAY));
    new.sync(&town.app).await;
    let town = town.restarted(|data| restore(data, &copy));
    assert!(new.round(&town.app).await.heal);
    let receipts = new.heal(&town.app, Vec::new()).await;
    assert_eq!(receipts[0].verdict, Verdict::Review as i32);
    assert_eq!(heads(&town.app, id), None);
    told(&tool(&add));
    li.sync(&town.app).await;
    assert_eq!(kinds(&li, id), [EntryKind::Found]);
    // The newcomer was told that it waits, and hears what became of it.
    let ask_verdicts = vec![new.batches[&id][0].id().to_vec()];
    let request = SyncRequest { ask_verdicts, ..new.request(Vec::new()) };
    let told = new.exchange(&town.app, &request).await.verdicts.remove(0).receipt.unwrap();
    assert!(told.verdict == ACCEPTED && told.seq > 0, "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn copies_taken_while_people_work_are_sound() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let store = town.database();
    let directory = town.directory.path().to_owned();
    let copies = tokio::task::spawn_blocking(move || {
        (0..6)
            .map(|n| {
                let to = directory.join(format!("copy-{n}.sqlite"));
                yidang_sync_server::store::copy_database(&store, &to).unwrap();
                to
            })
            .collect::<Vec<_>>()
    });
    for n in 1..30 {
        wang.open_case(n, GRID_7, "一件事", noon(TODAY));
        wang.sync(&town.app).await;
    }
    for copy in copies.await.unwrap() {
        let store = yidang_sync_server::store::Store::open(&copy).unwrap();
        let findings =
            store.read::<_, StoreError>("610621", |db| check::check(db, "610621")).unwrap();
        assert_eq!(findings.broken, Vec::<String>::new());
    }
    sound(&town.app);
}

#[tokio::test]
async fn a_copy_is_never_written_over_a_file() {
    let town = Town::new();
    let to = town.directory.path().join("precious");
    std::fs::write(&to, "mine").unwrap();
    assert!(town.app.store().backup(&to).is_err());
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "mine");
}

#[tokio::test]
async fn a_device_that_was_revoked_after_the_copy_stays_revoked() {
    let town = Town::new();
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    let stolen = town.device("u-wang").await;
    let data = town.directory.path().join("data").display().to_string();
    told(&tool(&["user", "revoke", "--data", &data, "--user", "u-wang"]));
    let denied = Err((StatusCode::FORBIDDEN, "revoked".to_owned()));
    let mut request = stolen.sign(&stolen.request(Vec::new()));
    assert_eq!(stolen.send(&town.app, "/v1/sync", &request).await, denied);
    let town = town.restarted(|data| restore(data, &copy));
    request.attached = Some(stolen.signed.clone());
    assert_eq!(stolen.send(&town.app, "/v1/sync", &request).await, denied);
}

#[tokio::test]
async fn what_a_restored_server_wrote_before_anybody_noticed_stands_beside_what_it_wrote_before() {
    let town = Town::new();
    let at = noon(TODAY);
    let mut cao = town.device("u-cao").await;
    let mut wang = town.device("u-wang").await;
    let mut li = town.device("u-li").await;
    let id = wang.open_case(1, GRID_7, "受理了两次的事", at);
    wang.sync(&town.app).await;
    cao.sync(&town.app).await;
    li.sync(&town.app).await;
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    li.add(id, accepted(), at);
    li.sync(&town.app).await;
    wang.sync(&town.app).await;
    let town = town.restarted(|data| put_back(data, &copy));
    // Nobody knows yet, and the same file is accepted and numbered once more.
    cao.add(id, accepted(), at);
    cao.sync(&town.app).await;
    assert_eq!(cao.texts(id)[2], "延张调〔2026〕1号");
    assert!(wang.round(&town.app).await.heal);
    let receipts = wang.heal(&town.app, Vec::new()).await;
    assert!(receipts.iter().all(|receipt| ok(receipt.verdict)), "{receipts:?}");
    cao.heal(&town.app, Vec::new()).await;
    cao.sync(&town.app).await;
    wang.sync(&town.app).await;
    assert_eq!(wang.documents[&id].heads(), cao.documents[&id].heads());
    sound(&town.app);
}

#[tokio::test]
async fn a_copy_of_two_months_ago_waits_for_whoever_was_there_before_it() {
    let mut town = Town::new();
    let mut wang = town.device("u-wang").await;
    let mut cao = town.device("u-cao").await;
    let id = wang.open_case(1, GRID_7, "备份以前的事", noon(TODAY));
    wang.sync(&town.app).await;
    cao.sync(&town.app).await;
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    town.clock.advance_minutes(60 * 24 * 60);
    town = town.restarted(|data| restore(data, &copy));
    assert!(wang.round(&town.app).await.heal);
    wang.heal(&town.app, Vec::new()).await;
    wang.sync(&town.app).await;
    assert!(healing(&town.app), "the other phone may hold what nobody else does");
    assert!(cao.round(&town.app).await.heal);
    cao.heal(&town.app, Vec::new()).await;
    cao.sync(&town.app).await;
    assert!(!healing(&town.app));
    assert_eq!(kinds(&wang, id), [EntryKind::Found]);
}

#[tokio::test]
async fn a_copy_from_before_a_restore_put_back_untold_is_noticed() {
    let mut town = Town::new();
    let at = noon(TODAY);
    let mut wang = town.device("u-wang").await;
    let id = wang.open_case(1, GRID_7, "备份以前的事", at);
    wang.sync(&town.app).await;
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    town = town.restarted(|data| restore(data, &copy));
    wang.round(&town.app).await;
    wang.heal(&town.app, Vec::new()).await;
    wang.sync(&town.app).await;
    assert!(!healing(&town.app));
    wang.add(id, visit("恢复以后的走访"), at);
    wang.sync(&town.app).await;

    town = town.restarted(|data| put_back(data, &copy));
    assert!(!healing(&town.app));
    assert!(wang.round(&town.app).await.heal);
    assert!(healing(&town.app), "the county signed an epoch that this log never had");
    wang.heal(&town.app, Vec::new()).await;
    wang.sync(&town.app).await;
    assert!(!healing(&town.app), "and once it is known, nobody begins another one");
    assert_eq!(kinds(&wang, id), [EntryKind::Found, EntryKind::Visit]);
    sound(&town.app);
}

#[tokio::test]
async fn a_restore_demands_the_list_of_revoked_devices() {
    let town = Town::new();
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    let copied = copy.display().to_string();
    town.restarted(|data| {
        std::fs::remove_file(data.join("revocations")).unwrap();
        let data = data.display().to_string();
        let output = tool(&["restore", "--data", &data, "--from", &copied]);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("revocations") && said.contains("ever revoked"), "{said}");
    });
}
