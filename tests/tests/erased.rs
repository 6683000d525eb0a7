//! A file is destroyed by order. Real devices and a real server in one process; the databases of the devices are
//! not encrypted here, so that every byte of every file can be looked through.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use rusqlite::Connection;
use serde_json::{Value, json};
use tower::ServiceExt;
use yidang_api::{Fault, FaultCode};
use yidang_domain::calendar::yanchang_2026;
use yidang_domain::civil::date_after;
use yidang_domain::org::{Assignment, Role, Staff};
use yidang_replica::native::SystemSenses;
use yidang_replica::{Device, DeviceSetup, HttpReply, Outside, Stores, Unreachable, answer};
use yidang_sync_server::erase::Order;
use yidang_sync_server::register::RegisterData;
use yidang_sync_server::store::StoreError;
use yidang_sync_server::{App, Clock, Options, app, check, demo, open, router};

const COUNTY: &str = "610621";
/// What stands in the file and must stand nowhere afterwards.
const PLANTED: [&str; 4] =
    ["青石桥下那棵老槐树", "12000077123", "李例二写在槐树下", "还没写完的槐树"];
/// What 王样一 wrote on her other telephone and never sent.
const UNSENT: &str = "抽屉里那部手机上记的";
const BASIS: &str = "延检〔2026〕5号";

fn held<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Databases in a folder, in clear.
struct Plain(PathBuf);

impl Stores for Plain {
    fn open(&self, name: &str, _: &[u8; 32]) -> Result<Connection, Fault> {
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(self.0.join(format!("{name}.db")))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            Ok(connection)
        };
        open().map_err(|error| Fault::new(FaultCode::Internal, error.to_string()))
    }

    fn erase(&self, _: &str) -> Result<(), Fault> {
        Ok(())
    }
}

#[derive(Clone)]
struct Way(Arc<Mutex<App>>);

impl Outside for Way {
    async fn post(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable> {
        let lost = |error: &dyn std::fmt::Display| Unreachable(error.to_string());
        let path = url.trim_start_matches("http://town");
        let request = Request::post(path).body(Body::from(body)).map_err(|error| lost(&error))?;
        let service = router(held(&self.0).clone());
        let reply = service.oneshot(request).await.map_err(|error| lost(&error))?;
        let status = reply.status().as_u16();
        let bytes = to_bytes(reply.into_body(), 64 << 20).await.map_err(|error| lost(&error))?;
        Ok(HttpReply { status, body: bytes.to_vec(), retry_after_s: None })
    }

    async fn keep(&self, _: &[u8]) -> Result<(), Fault> {
        Ok(())
    }
}

/// Somebody's device.
struct Phone {
    folder: PathBuf,
    device: Arc<Mutex<Device>>,
    way: Way,
    runtime: tokio::runtime::Runtime,
}

impl Phone {
    fn enrolled(folder: PathBuf, server: &App, user: &str) -> Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let setup = DeviceSetup {
            secrets: None,
            stores: Box::new(Plain(folder.clone())),
            senses: Box::new(SystemSenses::default()),
            origin: "http://town".to_owned(),
            version: "0.0.0".to_owned(),
        };
        let device = Arc::new(Mutex::new(Device::open(setup)?));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let phone =
            Self { folder, device, way: Way(Arc::new(Mutex::new(server.clone()))), runtime };
        let code = server.create_code(&user.into())?;
        phone.ask("enrol", &json!({ "server": "", "code": code, "device_name": "手机" }))?;
        Ok(phone)
    }

    fn lead_to(&self, server: &App) {
        *held(&self.way.0) = server.clone();
    }

    fn ask(&self, name: &str, question: &Value) -> Result<Value> {
        let question = question.to_string();
        match self.runtime.block_on(answer(&self.device, &self.way, None, name, &question)) {
            Ok(reply) => Ok(serde_json::from_str(&reply)?),
            Err(fault) => bail!("{name}: {}", serde_json::to_string(&fault)?),
        }
    }

    /// Exchanges until the proofs of everything came.
    fn settle(&self) -> Result<Value> {
        (0..3).try_for_each(|_| self.ask("sync_now", &json!({})).map(drop))?;
        self.ask("sync_now", &json!({}))
    }

    fn open_case(&self, matter: &str, phone: &str) -> Result<String> {
        let party = json!({ "name": "冯例八", "side": "a", "phone": phone });
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

    /// Why a file cannot be read here.
    fn fault_of(&self, case: &str) -> String {
        match self.ask("case_file", &json!({ "id": case })) {
            Ok(view) => format!("it is here: {view}"),
            Err(fault) => fault.to_string(),
        }
    }
}

/// Every planted word that stands in some byte of a file of this folder, with the file.
fn found_in(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut files = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            continue;
        }
        let bytes = std::fs::read(&path)?;
        files += 1;
        for word in PLANTED {
            if bytes.windows(word.len()).any(|window| window == word.as_bytes()) {
                found.push(format!("{word} in {}", path.display()));
            }
        }
    }
    ensure!(files > 0, "no files in {}", folder.display());
    Ok(found)
}

