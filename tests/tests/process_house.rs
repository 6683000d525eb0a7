//! 王样一 keeps the households of his grid: without a network, beside a colleague, and nobody else's
//! device ever holds them.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_replica::Stores;
use yidang_replica::native::Files;
use yidang_tests::story::{self, visit_day};
use yidang_tests::{Device, Server};

const GRID_6: &str = "6106211032032006";
const VILLAGE: &str = "610621103203";
const GRID_7: &str = "6106211032032007";

/// The people of the story: 王样一 of grid 7, 刘演四 of grid 6, 李例二 at the township, 郝演十 at the
/// county.
struct Story {
    server: Server,
    wang: Device,
    liu: Device,
    li: Device,
    hao: Device,
    folder: tempfile::TempDir,
}

fn begin() -> Result<Story> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let server = Server::start(&at("server"), None)?;
    let wang = Device::of(&at("wang"), &server, "u-wang", "手机")?;
    let liu = Device::of(&at("liu"), &server, "u-liu", "手机")?;
    let li = Device::of(&at("li"), &server, "u-li", "办公电脑")?;
    let hao = Device::of(&at("hao"), &server, "u-hao", "办公电脑")?;
    Ok(Story { server, wang, liu, li, hao, folder })
}

fn household(device: &mut Device, head: &str, plate: &str, phone: &str) -> Result<String> {
    let members = json!([
        { "name": head, "relation": "户主", "birth_year": 1958, "phone": phone },
        { "name": format!("{head}妻"), "relation": "配偶", "birth_year": 1960, "phone": "" },
        { "name": format!("{head}子"), "relation": "子", "birth_year": 1985, "phone": "" },
    ]);
    let question = json!({ "grid": null, "head": head, "address": "下盘石村3组", "door_plate": plate,
        "household_no": "", "members": members });
    let saved = device.ask("open_household", &question)?;
    Ok(saved["id"].as_str().context("no identifier")?.to_owned())
}

fn view(device: &mut Device, id: &str) -> Result<Value> {
    device.ask("household", &json!({ "id": id }))
}

fn grid(device: &mut Device, filter: &str, text: &str) -> Result<Vec<String>> {
    let question =
        json!({ "org": null, "filter": filter, "text": text, "offset": 0, "limit": 200 });
    let view = device.ask("my_grid", &question)?;
    let rows = view["rows"].as_array().cloned().unwrap_or_default();
    Ok(rows.iter().filter_map(|row| row["id"].as_str().map(str::to_owned)).collect())
}

/// In which grids the households of a person's store lie, read past the program that has it open. No document
/// is there whose row is not.
fn grids_in_store(folder: &Path, name: &str) -> Result<BTreeSet<String>> {
    let files = Files::new(&folder.join(name))?;
    let secrets: Value = serde_json::from_slice(&files.secrets()?.context("no secrets")?)?;
    let key: [u8; 32] = serde_json::from_value(secrets["accounts"][0]["store_key"].clone())?;
    let store = files.open(&format!("desk-u-{name}"), &key)?;
    let count = |sql: &str| store.query_row(sql, [], |row| row.get::<_, i64>(0));
    let documents = count("SELECT count(*) FROM document WHERE kind = 'household'")?;
    let rows = count("SELECT count(*) FROM household_row")?;
    ensure!(documents == rows, "{name}: {documents} households, {rows} of them with a row");
    let strays = "SELECT count(*) FROM member_row WHERE household NOT IN \
                  (SELECT document FROM household_row)";
    ensure!(count(strays)? == 0, "{name}: members of a household that is not here");
    let mut statement = store.prepare("SELECT DISTINCT grid FROM household_row")?;
    let grids = statement.query_map([], |row| row.get(0))?;
    Ok(grids.collect::<rusqlite::Result<_>>()?)
}

fn held(device: &mut Device) -> Result<u64> {
    Ok(device.ask("device", &json!({}))?["households"].as_u64().unwrap_or(0))
}

