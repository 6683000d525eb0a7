//! Reference data: owned by the server, dated, versioned, read-only on devices.

use serde::{Deserialize, Serialize};

use crate::calendar::{Exception, VisitPlan, VisitRule, WorkCalendar};
use crate::civil::{Date, days_between};
use crate::ids::{OrgCode, UserId};
use crate::org::{Assignment, GridTeam, OrgLevel, OrgTree, OrgUnit, Staff};
use crate::outline::Outline;

/// Who sits in a village on its visit days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitTeam {
    /// The village.
    pub village: OrgCode,
    /// Where they sit: 下盘石村村委会.
    pub place: String,
    /// When they begin: 09:00.
    pub starts_at: String,
    /// Who they are.
    pub members: Vec<TeamMember>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamMember {
    /// The person.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// 组长, 网格员, 调解员
    pub duty: String,
}

/// What was decided about one visit day of one village, in that day's own document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VillageDay {
    /// The village.
    pub village: OrgCode,
    /// The day and what becomes of it there.
    pub exception: Exception,
}

/// Stands before the code of a grid that does not begin with that of its village.
const WHOLE: char = '=';

/// A village that somebody knows by name alone: none of its people, posts or borders come with it.
/// The largest township has 1,335 grids, so their codes are written as short as they can be
/// (docs/decisions/0015).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbour {
    /// The township it lies in.
    pub township: OrgCode,
    /// Its code.
    pub code: OrgCode,
    /// Its name.
    pub name: String,
    /// Its open grids: what follows the village's code in that of the grid, and the name. A code
    /// that begins otherwise stands whole behind `=`.
    grids: Vec<(String, String)>,
}

impl Neighbour {
    /// The village `code` of a township, without grids yet.
    #[must_use]
    pub fn new(township: OrgCode, code: OrgCode, name: String) -> Self {
        Self { township, code, name, grids: Vec::new() }
    }

    /// Adds a grid.
    pub fn push(&mut self, code: &OrgCode, name: &str) {
        let tail = code.as_str().strip_prefix(self.code.as_str());
        let short = tail.filter(|tail| !tail.starts_with(WHOLE));
        let written = short.map_or_else(|| format!("{WHOLE}{code}"), str::to_owned);
        self.grids.push((written, name.to_owned()));
    }

    /// The village and its grids as units.
    #[must_use]
    pub fn units(&self) -> Vec<OrgUnit> {
        let (township, village) = (self.township.as_str(), self.code.as_str());
        let mut units =
            vec![OrgUnit::plain(village, &self.name, OrgLevel::Village, Some(township))];
        units.extend(self.grids.iter().map(|(written, name)| {
            let code = match written.strip_prefix(WHOLE) {
                Some(whole) => whole.to_owned(),
                None => format!("{village}{written}"),
            };
            OrgUnit::plain(&code, name, OrgLevel::Grid, Some(village))
        }));
        units
    }
}

/// Who runs this service in the county, as the operator of its server writes it; texts are empty
/// where nothing was written yet. 国办函〔2026〕12号 wants the first two on every such application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Host {
    /// 主办单位
    pub name: String,
    /// 备案编号
    pub filing: String,
    /// 咨询电话
    pub phone: String,
}

impl Host {
    /// Whether nothing was written yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.name.is_empty() && self.filing.is_empty() && self.phone.is_empty()
    }
}

/// What a device needs to know beside documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Version; a device asks for newer ones.
    pub version: u64,
    /// The person it was made for.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Their assignments, past ones included.
    pub assignments: Vec<Assignment>,
    /// The units within and above their scope.
    pub units: Vec<OrgUnit>,
    /// The rule of visit days.
    pub visit_rule: VisitRule,
    /// Days off and make-up days.
    pub calendar: WorkCalendar,
    /// Moved and cancelled days.
    pub exceptions: Vec<Exception>,
    /// Days that were moved or cancelled in single villages within scope.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub village_days: Vec<VillageDay>,
    /// Teams of the villages within scope.
    pub teams: Vec<VisitTeam>,
    /// The people who work within their scope, by name.
    #[serde(default)]
    pub staff: Vec<Staff>,
    /// Who of them works where, past assignments included.
    #[serde(default)]
    pub posts: Vec<Assignment>,
    /// 一专四兼
    #[serde(default)]
    pub grid_teams: Vec<GridTeam>,
    /// Where the units of a township or county lie on its map; empty on a grid worker's device.
    #[serde(default)]
    pub outlines: Vec<Outline>,
    /// The other villages of the township, by name alone: where a household may be moved. Empty for
    /// whoever moves none, and for whoever has the whole township among `units`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub neighbours: Vec<Neighbour>,
    /// Who runs this service.
    #[serde(default, skip_serializing_if = "Host::is_empty")]
    pub host: Host,
    /// The data are invented.
    pub demo: bool,
}

