//! Batches that were received and not judged, and those that wait for changes or for a person.

use yidang_sync_server::store::{Admission, Lying, ParkedRow, Undone};

use crate::samples::{act, hash, id, in_review, parked};
use crate::stores::{County, YANCHANG, county, every_county, every_store, found};

/// The names of what lies in the inbox, oldest first.
fn inbox(own: &County<'_>) -> Vec<[u8; 16]> {
    own.read(|db| db.inbox()).iter().map(|received| received.id).collect()
}

const fn admission<'a>(batch: &'a [u8; 16], user: &'a str) -> Admission<'a> {
    Admission {
        batch, user, certificate: &[0xa9; 16], reason: "他来过所里", at_ms: 7, undo: false
    }
}

fn names(rows: &[ParkedRow]) -> Vec<[u8; 16]> {
    rows.iter().map(|row| row.id).collect()
}

#[test]
fn what_was_received_is_judged_in_the_order_in_which_it_came() {
    every_county(|own| {
        own.write(|db| {
            db.receive(&id(3), b"late", 9)?;
            db.receive(&id(2), b"first", 5)?;
            db.receive(&id(1), b"second", 5)?;
            db.receive(&id(2), b"again, other bytes", 1)
        });
        assert_eq!(inbox(own), [id(2), id(1), id(3)]);
        own.read(|db| {
            let all = [b"first".to_vec(), b"second".to_vec(), b"late".to_vec()];
            assert_eq!(db.unjudged(9)?, all);
            assert_eq!(db.unjudged(2)?, all[..2]);
            assert!(db.is_received(&id(2))? && !db.is_received(&id(9))?);
            assert_eq!(db.inbox()?[0].at_ms, 5);
            assert_eq!(db.count_waiting()?, (3, 0, 0));
            Ok(())
        });
        own.write(|db| db.judged(&id(2)));
        own.write(|db| db.judged(&id(2)));
        assert_eq!(inbox(own), [id(1), id(3)]);
    });
}

#[test]
fn what_was_received_outlives_the_process_that_took_it() {
    every_store(|ground| {
        let store = ground.open();
        found(&store, YANCHANG).write(|db| db.receive(&id(1), b"batch", 5));
        std::mem::forget(store);
        let store = ground.open();
        assert_eq!(inbox(&county(&store, YANCHANG)), [id(1)]);
    });
}

#[test]
fn starts_that_did_not_come_through_are_counted() {
    every_county(|own| {
        own.write(|db| {
            db.receive(&id(1), b"one", 1)?;
            db.receive(&id(2), b"two", 2)
        });
        assert!(own.read(|db| db.tried()).is_empty());
        own.write(|db| db.try_all());
        // What comes meanwhile was not tried by that start.
        own.write(|db| db.receive(&id(3), b"three", 3));
        let tries = |own: &County<'_>| -> Vec<([u8; 16], u32)> {
            own.read(|db| db.tried()).iter().map(|row| (row.id, row.tries)).collect()
        };
        assert_eq!(tries(own), [(id(1), 1), (id(2), 1)]);
        own.write(|db| db.try_alone(&id(2)));
        own.write(|db| db.try_all());
        assert_eq!(tries(own), [(id(1), 1), (id(2), 2), (id(3), 1)]);
        assert_eq!(own.read(|db| db.tried())[1].bytes, b"two");
        own.write(|db| db.forget_tries());
        assert!(tries(own).is_empty());
        assert_eq!(inbox(own).len(), 3, "what was tried is still to be judged");
    });
}

