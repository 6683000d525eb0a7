//! Saving: one transaction with the change, the outbox, the rows, the search words and the journal.

use serde::Serialize;
use yidang_api::Fault;
use yidang_api::case_file::{Heads, Saved};
use yidang_api::household::HouseholdRow;
use yidang_api::list::CaseRow;
use yidang_documents::project::ItemRow;
use yidang_documents::{
    Author, ChangeHash, Committed, Document, DocumentError, Edit, Projection, project,
};
use yidang_domain::causality::hex_of;
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::{DocumentKind, EntryHeader};
use yidang_domain::ids::{DocumentId, OrgCode, UserId};
use yidang_domain::org::OrgTree;

use super::Answering;
use crate::boundary::Boundary;
use crate::device::OpenDesk;
use crate::halves::{InForce, rows_in_force, without_halves};
use crate::present;
use crate::store::{
    ActOf, CaseKeys, HouseholdKeys, Incarnation, JournalRow, OutboxItem, ReadRejected, SAVED, Said,
    Stood, StoreError, Write,
};

/// The question that is being answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct AskContext {
    /// Names it, so that asking twice writes once.
    pub id: Option<String>,
    /// Its name in the table.
    pub name: String,
    /// Its content.
    pub json: String,
}

/// What somebody wants to write.
pub(crate) struct Intent {
    /// The document.
    pub id: DocumentId,
    /// Its kind and birthplace, if it may have to be begun.
    pub begin: Option<(DocumentKind, OrgCode)>,
    /// What to write.
    pub edits: Vec<Edit>,
    /// The heads of the form, if there was one.
    pub heads: Option<Heads>,
    /// The business date.
    pub on: Date,
    /// What it is called while it waits.
    pub action: String,
    /// All that was typed.
    pub words: String,
    /// Forms whose drafts are done with.
    pub drafts: Vec<String>,
}

/// One document of an action, changed and ready to be stored.
struct Prepared<'a> {
    intent: &'a Intent,
    document: Document,
    committed: Committed,
    projection: Projection,
    rows: Indexed,
    item: OutboxItem,
    /// Another actor of this person wrote it, who is new.
    incarnation: Option<Incarnation>,
}

impl Answering<'_> {
    /// Saves `intent`; when this returns, it is durable. `reply` makes the answer, which is kept
    /// with it, so that a question that comes twice is answered twice and written once.
    pub fn save<R: Serialize>(
        &mut self,
        intent: &Intent,
        reply: impl FnOnce(&Committed, Saved) -> R,
    ) -> Result<R, Fault> {
        self.save_all(std::slice::from_ref(intent), reply)
    }

    /// Saves an action that touches several documents, in one transaction. The answer is about the
    /// first of them.
    pub fn save_all<R: Serialize>(
        &mut self,
        intents: &[Intent],
        reply: impl FnOnce(&Committed, Saved) -> R,
    ) -> Result<R, Fault> {
        let at = self.device.senses.now();
        let ask = self.ask.clone();
        let act = self.act_of(intents);
        let spare = self.device.spare();
        let desk = self.device.desk()?;
        let stood = crate::sync::stood(desk)?;
        let prepared = intents
            .iter()
            .map(|intent| prepare(desk, intent, at, (&stood, act.as_ref(), spare)))
            .collect::<Result<Vec<_>, _>>()?;
        let first = prepared
            .first()
            .ok_or_else(|| Fault::new(yidang_api::FaultCode::Internal, "nothing to save"))?;
        let saved = Saved {
            saved_at: at,
            heads: Heads(first.document.heads().iter().map(|hash| hex_of(hash)).collect()),
            clashed: first.committed.forked,
        };
        let reply = reply(&first.committed, saved);
        let reply_json = serde_json::to_string(&reply).map_err(StoreError::from)?;
        let journal = JournalRow {
            ask: ask.id.as_deref(),
            name: &ask.name,
            question: &ask.json,
            reply: &reply_json,
            at,
            wrote: Some((first.intent.id, &first.committed.hash)),
            act: act.as_ref().map(|act| act.id),
        };
        let next = prepared.iter().find_map(|one| one.incarnation);
        let certificate = desk.certificate_id;
        desk.store.write(|write| -> Result<(), StoreError> {
            if let Some(next) = &next {
                write.begin_incarnation(next, &certificate, at)?;
            }
            prepared.iter().try_for_each(|one| put_prepared(write, one))?;
            write.put_journal(&journal)?;
            put_rows(write, prepared.iter().map(|one| (&one.projection, &one.rows)))?;
            write.passed(Boundary::SaveReady);
            Ok(())
        })?;
        desk.store.passed(Boundary::Saved);
        desk.actor = next.map_or(desk.actor, |next| next.actor);
        for one in prepared {
            desk.remember(one.document, Some(one.projection));
        }
        self.device.exchange.due_at = Some(at);
        self.device.touch();
        Ok(reply)
    }

    /// The name of an action that touches several documents.
    fn act_of(&self, intents: &[Intent]) -> Option<ActOf> {
        if intents.len() < 2 {
            return None;
        }
        let mut id = [0; 16];
        self.device.senses.random(&mut id);
        Some(ActOf { id, documents: intents.iter().map(|intent| intent.id).collect() })
    }
}