/// Around a visit day its team reads the files of the village for so many days.
pub const GUEST_DAYS: i64 = 2;

impl Reference {
    /// The tree of units, those known by name alone included.
    #[must_use]
    pub fn tree(&self) -> OrgTree {
        let by_name = self.neighbours.iter().flat_map(Neighbour::units);
        // What is known whole stands over what is known by name.
        OrgTree::new(by_name.chain(self.units.iter().cloned()))
    }

    /// Visit days with everything that was decided about them.
    #[must_use]
    pub fn visit_plan(&self) -> VisitPlan {
        VisitPlan {
            rule: self.visit_rule,
            calendar: self.calendar.clone(),
            exceptions: self.exceptions.clone(),
        }
    }

    /// The assignments that hold on `date`, first the one that was given first.
    pub fn assignments_on(&self, date: Date) -> impl Iterator<Item = &Assignment> {
        self.assignments.iter().filter(move |assignment| assignment.holds_on(date))
    }

    /// The village of the person: that of their first assignment.
    #[must_use]
    pub fn village(&self, date: Date) -> Option<OrgCode> {
        let tree = self.tree();
        let first = self.assignments_on(date).next()?;
        tree.above(&first.org, OrgLevel::Village).map(|unit| unit.code.clone())
    }
}

/// The county's plan with what was decided in one village on top of it.
#[must_use]
pub fn plan_of_village(plan: &VisitPlan, days: &[VillageDay], village: &OrgCode) -> VisitPlan {
    let mut plan = plan.clone();
    let here = days.iter().filter(|day| day.village == *village);
    plan.exceptions.extend(here.map(|day| day.exception.clone()));
    plan
}

/// The villages whose files a team member reads as a guest on `date`: those of their teams, around
/// a visit day as it is held in that village.
#[must_use]
pub fn guest_villages(
    teams: &[VisitTeam],
    plan: &VisitPlan,
    days: &[VillageDay],
    user: &UserId,
    date: Date,
) -> Vec<OrgCode> {
    let mine = teams.iter().filter(|team| team.members.iter().any(|member| member.user == *user));
    mine.filter(|team| {
        let differs = days.iter().any(|day| day.village == team.village);
        if differs {
            is_near(&plan_of_village(plan, days, &team.village), date)
        } else {
            is_near(plan, date)
        }
    })
    .map(|team| team.village.clone())
    .collect()
}

fn is_near(plan: &VisitPlan, date: Date) -> bool {
    let begins = crate::civil::date_after(date, -GUEST_DAYS);
    plan.next_on_or_after(begins).is_some_and(|day| days_between(day.on, date).abs() <= GUEST_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Decision;

    #[test]
    fn a_team_comes_when_the_day_is_held_in_its_village() {
        let user = UserId::from("u-liu");
        let member =
            TeamMember { user: user.clone(), name: "刘演四".into(), duty: String::new() };
        let team = |village: &str| VisitTeam {
            village: village.into(),
            place: String::new(),
            starts_at: String::new(),
            members: vec![member.clone()],
        };
        let teams = [team("a"), team("b")];
        let to = Date::constant(2026, 11, 25);
        let decision = Decision::Moved { to, reason: "下雪封路".into() };
        let exception = Exception { nominal: "2026-11-20".parse().unwrap(), decision };
        let days = [VillageDay { village: "a".into(), exception }];
        let on = |day| {
            let date = Date::constant(2026, 11, day);
            let villages = guest_villages(&teams, &VisitPlan::default(), &days, &user, date);
            villages.iter().map(ToString::to_string).collect::<Vec<_>>().concat()
        };
        assert_eq!(
            [on(18), on(20), on(22), on(23), on(25), on(27)],
            ["b", "b", "b", "a", "a", "a"]
        );
        assert_eq!([on(15), on(28)], ["", "ab"]);
        assert!(
            guest_villages(&teams, &VisitPlan::default(), &days, &"u-li".into(), to).is_empty()
        );
    }

    #[test]
    fn grids_of_a_neighbour_come_back_with_the_codes_they_have() {
        let township = OrgCode::from("610621103");
        let mut xiayi = Neighbour::new(township, "610621103211".into(), "下驿".into());
        let codes = ["6106211032112001", "X-9", "610621103211=3"];
        for code in codes {
            xiayi.push(&code.into(), "第1网格");
        }
        let json = serde_json::to_string(&xiayi).unwrap();
        assert!(json.contains(r#"["2001","第1网格"]"#), "{json}");
        let read: Neighbour = serde_json::from_str(&json).unwrap();
        let units = read.units();
        let found: Vec<&str> = units.iter().skip(1).map(|unit| unit.code.as_str()).collect();
        assert_eq!(found, codes);
        let tree = OrgTree::new(units);
        assert_eq!(tree.above(&"X-9".into(), OrgLevel::Village).unwrap().name, "下驿");
        assert!(tree.is_within(&"610621103211=3".into(), &"610621103211".into()));
    }
}
