//! Who works where, and what follows from it: scopes, posts and reference data. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use yidang_domain::calendar::{Exception, VisitPlan, VisitRule, WorkCalendar};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::EntryKind;
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{
    Assignment, GridTeam, OrgLevel, OrgTree, OrgUnit, Role, Staff, visit_key,
};
use yidang_domain::outline::Outline;
use yidang_domain::reference::{Host, Neighbour, Reference, VillageDay, VisitTeam, guest_villages};
use yidang_domain::rights::{Act, may};
use yidang_sync_protocol::ticket::{GUESTS_MS, LASTS_MS, Ticket};

/// Everything in the register, as it is stored and as a county file brings it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterData {
    /// Units.
    pub units: Vec<OrgUnit>,
    /// People.
    pub users: Vec<Staff>,
    /// Who works where.
    pub assignments: Vec<Assignment>,
    /// Visit teams.
    #[serde(default)]
    pub teams: Vec<VisitTeam>,
    /// Grid teams (一专四兼).
    #[serde(default)]
    pub grid_teams: Vec<GridTeam>,
    /// Borders on the map.
    #[serde(default)]
    pub outlines: Vec<Outline>,
    /// Decisions about single visit days.
    #[serde(default)]
    pub exceptions: Vec<Exception>,
    /// Decisions about visit days of single villages, which stand in their documents.
    #[serde(skip)]
    pub village_days: Vec<VillageDay>,
    /// The rule of visit days.
    #[serde(default)]
    pub visit_rule: VisitRule,
    /// Days off and make-up days.
    #[serde(default)]
    pub calendar: WorkCalendar,
    /// Who runs this service.
    #[serde(default, skip_serializing_if = "Host::is_empty")]
    pub host: Host,
}

/// The register, ready for questions.
#[derive(Debug)]
pub struct Register {
    tree: OrgTree,
    users: BTreeMap<UserId, Staff>,
    /// Everybody in the order in which they came into the register.
    in_order: Vec<UserId>,
    assignments: Vec<Assignment>,
    /// Places of each person's assignments in the list.
    posts: BTreeMap<UserId, Vec<usize>>,
    teams: Vec<VisitTeam>,
    grid_teams: Vec<GridTeam>,
    outlines: Vec<Outline>,
    plan: VisitPlan,
    village_days: Vec<VillageDay>,
    host: Host,
    demo: bool,
    version: u64,
    /// Versions of the reference data that were asked for: making them takes as long as sending
    /// them, and nearly every exchange asks only whether they changed.
    versions: RwLock<HashMap<UserId, u64>>,
}

/// The units whose documents a person reads, as keys of the scope index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Sorted keys as a JSON list.
    pub keys: String,
    /// The hash that devices echo; never zero.
    pub hash: u64,
}

/// Reference data as they travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceBytes {
    /// Their version: a hash of the content, so that it is right after a restore too.
    pub version: u64,
    /// The JSON.
    pub json: Vec<u8>,
}

/// The first eight bytes of a hash as a number that fits into JSON of any reader; never zero.
fn short_hash(bytes: &[u8]) -> u64 {
    let digest = Sha256::digest(bytes);
    let number = digest.iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    (number >> 11).max(1)
}

impl Register {
    /// The register of these data.
    #[must_use]
    pub fn new(data: RegisterData, demo: bool) -> Self {
        let mut posts: BTreeMap<UserId, Vec<usize>> = BTreeMap::new();
        for (place, assignment) in data.assignments.iter().enumerate() {
            posts.entry(assignment.user.clone()).or_default().push(place);
        }
        Self {
            tree: OrgTree::new(data.units),
            in_order: data.users.iter().map(|user| user.user.clone()).collect(),
            users: data.users.into_iter().map(|user| (user.user.clone(), user)).collect(),
            assignments: data.assignments,
            posts,
            teams: data.teams,
            grid_teams: data.grid_teams,
            outlines: data.outlines,
            plan: VisitPlan {
                rule: data.visit_rule,
                calendar: data.calendar,
                exceptions: data.exceptions,
            },
            village_days: data.village_days,
            host: data.host,
            demo,
            version: 0,
            versions: RwLock::default(),
        }
    }

