//! Bends a change somewhere: an operation, a column, what stands before the columns, a byte. Whoever
//! bends knows how the bytes are built, and repairs the length and the checksum afterwards, so that the
//! guard gets as far as it can.

use yidang_documents::Actor;

use crate::build::{Chunk, INSERT, KEY, Op, TEXT, VALUE, chunk, signed, unsigned};
use crate::corpus::Sample;
use crate::dice::Dice;

/// What is handed to the guard.
pub struct Bent<'a> {
    /// What it was made of.
    pub sample: &'a Sample,
    /// In whose name it is handed in.
    pub actor: Actor,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// One bent change, a function of the dice and the corpus alone.
pub fn bent<'a>(dice: &mut Dice, corpus: &'a [Sample]) -> Bent<'a> {
    let sample = dice.pick(corpus);
    let other = dice.pick(corpus);
    let mut change = sample.change.clone();
    // What is bent in an operation comes furthest, and there is most to bend there.
    let (ops, columns, header, bytes) = match dice.below(100) {
        0..=66 => (true, false, false, false),
        67..=81 => (false, true, false, false),
        82..=91 => (false, false, true, false),
        92..=95 => (false, false, false, true),
        _ => (true, dice.one_in(2), dice.one_in(2), dice.one_in(2)),
    };
    if ops {
        let mut bent = sample.ops.clone();
        again(dice, |dice| bend_ops(dice, &mut bent, sample, other));
        change.set_ops(&bent);
    }
    if columns {
        again(dice, |dice| bend_columns(dice, &mut change, other));
    }
    if header {
        again(dice, |dice| bend_header(dice, &mut change, sample, other));
    }
    let mut body = change.body();
    if bytes {
        again(dice, |dice| bend_bytes(dice, &mut body, other));
    }
    // Whoever writes in their own name under another actor is found out by the first look.
    let named = <Actor>::try_from(change.actor.as_slice()).unwrap_or(sample.actor);
    let actor = if dice.one_in(4) { sample.actor } else { named };
    let kind = if dice.one_in(400) { dice.byte() } else { change.kind };
    let mut bytes = chunk(kind, &body);
    if dice.one_in(200) {
        bend_bytes(dice, &mut bytes, other);
    }
    Bent { sample, actor, bytes }
}

/// Bends once, and as often as not once more.
fn again(dice: &mut Dice, mut bend: impl FnMut(&mut Dice)) {
    bend(dice);
    while dice.one_in(3) {
        bend(dice);
    }
}

fn bend_ops(dice: &mut Dice, ops: &mut Vec<Op>, sample: &Sample, other: &Sample) {
    if ops.is_empty() {
        ops.clone_from(&other.ops);
        return;
    }
    let (at, to) = (dice.below(ops.len()), dice.below(ops.len()));
    match dice.below(22) {
        0..=7 => bend_value(dice, &mut ops[at], other),
        8 | 9 => bend_key(dice, ops, at, other),
        10 | 11 => ops[at].object = id(dice, ops, sample),
        12..=14 => bend_predecessors(dice, ops, at, sample),
        15 => {
            ops[at].action = if dice.one_in(2) { 1 - ops[at].action.min(1) } else { dice.number() }
        }
        16 => ops.insert(to, ops[at].clone()),
        17 => drop(ops.remove(at)),
        18 => ops.swap(at, to),
        19 => {
            let from = dice.below(other.ops.len());
            let until = from + 1 + dice.below(other.ops.len() - from);
            let spliced = other.ops[from..until].iter().cloned();
            drop(ops.splice(at..at, spliced));
        }
        20 => ops[at].insert = !ops[at].insert,
        _ => {
            // The rest in place of another rest: one action made of the parts of two.
            let from = dice.below(other.ops.len());
            ops.truncate(at);
            ops.extend(other.ops[from..].iter().cloned());
        }
    }
}

