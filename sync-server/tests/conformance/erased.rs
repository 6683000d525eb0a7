//! Destroying a document by order: its words are nowhere afterwards, what proves the log stays.

use prost::Message;
use yidang_sync_protocol::cursor::record_hash;
use yidang_sync_protocol::{BatchHeader, SignedRecord, SigningSeed};
use yidang_sync_server::store::{
    Admission, Consulted, Db, Erasure, ImportedRow, LogKind, QuarantineRow, Result,
};

use crate::samples::{
    act, because, case, certificate, change, document, hash, household, id, parked, refused, units,
};
use crate::stores::{SERVER, YANCHANG, every_county, every_store, found};

/// What stands in the file of document 1 and nowhere else.
const SECRETS: [&str; 12] = [
    "secretofthelog",
    "secretofasave",
    "secretofachange",
    "秘密的案由",
    "秘密的户主",
    "secretofasheet",
    "secretinparking",
    "secretinquarantine",
    "secretininbox",
    "秘密的理由",
    "秘密的目的",
    "秘密的回答",
];
/// What stands in others and is to stay.
const STAYS: [&str; 3] = ["wordsofanother", "别人的案由", "滩调"];

/// A batch about a document as it travels.
fn batch(document: [u8; 16], words: &str) -> (Vec<u8>, [u8; 16]) {
    let header = BatchHeader {
        document: document.to_vec(),
        certificate: id(0xa1).to_vec(),
        ..BatchHeader::default()
    };
    let batch = header.sign(vec![words.as_bytes().to_vec()], &SigningSeed([7; 32]));
    (batch.encode_to_vec(), batch.id())
}

/// Puts the file everywhere where something of a file can lie.
fn plant(db: &Db<'_>) -> Result<()> {
    db.put_document(&document(1, "甲"))?;
    let (bytes, taken) = batch(id(1), SECRETS[0]);
    let seq = db.append(LogKind::Batch, &id(1), &bytes, 1)?;
    db.append(LogKind::Save, &id(1), SECRETS[1].as_bytes(), 1)?;
    let mut row = change(1, 0);
    row.bytes = SECRETS[2].as_bytes().to_vec();
    db.put_change(&id(1), seq, &row)?;
    let mut line = case("甲", "accepted", "滩调〔2026〕1号");
    line.matter = SECRETS[3].to_owned();
    db.put_case(&id(1), &line)?;
    db.put_number("滩", 2026, 1, &id(1))?;
    db.put_household(&household(1, SECRETS[4], "甲"), "secretinsearch household")?;
    let said = SECRETS[5].to_owned();
    db.put_imported("户 0x1", &ImportedRow { document: id(1), heads: vec![hash(1)], said })?;
    db.index_document(&id(1), &units(&["甲"]), seq)?;
    let mut waits = parked(0x31, 1, 1);
    waits.bytes = SECRETS[6].as_bytes().to_vec();
    db.park(&waits, &[hash(2)])?;
    db.put_act_part(&act(1), &id(1), &waits.id)?;
    db.took_act(&act(2), &id(1), seq)?;
    let bytes = SECRETS[7].as_bytes().to_vec();
    db.quarantine(&QuarantineRow { bytes, ..refused(0x32, 1, "fork") }, 9, 1)?;
    db.refuse_changes(&id(1), &[hash(3)], &because(0x32, "fork"), &id(0xa1), 9)?;
    let (bytes, received) = batch(id(1), SECRETS[8]);
    db.receive(&received, &bytes, 1)?;
    let (user, certificate, reason) = ("zhao", &id(0xa9), SECRETS[9]);
    db.admit(&Admission { batch: &taken, user, certificate, reason, at_ms: 1, undo: false })?;
    db.settle(&taken, seq, 1)?;
    db.put_placed(&taken, &id(0xe0), seq)?;
    let (question, purpose) = ("consult_household 秘密", SECRETS[10]);
    let document = Some(&[1; 16]);
    db.put_consulted(&Consulted { at_ms: 1, user, certificate, question, purpose, document })?;
    db.put_asked(b"ask", SECRETS[11], 1, 0)?;
    db.put_erasure(&Erasure {
        document: id(1),
        basis: "延法销1".into(),
        without: Vec::new(),
        user: "li".into(),
        at_ms: 1,
    })
}