#[test]
fn a_batch_waits_until_the_last_change_it_lacks_is_there() {
    every_county(|own| {
        own.write(|db| {
            db.park(&parked(1, 7, 10), &[hash(2), hash(1), hash(2)])?;
            db.park(&parked(2, 7, 11), &[hash(1)])?;
            db.park(&parked(3, 8, 12), &[hash(1)])
        });
        own.read(|db| {
            assert_eq!(db.missing_of(&id(1))?, [hash(1), hash(2)]);
            assert_eq!(db.waiting_for(&id(7), &hash(1))?, [id(1), id(2)]);
            assert_eq!(db.waiting_for(&id(8), &hash(1))?, [id(3)]);
            assert!(db.waiting_for(&id(7), &hash(9))?.is_empty());
            assert_eq!(names(&db.parked_of(&id(7))?), [id(1), id(2)]);
            Ok(())
        });
        assert_eq!(own.write(|db| db.arrived(&id(7), &hash(1))), [id(2)]);
        assert!(own.write(|db| db.arrived(&id(7), &hash(1))).is_empty(), "nobody waits for it now");
        assert_eq!(own.write(|db| db.arrived(&id(7), &hash(2))), [id(1)]);
        own.read(|db| {
            assert!(db.missing_of(&id(1))?.is_empty());
            assert_eq!(
                db.missing_of(&id(3))?,
                [hash(1)],
                "another document's change is another one"
            );
            assert!(db.parked(&id(1))?.is_some(), "it is judged before it leaves");
            Ok(())
        });
        own.write(|db| db.unpark(&id(1)));
        assert!(own.read(|db| db.parked(&id(1))).is_none());
    });
}

#[test]
fn a_batch_that_waits_already_waits_for_something_else_and_as_long_as_it_did() {
    every_county(|own| {
        own.write(|db| db.park(&parked(1, 7, 10), &[hash(1)]));
        let again = ParkedRow { bytes: b"other".to_vec(), ..parked(1, 7, 50) };
        own.write(|db| db.park(&again, &[hash(2)]));
        own.read(|db| {
            let row = db.parked(&id(1))?.unwrap();
            assert_eq!((row.at_ms, row.bytes, row.review), (10, vec![1; 10], false));
            assert_eq!((row.document, row.certificate), (id(7), id(0xa1)));
            assert_eq!(db.missing_of(&id(1))?, [hash(2)]);
            Ok(())
        });
        // It turns out that a person has to look: since when it waits stays. What a person admitted begins
        // to wait for changes only then.
        own.write(|db| db.park(&in_review(1, 7, 60), &[]));
        let row = own.read(|db| db.parked(&id(1))).unwrap();
        assert_eq!((row.at_ms, row.review), (10, true));
        own.write(|db| db.park(&parked(1, 7, 70), &[hash(3)]));
        let row = own.read(|db| db.parked(&id(1))).unwrap();
        assert_eq!((row.at_ms, row.review), (70, false));
    });
}

#[test]
fn who_waits_for_a_person_is_listed_and_waits_as_long_as_it_takes() {
    every_county(|own| {
        own.write(|db| {
            db.park(&parked(1, 7, 10), &[hash(1)])?;
            db.park(&in_review(2, 7, 12), &[])?;
            db.park(&in_review(3, 8, 11), &[])?;
            db.park(&parked(4, 7, 100), &[hash(1)])
        });
        own.read(|db| {
            assert_eq!(names(&db.in_review(None)?), [id(3), id(2)]);
            assert_eq!(names(&db.in_review(Some(&id(7)))?), [id(2)]);
            assert_eq!(db.count_waiting()?, (0, 4, 0));
            Ok(())
        });
        assert_eq!(own.write(|db| db.expire_parked(10)), 0, "not before its time is over");
        assert_eq!(own.write(|db| db.expire_parked(100)), 1);
        own.read(|db| {
            assert!(db.parked(&id(1))?.is_none());
            assert_eq!(
                db.waiting_for(&id(7), &hash(1))?,
                [id(4)],
                "what is gone waits for nothing"
            );
            assert_eq!(db.in_review(None)?.len(), 2);
            Ok(())
        });
    });
}

