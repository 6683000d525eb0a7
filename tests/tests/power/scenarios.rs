//! The disk is full at every write of ten things that people do: each is done or it is not, whoever did
//! it is told which, and nothing is half there.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_sync_protocol::TroubleKind;
use yidang_sync_server::App;
use yidang_sync_server::store::StoreError;

use crate::town::{self, COUNTY, Phone, Way, at};
use yidang_tests::disk::Disk;

/// Nothing that is done here takes more writes.
const MOST_WRITES: u64 = 400;
/// So often it is done on a disk that has room for it before the next thing is tried: the file of writes
/// is emptied into the database now and then, which takes more of them.
const CALM: u32 = 2;

struct World {
    server: App,
    phone: Phone,
    case: String,
    phone_disk: Disk,
    server_disk: Disk,
    folder: tempfile::TempDir,
}

fn world() -> Result<World> {
    let folder = tempfile::tempdir()?;
    for part in ["wang", "server"] {
        std::fs::create_dir_all(at(&folder, part))?;
    }
    let phone_disk = Disk::under(&at(&folder, "wang"))?;
    let server_disk = Disk::under(&at(&folder, "server"))?;
    town::found(&at(&folder, "server"))?;
    let server = town::start(&at(&folder, "server"))?;
    let way = Way::new(Some(server.clone()), None);
    let phone = Phone::enrolled(&at(&folder, "wang"), &way, &server, "u-wang")?;
    let case = phone.open_case("地界埂被推平")?;
    phone.sync()?;
    Ok(World { server, phone, case, phone_disk, server_disk, folder })
}

/// Something that a person writes on a device.
struct Scenario {
    name: &'static str,
    /// Writes the words down.
    write: fn(&World, &str) -> Result<Value>,
    /// How often the words are there.
    count: fn(&World, &str) -> Result<usize>,
}

fn times(value: &Value, words: &str) -> usize {
    match value {
        Value::String(text) => usize::from(text == words),
        Value::Array(all) => all.iter().map(|one| times(one, words)).sum(),
        Value::Object(all) => all.values().map(|one| times(one, words)).sum(),
        _ => 0,
    }
}

fn list() -> Value {
    json!({ "queue": "all", "org": null, "category": null, "risk": null, "text": "", "offset": 0,
        "limit": 500 })
}

fn in_case(world: &World, part: &str, words: &str) -> Result<usize> {
    Ok(usize::from(times(&world.phone.case(&world.case)?[part], words) > 0))
}

fn heads(world: &World) -> Result<Value> {
    Ok(world.phone.case(&world.case)?["heads"].clone())
}

const ON_THE_PHONE: [Scenario; 8] = [
    Scenario {
        name: "a file is opened",
        write: |world, words| world.phone.open_case(words).map(Value::from),
        count: |world, words| {
            let listed = world.phone.ask("list_case_files", &list())?;
            let rows = listed["rows"].as_array().context("no rows")?;
            Ok(rows.iter().filter(|row| row["matter"] == words).count())
        },
    },
    Scenario {
        name: "a visit is written down",
        write: |world, words| world.phone.visit(&world.case, words),
        count: |world, words| {
            let view = world.phone.case(&world.case)?;
            let entries = view["entries"].as_array().context("no entries")?;
            Ok(entries.iter().filter(|entry| entry["text"] == words).count())
        },
    },
    Scenario {
        name: "a fact is written",
        write: |world, words| world.phone.set(&world.case, "place", words),
        count: |world, words| in_case(world, "facts", words),
    },
    Scenario {
        name: "a party is added",
        write: |world, words| {
            let party = json!({ "name": words, "side": "b", "phone": "" });
            let question = json!({ "case": world.case, "party": party, "heads": heads(world)? });
            world.phone.ask("add_party", &question)
        },
        count: |world, words| in_case(world, "parties", words),
    },
    Scenario {
        name: "a household is written down",
        write: |world, words| {
            let member =
                json!({ "name": words, "relation": "户主", "birth_year": 1958, "phone": "" });
            let question = json!({ "grid": null, "head": words, "address": "下盘石村后院",
                "door_plate": "", "household_no": "", "members": [member] });
            world.phone.ask("open_household", &question)
        },
        count: |world, words| {
            let question = json!({ "org": null, "filter": "all", "text": "", "offset": 0,
                "limit": 500 });
            let grid = world.phone.ask("my_grid", &question)?;
            let rows = grid["rows"].as_array().context("no rows")?;
            Ok(rows.iter().filter(|row| row["head"] == words).count())
        },
    },
    Scenario {
        name: "a draft is kept",
        write: |world, words| world.phone.draft(&format!("note/{words}"), words),
        count: |world, words| {
            let form = format!("note/{words}");
            let draft = world.phone.ask("draft", &json!({ "form": form }))?;
            Ok(usize::from(draft["content"] == words))
        },
    },
    Scenario {
        name: "a view is kept",
        write: |world, words| {
            world.phone.ask("save_view", &json!({ "name": words, "list": list() }))
        },
        count: |world, words| Ok(times(&world.phone.ask("saved_views", &json!({}))?, words)),
    },
    Scenario {
        name: "a complaint is written",
        write: |world, words| {
            let question = json!({ "about": "usage", "words": words, "contact": "" });
            world.phone.ask("complain", &question)
        },
        count: |world, words| Ok(times(&world.phone.ask("complaints", &json!({}))?, words)),
    },
];

