//! What the server does not take leaves its document; what was built on it is written again.
//!
//! A refused change never becomes part of the file, and no later change of its actor can be applied by
//! anybody without it. So the document is made anew from everything else, what was refused stands in
//! `rejected` with all its words until its author is done with it, and what was written behind it is
//! written again as another incarnation, with its own day and its own time. All of that is one
//! transaction: cut anywhere, it is done again, because until then the outbox says what was refused.
//!
//! The same is done with what cannot be sent as it is: written before this person was enrolled anew, or
//! under sequence numbers that another copy of this device used for something else.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message;
use yidang_api::Fault;
use yidang_api::sync::LogKind;
use yidang_documents::{
    Actor, Author, ChangeHash, Committed, Document, DocumentError, Gone, Intended, Projection,
    Renamed, Replay, state_of, take_out,
};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::{DocumentKind, EntryHeader};
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::rights::Act;
use yidang_sync_protocol::{BatchHeader, PageDocument};

mod superseded;
mod whole;

use superseded::{Known, Taken};
use whole::{Actions, name_again};

use super::request::kind_number;
use crate::boundary::Boundary;
use crate::desk::{Indexed, indexed, put_rows};
use crate::device::{Device, OpenDesk};
use crate::halves::rows_in_force;
use crate::present::acts_of;
use crate::store::{
    Incarnation, ORPHANED, OutboxItem, REVERTED, ReadDocuments, ReadHeld, ReadOutbox, Rejected,
    SAVED, Said, StoreError, StoredBatch, StoredDocument, Write,
};

/// Why something was not written again: it was about something that was not taken.
pub const STANDS_ON_REFUSED: &str = "stands_on_refused";
/// Why something stands among what was not taken: the server took it and undid it.
pub const UNDONE: &str = "reverted";

/// Refusals that are about who wrote, not about what was written: another copy of this device was there
/// first, or the store went back.
const ABOUT_THE_ACTOR: [&str; 3] = ["fork", "own_history", "actor"];

/// The refusal of a person, who saw the whole batch.
const DECLINED: &str = "declined";

/// Whether a refusal says that this device may not go on as the actor it is.
pub fn is_about_the_actor(code: &str) -> bool {
    ABOUT_THE_ACTOR.contains(&code)
}

/// What becomes of a change that leaves its document.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    /// It is kept for its author, who decides what becomes of it.
    Rejected(Said),
    /// It is written again; `alone` in a batch of its own, because nobody said which one is to blame.
    Again { alone: bool },
}

/// What has to leave one document.
#[derive(Debug, Default, Clone)]
struct Case {
    fates: BTreeMap<ChangeHash, Fate>,
    /// Refused batches of others that something here was built on.
    causes: Vec<StoredBatch>,
    /// What the county had taken before it was put back, and has something else in the place of.
    superseded: BTreeSet<ChangeHash>,
    /// What is in its log for certain.
    in_log: BTreeSet<ChangeHash>,
}

impl Case {
    /// Whether nothing has to leave.
    fn is_nothing(&self) -> bool {
        self.fates.is_empty() && self.causes.is_empty() && self.superseded.is_empty()
    }

    /// Somebody else's batch is to blame, or one's own as a whole.
    fn blame(&mut self, cause: StoredBatch) {
        if !self.causes.iter().any(|known| known.id == cause.id) {
            self.causes.push(cause);
        }
    }
}

/// What has to leave, by document, and what only has to be told.
#[derive(Debug, Default)]
struct Owed {
    cases: BTreeMap<DocumentId, Case>,
    told: Vec<OutboxItem>,
}

impl Owed {
    /// What becomes of a change, as far as that is known.
    fn fate(&self, item: &OutboxItem) -> Option<&Fate> {
        self.cases.get(&item.document)?.fates.get(&item.hash)
    }
}

