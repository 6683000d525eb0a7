//! The chunk around a change, and what stands before its columns.

use yidang_documents::guard::{MOST_CHANGE_BYTES, scan};
use yidang_documents::{Actor, Document, Edit, genesis};
use yidang_domain::entry::{DocumentKind, Entry};
use yidang_domain::ids::DocumentId;

use crate::build::{BUNDLE, CHANGE, Chunk, DELETE, DOCUMENT, MAGIC, TEXT, chunk, signed, unsigned};
use crate::scene::{
    WANG, author, clashing, crowded, empty_file, file, home, place, visit, word, word_for, written,
};

/// The body with other bytes in place of `count` bytes at `at`.
fn replaced(body: &[u8], at: usize, count: usize, with: &[u8]) -> Vec<u8> {
    [&body[..at], with, &body[at + count..]].concat()
}

/// A chunk of a change around a body, its length written as `length`.
fn with_length(length: &[u8], body: &[u8]) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let hashed = [&[CHANGE][..], length, body].concat();
    let hash: [u8; 32] = Sha256::digest(&hashed).into();
    [&MAGIC[..], &hash[..4], &hashed[..]].concat()
}

#[test]
fn other_kinds_of_chunks_are_refused() {
    let file = file();
    assert_eq!(word_for(&file, WANG, &file.save()), "chunk_kind");
    assert_eq!(word_for(&file, WANG, &file.save_uncompressed()), "chunk_kind");
    for kind in [DOCUMENT, BUNDLE, 4, 255] {
        let mut change = visit(&file);
        change.kind = kind;
        assert_eq!(word(&file, &change), "chunk_kind", "{kind}");
    }
}

#[test]
fn a_checksum_that_does_not_fit_is_refused() {
    let file = file();
    for at in 4..8 {
        let mut bytes = visit(&file).bytes();
        bytes[at] ^= 1;
        assert_eq!(word_for(&file, WANG, &bytes), "checksum");
    }
    let mut bytes = visit(&file).bytes();
    bytes[0] ^= 1;
    assert_eq!(word_for(&file, WANG, &bytes), "malformed");
}

#[test]
fn bytes_behind_the_chunk_are_refused() {
    let file = file();
    let honest = visit(&file).bytes();
    for more in [vec![0], honest.clone(), file.save()] {
        let both = [honest.clone(), more].concat();
        assert_eq!(word_for(&file, WANG, &both), "malformed");
    }
    // Also within the chunk, behind the columns.
    let mut change = visit(&file);
    change.extra = vec![0];
    assert_eq!(word(&file, &change), "malformed");
}

#[test]
fn a_change_that_was_cut_is_refused_wherever_it_was_cut() {
    let file = file();
    let honest = place(&file);
    let (whole, body) = (honest.bytes(), honest.body());
    for length in 0..whole.len() {
        assert_eq!(word_for(&file, WANG, &whole[..length]), "malformed", "{length}");
    }
    for length in 0..body.len() {
        let cut = chunk(CHANGE, &body[..length]);
        assert_eq!(word_for(&file, WANG, &cut), "malformed", "{length}");
    }
}

#[test]
fn a_length_that_is_too_large_or_too_long_is_refused() {
    let file = file();
    let body = place(&file).body();
    let length = unsigned(body.len() as u64);
    assert_eq!(word_for(&file, WANG, &with_length(&length, &body)), "taken");
    let mut overlong = length.clone();
    *overlong.last_mut().unwrap() |= 0x80;
    overlong.push(0);
    for wrong in [
        overlong,
        unsigned(body.len() as u64 - 1),
        unsigned(body.len() as u64 + 1),
        unsigned(u64::MAX),
        vec![0xff; 11],
    ] {
        assert_eq!(word_for(&file, WANG, &with_length(&wrong, &body)), "malformed", "{wrong:?}");
    }
}

/// The sequence number stands behind the dependencies and the author.
#[test]
fn an_overlong_or_huge_sequence_number_is_refused() {
    let file = file();
    let change = visit(&file);
    let at = 1 + 32 * change.deps.len() + 1 + change.actor.len();
    assert_eq!(change.body()[at], 2);
    for wrong in [vec![0x82, 0], vec![0x82, 0x80, 0], vec![0xff; 10]] {
        let body = replaced(&change.body(), at, 1, &wrong);
        assert_eq!(word_for(&file, WANG, &chunk(CHANGE, &body)), "malformed");
    }
    for seq in [3, 1 << 32, u64::MAX] {
        let mut change = visit(&file);
        change.seq = seq;
        assert_eq!(word(&file, &change), "parked", "{seq}");
    }
}

#[test]
fn an_overlong_time_is_refused() {
    let file = file();
    let change = visit(&file);
    let honest = signed(change.time);
    let body = change.body();
    let at = body.windows(honest.len()).position(|bytes| bytes == honest).unwrap();
    let mut overlong = honest.clone();
    *overlong.last_mut().unwrap() |= 0x80;
    overlong.push(0);
    let body = replaced(&body, at, honest.len(), &overlong);
    assert_eq!(word_for(&file, WANG, &chunk(CHANGE, &body)), "malformed");
}

#[test]
fn a_message_is_refused() {
    let file = file();
    let mut change = visit(&file);
    change.message = b"wei".to_vec();
    assert_eq!(word(&file, &change), "malformed");
}

/// The hash of a change that nobody has; a greater one for each number.
fn dependency(number: u16) -> [u8; 32] {
    let mut hash = [0xee; 32];
    hash[..2].copy_from_slice(&number.to_be_bytes());
    hash
}

