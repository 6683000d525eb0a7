//! The functions that `boot-worker.js` calls.

use std::cell::OnceCell;
use std::sync::{Arc, Mutex};

use wasm_bindgen::prelude::*;
use yidang_api::session::StorageState;
use yidang_api::sync::SyncView;
use yidang_api::{Fault, FaultCode, Kind, NAMES};
use yidang_domain::civil::InstantMs;
use yidang_replica::{Device, DeviceSetup, answer, sync_when_due};

use crate::loud::is_loud;
use crate::outside::Browser;
use crate::senses::BrowserSenses;
use crate::stores::OpfsStores;
use crate::{host, pool};

type Shared = Arc<Mutex<Device>>;

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
    let outside = Browser::default();
    let reply = if NAMES.contains(&(name, Kind::Network)) {
        let before = arrivals(&device).await;
        let reply = answer(&device, &outside, Some(id), name, json).await;
        if outside.has_posted() {
            tell_exchange(&device, before).await;
        }
        // Signing in opens the store of a person, which takes files from the pool. Should there be
        // no room for more, the one who needs the next file is told, not the one who just succeeded.
        let _ = pool::make_room().await;
        reply
    } else {
        answer(&device, &outside, Some(id), name, json).await
    };
    if reply.is_ok() && is_loud(name) {
        host::news("changed");
    }
    reply
}

/// Exchanges with the server if that is due; answers the milliseconds until it is due again.
///
/// # Errors
///
/// A fault as JSON.
#[wasm_bindgen]
pub async fn wake() -> Result<Option<f64>, JsValue> {
    exchange().await.map_err(|fault| host::write_fault(&fault))
}

#[expect(clippy::cast_precision_loss, reason = "no wait is longer than 2^53 milliseconds")]
async fn exchange() -> Result<Option<f64>, Fault> {
    let device = device()?;
    let outside = Browser::default();
    let before = arrivals(&device).await;
    let next = sync_when_due(&device, &outside).await;
    if outside.has_posted() {
        tell_exchange(&device, before).await;
    }
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
    if let Ok(mut device) = device.lock() {
        device.set_storage(state);
    }
    Ok(())
}

fn device() -> Result<Shared, Fault> {
    DEVICE
        .with(|slot| slot.get().cloned())
        .ok_or_else(|| Fault::new(FaultCode::Internal, "asked before the start"))
}

/// When the server was last reached, and what came then.
type Arrivals = Option<(Option<InstantMs>, u32)>;

async fn arrivals(device: &Shared) -> Arrivals {
    let json = answer(device, &Browser::default(), None, "sync_state", "{}").await.ok()?;
    let view: SyncView = serde_json::from_str(&json).ok()?;
    Some((view.reached_at, view.last_received))
}

async fn tell_exchange(device: &Shared, before: Arrivals) {
    host::news("sync");
    let after = arrivals(device).await;
    if after != before && after.is_some_and(|(_, received)| received > 0) {
        host::news("changed");
    }
}
