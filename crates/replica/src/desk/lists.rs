//! Lists and queues.

use yidang_api::list::{
    CaseRow, DueView, ListCaseFiles, ListView, Queue, QueuesView, SimilarCaseFiles,
};
use yidang_api::{Fault, FaultCode};
use yidang_domain::civil::Date;
use yidang_domain::ids::DocumentId;

use crate::device::{Device, OpenDesk};
use crate::store::{CaseFilter, ReadCases, StoredRow};

/// No screen shows more rows at once.
const MOST_ROWS: u32 = 500;

/// A row as it reads today.
pub fn on_day(stored: StoredRow, today: Date) -> CaseRow {
    CaseRow { due: stored.due_on.map(|on| DueView::new(on, today)), ..stored.row }
}

/// The row of one file.
pub fn row(desk: &OpenDesk, id: DocumentId, today: Date) -> Result<CaseRow, Fault> {
    desk.store
        .case_row(id)?
        .map(|stored| on_day(stored, today))
        .ok_or_else(|| Fault::new(FaultCode::NotFound, "no such case file on this device"))
}

/// The files that fit.
pub fn list(device: &mut Device, question: &ListCaseFiles) -> Result<ListView, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let filter = CaseFilter::of(question, today);
    let rows = desk.store.cases(&filter, question.offset, question.limit.min(MOST_ROWS))?;
    Ok(ListView {
        total: desk.store.count_cases(&filter)?,
        rows: rows.into_iter().map(|stored| on_day(stored, today)).collect(),
    })
}

/// The queues with their counts.
pub fn queues(device: &mut Device) -> Result<QueuesView, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let counts = Queue::ALL
        .into_iter()
        .map(|queue| {
            let filter = CaseFilter::of(&ListCaseFiles::of(queue), today);
            Ok((queue, desk.store.count_cases(&filter)?))
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    Ok(QueuesView { counts })
}

/// Open files with a party of the same name, at most three. A hint, never an obstacle.
pub fn similar(device: &mut Device, question: &SimilarCaseFiles) -> Result<Vec<CaseRow>, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let mut found: Vec<CaseRow> = Vec::new();
    for name in question.parties.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        let list = ListCaseFiles { text: name.to_owned(), ..ListCaseFiles::of(Queue::Open) };
        let rows = desk.store.cases(&CaseFilter::of(&list, today), 0, 20)?;
        for row in rows.into_iter().map(|stored| on_day(stored, today)) {
            let same = row.parties.iter().any(|party| party == name);
            if same && !found.iter().any(|seen| seen.id == row.id) {
                found.push(row);
            }
        }
    }
    found.truncate(3);
    Ok(found)
}
