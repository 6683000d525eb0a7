//! The administrator's work: people, their posts and devices, units, and the county's reference data.
//!
//! Every change is one record of the log that says what was done, by whom and on which device.

mod devices;
mod looks;
mod posts;
mod reference;
mod troubles;
mod units;
mod users;

use yidang_api::Fault;
use yidang_api::admin::RegisterChanged;
use yidang_domain::ids::UserId;

use crate::store::Db;

pub use devices::{lift_suspension, make_code, revoke_device};
pub use looks::looks;
pub use posts::put_assignment;
pub use reference::{put_calendar, put_visit_rule, reference};
pub use troubles::troubles;
pub use units::units;
pub use users::{put_user, users};

/// The longest name of a person or unit.
pub const LONGEST_NAME: usize = 20;

/// The answer to a change.
fn changed(db: &Db<'_>, user: Option<&UserId>) -> Result<RegisterChanged, Fault> {
    Ok(RegisterChanged { version: db.county()?.register_version, user: user.cloned() })
}

/// A name without the blanks around it.
pub fn checked_name(name: &str) -> Result<String, Fault> {
    let name = name.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
    if fits && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(Fault::invalid("name", "between 1 and 20 characters"))
    }
}

/// So many digits of a code at least: fewer are the tail of a telephone.
const CODE_DIGITS: usize = 6;

/// Whether a word is the beginning of a unit's code, or part of its name or of one above it.
fn names_unit(code: &str, place: &str, word: &str) -> bool {
    word.len() >= CODE_DIGITS && code.starts_with(word) || place.contains(word)
}
