//! What somebody wrote reaches the county or stands before them with its reason, whatever the server said
//! of something else, and whatever became of their device. Server and devices in one process.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use prost::Message;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use yidang_api::Fault;
use yidang_documents::guard::scan;
use yidang_domain::calendar::yanchang_2026;
use yidang_domain::civil::date_after;
use yidang_domain::org::{Assignment, Role};
use yidang_replica::native::{Files, SystemSenses};
use yidang_replica::{Device, DeviceSetup, HttpReply, Outside, Unreachable, answer};
use yidang_sync_protocol::message::{MOST_REPLY_BYTES, MOST_REQUEST_BYTES};
use yidang_sync_protocol::{
    BatchVerdict, Decision, Receipt, Record, RecordKind, SignedBatch, SignedRecord, SignedRequest,
    SyncReply, SyncRequest, Verdict, frame,
};
use yidang_sync_server::register::RegisterData;
use yidang_sync_server::store::{Db, StoreError};
use yidang_sync_server::{App, Clock, Options, app, demo, open, router};

#[path = "own_work/undone.rs"]
mod undone;

const COUNTY: &str = "610621";

fn held<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a server of a later version answers where this one refuses a batch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Without a word on which change is to blame.
    Plain,
    /// It names the first change.
    BlamesTheFirst,
    /// It asks a person first, and tells when it is asked about the batch.
    TellsLater,
    /// It takes the second batch, and says later in a record alone that it undid it.
    UndoesTheSecond,
}

/// Batches with what the server will say of them.
type Later = Arc<Mutex<Vec<(Vec<u8>, Receipt)>>>;

/// A way to the server, and where the secrets of an installation are kept.
#[derive(Clone)]
struct Way {
    server: App,
    has_signal: Arc<Mutex<bool>>,
    secrets: Arc<Mutex<Option<Vec<u8>>>>,
    manner: Manner,
    later: Later,
    pushed: Arc<Mutex<Vec<SignedBatch>>>,
}

impl Way {
    fn to(server: &App) -> Self {
        let (server, has_signal) = (server.clone(), Arc::new(Mutex::new(true)));
        let (secrets, later, pushed) = (Arc::default(), Arc::default(), Arc::default());
        Self { server, has_signal, secrets, manner: Manner::Plain, later, pushed }
    }

    /// The same for a copy of an installation: with the secrets as they are now, and its own from here on.
    fn copied(&self) -> Self {
        let secrets = Arc::new(Mutex::new(held(&self.secrets).clone()));
        Self { secrets, ..Self::to(&self.server) }
    }

    fn signal(&self, has_signal: bool) {
        *held(&self.has_signal) = has_signal;
    }

    /// The county's word that it undid the only change of a batch.
    fn undoing(&self, batch: &SignedBatch) -> Option<SignedRecord> {
        let hash = scan(batch.changes.first()?).ok()?.hash;
        let decision = Decision {
            verdict: Verdict::Reverted.into(),
            rule: "closed_meanwhile".to_owned(),
            undone: hash.to_vec(),
            certificate: batch.read().ok()?.certificate,
        };
        let record = Record {
            epoch: vec![8; 16],
            seq: 1,
            kind: RecordKind::Decision.into(),
            subject: batch.id().to_vec(),
            body: decision.encode_to_vec(),
            ..Record::default()
        };
        Some(record.sign(&self.server.county().seed))
    }

