//! What was destroyed by order: who may order it, and what the server says to whoever comes with it afterwards.

use prost::Message;
use yidang_api::FaultCode;
use yidang_api::erasure::{AskErasure, ErasuresQuestion, SettleErasure};
use yidang_domain::ids::{DocumentId, UserId};
use yidang_domain::org::Role;
use yidang_sync_protocol::{RecordKind, SignedBatch, SyncRequest, Verdict};
use yidang_sync_server::erase::{EraseError, Order};
use yidang_sync_server::kinds;
use yidang_sync_server::store::StoreError;
use yidang_sync_server::{App, check};

use crate::restore::{backup, healing, put_back, sound, told, tool};
use crate::support::{
    ACCEPTED, COUNTY, DUPLICATE, Device, GRID_7, GRID_8, REFUSED, TODAY, Town, VILLAGE, accepted,
    kinds as entries_of, noon, visit,
};

const WORDS: &str = "青石桥下那棵老槐树";

fn order(document: DocumentId) -> Order {
    let (by, second): (UserId, UserId) = ("u-feng".into(), "u-qian".into());
    Order { document, without: Vec::new(), basis: "延检〔2026〕5号".into(), by, second }
}

/// A county with two administrators, where 王样一 wrote a file and 李例二 has it as well.
async fn story() -> (Town, Device, Device, DocumentId) {
    let town = Town::new();
    town.hire("u-feng", "冯例八", COUNTY, Role::Administrator);
    town.hire("u-qian", "钱演四", COUNTY, Role::Administrator);
    let mut wang = town.device("u-wang").await;
    let case = wang.open_case(1, GRID_7, WORDS, noon(TODAY));
    wang.add(case, visit(WORDS), noon(TODAY));
    wang.sync(&town.app).await;
    let mut li = town.device("u-li").await;
    li.sync(&town.app).await;
    wang.sync(&town.app).await;
    (town, wang, li, case)
}

/// Whether the planted words stand in a file of the server, the log of writes included.
fn is_anywhere(town: &Town) -> bool {
    let files = std::fs::read_dir(town.directory.path().join("data")).unwrap();
    files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .any(|bytes| bytes.windows(WORDS.len()).any(|window| window == WORDS.as_bytes()))
}

fn lying(app: &App) -> (u64, u64, u64) {
    app.store().read::<_, StoreError>(COUNTY, |db| db.count_waiting()).unwrap()
}

#[tokio::test]
async fn two_administrators_answer_for_it_and_a_visit_day_stays() {
    let (town, _, _, case) = story().await;
    let app = &town.app;
    let refused = |order: &Order| app.erase(order).unwrap_err();
    let alone = Order { second: "u-feng".into(), ..order(case) };
    assert!(matches!(refused(&alone), EraseError::Alone));
    let stranger = Order { second: "u-li".into(), ..order(case) };
    assert!(matches!(refused(&stranger), EraseError::NotAdministrator(who) if who.0 == "u-li"));
    let nameless = Order { basis: "  ".into(), ..order(case) };
    assert!(matches!(refused(&nameless), EraseError::Basis));
    let unknown = order(DocumentId::from_bytes([77; 16]));
    assert!(matches!(refused(&unknown), EraseError::Unknown));
    let village = VILLAGE.into();
    let nominal = "2026-11-20".parse().unwrap();
    let day = kinds::visit_day_id(&village, nominal);
    let mut gao = town.device("u-gao").await;
    gao.begin(yidang_domain::entry::DocumentKind::VisitDay, day, VILLAGE);
    gao.set(day, "plan.place", "村委会", noon(TODAY));
    assert_eq!(gao.sync(app).await[0].verdict, ACCEPTED);
    assert!(matches!(refused(&order(day)), EraseError::VisitDay));
    assert!(is_anywhere(&town), "and nothing happened");
    app.erase(&order(case)).unwrap();
    assert!(matches!(refused(&order(case)), EraseError::Before));
    assert!(!is_anywhere(&town));
    sound(app);
}

#[tokio::test]
async fn one_administrator_asks_and_another_one_confirms_on_screen() {
    let (town, wang, _, case) = story().await;
    let app = &town.app;
    let (feng, qian) = (town.device("u-feng").await, town.device("u-qian").await);
    let asking = |document: &str, basis: &str| AskErasure {
        document: document.to_owned(),
        basis: basis.to_owned(),
        without: Vec::new(),
    };
    let name = case.to_string();
    assert_eq!(wang.refused(app, &asking(&name, "文")).await.0, FaultCode::NotAllowed);
    assert_eq!(feng.refused(app, &asking("下盘石村", "文")).await.1, "document");
    assert_eq!(feng.refused(app, &asking(&name, " ")).await.1, "basis");
    let view = feng.ask(app, &asking(&format!(" {name} "), "延检〔2026〕5号")).await.unwrap();
    assert!(view.waiting[0].own && view.waiting[0].place.contains("下盘石村"), "{view:?}");
    let confirm = SettleErasure { document: case, confirm: true };
    assert_eq!(feng.refused(app, &confirm).await.1, "second", "nobody confirms their own");
    assert!(is_anywhere(&town));
    let seen = qian.ask(app, &ErasuresQuestion {}).await.unwrap();
    assert_eq!((seen.waiting[0].by.as_str(), seen.waiting[0].own), ("冯例八", false));
    let again = SettleErasure { document: case, confirm: false };
    assert!(qian.ask(app, &again).await.unwrap().waiting.is_empty(), "taken back");
    assert_eq!(qian.refused(app, &confirm).await.0, FaultCode::NotFound);
    qian.ask(app, &asking(&name, "延检〔2026〕5号")).await.unwrap();
    let done = feng.ask(app, &confirm).await.unwrap();
    assert!(done.waiting.is_empty() && done.erased[0].basis == "延检〔2026〕5号", "{done:?}");
    assert!(done.erased[0].unconfirmed > 0);
    assert!(!is_anywhere(&town));
    sound(app);
}