    /// The same register, known to be of this version.
    #[must_use]
    pub fn at_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    /// Which version it is: how often it had been changed when it was read.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The tree of units.
    #[must_use]
    pub const fn tree(&self) -> &OrgTree {
        &self.tree
    }

    /// The plan of visit days.
    #[must_use]
    pub const fn plan(&self) -> &VisitPlan {
        &self.plan
    }

    /// Who runs this service.
    #[must_use]
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// The name of a person; none where the register does not know them.
    #[must_use]
    pub fn name_of(&self, user: &UserId) -> Option<&str> {
        self.users.get(user).map(|person| person.name.as_str())
    }

    /// Everybody, by how the register names them.
    pub fn staff(&self) -> impl Iterator<Item = &Staff> {
        self.users.values()
    }

    /// Everybody, in the order in which they came into the register.
    pub fn staff_in_order(&self) -> impl Iterator<Item = &Staff> {
        self.in_order.iter().filter_map(|user| self.users.get(user))
    }

    /// All assignments.
    #[must_use]
    pub fn assignments(&self) -> &[Assignment] {
        &self.assignments
    }

    /// All grid teams.
    #[must_use]
    pub fn grid_teams(&self) -> &[GridTeam] {
        &self.grid_teams
    }

    /// All visit teams.
    #[must_use]
    pub fn teams(&self) -> &[VisitTeam] {
        &self.teams
    }

    /// All borders.
    #[must_use]
    pub fn outlines(&self) -> &[Outline] {
        &self.outlines
    }

