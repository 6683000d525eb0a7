//! What killed or poisoned the engine when it was measured, line by line.

use yidang_documents::guard::GuardError;
use yidang_documents::project;

use crate::build::{
    ACTION, CHANGE, Chunk, DEFLATED, INSERT, KEY, MAKE_LIST, MAKE_MAP, MAKE_TEXT, NULL, Op, TEXT,
    bomb, chunk, prefixed, runs, signed, unsigned,
};
use crate::scene::{
    ENTRIES, FACTS, GAO, LI, NOON, WANG, author, container, file, place, told, visit, visited,
    word, word_for, written,
};

#[test]
fn a_change_taken_apart_and_put_together_again_has_the_same_bytes() {
    for (file, _, change) in crate::scene::all() {
        let mut again = change.clone();
        again.set_ops(&change.ops());
        assert_eq!(again, change);
        for (_, bytes) in file.changes_since(&[]) {
            let mut chunk = Chunk::read(&bytes);
            chunk.set_ops(&chunk.ops());
            assert_eq!(chunk.bytes(), bytes);
        }
    }
}

#[test]
fn what_nobody_bent_is_taken() {
    for (file, user, change) in crate::scene::all() {
        assert_eq!(word_for(&file, user, &change.bytes()), "taken");
    }
}

#[test]
fn the_first_change_of_an_actor_with_sequence_five_waits() {
    let file = file();
    let mut change = written(&file, GAO, &[visited()]);
    change.seq = 5;
    let waits = Err(GuardError::Parked { missing: Vec::new() });
    assert_eq!(told(&file, GAO, &change.bytes()), waits);
}

#[test]
fn an_operation_on_an_object_of_an_unknown_actor_is_refused() {
    let file = file();
    let mut change = visit(&file);
    change.others.push(vec![0xee; 16]);
    let stranger = change.place_of(&[0xee; 16]);
    change.bend(|ops| ops[0].object = Some((stranger, ENTRIES)));
    assert_eq!(word(&file, &change), "grammar");
}

#[test]
fn a_gap_in_the_sequence_of_a_known_actor_waits() {
    let file = file();
    let mut change = visit(&file);
    change.seq = 3;
    assert_eq!(word(&file, &change), "parked");
}

#[test]
fn the_footer_of_an_author_is_refused_at_any_sequence() {
    let file = file();
    for mut change in [visit(&file), written(&file, GAO, &[visited()])] {
        change.extra = vec![1, 3, b'w', b'e', b'i'];
        let user = if change.seq == 1 { GAO } else { WANG };
        assert_eq!(word_for(&file, user, &change.bytes()), "malformed");
    }
}

#[test]
fn an_operation_on_an_object_that_does_not_exist_is_refused() {
    let file = file();
    for mut change in [visit(&file), place(&file)] {
        let nowhere = container(&change, 9_999);
        change.bend(|ops| ops[0].object = Some(nowhere));
        assert_eq!(word(&file, &change), "grammar");
    }
}

#[test]
fn an_insertion_behind_an_element_that_does_not_exist_is_refused() {
    let file = file();
    let mut change = place(&file);
    change.bend(|ops| ops[0].insert = true);
    assert_eq!(word(&file, &change), "malformed");
    // Named by the columns in which lists name their elements.
    let mut change = place(&file);
    change.columns.retain(|(name, _)| *name != KEY);
    change.set_column(0x11, runs(&[unsigned(0)]));
    change.set_column(0x13, runs(&[signed(9_999)]));
    assert_eq!(word(&file, &change), "malformed");
}

/// The engine's document was destroyed by a change that it gave up on. Ours goes on.
#[test]
fn after_everything_that_was_refused_an_honest_change_is_taken() {
    let file = file();
    let mut at = file.clone();
    let honest = visit(&file).bytes();
    for bit in (0..honest.len() * 8).step_by(7) {
        let mut flipped = honest.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let actor = author(WANG).actor;
        assert!(yidang_documents::guard::admit(&mut at, &actor, &flipped).is_err(), "bit {bit}");
    }
    assert_eq!(project(&at), project(&file));
    assert_eq!(word_for(&at, WANG, &honest), "taken");
}

