//! Actions over several documents leave their documents and come back whole. A half that was written again
//! alone would be something that nobody did.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;
use yidang_documents::{Actor, ChangeHash};
use yidang_domain::ids::DocumentId;

use super::{Cut, Fate, Owed, Plan, because};
use crate::device::OpenDesk;
use crate::present::ACT;
use crate::store::{OutboxItem, ReadOutbox, Said, StoreError};

/// The own changes that wait, by the action they are parts of.
pub(super) struct Actions(BTreeMap<[u8; 16], Vec<OutboxItem>>);

impl Actions {
    /// Those of the outbox.
    pub(super) fn of(desk: &OpenDesk) -> Result<Self, StoreError> {
        let mut actions: BTreeMap<[u8; 16], Vec<OutboxItem>> = BTreeMap::new();
        for item in desk.store.outbox()? {
            if let Some(act) = &item.act {
                actions.entry(act.id).or_default().push(item);
            }
        }
        Ok(Self(actions))
    }

    /// What was refused because of another part shares the fate of that one, and waits until that is known.
    pub(super) fn share(&self, owed: &mut Owed) {
        for parts in self.0.values() {
            let fate = |part: &OutboxItem| owed.fate(part).cloned();
            let mut because_of: Vec<&OutboxItem> = parts.iter().collect();
            because_of.retain(
                |part| matches!(fate(part), Some(Fate::Rejected(said)) if said.code == ACT),
            );
            let has_open = parts.iter().any(|part| fate(part).is_none());
            let is_again = parts.iter().any(|part| matches!(fate(part), Some(Fate::Again { .. })));
            for part in because_of {
                let Some(case) = owed.cases.get_mut(&part.document) else { continue };
                if is_again {
                    case.fates.insert(part.hash, Fate::Again { alone: false });
                } else if has_open {
                    case.fates.remove(&part.hash);
                }
            }
        }
        // What a colleague gave by hand and the county does not take leaves without a word of one's own.
        owed.cases.retain(|_, case| !case.is_nothing());
    }

    /// Has every other part leave its document as well where one leaves; whether any was added.
    pub(super) fn take_along(&self, owed: &mut Owed, cut: &[Cut]) -> bool {
        let gone: BTreeSet<(DocumentId, ChangeHash)> = cut
            .iter()
            .flat_map(|cut| cut.gone.iter().map(|gone| (cut.id, gone.link.hash)))
            .collect();
        let mut is_more = false;
        for parts in self.0.values() {
            let leaves = |part: &OutboxItem| gone.contains(&(part.document, part.hash));
            if !parts.iter().any(leaves) {
                continue;
            }
            for part in parts.iter().filter(|part| !leaves(part)) {
                let case = owed.cases.entry(part.document).or_default();
                if let Entry::Vacant(fate) = case.fates.entry(part.hash) {
                    fate.insert(Fate::Again { alone: false });
                    is_more = true;
                }
            }
        }
        is_more
    }

    /// Keeps apart every part of an action of which a part cannot be written again; whether there was any.
    pub(super) fn reject_along(&self, owed: &mut Owed, plans: &[Plan]) -> bool {
        let rejected: BTreeMap<ChangeHash, &Said> = plans
            .iter()
            .flat_map(|plan| plan.rejected.iter().map(|kept| (kept.hash, &kept.said)))
            .collect();
        let again: BTreeSet<ChangeHash> =
            plans.iter().flat_map(|plan| &plan.again).map(|again| again.old).collect();
        let mut is_more = false;
        for parts in self.0.values() {
            let Some(said) = parts.iter().find_map(|part| rejected.get(&part.hash)) else {
                continue;
            };
            let rule = if said.code == ACT { said.rule.clone() } else { said.code.clone() };
            for part in parts.iter().filter(|part| again.contains(&part.hash)) {
                let fate = Fate::Rejected(Said { rule: rule.clone(), ..because(ACT) });
                owed.cases.entry(part.document).or_default().fates.insert(part.hash, fate);
                is_more = true;
            }
        }
        is_more
    }
}

/// An action that is written again in all of its documents has a new name. One of which the rest is in the
/// log, or has nothing left to say, is none any more.
pub(super) fn name_again(plans: &mut [Plan], actor: &Actor) {
    let mut written: BTreeMap<[u8; 16], BTreeSet<DocumentId>> = BTreeMap::new();
    for item in plans.iter().flat_map(|plan| &plan.again).map(|again| &again.item) {
        if let Some(act) = &item.act {
            written.entry(act.id).or_default().insert(item.document);
        }
    }
    for item in plans.iter_mut().flat_map(|plan| &mut plan.again).map(|again| &mut again.item) {
        item.act = item.act.take().and_then(|mut act| {
            let written = written.get(&act.id)?;
            if !act.documents.iter().all(|id| written.contains(id)) {
                return None;
            }
            act.id = *Uuid::new_v5(&Uuid::from_bytes(act.id), actor).as_bytes();
            Some(act)
        });
    }
}
