//! Places and people of the demo county.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use yidang_domain::calendar::{VisitRule, yanchang_2026};
use yidang_domain::civil::{Date, date_after};
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{
    Aliases, Assignment, GridKind, GridTeam, GridTraits, OrgLevel, OrgUnit, Role, Staff,
};
use yidang_domain::outline::Outline;
use yidang_domain::reference::{Host, VisitTeam};

use crate::register::RegisterData;

use super::Profile;
use super::divisions::{self, Divisions, Grid};
use super::names;
use super::{outlines, workers};

const COUNTY: &str = include_str!("../../../assets/demo/county.json");

/// Telephones of the people of the file begin here; before it those of hand-written parties.
const FIRST_TELEPHONE: usize = 80_001;
/// One grid of so many was one of the police, of civil affairs, of petitions before.
const ALIASES: (usize, usize, usize) = (3, 4, 7);

/// What the file has beside real places.
#[derive(Debug, Deserialize)]
struct Told {
    small: Small,
    people: Vec<Person>,
    teams: Vec<VisitTeam>,
}

/// What the small profile holds.
#[derive(Debug, Deserialize)]
struct Small {
    /// Villages, and townships with all of theirs.
    villages: Vec<String>,
    /// Villages whose households are made.
    households: Vec<String>,
}

/// One of the demo's people.
#[derive(Debug, Clone, Deserialize)]
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
    /// Their telephone at work.
    #[serde(default)]
    pub phone: String,
}

/// The demo county of one profile.
pub struct Places {
    /// The code of the county.
    pub county: String,
    /// Its base grids.
    pub grids: Vec<Grid>,
    /// Everybody; those who are told of come first.
    pub people: Vec<Person>,
    /// Grids of these units have households; all where none are named.
    pub households: Vec<String>,
    /// How many people the file tells of.
    pub told: usize,
    units: Vec<OrgUnit>,
    teams: Vec<VisitTeam>,
    grid_teams: Vec<GridTeam>,
    outlines: Vec<Outline>,
}

/// Everybody has worked there for longer than a year.
const ASSIGNED_DAYS_AGO: i64 = 400;

/// The places of a profile. The small one is a part of the county, the same in every detail.
pub fn read(profile: Profile) -> Result<Places> {
    let told: Told = serde_json::from_str(COUNTY).context("assets/demo/county.json")?;
    let divisions = divisions::read()?;
    let county = whole(told.people, told.teams, &divisions);
    Ok(match profile {
        Profile::County => county,
        Profile::Small => part(county, &told.small),
    })
}

fn whole(mut people: Vec<Person>, mut teams: Vec<VisitTeam>, divisions: &Divisions) -> Places {
    for (nth, person) in people.iter_mut().enumerate() {
        person.phone = names::telephone(FIRST_TELEPHONE + nth);
    }
    let told = people.clone();
    let staff = workers::staff(divisions, &told);
    let grids = divisions.grids();
    let outlines = outlines::all(divisions, &grids);
    people.extend(staff.iter().cloned());
    let mut grid_teams = Vec::new();
    for (township, grids) in divisions.townships.iter().zip(&grids) {
        let invented = workers::of_township(township, grids, &told);
        let around: Vec<Person> = told.iter().chain(&staff).chain(&invented).cloned().collect();
        grid_teams.extend(workers::grid_teams(grids, &around));
        if !told.iter().any(|person| person.org.as_str() == township.code) {
            teams.extend(workers::visit_team(grids, &around));
        }
        people.extend(invented);
    }
    let grids: Vec<Grid> = grids.into_iter().flatten().collect();
    Places {
        county: divisions.county.code.clone(),
        units: units(divisions, &grids),
        told: told.len(),
        households: Vec::new(),
        grids,
        people,
        teams,
        grid_teams,
        outlines,
    }
}