    /// The answer in the manner of this way.
    fn answered(&self, request: &[u8], reply: &[u8]) -> Option<Vec<u8>> {
        let signed = frame::unpack(request, MOST_REQUEST_BYTES).ok()?;
        let signed = SignedRequest::decode(signed.as_slice()).ok()?;
        let request = SyncRequest::decode(signed.request.as_slice()).ok()?;
        let reply = frame::unpack(reply, MOST_REPLY_BYTES).ok()?;
        let mut reply = SyncReply::decode(reply.as_slice()).ok()?;
        let mut later = held(&self.later);
        for (id, receipt) in later.iter().filter(|(id, _)| request.ask_verdicts.contains(id)) {
            let (batch, receipt) = (id.clone(), Some(receipt.clone()));
            reply.verdicts.push(BatchVerdict { batch, receipt });
        }
        if self.manner == Manner::UndoesTheSecond {
            let mut pushed = held(&self.pushed);
            pushed.extend(request.push.iter().cloned());
            if request.push.is_empty() && pushed.len() == 2 {
                reply.records.extend(self.undoing(&pushed.pop()?));
            }
        }
        let is_refused = |receipt: &&mut Receipt| receipt.verdict == Verdict::Refused as i32;
        for receipt in reply.receipts.iter_mut().filter(is_refused) {
            match self.manner {
                Manner::Plain | Manner::UndoesTheSecond => {}
                Manner::BlamesTheFirst => receipt.rule.clone_from(&receipt.code),
                Manner::TellsLater => {
                    let batch = request.push.get(usize::try_from(receipt.index).ok()?)?;
                    receipt.rule.clone_from(&receipt.code);
                    "请先问问镇上".clone_into(&mut receipt.reason);
                    later.push((batch.id().to_vec(), receipt.clone()));
                    receipt.verdict = Verdict::Review as i32;
                }
            }
        }
        Some(frame::pack(&reply.encode_to_vec()))
    }
}

impl Outside for Way {
    async fn post(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable> {
        let lost = |error: &dyn std::fmt::Display| Unreachable(error.to_string());
        if !*held(&self.has_signal) {
            return Err(lost(&"no signal"));
        }
        let path = url.trim_start_matches("http://town");
        let asked = Body::from(body.clone());
        let request = Request::post(path).body(asked).map_err(|error| lost(&error))?;
        let service = router(self.server.clone());
        let reply = service.oneshot(request).await.map_err(|error| lost(&error))?;
        let status = reply.status().as_u16();
        let bytes = to_bytes(reply.into_body(), 64 << 20).await.map_err(|error| lost(&error))?;
        let is_exchange = path == "/v1/sync" && status == 200;
        let changed = if is_exchange { self.answered(&body, &bytes) } else { None };
        let body = changed.unwrap_or_else(|| bytes.to_vec());
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
    /// Starts the device whose databases lie in `folder`.
    fn start(folder: &Path, way: &Way) -> Result<Self> {
        let setup = DeviceSetup {
            secrets: held(&way.secrets).clone(),
            stores: Box::new(Files::new(folder)?),
            senses: Box::new(SystemSenses::default()),
            origin: "http://town".to_owned(),
            version: "0.0.0".to_owned(),
        };
        let device = Arc::new(Mutex::new(Device::open(setup)?));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { device, way: way.clone(), runtime })
    }

    /// Enrols this device for `user` with a new code.
    fn enrol(&self, user: &str) -> Result<()> {
        let code = self.way.server.create_code(&user.into())?;
        self.ask("enrol", &json!({ "server": "", "code": code, "device_name": "手机" }))?;
        Ok(())
    }

    fn ask(&self, name: &str, question: &Value) -> Result<Value> {
        let question = question.to_string();
        match self.runtime.block_on(answer(&self.device, &self.way, None, name, &question)) {
            Ok(reply) => Ok(serde_json::from_str(&reply)?),
            Err(fault) => bail!("{name}: {}", serde_json::to_string(&fault)?),
        }
    }

    fn sync(&self) -> Result<Value> {
        self.ask("sync_now", &json!({}))
    }

    /// Exchanges until the county has everything: proofs come one request at a time.
    fn settle(&self) -> Result<Value> {
        for _ in 0..4 {
            self.sync()?;
        }
        self.sync()
    }

    fn case(&self, id: &str) -> Result<Value> {
        self.ask("case_file", &json!({ "id": id }))
    }

    /// Opens a case file with one party.
    fn open_case(&self, matter: &str) -> Result<String> {
        let party = json!({ "name": "冯例八", "side": "a", "phone": "12000000008" });
        let question = json!({ "matter": matter, "category": "0901", "place": "下盘石村3组",
            "occurred_on": "2026-11-18", "parties": [party], "risk": 3, "source": "01",
            "people": 2, "grid": null, "visit_day": null });
        let opened = self.ask("open_case_file", &question)?;
        Ok(opened["id"].as_str().context("no identifier")?.to_owned())
    }

    fn entry(&self, case: &str, entry: &Value) -> Result<Value> {
        let heads = self.case(case)?["heads"].clone();
        let question = json!({ "case": case, "entry": entry, "on": "2026-11-20", "heads": heads });
        self.ask("add_entry", &question)
    }

    fn visit(&self, case: &str, words: &str) -> Result<Value> {
        self.entry(case, &json!({ "kind": "visit", "words": words }))
    }

    fn rejected(&self) -> Result<Vec<Value>> {
        let rows = self.ask("rejected", &json!({ "document": null }))?;
        Ok(rows.as_array().cloned().unwrap_or_default())
    }
}

/// What the visits of a file say, in order of the alphabet.
fn visits(view: &Value) -> Vec<String> {
    let entries = view["entries"].as_array().cloned().unwrap_or_default();
    let visits = entries.iter().filter(|entry| entry["kind"] == "visit");
    let mut texts: Vec<String> =
        visits.filter_map(|entry| entry["text"].as_str().map(str::to_owned)).collect();
    texts.sort();
    texts
}

/// A county of demo people, with 王样一 and her telephone.
struct Town {
    folder: TempDir,
    server: App,
    way: Way,
}

impl Town {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let options = Options::new(folder.path().join("server"));
        app::create(&options, COUNTY, &demo::register(Clock::system().today())?)?;
        let server = open(options)?;
        let way = Way::to(&server);
        Ok(Self { folder, server, way })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn phone(&self, name: &str, way: &Way, user: &str) -> Result<Phone> {
        let phone = Phone::start(&self.at(name), way)?;
        phone.enrol(user)?;
        phone.settle()?;
        Ok(phone)
    }

