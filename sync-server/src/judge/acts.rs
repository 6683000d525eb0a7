//! Actions over several documents: all of their parts are taken, at consecutive places, or none.
//!
//! A part that may be taken waits in the parking for the others. When the last of them is here, all are
//! examined again and go into the log one behind the other. Where one of them is refused, all are: a half of
//! an action is nothing that anybody did (docs/decisions/0028).

use std::collections::BTreeSet;

use prost::Message;
use yidang_documents::guard::Performed;
use yidang_domain::entry::Entry;
use yidang_sync_protocol::batch::MOST_ACT_DOCUMENTS;
use yidang_sync_protocol::{BatchHeader, SignedBatch};

use super::erased::ERASED;
use super::examine::{Examined, No, Verified, open, verify};
use super::{Judge, Ruling};
use crate::store::{ActName, ParkedRow, Refusal, RefusedChange, StoreError};

/// The word of a batch whose action was not taken: another part of it was refused, or its parts do not
/// fit each other.
pub(super) const ACT: &str = "act";

/// Of one author so many refused actions are remembered: as many as batches in quarantine.
const MOST_REFUSED: u64 = 256;

/// An action over several documents, as one of its parts names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Action {
    /// Whose it is, and how they call it.
    pub name: ActName,
    /// All documents it touches, in the order in which its parts go into the log.
    pub documents: Vec<[u8; 16]>,
}

/// The action that a batch is a part of; none where it is about its document alone.
///
/// # Errors
///
/// A sentence, where the header names no action that could be.
pub(super) fn action_of(header: &BatchHeader) -> Result<Option<Action>, &'static str> {
    if header.act.is_empty() && header.act_documents.is_empty() {
        return Ok(None);
    }
    let act = header.act.as_slice().try_into().map_err(|_| "an action without a name")?;
    let certificate = header.certificate_id().ok_or("an action of nobody")?;
    let named = header.act_documents.iter().map(|id| <[u8; 16]>::try_from(id.as_slice()));
    let documents: Vec<[u8; 16]> =
        named.collect::<Result<_, _>>().map_err(|_| "a name of a wrong length")?;
    let distinct: BTreeSet<&[u8; 16]> = documents.iter().collect();
    let is_several = (2..=MOST_ACT_DOCUMENTS).contains(&documents.len());
    if !is_several || distinct.len() != documents.len() {
        return Err("an action over one document, over too many, or over one twice");
    }
    if !header.document_id().is_some_and(|own| distinct.contains(&own)) {
        return Err("an action that does not touch the document");
    }
    Ok(Some(Action { name: ActName { certificate, act }, documents }))
}

/// What the documents that a change joins are, with the place of each change that does.
fn joins(performed: &[Performed]) -> impl Iterator<Item = (u32, [u8; 16], bool)> {
    let entries = (0_u32..)
        .zip(performed)
        .flat_map(|(position, did)| did.entries.iter().map(move |(_, _, entry)| (position, entry)));
    entries.filter_map(|(position, entry)| match entry {
        Entry::Joined { with, stands, .. } => Some((position, *with.as_bytes(), *stands)),
        _ => None,
    })
}

/// A joining of files is written into both of them, in one action.
pub(super) fn joins_within(action: Option<&Action>, examined: &Examined) -> Result<(), No> {
    let is_named = |with: &[u8; 16]| action.is_some_and(|action| action.documents.contains(with));
    match joins(&examined.performed).find(|(_, with, _)| !is_named(with)) {
        None => Ok(()),
        Some((position, ..)) => {
            Err(No::refused(ACT, "a joining without the other file").at(position))
        }
    }
}

/// Whether the parts of an action say the same of it: each names the same documents, and each file that
/// joins another is joined by that one, of which the other stands.
fn fits(action: &Action, parts: &[(Verified, Examined)]) -> bool {
    let is_same = |verified: &Verified| {
        action_of(&verified.header).is_ok_and(|other| other.as_ref() == Some(action))
    };
    let said: BTreeSet<([u8; 16], [u8; 16], bool)> = parts
        .iter()
        .flat_map(|(verified, examined)| {
            joins(&examined.performed).map(|(_, with, stands)| (verified.document, with, stands))
        })
        .collect();
    let is_here = |id: &[u8; 16]| parts.iter().any(|(verified, _)| verified.document == *id);
    parts.iter().all(|(verified, _)| is_same(verified))
        && said.iter().all(|(of, with, stands)| {
            // What the county took before is not read again.
            !is_here(with) || said.contains(&(*with, *of, !*stands))
        })
}

