//! The power fails under devices and servers, and disks are full: nothing that was said to be saved
//! or received is lost, nothing is half there, and nothing that was typed lies open.
#![expect(clippy::indexing_slicing, reason = "a test may panic")]
#![expect(clippy::print_stdout, reason = "counts are told, and dice that may be thrown again")]

mod check;
mod cuts;
mod dice;
mod disk;
mod full;
mod image;
mod story;
mod town;
