//! Whoever runs the server sees how it is, and which devices need help, without reading about people.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use prost::Message;
use yidang_api::FaultCode;
use yidang_api::trouble::{TroubleKind, TroublesQuestion, TroublesView};
use yidang_domain::ids::DocumentId;
use yidang_domain::org::Role;
use yidang_sync_protocol::{
    AskRequest, SignedAsk, SignedBatch, SyncRequest, Trouble, TroubleKind as Told, frame,
};
use yidang_sync_server::store::StoreError;
use yidang_sync_server::{App, Dice, county, metrics_router};

use crate::support::ask::fresh_name;
use crate::support::device::{Device, enrol_request};
use crate::support::{COUNTY, GRID_7, PARKED, REFUSED, TODAY, Town, get, noon, send, visit};

const DAY: i64 = 24 * 60;

async fn metrics(app: &App) -> String {
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let (status, body) = send(metrics_router(app.clone()), request).await;
    assert_eq!(status, StatusCode::OK);
    String::from_utf8(body).unwrap()
}

#[tokio::test]
async fn a_server_that_can_work_says_so() {
    let town = Town::new();
    let (status, body) = get(&town.app, "/v1/ready").await;
    assert_eq!((status, body.as_slice()), (StatusCode::OK, &br#"{"ready":true,"reasons":[]}"#[..]));
}

#[tokio::test]
async fn a_server_whose_devices_do_not_come_back_after_a_restore_says_so_after_a_week() {
    let mut town = Town::new();
    let _wang = town.device("u-wang").await;
    let at = noon(TODAY);
    town.app
        .store()
        .write::<_, StoreError>(COUNTY, |db| county::begin_epoch(db, "a test", &Dice::system(), at))
        .unwrap();
    assert_eq!(get(&town.app, "/v1/ready").await.0, StatusCode::OK, "devices must come to it");
    town.clock.advance_minutes(8 * DAY);
    town = town.restarted(|_| {});
    let (status, body) = get(&town.app, "/v1/ready").await;
    let said = String::from_utf8(body).unwrap();
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(said, r#"{"ready":false,"reasons":["healing_stuck"]}"#);
}

#[tokio::test]
async fn work_is_counted_and_told_on_a_listener_of_its_own() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    wang.open_case(2, "610621999", "不是本县的网格", noon(TODAY));
    wang.sync(&town.app).await;
    assert_eq!(get(&town.app, "/metrics").await.0, StatusCode::NOT_FOUND, "not where devices come");
    assert_eq!(get(&town.app, "/v1/%E7%8E%8B").await.0, StatusCode::NOT_FOUND);
    let text = metrics(&town.app).await;
    let has = |line: &str| text.lines().any(|known| known == line);
    for line in [
        "yidang_requests_total{route=\"sync\",status=\"200\"} 1",
        "yidang_requests_total{route=\"page\",status=\"404\"} 2",
        "yidang_exchange_seconds_count 1",
        "yidang_batches_total{verdict=\"accepted\"} 1",
        "yidang_batches_total{verdict=\"refused\"} 1",
        "yidang_quarantine_batches 1",
        "yidang_inbox_batches 0",
        "yidang_devices_seen_within_days{days=\"1\"} 1",
        "yidang_healing 0",
    ] {
        assert!(has(line), "{line} is not in\n{text}");
    }
}

/// Four devices, each in trouble of its own.
async fn in_trouble(town: &Town) -> Device {
    let at = noon(TODAY);
    let feng = town.administrator().await;
    let mut wang = town.device("u-wang").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    wang.add(id, visit("没交上来的一次"), at);
    wang.outbox.clear();
    wang.add(id, visit("在它之后的一次"), at);
    assert_eq!(wang.sync(&town.app).await[0].verdict, PARKED);
    town.clock.advance_minutes(15 * DAY);
    let mut new_phone = Device::enrolled_again(&town.app, "u-wang", 2).await;
    new_phone.sync(&town.app).await;
    let mut cao = town.device("u-cao").await;
    for n in 1..=5 {
        cao.open_case(n, "610621999", "不是本县的网格", at);
    }
    assert!(cao.sync(&town.app).await.iter().all(|receipt| receipt.verdict == REFUSED));
    let li = town.device("u-li").await;
    let trouble = vec![Trouble::of(Told::Full, 3), Trouble::of(Told::Clock, 26)];
    li.exchange(&town.app, &SyncRequest { trouble, ..li.request(Vec::new()) }).await;
    feng
}

#[tokio::test]
async fn devices_in_trouble_are_found_before_they_complain() {
    let town = Town::new();
    let feng = in_trouble(&town).await;
    let view = feng.ask(&town.app, &TroublesQuestion::default()).await.unwrap();
    assert_eq!((view.devices, view.troubled, view.total), (5, 3, 3), "{view:#?}");
    let counts = [
        (TroubleKind::Full, 1),
        (TroubleKind::Parked, 1),
        (TroubleKind::Refused, 1),
        (TroubleKind::Clock, 1),
        (TroubleKind::Left, 1),
    ];
    assert_eq!(view.counts, counts);
    let kinds = |view: &TroublesView, row: usize| {
        view.rows[row].troubles.iter().map(|it| (it.kind, it.count)).collect::<Vec<_>>()
    };
    assert_eq!(view.rows[0].name, "李例二");
    assert_eq!(kinds(&view, 0), [(TroubleKind::Full, 3), (TroubleKind::Clock, 26)]);
    assert_eq!(view.rows[1].name, "王样一");
    assert_eq!(kinds(&view, 1), [(TroubleKind::Parked, 1), (TroubleKind::Left, 15)]);
    assert_eq!(kinds(&view, 2), [(TroubleKind::Refused, 5)]);
    // Every count opens to its rows.
    for (kind, count) in counts {
        let question = TroublesQuestion { kind: Some(kind), ..TroublesQuestion::default() };
        let narrowed = feng.ask(&town.app, &question).await.unwrap();
        assert_eq!(narrowed.rows.len(), count as usize, "{kind:?}");
        assert_eq!((narrowed.total, narrowed.troubled), (count, 3), "{kind:?}");
        assert!(narrowed.rows.iter().all(|row| row.troubles.iter().any(|it| it.kind == kind)));
    }
    let text = metrics(&town.app).await;
    assert!(text.contains("yidang_devices_in_trouble{kind=\"full\"} 1"), "{text}");
}

#[tokio::test]
async fn what_is_over_is_forgotten() {
    let town = Town::new();
    let feng = town.administrator().await;
    let li = town.device("u-li").await;
    let full = |count| SyncRequest {
        trouble: vec![Trouble::of(Told::Full, count)],
        ..li.request(Vec::new())
    };
    li.exchange(&town.app, &full(1)).await;
    town.clock.advance_minutes(2 * DAY);
    li.exchange(&town.app, &full(4)).await;
    let view = feng.ask(&town.app, &TroublesQuestion::default()).await.unwrap();
    let trouble = view.rows[0].troubles[0];
    assert_eq!((trouble.count, trouble.since), (4, Some(TODAY)), "since it was told first");
    li.exchange(&town.app, &li.request(Vec::new())).await;
    let view = feng.ask(&town.app, &TroublesQuestion::default()).await.unwrap();
    assert_eq!((view.devices, view.troubled, view.counts.len()), (2, 0, 0));
}

#[tokio::test]
async fn a_device_tells_no_more_than_fits_and_words_of_later_versions_are_passed_over() {
    let town = Town::new();
    let feng = town.administrator().await;
    let li = town.device("u-li").await;
    let trouble = (1..100).map(|kind| Trouble { kind, count: u32::MAX }).collect();
    li.exchange(&town.app, &SyncRequest { trouble, ..li.request(Vec::new()) }).await;
    let view = feng.ask(&town.app, &TroublesQuestion::default()).await.unwrap();
    assert_eq!(view.rows[0].troubles.len(), 5, "{view:#?}");
}

#[tokio::test]
async fn nobody_but_the_administrator_reads_how_devices_are() {
    let town = Town::new();
    town.hire("u-hao", "郝演十", COUNTY, Role::CountyClerk);
    for user in ["u-wang", "u-li", "u-hao"] {
        let device = town.device(user).await;
        let no = (FaultCode::NotAllowed, String::new());
        assert_eq!(device.refused(&town.app, &TroublesQuestion::default()).await, no, "{user}");
    }
}

#[tokio::test]
async fn the_doctor_says_how_server_and_devices_are() {
    let town = Town::new();
    let _feng = in_trouble(&town).await;
    let output = Command::new(env!("CARGO_BIN_EXE_sync-server"))
        .args(["doctor", "--data", &town.directory.path().join("data").display().to_string()])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    for words in
        ["the server is ready", "5 devices", "1 full: its storage", "李例二", "full 3 since"]
    {
        assert!(said.contains(words), "{words} is not in\n{said}");
    }
}

/// A server process whose log is read to its end.
struct Process {
    child: Child,
    log: JoinHandle<Vec<String>>,
    address: String,
    metrics: String,
}

impl Process {
    fn start(town: Town) -> (Self, tempfile::TempDir) {
        let Town { directory, app, .. } = town;
        drop(app);
        let data = directory.path().join("data").display().to_string();
        let mut child = Command::new(env!("CARGO_BIN_EXE_sync-server"))
            .args(["serve", "--log", "json", "--data", &data, "--today", "2026-11-20"])
            .args(["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"])
            .env("RUST_LOG", "info,yidang_sync_server=debug")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut seen = Vec::new();
        let mut address_in = |key: &str| loop {
            let line = lines.next().expect("an address").unwrap();
            let json: serde_json::Value = serde_json::from_str(&line).unwrap();
            seen.push(line);
            if let Some(address) = json[key].as_str() {
                return address.to_owned();
            }
        };
        let (address, metrics) = (address_in("address"), address_in("metrics"));
        let log = std::thread::spawn(move || {
            seen.extend(lines.map(Result::unwrap));
            seen
        });
        (Self { child, log, address, metrics }, directory)
    }

    /// Sends a request as it is and gives the answer.
    fn send(&self, address: &str, head: &str, body: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!(
            "{head} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    }

    fn post(&self, path: &str, body: &[u8]) -> Vec<u8> {
        self.send(&self.address, &format!("POST {path}"), body)
    }

    fn sync(&self, device: &Device, request: &SyncRequest) -> Vec<u8> {
        let signed = device.sign(request);
        self.post("/v1/sync", &frame::pack(&signed.encode_to_vec()))
    }

    fn ask(&self, device: &Device, name: &str, json: &str) -> Vec<u8> {
        let ask = AskRequest { ask: fresh_name(), name: name.into(), json: json.into() };
        let signed = SignedAsk::new(&device.signed.id(), &ask, &device.seed);
        self.post("/v1/ask", &frame::pack(&signed.encode_to_vec()))
    }

    fn stop(mut self) -> Vec<String> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
        self.log.join().unwrap()
    }
}

/// What must stand in no log and in no number: a name, a telephone, a citizen number, a sentence.
const PLANTED: [&str; 4] = ["诸葛测九", "12000008765", "610621195803072345", "青石桥下那棵老槐树"];

fn ordinary(process: &Process, wang: &mut Device, feng: &Device) {
    let [name, phone, number, words] = PLANTED;
    let at = noon(TODAY);
    let id: DocumentId = wang.open_case(1, GRID_7, words, at);
    wang.add(id, visit(words), at);
    wang.open_household(9, GRID_7, number, [(name, phone), (name, "")], at);
    let push = std::mem::take(&mut wang.outbox);
    process.sync(wang, &wang.request(push));
    let questions = [
        ("consult_people", format!(r#"{{"text":"{name}","purpose":"{words}","limit":5}}"#)),
        ("users", format!(r#"{{"text":"{phone}","org":null,"offset":0,"limit":5}}"#)),
        ("put_user", format!(r#"{{"user":"","name":"{name}","phone":"{phone}"}}"#)),
        ("put_user", format!(r#"{{"user":"{name}","name":"{name}","phone":"{words}"}}"#)),
        ("make_code", format!(r#"{{"user":"{name}"}}"#)),
        (
            "take_complaint",
            format!(r#"{{"about":"usage","words":"{words}","contact":"{phone}","at":0}}"#),
        ),
        ("take_complaint", format!(r#"{{"about":"{name}"}}"#)),
        ("consult_household", format!(r#"{{"id":"{number}"}}"#)),
        (name, format!(r#""{words}""#)),
    ];
    for (question, json) in questions {
        process.ask(feng, question, &json);
        process.ask(wang, question, &json);
    }
}

fn hostile(process: &Process, wang: &mut Device) {
    let [name, phone, _, words] = PLANTED;
    let at = noon(TODAY);
    for path in ["/v1/enrol", "/v1/sync", "/v1/ask", "/v1/heal", "/v1/demo/code"] {
        process.post(path, PLANTED.join("\n").as_bytes());
        process.post(path, &frame::pack(PLANTED.join("\n").as_bytes()));
    }
    let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for head in [format!("GET /v1/{encoded}?{phone}"), format!("GET /case/{words}")] {
        process.send(&process.address, &head, b"");
        process.send(&process.metrics, &head, b"");
    }
    let mut request = enrol_request("ABCD-EFGH-JKLM", &wang.seed, wang.nonce);
    request.device_name = name.into();
    process.post("/v1/enrol", &frame::pack(&request.encode_to_vec()));
    // Batches that break every rule that comes to mind, with words wherever words fit.
    wang.open_case(3, name, words, at);
    let mut push = std::mem::take(&mut wang.outbox);
    let good = push[0].clone();
    push.push(SignedBatch { signature: words.as_bytes().to_vec(), ..good.clone() });
    push.push(SignedBatch { header: words.as_bytes().to_vec(), ..good.clone() });
    push.push(SignedBatch { changes: vec![words.as_bytes().to_vec()], ..good });
    let header = yidang_sync_protocol::BatchHeader {
        document: vec![7; 16],
        certificate: wang.signed.id().to_vec(),
        org: name.into(),
        home: phone.into(),
        kind: 1,
        ..yidang_sync_protocol::BatchHeader::default()
    };
    push.push(header.sign(vec![words.as_bytes().to_vec()], &wang.seed));
    process.sync(wang, &wang.request(push));
    let mut stranger = wang.clone();
    stranger.seed = yidang_sync_protocol::SigningSeed([77; 32]);
    process.sync(&stranger, &stranger.request(Vec::new()));
}

#[tokio::test]
async fn neither_the_log_nor_the_numbers_say_anything_about_people() {
    let town = Town::new();
    town.hire("u-zhuge", PLANTED[0], COUNTY, Role::CountyClerk);
    let feng = town.administrator().await;
    let mut wang = town.device("u-wang").await;
    let (process, directory) = Process::start(town);
    ordinary(&process, &mut wang, &feng);
    hostile(&process, &mut wang);
    let numbers = process.send(&process.metrics, "GET /metrics", b"");
    let numbers = String::from_utf8(numbers).unwrap();
    assert!(numbers.contains("yidang_batches_total{verdict=\"accepted\"} 3"), "{numbers}");
    let log = process.stop();
    for line in &log {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(json["level"].is_string() && json["message"].is_string(), "{line}");
    }
    let log = log.join("\n");
    for traffic in ["batch refused", "an online question", "\"route\":\"enrol\""] {
        assert!(log.contains(traffic), "{traffic} is not in\n{log}");
    }
    for planted in PLANTED {
        let encoded: String = planted.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let hex: String = planted.bytes().map(|byte| format!("{byte:02x}")).collect();
        for form in [planted, &encoded, &hex] {
            assert!(!log.contains(form), "{planted} is in\n{log}");
            assert!(!numbers.contains(form), "{planted} is in\n{numbers}");
        }
    }
    drop(directory);
}
