//! What changes, thing by thing: names and places for whoever reads the answer, old values beside
//! new ones. Pure.

use std::collections::{BTreeSet, HashMap};

use yidang_api::import::{ImportField, ImportLine, MOST_LISTED};
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{Assignment, GridTeam, OrgLevel, OrgTree, OrgUnit, Staff};
use yidang_domain::reference::VisitTeam;

use crate::households::{HouseholdData, MemberData};
use crate::register::Register;

use super::wanted::Wanted;

/// What is said of a thing: words and values, its name first.
pub type Facts = Vec<(&'static str, String)>;

/// A thing before it is told what comes of it.
pub struct Told {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub place: String,
    /// What is another.
    pub fields: Vec<ImportField>,
}

impl Told {
    /// A thing with what was said of it, where there was anything, and what is said now.
    #[must_use]
    pub fn new(place: String, before: Option<&Facts>, after: &Facts) -> Self {
        let name = after.first().map(|(_, name)| name.clone()).unwrap_or_default();
        let was = |label: &str| {
            let known = before.and_then(|facts| facts.iter().find(|(known, _)| *known == label));
            known.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        // The name of a new thing stands before its values already.
        let passed = usize::from(before.is_none());
        let fields = after
            .iter()
            .skip(passed)
            .map(|(label, value)| ImportField {
                label: (*label).to_owned(),
                before: was(label),
                after: value.clone(),
            })
            .filter(|field| field.before != field.after)
            .collect();
        Self { name, place, fields }
    }
}

/// Units and people by name, those of the register and those of the sheets.
pub struct Names {
    tree: OrgTree,
    people: HashMap<UserId, String>,
}

impl Names {
    /// Out of the register and the sheets, whose names are the newer ones.
    #[must_use]
    pub fn new(wanted: &Wanted<'_>, register: &Register) -> Self {
        let units = register.tree().units().chain(&wanted.units).chain(&wanted.grids);
        let people = register.staff().chain(&wanted.staff);
        Self {
            tree: OrgTree::new(units.cloned()),
            people: people.map(|person| (person.user.clone(), person.name.clone())).collect(),
        }
    }

    fn person(&self, user: &UserId) -> String {
        self.people.get(user).cloned().unwrap_or_else(|| user.to_string())
    }

    /// A unit with those above it, the county aside: 张家滩镇 · 下盘石村 · 第7网格.
    #[must_use]
    pub fn place(&self, code: &OrgCode) -> String {
        let is_county = |code: &OrgCode| {
            self.tree.find(code).is_some_and(|unit| unit.level == OrgLevel::County)
        };
        let mut path: Vec<&str> = self
            .tree
            .upwards(code)
            .filter(|&at| at == code || !is_county(at))
            .map(|at| self.tree.name(at))
            .collect();
        path.reverse();
        path.join(" · ")
    }

    /// The units above one.
    #[must_use]
    pub fn above(&self, unit: &OrgUnit) -> String {
        unit.parent.as_ref().map(|parent| self.place(parent)).unwrap_or_default()
    }

    /// What is said of a unit.
    #[must_use]
    pub fn of_unit(unit: &OrgUnit) -> Facts {
        let mut facts = vec![("名称", unit.name.clone())];
        if let Some(traits) = &unit.grid {
            facts.push(("网格类型", traits.kind.label().to_owned()));
            facts.push(("管理单位", traits.manager.clone()));
            facts.push(("公安编码", traits.aliases.police.clone()));
            facts.push(("民政编码", traits.aliases.civil_affairs.clone()));
            facts.push(("信访编码", traits.aliases.petitions.clone()));
        }
        facts
    }

    /// What is said of a person.
    #[must_use]
    pub fn of_staff(person: &Staff) -> Facts {
        vec![("姓名", person.name.clone()), ("联系电话", person.phone.clone())]
    }

    /// What is said of an assignment.
    #[must_use]
    pub fn of_post(&self, post: &Assignment) -> Facts {
        vec![
            ("姓名", self.person(&post.user)),
            ("任职", post.role.label().to_owned()),
            ("开始日期", post.from.to_string()),
            ("结束日期", post.to.map(|to| to.to_string()).unwrap_or_default()),
        ]
    }

    /// What is said of a grid team.
    #[must_use]
    pub fn of_team(&self, team: &GridTeam) -> Facts {
        let member = |user: &UserId, is_dedicated: bool| {
            let duty = if is_dedicated { "专职" } else { "兼职" };
            format!("{}（{duty}）", self.person(user))
        };
        let members: Vec<String> =
            team.members.iter().map(|one| member(&one.user, one.dedicated)).collect();
        vec![("名称", team.name.clone()), ("成员", members.join("、"))]
    }

    /// What is said of a visit team.
    #[must_use]
    pub fn of_visit_team(&self, team: &VisitTeam) -> Facts {
        let member = |name: &str, duty: &str| {
            if duty.is_empty() { name.to_owned() } else { format!("{name}（{duty}）") }
        };
        let members: Vec<String> =
            team.members.iter().map(|one| member(&one.name, &one.duty)).collect();
        vec![
            ("村", self.tree.name(&team.village).to_owned()),
            ("坐诊地点", team.place.clone()),
            ("坐诊时间", team.starts_at.clone()),
            ("成员", members.join("、")),
        ]
    }

    /// The name of a unit alone.
    #[must_use]
    pub fn name(&self, code: &OrgCode) -> String {
        self.tree.name(code).to_owned()
    }

    /// What is said of a household.
    #[must_use]
    pub fn of_household(&self, data: &HouseholdData) -> Facts {
        let grid = OrgCode(data.grid.clone());
        let place = if data.grid.is_empty() { String::new() } else { self.place(&grid) };
        vec![
            ("户主", data.head.clone()),
            ("户号", data.household_no.clone()),
            ("网格", place),
            ("住址", data.address.clone()),
            ("门牌", data.door_plate.clone()),
            ("需要", data.needs.clone()),
        ]
    }

    /// What is said of a member.
    #[must_use]
    pub fn of_member(member: &MemberData) -> Facts {
        vec![
            ("姓名", member.name.clone()),
            ("与户主关系", member.relation.clone()),
            ("出生年", member.birth_year.map(|year| year.to_string()).unwrap_or_default()),
            ("联系电话", member.phone.clone()),
        ]
    }

    /// Where the members of a household live: its head, or its number, and its grid.
    #[must_use]
    pub fn home(&self, data: &HouseholdData) -> String {
        let name = if data.head.is_empty() { &data.household_no } else { &data.head };
        let place = self.place(&OrgCode(data.grid.clone()));
        format!("{name}户 · {place}")
    }
}

/// The changes that are named in an answer: of every table its share, and what is left of two
/// hundred to whichever come first.
#[must_use]
pub fn first(lines: &[ImportLine]) -> Vec<ImportLine> {
    let kinds: BTreeSet<&str> = lines.iter().map(|line| line.kind.as_str()).collect();
    let share = MOST_LISTED / kinds.len().max(1);
    let mut taken: HashMap<&str, usize> = HashMap::new();
    let mut is_listed: Vec<bool> = lines
        .iter()
        .map(|line| {
            let count = taken.entry(line.kind.as_str()).or_default();
            *count += 1;
            *count <= share
        })
        .collect();
    let listed = is_listed.iter().filter(|is_listed| **is_listed).count();
    let left = MOST_LISTED.saturating_sub(listed);
    for further in is_listed.iter_mut().filter(|is_listed| !**is_listed).take(left) {
        *further = true;
    }
    let named = lines.iter().zip(is_listed).filter(|(_, is_listed)| *is_listed);
    named.map(|(line, _)| line.clone()).collect()
}

#[cfg(test)]
mod tests {
    use yidang_api::import::ImportFate;

    use super::*;

    fn lines(kind: &str, count: usize) -> Vec<ImportLine> {
        let line = |at: usize| ImportLine {
            kind: kind.into(),
            fate: ImportFate::Added,
            name: format!("{kind}{at}"),
            place: String::new(),
            fields: Vec::new(),
        };
        (0..count).map(line).collect()
    }

    #[test]
    fn no_table_takes_the_place_of_another() {
        let all = [lines("网格", 500), lines("网格员", 3), lines("户", 500)].concat();
        let listed = first(&all);
        let of = |kind: &str| listed.iter().filter(|line| line.kind == kind).count();
        assert_eq!(listed.len(), MOST_LISTED);
        assert_eq!((of("网格"), of("网格员"), of("户")), (131, 3, 66));
        assert_eq!(listed[0].name, "网格0");
        assert_eq!(first(&lines("户", 7)).len(), 7);
        assert_eq!(first(&[]).len(), 0);
    }

    #[test]
    fn of_a_new_thing_what_it_says_and_of_a_changed_one_what_differs() {
        let before: Facts = vec![("名称", "第7网格".into()), ("管理单位", "甲".into())];
        let after: Facts = vec![("名称", "第七网格".into()), ("管理单位", "甲".into())];
        let told = Told::new("下盘石村".into(), Some(&before), &after);
        assert_eq!((told.name.as_str(), told.fields.len()), ("第七网格", 1));
        let field = &told.fields[0];
        assert_eq!((field.before.as_str(), field.after.as_str()), ("第7网格", "第七网格"));
        let told = Told::new(String::new(), None, &after);
        assert_eq!(told.fields.iter().map(|f| f.label.as_str()).collect::<Vec<_>>(), ["管理单位"]);
    }
}
