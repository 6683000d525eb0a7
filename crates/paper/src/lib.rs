//! Papers: what leaves the county's files as a document of its own.
//!
//! A paper is computed from files at the moment it is asked for; nothing is typed into it.

pub mod qr;
pub mod register;
