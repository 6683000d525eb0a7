//! Quarantine, changes that will never be in the log, and devices that nobody reads.

use yidang_sync_server::store::{Lying, QuarantineRow, Refusal};

use crate::samples::{because, hash, id, refused};
use crate::stores::every_county;

#[test]
fn a_refusal_is_told_as_it_was_written() {
    every_county(|own| {
        let refusal = Refusal {
            code: "orphaned".into(),
            position: u32::MAX,
            by: Some(id(8)),
            rule: "stage".into(),
            reason: "这份档案已经结了".into(),
        };
        let row = QuarantineRow { refusal: refusal.clone(), ..refused(1, 7, "") };
        own.write(|db| db.quarantine(&row, 9, 5));
        own.write(|db| db.quarantine(&refused(2, 7, "fork"), 9, 6));
        own.read(|db| {
            assert_eq!(db.refusal(&id(1))?, Some(refusal.clone()));
            assert_eq!(db.quarantined(&id(1))?.as_deref(), Some("orphaned"));
            let plain = Refusal { code: "fork".into(), ..Refusal::default() };
            assert_eq!(db.refusal(&id(2))?, Some(plain));
            assert_eq!((db.refusal(&id(3))?, db.quarantined(&id(3))?), (None, None));
            assert_eq!(db.quarantined_batches()?, [(id(1), vec![1; 20]), (id(2), vec![2; 20])]);
            assert_eq!(db.count_waiting()?, (0, 0, 2));
            Ok(())
        });
        // It is refused again, for another reason.
        own.write(|db| db.quarantine(&refused(1, 7, "rights"), 9, 7));
        assert_eq!(own.read(|db| db.quarantined(&id(1))).as_deref(), Some("rights"));
        own.write(|db| db.pardon(&id(1)));
        assert_eq!(own.read(|db| db.quarantined(&id(1))), None);
    });
}

#[test]
fn what_nobody_signed_takes_the_place_of_nothing_and_is_nobodys_refusal() {
    every_county(|own| {
        let unsigned = |code| QuarantineRow { certificate: Vec::new(), ..refused(1, 7, code) };
        own.write(|db| db.quarantine(&unsigned("signature"), 9, 5));
        own.read(|db| {
            assert_eq!(db.quarantined(&id(1))?.as_deref(), Some("signature"));
            assert_eq!(db.refusal(&id(1))?, None, "its author never signed it");
            assert!(db.refused_by(0)?.is_empty());
            Ok(())
        });
        own.write(|db| db.quarantine(&refused(1, 7, "rights"), 9, 6));
        own.write(|db| db.quarantine(&unsigned("signature"), 9, 7));
        assert_eq!(own.read(|db| db.refusal(&id(1))).unwrap().code, "rights");
    });
}

#[test]
fn of_one_author_only_the_newest_stay_in_quarantine() {
    every_county(|own| {
        let other = QuarantineRow { certificate: id(0xa2).to_vec(), ..refused(9, 7, "fork") };
        own.write(|db| {
            db.quarantine(&other, 2, 1)?;
            (1..=4).try_for_each(|number| db.quarantine(&refused(number, 7, "fork"), 2, 5))
        });
        let left = own.read(|db| db.quarantined_batches());
        let left: Vec<[u8; 16]> = left.into_iter().map(|(id, _)| id).collect();
        assert_eq!(left, [id(9), id(3), id(4)]);
        own.read(|db| {
            let by = db.refused_by(4)?;
            assert_eq!(
                by.into_iter().collect::<Vec<_>>(),
                [(id(0xa1), Lying { count: 2, since_ms: 5 })]
            );
            assert_eq!(db.refused_by(0)?.len(), 2);
            assert!(db.refused_by(5)?.is_empty(), "after that moment, not at it");
            Ok(())
        });
    });
}

#[test]
fn a_county_that_went_back_pardons_what_it_refused_since_but_for_two_reasons() {
    every_county(|own| {
        own.write(|db| {
            for (number, code, at_ms) in
                [(1, "rights", 4), (2, "rights", 5), (3, "crashed", 6), (4, "declined", 7)]
            {
                db.quarantine(&refused(number, 7, code), 9, at_ms)?;
            }
            db.pardon_since(5, ["crashed", "declined"])
        });
        let left = own.read(|db| db.quarantined_batches());
        let left: Vec<[u8; 16]> = left.into_iter().map(|(id, _)| id).collect();
        assert_eq!(left, [id(1), id(3), id(4)]);
    });
}

#[test]
fn a_change_that_was_refused_stays_refused_as_it_was_said_first() {
    every_county(|own| {
        let refuse = |numbers: &[u8], batch, rule| {
            let hashes: Vec<[u8; 32]> = numbers.iter().map(|number| hash(*number)).collect();
            let why = because(batch, rule);
            own.write(|db| db.refuse_changes(&id(7), &hashes, &why, &id(0xa1), 100));
        };
        refuse(&[1, 2], 3, "rights");
        refuse(&[2, 3], 4, "fork");
        refuse(&[], 5, "fork");
        own.read(|db| {
            let why = |number| db.refused_change(&id(7), &hash(number));
            assert_eq!(
                (why(1)?, why(2)?),
                (Some(because(3, "rights")), Some(because(3, "rights")))
            );
            assert_eq!((why(3)?, why(4)?), (Some(because(4, "fork")), None));
            assert_eq!(
                db.refused_change(&id(8), &hash(1))?,
                None,
                "of another document it is none"
            );
            Ok(())
        });
        own.write(|db| db.forgive_change(&id(7), &hash(2)));
        assert_eq!(own.read(|db| db.refused_change(&id(7), &hash(2))), None);
    });
}

#[test]
fn of_one_author_only_the_newest_refused_changes_are_remembered() {
    every_county(|own| {
        own.write(|db| {
            db.refuse_changes(&id(7), &[hash(9)], &because(1, "fork"), &id(0xa2), 2)?;
            for number in 1..=4 {
                let why = &because(number, "fork");
                db.refuse_changes(&id(7), &[hash(number)], why, &id(0xa1), 2)?;
            }
            Ok(())
        });
        for (number, is_left) in [(1, false), (2, false), (3, true), (4, true), (9, true)] {
            let why = own.read(|db| db.refused_change(&id(7), &hash(number)));
            assert_eq!(why.is_some(), is_left, "{number}");
        }
    });
}

#[test]
fn a_device_whose_batches_end_readers_is_suspended_until_somebody_lifts_it() {
    every_county(|own| {
        assert!(!own.write(|db| db.count_crash(&id(1), 2, 5)));
        assert!(!own.read(|db| db.is_suspended(&id(1))));
        assert!(own.write(|db| db.count_crash(&id(1), 2, 6)), "by this one");
        assert!(own.read(|db| db.is_suspended(&id(1))));
        assert!(!own.write(|db| db.count_crash(&id(1), 2, 7)), "it was already");
        assert!(!own.read(|db| db.is_suspended(&id(2))));
        assert!(own.write(|db| db.lift_suspension(&id(1))));
        assert!(!own.write(|db| db.lift_suspension(&id(1))));
        assert!(!own.read(|db| db.is_suspended(&id(1))));
        assert!(!own.write(|db| db.count_crash(&id(1), 2, 8)), "it begins anew");
    });
}
