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
    /// The data are invented.
    pub demo: bool,
}

/// Around a visit day its team reads the files of the village for so many days.
pub const GUEST_DAYS: i64 = 2;

impl Reference {
    /// The tree of units.
    #[must_use]
    pub fn tree(&self) -> OrgTree {
        OrgTree::new(self.units.iter().cloned())
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

/// The villages whose files a team member reads as a guest on `date`: those of their teams, around
/// a visit day.
#[must_use]
pub fn guest_villages(
    teams: &[VisitTeam],
    plan: &VisitPlan,
    user: &UserId,
    date: Date,
) -> Vec<OrgCode> {
    let begins = crate::civil::date_after(date, -GUEST_DAYS);
    let is_near = plan
        .next_on_or_after(begins)
        .is_some_and(|day| days_between(day.on, date).abs() <= GUEST_DAYS);
    teams
        .iter()
        .filter(|team| is_near && team.members.iter().any(|member| member.user == *user))
        .map(|team| team.village.clone())
        .collect()
}
