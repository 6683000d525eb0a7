//! Puts a copy of the database in the place of the present one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use yidang_domain::civil::InstantMs;

use crate::app::{Options, database, lock_directory};
use crate::county;
use crate::erase;
use crate::revocations;
use crate::store::{Store, copy_database, own_directory};
use crate::tombstones;

/// How the names of files begin that were put aside.
const ASIDE: &str = "before-restore-";

/// Where the present database goes when a copy is put in its place.
fn aside(data: &Path, now: InstantMs) -> PathBuf {
    data.join(format!("{ASIDE}{}.sqlite", now.0))
}

/// What was put aside in `data`, oldest first. Nothing there is ever destroyed but by whoever runs the server.
pub(crate) fn copies_beside(data: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(data).into_iter().flatten().flatten().map(|file| file.path());
    let is_aside = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(ASIDE))
    };
    let mut copies: Vec<PathBuf> = files.filter(is_aside).collect();
    copies.sort();
    copies
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
    tombstones::noted(data).with_context(|| {
        format!(
            "the list of erased documents, {}/tombstones, is needed: bring it from where the copy was \
             made, or make an empty file of that name if nothing was ever erased",
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
        erase::erase_again(&store, &county, options, true)?;
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
