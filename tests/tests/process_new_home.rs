//! Families move to another village, split and join, with a way from each household to the other.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_tests::{Device, Server};

const GRID_7: &str = "6106211032032007";
const XIAYI_IN_LEICHI: &str = "6106211062302001";

fn household(device: &mut Device, head: &str, plate: &str) -> Result<String> {
    let member = |name: String, relation: &str| json!({ "name": name, "relation": relation, "birth_year": 1958, "phone": "" });
    let members = json!([
        member(head.to_owned(), "户主"),
        member(format!("{head}妻"), "配偶"),
        member(format!("{head}子"), "子"),
    ]);
    let question = json!({ "grid": null, "head": head, "address": "下盘石村3组", "door_plate": plate,
        "household_no": "", "members": members });
    let saved = device.ask("open_household", &question)?;
    Ok(saved["id"].as_str().context("no identifier")?.to_owned())
}

fn view(device: &mut Device, id: &str) -> Result<Value> {
    device.ask("household", &json!({ "id": id }))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Kind, identifier and head of each household that is tied to this one; no head where it is not
/// held.
fn ties(device: &mut Device, id: &str) -> Result<Vec<(String, String, String)>> {
    let view = view(device, id)?;
    let ties = view["ties"].as_array().context("no ties")?;
    let told = |tie: &Value| (text(&tie["kind"]), text(&tie["id"]), text(&tie["row"]["head"]));
    Ok(ties.iter().map(told).collect())
}

fn tie(kind: &str, id: &str, head: &str) -> (String, String, String) {
    (kind.to_owned(), id.to_owned(), head.to_owned())
}

/// The grids offered to a household, with their villages, in the order of the sheet.
fn targets(device: &mut Device, id: &str) -> Result<Vec<(String, String)>> {
    let villages = device.ask("move_targets", &json!({ "household": id }))?;
    let mut all = Vec::new();
    for village in villages.as_array().context("no villages")? {
        for grid in village["grids"].as_array().into_iter().flatten() {
            all.push((text(&village["name"]), text(&grid["org"])));
        }
    }
    Ok(all)
}

/// A grid of another village of 张家滩镇 with whoever works there, as the township knows them.
fn elsewhere(li: &mut Device) -> Result<(String, String)> {
    let question =
        json!({ "org": null, "filter": "rural", "text": "下驿", "offset": 0, "limit": 50 });
    let view = li.ask("grids", &question)?;
    let rows = view["rows"].as_array().context("no grids")?;
    let row = rows.iter().find(|row| row["workers"][0]["user"].is_string());
    let row = row.context("nobody works there")?;
    Ok((text(&row["org"]), text(&row["workers"][0]["user"])))
}

/// 冯例八 makes a code, with which somebody signs in on a phone of their own.
fn enrolled(feng: &mut Device, phone: &Path, server: &Server, user: &str) -> Result<Device> {
    let code = feng.ask("make_code", &json!({ "user": user }))?["code"].clone();
    let mut device = Device::start(phone)?;
    let question = json!({ "server": server.address(), "code": code, "device_name": "手机" });
    device.ask("enrol", &question)?;
    device.sync()?;
    Ok(device)
}

/// 呼样七's family moves from 下盘石村 to 下驿. 王样一 writes it down without a network, while the
/// worker of 下驿 has none either; both find it in order when they have.
#[test]
fn a_family_moves_to_another_village_while_both_workers_are_offline() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let mut server = Server::start(&at("server"), None)?;
    let mut wang = Device::of(&at("wang"), &server, "u-wang", "手机")?;
    let mut li = Device::of(&at("li"), &server, "u-li", "办公电脑")?;
    let mut feng = Device::of(&at("feng"), &server, "u-feng", "办公电脑")?;
    let (grid, user) = elsewhere(&mut li)?;
    let mut new = enrolled(&mut feng, &at("new"), &server, &user)?;
    let id = household(&mut wang, "呼样七", "3-12")?;
    wang.sync()?;
    ensure!(view(&mut new, &id).is_err());

    server.kill();
    let offered = targets(&mut wang, &id)?;
    let first = offered.first().context("nothing is offered")?;
    ensure!(first.0 == "下盘石村", "the own village first: {first:?}");
    ensure!(!offered.iter().any(|(_, org)| org == GRID_7), "it lives there already");
    ensure!(offered.contains(&("下驿村".to_owned(), grid.clone())), "{offered:?}");
    ensure!(offered.iter().all(|(_, org)| org.starts_with("610621103")), "{offered:?}");
    let heads = view(&mut wang, &id)?["heads"].clone();
    let question =
        |to: &str| json!({ "household": id, "to": to, "reason": "搬到下驿", "heads": heads });
    let refused = wang.ask("move_household", &question(XIAYI_IN_LEICHI));
    ensure!(refused.is_err(), "to another township");
    wang.ask("move_household", &question(&grid))?;
    let now = view(&mut wang, &id)?;
    let row = &now["row"];
    ensure!(row["village"] == "下驿村" && row["grid"] == grid, "named before it is sent: {row}");
    ensure!(now["acts"] == json!([]), "it is no longer his: {}", now["acts"]);
    let month = wang.ask("visit_month", &json!({ "village": null, "month": null }))?;
    let villages = month["villages"].as_array().map_or(0, Vec::len);
    ensure!(villages == 1, "a village known by name has no visit days here: {villages}");

    server.begin()?;
    wang.sync()?;
    wang.sync()?;
    ensure!(view(&mut wang, &id).is_err(), "whoever has nothing to do with it keeps nothing of it");
    new.sync()?;
    let now = view(&mut new, &id)?;
    ensure!(now["row"]["head"] == "呼样七" && now["row"]["grid"] == grid, "{}", now["row"]);
    ensure!(now["entries"][0]["text"] == "搬到下驿", "{}", now["entries"]);
    ensure!(now["entries"][0]["delivery"] == "accepted", "{}", now["entries"]);
    let on = new.ask("today", &json!({}))?["date"].clone();
    let seen = json!({ "household": id, "entry": { "kind": "household_seen", "words": "安顿好了" },
        "on": on, "heads": now["heads"] });
    new.ask("add_household_entry", &seen)?;
    let state = new.sync()?;
    ensure!(state["waiting"] == 0 && state["needs"] == json!([]), "{state}");
    Ok(())
}

