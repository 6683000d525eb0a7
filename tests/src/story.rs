//! What the stories ask of a file and of the county, whoever plays them: processes, browsers, the
//! window.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_domain::calendar::{VisitPlan, VisitRule, WorkCalendar};
use yidang_domain::civil::{Date, InstantMs, days_between};

use crate::Device;

/// The stage of a file.
#[must_use]
pub fn stage(view: &Value) -> String {
    view["row"]["stage"].as_str().unwrap_or_default().to_owned()
}

/// Whether the server judged every entry of a file, and none badly.
#[must_use]
pub fn delivered(view: &Value) -> bool {
    view["entries"]
        .as_array()
        .is_some_and(|entries| entries.iter().all(|entry| entry["delivery"] == "accepted"))
}

/// A value with the name and the device that a card shows beside it.
pub type Told = (String, String, String);

/// The one card of a file, without what depends on who looks: the value before, and the others. Each
/// says when it was written.
///
/// # Errors
///
/// Where there is no card.
pub fn card(view: &Value) -> Result<(String, Vec<Told>)> {
    let clash = view["clashes"].get(0).with_context(|| format!("no card: {view:#}"))?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let values = clash["values"].as_array().context("no values")?;
    ensure!(
        values.iter().all(|value| value["written"]["at"].as_i64().is_some_and(|at| at > 0)),
        "a value without a time: {clash:#}"
    );
    let told = values
        .iter()
        .map(|value| {
            let written = &value["written"];
            (text(&value["value"]), text(&written["name"]), text(&written["device"]))
        })
        .collect();
    Ok((text(&clash["before"]), told))
}

/// The county's numbers match the lists they open to, and those hold `files`.
///
/// # Errors
///
/// The number or the file that does not.
pub fn numbers_open_to_files(hao: &mut Device, files: [&str; 3]) -> Result<()> {
    hao.sync()?;
    let county = hao.ask("county", &json!({}))?;
    let mut figures = county["figures"].as_array().cloned().unwrap_or_default();
    for township in county["townships"].as_array().into_iter().flatten() {
        figures.extend(["open", "to_accept", "overdue", "closed"].map(|key| township[key].clone()));
    }
    for class in county["classes"].as_array().into_iter().flatten() {
        figures.push(class["figure"].clone());
    }
    ensure!(figures.len() > 10, "{county:#}");
    let mut behind = Vec::new();
    for figure in &figures {
        let mut question = figure["opens"].clone();
        question["limit"] = json!(500);
        let list = hao.ask("list_case_files", &question)?;
        ensure!(list["total"] == figure["count"], "{figure:#} opens to {}", list["total"]);
        behind.extend(list["rows"].as_array().cloned().unwrap_or_default());
    }
    for file in files {
        ensure!(behind.iter().any(|row| row["id"] == *file), "no number opens to {file}");
    }
    Ok(())
}

/// The next visit day, the name of its nominal day, and how many days it lies ahead of today.
///
/// # Errors
///
/// Where the calendar has none.
pub fn visit_day() -> Result<(Date, String, i64)> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let today = InstantMs(i64::try_from(now.as_millis())?).date();
    let (rule, calendar) = (VisitRule::default(), WorkCalendar::default());
    let plan = VisitPlan { rule, calendar, exceptions: Vec::new() };
    let day = plan.next_on_or_after(today).context("no visit day")?;
    Ok((day.on, day.nominal.to_string(), days_between(today, day.on)))
}
