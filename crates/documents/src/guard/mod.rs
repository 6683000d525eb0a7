//! Looks at foreign bytes before the engine does.
//!
//! A change of seventy bytes can kill or poison the engine (sync.md 1.5), so nothing reaches it
//! unchecked: size and chunk header, a scan of the columns with checked arithmetic, the envelope
//! (actor, sequence, dependencies, first operation), the grammar of every operation, whether the engine
//! would write it in the same bytes, and last the test that the document saves, loads and reads the
//! same. Whoever calls it works on a clone. `tests/hostile` holds every case by name.
//!
//! What needs no document stands in [`look`] as well, for a process that may die of the bytes; whoever
//! was told there that they are well goes on with [`admit_looked`].

mod envelope;
mod grammar;
mod scan;

use automerge::ReadDoc;
use yidang_domain::case_state::Stage;
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::{DocumentKind, Entry, EntryHeader};
use yidang_domain::ids::{ItemKey, OrgCode};
use yidang_domain::rights::Act;

use crate::actor::{Actor, ChangeHash};
use crate::document::Document;
use crate::project::{Projection, project, state_of};
use crate::scalar::Scalar;

pub(crate) use grammar::{act_of, edit_act};
pub use scan::{MOST_CHANGE_BYTES, Outline, scan};

/// The words with which [`look`] refuses: whoever hears one from another process knows it again.
pub const LOOKED: [&str; 8] = [
    "malformed",
    "too_large",
    "chunk_kind",
    "checksum",
    "empty",
    "unreadable",
    "grammar",
    "poisonous",
];

/// No document is larger as it is saved, which is compressed (sync.md 5.2); beyond it a successor begins.
const MOST_DOCUMENT_BYTES: usize = 1 << 20;

/// Why a change was not taken. The document in hand is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// The document has it already.
    #[error("the document has this change")]
    Duplicate,
    /// It was made on changes that are not here; it may come again with them.
    #[error("{} changes are missing", missing.len())]
    Parked {
        /// Their hashes.
        missing: Vec<ChangeHash>,
    },
    /// It breaks a rule and never becomes valid.
    #[error("{code}: {detail}")]
    Refused {
        /// The rule, a word of `docs/refusals.md`.
        code: &'static str,
        /// What exactly, without content.
        detail: String,
    },
}

impl GuardError {
    pub(crate) fn refused(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Refused { code, detail: detail.into() }
    }
}

/// What a change does, for the judgement of rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Performed {
    /// Its hash.
    pub hash: ChangeHash,
    /// The author's sequence number.
    pub seq: u64,
    /// When, by the author's clock. A claim: it orders nothing.
    pub at: InstantMs,
    /// Every act, once.
    pub acts: Vec<Act>,
    /// Entries it adds.
    pub entries: Vec<(ItemKey, EntryHeader, Entry)>,
    /// Entries of a destroyed document that it records again (县级重录). Their authors are not its own.
    pub again: Vec<(ItemKey, EntryHeader, Entry)>,
    /// The stage of the case file at the change's dependencies; none for other kinds.
    pub stage: Option<Stage>,
    /// The unit the document lay in at the change's dependencies.
    pub org: OrgCode,
    /// The unit that this change itself moves it to, where it does: another one than it lay in at the
    /// change's dependencies. What others moved meanwhile is not this author's doing.
    pub moves_to: Option<OrgCode>,
    /// The unit it lies in afterwards, with everything that others wrote.
    pub org_after: OrgCode,
    /// Who asked to close, at the change's dependencies.
    pub asked_by: Option<yidang_domain::ids::UserId>,
}

/// So far back a device may have lain in a drawer, and so far ahead its clock may go.
const TIMELY_BACK_MS: i64 = 5 * 366 * 86_400_000;
const TIMELY_AHEAD_MS: i64 = 86_400_000;

impl Performed {
    /// Whether the author's clock may have been right, seen from `now`. A change by a clock that was
    /// wrong is taken all the same, since no rule reads it; whoever takes it says so, and lists are
    /// sorted by no later time than the end of the day (`InstantMs::by_the_end_of`).
    #[must_use]
    pub fn is_timely(&self, now: InstantMs) -> bool {
        (-TIMELY_AHEAD_MS..=TIMELY_BACK_MS).contains(&now.0.saturating_sub(self.at.0))
    }
}

/// Reads one change as far as that goes without its document: size, header, columns, what the engine
/// reads in it, whether it would write the same bytes again, and that every operation makes a map or
/// puts a value. Until this was done somewhere, nobody knows what the engine does with the bytes: call
/// it where the process may end. A panic of the engine is the caller's to catch.
///
/// # Errors
///
/// [`GuardError::Refused`] with one of [`LOOKED`].
pub fn look(bytes: &[u8]) -> Result<(), GuardError> {
    let outline = scan(bytes)?;
    let change = grammar::read(&outline, bytes)?;
    let expanded = change.decode();
    grammar::is_plain(&expanded)?;
    grammar::comes_back(expanded, bytes)
}