/// 贺模五's family moves in with 呼样七, whose son set up house before.
#[test]
fn each_household_leads_to_those_it_came_of_and_those_that_came_of_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let server = Server::start(&at("server"), None)?;
    let mut wang = Device::of(&at("wang"), &server, "u-wang", "手机")?;
    let mut li = Device::of(&at("li"), &server, "u-li", "办公电脑")?;
    let mut feng = Device::of(&at("feng"), &server, "u-feng", "办公电脑")?;
    let (grid, user) = elsewhere(&mut li)?;
    let mut there = enrolled(&mut feng, &at("there"), &server, &user)?;
    let stays = household(&mut wang, "呼样七", "3-12")?;
    let goes = household(&mut wang, "贺模五", "3-02")?;
    ensure!(ties(&mut wang, &stays)?.is_empty());

    let whole = view(&mut wang, &stays)?;
    let son = whole["members"].as_array().into_iter().flatten().find(|m| m["relation"] == "子");
    let split = json!({ "household": stays, "members": [son.context("no son")?["key"]],
        "address": "下盘石村3组新院", "door_plate": "3-13", "reason": "儿子成家",
        "heads": whole["heads"] });
    let new = text(&wang.ask("split_household", &split)?["id"]);
    let heads = view(&mut wang, &goes)?["heads"].clone();
    let merge =
        json!({ "household": goes, "into": stays, "reason": "老人搬来同住", "heads": heads });
    wang.ask("merge_household", &merge)?;

    let expected = [tie("joined", &goes, "贺模五"), tie("left", &new, "呼样七子")];
    ensure!(ties(&mut wang, &stays)? == expected, "{:?}", ties(&mut wang, &stays)?);
    ensure!(ties(&mut wang, &goes)? == [tie("lives_on", &stays, "呼样七")]);
    ensure!(ties(&mut wang, &new)? == [tie("came_of", &stays, "呼样七")]);

    // The son moves on to 下驿. Here it still says that he left; there nothing is held of whence.
    let heads = view(&mut wang, &new)?["heads"].clone();
    let question = json!({ "household": new, "to": grid, "reason": "搬到下驿", "heads": heads });
    wang.ask("move_household", &question)?;
    wang.sync()?;
    wang.sync()?;
    there.sync()?;
    let expected = [tie("joined", &goes, "贺模五"), tie("left", &new, "")];
    let now = ties(&mut wang, &stays)?;
    ensure!(now == expected, "{now:?}");
    ensure!(view(&mut there, &new)?["row"]["head"] == "呼样七子");
    let whence = ties(&mut there, &new)?;
    ensure!(whence.is_empty(), "{whence:?}");
    Ok(())
}

