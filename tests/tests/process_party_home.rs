//! Two men called 冯例九 live in the grid of 王样一. A file says which of them quarrels.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_tests::{Device, Server};

fn household(device: &mut Device, head: &str, plate: &str) -> Result<String> {
    let members = json!([{ "name": head, "relation": "户主", "birth_year": 1958, "phone": "" }]);
    let question = json!({ "grid": null, "head": head, "address": "下盘石村3组", "door_plate": plate,
        "household_no": "", "members": members });
    let saved = device.ask("open_household", &question)?;
    Ok(saved["id"].as_str().context("no identifier")?.to_owned())
}

/// A file about 冯例九 of a household and 郭样五.
fn open(device: &mut Device, household: &Value) -> Result<String> {
    let parties = json!([
        { "name": "冯例九", "side": "a", "phone": "", "household": household },
        { "name": "郭样五", "side": "b", "phone": "" },
    ]);
    let question = json!({ "matter": "羊群进地啃了刚栽的苹果苗", "category": "0202",
        "place": "三组坡地", "occurred_on": "2026-11-19", "parties": parties, "risk": 3,
        "source": "01", "people": null, "grid": null, "visit_day": null });
    let opened = device.ask("open_case_file", &question)?;
    Ok(opened["id"].as_str().context("no identifier")?.to_owned())
}

/// Whether the page of a household names a file, and whether the list of those with files does it.
fn named(device: &mut Device, household: &str, file: &str) -> Result<(bool, bool)> {
    let view = device.ask("household", &json!({ "id": household }))?;
    let has = |rows: &Value, id: &str| {
        rows.as_array().into_iter().flatten().any(|row| row["id"] == json!(id))
    };
    let question =
        json!({ "org": null, "filter": "with_files", "text": "", "offset": 0, "limit": 200 });
    let grid = device.ask("my_grid", &question)?;
    Ok((has(&view["files"], file), has(&grid["rows"], household)))
}

fn home(device: &mut Device, file: &str) -> Result<Value> {
    let view = device.ask("case_file", &json!({ "id": file }))?;
    let parties = view["parties"].as_array().into_iter().flatten();
    let party = parties.into_iter().find(|party| party["name"] == "冯例九");
    Ok(party.context("no party")?["home"].clone())
}

#[test]
fn a_file_stands_on_the_page_of_the_household_that_was_meant_and_of_no_namesake() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let mut wang = Device::of(&folder.path().join("wang"), &server, "u-wang", "手机")?;
    let mut li = Device::of(&folder.path().join("li"), &server, "u-li", "办公电脑")?;
    let meant = household(&mut wang, "冯例九", "3-33")?;
    let other = household(&mut wang, "冯例九", "3-34")?;

    let file = open(&mut wang, &json!(meant))?;
    ensure!(home(&mut wang, &file)?["words"] == "3-33 冯例九家");
    ensure!(named(&mut wang, &meant, &file)? == (true, true));
    ensure!(named(&mut wang, &other, &file)? == (false, false), "a namesake has no quarrel");

    // It was the other one after all; and where nobody says which, the name tells.
    let set = |device: &mut Device, value: &str| -> Result<Value> {
        let view = device.ask("case_file", &json!({ "id": file }))?;
        let parties = view["parties"].as_array().into_iter().flatten();
        let party = parties.into_iter().find(|party| party["name"] == "冯例九");
        let question = json!({ "case": file, "party": party.context("no party")?["key"],
            "field": "household", "value": value, "heads": view["heads"] });
        device.ask("set_party_field", &question)
    };
    set(&mut wang, &other)?;
    ensure!(home(&mut wang, &file)?["words"] == "3-34 冯例九家");
    ensure!(named(&mut wang, &meant, &file)? == (false, false));
    ensure!(named(&mut wang, &other, &file)? == (true, true));
    set(&mut wang, "")?;
    ensure!(home(&mut wang, &file)?.is_null());
    ensure!(named(&mut wang, &meant, &file)? == (true, true));
    ensure!(named(&mut wang, &other, &file)? == (true, true));

    // A household that joined another one: its files are found by name where it lives on.
    set(&mut wang, &other)?;
    let heads = wang.ask("household", &json!({ "id": other }))?["heads"].clone();
    let merge = json!({ "household": other, "into": meant, "reason": "父子同住", "heads": heads });
    wang.ask("merge_household", &merge)?;
    ensure!(named(&mut wang, &meant, &file)? == (true, true));

    // The township reads the file and holds no household: it is told of none.
    wang.sync()?;
    li.sync()?;
    ensure!(home(&mut li, &file)?.is_null());
    Ok(())
}

#[test]
fn nobody_belongs_to_a_household_that_is_not_on_the_device() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let mut wang = Device::of(&folder.path().join("wang"), &server, "u-wang", "手机")?;
    let stranger = json!("01890a5d-ac96-774b-bcce-b302099a8057");
    let refused = open(&mut wang, &stranger).map_err(|error| format!("{error:#}"));
    ensure!(refused.as_ref().is_err_and(|error| error.contains("household")), "{refused:?}");
    Ok(())
}
