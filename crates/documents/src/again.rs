//! 县级重录: a document that goes on from one that was destroyed by order.
//!
//! What must vanish cannot be taken out of a history, so the county records the rest again, in a document of its
//! own: first an entry that names the destroyed one, then the values that showed, and the kept items and entries
//! under their old keys, each entry with the hash and the time of its old change and with what it was made on.
//! Whoever reads it ([`Document::read`]) finds the old changes where they stood, so that decisions, what they saw
//! and who wrote what mean the same as before. Only the server writes it (`rights::TABLE`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{Automerge, ObjId, ROOT, ReadDoc};
use yidang_domain::causality::{ChangeGraph, ChangeNode, hex_of};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::{Entry, EntryHeader, EntryKind};
use yidang_domain::ids::{DocumentId, ItemKey};

use crate::actor::{ChangeHash, item_key, parts_of};
use crate::document::{Document, DocumentError};
use crate::edit::{Author, Committed, add};
use crate::flat;
use crate::project::all_registers;
use crate::read::{ChangeInfo, EntryBody, EntryRecord, Item, Reading, Register};
use crate::scalar::Scalar;
use crate::schema::{self, Shape};

/// What stands where words were cut.
pub const CUT: &str = "〔已删〕";

/// The entry of a document that goes on for the first time has this number in its key, for the second time twice as
/// much, and items made later are numbered from there: an author whose sequence begins anew never gives a key
/// that was kept. No change makes so many items (`guard::scan`).
const STEP: usize = 2_000;
/// A document goes on no more often.
const MOST_TIMES: usize = 100;

/// So many operations and bytes stand in one change of it; half of what the guard takes (`guard::scan`).
const MOST_OPS: usize = 1_000;
const MOST_BYTES: usize = 32 * 1024;

/// What an entry that was recorded again says of its old change, beside what it says itself.
const FIELDS: &str = "again.";

/// What every entry carries and nobody cuts.
const UNCUT: [&str; 5] = ["kind", "on", "by", "org", "device"];

/// Why a document cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum AgainError {
    /// Something in it cannot be read by this version, so nobody knows what it says.
    #[error("something in the document cannot be read by this version")]
    Unknown,
    /// A word stands nowhere in it, not even in what was overwritten: whoever named it meant another one.
    #[error("a word to cut stands nowhere in the document")]
    NotThere,
    /// It went on too often.
    #[error("the document went on {MOST_TIMES} times before")]
    TooOften,
    /// An entry is too wide to be recorded again.
    #[error("an entry has too many fields to be recorded again")]
    TooWide,
    /// The engine refuses.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

impl From<automerge::AutomergeError> for AgainError {
    fn from(error: automerge::AutomergeError) -> Self {
        Self::Document(error.into())
    }
}

/// The old change of an entry that was recorded again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Again {
    /// Its hash.
    pub change: ChangeHash,
    /// When it was written, by its author's clock.
    pub at: InstantMs,
    /// The last kept changes that its author knew.
    pub after: Vec<ChangeHash>,
}

impl Again {
    fn fields(&self) -> Vec<(String, Scalar)> {
        let mut fields = vec![
            (format!("{FIELDS}at"), Scalar::Number(self.at.0)),
            (format!("{FIELDS}change"), Scalar::Text(hex_of(&self.change))),
        ];
        fields.extend(
            self.after.iter().enumerate().map(|(index, hash)| {
                (format!("{FIELDS}after.{index}"), Scalar::Text(hex_of(hash)))
            }),
        );
        fields
    }

    /// Parts the fields of an entry: what it says, and what is said of its old change. None where that is not
    /// all of it, or more.
    pub fn part(fields: Vec<(String, Scalar)>) -> (Vec<(String, Scalar)>, Option<Self>) {
        let (mut of_it, rest): (Vec<_>, Vec<_>) =
            fields.into_iter().partition(|(name, _)| name.starts_with(FIELDS));
        of_it.sort();
        (rest, Self::read(&of_it))
    }

    fn read(fields: &[(String, Scalar)]) -> Option<Self> {
        let value = |name: &str| {
            let path = format!("{FIELDS}{name}");
            fields.iter().find(|(field, _)| *field == path).map(|(_, value)| value)
        };
        let hash = |name: &str| match value(name) {
            Some(Scalar::Text(text)) => hash_of(text),
            _ => None,
        };
        let Some(Scalar::Number(at)) = value("at") else { return None };
        let after = (0..).map_while(|index| hash(&format!("after.{index}"))).collect();
        let again = Self { change: hash("change")?, at: InstantMs(*at), after };
        let mut same = again.fields();
        same.sort();
        (same == fields).then_some(again)
    }

