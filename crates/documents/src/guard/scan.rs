//! Reads the outline of a change without the engine, so that nothing in it is believed before it is
//! counted: a change of 69 bytes may declare sixteen million operations.

use sha2::{Digest, Sha256};

use crate::actor::ChangeHash;

use super::GuardError;

/// No change is larger.
pub const MOST_CHANGE_BYTES: usize = 64 * 1024;
/// No change has more operations.
const MOST_OPS: u64 = 2_000;
/// No operation supersedes more values.
const MOST_PREDECESSORS: u64 = 4 * MOST_OPS;
/// No change speaks of more actors.
const MOST_ACTORS: u64 = 256;
/// No change is made on more heads: one of each actor, and the author's own change before, which the
/// engine names beside them. Fewer would let one person stop everybody: who leaves more heads on a file
/// than a change may name leaves it so that no honest change is taken any more.
const MOST_DEPS: u64 = MOST_ACTORS + 1;
/// The bytes of every actor, that of the first change included.
const ACTOR_BYTES: usize = 16;
/// The years 1 to 9999. A clock that is wrong is nobody's fault and is taken, whatever year it says;
/// but the engine keeps the difference of each time to the one before it, and between the ends of all
/// numbers that does not fit: a change at one end could stop every honest one that follows.
const TIMES: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;
/// The engine counts operations in 32 bits and gives up on more.
const LARGEST_COUNTER: u64 = u32::MAX as u64;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE_CHUNK: u8 = 1;

/// What a change says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// The hash of its bytes.
    pub hash: ChangeHash,
    /// Its author.
    pub actor: Vec<u8>,
    /// Their sequence number.
    pub seq: u64,
    /// Its first operation.
    pub start_op: u64,
    /// The changes it was made on.
    pub deps: Vec<ChangeHash>,
    /// When, by the author's clock.
    pub time_ms: i64,
    /// How many operations it has.
    pub ops: u64,
}

struct Bytes<'a> {
    rest: &'a [u8],
}

fn malformed(detail: &str) -> GuardError {
    GuardError::refused("malformed", detail)
}

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], GuardError> {
        let (head, rest) = self.rest.split_at_checked(count).ok_or_else(|| malformed("cut"))?;
        self.rest = rest;
        Ok(head)
    }

    fn byte(&mut self) -> Result<u8, GuardError> {
        self.take(1)?.first().copied().ok_or_else(|| malformed("cut"))
    }

    fn unsigned(&mut self) -> Result<u64, GuardError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let low = u64::from(byte & 0x7f);
            if shift == 63 && low > 1 {
                return Err(malformed("number too large"));
            }
            value |= low << shift;
            if byte & 0x80 == 0 {
                if byte == 0 && shift > 0 {
                    return Err(malformed("overlong number"));
                }
                return Ok(value);
            }
        }
        Err(malformed("number too large"))
    }

    fn signed(&mut self) -> Result<i64, GuardError> {
        let mut value = 0_i64;
        let mut before = 0_u8;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte != 0 && byte != 0x7f {
                return Err(malformed("number too large"));
            }
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                // A last byte that repeats the sign of the one before it says nothing.
                let sign = if before & 0x40 == 0 { 0 } else { 0x7f };
                if shift > 0 && byte == sign {
                    return Err(malformed("overlong number"));
                }
                let is_negative = byte & 0x40 != 0 && shift < 57;
                return Ok(if is_negative { value | (-1_i64 << (shift + 7)) } else { value });
            }
            before = byte;
        }
        Err(malformed("number too large"))
    }

    fn length(&mut self, most: u64, what: &str) -> Result<usize, GuardError> {
        let length = self.unsigned()?;
        if length > most {
            return Err(malformed(&format!("too many {what}")));
        }
        usize::try_from(length).map_err(|_| malformed("number too large"))
    }

    fn blob(&mut self) -> Result<&'a [u8], GuardError> {
        let length = self.length(MOST_CHANGE_BYTES as u64, "bytes")?;
        self.take(length)
    }
}

