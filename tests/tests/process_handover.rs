//! 李例二 at the township sees who works together in a grid, and prints what a worker hands over.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_tests::{Device, Server};

const GRID_6: &str = "6106211032032006";
const GRID_7: &str = "6106211032032007";
const GRID_8: &str = "6106211032032008";

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// What 李例二 sees of what somebody hands over.
fn handover(device: &mut Device, user: &str, grids: &[&str], promised: bool) -> Result<Value> {
    device.ask("handover", &json!({ "user": user, "grids": grids, "promised": promised }))
}

/// Code, whether the post ended and whether it is chosen, of each grid.
fn grids_of(view: &Value) -> Vec<(String, bool, bool)> {
    let told = |grid: &Value| {
        let org = grid["row"]["org"].as_str().unwrap_or_default().to_owned();
        (org, grid["ended"] == true, grid["chosen"] == true)
    };
    list(&view["grids"]).iter().map(told).collect()
}

fn grid(org: &str, ended: bool, chosen: bool) -> (String, bool, bool) {
    (org.to_owned(), ended, chosen)
}

/// How many households of grid 7 somebody holds.
fn held(device: &mut Device) -> Result<Value> {
    let question = json!({ "org": GRID_7, "filter": "all", "text": "", "offset": 0, "limit": 1 });
    Ok(device.ask("my_grid", &question)?["total"].clone())
}

#[test]
fn a_grid_shows_its_team_with_each_role_and_says_who_is_missing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"), None)?;
    let mut li = Device::of(&folder.path().join("li"), &server, "u-li", "办公电脑")?;
    let question =
        json!({ "org": null, "filter": "all", "text": "王样一", "offset": 0, "limit": 50 });
    let found = li.ask("grids", &question)?;
    let rows = list(&found["rows"]);
    let row = rows.iter().find(|row| row["org"] == GRID_7).context("no grid 7")?;
    let team = &row["teams"][0];
    let members = list(&team["members"]);
    let wang = members.iter().find(|member| member["user"] == "u-wang");
    let wang = wang.with_context(|| format!("王样一 is in no team: {row}"))?;
    ensure!(wang["name"] == "王样一" && wang["works"] == true, "{wang}");
    ensure!(list(&wang["grids"]).contains(&json!("第7网格")), "{wang}");
    let dedicated = members.iter().filter(|member| member["dedicated"] == true).count();
    ensure!(dedicated == 1 && members[0]["dedicated"] == true, "one, and first: {team}");
    let missing = team["part_time_missing"].as_u64().context("no number")?;
    ensure!(u64::try_from(members.len())? - 1 + missing == 4, "four beside their own work: {team}");
    ensure!(team["no_dedicated"] == false, "{team}");
    Ok(())
}

