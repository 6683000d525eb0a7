//! One story after the other.

use anyhow::{Context, Result, bail};

use crate::dice::Dice;
use crate::faults::{Fate, Fault, Faults, Mishap};
use crate::handed;
use crate::oracle::{Ledger, check_all, words_at_server};
use crate::people::Hand;
use crate::places::{COUNTY, grids_under, township_of};
use crate::world::World;

/// What a run is of.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Devices of people.
    pub people: usize,
    /// Days.
    pub days: u32,
    /// What goes wrong.
    pub faults: Faults,
}

/// What came of a run.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What befell the whole of it.
    pub mishap: String,
    /// The end of the server's log, and the chain there.
    pub head: (u64, [u8; 32]),
    /// How much was said to be saved.
    pub promises: usize,
    /// How often each fault befell somebody.
    pub befell: Vec<(Fault, u32)>,
    /// The whole story.
    pub told: Vec<String>,
}

/// The hour in which a device is on the net.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Always,
    Evenings,
    Never,
}

/// What a device may be wrong by, in minutes: an hour, a day, ten years, ahead and behind.
const WRONG_CLOCKS: [i64; 6] = [60, -60, 1_440, -1_440, 5_258_880, -5_258_880];
/// Each device does so many things a day at most.
const MOST_A_DAY: u64 = 4;
/// Devices that are on the net exchange after so many of a thousand steps.
const EXCHANGES: u64 = 500;
/// After so many of a thousand steps somebody finds a colleague's file in their drawer.
const DRAWERS: u64 = 40;

/// Tells the story of a seed, and looks at what came of it.
///
/// # Errors
///
/// What was promised and not kept, with the day on which it showed, the whole story before it, and how
/// to tell it again.
pub fn run(seed: u64, setting: &Setting) -> Result<Outcome> {
    let dice = Dice::of(seed);
    let mut world = World::new(seed, &dice, setting.people, &setting.faults)?;
    let mut ledger = Ledger::default();
    let fate = setting.faults.fate(&mut dice.apart("fate", 0), setting.days, setting.people);
    let done = days(&mut world, &mut ledger, &dice, setting, fate)
        .and_then(|()| world.quiet())
        .and_then(|()| handed::open_all(&mut world, &mut dice.apart("drawers", 0)))
        .and_then(|()| world.quiet())
        .and_then(|()| check_all(&mut world, &ledger));
    if let Err(error) = done {
        let (day, mishap) = (world.day + 1, fate.name());
        let story = world.told.join("\n");
        return Err(error).with_context(|| {
            format!("{story}\nseed {seed} ({mishap}), day {day}. {}", again(seed, setting))
        });
    }
    let county = world.app()?.store().read(COUNTY, |db| db.county())?;
    Ok(Outcome {
        mishap: fate.name(),
        head: (county.seq, county.chain.0),
        promises: ledger.promises.len(),
        befell: world.befell().into_iter().collect(),
        told: world.told,
    })
}

/// The command that tells one story again.
fn again(seed: u64, setting: &Setting) -> String {
    let off = setting.faults.words();
    let off = if off.is_empty() { off } else { format!("YIDANG_SIM_OFF={off} ") };
    format!(
        "To tell it again: {off}YIDANG_SIM_FROM={seed} YIDANG_SIM_COUNT=1 YIDANG_SIM_PEOPLE={} \
         YIDANG_SIM_DAYS={} cargo test -p yidang-tests --test sim -- --ignored --nocapture trial",
        setting.people, setting.days
    )
}

fn days(
    world: &mut World,
    ledger: &mut Ledger,
    dice: &Dice,
    setting: &Setting,
    fate: Fate,
) -> Result<()> {
    for day in 0..setting.days {
        world.begin_day(day);
        strike(world, ledger, fate)?;
        let mut of_day = dice.apart("day", day.into());
        let reach = morning(world, &mut of_day);
        let mut steps: Vec<usize> = Vec::new();
        // Whoever has a lost device tries it again and again.
        for nth in world.writers().into_iter().chain(world.lost()) {
            let times = 1 + of_day.below(MOST_A_DAY);
            steps.extend((0..times).map(|_| nth));
        }
        of_day.shuffle(&mut steps);
        for (at, nth) in (0_u64..).zip(steps) {
            let mut dice = dice.apart("step", u64::from(day) << 32 | at);
            world.pass_minutes(1 + i64::try_from(dice.below(6))?);
            step(world, ledger, nth, reach.get(nth).copied(), &mut dice)?;
        }
        for nth in world.writers() {
            if reach.get(nth) == Some(&Reach::Evenings) {
                let mut dice = dice.apart("evening", u64::from(day) << 32 | nth as u64);
                world.phones[nth].exchange_rough(&mut dice)?;
            }
        }
        if fate.mishap == Mishap::PowerLost && day == fate.strikes_on {
            world.lose_power(&mut dice.apart("power", 0))?;
        }
    }
    Ok(())
}

