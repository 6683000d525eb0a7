//! What a device gets: the documents of its scope with records it lacks.

pub mod authors;
pub mod place;
pub mod proofs;
mod together;

use std::collections::BTreeSet;

use prost::Message;
use yidang_domain::civil::Date;
use yidang_domain::ids::UserId;
use yidang_sync_protocol::{PageDocument, SignedBatch, SignedCursor};

use crate::county::{self, County};
use crate::judge::shelf;
use crate::register::{Register, Scope};
use crate::store::{Db, DocumentRow, ScopeRow, StoreError};

use place::Place;
use together::Together;

/// Documents looked up at once.
const STRIDE: u32 = 256;
/// Bytes of a page where the device names no number.
const ORDINARY_PAGE_BYTES: usize = 1 << 20;
/// No page is larger.
pub const LARGEST_PAGE_BYTES: usize = 16 << 20;

/// What the server makes of a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The device was never here.
    New,
    /// It stands there.
    At(Place),
    /// It comes from an earlier epoch, or its cursor is nobody's: it has to say what it holds.
    Lost,
    /// It comes from an epoch that is not in the log, though the county signed it: the server went
    /// back beyond its beginning.
    Elsewhere(Vec<u8>),
    /// It saw more than there is: the server itself went back in time.
    WentBack,
}

/// Compares a cursor with the log.
///
/// # Errors
///
/// [`StoreError`].
pub fn standing(
    db: &Db<'_>,
    county: &County,
    cursor: Option<&SignedCursor>,
) -> Result<Standing, StoreError> {
    let Some(cursor) = cursor else { return Ok(Standing::New) };
    let Some(place) = Place::open(cursor, &county.key) else { return Ok(Standing::Lost) };
    let head = db.county()?;
    if place.epoch != head.epoch {
        let is_known = county::knows_epoch(db, &place.epoch)?;
        return Ok(if is_known { Standing::Lost } else { Standing::Elsewhere(place.epoch) });
    }
    match db.chain_at(place.seq)? {
        Some(chain)
            if chain.first8().as_slice() == place.chain8.as_slice()
                || cfg!(feature = "planted-chain-unchecked") =>
        {
            Ok(Standing::At(place))
        }
        _ => Ok(Standing::WentBack),
    }
}

/// A question for a page.
pub struct Question<'a> {
    /// Who asks.
    pub user: &'a UserId,
    /// Today.
    pub today: Date,
    /// Where they stand; none on the first contact.
    pub place: Option<&'a Place>,
    /// The scope the device knows.
    pub scope: u64,
    /// How large the page may be.
    pub most_bytes: u32,
    /// How large any page of this server may be.
    pub limit: usize,
    /// Records that this very request brought.
    pub own: &'a BTreeSet<u64>,
}

impl Question<'_> {
    /// How large the page may be, for the device and for the server.
    pub(crate) fn most_page_bytes(&self) -> usize {
        let most = match usize::try_from(self.most_bytes).unwrap_or(usize::MAX) {
            0 => ORDINARY_PAGE_BYTES,
            most => most,
        };
        most.min(self.limit)
    }
}

/// A page.
pub struct Page {
    /// Where the device stands after it.
    pub place: Place,
    /// More is waiting.
    pub more: bool,
    /// What is new.
    pub documents: Vec<PageDocument>,
    /// What left the scope.
    pub released: Vec<[u8; 16]>,
    /// The scope.
    pub scope: Scope,
}

impl Page {
    /// Notes up to where the device is told what the county says; what is left of it comes with the next
    /// page.
    pub fn told(&mut self, until: u64) {
        let is_behind = until < self.place.seq;
        self.more |= is_behind;
        self.place.records_until = (self.place.base.is_some() || is_behind).then_some(until);
    }
}

/// What the device held before, as far as it can be told.
enum Held {
    /// Nothing that could be relied on: everything comes whole.
    Nothing,
    /// Everything of this same scope up to the base.
    Same,
    /// Everything of these units up to the base.
    Of(String),
}

struct Course {
    position: u64,
    base: u64,
    held: Held,
    from_scope: u64,
    /// The device was never here: it can hold nothing of what it gets.
    first: bool,
    round: Round,
}

/// What a walk through the log picks up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// Case files that are not closed: what waits for the people of a new device comes first.
    Open,
    /// Everything, but those that came in the round before: open ones with no record beyond this.
    Rest(u64),
}

impl Round {
    /// See [`Place::open_until`].
    const fn open_until(self) -> Option<u64> {
        match self {
            Self::Open => None,
            Self::Rest(until) => Some(until),
        }
    }

