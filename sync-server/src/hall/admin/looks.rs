//! Who looked at whom outside their own ring: the administrator reads it, so that looking is known.

use yidang_api::Fault;
use yidang_api::oversight::{LooksQuestion, LooksView};

use crate::hall::Counter;
use crate::oversight;
use crate::store::StoreError;

/// Looks, newest first.
pub fn looks(counter: &Counter<'_>, question: &LooksQuestion) -> Result<LooksView, Fault> {
    counter.require_administrator()?;
    let register = counter.register()?;
    let most = oversight::rows_of(question.limit);
    let (total, rows) = counter.app.read(|db| {
        let rows = oversight::looks(db, &register, question.offset, most)?;
        Ok::<_, StoreError>((db.count_looks()?, rows))
    })?;
    Ok(LooksView { total, rows })
}
