//! How many households grids have: a number for lists, nobody is looked at.

use yidang_api::Fault;
use yidang_api::places::{CountHouseholds, HouseholdCounts};
use yidang_domain::ids::OrgCode;

use super::{is_within, outside, units};
use crate::hall::Counter;
use crate::store::StoreError;

/// One answer counts in so many grids at most.
const MOST_GRIDS: usize = 500;

/// Counts the households of each grid. Whoever asks works for the units they lie in; as nobody is
/// named, nothing is written down.
pub fn count(counter: &Counter<'_>, question: &CountHouseholds) -> Result<HouseholdCounts, Fault> {
    if question.grids.len() > MOST_GRIDS {
        return Err(Fault::invalid("grids", "too many at once"));
    }
    let register = counter.register()?;
    let units = units(counter, &register)?;
    if !question.grids.iter().all(|grid| is_within(&register, grid, &units)) {
        return Err(outside());
    }
    let grids = counter.app.read(|db| {
        let count = |grid: &OrgCode| {
            Ok::<_, StoreError>((grid.clone(), db.count_households_in(grid.as_str())?))
        };
        question.grids.iter().map(count).collect::<Result<Vec<_>, _>>()
    })?;
    Ok(HouseholdCounts { grids })
}
