//! Grids and the people who work in them, the map, the month of visit days.

use std::collections::{BTreeMap, BTreeSet};

use yidang_api::list::{ListCaseFiles, Queue};
use yidang_api::places::{
    GridFilter, GridRow, GridsQuestion, GridsView, MapArea, MapFrame, MapQuestion, MapView,
    TeamPerson, TeamRow, UnitRow, WorkerRow,
};
use yidang_api::{Fault, FaultCode};
use yidang_domain::civil::Date;
use yidang_domain::finding;
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{
    GridKind, GridTeam, GridTeamMember, OrgLevel, OrgTree, OrgUnit, Role, Staff,
};
use yidang_domain::outline::Outline;
use yidang_domain::reference::Reference;

use crate::device::{Device, OpenDesk};
use crate::store::{ReadCases, UnitColumn};

/// No screen shows more rows at once.
const MOST_ROWS: u32 = 500;

/// What every question about grids needs: who works where today.
pub(super) struct Posts<'a> {
    pub reference: &'a Reference,
    tree: &'a OrgTree,
    today: Date,
    /// People of the scope by how the register names them.
    staff: BTreeMap<&'a UserId, &'a Staff>,
    /// Workers of each grid.
    workers: BTreeMap<&'a OrgCode, Vec<WorkerRow>>,
    /// The grid teams of each person.
    teams: BTreeMap<&'a UserId, Vec<&'a GridTeam>>,
    /// Whoever holds a post today, with the grids they work in.
    at_work: BTreeMap<&'a UserId, Vec<&'a OrgCode>>,
}

impl<'a> Posts<'a> {
    pub fn of(desk: &'a OpenDesk, today: Date) -> Result<Self, Fault> {
        let reference = desk
            .reference
            .as_ref()
            .ok_or_else(|| Fault::new(FaultCode::NotFound, "no reference data yet"))?;
        let staff: BTreeMap<&UserId, _> =
            reference.staff.iter().map(|person| (&person.user, person)).collect();
        let mut dedicated: BTreeMap<&UserId, bool> = BTreeMap::new();
        let mut teams: BTreeMap<&UserId, Vec<&GridTeam>> = BTreeMap::new();
        for team in &reference.grid_teams {
            for member in &team.members {
                dedicated.insert(&member.user, member.dedicated);
                teams.entry(&member.user).or_default().push(team);
            }
        }
        let mut workers: BTreeMap<&OrgCode, Vec<WorkerRow>> = BTreeMap::new();
        let mut at_work: BTreeMap<&UserId, Vec<&OrgCode>> = BTreeMap::new();
        for post in reference.posts.iter().filter(|post| post.holds_on(today)) {
            let grids = at_work.entry(&post.user).or_default();
            if post.role != Role::GridWorker {
                continue;
            }
            grids.push(&post.org);
            let Some(person) = staff.get(&post.user) else { continue };
            workers.entry(&post.org).or_default().push(WorkerRow {
                user: post.user.clone(),
                name: person.name.clone(),
                phone: person.phone.clone(),
                role: post.role,
                dedicated: dedicated.get(&post.user).copied(),
                from: post.from,
            });
        }
        Ok(Self { reference, tree: &desk.tree, today, staff, workers, teams, at_work })
    }

    /// The person of the scope whom the register names so.
    pub fn person(&self, user: &UserId) -> Option<&'a Staff> {
        self.staff.get(user).copied()
    }

    /// The teams of those who work in a grid, each once.
    fn teams_of(&self, grid: &OrgCode) -> Vec<TeamRow> {
        let teams = self
            .workers_of(grid)
            .iter()
            .flat_map(|worker| self.teams.get(&worker.user).into_iter().flatten());
        let mut rows: Vec<TeamRow> = Vec::new();
        for team in teams {
            if !rows.iter().any(|row| row.code == team.code) {
                rows.push(self.team_row(team));
            }
        }
        rows
    }

    fn team_row(&self, team: &GridTeam) -> TeamRow {
        let (no_dedicated, missing) = team.missing(|user| self.at_work.contains_key(user));
        let grids = |user: &UserId| -> Vec<String> {
            let grids = self.at_work.get(user).into_iter().flatten();
            grids.map(|grid| self.tree.name(grid).to_owned()).collect()
        };
        let person = |member: &GridTeamMember| TeamPerson {
            user: member.user.clone(),
            name: self.person(&member.user).map(|staff| staff.name.clone()).unwrap_or_default(),
            dedicated: member.dedicated,
            grids: grids(&member.user),
            works: self.at_work.contains_key(&member.user),
        };
        let mut members: Vec<TeamPerson> = team.members.iter().map(person).collect();
        members.sort_by_key(|member| !member.dedicated);
        TeamRow {
            code: team.code.clone(),
            name: team.name.clone(),
            members,
            no_dedicated,
            part_time_missing: count(missing),
        }
    }

    /// Open grids under a unit, in the order of their codes: of those known by name alone nobody
    /// knows here who works there.
    pub fn grids(&self, under: &OrgCode) -> impl Iterator<Item = &'a OrgUnit> {
        let (tree, today, under) = (self.tree, self.today, under.clone());
        self.reference.units.iter().filter(move |unit| {
            unit.level == OrgLevel::Grid
                && unit.is_open_on(today)
                && tree.is_within(&unit.code, &under)
        })
    }

    /// 网格员 of a grid today.
    pub fn workers_of(&self, grid: &OrgCode) -> &[WorkerRow] {
        self.workers.get(grid).map(Vec::as_slice).unwrap_or_default()
    }
}