    fn info(&self, key: &ItemKey, start_op: u64) -> ChangeInfo {
        let (actor, seq, _) = parts_of(key).unwrap_or_default();
        ChangeInfo { hash: self.change, actor, seq, start_op, at: self.at }
    }
}

fn hash_of(hex: &str) -> Option<ChangeHash> {
    let digit = |place: usize| hex.get(place..place + 2);
    let mut hash = ChangeHash::default();
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digit(2 * index)?, 16).ok()?;
    }
    (hex_of(&hash) == hex).then_some(hash)
}

/// The number in the key of an entry 县级重录; none for the key of anything else.
pub(crate) fn begins_at(key: &ItemKey) -> Option<usize> {
    let (_, _, n) = parts_of(key)?;
    (n > 0 && n.is_multiple_of(STEP) && n <= STEP * MOST_TIMES).then_some(n)
}

/// The number of the entry 县级重录 of a document as it is; zero where it never went on.
fn generation(of: impl Iterator<Item = usize>) -> usize {
    of.max().unwrap_or(0)
}

/// The number of the first item of a change, by the number of the entry 县级重录.
const fn after(generation: usize) -> usize {
    if generation == 0 { 0 } else { generation + 1 }
}

/// The number of the first item of a change in a document as it is.
pub(crate) fn first_number(engine: &Automerge) -> usize {
    let Ok(Some((_, entries))) = engine.get(ROOT, "entries") else { return 0 };
    let goes_on = |id: &ObjId| match engine.get(id, "kind") {
        Ok(Some((value, _))) => value.as_str() == Some(EntryKind::Succeeds.name()),
        _ => false,
    };
    let numbered = engine.map_range(&entries, ..).filter_map(|item| {
        let number = begins_at(&ItemKey(item.key.to_string()))?;
        goes_on(&item.id()).then_some(number)
    });
    after(generation(numbered))
}

/// The same in a document as it was read.
pub(crate) fn first_number_of(reading: &Reading) -> usize {
    after(generation_of(reading))
}

fn generation_of(reading: &Reading) -> usize {
    let numbers = reading.entries.iter().filter_map(|record| match &record.body {
        EntryBody::Known(Entry::Succeeds { .. }) => begins_at(&record.key),
        _ => None,
    });
    generation(numbers)
}

/// Whether a key is one of a document that a document went on from whose items are numbered from `first`.
pub(crate) fn is_of_before(key: &ItemKey, first: usize) -> bool {
    parts_of(key).is_some_and(|(_, _, number)| number < first / STEP * STEP)
}

/// Gives each old change a place of its own before the change that records it, made on what it was made on:
/// `told` are the entries that were recorded again, with the operation that made them anew.
pub(crate) fn spread(reading: &mut Reading, told: &BTreeMap<ItemKey, (u64, Again)>) {
    let mut recorded: BTreeMap<usize, Vec<(u64, &ItemKey, &Again)>> = BTreeMap::new();
    for entry in &reading.entries {
        if let Some((key, (counter, again))) = told.get_key_value(&entry.key) {
            recorded.entry(entry.change).or_default().push((*counter, key, again));
        }
    }
    let mut line = Line::default();
    for (index, (info, node)) in reading.changes.iter().zip(reading.graph.nodes()).enumerate() {
        let mut old = recorded.remove(&index).unwrap_or_default();
        old.sort_by_key(|(counter, ..)| *counter);
        line.go_on(info, node, &old);
    }
    let Line { changes, nodes, now, places } = line;
    let moved = |change: usize| now.get(change).copied().unwrap_or(change);
    let move_all = |registers: &mut Vec<Register>| {
        registers
            .iter_mut()
            .flat_map(|register| register.values.iter_mut())
            .for_each(|written| written.change = moved(written.change));
    };
    reading.registers.values_mut().for_each(move_all);
    reading.items.values_mut().flatten().for_each(|item| move_all(&mut item.registers));
    for entry in &mut reading.entries {
        let place = told.get(&entry.key).and_then(|(_, again)| places.get(&again.change));
        entry.change = place.copied().unwrap_or_else(|| moved(entry.change));
    }
    reading.entries.sort_by(|a, b| (a.change, &a.key).cmp(&(b.change, &b.key)));
    reading.changes = changes;
    reading.graph = ChangeGraph::new(nodes);
}

