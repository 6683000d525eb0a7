//! Tells the tabs to look again, once for every change of what they show.

use std::cell::Cell;

use crate::door::Shared;
use crate::host;

thread_local! {
    static TOLD: Cell<u64> = const { Cell::new(0) };
}

/// Says `changed` if the device moved on since this was said last.
pub fn tell_changes(device: &Shared) {
    // Whoever holds the device now comes here afterwards.
    let Ok(device) = device.try_lock() else { return };
    let revision = device.revision();
    if TOLD.replace(revision) != revision {
        host::news("changed");
    }
}
