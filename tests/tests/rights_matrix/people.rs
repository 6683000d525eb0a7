//! Who writes: one person for each role in each relation to the place where everything lies, and what
//! each of them ought to be able to do.

use yidang_domain::case_state::Stage;
use yidang_domain::civil::{Date, date_after};
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::UserId;
use yidang_domain::org::{Assignment, Role};
use yidang_domain::rights::{Act, may};

use crate::county::{
    COUNTY, GRID, LEICHI, LEICHI_GRID, NEXT_GRID, TODAY, TOWNSHIP, VILLAGE, XIAYI_GRID,
};

pub const ROLES: [Role; 7] = [
    Role::GridWorker,
    Role::VillageCadre,
    Role::TownshipReviewer,
    Role::Mediator,
    Role::CountyClerk,
    Role::Administrator,
    Role::Server,
];

/// Where somebody's post is, seen from the grid in which everything lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// In that very grid.
    Grid,
    /// In its village, its township, the county.
    Village,
    Township,
    County,
    /// In another grid of the village, in one of another village, in one of another township.
    NextGrid,
    NextVillage,
    OtherTownship,
    /// In another township, and in the visit team of the village while a visit day is near.
    Guest,
    /// There, until yesterday.
    Ended,
    /// There, until three days ago, and offline since before that.
    Offline,
    /// There, from tomorrow on.
    Coming,
    /// In another township; and here in a role that may do nothing.
    Mixed,
    /// Nowhere.
    Nobody,
}

impl Relation {
    pub const ALL: [Self; 13] = [
        Self::Grid,
        Self::Village,
        Self::Township,
        Self::County,
        Self::NextGrid,
        Self::NextVillage,
        Self::OtherTownship,
        Self::Guest,
        Self::Ended,
        Self::Offline,
        Self::Coming,
        Self::Mixed,
        Self::Nobody,
    ];

    /// The unit of the post.
    pub const fn org(self) -> &'static str {
        match self {
            Self::Grid | Self::Ended | Self::Offline | Self::Coming | Self::Nobody => GRID,
            Self::Village => VILLAGE,
            Self::Township => TOWNSHIP,
            Self::County => COUNTY,
            Self::NextGrid => NEXT_GRID,
            Self::NextVillage => XIAYI_GRID,
            Self::OtherTownship | Self::Guest => LEICHI_GRID,
            Self::Mixed => LEICHI,
        }
    }

    /// Whether the post held when somebody wrote, as the server can know it.
    const fn held(self) -> bool {
        !matches!(self, Self::Ended | Self::Coming | Self::Nobody)
    }

    /// Whether it holds today.
    const fn holds(self) -> bool {
        self.held() && !matches!(self, Self::Offline)
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub user: UserId,
    pub role: Role,
    pub relation: Relation,
}

/// Everybody.
pub fn everybody() -> Vec<Person> {
    let of = |role: Role| Relation::ALL.map(|relation| Person::new(role, relation));
    ROLES.into_iter().flat_map(of).collect()
}

impl Person {
    pub fn new(role: Role, relation: Relation) -> Self {
        Self { user: UserId(format!("p-{role:?}-{relation:?}")), role, relation }
    }

    /// The posts that the register has of them.
    pub fn assignments(&self) -> Vec<Assignment> {
        let day = |days| date_after(TODAY, days);
        let (from, to): (Date, Option<Date>) = match self.relation {
            Relation::Nobody => return Vec::new(),
            Relation::Ended => (day(-100), Some(day(-1))),
            Relation::Offline => (day(-100), Some(day(-3))),
            Relation::Coming => (day(1), None),
            _ => (day(-100), None),
        };
        let org = self.relation.org().into();
        let mut posts =
            vec![Assignment { user: self.user.clone(), org, role: self.role, from, to }];
        if self.relation == Relation::Mixed {
            let (org, role) = (COUNTY.into(), Role::Administrator);
            posts.push(Assignment { user: self.user.clone(), org, role, from, to });
        }
        posts
    }

    /// Whether the post covers what lies in the grid, or a visit day, which lies in its village.
    fn covers(&self, kind: DocumentKind) -> bool {
        let org = self.relation.org();
        match kind {
            DocumentKind::CaseFile | DocumentKind::Household => {
                [GRID, VILLAGE, TOWNSHIP, COUNTY].contains(&org)
            }
            DocumentKind::VisitDay => [GRID, NEXT_GRID, VILLAGE, TOWNSHIP, COUNTY].contains(&org),
        }
    }

    /// Whether the table lets them do it. Nobody is the server.
    pub fn may(&self, act: Act, kind: DocumentKind, stage: Option<Stage>, visits: bool) -> bool {
        let is_guest = visits && self.relation == Relation::Guest;
        self.role != Role::Server
            && self.relation.held()
            && (self.covers(kind) || is_guest)
            && may(self.role, act, stage)
    }

    /// Whether what they move may go there.
    pub fn reaches(&self, to: &str, visits: bool) -> bool {
        let near = [GRID, NEXT_GRID, XIAYI_GRID].contains(&to);
        match self.relation {
            Relation::County => true,
            Relation::Guest if visits => true,
            Relation::OtherTownship | Relation::Guest | Relation::Mixed => !near,
            _ => near,
        }
    }

    /// Whether documents of that kind come to their device.
    pub fn reads(&self, kind: DocumentKind, visits: bool) -> bool {
        let reads_at_all = !matches!(self.role, Role::Administrator | Role::Server);
        let is_guest = visits && self.relation == Relation::Guest;
        let is_near = match kind {
            DocumentKind::Household => [GRID, VILLAGE].contains(&self.relation.org()),
            _ => self.covers(kind),
        };
        reads_at_all && self.relation.holds() && (is_near || is_guest)
    }

    /// Whether they may look a household up that does not come to their device.
    pub fn consults(&self, visits: bool) -> bool {
        self.reads(DocumentKind::CaseFile, visits)
    }

    /// Whether they hold that role today, wherever.
    pub fn is_today(&self, roles: &[Role]) -> bool {
        let beside = self.relation == Relation::Mixed && roles.contains(&Role::Administrator);
        self.relation.holds() && roles.contains(&self.role) || beside
    }
}
