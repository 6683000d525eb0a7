//! Makes anew whatever follows from the log's documents: lists, searches, who reads what, and the
//! register of numbers as far as the documents say it.

use serde_json::json;
use yidang_documents::{Projection, project};
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::OrgCode;

use crate::app::App;
use crate::judge::number::CaseNumber;
use crate::judge::{Halt, own, shelf};
use crate::kinds;
use crate::register::Register;
use crate::store::{Db, DocumentRow, LogKind, StoreError};

/// What was made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// Documents whose lines were made.
    pub documents: u64,
    /// Documents that were indexed under other units or another record than they should be.
    pub scopes: u64,
    /// Numbers that the register lacked.
    pub numbers: u64,
}

impl App {
    /// Makes everything anew in one transaction, then tries whatever is parked.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was changed then. A document that does not load is one.
    pub fn rebuild(&self) -> Result<Rebuilt, StoreError> {
        let register = self.register()?;
        let now = self.clock().now();
        self.judging(&register, now, |db, judge| {
            let mut rebuilt = Rebuilt::default();
            db.forget_lines()?;
            let last = db.last_records()?;
            for row in db.documents()? {
                rebuilt.documents += 1;
                let projection = project(&shelf::load(db, &row)?);
                let last = last.get(&row.id).copied().unwrap_or(0);
                rebuilt.scopes += u64::from(scope(db, &register, &row, &projection, last, now)?);
                rebuilt.numbers += u64::from(number(db, &row, &projection)?);
                judge.keep_line(&row.id, &projection)?;
            }
            db.lines_are_made()?;
            for document in db.documents_named_by("parked")? {
                judge.retry_parked(&document)?;
                judge.follow_up(&document)?;
            }
            Ok::<_, Halt>(rebuilt)
        })
    }
}

/// Indexes a document anew where it is not read by those who should read it, or as of another record;
/// whether it did. Devices get it whole then.
fn scope(
    db: &Db<'_>,
    register: &Register,
    row: &DocumentRow,
    projection: &Projection,
    last: u64,
    now: InstantMs,
) -> Result<bool, StoreError> {
    let Some(kind) = kinds::kind_of(row.kind) else { return Ok(false) };
    let org = own::lies_in(projection);
    let mut keys = register.index_keys(kind, &org);
    keys.sort();
    let rows = db.scope_of(&row.id)?;
    let mut live: Vec<String> =
        rows.iter().filter(|(_, scope)| !scope.gone).map(|(org, _)| org.clone()).collect();
    live.sort();
    let is_right =
        |last_seq: u64, gone: bool| if gone { last_seq <= last } else { last_seq == last };
    let fits = rows.iter().all(|(_, scope)| {
        scope.since_seq <= scope.last_seq && is_right(scope.last_seq, scope.gone)
    });
    if fits && live == keys && row.org == org.as_str() {
        return Ok(false);
    }
    let record = json!({ "did": "reindex", "read_in": keys }).to_string();
    let seq = db.append(LogKind::Reference, &row.id, record.as_bytes(), now.0)?;
    let OrgCode(org) = org;
    db.put_document(&DocumentRow { org, ..row.clone() })?;
    db.forget_scope(&row.id, seq)?;
    db.index_document(&row.id, &keys, seq)?;
    Ok(true)
}

/// Takes the number of a case file into the register where that lacks it; whether it did.
fn number(db: &Db<'_>, row: &DocumentRow, projection: &Projection) -> Result<bool, StoreError> {
    let Projection::CaseFile(case) = projection else { return Ok(false) };
    let Some(parsed) = case.number.as_deref().and_then(CaseNumber::parse) else {
        return Ok(false);
    };
    let CaseNumber { committee, year, number } = parsed;
    let is_known = db.numbers_of(&row.id)?.contains(&(committee.clone(), year, number));
    if is_known {
        return Ok(false);
    }
    db.put_number(&committee, year, number, &row.id)
}