/// Settles what was left: what was not taken, and what was saved before this person was enrolled anew,
/// because the key that could sign it is gone. Refusals that are about the actor wait until everything that
/// the server has is here.
pub fn at_open(device: &mut Device) -> Result<(), Fault> {
    let seat = device.seat;
    let desk = device.desk()?;
    let mut owed = owed(desk, |item| !is_about_the_actor(&item.said.code))?;
    for item in desk.store.written_as_others(&desk.certificate_id)? {
        if item.actor.is_none() && is_own_by_its_bytes(desk, &item)? {
            continue;
        }
        let case = owed.cases.entry(item.document).or_default();
        case.fates.insert(item.hash, Fate::Again { alone: false });
    }
    run(device, seat, owed).map(drop)
}

/// Of what an older version saved, its bytes tell whose it is.
fn is_own_by_its_bytes(desk: &OpenDesk, item: &OutboxItem) -> Result<bool, StoreError> {
    let Some(bytes) = desk.store.change(item.document, &item.hash)? else { return Ok(true) };
    let Ok(outline) = yidang_documents::guard::scan(&bytes) else { return Ok(true) };
    Ok(desk.incarnation_of(&outline.actor)?.is_some())
}

/// Settles whatever the server said it does not take. Only once everything it has is here: whatever of a
/// refused batch came to it by another way is known then. Gives whether something was written again.
pub fn what_was_not_taken(device: &mut Device, seat: u64) -> Result<bool, Fault> {
    let owed = owed(device.desk_of(seat)?, |_| true)?;
    run(device, seat, owed)
}

/// Makes way for what came: changes that are not in the log, where the log has others under their sequence
/// numbers. Another copy of a device wrote those. What was taken once can stand in the way as well, where the
/// server was put back since; that is looked for only after it was found that the two do not fit together.
pub fn make_way(device: &mut Device, seat: u64, page: &PageDocument) -> Result<(), Fault> {
    let id = super::incoming::id_of(page)?;
    let desk = device.desk_of(seat)?;
    let (waiting, held) = (desk.store.outbox_of(id)?, desk.store.held_of(id)?);
    let Some(stored) = desk.store.stored(id)? else { return Ok(()) };
    if waiting.is_empty() && held.is_empty() && !desk.split.contains(&id) {
        return Ok(());
    }
    let mut owed = Owed::default();
    if begins_otherwise(&stored, page) {
        // A colleague began it here as the county did not: nothing that stands on that can be kept as it is.
        let fate = |item: OutboxItem| (item.hash, Fate::Rejected(because(STANDS_ON_REFUSED)));
        let fates = waiting.into_iter().map(fate).collect();
        owed.cases.insert(id, Case { fates, causes: held, ..Case::default() });
        return run(device, seat, owed).map(drop);
    }
    let theirs = numbers_in(page)?;
    for link in desk.document(id)?.links() {
        let is_waiting = waiting.iter().any(|item| item.hash == link.hash);
        let is_another =
            theirs.get(&(link.actor, link.seq)).is_some_and(|theirs| *theirs != link.hash);
        if !is_another {
            continue;
        }
        let case = owed.cases.entry(id).or_default();
        if is_waiting {
            case.fates.insert(link.hash, Fate::Again { alone: false });
        } else if let Some(batch) = held.iter().find(|batch| batch.hashes.contains(&link.hash)) {
            case.blame(batch.clone());
        } else {
            case.superseded.insert(link.hash);
            case.in_log.extend(theirs.values());
        }
    }
    run(device, seat, owed).map(drop)
}

/// Whether the county's document has another kind or home than the one that is here under its name.
fn begins_otherwise(stored: &StoredDocument, page: &PageDocument) -> bool {
    let is_told = page.kind != 0 && !page.home.is_empty();
    is_told && (kind_number(stored.kind) != page.kind || stored.home.as_str() != page.home)
}

/// Which change stands under which sequence number of which actor.
type Numbers = BTreeMap<(Actor, u64), ChangeHash>;

