//! First hours of three people in the whole demo county: what comes to them, and how soon they can
//! begin.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};

use super::clock::ms;
use super::report::Report;
use super::world::{Pen, World};

const GROUP: &str = "house";
/// A person looks at the screen so often.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Makes the county and enrols a grid worker, a township's reviewer and the county's clerk.
pub fn measure(report: &mut Report, folder: &Path) -> Result<()> {
    let begun = Instant::now();
    let world = World::demo(folder)?;
    let made = begun.elapsed().as_secs_f64();
    report.row(GROUP, "making the demo county, told once", made, "s", None);
    for (user, who, budget) in [
        ("u-wang", "grid worker", None),
        ("u-li", "township", Some(3_000.0)),
        ("u-hao", "county", Some(3_000.0)),
    ] {
        person(report, &world, user, who, budget)?;
    }
    Ok(())
}

fn person(
    report: &mut Report,
    world: &World,
    user: &str,
    who: &str,
    budget: Option<f64>,
) -> Result<()> {
    let at = world.folder.join(user);
    let pen = world.bare_device(&at)?;
    let [signed_in, first, all] = first_screen(world, &pen, &at, user)?;
    report.row(GROUP, format!("{who}: signed in"), ms(signed_in), "ms", budget);
    report.row(GROUP, format!("{who}: first list with rows"), ms(first), "ms", budget);
    report.row(GROUP, format!("{who}: everything is here"), ms(all), "ms", None);
    let tally = pen.tally();
    let what = |what: &str| format!("{who}: {what}");
    report.row(GROUP, what("requests, enrolment included"), f64::from(tally.requests), "", None);
    report.row(GROUP, what("bytes of bodies up"), kilobytes(tally.up)?, "KB", None);
    report.row(GROUP, what("bytes of bodies down"), kilobytes(tally.down)?, "KB", None);
    let held = pen.ask("device", &json!({}))?;
    let number = |name: &str| held[name].as_f64().with_context(|| format!("{name} in {held}"));
    report.row(GROUP, what("case files held"), number("files")?, "", None);
    let households = number("households")?;
    report.row(GROUP, what("households held"), households, "", None);
    report.row(GROUP, what("members held"), number("members")?, "", None);
    report.row(GROUP, what("visit days held"), number("visit_days")?, "", None);
    report.row(GROUP, what("database"), number("bytes")? / 1_000.0, "KB", None);
    for (name, rows) in reference(world, user)? {
        report.row(GROUP, what(&format!("{name} known")), kilobytes(rows * 1_000)?, "", None);
    }
    ensure!(budget.is_none() || households == 0.0, "a household outside the rings");
    let tally = pen.settle()?;
    report.row(GROUP, what("proofs afterwards, down"), kilobytes(tally.down)?, "KB", None);
    Ok(())
}

/// Enrols, and looks at the list meanwhile as the screen would: when the question was answered, when
/// the list had its first rows, and when everything was there.
fn first_screen(world: &World, pen: &Pen<'_>, at: &Path, user: &str) -> Result<[Duration; 3]> {
    let device = Arc::clone(&pen.device);
    let ended = AtomicBool::new(false);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let screen = world.another(at, device)?;
            loop {
                let is_last = ended.load(Ordering::Acquire);
                if screen.is_signed_in()? && has_rows(&screen)? {
                    return Ok(begun.elapsed());
                }
                ensure!(!is_last, "no row came");
                std::thread::sleep(LOOK_EVERY);
            }
        });
        let signed_in = pen.sign_in(user).map(|()| begun.elapsed());
        let fetched = signed_in.is_ok().then(|| pen.fetch());
        let all = begun.elapsed();
        ended.store(true, Ordering::Release);
        let first = looking.join().map_err(|_| anyhow!("nobody looked"))?;
        fetched.transpose()?;
        Ok([signed_in?, first?, all])
    })
}

fn has_rows(screen: &Pen<'_>) -> Result<bool> {
    let question = json!({ "queue": "all", "org": null, "category": null, "risk": null,
        "text": "", "offset": 0, "limit": 50 });
    let view = screen.ask("list_case_files", &question)?;
    Ok(view["rows"].as_array().is_some_and(|rows| !rows.is_empty()))
}

/// How much of the register a person's device knows.
fn reference(world: &World, user: &str) -> Result<Vec<(&'static str, usize)>> {
    let bytes = world.app.register()?.reference(&user.into()).json;
    let reference: Value = serde_json::from_slice(&bytes)?;
    let rows = |name: &str| reference[name].as_array().map_or(0, Vec::len);
    Ok(vec![
        ("units", rows("units")),
        ("people of the register", rows("staff")),
        ("posts", rows("posts")),
        ("outlines", rows("outlines")),
        ("KB of reference", bytes.len() / 1_000),
    ])
}

fn kilobytes(bytes: usize) -> Result<f64> {
    Ok(f64::from(u32::try_from(bytes)?) / 1_000.0)
}