fn clean(folder: &Path) -> Result<()> {
    let found = found_in(folder)?;
    ensure!(found.is_empty(), "{found:?}");
    Ok(())
}

fn sound(server: &App) -> Result<()> {
    let findings = server.store().read::<_, StoreError>(COUNTY, |db| check::check(db, COUNTY))?;
    ensure!(findings.broken.is_empty(), "{:?}", findings.broken);
    ensure!(findings.notes.iter().any(|note| note.contains("was erased by log")));
    Ok(())
}

fn documents(server: &App) -> Result<usize> {
    Ok(server.store().read::<_, StoreError>(COUNTY, |db| db.documents())?.len())
}

/// A county with two administrators, where 王样一 wrote a file that 李例二 at the township wrote in as well. Her
/// other telephone has it too, with something that she never sent; it lies in a drawer since.
struct Story {
    folder: tempfile::TempDir,
    server: App,
    wang: Phone,
    li: Phone,
    drawer: Phone,
    case: String,
    other: String,
    /// A copy of the database from before.
    copy: PathBuf,
}

impl Story {
    fn told() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        let options = Options::new(at("server"));
        let today = Clock::system().today();
        app::create(&options, COUNTY, &demo::register(today)?)?;
        let server = open(options)?;
        hire_administrators(&server)?;
        let wang = Phone::enrolled(at("wang"), &server, "u-wang")?;
        let case = wang.open_case("青石桥下那棵老槐树是谁家的", "12000077123")?;
        let other = wang.open_case("两家争一条地界埂", "12000000008")?;
        wang.visit(&case, "到青石桥下那棵老槐树看了")?;
        wang.settle()?;
        let li = Phone::enrolled(at("li"), &server, "u-li")?;
        li.settle()?;
        li.visit(&case, "李例二写在槐树下")?;
        let form = json!({ "form": format!("entry/{case}"), "content": "还没写完的槐树" });
        li.ask("save_draft", &form)?;
        li.settle()?;
        let drawer = Phone::enrolled(at("drawer"), &server, "u-wang")?;
        drawer.settle()?;
        wang.settle()?;
        drawer.visit(&case, UNSENT)?;
        let copy = folder.path().join("copy.sqlite");
        server.store().backup(&copy)?;
        Ok(Self { folder, server, wang, li, drawer, case, other, copy })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn order(&self) -> Result<Order> {
        Ok(Order {
            document: self.case.parse()?,
            without: Vec::new(),
            basis: BASIS.into(),
            by: "u-feng".into(),
            second: "u-qian".into(),
        })
    }

    /// The copy on another machine, with or without the list that lay beside the database.
    fn put_back(&self, name: &str, with_list: bool) -> Result<App> {
        let to = self.at(name);
        std::fs::create_dir_all(&to)?;
        std::fs::copy(&self.copy, app::database(&to))?;
        ensure!(!found_in(&to)?.is_empty(), "the copy holds the file");
        let lists: &[&str] =
            if with_list { &["revocations", "tombstones"] } else { &["revocations"] };
        for list in lists {
            std::fs::copy(self.at("server").join(list), to.join(list))?;
        }
        open(Options::new(to))
    }
}

fn hire_administrators(server: &App) -> Result<()> {
    let people = [("u-feng", "冯例八"), ("u-qian", "钱演四")];
    let staff = |(user, name): (&str, &str)| Staff {
        user: user.into(),
        name: name.into(),
        phone: String::new(),
    };
    let post = |(user, _): (&str, &str)| Assignment {
        user: user.into(),
        org: COUNTY.into(),
        role: Role::Administrator,
        from: date_after(Clock::system().today(), -100),
        to: None,
    };
    server.put_register(&RegisterData {
        users: people.map(staff).into(),
        assignments: people.map(post).into(),
        calendar: yanchang_2026(),
        ..RegisterData::default()
    })?;
    Ok(())
}