#[test]
fn nobody_leaves_more_heads_on_a_file_than_an_honest_change_may_name() {
    // One more is the author's own previous change, which the engine names beside the heads.
    let crowd = crowded(60);
    let change = visit(&crowd);
    assert_eq!(change.deps.len(), 61);
    assert_eq!(word(&crowd, &change), "taken");
    let mut more = change;
    more.deps.extend((61..257).map(dependency));
    more.deps.sort_unstable();
    assert_eq!(word(&crowd, &more), "parked");
    more.deps.push([0xff; 32]);
    assert_eq!(word(&crowd, &more), "malformed");
    let count = [unsigned(65_536), vec![7; 1_000]].concat();
    assert_eq!(word_for(&crowd, WANG, &chunk(CHANGE, &count)), "malformed");
    more.deps = vec![[7; 32]; 65_536];
    assert_eq!(word(&crowd, &more), "too_large");
    for count in [u64::from(u32::MAX), u64::MAX] {
        let body = unsigned(count);
        assert_eq!(word_for(&crowd, WANG, &chunk(CHANGE, &body)), "malformed");
    }
}

#[test]
fn dependencies_out_of_order_or_twice_are_refused() {
    let file = clashing();
    let mut change = visit(&file);
    assert_eq!(change.deps.len(), 2);
    change.deps.swap(0, 1);
    assert_eq!(word(&file, &change), "malformed");
    let mut change = visit(&file);
    change.deps.push(change.deps[1]);
    assert_eq!(word(&file, &change), "malformed");
}

#[test]
fn a_change_without_its_authors_own_previous_one_is_refused() {
    let file = file();
    let mut change = visit(&file);
    change.deps = vec![file.changes_since(&[])[0].0];
    change.start_op = crate::scene::PARTY;
    assert_eq!(word(&file, &change), "own_history");
}

#[test]
fn a_change_that_is_too_large_is_refused() {
    let file = file();
    let mut change = visit(&file);
    let long = "长".repeat(MOST_CHANGE_BYTES / 3);
    change.bend(|ops| ops.last_mut().unwrap().value = (TEXT, long.into_bytes()));
    assert!(change.bytes().len() > MOST_CHANGE_BYTES);
    assert_eq!(word(&file, &change), "too_large");
    // One that fits, with a text that does not.
    let mut change = visit(&file);
    change.bend(|ops| ops.last_mut().unwrap().value = (TEXT, "a".repeat(16_385).into_bytes()));
    assert_eq!(word(&file, &change), "too_large");
}

#[test]
fn other_actors_than_ours_and_too_many_are_refused() {
    let file = file();
    for other in [vec![], vec![0xff; 15], vec![0xff; 17], vec![0xff; 1_000]] {
        let mut change = visit(&file);
        change.others.push(other);
        assert_eq!(word(&file, &change), "malformed");
    }
    let mut change = visit(&file);
    change.others.extend(vec![vec![0xff; 16]; 257]);
    assert_eq!(word(&file, &change), "malformed");
}

fn first_change(kind: DocumentKind) -> Chunk {
    let id = DocumentId::of_key("hostile");
    Chunk::read(&genesis::bytes(kind, id, &home()).unwrap())
}

/// The first change follows from kind, identifier and home. Nobody sends it, in whatever name.
#[test]
fn a_first_change_is_refused_altered_or_not() {
    let file = file();
    for kind in DocumentKind::ALL {
        let first = first_change(kind);
        assert!(scan(&first.bytes()).is_ok(), "devices look at it");
        assert_eq!(word(&file, &first), "actor");
    }
    let mut altered = first_change(DocumentKind::CaseFile);
    altered.bend(|ops| ops[2].value.1 = b"6106".to_vec());
    assert_eq!(word(&file, &altered), "actor");
    altered.actor = author(WANG).actor.to_vec();
    assert_eq!(word(&file, &altered), "genesis");
    assert_eq!(as_actor(&empty_file(), genesis::ACTOR, &altered_by(genesis::ACTOR)), "genesis");
    // Standing on the true one it is an operation in the root.
    altered.deps = vec![file.changes_since(&[])[0].0];
    altered.start_op = crate::scene::PARTY;
    altered.seq = 1;
    let gao = author(crate::scene::GAO);
    altered.actor = gao.actor.to_vec();
    assert_eq!(word_for(&file, crate::scene::GAO, &altered.bytes()), "grammar");
    altered.bend(|ops| ops.iter_mut().for_each(|op| op.action = DELETE));
    assert_eq!(word_for(&file, crate::scene::GAO, &altered.bytes()), "malformed");
}

fn altered_by(actor: Actor) -> Chunk {
    let mut altered = first_change(DocumentKind::CaseFile);
    altered.bend(|ops| ops[2].value.1 = b"6106".to_vec());
    altered.actor = actor.to_vec();
    altered
}

fn as_actor(file: &Document, actor: Actor, change: &Chunk) -> &'static str {
    match yidang_documents::guard::admit(&mut file.clone(), &actor, &change.bytes()) {
        Err(yidang_documents::guard::GuardError::Refused { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

/// What is in another document is not in this one.
#[test]
fn a_change_of_another_document_waits_for_what_it_was_made_on() {
    let other =
        Document::begin(DocumentKind::VisitDay, DocumentId::of_key("another"), &home()).unwrap();
    let entry = Entry::DayCancelled { reason: "大雪".into() };
    let change = written(&other, WANG, &[Edit::AddEntry(entry)]);
    assert_eq!(word(&other, &change), "taken");
    assert_eq!(word(&file(), &change), "parked");
}
