//! 驻村坐诊 in 下盘石村 without a network: 王样一, 刘演四 and 张试三 write on the same files, hand two of them
//! over telephone to telephone, and 李例二 carries the day to the county, or nobody does.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use yidang_tests::story::visit_day;

use super::town::{Phone, Town, is_delivered, orders, texts};

const VILLAGE: &str = "610621103203";
const TEAM: [(&str, &str); 3] = [("王", "u-wang"), ("刘", "u-liu"), ("张", "u-zhang")];

fn walk_in(phone: &Phone, nominal: &str, visitors: &str) -> Result<()> {
    let question = json!({ "village": VILLAGE, "nominal": nominal, "visitors": visitors,
        "people": 2, "matter": "想问低保", "case_file": null });
    phone.ask("register_walk_in", &question).map(drop)
}

fn day_of(phone: &Phone, nominal: &str) -> Result<Value> {
    phone.ask("visit_day", &json!({ "village": VILLAGE, "nominal": nominal }))
}

/// What somebody sees of the day: who came, what was said in both files, and the cards.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    visitors: Vec<String>,
    said: [Vec<String>; 2],
    /// Of each card the value before and those that were written.
    cards: Vec<(String, Vec<String>)>,
    is_delivered: bool,
}

fn words(values: &Value, field: &str) -> Vec<String> {
    let all = values.as_array().cloned().unwrap_or_default();
    let mut words: Vec<String> =
        all.iter().filter_map(|value| value[field].as_str().map(str::to_owned)).collect();
    words.sort();
    words
}

fn seen(phone: &Phone, nominal: &str, files: &[String; 2]) -> Result<Seen> {
    let day = day_of(phone, nominal)?;
    let (first, second) = (phone.case(&files[0])?, phone.case(&files[1])?);
    let is_session = |entry: &Value| entry["kind"] == "mediation_session";
    let cards = first["clashes"].as_array().cloned().unwrap_or_default();
    let cards = cards.iter().map(|card| {
        (card["before"].as_str().unwrap_or_default().to_owned(), words(&card["values"], "value"))
    });
    Ok(Seen {
        visitors: words(&day["walk_ins"], "visitors"),
        said: [texts(&first, is_session), texts(&second, is_session)],
        cards: cards.collect(),
        is_delivered: is_delivered(&first) && is_delivered(&second),
    })
}

fn session(phone: &Phone, file: &str, words: &str) -> Result<()> {
    let entry = json!({ "kind": "mediation_session", "place": "村委会", "consent": true,
        "words": words });
    phone.entry(file, &entry).map(drop)
}

/// The day on a new county, until the evening: the team, their two files, the name of the day.
fn work(town: &Town, nominal: &str) -> Result<(Vec<Phone>, [String; 2])> {
    let team =
        TEAM.iter().map(|(_, user)| town.phone(user, user)).collect::<Result<Vec<Phone>>>()?;
    let first = team[0].open_case("地界埂被推平")?;
    for phone in &team {
        phone.settle()?;
        phone.signal(false);
    }
    // All of them write on the day and on one file; two write the same number differently.
    for (phone, (who, _)) in team.iter().zip(TEAM) {
        walk_in(phone, nominal, &format!("{who}家的来访人"))?;
        walk_in(phone, nominal, &format!("{who}家的第二个"))?;
        session(phone, &first, &format!("{who}这边谈过一次"))?;
    }
    team[0].set_phone(&first, "12000000101")?;
    team[1].set_phone(&first, "12000000102")?;
    // 王样一 opens another file there and hands both to 刘演四, telephone to telephone.
    let second = team[0].open_case("水窖边的树")?;
    let (gave, took) = team[0].meets(&[json!(first), json!(second)], &team[1])?;
    ensure!(gave["phase"] == "done" && took["phase"] == "done", "{gave} {took}");
    ensure!(took["taken"].as_array().is_some_and(|taken| taken.len() == 2), "{took}");
    ensure!(gave["taken"].as_array().is_some_and(|taken| taken.len() == 1), "{gave}");
    session(&team[1], &second, "刘在新档里记的")?;
    Ok((team, [first, second]))
}

fn come_home(order: [usize; 3], has_courier: bool) -> Result<Seen> {
    let (on, nominal, _) = visit_day()?;
    let town = Town::on(on)?;
    let courier = town.phone("li", "u-li")?;
    courier.signal(false);
    let (team, files) = work(&town, &nominal)?;
    if has_courier {
        for index in order {
            let waiting = team[index].waiting()?;
            let took = team[index].gives(&waiting, &courier)?;
            ensure!(took["refused"].as_array().is_some_and(Vec::is_empty), "{order:?}: {took}");
        }
        courier.signal(true);
        let view = courier.settle()?;
        ensure!(view["needs"].as_array().is_some_and(|needs| needs.len() == 1), "{view}");
        ensure!(courier.waiting()?.is_empty(), "the county has all of it");
        // The county has the whole day before any of the three came home.
        let at_the_county = seen(&town.phone("cao", "u-cao")?, &nominal, &files)?;
        ensure!(at_the_county == seen(&courier, &nominal, &files)?, "{order:?}");
    }
    for index in order {
        team[index].signal(true);
        team[index].settle()?;
    }
    for phone in &team {
        ensure!(phone.settle()?["waiting"] == 0, "{order:?}");
    }
    let first = seen(&team[0], &nominal, &files)?;
    courier.signal(true);
    courier.settle()?;
    for phone in team.iter().chain([&courier]) {
        ensure!(seen(phone, &nominal, &files)? == first, "{order:?} {has_courier}");
        ensure!(phone.rejected()?.is_empty(), "{order:?}");
    }
    Ok(first)
}

/// Every order of coming home gives the same files, and one card.
fn every_order(has_courier: bool) -> Result<()> {
    for order in orders() {
        let seen = come_home(order, has_courier)?;
        ensure!(seen.visitors.len() == 6, "{order:?}: {seen:?}");
        let said = TEAM.map(|(who, _)| format!("{who}这边谈过一次"));
        ensure!(said.iter().all(|words| seen.said[0].contains(words)), "{order:?}: {seen:?}");
        ensure!(seen.said[1] == ["刘在新档里记的"], "{order:?}: {seen:?}");
        let numbers = vec!["12000000101".to_owned(), "12000000102".to_owned()];
        ensure!(seen.cards == [("12000000008".to_owned(), numbers)], "{order:?}: {seen:?}");
        ensure!(seen.is_delivered, "{order:?}");
    }
    Ok(())
}

#[test]
fn three_devices_come_home_in_every_order() -> Result<()> {
    every_order(false)
}

#[test]
fn somebody_carries_the_day_to_the_county_before_them() -> Result<()> {
    every_order(true)
}
