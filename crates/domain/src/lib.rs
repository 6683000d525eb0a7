//! The rules of casework: grids, case files, what happened in them, who may do what, and when.
//!
//! Pure: no clock, no randomness, no I/O, no document engine. Whatever needs the time or an
//! identifier is given it. Modules are listed in reading order; each imports only from those above.

pub mod ids;

pub mod civil;

pub mod calendar;
pub mod case_state;
pub mod category;
pub mod causality;
pub mod citizen_number;
pub mod codes;
pub mod crosswalk;
pub mod entry;
pub mod facts;
pub mod finding;
pub mod household;
pub mod labels;
pub mod org;
pub mod outline;
pub mod reference;
pub mod rights;