/// The part of the county that the small profile names, with what lies above it.
fn part(county: Places, small: &Small) -> Places {
    let inside = |code: &str| {
        let named = |part: &String| code.starts_with(part.as_str());
        small.villages.iter().any(named)
    };
    let keeps =
        |code: &str| inside(code) || small.villages.iter().any(|part| part.starts_with(code));
    let told = county.told;
    let works_here = |(nth, person): &(usize, Person)| *nth < told || inside(person.org.as_str());
    let people = county.people.into_iter().enumerate().filter(works_here);
    Places {
        households: small.households.clone(),
        grids: county.grids.into_iter().filter(|grid| inside(&grid.code)).collect(),
        units: county.units.into_iter().filter(|unit| keeps(unit.code.as_str())).collect(),
        people: people.map(|(_, person)| person).collect(),
        teams: county.teams.into_iter().filter(|team| inside(team.village.as_str())).collect(),
        grid_teams: county
            .grid_teams
            .into_iter()
            .filter(|team| inside(team.village.as_str()))
            .collect(),
        outlines: county.outlines.into_iter().filter(|line| keeps(line.org.as_str())).collect(),
        ..county
    }
}

fn units(divisions: &Divisions, grids: &[Grid]) -> Vec<OrgUnit> {
    let county = &divisions.county;
    let mut units = vec![OrgUnit::plain(&county.code, &county.name, OrgLevel::County, None)];
    let mut of_village: BTreeMap<&str, Vec<&Grid>> = BTreeMap::new();
    for grid in grids {
        of_village.entry(&grid.village).or_default().push(grid);
    }
    for township in &divisions.townships {
        let (code, above) = (&township.code, Some(county.code.as_str()));
        units.push(OrgUnit::plain(code, &township.name, OrgLevel::Township, above));
        for village in &township.villages {
            let home = format!("{code}{}", village.code);
            let above = Some(code.as_str());
            units.push(OrgUnit::plain(&home, &village.name, OrgLevel::Village, above));
            let inside = of_village.remove(home.as_str()).unwrap_or_default();
            units.extend(inside.into_iter().map(grid_unit));
        }
    }
    units
}

fn grid_unit(grid: &Grid) -> OrgUnit {
    let plain = OrgUnit::plain(&grid.code, &grid.name, OrgLevel::Grid, Some(&grid.village));
    let short: String = grid.village.chars().skip(6).collect();
    let former = |office: &str, every: usize| {
        let was = grid.kind != GridKind::Special && grid.nth.is_multiple_of(every);
        if was { format!("{office}{short}-{:02}", grid.number / 2 + 1) } else { String::new() }
    };
    let aliases = Aliases {
        police: former("GA", ALIASES.0),
        civil_affairs: former("MZ", ALIASES.1),
        petitions: former("XF", ALIASES.2),
    };
    let traits =
        GridTraits { manager: grid.manager.to_owned(), aliases, ..GridTraits::of(grid.kind) };
    OrgUnit { grid: Some(traits), ..plain }
}

/// Nobody runs the demo county, and it says so.
fn host() -> Host {
    Host {
        name: "延长县社会治安综合治理中心（演示）".to_owned(),
        filing: "演示版，不对外提供服务".to_owned(),
        phone: "演示版，没有电话".to_owned(),
    }
}

impl Places {
    /// The register of these places.
    pub fn register(&self, today: Date) -> RegisterData {
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
            phone: person.phone.clone(),
        };
        RegisterData {
            units: self.units.clone(),
            users: self.people.iter().map(named).collect(),
            assignments: self.people.iter().map(assignment).collect(),
            teams: self.teams.clone(),
            grid_teams: self.grid_teams.clone(),
            outlines: self.outlines.clone(),
            exceptions: Vec::new(),
            village_days: Vec::new(),
            visit_rule: VisitRule::default(),
            calendar: yanchang_2026(),
            host: host(),
        }
    }

    /// The grids whose households are made.
    pub fn inhabited(&self) -> impl Iterator<Item = &Grid> {
        let is_named =
            |grid: &&Grid| self.households.is_empty() || self.households.contains(&grid.village);
        self.grids.iter().filter(|grid| grid.kind != GridKind::Special).filter(is_named)
    }
}