#[test]
fn a_predecessor_that_does_not_exist_is_refused() {
    let file = file();
    let mut change = place(&file);
    change.bend(|ops| ops[0].pred[0].1 += 9_000);
    assert_eq!(word(&file, &change), "predecessors");
}

#[test]
fn a_key_of_a_map_inside_a_text_is_refused() {
    let file = file();
    let mut change = visit(&file);
    change.bend(|ops| ops[0].action = MAKE_TEXT);
    assert_eq!(word(&file, &change), "malformed");
}

#[test]
fn a_first_operation_that_does_not_follow_its_dependencies_is_refused() {
    let file = file();
    let honest = visit(&file).start_op;
    let huge = [u64::from(u32::MAX), u64::from(u32::MAX) + 1, u64::MAX - 1, u64::MAX];
    for start_op in [0, 1, honest - 1, honest + 1].into_iter().chain(huge) {
        let mut change = visit(&file);
        change.start_op = start_op;
        assert_eq!(word(&file, &change), "start_op", "{start_op}");
    }
}

#[test]
fn an_operation_in_the_root_is_refused() {
    let file = file();
    for mut change in [visit(&file), place(&file)] {
        change.bend(|ops| ops.iter_mut().for_each(|op| op.object = None));
        assert_eq!(word(&file, &change), "grammar");
    }
    let mut change = visit(&file);
    change.bend(|ops| {
        ops[0].object = None;
        ops[0].action = MAKE_LIST;
    });
    assert_eq!(word(&file, &change), "malformed");
}

#[test]
fn an_actor_without_bytes_is_nobody() {
    let file = file();
    let mut change = visit(&file);
    change.actor = Vec::new();
    assert_eq!(word(&file, &change), "actor");
    let mut change = visit(&file);
    change.others.insert(0, Vec::new());
    assert_eq!(word(&file, &change), "malformed");
}

/// A clock that is wrong is nobody's fault: the change is taken, and it is seen that it was wrong.
#[test]
fn a_time_ten_years_off_or_in_the_year_9999_or_before_1970_is_taken_and_seen() {
    const TEN_YEARS: i64 = 3_653 * 86_400_000;
    let file = file();
    for (time, is_timely) in [
        (NOON.0, true),
        (NOON.0 - TEN_YEARS / 10, true),
        (NOON.0 + TEN_YEARS, false),
        (NOON.0 - TEN_YEARS, false),
        (253_402_300_799_999, false),
        (0, false),
        (-1, false),
        (-62_135_596_800_000, false),
    ] {
        let mut change = visit(&file);
        change.time = time;
        let did = told(&file, WANG, &change.bytes()).unwrap();
        assert_eq!((did.at.0, did.is_timely(NOON)), (time, is_timely));
    }
}

/// Between the ends of all numbers the engine's differences do not fit.
#[test]
fn a_time_outside_the_calendar_is_refused() {
    let file = file();
    for time in [i64::MIN, -62_135_596_800_001, 253_402_300_800_000, i64::MAX] {
        let mut change = visit(&file);
        change.time = time;
        assert_eq!(word(&file, &change), "malformed", "{time}");
    }
}

#[test]
fn an_unknown_dependency_is_waited_for() {
    let file = file();
    let mut change = visit(&file);
    change.deps = vec![[7; 32]];
    let waits = Err(GuardError::Parked { missing: vec![[7; 32]] });
    assert_eq!(told(&file, WANG, &change.bytes()), waits);
}

#[test]
fn millions_of_operations_in_one_run_are_refused_before_they_are_counted_out() {
    let file = file();
    for count in [2_001, 1 << 24, 1 << 40, i64::MAX] {
        let mut change = place(&file);
        change.set_column(ACTION, [signed(count), unsigned(1)].concat());
        assert_eq!(word(&file, &change), "too_large", "{count}");
        let mut change = place(&file);
        change.set_column(KEY, [signed(count), prefixed(b"place")].concat());
        assert_eq!(word(&file, &change), "too_large", "{count}");
    }
    let mut change = place(&file);
    change.set_column(INSERT, unsigned(1 << 40));
    assert_eq!(word(&file, &change), "malformed");
}

