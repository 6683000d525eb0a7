//! What is to be written: the rows compared with the register and with what the last sheets said.
//! Pure. A sheet that says the same again changes nothing.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use yidang_api::admin::ImportChange;
use yidang_api::import::{ImportFate, ImportField, ImportLine};
use yidang_domain::civil::Date;
use yidang_domain::ids::{DocumentId, OrgCode, UserId};
use yidang_domain::org::{Assignment, GridTeam, OrgUnit, Staff};
use yidang_domain::outline::Outline;
use yidang_domain::reference::VisitTeam;

use crate::households::HouseholdData;
use crate::register::Register;
use crate::store::{HouseholdLine, StoreError};

use super::borders::{self, Border};
use super::columns::{Column, Table};
use super::difference::overlay;
use super::homes::{Home, HomeKey};
use super::listing::{Names, Told};
use super::people::Post;
use super::said::{self, Said};
use super::wanted::Wanted;
use super::wrong::{Wrong, Wrongs};

/// What changes in the register, as one record of the log. The names are those of the county file.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct RegisterChange {
    /// Units and grids.
    pub units: Vec<OrgUnit>,
    /// People.
    pub users: Vec<Staff>,
    /// Assignments.
    pub assignments: Vec<Assignment>,
    /// Grid teams.
    pub grid_teams: Vec<GridTeam>,
    /// Visit teams.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<VisitTeam>,
    /// Borders on the map.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outlines: Vec<Outline>,
}

impl RegisterChange {
    /// Whether nothing changes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.units.is_empty()
            && self.users.is_empty()
            && self.assignments.is_empty()
            && self.grid_teams.is_empty()
            && self.teams.is_empty()
            && self.outlines.is_empty()
    }
}

/// A household that is new.
#[derive(Debug, PartialEq, Eq)]
pub struct Begin {
    /// The key of what the sheet said.
    pub thing: String,
    /// Its document.
    pub id: DocumentId,
    /// Everything the sheets say.
    pub data: HouseholdData,
    /// Out of which file.
    pub from: String,
}

/// A household of which a sheet says something else than the last one.
#[derive(Debug, PartialEq, Eq)]
pub struct Change {
    /// The key of what the sheet said.
    pub thing: String,
    /// Its document.
    pub document: [u8; 16],
    /// Where the branch of the sheets ended; empty where no sheet wrote yet.
    pub heads: Vec<[u8; 32]>,
    /// What was said.
    pub before: HouseholdData,
    /// What is said.
    pub after: HouseholdData,
    /// Out of which file.
    pub from: String,
}

/// What is to be written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// In the register.
    pub register: RegisterChange,
    /// What the sheets say of things of the register, where that is new.
    pub marks: Vec<(String, String)>,
    /// New households.
    pub begin: Vec<Begin>,
    /// Changed households.
    pub change: Vec<Change>,
    /// How many of each table, without clashes.
    pub counts: Vec<ImportChange>,
    /// What changes, by name, as far as it was asked for.
    pub lines: Vec<ImportLine>,
    /// So many changes of each table are named.
    most_named: u32,
}

impl Plan {
    /// Whether nothing is to be written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.register.is_empty()
            && self.marks.is_empty()
            && self.begin.is_empty()
            && self.change.is_empty()
    }

    /// How many households are to be written.
    #[must_use]
    pub const fn households(&self) -> usize {
        self.begin.len() + self.change.len()
    }
}

/// Households that there are already, however they came.
#[derive(Debug, Default)]
pub struct Existing {
    by_key: HashMap<HomeKey, [u8; 16]>,
    gone: HashSet<[u8; 16]>,
    all: HashSet<[u8; 16]>,
    erased: HashSet<[u8; 16]>,
}

impl Existing {
    /// Out of the lines of all households, and of what was destroyed.
    #[must_use]
    pub fn new(lines: Vec<HouseholdLine>, erased: HashSet<[u8; 16]>) -> Self {
        let mut existing = Self { erased, ..Self::default() };
        for line in lines {
            existing.all.insert(line.document);
            if line.gone {
                existing.gone.insert(line.document);
                continue;
            }
            let key = if line.household_no.is_empty() {
                HomeKey::Door(OrgCode(line.org), line.door_plate, line.head)
            } else {
                HomeKey::Number(OrgCode(line.village), line.household_no)
            };
            existing.by_key.entry(key).or_insert(line.document);
        }
        existing
    }
}

