//! Units and grids out of their tables.

use std::collections::HashMap;

use yidang_domain::ids::OrgCode;
use yidang_domain::org::{GridKind, GridTraits, OrgLevel, OrgUnit};

use super::columns::{Column, Table};
use super::line::Line;
use super::places::Places;
use super::text;
use super::values;
use super::wrong::{Wrong, Wrongs};

/// A unit as a row says it, and which row that was.
type Seen<'a> = HashMap<OrgCode, (Line<'a>, OrgUnit)>;

/// The units of the table 组织机构 that are to be in the register; `places` learns them.
pub fn units(mut lines: Vec<Line<'_>>, places: &mut Places, wrongs: &mut Wrongs) -> Vec<OrgUnit> {
    let mut seen = Seen::new();
    let mut all = Vec::new();
    // Townships before villages, whatever the order of rows and files: a parent may stand below.
    lines.sort_by_key(|line| text::code(line.raw(Column::UnitCode)).trim_end_matches('0').len());
    for line in lines {
        if !line.has_any(&[Column::UnitCode, Column::UnitName]) {
            continue;
        }
        let before = wrongs.total;
        let Some(unit) = unit(&line, places, wrongs) else { continue };
        if wrongs.total == before && is_first(line, Table::Units, &unit, &mut seen, wrongs) {
            places.add(unit.clone());
            all.push(unit);
        }
    }
    all
}

/// Whether a unit stands in no other row. The same row twice is no harm.
fn is_first<'a>(
    line: Line<'a>,
    table: Table,
    unit: &OrgUnit,
    seen: &mut Seen<'a>,
    wrongs: &mut Wrongs,
) -> bool {
    if let Some((first, other)) = seen.get(&unit.code) {
        if other != unit {
            let place = line.place_of(first);
            let (column, wrong) = match table {
                Table::Grids => (Column::GridCode, Wrong::DuplicateGrid(place)),
                _ => (Column::UnitCode, Wrong::DuplicateUnit(place)),
            };
            line.wrong(wrongs, column, &wrong);
        }
        return false;
    }
    seen.insert(unit.code.clone(), (line, unit.clone()));
    true
}

fn unit(line: &Line<'_>, places: &Places, wrongs: &mut Wrongs) -> Option<OrgUnit> {
    let name = line.need(wrongs, Column::UnitName, |raw| values::line(raw, 40));
    let said =
        line.read(wrongs, Column::UnitLevel, |raw| values::level(raw).ok_or(Wrong::UnknownLevel));
    let is_department = said == Some(OrgLevel::Department);
    let code = line.need(wrongs, Column::UnitCode, |raw| {
        if is_department {
            values::opaque(raw, 20)
        } else {
            values::digits(raw, &[6, 9, 12], "乡镇9位或村12位")
        }
    })?;
    let (code, by_length) = normal(&code, is_department);
    let level = said.unwrap_or(by_length);
    let parent = parent(line, places, &code, level, wrongs);
    let known = places.find(&code);
    if let Some(known) = known
        && (known.level != level || parent.is_some() && known.parent != parent)
    {
        // What lies in it is indexed under the units above it: moving it is work of its own.
        let above = known.parent.as_ref().and_then(|code| places.find(code.as_str()));
        let above = above.map_or_else(|| known.name.clone(), |unit| unit.name.clone());
        line.wrong(wrongs, Column::UnitCode, &Wrong::ParentChanged(above));
        return None;
    }
    let mut unit = known.cloned().unwrap_or_else(|| OrgUnit::plain(&code, "", level, None));
    unit.name = name?;
    unit.level = level;
    if level != OrgLevel::County {
        unit.parent = Some(parent?);
    }
    Some(unit)
}

/// A code without the noughts of the statistical one, and what it is by its length.
fn normal(code: &str, is_department: bool) -> (String, OrgLevel) {
    if is_department {
        return (code.to_owned(), OrgLevel::Department);
    }
    let short = match code.len() {
        12 if code.ends_with("000000") => code.get(..6),
        12 if code.ends_with("000") => code.get(..9),
        _ => None,
    };
    let code = short.unwrap_or(code);
    let level = match code.len() {
        6 => OrgLevel::County,
        9 => OrgLevel::Township,
        _ => OrgLevel::Village,
    };
    (code.to_owned(), level)
}

fn parent(
    line: &Line<'_>,
    places: &Places,
    code: &str,
    level: OrgLevel,
    wrongs: &mut Wrongs,
) -> Option<OrgCode> {
    let above = match level {
        OrgLevel::Village => OrgLevel::Township,
        _ => OrgLevel::County,
    };
    let fits = |raw: &str| {
        let unit = places.find(&text::code(raw)).filter(|unit| unit.level == above);
        unit.map(|unit| unit.code.clone()).ok_or(Wrong::UnknownParent)
    };
    if level == OrgLevel::County {
        return None;
    }
    if !line.is_blank(Column::ParentCode) {
        return line.read(wrongs, Column::ParentCode, fits);
    }
    if level == OrgLevel::Department {
        return Some(places.county().clone());
    }
    let digits = if level == OrgLevel::Village { 9 } else { 6 };
    let part = code.get(..digits).unwrap_or_default();
    fits(part).map_err(|wrong| line.wrong(wrongs, Column::UnitCode, &wrong)).ok()
}

