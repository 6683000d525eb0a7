//! Documents, their changes, the lines of case files and official numbers.

use yidang_sync_server::store::{ChangeRow, DocumentRow, NumberRow};

use crate::samples::{case, change, document, hash, household, id, parked, units};
use crate::stores::every_county;

#[test]
fn a_document_moves_and_grows_and_keeps_where_it_was_born() {
    every_county(|own| {
        assert_eq!(own.read(|db| db.document(&id(1))), None);
        let born = document(1, "张家滩一格");
        own.write(|db| db.put_document(&born));
        assert_eq!(own.read(|db| db.document(&id(1))), Some(born.clone()));
        let moved = DocumentRow {
            kind: 9,
            home: "别处".into(),
            org: "张家滩二格".into(),
            heads: vec![hash(3), hash(4)],
            last_seq: 12,
            ..born.clone()
        };
        own.write(|db| db.put_document(&moved));
        let is = DocumentRow { kind: born.kind, home: born.home, ..moved };
        assert_eq!(own.read(|db| db.document(&id(1))), Some(is));
        let empty = DocumentRow { heads: Vec::new(), ..document(2, "") };
        own.write(|db| db.put_document(&empty));
        assert_eq!(own.read(|db| db.document(&id(2))), Some(empty));
    });
}

#[test]
fn documents_stand_in_the_order_of_their_bytes_and_are_counted_by_kind() {
    every_county(|own| {
        own.write(|db| {
            for (number, kind) in [(0xff, 1), (0x00, 3), (0x80, 1), (0x7f, 2)] {
                db.put_document(&DocumentRow { kind, ..document(number, "甲") })?;
            }
            Ok(())
        });
        own.read(|db| {
            let all: Vec<[u8; 16]> = db.documents()?.iter().map(|row| row.id).collect();
            assert_eq!(all, [id(0x00), id(0x7f), id(0x80), id(0xff)]);
            assert_eq!(db.count_documents()?, [(1, 2), (2, 1), (3, 1)]);
            Ok(())
        });
    });
}

#[test]
fn changes_come_in_the_order_in_which_the_log_brought_them() {
    every_county(|own| {
        own.write(|db| {
            db.put_document(&document(1, "甲"))?;
            db.put_document(&document(2, "甲"))?;
            db.put_change(&id(1), 12, &change(1, 0))?;
            db.put_change(&id(1), 3, &change(2, 1))?;
            db.put_change(&id(1), 3, &change(3, 0))?;
            // The same change of another document is another one.
            db.put_change(&id(2), 5, &change(1, 0))
        });
        own.read(|db| {
            let order: Vec<[u8; 32]> = db.changes(&id(1))?.iter().map(|(hash, _)| *hash).collect();
            assert_eq!(order, [hash(3), hash(2), hash(1)]);
            assert_eq!(db.changes(&id(2))?, [(hash(1), vec![1, 0, 1])]);
            assert!(db.changes(&id(3))?.is_empty());
            assert_eq!(db.seq_of_change(&id(1), &hash(1))?, Some(12));
            assert_eq!(db.seq_of_change(&id(1), &hash(9))?, None);
            let kept = db.stored_changes(&id(1))?;
            let last = kept.last().unwrap();
            assert_eq!((last.hash, last.actor, last.seq_of_actor), (hash(1), id(0xac), 1));
            assert_eq!(
                (last.log_seq, last.position, last.bytes.as_slice()),
                (12, 0, &[1, 0, 1][..])
            );
            let of: Vec<[u8; 16]> = db.documents_of_changes()?.into_iter().collect();
            assert_eq!(of, [id(1), id(2)]);
            Ok(())
        });
    });
}

#[test]
fn a_change_that_comes_again_stands_in_its_new_place_with_the_bytes_it_had() {
    every_county(|own| {
        own.write(|db| {
            db.put_document(&document(1, "甲"))?;
            db.put_change(&id(1), 2, &change(1, 0))?;
            db.put_change(&id(1), 9, &ChangeRow { bytes: b"other".to_vec(), ..change(1, 4) })
        });
        let kept = own.read(|db| db.stored_changes(&id(1)));
        assert_eq!(kept.len(), 1);
        assert_eq!((kept[0].log_seq, kept[0].position), (9, 4));
        assert_eq!(kept[0].bytes, [1, 0, 1]);
    });
}

#[test]
fn a_change_has_a_document_and_a_place_of_its_own() {
    every_county(|own| {
        own.refuses(|db| db.put_change(&id(1), 1, &change(1, 0)));
        own.write(|db| {
            db.put_document(&document(1, "甲"))?;
            db.put_change(&id(1), 1, &change(1, 0))
        });
        own.refuses(|db| db.put_change(&id(1), 1, &change(2, 0)));
        assert_eq!(own.read(|db| db.changes(&id(1))).len(), 1);
    });
}

