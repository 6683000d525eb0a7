//! The demo county: invented people and matters in real places, written through the same path as
//! everything else.

mod cases;
mod phone;
mod places;

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use yidang_api::session::DemoPerson;
use yidang_domain::civil::{Date, InstantMs, date_after};
use yidang_domain::ids::UserId;
use yidang_domain::org::Staff;

use crate::app::{App, Options, database};
use crate::county::{self, County, Seeds};
use crate::register::RegisterData;
use crate::store::{Store, StoreError};

use phone::Phone;

/// How many days before the first use the demo's people got their devices.
const BEGINS_DAYS_AGO: i64 = 60;

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
    let inner = Options { data: workshop.clone(), demo: false, ..options.clone() };
    build(inner, lock)?;
    fs::rename(database(&workshop), database(&options.data))
        .context("cannot move the demo county into place")?;
    fs::remove_dir_all(&workshop)?;
    tracing::info!("the demo county is made");
    Ok(())
}

fn build(options: Options, lock: &Arc<fs::File>) -> Result<()> {
    let today = options.clock.today();
    let begins = InstantMs::at_start_of(date_after(today, -BEGINS_DAYS_AGO));
    let place = places::read()?;
    let register = places::register(&place, today);
    let phones = phone::of_people(&place.people);
    let store = Store::open(&database(&options.data))?;
    let code = place.county.code.clone();
    store.write(&code, |db| {
        county::make(db, &code, &seeds(), true, begins)?;
        county::put_register(db, &register, begins)
    })?;
    let county = store.write(&code, |db| {
        let county = County::load(db, &code)?;
        let register = county::read_register(db)?;
        for phone in phones.values() {
            let certificate = phone.certificate(&county, &register, begins);
            let signed = certificate.sign(&county.seed);
            county::learn_certificate(db, &signed, &certificate, begins)?;
            // Nobody holds these devices, so a restored demo does not wait for them.
            db.seen(&signed.id(), 0)?;
        }
        Ok::<_, StoreError>(county)
    })?;
    let app = App::of(store, county, options, Arc::clone(lock))?;
    let phones: BTreeMap<UserId, Phone> =
        phones.into_iter().map(|(user, phone)| (user, phone.certified(&app, begins))).collect();
    cases::write(&app, &phones, today)
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
    /// Who can be tried out, the most telling ones first. Empty outside a demo.
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

/// The register of the demo county: its units, people and teams, without any matter.
///
/// # Errors
///
/// Where the file of the demo county is broken.
pub fn register(today: Date) -> Result<RegisterData> {
    Ok(places::register(&places::read()?, today))
}