/// The grids of the table 网格 that are to be in the register; `places` learns them.
pub fn grids(lines: &[Line<'_>], places: &mut Places, wrongs: &mut Wrongs) -> Vec<OrgUnit> {
    let mut seen = Seen::new();
    let mut all = Vec::new();
    for line in lines {
        if !line.has_any(&[Column::GridCode, Column::GridName]) {
            continue;
        }
        let before = wrongs.total;
        let Some(unit) = grid(line, places, wrongs) else { continue };
        if wrongs.total == before && is_first(*line, Table::Grids, &unit, &mut seen, wrongs) {
            all.push(unit);
        }
    }
    // Learned in the end, so that a duplicate is compared with what the register had.
    for unit in &all {
        places.add(unit.clone());
    }
    all
}

fn grid(line: &Line<'_>, places: &Places, wrongs: &mut Wrongs) -> Option<OrgUnit> {
    let name = line.read(wrongs, Column::GridName, |raw| values::line(raw, 40));
    let named = named_village(line, places, wrongs);
    let code = line.need(wrongs, Column::GridCode, |raw| places.new_grid(raw));
    let (code, by_code) = code?;
    let village = match (named?, by_code) {
        (Some(named), Some(by_code)) if named != by_code => {
            let village = places.find(by_code.as_str()).map(|unit| unit.name.clone());
            let wrong = Wrong::VillageDoesNotFit(village.unwrap_or_default());
            line.wrong(wrongs, Column::GridCode, &wrong);
            return None;
        }
        (Some(village), _) | (None, Some(village)) => village,
        (None, None) => {
            line.wrong(wrongs, Column::GridCode, &places.without_village(&code));
            return None;
        }
    };
    let kind = kind(line, &code, wrongs);
    let known = places.find(code.as_str());
    let name = name.or_else(|| known.map(|unit| unit.name.clone()));
    let Some(name) = name else {
        if line.is_blank(Column::GridName) {
            line.wrong(wrongs, Column::GridName, &Wrong::Missing);
        }
        return None;
    };
    let mut unit =
        known.cloned().unwrap_or_else(|| OrgUnit::plain(code.as_str(), "", OrgLevel::Grid, None));
    unit.name = name;
    unit.parent = Some(village);
    unit.grid = traits(line, unit.grid, kind?, wrongs);
    Some(unit)
}

/// The village that a row names; none at all where what it names is wrong.
pub fn named_village(
    line: &Line<'_>,
    places: &Places,
    wrongs: &mut Wrongs,
) -> Option<Option<OrgCode>> {
    if !line.is_blank(Column::VillageCode) {
        return line.read(wrongs, Column::VillageCode, |raw| places.village(raw)).map(Some);
    }
    let township = if line.is_blank(Column::Township) {
        None
    } else {
        Some(line.read(wrongs, Column::Township, |raw| places.township(raw))?)
    };
    if line.is_blank(Column::Village) {
        return Some(None);
    }
    let named = |raw: &str| {
        let is_code = text::code(raw).chars().all(|digit| digit.is_ascii_digit());
        if is_code { places.village(raw) } else { places.village_named(raw, township.as_ref()) }
    };
    line.read(wrongs, Column::Village, named).map(Some)
}

/// The kind of a grid; the outer none where it is wrong.
fn kind(line: &Line<'_>, code: &OrgCode, wrongs: &mut Wrongs) -> Option<Option<GridKind>> {
    let by_code = values::kind_of_code(code.as_str());
    if line.is_blank(Column::GridKind) {
        return Some(by_code);
    }
    let kind = line.read(wrongs, Column::GridKind, |raw| {
        let kind = values::grid_kind(raw).ok_or(Wrong::UnknownKind)?;
        match by_code {
            Some(other) if other != kind => Err(Wrong::KindDoesNotFit(other.label())),
            _ => Ok(kind),
        }
    });
    kind.map(Some)
}

/// What a grid is beside that; what the row does not say stays.
fn traits(
    line: &Line<'_>,
    known: Option<GridTraits>,
    kind: Option<GridKind>,
    wrongs: &mut Wrongs,
) -> Option<GridTraits> {
    let mut traits = match (known, kind) {
        (Some(known), Some(kind)) => GridTraits { kind, ..known },
        (Some(known), None) => known,
        (None, Some(kind)) => GridTraits::of(kind),
        (None, None) => return None,
    };
    let mut put = |field: &mut String, column| {
        let text = line.text(wrongs, column, 40);
        if !text.is_empty() {
            *field = text;
        }
    };
    put(&mut traits.manager, Column::Manager);
    put(&mut traits.aliases.police, Column::Police);
    put(&mut traits.aliases.civil_affairs, Column::CivilAffairs);
    put(&mut traits.aliases.petitions, Column::Petitions);
    Some(traits)
}
