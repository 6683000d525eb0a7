//! The power fails under devices and servers, disks are full or damaged, and servers are restored: nothing
//! that was said to be saved or received is lost, nothing is half there, nothing that was typed lies open,
//! and whatever is broken is told.
#![expect(clippy::indexing_slicing, reason = "a test may panic")]
#![expect(clippy::print_stdout, reason = "counts are told, and dice that may be thrown again")]

mod boundaries;
mod check;
mod cuts;
mod damage;
mod dice;
mod drill;
mod erasing;
mod full;
mod rare;
mod scenarios;
mod story;
mod town;
