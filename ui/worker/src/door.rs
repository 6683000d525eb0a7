//! The functions that `boot-worker.js` calls.

use std::cell::OnceCell;
use std::sync::{Arc, Mutex};

use wasm_bindgen::prelude::*;
use yidang_api::session::StorageState;
use yidang_api::{Fault, FaultCode, Kind, NAMES};
use yidang_replica::{Device, DeviceSetup, answer, sync_when_due};

use crate::outside::Browser;
use crate::senses::BrowserSenses;
use crate::stores::OpfsStores;
use crate::{host, pool};

/// The device of this worker.
pub type Shared = Arc<Mutex<Device>>;

thread_local! {
    static DEVICE: OnceCell<Shared> = const { OnceCell::new() };
}

/// Opens the device; may be called again after it failed.
///
/// # Errors
///
/// A fault as JSON.
#[wasm_bindgen]
pub async fn start(
    secrets: Option<Vec<u8>>,
    origin: String,
    version: String,
) -> Result<(), JsValue> {
    console_error_panic_hook::set_once();
    open(secrets, origin, version).await.map_err(|fault| host::write_fault(&fault))
}

async fn open(secrets: Option<Vec<u8>>, origin: String, version: String) -> Result<(), Fault> {
    pool::open().await?;
    let device = Device::open(DeviceSetup {
        secrets,
        stores: Box::new(OpfsStores),
        senses: Box::new(BrowserSenses),
        origin,
        version,
    })?;
    // A second start after a success changes nothing: the first device holds the files.
    DEVICE.with(|slot| {
        let _ = slot.set(Arc::new(Mutex::new(device)));
    });
    Ok(())
}

/// Answers one question; `id` is the same each time a tab sends the same question.
///
/// # Errors
///
/// A fault as JSON.
#[wasm_bindgen]
pub async fn ask(id: String, name: String, json: String) -> Result<String, JsValue> {
    put(&id, &name, &json).await.map_err(|fault| host::write_fault(&fault))
}

async fn put(id: &str, name: &str, json: &str) -> Result<String, Fault> {
    let device = device()?;
    let outside = Browser::of(device.clone());
    let reply = answer(&device, &outside, Some(id), name, json).await;
    outside.finish();
    if NAMES.contains(&(name, Kind::Network)) {
        // Signing in opens the store of a person, which takes files from the pool. Should there be
        // no room for more, the one who needs the next file is told, not the one who just succeeded.
        let _ = pool::make_room().await;
    }
    reply
}

/// Exchanges with the server if that is due; answers the milliseconds until it is due again.
///
/// # Errors
///
/// A fault as JSON.
#[wasm_bindgen]
#[expect(clippy::cast_precision_loss, reason = "no wait is longer than 2^53 milliseconds")]
pub async fn wake() -> Result<Option<f64>, JsValue> {
    let device = device().map_err(|fault| host::write_fault(&fault))?;
    let outside = Browser::of(device.clone());
    let next = sync_when_due(&device, &outside).await;
    outside.finish();
    Ok(next.map(|ms| ms as f64))
}

/// Says whether the browser promised to keep what is stored.
///
/// # Errors
///
/// A fault as JSON.
#[wasm_bindgen]
pub fn set_storage(kept: bool) -> Result<(), JsValue> {
    let state = if kept { StorageState::Kept } else { StorageState::MayBeCleared };
    let device = device().map_err(|fault| host::write_fault(&fault))?;
    let Ok(mut device) = device.lock() else { return Ok(()) };
    device.set_storage(state);
    Ok(())
}

fn device() -> Result<Shared, Fault> {
    DEVICE
        .with(|slot| slot.get().cloned())
        .ok_or_else(|| Fault::new(FaultCode::Internal, "asked before the start"))
}