/// Compares. Of each table so many changes are named as `most_named` says.
///
/// # Errors
///
/// Never for what the sheets can say; the type is that of writing JSON.
pub fn plan(
    wanted: &Wanted<'_>,
    register: &Register,
    said: &Said,
    existing: &Existing,
    today: Date,
    most_named: u32,
    wrongs: &mut Wrongs,
) -> Result<Plan, StoreError> {
    let mut plan = Plan { most_named, ..Plan::default() };
    let names = Names::new(wanted, register);
    let before = Before { register, said, names: &names };
    plan.units(Table::Units, &wanted.units, &before)?;
    plan.units(Table::Grids, &wanted.grids, &before)?;
    plan.staff(&wanted.staff, &before)?;
    plan.posts(&wanted.posts, &before, today)?;
    plan.teams(&wanted.teams, &before)?;
    plan.visit_teams(&wanted.visit_teams, &before)?;
    plan.borders(&wanted.borders, &before);
    plan.homes(&wanted.homes.all, &before, existing, wrongs);
    plan.counts.retain(|count| count.added + count.changed + count.same > 0);
    Ok(plan)
}

/// What the rows are compared with.
#[derive(Clone, Copy)]
struct Before<'a> {
    register: &'a Register,
    said: &'a Said,
    names: &'a Names,
}

/// What comes of one thing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Added,
    Changed,
    Ended,
    Same,
}

impl Plan {
    fn count(&mut self, table: &str) -> &mut ImportChange {
        let at = self.counts.iter().position(|count| count.table == table);
        let at = at.unwrap_or_else(|| {
            let (added, changed, same, clashes) = (0, 0, 0, 0);
            let table = table.to_owned();
            self.counts.push(ImportChange { table, added, changed, same, clashes });
            self.counts.len() - 1
        });
        // The place was just found or made.
        #[expect(clippy::indexing_slicing, reason = "the place was found or made above")]
        &mut self.counts[at]
    }

    /// Counts a thing, and names it where something comes of it.
    fn note(&mut self, table: &str, fate: Fate, told: impl FnOnce() -> Told) {
        let count = self.count(table);
        match fate {
            Fate::Added => count.added += 1,
            Fate::Changed | Fate::Ended => count.changed += 1,
            Fate::Same => count.same += 1,
        }
        let changes = count.added + count.changed;
        let fate = match fate {
            Fate::Same => return,
            Fate::Added => ImportFate::Added,
            Fate::Changed => ImportFate::Changed,
            Fate::Ended => ImportFate::Ended,
        };
        if changes > self.most_named {
            return;
        }
        let Told { name, place, fields } = told();
        self.lines.push(ImportLine { kind: table.to_owned(), fate, name, place, fields });
    }

    /// What comes of a thing of the register. What the last sheet said already is not said again,
    /// so that what the administrator changed since stays.
    fn settle<T: Serialize + PartialEq>(
        &mut self,
        thing: String,
        wanted: &T,
        there: Option<&T>,
        said: &Said,
    ) -> Result<Fate, StoreError> {
        let text = said::write(wanted)?;
        let is_repeated = said.text(&thing) == Some(text.as_str());
        if !is_repeated {
            self.marks.push((thing, text));
        }
        Ok(match there {
            None => Fate::Added,
            Some(there) if is_repeated || there == wanted => Fate::Same,
            Some(_) => Fate::Changed,
        })
    }

    fn units(
        &mut self,
        table: Table,
        wanted: &[OrgUnit],
        before: &Before<'_>,
    ) -> Result<(), StoreError> {
        for unit in wanted {
            let there = before.register.tree().find(&unit.code);
            let fate = self.settle(format!("unit:{}", unit.code), unit, there, before.said)?;
            if fate != Fate::Same {
                self.register.units.push(unit.clone());
            }
            self.note(table.label(), fate, || {
                let was = there.map(Names::of_unit);
                Told::new(before.names.above(unit), was.as_ref(), &Names::of_unit(unit))
            });
        }
        Ok(())
    }

    fn staff(&mut self, wanted: &[Staff], before: &Before<'_>) -> Result<(), StoreError> {
        let known: HashMap<&UserId, &Staff> =
            before.register.staff().map(|person| (&person.user, person)).collect();
        for person in wanted {
            let there = known.get(&person.user).copied();
            let fate = self.settle(format!("user:{}", person.user), person, there, before.said)?;
            if fate != Fate::Same {
                self.register.users.push(person.clone());
            }
            self.note(Table::Workers.label(), fate, || {
                let was = there.map(Names::of_staff);
                Told::new(String::new(), was.as_ref(), &Names::of_staff(person))
            });
        }
        Ok(())
    }