#[test]
fn what_was_destroyed_stands_in_no_byte_anywhere_and_comes_back_from_no_drawer() -> Result<()> {
    let story = Story::told()?;
    let Story { server, wang, li, drawer, case, other, .. } = &story;
    for name in ["server", "wang", "li", "drawer"] {
        ensure!(!found_in(&story.at(name))?.is_empty(), "{name} holds the file before");
    }
    let erased = server.erase(&story.order()?)?;
    ensure!(erased.is_scrubbed && erased.copies.is_empty(), "{erased:?}");
    clean(&story.at("server"))?;
    sound(server)?;
    for phone in [wang, li] {
        phone.settle()?;
        clean(&phone.folder)?;
        ensure!(phone.fault_of(case).contains("\"erased\""), "{}", phone.fault_of(case));
        phone.ask("case_file", &json!({ "id": other }))?;
    }
    // Half a year later the other telephone comes out of its drawer.
    let view = drawer.settle()?;
    clean(&drawer.folder)?;
    ensure!(documents(server)? == 1, "nothing of it is at the server again");
    let need = &view["needs"][0];
    ensure!(need["title"] == "未采用：这份档案已依法删除", "{view}");
    ensure!(need["words"] == UNSENT && need["rejected"]["reason"] == BASIS, "{need}");
    ensure!(need["rejected"]["matter"] == "", "nothing of the file stands with her own words");
    let bytes = std::fs::read(app::database(&story.at("server")))?;
    ensure!(!bytes.windows(UNSENT.len()).any(|window| window == UNSENT.as_bytes()));
    let told = view["log"].to_string();
    ensure!(told.contains(BASIS) && told.contains("你没送到的 1 条"), "{told}");
    // Her next file is like any other.
    let next = drawer.open_case("新的一件", "12000000009")?;
    drawer.settle()?;
    wang.settle()?;
    wang.ask("case_file", &json!({ "id": next }))?;
    sound(server)
}

#[test]
fn an_old_copy_that_is_put_back_without_a_word_erases_it_again_at_its_start() -> Result<()> {
    let story = Story::told()?;
    story.server.erase(&story.order()?)?;
    let restored = story.put_back("restored", true)?;
    clean(&story.at("restored"))?;
    sound(&restored)?;
    // The telephone in the drawer knows nothing yet and gives back everything it has.
    story.drawer.lead_to(&restored);
    story.drawer.settle()?;
    clean(&story.drawer.folder)?;
    story.wang.settle()?;
    story.wang.lead_to(&restored);
    story.wang.settle()?;
    clean(&story.at("restored"))?;
    ensure!(documents(&restored)? == 1, "the other file is there, this one is not");
    sound(&restored)
}

#[test]
fn a_copy_whose_list_is_lost_is_told_by_a_device_what_was_destroyed() -> Result<()> {
    let story = Story::told()?;
    story.server.erase(&story.order()?)?;
    story.li.settle()?;
    let restored = story.put_back("restored", false)?;
    ensure!(documents(&restored)? == 2, "nobody knows any more");
    story.drawer.lead_to(&restored);
    story.drawer.settle()?;
    story.li.lead_to(&restored);
    story.li.settle()?;
    clean(&story.at("restored"))?;
    let lists = |name: &str| std::fs::read(story.at(name).join("tombstones"));
    ensure!(lists("restored")? == lists("server")?, "and the list is whole again");
    story.drawer.settle()?;
    clean(&story.drawer.folder)?;
    sound(&restored)
}

#[test]
fn what_is_kept_goes_on_and_words_from_the_drawer_find_their_way_into_it() -> Result<()> {
    let story = Story::told()?;
    let Story { server, wang, li, drawer, case, .. } = &story;
    let order = Order {
        without: PLANTED[..3].iter().map(|word| (*word).to_owned()).collect(),
        ..story.order()?
    };
    let next = server.erase(&order)?.successor.context("nothing goes on")?.to_string();
    clean(&story.at("server"))?;
    sound(server)?;
    for phone in [wang, li] {
        phone.settle()?;
        clean(&phone.folder)?;
        let fault = phone.fault_of(case);
        ensure!(fault.contains("\"erased\"") && fault.contains(&next), "the way to it: {fault}");
        let view = phone.ask("case_file", &json!({ "id": next }))?;
        ensure!(view["row"]["matter"] == "〔已删〕是谁家的", "{}", view["row"]);
        let again = view["entries"].as_array().context("no entries")?.iter();
        ensure!(again.filter(|entry| entry["again"] == true).count() >= 2, "{view}");
    }
    // Half a year later: what she never sent can be written into the file that goes on.
    drawer.settle()?;
    clean(&drawer.folder)?;
    let rows = drawer.ask("rejected", &json!({ "document": next }))?;
    let row = &rows[0];
    ensure!(row["document"] == next.as_str() && row["goes_on"] == true, "{row}");
    ensure!(row["is_here"] == true && row["words"] == UNSENT, "{row}");
    ensure!(row["again"]["entry"]["words"] == UNSENT, "the form is filled: {row}");
    drawer.visit(&next, UNSENT)?;
    drawer.ask("drop_rejected", &json!({ "id": row["id"] }))?;
    drawer.settle()?;
    li.settle()?;
    let view = li.ask("case_file", &json!({ "id": next }))?;
    ensure!(view.to_string().contains(UNSENT), "it reached the township");
    wang.settle()?;
    let heads =
        |phone: &Phone| phone.ask("case_file", &json!({ "id": next })).map(|v| v["heads"].clone());
    ensure!(heads(wang)? == heads(li)?);
    sound(server)
}
