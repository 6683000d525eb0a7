//! Invented matters of a year and the courses they took.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use yidang_domain::civil::Date;
use yidang_domain::facts::Source;
use yidang_domain::ids::{DocumentId, OrgCode, UserId};
use yidang_domain::org::{GridKind, Role};

use crate::households::HouseholdData;

use super::Profile;
use super::cases::{Case, Party};
use super::courses::{self, Turn};
use super::dice::Dice;
use super::divisions::Grid;
use super::places::{Person, Places};
use super::workers::WORKER;
use super::{homes, names};

const MATTERS: &str = include_str!("../../../assets/demo/matters.json");

/// The village of the hand-written files: nothing is invented there.
const TOLD_VILLAGE: &str = "610621103203";
/// How many of a hundred second sides do not live in the grid.
const FROM_ELSEWHERE: usize = 25;
/// Telephones of parties begin here.
const FIRST_TELEPHONE: usize = 200_000;

/// What is said in invented files.
#[derive(Debug, Deserialize)]
pub struct Phrases {
    matters: Vec<Kind>,
    rural_places: Vec<String>,
    urban_places: Vec<String>,
    /// On the day it was found.
    pub checked: Vec<String>,
    /// A session that led to nothing.
    pub tried: Vec<String>,
    /// A session that led to an agreement.
    pub settled: Vec<String>,
    /// A session that one side left.
    pub refused: Vec<String>,
    /// What was agreed.
    pub agreed: Vec<String>,
    /// After it.
    pub followed: Vec<String>,
    /// Why it may be closed.
    pub asked: Vec<String>,
    /// What the reviewer says.
    pub closed: Vec<String>,
}

/// A kind of matter and how often it comes.
#[derive(Debug, Deserialize)]
struct Kind {
    category: String,
    weight: usize,
    ground: Ground,
    said: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ground {
    Rural,
    Urban,
    Any,
}

/// A household with its identifier.
type Home = (DocumentId, HouseholdData);

/// An invented case file.
pub struct Matter {
    /// How it began.
    pub case: Case,
    /// What happened then, in order.
    pub turns: Vec<Turn>,
}

/// Who acts in the files of one grid.
pub struct Actors<'a> {
    /// The grid's worker.
    pub worker: &'a UserId,
    /// Those of the township who judge.
    pub reviewers: Vec<&'a UserId>,
    /// Who mediates there.
    pub mediator: &'a UserId,
    /// Where people sit together.
    pub room: &'static str,
}

/// How many files over how many days, and in which township alone.
const fn extent(profile: Profile) -> (usize, i64, &'static str) {
    match profile {
        Profile::Small => (40, 55, "610621103"),
        Profile::County => (1_400, 365, ""),
    }
}

/// Invents the files of a profile.
pub fn invent(places: &Places, profile: Profile, today: Date) -> Result<Vec<Matter>> {
    let phrases: Phrases = serde_json::from_str(MATTERS).context("assets/demo/matters.json")?;
    let (count, days, township) = extent(profile);
    let by_org: BTreeMap<&OrgCode, Vec<&Person>> =
        places.people.iter().fold(BTreeMap::new(), |mut all, person| {
            all.entry(&person.org).or_insert_with(Vec::new).push(person);
            all
        });
    let grounds: Vec<(&Grid, Actors<'_>)> = places
        .grids
        .iter()
        .filter(|grid| grid.township.starts_with(township) && grid.village != TOLD_VILLAGE)
        .filter_map(|grid| Some((grid, actors(grid, &by_org)?)))
        .collect();
    let inhabited: BTreeSet<&str> = places.inhabited().map(|grid| grid.code.as_str()).collect();
    let began = profile.began(today);
    let one = |number: usize| {
        let mut dice = Dice::of(&format!("matter {number}"));
        let (grid, actors) = grounds.get(dice.below(grounds.len()))?;
        let day = -dice.between(1, days);
        let is_inhabited = inhabited.contains(grid.code.as_str());
        let homes = if is_inhabited { homes::of_grid(grid, today) } else { Vec::new() };
        let homes: Vec<Home> =
            homes.into_iter().map(|(key, home)| (homes::id_of(&key, began), home)).collect();
        let case = case(number, day, grid, actors, &homes, &phrases, &mut dice);
        let turns = courses::of(day, actors, &phrases, today, &mut dice);
        Some(Matter { case, turns })
    };
    Ok((0..count).filter_map(one).collect())
}

fn actors<'a>(grid: &Grid, by_org: &BTreeMap<&OrgCode, Vec<&'a Person>>) -> Option<Actors<'a>> {
    let of = |org: &str| by_org.get(&OrgCode::from(org)).map(Vec::as_slice).unwrap_or_default();
    let worker = of(&grid.code).iter().find(|who| who.user.as_str().starts_with(WORKER))?;
    let staff = of(&grid.township);
    let with = |role: Role| staff.iter().filter(move |who| who.role == role).map(|who| &who.user);
    Some(Actors {
        worker: &worker.user,
        reviewers: with(Role::TownshipReviewer).collect(),
        mediator: with(Role::Mediator).next()?,
        room: if grid.kind == GridKind::Urban { "社区居委会" } else { "村委会" },
    })
}

