//! Which documents a unit reads, since when, and what is new for it.

use yidang_sync_server::store::ScopeRow;

use crate::samples::{case, day_off, document, household, id, keys, units};
use crate::stores::every_county;

const fn row(number: u8, since_seq: u64, last_seq: u64, gone: bool) -> ScopeRow {
    ScopeRow { document: id(number), since_seq, last_seq, gone }
}

#[test]
fn a_unit_reads_a_document_from_the_day_it_came_until_it_left() {
    every_county(|own| {
        own.write(|db| db.index_document(&id(1), &units(&["甲", "乙"]), 3));
        own.write(|db| db.index_document(&id(1), &units(&["甲", "乙"]), 5));
        let first = own.read(|db| db.scope_of(&id(1)));
        assert_eq!(first, [("乙".into(), row(1, 3, 5, false)), ("甲".into(), row(1, 3, 5, false))]);
        // It moves from 乙 to 丙; 乙 keeps a mark, and further records are none of its business.
        own.write(|db| db.index_document(&id(1), &units(&["甲", "丙"]), 7));
        own.write(|db| db.index_document(&id(1), &units(&["甲", "丙"]), 8));
        own.read(|db| {
            let of = db.scope_of(&id(1))?;
            assert!(of.contains(&("乙".into(), row(1, 3, 7, true))), "{of:?}");
            assert!(of.contains(&("丙".into(), row(1, 7, 8, false))), "{of:?}");
            assert!(of.contains(&("甲".into(), row(1, 3, 8, false))), "{of:?}");
            let mut reads = db.read_in(&id(1))?;
            reads.sort();
            assert_eq!(reads, units(&["丙", "甲"]));
            assert_eq!(db.ever_in(&id(1))?, units(&["丙", "乙", "甲"]));
            assert_eq!(db.documents_under("甲")?, [id(1)]);
            assert!(db.documents_under("乙")?.is_empty());
            Ok(())
        });
        // It comes back: what 乙 has of the time before is not without a break.
        own.write(|db| db.index_document(&id(1), &units(&["甲", "乙"]), 9));
        let back = own.read(|db| db.scope_row_after(&keys(&["乙"]), &id(1), 0));
        assert_eq!(back, Some(row(1, 9, 9, false)));
    });
}

#[test]
fn what_is_new_comes_in_the_order_of_the_log_and_in_parts() {
    every_county(|own| {
        own.write(|db| {
            db.index_document(&id(5), &units(&["甲"]), 1)?;
            db.index_document(&id(3), &units(&["甲", "乙"]), 2)?;
            db.index_document(&id(4), &units(&["乙"]), 2)?;
            db.index_document(&id(1), &units(&["丙"]), 3)?;
            db.index_document(&id(2), &units(&["甲"]), 4)?;
            db.index_document(&id(5), &units(&["甲"]), 6)?;
            db.index_document(&id(2), &units(&[]), 7)
        });
        own.read(|db| {
            let both = keys(&["甲", "乙"]);
            let all =
                [row(3, 2, 2, false), row(4, 2, 2, false), row(5, 1, 6, false), row(2, 0, 7, true)];
            assert_eq!(db.in_scope_after(&both, 0, 9)?, all);
            assert_eq!(db.in_scope_after(&both, 0, 2)?, all[..2]);
            assert_eq!(db.in_scope_after(&both, 2, 9)?, all[2..]);
            assert!(db.in_scope_after(&both, 7, 9)?.is_empty());
            assert!(db.in_scope_after(&both, u64::MAX, 9)?.is_empty());
            assert!(db.in_scope_after("[]", 0, 9)?.is_empty());
            assert!(db.in_scope_after(&keys(&["没有"]), 0, 9)?.is_empty());
            assert_eq!(db.count_in_scope(&both)?, 3, "each of them once, and what left not at all");
            Ok(())
        });
    });
}

#[test]
fn whoever_reads_in_two_units_reads_a_document_that_lies_in_either() {
    every_county(|own| {
        own.write(|db| db.index_document(&id(1), &units(&["甲", "乙"]), 2));
        own.write(|db| db.index_document(&id(1), &units(&["乙"]), 5));
        own.read(|db| {
            let (one, both) = (keys(&["甲"]), keys(&["甲", "乙"]));
            assert_eq!(db.scope_row_after(&both, &id(1), 0)?, Some(row(1, 2, 5, false)));
            assert_eq!(db.in_scope_after(&both, 0, 9)?, [row(1, 2, 5, false)]);
            assert_eq!(db.scope_row_after(&one, &id(1), 0)?, Some(row(1, 0, 5, true)));
            assert_eq!(db.scope_row_after(&one, &id(1), 5)?, None);
            assert_eq!(db.scope_row_after(&one, &id(2), 0)?, None);
            assert!(!db.is_in_scope(&one, &id(1))? && db.is_in_scope(&both, &id(1))?);
            assert!(!db.is_in_scope("[]", &id(1))?);
            Ok(())
        });
    });
}

