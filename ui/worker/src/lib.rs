//! The replica in a browser worker: what `boot-worker.js` calls and what the replica needs from a browser.
//!
//! Natively this crate is empty, so that a plain build of the workspace costs nothing.

#[cfg(target_arch = "wasm32")]
mod door;
#[cfg(target_arch = "wasm32")]
mod host;
#[cfg(target_arch = "wasm32")]
mod http;
#[cfg(target_arch = "wasm32")]
mod news;
#[cfg(target_arch = "wasm32")]
mod outside;
#[cfg(target_arch = "wasm32")]
mod pool;
#[cfg(target_arch = "wasm32")]
mod senses;
#[cfg(target_arch = "wasm32")]
mod stores;

#[cfg(target_arch = "wasm32")]
pub use door::{ask, set_storage, start, wake};
