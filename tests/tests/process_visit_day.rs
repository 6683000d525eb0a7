//! 驻村坐诊 in 下盘石村 without a network: three devices of one team, in every order of coming home.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use anyhow::Result;
use serde_json::{Value, json};
use yidang_tests::story::visit_day;
use yidang_tests::{Device, Server};

const TEAM: [&str; 3] = ["u-wang", "u-liu", "u-zhang"];
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
const VILLAGE: &str = "610621103203";

fn walk_in(device: &mut Device, nominal: &str, visitors: &str) -> Result<()> {
    let question = json!({ "village": VILLAGE, "nominal": nominal, "visitors": visitors,
        "people": 2, "matter": "想问低保", "case_file": null });
    device.ask("register_walk_in", &question).map(|_| ())
}

fn seen(device: &mut Device, nominal: &str, file: &str) -> Result<(Vec<String>, Vec<String>)> {
    let day = device.ask("visit_day", &json!({ "village": VILLAGE, "nominal": nominal }))?;
    let texts = |values: &Value, field: &str| -> Vec<String> {
        let all = values.as_array().into_iter().flatten();
        let mut texts: Vec<String> =
            all.filter_map(|value| value[field].as_str().map(str::to_owned)).collect();
        texts.sort();
        texts
    };
    let case = device.case(file)?;
    Ok((texts(&day["walk_ins"], "visitors"), texts(&case["entries"], "text")))
}

/// 建档或跟进 and 调解 of the summary count the files that are listed below it, this one among them.
fn counts_open_to_files(device: &mut Device, nominal: &str, file: &str) -> Result<()> {
    let day = device.ask("visit_day", &json!({ "village": VILLAGE, "nominal": nominal }))?;
    let files = day["worked_on"].as_array().cloned().unwrap_or_default();
    assert_eq!(day["touched"], json!(files.len()), "{files:#?}");
    let sessions: u64 = files.iter().filter_map(|file| file["sessions"].as_u64()).sum();
    assert_eq!(day["sessions"], json!(sessions), "{files:#?}");
    let this = files.iter().find(|worked_on| worked_on["row"]["id"] == file);
    assert!(this.is_some(), "{file} was worked on: {files:#?}");
    Ok(())
}

/// The team's day on one copy of the county; whoever comes home in which order, all see all.
fn day_with_order(order: [usize; 3]) -> Result<(Vec<String>, Vec<String>)> {
    let (on, nominal, ahead) = visit_day()?;
    let folder = tempfile::tempdir()?;
    let mut server = Server::start(&folder.path().join("server"), Some(&on.to_string()))?;
    let mut team = Vec::new();
    for user in TEAM {
        team.push(Device::of_ahead(&folder.path().join(user), &server, user, "手机", ahead)?);
    }
    let file = team[0].open_case("地界埂被推平", [("冯例八", ""), ("郭样五", "")])?;
    for device in &mut team {
        device.sync()?;
    }
    server.kill();
    for (device, who) in team.iter_mut().zip(["王", "刘", "张"]) {
        walk_in(device, &nominal, &format!("{who}家的来访人"))?;
        walk_in(device, &nominal, &format!("{who}家的第二个"))?;
        let session = json!({ "kind": "mediation_session", "place": "村委会", "consent": true,
            "words": format!("{who}这边谈过一次") });
        device.add(&file, &session)?;
    }
    server.begin()?;
    for index in order {
        team[index].sync()?;
    }
    for device in &mut team {
        device.sync()?;
    }
    let first = seen(&mut team[0], &nominal, &file)?;
    counts_open_to_files(&mut team[0], &nominal, &file)?;
    for device in &mut team[1..] {
        assert_eq!(seen(device, &nominal, &file)?, first);
    }
    Ok(first)
}

#[test]
fn three_devices_come_home_in_six_orders_and_all_see_every_entry() -> Result<()> {
    for order in ORDERS {
        let (walk_ins, entries) = day_with_order(order)?;
        assert_eq!(walk_ins.len(), 6, "{order:?}: {walk_ins:?}");
        for who in ["王", "刘", "张"] {
            let words = format!("{who}这边谈过一次");
            assert!(entries.contains(&words), "{order:?}: {entries:?}");
        }
    }
    Ok(())
}
