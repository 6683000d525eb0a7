//! What became of batches whose devices were told that they wait.

use std::collections::BTreeSet;

use yidang_sync_protocol::message::MOST_ASKED_VERDICTS;
use yidang_sync_protocol::{BatchVerdict, Receipt, Verdict};

use super::Ruling;
use crate::app::App;
use crate::store::{Db, StoreError};

impl App {
    /// The word on each batch that is asked about; whoever can name one holds it. What is not here is to be
    /// sent again: it waited too long, it was accepted in the request that brought it, or a copy of the
    /// database was put back.
    pub(crate) fn verdicts(&self, asked: &[Vec<u8>]) -> Result<Vec<BatchVerdict>, StoreError> {
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let asked = asked.iter().take(MOST_ASKED_VERDICTS);
        let mut seen: BTreeSet<[u8; 16]> = BTreeSet::new();
        let names = asked.filter_map(|id| id.as_slice().try_into().ok());
        let once = names.filter(|id| seen.insert(*id));
        self.read(|db| once.map(|id| verdict_on(db, &id)).collect())
    }
}

fn verdict_on(db: &Db<'_>, id: &[u8; 16]) -> Result<BatchVerdict, StoreError> {
    Ok(BatchVerdict { batch: id.to_vec(), receipt: Some(word_on(db, id)?) })
}

fn word_on(db: &Db<'_>, id: &[u8; 16]) -> Result<Receipt, StoreError> {
    if let Some(seq) = db.settled(id)? {
        let undone = db.undone(id)?.map(|undone| Ruling::Reverted(seq, undone));
        return Ok(undone.unwrap_or(Ruling::Accepted(seq)).receipt(0));
    }
    if let Some(row) = db.parked(id)? {
        // One hash says that it waits for changes; with all of them a short question would bring an
        // answer of any size.
        let missing = db.missing_of(id)?.into_iter().take(1).collect();
        let ruling = if row.review { Ruling::Review } else { Ruling::Parked(missing) };
        return Ok(ruling.receipt(0));
    }
    if db.is_received(id)? {
        return Ok(Receipt { verdict: Verdict::Received.into(), ..Receipt::default() });
    }
    let refused = db.refusal(id)?.map(Ruling::Refused);
    Ok(refused.unwrap_or(Ruling::NotTaken("not_here")).receipt(0))
}