fn seen(device: &mut Device, id: &str, words: &str) -> Result<()> {
    let (on, heads) =
        (device.ask("today", &json!({}))?["date"].clone(), view(device, id)?["heads"].clone());
    let question = json!({ "household": id, "entry": { "kind": "household_seen", "words": words },
        "on": on, "heads": heads });
    device.ask("add_household_entry", &question).map(drop)
}

/// A family moves away from 王样一, whose telephone keeps nothing of it; her tablet lies in a drawer. Then a copy of
/// the day before is put back at the server: the family is hers again, and she writes on with the telephone, which does
/// not know any more what it had written. The tablet does.
#[test]
fn a_family_that_moved_comes_back_with_an_older_server_and_everybody_reads_on() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let (data, copy) = (at("server").display().to_string(), at("copy").display().to_string());
    let mut server = Server::start(&at("server"), None)?;
    let mut wang = Device::of(&at("wang"), &server, "u-wang", "手机")?;
    let mut li = Device::of(&at("li"), &server, "u-li", "办公电脑")?;
    let mut tablet = Device::of(&at("tablet"), &server, "u-wang", "平板")?;
    let (grid, _) = elsewhere(&mut li)?;
    let id = household(&mut tablet, "呼样七", "3-12")?;
    tablet.sync()?;
    wang.sync()?;
    server.command(&["backup", "--data", &data, "--to", &copy])?;
    seen(&mut wang, &id, "水渠边看过")?;
    wang.sync()?;
    tablet.sync()?;
    let heads = view(&mut wang, &id)?["heads"].clone();
    let question = json!({ "household": id, "to": grid, "reason": "搬到下驿", "heads": heads });
    wang.ask("move_household", &question)?;
    wang.sync()?;
    wang.sync()?;
    ensure!(view(&mut wang, &id).is_err(), "nothing of it is kept");

    server.kill();
    server.command(&["restore", "--data", &data, "--from", &copy])?;
    server.begin()?;
    wang.sync()?;
    seen(&mut wang, &id, "又去看了")?;
    wang.sync()?;
    for _ in 0..3 {
        let state = tablet.sync()?;
        ensure!(state["state"] == "done", "{state}");
        wang.sync()?;
    }
    for device in [&mut tablet, &mut wang] {
        let entries = view(device, &id)?["entries"].clone();
        let texts: Vec<String> =
            entries.as_array().into_iter().flatten().map(|entry| text(&entry["text"])).collect();
        for words in ["水渠边看过", "又去看了"] {
            ensure!(texts.iter().filter(|text| *text == words).count() == 1, "{texts:?}");
        }
    }
    Ok(())
}
