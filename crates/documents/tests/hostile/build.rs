//! Change chunks of the engine, taken apart and put together again without it.

use sha2::{Digest, Sha256};

pub const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

/// Kinds of chunks.
pub const DOCUMENT: u8 = 0;
pub const CHANGE: u8 = 1;
pub const DEFLATED: u8 = 2;
pub const BUNDLE: u8 = 3;

/// Columns.
pub const OBJECT_ACTOR: u64 = 0x01;
pub const OBJECT_COUNTER: u64 = 0x02;
pub const KEY: u64 = 0x15;
pub const INSERT: u64 = 0x34;
pub const ACTION: u64 = 0x42;
pub const VALUE_META: u64 = 0x56;
pub const VALUE: u64 = 0x57;
pub const PRED_COUNT: u64 = 0x70;
pub const PRED_ACTOR: u64 = 0x71;
pub const PRED_COUNTER: u64 = 0x73;

/// Actions.
pub const MAKE_MAP: u64 = 0;
pub const PUT: u64 = 1;
pub const MAKE_LIST: u64 = 2;
pub const DELETE: u64 = 3;
pub const MAKE_TEXT: u64 = 4;
pub const INCREMENT: u64 = 5;
pub const MAKE_TABLE: u64 = 6;
pub const MARK: u64 = 7;

/// Types of values.
pub const NULL: u64 = 0;
pub const TRUE: u64 = 2;
pub const SIGNED: u64 = 4;
pub const TEXT: u64 = 6;
pub const BYTES: u64 = 7;

/// The low seven bits.
fn low(value: u64) -> u8 {
    u8::try_from(value & 0x7f).unwrap()
}

/// A number without a sign, as short as it can be.
pub fn unsigned(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push(low(value) | 0x80);
        value >>= 7;
    }
    bytes.push(low(value));
    bytes
}

/// A number with a sign, as short as it can be.
pub fn signed(mut value: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = low(value.cast_unsigned());
        value >>= 7;
        let sign = if byte & 0x40 == 0 { 0 } else { -1 };
        if value == sign {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

/// Bytes behind their length.
pub fn prefixed(bytes: &[u8]) -> Vec<u8> {
    [unsigned(bytes.len() as u64), bytes.to_vec()].concat()
}

/// Reads what the functions above write.
pub struct Cursor<'a> {
    pub rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let (head, rest) = self.rest.split_at(count);
        self.rest = rest;
        head
    }

    pub fn unsigned(&mut self) -> u64 {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        value
    }

    pub fn signed(&mut self) -> i64 {
        let mut value = 0_i64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)[0];
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                if byte & 0x40 != 0 && shift < 57 {
                    value |= -1_i64 << (shift + 7);
                }
                break;
            }
        }
        value
    }

    fn length(&mut self) -> usize {
        usize::try_from(self.unsigned()).unwrap()
    }

    pub fn prefixed(&mut self) -> &'a [u8] {
        let length = self.length();
        self.take(length)
    }
}

/// A column of runs. Values that are equal have equal bytes, so their bytes are compared.
pub fn runs(values: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut lone: Vec<&[u8]> = Vec::new();
    for run in values.chunk_by(|a, b| a == b) {
        if let [value] = run {
            lone.push(value);
            continue;
        }
        bytes.extend(literals(&std::mem::take(&mut lone)));
        bytes.extend(signed(i64::try_from(run.len()).unwrap()));
        bytes.extend(&run[0]);
    }
    bytes.extend(literals(&lone));
    bytes
}

fn literals(values: &[&[u8]]) -> Vec<u8> {
    if values.is_empty() {
        return Vec::new();
    }
    [signed(-i64::try_from(values.len()).unwrap()), values.concat()].concat()
}

/// The values of a column of runs, each read by `value`.
fn of_runs<T: Clone>(column: &[u8], value: impl Fn(&mut Cursor<'_>) -> T) -> Vec<T> {
    let mut cursor = Cursor { rest: column };
    let mut values = Vec::new();
    while !cursor.rest.is_empty() {
        match cursor.signed() {
            0 => panic!("a hole in a column of ours"),
            run @ 1.. => {
                let count = usize::try_from(run).unwrap();
                values.extend(vec![value(&mut cursor); count]);
            }
            run => values.extend((run..0).map(|_| value(&mut cursor))),
        }
    }
    values
}

/// An operation named by the place of its actor in the change and by its counter.
pub type Id = (u64, u64);

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Op {
    /// The object it writes into; the root where there is none.
    pub object: Option<Id>,
    pub key: Vec<u8>,
    pub insert: bool,
    pub action: u64,
    /// Type and bytes of its value.
    pub value: (u64, Vec<u8>),
    pub pred: Vec<Id>,
}

/// One chunk with the parts of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    pub kind: u8,
    pub deps: Vec<[u8; 32]>,
    pub actor: Vec<u8>,
    pub seq: u64,
    pub start_op: u64,
    pub time: i64,
    pub message: Vec<u8>,
    pub others: Vec<Vec<u8>>,
    pub columns: Vec<(u64, Vec<u8>)>,
    pub extra: Vec<u8>,
}