#[test]
fn the_line_of_a_case_file_is_the_last_one_that_was_kept() {
    every_county(|own| {
        assert_eq!(own.read(|db| db.case(&id(1))), None);
        own.write(|db| db.put_case(&id(1), &case("甲", "found", "")));
        own.write(|db| db.put_case(&id(1), &case("乙", "accepted", "滩调〔2026〕7号")));
        let line = own.read(|db| db.case(&id(1)));
        assert_eq!(line, Some(case("乙", "accepted", "滩调〔2026〕7号")));
        assert!(own.read(|db| db.is_open_case(&id(1))));
        own.write(|db| db.put_case(&id(1), &case("乙", "closed", "滩调〔2026〕7号")));
        assert!(!own.read(|db| db.is_open_case(&id(1))));
        assert!(!own.read(|db| db.is_open_case(&id(2))), "what is no case file is not open");
    });
}

#[test]
fn each_number_is_given_once_and_none_is_left_out() {
    every_county(|own| {
        own.write(|db| {
            assert_eq!(db.next_number("滩", 2026)?, 1);
            assert!(db.put_number("滩", 2026, 1, &id(1))?);
            assert!(db.put_number("滩", 2026, 1, &id(1))?, "it is its own already");
            assert!(!db.put_number("滩", 2026, 1, &id(2))?, "another one has it");
            assert_eq!(db.next_number("滩", 2026)?, 2);
            // Committees and years count by themselves.
            assert_eq!((db.next_number("滩", 2027)?, db.next_number("雷赤", 2026)?), (1, 1));
            // One that comes back from a device may be ahead.
            assert!(db.put_number("滩", 2026, 40, &id(1))?);
            assert_eq!(db.next_number("滩", 2026)?, 41);
            assert!(db.put_number("雷赤", 2025, 1, &id(2))?);
            Ok(())
        });
        own.read(|db| {
            assert_eq!(db.holder_of_number("滩", 2026, 1)?, Some(id(1)));
            assert_eq!(db.holder_of_number("滩", 2026, 2)?, None);
            let mut of_one = db.numbers_of(&id(1))?;
            of_one.sort();
            assert_eq!(of_one, [("滩".into(), 2026, 1), ("滩".into(), 2026, 40)]);
            let row = |committee: &str, year, number, document| NumberRow {
                committee: committee.into(),
                year,
                number,
                document: id(document),
            };
            let all = [row("滩", 2026, 1, 1), row("滩", 2026, 40, 1), row("雷赤", 2025, 1, 2)];
            assert_eq!(db.numbers()?, all);
            Ok(())
        });
    });
}

#[test]
fn numbers_go_over_to_the_document_that_goes_on() {
    every_county(|own| {
        own.write(|db| {
            db.put_number("滩", 2026, 1, &id(1))?;
            db.put_number("滩", 2025, 7, &id(1))?;
            db.put_number("滩", 2026, 2, &id(2))?;
            db.hand_on_numbers(&id(1), &id(3))
        });
        own.read(|db| {
            assert_eq!(db.holder_of_number("滩", 2026, 1)?, Some(id(3)));
            assert_eq!(db.holder_of_number("滩", 2025, 7)?, Some(id(3)));
            assert_eq!(db.holder_of_number("滩", 2026, 2)?, Some(id(2)));
            assert_eq!(db.numbers_of(&id(1))?.len(), 0);
            Ok(())
        });
    });
}

#[test]
fn who_is_owed_a_number_is_told() {
    every_county(|own| {
        own.write(|db| {
            db.put_number("滩", 2026, 1, &id(4))?;
            db.put_case(&id(1), &case("甲", "found", ""))?;
            db.put_case(&id(2), &case("甲", "accepted", ""))?;
            db.put_case(&id(3), &case("甲", "closed", ""))?;
            db.put_case(&id(4), &case("甲", "accepted", "滩调〔2026〕1号"))?;
            // Given twice after a restore: the register knows who has it.
            db.put_case(&id(5), &case("甲", "accepted", "滩调〔2026〕1号"))?;
            db.put_case(&id(6), &case("甲", "accepted", "滩调〔2026〕9号"))
        });
        assert_eq!(own.read(|db| db.without_number()), [id(2), id(3), id(5)]);
    });
}

#[test]
fn every_list_names_its_documents() {
    every_county(|own| {
        own.write(|db| {
            db.put_document(&document(1, "甲"))?;
            db.put_change(&id(1), 1, &change(1, 0))?;
            db.put_change(&id(1), 1, &change(2, 1))?;
            db.put_case(&id(2), &case("甲", "found", ""))?;
            db.put_household(&household(3, "李例二", "甲"), "li")?;
            db.park(&parked(9, 4, 1), &[hash(1)])?;
            db.park(&parked(8, 4, 1), &[hash(1)])?;
            db.index_document(&id(5), &units(&["甲", "乙"]), 1)
        });
        let lists = [
            ("change", id(1)),
            ("case_row", id(2)),
            ("household_row", id(3)),
            ("parked", id(4)),
            ("scope_index", id(5)),
        ];
        for (table, document) in lists {
            let named = own.read(|db| db.documents_named_by(table));
            assert_eq!(named.into_iter().collect::<Vec<_>>(), [document], "{table}");
        }
    });
}
