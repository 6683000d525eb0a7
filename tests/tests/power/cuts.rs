//! A thousand disks as they would be found after the power failed; `YIDANG_CUTS=2500` makes ten times as many.

use anyhow::{Context, Result, ensure};

use crate::check;
use crate::dice::Dice;
use crate::story::{PLANTED, Story};
use yidang_tests::disk::Disk;
use yidang_tests::image::{Image, Tape};

/// What was counted.
#[derive(Debug, Default)]
struct Counted {
    images: u32,
    with_losses: u32,
    with_tears: u32,
    meetings: u32,
    promises: usize,
    receipts: usize,
}

/// Moments to cut the power at, in order: half of them anywhere, half of them between a write and
/// its flush.
fn moments(story: &Story, count: usize, dice: &mut Dice) -> Vec<usize> {
    let span = story.events.len() - story.begins;
    let mut tape = Tape::of(&story.events);
    let mut open = Vec::new();
    for moment in story.begins..story.events.len() {
        tape.forward(moment);
        if tape.is_open("") {
            open.push(moment);
        }
    }
    let mut moments: Vec<usize> = (0..count)
        .map(|index| match index % 2 {
            0 => story.begins + dice.below(span),
            _ => open[dice.below(open.len())],
        })
        .collect();
    moments.sort_unstable();
    moments
}

fn restored(image: &Image) -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for part in ["wang", "server"] {
        image.restore(part, &folder.path().join(part))?;
    }
    Ok(folder)
}

/// One world after a power cut: the device alone, the server alone, and now and then both together.
fn look(story: &Story, image: &Image, moment: usize, meet: bool) -> Result<()> {
    let open: Vec<&str> =
        image.holding(PLANTED).into_iter().filter(|name| !name.starts_with("server/")).collect();
    ensure!(open.is_empty(), "{open:?} hold what was typed");
    let folder = restored(image)?;
    let (wang, server) = (folder.path().join("wang"), folder.path().join("server"));
    let secrets = story.way.secrets_at(moment).context("no secrets")?;
    drop(check::device(&wang, &secrets, story, moment)?);
    let mut told = story.way.held();
    told.extend(story.other_way.held());
    let app = check::server(&server, &told, moment)?;
    if meet {
        check::meeting(&wang, &secrets, &app, story, moment)?;
    }
    Ok(())
}

fn cut(steps: u32, cuts: usize) -> Result<()> {
    let mut dice = Dice::new();
    let story = Story::told(steps, &mut dice)?;
    let mut counted = Counted { promises: story.acts.len(), ..Counted::default() };
    counted.receipts = story.way.held().len() + story.other_way.held().len();
    let mut tape = Tape::of(&story.events);
    for (index, moment) in moments(&story, cuts, &mut dice).into_iter().enumerate() {
        tape.forward(moment);
        let image = tape.cut(&mut |most| dice.below(most));
        let meet = index % 10 == 0;
        look(&story, &image, moment, meet)
            .with_context(|| format!("cut {index} after event {moment}"))?;
        counted.images += 2;
        counted.with_losses += u32::from(image.lost > 0);
        counted.with_tears += u32::from(image.torn > 0);
        counted.meetings += u32::from(meet);
    }
    println!(
        "{} images of {} power cuts (device and server each), {} with unflushed writes lost, {} with \
         torn writes, {} met again; {} promises and {} receipts, lost acknowledged = 0",
        counted.images,
        cuts,
        counted.with_losses,
        counted.with_tears,
        counted.meetings,
        counted.promises,
        counted.receipts,
    );
    ensure!(counted.with_losses > 0 && counted.with_tears > 0, "the dice never hurt anything");
    ensure!(Disk::temporary_files() == 0, "something was put into a file without a name");
    Ok(())
}

/// Power cuts of one test as a rule, each of a device and a server; two tests make the thousand images.
const CUTS: usize = 250;

fn cuts() -> usize {
    std::env::var("YIDANG_CUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(CUTS)
}

#[test]
fn the_power_fails_while_people_write_and_exchange() -> Result<()> {
    cut(120, cuts())
}

#[test]
fn the_power_fails_on_a_long_afternoon() -> Result<()> {
    cut(240, cuts())
}

/// The test can fail: with a disk that says it flushed and did not, promises are lost.
#[test]
fn a_disk_that_lies_about_flushing_is_found_out() -> Result<()> {
    let mut dice = Dice::new();
    let story = Story::told(40, &mut dice)?;
    let mut tape = Tape::of(&story.events).lying_from(story.begins);
    let mut lost = 0;
    for moment in moments(&story, 20, &mut dice) {
        tape.forward(moment);
        let image = tape.cut(&mut |most| dice.below(most));
        lost += u32::from(look(&story, &image, moment, false).is_err());
    }
    println!("{lost} of 20 power cuts lost something that was promised");
    ensure!(lost > 0, "nothing was lost by a disk that never flushed");
    Ok(())
}
