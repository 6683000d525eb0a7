//! Lines of households, the search for them, and what spreadsheets said.

use yidang_domain::finding::{query, tokens};
use yidang_sync_server::store::{HouseholdLine, ImportedRow, StoreError};

use crate::samples::{hash, household, id, units};
use crate::stores::{County, every_county};

const GRID_6: &str = "6106211032032006";
const GRID_7: &str = "6106211032032007";
const VILLAGE: &str = "610621103203";

/// Who is found by what somebody typed, in these units.
fn find(own: &County<'_>, typed: &str, orgs: &[&str], most: u32) -> (u32, Vec<String>) {
    let (query, orgs) = (query(typed).unwrap(), units(orgs));
    let (total, lines) = own.read(|db| db.find_households(&query, &orgs, most));
    (total, lines.into_iter().map(|line| line.head).collect())
}

fn put(own: &County<'_>, line: &HouseholdLine) {
    own.write(|db| db.put_household(line, &tokens(&line.head)));
}

#[test]
fn a_household_is_found_by_its_words_and_where_it_lies() {
    every_county(|own| {
        put(own, &household(1, "王样一", GRID_6));
        put(own, &household(2, "王例二", GRID_7));
        put(own, &household(3, "赵测三", GRID_7));
        assert_eq!(find(own, "王", &[], 9), (2, vec!["王样一".into(), "王例二".into()]));
        assert_eq!(find(own, "王样", &[], 9), (1, vec!["王样一".into()]));
        assert_eq!(find(own, "样王", &[], 9).0, 0, "a phrase has an order");
        assert_eq!(find(own, "王 例", &[], 9).0, 1, "two words must both fit");
        assert_eq!(find(own, "王", &[GRID_7], 9), (1, vec!["王例二".into()]));
        assert_eq!(find(own, "王", &[GRID_6, GRID_7], 9).0, 2);
        assert_eq!(find(own, "王", &[VILLAGE], 9).0, 2);
        assert_eq!(find(own, "王", &["610621106"], 9).0, 0);
        let (total, some) = find(own, "王", &[], 1);
        assert_eq!((total, some.len()), (2, 1), "how many fit is told, however many are shown");
        assert!(own.read(|db| db.is_search_complete()));
    });
}

#[test]
fn what_a_household_was_called_before_finds_it_no_more() {
    every_county(|own| {
        put(own, &household(1, "王样一", GRID_6));
        put(own, &household(1, "钱演四", GRID_7));
        assert_eq!(find(own, "王", &[], 9).0, 0);
        assert_eq!(find(own, "钱", &[GRID_6], 9).0, 0);
        assert_eq!(find(own, "钱", &[GRID_7], 9).0, 1);
        // Twice in one transaction: the last words count.
        own.write(|db| {
            db.put_household(&household(2, "甲", GRID_6), &tokens("甲"))?;
            db.put_household(&household(2, "乙", GRID_6), &tokens("乙"))
        });
        assert_eq!((find(own, "甲", &[], 9).0, find(own, "乙", &[], 9).0), (0, 1));
    });
}

#[test]
fn words_of_a_transaction_that_failed_find_nobody() {
    every_county(|own| {
        own.refuses(|db| {
            db.put_household(&household(1, "王样一", GRID_6), &tokens("王样一"))?;
            assert_eq!(db.find_households("\"王\"", &[], 9)?.0, 1);
            Err::<(), _>(StoreError::NoCounty)
        });
        assert_eq!(find(own, "王", &[], 9).0, 0);
        assert_eq!(own.read(|db| db.household(&id(1))), None);
    });
}

#[test]
fn a_household_that_joined_another_is_kept_and_neither_found_nor_counted() {
    every_county(|own| {
        put(own, &household(1, "王样一", GRID_6));
        put(own, &household(2, "王例二", GRID_6));
        let joined = HouseholdLine { gone: true, ..household(2, "王例二", GRID_6) };
        put(own, &joined);
        assert_eq!(find(own, "王", &[], 9).0, 1);
        own.read(|db| {
            assert_eq!((db.count_households()?, db.count_households_in(GRID_6)?), (1, 1));
            assert_eq!(db.households_in(GRID_6)?, [household(1, "王样一", GRID_6)]);
            assert_eq!(db.household(&id(2))?, Some(joined.clone()));
            assert_eq!(db.all_households()?.len(), 2);
            assert!(db.is_search_complete()?);
            assert!(db.is_found_by(&joined, "whatever")?, "it is found by nothing, as it is to be");
            Ok(())
        });
    });
}