/// Changes in order while old ones are put between them.
#[derive(Default)]
struct Line {
    changes: Vec<ChangeInfo>,
    nodes: Vec<ChangeNode>,
    /// Where each change stands that stood there before.
    now: Vec<usize>,
    /// Where each old change stands.
    places: HashMap<ChangeHash, usize>,
}

impl Line {
    fn go_on(&mut self, info: &ChangeInfo, node: &ChangeNode, old: &[(u64, &ItemKey, &Again)]) {
        let below: Vec<usize> =
            node.deps.iter().filter_map(|dep| self.now.get(*dep)).copied().collect();
        let mut deps = below.clone();
        for (_, key, again) in old {
            if self.places.contains_key(&again.change) {
                continue;
            }
            let mut after: Vec<usize> =
                again.after.iter().filter_map(|hash| self.places.get(hash)).copied().collect();
            if after.is_empty() {
                after.clone_from(&below);
            }
            let place = self.push(again.info(key, info.start_op), after);
            self.places.insert(again.change, place);
            deps.push(place);
        }
        let place = self.push(info.clone(), deps);
        self.now.push(place);
    }

    fn push(&mut self, info: ChangeInfo, deps: Vec<usize>) -> usize {
        self.nodes.push(ChangeNode { hash: info.hash, deps });
        self.changes.push(info);
        self.changes.len() - 1
    }
}

