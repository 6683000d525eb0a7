//! One device that holds 20,000 case files and 50,000 members of households: a village cadre's, in
//! whose village lie all of them.
//!
//! Everything came there as it does in life. Files were written by grid workers and sent, some were
//! accepted and numbered, households were imported on the server; the device then took all of it as
//! attested snapshots in its first sync, proofs included.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, ensure};
use serde_json::json;
use yidang_domain::org::{OrgLevel, OrgUnit, Role};
use yidang_sync_server::import;
use yidang_sync_server::register::RegisterData;

use super::first_sync::fast;
use super::import::households;
use super::people::People;
use super::text::Sentences;
use super::world::{Pen, World};

/// Files held.
pub const FILES: usize = 20_000;
const HOUSEHOLDS: usize = 19_230;
const GRIDS: usize = 4;
const COUNTY: &str = "610699";
const TOWNSHIP: &str = "610699100";
const VILLAGE: &str = "610699100201";
/// One file of so many is accepted and has a number.
const ACCEPTED_EVERY: usize = 8;

/// The server, and the folder of the device.
pub struct Holding {
    pub world: World,
    pub at: PathBuf,
}

/// The code of one of the grids.
pub fn grid(number: usize) -> String {
    format!("{VILLAGE}2{:03}", number + 1)
}

/// Fills the server and then the device.
pub fn fill(folder: &Path) -> Result<Holding> {
    let world = World::of(folder, COUNTY, &register()?)?;
    let codes: Vec<String> = (0..GRIDS).map(grid).collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let taken = import::run(&world.app, &[households(&codes, HOUSEHOLDS, 15)?], true, &|_, _| {})?;
    ensure!(taken.applied, "{}{:?}", taken.refused, taken.wrong.first());
    let memory = fast(&world)?;
    let cases = write_all(&world, memory.path())?;
    accept(&world, &memory.path().join("reviewer"), &cases)?;
    let at = folder.join("cadre");
    let cadre = world.device(&at, "u-cadre")?;
    let held = cadre.ask("device", &json!({}))?;
    ensure!(held["files"] == FILES && held["households"] == HOUSEHOLDS, "{held}");
    Ok(Holding { world, at })
}

fn register() -> Result<RegisterData> {
    let unit = |code: &str, name: &str, level, parent| OrgUnit::plain(code, name, level, parent);
    let mut units = vec![
        unit(COUNTY, "演示县", OrgLevel::County, None),
        unit(TOWNSHIP, "演示镇", OrgLevel::Township, Some(COUNTY)),
        unit(VILLAGE, "演示村", OrgLevel::Village, Some(TOWNSHIP)),
    ];
    let codes: Vec<String> = (0..GRIDS).map(grid).collect();
    let workers: Vec<String> = (0..GRIDS).map(|number| format!("u-worker-{number}")).collect();
    let mut people = vec![
        ("u-reviewer", TOWNSHIP, Role::TownshipReviewer),
        ("u-cadre", VILLAGE, Role::VillageCadre),
    ];
    for (number, (code, worker)) in codes.iter().zip(&workers).enumerate() {
        let name = format!("第{}网格", number + 1);
        units.push(unit(code, &name, OrgLevel::Grid, Some(VILLAGE)));
        people.push((worker.as_str(), code.as_str(), Role::GridWorker));
    }
    Ok(RegisterData { units, ..World::staffed(&people)? })
}

/// Two workers at a time write their files; gives the names of all.
fn write_all(world: &World, at: &Path) -> Result<Vec<String>> {
    std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            scope.spawn(move || {
                let mut cases = Vec::new();
                for number in (0..GRIDS).filter(|number| number % 2 == half) {
                    let user = format!("u-worker-{number}");
                    let pen = world.device(&at.join(&user), &user)?;
                    cases.extend(write(&pen, number)?);
                }
                Ok::<_, anyhow::Error>(cases)
            })
        });
        let mut cases = Vec::new();
        for half in halves {
            cases.extend(half.join().map_err(|_| anyhow!("a worker gave up"))??);
        }
        Ok(cases)
    })
}

fn write(pen: &Pen<'_>, number: usize) -> Result<Vec<String>> {
    const CATEGORIES: [&str; 5] = ["0201", "0901", "0101", "0301", "0102"];
    let seed = 500 + number as u64;
    let (mut words, mut people) = (Sentences::new(seed), People::new(seed));
    let mut cases = Vec::new();
    for file in 0..FILES / GRIDS {
        let question = json!({
            "matter": words.next(), "category": CATEGORIES[file % CATEGORIES.len()],
            "place": words.place(), "occurred_on": "2026-11-20", "risk": 1 + file % 4,
            "source": "01", "people": 2, "grid": null, "visit_day": null,
            "parties": [
                { "name": people.name(), "side": "a", "phone": people.phone() },
                { "name": people.name(), "side": "b", "phone": people.phone() },
            ],
        });
        let opened = pen.ask("open_case_file", &question)?;
        let case = opened["id"].as_str().unwrap_or_default().to_owned();
        pen.add(&case, &json!({ "kind": "visit", "words": words.next() }))?;
        cases.push(case);
    }
    pen.sync()?;
    Ok(cases)
}

fn accept(world: &World, at: &Path, cases: &[String]) -> Result<()> {
    let reviewer = world.device(at, "u-reviewer")?;
    for case in cases.iter().step_by(ACCEPTED_EVERY) {
        reviewer.add(case, &json!({ "kind": "accepted" }))?;
    }
    reviewer.sync().map(drop)
}

impl Holding {
    /// The device, opened anew.
    pub fn pen(&self) -> Result<Pen<'_>> {
        self.world.bare_device(&self.at)
    }
}
