//! One page per route.

pub mod admin;
pub mod carry;
pub mod case_file;
pub mod case_print;
pub mod cases;
pub mod clash;
pub mod complaint;
pub mod complaints;
pub mod county;
pub mod find;
pub mod grids;
pub mod help;
pub mod household;
pub mod inbox;
pub mod me;
pub mod messages;
pub mod my_grid;
pub mod new;
pub mod nowhere;
pub mod people;
pub mod practice;
pub mod sign_in;
pub mod sync;
pub mod today;
pub mod visit_day;
pub mod visit_month;
