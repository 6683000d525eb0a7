//! The columns of operations: runs, numbers, values, predecessors.

use crate::build::{
    ACTION, BYTES, Chunk, INSERT, KEY, NULL, OBJECT_ACTOR, OBJECT_COUNTER, PRED_ACTOR, PRED_COUNT,
    PRED_COUNTER, SIGNED, TEXT, TRUE, VALUE, VALUE_META, prefixed, runs, signed, unsigned,
};
use crate::scene::{GAO, WANG, clashing, container, file, place, settled, visit, word, word_for};

/// Every column of runs.
const OF_RUNS: [u64; 8] =
    [OBJECT_ACTOR, OBJECT_COUNTER, KEY, ACTION, VALUE_META, PRED_COUNT, PRED_ACTOR, PRED_COUNTER];

/// One change with one column put in place of its own.
fn with(change: &Chunk, name: u64, data: Vec<u8>) -> Chunk {
    let mut bent = change.clone();
    bent.set_column(name, data);
    bent
}

#[test]
fn a_hole_in_a_column_is_refused() {
    let file = file();
    let change = place(&file);
    for name in OF_RUNS {
        for count in [0, 1, 2, 1 << 40, u64::MAX] {
            let hole = [signed(0), unsigned(count)].concat();
            assert_eq!(word(&file, &with(&change, name, hole)), "malformed", "{name:#x}");
        }
    }
    // Between operations as well.
    let change = visit(&file);
    let ops = change.ops().len() as u64;
    let actions = [signed(-1), unsigned(0), signed(0), unsigned(ops - 2), signed(-1), unsigned(1)];
    assert_eq!(word(&file, &with(&change, ACTION, actions.concat())), "malformed");
}

#[test]
fn a_column_that_is_empty_or_missing_is_refused() {
    let file = file();
    let change = place(&file);
    assert_eq!(change.columns.len(), OF_RUNS.len() + 2);
    for (name, _) in change.columns.clone() {
        assert_eq!(word(&file, &with(&change, name, Vec::new())), "malformed", "{name:#x}");
        let mut without = change.clone();
        without.columns.retain(|(other, _)| *other != name);
        let told = if name == ACTION { "empty" } else { "malformed" };
        assert_eq!(word(&file, &without), told, "{name:#x}");
    }
    let mut nothing = change.clone();
    nothing.columns.clear();
    assert_eq!(word(&file, &nothing), "empty");
    let mut nothing = change;
    nothing.set_ops(&[]);
    assert_eq!(word(&file, &nothing), "empty");
}

#[test]
fn columns_that_ours_never_have_are_refused() {
    let file = file();
    // Elements of lists, deflated keys, increments, marks, and what nobody knows.
    for name in [0, 0x10, 0x11, 0x13, 0x1d, 0x58, 0x61, 0x94, 0xa5, 0xf2, 1 << 32, u64::MAX] {
        let bent = with(&visit(&file), name, runs(&[unsigned(1)]));
        assert_eq!(word(&file, &bent), "malformed", "{name:#x}");
    }
    let mut twice = visit(&file);
    twice.columns.insert(0, twice.columns[0].clone());
    assert_eq!(word(&file, &twice), "malformed");
    let mut swapped = visit(&file);
    swapped.columns.swap(0, 1);
    assert_eq!(word(&file, &swapped), "malformed");
}

#[test]
fn a_column_that_covers_fewer_or_more_operations_is_refused() {
    let file = file();
    let change = visit(&file);
    let keys: Vec<Vec<u8>> = change.ops().iter().map(|op| prefixed(&op.key)).collect();
    let fewer = runs(&keys[1..]);
    assert_eq!(word(&file, &with(&change, KEY, fewer)), "malformed");
    let more = runs(&[&keys[..], &keys[..1]].concat());
    assert_eq!(word(&file, &with(&change, KEY, more)), "too_large");
    let inserts = unsigned(keys.len() as u64 - 1);
    assert_eq!(word(&file, &with(&change, INSERT, inserts)), "malformed");
}

