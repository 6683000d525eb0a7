//! How things stand with the server, in words that are always true.

use yidang_api::Fault;
use yidang_api::household::{HouseholdFilter, HouseholdRow};
use yidang_api::list::{ListCaseFiles, Queue};
use yidang_api::sync::{About, FirstCome, NeedKind, NeedRow, OutboxRow, SyncState, SyncView};
use yidang_documents::{Projection, VisitDayProjection};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::labels::label_of;

use crate::desk::{nominal_of, rejected_row};
use crate::device::{Device, OpenDesk};
use crate::present::household::first_clash;
use crate::store::{
    CaseFilter, HouseholdSelection, OutboxItem, ReadCases, ReadDesk, ReadDocuments, ReadHeld,
    ReadHouseholds, ReadOutbox, ReadRejected, ReadState, StoreError, StoredRow,
};

/// Of each kind of thing that needs a person, the page lists so many.
const MOST_NEEDS: u32 = 50;

/// How things stand.
pub fn view(device: &mut Device) -> Result<SyncView, Fault> {
    let today = device.today();
    let exchange = &device.exchange;
    let (state, progress) = (exchange.state, exchange.progress);
    let (reached_at, last_received, last_sent) =
        (exchange.reached_at, exchange.received, exchange.sent);
    let desk = device.desk()?;
    let outbox = desk.store.outbox()?;
    let waiting = outbox.iter().filter(|item| item.delivery == 0).count();
    let mut needs = rejected(desk)?;
    needs.extend(clashes(desk, today)?);
    needs.extend(household_clashes(desk, today)?);
    Ok(SyncView {
        state: state.unwrap_or(SyncState::Idle),
        waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
        done_at: instant(desk, "done_at")?,
        reached_at: reached_at.or(instant(desk, "reached_at")?),
        last_received,
        last_sent,
        progress,
        carried: desk.store.count_held()?,
        to_prove: desk.store.count_to_prove()?,
        first: first(desk)?,
        outbox: rows(desk, &outbox)?,
        needs,
        log: desk.store.happened(200)?,
    })
}

/// What the first exchange has brought; nothing once everything was fetched.
fn first(desk: &OpenDesk) -> Result<Option<FirstCome>, StoreError> {
    let store = &desk.store;
    if store.state("done_at")?.is_some() {
        return Ok(None);
    }
    let mut documents = 0_u32;
    for kind in DocumentKind::ALL {
        documents = documents.saturating_add(store.count_documents(kind)?);
    }
    let bytes = store.state_number("first_bytes")?;
    let expected = u32::try_from(store.state_number("first_expected")?).unwrap_or(u32::MAX);
    Ok(Some(FirstCome { bytes, documents, expected }))
}

fn instant(desk: &OpenDesk, name: &str) -> Result<Option<InstantMs>, StoreError> {
    Ok(desk
        .store
        .state(name)?
        .and_then(|bytes| bytes.try_into().ok())
        .map(|bytes| InstantMs(i64::from_be_bytes(bytes))))
}

/// Which document it is, and what it is called.
fn about(desk: &mut OpenDesk, id: DocumentId) -> Result<(About, String), Fault> {
    if let Some(stored) = desk.store.case_row(id)? {
        return Ok((About::CaseFile, stored.row.matter));
    }
    Ok(match desk.projection(id)? {
        Some(Projection::CaseFile(case)) => (About::CaseFile, case.fact("matter")),
        Some(Projection::Household(household)) => (About::Household, household.fact("head")),
        Some(Projection::VisitDay(day)) => {
            let words = format!("{} 驻村坐诊", desk.tree.shown_name(&day.common.home));
            (visit_day(&day), words)
        }
        None => (About::CaseFile, String::new()),
    })
}

/// What a document is called.
pub fn matter(desk: &mut OpenDesk, id: DocumentId) -> Result<String, Fault> {
    Ok(about(desk, id)?.1)
}

/// Which page shows a document of this kind, which may have left this device.
pub fn page_of(desk: &mut OpenDesk, id: DocumentId, kind: DocumentKind) -> Result<About, Fault> {
    if desk.store.stored(id)?.is_some() {
        return Ok(about(desk, id)?.0);
    }
    Ok(match kind {
        DocumentKind::CaseFile => About::CaseFile,
        DocumentKind::Household => About::Household,
        DocumentKind::VisitDay => {
            About::VisitDay { village: OrgCode::default(), nominal: String::new() }
        }
    })
}

