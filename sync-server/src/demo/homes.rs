//! Households of the demo county. They hold what a grid worker needs to know and no more: no number
//! of any identity card among it.

use anyhow::Result;
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::ids::DocumentId;
use yidang_domain::org::GridKind;

use crate::app::App;
use crate::households::{self, HouseholdData, MemberData};
use crate::store::StoreError;

use super::dice::Dice;
use super::divisions::Grid;
use super::{id_at, names};

/// Where the data come from, as every household says.
const FROM: &str = "演示数据";
/// So many are written in one transaction.
const AT_ONCE: usize = 2_000;
/// How many of a hundred households have so many members: 2.6 on average.
const SIZES: [usize; 6] = [20, 35, 22, 14, 7, 2];
/// How many of a hundred need something.
const IN_NEED: usize = 8;
const NEEDS: [&str; 8] = [
    "耳背，大声说",
    "要代办慢病药",
    "儿子在榆林，有事打电话",
    "腿脚不便，上门办",
    "独居，下雪天看看",
    "不会用手机，写条子",
    "眼睛看不清，念给老人听",
    "只会说方言，慢慢说",
];
/// Telephones of members begin here.
const FIRST_TELEPHONE: usize = 10_000_000;
/// No household has more members.
const MOST_MEMBERS: usize = 8;

/// The households of one grid with what their identifiers are made of.
pub fn of_grid(grid: &Grid, today: Date) -> Vec<(String, HouseholdData)> {
    let count = match grid.kind {
        GridKind::Urban => 18,
        GridKind::Rural => 12,
        GridKind::Special => 0,
    };
    (1..=count)
        .map(|number| (format!("home {} {number}", grid.code), home(grid, number, today)))
        .collect()
}

fn home(grid: &Grid, number: usize, today: Date) -> HouseholdData {
    let mut dice = Dice::of(&format!("home {} {number}", grid.code));
    let members = members(grid, number, today, &mut dice);
    let short: String = grid.village.chars().skip(6).collect();
    let address = if grid.kind == GridKind::Urban {
        format!("{}{}号楼{}单元", grid.village_name, grid.number, number.div_ceil(6))
    } else {
        format!("{}{}组", grid.village_name, grid.number)
    };
    HouseholdData {
        grid: grid.code.clone(),
        household_no: format!("{short}-{}{:03}-{number:02}", grid.digit(), grid.number),
        head: members.first().map(|head| head.name.clone()).unwrap_or_default(),
        address,
        door_plate: format!("{}-{number:02}", grid.number),
        needs: if dice.chance(IN_NEED) { dice.word(&NEEDS) } else { String::new() },
        members,
    }
}

fn members(grid: &Grid, number: usize, today: Date, dice: &mut Dice) -> Vec<MemberData> {
    let surname = names::surname(dice);
    let size = dice.weighted(SIZES.iter().copied()) + 1;
    let head_year = dice.between(1944, 1992);
    let last_year = i64::from(today.year()) - 1;
    let first = ((grid.nth * 32) + number) * MOST_MEMBERS + FIRST_TELEPHONE;
    let with_mother = dice.chance(12);
    (0..size)
        .map(|place| {
            let (relation, same_name, year) = match place {
                0 => ("户主", true, head_year),
                1 if size == 2 && with_mother => ("母", false, head_year - 24),
                1 => ("配偶", false, head_year + dice.between(-3, 4)),
                2 | 3 => {
                    let year = head_year + dice.between(22, 27) + 3 * i64::from(place == 3);
                    (if dice.chance(50) { "子" } else { "女" }, true, year)
                }
                4 => ("母", false, head_year - dice.between(21, 25)),
                _ => ("父", true, head_year - dice.between(22, 26)),
            };
            let family = if same_name { surname } else { names::surname(dice) };
            let has_phone = dice.chance(if place == 0 { 92 } else { 35 }) && year < last_year - 12;
            MemberData {
                name: names::of_family(family, dice),
                relation: relation.to_owned(),
                birth_year: Some(year.clamp(1925, last_year)),
                phone: if has_phone { names::telephone(first + place) } else { String::new() },
            }
        })
        .collect()
}

/// The identifier of the household that `key` is of, in a demo that began then.
pub fn id_of(key: &str, began: InstantMs) -> DocumentId {
    id_at(began, key)
}

/// Writes the households of these grids.
pub fn write(app: &App, grids: &[&Grid], today: Date, now: InstantMs) -> Result<usize> {
    let homes: Vec<(String, HouseholdData)> =
        grids.iter().flat_map(|grid| of_grid(grid, today)).collect();
    let register = app.register()?;
    for some in homes.chunks(AT_ONCE) {
        app.judging(&register, now, |_, judge| {
            for (key, data) in some {
                households::begin(judge, id_of(key, now), data, FROM).map_err(StoreError::from)?;
            }
            Ok(())
        })?;
    }
    Ok(homes.len())
}
