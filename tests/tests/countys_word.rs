//! What the county signs is kept and can be shown again: devices and servers in one process, with a line that
//! forges when the story wants it, and a server that is put back to an older copy.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use prost::Message;
use serde_json::{Value, json};
use tower::ServiceExt;
use yidang_api::Fault;
use yidang_api::sync::SyncView;
use yidang_documents::ChangeHash;
use yidang_replica::native::{Files, SystemSenses};
use yidang_replica::{Device, DeviceSetup, HttpReply, Outside, Unreachable, answer};
use yidang_sync_protocol::message::MOST_REPLY_BYTES;
use yidang_sync_protocol::{SyncReply, frame};
use yidang_sync_server::store::StoreError;
use yidang_sync_server::{App, Clock, Options, app, county, demo, open, router};

const COUNTY: &str = "610621";

fn held<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What somebody on the line does to a reply.
type Forger = fn(&mut SyncReply);

/// A way to a server that may be another one tomorrow.
#[derive(Clone)]
struct Way {
    server: Arc<Mutex<App>>,
    forger: Arc<Mutex<Option<Forger>>>,
    secrets: Arc<Mutex<Option<Vec<u8>>>>,
    /// Bytes of replies.
    came: Arc<Mutex<usize>>,
}

impl Way {
    fn to(server: &App) -> Self {
        Self {
            server: Arc::new(Mutex::new(server.clone())),
            forger: Arc::default(),
            secrets: Arc::default(),
            came: Arc::default(),
        }
    }

    fn lead_to(&self, server: &App) {
        *held(&self.server) = server.clone();
    }

    fn forges(&self, forger: Option<Forger>) {
        *held(&self.forger) = forger;
    }
}

impl Outside for Way {
    async fn post(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable> {
        let lost = |error: &dyn std::fmt::Display| Unreachable(error.to_string());
        let path = url.trim_start_matches("http://town");
        let request = Request::post(path).body(Body::from(body)).map_err(|error| lost(&error))?;
        let service = router(held(&self.server).clone());
        let reply = service.oneshot(request).await.map_err(|error| lost(&error))?;
        let status = reply.status().as_u16();
        let bytes = to_bytes(reply.into_body(), 64 << 20).await.map_err(|error| lost(&error))?;
        let mut body = bytes.to_vec();
        *held(&self.came) += body.len();
        let forger = *held(&self.forger);
        if let (Some(forger), "/v1/sync", 200) = (forger, path, status) {
            let plain = frame::unpack(&body, MOST_REPLY_BYTES).map_err(|error| lost(&error))?;
            let mut reply = SyncReply::decode(plain.as_slice()).map_err(|error| lost(&error))?;
            forger(&mut reply);
            body = frame::pack(&reply.encode_to_vec());
        }
        Ok(HttpReply { status, body, retry_after_s: None })
    }

    async fn keep(&self, secrets: &[u8]) -> Result<(), Fault> {
        *held(&self.secrets) = Some(secrets.to_vec());
        Ok(())
    }
}

/// Somebody's device.
struct Phone {
    device: Arc<Mutex<Device>>,
    way: Way,
    runtime: tokio::runtime::Runtime,
}

impl Phone {
    fn enrolled(folder: &Path, server: &App, user: &str) -> Result<Self> {
        let way = Way::to(server);
        let setup = DeviceSetup {
            secrets: None,
            stores: Box::new(Files::new(folder)?),
            senses: Box::new(SystemSenses::default()),
            origin: "http://town".to_owned(),
            version: "0.0.0".to_owned(),
        };
        let device = Arc::new(Mutex::new(Device::open(setup)?));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let phone = Self { device, way, runtime };
        let code = server.create_code(&user.into())?;
        phone.ask("enrol", &json!({ "server": "", "code": code, "device_name": "手机" }))?;
        Ok(phone)
    }

    fn ask(&self, name: &str, question: &Value) -> Result<Value> {
        let question = question.to_string();
        match self.runtime.block_on(answer(&self.device, &self.way, None, name, &question)) {
            Ok(reply) => Ok(serde_json::from_str(&reply)?),
            Err(fault) => bail!("{name}: {}", serde_json::to_string(&fault)?),
        }
    }

    fn sync(&self) -> Result<SyncView> {
        Ok(serde_json::from_value(self.ask("sync_now", &json!({}))?)?)
    }

