//! 驻村坐诊: everything comes from the device; the evening before it is all there.

use yidang_api::case_file::Saved;
use yidang_api::list::{CaseRow, ListCaseFiles, Queue};
use yidang_api::today::NextVisit;
use yidang_api::visit_day::{
    AddVisitEntry, RegisterWalkIn, VisitDayQuestion, VisitDayView, WalkInRegistered, WalkInView,
    WorkedOn,
};
use yidang_api::{Fault, FaultCode};
use yidang_documents::project::EntryRow;
use yidang_documents::{Document, Edit, Projection, VisitDayProjection, project};
use yidang_domain::calendar::{Decision, NominalDay, PlannedDay};
use yidang_domain::civil::{Date, InstantMs, date_after, days_between};
use yidang_domain::entry::{DocumentKind, Entry, EntryKind};
use yidang_domain::ids::{DocumentId, ItemKey, OrgCode};
use yidang_domain::rights::Act;

use super::lists::on_day;
use super::write::Intent;
use super::{Answering, plan};
use crate::device::{Device, OpenDesk};
use crate::people::People;
use crate::present;
use crate::store::{CaseFilter, OnItsWay, ReadCases, ReadHeld, ReadOutbox, ReadState};

/// The document of a visit day: the same on every device, computed from village and nominal day.
pub fn document_id(village: &OrgCode, nominal: &str) -> DocumentId {
    DocumentId::of_key(&format!("visit_day/{village}/{nominal}"))
}

/// The next visit day of one's own village.
pub fn next(device: &mut Device) -> Result<Option<NextVisit>, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let Some(reference) = desk.reference.clone() else { return Ok(None) };
    let village = match reference.village(today).or_else(|| first_team_village(desk)) {
        Some(village) => village,
        None => return Ok(None),
    };
    let plan = plan::of_village(desk, &village, today)?;
    let Some(planned) = plan.next_on_or_after(today) else { return Ok(None) };
    let open = ListCaseFiles { org: Some(village.clone()), ..ListCaseFiles::of(Queue::Open) };
    let open = desk.store.count_cases(&CaseFilter::of(&open, today))?;
    Ok(Some(NextVisit {
        village_name: desk.tree.shown_name(&village),
        nominal: planned.nominal.to_string(),
        on: planned.on,
        reason: planned.reason.as_ref().map(|reason| reason.label().to_owned()),
        days: days_between(today, planned.on),
        place: place(desk, &village),
        open,
        ready: is_ready(desk)?,
        village,
    }))
}

pub fn first_team_village(desk: &OpenDesk) -> Option<OrgCode> {
    let user = desk.user();
    let teams = &desk.reference.as_ref()?.teams;
    teams
        .iter()
        .find(|team| team.members.iter().any(|member| member.user == user))
        .or_else(|| teams.first())
        .map(|team| team.village.clone())
}

fn place(desk: &OpenDesk, village: &OrgCode) -> String {
    desk.reference
        .as_ref()
        .and_then(|reference| reference.teams.iter().find(|team| team.village == *village))
        .map_or_else(|| format!("{}村委会", desk.tree.name(village)), |team| team.place.clone())
}

/// Everything the server had for this person is here, and nothing is half-fetched.
fn is_ready(desk: &OpenDesk) -> Result<bool, Fault> {
    Ok(desk.store.state("done_at")?.is_some() && desk.reference.is_some())
}

fn open_of(desk: &OpenDesk, village: &OrgCode, today: Date) -> Result<Vec<CaseRow>, Fault> {
    let list = ListCaseFiles { org: Some(village.clone()), ..ListCaseFiles::of(Queue::Open) };
    let rows = desk.store.cases(&CaseFilter::of(&list, today), 0, 200)?;
    Ok(rows.into_iter().map(|stored| on_day(stored, today)).collect())
}

/// Which day a question means.
fn planned(
    device: &mut Device,
    question: &VisitDayQuestion,
) -> Result<(OrgCode, PlannedDay), Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let unknown = || Fault::new(FaultCode::NotFound, "no visit day is planned");
    let reference = desk.reference.as_ref().ok_or_else(unknown)?;
    let village = question
        .village
        .clone()
        .or_else(|| reference.village(today))
        .or_else(|| first_team_village(desk))
        .ok_or_else(unknown)?;
    let county = reference.visit_plan();
    let day = match &question.nominal {
        Some(text) => {
            let nominal: NominalDay =
                text.parse().map_err(|_| Fault::invalid("nominal", "no such visit day"))?;
            county
                .planned(nominal)
                .or_else(|| Some(PlannedDay { nominal, on: nominal.date()?, reason: None }))
        }
        None => plan::of_village(desk, &village, today)?.next_on_or_after(today),
    };
    Ok((village, day.ok_or_else(unknown)?))
}

