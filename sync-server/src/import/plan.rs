//! What is to be written: the rows compared with the register and with what the last sheets said.
//! Pure. A sheet that says the same again changes nothing.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use yidang_api::admin::ImportChange;
use yidang_domain::civil::Date;
use yidang_domain::ids::{DocumentId, OrgCode, UserId};
use yidang_domain::org::{Assignment, GridTeam, OrgUnit, Staff};

use crate::households::HouseholdData;
use crate::register::Register;
use crate::store::{HouseholdLine, StoreError};

use super::columns::{Column, Table};
use super::difference::overlay;
use super::homes::{Home, HomeKey};
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
}

impl RegisterChange {
    /// Whether nothing changes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.units.is_empty()
            && self.users.is_empty()
            && self.assignments.is_empty()
            && self.grid_teams.is_empty()
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
}

impl Existing {
    /// Out of the lines of all households.
    #[must_use]
    pub fn new(lines: Vec<HouseholdLine>) -> Self {
        let mut existing = Self::default();
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

/// Compares.
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
    wrongs: &mut Wrongs,
) -> Result<Plan, StoreError> {
    let mut plan = Plan::default();
    plan.units(Table::Units, &wanted.units, register, said)?;
    plan.units(Table::Grids, &wanted.grids, register, said)?;
    plan.staff(&wanted.staff, register, said)?;
    plan.posts(&wanted.posts, register, said, today)?;
    plan.teams(&wanted.teams, register, said)?;
    plan.homes(&wanted.homes.all, register, said, existing, wrongs);
    plan.counts.retain(|count| count.added + count.changed + count.same > 0);
    Ok(plan)
}

/// What comes of one thing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Added,
    Changed,
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

    fn note(&mut self, table: &str, fate: Fate) {
        let count = self.count(table);
        match fate {
            Fate::Added => count.added += 1,
            Fate::Changed => count.changed += 1,
            Fate::Same => count.same += 1,
        }
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
        register: &Register,
        said: &Said,
    ) -> Result<(), StoreError> {
        for unit in wanted {
            let there = register.tree().find(&unit.code);
            let fate = self.settle(format!("unit:{}", unit.code), unit, there, said)?;
            if fate != Fate::Same {
                self.register.units.push(unit.clone());
            }
            self.note(table.label(), fate);
        }
        Ok(())
    }

    fn staff(
        &mut self,
        wanted: &[Staff],
        register: &Register,
        said: &Said,
    ) -> Result<(), StoreError> {
        let known: HashMap<&UserId, &Staff> =
            register.staff().map(|person| (&person.user, person)).collect();
        for person in wanted {
            let there = known.get(&person.user).copied();
            let fate = self.settle(format!("user:{}", person.user), person, there, said)?;
            if fate != Fate::Same {
                self.register.users.push(person.clone());
            }
            self.note(Table::Workers.label(), fate);
        }
        Ok(())
    }

    fn posts(
        &mut self,
        wanted: &[Post],
        register: &Register,
        said: &Said,
        today: Date,
    ) -> Result<(), StoreError> {
        for post in wanted {
            let there = register
                .assignments_of(&post.user)
                .filter(|known| known.org == post.org && known.role == post.role)
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
            let fate = self.settle(thing, &wanted, there, said)?;
            if fate != Fate::Same {
                self.register.assignments.push(wanted);
            }
            self.note(Table::Assignments.label(), fate);
        }
        Ok(())
    }

    fn teams(
        &mut self,
        wanted: &[GridTeam],
        register: &Register,
        said: &Said,
    ) -> Result<(), StoreError> {
        let known: HashMap<&OrgCode, &GridTeam> =
            register.grid_teams().iter().map(|team| (&team.code, team)).collect();
        for team in wanted {
            let there = known.get(&team.code).copied();
            let fate = self.settle(format!("team:{}", team.code), team, there, said)?;
            if fate != Fate::Same {
                self.register.grid_teams.push(team.clone());
            }
            self.note(Table::Teams.label(), fate);
        }
        Ok(())
    }

    fn homes(
        &mut self,
        wanted: &[Home<'_>],
        register: &Register,
        said: &Said,
        existing: &Existing,
        wrongs: &mut Wrongs,
    ) {
        let county = register
            .tree()
            .units()
            .find(|unit| unit.parent.is_none())
            .map_or_else(String::new, |unit| unit.code.to_string());
        for home in wanted {
            let thing = home.key.thing();
            let from = file_name(home.line.file());
            let members = u32::try_from(home.data.members.len()).unwrap_or(u32::MAX);
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
                self.note(Table::Households.label(), Fate::Added);
                self.count(Table::Members.label()).added += members;
                self.begin.push(Begin { thing, id, data: home.data.clone(), from });
                continue;
            };
            let after = overlay(&before, &home.data);
            if after != before && existing.gone.contains(&document) {
                home.line.wrong(wrongs, Column::HouseholdNo, &Wrong::HouseholdMerged);
                continue;
            }
            self.note_change(&before, &after, &home.data);
            if after != before {
                self.change.push(Change { thing, document, heads, before, after, from });
            }
        }
    }

    /// Counts a household that there is, and its members.
    fn note_change(
        &mut self,
        before: &HouseholdData,
        after: &HouseholdData,
        sheet: &HouseholdData,
    ) {
        let fate = if before.facts() == after.facts() { Fate::Same } else { Fate::Changed };
        self.note(Table::Households.label(), fate);
        for member in &sheet.members {
            let was = before.members.iter().find(|known| known.name == member.name);
            let is = after.members.iter().find(|known| known.name == member.name);
            let fate = match was {
                None => Fate::Added,
                Some(_) if was == is => Fate::Same,
                Some(_) => Fate::Changed,
            };
            self.note(Table::Members.label(), fate);
        }
    }
}

/// A file name as it stands in documents: without its folder and not too long.
fn file_name(file: &str) -> String {
    let bare = file.rsplit(['/', '\\']).next().unwrap_or(file);
    bare.chars().filter(|character| !character.is_control()).take(60).collect()
}
