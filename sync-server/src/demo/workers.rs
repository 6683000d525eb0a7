//! Who works in the grids of the demo county, and in which teams.

use std::collections::BTreeSet;

use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{GridKind, GridTeam, GridTeamMember, Role};
use yidang_domain::reference::{TeamMember, VisitTeam};

use super::divisions::{Divisions, Grid, Township};
use super::names;
use super::places::Person;

/// How invented grid workers are named in the register. There are thousands: nobody looks for them in
/// the list of those who can be tried out.
pub const WORKER: &str = "w-";
/// One dedicated worker and four beside their own work.
const TEAM: usize = 5;
/// Telephones of workers begin here, those of the staff before them.
const FIRST_TELEPHONE: usize = 100_000;
const STAFF_TELEPHONE: usize = 90_000;

/// Those who judge and mediate in townships where the file names nobody.
pub fn staff(divisions: &Divisions, told: &[Person]) -> Vec<Person> {
    let has = |code: &str| told.iter().any(|person| person.org.as_str() == code);
    let mut all = Vec::new();
    for (place, township) in divisions.townships.iter().enumerate() {
        if has(&township.code) {
            continue;
        }
        let posts = [
            ("a", Role::TownshipReviewer, "办公电脑"),
            ("b", Role::TownshipReviewer, "办公电脑"),
            ("m", Role::Mediator, "手机"),
        ];
        for (number, (suffix, role, device_name)) in posts.into_iter().enumerate() {
            let nth = place * posts.len() + number;
            all.push(Person {
                user: UserId(format!("u-{}-{suffix}", township.code)),
                name: names::of_staff(3_500 + nth),
                org: OrgCode(township.code.clone()),
                role,
                device_name: device_name.to_owned(),
                phone: names::telephone(STAFF_TELEPHONE + nth),
            });
        }
    }
    all
}

/// The invented workers of a township: one for each grid that is not vacant and has none in the
/// file.
pub fn of_township(township: &Township, grids: &[Grid], told: &[Person]) -> Vec<Person> {
    let is_told = |grid: &Grid| told.iter().any(|person| person.org.as_str() == grid.code);
    let vacant = vacant(grids, grids.len() - township.workers, &is_told);
    grids
        .iter()
        .enumerate()
        .filter(|(place, grid)| !vacant.contains(place) && !is_told(grid))
        .map(|(_, grid)| Person {
            user: UserId(format!("{WORKER}{:04}", grid.nth + 1)),
            name: names::of_staff(grid.nth),
            org: OrgCode(grid.code.clone()),
            role: Role::GridWorker,
            device_name: "手机".to_owned(),
            phone: names::telephone(FIRST_TELEPHONE + grid.nth),
        })
        .collect()
}

/// So many grids without a worker, spread over the township.
fn vacant(grids: &[Grid], count: usize, is_told: &dyn Fn(&Grid) -> bool) -> BTreeSet<usize> {
    let mut vacant = BTreeSet::new();
    for number in 0..count {
        let from = (2 * number + 1) * grids.len() / (2 * count);
        let free = grids
            .iter()
            .enumerate()
            .skip(from)
            .find(|(place, grid)| !vacant.contains(place) && !is_told(grid));
        vacant.extend(free.map(|(place, _)| place));
    }
    vacant
}

/// Teams of five of one village, in the order of its grids.
pub fn grid_teams(grids: &[Grid], people: &[Person]) -> Vec<GridTeam> {
    let mut teams = Vec::new();
    for village in grids.chunk_by(|one, other| one.village == other.village) {
        let Some(first) = village.first() else { continue };
        let members: Vec<UserId> = village
            .iter()
            .filter_map(|grid| worker_of(&grid.code, people))
            .map(|person| person.user.clone())
            .collect();
        for (number, members) in (1..).zip(members.chunks(TEAM)) {
            let member = |(place, user): (usize, &UserId)| GridTeamMember {
                user: user.clone(),
                dedicated: place == 0,
            };
            teams.push(GridTeam {
                code: OrgCode(format!("{}-T{number:02}", first.village)),
                village: OrgCode(first.village.clone()),
                name: format!("{}第{number}组", first.village_name),
                members: members.iter().enumerate().map(member).collect(),
            });
        }
    }
    teams
}

/// Who works in a grid.
pub fn worker_of<'a>(grid: &str, people: &'a [Person]) -> Option<&'a Person> {
    people.iter().find(|person| person.org.as_str() == grid && person.role == Role::GridWorker)
}

/// A visit team for the first village of a township whose mediator is invented: they and three
/// workers of that village.
pub fn visit_team(grids: &[Grid], people: &[Person]) -> Option<VisitTeam> {
    let village = grids.iter().find(|grid| grid.kind == GridKind::Rural)?;
    let mediator = people
        .iter()
        .find(|person| person.org.as_str() == village.township && person.role == Role::Mediator)?;
    let workers = grids
        .iter()
        .filter(|grid| grid.village == village.village)
        .filter_map(|grid| worker_of(&grid.code, people))
        .take(3);
    let member = |person: &Person, duty: &str| TeamMember {
        user: person.user.clone(),
        name: person.name.clone(),
        duty: duty.to_owned(),
    };
    let mut members = vec![member(mediator, "组长")];
    members.extend(workers.map(|worker| member(worker, "网格员")));
    Some(VisitTeam {
        village: OrgCode(village.village.clone()),
        place: format!("{}村委会", village.village_name),
        starts_at: "09:00".to_owned(),
        members,
    })
}
