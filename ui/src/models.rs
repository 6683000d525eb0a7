//! What stands behind the pages: plain Rust without a browser, tested natively.

pub mod category;
pub mod checklist;
pub mod clash;
pub mod contour;
pub mod county;
pub mod entry_form;
pub mod found;
pub mod grid;
pub mod help;
pub mod home;
pub mod household_form;
pub mod household_moves;
pub mod inbox;
pub mod log;
pub mod look;
pub mod month;
pub mod new_form;
pub mod own_device;
pub mod practice;
pub mod query;
pub mod rail;
pub mod return_form;
pub mod route;
#[cfg(test)]
pub mod sample;
pub mod saved;
pub mod timeline;
pub mod visit;
pub mod window;
