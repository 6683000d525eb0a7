//! The server as its administrator and the browser meet it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::support::{GRID_7, TODAY, Town, get, noon, post, send, visit};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt;
use yidang_api::session::DemoPerson;
use yidang_sync_server::store::StoreError;
use yidang_sync_server::{App, Clock, Options, check, open, router};

#[tokio::test]
async fn health_is_told_in_two_letters() {
    let town = Town::new();
    assert_eq!(get(&town.app, "/v1/health").await, (StatusCode::OK, b"ok".to_vec()));
    assert_eq!(get(&town.app, "/v1/nothing").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_county_that_is_no_demo_has_nobody_to_try_out() {
    let town = Town::new();
    assert_eq!(get(&town.app, "/v1/demo/people").await.0, StatusCode::NOT_FOUND);
    let (status, _) = post(&town.app, "/v1/demo/code", b"{\"user\":\"u-wang\"}".to_vec()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_demo_county_is_made_once_and_offers_its_people_on_this_machine_only() {
    let directory = tempfile::tempdir().unwrap();
    let options =
        Options::demo(directory.path().join("data")).with_clock(Clock::fixed(noon(TODAY)));
    let app = open(options.clone()).unwrap();
    let (status, body) = get(&app, "/v1/demo/people").await;
    assert_eq!(status, StatusCode::OK);
    let people: Vec<DemoPerson> = serde_json::from_slice(&body).unwrap();
    let first: Vec<&str> = people.iter().take(3).map(|person| person.user.as_str()).collect();
    assert_eq!(first, ["u-wang", "u-li", "u-hao"]);
    let mut elsewhere = Request::get("/v1/demo/people").body(Body::empty()).unwrap();
    let peer: std::net::SocketAddr = "192.0.2.7:4711".parse().unwrap();
    elsewhere.extensions_mut().insert(axum::extract::ConnectInfo(peer));
    assert_eq!(send(router(app.clone()), elsewhere).await.0, StatusCode::NOT_FOUND);
    let handed_on = Request::get("/v1/demo/people").header("x-forwarded-for", "192.0.2.7");
    let handed_on = handed_on.body(Body::empty()).unwrap();
    assert_eq!(send(router(app.clone()), handed_on).await.0, StatusCode::NOT_FOUND);
    let (status, _) = post(&app, "/v1/demo/code", b"{\"user\":\"u-wang\"}".to_vec()).await;
    assert_eq!(status, StatusCode::OK);
    demo_is_as_told(&app).await;
    drop(app);
    let again = open(options).unwrap();
    assert_eq!(count(&again), 65 + 432, "the second start makes nothing anew");
}

fn count(app: &App) -> u64 {
    let counts = app.store().read::<_, StoreError>("610621", |db| db.count_documents()).unwrap();
    counts.into_iter().map(|(_, count)| count).sum()
}

async fn demo_is_as_told(app: &App) {
    let mut hao = crate::support::Device::enrolled(app, "u-hao").await;
    hao.sync(app).await;
    assert_eq!(hao.documents.len(), 25 + 40);
    let stages = |stage: &str| {
        hao.documents
            .values()
            .filter(|document| match yidang_documents::project(document) {
                yidang_documents::Projection::CaseFile(case) => {
                    serde_json::to_value(case.stage).unwrap() == stage
                }
                _ => false,
            })
            .count()
    };
    let told = ["found", "returned", "accepted", "close_asked", "closed"].map(stages);
    assert_eq!(told, [6, 1, 12 + 10, 2 + 2, 3 + 28], "told by hand, and invented");
    let clashes: usize = hao
        .documents
        .values()
        .map(|document| yidang_documents::project(document).common().clashes.len())
        .sum();
    assert_eq!(clashes, 1);
    let findings =
        app.store().read::<_, StoreError>("610621", |db| check::check(db, "610621")).unwrap();
    assert_eq!(findings.broken, Vec::<String>::new());
}

#[tokio::test]
async fn the_same_demo_is_made_on_the_same_day() {
    let make = || {
        let directory = tempfile::tempdir().unwrap();
        let options =
            Options::demo(directory.path().join("data")).with_clock(Clock::fixed(noon(TODAY)));
        let app = open(options).unwrap();
        app.store().read::<_, StoreError>("610621", |db| Ok(db.county()?.chain)).unwrap()
    };
    assert_eq!(make(), make());
}

#[tokio::test]
async fn a_flipped_byte_is_found_wherever_it_is() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    wang.add(id, visit("到地里看了"), noon(TODAY));
    wang.sync(&town.app).await;
    let data = town.directory.path().join("data");
    let path = town.database();
    let Town { directory, app, .. } = town;
    drop(app);
    let checked = || {
        let output = Command::new(env!("CARGO_BIN_EXE_sync-server"))
            .args(["check", "--data", &data.display().to_string()])
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(checked().0, Some(0));
    let sound = std::fs::read(&path).unwrap();
    for (table, column, says) in [
        ("log", "record", "the chain does not fit"),
        ("log", "chain", "the chain does not fit"),
        ("change", "bytes", "a change has another hash"),
        ("change", "hash", "a change has another hash"),
        ("document", "heads", "other heads"),
        ("certificate", "bytes", "foreign_county"),
    ] {
        let connection = rusqlite::Connection::open(&path).unwrap();
        let (row, mut bytes): (i64, Vec<u8>) = connection
            .query_row(
                &format!("SELECT rowid, {column} FROM {table} ORDER BY rowid DESC LIMIT 1"),
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        let sql = format!("UPDATE {table} SET {column} = ?1 WHERE rowid = ?2");
        connection.execute(&sql, rusqlite::params![bytes, row]).unwrap();
        drop(connection);
        let (code, report) = checked();
        assert_eq!(code, Some(1), "{table}.{column}");
        assert!(report.contains(says), "{table}.{column}: {report}");
        std::fs::write(&path, &sound).unwrap();
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(data.join(format!("county.sqlite{suffix}")));
        }
    }
    assert_eq!(checked().0, Some(0));
    drop(directory);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_on_the_machine_reads_the_data() {
    use std::os::unix::fs::PermissionsExt;
    let town = Town::new();
    let _wang = town.device("u-wang").await;
    let data = town.directory.path().join("data");
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for entry in std::fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[tokio::test]
async fn two_servers_do_not_share_a_directory() {
    let town = Town::new();
    assert!(open(town.options()).is_err());
}

#[tokio::test]
async fn pages_are_served_with_what_browsers_need() {
    let town = Town::new();
    let web = town.directory.path().join("web");
    std::fs::create_dir_all(web.join("v/1a2b")).unwrap();
    std::fs::write(web.join("index.html"), "<title>一档通</title>").unwrap();
    std::fs::write(web.join("sw.js"), "//").unwrap();
    std::fs::write(web.join("v/1a2b/ui.wasm"), "plain").unwrap();
    std::fs::write(web.join("v/1a2b/ui.wasm.br"), "small").unwrap();
    let town = town.restarted(|_| {});
    let options = Options { web: Some(web), ..town.options() };
    let Town { app, directory, .. } = town;
    drop(app);
    let app = open(options).unwrap();
    let fetch = |path: &'static str, brotli: bool| {
        let mut request = Request::get(path);
        if brotli {
            request = request.header(header::ACCEPT_ENCODING, "gzip, br");
        }
        let request = request.body(Body::empty()).unwrap();
        let service = router(app.clone());
        async move {
            let response = service.oneshot(request).await.unwrap();
            let header = |name: header::HeaderName| {
                response
                    .headers()
                    .get(name)
                    .map(|value| value.to_str().unwrap().to_owned())
                    .unwrap_or_default()
            };
            let told = (header(header::CACHE_CONTROL), header(header::CONTENT_ENCODING));
            let isolated = header(header::HeaderName::from_static("cross-origin-opener-policy"));
            assert_eq!(isolated, "same-origin");
            assert_eq!(header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
            let status = response.status();
            let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
            (status, told.0, told.1, String::from_utf8(body.to_vec()).unwrap())
        }
    };
    let immutable = "public, max-age=31536000, immutable";
    let (status, cache, encoding, body) = fetch("/v/1a2b/ui.wasm", true).await;
    assert_eq!(
        (status, cache.as_str(), encoding.as_str(), body.as_str()),
        (StatusCode::OK, immutable, "br", "small")
    );
    let (_, cache, encoding, body) = fetch("/v/1a2b/ui.wasm", false).await;
    assert_eq!((cache.as_str(), encoding.as_str(), body.as_str()), (immutable, "", "plain"));
    for page in ["/", "/index.html", "/case/0190", "/today"] {
        let (status, cache, _, body) = fetch(page, true).await;
        assert_eq!((status, cache.as_str()), (StatusCode::OK, "no-cache"), "{page}");
        assert!(body.contains("一档通"), "{page}");
    }
    assert_eq!(fetch("/sw.js", true).await.1, "no-cache");
    let missing = ["/missing.js", "/v/9/missing", "/v/9/missing.js", "/v1/missing"];
    for path in missing {
        assert_eq!(fetch(path, true).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    std::fs::write(directory.path().join("secret"), "geheim").unwrap();
    for path in ["/../secret", "/%2e%2e/secret", "/v/../../secret", "//secret"] {
        assert!(!fetch(path, true).await.3.contains("geheim"), "{path}");
    }
    drop(directory);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_is_asked_to_come_again_instead_of_waiting() {
    let town = Town::new();
    let options = Options { most_requests: 1, ..town.options() };
    let Town { app, directory, .. } = town;
    drop(app);
    let app = open(options).unwrap();
    let wang = crate::support::Device::enrolled(&app, "u-wang").await;
    let service = router(app.clone());
    let body = yidang_sync_protocol::frame::pack(&prost::Message::encode_to_vec(
        &wang.sign(&wang.request(Vec::new())),
    ));
    let mut crowd = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let request = Request::post("/v1/sync").body(Body::from(body.clone())).unwrap();
        crowd.spawn(service.clone().oneshot(request));
    }
    let mut busy = 0;
    let mut served = 0;
    while let Some(response) = crowd.join_next().await {
        let response = response.unwrap().unwrap();
        match response.status() {
            StatusCode::OK => served += 1,
            StatusCode::SERVICE_UNAVAILABLE => {
                assert!(response.headers().contains_key(header::RETRY_AFTER));
                busy += 1;
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!(busy + served, 40);
    assert!(busy > 0 && served > 0, "{busy} busy, {served} served");
    drop(directory);
}

#[test]
fn the_program_serves_a_demo_and_stops_when_asked() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data").display().to_string();
    let mut program = Command::new(env!("CARGO_BIN_EXE_sync-server"))
        .args(["demo", "--data", &data, "--listen", "127.0.0.1:0", "--today", "2026-11-20"])
        .env("NO_COLOR", "1")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stderr.take().unwrap()).lines();
    let address = lines
        .find_map(|line| {
            let line = line.unwrap();
            let (_, rest) = line.split_once("address=")?;
            rest.split_whitespace().next().map(str::to_owned)
        })
        .expect("an address");
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.write_all(b"GET /v1/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"), "{answer}");
    let stopped = Command::new("kill").args(["-TERM", &program.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    assert!(program.wait().unwrap().success());
}
