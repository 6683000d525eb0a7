//! Values at their edges come back as they went in, or are refused; none becomes another one.

use yidang_domain::civil::Date;
use yidang_domain::org::{Assignment, OrgLevel, OrgUnit, Role, Staff};
use yidang_sync_protocol::RecordName;
use yidang_sync_server::store::{
    CaseRow, CertificateRow, ChangeRow, Db, DocumentRow, ImportedRow, LogKind, ParkedRow,
    QuarantineRow, RecordRow, Result,
};

use crate::samples::{
    act, because, case, certificate, change, document, hash, id, keys, parked, record, refused,
    units,
};
use crate::stores::every_county;

const MIB: usize = 1 << 20;
/// The largest number of places that is kept.
const LARGEST: u64 = i64::MAX.unsigned_abs();

/// Texts that are not each other, though somebody might take them for it.
const TEXTS: [&str; 14] = [
    "",
    " ",
    "a",
    "A",
    "a ",
    "ａ",
    "é",
    "e\u{301}",
    "王样一",
    "王樣一",
    "𠮷野 👨‍👩‍👧",
    "'; DROP TABLE log; --",
    "\"\\%_*?\n\t",
    "null",
];

#[test]
fn a_mebibyte_comes_back_as_it_went_in() {
    every_county(|own| {
        let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(MIB).collect();
        let text = "延长县张家滩镇的核桃树".chars().cycle().take(MIB / 3).collect::<String>();
        own.write(|db| {
            db.receive(&id(1), &bytes, 1)?;
            db.append(LogKind::Batch, &id(1), &bytes, 1)?;
            db.put_checkpoint(1, &bytes, 1)?;
            db.park(&ParkedRow { bytes: bytes.clone(), ..parked(1, 1, 1) }, &[])?;
            db.quarantine(&QuarantineRow { bytes: bytes.clone(), ..refused(1, 1, "fork") }, 9, 1)?;
            db.put_document(&document(1, "甲"))?;
            db.put_change(&id(1), 1, &ChangeRow { bytes: bytes.clone(), ..change(1, 0) })?;
            db.put_asked(&bytes, &text, 1, 0)?;
            db.put_imported(
                &text,
                &ImportedRow { document: id(1), heads: vec![], said: text.clone() },
            )?;
            db.set_setting("large", &text)
        });
        own.read(|db| {
            assert!(db.unjudged(1)?[0] == bytes && db.parked(&id(1))?.unwrap().bytes == bytes);
            assert!(
                db.log_after(0, 1)?[0].record == bytes
                    && db.batches_after(&id(1), 0)?[0].1 == bytes
            );
            assert!(db.newest_checkpoint()?.unwrap().1 == bytes);
            assert!(db.quarantined_batches()?[0].1 == bytes && db.changes(&id(1))?[0].1 == bytes);
            assert!(
                db.asked(&bytes)?.unwrap() == text && db.imported(&text)?.unwrap().said == text
            );
            assert!(db.setting("large")?.unwrap() == text);
            assert_eq!(usize::try_from(db.parked_bytes(&id(0xa1))?), Ok(MIB));
            Ok(())
        });
    });
}

#[test]
fn bytes_may_be_none_or_zero() {
    every_county(|own| {
        let all: [&[u8]; 6] = [&[], &[0], &[0, 0], &[0, 1, 0], &[0xff, 0xfe], b"\xe7\x8e"];
        own.write(|db| {
            db.put_document(&document(1, "甲"))?;
            for (bytes, number) in all.iter().zip(1_u8..) {
                db.receive(&id(number), bytes, i64::from(number))?;
                db.append(LogKind::Batch, bytes, bytes, 1)?;
                let place = u64::from(number);
                db.put_change(
                    &id(1),
                    place,
                    &ChangeRow { bytes: bytes.to_vec(), ..change(number, 0) },
                )?;
                db.put_checkpoint(place, bytes, 1)?;
                // As a name, none of them is another one.
                db.put_asked(bytes, &format!("{number}"), 1, 0)?;
                db.put_record(&record(place, bytes, ""))?;
            }
            Ok(())
        });
        own.read(|db| {
            assert_eq!(db.unjudged(9)?, all);
            let log = db.log_after(0, 9)?;
            assert!(
                log.iter()
                    .zip(all)
                    .all(|(row, bytes)| row.record == bytes && row.document == bytes)
            );
            assert!(db.changes(&id(1))?.iter().zip(all).all(|((_, kept), bytes)| kept == bytes));
            assert!(db.checkpoints()?.iter().zip(all).all(|((_, kept), bytes)| kept == bytes));
            for (bytes, number) in all.iter().zip(1_u64..) {
                assert_eq!(db.asked(bytes)?, Some(number.to_string()));
                let said = db.said_of(2, bytes)?;
                assert_eq!((said.len(), said[0].name.seq), (1, number));
            }
            Ok(())
        });
    });
}