/// Another file, which nobody ordered to be destroyed.
fn plant_another(db: &Db<'_>) -> Result<()> {
    db.put_document(&document(2, "甲"))?;
    let (bytes, _) = batch(id(2), STAYS[0]);
    let seq = db.append(LogKind::Batch, &id(2), &bytes, 1)?;
    db.put_change(&id(2), seq, &change(2, 0))?;
    let mut line = case("甲", "accepted", "滩调〔2026〕2号");
    line.matter = STAYS[1].to_owned();
    db.put_case(&id(2), &line)?;
    db.put_household(&household(2, "李例二", "甲"), "other household")?;
    db.index_document(&id(2), &units(&["甲"]), seq)?;
    db.park(&parked(0x41, 2, 1), &[hash(2)])?;
    db.quarantine(&refused(0x42, 2, "fork"), 9, 1)?;
    let (bytes, received) = batch(id(2), "waits");
    db.receive(&received, &bytes, 1)
}

#[test]
fn no_byte_of_a_destroyed_document_is_left_in_anything_that_is_kept() {
    every_store(|ground| {
        let store = ground.open();
        let own = found(&store, YANCHANG);
        own.write(plant);
        own.write(plant_another);
        for words in SECRETS.iter().chain(&STAYS) {
            assert!(ground.holds(words), "{words} was never there: the story proves nothing");
        }
        own.write(|db| db.erase_document(&id(1)));
        assert!(store.scrub(YANCHANG).unwrap());
        for words in SECRETS {
            assert!(!ground.holds(words), "{words} is still there");
        }
        // A search keeps words in a way of its own.
        assert!(!ground.holds("secretinsearch"));
        for words in STAYS {
            assert!(ground.holds(words), "{words} went too");
        }
        assert!(store.scrub(YANCHANG).unwrap(), "nothing is owed, and nothing is done");
    });
}

#[test]
fn nothing_names_a_destroyed_document_but_what_must() {
    every_county(|own| {
        own.write(plant);
        own.write(plant_another);
        own.write(|db| db.erase_document(&id(1)));
        own.read(|db| {
            assert!(db.document(&id(1))?.is_none() && db.case(&id(1))?.is_none());
            assert!(db.changes(&id(1))?.is_empty() && db.household(&id(1))?.is_none());
            assert_eq!(db.find_households("\"secretinsearch\"", &[], 9)?.0, 0);
            assert!(db.imported("户 0x1")?.is_none() && db.ever_in(&id(1))?.is_empty());
            assert!(db.parked(&id(0x31))?.is_none() && db.act_parts(&act(1))?.is_empty());
            assert!(db.quarantined(&id(0x32))?.is_none());
            assert!(db.refused_change(&id(1), &hash(3))?.is_none());
            let (_, taken) = batch(id(1), SECRETS[0]);
            assert!(!db.is_admitted(&taken)? && db.settled(&taken)?.is_none());
            assert!(!db.is_placed(&taken)? && db.asked(b"ask")?.is_none());
            assert!(db.erasure(&id(1))?.is_none());
            let look = &db.looks(0, 1)?[0];
            assert_eq!((look.question.as_str(), look.purpose.as_str()), ("consult_household", ""));
            // That somebody looked, whose number it was, and what was taken together stay.
            assert_eq!(db.holder_of_number("滩", 2026, 1)?, Some(id(1)));
            assert_eq!(db.taken_of_act(&act(2))?, [id(1)]);
            Ok(())
        });
        own.read(|db| {
            assert!(db.document(&id(2))?.is_some() && db.case(&id(2))?.is_some());
            assert_eq!(db.changes(&id(2))?.len(), 1);
            assert_eq!(db.find_households("\"other\"", &[], 9)?.0, 1);
            assert!(db.is_in_scope("[\"甲\"]", &id(2))? && db.parked(&id(0x41))?.is_some());
            assert_eq!(db.count_waiting()?, (1, 1, 1));
            Ok(())
        });
    });
}

