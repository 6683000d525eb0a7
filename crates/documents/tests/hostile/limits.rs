//! How much a document may hold: authors, operations, bytes as it is saved.

use yidang_documents::guard::{GuardError, admit, survives, survives_within_bounds};
use yidang_documents::{Document, Edit};
use yidang_domain::entry::Entry;

use crate::scene::{author, file, visited};

/// Authors that a file has before anybody of the crowd: the first change, 王样一 and 李例二.
const BEFORE: u64 = 3;

/// What the guard says of a visit that `user` writes on the file as it is.
fn word(file: &Document, user: &str) -> &'static str {
    let who = author(user);
    let bytes = file.clone().commit(&who, None, &[visited()]).unwrap().bytes;
    match admit(&mut file.clone(), &who.actor, &bytes) {
        Ok(_) => "taken",
        Err(GuardError::Refused { code, .. }) => code,
        Err(other) => panic!("{other:?}"),
    }
}

/// So many people write in the file, one after the other.
fn written_by(people: u64) -> Document {
    let mut file = file();
    for n in 0..people {
        file.commit(&author(&format!("u-{n}")), None, &[visited()]).unwrap();
    }
    file
}

#[test]
fn two_hundred_and_fifty_six_people_write_in_a_file_and_no_more() {
    let almost = written_by(255 - BEFORE);
    assert_eq!(word(&almost, "赵测三"), "taken");
    let full = written_by(256 - BEFORE);
    assert_eq!(word(&full, "赵测三"), "too_large");
    // Whoever wrote before goes on.
    assert_eq!(word(&full, "u-7"), "taken");
}

#[test]
fn a_file_of_forty_thousand_operations_is_full() {
    let mut file = file();
    let wang = author(crate::scene::WANG);
    // As many as a change may hold nearly.
    let day: Vec<Edit> = (0..240).map(|_| visited()).collect();
    let mut taken = 0;
    loop {
        let bytes = file.clone().commit(&wang, None, &day).unwrap().bytes;
        match admit(&mut file, &wang.actor, &bytes) {
            Ok(_) => taken += day.len(),
            Err(GuardError::Refused { code, .. }) => {
                assert_eq!(code, "too_large");
                break;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!((5_000..=8_000).contains(&taken), "{taken} visits");
}

/// Text that does not compress: no two characters follow from each other.
fn noise(seed: u32) -> String {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        char::from_u32(0x4e00 + state % 20_000).unwrap()
    };
    (0..5_000).map(|_| next()).collect()
}

#[test]
fn a_file_of_more_than_a_megabyte_is_sound_and_full() {
    let mut file = file();
    let wang = author(crate::scene::WANG);
    let mut count = 0;
    while survives_within_bounds(&file).is_ok() {
        let edits: Vec<Edit> =
            (0..4).map(|n| Edit::AddEntry(Entry::Visit { words: noise(count * 4 + n) })).collect();
        file.commit(&wang, None, &edits).unwrap();
        count += 1;
        assert!(count < 60, "it never became full");
    }
    assert!(file.save().len() > 1 << 20);
    let told = survives_within_bounds(&file);
    assert!(matches!(told, Err(GuardError::Refused { code: "too_large", .. })));
    assert!(survives(&file).is_ok());
}
