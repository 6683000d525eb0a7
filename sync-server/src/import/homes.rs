//! Households and who lives there out of their tables.

use std::collections::HashMap;

use yidang_domain::civil::Date;
use yidang_domain::codes::SexCode;
use yidang_domain::ids::OrgCode;

use crate::households::{HouseholdData, MemberData};

use super::columns::Column;
use super::line::Line;
use super::places::Places;
use super::text;
use super::values;
use super::wrong::{Wrong, Wrongs};

/// How a household is found again: by village and 户号, or by grid, door plate and head where it has
/// no number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HomeKey {
    /// By village and 户号.
    Number(OrgCode, String),
    /// By grid, door plate and head.
    Door(OrgCode, String, String),
}

impl HomeKey {
    /// The key under which the server keeps what the last sheet said.
    #[must_use]
    pub fn thing(&self) -> String {
        match self {
            Self::Number(village, number) => format!("household:{village}:{number}"),
            Self::Door(grid, door, head) => format!("household:{grid}:{door}:{head}"),
        }
    }

    /// Reads a key by village and number back.
    fn of_thing(thing: &str) -> Option<Self> {
        let parts: Vec<&str> = thing.split(':').collect();
        match parts.as_slice() {
            ["household", village, number] => {
                Some(Self::Number(OrgCode::from(*village), (*number).to_owned()))
            }
            _ => None,
        }
    }
}

/// A household as the sheets say it.
#[derive(Debug, Clone)]
pub struct Home<'a> {
    /// How it is found again.
    pub key: HomeKey,
    /// What is said of it. Empty texts say nothing, and so does a list without members.
    pub data: HouseholdData,
    /// Its row in 户, or the first of its members'.
    pub line: Line<'a>,
    /// It has a row in 户.
    is_listed: bool,
    /// The rows of its members, as long as them.
    rows: Vec<Line<'a>>,
}

/// Households in the order of rows.
#[derive(Default)]
pub struct Homes<'a> {
    /// All of them.
    pub all: Vec<Home<'a>>,
    by_key: HashMap<HomeKey, usize>,
    by_number: HashMap<String, Vec<HomeKey>>,
}

impl<'a> Homes<'a> {
    /// Households that former sheets named, by the keys under which the server keeps them: a sheet
    /// of members alone speaks of these.
    #[must_use]
    pub fn knowing<'k>(things: impl Iterator<Item = &'k String>) -> Self {
        let mut homes = Self::default();
        for key in things.filter_map(|thing| HomeKey::of_thing(thing)) {
            homes.learn_number(&key);
        }
        homes
    }

    fn learn_number(&mut self, key: &HomeKey) {
        if let HomeKey::Number(_, number) = key {
            let keys = self.by_number.entry(number.clone()).or_default();
            if !keys.contains(key) {
                keys.push(key.clone());
            }
        }
    }

    fn put(&mut self, home: Home<'a>) -> usize {
        let at = self.all.len();
        self.learn_number(&home.key);
        self.by_key.insert(home.key.clone(), at);
        self.all.push(home);
        at
    }
}

/// The facts of a row, and the key; none where something is wrong.
fn facts(
    line: &Line<'_>,
    places: &Places,
    wrongs: &mut Wrongs,
) -> Option<(HomeKey, HouseholdData)> {
    let before = wrongs.total;
    let grid = if line.is_blank(Column::GridCode) {
        line.wrong(wrongs, Column::GridCode, &Wrong::HouseholdWithoutGrid);
        None
    } else {
        line.read(wrongs, Column::GridCode, |raw| places.grid(raw))
    };
    let head = line.read(wrongs, Column::Head, values::person).unwrap_or_default();
    let door_plate = line.text(wrongs, Column::DoorPlate, 20);
    let number = line.read(wrongs, Column::HouseholdNo, number).unwrap_or_default();
    let data = HouseholdData {
        grid: grid.as_ref().map(ToString::to_string).unwrap_or_default(),
        household_no: number.clone(),
        address: line.text(wrongs, Column::Address, 120),
        needs: line.text(wrongs, Column::Needs, 200),
        head: head.clone(),
        door_plate: door_plate.clone(),
        members: Vec::new(),
    };
    let grid = grid.filter(|_| wrongs.total == before)?;
    if !number.is_empty() {
        let village = places.village_of(&grid).cloned().unwrap_or_else(|| grid.clone());
        return Some((HomeKey::Number(village, number), data));
    }
    if door_plate.is_empty() || head.is_empty() {
        line.wrong(wrongs, Column::HouseholdNo, &Wrong::HouseholdWithoutNumber);
        return None;
    }
    Some((HomeKey::Door(grid, door_plate, head), data))
}

