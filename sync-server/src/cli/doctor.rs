//! `doctor`: how the server and its devices are, for whoever helps.
#![expect(clippy::print_stdout, reason = "this command answers on the terminal")]

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use yidang_api::trouble::{DeviceTrouble, TroubleKind, TroubledDevice};
use yidang_sync_protocol::Fingerprint;

use super::admin::{existing, now};
use crate::county::{self, County};
use crate::store::{Db, StoreError};
use crate::troubles::{counts, find, told_on};
use crate::watch::{Look, Readiness, free_bytes};

/// Looks at a directory, also beside a running server, and says what is wrong there; the exit code says
/// whether the server itself can do its work.
pub(super) fn doctor(data: &Path) -> Result<ExitCode> {
    let (store, code) = existing(data)?;
    let now = now();
    let county = store.read(&code, |db| Ok::<_, StoreError>((db.county()?, db.restored_at_ms()?)));
    let healing_ms = match &county {
        Ok((row, since)) if row.healing => Some(now.0.saturating_sub(since.unwrap_or(now.0))),
        _ => None,
    };
    let look = Look {
        is_readable: county.is_ok(),
        is_writable: store.probe_write(&code, now.0).is_ok(),
        is_migrated: store.is_migrated()?,
        free_bytes: free_bytes(data),
        healing_ms,
    };
    let readiness = look.readiness();
    say_server(&readiness, look.free_bytes);
    store.read(&code, |db| {
        let (received, parked, refused) = db.count_waiting()?;
        println!("{received} batches to be judged, {parked} parked, {refused} in quarantine");
        if db.county()?.healing {
            println!(
                "the county heals: until its devices have come no numbers are issued, and codes \
                 made before it was restored wait; new codes serve at once"
            );
        }
        // Whoever checks a file that left the house compares it with this one (`yidang-verify`).
        let key = County::load(db, &code)?.key;
        println!("the fingerprint of the county's key is {}", Fingerprint::of(&key));
        say_devices(db, &code)
    })?;
    Ok(if readiness.ready { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn say_server(readiness: &Readiness, free_bytes: Option<u64>) {
    if readiness.ready {
        println!("the server is ready");
    }
    for reason in &readiness.reasons {
        println!("NOT READY {}: {}", reason.name(), reason.cure());
    }
    if let Some(free) = free_bytes {
        println!("{} MiB free", free >> 20);
    }
}

fn say_devices(db: &Db<'_>, code: &str) -> Result<(), StoreError> {
    let (county, register, now) = (County::load(db, code)?, county::read_register(db)?, now());
    let (devices, found) = find(db, &county, now)?;
    println!("{devices} devices, {} in trouble", found.len());
    for (kind, count) in counts(&found) {
        println!("  {count} {}: {}", kind.name(), cure(kind));
    }
    for troubled in &found {
        let TroubledDevice { name, post, device, seen_on, troubles, .. } =
            told_on(&county, &register, troubled, now);
        let seen = seen_on.map_or_else(|| "-".to_owned(), |on| on.to_string());
        let what: Vec<String> = troubles.iter().map(said).collect();
        println!("{name}\t{post}\t{device}\t{seen}\t{}", what.join(", "));
    }
    Ok(())
}

/// `full 3 since 2026-11-20`.
fn said(trouble: &DeviceTrouble) -> String {
    let since = trouble.since.map(|on| format!(" since {on}")).unwrap_or_default();
    format!("{} {}{since}", trouble.kind.name(), trouble.count)
}

/// What helps a device.
const fn cure(kind: TroubleKind) -> &'static str {
    match kind {
        TroubleKind::Page => {
            "it cannot take what comes: update the application, then look at its log"
        }
        TroubleKind::Full => "its storage is full: make room on it",
        TroubleKind::Damaged => "its database is damaged: enrol it anew after it has handed in",
        TroubleKind::Waiting => {
            "what was written days ago is not judged: have it online for a while"
        }
        TroubleKind::Parked => {
            "what it handed in waits for changes that are missing: ask who else wrote"
        }
        TroubleKind::Refused => "much of it was refused: look at the posts of its person",
        TroubleKind::Clock => "its clock is hours off: set it by the network",
        TroubleKind::Left => "its person uses another one: revoke it if it is gone",
        TroubleKind::Old => "it runs an old version: update it",
    }
}