fn prepare<'a>(
    desk: &mut OpenDesk,
    intent: &'a Intent,
    at: InstantMs,
    (stood, act, spare): (&Stood, Option<&ActOf>, Option<Incarnation>),
) -> Result<Prepared<'a>, Fault> {
    let mut document = begin_or_load(desk, intent)?;
    // The form may have been opened before something was written again under other names.
    let renamed = desk.store.renamed(intent.id)?;
    let mut author = author(desk, intent.on, at);
    let heads = intent.heads.as_ref().map(|heads| read_heads(&renamed.heads(&heads.0)));
    let edits = renamed.edits(&intent.edits);
    // What was written here since the form was opened may stand on what came meanwhile.
    let unseen = heads.as_ref().filter(|heads| document.covers_unseen(&author, heads, &edits));
    let incarnation = spare.filter(|_| unseen.is_some());
    author.actor = incarnation.map_or(author.actor, |incarnation| incarnation.actor);
    let committed = match unseen.filter(|_| incarnation.is_some()) {
        Some(heads) => document.commit_on(&author, heads, &edits),
        None => document.commit(&author, heads.as_deref(), &edits),
    };
    let committed = committed.map_err(|error| refused(&error))?;
    let projection = rows_in_force(&desk.store, &document)?;
    let rows = indexed(&desk.tree, &desk.user(), &projection, at.date());
    let item = OutboxItem {
        document: intent.id,
        hash: committed.hash,
        title: present::outbox_title(&intent.action, people_in(&projection)),
        words: intent.words.clone(),
        saved_at: at,
        delivery: SAVED,
        batch: None,
        actor: Some(author.actor),
        stood: Some(stood.clone()),
        act: act.cloned(),
        alone: false,
        said: Said::default(),
    };
    Ok(Prepared { intent, document, committed, projection, rows, item, incarnation })
}

fn put_prepared(write: &Write<'_>, one: &Prepared<'_>) -> Result<(), StoreError> {
    let document = &one.document;
    write.put_document(document.id(), document.kind(), document.home())?;
    write.split_snapshot(document)?;
    write.put_change(document.id(), &one.committed.hash, &one.committed.bytes)?;
    write.set_heads(document)?;
    write.put_outbox(&one.item)?;
    one.intent.drafts.iter().try_for_each(|form| write.drop_draft(form))
}

fn begin_or_load(desk: &mut OpenDesk, intent: &Intent) -> Result<Document, Fault> {
    use crate::store::ReadDocuments;
    match &intent.begin {
        Some((kind, home)) if desk.store.stored(intent.id)?.is_none() => {
            Document::begin(*kind, intent.id, home).map_err(|e| StoreError::from(e).into())
        }
        _ => desk.document(intent.id),
    }
}

fn author(desk: &OpenDesk, on: Date, at: InstantMs) -> Author {
    let org = desk.assignment(at.date()).map(|(org, _)| org).unwrap_or_default();
    Author {
        actor: desk.actor,
        header: EntryHeader {
            on,
            by: desk.user(),
            org,
            device: desk.certificate.device.as_str().into(),
        },
        at,
    }
}

