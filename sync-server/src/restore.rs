//! Puts a copy of the database in the place of the present one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use yidang_domain::civil::InstantMs;

use crate::app::{Options, database, lock_directory};
use crate::county;
use crate::revocations;
use crate::store::{Store, copy_database, own_directory};

/// Where the present database goes when a copy is put in its place.
fn aside(data: &Path, now: InstantMs) -> PathBuf {
    data.join(format!("before-restore-{}.sqlite", now.0))
}

/// Puts the copy `from` in place and begins a new epoch, so that devices bring what came after it.
/// What stood there is kept beside it.
///
/// # Errors
///
/// Where a server runs, the list of revoked devices is missing, or the copy cannot be read.
pub fn restore(options: &Options, from: &Path) -> Result<()> {
    let (data, now) = (options.data.as_path(), options.clock.now());
    own_directory(data)?;
    let _lock = lock_directory(data).context("stop the server first")?;
    let revoked = revocations::noted(data).with_context(|| {
        format!(
            "the list of revoked devices, {}/revocations, is needed: bring it from where the copy \
             was made, or make an empty file of that name if no device was ever revoked",
            data.display()
        )
    })?;
    let path = database(data);
    let fresh = data.join("restoring.sqlite");
    if fresh.exists() {
        fs::remove_file(&fresh)?;
    }
    copy_database(from, &fresh)?;
    {
        let store = Store::open(&fresh)?;
        let county = store.county()?;
        store.write(&county, |db| {
            let why = "restored by the administrator";
            county::begin_epoch(db, why, &options.making.dice, now)?;
            revoked.iter().try_for_each(|id| county::revoke(db, id, now))
        })?;
    }
    if path.exists() {
        // Nothing is thrown away: what stood here is kept beside it.
        copy_database(&path, &aside(data, now))?;
        // Copying it put everything that lay beside it into it.
        for suffix in ["-wal", "-shm"] {
            let file = PathBuf::from(format!("{}{suffix}", path.display()));
            if file.exists() {
                fs::remove_file(file)?;
            }
        }
    }
    // One step: whenever the power fails, one of the two stands there.
    fs::rename(&fresh, &path)?;
    fs::File::open(data)?.sync_all()?;
    Ok(())
}
