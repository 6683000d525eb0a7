//! The county's tree of units, down to grids, and who is assigned where.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::civil::Date;
use crate::entry::DocumentKind;
use crate::ids::{OrgCode, UserId};

/// Which kind of unit this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgLevel {
    /// 县
    County,
    /// 乡镇、街道
    Township,
    /// 村、社区
    Village,
    /// 网格
    Grid,
    /// 部门
    Department,
}

/// One unit of the county.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgUnit {
    /// Its code.
    pub code: OrgCode,
    /// Its name as printed, without the names above it.
    pub name: String,
    /// What kind of unit it is.
    pub level: OrgLevel,
    /// The unit it lies under; only the county has none.
    pub parent: Option<OrgCode>,
    /// What a grid is beside that; absent for other units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<GridTraits>,
    /// The last day on which it was a unit of its own; open when absent. A grid that was merged into
    /// another keeps its code, so that what happened in it can still be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<Date>,
}

impl OrgUnit {
    /// A unit without traits of a grid.
    #[must_use]
    pub fn plain(code: &str, name: &str, level: OrgLevel, parent: Option<&str>) -> Self {
        Self {
            code: code.into(),
            name: name.into(),
            level,
            parent: parent.map(Into::into),
            grid: None,
            closed_on: None,
        }
    }

    /// Whether it is a unit of its own on `date`.
    #[must_use]
    pub fn is_open_on(&self, date: Date) -> bool {
        self.closed_on.is_none_or(|last| date <= last)
    }
}

/// What people live or work in a grid: its kind decides how it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GridKind {
    /// 城镇网格: by community and building.
    Urban,
    /// 农村网格: by 村民小组.
    Rural,
    /// 专属网格: a park, a school, a hospital.
    Special,
}

impl GridKind {
    /// In the order of the county's table.
    pub const ALL: [Self; 3] = [Self::Urban, Self::Rural, Self::Special];

    /// The word on screens and papers.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Urban => "城镇网格",
            Self::Rural => "农村网格",
            Self::Special => "专属网格",
        }
    }
}

/// What a grid is beside a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridTraits {
    /// Its kind.
    pub kind: GridKind,
    /// Of a special grid: the unit that manages it beside its village (双重管理). May be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub manager: String,
    /// How the former grids of others called the same place (一张网).
    #[serde(default, skip_serializing_if = "Aliases::is_empty")]
    pub aliases: Aliases,
}

impl GridTraits {
    /// A grid of this kind with nothing else known of it.
    #[must_use]
    pub fn of(kind: GridKind) -> Self {
        Self { kind, manager: String::new(), aliases: Aliases::default() }
    }
}

/// Codes of the former grids of the police, civil affairs and petitions, each possibly empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Aliases {
    /// 公安
    #[serde(skip_serializing_if = "String::is_empty")]
    pub police: String,
    /// 民政
    #[serde(skip_serializing_if = "String::is_empty")]
    pub civil_affairs: String,
    /// 信访
    #[serde(skip_serializing_if = "String::is_empty")]
    pub petitions: String,
}

impl Aliases {
    /// Whether none is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.police.is_empty() && self.civil_affairs.is_empty() && self.petitions.is_empty()
    }

    /// Every code with the word for whose it is.
    #[must_use]
    pub fn all(&self) -> Vec<(&'static str, &str)> {
        [("公安", &self.police), ("民政", &self.civil_affairs), ("信访", &self.petitions)]
            .into_iter()
            .filter(|(_, code)| !code.is_empty())
            .map(|(of, code)| (of, code.as_str()))
            .collect()
    }
}

/// A person of the register, as those who work with them see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// How the register names them.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Their telephone at work; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
}

/// A grid team (一专四兼): one dedicated worker and those who do it beside their own work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridTeam {
    /// Its code, unique within the county.
    pub code: OrgCode,
    /// The village or community it works in.
    pub village: OrgCode,
    /// Its name: 下盘石村第2组.
    pub name: String,
    /// Who they are; the dedicated worker first.
    pub members: Vec<GridTeamMember>,
}

/// 四兼: so many work in a full team beside their own work. The county has 3,118 workers in teams of
/// five (domain reference, row 31).
pub const PART_TIME: usize = 4;

