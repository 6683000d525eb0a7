//! A county in one process: the real server and the real devices of its people, days that pass in
//! moments, and everything that can go wrong on the way, out of one seed.
//!
//! Nothing here reads the machine's clock or its dice, so a seed always tells the same story, down to
//! the last byte of the log. `people` writes, `faults` says what goes wrong, `world` carries it out,
//! `oracle` knows what was promised, `run` tells one story after the other.
#![expect(clippy::indexing_slicing, reason = "a test may panic, and a missing field reads as null")]

mod devices;
mod dice;
mod faults;
mod handed;
mod oracle;
mod people;
mod places;
mod run;
mod stories;
mod world;