    /// The visits of a file as the county has them: on the computer of somebody who never was here.
    fn visits_in_the_county(&self, name: &str, case: &str) -> Result<Vec<String>> {
        let hao = self.phone(name, &Way::to(&self.server), "u-hao")?;
        Ok(visits(&hao.case(case)?))
    }

    /// From today on 李例二 mediates in her township and judges no more.
    fn li_judges_no_more(&self) -> Result<()> {
        let register = self.server.register()?;
        let li = "u-li".into();
        let judged = register.assignments_of(&li).next().context("no post")?.clone();
        let today = Clock::system().today();
        let mediates =
            Assignment { role: Role::Mediator, from: date_after(today, -1), ..judged.clone() };
        let ended = Assignment { to: Some(date_after(today, -1)), ..judged };
        let data = RegisterData {
            assignments: vec![ended, mediates],
            calendar: yanchang_2026(),
            ..RegisterData::default()
        };
        Ok(self.server.put_register(&data)?)
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for file in std::fs::read_dir(from)? {
        let file = file?;
        std::fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}

fn numbered(words: &str, count: usize) -> Vec<String> {
    let mut all: Vec<String> = (0..count).map(|nth| format!("{words}{nth:02}")).collect();
    all.sort();
    all
}

#[test]
fn one_thing_is_refused_and_the_fifty_behind_it_reach_the_county() -> Result<()> {
    let town = Town::new()?;
    let li = town.phone("li", &town.way, "u-li")?;
    let case = li.open_case("争一行梨树")?;
    li.settle()?;

    // In a gully without signal she accepts the file, adds somebody to it, and goes there fifty times.
    town.way.signal(false);
    town.li_judges_no_more()?;
    li.entry(&case, &json!({ "kind": "accepted" }))?;
    let heads = li.case(&case)?["heads"].clone();
    let party = json!({ "name": "赵测三", "side": "b", "phone": "" });
    li.ask("add_party", &json!({ "case": case, "party": party, "heads": heads }))?;
    for words in numbered("去第", 50) {
        li.visit(&case, &words)?;
    }
    let before = li.case(&case)?;
    let added = before["parties"][1]["key"].clone();
    li.ask("save_draft", &json!({ "form": format!("entry/{case}"), "content": "写了一半" }))?;

    town.way.signal(true);
    let view = li.settle()?;
    ensure!(view["waiting"] == 0, "everything left is at the county: {view}");
    ensure!(visits(&li.case(&case)?) == numbered("去第", 50), "she still sees all of it");
    ensure!(town.visits_in_the_county("hao", &case)? == numbered("去第", 50), "once each");

    // What was refused is out of the file and before her, with its reason.
    ensure!(li.case(&case)?["row"]["stage"] == "found", "nobody accepted it");
    let rejected = li.rejected()?;
    ensure!(rejected.len() == 1, "{rejected:?}");
    ensure!(rejected[0]["title"].as_str().is_some_and(|title| title.starts_with("受理")));
    ensure!(rejected[0]["why"] == "你现在的任职不能这样办", "{}", rejected[0]);
    ensure!(rejected[0]["again"]["entry"]["kind"] == "accepted", "{}", rejected[0]);
    ensure!(view["needs"].as_array().is_some_and(|needs| needs.len() == 1), "{view}");

    // Forms that were open meanwhile, and what was half written, go on as if nothing had been.
    let phone = json!({ "case": case, "party": added, "field": "phone", "value": "12000000003",
        "heads": before["heads"] });
    li.ask("set_party_field", &phone)?;
    ensure!(li.case(&case)?["parties"][1]["phone"] == "12000000003");
    let draft = li.ask("draft", &json!({ "form": format!("entry/{case}") }))?;
    ensure!(draft["content"] == "写了一半", "{draft}");

    // She is done with it, and it is gone.
    li.ask("drop_rejected", &json!({ "id": rejected[0]["id"] }))?;
    ensure!(li.rejected()?.is_empty());
    drop(li);
    let li = Phone::start(&town.at("li"), &town.way)?;
    ensure!(li.settle()?["needs"].as_array().is_some_and(Vec::is_empty));
    Ok(())
}

/// 李例二 judges no more, accepts a file all the same, and goes there three times; all in one batch.
fn refused_in_the_manner(manner: Manner) -> Result<(Town, Phone, String)> {
    let town = Town::new()?;
    let way = Way { manner, ..town.way.clone() };
    let li = town.phone("li", &way, "u-li")?;
    let case = li.open_case("争一行梨树")?;
    li.settle()?;
    way.signal(false);
    town.li_judges_no_more()?;
    li.entry(&case, &json!({ "kind": "accepted" }))?;
    for words in numbered("去第", 3) {
        li.visit(&case, &words)?;
    }
    way.signal(true);
    Ok((town, li, case))
}

#[test]
fn where_the_server_names_the_one_to_blame_the_others_go_together() -> Result<()> {
    let (town, li, case) = refused_in_the_manner(Manner::BlamesTheFirst)?;
    ensure!(li.sync()?["waiting"] == 0, "one exchange is enough");
    ensure!(li.rejected()?.len() == 1);
    ensure!(town.visits_in_the_county("hao", &case)? == numbered("去第", 3));
    Ok(())
}

#[test]
fn what_a_person_declines_later_is_told_with_their_words() -> Result<()> {
    let (town, li, case) = refused_in_the_manner(Manner::TellsLater)?;
    li.sync()?;
    ensure!(li.rejected()?.is_empty(), "nobody decided yet");
    ensure!(visits(&li.case(&case)?) == numbered("去第", 3));
    li.settle()?;
    let rejected = li.rejected()?;
    ensure!(rejected.len() == 1 && rejected[0]["reason"] == "请先问问镇上", "{rejected:?}");
    ensure!(town.visits_in_the_county("hao", &case)? == numbered("去第", 3));
    Ok(())
}

#[test]
fn a_file_that_was_not_taken_stands_before_its_author_with_all_that_was_in_it() -> Result<()> {
    let town = Town::new()?;
    let li = town.phone("li", &town.way, "u-li")?;
    town.way.signal(false);
    let register = town.server.register()?;
    let user = "u-li".into();
    let post = register.assignments_of(&user).next().context("no post")?.clone();
    let to = Some(date_after(Clock::system().today(), -1));
    let data = RegisterData {
        assignments: vec![Assignment { to, ..post }],
        calendar: yanchang_2026(),
        ..RegisterData::default()
    };
    town.server.put_register(&data)?;
    let case = li.open_case("争一行梨树")?;
    li.visit(&case, "去看过")?;
    town.way.signal(true);
    li.settle()?;
    let words: Vec<Value> = li.rejected()?.iter().map(|row| row["words"].clone()).collect();
    ensure!(words == [json!("去看过"), json!("争一行梨树")], "newest first: {words:?}");
    ensure!(li.case(&case).is_err(), "it is no file any more");
    let opened = &li.rejected()?[1];
    ensure!(opened["again"]["opened"]["matter"] == "争一行梨树", "{opened}");
    ensure!(li.rejected()?[0]["is_here"] == false);
    Ok(())
}

#[test]
fn a_store_that_was_put_back_unnoticed_loses_nothing_and_doubles_nothing() -> Result<()> {
    let town = Town::new()?;
    let wang = town.phone("wang", &town.way, "u-wang")?;
    let case = wang.open_case("争一行梨树")?;
    wang.visit(&case, "一 以前的")?;
    wang.settle()?;
    drop(wang);
    // Somebody keeps a copy of the whole folder, secrets included.
    copy(&town.at("wang"), &town.at("kept"))?;
    let old = town.way.copied();

    let wang = Phone::start(&town.at("wang"), &town.way)?;
    wang.visit(&case, "二 后来的")?;
    wang.settle()?;
    drop(wang);

    // It is put back, and she writes before the telephone heard of the county.
    old.signal(false);
    let wang = Phone::start(&town.at("kept"), &old)?;
    wang.visit(&case, "三 放回去以后的")?;
    wang.visit(&case, "四 又一次")?;
    old.signal(true);
    wang.settle()?;
    let all = ["一 以前的", "三 放回去以后的", "二 后来的", "四 又一次"];
    let mut all: Vec<String> = all.map(str::to_owned).into();
    all.sort();
    ensure!(visits(&wang.case(&case)?) == all, "{:?}", visits(&wang.case(&case)?));
    ensure!(town.visits_in_the_county("hao", &case)? == all);
    ensure!(wang.rejected()?.is_empty(), "there is nothing to tell her");
    Ok(())
}

#[test]
fn a_folder_that_was_cloned_to_two_telephones_keeps_the_words_of_both() -> Result<()> {
    let town = Town::new()?;
    let first = town.phone("wang", &town.way, "u-wang")?;
    let case = first.open_case("争一行梨树")?;
    first.settle()?;
    // The last thing written before the copy was not sent: both telephones have it, and both send it.
    town.way.signal(false);
    first.visit(&case, "零 两台都有的")?;
    drop(first);
    copy(&town.at("wang"), &town.at("clone"))?;
    let other = town.way.copied();
    other.signal(false);

    let first = Phone::start(&town.at("wang"), &town.way)?;
    let second = Phone::start(&town.at("clone"), &other)?;
    for nth in 1..4 {
        first.visit(&case, &format!("甲{nth}"))?;
        second.visit(&case, &format!("乙{nth}"))?;
    }
    town.way.signal(true);
    other.signal(true);
    first.settle()?;
    second.settle()?;
    // Both go on writing while the other one does, and neither is in the other's way any more.
    first.visit(&case, "甲4")?;
    second.visit(&case, "乙4")?;
    second.settle()?;
    first.settle()?;
    second.settle()?;
    let all = ["零 两台都有的", "甲1", "甲2", "甲3", "甲4", "乙1", "乙2", "乙3", "乙4"];
    let mut all: Vec<String> = all.map(str::to_owned).into();
    all.sort();
    ensure!(town.visits_in_the_county("hao", &case)? == all, "each word once");
    for phone in [&first, &second] {
        ensure!(visits(&phone.case(&case)?) == all, "{:?}", visits(&phone.case(&case)?));
        ensure!(phone.rejected()?.is_empty());
        ensure!(phone.sync()?["waiting"] == 0);
    }
    Ok(())
}

/// The county reads nothing more of a device whose batches killed twice. It says so once, keeps what was written, and
/// sends it when somebody lifted that.
#[test]
fn a_suspended_device_says_so_and_keeps_what_was_written() -> Result<()> {
    let town = Town::new()?;
    let wang = town.phone("wang", &town.way, "u-wang")?;
    let case = wang.open_case("争一行梨树")?;
    wang.settle()?;
    let of_wang = |work: fn(&Db<'_>, &[u8; 16]) -> Result<bool, StoreError>| {
        let devices = |db: &Db<'_>| -> Result<(), StoreError> {
            for row in db.certificates(Some("u-wang"))? {
                work(db, &row.id)?;
            }
            Ok(())
        };
        town.server.store().write(COUNTY, devices)
    };
    of_wang(|db, id| db.count_crash(id, 1, 0))?;
    wang.visit(&case, "到地里看了")?;
    wang.settle()?;
    let view = wang.settle()?;
    ensure!(view["waiting"] == 1, "{view}");
    let log = view["log"].as_array().cloned().unwrap_or_default();
    let told = |row: &&Value| row["text"].as_str().is_some_and(|text| text.contains("暂停收"));
    ensure!(log.iter().filter(told).count() == 1, "{view}");
    ensure!(town.visits_in_the_county("hao", &case)?.is_empty());
    of_wang(|db, id| db.lift_suspension(id))?;
    let view = wang.settle()?;
    ensure!(view["waiting"] == 0, "{view}");
    ensure!(town.visits_in_the_county("hao-again", &case)? == ["到地里看了"]);
    Ok(())
}

#[test]
fn whoever_enrols_anew_sends_what_was_not_sent() -> Result<()> {
    let town = Town::new()?;
    let wang = town.phone("wang", &town.way, "u-wang")?;
    let case = wang.open_case("争一行梨树")?;
    wang.settle()?;
    town.way.signal(false);
    wang.visit(&case, "一 签了没发出去的")?;
    wang.sync()?;
    wang.visit(&case, "二 还没签的")?;
    wang.visit(&case, "三 也没签")?;
    town.way.signal(true);
    wang.enrol("u-wang")?;
    wang.visit(&case, "四 换了激活码以后的")?;
    let view = wang.settle()?;
    ensure!(view["waiting"] == 0, "{view}");
    let all = ["一 签了没发出去的", "三 也没签", "二 还没签的", "四 换了激活码以后的"];
    let mut all: Vec<String> = all.map(str::to_owned).into();
    all.sort();
    ensure!(visits(&wang.case(&case)?) == all);
    ensure!(town.visits_in_the_county("hao", &case)? == all);
    ensure!(wang.rejected()?.is_empty());
    Ok(())
}

impl Phone {
    /// 并案: `case` ends in `into`.
    fn join(&self, case: &str, into: &str) -> Result<Value> {
        let heads = self.case(case)?["heads"].clone();
        let question =
            json!({ "case": case, "into": into, "reason": "说的是同一件", "heads": heads });
        self.ask("join_case_file", &question)
    }

