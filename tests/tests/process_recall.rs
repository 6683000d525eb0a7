//! Nothing that is on a device is missed by its search: people of one to four characters, rare ones
//! among them, by any part of their names and initials, numbers by their tails, files by what they
//! are about and where they stand.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_tests::{Device, Server};

/// Names, some outside the first plane, with initials that lead to them: of every reading of their
/// surnames, in every length.
const PEOPLE: [(&str, &str); 9] = [
    ("禤", ""),
    ("王㛃", "wj w"),
    ("张𬍛", "z"),
    ("李𡚸样", "l"),
    ("单样一", "s sy syy d dy dyy SYY"),
    ("仇例二", "qle cle q c"),
    ("解演三", "xys jys x j"),
    ("尉迟试四", "y yc ycs ycss w wc wcss"),
    ("欧阳𠮷五", "o oy oyj oyjw"),
];

fn phone(nth: usize) -> String {
    format!("1200008{nth:04}")
}

fn number(nth: usize) -> String {
    format!("H-{:05}", 73_100 + nth)
}

/// A household with this head, and a file that this person is party to.
fn write(device: &mut Device, nth: usize, name: &str) -> Result<(String, String)> {
    let members = json!([
        { "name": name, "relation": "户主", "birth_year": 1958, "phone": phone(nth) },
        { "name": "白测七", "relation": "配偶", "birth_year": 1960, "phone": "" },
    ]);
    let question = json!({ "grid": null, "head": name, "address": "下盘石村后院",
        "door_plate": format!("7-{:02}", 31 + nth), "household_no": number(nth), "members": members });
    let household = device.ask("open_household", &question)?;
    let file = device.open_case("水渠改道淹了苜蓿地", [(name, &phone(nth)), ("薛模六", "")])?;
    Ok((household["id"].as_str().context("no identifier")?.to_owned(), file))
}

fn has(rows: &Value, id: &str) -> bool {
    rows.as_array().into_iter().flatten().any(|row| row["id"] == id || row["row"]["id"] == id)
}

fn list(changes: &Value) -> Value {
    let mut list = json!({ "queue": "all", "org": null, "category": null, "risk": null,
        "text": "", "offset": 0, "limit": 500 });
    for (name, value) in changes.as_object().into_iter().flatten() {
        list[name] = value.clone();
    }
    list
}

/// By every way that looks for words.
fn ensure_found(
    device: &mut Device,
    text: &str,
    household: Option<&str>,
    file: &str,
) -> Result<()> {
    let found = device.ask("find", &json!({ "text": text, "limit": 50 }))?;
    ensure!(has(&found["files"], file), "the file is not found by {text}: {found}");
    let listed = device.ask("list_case_files", &list(&json!({ "text": text })))?;
    ensure!(has(&listed["rows"], file), "the list has no file by {text}");
    let rows = listed["rows"].as_array().map_or(0, Vec::len);
    ensure!(listed["total"] == rows && found["files_total"] == rows, "{text}: {rows} rows");
    let Some(household) = household else { return Ok(()) };
    let is_cut = found["households_total"].as_u64() > Some(50);
    ensure!(is_cut || has(&found["households"], household), "no household by {text}: {found}");
    let question = json!({ "org": null, "filter": "all", "text": text, "offset": 0, "limit": 500 });
    let grid = device.ask("my_grid", &question)?;
    ensure!(has(&grid["rows"], household), "我的格 has no household by {text}");
    ensure!(grid["total"] == found["households_total"], "{text}: {}", grid["total"]);
    Ok(())
}