/// 户号. A colon would take keys apart in another way.
fn number(raw: &str) -> Result<String, Wrong> {
    let code = values::opaque(raw, 20)?;
    if code.contains(':') { Err(Wrong::CodeLetters) } else { Ok(code) }
}

/// The households of the table 户.
pub fn households<'a>(
    lines: &[Line<'a>],
    places: &Places,
    homes: &mut Homes<'a>,
    wrongs: &mut Wrongs,
) {
    let known = [Column::HouseholdNo, Column::Head, Column::GridCode, Column::DoorPlate];
    for line in lines {
        if !line.has_any(&known) {
            continue;
        }
        if line.is_blank(Column::Head) {
            line.wrong(wrongs, Column::Head, &Wrong::Missing);
        }
        let Some((key, data)) = facts(line, places, wrongs) else { continue };
        if let Some(home) = homes.by_key.get(&key).and_then(|at| homes.all.get(*at)) {
            let first = line.place_of(&home.line);
            let (column, wrong) = if home.data.grid == data.grid {
                (Column::HouseholdNo, Wrong::DuplicateHousehold(first))
            } else {
                (Column::GridCode, Wrong::HouseholdInTwoGrids(first))
            };
            line.wrong(wrongs, column, &wrong);
            continue;
        }
        homes.put(Home { key, data, line: *line, is_listed: true, rows: Vec::new() });
    }
}

/// The members of the table 家庭成员. A row with a grid begins its household where 户 has none.
pub fn members<'a>(
    lines: &[Line<'a>],
    places: &Places,
    today: Date,
    homes: &mut Homes<'a>,
    wrongs: &mut Wrongs,
) {
    for line in lines {
        if !line.has_any(&[Column::MemberName, Column::HouseholdNo]) {
            continue;
        }
        let before = wrongs.total;
        let member = member(line, today, wrongs);
        let home = if line.is_blank(Column::GridCode) {
            home_of_number(*line, homes, wrongs)
        } else {
            home_of_facts(*line, places, homes, wrongs)
        };
        let (Some(member), Some(at)) = (member, home) else { continue };
        if wrongs.total == before
            && let Some(home) = homes.all.get_mut(at)
        {
            join(home, line, member, wrongs);
        }
    }
}

/// The household of a row that says where it lies.
fn home_of_facts<'a>(
    line: Line<'a>,
    places: &Places,
    homes: &mut Homes<'a>,
    wrongs: &mut Wrongs,
) -> Option<usize> {
    let (key, data) = facts(&line, places, wrongs)?;
    let Some(at) = homes.by_key.get(&key).copied() else {
        return Some(homes.put(Home { key, data, line, is_listed: false, rows: Vec::new() }));
    };
    let home = homes.all.get(at)?;
    if home.data.grid != data.grid && !home.data.grid.is_empty() {
        let wrong = Wrong::HouseholdInTwoGrids(line.place_of(&home.line));
        line.wrong(wrongs, Column::GridCode, &wrong);
        return None;
    }
    Some(at)
}