    /// The matters of all files in lists.
    fn listed(&self) -> Result<Vec<String>> {
        let list = json!({ "queue": "all", "org": null, "category": null, "risk": null,
            "text": "", "offset": 0, "limit": 50 });
        let rows = self.ask("list_case_files", &list)?["rows"].as_array().cloned();
        let rows = rows.unwrap_or_default();
        Ok(rows.iter().filter_map(|row| row["matter"].as_str().map(str::to_owned)).collect())
    }
}

/// Both files say it, and one matter is counted once.
#[test]
fn of_two_joined_files_the_one_that_ended_leaves_the_lists_and_leads_to_the_other() -> Result<()> {
    let town = Town::new()?;
    let li = town.phone("li", &town.way, "u-li")?;
    let (into, ends) = (li.open_case("争一行梨树")?, li.open_case("梨树归谁")?);
    town.way.signal(false);
    li.join(&ends, &into)?;
    ensure!(li.join(&ends, &into).is_err(), "it is closed already");
    ensure!(li.listed()? == ["争一行梨树"], "{:?}", li.listed()?);
    town.way.signal(true);
    li.settle()?;
    let hao = town.phone("hao", &Way::to(&town.server), "u-hao")?;
    for phone in [&li, &hao] {
        ensure!(phone.listed()? == ["争一行梨树"], "{:?}", phone.listed()?);
        let (one, other) = (phone.case(&into)?, phone.case(&ends)?);
        ensure!(one["row"]["stage"] == "found" && other["row"]["stage"] == "closed");
        let (joins, joined) = (&one["joins"][0], &other["joins"][0]);
        ensure!(joins["id"] == json!(ends) && joins["matter"] == "梨树归谁", "{joins}");
        ensure!(joined["id"] == json!(into) && joined["matter"] == "争一行梨树", "{joined}");
        ensure!(joins["stands"] == false && joined["stands"] == true);
    }
    // Joined by mistake: opened again it stands by itself, and neither file says otherwise.
    li.entry(&ends, &json!({ "kind": "reopened", "reason": "其实是两件" }))?;
    ensure!(li.listed()?.len() == 2);
    ensure!(li.case(&ends)?["joins"] == json!([]) && li.case(&into)?["joins"] == json!([]));
    Ok(())
}

/// 李例二 judges no more when her joining comes to the county: neither half is left in a file, both stand
/// before her, and what she wrote behind one of them arrives.
#[test]
fn a_joining_that_is_not_taken_leaves_both_files() -> Result<()> {
    let town = Town::new()?;
    let li = town.phone("li", &town.way, "u-li")?;
    let (into, ends) = (li.open_case("争一行梨树")?, li.open_case("梨树归谁")?);
    li.settle()?;
    town.way.signal(false);
    li.join(&ends, &into)?;
    li.visit(&into, "量过了")?;
    town.li_judges_no_more()?;
    town.way.signal(true);
    li.settle()?;
    let rejected = li.rejected()?;
    ensure!(rejected.len() == 2, "{rejected:?}");
    ensure!(rejected.iter().all(|row| row["words"] == "说的是同一件"), "{rejected:?}");
    let says = |words: &str| {
        rejected.iter().any(|row| row["why"].as_str().is_some_and(|why| why.contains(words)))
    };
    ensure!(says("任职") && says("另一份"), "{rejected:?}");
    ensure!(li.case(&ends)?["row"]["stage"] == "found");
    ensure!(li.case(&into)?["joins"] == json!([]));
    ensure!(visits(&li.case(&into)?) == ["量过了"]);
    ensure!(town.visits_in_the_county("hao", &into)? == ["量过了"]);
    Ok(())
}
