//! Workers, their assignments and grid teams out of their tables.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};
use yidang_domain::causality::hex_of;
use yidang_domain::civil::Date;
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{GridTeam, GridTeamMember, OrgLevel, Role, Staff};

use crate::county::SERVER_USER;
use crate::register::Register;

use super::columns::{Column, Located};
use super::line::Line;
use super::places::Places;
use super::units::named_village;
use super::values;
use super::wrong::{Wrong, Wrongs};

/// An assignment as a row says it. Without a first day it begins when it is first imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Who.
    pub user: UserId,
    /// Where.
    pub org: OrgCode,
    /// In which role.
    pub role: Role,
    /// Since when.
    pub from: Option<Date>,
    /// Until when.
    pub to: Option<Date>,
}

/// Everybody who is known, found by whatever a row says of them.
pub struct People<'a> {
    register: &'a Register,
    staff: BTreeMap<UserId, Staff>,
    by_name: HashMap<String, Vec<UserId>>,
    /// People and assignments that rows named, with the row.
    ids: HashMap<UserId, (u32, String)>,
    posts: HashMap<(UserId, OrgCode, Role), u32>,
    /// Names without a telephone, with the row.
    bare: HashMap<String, (u32, OrgCode)>,
}

/// The name of a person in the register that no row gives: made of name and telephone, which go
/// with the person from grid to grid, so that the next sheet finds them again.
fn made_id(name: &str, phone: &str) -> UserId {
    let digest = Sha256::digest(format!("worker\n{phone}\n{name}").as_bytes());
    UserId(format!("w-{}", hex_of(digest.get(..6).unwrap_or_default())))
}

impl<'a> People<'a> {
    /// The people of the register.
    #[must_use]
    pub fn new(register: &'a Register) -> Self {
        let mut people = Self {
            register,
            staff: BTreeMap::new(),
            by_name: HashMap::new(),
            ids: HashMap::new(),
            posts: HashMap::new(),
            bare: HashMap::new(),
        };
        for person in register.staff() {
            people.learn(person.clone());
        }
        people
    }

    fn learn(&mut self, person: Staff) {
        let named = self.by_name.entry(person.name.clone()).or_default();
        if !named.contains(&person.user) {
            named.push(person.user.clone());
        }
        self.staff.insert(person.user.clone(), person);
    }