/// Takes one change of `actor` into `document`, if it is well-formed, and says what it does.
///
/// # Errors
///
/// [`GuardError`]. Call it on a clone: the engine may have begun.
pub fn admit(
    document: &mut Document,
    actor: &Actor,
    bytes: &[u8],
) -> Result<Performed, GuardError> {
    take(document, actor, bytes, Seen::Never)
}

/// The same for a change that [`look`] was well content with, here or in another process: what it
/// found is not looked for again.
///
/// # Errors
///
/// [`GuardError`]. Call it on a clone: the engine may have begun.
pub fn admit_looked(
    document: &mut Document,
    actor: &Actor,
    bytes: &[u8],
) -> Result<Performed, GuardError> {
    take(document, actor, bytes, Seen::ByLook)
}

/// Whether [`look`] saw a change before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Never,
    ByLook,
}

fn take(
    document: &mut Document,
    actor: &Actor,
    bytes: &[u8],
    seen: Seen,
) -> Result<Performed, GuardError> {
    let outline = scan(bytes)?;
    // Before anything else, what is there already included: a batch that wraps somebody else's change
    // could be shown to nobody as a proof.
    envelope::is_by(actor, &outline)?;
    if document.has(&outline.hash) {
        return Err(GuardError::Duplicate);
    }
    envelope::check(document, actor, &outline)?;
    let before = document.read_at(&outline.deps);
    let change = grammar::read(&outline, bytes)?;
    let expanded = change.decode();
    let grammar = grammar::check(document, &before, &outline, &expanded)?;
    if seen == Seen::Never {
        grammar::comes_back(expanded, bytes)?;
    }
    let state = (document.kind() == DocumentKind::CaseFile).then(|| state_of(&before));
    let org = org_named(document, before.text("facts", "grid"));
    document
        .engine
        .apply_changes([change])
        .map_err(|error| GuardError::refused("unreadable", error.to_string()))?;
    if !document.has(&outline.hash) {
        return Err(GuardError::refused("unreadable", "the engine did not take it"));
    }
    Ok(Performed {
        hash: outline.hash,
        seq: outline.seq,
        at: InstantMs(outline.time_ms),
        acts: grammar.acts,
        entries: grammar.entries,
        again: grammar.again,
        stage: state.as_ref().map(|state| state.standing.stage),
        moves_to: moved_to(document, grammar.grid, &org),
        org,
        org_after: org_of(document),
        asked_by: state.and_then(|state| state.standing.asked_by),
    })
}

/// The unit a document lies in as it is. Reads one register: a long document is not read again for
/// each change that it gets.
fn org_of(document: &Document) -> OrgCode {
    let shown = || {
        let facts = document.container("facts")?;
        let values = document.engine.get_all(&facts, "grid").ok()?;
        values.iter().filter_map(|(value, _)| Scalar::from_owned(value.as_scalar()?)).next_back()
    };
    org_named(document, shown().map(|grid| grid.as_text()).unwrap_or_default())
}

/// The unit that a change moves the document to which lay in `org`, if it wrote a `grid`.
fn moved_to(document: &Document, grid: Option<String>, org: &OrgCode) -> Option<OrgCode> {
    grid.map(|grid| org_named(document, grid)).filter(|to| to != org)
}

/// A case file and a household lie in the grid their facts name, anything else where it was born.
fn org_named(document: &Document, grid: String) -> OrgCode {
    match document.kind() {
        DocumentKind::CaseFile | DocumentKind::Household if !grid.is_empty() => OrgCode(grid),
        _ => document.home().clone(),
    }
}

/// Whether the document survives being saved and loaded: same heads, same rows, which are the answer.
/// Catches what the other checks missed, at the price of reading all of it twice: ask once for many
/// changes, and one by one only to find the change that is to blame.
///
/// # Errors
///
/// [`GuardError::Refused`] with `poisonous`.
pub fn survives(document: &Document) -> Result<Projection, GuardError> {
    survivor(document).map(|(rows, _)| rows)
}

/// The same, and whether it is no larger than a document may be.
///
/// # Errors
///
/// [`GuardError::Refused`] with `poisonous` or `too_large`.
pub fn survives_within_bounds(document: &Document) -> Result<Projection, GuardError> {
    let (rows, bytes) = survivor(document)?;
    if bytes > MOST_DOCUMENT_BYTES {
        return Err(GuardError::refused("too_large", "the document is full"));
    }
    Ok(rows)
}

/// The rows of a document that survives, and how many bytes it has as it is saved.
fn survivor(document: &Document) -> Result<(Projection, usize), GuardError> {
    let poisonous = |detail: String| GuardError::refused("poisonous", detail);
    let saved = document.save();
    let loaded = Document::from_saved(&saved).map_err(|error| poisonous(error.to_string()))?;
    if loaded.heads() != document.heads() {
        return Err(poisonous("other heads after loading".into()));
    }
    let rows = project(document);
    if project(&loaded) == rows {
        Ok((rows, saved.len()))
    } else {
        Err(poisonous("other rows after loading".into()))
    }
}
