//! A county in which one grid is as full as the budgets ask a device to bear.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use serde_json::json;

use super::text::Sentences;
use super::world::{Pen, World, grid, worker};

/// Files of the one worker.
pub const FILES: usize = 20_000;
/// Households of the one grid.
pub const HOUSEHOLDS: usize = 12_500;
/// People in them.
pub const MEMBERS: usize = HOUSEHOLDS * RELATIONS.len();

const RELATIONS: [&str; 4] = ["户主", "配偶", "子", "女"];
/// Two devices of the worker write, on a thread each.
const HANDS: usize = 2;
/// After so many documents a device hands in what it has.
const AT_ONCE: usize = 2_000;

/// Writes all of it, through devices as people would.
pub fn fill(world: &World) -> Result<()> {
    let memory = PathBuf::from("/dev/shm");
    let at = if memory.is_dir() { memory } else { world.folder.clone() };
    let fast = tempfile::Builder::new().prefix("yidang-bench-").tempdir_in(at)?;
    std::thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS)
            .map(|hand| {
                let at = fast.path().join(format!("hand-{hand}"));
                scope.spawn(move || write(&world.device(&at, &worker(0))?, hand))
            })
            .collect();
        hands
            .into_iter()
            .try_for_each(|hand| hand.join().map_err(|_| anyhow!("a writer gave up"))?)
    })
}

fn write(pen: &Pen<'_>, hand: usize) -> Result<()> {
    let mut words = Sentences::new(7_000 + hand as u64);
    for number in 0..FILES / HANDS {
        pen.open_in(&mut words, Some(&grid(0)))?;
        hand_in(pen, number)?;
    }
    for number in 0..HOUSEHOLDS / HANDS {
        household(pen, &mut words, number)?;
        hand_in(pen, number)?;
    }
    pen.sync().map(drop)
}

fn hand_in(pen: &Pen<'_>, number: usize) -> Result<()> {
    if number % AT_ONCE == AT_ONCE - 1 {
        pen.sync()?;
    }
    Ok(())
}

fn household(pen: &Pen<'_>, words: &mut Sentences, number: usize) -> Result<()> {
    let members = RELATIONS.map(|relation| {
        json!({ "name": words.name(), "relation": relation, "birth_year": 1950 + words.below(60),
            "phone": words.phone() })
    });
    let question = json!({ "grid": grid(0), "head": members[0]["name"], "address": words.place(),
        "door_plate": format!("{}号", number + 1), "household_no": "", "members": members });
    pen.ask("open_household", &question).map(drop)
}
