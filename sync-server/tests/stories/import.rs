//! Spreadsheets from the administrator's screen, and what workers wrote meanwhile.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use prost::Message;
use rust_xlsxwriter::Workbook;
use yidang_api::admin::{ImportSheet, ImportState, ImportView};
use yidang_api::import::{ImportFate, ImportFile, wrong_place};
use yidang_api::{Fault, FaultCode};
use yidang_documents::{Document, Projection, guard, project};
use yidang_domain::civil::date_after;
use yidang_domain::entry::DocumentKind;
use yidang_domain::org::{Assignment, Role, Staff};
use yidang_sync_protocol::{AskReply, AskRequest, SignedAsk, frame};
use yidang_sync_server::import::{self, File};
use yidang_sync_server::register::RegisterData;

use crate::support::{COUNTY, Device, GRID_7, TODAY, Town, noon, post};

/// Somebody of the county centre who may import.
async fn administrator(town: &Town) -> Device {
    let user = "u-admin";
    let assignment = Assignment {
        user: user.into(),
        org: COUNTY.into(),
        role: Role::Administrator,
        from: date_after(TODAY, -10),
        to: None,
    };
    let person = Staff { user: user.into(), name: "杜演九".into(), phone: String::new() };
    let data = RegisterData {
        users: vec![person],
        assignments: vec![assignment],
        ..RegisterData::default()
    };
    town.app.put_register(&data).unwrap();
    town.device(user).await
}

/// Asks an online question.
async fn ask<T: serde::de::DeserializeOwned>(
    town: &Town,
    device: &Device,
    name: &str,
    question: &impl serde::Serialize,
) -> Result<T, Fault> {
    static ASKED: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    let number = ASKED.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    let request = AskRequest {
        ask: u128::from(number).to_be_bytes().to_vec(),
        name: name.into(),
        json: serde_json::to_string(question).unwrap(),
    };
    let signed = SignedAsk::new(&device.signed.id(), &request, &device.seed);
    let body = frame::pack(&signed.encode_to_vec());
    let request = axum::http::Request::post("/v1/ask")
        .header("content-length", body.len())
        .body(axum::body::Body::from(body))
        .unwrap();
    let router = yidang_sync_server::router(town.app.clone());
    let (status, body) = crate::support::send(router, request).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
    let body = frame::unpack(&body, 64 << 20).unwrap();
    let reply = AskReply::decode(body.as_slice()).unwrap();
    if reply.fault.is_empty() {
        return Ok(serde_json::from_str(&reply.json).unwrap());
    }
    Err(serde_json::from_str(&reply.fault).unwrap())
}

/// Hands in a file and waits until it is done.
async fn hand_in(town: &Town, device: &Device, bytes: &[u8], apply: bool) -> ImportView {
    hand_in_all(town, device, &[("户籍.xlsx", bytes)], apply).await
}

/// Hands in several files as one import and waits until it is done.
async fn hand_in_all(
    town: &Town,
    device: &Device,
    files: &[(&str, &[u8])],
    apply: bool,
) -> ImportView {
    let file = |(name, bytes): &(&str, &[u8])| ImportFile {
        name: (*name).to_owned(),
        base64: STANDARD.encode(bytes),
    };
    let files = files.iter().map(file).collect();
    let question = ImportSheet { files, apply, ..ImportSheet::default() };
    let first: ImportView = ask(town, device, "import_sheet", &question).await.unwrap();
    assert!(first.running);
    ended(town, device).await
}

