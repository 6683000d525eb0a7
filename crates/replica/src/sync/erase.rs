//! What the county destroyed is destroyed here as well, and what its author wrote that the county never had is
//! kept for them: they decide what becomes of it.

use std::collections::BTreeSet;

use yidang_api::Fault;
use yidang_api::sync::LogKind;
use yidang_documents::ChangeHash;
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::{Record, Tombstone};

use crate::device::OpenDesk;
use crate::store::{
    Erasing, OutboxItem, ReadDocuments, ReadErased, ReadOutbox, Rejected, Said, StoreError, Write,
};

/// Why something stands among what was not taken: its document was destroyed.
const ERASED: &str = "erased";

/// A document that the county destroyed.
pub struct Doomed {
    id: DocumentId,
    tombstone: Tombstone,
    /// Own changes that were destroyed with it: the county had them.
    inside: BTreeSet<ChangeHash>,
}

impl Doomed {
    /// Which it is.
    pub const fn id(&self) -> DocumentId {
        self.id
    }
}

/// The documents that these records destroy and that were not destroyed here before.
pub fn read<'a>(
    desk: &mut OpenDesk,
    records: impl Iterator<Item = &'a Record>,
) -> Result<Vec<Doomed>, Fault> {
    let mut doomed = Vec::new();
    for (document, tombstone) in records.filter_map(Record::tombstone) {
        let id = DocumentId::from_bytes(document);
        if !desk.store.is_erased(id)? {
            let inside = inside(desk, id, &tombstone)?;
            doomed.push(Doomed { id, tombstone, inside });
        }
    }
    Ok(doomed)
}

/// Own changes that the county had: whatever stands in the history of the destroyed heads, as far as those are
/// here. Of what cannot be read nothing is known to be there, and the words stay with their author.
fn inside(
    desk: &mut OpenDesk,
    id: DocumentId,
    tombstone: &Tombstone,
) -> Result<BTreeSet<ChangeHash>, Fault> {
    let own = desk.store.outbox_of(id)?;
    if own.is_empty() || desk.store.stored(id)?.is_none() {
        return Ok(BTreeSet::new());
    }
    let Ok(document) = desk.document(id) else { return Ok(BTreeSet::new()) };
    let heads: Vec<ChangeHash> =
        tombstone.heads().into_iter().filter(|head| document.has(head)).collect();
    let after: BTreeSet<ChangeHash> =
        document.changes_since(&heads).into_iter().map(|(hash, _)| hash).collect();
    let hashes = own.into_iter().map(|item| item.hash);
    Ok(hashes.filter(|hash| document.has(hash) && !after.contains(hash)).collect())
}

/// Destroys it, and keeps the words of its author that the county did not have. Comes after the verdicts: what
/// they took out of the outbox, the county had.
pub fn take(write: &Write<'_>, doomed: &Doomed, now: InstantMs) -> Result<(), StoreError> {
    let Doomed { id, tombstone, inside } = doomed;
    let kind = write.stored(*id)?.map(|stored| stored.kind);
    let mut own = write.outbox_of(*id)?;
    own.retain(|item| !inside.contains(&item.hash));
    let successor = tombstone.successor().map(DocumentId::from_bytes);
    let unsent: Vec<ChangeHash> = own.iter().map(|item| item.hash).collect();
    let (basis, on) = (tombstone.basis.as_str(), tombstone.on.as_str());
    write.erase(*id, &Erasing { basis, on, successor, own: &unsent })?;
    for item in &own {
        write.put_rejected(&kept(item, kind, tombstone), now)?;
    }
    if kind.is_some() || !own.is_empty() {
        let mut text = format!("一份档案已依法删除，依据：{}", tombstone.basis);
        if successor.is_some() {
            text += "；留下的由县里重录，接着办";
        }
        if !own.is_empty() {
            text += &format!("；你没送到的 {} 条在“需要你处理”里", own.len());
        }
        write.put_happened(now, LogKind::Done, &text, None)?;
    }
    Ok(())
}

/// The own words, with nothing of the document they were written in.
fn kept(item: &OutboxItem, kind: Option<DocumentKind>, tombstone: &Tombstone) -> Rejected {
    // The title names people of the file behind what was done.
    let title = item.title.split(" · ").next().unwrap_or_default().to_owned();
    Rejected {
        document: item.document,
        kind: kind.unwrap_or(DocumentKind::CaseFile),
        hash: item.hash,
        bytes: Vec::new(),
        matter: String::new(),
        title,
        words: item.words.clone(),
        on: item.saved_at.date(),
        saved_at: item.saved_at,
        said: Said { code: ERASED.to_owned(), reason: tombstone.basis.clone(), ..Said::default() },
    }
}
