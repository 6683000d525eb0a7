//! The exchange with the server, and the questions that need it.
//!
//! [`request`] says what to send, [`absorb`] takes what came; both work on the store alone, so tests
//! run them without a network. [`answer`] is the one entrance of every shell.

mod absorb;
mod bundle;
pub(crate) mod erase;
mod heal;
pub(crate) mod incoming;
mod link;
pub(crate) mod places;
mod proofs;
pub(crate) mod request;
mod salvage;
pub(crate) mod settle;
mod sign_in;
mod trouble;
mod undone;
mod view;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use yidang_api::{Fault, FaultCode, Kind, dispatch_local, dispatch_network};

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use view::matter;
pub(crate) use view::page_of as about;
pub use view::view;

pub(crate) use bundle::of as bundle_of;
pub(crate) use request::{PageSize, stood};
pub(crate) use settle::at_open as settle_at_open;
pub(crate) use trouble::Noticed;

use crate::desk::{Answering, AskContext};
use crate::device::Device;
use crate::seams::Outside;

/// Takes the device. A panic while it was held leaves the store as the last commit left it.
fn lock(device: &Arc<Mutex<Device>>) -> MutexGuard<'_, Device> {
    device.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many wait for a device of this process: long work makes room for them.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Takes the device for a person who waits for the answer.
fn lock_for_person(device: &Arc<Mutex<Device>>) -> MutexGuard<'_, Device> {
    WAITING.fetch_add(1, Ordering::AcqRel);
    let device = lock(device);
    WAITING.fetch_sub(1, Ordering::AcqRel);
    device
}

/// Whether a person waits for a device. A hint: it costs nobody anything to be wrong.
fn somebody_waits() -> bool {
    WAITING.load(Ordering::Acquire) > 0
}

/// Gives those who wait their turn: a lock goes to whoever asks first, which would be us again.
fn make_room() {
    const MOST_PAUSES: u32 = 8;
    for _ in 0..MOST_PAUSES {
        if !somebody_waits() {
            return;
        }
        #[cfg(not(target_arch = "wasm32"))]
        std::thread::sleep(std::time::Duration::from_micros(250));
    }
}

/// Writes the secrets away if they changed.
async fn keep_secrets<O: Outside>(device: &Arc<Mutex<Device>>, outside: &O) -> Result<(), Fault> {
    let changed = {
        let mut device = lock(device);
        std::mem::take(&mut device.secrets_changed).then(|| device.secrets.bytes())
    };
    let Some(bytes) = changed else { return Ok(()) };
    let kept = outside.keep(&bytes).await;
    if kept.is_err() {
        lock(device).secrets_changed = true;
    }
    kept
}

/// Answers the question `name` with content `json`. `ask` names the question: the same name again
/// gives the same answer and writes nothing twice.
///
/// # Errors
///
/// Whatever the question says; `internal` for a name that is not in the table.
pub async fn answer<O: Outside>(
    device: &Arc<Mutex<Device>>,
    outside: &O,
    ask: Option<&str>,
    name: &str,
    json: &str,
) -> Result<String, Fault> {
    keep_secrets(device, outside).await?;
    if let Some(answered) = answer_local(device, ask, name, json) {
        return answered;
    }
    if yidang_api::kind_of(name) == Some(Kind::Online) {
        return link::ask_online(device, outside, ask, name, json).await;
    }
    let link = link::NetworkLink { device, outside };
    dispatch_network(&link, name, json).await.unwrap_or_else(|| {
        Err(Fault::new(FaultCode::Internal, format!("no question is called {name}")))
    })
}

fn answer_local(
    device: &Arc<Mutex<Device>>,
    ask: Option<&str>,
    name: &str,
    json: &str,
) -> Option<Result<String, Fault>> {
    let mut device = lock_for_person(device);
    if let (Some(ask), Some(desk)) = (ask, device.open.as_ref()) {
        match desk.store.answered(ask) {
            Ok(Some(reply)) => return Some(Ok(reply)),
            Ok(None) => {}
            Err(error) => return Some(Err(error.into())),
        }
    }
    let context =
        AskContext { id: ask.map(str::to_owned), name: name.to_owned(), json: json.to_owned() };
    let mut answering = Answering { device: &mut device, ask: context };
    let answered = dispatch_local(&mut answering, name, json);
    if let Some(Err(fault)) = &answered {
        device.exchange.noticed.fault(fault.code);
    }
    answered
}

/// Pages of the search index that are merged at once.
const TIDY_PAGES: u32 = 16;

/// Tidies the search index a little, unless somebody waits.
fn tidy(device: &mut Device, seat: u64) -> Result<(), Fault> {
    if somebody_waits() {
        return Ok(());
    }
    let desk = device.desk_of(seat)?;
    desk.store.write(|write| -> Result<(), crate::store::StoreError> { write.tidy(TIDY_PAGES) })?;
    Ok(())
}

/// Documents whose rows are made anew in one transaction.
const REINDEX_SLICE: usize = 16;

/// Makes all rows anew if that is owed, in slices. Cut anywhere, it begins again.
async fn reindex<O: Outside>(
    device: &Arc<Mutex<Device>>,
    outside: &O,
    seat: u64,
) -> Result<(), Fault> {
    use crate::store::{ReadDocuments, ReadState, StoreError};
    let documents = {
        let mut device = lock(device);
        let desk = device.desk_of(seat)?;
        if desk.store.state("reindex")?.is_none() {
            return Ok(());
        }
        desk.store.documents()?
    };
    for slice in documents.chunks(REINDEX_SLICE) {
        make_room();
        {
            let mut device = lock(device);
            let today = device.today();
            crate::desk::index(device.desk_of(seat)?, slice, today)?;
        }
        outside.breathe().await;
    }
    let mut device = lock(device);
    device
        .desk_of(seat)?
        .store
        .write(|write| -> Result<(), StoreError> { write.drop_state("reindex") })?;
    device.touch();
    Ok(())
}

/// Exchanges with the server if that is due. Gives the milliseconds until it is due again; `None`
/// where waiting cannot help.
pub async fn sync_when_due<O: Outside>(device: &Arc<Mutex<Device>>, outside: &O) -> Option<u64> {
    if keep_secrets(device, outside).await.is_err() {
        return Some(60_000);
    }
    let (now, due, seat) = {
        let device = lock(device);
        device.open.as_ref()?;
        (device.senses.now(), device.exchange.due_at, device.seat)
    };
    // What is owed from before needs no network; a failure shows again at the next exchange.
    drop(reindex(device, outside, seat).await);
    drop(tidy(&mut lock(device), seat));
    drop(lock(device).desk_of(seat).map(|desk| desk.store.scrub()));
    match due {
        Some(due) if due > now => {
            Some(u64::try_from(due.0.saturating_sub(now.0)).unwrap_or(1_000).max(200))
        }
        _ => link::exchange(device, outside, link::MOST_PAGES).await.1,
    }
}
