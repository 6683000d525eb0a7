//! 交接清单: what one worker hands over, grid by grid, all of it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use yidang_api::household::HouseholdFilter;
use yidang_api::list::{ListCaseFiles, Queue};
use yidang_api::places::{HandedFile, HandedGrid, HandoverQuestion, HandoverView};
use yidang_api::{Fault, FaultCode};
use yidang_domain::civil::Date;
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{Assignment, OrgLevel, Role};

use super::lists::on_day;
use super::places::{Posts, grid_row};
use crate::device::{Device, OpenDesk};
use crate::store::{
    CaseFilter, HouseholdSelection, ReadCases, ReadHouseholds, StoredRow, UnitColumn,
};

/// What one worker hands over.
pub fn view(device: &mut Device, question: &HandoverQuestion) -> Result<HandoverView, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let posts = Posts::of(desk, today)?;
    let person = posts
        .person(&question.user)
        .ok_or_else(|| Fault::new(FaultCode::NotFound, "nobody of that name in scope"))?;
    let theirs = theirs(&posts.reference.posts, &question.user, today);
    let has_one = theirs.iter().any(|post| post.holds_on(today));
    let open = desk.store.open_by(UnitColumn::Grid)?;
    let (mut grids, mut files) = (Vec::new(), Vec::new());
    for post in theirs {
        let Some(unit) = desk.tree.find(&post.org) else { continue };
        let ended = !post.holds_on(today);
        let chosen = if question.grids.is_empty() {
            !ended || !has_one
        } else {
            question.grids.contains(&post.org)
        };
        let opens = ListCaseFiles { org: Some(post.org.clone()), ..ListCaseFiles::of(Queue::Open) };
        let all = desk.store.cases(&CaseFilter::of(&opens, today), 0, u32::MAX)?;
        let promised = all.iter().filter(|stored| promise(stored).is_some()).count();
        grids.push(HandedGrid {
            row: grid_row(&posts, unit, &open),
            from: post.from,
            to: post.to,
            ended,
            chosen,
            households: households(desk, &post.org, today)?,
            promised: u32::try_from(promised).unwrap_or(u32::MAX),
            opens,
        });
        let wanted = all
            .into_iter()
            .filter(|stored| chosen && (!question.promised || promise(stored).is_some()));
        files.extend(
            wanted.map(|stored| HandedFile {
                promised: promise(&stored),
                row: on_day(stored, today),
            }),
        );
    }
    Ok(HandoverView { name: person.name.clone(), grids, files })
}

fn promise(stored: &StoredRow) -> Option<Date> {
    stored.brief.promised.as_ref().map(|(_, on)| *on)
}

/// The posts of a grid worker, one for each grid: those of today by code, then those that ended, the
/// newest end first. Whoever came back to a grid holds it, and what begins later is not handed over.
fn theirs<'a>(posts: &'a [Assignment], user: &UserId, today: Date) -> Vec<&'a Assignment> {
    let mut of_grid: BTreeMap<&OrgCode, &Assignment> = BTreeMap::new();
    let begun = posts
        .iter()
        .filter(|post| post.user == *user && post.role == Role::GridWorker && post.from <= today);
    // An open end is later than any day.
    let end = |post: &Assignment| (post.to.is_none(), post.to);
    for post in begun {
        let held = of_grid.entry(&post.org).or_insert(post);
        if end(post) > end(held) {
            *held = post;
        }
    }
    let mut theirs: Vec<&Assignment> = of_grid.into_values().collect();
    theirs.sort_by_key(|post| {
        let ended = post.to.filter(|_| !post.holds_on(today));
        (ended.is_some(), Reverse(ended))
    });
    theirs
}

/// How many households a grid has, where this device holds them: in grids and villages that are the
/// person's own.
fn households(desk: &OpenDesk, grid: &OrgCode, today: Date) -> Result<Option<u32>, Fault> {
    let is_ring = |post: &&Assignment| {
        let level = desk.tree.find(&post.org).map(|unit| unit.level);
        matches!(level, Some(OrgLevel::Grid | OrgLevel::Village))
    };
    let own = desk.reference.iter().flat_map(|reference| reference.assignments_on(today));
    if !own.filter(is_ring).any(|post| desk.tree.is_within(grid, &post.org)) {
        return Ok(None);
    }
    let selection =
        HouseholdSelection::of(std::slice::from_ref(grid), HouseholdFilter::All, "", today);
    Ok(Some(desk.store.count_households(&selection)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn post(user: &str, org: &str, from: &str, to: Option<&str>) -> Assignment {
        Assignment {
            user: user.into(),
            org: org.into(),
            role: Role::GridWorker,
            from: day(from),
            to: to.map(day),
        }
    }

    /// 张试三 has two grids, had three others, and takes one in spring.
    #[test]
    fn grids_of_today_come_first_and_a_grid_somebody_came_back_to_is_held() {
        let posts = [
            post("u-zhang", "g9", "2026-01-01", None),
            post("u-zhang", "g3", "2025-01-01", Some("2026-03-31")),
            post("u-wang", "g7", "2025-01-01", None),
            post("u-zhang", "g4", "2025-01-01", Some("2026-06-30")),
            post("u-zhang", "g8", "2024-01-01", Some("2025-06-30")),
            post("u-zhang", "g8", "2026-02-01", Some("2026-12-31")),
            post("u-zhang", "g5", "2027-03-01", None),
        ];
        let found = theirs(&posts, &"u-zhang".into(), day("2026-11-20"));
        let grids: Vec<&str> = found.iter().map(|post| post.org.as_str()).collect();
        assert_eq!(grids, ["g8", "g9", "g4", "g3"]);
        assert_eq!(found[0].to, Some(day("2026-12-31")));
        assert!(theirs(&posts, &"u-li".into(), day("2026-11-20")).is_empty());
    }
}
