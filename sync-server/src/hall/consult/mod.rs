//! Households and people outside one's own ring: shown to whoever works for the unit they live in,
//! for a purpose that is written down, and kept nowhere else.

mod authors;
mod count;
mod household;
mod people;

use yidang_api::{Fault, FaultCode};
use yidang_domain::ids::OrgCode;

use super::Counter;
use crate::register::Register;

pub use count::count;
pub use household::household;
pub use people::people;

/// No purpose is longer.
const LONGEST_PURPOSE: usize = 100;

/// What somebody wants to know it for.
fn purpose(text: &str) -> Result<&str, Fault> {
    let purpose = text.trim();
    if (1..=LONGEST_PURPOSE).contains(&purpose.chars().count()) {
        Ok(purpose)
    } else {
        Err(Fault::invalid("purpose", "between 1 and 100 characters"))
    }
}

/// The units whose people the asker may ask about today. Nobody without such a unit asks at all.
fn units(counter: &Counter<'_>, register: &Register) -> Result<Vec<OrgCode>, Fault> {
    let units = register.consults(&counter.caller.user, counter.today);
    if units.is_empty() { Err(outside()) } else { Ok(units) }
}

/// Whether `org` lies in one of these units.
fn is_within(register: &Register, org: &OrgCode, units: &[OrgCode]) -> bool {
    units.iter().any(|unit| register.tree().is_within(org, unit))
}

fn outside() -> Fault {
    Fault::new(FaultCode::NotAllowed, "outside the units of whoever asks")
}
