//! Two counties in one store never see each other: every method is about its own county alone.

use crate::samples::id;
use crate::stores::{YANCHANG, YANCHUAN, every_store, found};
use crate::things::{THINGS, all_seen, fill};

#[test]
fn what_one_county_keeps_no_other_one_sees() {
    every_store(|ground| {
        let store = ground.open();
        let (own, other) = (found(&store, YANCHANG), found(&store, YANCHUAN));
        let nothing = all_seen(&other);
        own.write(|db| fill(db, 1));
        assert_eq!(all_seen(&other), nothing, "延川 sees what 延长 keeps");
        let kept = all_seen(&own);
        other.write(|db| fill(db, 2));
        assert_eq!(all_seen(&own), kept, "延长 sees what 延川 keeps");
        let theirs = all_seen(&other);
        for (((table, own), (_, other)), (_, nothing)) in kept.iter().zip(&theirs).zip(&nothing) {
            assert_ne!(own, other, "nothing is seen of {table}");
            assert_ne!(nothing, other, "nothing was put into {table}");
        }
    });
}

#[test]
fn what_one_county_changes_and_clears_away_is_its_own() {
    every_store(|ground| {
        let store = ground.open();
        let (own, other) = (found(&store, YANCHANG), found(&store, YANCHUAN));
        own.write(|db| fill(db, 1));
        other.write(|db| fill(db, 2));
        let kept = all_seen(&other);
        for thing in &THINGS {
            let before = all_seen(&own);
            own.write(thing.change);
            assert_ne!(all_seen(&own), before, "nothing changes {:?}", thing.tables);
            assert_eq!(all_seen(&other), kept, "{:?} changed in both", thing.tables);
        }
    });
}

#[test]
fn what_one_county_destroys_the_other_one_keeps() {
    every_store(|ground| {
        let store = ground.open();
        let (own, other) = (found(&store, YANCHANG), found(&store, YANCHUAN));
        own.write(|db| fill(db, 1));
        other.write(|db| fill(db, 2));
        let kept = all_seen(&other);
        own.write(|db| db.erase_document(&id(1)));
        assert!(own.store.scrub(own.code).unwrap());
        assert!(!own.read(|db| db.has_words_of(&id(1))));
        assert_eq!(all_seen(&other), kept);
    });
}

/// The search may be one for all: whoever empties it owes every county its lines.
#[test]
fn no_county_misses_its_lines_because_another_one_forgot_them() {
    every_store(|ground| {
        let store = ground.open();
        let (own, other) = (found(&store, YANCHANG), found(&store, YANCHUAN));
        own.write(|db| fill(db, 1));
        other.write(|db| fill(db, 2));
        own.write(|db| db.forget_lines());
        let (found, owes) =
            other.read(|db| Ok((db.find_households("\"common\"", &[], 9)?.0, db.owes_lines()?)));
        assert!(found == 1 || owes, "延川 finds nobody and does not know it");
        assert_eq!(other.read(|db| db.count_households()), 1);
        other.write(|db| db.lines_are_made());
        assert!(own.read(|db| db.owes_lines()), "what 延川 made anew is not what 延长 owes");
    });
}
