//! 网格员 of a unit: each person once, with all of their grids there.

use std::collections::BTreeMap;

use yidang_api::Fault;
use yidang_api::places::{GridWorker, WorkersQuestion, WorkersView};
use yidang_domain::finding;
use yidang_domain::ids::{OrgCode, UserId};

use super::places::{Posts, asked};
use crate::device::Device;
use crate::present::place_name;

/// No screen shows more rows at once.
const MOST_ROWS: u32 = 500;

/// The people behind the number 网格员 of a unit.
pub fn view(device: &mut Device, question: &WorkersQuestion) -> Result<WorkersView, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let org = asked(desk, question.org.as_ref(), today);
    let posts = Posts::of(desk, today)?;
    let mut fitting = people(&posts, &org, |grid| place_name(&desk.tree, grid));
    fitting.retain(|person| fits(person, &question.text));
    let skip = usize::try_from(question.offset).unwrap_or(usize::MAX);
    let take = usize::try_from(question.limit.min(MOST_ROWS)).unwrap_or(0);
    Ok(WorkersView {
        name: desk.tree.shown_name(&org),
        total: u32::try_from(fitting.len()).unwrap_or(u32::MAX),
        rows: fitting.into_iter().skip(skip).take(take).collect(),
    })
}

/// In the order of their first grid: nobody is ranked by how many they have.
fn people(posts: &Posts<'_>, org: &OrgCode, named: impl Fn(&OrgCode) -> String) -> Vec<GridWorker> {
    let mut people: Vec<GridWorker> = Vec::new();
    let mut places: BTreeMap<UserId, usize> = BTreeMap::new();
    for grid in posts.grids(org) {
        let name = named(&grid.code);
        for worker in posts.workers_of(&grid.code) {
            let at = *places.entry(worker.user.clone()).or_insert_with(|| {
                people.push(GridWorker { worker: worker.clone(), grids: Vec::new() });
                people.len() - 1
            });
            // Whoever holds two posts in one grid works there once.
            if let Some(person) = people.get_mut(at)
                && person.grids.last() != Some(&name)
            {
                person.grids.push(name.clone());
            }
        }
    }
    people
}

/// Whether every word that was typed is in the name, ends the number or is in the name of a grid.
fn fits(person: &GridWorker, typed: &str) -> bool {
    typed.split_whitespace().all(|word| {
        finding::is_in_name(&person.worker.name, &word.to_lowercase())
            || person.worker.phone.ends_with(word)
            || person.grids.iter().any(|grid| grid.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use yidang_api::places::WorkerRow;
    use yidang_domain::civil::Date;
    use yidang_domain::org::Role;

    use super::*;

    #[test]
    fn a_worker_is_found_by_name_number_and_grid() {
        let worker = WorkerRow {
            user: "u-wang".into(),
            name: "王样一".into(),
            phone: "12000000001".into(),
            role: Role::GridWorker,
            dedicated: Some(true),
            from: Date::constant(2026, 3, 1),
        };
        let person =
            GridWorker { worker, grids: vec!["张家滩镇·下驿村 第7网格".into()] };
        for typed in ["", "王样一", "wyy", "0001", "下驿", "张家滩 第7"] {
            assert!(fits(&person, typed), "not found by {typed}");
        }
        for typed in ["李例二", "0002", "雷赤", "王样一 雷赤"] {
            assert!(!fits(&person, typed), "found by {typed}");
        }
    }
}