fn projection(
    desk: &mut OpenDesk,
    village: &OrgCode,
    nominal: &str,
) -> Result<VisitDayProjection, Fault> {
    let id = document_id(village, nominal);
    if let Some(Projection::VisitDay(day)) = desk.projection(id)? {
        return Ok(day);
    }
    let empty = Document::begin(DocumentKind::VisitDay, id, village)
        .map_err(crate::store::StoreError::from)?;
    match project(&empty) {
        Projection::VisitDay(day) => Ok(day),
        _ => Err(Fault::new(FaultCode::Internal, "a visit day of another kind")),
    }
}

/// One visit day.
pub fn view(device: &mut Device, question: &VisitDayQuestion) -> Result<VisitDayView, Fault> {
    let today = device.today();
    let (village, planned) = planned(device, question)?;
    let nominal = planned.nominal.to_string();
    let desk = device.desk()?;
    let day = projection(desk, &village, &nominal)?;
    let outbox = desk.store.on_its_way(day.common.id)?;
    let open = open_of(desk, &village, today)?;
    let decision = day.decision();
    let on = match &decision {
        Some(Decision::Moved { to, .. }) => *to,
        _ => planned.on,
    };
    let days = around(desk, &village, on)?;
    let worked_on = worked_on(desk, &village, &day, on, today)?;
    let mut people = People::new(&desk.store, desk.user());
    let walk_ins = walk_ins(&day, &outbox, &mut people);
    let answered = walk_ins.iter().filter(|walk_in| walk_in.answer.is_some()).count();
    let entries = day
        .common
        .entries
        .iter()
        .rev()
        .map(|row| present::entry_view(row, &outbox, &mut people))
        .collect();
    Ok(VisitDayView {
        id: day.common.id,
        heads: yidang_api::case_file::Heads(day.common.heads.clone()),
        village_name: desk.tree.shown_name(&village),
        on,
        notice: decision
            .as_ref()
            .map(plan::words)
            .or_else(|| planned.reason.as_ref().map(|reason| reason.label().to_owned())),
        cancelled: matches!(decision, Some(Decision::Cancelled { .. })),
        place: place(desk, &village),
        team: team(desk, &village),
        people: walk_ins.iter().map(|walk_in| walk_in.people).sum(),
        answered: count(answered),
        waiting: count(walk_ins.len() - answered),
        touched: count(worked_on.len()),
        sessions: worked_on.iter().map(|file| file.sessions).sum(),
        worked_on,
        unsent: desk.store.waiting()?,
        ready: is_ready(desk)?,
        as_of: done_at(desk)?,
        acts: present::acts_of(desk, (DocumentKind::VisitDay, &village), None, today),
        days,
        walk_ins,
        open,
        entries,
        nominal,
        village,
    })
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn done_at(desk: &OpenDesk) -> Result<Option<InstantMs>, Fault> {
    Ok(desk
        .store
        .state("done_at")?
        .and_then(|bytes| bytes.try_into().ok())
        .map(|bytes| InstantMs(i64::from_be_bytes(bytes))))
}

fn team(desk: &OpenDesk, village: &OrgCode) -> Vec<String> {
    desk.reference
        .as_ref()
        .and_then(|reference| reference.teams.iter().find(|team| team.village == *village))
        .map(|team| team.members.iter().map(|member| member.name.clone()).collect())
        .unwrap_or_default()
}

/// The days before and after, those that were cancelled too: somebody wants to read why.
fn around(desk: &mut OpenDesk, village: &OrgCode, on: Date) -> Result<Vec<(String, Date)>, Fault> {
    let plan = plan::of_village(desk, village, on)?;
    let by_rule = plan.rule.days_of_year(on.year(), &plan.calendar);
    let mut days: Vec<PlannedDay> =
        by_rule.into_iter().map(|day| plan.planned(day.nominal).unwrap_or(day)).collect();
    days.retain(|day| days_between(day.on, on).abs() <= 35);
    days.sort_by_key(|day| day.on);
    Ok(days.into_iter().map(|day| (day.nominal.to_string(), day.on)).collect())
}

fn walk_ins(
    day: &VisitDayProjection,
    outbox: &[OnItsWay],
    people: &mut People<'_, crate::store::Store>,
) -> Vec<WalkInView> {
    day.common
        .entries
        .iter()
        .filter_map(|row| {
            let Some(Entry::WalkIn { visitors, people: how_many, matter, case_file }) = row.entry()
            else {
                return None;
            };
            let (answer, answered_file) = answer_to(&day.common.entries, &row.key);
            Some(WalkInView {
                key: row.key.clone(),
                visitors: visitors.clone(),
                people: *how_many,
                matter: matter.clone(),
                case_file: case_file.or(answered_file),
                answer,
                by: people.of(&row.mark).name,
                delivery: present::delivery(outbox, &row.change),
            })
        })
        .collect()
}

fn answer_to(entries: &[EntryRow], key: &ItemKey) -> (Option<String>, Option<DocumentId>) {
    entries
        .iter()
        .rev()
        .find_map(|row| match row.entry() {
            Some(Entry::WalkInAnswered { walk_in, words, case_file }) if walk_in == key => {
                Some((Some(words.clone()), *case_file))
            }
            _ => None,
        })
        .unwrap_or((None, None))
}

/// Files that the day touched, with the sessions that were held on it.
fn worked_on(
    desk: &OpenDesk,
    village: &OrgCode,
    day: &VisitDayProjection,
    on: Date,
    today: Date,
) -> Result<Vec<WorkedOn>, Fault> {
    let list = ListCaseFiles { org: Some(village.clone()), ..ListCaseFiles::of(Queue::All) };
    let rows = desk.store.cases(&CaseFilter::of(&list, today), 0, 500)?;
    let mut files = Vec::new();
    for stored in rows {
        let held = stored.brief.sessions.iter().filter(|id| **id == day.common.id).count();
        if held > 0 || stored.brief.dates.contains(&on) {
            files.push(WorkedOn { row: on_day(stored, today), sessions: count(held) });
        }
    }
    Ok(files)
}

/// Registers a walk-in.
pub fn register(
    desk: &mut Answering<'_>,
    question: &RegisterWalkIn,
) -> Result<WalkInRegistered, Fault> {
    if question.visitors.trim().is_empty() {
        return Err(Fault::invalid("visitors", "nobody is named"));
    }
    if question.matter.trim().is_empty() {
        return Err(Fault::invalid("matter", "the matter is empty"));
    }
    let on = must(desk, &question.village, &question.nominal, EntryKind::WalkIn)?;
    let entry = Entry::WalkIn {
        visitors: question.visitors.trim().to_owned(),
        people: question.people.clamp(1, 1000),
        matter: question.matter.trim().to_owned(),
        case_file: question.case_file,
    };
    let id = document_id(&question.village, &question.nominal);
    let mut intent = intent(id, &question.village, on, entry);
    intent.drafts = vec![format!("walk-in/{}/{}", question.village, question.nominal)];
    desk.save(&intent, |committed, saved| WalkInRegistered {
        id,
        key: committed.keys.first().cloned().unwrap_or_default(),
        saved_at: saved.saved_at,
    })
}

/// Answers a walk-in, moves or cancels the day.
pub fn add_entry(desk: &mut Answering<'_>, question: AddVisitEntry) -> Result<Saved, Fault> {
    let kind = question.entry.kind();
    if kind.home() != Some(DocumentKind::VisitDay) {
        return Err(Fault::invalid("kind", "belongs to another kind of document"));
    }
    if question.entry.gist().trim().is_empty() {
        return Err(Fault::invalid("words", "missing"));
    }
    let on = must(desk, &question.village, &question.nominal, kind)?;
    let id = document_id(&question.village, &question.nominal);
    desk.save(&intent(id, &question.village, on, question.entry), |_, saved| saved)
}

fn intent(id: DocumentId, village: &OrgCode, on: Date, entry: Entry) -> Intent {
    Intent {
        id,
        begin: Some((DocumentKind::VisitDay, village.clone())),
        action: entry.kind().label().to_owned(),
        words: entry.gist(),
        edits: vec![Edit::AddEntry(entry)],
        heads: None,
        on,
        drafts: Vec::new(),
    }
}

/// Refuses what the person may not do; gives the business date: the visit day while it lasts, else
/// today.
fn must(
    desk: &mut Answering<'_>,
    village: &OrgCode,
    nominal: &str,
    kind: EntryKind,
) -> Result<Date, Fault> {
    let question =
        VisitDayQuestion { village: Some(village.clone()), nominal: Some(nominal.to_owned()) };
    let (_, planned) = planned(desk.device, &question)?;
    let today = desk.device.today();
    let open = desk.device.desk()?;
    if !present::acts_of(open, (DocumentKind::VisitDay, village), None, today)
        .contains(&Act::Add(kind))
    {
        return Err(Fault::new(FaultCode::NotAllowed, format!("{kind:?} in this village")));
    }
    let is_near = (date_after(planned.on, -2)..=date_after(planned.on, 2)).contains(&today);
    Ok(if is_near { planned.on } else { today })
}