fn numbers_in(page: &PageDocument) -> Result<Numbers, Fault> {
    let mut numbers = Numbers::new();
    for bytes in page.batches.iter().flat_map(|batch| &batch.changes) {
        let Ok(outline) = yidang_documents::guard::scan(bytes) else { continue };
        let actor = outline.actor.as_slice().try_into().unwrap_or_default();
        numbers.insert((actor, outline.seq), outline.hash);
    }
    if !page.snapshot.is_empty() {
        let whole = Document::from_saved(&page.snapshot).map_err(StoreError::from)?;
        let links = whole.links().into_iter();
        numbers.extend(links.map(|link| ((link.actor, link.seq), link.hash)));
    }
    Ok(numbers)
}

fn owed(desk: &OpenDesk, is_due: impl Fn(&OutboxItem) -> bool) -> Result<Owed, StoreError> {
    let mut by_batch: BTreeMap<Option<Vec<u8>>, Vec<OutboxItem>> = BTreeMap::new();
    let mut owed = Owed::default();
    for item in desk.store.not_taken()?.into_iter().filter(is_due) {
        if item.delivery == REVERTED {
            owed.told.push(item);
        } else {
            by_batch.entry(item.batch.clone()).or_default().push(item);
        }
    }
    for (id, items) in by_batch {
        let stored = match &id {
            Some(id) => desk.store.batch(id)?,
            None => None,
        };
        for item in &items {
            let named = item.said.cause.as_ref();
            let cause = named.map(|id| desk.store.batch(id)).transpose()?.flatten();
            // In the log before the server went back, and perhaps again once its register is whole: the
            // last copy of that may be here, so it and what stands on it stay where they are.
            if let Some(cause) = &cause
                && !is_waiting(desk, cause)?
            {
                continue;
            }
            let fate = match &cause {
                None if named.is_some() => Fate::Rejected(because(STANDS_ON_REFUSED)),
                _ => fate(desk, item, items.len(), stored.as_ref()),
            };
            let case = owed.cases.entry(item.document).or_default();
            case.fates.insert(item.hash, fate);
            if let Some(cause) = cause {
                case.blame(cause);
            }
        }
    }
    // What colleagues gave by hand leaves with whatever was built on it; their own devices write it again.
    for cause in desk.store.not_taken_by_hand()? {
        owed.cases.entry(cause.document).or_default().blame(cause);
    }
    Ok(owed)
}

/// Whether the server has not taken a batch yet, as far as this device knows.
fn is_waiting(desk: &OpenDesk, batch: &StoredBatch) -> Result<bool, StoreError> {
    if desk.store.is_held(&batch.id)? {
        return Ok(true);
    }
    let waiting = desk.store.outbox_of(batch.document)?;
    Ok(waiting.iter().any(|item| batch.hashes.contains(&item.hash)))
}

/// What becomes of a change of a batch that was not taken.
fn fate(desk: &OpenDesk, item: &OutboxItem, waiting: usize, batch: Option<&StoredBatch>) -> Fate {
    let said = &item.said;
    if item.delivery == ORPHANED {
        return Fate::Again { alone: false };
    }
    // A person declined all of it, whichever change the word names.
    if said.code == DECLINED {
        return Fate::Rejected(said.clone());
    }
    let certificate = batch
        .and_then(|batch| BatchHeader::decode(batch.header.as_slice()).ok())
        .map(|header| header.certificate);
    let is_of_before = said.code == "revoked"
        && certificate.is_some_and(|certificate| certificate != desk.certificate_id);
    if (is_about_the_actor(&said.code) || is_of_before) && !item.alone {
        return Fate::Again { alone: true };
    }
    if batch.map_or(waiting, |batch| batch.hashes.len()) == 1 {
        return Fate::Rejected(said.clone());
    }
    let is_told = said.place > 0 || !said.rule.is_empty();
    let blamed = usize::try_from(said.place).ok().and_then(|place| batch?.hashes.get(place));
    match blamed.filter(|_| is_told) {
        Some(hash) if *hash == item.hash => Fate::Rejected(said.clone()),
        Some(_) => Fate::Again { alone: false },
        None => Fate::Again { alone: true },
    }
}

