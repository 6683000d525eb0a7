//! What the county takes and undoes: its author hears why and keeps the words.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::{Manner, Phone, Town, Way, visits};

impl Phone {
    /// Writes the place where it happened.
    fn place(&self, case: &str, value: &str) -> Result<Value> {
        let heads = self.case(case)?["heads"].clone();
        let question = json!({ "case": case, "field": "place", "value": value, "heads": heads });
        self.ask("set_fact", &question)
    }
}

/// The place that a file shows.
fn place_in(view: &Value) -> Value {
    let facts = view["facts"].as_array().cloned().unwrap_or_default();
    facts
        .into_iter()
        .find(|fact| fact["field"] == "place")
        .map_or(Value::Null, |f| f["value"].clone())
}

/// 王样一 corrects the place in a gully while 李例二 closes the file: it keeps the place that it was closed with,
/// her visit stands in it, and what she wrote stands before her until she is done with it.
#[test]
fn a_value_that_came_after_the_closing_stands_before_its_author() -> Result<()> {
    let town = Town::new()?;
    let wang = town.phone("wang", &town.way, "u-wang")?;
    let li = town.phone("li", &Way::to(&town.server), "u-li")?;
    let case = wang.open_case("争一行梨树")?;
    for (who, entry) in [
        (&li, json!({ "kind": "accepted" })),
        (&wang, json!({ "kind": "close_asked", "words": "双方满意" })),
        (&li, json!({ "kind": "closed", "words": "同意" })),
    ] {
        wang.settle()?;
        li.settle()?;
        wang.settle()?;
        if entry["kind"] == "closed" {
            town.way.signal(false);
            wang.visit(&case, "又去了一次")?;
            wang.place(&case, "下盘石村5组")?;
        }
        who.entry(&case, &entry)?;
    }
    li.settle()?;
    town.way.signal(true);
    let view = wang.settle()?;
    li.settle()?;
    for phone in [&wang, &li] {
        let file = phone.case(&case)?;
        ensure!(place_in(&file) == "下盘石村3组" && file["row"]["stage"] == "closed", "{file}");
        ensure!(visits(&file) == ["又去了一次"] && file["clashes"] == json!([]), "{file}");
    }
    let rejected = wang.rejected()?;
    ensure!(rejected.len() == 1 && rejected[0]["words"] == "下盘石村5组", "{rejected:?}");
    ensure!(rejected[0]["why"].as_str().is_some_and(|why| why.contains("销号")), "{rejected:?}");
    ensure!(view["waiting"] == 0 && view["needs"].as_array().is_some_and(|needs| needs.len() == 1));
    ensure!(li.rejected()?.is_empty(), "it is nobody else's");
    wang.ask("drop_rejected", &json!({ "id": rejected[0]["id"] }))?;
    wang.settle()?;
    ensure!(wang.rejected()?.is_empty(), "she is done with it");
    Ok(())
}

/// Her device took the batch for accepted, and the word of the county comes afterwards.
#[test]
fn the_countys_record_alone_tells_what_was_undone() -> Result<()> {
    let town = Town::new()?;
    let way = Way { manner: Manner::UndoesTheSecond, ..town.way.clone() };
    let wang = town.phone("wang", &way, "u-wang")?;
    let case = wang.open_case("争一行梨树")?;
    wang.settle()?;
    ensure!(wang.rejected()?.is_empty());
    wang.place(&case, "下盘石村5组")?;
    wang.settle()?;
    let rejected = wang.rejected()?;
    ensure!(rejected.len() == 1, "once: {rejected:?}");
    ensure!(rejected[0]["words"] == "地点：下盘石村5组" && rejected[0]["title"] == "改地点");
    ensure!(rejected[0]["why"].as_str().is_some_and(|why| why.contains("销号")), "{rejected:?}");
    Ok(())
}
