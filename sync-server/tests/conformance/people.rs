//! Questions that were asked online, looks at people, complaints, and what hinders devices.

use yidang_sync_server::store::{Complaint, ComplaintAnswer, ComplaintRow, Consulted, ToldTrouble};

use crate::samples::id;
use crate::stores::every_county;

#[test]
fn a_question_that_comes_again_has_its_first_answer_until_it_is_forgotten() {
    every_county(|own| {
        assert_eq!(own.read(|db| db.asked(b"one")), None);
        own.write(|db| db.put_asked(b"one", "{\"ok\":1}", 10, 0));
        own.write(|db| db.put_asked(b"one", "{\"ok\":2}", 11, 0));
        assert_eq!(own.read(|db| db.asked(b"one")).as_deref(), Some("{\"ok\":1}"));
        own.write(|db| db.put_asked(b"two", "", 20, 10));
        assert!(own.read(|db| db.asked(b"one")).is_some(), "older, not as old");
        own.write(|db| db.put_asked(b"three", "", 21, 11));
        assert_eq!(own.read(|db| db.asked(b"one")), None);
        assert_eq!(own.read(|db| db.asked(b"two")).as_deref(), Some(""));
    });
}

#[test]
fn every_look_is_written_down_newest_first() {
    every_county(|own| {
        for (number, question) in
            ["consult_people 王", "consult_household", "consult_people 李"].iter().enumerate()
        {
            let household = id(7);
            own.write(|db| {
                db.put_consulted(&Consulted {
                    at_ms: 100,
                    user: "li",
                    certificate: &id(0xa1),
                    question,
                    purpose: "低保复核",
                    document: (number == 1).then_some(&household),
                })
            });
        }
        own.read(|db| {
            assert_eq!(db.count_looks()?, 3);
            let looks = db.looks(0, 2)?;
            let questions: Vec<&str> = looks.iter().map(|look| look.question.as_str()).collect();
            assert_eq!(questions, ["consult_people 李", "consult_household"]);
            assert_eq!((looks[0].document, looks[1].document), (None, Some(id(7))));
            let first = (looks[0].at_ms, looks[0].user.as_str(), looks[0].purpose.as_str());
            assert_eq!(first, (100, "li", "低保复核"));
            assert_eq!(db.looks(2, 9)?.len(), 1);
            assert!(db.looks(3, 9)?.is_empty());
            Ok(())
        });
    });
}

const fn complaint<'a>(user: &'a str, words: &'a str) -> Complaint<'a> {
    Complaint {
        user,
        about: "软件",
        words,
        contact: "12000000031",
        written_at_ms: 5,
        taken_at_ms: 6,
    }
}

#[test]
fn complaints_are_numbered_without_a_hole_and_answered_once() {
    every_county(|own| {
        assert_eq!(own.write(|db| db.put_complaint(&complaint("wang", "太慢"))), 1);
        own.refuses(|db| {
            db.put_complaint(&complaint("wang", "收回的话"))?;
            db.answer_complaint(
                9,
                &ComplaintAnswer { words: String::new(), user: "li".into(), at_ms: 1 },
                &id(1),
            )
        });
        assert_eq!(own.write(|db| db.put_complaint(&complaint("li", "字太小"))), 2);
        assert_eq!(own.write(|db| db.put_complaint(&complaint("wang", "又慢了"))), 3);
        let answer =
            |words: &str| ComplaintAnswer { words: words.into(), user: "zhao".into(), at_ms: 9 };
        assert!(own.write(|db| db.answer_complaint(1, &answer("改了"), &id(1))));
        assert!(!own.write(|db| db.answer_complaint(1, &answer("又改了"), &id(1))));
        own.read(|db| {
            let numbers = |rows: Vec<ComplaintRow>| -> Vec<u64> {
                rows.into_iter().map(|row| row.number).collect()
            };
            assert_eq!(db.count_complaints()?, (3, 2));
            assert_eq!(numbers(db.complaints(false, 0, 9)?), [3, 2, 1]);
            assert_eq!(numbers(db.complaints(true, 0, 9)?), [3, 2]);
            assert_eq!(numbers(db.complaints(false, 1, 1)?), [2]);
            assert_eq!(numbers(db.answered_complaints_of("wang")?), [1]);
            assert!(db.answered_complaints_of("li")?.is_empty());
            let row = db.complaint(1)?.unwrap();
            assert_eq!((row.user.as_str(), row.words.as_str()), ("wang", "太慢"));
            assert_eq!((row.about.as_str(), row.contact.as_str()), ("软件", "12000000031"));
            assert_eq!((row.written_at_ms, row.taken_at_ms), (5, 6));
            assert_eq!(row.answer, Some(answer("改了")));
            assert_eq!(db.complaint(4)?, None);
            Ok(())
        });
    });
}

#[test]
fn a_device_tells_what_hinders_it_now_and_nothing_of_before() {
    every_county(|own| {
        let trouble = |kind, count| ToldTrouble { kind, count, since_ms: 7 };
        assert_eq!(own.read(|db| db.told_by(&id(1))), (vec![], 0));
        own.write(|db| db.put_told(&id(1), &[trouble(3, u32::MAX), trouble(1, 2)], 40));
        own.write(|db| db.put_told(&id(2), &[], 41));
        own.read(|db| {
            assert_eq!(db.told_by(&id(1))?, (vec![trouble(1, 2), trouble(3, u32::MAX)], 40));
            assert_eq!(db.told_by(&id(2))?, (vec![], 41));
            let all: Vec<_> = db.all_told()?.into_iter().collect();
            assert_eq!(all, [(id(1), vec![trouble(1, 2), trouble(3, u32::MAX)])]);
            let apps: Vec<_> = db.apps()?.into_iter().collect();
            assert_eq!(apps, [(id(1), 40), (id(2), 41)]);
            Ok(())
        });
        own.write(|db| db.put_told(&id(1), &[trouble(2, 1), trouble(2, 5)], 42));
        assert_eq!(own.read(|db| db.told_by(&id(1))), (vec![trouble(2, 5)], 42));
        own.write(|db| db.put_told(&id(1), &[], 42));
        assert!(own.read(|db| db.all_told()).is_empty());
    });
}
