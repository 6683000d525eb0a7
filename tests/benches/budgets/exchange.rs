//! Everyday exchanges.

use anyhow::Result;
use serde_json::json;

use super::clock::{measure as took, ms};
use super::report::Report;
use super::text::Sentences;
use super::world::{GRIDS, Pen, World, worker};

const GROUP: &str = "exchange";
const FILES: usize = 20;

/// Nothing new, and forty edits in twenty files up and down, written by one and by twenty people.
pub fn measure(report: &mut Report, world: &World, files: &[String]) -> Result<()> {
    let at = |name: &str| world.folder.join(name);
    let clerk = world.device(&at("clerk-in-step"), "u-clerk")?;
    let reviewer = world.device(&at("reviewer-in-step"), "u-reviewer")?;
    for pen in [&clerk, &reviewer] {
        pen.sync()?;
    }
    let (tally, time) = took(|| clerk.sync());
    let tally = tally?;
    report.row(GROUP, "nothing new: requests", f64::from(tally.requests), "", 1.0);
    report.row(GROUP, "nothing new: bytes of bodies", bytes(tally.up + tally.down), "B", 400.0);
    report.row(GROUP, "nothing new: one core of the device", ms(time.own), "ms", None);

    let mut words = Sentences::new(5);
    let stride = files.len() / FILES;
    let chosen: Vec<&String> = files.iter().step_by(stride).take(FILES).collect();
    for case in &chosen {
        edit(&reviewer, case, &mut words)?;
    }
    exchange(report, "40 edits of one author up", &reviewer)?;
    exchange(report, "40 edits of one author down", &clerk)?;

    let workers: Vec<Pen<'_>> = (0..GRIDS)
        .map(|number| world.device(&at(&format!("worker-{number}")), &worker(number)))
        .collect::<Result<_>>()?;
    clerk.sync()?;
    // Whoever is heard of for the first time brings a certificate along, once for each device.
    for what in [
        "first 40 edits of twenty authors down, certificates included",
        "40 edits of twenty authors down",
    ] {
        for pen in &workers {
            let list = pen.ask("list_case_files", &everything())?;
            let case = list["rows"][0]["id"].as_str().unwrap_or_default().to_owned();
            edit(pen, &case, &mut words)?;
            pen.sync()?;
        }
        exchange(report, what, &clerk)?;
    }
    Ok(())
}

/// Two edits of one file: a sentence and a place.
fn edit(pen: &Pen<'_>, case: &str, words: &mut Sentences) -> Result<()> {
    pen.add(case, &json!({ "kind": "visit", "words": words.next() }))?;
    pen.set(case, "place", &words.place())?;
    Ok(())
}

fn everything() -> serde_json::Value {
    json!({ "queue": "all", "org": null, "category": null, "risk": null, "text": "",
        "offset": 0, "limit": 1 })
}

fn exchange(report: &mut Report, what: &str, pen: &Pen<'_>) -> Result<()> {
    let (tally, time) = took(|| pen.sync());
    let tally = tally?;
    report.row(GROUP, format!("{what}: requests"), f64::from(tally.requests), "", 1.0);
    let total = bytes(tally.up + tally.down);
    report.row(GROUP, format!("{what}: bytes of bodies"), total, "B", 8_000.0);
    report.row(GROUP, format!("{what}: one core of the device"), ms(time.own), "ms", None);
    report.row(GROUP, format!("{what}: the server"), ms(time.others), "ms", None);
    Ok(())
}

fn bytes(count: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "some kilobytes")]
    let count = count as f64;
    count
}
