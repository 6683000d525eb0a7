//! What the county said: records under their names, certificates, revocations and codes.

use yidang_sync_protocol::RecordName;
use yidang_sync_server::store::{Activation, CertificateRow, LogKind, RecordRow, Result, SaidRow};

use crate::samples::{certificate, id, record};
use crate::stores::{County, EPOCH, SERVER, every_county};

/// Says something about a subject, and what is its place.
fn say(own: &County<'_>, words: &str, subject: &[u8], about: &str) -> u64 {
    own.write(|db| {
        let seq = db.append(LogKind::Record, b"", words.as_bytes(), 9)?;
        db.put_record(&record(seq, subject, about))?;
        Ok(seq)
    })
}

#[test]
fn a_record_is_here_under_the_name_it_got_first() {
    every_county(|own| {
        say(own, "one", &[1], "");
        // It comes back from a device after a restore: another place, the same name.
        let old = RecordName { epoch: id(0xd0), seq: 77 };
        let row = RecordRow { name: old, at_ms: 3, ..record(2, &[1], "") };
        own.write(|db| {
            db.append(LogKind::Record, b"", b"two", 9)?;
            db.put_record(&row)
        });
        own.read(|db| {
            assert!(db.has_record(&old)?);
            assert!(!db.has_record(&RecordName { seq: 78, ..old })?);
            assert!(!db.has_record(&RecordName { epoch: EPOCH, seq: 77 })?);
            let first = SaidRow { name: RecordName { epoch: EPOCH, seq: 1 }, at_ms: 9 };
            assert_eq!(db.said_of(2, &[1])?, [first, SaidRow { name: old, at_ms: 3 }]);
            assert_eq!(db.records_of(2, &[1])?, [b"one".to_vec(), b"two".to_vec()]);
            assert!(db.said_of(3, &[1])?.is_empty() && db.said_of(2, &[])?.is_empty());
            assert!(db.records_of(3, &[1])?.is_empty());
            Ok(())
        });
    });
}

#[test]
fn no_name_and_no_place_stands_for_two_records() {
    every_county(|own| {
        say(own, "one", &[1], "");
        own.refuses(|db| db.put_record(&RecordRow { log_seq: 2, ..record(1, &[2], "") }));
        let name = RecordName { epoch: id(0xd0), seq: 1 };
        own.refuses(|db| db.put_record(&RecordRow { name, ..record(1, &[2], "") }));
        assert!(own.read(|db| db.said_of(2, &[2])).is_empty());
    });
}

#[test]
fn records_are_told_to_whoever_they_are_about() {
    every_county(|own| {
        for about in ["", "wang", "-", "li", ""] {
            say(own, about, &[1], about);
        }
        let told = |user: &str, is_office, seq, most| -> Vec<u64> {
            let records = own.read(|db| db.records_for(user, is_office, seq, most));
            records.into_iter().map(|(seq, _)| seq).collect()
        };
        assert_eq!(told("wang", false, 0, 9), [1, 2, 5]);
        assert_eq!(told("qian", false, 0, 9), [1, 5]);
        assert_eq!(told("qian", true, 0, 9), [1, 2, 3, 4, 5], "an office is told all");
        assert_eq!(told("wang", false, 1, 1), [2]);
        assert_eq!(told("wang", false, 5, 9), [0; 0]);
        let bytes = own.read(|db| db.records_for("li", false, 1, 1));
        assert_eq!(bytes, [(4, b"li".to_vec())]);
    });
}

#[test]
fn a_certificate_is_kept_as_it_was_given_first() {
    every_county(|own| {
        let row = CertificateRow { revoked_seq: Some(4), ..certificate(3, "wang", 2) };
        own.write(|db| {
            db.put_certificate(&certificate(2, "wang", 9))?;
            db.put_certificate(&certificate(1, "li", 5))?;
            db.put_certificate(&row)?;
            db.put_certificate(&certificate(1, "another", 6))
        });
        own.read(|db| {
            let kept = db.certificate(&id(3))?.unwrap();
            assert_eq!(format!("{kept:?}"), format!("{row:?}"));
            assert!(db.certificate(&id(4))?.is_none());
            let order = |user| -> Result<Vec<[u8; 16]>> {
                Ok(db.certificates(user)?.iter().map(|row| row.id).collect())
            };
            assert_eq!(order(None)?, [id(3), id(1), id(2)]);
            assert_eq!(order(Some("wang"))?, [id(3), id(2)]);
            assert!(
                order(Some("another"))?.is_empty(),
                "the second one under the name changes nothing"
            );
            assert_eq!(db.revoked()?, [id(3)]);
            Ok(())
        });
    });
}