#[test]
fn numbers_of_runs_that_are_overlong_or_huge_are_refused() {
    let file = file();
    let change = place(&file);
    let put = |run: Vec<u8>| with(&change, ACTION, [run, unsigned(1)].concat());
    assert_eq!(word(&file, &put(signed(-1))), "taken");
    assert_eq!(word(&file, &put(vec![0xff, 0x7f])), "malformed");
    assert_eq!(word(&file, &put(vec![0xff, 0xff, 0x7f])), "malformed");
    assert_eq!(word(&file, &put(vec![0x81, 0x00])), "malformed");
    assert_eq!(word(&file, &put(vec![0xff; 11])), "malformed");
    for run in [i64::MIN, i64::MAX, 1 << 32] {
        assert_eq!(word(&file, &put(signed(run))), "too_large", "{run}");
    }
    let overlong = with(&change, ACTION, vec![0x7f, 0x81, 0x00]);
    assert_eq!(word(&file, &overlong), "malformed");
}

/// The engine would write it in another way, and would not know it again after loading.
#[test]
fn runs_that_the_engine_would_write_otherwise_are_refused() {
    let file = file();
    let one = with(&place(&file), ACTION, [signed(1), unsigned(1)].concat());
    assert_eq!(word(&file, &one), "unreadable");
    let change = visit(&file);
    let actions: Vec<u8> = change.ops().iter().flat_map(|op| unsigned(op.action)).collect();
    let count = i64::try_from(actions.len()).unwrap();
    let literal = with(&change, ACTION, [signed(-count), actions].concat());
    assert_eq!(word(&file, &literal), "unreadable");
    let ops = change.ops().len() as u64;
    let split = [signed(-1), unsigned(0), signed(-1), unsigned(1), signed(count - 2), unsigned(1)];
    assert!(ops > 3);
    assert_eq!(word(&file, &with(&change, ACTION, split.concat())), "unreadable");
}

#[test]
fn actors_that_nobody_speaks_of_or_out_of_order_are_refused() {
    let file = file();
    for spare in [vec![0xff; 16], place(&file).actor] {
        let mut change = place(&file);
        change.others.push(spare);
        assert_eq!(word(&file, &change), "unreadable");
    }
    let mut change = place(&file);
    assert_eq!(change.others.len(), 2);
    change.others.swap(0, 1);
    change.bend(|ops| {
        let other = |place: u64| if place == 0 { 0 } else { 3 - place };
        for op in ops {
            op.object = op.object.map(|(place, counter)| (other(place), counter));
            op.pred.iter_mut().for_each(|(place, _)| *place = other(*place));
        }
    });
    assert_eq!(word(&file, &change), "unreadable");
}

#[test]
fn predecessors_out_of_order_or_twice_are_refused() {
    let file = clashing();
    let mut change = settled(&file);
    assert_eq!(change.ops()[0].pred.len(), 2);
    change.bend(|ops| ops[0].pred.swap(0, 1));
    assert_eq!(word_for(&file, GAO, &change.bytes()), "unreadable");
    let mut change = settled(&file);
    change.bend(|ops| {
        let again = ops[0].pred[1];
        ops[0].pred.push(again);
    });
    assert_eq!(word_for(&file, GAO, &change.bytes()), "predecessors");
    let mut change = settled(&file);
    change.bend(|ops| ops[0].pred.truncate(1));
    assert_eq!(word_for(&file, GAO, &change.bytes()), "predecessors");
}

#[test]
fn predecessors_out_of_range_are_refused() {
    let file = file();
    let change = place(&file);
    for step in [-1, 1 << 32, i64::MAX, i64::MIN] {
        let bent = with(&change, PRED_COUNTER, runs(&[signed(step)]));
        assert_eq!(word(&file, &bent), "malformed", "{step}");
    }
    for count in [0, 2, 8_001, 1 << 32, u64::MAX] {
        let bent = with(&change, PRED_COUNT, runs(&[unsigned(count)]));
        assert!(["malformed", "too_large"].contains(&word(&file, &bent)), "{count}");
    }
    for place in [3, 255, 1 << 32, u64::MAX] {
        let bent = with(&change, PRED_ACTOR, runs(&[unsigned(place)]));
        assert_eq!(word(&file, &bent), "malformed", "{place}");
    }
}

