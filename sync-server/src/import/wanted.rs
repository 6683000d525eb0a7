//! What the sheets want, row by row, and what is wrong with them. Pure.

use yidang_domain::civil::Date;
use yidang_domain::org::{GridTeam, OrgUnit, Staff};
use yidang_domain::reference::VisitTeam;

use crate::register::Register;

use super::borders::{self, Border, BorderFile};
use super::columns::{Located, Table};
use super::homes::{self, Homes};
use super::line::lines_of;
use super::people::{self, People, Post};
use super::places::Places;
use super::said::Said;
use super::units;
use super::visits;
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
    /// Visit teams.
    pub visit_teams: Vec<VisitTeam>,
    /// Borders of units.
    pub borders: Vec<Border>,
    /// Households.
    pub homes: Homes<'a>,
    /// What is wrong.
    pub wrongs: Wrongs,
}

/// Reads all rows of the tables, in the order in which one builds on the other, and all maps. The
/// rows of a table are read together, however many sheets and files they are spread over.
#[must_use]
pub fn want<'a>(
    tables: &'a [Located<'a>],
    maps: &[BorderFile],
    register: &Register,
    said: &Said,
    today: Date,
) -> Wanted<'a> {
    let mut wanted = Wanted { homes: Homes::knowing(said.things()), ..Wanted::default() };
    let mut places = Places::new(register, today);
    let mut people = People::new(register, today);
    let lines = |table: Table| lines_of(tables, table);
    let wrongs = &mut wanted.wrongs;
    wanted.units = units::units(lines(Table::Units), &mut places, wrongs);
    wanted.grids = units::grids(&lines(Table::Grids), &mut places, wrongs);
    let workers = lines(Table::Workers);
    (wanted.staff, wanted.posts) = people::workers(&workers, &places, &mut people, wrongs);
    let posts = lines(Table::Assignments);
    people::assignments(&posts, &places, &mut people, &mut wanted.posts, wrongs);
    wanted.teams = people::teams(&lines(Table::Teams), &places, &people, wrongs);
    let visits = lines(Table::VisitTeams);
    wanted.visit_teams = visits::visit_teams(&visits, &places, &people, register.teams(), wrongs);
    wanted.borders = borders::borders(maps, &places, wrongs);
    homes::households(&lines(Table::Households), &places, &mut wanted.homes, wrongs);
    homes::members(&lines(Table::Members), &places, today, &mut wanted.homes, wrongs);
    homes::check_heads(&wanted.homes, |key| said.household(&key.thing()), wrongs);
    wanted
}