/// Who is on the net today, and whose clock is wrong.
fn morning(world: &mut World, dice: &mut Dice) -> Vec<Reach> {
    let mut reach = Vec::with_capacity(world.phones.len());
    for nth in 0..world.phones.len() {
        reach.push(match dice.below(10) {
            0..5 => Reach::Always,
            5..7 => Reach::Evenings,
            _ => Reach::Never,
        });
        let is_wrong = dice.permille(world.faults().chance(Fault::Clock));
        let wrong = WRONG_CLOCKS[dice.place(WRONG_CLOCKS.len())];
        world.phones[nth].set_clock(if is_wrong { wrong } else { 0 });
        if is_wrong {
            world.count(Fault::Clock);
            let called = world.phones[nth].called();
            world.tell(format!("the clock of {called} is wrong by {wrong} minutes"));
        }
    }
    reach
}

fn step(
    world: &mut World,
    ledger: &mut Ledger,
    nth: usize,
    reach: Option<Reach>,
    dice: &mut Dice,
) -> Result<()> {
    if dice.permille(world.faults().chance(Fault::Restarted)) {
        world.restart_server()?;
    }
    if dice.permille(world.faults().chance(Fault::Ended)) {
        world.count(Fault::Ended);
        world.phones[nth].end();
    }
    Hand { world, ledger, nth, dice }.act()?;
    if reach == Some(Reach::Always) && dice.permille(EXCHANGES) {
        world.phones[nth].exchange_rough(dice)?;
    }
    let mut of_hand = dice.apart("hand", 0);
    if of_hand.permille(world.faults().chance(Fault::ByHand)) {
        world.count(Fault::ByHand);
        handed::hand_over(world, nth, &mut of_hand)?;
    }
    if of_hand.permille(DRAWERS) {
        handed::open_parcel(world, &mut of_hand)?;
    }
    Ok(())
}

/// What befalls the whole run, on its day.
fn strike(world: &mut World, ledger: &mut Ledger, fate: Fate) -> Result<()> {
    let Fate { mishap, copied_on, strikes_on, device, also } = fate;
    if let Some((also, on)) = also
        && on == world.day
    {
        befall(world, ledger, also, device)?;
    }
    if world.day == copied_on {
        match mishap {
            Mishap::ServerBack | Mishap::ServerBackUntold => world.copy_server()?,
            Mishap::DeviceBack => world.phones[device].copy()?,
            _ => {}
        }
    }
    if world.day != strikes_on {
        return Ok(());
    }
    match mishap {
        Mishap::Nothing => Ok(()),
        Mishap::ServerBack => world.server_back(),
        Mishap::ServerBackUntold => world.server_back_untold(),
        Mishap::DeviceBack => device_back(world, ledger, device, copied_on),
        Mishap::PowerLost => world.watch_power(),
        _ => befall(world, ledger, mishap, device),
    }
}

/// What befalls a person or a device.
fn befall(world: &mut World, ledger: &Ledger, mishap: Mishap, device: usize) -> Result<()> {
    match mishap {
        Mishap::PostMoved => {
            let grids = world.posts.iter().map(|post| post.org.clone());
            let Some(from) = grids.filter(|org| org.len() > 12).nth(device % 2) else {
                bail!("nobody works in a grid");
            };
            let worker = world.phones.iter().position(|phone| phone.person.org == from);
            let targets = grids_under(township_of(&from));
            let to = targets.iter().find(|grid| **grid != from).context("no other grid")?;
            world.move_post(worker.context("nobody holds a device there")?, Some(to))
        }
        Mishap::PostEnded => world.move_post(device, None),
        Mishap::Revoked => world.revoke(device),
        Mishap::NewDevice => world.new_device(device),
        Mishap::Erased => erased(world, ledger),
        _ => Ok(()),
    }
}

/// Something is destroyed of which a colleague has a file in their drawer. Every other time only a word of it has to
/// vanish, and the rest goes on.
fn erased(world: &mut World, ledger: &Ledger) -> Result<()> {
    let Some(document) = world.doomed()? else { return Ok(()) };
    handed::leave_in_a_drawer(world, &document.to_string())?;
    let mut words = words_at_server(world, ledger, &document.to_string())?;
    let mut dice = world.dice_of("goes on");
    // A county that heals records nothing again: what devices still hold would be missing.
    let is_possible = !words.is_empty() && !world.heals()?;
    let cut = (is_possible && dice.permille(500)).then(|| words.remove(dice.place(words.len())));
    world.erase(document, cut, words)
}

/// A device's database is that of an earlier day again. What was written since and had not left the
/// device is gone, and so is what was told of it; nobody can bring it back.
fn device_back(world: &mut World, ledger: &mut Ledger, nth: usize, copied_on: u32) -> Result<()> {
    let kept = world.phones[nth].words_kept()?;
    for promise in &mut ledger.promises {
        let is_later = promise.phone == nth && promise.day >= copied_on;
        let was_kept = kept.iter().any(|words| words.contains(&promise.token));
        promise.is_wiped |= is_later && was_kept;
    }
    world.phones[nth].put_back()?;
    let called = world.phones[nth].called();
    world.tell(format!("{called} is put back to day {}", copied_on + 1));
    Ok(())
}
