//! Visit teams out of their table: one row for each of them.

use std::collections::{BTreeMap, BTreeSet};

use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::reference::{TeamMember, VisitTeam};

use super::columns::Column;
use super::line::Line;
use super::people::People;
use super::places::Places;
use super::units::named_village;
use super::values;
use super::wrong::{Wrong, Wrongs};

/// A team as its rows say it. Empty texts say nothing.
struct Team<'a> {
    place: Said<'a>,
    starts_at: Said<'a>,
    members: Vec<TeamMember>,
    rows: Vec<(UserId, Line<'a>)>,
    first: Line<'a>,
}

/// A text and the row that said it first.
type Said<'a> = Option<(String, Line<'a>)>;

/// The team of each village that the table 坐诊队 names. `known` is what the register has of it:
/// a place and a time that no row says stay.
pub fn visit_teams<'a>(
    lines: &[Line<'a>],
    places: &Places,
    people: &People<'a>,
    known: &[VisitTeam],
    wrongs: &mut Wrongs,
) -> Vec<VisitTeam> {
    let mut teams: BTreeMap<OrgCode, Team<'a>> = BTreeMap::new();
    // A team of which a row is bad is not looked at as a whole: that would be told twice.
    let mut spoiled: BTreeSet<OrgCode> = BTreeSet::new();
    for line in lines {
        if !line.has_any(&[Column::WorkerName, Column::WorkerId, Column::VisitPlace]) {
            continue;
        }
        let before = wrongs.total;
        let village = village(line, places, wrongs);
        let member = member(line, people, wrongs);
        let place = line.text(wrongs, Column::VisitPlace, 40);
        let time = line.read(wrongs, Column::VisitTime, values::time).unwrap_or_default();
        let Some(village) = village else { continue };
        let (Some(member), true) = (member, wrongs.total == before) else {
            spoiled.insert(village);
            continue;
        };
        let team = teams.entry(village.clone()).or_insert_with(|| Team::begin(*line));
        say(&mut team.place, place, line, Column::VisitPlace, wrongs);
        say(&mut team.starts_at, time, line, Column::VisitTime, wrongs);
        team.join(line, member, wrongs);
        if wrongs.total != before {
            spoiled.insert(village);
        }
    }
    teams
        .into_iter()
        .filter(|(village, _)| !spoiled.contains(village))
        .filter_map(|(village, team)| team.whole(village, known, wrongs))
        .collect()
}

fn village(line: &Line<'_>, places: &Places, wrongs: &mut Wrongs) -> Option<OrgCode> {
    let village = named_village(line, places, wrongs)?;
    if village.is_none() {
        line.wrong(wrongs, Column::VillageCode, &Wrong::Missing);
    }
    village
}

fn member(line: &Line<'_>, people: &People<'_>, wrongs: &mut Wrongs) -> Option<TeamMember> {
    let user = people.find(line, wrongs);
    let duty = line.text(wrongs, Column::VisitDuty, 20);
    let user = user?;
    Some(TeamMember { name: people.name_of(&user), user, duty })
}

/// Takes what a row says of its team; another row may have said something else.
fn say<'a>(
    said: &mut Said<'a>,
    text: String,
    line: &Line<'a>,
    column: Column,
    wrongs: &mut Wrongs,
) {
    match said {
        _ if text.is_empty() => {}
        None => *said = Some((text, *line)),
        Some((known, first)) if *known != text => {
            line.wrong(wrongs, column, &Wrong::TeamDiffers(line.place_of(first)));
        }
        Some(_) => {}
    }
}

impl<'a> Team<'a> {
    fn begin(first: Line<'a>) -> Self {
        Self { place: None, starts_at: None, members: Vec::new(), rows: Vec::new(), first }
    }

    fn join(&mut self, line: &Line<'a>, member: TeamMember, wrongs: &mut Wrongs) {
        if let Some((_, row)) = self.rows.iter().find(|(user, _)| *user == member.user) {
            line.wrong(wrongs, Column::WorkerName, &Wrong::TwiceInTeam(line.place_of(row)));
            return;
        }
        self.rows.push((member.user.clone(), *line));
        self.members.push(member);
    }

    /// The team as it is kept; none where nobody ever said where or when it sits.
    fn whole(
        self,
        village: OrgCode,
        known: &[VisitTeam],
        wrongs: &mut Wrongs,
    ) -> Option<VisitTeam> {
        let known = known.iter().find(|team| team.village == village);
        let place = self.place.map(|(text, _)| text);
        let place = place.or_else(|| known.map(|team| team.place.clone()));
        let time = self.starts_at.map(|(text, _)| text);
        let time = time.or_else(|| known.map(|team| team.starts_at.clone()));
        for (column, is_missing) in
            [(Column::VisitPlace, place.is_none()), (Column::VisitTime, time.is_none())]
        {
            if is_missing {
                self.first.wrong(wrongs, column, &Wrong::Missing);
            }
        }
        Some(VisitTeam { village, place: place?, starts_at: time?, members: self.members })
    }
}