#[test]
fn a_household_is_kept_moved_split_and_merged_and_nobody_else_holds_it() -> Result<()> {
    let mut story = begin()?;
    let Story { wang, liu, li, hao, folder, .. } = &mut story;
    let (before_wang, before_liu) = (held(wang)?, held(liu)?);
    let first = household(wang, "呼样七", "3-12", "12000000031")?;
    let second = household(wang, "贺模五", "3-2", "12000000032")?;
    let seen = json!({ "household": first, "entry": { "kind": "household_seen", "words": "都好，地里忙" },
        "on": "2026-11-20", "heads": view(wang, &first)?["heads"] });
    wang.ask("add_household_entry", &seen)?;

    // Found by a member's name, initials, the tail of a number, the door plate.
    for text in ["呼样七子", "hyq", "0031", "3-12"] {
        ensure!(grid(wang, "all", text)?.contains(&first), "not found by {text}");
    }
    // Door plates in the order of numbers.
    let rows = grid(wang, "all", "")?;
    let place = |id: &str| rows.iter().position(|row| row == id);
    ensure!(place(&second) < place(&first), "3-2 comes before 3-12");

    wang.sync()?;
    liu.sync()?;
    ensure!(held(liu)? == before_liu, "a household of grid 7 on the phone of grid 6");

    // Two members leave for a household of their own; both documents in one action.
    let whole = view(wang, &first)?;
    let son = whole["members"].as_array().into_iter().flatten().find(|m| m["relation"] == "子");
    let son = son.context("no son")?["key"].clone();
    let split = json!({ "household": first, "members": [son], "address": "下盘石村3组新院",
        "door_plate": "3-13", "reason": "儿子成家", "heads": whole["heads"] });
    let third = wang.ask("split_household", &split)?["id"].as_str().context("no id")?.to_owned();
    let left = view(wang, &first)?;
    ensure!(left["row"]["people"] == 2, "{}", left["row"]);
    ensure!(view(wang, &third)?["row"]["head"] == "呼样七子");

    // The new one moves to grid 6, the second joins the first.
    let heads = view(wang, &third)?["heads"].clone();
    wang.ask(
        "move_household",
        &json!({ "household": third, "to": GRID_6, "reason": "搬到六组", "heads": heads }),
    )?;
    let heads = view(wang, &second)?["heads"].clone();
    wang.ask(
        "merge_household",
        &json!({ "household": second, "into": first, "reason": "老人搬来同住", "heads": heads }),
    )?;
    ensure!(!grid(wang, "all", "")?.contains(&second), "it joined another one");
    ensure!(view(wang, &first)?["row"]["people"] == 5);
    wang.sync()?;
    wang.sync()?;
    liu.sync()?;
    ensure!(grid(liu, "all", "")?.contains(&third), "it lives in grid 6 now");
    ensure!(held(liu)? == before_liu + 1);
    ensure!(view(wang, &third).is_err(), "whoever has nothing to do with it keeps nothing of it");
    ensure!(held(wang)? == before_wang + 2);

    // Neither township nor county holds any household.
    for device in [li, hao] {
        device.sync()?;
        ensure!(held(device)? == 0, "a household outside the rings");
    }
    let stored = |name: &str| grids_in_store(folder.path(), name);
    ensure!(stored("li")?.is_empty() && stored("hao")?.is_empty());
    let (of_wang, of_liu) = (stored("wang")?, stored("liu")?);
    let is_near = |grid: &String| grid.starts_with(VILLAGE);
    ensure!(of_wang.iter().chain(&of_liu).all(is_near), "{of_wang:?} {of_liu:?}");
    // On a visit day the team holds the households of the whole village.
    let today = wang.ask("today", &json!({}))?;
    if today["visit"]["on"] != today["date"] {
        ensure!(of_wang == BTreeSet::from([GRID_7.to_owned()]), "{of_wang:?}");
        ensure!(of_liu == BTreeSet::from([GRID_6.to_owned()]), "{of_liu:?}");
    }
    Ok(())
}