/// What becomes of one document.
struct Plan {
    id: DocumentId,
    old: Option<Document>,
    document: Option<Document>,
    gone: Vec<ChangeHash>,
    causes: Vec<StoredBatch>,
    rejected: Vec<Rejected>,
    again: Vec<Again>,
    renamed: Renamed,
    /// Batches lose some of what they held; what else stays of it is signed again.
    cuts_batches: bool,
    unsigned: Vec<OutboxItem>,
}

/// A change that was written again.
struct Again {
    old: ChangeHash,
    bytes: Vec<u8>,
    item: OutboxItem,
}

/// Does all of it in one transaction; gives whether something was written again.
fn run(device: &mut Device, seat: u64, mut owed: Owed) -> Result<bool, Fault> {
    let is_nothing = |owed: &Owed| owed.cases.is_empty() && owed.told.is_empty();
    if is_nothing(&owed) {
        return Ok(false);
    }
    let actions = Actions::of(device.desk_of(seat)?)?;
    actions.share(&mut owed);
    if is_nothing(&owed) {
        return Ok(false);
    }
    let now = device.senses.now();
    let Some(desk) = device.open.as_mut() else { return Ok(false) };
    let mut told = Vec::new();
    for item in &owed.told {
        told.extend(self::told(desk, item)?);
    }
    let today = now.date();
    let (mut plans, next) = loop {
        let mut cut = Vec::new();
        for (id, case) in &owed.cases {
            cut.extend(cut_out(desk, *id, case.clone())?);
        }
        if actions.take_along(&mut owed, &cut) {
            continue;
        }
        if told.is_empty() && cut.is_empty() {
            return Ok(false);
        }
        let is_over =
            cut.iter().flat_map(|cut| &cut.gone).any(|gone| gone.link.actor == desk.actor);
        let next = is_over.then(|| desk.draw(&*device.senses));
        let actor = next.map_or(desk.actor, |next| next.actor);
        let plans = cut.into_iter().map(|cut| plan(desk, cut, actor, today));
        let plans = plans.collect::<Result<Vec<_>, _>>()?;
        if !actions.reject_along(&mut owed, &plans) {
            break (plans, next);
        }
    };
    name_again(&mut plans, &next.map_or(desk.actor, |next| next.actor));
    let is_again = plans.iter().any(|plan| !plan.again.is_empty());
    keep(desk, plans, &told, next, now)?;
    device.exchange.until = desk.store.newest()?;
    device.touch();
    Ok(is_again)
}

/// What left a document.
struct Cut {
    id: DocumentId,
    case: Case,
    items: BTreeMap<ChangeHash, OutboxItem>,
    old: Option<Document>,
    rest: Option<Document>,
    gone: Vec<Gone>,
    /// What the county had taken before it was put back.
    taken: Taken,
}

