//! Workers, their assignments and grid teams out of their tables.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};
use yidang_domain::causality::hex_of;
use yidang_domain::civil::Date;
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{Assignment, GridTeam, GridTeamMember, OrgLevel, Role, Staff};

use crate::county::SERVER_USER;
use crate::register::Register;

use super::columns::Column;
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
    today: Date,
    staff: BTreeMap<UserId, Staff>,
    by_name: HashMap<String, Vec<UserId>>,
    /// People and assignments that rows named, with the row.
    ids: HashMap<UserId, (Line<'a>, String)>,
    posts: HashMap<PostKey, (Line<'a>, Period)>,
    /// Names without a telephone, with the unit of their first row.
    bare: HashMap<String, OrgCode>,
}

/// Who works where in which role.
type PostKey = (UserId, OrgCode, Role);
/// First and last day, where a row says them.
type Period = (Option<Date>, Option<Date>);

impl Post {
    fn key(&self) -> PostKey {
        (self.user.clone(), self.org.clone(), self.role)
    }
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
    pub fn new(register: &'a Register, today: Date) -> Self {
        let mut people = Self {
            register,
            today,
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

    /// Whether an assignment ends before it begins: on the day that a row says, on that of the
    /// register, or today.
    fn is_reversed(&self, post: &Post) -> bool {
        let is_same = |known: &&Assignment| known.org == post.org && known.role == post.role;
        let known = self.register.assignments_of(&post.user).filter(is_same);
        let begins = post.from.or_else(|| known.map(|known| known.from).max());
        post.to.is_some_and(|to| to < begins.unwrap_or(self.today))
    }

    /// The name of somebody of the register or of a sheet; empty for others.
    #[must_use]
    pub fn name_of(&self, user: &UserId) -> String {
        self.staff.get(user).map(|person| person.name.clone()).unwrap_or_default()
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

    /// Somebody who is known already, as 任职, 团队 and 坐诊队 name them.
    pub fn find(&self, line: &Line<'_>, wrongs: &mut Wrongs) -> Option<UserId> {
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
pub fn workers<'a>(
    lines: &[Line<'a>],
    places: &Places,
    people: &mut People<'a>,
    wrongs: &mut Wrongs,
) -> (Vec<Staff>, Vec<Post>) {
    let mut staff: BTreeMap<UserId, Staff> = BTreeMap::new();
    let mut posts = Vec::new();
    for line in lines {
        if !line.has_any(&[Column::WorkerName, Column::Phone, Column::WorkerId]) {
            continue;
        }
        let before = wrongs.total;
        let found = worker(line, places, people, wrongs);
        let Some((person, post)) = found.filter(|_| wrongs.total == before) else { continue };
        if !takes_post(line, people, &post, wrongs) {
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
        let first = people.bare.entry(name.clone()).or_insert_with(|| org.clone());
        if *first != org {
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
fn takes_post<'a>(
    line: &Line<'a>,
    people: &mut People<'a>,
    post: &Post,
    wrongs: &mut Wrongs,
) -> bool {
    let name = values::person(line.raw(Column::WorkerName)).unwrap_or_default();
    let (first, other) = people.ids.entry(post.user.clone()).or_insert((*line, name.clone()));
    if *other != name {
        line.wrong(wrongs, Column::WorkerId, &Wrong::WorkerIdTaken(line.place_of(first)));
        return false;
    }
    let key = post.key();
    if let Some((first, _)) = people.posts.get(&key) {
        line.wrong(wrongs, Column::WorkerName, &Wrong::DuplicateWorker(line.place_of(first)));
        return false;
    }
    people.posts.insert(key, (*line, (post.from, post.to)));
    true
}

/// The assignments of the table 任职, put to those that 网格员 gave.
///
/// 网格员 may name the same assignment, usually without days: then the days of 任职 are its days.
/// Two rows that say other days of one assignment contradict each other.
pub fn assignments<'a>(
    lines: &[Line<'a>],
    places: &Places,
    people: &mut People<'a>,
    posts: &mut Vec<Post>,
    wrongs: &mut Wrongs,
) {
    let mut at_of: HashMap<PostKey, usize> =
        (0..).zip(posts.iter()).map(|(at, post)| (post.key(), at)).collect();
    for line in lines {
        if !line.has_any(&[Column::WorkerName, Column::WorkerId]) {
            continue;
        }
        let before = wrongs.total;
        let post = assignment(line, places, people, wrongs);
        let Some(post) = post.filter(|_| wrongs.total == before) else { continue };
        let key = post.key();
        let known = people.posts.get(&key).copied();
        let Some((first, said)) = known else {
            people.posts.insert(key.clone(), (*line, (post.from, post.to)));
            at_of.insert(key, posts.len());
            posts.push(post);
            continue;
        };
        let Some(period) = joined(said, (post.from, post.to)) else {
            let column = if said.0.is_some_and(|from| post.from.is_some_and(|own| own != from)) {
                Column::From
            } else {
                Column::To
            };
            line.wrong(wrongs, column, &Wrong::PeriodsDiffer(line.place_of(&first)));
            continue;
        };
        people.posts.insert(key.clone(), (first, period));
        if let Some(there) = at_of.get(&key).and_then(|at| posts.get_mut(*at)) {
            (there.from, there.to) = period;
        }
    }
    for post in posts.iter() {
        // Each row alone may be right: the first day stands in another row, or in the register.
        if people.is_reversed(post)
            && let Some((line, _)) = people.posts.get(&post.key())
        {
            line.wrong(wrongs, Column::To, &Wrong::EndBeforeBegin);
        }
    }
}

/// What two rows say of one period together; none where they contradict each other.
fn joined(one: Period, other: Period) -> Option<Period> {
    let day = |one: Option<Date>, other: Option<Date>| match (one, other) {
        (Some(one), Some(other)) if one != other => None,
        (one, other) => Some(one.or(other)),
    };
    Some((day(one.0, other.0)?, day(one.1, other.1)?))
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
pub fn teams<'a>(
    lines: &[Line<'a>],
    places: &Places,
    people: &People<'a>,
    wrongs: &mut Wrongs,
) -> Vec<GridTeam> {
    let mut teams: BTreeMap<OrgCode, (GridTeam, Option<Line<'a>>)> = BTreeMap::new();
    for line in lines {
        if !line.has_any(&[Column::TeamName, Column::WorkerName, Column::WorkerId]) {
            continue;
        }
        let user = people.find(line, wrongs);
        let name = line.need(wrongs, Column::TeamName, |raw| values::line(raw, 40));
        let given = line.read(wrongs, Column::TeamCode, |raw| values::opaque(raw, 20));
        let dedicated = line
            .read(wrongs, Column::Duty, |raw| values::is_dedicated(raw).ok_or(Wrong::UnknownDuty))
            .unwrap_or(false);
        let village = named_village(line, places, wrongs);
        if village == Some(None) {
            line.wrong(wrongs, Column::VillageCode, &Wrong::Missing);
        }
        let (Some(user), Some(name), Some(Some(village))) = (user, name, village) else { continue };
        let code = given.map_or_else(|| made_code(&village, &name), OrgCode);
        let fresh = GridTeam { code: code.clone(), village, name, members: Vec::new() };
        let (team, first) = teams.entry(code).or_insert((fresh, None));
        join(line, team, first, GridTeamMember { user, dedicated }, wrongs);
    }
    teams.into_values().map(|(team, _)| team).collect()
}

/// The code of a team that no row gives.
fn made_code(village: &OrgCode, name: &str) -> OrgCode {
    let digest = Sha256::digest(format!("team\n{village}\n{name}").as_bytes());
    OrgCode(format!("t-{}", hex_of(digest.get(..6).unwrap_or_default())))
}

fn join<'a>(
    line: &Line<'a>,
    team: &mut GridTeam,
    dedicated: &mut Option<Line<'a>>,
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
        Some(first) => {
            line.wrong(wrongs, Column::Duty, &Wrong::TwoDedicated(line.place_of(first)));
        }
        None => {
            *dedicated = Some(*line);
            // The dedicated worker first, as the register has it.
            team.members.insert(0, member);
        }
    }
}
