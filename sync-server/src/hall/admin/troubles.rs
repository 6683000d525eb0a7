//! Devices that cannot exchange as they should: whoever helps reads it, and nobody else.

use yidang_api::Fault;
use yidang_api::trouble::{TroublesQuestion, TroublesView};

use crate::hall::Counter;
use crate::oversight::rows_of;
use crate::troubles::{counts, find, told_on};

/// Devices in trouble, those in most trouble first.
pub fn troubles(counter: &Counter<'_>, question: &TroublesQuestion) -> Result<TroublesView, Fault> {
    counter.require_administrator()?;
    let register = counter.register()?;
    let county = counter.app.county();
    let (devices, mut found) = counter.app.read(|db| find(db, county, counter.now))?;
    let troubled = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let counts = counts(&found);
    if let Some(kind) = question.kind {
        found.retain(|troubled| troubled.troubles.iter().any(|trouble| trouble.kind == kind));
    }
    let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let offset = usize::try_from(question.offset).unwrap_or(usize::MAX);
    let most = usize::try_from(rows_of(question.limit)).unwrap_or(usize::MAX);
    let rows = found
        .iter()
        .skip(offset)
        .take(most)
        .map(|troubled| told_on(county, &register, troubled, counter.now))
        .collect();
    Ok(TroublesView { devices, troubled, counts, total, rows })
}
