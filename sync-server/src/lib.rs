//! The county's server: it receives signed batches of changes, judges them, keeps them and serves
//! them to whoever may read them.
//!
//! [`open`] opens a data directory, [`router`] serves it. SQL stands in [`store`] alone; what decides
//! anything is pure or works within one transaction. Nothing unchecked reaches the document engine.

pub mod boundary;
pub mod clock;
pub mod dice;
pub mod kinds;
pub mod register;
pub mod worker;

pub mod store;

pub mod county;
pub mod households;
pub mod import;
pub mod judge;
pub mod pull;

pub mod allowance;
pub mod caller;
pub mod enrol;
pub mod erase;
pub mod heal;
mod oversight;
mod rebuild;
pub mod records;
mod reindex;
pub mod restore;
mod revocations;
mod successors;
pub mod sync;
mod tombstones;
pub mod troubles;

pub mod watch;

pub mod app;
pub mod check;
pub mod cli;
pub mod demo;
pub mod hall;
mod http;

pub use app::{App, Options, open};
pub use boundary::{Boundary, Witness};
pub use clock::Clock;
pub use dice::Dice;
pub use http::{metrics_router, router};
pub use rebuild::Rebuilt;
