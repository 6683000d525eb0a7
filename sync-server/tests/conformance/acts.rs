//! Actions over several documents: what of them is in the log, and which will never be.

use yidang_sync_server::store::ActName;

use crate::samples::{act, because, id};
use crate::stores::every_county;

#[test]
fn documents_of_one_action_go_together() {
    every_county(|own| {
        own.write(|db| {
            db.took_act(&act(1), &id(7), 10)?;
            db.took_act(&act(1), &id(8), 11)?;
            db.took_act(&act(1), &id(8), 12)?;
            db.took_act(&act(2), &id(7), 20)?;
            db.took_act(&act(2), &id(9), 21)?;
            // Another author called theirs the same.
            db.took_act(&ActName { certificate: id(0xa2), ..act(1) }, &id(6), 13)
        });
        own.read(|db| {
            assert_eq!(db.taken_of_act(&act(1))?, [id(7), id(8)]);
            assert!(db.taken_of_act(&act(3))?.is_empty());
            assert_eq!(db.together_with(&id(7), 0)?, [id(8), id(9)]);
            assert_eq!(db.together_with(&id(7), 10)?, [id(9)]);
            assert_eq!(db.together_with(&id(8), 10)?, [id(7)], "it is there since 11");
            assert!(db.together_with(&id(8), 11)?.is_empty());
            assert!(db.together_with(&id(7), u64::MAX)?.is_empty());
            assert!(db.together_with(&id(5), 0)?.is_empty());
            Ok(())
        });
    });
}

#[test]
fn an_action_that_was_refused_stays_refused_until_it_is_forgiven() {
    every_county(|own| {
        own.write(|db| db.refuse_act(&act(1), &because(3, "rights"), 9));
        own.write(|db| db.refuse_act(&act(1), &because(4, "fork"), 9));
        own.read(|db| {
            assert_eq!(db.refused_act(&act(1))?, Some(because(3, "rights")));
            assert_eq!(db.refused_act(&act(2))?, None);
            assert_eq!(db.refused_act(&ActName { certificate: id(0xa2), ..act(1) })?, None);
            Ok(())
        });
        own.write(|db| db.forgive_act(&act(1)));
        assert_eq!(own.read(|db| db.refused_act(&act(1))), None);
    });
}

#[test]
fn of_one_author_only_the_newest_refused_actions_are_remembered() {
    every_county(|own| {
        own.write(|db| {
            let theirs = ActName { certificate: id(0xa2), ..act(9) };
            db.refuse_act(&theirs, &because(9, "fork"), 2)?;
            (1..=4).try_for_each(|number| db.refuse_act(&act(number), &because(number, "fork"), 2))
        });
        for (number, is_left) in [(1, false), (2, false), (3, true), (4, true)] {
            let root = own.read(|db| db.refused_act(&act(number)));
            assert_eq!(root.is_some(), is_left, "{number}");
        }
        let theirs = ActName { certificate: id(0xa2), ..act(9) };
        assert!(own.read(|db| db.refused_act(&theirs)).is_some());
    });
}