/// A chunk of that kind around `body`, with the checksum it ought to have.
pub fn chunk(kind: u8, body: &[u8]) -> Vec<u8> {
    let hashed = [vec![kind], prefixed(body)].concat();
    let hash: [u8; 32] = Sha256::digest(&hashed).into();
    [&MAGIC[..], &hash[..4], &hashed[..]].concat()
}

impl Chunk {
    /// Takes apart a change that the app wrote.
    pub fn read(bytes: &[u8]) -> Self {
        let mut chunk = Cursor { rest: bytes };
        assert_eq!(chunk.take(4), MAGIC);
        chunk.take(4);
        let kind = chunk.take(1)[0];
        let mut body = Cursor { rest: chunk.prefixed() };
        assert!(chunk.rest.is_empty());
        let deps: Vec<[u8; 32]> =
            (0..body.unsigned()).map(|_| body.take(32).try_into().unwrap()).collect();
        let actor = body.prefixed().to_vec();
        let (seq, start_op, time) = (body.unsigned(), body.unsigned(), body.signed());
        let message = body.prefixed().to_vec();
        let others: Vec<Vec<u8>> = (0..body.unsigned()).map(|_| body.prefixed().to_vec()).collect();
        let table: Vec<(u64, usize)> =
            (0..body.unsigned()).map(|_| (body.unsigned(), body.length())).collect();
        let columns =
            table.into_iter().map(|(name, length)| (name, body.take(length).to_vec())).collect();
        let extra = body.rest.to_vec();
        Self { kind, deps, actor, seq, start_op, time, message, others, columns, extra }
    }

    /// What stands between the header of the chunk and its end.
    pub fn body(&self) -> Vec<u8> {
        let mut body = unsigned(self.deps.len() as u64);
        body.extend(self.deps.concat());
        body.extend(prefixed(&self.actor));
        body.extend(unsigned(self.seq));
        body.extend(unsigned(self.start_op));
        body.extend(signed(self.time));
        body.extend(prefixed(&self.message));
        body.extend(unsigned(self.others.len() as u64));
        self.others.iter().for_each(|other| body.extend(prefixed(other)));
        body.extend(unsigned(self.columns.len() as u64));
        for (name, data) in &self.columns {
            body.extend(unsigned(*name));
            body.extend(unsigned(data.len() as u64));
        }
        self.columns.iter().for_each(|(_, data)| body.extend(data));
        body.extend(&self.extra);
        body
    }

    /// The chunk as it is sent.
    pub fn bytes(&self) -> Vec<u8> {
        chunk(self.kind, &self.body())
    }