/// Reads the outline of one uncompressed change chunk.
///
/// # Errors
///
/// [`GuardError::Refused`] with `too_large`, `chunk_kind`, `checksum` or `malformed`.
pub fn scan(bytes: &[u8]) -> Result<Outline, GuardError> {
    if bytes.len() > MOST_CHANGE_BYTES {
        return Err(GuardError::refused("too_large", format!("{} bytes", bytes.len())));
    }
    let mut chunk = Bytes { rest: bytes };
    if chunk.take(4)? != MAGIC {
        return Err(malformed("no magic"));
    }
    let checksum = chunk.take(4)?;
    let hashed = chunk.rest;
    if chunk.byte()? != CHANGE_CHUNK {
        return Err(GuardError::refused("chunk_kind", "only single uncompressed changes"));
    }
    let body = chunk.blob()?;
    if !chunk.rest.is_empty() {
        return Err(malformed("bytes behind the chunk"));
    }
    let hash: ChangeHash = Sha256::digest(hashed).into();
    if hash.get(..4) != Some(checksum) {
        return Err(GuardError::refused("checksum", "checksum does not fit"));
    }
    outline(body, hash)
}

fn outline(body: &[u8], hash: ChangeHash) -> Result<Outline, GuardError> {
    let mut body = Bytes { rest: body };
    let dep_count = body.length(MOST_DEPS, "dependencies")?;
    let deps = (0..dep_count)
        .map(|_| body.take(32)?.try_into().map_err(|_| malformed("cut")))
        .collect::<Result<Vec<ChangeHash>, GuardError>>()?;
    if !deps.is_sorted_by(|a, b| a < b) {
        return Err(malformed("dependencies out of order, or one of them twice"));
    }
    let actor = body.blob()?.to_vec();
    let seq = body.unsigned()?;
    let start_op = body.unsigned()?;
    let time_ms = body.signed()?;
    if !TIMES.contains(&time_ms) {
        return Err(malformed("a time outside the calendar"));
    }
    if !body.blob()?.is_empty() {
        return Err(malformed("a message"));
    }
    let others = body.length(MOST_ACTORS, "actors")?;
    for _ in 0..others {
        if body.blob()?.len() != ACTOR_BYTES {
            return Err(malformed("an actor that ours never have"));
        }
    }
    let ops = columns(&mut body, others as u64 + 1)?;
    if !body.rest.is_empty() {
        return Err(malformed("extra bytes"));
    }
    Ok(Outline { hash, actor, seq, start_op, deps, time_ms, ops })
}

/// The columns that a change of ours may have: objects, string keys, insert, action, value,
/// predecessors. No list keys, no marks, nothing deflated, nothing unknown.
const OBJECT_ACTOR: u64 = 0x01;
const OBJECT_COUNTER: u64 = 0x02;
const KEY_STRING: u64 = 0x15;
const INSERT: u64 = 0x34;
const ACTION: u64 = 0x42;
const VALUE_META: u64 = 0x56;
const VALUE: u64 = 0x57;
const PREDECESSOR_GROUP: u64 = 0x70;
const PREDECESSOR_ACTOR: u64 = 0x71;
const PREDECESSOR_COUNTER: u64 = 0x73;
const KNOWN: [u64; 10] = [
    OBJECT_ACTOR,
    OBJECT_COUNTER,
    KEY_STRING,
    INSERT,
    ACTION,
    VALUE_META,
    VALUE,
    PREDECESSOR_GROUP,
    PREDECESSOR_ACTOR,
    PREDECESSOR_COUNTER,
];