#[test]
fn what_waits_is_weighed_by_author_and_by_document() {
    every_county(|own| {
        let other = |row: ParkedRow| ParkedRow { certificate: id(0xa2), ..row };
        own.write(|db| {
            db.park(&parked(1, 7, 30), &[hash(1)])?;
            db.park(&parked(2, 8, 20), &[hash(1)])?;
            db.park(&other(parked(3, 8, 40)), &[hash(1)])
        });
        own.read(|db| {
            assert_eq!((db.parked_bytes(&id(0xa1))?, db.parked_bytes(&id(0xa2))?), (20, 10));
            assert_eq!((db.parked_bytes_of(&id(7))?, db.parked_bytes_of(&id(8))?), (10, 20));
            assert_eq!((db.parked_bytes(&id(9))?, db.parked_bytes_of(&id(9))?), (0, 0));
            let by = db.parked_by()?;
            assert_eq!(by[&id(0xa1)], Lying { count: 2, since_ms: 20 });
            assert_eq!(by[&id(0xa2)], Lying { count: 1, since_ms: 40 });
            Ok(())
        });
    });
}

#[test]
fn a_part_of_an_action_is_forgotten_when_it_leaves_the_parking() {
    every_county(|own| {
        own.refuses(|db| db.put_act_part(&act(1), &id(7), &id(1)));
        own.write(|db| {
            db.park(&parked(1, 7, 1), &[])?;
            db.park(&parked(2, 8, 1), &[])?;
            for (document, batch) in [(id(8), id(2)), (id(7), id(1)), (id(7), id(1))] {
                db.put_act_part(&act(1), &document, &batch)?;
            }
            Ok(())
        });
        let parts = own.read(|db| db.act_parts(&act(1)));
        assert_eq!(parts, [(id(7), id(1)), (id(8), id(2))]);
        own.write(|db| db.unpark(&id(1)));
        assert_eq!(own.read(|db| db.act_parts(&act(1))), [(id(8), id(2))]);
        own.write(|db| db.expire_parked(2));
        assert!(own.read(|db| db.act_parts(&act(1))).is_empty());
    });
}

#[test]
fn the_first_word_about_a_batch_counts() {
    every_county(|own| {
        own.write(|db| db.settle(&id(1), 40, 5));
        own.write(|db| db.settle(&id(1), 41, 6));
        assert_eq!(own.read(|db| db.settled(&id(1))), Some(40));
        assert_eq!(own.read(|db| db.settled(&id(2))), None);
        assert!(!own.read(|db| db.is_admitted(&id(1))));
        own.write(|db| db.admit(&admission(&id(1), "zhao")));
        own.write(|db| db.admit(&admission(&id(1), "li")));
        assert!(own.read(|db| db.is_admitted(&id(1))));
        assert!(!own.read(|db| db.is_placed(&id(1))));
        own.write(|db| db.put_placed(&id(1), &id(0xe1), 9));
        own.write(|db| db.put_placed(&id(1), &id(0xe2), 8));
        assert!(own.read(|db| db.is_placed(&id(1))));
        own.write(|db| db.drop_placed(&id(1)));
        assert!(!own.read(|db| db.is_placed(&id(1))));
    });
}

#[test]
fn what_was_undone_of_a_batch_is_said_once() {
    every_county(|own| {
        let said = |reason: &str| Undone {
            changes: vec![hash(1), hash(2)],
            rule: "closed".to_owned(),
            reason: reason.to_owned(),
        };
        own.write(|db| {
            db.put_undone(&id(1), &said("已经销号"))?;
            db.put_undone(&id(1), &said("又说一次"))
        });
        assert_eq!(
            own.read(|db| db.undone(&id(1))),
            Some(said("已经销号")),
            "the first word counts"
        );
        assert_eq!(own.read(|db| db.undone(&id(2))), None);
        own.write(|db| {
            db.admit(&Admission { undo: true, ..admission(&id(3), "zhao") })?;
            db.admit(&admission(&id(4), "zhao"))
        });
        assert_eq!(own.read(|db| db.why_undo(&id(3))), Some("他来过所里".to_owned()));
        assert_eq!(own.read(|db| db.why_undo(&id(4))), None, "it stays as it was written");
    });
}
