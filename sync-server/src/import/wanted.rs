//! What the sheets want, row by row, and what is wrong with them. Pure.

use yidang_domain::civil::Date;
use yidang_domain::org::{GridTeam, OrgUnit, Staff};

use crate::register::Register;

use super::columns::{Located, Table};
use super::homes::{self, Homes};
use super::people::{self, People, Post};
use super::places::Places;
use super::said::Said;
use super::units;
use super::wrong::Wrongs;

/// What the sheets want.
#[derive(Default)]
pub struct Wanted<'a> {
    /// Units but grids.
    pub units: Vec<OrgUnit>,
    /// Grids.
    pub grids: Vec<OrgUnit>,
    /// People.
    pub staff: Vec<Staff>,
    /// Assignments.
    pub posts: Vec<Post>,
    /// Grid teams.
    pub teams: Vec<GridTeam>,
    /// Households.
    pub homes: Homes<'a>,
    /// What is wrong.
    pub wrongs: Wrongs,
}

/// Reads all rows of the tables, in the order in which one builds on the other.
#[must_use]
pub fn want<'a>(
    tables: &'a [Located<'a>],
    register: &Register,
    said: &Said,
    today: Date,
) -> Wanted<'a> {
    let mut wanted = Wanted { homes: Homes::knowing(said.things()), ..Wanted::default() };
    let mut places = Places::new(register, today);
    let mut people = People::new(register);
    for located in tables {
        let wrongs = &mut wanted.wrongs;
        match located.table {
            Table::Units => wanted.units.extend(units::units(located, &mut places, wrongs)),
            Table::Grids => wanted.grids.extend(units::grids(located, &mut places, wrongs)),
            Table::Workers => {
                let (staff, posts) = people::workers(located, &places, &mut people, wrongs);
                wanted.staff.extend(staff);
                wanted.posts.extend(posts);
            }
            Table::Assignments => {
                wanted.posts.extend(people::assignments(located, &places, &mut people, wrongs));
            }
            Table::Teams => wanted.teams.extend(people::teams(located, &places, &people, wrongs)),
            Table::Households => {
                homes::households(located, &places, &mut wanted.homes, wrongs);
            }
            Table::Members => {
                homes::members(located, &places, today, &mut wanted.homes, wrongs);
            }
        }
    }
    homes::check_heads(&wanted.homes, |key| said.household(&key.thing()), &mut wanted.wrongs);
    wanted
}