/// Counts the operations and checks that every column covers exactly that many.
fn columns(body: &mut Bytes<'_>, actors: u64) -> Result<u64, GuardError> {
    let count = body.length(KNOWN.len() as u64, "columns")?;
    let mut table = Vec::with_capacity(count);
    for _ in 0..count {
        let spec = body.unsigned()?;
        let length = body.length(MOST_CHANGE_BYTES as u64, "bytes")?;
        let is_ascending = table.last().is_none_or(|(last, _)| *last < spec);
        if !KNOWN.contains(&spec) || !is_ascending || length == 0 {
            return Err(malformed("a column that ours never have"));
        }
        table.push((spec, length));
    }
    let mut found = Vec::with_capacity(count);
    for (spec, length) in table {
        found.push((spec, body.take(length)?));
    }
    let column =
        |wanted: u64| found.iter().find(|(spec, _)| *spec == wanted).map(|(_, data)| *data);
    let ops = run_total(column(ACTION).unwrap_or_default(), MOST_OPS, |action| {
        if action <= 1 { Ok(()) } else { Err(malformed("an action that ours never take")) }
    })?
    .0;
    if ops == 0 {
        return Err(GuardError::refused("empty", "a change without operations"));
    }
    let within = |value: u64| if value < actors { Ok(()) } else { Err(malformed("no such actor")) };
    // The first change alone writes into the root, which both columns leave out.
    let is_in_root = column(OBJECT_ACTOR).is_none() && column(OBJECT_COUNTER).is_none();
    if !is_in_root {
        covers(column(OBJECT_ACTOR), ops, |data| Ok(run_total(data, ops, within)?.0))?;
        covers(column(OBJECT_COUNTER), ops, |data| Ok(run_total(data, ops, counted)?.0))?;
    }
    covers(column(KEY_STRING), ops, |data| key_total(data, ops))?;
    covers(column(INSERT), ops, |data| insert_total(data, ops))?;
    let values = column(VALUE).unwrap_or_default();
    covers(column(VALUE_META), ops, |data| value_total(data, values, ops))?;
    predecessors(&column, ops, &within)?;
    Ok(ops)
}

fn counted(counter: u64) -> Result<(), GuardError> {
    if counter <= LARGEST_COUNTER { Ok(()) } else { Err(malformed("an object out of range")) }
}

type Column<'a> = dyn Fn(u64) -> Option<&'a [u8]> + 'a;

fn predecessors(
    column: &Column<'_>,
    ops: u64,
    within: &dyn Fn(u64) -> Result<(), GuardError>,
) -> Result<(), GuardError> {
    let (rows, total) = run_total(column(PREDECESSOR_GROUP).unwrap_or_default(), ops, |_| Ok(()))?;
    if rows != ops || total > MOST_PREDECESSORS {
        return Err(malformed("predecessors do not cover the operations"));
    }
    let actors = run_total(column(PREDECESSOR_ACTOR).unwrap_or_default(), total, within)?.0;
    let counters = delta_total(column(PREDECESSOR_COUNTER).unwrap_or_default(), total)?;
    if actors != total || counters != total {
        return Err(malformed("predecessors do not cover the operations"));
    }
    Ok(())
}

fn covers(
    column: Option<&[u8]>,
    ops: u64,
    total: impl FnOnce(&[u8]) -> Result<u64, GuardError>,
) -> Result<(), GuardError> {
    match column {
        Some(data) if total(data)? == ops => Ok(()),
        _ => Err(malformed("a column does not cover the operations")),
    }
}

