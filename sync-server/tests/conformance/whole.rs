//! Transactions, readers, writers, reopening and copies.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use yidang_sync_protocol::{Chain, SigningSeed};
use yidang_sync_server::store::{LogKind, Result, Store, StoreError};
use yidang_sync_server::{Boundary, Witness};

use crate::samples::{change, document, id};
use crate::stores::{EPOCH, YANCHANG, county, every_county, every_store, found};
use crate::things::{all_seen, fill};

/// What a story itself finds wrong in the middle of a transaction.
#[derive(Debug)]
enum Mishap {
    /// The story gave up.
    GaveUp,
    /// The store did not do what it was asked.
    Store(StoreError),
}

impl From<StoreError> for Mishap {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

#[test]
fn a_store_says_that_it_holds_no_county_yet() {
    every_store(|ground| {
        let store = ground.open();
        store.probe().unwrap();
        assert!(store.is_migrated().unwrap());
        assert!(matches!(store.county(), Err(StoreError::NoCounty)));
        let row = store.read(YANCHANG, |db| db.county());
        assert!(matches!(row, Err(StoreError::NoCounty)));
        found(&store, YANCHANG);
        assert_eq!(store.county().unwrap(), YANCHANG);
        assert!(store.path().components().count() > 0);
    });
}

#[test]
fn what_was_committed_is_there_after_the_store_was_closed_and_opened() {
    every_store(|ground| {
        let store = ground.open();
        let own = found(&store, YANCHANG);
        own.write(|db| fill(db, 1));
        let kept = all_seen(&own);
        // As a process ends: nobody closes anything in order.
        std::mem::forget(store);
        let store = ground.open();
        assert!(store.is_migrated().unwrap());
        assert_eq!(all_seen(&county(&store, YANCHANG)), kept);
        drop(store);
        assert_eq!(all_seen(&county(&ground.open(), YANCHANG)), kept);
    });
}

#[test]
fn a_county_is_made_once() {
    every_county(|own| {
        let row = own.read(|db| db.county());
        own.refuses(|db| db.make_county(&row, 2));
        let same = own.read(|db| db.county());
        assert_eq!((same.seq, same.chain), (0, Chain::begin(YANCHANG, &EPOCH)));
        assert_eq!((same.first_epoch, same.epoch, same.incarnation), (EPOCH, EPOCH, 3));
    });
}

#[test]
fn an_error_in_the_middle_leaves_nothing() {
    every_county(|own| {
        let nothing = all_seen(own);
        let result = own.store.write(own.code, |db| {
            fill(db, 1)?;
            Err::<(), _>(Mishap::GaveUp)
        });
        assert!(matches!(result, Err(Mishap::GaveUp)));
        assert_eq!(all_seen(own), nothing);
        // The store's own word leaves as little, and what comes next stands on the same ground.
        own.write(|db| db.put_document(&document(1, "甲")));
        let before = all_seen(own);
        let result = own.store.write(own.code, |db| {
            db.append(LogKind::Batch, &id(1), b"batch", 1)?;
            db.put_change(&id(2), 1, &change(1, 0))?;
            Ok::<_, Mishap>(())
        });
        let Err(Mishap::Store(error)) = result else { panic!("a change without its document") };
        assert!(!error.to_string().is_empty());
        assert_eq!(all_seen(own), before);
    });
}

#[test]
fn a_panic_in_the_middle_leaves_nothing_and_hinders_nobody() {
    every_county(|own| {
        let nothing = all_seen(own);
        for tag in [1, 2] {
            let end = catch_unwind(AssertUnwindSafe(|| {
                own.store.write(own.code, |db| -> Result<()> {
                    fill(db, tag)?;
                    panic!("the engine panics on changed bytes")
                })
            }));
            assert!(end.is_err());
            assert_eq!(all_seen(own), nothing);
        }
        let end = catch_unwind(AssertUnwindSafe(|| {
            own.store.read(own.code, |_| -> Result<()> { panic!("while reading") })
        }));
        assert!(end.is_err());
        own.write(|db| fill(db, 2));
        assert_ne!(all_seen(own), nothing);
    });
}

#[test]
fn a_reader_sees_one_committed_state_whatever_is_written_meanwhile() {
    every_county(|own| {
        let nothing = all_seen(own);
        own.read(|db| {
            let before = (db.county()?.seq, db.setting("host")?);
            own.write(|db| fill(db, 1));
            assert_eq!((db.county()?.seq, db.setting("host")?), before, "it sees what came after");
            assert!(db.log_after(0, 9)?.is_empty());
            assert!(db.in_scope_after("[\"甲\"]", 0, 9)?.is_empty());
            Ok(())
        });
        let kept = all_seen(own);
        assert_ne!(kept, nothing);
        own.write(|db| {
            db.append(LogKind::Batch, &id(1), b"half", 1)?;
            db.set_setting("host", "half")?;
            assert_eq!(all_seen(own), kept, "somebody sees what is not committed");
            Ok(())
        });
        assert_ne!(all_seen(own), kept);
    });
}

#[test]
fn a_transaction_sees_what_it_wrote_itself() {
    every_county(|own| {
        own.write(|db| {
            fill(db, 1)?;
            let number = db.append(LogKind::Batch, b"", b"", 1)?;
            assert_eq!((number, db.county()?.seq), (5, 5));
            assert_eq!(db.find_households("\"common\"", &[], 9)?.0, 1);
            Ok(())
        });
    });
}

#[test]
fn whoever_reads_writes_nothing() {
    every_county(|own| {
        let nothing = all_seen(own);
        let result = own.store.read(own.code, |db| db.set_setting("host", "x"));
        assert!(result.is_err(), "a reader wrote");
        assert_eq!(all_seen(own), nothing);
    });
}

/// So many records each of four writers writes.
const RECORDS: u64 = 25;

/// Two processes, two threads each: whoever comes second stands on what the first one wrote.
#[test]
fn writers_come_one_after_the_other() {
    every_store(|ground| {
        let first = ground.open();
        found(&first, YANCHANG);
        let second = ground.open();
        let write = |store: &Store| {
            let own = county(store, YANCHANG);
            for _ in 0..RECORDS {
                own.write(|db| {
                    let count: u64 = db.setting("count")?.map_or(0, |count| count.parse().unwrap());
                    let seq = db.append(LogKind::Reference, b"", &count.to_be_bytes(), 1)?;
                    assert_eq!(seq, count + 1);
                    db.set_setting("count", &seq.to_string())
                });
            }
        };
        std::thread::scope(|scope| {
            for store in [&first, &second, &first, &second] {
                scope.spawn(move || write(store));
            }
        });
        let own = county(&first, YANCHANG);
        let log = own.read(|db| db.log_after(0, 1_000));
        let places: Vec<u64> = log.iter().map(|row| row.seq).collect();
        assert_eq!(places, (1..=4 * RECORDS).collect::<Vec<_>>());
        let end = log.iter().fold(Chain::begin(YANCHANG, &EPOCH), |chain, row| {
            chain.after(row.seq, row.kind, &row.document, &row.record)
        });
        assert_eq!(own.read(|db| db.county()).chain, end);
    });
}

#[test]
fn what_another_process_committed_is_seen_at_once() {
    every_store(|ground| {
        let (first, second) = (ground.open(), ground.open());
        let own = found(&first, YANCHANG);
        let theirs = county(&second, YANCHANG);
        let version = || theirs.read(|db| db.county()).register_version;
        assert_eq!(version(), 0);
        own.write(|db| db.touch_register());
        assert_eq!(version(), 1);
        own.write(|db| fill(db, 1));
        assert_eq!(all_seen(&theirs), all_seen(&own));
    });
}

#[test]
fn a_trial_write_changes_nothing_of_the_county_and_waits_for_nobody() {
    every_county(|own| {
        own.write(|db| fill(db, 1));
        let kept = all_seen(own);
        own.store.probe_write(own.code, 77).unwrap();
        assert_eq!(all_seen(own), kept);
        own.write(|_| own.store.probe_write(own.code, 78));
        own.store.probe().unwrap();
    });
}

#[test]
fn the_witness_hears_of_every_boundary_that_is_passed() {
    every_store(|ground| {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = Arc::clone(&heard);
        let witness = Witness::new(move |boundary| ear.lock().unwrap().push(boundary));
        let store = ground.open_before(witness);
        found(&store, YANCHANG);
        heard.lock().unwrap().clear();
        store.passed(Boundary::Received);
        county(&store, YANCHANG).write(|db| {
            db.passed(Boundary::Logged);
            Ok(())
        });
        assert_eq!(*heard.lock().unwrap(), [Boundary::Received, Boundary::Logged]);
    });
}

#[test]
fn a_copy_is_one_committed_state_and_never_written_over() {
    every_store(|ground| {
        let store = ground.open();
        let own = found(&store, YANCHANG);
        own.write(|db| fill(db, 1));
        let kept = all_seen(&own);
        let copy = ground.copy("tuesday");
        own.read(|_| own.store.backup(&copy));
        own.write(|db| db.set_setting("host", "after"));
        assert!(own.store.backup(&copy).is_err(), "a copy was written over");
        let tuesday = ground.open_copy(&copy);
        assert_eq!(all_seen(&county(&tuesday, YANCHANG)), kept);
        // Whoever goes on with the copy leaves the store alone.
        county(&tuesday, YANCHANG).write(|db| db.set_setting("host", "copy"));
        assert_eq!(own.read(|db| db.setting("host")).as_deref(), Some("after"));
    });
}

#[test]
fn a_sound_store_finds_nothing_wrong_with_itself() {
    every_county(|own| {
        own.write(|db| fill(db, 1));
        assert_eq!(own.read(|db| db.integrity()), [""; 0]);
    });
}

#[test]
fn settings_epochs_and_keys_are_those_that_were_set_last() {
    every_county(|own| {
        assert_eq!(own.read(|db| db.setting("visit_rule")), None);
        own.write(|db| db.set_setting("visit_rule", "{\"days\":[10,20,30]}"));
        own.write(|db| db.set_setting("visit_rule", ""));
        assert_eq!(own.read(|db| db.setting("visit_rule")).as_deref(), Some(""));
        own.write(|db| db.begin_epoch(&id(2)));
        let row = own.read(|db| db.county());
        assert_eq!((row.first_epoch, row.epoch, row.healing), (EPOCH, id(2), true));
        own.write(|db| db.end_healing());
        let seed = SigningSeed([8; 32]);
        own.write(|db| db.set_server(&seed, &id(9), u32::MAX));
        own.write(|db| db.touch_register());
        let row = own.read(|db| db.county());
        assert!(!row.healing);
        assert_eq!((row.server_seed.0, row.seed.0), ([8; 32], [1; 32]));
        assert_eq!((row.server_certificate, row.incarnation), (id(9), u32::MAX));
        assert_eq!(row.register_version, 1);
    });
}