#[test]
fn everybody_on_the_device_is_found_by_any_part_of_name_initials_and_numbers() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let mut wang = Device::of(&folder.path().join("wang"), &server, "u-wang", "手机")?;
    let mut written = Vec::new();
    for (nth, (name, _)) in PEOPLE.iter().enumerate() {
        written.push(write(&mut wang, nth, name)?);
    }
    for (nth, ((name, initials), (household, file))) in PEOPLE.iter().zip(&written).enumerate() {
        let characters: Vec<char> = name.chars().collect();
        for from in 0..characters.len() {
            for to in from + 1..=characters.len() {
                let part: String = characters[from..to].iter().collect();
                ensure_found(&mut wang, &part, Some(household), file)?;
            }
        }
        let phone = phone(nth);
        let tails = (3..=8).map(|length| phone[phone.len() - length..].to_owned());
        let mut texts: Vec<String> = initials.split_whitespace().map(str::to_owned).collect();
        texts.extend(tails.chain([phone.clone(), format!("{name} {phone}")]));
        for text in &texts {
            ensure_found(&mut wang, text, Some(household), file)?;
        }
        for text in [number(nth), number(nth)[2..].to_owned(), format!("7-{:02}", 31 + nth)] {
            let found = wang.ask("find", &json!({ "text": text, "limit": 50 }))?;
            ensure!(has(&found["households"], household), "no household by {text}: {found}");
        }
    }
    // Nobody is found by what is somebody else's.
    let found = wang.ask("find", &json!({ "text": "𡚸𬍛", "limit": 50 }))?;
    ensure!(found["files_total"] == 0 && found["households_total"] == 0, "{found}");
    Ok(())
}

#[test]
fn a_file_is_found_by_its_number_category_stage_and_what_was_said() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let mut wang = Device::of(&folder.path().join("wang"), &server, "u-wang", "手机")?;
    let mut li = Device::of(&folder.path().join("li"), &server, "u-li", "办公电脑")?;
    let (_, file) = write(&mut wang, 1, "王㛃")?;
    wang.add(&file, &json!({ "kind": "visit", "words": "看了苜蓿地，淹了三畦，𬍛家也在场" }))?;
    for text in ["水渠", "苜蓿地", "土地承包经营", "权属纠纷", "待受理", "㛃 待受理 苜蓿"]
    {
        ensure_found(&mut wang, text, None, &file)?;
    }
    let said = wang.ask("find", &json!({ "text": "三畦", "limit": 12 }))?;
    ensure!(said["entries"][0]["case"] == file, "{said}");
    ensure!(said["entries"][0]["excerpt"].as_str().is_some_and(|text| text.contains("三畦")));
    wang.sync()?;
    li.sync()?;
    li.add(&file, &json!({ "kind": "accepted" }))?;
    li.sync()?;
    li.sync()?;
    wang.sync()?;
    let row = wang.case(&file)?["row"].clone();
    let official = row["number"].as_str().unwrap_or_default().to_owned();
    let digits: String = official.rsplit('〕').next().unwrap_or_default().replace('号', "");
    ensure!(!digits.is_empty(), "no number: {row}");
    for device in [&mut wang, &mut li] {
        for text in [official.as_str(), &digits, "在办", "㛃 在办", "wj 在办"] {
            ensure_found(device, text, None, &file)?;
        }
        let of_stage = device.ask("list_case_files", &list(&json!({ "text": "待受理" })))?;
        ensure!(!has(&of_stage["rows"], &file), "it is not 待受理 any more");
        // Filters and words together, and as a kept selection.
        let together = list(&json!({ "queue": "in_work", "category": "09", "risk": 3,
            "org": row["grid"], "text": "㛃" }));
        let listed = device.ask("list_case_files", &together)?;
        ensure!(listed["total"] == 1 && has(&listed["rows"], &file), "{listed}");
        device.ask("save_view", &json!({ "name": "水渠的事", "list": together }))?;
        ensure!(device.ask("saved_views", &json!({}))?[0]["count"] == 1);
        for narrower in
            [json!({ "risk": 1 }), json!({ "category": "02" }), json!({ "queue": "closed" })]
        {
            let mut list = together.clone();
            for (name, value) in narrower.as_object().into_iter().flatten() {
                list[name] = value.clone();
            }
            ensure!(device.ask("list_case_files", &list)?["total"] == 0, "{narrower}");
        }
    }
    Ok(())
}
