//! What stands behind the pages: plain Rust without a browser, tested natively.

pub mod admin;
pub mod category;
pub mod chart;
pub mod checklist;
pub mod clash;
pub mod contour;
pub mod county;
pub mod days;
pub mod entry_form;
pub mod grids;
pub mod home;
pub mod import;
pub mod inbox;
pub mod log;
pub mod look;
pub mod map;
pub mod new_form;
pub mod online;
pub mod people;
pub mod query;
pub mod rail;
pub mod return_form;
pub mod route;
#[cfg(test)]
pub mod sample;
pub mod timeline;
pub mod visit;
