//! Lists, searches and scopes: each says what making it anew would say.

use std::collections::{BTreeMap, BTreeSet};

use yidang_documents::{Projection, VisitDayProjection};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::OrgCode;

use super::documents::place;
use super::log::Logged;
use super::{Cure, Findings, Ground};
use crate::households;
use crate::judge::{case_row, village_day};
use crate::kinds;
use crate::store::{DocumentRow, StoreError};

/// Everything that lists and scopes say of one document.
pub(super) fn check(
    ground: &Ground<'_>,
    row: &DocumentRow,
    logged: &Logged,
    projection: &Projection,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    check_scope(ground, row, logged, findings)?;
    let place = place(row.id);
    match projection {
        Projection::CaseFile(case) => match ground.db.case(&row.id)? {
            None => findings.find(place, "has no line in case_row", Cure::Rebuild),
            Some(line) if line != case_row(case) => {
                findings.find(place, "its line in case_row is another one", Cure::Rebuild);
            }
            Some(_) => {}
        },
        Projection::Household(_) if ground.owes_lines => {}
        Projection::Household(household) => {
            let (line, words) = households::line(ground.register, household);
            match ground.db.household(&row.id)? {
                None => findings.find(place, "has no line in household_row", Cure::Rebuild),
                Some(kept) if kept != line => {
                    findings.find(place, "its line in household_row is another one", Cure::Rebuild);
                }
                Some(_) if !ground.db.is_found_by(&line, &words)? => {
                    findings.find(place, "household_search has other words for it", Cure::Rebuild);
                }
                Some(_) => {}
            }
        }
        Projection::VisitDay(day) => check_day(ground, day, logged, findings),
    }
    Ok(())
}

/// Who reads a document, and since which record.
fn check_scope(
    ground: &Ground<'_>,
    row: &DocumentRow,
    logged: &Logged,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let place = place(row.id);
    let Some(kind) = kinds::kind_of(row.kind) else { return Ok(()) };
    let keys: BTreeSet<String> =
        ground.register.index_keys(kind, &OrgCode(row.org.clone())).into_iter().collect();
    let rows = ground.db.scope_of(&row.id)?;
    let live: BTreeSet<String> =
        rows.iter().filter(|(_, scope)| !scope.gone).map(|(org, _)| org.clone()).collect();
    if live != keys {
        findings.find(&place, "scope_index has it in other units", Cure::Rebuild);
    }
    let last = logged.documents.get(&row.id).map_or(0, |document| document.last_record);
    let is_off = rows.iter().any(|(_, scope)| {
        scope.since_seq > scope.last_seq
            || if scope.gone { scope.last_seq > last } else { scope.last_seq != last }
    });
    if is_off {
        findings.find(&place, "scope_index has it at another record", Cure::Rebuild);
    }
    Ok(())
}

/// What was decided about a visit day says when its team reads the village.
fn check_day(
    ground: &Ground<'_>,
    day: &VisitDayProjection,
    logged: &Logged,
    findings: &mut Findings,
) {
    let id = *day.common.id.as_bytes();
    let decided = village_day(day, InstantMs(logged.last_at_ms));
    if decided.is_some() && ground.days.get(&id) != decided.as_ref() {
        findings.find(place(id), "what it decided is not in village_day", Cure::Rebuild);
    }
}

/// Lines of what is no document, or of another kind.
pub(super) fn check_strays(ground: &Ground<'_>, findings: &mut Findings) -> Result<(), StoreError> {
    let kinds_of: BTreeMap<[u8; 16], u32> =
        ground.db.documents()?.into_iter().map(|row| (row.id, row.kind)).collect();
    let of_kind = |id: &[u8; 16], kind: Option<DocumentKind>| match (kinds_of.get(id), kind) {
        (Some(found), Some(kind)) => *found == kinds::number_of(kind),
        (found, _) => found.is_some(),
    };
    let tables = [
        ("case_row", Some(DocumentKind::CaseFile)),
        ("household_row", Some(DocumentKind::Household)),
        ("scope_index", None),
    ];
    for (table, kind) in tables {
        for id in ground.db.documents_named_by(table)? {
            if !of_kind(&id, kind) {
                findings.find(place(id), format!("{table} names it in vain"), Cure::Rebuild);
            }
        }
    }
    for id in ground.days.keys() {
        if !of_kind(id, Some(DocumentKind::VisitDay)) {
            findings.find(place(*id), "village_day names it in vain", Cure::Rebuild);
        }
    }
    if !ground.owes_lines && !ground.db.is_search_complete()? {
        let what = "it finds more or fewer households than household_row has";
        findings.find("household_search", what, Cure::Rebuild);
    }
    Ok(())
}