fn kind_of(unit: &OrgUnit) -> Option<GridKind> {
    unit.grid.as_ref().map(|traits| traits.kind)
}

fn fits(filter: GridFilter, unit: &OrgUnit, posts: &Posts<'_>) -> bool {
    match filter {
        GridFilter::All => true,
        GridFilter::Urban => kind_of(unit) == Some(GridKind::Urban),
        GridFilter::Rural => kind_of(unit) == Some(GridKind::Rural),
        GridFilter::Special => kind_of(unit) == Some(GridKind::Special),
        GridFilter::Vacant => posts.workers_of(&unit.code).is_empty(),
    }
}

/// Whether every word that was typed is in the grid's name, codes, village or one of its workers.
fn is_named(unit: &OrgUnit, posts: &Posts<'_>, typed: &str) -> bool {
    let village = posts.tree.above(&unit.code, OrgLevel::Village);
    let aliases = unit.grid.as_ref().map(|traits| traits.aliases.all()).unwrap_or_default();
    typed.split_whitespace().all(|word| {
        let lower = word.to_lowercase();
        unit.name.contains(word)
            || unit.code.as_str().contains(word)
            || village.is_some_and(|village| village.name.contains(word))
            || aliases.iter().any(|(_, code)| code.to_lowercase().contains(&lower))
            || posts.workers_of(&unit.code).iter().any(|worker| {
                worker.phone.ends_with(word) || finding::is_in_name(&worker.name, &lower)
            })
    })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The unit that was asked about, or the widest in scope.
pub(super) fn asked(desk: &OpenDesk, org: Option<&OrgCode>, today: Date) -> OrgCode {
    org.cloned().unwrap_or_else(|| {
        desk.assignment(today)
            .map(|(org, _)| org)
            .and_then(|org| {
                let unit = desk.tree.find(&org)?;
                match unit.level {
                    OrgLevel::Grid => {
                        desk.tree.above(&org, OrgLevel::Village).map(|unit| unit.code.clone())
                    }
                    OrgLevel::Department => unit.parent.clone(),
                    _ => Some(org),
                }
            })
            .unwrap_or_default()
    })
}

/// Grids and workers of a unit.
pub fn grids(device: &mut Device, question: &GridsQuestion) -> Result<GridsView, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let org = asked(desk, question.org.as_ref(), today);
    let posts = Posts::of(desk, today)?;
    let all: Vec<&OrgUnit> = posts.grids(&org).collect();
    let counts = GridFilter::ALL
        .map(|filter| (filter, count(all.iter().filter(|u| fits(filter, u, &posts)).count())))
        .to_vec();
    let people: BTreeSet<&UserId> =
        all.iter().flat_map(|unit| posts.workers_of(&unit.code)).map(|w| &w.user).collect();
    let chosen: Vec<&&OrgUnit> = all
        .iter()
        .filter(|unit| fits(question.filter, unit, &posts))
        .filter(|unit| is_named(unit, &posts, &question.text))
        .collect();
    let open = desk.store.open_by(UnitColumn::Grid)?;
    let skip = usize::try_from(question.offset).unwrap_or(usize::MAX);
    let take = usize::try_from(question.limit.min(MOST_ROWS)).unwrap_or(0);
    Ok(GridsView {
        name: desk.tree.name(&org).to_owned(),
        counts,
        workers: count(people.len()),
        units: units_below(&posts, &org),
        total: count(chosen.len()),
        rows: chosen
            .into_iter()
            .skip(skip)
            .take(take)
            .map(|unit| grid_row(&posts, unit, &open))
            .collect(),
    })
}

