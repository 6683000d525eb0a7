//! Where a household may be moved: the open grids of the township, village by village.

use std::collections::{BTreeMap, BTreeSet};

use yidang_api::Fault;
use yidang_api::household::{MoveTargetsQuestion, TargetGrid, TargetVillage};
use yidang_documents::HouseholdProjection;
use yidang_domain::civil::Date;
use yidang_domain::ids::OrgCode;
use yidang_domain::org::{OrgLevel, OrgTree, OrgUnit};
use yidang_domain::reference::guest_villages;

use crate::device::{Device, OpenDesk};

/// Where a household may be moved.
pub fn view(
    device: &mut Device,
    question: &MoveTargetsQuestion,
) -> Result<Vec<TargetVillage>, Fault> {
    let today = device.today();
    let household = super::households::projection(device, question.household)?;
    Ok(of(device.desk()?, &household, today))
}

/// The open grids that the person of `desk` may move `household` to, its own village first.
pub fn of(desk: &OpenDesk, household: &HouseholdProjection, today: Date) -> Vec<TargetVillage> {
    villages(&desk.tree, &reached(desk, today), &household.grid(), today)
}

/// The units within which the person moves documents about, as the server decides it: the townships
/// of their posts and of the villages they visit.
fn reached(desk: &OpenDesk, today: Date) -> BTreeSet<OrgCode> {
    let Some(reference) = &desk.reference else { return BTreeSet::new() };
    let guest = guest_villages(
        &reference.teams,
        &reference.visit_plan(),
        &reference.village_days,
        &desk.user(),
        today,
    );
    let posts = reference.assignments_on(today).map(|post| &post.org);
    posts
        .chain(&guest)
        .map(|org| {
            let township = desk.tree.above(org, OrgLevel::Township);
            township.map_or_else(|| org.clone(), |unit| unit.code.clone())
        })
        .collect()
}

/// The open grids under `reached`, without `here`, by village: that of `here` first, the others by
/// code.
fn villages(
    tree: &OrgTree,
    reached: &BTreeSet<OrgCode>,
    here: &OrgCode,
    today: Date,
) -> Vec<TargetVillage> {
    let is_reached = |code: &OrgCode| tree.upwards(code).any(|above| reached.contains(above));
    let mut found: BTreeMap<&OrgCode, (&OrgUnit, Vec<TargetGrid>)> = BTreeMap::new();
    let grids = tree.units().filter(|unit| unit.level == OrgLevel::Grid && unit.code != *here);
    for grid in grids.filter(|unit| unit.is_open_on(today) && is_reached(&unit.code)) {
        let Some(village) = tree.above(&grid.code, OrgLevel::Village) else { continue };
        let target = TargetGrid { org: grid.code.clone(), name: grid.name.clone() };
        found.entry(&village.code).or_insert_with(|| (village, Vec::new())).1.push(target);
    }
    let units: Vec<&OrgUnit> = found.values().map(|(village, _)| *village).collect();
    let own = tree.above(here, OrgLevel::Village).map(|unit| &unit.code);
    let home = tree.above(here, OrgLevel::Township).map(|unit| &unit.code);
    let mut villages: Vec<TargetVillage> = found
        .into_values()
        .map(|(village, grids)| {
            let township = tree.above(&village.code, OrgLevel::Township);
            let is_shared =
                units.iter().any(|other| other.code != village.code && other.name == village.name);
            let is_said = is_shared || township.map(|unit| &unit.code) != home;
            TargetVillage {
                org: village.code.clone(),
                name: village.name.clone(),
                township: township
                    .filter(|_| is_said)
                    .map(|unit| unit.name.clone())
                    .unwrap_or_default(),
                own: own == Some(&village.code),
                grids,
            }
        })
        .collect();
    villages.sort_by_key(|village| !village.own);
    villages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(code: &str, name: &str, level: OrgLevel, parent: Option<&str>) -> OrgUnit {
        OrgUnit::plain(code, name, level, parent)
    }

    fn yanchang() -> OrgTree {
        let closed = OrgUnit {
            closed_on: Some(Date::constant(2026, 11, 1)),
            ..unit("103203-9", "第9网格", OrgLevel::Grid, Some("103203"))
        };
        OrgTree::new([
            unit("610621", "延长县", OrgLevel::County, None),
            unit("103", "张家滩镇", OrgLevel::Township, Some("610621")),
            unit("106", "雷赤镇", OrgLevel::Township, Some("610621")),
            unit("103200", "张家滩村", OrgLevel::Village, Some("103")),
            unit("103203", "下盘石村", OrgLevel::Village, Some("103")),
            unit("103211", "下驿", OrgLevel::Village, Some("103")),
            unit("106230", "下驿", OrgLevel::Village, Some("106")),
            unit("103200-1", "第1网格", OrgLevel::Grid, Some("103200")),
            unit("103203-6", "第6网格", OrgLevel::Grid, Some("103203")),
            unit("103203-7", "第7网格", OrgLevel::Grid, Some("103203")),
            closed,
            unit("103211-1", "第1网格", OrgLevel::Grid, Some("103211")),
            unit("106230-1", "第1网格", OrgLevel::Grid, Some("106230")),
        ])
    }

    fn offered(reached: &[&str]) -> Vec<(String, String, Vec<String>)> {
        let reached = reached.iter().map(|code| OrgCode::from(*code)).collect();
        let today = Date::constant(2026, 11, 20);
        villages(&yanchang(), &reached, &"103203-7".into(), today)
            .into_iter()
            .map(|village| {
                let grids = village.grids.into_iter().map(|grid| grid.org.0).collect();
                (village.name, village.township, grids)
            })
            .collect()
    }

    fn one(name: &str, township: &str, grid: &str) -> (String, String, Vec<String>) {
        (name.to_owned(), township.to_owned(), vec![grid.to_owned()])
    }

    #[test]
    fn the_own_village_comes_first_and_the_township_is_the_limit() {
        let expected = [
            one("下盘石村", "", "103203-6"),
            one("张家滩村", "", "103200-1"),
            one("下驿", "", "103211-1"),
        ];
        assert_eq!(offered(&["103"]), expected);
        assert!(offered(&[]).is_empty(), "whoever has no post moves nothing");
    }

    #[test]
    fn villages_that_are_called_alike_are_told_apart_by_their_township() {
        let villages = offered(&["103", "106"]);
        assert_eq!(villages[2], one("下驿", "张家滩镇", "103211-1"));
        assert_eq!(villages[3], one("下驿", "雷赤镇", "106230-1"));
        assert_eq!(villages[1].1, "");
    }
}