fn read_heads(heads: &[String]) -> Vec<ChangeHash> {
    heads.iter().filter_map(|text| hash_of(text)).collect()
}

/// The hash written in hexadecimal.
pub(crate) fn hash_of(text: &str) -> Option<ChangeHash> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut hash = [0; 32];
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(hash)
}

fn refused(error: &DocumentError) -> Fault {
    match error {
        DocumentError::Value(error) => Fault::invalid(error.field, error.reason),
        DocumentError::Nothing => Fault::invalid("", "nothing changed"),
        other => Fault::new(yidang_api::FaultCode::Internal, other.to_string()),
    }
}

/// Whom the title of something that waits names.
fn people_in(projection: &Projection) -> &[ItemRow] {
    match projection {
        Projection::CaseFile(case) => case.parties.as_slice(),
        Projection::Household(household) => household.members.as_slice(),
        Projection::VisitDay(_) => &[],
    }
}

/// What the index keeps of a document.
pub(crate) enum Indexed {
    /// Of a case file.
    Case(Box<(CaseRow, CaseKeys)>),
    /// Of a household.
    Household(Box<(HouseholdRow, HouseholdKeys)>),
    /// Nothing.
    Nothing,
}

/// Computes what the index keeps, for the desk of `me`.
pub(crate) fn indexed(
    tree: &OrgTree,
    me: &UserId,
    projection: &Projection,
    today: Date,
) -> Indexed {
    use present::household::{household_keys, household_row};
    match projection {
        Projection::CaseFile(case) => Indexed::Case(Box::new((
            present::case_row(tree, case, today),
            present::case_keys(tree, case, me, today),
        ))),
        Projection::Household(household) => Indexed::Household(Box::new((
            household_row(tree, household),
            household_keys(tree, household),
        ))),
        Projection::VisitDay(_) => Indexed::Nothing,
    }
}

/// From so many entries on a document's rows are kept, because making them anew takes longer than
/// reading them (docs/decisions/0011). Where something left a document that the server did not take, its
/// kept rows are forgotten; entries are never taken away otherwise.
const LONG_ENTRIES: usize = 100;

/// Keeps the rows of documents, and after all of them their words for the search.
pub(crate) fn put_rows<'a>(
    write: &Write<'_>,
    documents: impl IntoIterator<Item = (&'a Projection, &'a Indexed)>,
) -> Result<(), StoreError> {
    let (mut files, mut households) = (Vec::new(), Vec::new());
    for (projection, indexed) in documents {
        if projection.common().entries.len() >= LONG_ENTRIES {
            write.put_projection(projection)?;
        }
        match indexed {
            Indexed::Case(found) => {
                let (row, keys) = found.as_ref();
                files.push((write.put_case(row, keys)?, keys));
            }
            Indexed::Household(found) => {
                let (row, keys) = found.as_ref();
                households.push((write.put_household(row, keys)?, keys));
            }
            Indexed::Nothing => {}
        }
    }
    files.into_iter().try_for_each(|(at, keys)| write.put_words(at, &keys.words, &keys.said))?;
    households.into_iter().try_for_each(|(at, keys)| write.put_household_words(at, keys))
}

/// Makes the rows of these documents anew: after new reference data, after an upgrade, and where a half
/// that waited is in force.
pub(crate) fn index(
    desk: &mut OpenDesk,
    documents: &[DocumentId],
    today: Date,
) -> Result<(), Fault> {
    let mut made = Vec::with_capacity(documents.len());
    for id in documents {
        let Some(document) = desk.sound_document(*id)? else { continue };
        let (projection, rows) = match without_halves(&desk.store, &document)? {
            Some(InForce { projection, is_nothing: true }) => (projection, Indexed::Nothing),
            waits => {
                let projection = waits.map_or_else(|| project(&document), |half| half.projection);
                let rows = indexed(&desk.tree, &desk.user(), &projection, today);
                (projection, rows)
            }
        };
        made.push((projection, rows));
    }
    desk.store.write(|write| -> Result<(), StoreError> {
        put_rows(write, made.iter().map(|(projection, rows)| (projection, rows)))
    })?;
    desk.store.passed(Boundary::Indexed);
    Ok(())
}