impl GridTeam {
    /// Who is missing of a full team, where `works` says who of them is at work: whether the dedicated
    /// worker is, and how many of the others are.
    #[must_use]
    pub fn missing(&self, works: impl Fn(&UserId) -> bool) -> (bool, usize) {
        let there = |dedicated: bool| {
            let members = self.members.iter().filter(|member| member.dedicated == dedicated);
            members.filter(|member| works(&member.user)).count()
        };
        (there(true) == 0, PART_TIME.saturating_sub(there(false)))
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridTeamMember {
    /// The person.
    pub user: UserId,
    /// 专职, otherwise 兼职.
    pub dedicated: bool,
}

/// What somebody does in a unit. One person may hold several assignments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 网格员
    GridWorker,
    /// 村（社区）干部
    VillageCadre,
    /// 乡镇审核
    TownshipReviewer,
    /// 调解员
    Mediator,
    /// 县中心
    CountyClerk,
    /// 管理员
    Administrator,
    /// The county's own server, which issues numbers.
    Server,
}

impl Role {
    /// The word on screens and papers.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::GridWorker => "网格员",
            Self::VillageCadre => "村干部",
            Self::TownshipReviewer => "乡镇审核",
            Self::Mediator => "调解员",
            Self::CountyClerk => "县中心",
            Self::Administrator => "管理员",
            Self::Server => "县服务器",
        }
    }
}

/// Who works where, in which role, from when to when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The person.
    pub user: UserId,
    /// The unit; its whole subtree is in scope.
    pub org: OrgCode,
    /// In which role.
    pub role: Role,
    /// First day.
    pub from: Date,
    /// Last day; open when absent.
    pub to: Option<Date>,
}

impl Assignment {
    /// Whether it holds on `date`.
    #[must_use]
    pub fn holds_on(&self, date: Date) -> bool {
        self.from <= date && self.to.is_none_or(|to| date <= to)
    }
}

/// The tree of units. Built from reference data; unknown parents leave a unit a root of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrgTree {
    units: BTreeMap<OrgCode, OrgUnit>,
    /// Villages that are called like another one of the tree.
    alike: BTreeSet<OrgCode>,
}

/// The key under which a village's visit days stand for those who work in its grids.
#[must_use]
pub fn visit_key(village: &OrgCode) -> String {
    format!("visit:{village}")
}

/// No tree of a county is deeper; a ring in broken data must not hold anybody up.
const DEEPEST: usize = 8;

impl OrgTree {
    /// The tree of these units. A code that comes twice keeps the last unit.
    #[must_use]
    pub fn new(units: impl IntoIterator<Item = OrgUnit>) -> Self {
        let units: BTreeMap<OrgCode, OrgUnit> =
            units.into_iter().map(|unit| (unit.code.clone(), unit)).collect();
        let alike = villages_called_alike(units.values());
        Self { units, alike }
    }

    /// The unit with this code.
    #[must_use]
    pub fn find(&self, code: &OrgCode) -> Option<&OrgUnit> {
        self.units.get(code)
    }

    /// All units, by code.
    pub fn units(&self) -> impl Iterator<Item = &OrgUnit> {
        self.units.values()
    }

    /// The units directly under `code`.
    pub fn children<'a>(&'a self, code: &'a OrgCode) -> impl Iterator<Item = &'a OrgUnit> {
        self.units.values().filter(move |unit| unit.parent.as_ref() == Some(code))
    }

    /// `code` and all units above it, nearest first.
    #[must_use]
    pub fn chain(&self, code: &OrgCode) -> Vec<OrgCode> {
        let mut chain: Vec<OrgCode> = Vec::with_capacity(DEEPEST);
        for code in self.upwards(code) {
            if chain.contains(code) {
                break;
            }
            chain.push(code.clone());
        }
        chain
    }

    /// `code` and the units above it, nearest first, without a copy. Units that lie within each other
    /// come again until the deepest level is reached.
    pub fn upwards<'a>(&'a self, code: &'a OrgCode) -> impl Iterator<Item = &'a OrgCode> {
        let above = |at: &&'a OrgCode| self.units.get(*at).and_then(|unit| unit.parent.as_ref());
        std::iter::successors(Some(code), above).take(DEEPEST)
    }