/// 王样一 goes. He has more open files than a screen used to show, and one agreement is to be
/// performed.
#[test]
fn what_a_worker_hands_over_is_whole_and_counted_grid_by_grid() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let mut server = Server::start(&at("server"), None)?;
    let mut wang = Device::of(&at("wang"), &server, "u-wang", "手机")?;
    let mut li = Device::of(&at("li"), &server, "u-li", "办公电脑")?;
    let parties = [("冯例八", ""), ("呼样七", "")];
    let mut last = String::new();
    for number in 0..205 {
        last = wang.open_case(&format!("第{number}件，两家为地界埂争起来"), parties)?;
    }
    let entry = json!({ "kind": "agreement", "form": "oral", "words": "年前把地界埂恢复",
        "perform_by": "2027-01-31" });
    wang.add(&last, &entry)?;
    let sent = (0..20).any(|_| wang.sync().is_ok_and(|state| state["waiting"] == 0));
    ensure!(sent, "the server has all of it");
    li.sync()?;

    let whole = handover(&mut li, "u-wang", &[], false)?;
    ensure!(grids_of(&whole) == [grid(GRID_7, false, true)], "{:?}", grids_of(&whole));
    let first = &whole["grids"][0];
    let files = list(&whole["files"]);
    ensure!(files.len() >= 205, "{} files", files.len());
    ensure!(first["row"]["open_files"] == json!(files.len()), "the number is that of the list");
    let mut opens = first["opens"].clone();
    opens["limit"] = json!(1);
    let opened = li.ask("list_case_files", &opens)?;
    ensure!(opened["total"] == json!(files.len()), "and of the list it opens");
    let promised = handover(&mut li, "u-wang", &[], true)?;
    let with = list(&promised["files"]);
    ensure!(json!(with.len()) == first["promised"], "{} of {}", with.len(), first["promised"]);
    let ours = with.iter().find(|file| file["row"]["id"] == last).context("it was promised")?;
    ensure!(ours["promised"] == "2027-01-31", "{ours}");

    // The township holds no household: the server counts them, and without it nothing is made up.
    ensure!(first["households"].is_null(), "{first}");
    let count = json!({ "grids": [GRID_7] });
    let counted = li.ask("count_households", &count)?;
    ensure!(counted["grids"][0] == json!([GRID_7, held(&mut wang)?]), "{counted}");
    let own = handover(&mut wang, "u-wang", &[], false)?;
    ensure!(own["grids"][0]["households"] == held(&mut wang)?, "he holds them himself");
    server.kill();
    ensure!(li.ask("count_households", &count).is_err());
    ensure!(
        handover(&mut li, "u-wang", &[], false)? == whole,
        "the rest is there without a network"
    );
    Ok(())
}

/// 张试三 works in grid 8, takes grid 6 beside it, and worked in grid 7 until last year.
#[test]
fn whoever_has_several_grids_hands_over_those_that_are_chosen() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let server = Server::start(&at("server"), None)?;
    let mut li = Device::of(&at("li"), &server, "u-li", "办公电脑")?;
    let mut feng = Device::of(&at("feng"), &server, "u-feng", "办公电脑")?;
    for user in ["u-wang", "u-liu"] {
        let mut worker = Device::of(&at(user), &server, user, "手机")?;
        worker.open_case("两家为地界埂争起来", [("冯例八", ""), ("呼样七", "")])?;
        worker.sync()?;
    }
    let today = li.ask("today", &json!({}))?["date"].clone();
    let post = |org: &str, from: &Value, to: &Value| json!({ "user": "u-zhang", "org": org, "role": "grid_worker", "from": from, "to": to });
    let open = Value::Null;
    let (from, to) = (json!("2025-01-01"), json!("2025-12-31"));
    feng.ask("put_assignment", &post(GRID_6, &today, &open))?;
    feng.ask("put_assignment", &post(GRID_7, &from, &to))?;
    li.sync()?;

    let whole = handover(&mut li, "u-zhang", &[], false)?;
    let expected =
        [grid(GRID_6, false, true), grid(GRID_8, false, true), grid(GRID_7, true, false)];
    ensure!(grids_of(&whole) == expected, "{:?}", grids_of(&whole));
    ensure!(whole["grids"][2]["to"] == "2025-12-31", "{}", whole["grids"][2]);
    let of = |view: &Value, org: &str| {
        list(&view["files"]).iter().filter(|file| file["row"]["grid"] == org).count()
    };
    ensure!(of(&whole, GRID_6) > 0 && of(&whole, GRID_7) == 0, "what ended is not among them");

    let some = handover(&mut li, "u-zhang", &[GRID_8, GRID_7], false)?;
    let expected =
        [grid(GRID_6, false, false), grid(GRID_8, false, true), grid(GRID_7, true, true)];
    ensure!(grids_of(&some) == expected, "{:?}", grids_of(&some));
    ensure!(of(&some, GRID_6) == 0 && of(&some, GRID_7) > 0, "{:?}", list(&some["files"]).len());

    // A post that ends today is still held today.
    feng.ask("put_assignment", &post(GRID_6, &today, &today))?;
    li.sync()?;
    let last = handover(&mut li, "u-zhang", &[GRID_6], false)?;
    ensure!(last["grids"][0]["to"] == today && last["grids"][0]["ended"] == false, "{last}");
    Ok(())
}