#[test]
fn the_first_record_of_a_holder_and_the_last_visit_of_a_device_are_noted() {
    every_county(|own| {
        own.write(|db| {
            db.put_certificate(&certificate(1, "wang", 1))?;
            db.wrote(&id(1), 8)?;
            db.wrote(&id(1), 9)?;
            // Nobody's certificate wrote something: that is noted nowhere.
            db.wrote(&id(2), 9)?;
            db.seen(&id(1), 555)
        });
        let row = own.read(|db| db.certificate(&id(1))).unwrap();
        assert_eq!((row.first_batch_seq, row.seen_at_ms), (Some(8), 555));
        assert!(own.read(|db| db.certificate(&id(2))).is_none());
    });
}

#[test]
fn what_is_revoked_stays_revoked_also_where_it_is_not_here() {
    every_county(|own| {
        own.write(|db| {
            db.put_certificate(&certificate(1, "wang", 1))?;
            db.revoke(&id(1), 5)?;
            db.revoke(&id(1), 6)?;
            db.revoke(&id(2), 7)
        });
        own.read(|db| {
            assert_eq!(
                db.certificate(&id(1))?.unwrap().revoked_seq,
                Some(5),
                "the first word counts"
            );
            assert_eq!(db.revoked()?, [id(1)]);
            assert_eq!((db.revocation(&id(1))?, db.revocation(&id(2))?), (Some(5), Some(7)));
            assert_eq!(db.revocation(&id(3))?, None);
            let mut all = db.revocations()?;
            all.sort_unstable();
            assert_eq!(all, [(id(1), 5), (id(2), 7)]);
            Ok(())
        });
    });
}

#[test]
fn a_county_that_went_back_counts_the_devices_that_have_not_answered() {
    every_county(|own| {
        own.write(|db| {
            db.put_certificate(&CertificateRow { id: SERVER, ..certificate(9, "server", 1) })?;
            for number in 1..=5 {
                db.put_certificate(&certificate(number, "wang", 2))?;
            }
            db.seen(&id(2), 99)?;
            db.revoke(&id(3), 4)?;
            db.answered(&id(4), &EPOCH)?;
            db.answered(&id(5), &id(0xe1))
        });
        // The first never answered, the fifth did in another epoch; the second was not here of late.
        assert_eq!(own.read(|db| db.unanswered(&EPOCH, 100, &SERVER)), 2);
        assert_eq!(own.read(|db| db.unanswered(&EPOCH, 99, &SERVER)), 3);
        own.write(|db| db.answered(&id(1), &EPOCH));
        own.write(|db| db.answered(&id(5), &EPOCH));
        assert_eq!(own.read(|db| db.unanswered(&EPOCH, 100, &SERVER)), 0);
    });
}

fn code(code_id: &str, expires_at_ms: i64) -> Activation {
    Activation {
        code_id: code_id.into(),
        salt: vec![0, 1, 0],
        hash: vec![2, 0],
        user: "wang".into(),
        created_at_ms: 5,
        expires_at_ms,
        tries: 7,
        used_by_key: Some(vec![9]),
        used_by_nonce: None,
        certificate: None,
    }
}

#[test]
fn a_code_is_kept_unused_and_untried_and_used_up_once() {
    every_county(|own| {
        assert!(own.write(|db| db.put_activation(&code("KQ7M", 100), 0)));
        assert!(!own.write(|db| db.put_activation(&code("KQ7M", 200), 0)), "it is in use");
        assert!(own.write(|db| db.put_activation(&code("2222", 100), 0)));
        let kept = own.read(|db| db.activation("KQ7M")).unwrap();
        let fresh = Activation { tries: 0, used_by_key: None, ..code("KQ7M", 100) };
        assert_eq!(format!("{kept:?}"), format!("{fresh:?}"));
        assert!(own.read(|db| db.activation("kq7m")).is_none());
        own.write(|db| db.count_try("KQ7M"));
        own.write(|db| db.count_try("KQ7M"));
        own.write(|db| db.use_activation("KQ7M", &[3; 32], &[4; 16], &id(1)));
        let used = own.read(|db| db.activation("KQ7M")).unwrap();
        assert_eq!((used.tries, used.used_by_key), (2, Some(vec![3; 32])));
        assert_eq!(
            (used.used_by_nonce, used.certificate),
            (Some(vec![4; 16]), Some(id(1).to_vec()))
        );
        assert_eq!(own.read(|db| db.unused_codes()), ["2222"]);
    });
}

#[test]
fn codes_that_served_their_time_make_room() {
    every_county(|own| {
        own.write(|db| {
            db.put_activation(&code("AAAA", 10), 0)?;
            db.put_activation(&code("BBBB", 11), 0)?;
            db.put_activation(&code("CCCC", 500), 11)
        });
        let codes = own.read(|db| db.unused_codes());
        assert_eq!(codes, ["BBBB", "CCCC"]);
        assert!(own.write(|db| db.put_activation(&code("AAAA", 500), 11)));
    });
}
