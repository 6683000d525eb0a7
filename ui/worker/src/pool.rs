//! The pool of OPFS files under SQLite.
//!
//! OPFS opens files asynchronously and SQLite synchronously, so a pool of files is opened beforehand
//! and handed out by name. The browser gives each file to one worker only, which is also why a new
//! leader may have to wait for the worker before it to be gone.

use std::cell::RefCell;

use js_sys::Reflect;
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_rs::vfs::VfsFilesManager;
use sqlite_wasm_vfs::sahpool::{OpfsSAHError, OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil, install};
use wasm_bindgen::JsValue;
use yidang_api::{Fault, FaultCode};

use crate::host;

/// Under this name SQLite finds the pool through the layer that encrypts.
pub const VFS: &str = "multipleciphers-yidang";

const PLAIN_VFS: &str = "yidang";
const DIRECTORY: &str = "yidang";

/// Free files to have at hand: a new person's store takes two, and SQLite may want a few for itself.
const SPARE: usize = 6;

/// So long the files of a worker that was just ended may stay locked.
const PATIENCE_MS: u64 = 10_000;
const FIRST_PAUSE_MS: u64 = 20;
const LONGEST_PAUSE_MS: u64 = 500;

thread_local! {
    /// The pool can not leave its worker, while the replica's `Stores` must be `Send`: it lives here.
    static POOL: RefCell<Option<OpfsSAHPoolUtil>> = const { RefCell::new(None) };
}

/// Opens the pool; waits for the worker of another tab that is just going away.
///
/// # Errors
///
/// `OtherWindow` if the files stay locked, otherwise what the browser says about its storage.
pub async fn open() -> Result<(), Fault> {
    let config = OpfsSAHPoolCfgBuilder::new()
        .vfs_name(PLAIN_VFS)
        .directory(DIRECTORY)
        .initial_capacity(SPARE)
        .build();
    let mut waited = 0;
    let mut pause = FIRST_PAUSE_MS;
    let pool = loop {
        match install::<WasmOsCallback>(&config, false).await {
            Ok(pool) => break pool,
            Err(error) => {
                let fault = fault_of(&error);
                if fault.code != FaultCode::OtherWindow || waited >= PATIENCE_MS {
                    return Err(fault);
                }
            }
        }
        host::pause(pause).await;
        waited += pause;
        pause = (pause * 2).min(LONGEST_PAUSE_MS);
    };
    POOL.with_borrow_mut(|slot| *slot = Some(pool));
    make_room().await
}

/// Opens more files ahead of those that SQLite has taken meanwhile.
///
/// # Errors
///
/// What the browser says about its storage.
pub async fn make_room() -> Result<(), Fault> {
    // Cloned out: the borrow must not be held while waiting.
    let Some(pool) = POOL.with_borrow(Clone::clone) else { return Ok(()) };
    let taken = pool.len().map_err(|error| fault_of(&error))?;
    pool.ensure_capacity(taken + SPARE).await.map_err(|error| fault_of(&error))
}

/// Deletes a database and what SQLite may have left beside it.
///
/// # Errors
///
/// `Internal` if it is still open, otherwise what the browser says about its storage.
pub fn erase(name: &str) -> Result<(), Fault> {
    let Some(pool) = POOL.with_borrow(Clone::clone) else { return Err(not_open()) };
    // The journal goes last: should the worker end in between, it belongs to nothing, and SQLite drops it.
    for file in [name.to_owned(), format!("{name}-journal")] {
        pool.remove(&file).map_err(|error| fault_of(&error))?;
    }
    Ok(())
}

fn not_open() -> Fault {
    Fault::new(FaultCode::Internal, "the pool of files is not open")
}

fn fault_of(error: &OpfsSAHError) -> Fault {
    let code = match error {
        OpfsSAHError::Opfs { value, .. } => match name_of(value).as_deref() {
            Some("NoModificationAllowedError") => FaultCode::OtherWindow,
            Some("QuotaExceededError") => FaultCode::DiskFull,
            _ => FaultCode::StorageRefused,
        },
        OpfsSAHError::NotSupported => FaultCode::StorageRefused,
        OpfsSAHError::InvalidHeader { .. }
        | OpfsSAHError::DuplicateFilename(_)
        | OpfsSAHError::NeedsRecovery => FaultCode::StoreDamaged,
        _ => FaultCode::Internal,
    };
    Fault::new(code, format!("file pool: {error}"))
}

fn name_of(value: &JsValue) -> Option<String> {
    Reflect::get(value, &JsValue::from_str("name")).ok()?.as_string()
}