/// Waits until an import is done.
async fn ended(town: &Town, device: &Device) -> ImportView {
    let begun = Instant::now();
    let mut done = 0;
    loop {
        let view: ImportView = ask(town, device, "import_state", &ImportState {}).await.unwrap();
        assert!(view.done >= done, "progress moves forward");
        done = view.done;
        if !view.running {
            return view;
        }
        assert!(begun.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn households(address: &str, count: u32) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("户").unwrap();
    for (column, header) in (0_u16..).zip(["户号", "户主", "住址", "网格编码"]) {
        sheet.write_string(0, column, header).unwrap();
    }
    for at in 1..=count {
        sheet.write_string(at, 0, format!("H{at}")).unwrap();
        sheet.write_string(at, 1, "张试三").unwrap();
        sheet.write_string(at, 2, address).unwrap();
        sheet.write_string(at, 3, GRID_7).unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn the_administrator_hands_in_a_sheet_and_sees_how_far_it_is() {
    let town = Town::new();
    let device = administrator(&town).await;
    let check = hand_in(&town, &device, &households("前沟", 20), false).await;
    assert!(!check.applied);
    assert_eq!(check.changes[0].added, 20);
    let taken = hand_in(&town, &device, &households("前沟", 20), true).await;
    assert!(taken.applied);
    assert_eq!((taken.done, taken.of), (20, 20));
    let again = hand_in(&town, &device, &households("前沟", 20), true).await;
    assert_eq!((again.changes[0].added, again.changes[0].same), (0, 20));
    let bad = hand_in(&town, &device, b"PK\x03\x04 and nothing else", true).await;
    assert!(bad.refused.contains("已损坏"));
}

/// A window of before asks with one file beside the list; it is answered as before.
#[tokio::test]
async fn an_older_window_sends_one_file() {
    let town = Town::new();
    let device = administrator(&town).await;
    let question = serde_json::json!({
        "name": "户籍.xlsx",
        "base64": STANDARD.encode(households("前沟", 1)),
        "apply": false,
    });
    let begun: ImportView = ask(&town, &device, "import_sheet", &question).await.unwrap();
    assert_eq!((begun.name.as_str(), begun.running), ("户籍.xlsx", true));
    let view = ended(&town, &device).await;
    assert_eq!((view.changes[0].added, view.applied), (1, false));
}

/// 杜演九 hands in the grids and who works there together, sees each change by name, and one bad row
/// in the one file holds the other back.
#[tokio::test]
async fn several_files_are_one_import_on_the_screen_too() {
    let town = Town::new();
    let device = administrator(&town).await;
    let grids = "网格编码,网格名称\n6106211032032991,新格一\n".as_bytes();
    let workers = "姓名,网格编码\n曹试九九,6106211032032991\n".as_bytes();
    let bad = "姓名,网格编码\n曹试九九,6106211032032777\n".as_bytes();
    let view =
        hand_in_all(&town, &device, &[("workers.csv", bad), ("grids.csv", grids)], true).await;
    assert_eq!((view.wrong_total, view.applied), (1, false));
    assert_eq!(wrong_place(&view.wrong[0]), "workers.csv 第 2 行");
    let files = [("workers.csv", workers), ("grids.csv", grids)];
    let check = hand_in_all(&town, &device, &files, false).await;
    let told: Vec<(&str, &str)> =
        check.listed.iter().map(|line| (line.kind.as_str(), line.name.as_str())).collect();
    assert_eq!(told, [("网格", "新格一"), ("网格员", "曹试九九"), ("任职", "曹试九九")]);
    assert!(check.listed.iter().all(|line| line.fate == ImportFate::Added));
    let view = hand_in_all(&town, &device, &files, true).await;
    assert_eq!((view.applied, view.name.as_str()), (true, "grids.csv、workers.csv"));
}

#[tokio::test]
async fn nobody_else_may_import() {
    let town = Town::new();
    let worker = town.device("u-wang").await;
    let question = ImportSheet { name: "x".into(), apply: true, ..ImportSheet::default() };
    let refused = ask::<ImportView>(&town, &worker, "import_sheet", &question).await;
    assert_eq!(refused.unwrap_err().code, FaultCode::NotAllowed);
    let refused = ask::<ImportView>(&town, &worker, "import_state", &ImportState {}).await;
    assert_eq!(refused.unwrap_err().code, FaultCode::NotAllowed);
}

/// A file beyond the ordinary size of a request arrives.
#[tokio::test]
async fn a_large_file_arrives() {
    let town = Town::new();
    let device = administrator(&town).await;
    let mut state = 1_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0] | 1
    })
    .take(2 << 20)
    .collect();
    // One that packs to little and one that does not.
    for bytes in [vec![b'x'; 3 << 20], noise] {
        let view = hand_in(&town, &device, &bytes, false).await;
        assert!(!view.refused.is_empty());
    }
    let body = vec![0; 40 << 20];
    let (status, _) = post(&town.app, "/v1/ask", body).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// The device of a worker takes what was imported, changes it without a network, and both values
/// show when a newer sheet says a third thing.
#[tokio::test]
async fn a_worker_s_word_and_a_newer_sheet_stand_side_by_side() {
    let town = Town::new();
    let device = administrator(&town).await;
    hand_in(&town, &device, &households("前沟", 2), true).await;
    let mut worker = town.device("u-wang").await;
    worker.sync(&town.app).await;
    let homes: Vec<_> = worker
        .documents
        .values()
        .filter(|document| document.kind() == DocumentKind::Household)
        .map(Document::id)
        .collect();
    assert_eq!(homes.len(), 2);
    worker.set(homes[0], "facts.address", "新村3排", noon(TODAY));
    let receipts = worker.sync(&town.app).await;
    assert_eq!(receipts[0].verdict, crate::support::ACCEPTED);

    let files = [File { name: "新户籍.xlsx".into(), bytes: households("后沟", 2) }];
    let view = import::run(&town.app, &files, true, &|_, _| {}).unwrap();
    assert_eq!((view.changes[0].changed, view.changes[0].clashes), (2, 1));
    worker.sync(&town.app).await;
    let clashes = |id| match project(&worker.documents[&id]) {
        Projection::Household(home) => home.common.clashes,
        _ => panic!("no household"),
    };
    let found = clashes(homes[0]);
    assert_eq!(found.len(), 1);
    let values: Vec<String> = found[0].values.iter().map(|v| v.value.as_text()).collect();
    assert!(values.contains(&"新村3排".into()) && values.contains(&"后沟".into()));
    assert!(clashes(homes[1]).is_empty());
    // Devices admit every change of the server, in the order in which it stands on others.
    let document = &worker.documents[&homes[0]];
    let mut rebuilt = Document::begin(document.kind(), document.id(), document.home()).unwrap();
    for (_, bytes) in document.changes_since(&rebuilt.heads()) {
        let actor = guard::scan(&bytes).unwrap().actor.try_into().unwrap();
        guard::admit(&mut rebuilt, &actor, &bytes).unwrap();
    }
    assert_eq!(rebuilt.heads(), document.heads());
    guard::survives(&rebuilt).unwrap();
    // What the server wrote stands every test of the log and of its documents.
    let findings =
        town.app.store().read(COUNTY, |db| yidang_sync_server::check::check(db, COUNTY)).unwrap();
    assert_eq!(findings.broken, Vec::<String>::new());
}