/// Takes it out; nothing where the document is damaged: the next exchange puts what waits of it aside.
fn cut_out(desk: &mut OpenDesk, id: DocumentId, case: Case) -> Result<Option<Cut>, Fault> {
    let waiting = desk.store.outbox_of(id)?.into_iter();
    let mut items: BTreeMap<_, _> = waiting.map(|item| (item.hash, item)).collect();
    if desk.store.stored(id)?.is_none() {
        let (gone, taken) = (Vec::new(), Taken::default());
        return Ok(Some(Cut { id, case, items, old: None, rest: None, gone, taken }));
    }
    let Some(old) = desk.sound_document(id)? else { return Ok(None) };
    let mut roots: BTreeSet<ChangeHash> = case.fates.keys().copied().collect();
    roots.extend(case.causes.iter().flat_map(|batch| &batch.hashes));
    roots.extend(&case.superseded);
    let held = desk.store.held_of(id)?;
    let (rest, gone, taken) = loop {
        let (rest, gone) = take_out(&old, &roots).map_err(StoreError::from)?;
        let mut split = split_by(&gone, &held);
        let known = Known { items: &items, held: &held, in_log: &case.in_log };
        let taken = superseded::look(desk, &old, &gone, &known)?;
        split.extend(&taken.unproved);
        if split.is_empty() {
            break (rest, gone, taken);
        }
        roots.extend(split);
    };
    items.extend(taken.own.iter().map(|item| (item.hash, item.clone())));
    Ok(Some(Cut { id, case, items, old: Some(old), rest: Some(rest), gone, taken }))
}

/// What came by hand leaves batch by batch: the rest of one without its beginning or end has no proof.
fn split_by(gone: &[Gone], held: &[StoredBatch]) -> Vec<ChangeHash> {
    let is_gone = |hash: &ChangeHash| gone.iter().any(|gone| gone.link.hash == *hash);
    let split = held.iter().filter(|batch| batch.hashes.iter().any(is_gone));
    split.flat_map(|batch| &batch.hashes).filter(|hash| !is_gone(hash)).copied().collect()
}

fn plan(desk: &mut OpenDesk, cut: Cut, actor: Actor, today: Date) -> Result<Plan, Fault> {
    let Cut { id, case, items, old, rest, gone, taken } = cut;
    let kind = old.as_ref().map_or(DocumentKind::CaseFile, Document::kind);
    let about = About { id, kind, matter: super::view::matter(desk, id)? };
    let mut plan = Plan {
        id,
        old,
        document: None,
        gone: gone.iter().map(|gone| gone.link.hash).collect(),
        causes: case.causes,
        rejected: Vec::new(),
        again: Vec::new(),
        renamed: Renamed::default(),
        cuts_batches: !taken.own.is_empty() || !taken.of_others.is_empty(),
        unsigned: taken.unsigned,
    };
    // What is not in the document any more has nothing but its words.
    for item in items.values().filter(|item| case.fates.contains_key(&item.hash)) {
        if !plan.gone.contains(&item.hash) {
            plan.gone.push(item.hash);
            plan.rejected.push(about.rejected(item, &[], None, item.said.clone()));
        }
    }
    let Some(rest) = rest else { return Ok(plan) };
    // A file or household is nothing without its beginning; a visit day is begun by whoever writes first.
    let begins = rest.is_bare() && kind != DocumentKind::VisitDay;
    // Where somebody else began it and that was not taken, nothing is left to go on with.
    let mut is_unbegun =
        begins && gone.first().is_some_and(|first| !items.contains_key(&first.link.hash));
    let mut replay = Replay::onto(rest);
    for one in &gone {
        let Some(item) = items.get(&one.link.hash) else {
            // Somebody else's, built on the same: their own device writes it again.
            replay.leave_out(one);
            if taken.of_others.contains(&one.link.hash) {
                plan.rejected.extend(superseded::of_another(desk, &about, one, today));
            }
            continue;
        };
        let fate = case.fates.get(&item.hash).cloned().unwrap_or(Fate::Again { alone: false });
        let done = match fate {
            Fate::Rejected(said) => Err(said),
            Fate::Again { .. } if is_unbegun => Err(because(STANDS_ON_REFUSED)),
            Fate::Again { alone } => {
                write_again(desk, &mut replay, one, item, actor, today).map(|done| (done, alone))
            }
        };
        match done {
            Ok((Some(committed), alone)) => plan.again.push(again(item, committed, actor, alone)),
            Ok((None, _)) => replay.leave_out(one),
            Err(said) => {
                is_unbegun |= begins && plan.again.is_empty();
                replay.leave_out(one);
                plan.rejected.push(about.rejected(item, &one.bytes, one.intended.as_ref(), said));
            }
        }
    }
    let (document, renamed) = replay.finish();
    plan.renamed = renamed;
    plan.document = Some(document).filter(|document| !document.is_bare());
    Ok(plan)
}