    fn column(&self, wanted: u64) -> &[u8] {
        let found = self.columns.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, data)| data.as_slice()).unwrap_or_default()
    }

    /// Puts a column in its place, over the one that stands there.
    pub fn set_column(&mut self, name: u64, data: Vec<u8>) {
        self.columns.retain(|(other, _)| *other != name);
        self.columns.push((name, data));
        self.columns.sort_by_key(|(name, _)| *name);
    }

    /// The place of an actor in the change.
    pub fn place_of(&self, actor: &[u8]) -> u64 {
        if self.actor == actor {
            return 0;
        }
        self.others.iter().position(|other| other == actor).unwrap() as u64 + 1
    }

    /// The operations.
    pub fn ops(&self) -> Vec<Op> {
        let numbers = |name| of_runs(self.column(name), |cursor| cursor.unsigned());
        let objects: Vec<Id> =
            numbers(OBJECT_ACTOR).into_iter().zip(numbers(OBJECT_COUNTER)).collect();
        let keys = of_runs(self.column(KEY), |cursor| cursor.prefixed().to_vec());
        let metas = numbers(VALUE_META);
        let actions = numbers(ACTION);
        let mut inserts = inserts_of(self.column(INSERT)).into_iter();
        let mut values = Cursor { rest: self.column(VALUE) };
        let steps = of_runs(self.column(PRED_COUNTER), |cursor| cursor.signed());
        let counters = steps.into_iter().scan(0_i64, |at, step| {
            *at += step;
            Some(u64::try_from(*at).unwrap())
        });
        let mut preds = numbers(PRED_ACTOR).into_iter().zip(counters);
        let counts = numbers(PRED_COUNT);
        (0..actions.len())
            .map(|at| Op {
                object: objects.get(at).copied(),
                key: keys[at].clone(),
                insert: inserts.next().unwrap(),
                action: actions[at],
                value: {
                    let length = usize::try_from(metas[at] >> 4).unwrap();
                    (metas[at] & 0x0f, values.take(length).to_vec())
                },
                pred: (0..counts[at]).map(|_| preds.next().unwrap()).collect(),
            })
            .collect()
    }

    /// Puts these operations in place of those that stand there.
    pub fn set_ops(&mut self, ops: &[Op]) {
        let number = |value: &u64| unsigned(*value);
        let objects: Vec<Id> = ops.iter().filter_map(|op| op.object).collect();
        let ids: Vec<Id> = ops.iter().flat_map(|op| op.pred.clone()).collect();
        let meta = |op: &Op| unsigned(((op.value.1.len() as u64) << 4) | op.value.0);
        let mut before = 0;
        let mut step = |id: &Id| {
            let counter = i64::try_from(id.1).unwrap();
            signed(counter - std::mem::replace(&mut before, counter))
        };
        let columns = [
            (OBJECT_ACTOR, runs(&objects.iter().map(|id| number(&id.0)).collect::<Vec<_>>())),
            (OBJECT_COUNTER, runs(&objects.iter().map(|id| number(&id.1)).collect::<Vec<_>>())),
            (KEY, runs(&ops.iter().map(|op| prefixed(&op.key)).collect::<Vec<_>>())),
            (INSERT, inserts(ops)),
            (ACTION, runs(&ops.iter().map(|op| number(&op.action)).collect::<Vec<_>>())),
            (VALUE_META, runs(&ops.iter().map(meta).collect::<Vec<_>>())),
            (VALUE, ops.iter().flat_map(|op| op.value.1.clone()).collect()),
            (PRED_COUNT, runs(&ops.iter().map(count_of_preds).collect::<Vec<_>>())),
            (PRED_ACTOR, runs(&ids.iter().map(|id| number(&id.0)).collect::<Vec<_>>())),
            (PRED_COUNTER, runs(&ids.iter().map(&mut step).collect::<Vec<_>>())),
        ];
        self.columns = columns.into_iter().filter(|(_, data)| !data.is_empty()).collect();
    }

    /// Bends the operations.
    pub fn bend(&mut self, bend: impl FnOnce(&mut Vec<Op>)) {
        let mut ops = self.ops();
        bend(&mut ops);
        self.set_ops(&ops);
    }
}

fn count_of_preds(op: &Op) -> Vec<u8> {
    unsigned(op.pred.len() as u64)
}

/// How often the same stands there, beginning with how often `false` does.
fn inserts(ops: &[Op]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut at = ops;
    let mut is_insert = false;
    while !at.is_empty() {
        let count = at.iter().take_while(|op| op.insert == is_insert).count();
        bytes.extend(unsigned(count as u64));
        at = &at[count..];
        is_insert = !is_insert;
    }
    bytes
}

fn inserts_of(column: &[u8]) -> Vec<bool> {
    let mut cursor = Cursor { rest: column };
    let mut all = Vec::new();
    let mut is_insert = false;
    while !cursor.rest.is_empty() {
        all.extend(vec![is_insert; cursor.length()]);
        is_insert = !is_insert;
    }
    all
}

/// A DEFLATE stream of `length` bytes that inflates to 258 bytes for each thirteen bits: one zero, and
/// then the longest match again and again.
pub fn bomb(length: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = Vec::new();
    let mut push = |text: &str| bits.extend(text.bytes().map(|bit| bit == b'1'));
    // The last block, with the fixed codes; a literal zero.
    push("1");
    push("10");
    push("00110000");
    for _ in 0..(length * 8).saturating_sub(24) / 13 {
        // Length 258, distance 1.
        push("11000101");
        push("00000");
    }
    push("0000000");
    let byte =
        |bits: &[bool]| bits.iter().rev().fold(0_u8, |byte, bit| (byte << 1) | u8::from(*bit));
    bits.chunks(8).map(byte).collect()
}
