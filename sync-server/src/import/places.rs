//! Units by code and by name, those of the register and those of the sheets.

use std::collections::{BTreeMap, HashMap};

use yidang_domain::civil::Date;
use yidang_domain::ids::OrgCode;
use yidang_domain::org::{OrgLevel, OrgUnit};

use crate::register::Register;

use super::text;
use super::values;
use super::wrong::Wrong;

/// Digits of the statistical code: 6 of the county, 9 down to the township, 12 down to the village.
const COUNTY: usize = 6;
const TOWNSHIP: usize = 9;
const VILLAGE: usize = 12;
/// Digits of a grid: 12 of its village, its kind and its number; or 20 after CJ/T 349-2010.
const GRID: [usize; 2] = [16, 20];

/// Units by code and by name.
pub struct Places {
    units: BTreeMap<OrgCode, OrgUnit>,
    villages: HashMap<String, Vec<OrgCode>>,
    townships: HashMap<String, Vec<OrgCode>>,
    county: OrgCode,
    today: Date,
}

/// A village's name without the words that some sheets add: 下驿村民委员会 is 下驿. A 社区 keeps its
/// word, because a village beside it may bear the rest of the name.
fn bare(name: &str) -> String {
    let name = text::name(name);
    let long = name
        .strip_suffix("村民委员会")
        .or_else(|| name.strip_suffix("村委会"))
        .or_else(|| name.strip_suffix("行政村"));
    let short = long.or_else(|| name.strip_suffix('村')).unwrap_or(&name);
    short.strip_suffix("居民委员会").or_else(|| short.strip_suffix("居委会")).map_or_else(
        || short.to_owned(),
        |rest| if rest.ends_with("社区") { rest.to_owned() } else { short.to_owned() },
    )
}

impl Places {
    /// The units of the register.
    #[must_use]
    pub fn new(register: &Register, today: Date) -> Self {
        let mut places = Self {
            units: BTreeMap::new(),
            villages: HashMap::new(),
            townships: HashMap::new(),
            county: OrgCode::default(),
            today,
        };
        for unit in register.tree().units() {
            places.add(unit.clone());
        }
        places
    }

    /// Adds a unit, or puts it in the place of the one with its code.
    pub fn add(&mut self, unit: OrgUnit) {
        let code = unit.code.clone();
        let learn = |map: &mut HashMap<String, Vec<OrgCode>>, name: String| {
            let codes = map.entry(name).or_default();
            if !codes.contains(&code) {
                codes.push(code.clone());
            }
        };
        match unit.level {
            OrgLevel::County => self.county = code.clone(),
            OrgLevel::Township => learn(&mut self.townships, text::name(&unit.name)),
            OrgLevel::Village => learn(&mut self.villages, bare(&unit.name)),
            OrgLevel::Grid | OrgLevel::Department => {}
        }
        self.units.insert(code, unit);
    }

    /// The county.
    #[must_use]
    pub const fn county(&self) -> &OrgCode {
        &self.county
    }

