//! One dispute file from a village without signal to the county, through real processes.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use std::path::Path;

use anyhow::Result;
use serde_json::json;
use tempfile::TempDir;
use yidang_tests::story::{card, delivered, numbers_open_to_files, stage};
use yidang_tests::{Device, Server};

/// The people of the story, each with a device of their own.
struct People {
    server: Server,
    wang: Device,
    gao: Device,
    li: Device,
    hao: Device,
    folder: TempDir,
}

fn people() -> Result<People> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let server = Server::start(&at("server"), None)?;
    Ok(People {
        wang: Device::of(&at("wang"), &server, "u-wang", "手机")?,
        gao: Device::of(&at("gao"), &server, "u-gao", "手机")?,
        li: Device::of(&at("li"), &server, "u-li", "办公电脑")?,
        hao: Device::of(&at("hao"), &server, "u-hao", "办公电脑")?,
        server,
        folder,
    })
}

#[test]
fn a_file_opened_in_a_gully_reaches_the_county_and_is_closed() -> Result<()> {
    let mut all = people()?;
    let shared = all.wang.open_case("地界埂被推平", [("冯例八", "12000000008"), ("郭样五", "")])?;
    all.wang.sync()?;
    all.gao.sync()?;

    // The server is gone: 王样一 opens three files and edits two, 高模五 edits one of the same.
    all.server.kill();
    let first = all.wang.open_case("羊群进地啃了苹果苗", [("冯例八", ""), ("郝演十", "")])?;
    let second = all.wang.open_case("窑洞排水冲了墙根", [("曹试九", ""), ("贺例六", "")])?;
    let third = all.wang.open_case("浇地先后起争吵", [("白测六", ""), ("呼样七", "")])?;
    all.wang.add(&first, &json!({ "kind": "visit", "words": "苗 46 棵，断头 31 棵" }))?;
    all.wang.set_phone(&shared, "冯例八", "12000000021")?;
    let offline = all.wang.sync()?;
    assert_eq!(offline["state"], "offline");
    assert_eq!(offline["waiting"], 5, "three files, a visit and a number");
    all.gao.set_phone(&shared, "冯例八", "12000000012")?;

    // The server is back; both sync, and both see both values.
    all.server.begin()?;
    for device in [&mut all.wang, &mut all.gao] {
        assert_eq!(device.sync()?["state"], "done");
    }
    all.wang.sync()?;
    all.li.sync()?;
    let (before, values) = card(&all.wang.case(&shared)?)?;
    assert_eq!(before, "12000000008");
    let told = |who: &str, phone: &str, device: &str| {
        (phone.to_owned(), who.to_owned(), device.to_owned())
    };
    let mut sorted = values.clone();
    sorted.sort();
    assert_eq!(
        sorted,
        [told("高模五", "12000000012", "手机"), told("王样一", "12000000021", "手机")]
    );
    assert_eq!(card(&all.gao.case(&shared)?)?.1, values);
    assert_eq!(card(&all.li.case(&shared)?)?.1, values);

    // 王样一 settles it on his phone, offline, and everybody agrees afterwards.
    all.server.kill();
    let view = all.wang.case(&shared)?;
    let question = json!({ "case": shared, "field": view["clashes"][0]["field"],
        "value": "12000000012", "heads": view["heads"] });
    all.wang.ask("resolve", &question)?;
    assert_eq!(all.wang.case(&shared)?["clashes"], json!([]));
    all.server.begin()?;
    all.wang.sync()?;
    for device in [&mut all.gao, &mut all.li, &mut all.hao] {
        device.sync()?;
        let view = device.case(&shared)?;
        assert_eq!(view["clashes"], json!([]));
        assert_eq!(view["parties"][0]["phone"], "12000000012");
    }

    township_judges(&mut all, &first, &second, &third)?;
    assert!(delivered(&all.wang.case(&first)?));
    restored(all, &third)
}

/// The township returns one file, accepts one, closes one; a late entry changes nothing.
fn township_judges(all: &mut People, first: &str, second: &str, third: &str) -> Result<()> {
    let returned = json!({ "kind": "returned", "field": "facts.place", "reason": "写明组别" });
    all.li.add(first, &returned)?;
    all.li.add(second, &json!({ "kind": "accepted" }))?;
    all.li.add(third, &json!({ "kind": "accepted" }))?;
    all.li.sync()?;
    all.wang.sync()?;
    let view = all.wang.case(first)?;
    assert_eq!(stage(&view), "returned");
    assert_eq!(view["returned"]["reason"], "写明组别");
    assert_eq!(view["returned"]["written"]["name"], "李例二");
    let number = all.wang.case(second)?["row"]["number"].clone();
    assert!(number.as_str().is_some_and(|number| number.contains('〔')), "{number}");

    all.wang.add(third, &json!({ "kind": "close_asked", "words": "已履行" }))?;
    all.wang.sync()?;
    all.li.sync()?;
    // Offline, 王样一 writes a visit; meanwhile 李例二 closes the file.
    all.wang.add(third, &json!({ "kind": "visit", "words": "又去看了一眼" }))?;
    all.li.add(third, &json!({ "kind": "closed", "words": "同意" }))?;
    all.li.sync()?;
    all.wang.sync()?;
    all.li.sync()?;
    let closed = all.li.case(third)?;
    assert_eq!(stage(&closed), "closed");
    assert_eq!(closed["row"]["late"], 1);
    let late = all.li.list("late", "")?;
    assert!(late.iter().any(|row| row["id"] == *third), "on the reviewer's list");
    assert_eq!(stage(&all.wang.case(third)?), "closed");
    numbers_open_to_files(&mut all.hao, [first, second, third])
}

/// A server restored from a backup taken before the closing comes back to it through one device.
fn restored(mut all: People, third: &str) -> Result<()> {
    let at = |name: &str| all.folder.path().join(name);
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let (backup, data) = (path(&at("backup.db")), path(all.server.folder()));
    all.server.command(&["backup", "--data", &data, "--to", &backup])?;
    let fourth = all.wang.open_case("新房盖得高挡住光", [("杜测一", ""), ("屈样二", "")])?;
    all.wang.sync()?;
    all.li.sync()?;
    all.li.add(&fourth, &json!({ "kind": "accepted" }))?;
    all.li.sync()?;
    all.wang.sync()?;
    assert_eq!(stage(&all.wang.case(&fourth)?), "accepted");
    let number = all.wang.case(&fourth)?["row"]["number"].clone();

    all.server.kill();
    all.server.command(&["restore", "--data", &data, "--from", &backup])?;
    all.server.begin()?;
    // 李例二's computer is broken; only 王样一's phone comes back.
    all.wang.sync()?;
    let mut hao = Device::of(&at("hao-again"), &all.server, "u-hao", "新电脑")?;
    let view = hao.case(&fourth)?;
    assert_eq!(stage(&view), "accepted");
    assert_eq!(view["row"]["number"], number);
    assert_eq!(stage(&hao.case(third)?), "closed");
    let said = all.server.command(&["check", "--data", &data])?;
    assert!(!said.is_empty());
    Ok(())
}