#[test]
fn whoever_changes_units_leaves_behind_what_lies_in_the_old_ones_alone() {
    every_county(|own| {
        own.write(|db| {
            db.index_document(&id(1), &units(&["甲"]), 1)?;
            db.index_document(&id(2), &units(&["甲", "乙"]), 2)?;
            db.index_document(&id(3), &units(&["乙"]), 3)?;
            db.index_document(&id(4), &units(&["甲"]), 4)?;
            db.index_document(&id(4), &units(&["丙"]), 6)
        });
        own.read(|db| {
            let (old, new) = (keys(&["甲"]), keys(&["乙"]));
            let mut left = db.left_behind(&old, &new, 5)?;
            left.sort_unstable();
            assert_eq!(left, [id(1), id(4)]);
            assert_eq!(db.left_behind(&old, &new, 6)?, [id(1)], "it was told of the other one");
            assert_eq!(db.left_behind(&new, &keys(&["甲"]), 0)?, [id(3)]);
            assert!(db.left_behind(&old, &old, 6)?.is_empty());
            Ok(())
        });
    });
}

#[test]
fn what_is_closed_is_left_for_the_evening() {
    every_county(|own| {
        own.write(|db| {
            for (number, seq) in [(1, 1), (2, 2), (3, 3), (4, 4)] {
                db.index_document(&id(number), &units(&["甲"]), seq)?;
            }
            db.put_case(&id(1), &case("甲", "closed", ""))?;
            db.put_case(&id(2), &case("甲", "accepted", ""))?;
            // The third is no case file; the fourth left.
            db.put_case(&id(4), &case("甲", "found", ""))?;
            db.index_document(&id(4), &units(&["乙"]), 5)
        });
        own.read(|db| {
            let one = keys(&["甲"]);
            assert_eq!(db.open_cases_after(&one, 0, 9)?, [row(2, 2, 2, false)]);
            assert!(db.open_cases_after(&one, 2, 9)?.is_empty());
            let both = keys(&["甲", "乙"]);
            assert_eq!(
                db.open_cases_after(&both, 0, 9)?,
                [row(2, 2, 2, false), row(4, 5, 5, false)]
            );
            assert_eq!(db.open_cases_after(&both, 0, 1)?.len(), 1);
            Ok(())
        });
    });
}

#[test]
fn an_index_that_is_made_anew_keeps_the_marks_of_those_that_left() {
    every_county(|own| {
        own.write(|db| {
            db.index_document(&id(1), &units(&["甲", "乙"]), 4)?;
            db.index_document(&id(1), &units(&["甲"]), 6)?;
            db.index_document(&id(2), &units(&["甲"]), 5)?;
            db.forget_scope(&id(1), 2)
        });
        own.read(|db| {
            assert_eq!(db.scope_of(&id(1))?, [("乙".into(), row(1, 2, 2, true))]);
            assert_eq!(db.documents_under("甲")?, [id(2)], "the other one stays");
            Ok(())
        });
    });
}

#[test]
fn what_reads_no_document_is_forgotten_with_the_lines() {
    every_county(|own| {
        own.write(|db| {
            db.put_document(&document(1, "甲"))?;
            db.index_document(&id(1), &units(&["甲"]), 1)?;
            db.index_document(&id(2), &units(&["甲"]), 2)?;
            db.put_case(&id(1), &case("甲", "found", ""))?;
            db.put_household(&household(3, "李例二", "甲"), "li")?;
            db.put_village_day(&day_off("甲", "下雪"))?;
            db.forget_lines()
        });
        own.read(|db| {
            assert_eq!(db.documents_under("甲")?, [id(1)]);
            assert_eq!((db.case(&id(1))?, db.count_households()?), (None, 0));
            assert!(db.village_days()?.is_empty() && db.owes_lines()?);
            assert_eq!(db.find_households("\"li\"", &[], 9)?.0, 0);
            assert!(db.document(&id(1))?.is_some());
            Ok(())
        });
    });
}

#[test]
fn the_units_behind_a_hash_are_those_that_were_told_first() {
    every_county(|own| {
        for hash in [0, 1, u64::MAX] {
            assert_eq!(own.read(|db| db.scope_of_hash(hash)), None);
            own.write(|db| db.remember_scope(hash, &format!("[\"{hash}\"]")));
            own.write(|db| db.remember_scope(hash, "[]"));
        }
        for hash in [0, 1, u64::MAX] {
            let keys = own.read(|db| db.scope_of_hash(hash));
            assert_eq!(keys, Some(format!("[\"{hash}\"]")));
        }
    });
}