#[test]
fn what_one_person_writes_twice_from_one_form_is_no_clash() -> Result<()> {
    let mut story = begin()?;
    let id = household(&mut story.wang, "薛样三", "3-21", "12000000033")?;
    story.wang.sync()?;
    let heads = view(&mut story.wang, &id)?["heads"].clone();
    // Both forms were opened on the same state, by the same person: the later word stands.
    let key = view(&mut story.wang, &id)?["members"][0]["key"].clone();
    let set = |value: &str| json!({ "household": id, "member": key, "field": "phone", "value": value, "heads": heads });
    story.wang.ask("set_member_field", &set("12000000041"))?;
    story.wang.ask("set_member_field", &set("12000000042"))?;
    let now = view(&mut story.wang, &id)?;
    ensure!(now["clashes"].as_array().is_some_and(Vec::is_empty), "one's own words are no clash");
    ensure!(now["members"][0]["phone"] == "12000000042", "{}", now["members"][0]);
    Ok(())
}

/// On the visit day the team holds the households of the village. Two of it write down one man's
/// number, each as they heard it.
#[test]
fn two_of_the_team_write_one_mans_number_differently_and_one_card_settles_it() -> Result<()> {
    let (on, _, ahead) = visit_day()?;
    let folder = tempfile::tempdir()?;
    let mut server = Server::start(&folder.path().join("server"), Some(&on.to_string()))?;
    let device = |user: &str, server: &Server| -> Result<Device> {
        Device::of_ahead(&folder.path().join(user), server, user, "手机", ahead)
    };
    let mut wang = device("u-wang", &server)?;
    let mut zhang = device("u-zhang", &server)?;
    let id = household(&mut wang, "薛样三", "3-21", "12000000033")?;
    wang.sync()?;
    zhang.sync()?;
    server.kill();
    let set = |device: &mut Device, value: &str| -> Result<()> {
        let now = view(device, &id)?;
        let question = json!({ "household": id, "member": now["members"][0]["key"],
            "field": "phone", "value": value, "heads": now["heads"] });
        device.ask("set_member_field", &question).map(drop)
    };
    set(&mut wang, "12000000041")?;
    set(&mut zhang, "12000000042")?;
    server.begin()?;
    wang.sync()?;
    zhang.sync()?;
    wang.sync()?;
    let now = view(&mut wang, &id)?;
    let told = story::card(&now)?;
    ensure!(told == story::card(&view(&mut zhang, &id)?)?, "both see one card");
    let (before, values) = told;
    let phones: Vec<&str> = values.iter().map(|(phone, ..)| phone.as_str()).collect();
    ensure!(before == "12000000033" && phones.len() == 2, "{before}: {phones:?}");
    let field = now["clashes"][0]["field"].clone();

    // Settled without a network, by the one whose grid it is.
    server.kill();
    let now = view(&mut wang, &id)?;
    let question = json!({ "case": id, "field": field, "value": "12000000042",
        "heads": now["heads"] });
    wang.ask("resolve", &question)?;
    server.begin()?;
    for device in [&mut wang, &mut zhang] {
        device.sync()?;
        let now = view(device, &id)?;
        ensure!(now["clashes"].as_array().is_some_and(Vec::is_empty), "{}", now["clashes"]);
        ensure!(now["members"][0]["phone"] == "12000000042", "{}", now["members"][0]);
    }
    Ok(())
}