#[test]
fn objects_out_of_range_are_refused() {
    let file = file();
    let change = place(&file);
    for counter in [1 << 32, 1 << 40, u64::MAX] {
        let bent = with(&change, OBJECT_COUNTER, runs(&[unsigned(counter)]));
        assert_eq!(word(&file, &bent), "malformed", "{counter}");
    }
    for place in [3, 255, 1 << 32, u64::MAX] {
        let bent = with(&change, OBJECT_ACTOR, runs(&[unsigned(place)]));
        assert_eq!(word(&file, &bent), "malformed", "{place}");
    }
    let (genesis, _) = container(&change, 0);
    for counter in [0, 1, u64::from(u32::MAX)] {
        let mut bent = place(&file);
        bent.bend(|ops| ops[0].object = Some((genesis, counter)));
        assert_eq!(word(&file, &bent), "grammar", "{counter}");
    }
}

#[test]
fn keys_that_are_no_utf_8_or_too_long_are_refused() {
    let file = file();
    for key in [vec![0xff], vec![0xc3], b"\xed\xa0\x80".to_vec(), vec![b'k'; 65]] {
        for at in [0, 1] {
            let mut change = visit(&file);
            change.bend(|ops| ops[at].key.clone_from(&key));
            assert_eq!(word(&file, &change), "malformed", "{key:?}");
        }
    }
    for length in [64, 1 << 20, u64::MAX] {
        let column = [signed(-1), unsigned(length), b"place".to_vec()].concat();
        assert_eq!(word(&file, &with(&place(&file), KEY, column)), "malformed", "{length}");
    }
    let overlong = [signed(-1), vec![0x85, 0x00], b"place".to_vec()].concat();
    assert_eq!(word(&file, &with(&place(&file), KEY, overlong)), "malformed");
}

#[test]
fn values_that_are_not_what_they_are_said_to_be_are_refused() {
    let file = file();
    let signed_and_more = [signed(3), vec![0]].concat();
    for (kind, bytes) in [
        (TEXT, vec![0xff, 0xfe]),
        (TEXT, "长".as_bytes()[..2].to_vec()),
        (NULL, vec![1]),
        (TRUE, vec![1, 2, 3]),
        (SIGNED, Vec::new()),
        (SIGNED, vec![0x80]),
        (SIGNED, vec![0x83, 0x00]),
        (SIGNED, vec![0xff; 10]),
        (SIGNED, signed_and_more),
    ] {
        for mut change in [visit(&file), place(&file)] {
            change.bend(|ops| ops.last_mut().unwrap().value = (kind, bytes.clone()));
            assert_eq!(word(&file, &change), "malformed", "{kind} {bytes:?}");
        }
    }
}

/// Numbers without a sign, fractions, counters, instants, and types that nobody knows.
#[test]
fn values_of_types_that_ours_never_have_are_refused() {
    let file = file();
    for kind in [3, 5, 8, 9, 10, 15] {
        for bytes in [Vec::new(), vec![1], vec![0; 8]] {
            let mut change = place(&file);
            change.bend(|ops| ops[0].value = (kind, bytes));
            assert_eq!(word(&file, &change), "malformed", "{kind}");
        }
    }
    let mut change = place(&file);
    change.bend(|ops| ops[0].value = (BYTES, vec![1, 2, 3]));
    assert_eq!(word(&file, &change), "grammar");
}

#[test]
fn lengths_that_go_beyond_the_values_or_stop_before_are_refused() {
    let file = file();
    let change = place(&file);
    let length = change.ops()[0].value.1.len() as u64;
    for wrong in [0, length - 1, length + 1, 5_000, 1 << 32, u64::MAX >> 4] {
        let meta = runs(&[unsigned((wrong << 4) | TEXT)]);
        assert_eq!(word(&file, &with(&change, VALUE_META, meta)), "malformed", "{wrong}");
    }
    let more = with(&change, VALUE, vec![b'a'; 30_000]);
    assert_eq!(word(&file, &more), "malformed");
}

/// An object has no value of its own; the engine would forget one.
#[test]
fn a_value_beside_a_new_object_is_refused() {
    let file = file();
    for value in [(TRUE, Vec::new()), (TEXT, b"wei".to_vec())] {
        let mut change = visit(&file);
        change.bend(|ops| ops[0].value = value);
        assert_eq!(word_for(&file, WANG, &change.bytes()), "unreadable");
    }
}
