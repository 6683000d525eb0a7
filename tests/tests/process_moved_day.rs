//! 李例二 puts off a visit day and cancels another. 王样一's phone says so wherever a day is named.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_domain::civil::{Date, date_after};
use yidang_tests::{Device, Server};

/// The day that is announced: village, name and date.
fn announced(device: &mut Device) -> Result<(String, String, Date)> {
    let visit = device.ask("today", &json!({}))?["visit"].clone();
    let word = |name: &str| visit[name].as_str().map(str::to_owned).context("no visit day");
    Ok((word("village")?, word("nominal")?, word("on")?.parse()?))
}

fn decide(li: &mut Device, village: &str, nominal: &str, entry: &Value) -> Result<()> {
    let day = li.ask("visit_day", &json!({ "village": village, "nominal": nominal }))?;
    let question = json!({ "village": village, "nominal": nominal, "entry": entry,
        "heads": day["heads"] });
    li.ask("add_visit_entry", &question)?;
    li.sync().map(drop)
}

/// What the month says of a date.
fn in_month(device: &mut Device, village: &str, date: Date) -> Result<Value> {
    let question = json!({ "village": village, "month": date });
    let month = device.ask("visit_month", &question)?;
    let days = month["days"].as_array().cloned().unwrap_or_default();
    let day = days.into_iter().find(|day| day["date"] == json!(date)).context("no such date")?;
    Ok(day["visit"].clone())
}

#[test]
fn a_day_that_is_put_off_or_cancelled_is_announced_as_it_is_now() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let mut wang = Device::of(&folder.path().join("wang"), &server, "u-wang", "手机")?;
    let mut li = Device::of(&folder.path().join("li"), &server, "u-li", "办公电脑")?;
    let (village, nominal, on) = announced(&mut wang)?;
    let later = date_after(on, 2);
    let moved = json!({ "kind": "day_moved", "to": later, "reason": "下雪封路" });
    decide(&mut li, &village, &nominal, &moved)?;
    wang.sync()?;

    ensure!(announced(&mut wang)? == (village.clone(), nominal.clone(), later));
    let week = wang.ask("today", &json!({}))?["week"].clone();
    let marked = |date: Date| -> bool {
        let days = week.as_array().into_iter().flatten();
        days.into_iter().any(|day| day["date"] == json!(date) && day["visit"] == true)
    };
    ensure!(!marked(on), "{week:#}");
    let old = in_month(&mut wang, &village, on)?;
    ensure!(old["cancelled"] == true, "{old:#}");
    ensure!(old["reason"].as_str().is_some_and(|reason| reason.contains("下雪封路")), "{old:#}");
    let new = in_month(&mut wang, &village, later)?;
    ensure!(new["nominal"] == json!(nominal) && new["cancelled"] == false, "{new:#}");

    let cancelled = json!({ "kind": "day_cancelled", "reason": "村里办丧事" });
    decide(&mut li, &village, &nominal, &cancelled)?;
    wang.sync()?;
    ensure!(announced(&mut wang)?.1 != nominal, "the next one is announced");
    let old = in_month(&mut wang, &village, on)?;
    ensure!(old["cancelled"] == true, "{old:#}");
    let new = in_month(&mut wang, &village, later)?;
    ensure!(new["nominal"] != json!(nominal), "{new:#}");
    let day = wang.ask("visit_day", &json!({ "village": village, "nominal": nominal }))?;
    ensure!(day["notice"].as_str().is_some_and(|notice| notice.contains("村里办丧事")), "{day:#}");
    Ok(())
}
