//! Lists and queues.

use base64::Engine as _;
use yidang_api::case_file::ExportedFile;
use yidang_api::list::{
    CaseRow, DueView, ListCaseFiles, ListView, Queue, QueuesView, SimilarCaseFiles,
};
use yidang_api::{Fault, FaultCode};
use yidang_domain::civil::Date;
use yidang_domain::ids::DocumentId;
use yidang_domain::org::{OrgLevel, bare_name};
use yidang_paper::register::{RegisterHead, RegisterLine, case_register};

use crate::device::{Device, OpenDesk};
use crate::present::unit_name;
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
    let limit = question.limit.min(MOST_ROWS);
    let (total, rows) = desk.store.count_and_cases(&filter, question.offset, limit)?;
    Ok(ListView {
        total,
        unit: question.org.as_ref().map(|org| unit_name(&desk.tree, org)),
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

/// A register holds no more files; a county has fewer in five years.
const MOST_REGISTERED: u32 = 20_000;

/// The files that fit, as a spreadsheet.
pub fn register(device: &mut Device, list: &ListCaseFiles) -> Result<ExportedFile, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let rows = desk.store.cases(&CaseFilter::of(list, today), 0, MOST_REGISTERED)?;
    let lines: Vec<RegisterLine> = rows.into_iter().map(register_line).collect();
    let top = desk
        .tree
        .units()
        .find(|unit| unit.level == OrgLevel::County)
        .map(|unit| unit.name.clone())
        .unwrap_or_default();
    let head = RegisterHead {
        unit: top,
        selection: list.queue.label().to_owned(),
        on: today,
        demo: desk.account.demo,
    };
    let bytes = case_register(&head, &lines)
        .map_err(|error| Fault::new(FaultCode::Internal, error.to_string()))?;
    Ok(ExportedFile {
        name: format!("{}台账-{today}.xlsx", list.queue.label()),
        base64: base64::engine::general_purpose::STANDARD.encode(bytes),
    })
}

fn register_line(stored: StoredRow) -> RegisterLine {
    let row = stored.row;
    RegisterLine {
        number: if row.number.is_empty() { format!("待编号 {}", row.short) } else { row.number },
        matter: row.matter,
        parties: row.parties.join("、"),
        category: row.category_label,
        township: row.township,
        // The register has a column for the township.
        village: bare_name(&row.village).to_owned(),
        risk: row.risk,
        stage: row.stage,
        due_on: stored.due_on,
        last_on: row.last_on,
    }
}
