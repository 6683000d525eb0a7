//! The table of questions and answers between the screens and whatever stands behind them.
//!
//! One request type, one reply type and one name for each use case. The window, the browser's
//! worker and `yidang-device` answer the same table; [`dispatch`] is the only place where a name
//! becomes a call, so no shell can miss one. Kinds: *local* questions are answered at once from the
//! device and never wait for a network; *network* questions may take as long as the network does;
//! *online* questions are answered by the server, with the rights of whoever asks, and leave nothing
//! on the device.

pub mod admin;
pub mod carry;
pub mod case_file;
pub mod county;
pub mod device;
pub mod draft;
pub mod erasure;
pub mod fault;
pub mod find;
pub mod household;
pub mod import;
pub mod list;
pub mod message;
pub mod oversight;
pub mod places;
pub mod rejected;
pub mod review;
pub mod session;
pub mod sync;
pub mod table;
pub mod today;
pub mod trouble;
pub mod visit_day;

pub use fault::{Fault, FaultCode};
pub use table::{
    Desk, Hall, Kind, Link, NAMES, Question, dispatch_local, dispatch_network, dispatch_online,
    kind_of,
};
