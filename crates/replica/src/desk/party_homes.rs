//! The households that the parties of a file belong to. A file says the identifier alone; what a household
//! is called is known where it is held.

use std::collections::{BTreeMap, BTreeSet};

use yidang_api::Fault;
use yidang_api::household::HouseholdRow;
use yidang_documents::{CaseProjection, Difference};
use yidang_domain::entry::Entry;
use yidang_domain::ids::DocumentId;

use crate::device::{Device, OpenDesk};
use crate::present::is_home_path;
use crate::store::ReadHouseholds;

/// A party is of a household on this device or of none: nobody can have chosen another one.
pub fn must_be_held(device: &mut Device, household: DocumentId) -> Result<HouseholdRow, Fault> {
    let held = device.desk()?.store.household_row(household)?;
    held.ok_or_else(|| Fault::invalid("household", "no such household on this device"))
}

/// What the households that a view of this file tells of are called, of those that are held here.
pub fn named(
    desk: &OpenDesk,
    case: &CaseProjection,
    changed: &[Difference],
) -> Result<BTreeMap<DocumentId, String>, Fault> {
    let mut names = BTreeMap::new();
    for id in told(case, changed).iter().filter_map(|text| text.parse().ok()) {
        if let Some(row) = desk.store.household_row(id)? {
            names.insert(id, row.called());
        }
    }
    Ok(names)
}

/// Every household that stands anywhere in the file.
fn told(case: &CaseProjection, changed: &[Difference]) -> BTreeSet<String> {
    let clashes = case.common.clashes.iter().filter(|clash| is_home_path(&clash.field));
    let clashing = clashes.flat_map(|clash| {
        let values = clash.values.iter().map(|marked| &marked.value);
        values.chain(&clash.before).map(yidang_documents::Scalar::as_text)
    });
    let differences = changed.iter().filter(|difference| is_home_path(&difference.path));
    let differing = differences.flat_map(|difference| {
        difference.before.iter().chain(&difference.after).map(yidang_documents::Scalar::as_text)
    });
    let settled = case.common.entries.iter().filter_map(|row| match row.entry() {
        Some(Entry::ConflictResolved { field, values, chosen }) if is_home_path(field) => {
            Some(values.iter().chain([chosen]).cloned())
        }
        _ => None,
    });
    let parties = case.parties.iter().map(|party| party.text("household"));
    let all = parties.chain(clashing).chain(differing).chain(settled.flatten());
    all.filter(|text| !text.is_empty()).collect()
}