/// The household of a row that gives its number alone.
fn home_of_number<'a>(line: Line<'a>, homes: &mut Homes<'a>, wrongs: &mut Wrongs) -> Option<usize> {
    let number = line.need(wrongs, Column::HouseholdNo, number)?;
    let keys = homes.by_number.get(&number).map(Vec::as_slice).unwrap_or_default();
    // Those of this file go before those of former ones.
    let here: Vec<&HomeKey> = keys.iter().filter(|key| homes.by_key.contains_key(*key)).collect();
    let key = match (here.as_slice(), keys) {
        ([key], _) => (*key).clone(),
        ([], [key]) => key.clone(),
        ([], []) => {
            line.wrong(wrongs, Column::HouseholdNo, &Wrong::MemberWithoutHousehold);
            return None;
        }
        _ => {
            line.wrong(wrongs, Column::HouseholdNo, &Wrong::AmbiguousHousehold);
            return None;
        }
    };
    if let Some(at) = homes.by_key.get(&key) {
        return Some(*at);
    }
    let data = HouseholdData::default();
    Some(homes.put(Home { key, data, line, is_listed: false, rows: Vec::new() }))
}

fn member(line: &Line<'_>, today: Date, wrongs: &mut Wrongs) -> Option<MemberData> {
    let name = line.need(wrongs, Column::MemberName, values::person);
    let relation = line.read(wrongs, Column::Relation, |raw| values::relation(raw, 10));
    let relation = relation.unwrap_or_default();
    check_sex(line, wrongs);
    let phone = line.phone(wrongs);
    let year = line.read(wrongs, Column::BirthYear, |raw| values::birth_year(raw, today));
    // The number serves to find the year of birth and is forgotten here.
    let by_number = line.read(wrongs, Column::CitizenNumber, |raw| {
        // Numbers of before 1999 have fifteen digits; the year in them is not converted.
        if text::code(raw).len() == 15 {
            return Ok(None);
        }
        values::birth_year_of_number(raw, today).map(Some)
    });
    if let (Some(year), Some(Some(by_number))) = (year, by_number)
        && year != by_number
    {
        line.wrong(wrongs, Column::BirthYear, &Wrong::BirthYearsDiffer);
    }
    let birth_year = year.or(by_number.flatten());
    Some(MemberData { name: name?, relation, birth_year, phone })
}

/// The sex serves to notice a mistyped citizen number and is kept nowhere.
fn check_sex(line: &Line<'_>, wrongs: &mut Wrongs) {
    let said = line.read(wrongs, Column::Sex, values::sex).and_then(SexCode::sex);
    let by_number = values::sex_of_number(line.raw(Column::CitizenNumber));
    if let (Some(said), Some(by_number)) = (said, by_number)
        && said != by_number
    {
        line.wrong(wrongs, Column::Sex, &Wrong::SexesDiffer);
    }
}

fn join<'a>(home: &mut Home<'a>, line: &Line<'a>, member: MemberData, wrongs: &mut Wrongs) {
    let known = home.data.members.iter().zip(&home.rows);
    for (other, row) in known {
        if other.name == member.name {
            line.wrong(wrongs, Column::MemberName, &Wrong::DuplicateMember(line.place_of(row)));
            return;
        }
        if values::is_head(&member.relation) && values::is_head(&other.relation) {
            line.wrong(wrongs, Column::Relation, &Wrong::TwoHeads(line.place_of(row)));
            return;
        }
    }
    if !home.is_listed
        && home.data.head.is_empty()
        && !home.data.grid.is_empty()
        && values::is_head(&member.relation)
    {
        home.data.head.clone_from(&member.name);
    }
    home.data.members.push(member);
    home.rows.push(*line);
}

/// Notes households whose head is none of their members. `said` is what former sheets said.
pub fn check_heads<'s>(
    homes: &Homes<'_>,
    said: impl Fn(&HomeKey) -> Option<&'s HouseholdData>,
    wrongs: &mut Wrongs,
) {
    for home in &homes.all {
        let before = said(&home.key);
        let head = match (home.data.head.as_str(), before) {
            ("", Some(before)) => before.head.as_str(),
            (head, _) => head,
        };
        let former = before.map(|before| before.members.as_slice()).unwrap_or_default();
        let is_there = |members: &[MemberData]| members.iter().any(|m| m.name == head);
        let is_silent = home.data.members.is_empty() || head.is_empty();
        if !is_silent && !is_there(&home.data.members) && !is_there(former) {
            home.line.wrong(wrongs, Column::Head, &Wrong::HeadNotMember);
        }
    }
}