    fn posts(
        &mut self,
        wanted: &[Post],
        before: &Before<'_>,
        today: Date,
    ) -> Result<(), StoreError> {
        for post in wanted {
            let known: Vec<&Assignment> = before
                .register
                .assignments_of(&post.user)
                .filter(|known| known.org == post.org && known.role == post.role)
                .collect();
            let there = known
                .iter()
                .copied()
                .filter(|known| post.from.is_none_or(|from| from == known.from))
                .max_by_key(|known| known.from);
            let wanted = Assignment {
                user: post.user.clone(),
                org: post.org.clone(),
                role: post.role,
                // Without a first day the one that is there holds, or it begins today; without a
                // last day nothing is said of it.
                from: there.map(|known| known.from).or(post.from).unwrap_or(today),
                to: post.to.or(there.and_then(|known| known.to)),
            };
            let thing = format!("post:{}:{}:{}", post.user, post.org, post.role.label());
            let fate = self.settle(thing, &wanted, there, before.said)?;
            let is_ended = wanted.to.is_some() && there.is_some_and(|known| known.to.is_none());
            let fate = if fate == Fate::Changed && is_ended { Fate::Ended } else { fate };
            self.post(fate, there, &wanted, before);
            if fate != Fate::Same {
                self.end_others(&wanted, &known, before);
            }
        }
        Ok(())
    }

    /// Takes an assignment into the register, where it is another one than there was.
    fn post(
        &mut self,
        fate: Fate,
        there: Option<&Assignment>,
        wanted: &Assignment,
        before: &Before<'_>,
    ) {
        if fate != Fate::Same {
            self.register.assignments.push(wanted.clone());
        }
        self.note(Table::Assignments.label(), fate, || {
            let was = there.map(|post| before.names.of_post(post));
            let is = before.names.of_post(wanted);
            Told::new(before.names.place(&wanted.org), was.as_ref(), &is)
        });
    }

    /// Where a sheet says another first day than the register and a last day too, what the register
    /// has of the same work is open still: it ends with the sheet's last day, or else nobody would
    /// ever leave. What begins after that day is another time of the same work and stays.
    fn end_others(&mut self, wanted: &Assignment, known: &[&Assignment], before: &Before<'_>) {
        let Some(last) = wanted.to else { return };
        for other in known {
            let is_open = other.to.is_none() && other.from <= last;
            if is_open && other.from != wanted.from {
                let ended = Assignment { to: Some(last), ..(*other).clone() };
                self.post(Fate::Ended, Some(*other), &ended, before);
            }
        }
    }

    fn teams(&mut self, wanted: &[GridTeam], before: &Before<'_>) -> Result<(), StoreError> {
        let known: HashMap<&OrgCode, &GridTeam> =
            before.register.grid_teams().iter().map(|team| (&team.code, team)).collect();
        for team in wanted {
            let there = known.get(&team.code).copied();
            let fate = self.settle(format!("team:{}", team.code), team, there, before.said)?;
            if fate != Fate::Same {
                self.register.grid_teams.push(team.clone());
            }
            self.note(Table::Teams.label(), fate, || {
                let was = there.map(|team| before.names.of_team(team));
                let is = before.names.of_team(team);
                Told::new(before.names.place(&team.village), was.as_ref(), &is)
            });
        }
        Ok(())
    }

    fn visit_teams(&mut self, wanted: &[VisitTeam], before: &Before<'_>) -> Result<(), StoreError> {
        for team in wanted {
            let there = before.register.teams().iter().find(|known| known.village == team.village);
            let fate = self.settle(format!("visit:{}", team.village), team, there, before.said)?;
            if fate != Fate::Same {
                self.register.teams.push(team.clone());
            }
            self.note(Table::VisitTeams.label(), fate, || {
                let was = there.map(|team| before.names.of_visit_team(team));
                let is = before.names.of_visit_team(team);
                Told::new(before.names.place(&team.village), was.as_ref(), &is)
            });
        }
        Ok(())
    }

