//! Places and people of the demo county.

use anyhow::{Context, Result};
use serde::Deserialize;
use yidang_domain::calendar::{VisitRule, yanchang_2026};
use yidang_domain::civil::{Date, date_after};
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{Assignment, OrgLevel, OrgUnit, Role, Staff};
use yidang_domain::reference::VisitTeam;

use crate::register::RegisterData;

const COUNTY: &str = include_str!("../../../assets/demo/county.json");

/// A county with its townships, as the file has it.
#[derive(Debug, Deserialize)]
pub struct Places {
    /// The county.
    pub county: Named,
    townships: Vec<Township>,
    /// People.
    pub people: Vec<Person>,
    teams: Vec<VisitTeam>,
}

/// A code and a name.
#[derive(Debug, Deserialize)]
pub struct Named {
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
}

#[derive(Debug, Deserialize)]
struct Township {
    code: String,
    name: String,
    villages: Vec<Village>,
}

#[derive(Debug, Deserialize)]
struct Village {
    /// The last three digits.
    code: String,
    name: String,
    /// How many grids it has.
    grids: u16,
}

/// One of the demo's people.
#[derive(Debug, Deserialize)]
pub struct Person {
    /// How the register names them.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Where they work.
    pub org: OrgCode,
    /// What they do there.
    pub role: Role,
    /// What their device is called.
    pub device_name: String,
}

/// Everybody has worked there for longer than a year.
const ASSIGNED_DAYS_AGO: i64 = 400;

/// Reads the file.
pub fn read() -> Result<Places> {
    serde_json::from_str(COUNTY).context("assets/demo/county.json")
}

fn unit(code: &str, name: &str, level: OrgLevel, parent: Option<&str>) -> OrgUnit {
    OrgUnit::plain(code, name, level, parent)
}

/// Communities begin with a nought and have urban grids.
fn grids(village: &str, suffix: &str, count: u16) -> Vec<OrgUnit> {
    let kind = if suffix.starts_with('0') { 1 } else { 2 };
    (1..=count)
        .map(|number| {
            let code = format!("{village}{kind}{number:03}");
            unit(&code, &format!("第{number}网格"), OrgLevel::Grid, Some(village))
        })
        .collect()
}

fn units(places: &Places) -> Vec<OrgUnit> {
    let county = &places.county;
    let mut units = vec![unit(&county.code, &county.name, OrgLevel::County, None)];
    for township in &places.townships {
        let under = Some(county.code.as_str());
        units.push(unit(&township.code, &township.name, OrgLevel::Township, under));
        for village in &township.villages {
            let code = format!("{}{}", township.code, village.code);
            let under = Some(township.code.as_str());
            units.push(unit(&code, &village.name, OrgLevel::Village, under));
            units.extend(grids(&code, &village.code, village.grids));
        }
    }
    units
}

/// The register of the demo county.
pub fn register(places: &Places, today: Date) -> RegisterData {
    let from = date_after(today, -ASSIGNED_DAYS_AGO);
    let assignment = |person: &Person| Assignment {
        user: person.user.clone(),
        org: person.org.clone(),
        role: person.role,
        from,
        to: None,
    };
    let named = |person: &Person| Staff {
        user: person.user.clone(),
        name: person.name.clone(),
        phone: String::new(),
    };
    RegisterData {
        units: units(places),
        users: places.people.iter().map(named).collect(),
        assignments: places.people.iter().map(assignment).collect(),
        teams: places.teams.clone(),
        grid_teams: Vec::new(),
        outlines: Vec::new(),
        exceptions: Vec::new(),
        visit_rule: VisitRule::default(),
        calendar: yanchang_2026(),
    }
}