    /// A unit by its code. Townships are also known with the three noughts of the statistical code.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<&OrgUnit> {
        self.units.get(&OrgCode::from(code)).or_else(|| {
            let short = match code.len() {
                VILLAGE if code.ends_with("000000") => code.get(..COUNTY)?,
                VILLAGE if code.ends_with("000") => code.get(..TOWNSHIP)?,
                _ => return None,
            };
            self.units.get(&OrgCode::from(short))
        })
    }

    /// The village above a grid.
    #[must_use]
    pub fn village_of(&self, grid: &OrgCode) -> Option<&OrgCode> {
        self.units.get(grid)?.parent.as_ref()
    }

    fn level(&self, code: &str) -> Option<OrgLevel> {
        self.find(code).map(|unit| unit.level)
    }

    /// A village by its code.
    ///
    /// # Errors
    ///
    /// [`Wrong`].
    pub fn village(&self, raw: &str) -> Result<OrgCode, Wrong> {
        let code = values::opaque(raw, 20)?;
        match self.find(&code) {
            Some(unit) if unit.level == OrgLevel::Village => return Ok(unit.code.clone()),
            Some(_) => return Err(Wrong::GridNotUnderVillage),
            None => {}
        }
        let code = values::digits(raw, &[VILLAGE], "12位")?;
        Err(self.unknown(&code))
    }

    /// Which part of a code of digits is not known.
    fn unknown(&self, code: &str) -> Wrong {
        let known =
            |digits, level| code.get(..digits).is_some_and(|part| self.level(part) == Some(level));
        if !known(TOWNSHIP, OrgLevel::Township) {
            Wrong::UnknownTownship
        } else if known(VILLAGE, OrgLevel::Village) {
            Wrong::UnknownGrid
        } else {
            Wrong::UnknownVillage
        }
    }

    /// A township by its name or code.
    ///
    /// # Errors
    ///
    /// [`Wrong`].
    pub fn township(&self, raw: &str) -> Result<OrgCode, Wrong> {
        if let Some(unit) = self.find(&text::code(raw)).filter(|u| u.level == OrgLevel::Township) {
            return Ok(unit.code.clone());
        }
        let name = text::name(raw);
        let exact = self.townships.get(&name);
        // 张家滩 for 张家滩镇.
        let longer = || {
            ["镇", "乡", "街道"]
                .iter()
                .find_map(|word| self.townships.get(&format!("{name}{word}")))
        };
        let found = exact.or_else(longer).and_then(|codes| codes.first());
        found.cloned().ok_or(Wrong::UnknownTownship)
    }

    /// A village by its name, within a township where one is named. 下驿 is a village of two towns:
    /// a name alone is believed only where the county has it once.
    ///
    /// # Errors
    ///
    /// [`Wrong`].
    pub fn village_named(&self, raw: &str, township: Option<&OrgCode>) -> Result<OrgCode, Wrong> {
        let named = self.villages.get(&bare(raw)).map(Vec::as_slice).unwrap_or_default();
        let is_in = |code: &&OrgCode| {
            township.is_none() || self.units.get(*code).and_then(|u| u.parent.as_ref()) == township
        };
        let fitting: Vec<&OrgCode> = named.iter().filter(is_in).collect();
        match fitting.as_slice() {
            [] => Err(Wrong::UnknownVillage),
            [one] => Ok((*one).clone()),
            several => {
                let above = |code: &&OrgCode| {
                    let parent = self.units.get(*code).and_then(|unit| unit.parent.as_ref());
                    parent.and_then(|code| self.units.get(code)).map(|unit| unit.name.clone())
                };
                let names: Vec<String> = several.iter().filter_map(above).collect();
                Err(Wrong::AmbiguousVillage(names.join("、")))
            }
        }
    }

    /// An open grid by its code.
    ///
    /// # Errors
    ///
    /// [`Wrong`].
    pub fn grid(&self, raw: &str) -> Result<OrgCode, Wrong> {
        let code = values::opaque(raw, 20)?;
        if let Some(unit) = self.find(&code) {
            return match unit.level {
                OrgLevel::Grid if unit.is_open_on(self.today) => Ok(unit.code.clone()),
                OrgLevel::Grid => Err(Wrong::ClosedGrid),
                _ => Err(Wrong::UnknownGrid),
            };
        }
        Err(self.unknown(&grid_code(raw)?))
    }

    /// The code of a grid that may be new, and the village that its digits name.
    ///
    /// # Errors
    ///
    /// [`Wrong`].
    pub fn new_grid(&self, raw: &str) -> Result<(OrgCode, Option<OrgCode>), Wrong> {
        let code = values::opaque(raw, 20)?;
        if let Some(unit) = self.find(&code) {
            return match unit.level {
                OrgLevel::Grid => Ok((unit.code.clone(), unit.parent.clone())),
                _ => Err(Wrong::CodeLength("16位")),
            };
        }
        let code = grid_code(raw)?;
        let village = code.get(..VILLAGE).and_then(|part| self.find(part));
        let village = match village.map(|unit| unit.level) {
            Some(OrgLevel::Village) => village.map(|unit| unit.code.clone()),
            Some(_) => return Err(Wrong::GridNotUnderVillage),
            None => None,
        };
        Ok((OrgCode(code), village))
    }

    /// What to say of a new grid whose village neither its digits nor its row name.
    #[must_use]
    pub fn without_village(&self, grid: &OrgCode) -> Wrong {
        self.unknown(grid.as_str())
    }
}

fn grid_code(raw: &str) -> Result<String, Wrong> {
    values::digits(raw, &GRID, "16位（村12位、类型1位、序号3位）")
}