/// Of another part of an action.
enum Part {
    /// It may be taken.
    Ready(Box<(Verified, Examined)>),
    /// It is in the log.
    Taken,
    /// It is not here, or waits for something itself.
    Lacking,
    /// It was refused.
    Refused(RefusedChange),
}

impl Judge<'_> {
    /// The action that a batch is a part of. What the county took once is no part of anything any more:
    /// its action was whole then.
    pub(super) fn part_of(&self, verified: &Verified) -> Result<Option<Action>, No> {
        if verified.is_placed {
            return Ok(None);
        }
        action_of(&verified.header).map_err(|detail| No::refused(ACT, detail))
    }

    /// Refuses a part of an action that was refused before because of another part.
    pub(super) fn fell_before(
        &mut self,
        action: &Action,
        verified: &Verified,
    ) -> Result<Option<Ruling>, StoreError> {
        // While the county heals, what was refused is judged anew.
        let root = if self.healing { None } else { self.db.refused_act(&action.name)? };
        match root {
            None => Ok(None),
            // It is the one to blame, and another register may see it otherwise.
            Some(root) if root.batch == verified.id => {
                self.db.forgive_act(&action.name)?;
                Ok(None)
            }
            Some(root) => self.fall(&verified.batch, &root).map(Some),
        }
    }

    /// Refuses a part because of another one.
    fn fall(&mut self, batch: &SignedBatch, root: &RefusedChange) -> Result<Ruling, StoreError> {
        let rule = if root.rule == ACT { String::new() } else { root.rule.clone() };
        let refusal = Refusal { code: ACT.to_owned(), rule, ..Refusal::default() };
        let act = batch.read().map(|header| hex(&header.act)).unwrap_or_default();
        self.refuse(batch, refusal, format!("of the action {act} another part was refused"))
    }

    /// Rules on a part that may be taken: waits for the others, or takes all of them.
    pub(super) fn rule_part(
        &mut self,
        action: &Action,
        verified: &Verified,
        examined: Examined,
    ) -> Result<Ruling, StoreError> {
        if self.db.taken_of_act(&action.name)?.contains(&verified.document) {
            let no = No::refused(ACT, "the action has its part of this document already");
            return self.settle_no(&verified.batch, no);
        }
        let mut parts = Vec::with_capacity(action.documents.len());
        for document in action.documents.iter().filter(|id| **id != verified.document) {
            match self.other_part(action, document)? {
                Part::Ready(part) => parts.push(*part),
                Part::Taken => {}
                Part::Lacking => {
                    self.keep_for_later(verified, examined)?;
                    return self.park(&verified.batch, Vec::new(), false);
                }
                Part::Refused(root) => return self.fall(&verified.batch, &root),
            }
        }
        parts.push((verified.clone(), examined));
        let place = |document: &[u8; 16]| action.documents.iter().position(|id| id == document);
        parts.sort_by_key(|(verified, _)| place(&verified.document));
        if !fits(action, &parts) {
            let no = No::refused(ACT, "the parts of an action do not fit each other");
            return self.settle_no(&verified.batch, no);
        }
        self.take_all(verified, parts)
    }

    /// Takes every part, one behind the other; the ruling is the one on `verified`.
    fn take_all(
        &mut self,
        verified: &Verified,
        parts: Vec<(Verified, Examined)>,
    ) -> Result<Ruling, StoreError> {
        let mut own = 0;
        for (part, examined) in parts {
            let seq = self.take(&part, examined)?;
            if part.id == verified.id {
                own = seq;
                continue;
            }
            self.db.settle(&part.id, seq, self.now.0)?;
            self.db.unpark(&part.id)?;
            self.rulings.insert(part.id, Ruling::Accepted(seq));
            self.beside.push(part.document);
        }
        Ok(Ruling::Accepted(own))
    }

    /// How it stands with the part of an action that is about `document`.
    fn other_part(&mut self, action: &Action, document: &[u8; 16]) -> Result<Part, StoreError> {
        if self.db.taken_of_act(&action.name)?.contains(document) {
            return Ok(Part::Taken);
        }
        if self.db.is_erased(document)? {
            // Its half was destroyed with the document, or never came: nothing waits for it.
            return Ok(Part::Refused(RefusedChange { batch: [0; 16], rule: ERASED.to_owned() }));
        }
        let parts = self.db.act_parts(&action.name)?.into_iter();
        for (_, id) in parts.filter(|(about, _)| about == document) {
            let Some(row) = self.db.parked(&id)? else { continue };
            let batch = SignedBatch::decode(row.bytes.as_slice())?;
            let examined = verify(self.db, self.county, &batch).and_then(|part| {
                let examined = self.examined(&part)?;
                joins_within(Some(action), &examined)?;
                Ok((part, examined))
            });
            match examined {
                Ok(part) => return Ok(Part::Ready(Box::new(part))),
                Err(No::Store(error)) => return Err(error),
                Err(No::Duplicate(seq)) => {
                    self.db.unpark(&id)?;
                    self.db.took_act(&action.name, document, seq)?;
                    self.rulings.insert(id, Ruling::Duplicate(seq));
                    return Ok(Part::Taken);
                }
                Err(no @ (No::Refused(..) | No::Orphaned(..))) => {
                    self.db.unpark(&id)?;
                    let ruling = self.settle_no(&batch, no)?;
                    let rule = match &ruling {
                        Ruling::Refused(refusal) if refusal.by.is_some() => refusal.rule.clone(),
                        Ruling::Refused(refusal) => refusal.code.clone(),
                        _ => String::new(),
                    };
                    self.rulings.insert(id, ruling);
                    return Ok(Part::Refused(RefusedChange { batch: id, rule }));
                }
                Err(_) => {}
            }
        }
        Ok(Part::Lacking)
    }

    /// A batch is in the log at `seq`: judges again what waits of the action that it is a part of, if it is.
    pub(super) fn part_came(&mut self, batch: &Verified, seq: u64) -> Result<(), StoreError> {
        let Ok(Some(action)) = action_of(&batch.header) else { return Ok(()) };
        self.db.unpark(&batch.id)?;
        // Of what came in a save, or to a version before, nobody noted it.
        self.db.took_act(&action.name, &batch.document, seq)?;
        let mut rows: Vec<ParkedRow> = Vec::new();
        for (_, id) in self.db.act_parts(&action.name)? {
            rows.extend(self.db.parked(&id)?);
        }
        let documents: Vec<[u8; 16]> = rows.iter().map(|row| row.document).collect();
        self.retry(rows)?;
        self.beside.extend(documents);
        Ok(())
    }

    /// Notes that an action was refused because a part of it was, and refuses what waits of it. Only its
    /// author's own parts say anything about it.
    pub(super) fn act_fell(
        &mut self,
        batch: &SignedBatch,
        root: &RefusedChange,
    ) -> Result<(), StoreError> {
        let Ok(Some(action)) = action_of(&batch.read().unwrap_or_default()) else { return Ok(()) };
        let verified = match open(self.db, self.county, batch) {
            Ok((verified, _)) => verified,
            Err(No::Store(error)) => return Err(error),
            Err(_) => return Ok(()),
        };
        // An action that is in the log is whole; this was one part too many.
        if !self.db.taken_of_act(&action.name)?.is_empty() {
            return Ok(());
        }
        let root = RefusedChange { batch: verified.id, rule: root.rule.clone() };
        self.db.refuse_act(&action.name, &root, MOST_REFUSED)?;
        for (_, id) in self.db.act_parts(&action.name)? {
            let Some(row) = self.db.parked(&id)? else { continue };
            self.db.unpark(&id)?;
            let other = SignedBatch::decode(row.bytes.as_slice())?;
            let ruling = self.fall(&other, &root)?;
            self.rulings.insert(id, ruling);
        }
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(act: usize, documents: &[u8]) -> BatchHeader {
        BatchHeader {
            document: vec![1; 16],
            certificate: vec![9; 16],
            act: vec![5; act],
            act_documents: documents.iter().map(|id| vec![*id; 16]).collect(),
            ..BatchHeader::default()
        }
    }

    #[test]
    fn an_action_touches_its_own_document_and_others_each_once() {
        assert_eq!(action_of(&header(0, &[])), Ok(None));
        let action = action_of(&header(16, &[2, 1])).unwrap().unwrap();
        assert_eq!(action.documents, [[2; 16], [1; 16]]);
        assert!(action_of(&header(16, &[1])).is_err(), "over one document");
        assert!(action_of(&header(16, &[1, 1])).is_err(), "over one twice");
        assert!(action_of(&header(16, &[2, 3])).is_err(), "over others");
        assert!(action_of(&header(0, &[1, 2])).is_err(), "without a name");
        assert!(action_of(&header(16, &[])).is_err(), "over none");
        let many: Vec<u8> = (1..=17).collect();
        assert!(action_of(&header(16, &many)).is_err(), "over too many");
    }
}