/// Gives a disk room for one more write each time, until the thing is done without ever finding it full;
/// how often it was full.
fn at_every_write(
    disk: &Disk,
    name: &str,
    mut act: impl FnMut(u64, &dyn Fn(Option<u64>)) -> Result<bool>,
) -> Result<u32> {
    let (mut full, mut calm) = (0, 0);
    for room in 0..MOST_WRITES {
        let before = disk.refused();
        let give = |room| disk.set_room(room);
        give(Some(room));
        let is_done = act(room, &give).with_context(|| format!("{name}, room for {room}"))?;
        disk.set_room(None);
        let was_full = disk.refused() > before;
        ensure!(is_done || was_full, "{name}: not done though there was room for {room} writes");
        full += u32::from(was_full);
        calm += u32::from(!was_full);
        if calm == CALM {
            ensure!(full > 0, "{name}: the disk was never full");
            return Ok(full);
        }
    }
    anyhow::bail!("{name}: not done with room for {MOST_WRITES} writes")
}

#[test]
fn whatever_is_written_on_a_full_phone_is_there_or_was_told_not_to_be() -> Result<()> {
    let world = world()?;
    for scenario in &ON_THE_PHONE {
        let full = at_every_write(&world.phone_disk, scenario.name, |room, give| {
            let words = format!("{} {room}", scenario.name);
            let done = (scenario.write)(&world, &words);
            if let Err(fault) = &done {
                ensure!(fault.to_string().contains("disk_full"), "{fault}");
            }
            // Reading goes on while the disk is full, and says the same when it no longer is.
            let count = (scenario.count)(&world, &words)?;
            give(None);
            let after = (scenario.count)(&world, &words)?;
            let expected = usize::from(done.is_ok());
            ensure!((count, after) == (expected, expected), "{count} and {after} times: {done:?}");
            Ok(done.is_ok())
        })?;
        println!("{}: full {full} times", scenario.name);
    }
    world.phone.sync()?;
    let state = world.phone.sync()?;
    ensure!(state["waiting"] == 0 && state["state"] == "done", "{state}");
    Ok(())
}

#[test]
fn a_page_that_comes_to_a_full_phone_comes_again_and_is_there_once() -> Result<()> {
    let world = world()?;
    let way = Way::new(Some(world.server.clone()), None);
    let li = Phone::enrolled(&at(&world.folder, "li"), &way, &world.server, "u-li")?;
    li.sync()?;
    let full = at_every_write(&world.phone_disk, "a page comes", |room, give| {
        let words = format!("镇上写到第 {room} 句");
        li.visit(&world.case, &words)?;
        li.sync()?;
        let state = world.phone.sync()?;
        let is_done = state["state"] == "done";
        let count = (ON_THE_PHONE[1].count)(&world, &words)?;
        ensure!(count <= 1 && (count == 1 || !is_done), "{count} times: {state}");
        give(None);
        world.phone.sync()?;
        ensure!((ON_THE_PHONE[1].count)(&world, &words)? == 1, "it did not come again");
        Ok(is_done)
    })?;
    println!("a page comes: full {full} times");
    Ok(())
}