    /// Whether `inner` is `outer` or lies under it.
    #[must_use]
    pub fn is_within(&self, inner: &OrgCode, outer: &OrgCode) -> bool {
        self.upwards(inner).any(|code| code == outer)
    }

    /// The keys of the units that read a document of `kind` which lies in `org`, or a visit day there:
    /// households are read in grid and village alone, and those who work in the grids of a village read
    /// its visit days.
    #[must_use]
    pub fn read_by(&self, kind: DocumentKind, org: &OrgCode) -> Vec<String> {
        let chain = self.chain(org);
        let level = |code: &OrgCode| self.find(code).map(|unit| unit.level);
        match kind {
            DocumentKind::CaseFile => chain.into_iter().map(|code| code.0).collect(),
            DocumentKind::Household => chain
                .into_iter()
                .filter(|code| matches!(level(code), Some(OrgLevel::Grid | OrgLevel::Village)))
                .map(|code| code.0)
                .collect(),
            DocumentKind::VisitDay => {
                chain.into_iter().map(|code| code.0).chain([visit_key(org)]).collect()
            }
        }
    }

    /// The unit of `level` that `code` is or lies under.
    #[must_use]
    pub fn above(&self, code: &OrgCode, level: OrgLevel) -> Option<&OrgUnit> {
        self.chain(code)
            .iter()
            .filter_map(|code| self.units.get(code))
            .find(|unit| unit.level == level)
    }

    /// The name of a unit, or its code where the tree does not know it.
    #[must_use]
    pub fn name<'a>(&'a self, code: &'a OrgCode) -> &'a str {
        self.units.get(code).map_or(code.as_str(), |unit| unit.name.as_str())
    }

    /// The name of a unit where nothing around it says its township: a village that is called like
    /// another one of the tree comes with it, the township first: 张家滩镇·下驿村.
    #[must_use]
    pub fn shown_name(&self, code: &OrgCode) -> String {
        let name = self.name(code);
        let township = self
            .alike
            .get(code)
            .and_then(|code| self.above(code, OrgLevel::Township))
            .map(|unit| unit.name.as_str());
        match township {
            Some(township) => format!("{township}{BETWEEN}{name}"),
            None => name.to_owned(),
        }
    }

    /// The village that `code` is or lies in, as [`OrgTree::shown_name`] says it; empty where it lies
    /// in none.
    #[must_use]
    pub fn village_name(&self, code: &OrgCode) -> String {
        self.above(code, OrgLevel::Village)
            .map(|village| self.shown_name(&village.code))
            .unwrap_or_default()
    }
}

/// Stands between a township and its village in a name that is shown.
const BETWEEN: char = '·';

/// The village alone of a name that may be shown with its township: 下驿村 of 张家滩镇·下驿村. For
/// places that say the township beside it.
#[must_use]
pub fn bare_name(shown: &str) -> &str {
    shown.rsplit(BETWEEN).next().unwrap_or(shown)
}

