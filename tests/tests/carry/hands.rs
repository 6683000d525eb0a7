//! What a colleague gives is as good as what the county sends, and no better.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use yidang_sync_server::Clock;

use super::town::{Phone, Town, is_delivered, visits};

fn town() -> Result<Town> {
    Town::on(Clock::system().today())
}

/// 王样一's file at the county, with one visit.
fn file_of(wang: &Phone) -> Result<String> {
    let case = wang.open_case("争一行梨树")?;
    wang.visit(&case, "王去看过")?;
    wang.settle()?;
    Ok(case)
}

/// What the county took is known as taken also by whoever got it by hand: the places come along.
#[test]
fn what_the_county_took_is_taken_on_the_other_device_too() -> Result<()> {
    let town = town()?;
    let (wang, gao) = (town.phone("wang", "u-wang")?, town.phone("gao", "u-gao")?);
    gao.signal(false);
    let case = file_of(&wang)?;
    wang.visit(&case, "王又去了")?;
    let took = wang.gives(&[json!(case)], &gao)?;
    ensure!(took["partner"].as_str().is_some_and(|who| who.starts_with("王样一")), "{took}");
    let view = gao.case(&case)?;
    ensure!(visits(&view) == ["王去看过", "王又去了"], "{view:#}");
    let entries = view["entries"].as_array().cloned().unwrap_or_default();
    let far = |words: &str| {
        let entry = entries.iter().find(|entry| entry["text"] == words);
        entry.map(|entry| entry["delivery"].clone()).unwrap_or_default()
    };
    ensure!(far("王去看过") == "accepted" && far("王又去了") == "saved", "{view:#}");
    // The one that was not there yet is brought by 高模五; its author hears that it was taken.
    gao.signal(true);
    gao.settle()?;
    ensure!(is_delivered(&gao.case(&case)?));
    wang.settle()?;
    ensure!(is_delivered(&wang.case(&case)?) && wang.rejected()?.is_empty());
    Ok(())
}

/// A device that has a file as a save alone gives it: the county signed the save. Whoever got it so gives it on
/// once the signatures came.
#[test]
fn a_file_that_came_as_a_save_is_given() -> Result<()> {
    let town = town()?;
    let (gao, li) = (town.phone("gao", "u-gao")?, town.phone("li", "u-li")?);
    for phone in [&gao, &li] {
        phone.signal(false);
    }
    let wang = town.phone("wang", "u-wang")?;
    let case = file_of(&wang)?;
    let cao = town.new_phone("cao", "u-cao")?;
    ensure!(cao.ask("sync_state", &json!({}))?["to_prove"].as_u64().is_some_and(|left| left > 0));
    cao.gives(&[json!(case)], &gao)?;
    ensure!(visits(&gao.case(&case)?) == ["王去看过"] && is_delivered(&gao.case(&case)?));
    gao.visit(&case, "高也去了")?;
    let asking = li.ask("carry_ask", &json!({}))?["base64"].clone();
    let question = json!({ "documents": [case], "asking": asking });
    let packed = gao.ask("carry_pack", &question)?;
    let why = packed["view"]["refused"][0]["why"].as_str().unwrap_or_default();
    ensure!(why.starts_with("签名还没有到齐"), "{packed}");
    gao.signal(true);
    gao.settle()?;
    gao.signal(false);
    gao.gives(&[json!(case)], &li)?;
    ensure!(visits(&li.case(&case)?) == ["王去看过", "高也去了"]);
    ensure!(is_delivered(&li.case(&case)?), "{:#}", li.case(&case)?);
    Ok(())
}

/// Whoever types another code gets nothing; with the right one they do, from the same listener.
#[test]
fn a_wrong_code_gives_nothing_and_spoils_nothing() -> Result<()> {
    let town = town()?;
    let (wang, gao) = (town.phone("wang", "u-wang")?, town.phone("gao", "u-gao")?);
    let case = wang.open_case("争一行梨树")?;
    let given = wang.ask("carry_give", &json!({ "documents": [case] }))?;
    let port = given["addresses"][0].as_str().and_then(|all| all.rsplit_once(':'));
    let port = port.map(|(_, port)| port.to_owned()).unwrap_or_default();
    let code = given["code"].as_str().unwrap_or_default().to_owned();
    let wrong = if code == "00000000" { "00000001" } else { "00000000" };
    let take = |code: &str| -> Result<Value> {
        gao.ask("carry_take", &json!({ "text": format!("127.0.0.1:{port} {code}") }))?;
        gao.carried()
    };
    let view = take(wrong)?;
    ensure!(view["phase"] == "failed" && view["why"].as_str().is_some(), "{view}");
    ensure!(gao.case(&case).is_err());
    ensure!(take(&code)?["phase"] == "done");
    ensure!(gao.case(&case).is_ok());
    ensure!(wang.carried()?["phase"] == "done");
    Ok(())
}

/// The county hears of what went from hand to hand, and a line of the log says so on both telephones.
#[test]
fn it_stands_in_the_log_and_under_what_waits() -> Result<()> {
    let town = town()?;
    let (wang, gao) = (town.phone("wang", "u-wang")?, town.phone("gao", "u-gao")?);
    for phone in [&wang, &gao] {
        phone.signal(false);
    }
    let case = wang.open_case("争一行梨树")?;
    wang.gives(&[json!(case)], &gao)?;
    for phone in [&wang, &gao] {
        ensure!(phone.waiting()? == [json!(case)]);
        let log = phone.ask("sync_state", &json!({}))?["log"].clone();
        let told = log.as_array().is_some_and(|rows| {
            rows.iter().any(|row| row["text"].as_str().is_some_and(|t| t.contains("当面传档")))
        });
        ensure!(told, "{log}");
    }
    ensure!(gao.ask("sync_state", &json!({}))?["carried"] == 1);
    Ok(())
}