fn bend_value(dice: &mut Dice, op: &mut Op, other: &Sample) {
    let (kind, bytes) = &mut op.value;
    match dice.below(16) {
        0..=3 => op.value = dice.pick(&other.ops).value.clone(),
        4 | 5 => bytes.extend(dice.pick(&["x", "长", "1", " ", "-"]).bytes()),
        6 => {
            bytes.pop();
        }
        7 => (*kind, *bytes) = (TEXT, "长".repeat(dice.below(400)).into_bytes()),
        8 => (*kind, *bytes) = (TEXT, vec![b'a'; 16_380 + dice.below(10)]),
        9 => {
            let text = dice.pick(&["\u{0}", "\n", "\u{feff}", "\u{10ffff}", ""]);
            (*kind, *bytes) = (TEXT, text.as_bytes().to_vec());
        }
        10 | 11 => (*kind, *bytes) = (4, signed(dice.signed())),
        12 => (*kind, *bytes) = (dice.any() % 3, Vec::new()),
        13 => *kind = dice.any() % 16,
        14 if !bytes.is_empty() => {
            let at = dice.below(bytes.len());
            bytes[at] = dice.byte();
        }
        _ => {
            let text = dice.pick(&["2026-02-30", "2026-11-20", "true", "c9"]);
            (*kind, *bytes) = (TEXT, text.as_bytes().to_vec());
        }
    }
}

fn bend_key(dice: &mut Dice, ops: &mut [Op], at: usize, other: &Sample) {
    const WORDS: [&str; 14] = [
        "grid",
        "name",
        "phone",
        "place",
        "withdrawn",
        "kind",
        "by",
        "on",
        "org",
        "words",
        "values.0",
        "values.1",
        "five.judge.words",
        "constructor",
    ];
    let key = match dice.below(6) {
        0 | 1 => dice.pick(&other.ops).key.clone(),
        2 | 3 => dice.pick(&WORDS).as_bytes().to_vec(),
        4 => {
            let mut key = ops[at].key.clone();
            key.extend(dice.pick(&[".", "0", ".0", "-1", "é", "\u{0}"]).bytes());
            key
        }
        _ => {
            let mut key = ops[at].key.clone();
            if !key.is_empty() {
                let at = dice.below(key.len());
                key[at] ^= 1 << dice.below(7);
            }
            key
        }
    };
    ops[at].key = key;
}

/// Names an operation: one that another operation names, one of the first change, one that is near.
fn id(dice: &mut Dice, ops: &[Op], sample: &Sample) -> Option<(u64, u64)> {
    let actors = sample.change.others.len() + 1;
    match dice.below(8) {
        0 => None,
        1..=3 => dice.pick(ops).object,
        4 => Some((0, sample.change.start_op + dice.below(ops.len() + 1) as u64)),
        5 => Some((dice.below(actors) as u64, 1 + dice.below(12) as u64)),
        6 => Some((dice.below(actors + 1) as u64, dice.any() % (sample.change.start_op + 4))),
        // Differences of counters have a sign, so that larger ones cannot be written.
        _ => Some((dice.number(), dice.number() >> 2)),
    }
}

fn bend_predecessors(dice: &mut Dice, ops: &mut [Op], at: usize, sample: &Sample) {
    let named = id(dice, ops, sample);
    let elsewhere = dice.pick(ops).pred.clone();
    let pred = &mut ops[at].pred;
    match (dice.below(5), named) {
        (0, _) => pred.truncate(pred.len().saturating_sub(1)),
        (1, Some(named)) => pred.push(named),
        (2, Some(named)) if !pred.is_empty() => {
            let at = dice.below(pred.len());
            pred[at] = named;
        }
        (3, _) => pred.reverse(),
        _ => *pred = elsewhere,
    }
}

fn bend_columns(dice: &mut Dice, change: &mut Chunk, other: &Sample) {
    if change.columns.is_empty() {
        change.columns.clone_from(&other.change.columns);
        return;
    }
    let (at, to) = (dice.below(change.columns.len()), dice.below(change.columns.len()));
    match dice.below(14) {
        0..=4 => bend_number(dice, &mut change.columns[at].1),
        5 | 6 => bend_runs(dice, &mut change.columns[at]),
        7 => {
            let length = dice.below(change.columns[at].1.len() + 1);
            change.columns[at].1.truncate(length);
        }
        8 => {
            let mut more = change.columns[to].1.clone();
            change.columns[at].1.append(&mut more);
        }
        9 => {
            let data = change.columns[at].1.clone();
            change.columns[at].1 = std::mem::replace(&mut change.columns[to].1, data);
        }
        10 => {
            let again = change.columns[at].clone();
            change.columns.insert(to, again);
        }
        11 => drop(change.columns.remove(at)),
        12 => change.columns[at].0 = dice.number(),
        _ => {
            let (name, data) = dice.pick(&other.change.columns).clone();
            change.set_column(name, data);
        }
    }
}