#[test]
fn a_full_server_enrols_a_device_or_does_not_and_the_code_serves_once() -> Result<()> {
    let world = world()?;
    let full = at_every_write(&world.server_disk, "a device is enrolled", |room, give| {
        give(None);
        let code = world.server.create_code(&"u-li".into())?;
        let way = Way::new(Some(world.server.clone()), None);
        let phone = Phone::start(&at(&world.folder, &format!("li-{room}")), &way)?;
        let question = json!({ "server": "", "code": code, "device_name": "手机" });
        let devices = || certificates(&world.server, "u-li");
        let before = devices()?;
        give(Some(room));
        let is_done = phone.ask("enrol", &question).is_ok();
        give(None);
        if !is_done {
            phone.ask("enrol", &question).context("with room the same code serves")?;
        }
        ensure!(devices()? == before + 1, "one certificate for one code");
        phone.sync()?;
        Ok(is_done)
    })?;
    println!("a device is enrolled: full {full} times");
    Ok(())
}

fn certificates(server: &App, user: &str) -> Result<usize> {
    Ok(server.store().read::<_, StoreError>(COUNTY, |db| Ok(db.certificates(Some(user))?.len()))?)
}

#[test]
fn a_full_server_takes_a_complaint_once() -> Result<()> {
    let world = world()?;
    let full = at_every_write(&world.server_disk, "a complaint comes", |room, give| {
        give(None);
        let words = format!("交到第 {room} 件");
        let question = json!({ "about": "usage", "words": words, "contact": "" });
        world.phone.ask("complain", &question)?;
        give(Some(room));
        world.phone.sync()?;
        let is_done = number_of(&world, &words)?.is_some();
        give(None);
        world.phone.sync()?;
        ensure!(number_of(&world, &words)?.is_some(), "it was not brought again");
        let held = world.server.store().read::<_, StoreError>(COUNTY, |db| {
            let rows = db.complaints(false, 0, 1_000)?;
            Ok(rows.iter().filter(|row| row.words == words).count())
        })?;
        ensure!(held == 1, "the county has it {held} times");
        Ok(is_done)
    })?;
    println!("a complaint comes: full {full} times");
    Ok(())
}

fn number_of(world: &World, words: &str) -> Result<Option<u64>> {
    let all = world.phone.ask("complaints", &json!({}))?;
    let row = all.as_array().into_iter().flatten().find(|row| row["words"] == words);
    Ok(row.and_then(|row| row["number"].as_u64()))
}

/// A server that cannot write says so to whoever watches it.
#[test]
fn a_full_server_is_not_ready() -> Result<()> {
    use yidang_sync_server::watch::NotReady;
    let world = world()?;
    world.server_disk.set_room(Some(0));
    let readiness = world.server.readiness();
    world.server_disk.set_room(None);
    ensure!(!readiness.ready, "{readiness:?}");
    ensure!(readiness.reasons.contains(&NotReady::Unwritable), "{readiness:?}");
    Ok(())
}

/// A phone that was full is found before its person complains, and is left alone when it is over.
#[test]
fn a_phone_that_was_full_says_so_to_whoever_helps() -> Result<()> {
    let world = world()?;
    let told = || {
        world.server.store().read::<_, StoreError>(COUNTY, |db| {
            let all = db.all_told()?;
            Ok(all.values().flatten().map(|told| (told.kind, told.count)).collect::<Vec<_>>())
        })
    };
    ensure!(told()?.is_empty(), "nothing was wrong yet");
    world.phone_disk.set_room(Some(0));
    for _ in 0..2 {
        ensure!(world.phone.visit(&world.case, "写不下").is_err(), "the disk was not full");
    }
    world.phone_disk.set_room(None);
    world.phone.sync()?;
    ensure!(told()? == [(i32::from(TroubleKind::Full), 2)], "{:?}", told()?);
    world.phone.sync()?;
    ensure!(told()?.is_empty(), "it is over: {:?}", told()?);
    Ok(())
}