    /// Nobody draws borders but maps: they are compared with the register alone.
    fn borders(&mut self, wanted: &[Border], before: &Before<'_>) {
        let known: HashMap<&OrgCode, &Outline> =
            before.register.outlines().iter().map(|known| (&known.org, known)).collect();
        for Border { outline, areas } in wanted {
            let there = known.get(&outline.org).copied();
            let fate = match there {
                None => Fate::Added,
                Some(there) if there == outline => Fate::Same,
                Some(_) => Fate::Changed,
            };
            if fate != Fate::Same {
                self.register.outlines.push(outline.clone());
            }
            self.note(borders::LABEL, fate, || {
                let corners = |of: Option<&Outline>| of.map(|of| format!("{}个点", of.ring.len()));
                let field = |label: &str, before: Option<String>, after: String| ImportField {
                    label: label.to_owned(),
                    before: before.unwrap_or_default(),
                    after,
                };
                let after = corners(Some(outline)).unwrap_or_default();
                let mut fields = vec![field("边界", corners(there), after)];
                if *areas > 1 {
                    let words = format!("图形有{areas}块，只画最大的一块");
                    fields.push(field("说明", None, words));
                }
                let name = before.names.name(&outline.org);
                Told { name, place: before.names.place(&outline.org), fields }
            });
        }
    }

    fn homes(
        &mut self,
        wanted: &[Home<'_>],
        before: &Before<'_>,
        existing: &Existing,
        wrongs: &mut Wrongs,
    ) {
        let (said, names) = (before.said, before.names);
        let county = before
            .register
            .tree()
            .units()
            .find(|unit| unit.parent.is_none())
            .map_or_else(String::new, |unit| unit.code.to_string());
        for home in wanted {
            let thing = home.key.thing();
            let from = file_name(home.line.file());
            // Named by its key: after a restore the next import finds what devices brought back.
            let id = DocumentId::of_key(&format!("household/{county}/{thing}"));
            let known = said
                .whole(&thing)
                .map(|known| (known.document, known.heads.clone(), known.data.clone()));
            let known = known.or_else(|| {
                let by_key = existing.by_key.get(&home.key);
                let by_id = existing.all.get(id.as_bytes());
                let document = by_key.or(by_id)?;
                Some((*document, Vec::new(), HouseholdData::default()))
            });
            let Some((document, heads, before)) = known else {
                if existing.erased.contains(id.as_bytes()) {
                    home.line.wrong(wrongs, Column::HouseholdNo, &Wrong::HouseholdErased);
                    continue;
                }
                self.note_change(None, &home.data, &home.data, names);
                self.begin.push(Begin { thing, id, data: home.data.clone(), from });
                continue;
            };
            let after = overlay(&before, &home.data);
            if after != before && existing.gone.contains(&document) {
                home.line.wrong(wrongs, Column::HouseholdNo, &Wrong::HouseholdMerged);
                continue;
            }
            self.note_change(Some(&before), &after, &home.data, names);
            if after != before {
                self.change.push(Change { thing, document, heads, before, after, from });
            }
        }
    }

    /// Counts a household and the members in a sheet: what former sheets said, where there is
    /// anything, what is known afterwards, and what the sheet says.
    fn note_change<'a>(
        &mut self,
        before: Option<&'a HouseholdData>,
        after: &'a HouseholdData,
        sheet: &HouseholdData,
        names: &Names,
    ) {
        let fate = match before {
            None => Fate::Added,
            Some(before) if before.facts() == after.facts() => Fate::Same,
            Some(_) => Fate::Changed,
        };
        self.note(Table::Households.label(), fate, || {
            let was = before.map(|before| names.of_household(before));
            let place = names.place(&OrgCode(after.grid.clone()));
            let told = Told::new(place, was.as_ref(), &names.of_household(after));
            let name = if told.name.is_empty() { after.household_no.clone() } else { told.name };
            Told { name, ..told }
        });
        for member in &sheet.members {
            let find = |data: &'a HouseholdData| {
                data.members.iter().find(|known| known.name == member.name)
            };
            let (was, is) = (before.and_then(find), find(after));
            let fate = match was {
                None => Fate::Added,
                Some(_) if was == is => Fate::Same,
                Some(_) => Fate::Changed,
            };
            self.note(Table::Members.label(), fate, || {
                let was = was.map(Names::of_member);
                let is = Names::of_member(is.unwrap_or(member));
                Told::new(names.home(after), was.as_ref(), &is)
            });
        }
    }
}

/// A file name as it stands in documents: without its folder and not too long.
fn file_name(file: &str) -> String {
    let bare = file.rsplit(['/', '\\']).next().unwrap_or(file);
    bare.chars().filter(|character| !character.is_control()).take(60).collect()
}