/// One thing that is recorded again.
enum Piece {
    /// An entry of the county's own.
    Own(Vec<(String, Scalar)>),
    Register(&'static str, String, Scalar),
    Item(&'static str, ItemKey, Vec<(String, Scalar)>),
}

impl Piece {
    fn ops(&self) -> usize {
        match self {
            Self::Register(..) => 1,
            Self::Own(fields) | Self::Item(_, _, fields) => 1 + fields.len(),
        }
    }

    fn bytes(&self) -> usize {
        let of = |name: &str, value: &Scalar| name.len() + value.as_text().len() + 16;
        let all = |fields: &[(String, Scalar)]| -> usize {
            64 + fields.iter().map(|(name, value)| of(name, value)).sum::<usize>()
        };
        match self {
            Self::Register(_, name, value) => of(name, value),
            Self::Own(fields) | Self::Item(_, _, fields) => all(fields),
        }
    }
}

/// The document that goes on from `old` under a new identifier, without these words, and the changes that make
/// it, in order. A value that is no longer one of its register without them is left out, and so is an item that
/// is named by one of them. Where values clash, the one that shows is kept and an entry lists them all.
///
/// # Errors
///
/// [`AgainError`].
pub fn go_on(
    old: &Document,
    id: DocumentId,
    basis: &str,
    without: &[String],
    author: &Author,
) -> Result<(Document, Vec<Committed>), AgainError> {
    let reading = old.read();
    if reading.has_unknown() {
        return Err(AgainError::Unknown);
    }
    if !without.iter().all(|word| stands(old, word)) {
        return Err(AgainError::NotThere);
    }
    let number = generation_of(&reading).saturating_add(STEP);
    if number > STEP * MOST_TIMES {
        return Err(AgainError::TooOften);
    }
    let mut document = Document::begin(old.kind(), id, old.home())?;
    let beginning = document.heads();
    let entry = Entry::Succeeds {
        predecessor: old.id(),
        heads: reading.heads.iter().map(|hash| hex_of(hash)).collect(),
        basis: basis.to_owned(),
    };
    let own = |entry: &Entry| {
        let fields = flat::flatten(&author.header, entry).map_err(DocumentError::Entry)?;
        Ok::<_, AgainError>(Piece::Own(fields))
    };
    let mut pieces = vec![own(&entry)?];
    for entry in against(&reading, without) {
        pieces.push(own(&entry)?);
    }
    pieces.extend(values(&reading, without));
    pieces.extend(Kept::of(&reading, &beginning).entries(&reading, without)?);
    let mut changes = Vec::new();
    let mut first = number;
    for part in parts(pieces) {
        let seq = u64::try_from(changes.len()).unwrap_or(u64::MAX).saturating_add(1);
        changes.push(write(&mut document, author, (seq, first), &part)?);
        first = after(number);
    }
    Ok((document, changes))
}

fn parts(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut parts: Vec<Vec<Piece>> = Vec::new();
    let (mut ops, mut bytes) = (0, 0);
    for piece in pieces {
        let fits = ops + piece.ops() <= MOST_OPS && bytes + piece.bytes() <= MOST_BYTES;
        if !fits || parts.is_empty() {
            parts.push(Vec::new());
            (ops, bytes) = (0, 0);
        }
        ops += piece.ops();
        bytes += piece.bytes();
        if let Some(last) = parts.last_mut() {
            last.push(piece);
        }
    }
    parts
}

fn write(
    document: &mut Document,
    author: &Author,
    (seq, first): (u64, usize),
    pieces: &[Piece],
) -> Result<Committed, AgainError> {
    let mut engine = document.with_actor(&author.actor);
    let mut transaction = engine.transaction();
    let mut numbers = first..;
    for piece in pieces {
        match piece {
            Piece::Register(container, name, value) => {
                let Some((_, at)) = transaction.get(ROOT, *container)? else { continue };
                transaction.put(&at, name.as_str(), value.to_automerge())?;
            }
            Piece::Own(fields) => {
                let key = item_key(&author.actor, seq, numbers.next().unwrap_or_default());
                add(&mut transaction, "entries", &key, fields)?;
            }
            Piece::Item(container, key, fields) => add(&mut transaction, container, key, fields)?,
        }
    }
    transaction.commit_with(CommitOptions::default().with_time(author.at.0));
    let change = engine.get_last_local_change().ok_or(DocumentError::Nothing)?;
    let committed = Committed {
        hash: change.hash().0,
        seq,
        start_op: change.start_op().get(),
        bytes: change.raw_bytes().to_vec(),
        keys: Vec::new(),
        forked: false,
    };
    document.engine = engine;
    Ok(committed)
}

/// What stands against one another in registers, as entries that list it.
fn against(reading: &Reading, without: &[String]) -> Vec<Entry> {
    let clashing = all_registers(reading).filter(|(_, register)| register.different().len() > 1);
    let listed = clashing.map(|(spot, register)| {
        let mut values: Vec<String> =
            register.different().into_iter().map(|value| cut(&value.as_text(), without)).collect();
        values.sort();
        values.dedup();
        let shown = register.shown().map(|written| written.value.as_text()).unwrap_or_default();
        let (field, chosen) = (spot.path().to_string(), cut(&shown, without));
        Entry::ConflictResolved { field, values, chosen }
    });
    listed.collect()
}

/// Whether somebody ever wrote a word in a document. The text of a change stands in its bytes as it was typed.
fn stands(document: &Document, word: &str) -> bool {
    let holds = |bytes: &[u8]| bytes.windows(word.len()).any(|part| part == word.as_bytes());
    document.changes_since(&[]).iter().any(|(_, bytes)| holds(bytes))
}

/// A text without the words.
fn cut(text: &str, without: &[String]) -> String {
    without.iter().fold(text.to_owned(), |text, word| text.replace(word.as_str(), CUT))
}

fn cut_value(value: &Scalar, without: &[String]) -> Scalar {
    match value {
        Scalar::Text(text) => Scalar::Text(cut(text, without)),
        other => other.clone(),
    }
}

/// The values that show, and the items.
fn values(reading: &Reading, without: &[String]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for container in schema::containers(reading.kind) {
        let name = container.name;
        let shown = |registers: &[Register]| -> Vec<(String, Scalar)> {
            let values = registers.iter().filter_map(|register| {
                let value = cut_value(&register.shown()?.value, without);
                let field = schema::field(reading.kind, name, &register.field)?;
                value.fits(field).ok()?;
                Some((register.field.clone(), value))
            });
            values.collect()
        };
        match container.shape {
            Shape::Registers(_) => {
                let registers = reading.registers.get(name).map(Vec::as_slice).unwrap_or_default();
                let values = shown(registers).into_iter();
                pieces.extend(values.map(|(field, value)| Piece::Register(name, field, value)));
            }
            Shape::Items(_) => {
                let items = reading.items.get(name).map(Vec::as_slice).unwrap_or_default();
                for item in items.iter().filter(|item| !is_named(item, without)) {
                    let fields = shown(&item.registers);
                    if !fields.is_empty() {
                        pieces.push(Piece::Item(name, item.key.clone(), fields));
                    }
                }
            }
            Shape::Entries => {}
        }
    }
    pieces
}

/// Whether an item is somebody, or something, whose name is one of the words.
fn is_named(item: &Item, without: &[String]) -> bool {
    let name = item.registers.iter().find(|register| register.field == "name");
    let name = name.and_then(Register::shown).map(|written| written.value.as_text());
    name.is_some_and(|name| without.contains(&name))
}

/// Which changes of a history are kept, since an entry of theirs is.
struct Kept {
    /// Of each change, the last kept ones that are in its history, itself included.
    tips: Vec<BTreeSet<usize>>,
    /// What stands before everything, in the document that goes on.
    beginning: Vec<String>,
}

impl Kept {
    fn of(reading: &Reading, beginning: &[ChangeHash]) -> Self {
        let kept: Vec<usize> = reading
            .entries
            .iter()
            .map(|entry| entry.change)
            .collect::<BTreeSet<usize>>()
            .into_iter()
            .collect();
        let known = reading.graph.knowledge(&kept);
        // Whether the change `a` knows the kept change `b`.
        let knows = |a: usize, b: usize| {
            let position = kept.binary_search(&b);
            position.is_ok_and(|at| known.get(a).is_some_and(|set| set.contains(at)))
        };
        let mut tips: Vec<BTreeSet<usize>> = Vec::new();
        for (index, node) in reading.graph.nodes().iter().enumerate() {
            if kept.binary_search(&index).is_ok() {
                tips.push(BTreeSet::from([index]));
                continue;
            }
            let all: BTreeSet<usize> =
                node.deps.iter().filter_map(|dep| tips.get(*dep)).flatten().copied().collect();
            tips.push(latest(&all, knows));
        }
        Self { tips, beginning: beginning.iter().map(|hash| hex_of(hash)).collect() }
    }

    /// The last kept changes below a change.
    fn below(&self, reading: &Reading, change: usize) -> Vec<ChangeHash> {
        let deps = reading.graph.nodes().get(change).map(|node| node.deps.as_slice());
        let tips = deps.unwrap_or_default().iter().filter_map(|dep| self.tips.get(*dep)).flatten();
        let tips: BTreeSet<usize> = tips.copied().collect();
        tips.iter().filter_map(|at| reading.changes.get(*at)).map(|info| info.hash).collect()
    }

    /// Heads that somebody saw, by what is kept of them.
    fn seen(&self, reading: &Reading, heads: &[String]) -> Vec<String> {
        let tips = heads.iter().filter_map(|hex| reading.graph.find_hex(hex));
        let tips: BTreeSet<usize> =
            tips.filter_map(|at| self.tips.get(at)).flatten().copied().collect();
        if tips.is_empty() {
            return self.beginning.clone();
        }
        tips.iter()
            .filter_map(|at| reading.changes.get(*at))
            .map(|info| hex_of(&info.hash))
            .collect()
    }

    fn entries(&self, reading: &Reading, without: &[String]) -> Result<Vec<Piece>, AgainError> {
        let mut pieces = Vec::new();
        for record in &reading.entries {
            let Some(fields) = self.entry(reading, record, without)? else { continue };
            if fields.len() > flat::MOST_FIELDS {
                return Err(AgainError::TooWide);
            }
            pieces.push(Piece::Item("entries", record.key.clone(), fields));
        }
        Ok(pieces)
    }

    /// The fields of an entry without the words; none where it says nothing without them.
    fn entry(
        &self,
        reading: &Reading,
        record: &EntryRecord,
        without: &[String],
    ) -> Result<Option<Vec<(String, Scalar)>>, AgainError> {
        let (Some(header), EntryBody::Known(entry)) = (&record.header, &record.body) else {
            return Err(AgainError::Unknown);
        };
        let mut entry = entry.clone();
        if let Some(seen) = entry.seen_mut() {
            *seen = self.seen(reading, seen);
        }
        let Some((header, entry)) = without_words(header, &entry, without)? else {
            return Ok(None);
        };
        let Some(info) = reading.changes.get(record.change) else { return Ok(None) };
        let again =
            Again { change: info.hash, at: info.at, after: self.below(reading, record.change) };
        let mut fields = flat::flatten(&header, &entry).map_err(DocumentError::Entry)?;
        fields.extend(again.fields());
        Ok(Some(fields))
    }
}

/// Those of some kept changes that none of the others knows.
fn latest(all: &BTreeSet<usize>, knows: impl Fn(usize, usize) -> bool) -> BTreeSet<usize> {
    let is_latest = |at: &usize| !all.iter().any(|other| other != at && knows(*other, *at));
    all.iter().copied().filter(is_latest).collect()
}

fn without_words(
    header: &EntryHeader,
    entry: &Entry,
    without: &[String],
) -> Result<Option<(EntryHeader, Entry)>, AgainError> {
    let fields = flat::flatten(header, entry).map_err(DocumentError::Entry)?;
    let cut = fields.into_iter().map(|(name, value)| {
        let value = if UNCUT.contains(&name.as_str()) { value } else { cut_value(&value, without) };
        (name, value)
    });
    let cut: Vec<(String, Scalar)> = cut.collect();
    Ok(flat::unflatten(&cut))
}