#[test]
fn the_lines_of_a_grid_stand_in_the_order_of_their_door_plates() {
    every_county(|own| {
        for (number, plate) in [(1, "9"), (2, "10"), (3, "甲"), (5, ""), (4, "")] {
            let door_plate = plate.to_owned();
            put(own, &HouseholdLine { door_plate, ..household(number, "王样一", GRID_6) });
        }
        let lines = own.read(|db| db.households_in(GRID_6));
        let order: Vec<[u8; 16]> = lines.iter().map(|line| line.document).collect();
        assert_eq!(order, [id(4), id(5), id(2), id(1), id(3)]);
        assert!(own.read(|db| db.households_in(GRID_7)).is_empty());
    });
}

#[test]
fn a_search_is_asked_whether_it_has_these_words_and_no_others() {
    every_county(|own| {
        let line = household(1, "王样一", GRID_6);
        put(own, &line);
        own.read(|db| {
            assert!(db.is_found_by(&line, &tokens("王样一"))?);
            assert!(!db.is_found_by(&line, &tokens("王样"))?, "a word is too many there");
            assert!(!db.is_found_by(&line, &tokens("王样一家"))?, "a word is missing there");
            let moved = HouseholdLine { org: GRID_7.into(), ..line.clone() };
            assert!(!db.is_found_by(&moved, &tokens("王样一"))?, "it lies elsewhere");
            let unknown = household(9, "王样一", GRID_6);
            assert!(!db.is_found_by(&unknown, &tokens("王样一"))?);
            Ok(())
        });
    });
}

#[test]
fn lines_that_are_owed_are_owed_until_they_were_made() {
    every_county(|own| {
        assert!(!own.read(|db| db.owes_lines()));
        put(own, &household(1, "王样一", GRID_6));
        own.write(|db| db.owe_lines());
        assert!(own.read(|db| db.owes_lines()));
        assert_eq!(find(own, "王", &[], 9).0, 0);
        assert!(!own.read(|db| db.is_search_complete()), "its one household is found by nothing");
        put(own, &household(1, "王样一", GRID_6));
        own.write(|db| db.lines_are_made());
        assert!(!own.read(|db| db.owes_lines()));
        assert_eq!(find(own, "王", &[], 9).0, 1);
        assert!(own.read(|db| db.is_search_complete()));
    });
}

#[test]
fn the_last_spreadsheet_is_remembered_thing_by_thing() {
    every_county(|own| {
        let row = |document, heads: &[u8], said: &str| ImportedRow {
            document: id(document),
            heads: heads.iter().map(|head| hash(*head)).collect(),
            said: said.to_owned(),
        };
        own.write(|db| {
            db.put_imported("户 0x0", &row(1, &[1], "{}"))?;
            db.put_imported("户 0x0", &row(1, &[2, 3], "{\"户主\":\"王样一\"}"))?;
            db.put_imported("人 0x0", &row(1, &[4], ""))?;
            db.put_imported("户 0x1", &row(2, &[], ""))
        });
        own.read(|db| {
            let last = row(1, &[2, 3], "{\"户主\":\"王样一\"}");
            assert_eq!(db.imported("户 0x0")?, Some(last.clone()));
            assert_eq!(db.imported("户 0x9")?, None);
            let mut all = db.all_imported()?;
            all.sort_by(|(one, _), (other, _)| one.cmp(other));
            let named = |thing: &str, row| (thing.to_owned(), row);
            let rows = [
                named("人 0x0", row(1, &[4], "")),
                named("户 0x0", last),
                named("户 0x1", row(2, &[], "")),
            ];
            assert_eq!(all, rows);
            let mut heads = db.imported_heads()?;
            heads.values_mut().for_each(|heads| heads.sort_unstable());
            assert_eq!(heads[&id(1)], [hash(2), hash(3), hash(4)]);
            assert!(heads[&id(2)].is_empty());
            Ok(())
        });
    });
}