    /// Exchanges until the proofs of everything came, which are asked for in the background.
    fn settle(&self) -> Result<()> {
        (0..4).try_for_each(|_| self.sync().map(drop))
    }

    fn open_case(&self, matter: &str) -> Result<String> {
        let party = json!({ "name": "冯例八", "side": "a", "phone": "" });
        let question = json!({ "matter": matter, "category": "0901", "place": "下盘石村3组",
            "occurred_on": "2026-11-18", "parties": [party], "risk": 3, "source": "01",
            "people": 2, "grid": null, "visit_day": null });
        let opened = self.ask("open_case_file", &question)?;
        Ok(opened["id"].as_str().context("no identifier")?.to_owned())
    }

    fn visit(&self, case: &str, words: &str) -> Result<()> {
        let question = json!({ "case": case, "entry": { "kind": "visit", "words": words },
            "on": "2026-11-20", "heads": [] });
        self.ask("add_entry", &question).map(drop)
    }

    /// How far the last entry of a file has got.
    fn delivery(&self, case: &str) -> Result<String> {
        let view = self.ask("case_file", &json!({ "id": case }))?;
        let entries = view["entries"].as_array().into_iter().flatten();
        let last = entries.max_by_key(|row| row["written"]["at"].as_i64()).context("no entry")?;
        Ok(last["delivery"].as_str().unwrap_or_default().to_owned())
    }

    fn bytes_of_a_sync(&self) -> Result<usize> {
        *held(&self.way.came) = 0;
        self.sync()?;
        Ok(*held(&self.way.came))
    }
}

fn found(folder: &Path) -> Result<App> {
    let options = Options::new(folder);
    app::create(&options, COUNTY, &demo::register(Clock::system().today())?)?;
    open(options)
}

/// A copy of the county as it is, put in place on another machine without a word.
fn copied(server: &App, folder: &Path) -> Result<Options> {
    std::fs::create_dir_all(folder)?;
    server.store().backup(&app::database(folder))?;
    Ok(Options::new(folder))
}

/// The heads of every document of the county.
fn heads(server: &App) -> Result<Vec<([u8; 16], Vec<ChangeHash>)>> {
    let rows = server.store().read::<_, StoreError>(COUNTY, |db| db.documents())?;
    Ok(rows.into_iter().map(|row| (row.id, row.heads)).collect())
}

#[test]
fn taken_is_said_only_with_the_countys_word() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = found(&folder.path().join("server"))?;
    let wang = Phone::enrolled(&folder.path().join("wang"), &server, "u-wang")?;
    let case = wang.open_case("两家争一条地界埂")?;
    wang.way.forges(Some(|reply| reply.placement.clear()));
    wang.sync()?;
    ensure!(wang.delivery(&case)? == "received", "a receipt that nobody signed is none");
    wang.way.forges(Some(|reply| {
        for receipt in &mut reply.receipts {
            receipt.seq += 1;
        }
    }));
    wang.sync()?;
    ensure!(wang.delivery(&case)? == "received", "nor is one that says another place");
    wang.way.forges(None);
    wang.sync()?;
    ensure!(wang.delivery(&case)? == "accepted", "{}", wang.delivery(&case)?);
    Ok(())
}

#[test]
fn a_checkpoint_that_the_county_did_not_sign_is_not_remembered() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = found(&folder.path().join("server"))?;
    let wang = Phone::enrolled(&folder.path().join("wang"), &server, "u-wang")?;
    let case = wang.open_case("两家争一条地界埂")?;
    wang.way.forges(Some(|reply| {
        if let Some(cursor) = &reply.cursor {
            let (checkpoint, signature) = (cursor.cursor.clone(), cursor.signature.clone());
            reply.checkpoint =
                Some(yidang_sync_protocol::SignedCheckpoint { checkpoint, signature });
        }
    }));
    wang.sync()?;
    ensure!(wang.delivery(&case)? == "saved", "nothing of such an answer is believed");
    wang.way.forges(None);
    wang.sync()?;
    ensure!(wang.delivery(&case)? == "accepted", "{}", wang.delivery(&case)?);
    Ok(())
}