#[test]
fn what_the_township_says_is_a_message_and_one_search_finds_everything() -> Result<()> {
    let mut story = begin()?;
    let Story { wang, li, server, .. } = &mut story;
    household(wang, "冯例九", "3-33", "12000000055")?;
    let file =
        wang.open_case("羊群进地啃了刚栽的苹果苗", [("冯例九", "12000000055"), ("郭样五", "")])?;
    wang.add(&file, &json!({ "kind": "visit", "words": "看了两家的地头，苗子少了十七棵" }))?;
    wang.sync()?;
    li.sync()?;
    li.add(
        &file,
        &json!({ "kind": "returned", "field": "facts.place", "reason": "写清在哪块地" }),
    )?;
    li.sync()?;
    wang.sync()?;
    let messages = wang.ask("messages", &json!({ "offset": 0, "limit": 0 }))?;
    let row = messages["rows"].as_array().into_iter().flatten().find(|row| row["case"] == file);
    let row = row.context("no message")?;
    ensure!(row["label"] == "退回" && row["asks"] == true && row["unread"] == true, "{row}");
    ensure!(row["by"] == "李例二", "{row}");
    wang.ask("mark_messages_read", &json!({}))?;
    ensure!(wang.ask("messages", &json!({ "offset": 0, "limit": 0 }))?["unread"] == 0);

    server.kill();
    let find =
        |wang: &mut Device, text: &str| wang.ask("find", &json!({ "text": text, "limit": 20 }));
    let found = find(wang, "十七棵")?;
    ensure!(found["entries"][0]["case"] == file, "{found}");
    ensure!(found["entries"][0]["excerpt"].as_str().is_some_and(|text| text.contains("十七棵")));
    for text in ["苹果苗 冯", "flj", "0055", "退回"] {
        let found = find(wang, text)?;
        let has = |group: &str| {
            found[group].as_array().into_iter().flatten().any(|row| row["id"] == file)
        };
        ensure!(has("files"), "the file is not found by {text}: {found}");
    }
    let found = find(wang, "冯例九妻")?;
    ensure!(found["households"][0]["member"] == "冯例九妻（配偶）", "{found}");
    let list = json!({ "queue": "open", "org": null, "category": null, "risk": null,
        "text": "苹果", "offset": 0, "limit": 50 });
    wang.ask("save_view", &json!({ "name": "果园的事", "list": list }))?;
    let views = wang.ask("saved_views", &json!({}))?;
    ensure!(views[0]["name"] == "果园的事" && views[0]["count"].as_u64() > Some(0), "{views}");

    // A complaint is kept without a network and reaches the county with it.
    wang.ask("complain", &json!({ "about": "usage", "words": "字再大一点", "contact": "" }))?;
    let kept = wang.ask("complaints", &json!({}))?;
    ensure!(kept[0]["number"].is_null(), "{kept}");
    server.begin()?;
    wang.sync()?;
    let kept = wang.ask("complaints", &json!({}))?;
    ensure!(kept[0]["number"] == 1, "{kept}");
    Ok(())
}

/// What the page 找 says can be typed, each with its example.
fn hints() -> Vec<(String, String)> {
    let model = include_str!("../../ui/src/models/found.rs");
    let listed = model.split("pub const HINTS").nth(1).and_then(|rest| rest.split("];").next());
    let pairs = listed.unwrap_or_default().lines().filter_map(|line| {
        let mut words = line.trim().strip_prefix("(\"")?.split('"');
        Some((words.next()?.to_owned(), words.nth(1)?.to_owned()))
    });
    pairs.collect()
}

#[test]
fn whatever_the_search_page_says_can_be_typed_finds_something() -> Result<()> {
    let mut story = begin()?;
    let wang = &mut story.wang;
    let home = household(wang, "王样一", "3-01", "12000000214")?;
    let parties = json!([
        { "name": "王样一", "side": "a", "phone": "12000000214", "household": home },
        { "name": "郭样五", "side": "b", "phone": "" },
    ]);
    let question = json!({ "matter": "两家争一条地界埂", "category": "0901", "place": "三组坡地",
        "occurred_on": "2026-11-18", "parties": parties, "risk": 3, "source": "01", "people": 2,
        "grid": null, "visit_day": null });
    let file = wang.ask("open_case_file", &question)?["id"].clone();
    let hints = hints();
    ensure!(hints.len() >= 6, "{hints:?}");
    for (what, example) in hints {
        let found = wang.ask("find", &json!({ "text": example, "limit": 50 }))?;
        let files = found["files"].as_array().into_iter().flatten().map(|row| &row["id"]);
        let homes = found["households"].as_array().into_iter().flatten().map(|h| &h["row"]["id"]);
        let is_found = files.chain(homes).any(|id| *id == file || *id == json!(home));
        ensure!(is_found, "{what}: {example} finds neither the file nor the household: {found}");
    }
    Ok(())
}