    /// Whether the round before brought the document as it is.
    fn has_passed(self, db: &Db<'_>, row: &ScopeRow) -> Result<bool, StoreError> {
        match self {
            Self::Rest(until) if row.last_seq <= until => db.is_open_case(&row.document),
            _ => Ok(false),
        }
    }

    /// Whether the device may hold something of the document out of the round before.
    const fn may_have_begun(self, row: &ScopeRow) -> bool {
        matches!(self, Self::Rest(until) if row.last_seq > until)
    }
}

/// Where the answer continues.
fn course(db: &Db<'_>, question: &Question<'_>, scope: &Scope) -> Result<Course, StoreError> {
    let first = question.place.is_none();
    let round = if first { Round::Open } else { Round::Rest(0) };
    let afresh = Course { position: 0, base: 0, held: Held::Nothing, from_scope: 0, first, round };
    let of_hash = |hash: u64| -> Result<Held, StoreError> {
        if hash == scope.hash {
            return Ok(Held::Same);
        }
        Ok(db.scope_of_hash(hash)?.map_or(Held::Nothing, Held::Of))
    };
    let Some(place) = question.place else { return Ok(afresh) };
    match place.base {
        Some(base) if place.to_scope == scope.hash => Ok(Course {
            position: place.seq,
            base,
            held: of_hash(place.from_scope)?,
            from_scope: place.from_scope,
            first: place.first,
            round: match place.open_until {
                None if place.first => Round::Open,
                until => Round::Rest(until.unwrap_or(0)),
            },
        }),
        // The scope changed while pages were on their way.
        Some(_) if place.holds_all_of().is_none() => Ok(afresh),
        _ => {
            let from_scope = place.holds_all_of().unwrap_or(question.scope);
            let held = of_hash(from_scope)?;
            let same = matches!(held, Held::Same);
            let position = if same { place.seq } else { 0 };
            Ok(Course { position, base: place.seq, held, from_scope, first, round })
        }
    }
}

/// The next page.
///
/// # Errors
///
/// [`StoreError`].
pub fn page(db: &Db<'_>, register: &Register, question: &Question<'_>) -> Result<Page, StoreError> {
    let scope = register.scope(question.user, question.today);
    let head = db.county()?;
    let mut course = course(db, question, &scope)?;
    let most = question.most_page_bytes();
    let mut page = Page {
        place: Place::at(&head.epoch, head.seq, &head.chain),
        more: false,
        documents: Vec::new(),
        released: Vec::new(),
        scope,
    };
    page.released = given_back(db, &course, question, &page.scope)?;
    let mut size = 0;
    let mut together = Together::default();
    'pages: loop {
        let rows = match course.round {
            Round::Open => db.open_cases_after(&page.scope.keys, course.position, STRIDE)?,
            Round::Rest(_) => db.in_scope_after(&page.scope.keys, course.position, STRIDE)?,
        };
        if rows.is_empty() {
            if course.round != Round::Open {
                return Ok(page);
            }
            (course.position, course.round) = (0, Round::Rest(head.seq));
        }
        for row in rows {
            let group = together.deliver(db, &course, question, &row, &page.scope)?;
            if !group.is_empty() {
                let weight: usize = group.iter().map(PageDocument::encoded_len).sum();
                if size > 0 && size + weight > most {
                    break 'pages;
                }
                size += weight;
                page.documents.extend(group);
            } else if row.gone
                && row.last_seq > course.base
                && !page.released.contains(&row.document)
            {
                page.released.push(row.document);
            }
            course.position = row.last_seq;
        }
    }
    let chain = db
        .chain_at(course.position)?
        .ok_or_else(|| StoreError::Damaged("a document beyond the log".into()))?;
    page.place = Place {
        base: Some(course.base),
        from_scope: course.from_scope,
        to_scope: page.scope.hash,
        first: course.first,
        open_until: course.round.open_until().filter(|_| course.first),
        ..Place::at(&head.epoch, course.position, &chain)
    };
    #[cfg(feature = "planted-last-row-lost")]
    page.documents.pop();
    page.more = true;
    Ok(page)
}