/// Villages whose name another village has too.
fn villages_called_alike<'a>(units: impl Iterator<Item = &'a OrgUnit>) -> BTreeSet<OrgCode> {
    let mut by_name: BTreeMap<&str, Vec<&OrgCode>> = BTreeMap::new();
    for unit in units.filter(|unit| unit.level == OrgLevel::Village) {
        by_name.entry(&unit.name).or_default().push(&unit.code);
    }
    by_name.into_values().filter(|codes| codes.len() > 1).flatten().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(code: &str, name: &str, level: OrgLevel, parent: Option<&str>) -> OrgUnit {
        OrgUnit::plain(code, name, level, parent)
    }

    /// 下驿 is a village of two towns.
    fn yanchang() -> OrgTree {
        OrgTree::new([
            unit("610621", "延长县", OrgLevel::County, None),
            unit("610621103", "张家滩镇", OrgLevel::Township, Some("610621")),
            unit("610621106", "雷赤镇", OrgLevel::Township, Some("610621")),
            unit("610621103211", "下驿", OrgLevel::Village, Some("610621103")),
            unit("610621106230", "下驿", OrgLevel::Village, Some("610621106")),
            unit("6106211032112001", "第1网格", OrgLevel::Grid, Some("610621103211")),
        ])
    }

    #[test]
    fn the_two_villages_named_xiayi_stay_apart() {
        let tree = yanchang();
        let grid = OrgCode::from("6106211032112001");
        assert!(tree.is_within(&grid, &"610621103".into()));
        assert!(!tree.is_within(&grid, &"610621106".into()));
        assert_eq!(tree.above(&grid, OrgLevel::Township).unwrap().name, "张家滩镇");
    }

    #[test]
    fn a_household_is_read_in_its_grid_and_village_and_a_file_up_to_the_county() {
        let tree = yanchang();
        let grid = OrgCode::from("6106211032112001");
        let of_file = tree.read_by(DocumentKind::CaseFile, &grid);
        assert_eq!(of_file, ["6106211032112001", "610621103211", "610621103", "610621"]);
        assert_eq!(tree.read_by(DocumentKind::Household, &grid), of_file[..2]);
        let of_day = tree.read_by(DocumentKind::VisitDay, &"610621103211".into());
        assert_eq!(of_day, ["610621103211", "610621103", "610621", "visit:610621103211"]);
    }

    #[test]
    fn a_village_that_is_called_like_another_is_shown_with_its_township() {
        let tree = yanchang();
        let (here, there) = (OrgCode::from("610621103211"), OrgCode::from("610621106230"));
        assert_eq!(tree.shown_name(&here), "张家滩镇·下驿");
        assert_eq!(tree.shown_name(&there), "雷赤镇·下驿");
        assert_eq!(tree.village_name(&"6106211032112001".into()), "张家滩镇·下驿");
        assert_eq!(bare_name(&tree.shown_name(&there)), "下驿");
        assert_eq!(bare_name("下盘石村"), "下盘石村");
        assert_eq!(tree.village_name(&"610621103".into()), "");
        assert_eq!(tree.shown_name(&"x".into()), "x");
    }

    /// 王样一's phone knows the units of 张家滩镇 alone: there is one 下驿, and nothing to tell apart.
    #[test]
    fn where_only_one_of_two_alike_is_known_its_name_stands_alone() {
        let units = yanchang().units().cloned().collect::<Vec<_>>();
        let known = units.into_iter().filter(|unit| !unit.code.as_str().starts_with("610621106"));
        let tree = OrgTree::new(known);
        assert_eq!(tree.village_name(&"6106211032112001".into()), "下驿");
    }

    #[test]
    fn grids_are_called_alike_everywhere_and_need_no_township() {
        let mut units = yanchang().units().cloned().collect::<Vec<_>>();
        let there = Some("610621106230");
        units.push(unit("6106211062302001", "第1网格", OrgLevel::Grid, there));
        assert_eq!(OrgTree::new(units).shown_name(&"6106211062302001".into()), "第1网格");
    }

    /// 王样一 is the dedicated worker of a full team of five.
    #[test]
    fn whoever_is_no_longer_at_work_is_missing_in_the_team() {
        let member = |(place, user): (usize, &str)| GridTeamMember {
            user: user.into(),
            dedicated: place == 0,
        };
        let users = ["u-wang", "u-liu", "u-zhang", "u-qu", "u-ma"];
        let team = GridTeam {
            code: "t1".into(),
            village: "610621103203".into(),
            name: "下盘石村第1组".into(),
            members: users.into_iter().enumerate().map(member).collect(),
        };
        assert_eq!(team.missing(|_| true), (false, 0));
        assert_eq!(team.missing(|user| user.as_str() != "u-wang"), (true, 0));
        assert_eq!(team.missing(|user| user.as_str() < "u-n"), (true, 2));
        assert_eq!(team.missing(|_| false), (true, 4));
    }

    #[test]
    fn a_ring_in_broken_reference_data_ends() {
        let tree = OrgTree::new([
            unit("a", "甲", OrgLevel::Village, Some("b")),
            unit("b", "乙", OrgLevel::Village, Some("a")),
        ]);
        assert_eq!(tree.chain(&"a".into()), ["a".into(), "b".into()]);
    }
}