#[test]
fn the_township_sees_its_grids_and_who_works_there() -> Result<()> {
    let mut story = begin()?;
    let view = story.li.ask(
        "grids",
        &json!({ "org": null, "filter": "all", "text": "", "offset": 0, "limit": 500 }),
    )?;
    let total: u64 = view["counts"][0][1].as_u64().unwrap_or(0);
    ensure!(total > 0 && view["rows"].as_array().is_some_and(|rows| !rows.is_empty()));
    let units = view["units"].as_array().cloned().unwrap_or_default();
    let sum: u64 = units
        .iter()
        .flat_map(|unit| unit["grids"].as_array().cloned().unwrap_or_default())
        .filter_map(|count| count.as_u64())
        .sum();
    let known: u64 = (1..4).filter_map(|kind| view["counts"][kind][1].as_u64()).sum();
    ensure!(sum == known, "{sum} grids below, {known} by kind");
    let found = story.li.ask(
        "grids",
        &json!({ "org": null, "filter": "all", "text": "王样一", "offset": 0, "limit": 50 }),
    )?;
    ensure!(found["rows"][0]["workers"][0]["user"] == "u-wang", "{found}");
    let over = story.li.ask("handover", &json!({ "user": "u-wang" }))?;
    ensure!(over["grids"].as_array().is_some_and(|grids| !grids.is_empty()), "{over}");
    let month =
        story.wang.ask("visit_month", &json!({ "village": null, "month": "2026-02-01" }))?;
    let days = month["days"].as_array().cloned().unwrap_or_default();
    ensure!(days.len() % 7 == 0, "{} days", days.len());
    let visits: Vec<&str> = days
        .iter()
        .filter(|day| day["inside"] == true && !day["visit"].is_null())
        .filter_map(|day| day["visit"]["nominal"].as_str())
        .collect();
    ensure!(visits == ["2026-02-10", "2026-02-20", "2026-02-30"], "{visits:?}");
    Ok(())
}

/// Words that hardly pack, so that few files fill a page.
fn long_words(number: u32) -> String {
    let mut state = number.wrapping_mul(2_654_435_761).wrapping_add(1);
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        char::from_u32(0x4E00 + state % 0x5000).unwrap_or('一')
    };
    (0..1_900).map(next).collect()
}

/// 郝演十 takes a new computer. Signing in brings what he begins with; what is left comes with the
/// exchange that follows, and is counted as one with it.
#[test]
fn signing_in_waits_for_the_first_page_alone() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let mut wang = Device::of(&folder.path().join("wang"), &server, "u-wang", "手机")?;
    for file in 0..50 {
        let id = wang.open_case(
            &format!("第{file}件，两家为地界埂争起来"),
            [("冯例八", "12000000008"), ("呼样七", "12000000007")],
        )?;
        for entry in 0..5 {
            wang.add(&id, &json!({ "kind": "visit", "words": long_words(file * 5 + entry) }))?;
        }
    }
    wang.sync()?;

    let mut hao = Device::start(&folder.path().join("hao"))?;
    let question =
        json!({ "server": server.address(), "user": "u-hao", "device_name": "办公电脑" });
    hao.ask("demo_sign_in", &question)?;
    let first = hao.ask("sync_state", &json!({}))?;
    let open = hao.list("open", "")?;
    ensure!(first["state"] == "syncing" && first["done_at"].is_null(), "{first:#}");
    ensure!(first["progress"] == json!([1, 2]), "{first:#}");
    ensure!(!open.is_empty(), "nothing to begin with");
    let done = hao.sync()?;
    ensure!(done["state"] == "done" && done["done_at"].is_i64(), "{done:#}");
    ensure!(done["last_received"].as_u64() > first["last_received"].as_u64(), "{done:#}");
    ensure!(done["log"].as_array().is_some_and(|log| log.len() == 1), "{done:#}");
    ensure!(hao.list("open", "")?.len() > open.len());
    Ok(())
}