fn units_below(posts: &Posts<'_>, org: &OrgCode) -> Vec<UnitRow> {
    let is_unit = |unit: &&OrgUnit| matches!(unit.level, OrgLevel::Township | OrgLevel::Village);
    posts
        .reference
        .units
        .iter()
        .filter(|unit| unit.parent.as_ref() == Some(org))
        .filter(is_unit)
        .map(|unit| {
            let grids: Vec<&OrgUnit> = posts.grids(&unit.code).collect();
            let of = |kind| count(grids.iter().filter(|g| kind_of(g) == Some(kind)).count());
            let people: BTreeSet<&UserId> =
                grids.iter().flat_map(|g| posts.workers_of(&g.code)).map(|w| &w.user).collect();
            let is_vacant = |grid: &&&OrgUnit| posts.workers_of(&grid.code).is_empty();
            UnitRow {
                org: unit.code.clone(),
                name: unit.name.clone(),
                grids: GridKind::ALL.map(of),
                workers: count(people.len()),
                vacant: count(grids.iter().filter(is_vacant).count()),
            }
        })
        .collect()
}

pub(super) fn grid_row(posts: &Posts<'_>, unit: &OrgUnit, open: &BTreeMap<String, u32>) -> GridRow {
    let name = |level| {
        posts.tree.above(&unit.code, level).map(|unit| unit.name.clone()).unwrap_or_default()
    };
    let traits = unit.grid.as_ref();
    GridRow {
        org: unit.code.clone(),
        name: unit.name.clone(),
        kind: kind_of(unit),
        village: name(OrgLevel::Village),
        township: name(OrgLevel::Township),
        workers: posts.workers_of(&unit.code).to_vec(),
        aliases: traits
            .map(|traits| traits.aliases.all())
            .unwrap_or_default()
            .into_iter()
            .map(|(of, code)| (of.to_owned(), code.to_owned()))
            .collect(),
        manager: traits.map(|traits| traits.manager.clone()).unwrap_or_default(),
        open_files: open.get(unit.code.as_str()).copied().unwrap_or(0),
        teams: posts.teams_of(&unit.code),
    }
}

/// The map of one's scope.
pub fn map(device: &mut Device, question: &MapQuestion) -> Result<MapView, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let org = asked(desk, question.org.as_ref(), today);
    let Some(reference) = &desk.reference else { return Ok(MapView::default()) };
    let (inner, outer, columns) = if question.by_grid {
        (OrgLevel::Grid, OrgLevel::Village, (UnitColumn::Grid, UnitColumn::Village))
    } else {
        (OrgLevel::Village, OrgLevel::Township, (UnitColumn::Village, UnitColumn::Township))
    };
    let of = |level: OrgLevel| -> Vec<(&Outline, &OrgUnit)> {
        reference
            .outlines
            .iter()
            .filter_map(|outline| Some((outline, desk.tree.find(&outline.org)?)))
            .filter(|(_, unit)| unit.level == level && desk.tree.is_within(&unit.code, &org))
            .collect()
    };
    let open = desk.store.open_by(columns.0)?;
    let open_outer = desk.store.open_by(columns.1)?;
    let number = |open: &BTreeMap<String, u32>, unit: &OrgUnit| {
        open.get(unit.code.as_str()).copied().unwrap_or(0)
    };
    let areas = of(inner)
        .into_iter()
        .map(|(outline, unit)| MapArea {
            org: unit.code.clone(),
            name: area_name(&desk.tree, unit),
            open: number(&open, unit),
            ring: outline.ring.clone(),
            opens: ListCaseFiles { org: Some(unit.code.clone()), ..ListCaseFiles::of(Queue::Open) },
        })
        .collect();
    let frames = of(outer)
        .into_iter()
        .map(|(outline, unit)| MapFrame {
            org: unit.code.clone(),
            name: short_name(&unit.name),
            open: number(&open_outer, unit),
            ring: outline.ring.clone(),
        })
        .collect();
    Ok(MapView { areas, frames })
}

/// A grid with its village; a village with its township where another one is called alike.
fn area_name(tree: &OrgTree, unit: &OrgUnit) -> String {
    let shown = tree.shown_name(&unit.code);
    match &unit.parent {
        Some(village) if unit.level == OrgLevel::Grid => {
            format!("{}{shown}", tree.shown_name(village))
        }
        _ => shown,
    }
}

/// A township without the word for its kind: 张家滩.
fn short_name(name: &str) -> String {
    let short = ["街道", "镇", "乡", "村"].iter().find_map(|word| name.strip_suffix(word));
    short.filter(|short| !short.is_empty()).unwrap_or(name).to_owned()
}