#[test]
fn a_deflated_chunk_is_not_inflated() {
    let file = file();
    let bomb = chunk(DEFLATED, &bomb(60_000));
    assert!(bomb.len() < 64 * 1024);
    assert_eq!(word_for(&file, WANG, &bomb), "chunk_kind");
    let mut change = visit(&file);
    change.kind = DEFLATED;
    assert_eq!(word(&file, &change), "chunk_kind");
    // Nor is a column.
    let mut change = visit(&file);
    change.columns.iter_mut().for_each(|(name, _)| *name |= 0x08);
    assert_eq!(word(&file, &change), "malformed");
}

/// As many maps, each in the one before.
fn nested(change: &Chunk, depth: u64) -> Chunk {
    let mut nested = change.clone();
    nested.bend(|ops| {
        ops.truncate(1);
        let inside = |counter| Op {
            object: Some((0, counter)),
            key: b"n".to_vec(),
            insert: false,
            action: MAKE_MAP,
            value: (NULL, Vec::new()),
            pred: Vec::new(),
        };
        ops.extend((change.start_op..).take(usize::try_from(depth).unwrap()).map(inside));
    });
    nested
}

#[test]
fn maps_in_maps_are_refused_however_deep() {
    let file = file();
    for (depth, told) in [(1, "grammar"), (1_900, "grammar"), (5_000, "too_large")] {
        let change = nested(&visit(&file), depth);
        assert_eq!(word(&file, &change), told, "{depth}");
    }
    let change = nested(&visit(&file), 20_000);
    assert_eq!(word(&file, &change), "too_large");
}

/// There is no such protocol here; what belongs to it is no change.
#[test]
fn a_message_of_the_engines_own_protocol_is_no_change() {
    let file = file();
    let with_an_empty_filter = [0x42, 0, 0, 1, 0, 3, 1, 10, 0, 0];
    assert_eq!(word_for(&file, WANG, &with_an_empty_filter), "malformed");
}

/// A flipped bit behind a checksum that fits is another change. Most are refused; what is taken is as
/// good as any other.
#[test]
fn every_flipped_bit_behind_a_repaired_checksum_is_refused_or_harmless() {
    let file = file();
    let mut taken = 0;
    for change in [visit(&file), place(&file)] {
        let body = change.body();
        for bit in 0..body.len() * 8 {
            let mut flipped = body.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            taken += usize::from(told(&file, WANG, &chunk(CHANGE, &flipped)).is_ok());
        }
    }
    assert!(taken > 0, "letters of a text may be others");
}

#[test]
fn a_second_change_at_one_sequence_is_a_fork() {
    let file = file();
    let mut server = file.clone();
    let actor = author(WANG).actor;
    yidang_documents::guard::admit(&mut server, &actor, &visit(&file).bytes()).unwrap();
    assert_eq!(word(&server, &visit(&file)), "duplicate");
    assert_eq!(word(&server, &place(&file)), "fork");
    let mut other = visit(&file);
    other.bend(|ops| ops.last_mut().unwrap().value = (TEXT, "没有去".as_bytes().to_vec()));
    assert_eq!(word(&server, &other), "fork");
    let mut other = visit(&server);
    other.seq = 0;
    assert_eq!(word(&server, &other), "fork");
}

#[test]
fn nobody_writes_in_the_name_of_another() {
    let file = file();
    assert_eq!(word_for(&file, LI, &visit(&file).bytes()), "actor");
    let there = file.changes_since(&[]).pop().unwrap().1;
    assert_eq!(word_for(&file, WANG, &there), "actor");
    let mut change = visit(&file);
    change.actor = author(LI).actor.to_vec();
    assert_eq!(word(&file, &change), "actor");
    let mut change = place(&file);
    let facts = container(&change, FACTS);
    assert_eq!(change.ops()[0].object, Some(facts));
    change.actor.push(0);
    assert_eq!(word(&file, &change), "actor");
}