#[test]
fn texts_are_kept_sign_by_sign_and_none_is_taken_for_another() {
    every_county(|own| {
        own.write(|db| {
            for text in TEXTS {
                db.set_setting(text, text)?;
                db.put_user(&Staff { user: text.into(), name: text.into(), phone: text.into() })?;
                db.put_unit(&OrgUnit::plain(text, text, OrgLevel::Grid, Some(text)))?;
                db.put_asked(text.as_bytes(), text, 1, 0)?;
                let (document, heads, said) = (id(1), vec![], text.to_owned());
                db.put_imported(text, &ImportedRow { document, heads, said })?;
            }
            Ok(())
        });
        own.read(|db| {
            for text in TEXTS {
                assert_eq!(db.setting(text)?.as_deref(), Some(text));
                assert_eq!(db.asked(text.as_bytes())?.as_deref(), Some(text));
                assert_eq!(db.imported(text)?.unwrap().said, text);
            }
            let people: Vec<String> = db.users()?.into_iter().map(|person| person.user.0).collect();
            assert_eq!(people, TEXTS);
            let mut codes = TEXTS;
            // By their bytes, whatever the language of the machine.
            codes.sort_unstable();
            let kept: Vec<String> = db.units()?.into_iter().map(|unit| unit.code.0).collect();
            assert_eq!(kept, codes);
            Ok(())
        });
    });
}

#[test]
fn units_of_any_name_are_read_in() {
    every_county(|own| {
        for (text, number) in TEXTS.iter().zip(1_u8..) {
            own.write(|db| db.index_document(&id(number), &units(&[text]), u64::from(number)));
        }
        for (text, number) in TEXTS.iter().zip(1_u8..) {
            own.read(|db| {
                let one = keys(&[text]);
                let rows = db.in_scope_after(&one, 0, 99)?;
                assert_eq!(rows.iter().map(|row| row.document).collect::<Vec<_>>(), [id(number)]);
                assert!(db.is_in_scope(&one, &id(number))?);
                assert_eq!(db.documents_under(text)?, [id(number)]);
                assert_eq!(db.read_in(&id(number))?, [*text]);
                Ok(())
            });
        }
    });
}

#[test]
fn times_and_counts_reach_from_edge_to_edge() {
    every_county(|own| {
        own.write(|db| {
            for (at_ms, number) in [i64::MAX, 0, i64::MIN].into_iter().zip(1_u8..) {
                db.append(LogKind::Batch, b"", b"", at_ms)?;
                db.receive(&id(number), &[number], at_ms)?;
                db.park(&parked(number, 1, at_ms), &[hash(1)])?;
                let row = CaseRow {
                    risk: at_ms,
                    last_at_ms: at_ms,
                    round: u32::MAX,
                    ..case("甲", "found", "")
                };
                db.put_case(&id(number), &row)?;
                db.put_certificate(&CertificateRow {
                    seen_at_ms: at_ms,
                    ..certificate(number, "li", 1)
                })?;
            }
            db.put_document(&DocumentRow { kind: u32::MAX, ..document(1, "甲") })?;
            db.put_change(&id(1), 1, &change(1, u32::MAX))?;
            db.put_number("滩", i16::MIN, 1, &id(1))?;
            db.put_number("滩", i16::MAX, u32::MAX - 1, &id(1))
        });
        own.read(|db| {
            for (at_ms, number) in [i64::MAX, 0, i64::MIN].into_iter().zip(1_u8..) {
                assert_eq!(db.logged_at_ms(u64::from(number))?, Some(at_ms));
                assert_eq!(db.parked(&id(number))?.unwrap().at_ms, at_ms);
                let line = db.case(&id(number))?.unwrap();
                assert_eq!((line.risk, line.last_at_ms, line.round), (at_ms, at_ms, u32::MAX));
                assert_eq!(db.certificate(&id(number))?.unwrap().seen_at_ms, at_ms);
            }
            assert_eq!(db.unjudged(9)?, [[3], [2], [1]]);
            assert_eq!(db.document(&id(1))?.unwrap().kind, u32::MAX);
            assert_eq!(db.stored_changes(&id(1))?[0].position, u32::MAX);
            assert_eq!(db.next_number("滩", i16::MIN)?, 2);
            assert_eq!(db.next_number("滩", i16::MAX)?, u32::MAX);
            assert_eq!(db.log_after(0, u32::MAX)?.len(), 3);
            assert!(db.looks(u32::MAX, u32::MAX)?.is_empty());
            Ok(())
        });
        assert_eq!(own.write(|db| db.expire_parked(i64::MIN)), 0);
        assert_eq!(own.write(|db| db.expire_parked(i64::MAX)), 2);
    });
}