#[test]
fn a_computer_gives_back_what_it_only_has_as_saves_and_works_on() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = found(&folder.path().join("server"))?;
    let wang = Phone::enrolled(&folder.path().join("wang"), &server, "u-wang")?;
    let older = copied(&server, &folder.path().join("older"))?;
    let case = wang.open_case("备份以后的事")?;
    wang.sync()?;
    // 李例二's computer is enrolled after that and gets the file whole; no exchange brought its proofs so far.
    let li = Phone::enrolled(&folder.path().join("li"), &server, "u-li")?;
    li.visit(&case, "乡镇的人去看过")?;
    let before = heads(&server)?;
    let older = open(older)?;
    li.way.lead_to(&older);
    li.sync()?;
    li.sync()?;
    let after = heads(&older)?;
    ensure!(after.len() == 1 && before[0].0 == after[0].0, "{after:?}");
    ensure!(after != before, "and what was written here on top of it is there as well");
    ensure!(li.delivery(&case)? == "accepted", "{}", li.delivery(&case)?);
    let findings = older
        .store()
        .read::<_, StoreError>(COUNTY, |db| yidang_sync_server::check::check(db, COUNTY))?;
    ensure!(findings.broken.is_empty(), "{:?}", findings.broken);
    Ok(())
}

#[test]
fn what_the_county_took_comes_back_from_a_colleague_whoever_was_shut_out_since() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = found(&folder.path().join("server"))?;
    let wang = Phone::enrolled(&folder.path().join("wang"), &server, "u-wang")?;
    let older = copied(&server, &folder.path().join("older"))?;
    let case = wang.open_case("备份以后的事")?;
    wang.visit(&case, "备份以后的走访")?;
    wang.sync()?;
    // Whole at first, with the proofs and their places after that.
    let li = Phone::enrolled(&folder.path().join("li"), &server, "u-li")?;
    li.settle()?;
    wang.visit(&case, "第二天的走访")?;
    wang.sync()?;
    let stolen = server.store().read::<_, StoreError>(COUNTY, |db| {
        Ok(db.certificates(Some("u-wang"))?.into_iter().map(|row| row.id).next())
    })?;
    let stolen = stolen.context("no certificate")?;
    let now = server.clock().now();
    server.store().write::<_, StoreError>(COUNTY, |db| county::revoke(db, &stolen, now))?;
    li.settle()?;
    let before = heads(&server)?;
    // The older copy knows nothing of all this; the computer tells who was revoked, and brings the work.
    let older = open(older)?;
    li.way.lead_to(&older);
    li.sync()?;
    ensure!(heads(&older)? == before);
    let revoked = older.store().read::<_, StoreError>(COUNTY, |db| db.revocation(&stolen))?;
    ensure!(revoked.is_some(), "revoked stays revoked");
    wang.way.lead_to(&older);
    wang.visit(&case, "小偷写的")?;
    wang.sync()?;
    ensure!(wang.delivery(&case)? == "saved");
    ensure!(heads(&older)? == before, "what the thief wrote after does not come");
    Ok(())
}

#[test]
fn a_restore_does_not_make_everybody_fetch_everything_again() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = found(&folder.path().join("server"))?;
    let wang = Phone::enrolled(&folder.path().join("wang"), &server, "u-wang")?;
    let words = "到地里看了，两家各说各的，约好过几天再来".repeat(20);
    for number in 0..20 {
        let case = wang.open_case(&format!("第 {number} 条地埂的事"))?;
        wang.visit(&case, &words)?;
    }
    wang.sync()?;
    let li = Phone::enrolled(&folder.path().join("li"), &server, "u-li")?;
    li.settle()?;
    let older = copied(&server, &folder.path().join("older"))?;
    let last = wang.open_case("备份以后的事")?;
    wang.sync()?;
    let complaint = json!({ "about": "usage", "words": "字太小", "contact": "" });
    li.ask("complain", &complaint)?;
    li.settle()?;
    let quiet = li.bytes_of_a_sync()?;
    let older = open(older)?;
    for phone in [&wang, &li] {
        phone.way.lead_to(&older);
    }
    wang.sync()?;
    // One file is new there; the others are the same and stay where they are.
    let healing = li.bytes_of_a_sync()?;
    ensure!(healing < quiet + 2_000, "{healing} bytes after {quiet} on a quiet day");
    ensure!(li.delivery(&last)? == "accepted");
    ensure!(heads(&older)? == heads(&server)?);
    let complaints = older.store().read::<_, StoreError>(COUNTY, |db| db.count_complaints())?;
    ensure!(complaints.0 == 1, "a complaint that was written after the copy is there again");
    Ok(())
}