    fn named(&self, name: &str) -> &[UserId] {
        self.by_name.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    fn with_phone(&self, name: &str, phone: &str) -> Option<&UserId> {
        let has = |user: &&UserId| self.staff.get(*user).is_some_and(|who| who.phone == phone);
        if phone.is_empty() { None } else { self.named(name).iter().find(has) }
    }

    /// Whoever of that name is already assigned to `org`: their telephone may be a new one.
    fn working_in(&self, name: &str, org: &OrgCode) -> Option<&UserId> {
        let mut there = self
            .named(name)
            .iter()
            .filter(|user| self.register.assignments_of(user).any(|post| post.org == *org));
        there.next().filter(|_| there.next().is_none())
    }

    /// How the register names the person of a row of 网格员.
    ///
    /// # Errors
    ///
    /// Where others bear the name and nothing says whether this is one of them.
    fn identify(&self, name: &str, phone: &str, org: &OrgCode) -> Result<UserId, Wrong> {
        let known = self.with_phone(name, phone).or_else(|| self.working_in(name, org));
        if let Some(user) = known {
            return Ok(user.clone());
        }
        let made = made_id(name, phone);
        let is_told_apart =
            !phone.is_empty() || self.staff.contains_key(&made) || self.named(name).is_empty();
        if is_told_apart { Ok(made) } else { Err(Wrong::AmbiguousWorker) }
    }

    /// Somebody who is known already, as 分工 and 团队 name them.
    fn find(&self, line: &Line<'_>, wrongs: &mut Wrongs) -> Option<UserId> {
        if !line.is_blank(Column::WorkerId) {
            let known = |raw: &str| {
                let user = UserId(values::opaque(raw, 40)?);
                if self.staff.contains_key(&user) { Ok(user) } else { Err(Wrong::UnknownWorker) }
            };
            return line.read(wrongs, Column::WorkerId, known);
        }
        let phone = line.phone(wrongs);
        line.need(wrongs, Column::WorkerName, |raw| {
            let name = values::person(raw)?;
            if let Some(user) = self.with_phone(&name, &phone) {
                return Ok(user.clone());
            }
            match self.named(&name) {
                [] => Err(Wrong::UnknownWorker),
                [user] => Ok(user.clone()),
                _ => Err(Wrong::AmbiguousWorker),
            }
        })
    }
}

/// The people and assignments of the table 网格员.
pub fn workers(
    located: &Located<'_>,
    places: &Places,
    people: &mut People<'_>,
    wrongs: &mut Wrongs,
) -> (Vec<Staff>, Vec<Post>) {
    let mut staff: BTreeMap<UserId, Staff> = BTreeMap::new();
    let mut posts = Vec::new();
    for row in located.rows() {
        let line = Line::new(located, row);
        if !line.has_any(&[Column::WorkerName, Column::Phone, Column::WorkerId]) {
            continue;
        }
        let before = wrongs.total;
        let found = worker(&line, places, people, wrongs);
        let Some((person, post)) = found.filter(|_| wrongs.total == before) else { continue };
        if !takes_post(&line, people, &post, wrongs) {
            continue;
        }
        people.learn(person.clone());
        staff.insert(person.user.clone(), person);
        posts.push(post);
    }
    (staff.into_values().collect(), posts)
}

fn worker(
    line: &Line<'_>,
    places: &Places,
    people: &mut People<'_>,
    wrongs: &mut Wrongs,
) -> Option<(Staff, Post)> {
    let name = line.need(wrongs, Column::WorkerName, values::person);
    let phone = line.phone(wrongs);
    let role = line
        .read(wrongs, Column::Role, |raw| values::role(raw).ok_or(Wrong::UnknownRole))
        .unwrap_or(Role::GridWorker);
    let org = if line.is_blank(Column::GridCode) {
        line.wrong(wrongs, Column::GridCode, &Wrong::WorkerWithoutGrid);
        None
    } else {
        line.read(wrongs, Column::GridCode, |raw| org(places, raw, role))
    };
    let (from, to) = line.period(wrongs);
    let id = line.read(wrongs, Column::WorkerId, |raw| {
        let id = values::opaque(raw, 40)?;
        if id == SERVER_USER { Err(Wrong::ReservedId) } else { Ok(UserId(id)) }
    });
    let (name, org) = (name?, org?);
    let is_named_by_row = !line.is_blank(Column::WorkerId);
    let user = if is_named_by_row {
        id?
    } else {
        let found = people.identify(&name, &phone, &org);
        found.map_err(|wrong| line.wrong(wrongs, Column::WorkerName, &wrong)).ok()?
    };
    if !is_named_by_row && phone.is_empty() {
        let first = people.bare.entry(name.clone()).or_insert((line.number(), org.clone()));
        if first.0 != line.number() && first.1 != org {
            line.wrong(wrongs, Column::WorkerName, &Wrong::AmbiguousWorker);
            return None;
        }
    }
    let known = people.staff.get(&user).map(|person| person.phone.clone());
    let phone = if phone.is_empty() { known.unwrap_or_default() } else { phone };
    let person = Staff { user: user.clone(), name, phone };
    Some((person, Post { user, org, role, from, to }))
}

/// The unit of an assignment. A grid worker works in a grid.
fn org(places: &Places, raw: &str, role: Role) -> Result<OrgCode, Wrong> {
    if role == Role::GridWorker {
        let known = values::opaque(raw, 20).ok().and_then(|code| places.find(&code));
        return match known.map(|unit| unit.level) {
            Some(level) if level != OrgLevel::Grid => Err(Wrong::RoleDoesNotFit),
            _ => places.grid(raw),
        };
    }
    let code = values::opaque(raw, 20)?;
    places.find(&code).map(|unit| unit.code.clone()).ok_or(Wrong::UnknownUnit)
}

/// Whether the person and the assignment of a row stand in no other row in another way.
fn takes_post(line: &Line<'_>, people: &mut People<'_>, post: &Post, wrongs: &mut Wrongs) -> bool {
    let name = values::person(line.raw(Column::WorkerName)).unwrap_or_default();
    let (row, other) = people.ids.entry(post.user.clone()).or_insert((line.number(), name.clone()));
    if *other != name {
        line.wrong(wrongs, Column::WorkerId, &Wrong::WorkerIdTaken(*row));
        return false;
    }
    let key = (post.user.clone(), post.org.clone(), post.role);
    if let Some(row) = people.posts.get(&key) {
        line.wrong(wrongs, Column::WorkerName, &Wrong::DuplicateWorker(*row));
        return false;
    }
    people.posts.insert(key, line.number());
    true
}

/// The assignments of the table 网格员分工.
pub fn assignments(
    located: &Located<'_>,
    places: &Places,
    people: &mut People<'_>,
    wrongs: &mut Wrongs,
) -> Vec<Post> {
    let mut posts = Vec::new();
    for row in located.rows() {
        let line = Line::new(located, row);
        if !line.has_any(&[Column::WorkerName, Column::WorkerId]) {
            continue;
        }
        let before = wrongs.total;
        let post = assignment(&line, places, people, wrongs);
        let Some(post) = post.filter(|_| wrongs.total == before) else { continue };
        let key = (post.user.clone(), post.org.clone(), post.role);
        // 网格员 may say the same: once is enough.
        if people.posts.insert(key, line.number()).is_none() {
            posts.push(post);
        }
    }
    posts
}

fn assignment(
    line: &Line<'_>,
    places: &Places,
    people: &People<'_>,
    wrongs: &mut Wrongs,
) -> Option<Post> {
    let user = people.find(line, wrongs);
    let role = line.need(wrongs, Column::Role, |raw| values::role(raw).ok_or(Wrong::UnknownRole));
    let column = if line.is_blank(Column::UnitCode) { Column::GridCode } else { Column::UnitCode };
    let (from, to) = line.period(wrongs);
    let role = role?;
    let org = line.need(wrongs, column, |raw| org(places, raw, role))?;
    Some(Post { user: user?, org, role, from, to })
}

/// The teams of the table 网格团队: one row for each member.
pub fn teams(
    located: &Located<'_>,
    places: &Places,
    people: &People<'_>,
    wrongs: &mut Wrongs,
) -> Vec<GridTeam> {
    let mut teams: BTreeMap<OrgCode, (GridTeam, Option<u32>)> = BTreeMap::new();
    for row in located.rows() {
        let line = Line::new(located, row);
        if !line.has_any(&[Column::TeamName, Column::WorkerName, Column::WorkerId]) {
            continue;
        }
        let user = people.find(&line, wrongs);
        let name = line.need(wrongs, Column::TeamName, |raw| values::line(raw, 40));
        let given = line.read(wrongs, Column::TeamCode, |raw| values::opaque(raw, 20));
        let dedicated = line
            .read(wrongs, Column::Duty, |raw| values::is_dedicated(raw).ok_or(Wrong::UnknownDuty))
            .unwrap_or(false);
        let village = named_village(&line, places, wrongs);
        if village == Some(None) {
            line.wrong(wrongs, Column::VillageCode, &Wrong::Missing);
        }
        let (Some(user), Some(name), Some(Some(village))) = (user, name, village) else { continue };
        let code = given.map_or_else(|| made_code(&village, &name), OrgCode);
        let fresh = GridTeam { code: code.clone(), village, name, members: Vec::new() };
        let (team, first) = teams.entry(code).or_insert((fresh, None));
        join(&line, team, first, GridTeamMember { user, dedicated }, wrongs);
    }
    teams.into_values().map(|(team, _)| team).collect()
}

/// The code of a team that no row gives.
fn made_code(village: &OrgCode, name: &str) -> OrgCode {
    let digest = Sha256::digest(format!("team\n{village}\n{name}").as_bytes());
    OrgCode(format!("t-{}", hex_of(digest.get(..6).unwrap_or_default())))
}

fn join(
    line: &Line<'_>,
    team: &mut GridTeam,
    dedicated: &mut Option<u32>,
    member: GridTeamMember,
    wrongs: &mut Wrongs,
) {
    if team.members.iter().any(|known| known.user == member.user) {
        return;
    }
    if !member.dedicated {
        team.members.push(member);
        return;
    }
    match dedicated {
        Some(row) => line.wrong(wrongs, Column::Duty, &Wrong::TwoDedicated(*row)),
        None => {
            *dedicated = Some(line.number());
            // The dedicated worker first, as the register has it.
            team.members.insert(0, member);
        }
    }
}
