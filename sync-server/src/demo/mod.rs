//! The demo county: invented people and matters in real places, written through the same path as
//! everything else.

mod cases;
mod courses;
mod days;
mod dice;
mod divisions;
mod geometry;
mod homes;
mod matters;
mod names;
mod outlines;
mod phone;
mod places;
#[cfg(test)]
mod tests;
mod workers;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use yidang_api::session::DemoPerson;
use yidang_domain::civil::{Date, InstantMs, date_after};
use yidang_domain::ids::{DocumentId, UserId};
use yidang_domain::org::Staff;

use crate::app::{App, Options, database};
use crate::county::{self, County, Seeds};
use crate::register::RegisterData;
use crate::store::{Store, StoreError};

use divisions::Grid;
use matters::Matter;
use phone::Phone;
use places::{Person, Places};

/// How much of the demo county is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Profile {
    /// One town with all its grids and workers, the households of three villages: made in seconds.
    #[default]
    Small,
    /// The whole county with every household and the files of a year: made in minutes.
    County,
}

impl Profile {
    /// How many days before the first use the demo's people got their devices.
    const fn began_days_ago(self) -> i64 {
        match self {
            Self::Small => 60,
            Self::County => 370,
        }
    }

    /// When that was.
    fn began(self, today: Date) -> InstantMs {
        InstantMs::at_start_of(date_after(today, -self.began_days_ago()))
    }
}

/// Everything is made in one go, however long it takes.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// Makes the demo county beside the data directory's database and moves it there when it is whole.
///
/// # Errors
///
/// Where the disk or a rule of casework says no.
pub fn make(options: &Options, lock: &Arc<fs::File>) -> Result<()> {
    let workshop = options.data.join("making");
    if workshop.exists() {
        fs::remove_dir_all(&workshop).context("cannot clear an unfinished demo county")?;
    }
    let inner =
        Options { data: workshop.clone(), demo: false, patience: PATIENCE, ..options.clone() };
    build(inner, lock)?;
    fs::rename(database(&workshop), database(&options.data))
        .context("cannot move the demo county into place")?;
    fs::remove_dir_all(&workshop)?;
    tracing::info!("the demo county is made");
    Ok(())
}

fn build(options: Options, lock: &Arc<fs::File>) -> Result<()> {
    let today = options.clock.today();
    let profile = options.profile;
    let began = profile.began(today);
    let places = places::read(profile)?;
    let invented = matters::invent(&places, profile, today)?;
    let phones = phone::of_people(writers(&places, &invented));
    let store = Store::open(&database(&options.data))?;
    let county = found(&store, &places, &phones, today, began)?;
    tracing::info!(?profile, people = places.people.len(), "the register is made");
    let app = App::of(store, county, options, Arc::clone(lock))?;
    let phones = phone::certified(phones, &app, began)?;
    let inhabited: Vec<&Grid> = places.inhabited().collect();
    let homes = homes::write(&app, &inhabited, today, began)?;
    tracing::info!(homes, "the households are made");
    cases::write(&app, &phones, &invented, today)?;
    tracing::info!(files = invented.len(), "the files are made");
    Ok(())
}

/// Those who need a device: whoever the file tells of, and whoever writes into an invented file.
fn writers<'a>(places: &'a Places, invented: &[Matter]) -> Vec<&'a Person> {
    let turns = invented.iter().flat_map(|matter| &matter.turns).map(|turn| &turn.by);
    let write: BTreeSet<&UserId> =
        invented.iter().map(|matter| &matter.case.by).chain(turns).collect();
    let people = places.people.iter().enumerate();
    people
        .filter(|(nth, person)| *nth < places.told || write.contains(&person.user))
        .map(|(_, person)| person)
        .collect()
}

/// Makes the county with its register and the certificates of its devices.
fn found(
    store: &Store,
    places: &Places,
    phones: &BTreeMap<UserId, Phone>,
    today: Date,
    began: InstantMs,
) -> Result<County, StoreError> {
    let code = &places.county;
    store.write(code, |db| {
        county::make(db, code, &seeds(), true, began)?;
        county::put_register(db, &places.register(today), began)
    })?;
    store.write(code, |db| {
        let county = County::load(db, code)?;
        let register = county::read_register(db)?;
        for phone in phones.values() {
            let certificate = phone.certificate(&county, &register, began);
            let signed = certificate.sign(&county.seed);
            county::learn_certificate(db, &signed, &certificate, began)?;
            // Nobody holds these devices, so a restored demo does not wait for them.
            db.seen(&signed.id(), 0)?;
        }
        Ok::<_, StoreError>(county)
    })
}

/// The demo's secrets are no secrets: everybody's demo is the same, and it serves this machine only.
fn seeds() -> Seeds {
    Seeds {
        county: phone::derive("county"),
        server: phone::derive("server"),
        nonce: phone::short("server nonce"),
        epoch: phone::short("epoch"),
    }
}

impl App {
    /// Who can be tried out, the most telling ones first: nobody looks for one of thousands of
    /// invented grid workers in a list. Empty outside a demo.
    ///
    /// # Errors
    ///
    /// Where the register cannot be read.
    pub fn demo_people(&self) -> Result<Vec<DemoPerson>> {
        if !self.county().demo {
            bail!("not a demo");
        }
        let register = self.register()?;
        let today = self.clock().today();
        let users = self.read(|db| db.users())?;
        Ok(users
            .into_iter()
            .filter(|person| !person.user.as_str().starts_with(workers::WORKER))
            .filter_map(|Staff { user, name, .. }| {
                let (role, path) = register.post(&user, today)?;
                let org = path.last()?.clone();
                Some(DemoPerson { user, name, role, org: place_of(&path, org) })
            })
            .collect())
    }
}

/// A grid's name alone says little: 下盘石村第7网格.
fn place_of(path: &[String], org: String) -> String {
    match path {
        [.., village, grid] if path.len() > 2 => format!("{village}{grid}"),
        _ => org,
    }
}

/// The demo's instant on a day relative to today, within working hours.
fn instant(today: Date, day: i64, minutes: i64) -> InstantMs {
    InstantMs::at_start_of(date_after(today, day)).plus_minutes(9 * 60 + minutes)
}

/// The identifier of a thing that came into being at an instant, the same in every demo of one day.
fn id_at(at: InstantMs, key: &str) -> DocumentId {
    let at = u64::try_from(at.0).unwrap_or(0);
    let mut tail = [0; 10];
    tail.iter_mut().zip(phone::short(key)).for_each(|(to, from)| *to = from);
    DocumentId(uuid::Builder::from_unix_timestamp_millis(at, &tail).into_uuid())
}

/// The register of the small demo: its units, people and teams, without any matter.
///
/// # Errors
///
/// Where the file of the demo county is broken.
pub fn register(today: Date) -> Result<RegisterData> {
    register_of(Profile::Small, today)
}

/// The register of a profile.
///
/// # Errors
///
/// Where a file of the demo county is broken.
pub fn register_of(profile: Profile, today: Date) -> Result<RegisterData> {
    Ok(places::read(profile)?.register(today))
}
