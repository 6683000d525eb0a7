//! Handing files over without a network (当面传档, docs/decisions/0026): phone to phone, or by file.
//!
//! A file travels with the batches its authors signed and with the places where the county took them, so
//! whoever gives it need not be believed. What the county has not taken yet waits on the other device as an
//! own change would, and whichever of the two meets the server first brings it there. [`session`] knows no
//! sockets: tests let two devices talk in one thread; [`net`] and [`file`] carry what it says.

mod file;
mod guard;
mod known;
mod net;
mod occasion;
mod offer;
mod session;
mod take;
mod words;

#[cfg(test)]
mod tests;

pub use occasion::{Occasion, ask, choices, give, open, pack, state, stop, take};