#[tokio::test]
async fn nothing_of_it_is_kept_whoever_brings_it_in_whatever_way() {
    let (town, mut wang, mut li, case) = story().await;
    let app = &town.app;
    li.add(case, accepted(), noon(TODAY));
    li.sync(app).await;
    let held: Vec<SignedBatch> = wang.batches[&case].clone();
    app.erase(&order(case)).unwrap();
    // What was not sent in time, what is sent once more because the receipt was lost, and the same by a device
    // that is believed no more.
    wang.add(case, visit(&format!("{WORDS}又去看了")), noon(TODAY));
    let late = wang.outbox.clone();
    let reply = wang.exchange(app, &wang.request([held.clone(), late.clone()].concat())).await;
    let verdicts: Vec<i32> = reply.receipts.iter().map(|receipt| receipt.verdict).collect();
    assert_eq!(verdicts[..held.len()], vec![DUPLICATE; held.len()], "it was taken before");
    assert_eq!(
        reply.receipts.last().map(|r| (r.verdict, r.code.as_str())),
        Some((REFUSED, "erased"))
    );
    let told: Vec<[u8; 16]> = reply
        .records
        .iter()
        .filter_map(|record| Some(record.open(&wang.county_key).ok()?.1.tombstone()?.0))
        .collect();
    assert_eq!(told, [*case.as_bytes()], "and they are told why");
    let forged = SignedBatch { signature: vec![0; 64], ..late[0].clone() };
    let id = wang.signed.id();
    let now = app.clock().now();
    app.store()
        .write::<_, StoreError>(COUNTY, |db| yidang_sync_server::county::revoke(db, &id, now))
        .unwrap();
    let push = [late.clone(), vec![forged]].concat();
    let reply = li.exchange(app, &li.request(push)).await;
    assert!(reply.receipts.iter().all(|receipt| receipt.code == "erased"), "{:?}", reply.receipts);
    assert_eq!(lying(app), (0, 0, 0), "neither in the inbox nor parked nor in quarantine");
    assert!(!is_anywhere(&town));
    sound(app);
}

#[tokio::test]
async fn what_waits_in_any_place_goes_with_it() {
    let (town, mut wang, mut li, case) = story().await;
    let app = &town.app;
    // One waits for another that never came, one was refused.
    li.add(case, visit(&format!("{WORDS}前一条")), noon(TODAY));
    let missing = std::mem::take(&mut li.outbox);
    li.add(case, visit(&format!("{WORDS}后一条")), noon(TODAY));
    assert_eq!(li.sync(app).await[0].verdict, Verdict::Parked as i32);
    wang.add(case, accepted(), noon(TODAY));
    assert_eq!(wang.sync(app).await[0].verdict, REFUSED);
    assert_eq!(lying(app), (0, 1, 1));
    app.erase(&order(case)).unwrap();
    assert_eq!(lying(app), (0, 0, 0));
    assert!(!is_anywhere(&town));
    let reply = li.exchange(app, &li.request(missing)).await;
    assert_eq!(reply.receipts[0].code, "erased");
    sound(app);
}

#[tokio::test]
async fn everybody_is_told_and_nobody_gets_it() {
    let (town, mut wang, mut li, case) = story().await;
    let app = &town.app;
    app.erase(&order(case)).unwrap();
    let mut cao = town.device("u-cao").await;
    for device in [&mut wang, &mut li, &mut cao] {
        device.sync(app).await;
        let tombstones = device.records.iter().filter(|record| {
            let (_, record) = record.open(&device.county_key).unwrap();
            record.kind() == RecordKind::Tombstone
        });
        assert_eq!(tombstones.count(), 1, "{}", device.user);
    }
    let data = town.directory.path().join("data").display().to_string();
    let waiting = told(&tool(&["erased", "--data", &data]));
    assert!(waiting.contains("延检〔2026〕5号") && waiting.contains("u-wang"), "{waiting}");
    assert!(!waiting.contains("u-cao"), "enrolled since: it never had it");
    for device in [&mut wang, &mut li] {
        device.sync(app).await;
    }
    let waiting = told(&tool(&["erased", "--data", &data]));
    assert!(waiting.contains("1 documents") && !waiting.contains("not yet"), "{waiting}");
    assert!(!cao.documents.contains_key(&case));
    let want_documents = vec![case.as_bytes().to_vec()];
    let asking = SyncRequest { want_documents, ..li.request(Vec::new()) };
    let reply = li.exchange(app, &asking).await;
    assert!(reply.documents.is_empty() && reply.released == [case.as_bytes().to_vec()]);
}