/// A visit day is called after its village and its nominal day; of the day its document keeps no more
/// than what was written on it.
fn visit_day(day: &VisitDayProjection) -> About {
    let village = day.common.home.clone();
    let written = day.common.entries.iter().find_map(|row| Some(row.header.as_ref()?.on));
    let around = written.unwrap_or_else(|| day.common.last_at.date());
    let nominal = nominal_of(&village, day.common.id, around);
    About::VisitDay { nominal: nominal.map(|day| day.to_string()).unwrap_or_default(), village }
}

fn rows(desk: &mut OpenDesk, outbox: &[OutboxItem]) -> Result<Vec<OutboxRow>, Fault> {
    outbox
        .iter()
        .filter(|item| item.delivery == 0)
        .map(|item| {
            let (about, matter) = about(desk, item.document)?;
            Ok(OutboxRow {
                document: item.document,
                about,
                title: item.title.clone(),
                matter,
                saved_at: item.saved_at,
            })
        })
        .collect()
}

/// What the server did not take: the words stay here, with the reason.
fn rejected(desk: &mut OpenDesk) -> Result<Vec<NeedRow>, Fault> {
    desk.store
        .rejected(None)?
        .into_iter()
        .map(|kept| {
            let row = rejected_row(desk, kept)?;
            Ok(NeedRow {
                kind: NeedKind::Refused,
                document: row.document,
                about: row.about.clone(),
                title: format!("未采用：{}", row.why),
                detail: detail(&row.title, &row.matter),
                words: row.words.clone(),
                rejected: Some(Box::new(row)),
            })
        })
        .collect()
}

/// What it is and what its document is called, if that is known still.
fn detail(title: &str, matter: &str) -> String {
    if matter.is_empty() { title.to_owned() } else { format!("{title} · {matter}") }
}

fn clashes(desk: &OpenDesk, today: Date) -> Result<Vec<NeedRow>, StoreError> {
    let mut needs = Vec::new();
    for queue in [Queue::Clashing, Queue::Returned] {
        let filter = CaseFilter::of(&ListCaseFiles::of(queue), today);
        for stored in desk.store.cases(&filter, 0, MOST_NEEDS)? {
            needs.push(if queue == Queue::Clashing { clash(stored) } else { returned(stored) });
        }
    }
    Ok(needs)
}

/// Households that two wrote differently, a sheet that was imported among them.
fn household_clashes(desk: &mut OpenDesk, today: Date) -> Result<Vec<NeedRow>, Fault> {
    let selection = HouseholdSelection::of(&[], HouseholdFilter::Clashing, "", today);
    let (_, rows) = desk.store.count_and_households(&selection, 0, MOST_NEEDS)?;
    rows.into_iter().map(|row| household_clash(desk, row)).collect()
}

fn household_clash(desk: &mut OpenDesk, row: HouseholdRow) -> Result<NeedRow, Fault> {
    let first = match desk.projection(row.id)? {
        Some(Projection::Household(household)) => first_clash(&household),
        _ => None,
    };
    let (about, of_sheet) = first.unwrap_or_else(|| ("有一项".to_owned(), false));
    let how = if of_sheet { "导入的表和记过的不一样" } else { "两人改得不一样" };
    let HouseholdRow { head, village, grid_name, .. } = row;
    Ok(NeedRow {
        kind: NeedKind::Clash,
        document: row.id,
        about: About::Household,
        title: format!("{about}，{how}"),
        detail: format!("{head} · {village} {grid_name}"),
        words: String::new(),
        rejected: None,
    })
}

fn clash(stored: StoredRow) -> NeedRow {
    let about = label_of(stored.brief.clash.as_deref().unwrap_or("stage"));
    NeedRow {
        kind: NeedKind::Clash,
        document: stored.row.id,
        about: About::CaseFile,
        title: format!("{about}，两人改得不一样"),
        detail: stored.row.matter,
        words: String::new(),
        rejected: None,
    }
}

fn returned(stored: StoredRow) -> NeedRow {
    let (field, reason) = stored.brief.returned.unwrap_or_default();
    NeedRow {
        kind: NeedKind::Returned,
        document: stored.row.id,
        about: About::CaseFile,
        title: format!("镇上请你补一项：{}", label_of(&field)),
        detail: format!("{} · {reason}", stored.row.matter),
        words: String::new(),
        rejected: None,
    }
}
