//! One page per route.

pub mod admin;
pub mod case_file;
pub mod cases;
pub mod clash;
pub mod county;
pub mod grids;
pub mod inbox;
pub mod me;
pub mod new;
pub mod nowhere;
pub mod people;
pub mod sign_in;
pub mod sync;
pub mod today;
pub mod visit_day;