    /// The assignments of a person, past and future ones included.
    pub fn assignments_of<'a>(&'a self, user: &'a UserId) -> impl Iterator<Item = &'a Assignment> {
        let places = self.posts.get(user).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.assignments.get(*place))
    }

    /// The villages a person reads and works in as a guest on `date`.
    #[must_use]
    pub fn guest_villages(&self, user: &UserId, date: Date) -> Vec<OrgCode> {
        guest_villages(&self.teams, &self.plan, &self.village_days, user, date)
    }

    /// Whether a person sits in any visit team.
    #[must_use]
    pub fn is_in_a_team(&self, user: &UserId) -> bool {
        self.teams.iter().any(|team| team.members.iter().any(|member| member.user == *user))
    }

    /// The unit within which somebody assigned to `org` may move documents about: its township, or
    /// itself where it lies above townships.
    #[must_use]
    pub fn reach(&self, org: &OrgCode) -> OrgCode {
        self.tree.above(org, OrgLevel::Township).map_or_else(|| org.clone(), |t| t.code.clone())
    }

    /// What `user` reads on `date`: the subtrees of their assignments, the visit days of the villages
    /// above their grids, and the villages they visit.
    #[must_use]
    pub fn scope(&self, user: &UserId, date: Date) -> Scope {
        let mut keys: BTreeSet<String> = BTreeSet::new();
        let reads = |role: Role| !matches!(role, Role::Administrator | Role::Server);
        for assignment in self.assignments_of(user) {
            if !assignment.holds_on(date) || !reads(assignment.role) {
                continue;
            }
            keys.insert(assignment.org.to_string());
            let level = self.tree.find(&assignment.org).map(|unit| unit.level);
            let village = self.tree.above(&assignment.org, OrgLevel::Village);
            if let (Some(OrgLevel::Grid), Some(village)) = (level, village) {
                keys.insert(visit_key(&village.code));
            }
        }
        if !keys.is_empty() {
            keys.extend(self.guest_villages(user, date).into_iter().map(|code| code.0));
        }
        let keys: Vec<String> = keys.into_iter().collect();
        let keys = serde_json::Value::from(keys).to_string();
        Scope { hash: short_hash(keys.as_bytes()), keys }
    }

    /// What the county says of that to whoever has no network to ask it.
    #[must_use]
    pub fn ticket(&self, county: &str, user: &UserId, now: InstantMs) -> Ticket {
        let date = now.date();
        let keys: Vec<String> =
            serde_json::from_str(&self.scope(user, date).keys).unwrap_or_default();
        let guests = self.guest_villages(user, date);
        let own: Vec<&OrgCode> = self
            .assignments_of(user)
            .filter(|post| post.holds_on(date))
            .map(|post| &post.org)
            .collect();
        let is_visited = |key: &String| {
            guests.iter().any(|village| village.as_str() == key && !own.contains(&village))
        };
        let (guest_keys, keys) = keys.into_iter().partition(is_visited);
        Ticket {
            county: county.to_owned(),
            user: user.as_str().to_owned(),
            keys,
            issued_at_ms: now.0,
            until_ms: now.0.saturating_add(LASTS_MS),
            guest_keys,
            guest_until_ms: now.0.saturating_add(GUESTS_MS),
        }
    }

    /// The keys of the scope index of a case file or household in `org`, or of a visit day there.
    #[must_use]
    pub fn index_keys(
        &self,
        kind: yidang_domain::entry::DocumentKind,
        org: &OrgCode,
    ) -> Vec<String> {
        self.tree.read_by(kind, org)
    }

    /// A person's first assignment that holds on `date`, and the names of its unit and those above
    /// it, nearest last, without the county.
    #[must_use]
    pub fn post(&self, user: &UserId, date: Date) -> Option<(Role, Vec<String>)> {
        let first = self.assignments_of(user).find(|assignment| assignment.holds_on(date))?;
        Some((first.role, self.path(&first.org)))
    }

    /// The names of a unit and those above it, nearest last, without the county.
    #[must_use]
    pub fn path(&self, org: &OrgCode) -> Vec<String> {
        let mut path: Vec<String> = self
            .tree
            .upwards(org)
            .filter(|code| *code == org || !self.is_county(code))
            .map(|code| self.tree.name(code).to_owned())
            .collect();
        path.reverse();
        path
    }

    /// Those names as they are printed: 张家滩镇 · 下盘石村 · 第7网格.
    #[must_use]
    pub fn place(&self, org: &OrgCode) -> String {
        self.path(org).join(" · ")
    }

    /// The units whose people `user` may ask about on `date`: those of their assignments, the
    /// administrator's aside, and the villages they visit.
    #[must_use]
    pub fn consults(&self, user: &UserId, date: Date) -> Vec<OrgCode> {
        let reads = |post: &&Assignment| {
            post.holds_on(date) && !matches!(post.role, Role::Administrator | Role::Server)
        };
        let mut units: Vec<OrgCode> =
            self.assignments_of(user).filter(reads).map(|post| post.org.clone()).collect();
        if !units.is_empty() {
            units.extend(self.guest_villages(user, date));
        }
        units
    }

    fn is_county(&self, code: &OrgCode) -> bool {
        self.tree.find(code).is_some_and(|unit| unit.level == OrgLevel::County)
    }

    /// What the device of `user` needs to know beside documents.
    #[must_use]
    pub fn reference(&self, user: &UserId) -> ReferenceBytes {
        let assignments: Vec<Assignment> = self.assignments_of(user).cloned().collect();
        let is_member = |team: &VisitTeam| team.members.iter().any(|m| m.user == *user);
        let mut tops: Vec<OrgCode> =
            assignments.iter().map(|a| self.neighbourhood(&a.org)).collect();
        tops.extend(self.teams.iter().filter(|team| is_member(team)).map(|t| t.village.clone()));
        let above: BTreeSet<OrgCode> = tops.iter().flat_map(|top| self.tree.chain(top)).collect();
        let below = |code: &OrgCode| self.tree.chain(code).iter().any(|unit| tops.contains(unit));
        let near: BTreeSet<&OrgCode> = self
            .tree
            .units()
            .map(|unit| &unit.code)
            .filter(|code| above.contains(*code) || below(code))
            .collect();
        let is_near = |code: &OrgCode| near.contains(code);
        let posts: Vec<Assignment> =
            self.assignments.iter().filter(|post| below(&post.org)).cloned().collect();
        let here: BTreeSet<&UserId> = posts.iter().map(|post| &post.user).collect();
        let mut reference = Reference {
            version: 0,
            user: user.clone(),
            name: self.name_of(user).unwrap_or_default().to_owned(),
            units: self.tree.units().filter(|unit| is_near(&unit.code)).cloned().collect(),
            visit_rule: self.plan.rule,
            calendar: self.plan.calendar.clone(),
            exceptions: self.plan.exceptions.clone(),
            village_days: self
                .village_days
                .iter()
                .filter(|day| is_near(&day.village))
                .cloned()
                .collect(),
            teams: self.teams.iter().filter(|team| is_near(&team.village)).cloned().collect(),
            staff: self.users.values().filter(|who| here.contains(&who.user)).cloned().collect(),
            grid_teams: self.grid_teams.iter().filter(|t| below(&t.village)).cloned().collect(),
            outlines: self.outlines_for(&assignments, &is_near),
            neighbours: self.neighbours(&assignments, &tops, &is_near),
            host: self.host.clone(),
            demo: self.demo,
            posts,
            assignments,
        };
        let content = serde_json::to_vec(&reference).unwrap_or_default();
        reference.version = short_hash(&content);
        let json = serde_json::to_vec(&reference).unwrap_or_default();
        ReferenceBytes { version: reference.version, json }
    }

    /// Borders for whoever looks at a township or more.
    fn outlines_for(
        &self,
        assignments: &[Assignment],
        is_near: &dyn Fn(&OrgCode) -> bool,
    ) -> Vec<Outline> {
        let is_wide = |post: &Assignment| {
            self.tree
                .find(&post.org)
                .is_some_and(|unit| matches!(unit.level, OrgLevel::County | OrgLevel::Township))
        };
        if !assignments.iter().any(is_wide) {
            return Vec::new();
        }
        self.outlines.iter().filter(|outline| is_near(&outline.org)).cloned().collect()
    }

    /// The grids of the townships around `tops` that are not near, village by village and by name
    /// alone, for whoever moves households. A grid of which it is decided when it ends takes nobody
    /// in any more.
    fn neighbours(
        &self,
        assignments: &[Assignment],
        tops: &[OrgCode],
        is_near: &dyn Fn(&OrgCode) -> bool,
    ) -> Vec<Neighbour> {
        let moves = Act::Add(EntryKind::HouseholdMoved);
        if !assignments.iter().any(|post| may(post.role, moves, None)) {
            return Vec::new();
        }
        let townships: BTreeSet<OrgCode> = tops.iter().map(|top| self.reach(top)).collect();
        let mut villages: BTreeMap<&OrgCode, Neighbour> = BTreeMap::new();
        let open = |unit: &&OrgUnit| unit.closed_on.is_none();
        for grid in self.tree.units().filter(|unit| unit.level == OrgLevel::Grid).filter(open) {
            let above = grid.parent.as_ref().and_then(|code| self.tree.find(code));
            let Some(village) = above.filter(open) else { continue };
            let Some(township) = village.parent.as_ref() else { continue };
            let is_village = village.level == OrgLevel::Village;
            if is_village && townships.contains(township) && !is_near(&grid.code) {
                let near = villages.entry(&village.code).or_insert_with(|| {
                    Neighbour::new(township.clone(), village.code.clone(), village.name.clone())
                });
                near.push(&grid.code, &grid.name);
            }
        }
        villages.into_values().collect()
    }

    /// The version of the reference data for the device of `user`.
    #[must_use]
    pub fn reference_version(&self, user: &UserId) -> u64 {
        let known = self.versions.read().unwrap_or_else(PoisonError::into_inner).get(user).copied();
        known.unwrap_or_else(|| {
            let version = self.reference(user).version;
            let mut versions = self.versions.write().unwrap_or_else(PoisonError::into_inner);
            versions.insert(user.clone(), version);
            version
        })
    }

    /// The unit whose names somebody assigned to `org` meets: the village around a grid.
    fn neighbourhood(&self, org: &OrgCode) -> OrgCode {
        self.tree.above(org, OrgLevel::Village).map_or_else(|| org.clone(), |v| v.code.clone())
    }

    /// The committee that numbers a file lying in `org`, in two characters or more: the county's
    /// first and the township's first, longer where two townships begin alike.
    #[must_use]
    pub fn committee(&self, org: &OrgCode) -> String {
        let county =
            self.tree.above(org, OrgLevel::County).map_or("县", |unit| unit.name.as_str());
        let first: String = county.chars().take(1).collect();
        let Some(township) = self.tree.above(org, OrgLevel::Township) else {
            return format!("{first}县");
        };
        let others: Vec<&OrgUnit> = self
            .tree
            .units()
            .filter(|unit| unit.level == OrgLevel::Township && unit.code != township.code)
            .collect();
        let name: Vec<char> = township.name.chars().collect();
        let length = (1..=name.len()).find(|length| {
            let short: String = name.iter().take(*length).collect();
            !others.iter().any(|other| other.name.starts_with(&short))
        });
        let short: String = name.iter().take(length.unwrap_or(name.len())).collect();
        format!("{first}{short}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(code: &str, name: &str, level: OrgLevel, parent: Option<&str>) -> OrgUnit {
        OrgUnit::plain(code, name, level, parent)
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn register() -> Register {
        let units = vec![
            unit("610621", "延长县", OrgLevel::County, None),
            unit("610621102", "郑庄镇", OrgLevel::Township, Some("610621")),
            unit("610621103", "张家滩镇", OrgLevel::Township, Some("610621")),
            unit("610621103203", "下盘石村", OrgLevel::Village, Some("610621103")),
            unit("g6", "第6网格", OrgLevel::Grid, Some("610621103203")),
            unit("g7", "第7网格", OrgLevel::Grid, Some("610621103203")),
        ];
        let assignments = vec![Assignment {
            user: "u-wang".into(),
            org: "g7".into(),
            role: Role::GridWorker,
            from: day("2026-01-01"),
            to: Some(day("2026-12-31")),
        }];
        let users =
            vec![Staff { user: "u-wang".into(), name: "王样一".into(), phone: String::new() }];
        Register::new(RegisterData { units, users, assignments, ..RegisterData::default() }, true)
    }

    #[test]
    fn a_grid_worker_reads_the_grid_and_the_visit_days_of_the_village() {
        let scope = register().scope(&"u-wang".into(), day("2026-11-20"));
        assert_eq!(scope.keys, r#"["g7","visit:610621103203"]"#);
    }

    #[test]
    fn a_ticket_says_what_a_person_reads_and_how_long_that_serves() {
        let now = InstantMs::at_start_of(day("2026-11-20"));
        let ticket = register().ticket("610621", &"u-wang".into(), now);
        assert_eq!(ticket.keys, ["g7", "visit:610621103203"]);
        assert!(ticket.guest_keys.is_empty());
        assert_eq!((ticket.issued_at_ms, ticket.until_ms), (now.0, now.0 + LASTS_MS));
    }

    #[test]
    fn nobody_reads_anything_after_the_last_day_of_an_assignment() {
        let register = register();
        let after = register.scope(&"u-wang".into(), day("2027-01-01"));
        assert_eq!(after.keys, "[]");
        assert_ne!(after.hash, register.scope(&"u-wang".into(), day("2026-12-31")).hash);
    }

    #[test]
    fn a_post_is_named_from_the_township_down() {
        let (role, path) = register().post(&"u-wang".into(), day("2026-11-20")).unwrap();
        assert_eq!(
            (role, path.join(" · ").as_str()),
            (Role::GridWorker, "张家滩镇 · 下盘石村 · 第7网格")
        );
    }

    #[test]
    fn a_committee_is_named_after_county_and_township() {
        assert_eq!(register().committee(&"g7".into()), "延张");
        assert_eq!(register().committee(&"610621".into()), "延县");
    }

    #[test]
    fn reference_data_name_the_village_around_a_grid_and_change_their_version_with_the_content() {
        let register = register();
        let bytes = register.reference(&"u-wang".into());
        let reference: Reference = serde_json::from_slice(&bytes.json).unwrap();
        assert_eq!(reference.version, bytes.version);
        assert!(reference.units.iter().any(|unit| unit.name == "第6网格"));
        assert!(!reference.units.iter().any(|unit| unit.name == "郑庄镇"));
        assert_ne!(bytes.version, register.reference(&"u-nobody".into()).version);
    }

    /// 王样一 knows the grids of his township by name, and nobody who works there. Whoever moves no
    /// household, and whoever has the township anyway, gets no such list.
    #[test]
    fn a_grid_worker_knows_the_open_grids_of_the_township_by_name_alone() {
        let mut closed = unit("g3", "第3网格", OrgLevel::Grid, Some("610621103211"));
        closed.closed_on = Some(day("2026-11-01"));
        let units = [
            unit("610621102200", "郑庄村", OrgLevel::Village, Some("610621102")),
            unit("g9", "第9网格", OrgLevel::Grid, Some("610621102200")),
            unit("610621103211", "下驿", OrgLevel::Village, Some("610621103")),
            unit("6106211032112001", "第1网格", OrgLevel::Grid, Some("610621103211")),
            closed,
        ];
        let post = |user: &str, org: &str, role| Assignment {
            user: user.into(),
            org: org.into(),
            role,
            from: day("2026-01-01"),
            to: None,
        };
        let mut data = RegisterData {
            units: register().tree().units().cloned().chain(units).collect(),
            assignments: vec![
                post("u-wang", "g7", Role::GridWorker),
                post("u-gao", "g7", Role::Mediator),
                post("u-li", "610621103", Role::TownshipReviewer),
                post("u-ma", "6106211032112001", Role::GridWorker),
            ],
            ..RegisterData::default()
        };
        let staff = |(user, name): (&str, &str)| Staff {
            user: user.into(),
            name: name.into(),
            phone: String::new(),
        };
        data.users = [("u-wang", "王样一"), ("u-ma", "马例九")].map(staff).to_vec();
        let register = Register::new(data, true);
        let reference = |user: &str| -> Reference {
            serde_json::from_slice(&register.reference(&user.into()).json).unwrap()
        };
        let wang = reference("u-wang");
        let names: Vec<&str> = wang.neighbours.iter().map(|near| near.name.as_str()).collect();
        assert_eq!(names, ["下驿"], "neither the own village nor another township");
        let tree = wang.tree();
        assert_eq!(tree.name(&"6106211032112001".into()), "第1网格");
        assert!(tree.is_within(&"6106211032112001".into(), &"610621103".into()));
        assert!(tree.find(&"g3".into()).is_none() && tree.find(&"g9".into()).is_none());
        assert!(!wang.staff.iter().any(|person| person.name == "马例九"), "no people of theirs");
        assert!(reference("u-gao").neighbours.is_empty(), "a mediator moves no household");
        assert!(reference("u-li").neighbours.is_empty(), "a reviewer has the township whole");
        let ma = reference("u-ma");
        assert_eq!(ma.neighbours.iter().map(|near| near.units().len()).sum::<usize>(), 3);
    }

    #[test]
    fn who_runs_the_service_comes_with_the_reference_data_once_it_is_written() {
        let told = |name: &str| {
            let host = Host { name: name.into(), ..Host::default() };
            let data = RegisterData { host, ..RegisterData::default() };
            Register::new(data, false).reference(&"u-wang".into())
        };
        let nobody = told("");
        // Reference data without it stay those that devices have.
        assert!(!String::from_utf8(nobody.json).unwrap().contains("host"));
        let county = told("延长县综治中心");
        let reference: Reference = serde_json::from_slice(&county.json).unwrap();
        assert_eq!(reference.host.name, "延长县综治中心");
        assert_ne!(nobody.version, county.version);
    }

    #[test]
    fn households_are_read_in_grid_and_village_only() {
        let keys =
            register().index_keys(yidang_domain::entry::DocumentKind::Household, &"g7".into());
        assert_eq!(keys, ["g7", "610621103203"]);
    }
}
