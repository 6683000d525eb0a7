//! Changes bent at random, with a checksum that fits: whatever the guard takes can be saved, loaded and
//! read, and whatever it does not take leaves the file as it was (`scene::told` holds both).

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::build::{CHANGE, Chunk, Op, chunk};
use crate::scene::{WANG, all, file, told};

/// One thing that is bent.
#[derive(Debug, Clone)]
enum Bend {
    Sequence(u64),
    Start(u64),
    Time(i64),
    Action(Index, u64),
    Key(Index, Vec<u8>),
    Value(Index, u64, Vec<u8>),
    Object(Index, u64, u64),
    Pred(Index, u64, u64),
    Again(Index),
    Without(Index),
    /// Bytes of the body, whatever they stand for.
    Byte(Index, u8),
}

fn small() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..40_u64, 1 => any::<u64>()]
}

fn bend() -> impl Strategy<Value = Bend> {
    let at = any::<Index>;
    let word = || prop_oneof![vec(b'a'..=b'z', 0..8), vec(any::<u8>(), 0..6)];
    prop_oneof![
        small().prop_map(Bend::Sequence),
        small().prop_map(Bend::Start),
        any::<i64>().prop_map(Bend::Time),
        (at(), small()).prop_map(|(at, action)| Bend::Action(at, action)),
        (at(), word()).prop_map(|(at, key)| Bend::Key(at, key)),
        (at(), 0..16_u64, word()).prop_map(|(at, kind, value)| Bend::Value(at, kind, value)),
        (at(), 0..4_u64, small()).prop_map(|(at, actor, counter)| Bend::Object(at, actor, counter)),
        (at(), 0..4_u64, small()).prop_map(|(at, actor, counter)| Bend::Pred(at, actor, counter)),
        at().prop_map(Bend::Again),
        at().prop_map(Bend::Without),
        (at(), any::<u8>()).prop_map(|(at, byte)| Bend::Byte(at, byte)),
    ]
}

/// The operation at `at`, if there is one left.
fn one<'a>(ops: &'a mut [Op], at: &Index) -> Option<&'a mut Op> {
    if ops.is_empty() { None } else { Some(at.get_mut(ops)) }
}

fn bend_op(ops: &mut Vec<Op>, bend: &Bend) {
    match bend {
        Bend::Again(at) if !ops.is_empty() => {
            let again = at.get(ops).clone();
            ops.push(again);
        }
        Bend::Without(at) if !ops.is_empty() => drop(ops.remove(at.index(ops.len()))),
        Bend::Action(at, action) => {
            if let Some(op) = one(ops, at) {
                op.action = *action;
            }
        }
        Bend::Key(at, key) => {
            if let Some(op) = one(ops, at) {
                op.key.clone_from(key);
            }
        }
        Bend::Value(at, kind, value) => {
            if let Some(op) = one(ops, at) {
                op.value = (*kind, value.clone());
            }
        }
        Bend::Object(at, actor, counter) => {
            if let Some(op) = one(ops, at) {
                op.object = Some((*actor, *counter));
            }
        }
        Bend::Pred(at, actor, counter) => {
            // Differences of counters are signed.
            if let Some(op) = one(ops, at) {
                op.pred.push((*actor, counter >> 2));
            }
        }
        _ => {}
    }
}

fn bent(change: &Chunk, bends: &[Bend]) -> Vec<u8> {
    let mut change = change.clone();
    for bend in bends {
        match bend {
            Bend::Sequence(seq) => change.seq = *seq,
            Bend::Start(start_op) => change.start_op = *start_op,
            Bend::Time(time) => change.time = *time,
            Bend::Byte(..) => {}
            _ => {
                let mut ops = change.ops();
                bend_op(&mut ops, bend);
                change.set_ops(&ops);
            }
        }
    }
    let mut body = change.body();
    for bend in bends {
        if let Bend::Byte(at, byte) = bend {
            *at.get_mut(&mut body) = *byte;
        }
    }
    chunk(CHANGE, &body)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_guard_takes_can_be_saved_loaded_and_read(
        which in any::<Index>(),
        bends in vec(bend(), 1..4),
    ) {
        let all = all();
        let (file, user, change) = which.get(&all);
        // What is taken and what is not is held there; here it is held that nothing stops the process.
        drop(told(file, user, &bent(change, &bends)));
    }

    #[test]
    fn noise_is_refused(body in vec(any::<u8>(), 0..400)) {
        let file = file();
        prop_assert!(told(&file, WANG, &chunk(CHANGE, &body)).is_err());
        prop_assert!(told(&file, WANG, &body).is_err());
    }
}
