//! The log: one order without holes, bound by a chain.

use yidang_sync_protocol::Chain;
use yidang_sync_server::store::{LogKind, StoreError};

use crate::samples::{change, document, hash, id};
use crate::stores::{EPOCH, YANCHANG, every_county};

/// A record of every kind, with its number on the disk.
const KINDS: [(LogKind, u32); 8] = [
    (LogKind::Batch, 1),
    (LogKind::Certificate, 2),
    (LogKind::CodeUsed, 3),
    (LogKind::Reference, 4),
    (LogKind::Revocation, 5),
    (LogKind::Restored, 6),
    (LogKind::Record, 7),
    (LogKind::Save, 8),
];

#[test]
fn places_have_no_holes_and_each_link_binds_all_before_it() {
    every_county(|own| {
        let mut chain = Chain::begin(YANCHANG, &EPOCH);
        assert_eq!(own.read(|db| db.chain_at(0)), Some(chain));
        for ((kind, number), seq) in KINDS.into_iter().zip(1_u64..) {
            let record = format!("第{seq}条");
            let place = own.write(|db| db.append(kind, &id(1), record.as_bytes(), 10));
            assert_eq!(place, seq);
            chain = chain.after(seq, number, &id(1), record.as_bytes());
            let (head, link) = own.read(|db| Ok((db.county()?, db.chain_at(seq)?)));
            assert_eq!((head.seq, head.chain, link), (seq, chain, Some(chain)));
        }
        let rows = own.read(|db| db.log_after(0, 100));
        assert_eq!(rows.len(), KINDS.len());
        for (row, ((_, number), seq)) in rows.iter().zip(KINDS.into_iter().zip(1_u64..)) {
            assert_eq!((row.seq, row.kind, row.at_ms), (seq, number, 10));
            assert_eq!(row.record, format!("第{seq}条").as_bytes());
            assert_eq!((row.document.as_slice(), &row.record_hash), (id(1).as_slice(), &None));
        }
        assert_eq!(rows.last().map(|row| row.chain.as_slice()), Some(chain.0.as_slice()));
    });
}

#[test]
fn beyond_the_head_there_is_nothing() {
    every_county(|own| {
        own.write(|db| db.append(LogKind::Batch, &id(1), b"one", 5));
        own.read(|db| {
            for beyond in [2, u64::MAX] {
                assert_eq!(db.chain_at(beyond)?, None);
                assert_eq!(db.logged_at_ms(beyond)?, None);
                assert!(db.log_after(beyond, 9)?.is_empty());
                assert!(db.batches_after(&id(1), beyond)?.is_empty());
            }
            assert_eq!(db.logged_at_ms(1)?, Some(5));
            assert_eq!(db.logged_at_ms(0)?, None);
            Ok(())
        });
    });
}

#[test]
fn a_record_that_was_taken_back_leaves_no_hole() {
    every_county(|own| {
        own.write(|db| db.append(LogKind::Batch, &id(1), b"one", 5));
        let error = own.refuses(|db| {
            db.append(LogKind::Batch, &id(1), b"two", 5)?;
            db.append(LogKind::Batch, &id(1), b"three", 5)?;
            Err::<(), _>(StoreError::Damaged("the engine says no".into()))
        });
        assert!(error.to_string().contains("the engine says no"));
        assert_eq!(own.write(|db| db.append(LogKind::Batch, &id(1), b"four", 6)), 2);
        let chain = Chain::begin(YANCHANG, &EPOCH).after(1, 1, &id(1), b"one");
        let chain = chain.after(2, 1, &id(1), b"four");
        assert_eq!(own.read(|db| db.county()).chain, chain);
        assert_eq!(own.read(|db| db.log_after(0, 9)).len(), 2);
    });
}