/// Walks runs; calls `value` for each literal or repeated value with how often it stands there.
///
/// Columns of ours have no holes. The engine gives up on one in most columns, and writes a column of
/// nothing but holes as none at all.
fn walk(
    data: &[u8],
    most: u64,
    mut value: impl FnMut(&mut Bytes<'_>, u64) -> Result<(), GuardError>,
) -> Result<u64, GuardError> {
    let mut bytes = Bytes { rest: data };
    let mut total = 0_u64;
    while !bytes.rest.is_empty() {
        let run = bytes.signed()?;
        if run == 0 {
            return Err(malformed("a hole in a column"));
        }
        let count = run.unsigned_abs();
        total = total.checked_add(count).filter(|sum| *sum <= most).ok_or_else(|| {
            GuardError::refused("too_large", "more operations than a change may have")
        })?;
        let (literals, each) = if run > 0 { (1, count) } else { (count, 1) };
        for _ in 0..literals {
            value(&mut bytes, each)?;
        }
    }
    Ok(total)
}

/// The number of rows of a column of numbers, and the sum of its values.
fn run_total(
    data: &[u8],
    most: u64,
    check: impl Fn(u64) -> Result<(), GuardError>,
) -> Result<(u64, u64), GuardError> {
    let mut sum = 0_u64;
    let rows = walk(data, most, |bytes, times| {
        let value = bytes.unsigned()?;
        check(value)?;
        sum = sum
            .checked_add(value.checked_mul(times).ok_or_else(|| malformed("number too large"))?)
            .ok_or_else(|| malformed("number too large"))?;
        Ok(())
    })?;
    Ok((rows, sum))
}

/// The rows of the column that says what each value is and how long. Every value is looked at: the
/// engine reads by these lengths, and passes over those of values that have none.
fn value_total(data: &[u8], values: &[u8], most: u64) -> Result<u64, GuardError> {
    let mut values = Bytes { rest: values };
    let rows = walk(data, most, |bytes, times| {
        let meta = bytes.unsigned()?;
        let length = usize::try_from(meta >> 4).map_err(|_| malformed("number too large"))?;
        for _ in 0..times {
            is_value(meta & 0x0f, values.take(length)?)?;
        }
        Ok(())
    })?;
    if values.rest.is_empty() {
        Ok(rows)
    } else {
        Err(malformed("values and their lengths differ"))
    }
}

/// Whether these bytes are a value of that type, one that ours have.
fn is_value(kind: u64, bytes: &[u8]) -> Result<(), GuardError> {
    /// Null (of objects), false and true.
    const WITHOUT_BYTES: std::ops::RangeInclusive<u64> = 0..=2;
    const SIGNED: u64 = 4;
    const TEXT: u64 = 6;
    /// The identifier in the first change.
    const BYTES: u64 = 7;
    let is_ours = match kind {
        SIGNED => {
            let mut number = Bytes { rest: bytes };
            number.signed()?;
            number.rest.is_empty()
        }
        TEXT => std::str::from_utf8(bytes).is_ok(),
        BYTES => true,
        _ => WITHOUT_BYTES.contains(&kind) && bytes.is_empty(),
    };
    if is_ours { Ok(()) } else { Err(malformed("a value that ours never have")) }
}

fn key_total(data: &[u8], most: u64) -> Result<u64, GuardError> {
    /// No key of ours is longer: an item key has at most 22 + 1 + 20 + 1 + 4 characters.
    const LONGEST_KEY: usize = 64;
    walk(data, most, |bytes, _| {
        let key = bytes.blob()?;
        if key.len() > LONGEST_KEY || std::str::from_utf8(key).is_err() {
            return Err(malformed("a key that ours never have"));
        }
        Ok(())
    })
}

fn delta_total(data: &[u8], most: u64) -> Result<u64, GuardError> {
    let mut at = 0_i64;
    walk(data, most, |bytes, times| {
        let step = bytes.signed()?;
        let far = step.checked_mul(i64::try_from(times).unwrap_or(i64::MAX));
        at = far
            .and_then(|far| at.checked_add(far))
            .filter(|at| (0..=i64::from(u32::MAX)).contains(at))
            .ok_or_else(|| malformed("a predecessor out of range"))?;
        Ok(())
    })
}

/// The insert column holds runs that begin with `false`; ours hold nothing else.
fn insert_total(data: &[u8], most: u64) -> Result<u64, GuardError> {
    let mut bytes = Bytes { rest: data };
    let falses = bytes.unsigned()?;
    if !bytes.rest.is_empty() || falses > most {
        return Err(malformed("an insertion into a list"));
    }
    Ok(falses)
}