/// A number anywhere in the bytes becomes another one: near, at an edge, or longer than it need be.
fn bend_number(dice: &mut Dice, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        bytes.extend(unsigned(dice.number()));
        return;
    }
    let at = dice.below(bytes.len());
    let length = bytes[at..].iter().take_while(|byte| **byte & 0x80 != 0).count() + 1;
    let end = bytes.len().min(at + length);
    let with = match dice.below(5) {
        0 => unsigned(dice.number()),
        1 => signed(dice.signed()),
        2 => {
            let mut long = bytes[at..end].to_vec();
            long.iter_mut().for_each(|byte| *byte |= 0x80);
            long.extend(vec![0x80; dice.below(9)]);
            long.push(0);
            long
        }
        3 => vec![bytes[at].wrapping_add(1) & 0x7f],
        _ => vec![bytes[at].wrapping_sub(1) & 0x7f],
    };
    drop(bytes.splice(at..end, with));
}

/// The same values in other runs: a run of one, a hole, a run that was split, values one by one.
fn bend_runs(dice: &mut Dice, column: &mut (u64, Vec<u8>)) {
    let (name, data) = column;
    if [VALUE, INSERT].contains(name) || data.is_empty() {
        bend_number(dice, data);
        return;
    }
    let length = data.iter().take_while(|byte| **byte & 0x80 != 0).count() + 1;
    let rest = data[length.min(data.len())..].to_vec();
    let first = data[..length.min(data.len())].to_vec();
    let is_key = *name == KEY;
    *data = match dice.below(5) {
        // The first run is said to be one longer or shorter.
        0 => [vec![first[0].wrapping_add(1) & 0x7f], rest].concat(),
        1 => [signed(0), unsigned(dice.number()), first, rest].concat(),
        // One value in front, as a run of one and as a value by itself.
        2 => [signed(1), if is_key { unsigned(0) } else { unsigned(dice.number()) }, first, rest]
            .concat(),
        3 => [signed(-1), unsigned(dice.any() % 3), first, rest].concat(),
        _ => [signed(dice.signed()), rest].concat(),
    };
}

fn bend_header(dice: &mut Dice, change: &mut Chunk, sample: &Sample, other: &Sample) {
    match dice.below(16) {
        0 | 1 => bend_dependencies(dice, change, sample),
        2 => change.actor.clone_from(&other.change.actor),
        3 if !change.actor.is_empty() => {
            let at = dice.below(change.actor.len());
            change.actor[at] ^= dice.byte();
        }
        4 => change.actor.resize(dice.below(20), 7),
        5 => change.seq = dice.number(),
        6 => change.seq = change.seq.wrapping_add(dice.any() % 5).wrapping_sub(2),
        7 => change.start_op = dice.number(),
        8 => change.start_op = change.start_op.wrapping_add(dice.any() % 5).wrapping_sub(2),
        9 | 10 => change.time = dice.signed(),
        11 => change.message.push(dice.byte()),
        12 => bend_actors(dice, change, other),
        13 => change.extra.push(dice.byte()),
        14 => change.columns.clone_from(&other.change.columns),
        _ => change.others.clone_from(&other.change.others),
    }
}

fn bend_dependencies(dice: &mut Dice, change: &mut Chunk, sample: &Sample) {
    match dice.below(5) {
        0 => change.deps = vec![*dice.pick(&sample.known)],
        1 => change.deps.push(*dice.pick(&sample.known)),
        2 => change.deps.truncate(change.deps.len().saturating_sub(1)),
        3 => change.deps.push([dice.byte(); 32]),
        _ => change.deps.reverse(),
    }
    if dice.one_in(2) {
        change.deps.sort_unstable();
        change.deps.dedup();
    }
}

fn bend_actors(dice: &mut Dice, change: &mut Chunk, other: &Sample) {
    match dice.below(4) {
        0 => change.others.reverse(),
        1 => drop(change.others.pop()),
        2 => change.others.push(other.change.actor.clone()),
        _ => change.others.push(vec![dice.byte(); 16]),
    }
}

fn bend_bytes(dice: &mut Dice, bytes: &mut Vec<u8>, other: &Sample) {
    if bytes.is_empty() {
        return;
    }
    let at = dice.below(bytes.len());
    match dice.below(7) {
        0 | 1 => bytes[at] ^= 1 << dice.below(8),
        2 => bytes[at] = dice.byte(),
        3 => bytes.truncate(at),
        4 => bytes.insert(at, dice.byte()),
        5 => bend_number(dice, bytes),
        _ => {
            // The beginning of one and the end of another.
            let end = other.change.body();
            bytes.truncate(at);
            bytes.extend(&end[at.min(end.len())..]);
        }
    }
}