#[test]
fn whoever_walks_the_log_gets_it_in_parts_and_in_order() {
    every_county(|own| {
        own.write(|db| {
            (0..7_u8).try_for_each(|n| db.append(LogKind::Batch, &id(n), &[n], 1).map(drop))
        });
        let mut walked = Vec::new();
        loop {
            let from = walked.last().copied().unwrap_or(0);
            let part = own.read(|db| db.log_after(from, 3));
            if part.is_empty() {
                break;
            }
            assert!(part.len() <= 3);
            walked.extend(part.iter().map(|row| row.seq));
        }
        assert_eq!(walked, [1, 2, 3, 4, 5, 6, 7]);
        assert!(own.read(|db| db.log_after(0, 0)).is_empty());
    });
}

#[test]
fn the_batches_of_a_document_are_those_that_were_signed_for_it() {
    every_county(|own| {
        own.write(|db| {
            db.append(LogKind::Batch, &id(1), b"a", 1)?;
            db.append(LogKind::Batch, &id(2), b"b", 1)?;
            db.append(LogKind::Save, &id(1), b"save", 1)?;
            db.append(LogKind::Reference, b"", b"row", 1)?;
            db.append(LogKind::Batch, &id(1), b"c", 1)
        });
        own.read(|db| {
            let all = db.batches_after(&id(1), 0)?;
            assert_eq!(all, [(1, b"a".to_vec()), (5, b"c".to_vec())]);
            assert_eq!(db.batches_after(&id(1), 1)?, [(5, b"c".to_vec())]);
            assert!(db.batches_after(&id(3), 0)?.is_empty());
            let last = db.last_records()?;
            assert_eq!(last.into_iter().collect::<Vec<_>>(), [(id(1), 5), (id(2), 2)]);
            Ok(())
        });
    });
}

#[test]
fn changes_that_came_in_a_save_are_unproved_until_a_batch_brings_them() {
    every_county(|own| {
        own.write(|db| {
            db.put_document(&document(1, "甲"))?;
            let save = db.append(LogKind::Save, &id(1), b"save", 1)?;
            db.put_change(&id(1), save, &change(1, 0))?;
            db.put_change(&id(1), save, &change(2, 1))
        });
        own.read(|db| {
            assert!(db.has_unproved(&id(1), 0)? && db.is_unproved(&id(1), &hash(1))?);
            assert!(!db.has_unproved(&id(1), 1)? && !db.has_unproved(&id(2), 0)?);
            assert!(!db.is_unproved(&id(1), &hash(9))?);
            Ok(())
        });
        own.write(|db| {
            let batch = db.append(LogKind::Batch, &id(1), b"batch", 1)?;
            db.put_change(&id(1), batch, &change(1, 0))
        });
        own.read(|db| {
            assert!(!db.is_unproved(&id(1), &hash(1))? && db.is_unproved(&id(1), &hash(2))?);
            assert!(db.has_unproved(&id(1), 0)?, "one of two is proved");
            Ok(())
        });
        own.write(|db| {
            let batch = db.append(LogKind::Batch, &id(1), b"other", 1)?;
            db.put_change(&id(1), batch, &change(2, 0))
        });
        assert!(!own.read(|db| db.has_unproved(&id(1), 0)));
    });
}

#[test]
fn checkpoints_are_kept_by_place() {
    every_county(|own| {
        assert_eq!(own.read(|db| db.newest_checkpoint()), None);
        own.write(|db| {
            db.put_checkpoint(20, b"twenty", 2)?;
            db.put_checkpoint(3, b"three", 3)?;
            db.put_checkpoint(20, b"again", 4)
        });
        own.read(|db| {
            assert_eq!(db.newest_checkpoint()?, Some((20, b"again".to_vec(), 4)));
            assert_eq!(db.checkpoints()?, [(3, b"three".to_vec()), (20, b"again".to_vec())]);
            Ok(())
        });
    });
}

#[test]
fn the_last_time_the_county_went_back_is_told() {
    every_county(|own| {
        assert_eq!(own.read(|db| db.restored_at_ms()), None);
        own.write(|db| {
            db.append(LogKind::Restored, b"", b"", 50)?;
            db.append(LogKind::Restored, b"", b"", 40)?;
            db.append(LogKind::Batch, &id(1), b"", 60)
        });
        assert_eq!(own.read(|db| db.restored_at_ms()), Some(40), "the later one, by its place");
    });
}