fn case(
    number: usize,
    day: i64,
    grid: &Grid,
    actors: &Actors<'_>,
    homes: &[Home],
    phrases: &Phrases,
    dice: &mut Dice,
) -> Case {
    let is_urban = grid.kind != GridKind::Rural;
    let other = if is_urban { Ground::Rural } else { Ground::Urban };
    let weight = |kind: &Kind| if kind.ground == other { 0 } else { kind.weight };
    let kind = phrases.matters.get(dice.weighted(phrases.matters.iter().map(weight)));
    let (category, said) = kind.map_or(("9999", ""), |kind| (&kind.category, &kind.said));
    let place = dice.word(if is_urban { &phrases.urban_places } else { &phrases.rural_places });
    let mut parties = parties(number, dice);
    settle(&mut parties, number, homes);
    let first = parties.first().map(|party| party.name.as_str()).unwrap_or_default();
    let matter = match dice.below(3) {
        0 => said.to_owned(),
        1 => format!("{place}：{said}"),
        _ => format!("{first}反映：{said}"),
    };
    let is_wages = category == "0701";
    let people = if is_wages { 7 } else { dice.between(2, 5) };
    let risk = [3, 3, 3, 4, 4, 2, 2, 1].get(dice.below(8)).copied().unwrap_or(3);
    let mut facts: BTreeMap<String, Value> = [
        ("matter", Value::from(matter)),
        ("category", Value::from(category)),
        ("place", Value::from(place)),
        ("risk", Value::from(risk)),
        ("people", Value::from(people)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    if is_wages {
        facts.insert("unpaid_migrant_wages".to_owned(), Value::from(true));
    }
    let source = Source::ALL.get(dice.weighted([46, 22, 10, 10, 6, 5, 1].into_iter()));
    Case {
        key: format!("invented {number}"),
        grid: OrgCode(grid.code.clone()),
        by: actors.worker.clone(),
        day,
        source: source.copied().unwrap_or(Source::Sweep),
        facts,
        parties,
        steps: Vec::new(),
    }
}

fn parties(number: usize, dice: &mut Dice) -> Vec<Party> {
    let count = if dice.chance(15) { 3 } else { 2 };
    ["a", "b", "other"]
        .into_iter()
        .take(count)
        .enumerate()
        .map(|(place, side)| Party {
            name: names::of_anybody(dice),
            side: side.to_owned(),
            phone: names::telephone(FIRST_TELEPHONE + number * 4 + place),
            home: None,
        })
        .collect()
}

/// The first two live in households of the grid; some of the second sides come from elsewhere.
fn settle(parties: &mut [Party], number: usize, homes: &[Home]) {
    let mut dice = Dice::of(&format!("homes of matter {number}"));
    let first = dice.below(homes.len());
    let second = first + 1 + dice.below(homes.len().saturating_sub(1));
    let comes_from_elsewhere = dice.chance(FROM_ELSEWHERE);
    let some = if comes_from_elsewhere { vec![first] } else { vec![first, second] };
    for (party, place) in parties.iter_mut().zip(some) {
        let Some((id, home)) = homes.get(place % homes.len().max(1)) else { continue };
        if let Some(head) = home.members.first() {
            party.name.clone_from(&head.name);
            party.phone.clone_from(&head.phone);
            party.home = Some(*id);
        }
    }
}
