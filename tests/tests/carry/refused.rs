//! 李例二 judges no more and accepts a file all the same. 王样一 got the file from her by hand and went there,
//! 高模五 got it from 王样一 and went there too. What she wrote is refused; what they wrote arrives.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use yidang_sync_server::Clock;

use super::town::{Phone, Town, is_delivered, orders, visits};

const WORDS: [&str; 2] = ["一 王去看过", "二 高也去了"];

/// The three of them in a gully, with the file as it went from hand to hand.
fn from_hand_to_hand(town: &Town) -> Result<([Phone; 3], String)> {
    let li = town.phone("li", "u-li")?;
    let wang = town.phone("wang", "u-wang")?;
    let gao = town.phone("gao", "u-gao")?;
    let case = wang.open_case("争一行梨树")?;
    for phone in [&wang, &li, &gao] {
        phone.settle()?;
        phone.signal(false);
    }
    town.li_judges_no_more()?;
    let file = [json!(case)];
    li.entry(&case, &json!({ "kind": "accepted" }))?;
    li.gives(&file, &wang)?;
    ensure!(wang.case(&case)?["row"]["stage"] == "accepted", "as far as anybody knows there");
    wang.visit(&case, WORDS[0])?;
    wang.gives(&file, &gao)?;
    gao.visit(&case, WORDS[1])?;
    ensure!(visits(&gao.case(&case)?) == WORDS);
    ensure!(!is_delivered(&gao.case(&case)?), "nothing of it is at the county");
    Ok(([li, wang, gao], case))
}

/// In one order of coming home; before them, perhaps, somebody who got all of it from 高模五.
fn come_home(order: [usize; 3], has_courier: bool) -> Result<()> {
    let town = Town::on(Clock::system().today())?;
    let courier = town.phone("hao", "u-hao")?;
    let (people, case) = from_hand_to_hand(&town)?;
    if has_courier {
        // The county's clerk came along, and has a signal first.
        people[2].gives(&[json!(case)], &courier)?;
        ensure!(visits(&courier.case(&case)?) == WORDS);
        let view = courier.settle()?;
        ensure!(view["needs"].as_array().is_some_and(Vec::is_empty), "nothing of theirs: {view}");
        ensure!(courier.waiting()?.is_empty(), "nothing waits with them any more");
    }
    for index in order {
        people[index].signal(true);
        people[index].settle()?;
    }
    for phone in people.iter().chain([&courier]) {
        let view = phone.settle()?;
        ensure!(view["waiting"] == 0, "{order:?}: {view}");
        let view = phone.case(&case)?;
        ensure!(visits(&view) == WORDS, "{order:?} {has_courier}: {:?}", visits(&view));
        ensure!(view["row"]["stage"] == "found", "{order:?}: nobody accepted it");
        ensure!(is_delivered(&view), "{order:?} {has_courier}: {view:#}");
    }
    let [li, wang, gao] = &people;
    let rejected = li.rejected()?;
    ensure!(rejected.len() == 1, "{order:?}: {rejected:?}");
    ensure!(rejected[0]["title"].as_str().is_some_and(|title| title.starts_with("受理")));
    ensure!(wang.rejected()?.is_empty() && gao.rejected()?.is_empty(), "{order:?}");
    // Whoever never was there sees the same.
    let other = town.phone("cao", "u-cao")?;
    ensure!(visits(&other.case(&case).context("the county's file")?) == WORDS, "once each");
    Ok(())
}

#[test]
fn whoever_comes_home_first_the_words_built_on_a_refused_one_arrive() -> Result<()> {
    orders().try_for_each(|order| come_home(order, false))
}

#[test]
fn and_so_they_do_where_somebody_else_carries_them() -> Result<()> {
    orders().try_for_each(|order| come_home(order, true))
}