#[tokio::test]
async fn a_restored_server_does_not_ask_for_it_and_takes_it_neither_as_batch_nor_as_save() {
    let (town, _, mut li, case) = story().await;
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    let other = li.open_case(2, GRID_8, "备份以后的事", noon(TODAY));
    li.sync(&town.app).await;
    town.app.erase(&order(case)).unwrap();
    let town = town.restarted(|data| put_back(data, &copy));
    assert!(!is_anywhere(&town), "erased again before anybody came");
    assert!(healing(&town.app), "the list says that the copy is older");
    assert!(li.round(&town.app).await.heal);
    assert!(li.saves.contains_key(&case), "she has it as a save");
    let given = li.give_back(&town.app, Vec::new()).await;
    assert!(given.receipts.iter().all(|r| r.verdict == ACCEPTED || r.verdict == DUPLICATE));
    assert!(!given.lacking.contains(&case));
    let save = li.saves[&case].clone();
    assert!(save.encoded_len() > 0);
    let request = SyncRequest { snapshots: vec![save], ..li.request(Vec::new()) };
    li.exchange(&town.app, &request).await;
    assert!(!is_anywhere(&town));
    let here = town.app.store().read::<_, StoreError>(COUNTY, |db| db.documents()).unwrap();
    assert_eq!(here.iter().map(|row| row.id).collect::<Vec<_>>(), [*other.as_bytes()]);
    assert_eq!(entries_of(&li, other).len(), 1);
    sound(&town.app);
}

#[tokio::test]
async fn the_command_erases_says_what_is_left_to_the_operator_and_check_proves_it() {
    let (town, _, _, case) = story().await;
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    let document = case.to_string();
    let town = town.restarted(|data| {
        let data = data.display().to_string();
        told(&tool(&["restore", "--data", &data, "--from", &copy.display().to_string()]));
        let basis = "延检〔2026〕5号";
        let erase = ["erase", "--data", &data, "--document", &document, "--basis", basis];
        let alone = tool(&[&erase[..], &["--by", "u-feng", "--second", "u-feng"]].concat());
        assert!(!alone.status.success());
        assert!(String::from_utf8_lossy(&alone.stderr).contains("two different persons"));
        let said = told(&tool(&[&erase[..], &["--by", "u-feng", "--second", "u-qian"]].concat()));
        assert!(said.contains("before-restore-") && said.contains("backups"), "{said}");
        for aside in std::fs::read_dir(&data).unwrap().map(|file| file.unwrap().path()) {
            if aside.to_string_lossy().contains("before-restore-") {
                std::fs::remove_file(aside).unwrap();
            }
        }
        let said = told(&tool(&["check", "--data", &data]));
        assert!(said.contains("all well") && said.contains("was erased by log"), "{said}");
        std::fs::remove_file(std::path::Path::new(&data).join("tombstones")).unwrap();
        let checked = tool(&["check", "--data", &data]);
        let said = String::from_utf8_lossy(&checked.stdout).into_owned();
        assert!(said.contains("BROKEN tombstones"), "{said}");
        let refused = tool(&["restore", "--data", &data, "--from", &copy.display().to_string()]);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains("tombstones") && said.contains("ever erased"), "{said}");
    });
    assert!(!is_anywhere(&town));
    let data = town.directory.path().join("data").display().to_string();
    assert!(told(&tool(&["check", "--data", &data])).contains("all well"), "the start noted it");
}

#[tokio::test]
async fn check_tells_bytes_that_are_gone_without_an_order_and_those_that_are_not_gone() {
    let (town, _, _, case) = story().await;
    let wrong_after = |sql: &str| {
        let copy = tempfile::tempdir().unwrap();
        let path = yidang_sync_server::app::database(copy.path());
        town.app.store().backup(&path).unwrap();
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let store = yidang_sync_server::store::Store::open(&path).unwrap();
        let findings = store.read::<_, StoreError>(COUNTY, |db| check::check(db, COUNTY)).unwrap();
        findings.broken.join("\n")
    };
    let hex: String = case.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let blanked = format!(
        "UPDATE log SET record_hash = zeroblob(32), record = x'' WHERE document = x'{hex}'"
    );
    let said = wrong_after(&blanked);
    assert!(said.contains("no tombstone says so") && said.contains("the chain does not fit"));
    let unsaid = format!("INSERT INTO tombstone VALUES ('{COUNTY}', x'{hex}', 1)");
    let said = wrong_after(&unsaid);
    assert!(
        said.contains("it holds what was erased") && said.contains("document names it"),
        "{said}"
    );
}