#[test]
fn the_log_is_proved_by_the_hashes_of_what_was_destroyed() {
    every_county(|own| {
        own.write(plant);
        let before = own.read(|db| db.log_after(0, 9));
        assert!(own.read(|db| db.has_words_of(&id(1))));
        own.write(|db| db.erase_document(&id(1)));
        let after = own.read(|db| db.log_after(0, 9));
        assert_eq!(after.len(), before.len());
        for (is, was) in after.iter().zip(&before) {
            let hash = record_hash(&was.record);
            assert!(is.record.is_empty());
            assert_eq!(is.record_hash.as_deref(), Some(hash.as_slice()));
            assert_eq!((is.seq, is.kind, &is.chain), (was.seq, was.kind, &was.chain));
            assert_eq!((&is.document, is.at_ms), (&was.document, was.at_ms));
        }
        own.read(|db| {
            assert!(!db.has_words_of(&id(1))?);
            let hash = record_hash(&before[0].record);
            assert_eq!(db.seq_of_erased(&id(1), &hash)?, Some(1));
            assert_eq!(db.seq_of_erased(&id(2), &hash)?, None);
            let save = record_hash(&before[1].record);
            assert_eq!(db.seq_of_erased(&id(1), &save)?, None, "a save is no batch");
            Ok(())
        });
        // What comes behind it binds it as it was.
        let chain = own.read(|db| db.county()).chain;
        own.write(|db| db.append(LogKind::Batch, &id(2), b"next", 1));
        let next = chain.after(3, 1, &id(2), b"next");
        assert_eq!(own.read(|db| db.chain_at(3)), Some(next));
    });
}

#[test]
fn whoever_asked_first_to_have_something_destroyed_stays_named() {
    every_county(|own| {
        let asked = |document, user: &str, at_ms| Erasure {
            document: id(document),
            basis: "延法销1".into(),
            without: vec!["常试五".into(), "下盘石村三组".into()],
            user: user.into(),
            at_ms,
        };
        own.write(|db| {
            db.put_erasure(&asked(1, "li", 9))?;
            db.put_erasure(&asked(1, "zhao", 10))?;
            db.put_erasure(&asked(2, "li", 8))
        });
        assert_eq!(own.read(|db| db.erasures()), [asked(2, "li", 8), asked(1, "li", 9)]);
        assert_eq!(own.read(|db| db.erasure(&id(1))), Some(asked(1, "li", 9)));
        own.write(|db| db.drop_erasure(&id(1)));
        assert_eq!(own.read(|db| db.erasure(&id(1))), None);
    });
}

#[test]
fn what_was_destroyed_is_known_for_ever_and_devices_confirm_it() {
    every_county(|own| {
        let signed = |number| SignedRecord { record: vec![number], signature: vec![0; 64] };
        let bury = |number: u8| {
            own.write(|db| {
                let seq = db.append(LogKind::Record, b"", &signed(number).encode_to_vec(), 1)?;
                db.put_tombstone(&id(number), seq)?;
                db.put_tombstone(&id(number), seq + 50)?;
                Ok(seq)
            })
        };
        own.write(|db| {
            let seq = db.append(LogKind::Certificate, b"", b"", 1)?;
            db.put_certificate(&certificate(0xb1, "wang", seq))?;
            let mut server = certificate(9, "server", seq);
            server.id = SERVER;
            db.put_certificate(&server)
        });
        assert_eq!((bury(7), bury(6)), (2, 3));
        own.write(|db| db.put_certificate(&certificate(0xb2, "li", 3)));
        own.read(|db| {
            assert!(db.is_erased(&id(7))? && !db.is_erased(&id(8))?);
            assert_eq!(db.erased()?, [(id(7), 2), (id(6), 3)]);
            assert_eq!(db.tombstones()?, [signed(7), signed(6)]);
            assert!(!db.has_to_confirm(&id(0xb1), 1)?, "it was told of nothing");
            assert!(db.has_to_confirm(&id(0xb1), 2)?);
            assert_eq!(db.not_confirmed(2)?, [id(0xb1)], "the other one came afterwards");
            Ok(())
        });
        own.write(|db| db.confirm_erased(&id(0xb1), 2));
        own.read(|db| {
            assert!(!db.has_to_confirm(&id(0xb1), 2)? && db.has_to_confirm(&id(0xb1), 3)?);
            assert!(db.not_confirmed(2)?.is_empty());
            assert_eq!(db.not_confirmed(3)?, [id(0xb1)]);
            Ok(())
        });
        own.write(|db| db.confirm_erased(&id(0xb1), 3));
        assert!(own.read(|db| db.not_confirmed(3)).is_empty());
    });
}