/// What a device that begins anew gives back before it takes anything: documents of the scopes that it
/// was given before, and that do not lie in this one.
fn given_back(
    db: &Db<'_>,
    course: &Course,
    question: &Question<'_>,
    scope: &Scope,
) -> Result<Vec<[u8; 16]>, StoreError> {
    if course.position > 0 {
        return Ok(Vec::new());
    }
    if let Held::Of(old) = &course.held {
        return db.left_behind(old, &scope.keys, course.base);
    }
    // Its scope changed while pages were on their way: it may hold something of where it came from and
    // of where it was going.
    let mut given = BTreeSet::new();
    if let Some(Place { base: Some(base), from_scope, to_scope, .. }) = question.place {
        for hash in [*from_scope, *to_scope].into_iter().filter(|hash| *hash != scope.hash) {
            if let Some(old) = db.scope_of_hash(hash)? {
                given.extend(db.left_behind(&old, &scope.keys, *base)?);
            }
        }
    }
    Ok(given.into_iter().collect())
}

/// What the device lacks of one document.
fn deliver(
    db: &Db<'_>,
    course: &Course,
    question: &Question<'_>,
    row: &ScopeRow,
    scope: &Scope,
) -> Result<Option<PageDocument>, StoreError> {
    if row.gone {
        return Ok(None);
    }
    let is_held = match &course.held {
        Held::Nothing => false,
        Held::Same => row.since_seq <= course.base,
        Held::Of(old) => row.since_seq <= course.base && db.is_in_scope(old, &row.document)?,
    };
    if is_held && row.last_seq <= course.base || course.round.has_passed(db, row)? {
        return Ok(None);
    }
    let Some(document) = db.document(&row.document)? else {
        let detail = format!("scope {} names a document that is not there", scope.hash);
        return Err(StoreError::Damaged(detail));
    };
    // Words come before signatures: a device that was never here takes the document as the server
    // attests it and asks for the proofs afterwards (docs/decisions/0011). Whoever may hold something
    // of it gets every batch that is missing there, however many those are.
    let from = if is_held { course.base } else { 0 };
    let is_new = course.first && !course.round.may_have_begun(row);
    if is_new && !question.own.contains(&row.last_seq) {
        return whole(db, &document).map(Some);
    }
    since(db, &document, from, question.own)
}

/// What came to a document after `from`, but for the records that this very request brought; the whole of
/// it where some came in a save.
fn since(
    db: &Db<'_>,
    document: &DocumentRow,
    from: u64,
    own: &BTreeSet<u64>,
) -> Result<Option<PageDocument>, StoreError> {
    let (mut batches, mut seqs) = (Vec::new(), Vec::new());
    for (seq, bytes) in db.batches_after(&document.id, from)? {
        if !own.contains(&seq) {
            batches.push(SignedBatch::decode(bytes.as_slice())?);
            seqs.push(seq);
        }
    }
    let is_in_saves = db.has_unproved(&document.id, from)?;
    if batches.is_empty() && !is_in_saves {
        return Ok(None);
    }
    let around = if is_in_saves { whole(db, document)? } else { outline(document) };
    Ok(Some(PageDocument { batches, seqs, ..around }))
}

/// Documents that a device asks for by name: all batches of those in its scope, as many as fit; the names
/// of those that are not in its scope.
///
/// # Errors
///
/// [`StoreError`].
pub fn by_name(
    db: &Db<'_>,
    scope: &Scope,
    wanted: &[Vec<u8>],
    most: usize,
) -> Result<(Vec<PageDocument>, Vec<[u8; 16]>), StoreError> {
    let (mut documents, mut not_theirs) = (Vec::new(), Vec::new());
    let mut size = 0;
    for id in wanted.iter().filter_map(|id| <[u8; 16]>::try_from(id.as_slice()).ok()) {
        let row = if db.is_in_scope(&scope.keys, &id)? { db.document(&id)? } else { None };
        let found = row.map(|row| since(db, &row, 0, &BTreeSet::new())).transpose()?.flatten();
        let Some(document) = found else {
            not_theirs.push(id);
            continue;
        };
        size += document.encoded_len();
        if size > most && !documents.is_empty() {
            break;
        }
        documents.push(document);
    }
    Ok((documents, not_theirs))
}

fn outline(document: &DocumentRow) -> PageDocument {
    PageDocument {
        document: document.id.to_vec(),
        kind: document.kind,
        home: document.home.clone(),
        snapshot: Vec::new(),
        batches: Vec::new(),
        seq: document.last_seq,
        seqs: Vec::new(),
        with_next: false,
    }
}

fn whole(db: &Db<'_>, row: &DocumentRow) -> Result<PageDocument, StoreError> {
    let snapshot = shelf::load(db, row)?.save_uncompressed();
    Ok(PageDocument { snapshot, ..outline(row) })
}
