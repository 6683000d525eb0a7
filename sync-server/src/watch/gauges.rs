//! How things stand, read when somebody asks.

use std::path::{Path, PathBuf};

use yidang_api::trouble::TroubleKind;

use super::ready::Look;
use crate::app::{App, database};
use crate::store::StoreError;
use crate::troubles;

/// How things stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Batches received and not judged, parked, and in quarantine.
    pub waiting: (u64, u64, u64),
    /// The last record of the log.
    pub seq: u64,
    /// The county heals after a restore.
    pub healing: bool,
    /// Devices by how many days ago they were last here: at most so many, and how many of them.
    pub seen: Vec<(&'static str, u64)>,
    /// Devices in trouble, by what hinders them.
    pub troubles: Vec<(TroubleKind, u32)>,
    /// Workers of the guard that were lost over a batch since the server started.
    pub workers_lost: u64,
    /// Bytes of the database with its log of writes.
    pub database_bytes: u64,
    /// Bytes that fit onto the disk.
    pub free_bytes: Option<u64>,
}

/// Ends of the buckets of [`Gauges::seen`], in days, with their words.
const SEEN: [(i64, &str); 4] = [(1, "1"), (7, "7"), (30, "30"), (i64::MAX, "+Inf")];
const DAY_MS: i64 = 86_400_000;

impl App {
    /// Looks whether the server can work: reads, writes, and asks the system.
    pub(super) fn look(&self) -> Look {
        let now = self.clock().now();
        let county = self.read(|db| Ok((db.county()?.healing, db.restored_at_ms()?)));
        let healing_ms = match &county {
            Ok((true, since)) => Some(now.0.saturating_sub(since.unwrap_or(now.0))),
            _ => None,
        };
        Look {
            is_readable: county.is_ok(),
            is_writable: self.store().probe_write(&self.county().code, now.0).is_ok(),
            is_migrated: self.store().is_migrated().unwrap_or(false),
            free_bytes: free_bytes(self.data()),
            healing_ms,
        }
    }

    /// Reads how things stand.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn gauges(&self) -> Result<Gauges, StoreError> {
        let now = self.clock().now();
        let mut gauges = self.read(|db| {
            let head = db.county()?;
            let (_, found) = troubles::find(db, self.county(), now)?;
            let ages: Vec<i64> = troubles::valid(db, self.county())?
                .iter()
                .map(|row| now.0.saturating_sub(row.seen_at_ms))
                .collect();
            let seen = SEEN.map(|(days, word)| {
                let within = days.saturating_mul(DAY_MS);
                let count = ages.iter().filter(|age| **age <= within).count();
                (word, u64::try_from(count).unwrap_or(u64::MAX))
            });
            Ok::<_, StoreError>(Gauges {
                waiting: db.count_waiting()?,
                seq: head.seq,
                healing: head.healing,
                seen: seen.to_vec(),
                troubles: troubles::counts(&found),
                ..Gauges::default()
            })
        })?;
        let path = database(self.data());
        let files = ["", "-wal"].map(|suffix| PathBuf::from(format!("{}{suffix}", path.display())));
        let length = |path: &PathBuf| std::fs::metadata(path).map_or(0, |found| found.len());
        gauges.database_bytes = files.iter().map(length).sum();
        gauges.workers_lost = self.workers().lost();
        gauges.free_bytes = free_bytes(self.data());
        Ok(gauges)
    }
}

/// Bytes that this process may still write below a folder; none where the system does not say.
#[cfg(unix)]
#[must_use]
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Bytes that may still be written below a folder: nobody says.
#[cfg(not(unix))]
#[must_use]
pub const fn free_bytes(_: &Path) -> Option<u64> {
    None
}
