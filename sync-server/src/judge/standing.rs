//! What became of an author since their signature was checked, and what their batches did.

use crate::store::{Db, StoreError};

use super::Judge;
use super::examine::{No, Verified};

/// So many batches of one device may end the processes that read them; then it is suspended.
const MOST_CRASHES: u32 = 2;

/// The word for batches of a device that is suspended: not kept, and nobody looks into them.
pub const SUSPENDED: &str = "suspended";

/// A batch as its author stands at this moment: signatures are checked before the writer is taken, and
/// somebody may have been revoked or suspended since.
///
/// # Errors
///
/// [`No`].
pub fn still_stands(db: &Db<'_>, verified: Verified) -> Result<Verified, No> {
    let Some(id) = verified.header.certificate_id() else {
        return Err(No::refused("unreadable_batch", "names of a wrong length"));
    };
    // What the county took once was judged then.
    if verified.is_placed {
        return Ok(verified);
    }
    let row = db.certificate(&id)?.ok_or(No::NotTaken("unknown_certificate"))?;
    if row.revoked_seq.is_some() {
        return Err(No::refused("revoked", "the certificate was revoked"));
    }
    if db.is_suspended(&id)? {
        return Err(No::NotTaken("suspended"));
    }
    Ok(verified)
}

impl Judge<'_> {
    /// A batch of this certificate ended processes: after the second one its device is suspended.
    pub(super) fn count_crash(&self, certificate: &[u8]) -> Result<(), StoreError> {
        let Ok(id) = <[u8; 16]>::try_from(certificate) else { return Ok(()) };
        if self.db.count_crash(&id, MOST_CRASHES, self.now.0)? {
            tracing::error!("a device whose batches ended processes twice is suspended");
        }
        Ok(())
    }
}
