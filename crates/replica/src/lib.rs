//! One device: an encrypted store, drafts, search, the action journal, and the exchange with the
//! server. `desk` answers the questions of `api`.
//!
//! The same crate runs in the window, in `yidang-device` and, compiled to wasm, in the browser's
//! worker. Files, time, randomness and HTTP are reached through the small [`seams`].

pub mod boundary;
pub mod seams;

mod brief;
#[cfg_attr(target_arch = "wasm32", path = "carry/absent.rs")]
mod carry;
mod desk;
mod device;
mod halves;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
mod people;
mod present;
mod secrets;
mod store;
mod sync;

pub use boundary::{Boundary, Witness};
pub use device::{Device, DeviceSetup};
pub use seams::{HttpReply, Outside, Senses, Stores, Unreachable};
pub use sync::{answer, sync_when_due};