/// Puts a number of places somewhere.
type Place = fn(&Db<'_>, u64) -> Result<()>;

/// Wherever one is kept.
const PLACES: [(&str, Place); 18] = [
    ("document", |db, n| db.put_document(&DocumentRow { last_seq: n, ..document(2, "甲") })),
    ("change", |db, n| db.put_change(&id(1), n, &change(1, 0))),
    ("sequence", |db, n| db.put_change(&id(1), 1, &ChangeRow { seq_of_actor: n, ..change(2, 0) })),
    ("scope entered", |db, n| db.index_document(&id(1), &units(&["甲"]), n)),
    ("scope left", |db, n| db.index_document(&id(1), &[], n)),
    ("checkpoint", |db, n| db.put_checkpoint(n, b"", 1)),
    ("name", |db, n| {
        let name = RecordName { epoch: id(1), seq: n };
        db.put_record(&RecordRow { name, ..record(1, &[1], "") })
    }),
    ("record", |db, n| db.put_record(&RecordRow { log_seq: n, ..record(2, &[1], "") })),
    ("placed", |db, n| db.put_placed(&id(1), &id(2), n)),
    ("settled", |db, n| db.settle(&id(1), n, 1)),
    ("action", |db, n| db.took_act(&act(1), &id(1), n)),
    ("tombstone", |db, n| db.put_tombstone(&id(1), n)),
    ("erased", |db, n| db.confirm_erased(&id(1), n)),
    ("certificate", |db, n| db.put_certificate(&certificate(2, "li", n))),
    ("revoked", |db, n| {
        db.put_certificate(&CertificateRow { revoked_seq: Some(n), ..certificate(3, "li", 1) })
    }),
    ("revocation", |db, n| db.revoke(&id(4), n)),
    ("first batch", |db, n| db.wrote(&id(1), n)),
    ("post", |db, n| {
        let (from, role) = (Date::constant(2026, 3, 1), Role::Mediator);
        let (user, org) = ("li".into(), "甲".into());
        db.put_assignment(&Assignment { user, org, role, from, to: None }, n)
    }),
];

#[test]
fn a_place_that_is_too_large_is_refused_and_never_becomes_another() {
    every_county(|own| {
        own.write(|db| {
            db.put_user(&Staff {
                user: "li".into(), name: "李例二".into(), phone: String::new()
            })?;
            db.put_certificate(&certificate(1, "li", 1))?;
            db.put_document(&document(1, "甲"))
        });
        for (what, put) in PLACES {
            for beyond in [LARGEST + 1, u64::MAX] {
                let error = own.refuses(|db| put(db, beyond)).to_string();
                assert!(error.contains(&beyond.to_string()), "{what}: {error}");
            }
            own.write(|db| put(db, LARGEST));
        }
        own.read(|db| {
            assert_eq!(db.document(&id(2))?.unwrap().last_seq, LARGEST);
            assert_eq!(db.seq_of_change(&id(1), &hash(1))?, Some(LARGEST));
            assert_eq!(db.stored_changes(&id(1))?[0].seq_of_actor, LARGEST);
            assert_eq!(db.checkpoints()?, [(LARGEST, vec![])]);
            assert!(db.has_record(&RecordName { epoch: id(1), seq: LARGEST })?);
            assert_eq!(db.records_for("", true, 1, 9)?.len(), 0, "its place holds no record");
            assert_eq!(
                (db.settled(&id(1))?, db.revocation(&id(4))?),
                (Some(LARGEST), Some(LARGEST))
            );
            assert_eq!(db.erased()?, [(id(1), LARGEST)]);
            assert_eq!(db.certificate(&id(1))?.unwrap().first_batch_seq, Some(LARGEST));
            assert_eq!(db.certificate(&id(2))?.unwrap().seq, LARGEST);
            assert_eq!(db.certificate(&id(3))?.unwrap().revoked_seq, Some(LARGEST));
            assert!(!db.has_to_confirm(&id(1), u64::MAX)?);
            Ok(())
        });
    });
}

#[test]
fn a_limit_that_nobody_reaches_is_none() {
    every_county(|own| {
        own.write(|db| {
            for number in 1..=3 {
                db.quarantine(&refused(number, 1, "fork"), u64::MAX, 1)?;
                db.refuse_changes(
                    &id(1),
                    &[hash(number)],
                    &because(1, "fork"),
                    &id(0xa1),
                    u64::MAX,
                )?;
                db.refuse_act(&act(number), &because(1, "fork"), u64::MAX)?;
            }
            Ok(())
        });
        own.read(|db| {
            assert_eq!(db.quarantined_batches()?.len(), 3);
            for number in 1..=3 {
                assert!(db.refused_change(&id(1), &hash(number))?.is_some());
                assert!(db.refused_act(&act(number))?.is_some());
            }
            Ok(())
        });
    });
}
