//! The county's real townships and villages, and how its grids are spread over them.

use anyhow::{Context, Result};
use serde::Deserialize;
use yidang_domain::org::GridKind;

use super::dice::Dice;

const DIVISIONS: &str = include_str!("../../../assets/demo/divisions.json");

/// Villages before this one keep an even share: the hand-written files lie in them.
const FIRST_UNEVEN: usize = 4;

/// Who runs a special grid beside its village.
const MANAGERS: [(&str, &str); 3] = [
    ("学校", "县教育体育局（演示）"),
    ("医院", "县卫生健康局（演示）"),
    ("园区", "县工业园区管委会（演示）"),
];

/// The county as the file has it.
#[derive(Debug, Deserialize)]
pub struct Divisions {
    /// The county.
    pub county: Named,
    /// Its townships.
    pub townships: Vec<Township>,
}

/// A code and a name.
#[derive(Debug, Deserialize)]
pub struct Named {
    /// The code; of a village its last three digits.
    pub code: String,
    /// The name.
    pub name: String,
}

/// A township and what it has of each.
#[derive(Debug, Deserialize)]
pub struct Township {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Urban grids.
    pub urban: usize,
    /// Rural grids.
    pub rural: usize,
    /// Special grids.
    pub special: usize,
    /// Grid workers.
    pub workers: usize,
    /// About where its seat lies, east and north in units of 10⁻⁵ degree.
    pub seat: (i64, i64),
    /// Villages and communities.
    pub villages: Vec<Named>,
}

/// One grid.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Its place among all grids of the county.
    pub nth: usize,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: GridKind,
    /// Which one of its kind it is in its village, from one.
    pub number: usize,
    /// Who runs it beside the village; empty for others than special grids.
    pub manager: &'static str,
    /// Its village.
    pub village: String,
    /// The name of its village.
    pub village_name: String,
    /// Its township.
    pub township: String,
}

/// Reads the file.
pub fn read() -> Result<Divisions> {
    serde_json::from_str(DIVISIONS).context("assets/demo/divisions.json")
}

impl Named {
    /// Communities begin with a nought.
    pub fn is_community(&self) -> bool {
        self.code.starts_with('0')
    }
}

impl Divisions {
    /// All grids, township by township.
    pub fn grids(&self) -> Vec<Vec<Grid>> {
        let mut nth = 0;
        self.townships
            .iter()
            .map(|township| {
                let mut grids = township.grids();
                for grid in &mut grids {
                    grid.nth = nth;
                    nth += 1;
                }
                grids
            })
            .collect()
    }
}

impl Grid {
    /// The digit of its kind in its code.
    pub const fn digit(&self) -> u8 {
        digit(self.kind)
    }
}

const fn digit(kind: GridKind) -> u8 {
    match kind {
        GridKind::Urban => 1,
        GridKind::Rural => 2,
        GridKind::Special => 9,
    }
}

/// `total` over `places`, as evenly as it goes.
fn shares(total: usize, places: usize) -> Vec<usize> {
    let each = total.checked_div(places).unwrap_or(0);
    let more = total.checked_rem(places).unwrap_or(0);
    (0..places).map(|place| each + usize::from(place < more)).collect()
}

/// Villages are not of one size: neighbours give each other some.
fn uneven(mut shares: Vec<usize>, dice: &mut Dice) -> Vec<usize> {
    let tail = shares.get_mut(FIRST_UNEVEN..).unwrap_or_default();
    for pair in tail.chunks_exact_mut(2) {
        if let [one, other] = pair {
            let moved = dice.below(6).min(*one / 2);
            *one -= moved;
            *other += moved;
        }
    }
    shares
}

impl Township {
    fn grids(&self) -> Vec<Grid> {
        let communities = self.villages.iter().filter(|village| village.is_community()).count();
        let hosts = if communities == 0 { 1 } else { communities };
        let mut urban = shares(self.urban, communities).into_iter();
        let rural = shares(self.rural, self.villages.len() - communities);
        let mut rural =
            uneven(rural, &mut Dice::of(&format!("grids of {}", self.code))).into_iter();
        let mut special = shares(self.special, hosts).into_iter();
        let mut specials = 0;
        let mut grids = Vec::new();
        for village in &self.villages {
            let (kind, count) = if village.is_community() {
                (GridKind::Urban, urban.next())
            } else {
                (GridKind::Rural, rural.next())
            };
            let of = |kind, number, named: Option<&(&'static str, &'static str)>| {
                self.grid(village, kind, number, named.copied())
            };
            grids.extend((1..=count.unwrap_or(0)).map(|number| of(kind, number, None)));
            for number in 1..=special.next().unwrap_or(0) {
                grids.push(of(GridKind::Special, number, MANAGERS.get(specials % MANAGERS.len())));
                specials += 1;
            }
        }
        grids
    }

    fn grid(
        &self,
        village: &Named,
        kind: GridKind,
        number: usize,
        named: Option<(&'static str, &'static str)>,
    ) -> Grid {
        let (name, manager) = named.map_or_else(
            || (format!("第{number}网格"), ""),
            |(what, manager)| (format!("第{number}专属网格（{what}）"), manager),
        );
        let home = format!("{}{}", self.code, village.code);
        Grid {
            nth: 0,
            code: format!("{home}{}{number:03}", digit(kind)),
            name,
            kind,
            number,
            manager,
            village: home,
            village_name: village.name.clone(),
            township: self.code.clone(),
        }
    }
}
