//! What the county had taken and, put back since, has something else in the place of: a telephone was copied, and
//! its copy wrote under the same sequence numbers. The author writes it again. Others who hold it keep its words,
//! because nobody can tell whether the author still can.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message;
use yidang_api::Fault;
use yidang_documents::guard::scan;
use yidang_documents::project::Mark;
use yidang_documents::{Actor, ChangeHash, Document, Edit, Gone, Intended, edits_of};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::EntryKind;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::BatchHeader;

use super::{About, because};
use crate::device::OpenDesk;
use crate::people::People;
use crate::present::in_words;
use crate::store::{
    OutboxItem, ReadDocuments, ReadIncarnations, Rejected, SAVED, SUPERSEDED, Said, StoredBatch,
};

/// What leaves a document and waited for nothing here: the county had taken it.
#[derive(Default)]
pub(super) struct Taken {
    /// Own changes, as they would stand in the outbox.
    pub own: Vec<OutboxItem>,
    /// Those of others.
    pub of_others: BTreeSet<ChangeHash>,
    /// Own changes that stay and lost their proof with the batch they shared: they are signed again.
    pub unsigned: Vec<OutboxItem>,
    /// Changes of others that lost it. Without a proof nobody can hand them in, so they leave as well.
    pub unproved: Vec<ChangeHash>,
}

/// Looks through what left `old`. `known` says of a change whether it stands in the outbox, came by hand, or is in
/// the county's log: those have their own ways.
pub(super) fn look(
    desk: &OpenDesk,
    old: &Document,
    gone: &[Gone],
    known: &Known<'_>,
) -> Result<Taken, Fault> {
    let mut taken = Taken::default();
    let taken_before: Vec<&Gone> =
        gone.iter().filter(|gone| !known.is_waiting(&gone.link.hash)).collect();
    if taken_before.is_empty() {
        return Ok(taken);
    }
    let id = old.id();
    let batches = desk.store.batches_of(id)?;
    for one in &taken_before {
        let hash = one.link.hash;
        match &one.intended {
            Some(intended) if is_own(desk, &batches, &hash, &one.link.actor)? => {
                taken.own.push(item(desk, (id, hash), one.link.actor, intended));
            }
            _ => drop(taken.of_others.insert(hash)),
        }
    }
    let stored: BTreeMap<ChangeHash, Vec<u8>> = old.changes_since(&[]).into_iter().collect();
    let is_gone = |hash: &ChangeHash| gone.iter().any(|gone| gone.link.hash == *hash);
    let is_cut = |batch: &&StoredBatch| batch.hashes.iter().any(is_gone);
    let proved: BTreeSet<&ChangeHash> =
        batches.iter().filter(|batch| !is_cut(batch)).flat_map(|batch| &batch.hashes).collect();
    for hash in batches.iter().filter(is_cut).flat_map(|batch| &batch.hashes) {
        if is_gone(hash) || known.is_waiting(hash) || known.in_log.contains(hash) {
            continue;
        }
        let Some(bytes) = stored.get(hash).filter(|_| !proved.contains(hash)) else { continue };
        let Ok(outline) = scan(bytes) else { continue };
        let actor = outline.actor.as_slice().try_into().unwrap_or_default();
        match edits_of(old, bytes) {
            Ok(intended) if is_own(desk, &batches, hash, &actor)? => {
                taken.unsigned.push(item(desk, (id, *hash), actor, &intended));
            }
            _ => taken.unproved.push(*hash),
        }
    }
    Ok(taken)
}

/// Changes of a document that have their own ways.
pub(super) struct Known<'a> {
    /// In the outbox.
    pub items: &'a BTreeMap<ChangeHash, OutboxItem>,
    /// By hand.
    pub held: &'a [StoredBatch],
    /// On the page that came.
    pub in_log: &'a BTreeSet<ChangeHash>,
}

impl Known<'_> {
    fn is_waiting(&self, hash: &ChangeHash) -> bool {
        self.items.contains_key(hash) || self.held.iter().any(|batch| batch.hashes.contains(hash))
    }
}

/// Whether this person wrote it on this device: under any of its certificates, or, where the store was put back and
/// the incarnation is missing, as a batch under the present one says.
fn is_own(
    desk: &OpenDesk,
    batches: &[StoredBatch],
    hash: &ChangeHash,
    actor: &Actor,
) -> Result<bool, Fault> {
    if desk.store.was_ever(actor)? {
        return Ok(true);
    }
    let headers = batches.iter().filter(|batch| batch.hashes.contains(hash));
    Ok(headers
        .filter_map(|batch| BatchHeader::decode(batch.header.as_slice()).ok())
        .any(|header| header.certificate == desk.certificate_id))
}

fn item(
    desk: &OpenDesk,
    (document, hash): (DocumentId, ChangeHash),
    actor: Actor,
    intended: &Intended,
) -> OutboxItem {
    let (title, words) = in_words(&desk.tree, &intended.edits);
    OutboxItem {
        document,
        hash,
        title,
        words,
        saved_at: intended.at,
        delivery: SAVED,
        batch: None,
        actor: Some(actor),
        stood: None,
        act: None,
        alone: false,
        said: Said::default(),
    }
}

/// The words of somebody else, for whoever holds them. None where the county wrote it itself.
pub(super) fn of_another(
    desk: &OpenDesk,
    about: &About,
    gone: &Gone,
    today: Date,
) -> Option<Rejected> {
    let outline = scan(&gone.bytes).ok();
    let at =
        outline.map_or_else(|| InstantMs::at_start_of(today), |outline| InstantMs(outline.time_ms));
    let (title, words) = match &gone.intended {
        Some(intended) if intended.edits.iter().all(is_of_the_county) => return None,
        Some(intended) => in_words(&desk.tree, &intended.edits),
        None => ("内容".to_owned(), "这一版应用读不出来，原样存着，请联系县中心".to_owned()),
    };
    let mark = Mark { actor: gone.link.actor, seq: gone.link.seq, at };
    let author = People::new(&desk.store, desk.user()).of(&mark).name;
    let header = gone.intended.as_ref().and_then(|intended| intended.header.as_ref());
    Some(Rejected {
        document: about.id,
        kind: about.kind,
        hash: gone.link.hash,
        bytes: gone.bytes.clone(),
        matter: about.matter.clone(),
        title: format!("{author}写的{title}"),
        words,
        on: header.map_or_else(|| at.date(), |header| header.on),
        saved_at: at,
        said: because(SUPERSEDED),
    })
}

/// Whether the server writes it, which does so again by itself.
fn is_of_the_county(edit: &Edit) -> bool {
    matches!(edit, Edit::AddEntry(entry) if entry.kind() == EntryKind::NumberIssued)
}