fn because(code: &str) -> Said {
    Said { code: code.to_owned(), ..Said::default() }
}

fn again(before: &OutboxItem, committed: Committed, actor: Actor, alone: bool) -> Again {
    let item = OutboxItem {
        hash: committed.hash,
        delivery: SAVED,
        batch: None,
        actor: Some(actor),
        alone,
        said: Said::default(),
        ..before.clone()
    };
    Again { old: before.hash, bytes: committed.bytes, item }
}

/// Writes what was meant with a change; nothing where the same stands there already.
fn write_again(
    desk: &OpenDesk,
    replay: &mut Replay,
    gone: &Gone,
    item: &OutboxItem,
    actor: Actor,
    today: Date,
) -> Result<Option<Committed>, Said> {
    let intended = gone.intended.as_ref().ok_or_else(|| because("unknown_entry"))?;
    if !is_permitted(desk, replay, gone, intended, today) {
        return Err(because("not_allowed"));
    }
    let at = intended.at;
    let org = desk.assignment(today).map(|(org, _)| org).unwrap_or_default();
    let (on, org) = match &intended.header {
        Some(header) => (header.on, header.org.clone()),
        None => (item.saved_at.date(), org),
    };
    let device = desk.certificate.device.as_str().into();
    let header = EntryHeader { on, by: desk.user(), org, device };
    match replay.write_again(gone, intended, &Author { actor, header, at }) {
        Ok(committed) => Ok(Some(committed)),
        Err(DocumentError::Nothing) => Ok(None),
        Err(_) => Err(because(STANDS_ON_REFUSED)),
    }
}

/// Whether the person may do it, or might when it was written. A device that cannot tell, because it
/// knows of no post on either day, leaves it to the server.
fn is_permitted(
    desk: &OpenDesk,
    replay: &Replay,
    gone: &Gone,
    intended: &Intended,
    today: Date,
) -> bool {
    let days = [today, intended.at.date()];
    if days.iter().all(|day| desk.assignment(*day).is_none()) {
        return true;
    }
    let document = replay.document();
    let kind = document.kind();
    let reading = document.read_at(&replay.base_of(&gone.link));
    let stage = (kind == DocumentKind::CaseFile).then(|| state_of(&reading).standing.stage);
    let grid = OrgCode(reading.text("facts", "grid"));
    let lies_in_grid = kind != DocumentKind::VisitDay && !grid.as_str().is_empty();
    let org = if lies_in_grid { grid } else { document.home().clone() };
    let mut acts = intended.acts(kind);
    if kind == DocumentKind::CaseFile && document.is_bare() {
        acts.push(Act::OpenCaseFile);
    }
    let may: Vec<Act> =
        days.into_iter().flat_map(|day| acts_of(desk, (kind, &org), stage, day)).collect();
    acts.iter().all(|act| may.contains(act))
}

/// What a document is called while something of it is kept apart.
struct About {
    id: DocumentId,
    kind: DocumentKind,
    matter: String,
}

impl About {
    fn rejected(
        &self,
        item: &OutboxItem,
        bytes: &[u8],
        intended: Option<&Intended>,
        said: Said,
    ) -> Rejected {
        let header = intended.and_then(|intended| intended.header.as_ref());
        Rejected {
            document: self.id,
            kind: self.kind,
            hash: item.hash,
            bytes: bytes.to_vec(),
            matter: self.matter.clone(),
            title: item.title.clone(),
            words: item.words.clone(),
            on: header.map_or_else(|| item.saved_at.date(), |header| header.on),
            saved_at: item.saved_at,
            said,
        }
    }
}

/// What the server took and undid: it stays in the document, and its words are kept for its author. Nothing
/// where the document is damaged.
fn told(desk: &mut OpenDesk, item: &OutboxItem) -> Result<Option<Rejected>, Fault> {
    let stored = desk.store.stored(item.document)?;
    if stored.is_some() && desk.sound_document(item.document)?.is_none() {
        return Ok(None);
    }
    let kind = stored.map_or(DocumentKind::CaseFile, |stored| stored.kind);
    let matter = super::view::matter(desk, item.document)?;
    let bytes = desk.store.change(item.document, &item.hash)?.unwrap_or_default();
    let said = Said { code: UNDONE.to_owned(), ..item.said.clone() };
    Ok(Some(About { id: item.document, kind, matter }.rejected(item, &bytes, None, said)))
}

fn keep(
    desk: &mut OpenDesk,
    plans: Vec<Plan>,
    told: &[Rejected],
    next: Option<Incarnation>,
    now: InstantMs,
) -> Result<(), Fault> {
    let certificate = desk.certificate_id;
    let rows: Vec<Option<(Projection, Indexed)>> = plans
        .iter()
        .map(|plan| {
            let Some(document) = &plan.document else { return Ok(None) };
            let projection = rows_in_force(&desk.store, document)?;
            let rows = indexed(&desk.tree, &desk.user(), &projection, now.date());
            Ok(Some((projection, rows)))
        })
        .collect::<Result<_, StoreError>>()?;
    let rejected = told.len() + plans.iter().map(|plan| plan.rejected.len()).sum::<usize>();
    desk.store.write(|write| -> Result<(), StoreError> {
        if let Some(next) = &next {
            write.begin_incarnation(next, &certificate, now)?;
        }
        for rejected in told {
            write.out_of_outbox(&rejected.hash)?;
            write.put_rejected(rejected, now)?;
        }
        plans.iter().try_for_each(|plan| put(write, plan, now))?;
        put_rows(write, rows.iter().flatten().map(|(projection, rows)| (projection, rows)))?;
        if rejected > 0 {
            let text = format!("{rejected} 条未采用，内容都在“需要你处理”里");
            write.put_happened(now, LogKind::Failed, &text, None)?;
        }
        write.passed(Boundary::SettleReady);
        Ok(())
    })?;
    desk.store.passed(Boundary::Settled);
    desk.actor = next.map_or(desk.actor, |next| next.actor);
    for (plan, rows) in plans.into_iter().zip(rows) {
        match (plan.document, rows) {
            (Some(document), Some((projection, _))) => desk.remember(document, Some(projection)),
            _ => desk.let_go(plan.id),
        }
    }
    Ok(())
}

fn put(write: &Write<'_>, plan: &Plan, now: InstantMs) -> Result<(), StoreError> {
    if let Some(old) = &plan.old {
        write.split_snapshot(old)?;
    }
    for hash in &plan.gone {
        write.take_out(plan.id, hash)?;
    }
    write.drop_held(plan.id, &plan.gone)?;
    plan.causes.iter().try_for_each(|batch| write.drop_batch(batch))?;
    if plan.cuts_batches {
        write.drop_batches_of(plan.id, &plan.gone)?;
    }
    plan.rejected.iter().try_for_each(|rejected| write.put_rejected(rejected, now))?;
    if plan.document.is_none() {
        return write.forget(plan.id);
    }
    write.drop_projection(plan.id)?;
    plan.unsigned.iter().try_for_each(|item| write.put_outbox(item))?;
    for again in &plan.again {
        write.put_change(plan.id, &again.item.hash, &again.bytes)?;
        write.put_again(&again.old, &again.item)?;
    }
    if let Some(document) = &plan.document {
        write.set_heads(document)?;
    }
    write.put_renamed(plan.id, &plan.renamed)
}
