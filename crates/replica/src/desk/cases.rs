//! Case files: opening, showing, writing.

use base64::Engine as _;
use yidang_api::case_file::{
    AddEntry, AddParty, CaseFileView, ExportedFile, Heads, NewParty, OpenCaseFile, Opened, Resolve,
    Saved, SetFact, SetPartyField,
};
use yidang_api::{Fault, FaultCode};
use yidang_documents::{
    CaseProjection, Document, Edit, Projection, RegisterPath, Scalar, differences, project, schema,
};
use yidang_domain::causality::hex_of;
use yidang_domain::entry::{DocumentKind, Entry, EntryKind};
use yidang_domain::facts::{Field, Side};
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::labels::label_of;
use yidang_domain::rights::Act;

use super::write::{Intent, hash_of};
use super::{Answering, party_homes};
use crate::device::Device;
use crate::halves::waiting;
use crate::people::People;
use crate::present;
use crate::store::{ReadCases, ReadHalves, ReadHeld, ReadRejected};

fn field(container: &str, name: &str) -> Result<&'static Field, Fault> {
    schema::field(DocumentKind::CaseFile, container, name)
        .ok_or_else(|| Fault::invalid(name, "no such field"))
}

fn value(container: &str, name: &str, text: &str) -> Result<Scalar, Fault> {
    Scalar::from_text(field(container, name)?, text)
        .map_err(|error| Fault::invalid(error.field, error.reason))
}

/// The identifier of a new document: version 7 of the clock and dice.
pub fn new_id(device: &Device) -> DocumentId {
    let mut random = [0; 10];
    device.senses.random(&mut random);
    let millis = u64::try_from(device.senses.now().0).unwrap_or(0);
    DocumentId(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

/// Opens a file (建档).
pub fn open(desk: &mut Answering<'_>, question: &OpenCaseFile) -> Result<Opened, Fault> {
    if question.matter.trim().is_empty() {
        return Err(Fault::invalid("matter", "the sentence is empty"));
    }
    let today = desk.device.today();
    let id = new_id(desk.device);
    let grid = home_of(desk.device, question.grid.as_ref())?;
    let mut edits = facts_of(question, &grid)?;
    for party in question.parties.iter().filter(|party| !party.name.trim().is_empty()) {
        edits.push(new_party(desk.device, party)?);
    }
    edits.push(Edit::AddEntry(Entry::Found { source: question.source }));
    let intent = Intent {
        id,
        begin: Some((DocumentKind::CaseFile, grid)),
        edits,
        heads: None,
        on: today,
        action: "新事".into(),
        words: question.matter.clone(),
        drafts: vec!["new".into()],
    };
    desk.save(&intent, |_, saved| Opened { id, saved_at: saved.saved_at })
}

/// The grid a new file lies in: the one that was chosen, or that of the person.
fn home_of(device: &mut Device, chosen: Option<&OrgCode>) -> Result<OrgCode, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let own = desk.assignment(today).map(|(org, _)| org);
    let grid = chosen.cloned().or(own).unwrap_or_default();
    if present::acts_of(desk, (DocumentKind::CaseFile, &grid), None, today)
        .contains(&Act::OpenCaseFile)
    {
        Ok(grid)
    } else {
        Err(Fault::new(FaultCode::NotAllowed, "no right to open files there"))
    }
}

fn facts_of(question: &OpenCaseFile, grid: &OrgCode) -> Result<Vec<Edit>, Fault> {
    let mut facts = vec![
        ("matter", question.matter.clone()),
        ("category", question.category.clone()),
        ("place", question.place.clone()),
        ("grid", grid.as_str().to_owned()),
        ("occurred_on", question.occurred_on.to_string()),
        ("risk", u8::from(question.risk).to_string()),
        ("source", question.source.code().to_owned()),
    ];
    facts.extend(question.people.map(|people| ("people", people.to_string())));
    facts
        .into_iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(name, text)| {
            Ok(Edit::Set(RegisterPath::of("facts", name), value("facts", name, &text)?))
        })
        .collect()
}

fn new_party(device: &mut Device, party: &NewParty) -> Result<Edit, Fault> {
    let word = match party.side {
        Side::A => "a",
        Side::B => "b",
        Side::Other => "other",
    };
    let name = value("parties", "name", &party.name)?;
    let mut fields = vec![("name", name), ("side", Scalar::Text(word.into()))];
    if !party.phone.trim().is_empty() {
        fields.push(("phone", value("parties", "phone", &party.phone)?));
    }
    if let Some(household) = party.household {
        party_homes::must_be_held(device, household)?;
        fields.push(("household", Scalar::Text(household.to_string())));
    }
    Ok(Edit::AddItem("parties", fields))
}

/// The rows of a case file.
pub fn projection(device: &mut Device, id: DocumentId) -> Result<CaseProjection, Fault> {
    let desk = device.desk()?;
    match desk.projection(id)? {
        Some(Projection::CaseFile(case)) => Ok(case),
        None => Err(desk.absent(id)),
        Some(_) => Err(Fault::new(FaultCode::NotFound, "no such case file on this device")),
    }
}

/// One file, whole.
pub fn view(device: &mut Device, id: DocumentId) -> Result<CaseFileView, Fault> {
    let today = device.today();
    let case = projection(device, id)?;
    let desk = device.desk()?;
    let row = super::lists::row(desk, id, today)?;
    let looked = desk.store.looked(id)?;
    let changed = match &looked {
        Some((heads, _)) if *heads != case.common.heads => {
            let heads: Vec<_> = heads.iter().filter_map(|text| hash_of(text)).collect();
            let document = desk.document(id)?;
            let own = desk.actor;
            let mut changed = differences(&document, &heads);
            changed.retain(|difference| {
                difference.mark.actor != own && !is_number(&case, &difference.path)
            });
            changed
        }
        _ => Vec::new(),
    };
    let acts =
        present::acts_of(desk, (DocumentKind::CaseFile, &case.grid()), Some(case.stage), today);
    let acts = allowed(&case, acts, desk);
    let outbox = desk.store.on_its_way(id)?;
    let homes = party_homes::named(desk, &case, &changed)?;
    let joins = super::joins::of(desk, &case)?;
    let halves = if desk.store.halves(id)?.is_empty() {
        Vec::new()
    } else {
        waiting(&desk.document(id)?, &Projection::CaseFile(case.clone()))
    };
    let mut people = People::new(&desk.store, desk.user());
    let source = present::Source {
        tree: &desk.tree,
        homes,
        joins,
        halves,
        case: &case,
        row,
        outbox: &outbox,
        changed,
        looked_at: looked.map(|(_, at)| at),
        acts,
    };
    Ok(present::case_view(source, &mut people))
}

/// Whether the entry at this path is the official number: it follows an acceptance by itself, and
/// whoever accepted has nothing to look at because of it.
fn is_number(case: &CaseProjection, path: &str) -> bool {
    let key = path.strip_prefix("entries.");
    let row = case.common.entries.iter().find(|row| Some(row.key.as_str()) == key);
    row.and_then(|row| row.entry()).map(Entry::kind) == Some(EntryKind::NumberIssued)
}

/// What the state of the file takes away from what the role may: a file that this version cannot
/// read whole is read-only, nobody closes what they asked to close, and one that joined another takes
/// nothing more.
fn allowed(case: &CaseProjection, acts: Vec<Act>, desk: &crate::device::OpenDesk) -> Vec<Act> {
    if case.common.has_unknown {
        return Vec::new();
    }
    let asked_by_me = case
        .entries_of(EntryKind::CloseAsked)
        .last()
        .and_then(|row| row.header.as_ref())
        .is_some_and(|header| header.by == desk.user());
    acts.into_iter()
        .filter(|act| !(asked_by_me && *act == Act::Add(EntryKind::Closed)))
        // What there is to write is written into the file that stands in its place.
        .filter(|act| case.joined_into.is_none() || *act != Act::Add(EntryKind::Visit))
        .collect()
}

/// Refuses what the person may not do here and now, before anything is written.
pub(super) fn must(
    desk: &mut Answering<'_>,
    id: DocumentId,
    act: Act,
) -> Result<CaseProjection, Fault> {
    let today = desk.device.today();
    let case = projection(desk.device, id)?;
    let open = desk.device.desk()?;
    if case.common.has_unknown {
        return Err(Fault::new(FaultCode::NeedsUpdate, "the file has parts of a later version"));
    }
    let acts =
        present::acts_of(open, (DocumentKind::CaseFile, &case.grid()), Some(case.stage), today);
    if allowed(&case, acts, open).contains(&act) {
        Ok(case)
    } else {
        Err(Fault::new(FaultCode::NotAllowed, format!("{act:?} at {:?}", case.stage)))
    }
}

fn edit(id: DocumentId, edits: Vec<Edit>, action: String, words: String) -> Intent {
    Intent {
        id,
        begin: None,
        edits,
        heads: None,
        on: yidang_domain::civil::InstantMs(0).date(),
        action,
        words,
        drafts: Vec::new(),
    }
}

/// Writes one fact.
pub fn set_fact(desk: &mut Answering<'_>, question: &SetFact) -> Result<Saved, Fault> {
    must(desk, question.case, Act::EditCaseFile)?;
    let scalar = value("facts", &question.field, &question.value)?;
    let path = RegisterPath::of("facts", &question.field);
    let action = format!("改{}", label_of(&question.field));
    let mut intent =
        edit(question.case, vec![Edit::Set(path, scalar)], action, question.value.clone());
    intent.heads = Some(question.heads.clone());
    intent.on = desk.device.today();
    intent.drafts = vec![format!("fact/{}/{}", question.case, question.field)];
    desk.save(&intent, |_, saved| saved)
}

/// Adds a party.
pub fn add_party(desk: &mut Answering<'_>, question: &AddParty) -> Result<Saved, Fault> {
    must(desk, question.case, Act::EditCaseFile)?;
    let party = &question.party;
    if party.name.trim().is_empty() {
        return Err(Fault::invalid("name", "the name is empty"));
    }
    let edits = vec![new_party(desk.device, party)?];
    let mut intent = edit(question.case, edits, "新增当事人".into(), party.name.clone());
    intent.heads = Some(question.heads.clone());
    intent.on = desk.device.today();
    desk.save(&intent, |_, saved| saved)
}

/// Writes one field of a party.
pub fn set_party_field(desk: &mut Answering<'_>, question: &SetPartyField) -> Result<Saved, Fault> {
    must(desk, question.case, Act::EditCaseFile)?;
    let scalar = value("parties", &question.field, &question.value)?;
    let path = RegisterPath::of_item("parties", &question.party, &question.field);
    let action = format!("改{}", label_of(&question.field));
    let words = if question.field == "household" && !question.value.is_empty() {
        let chosen = question.value.parse();
        let chosen = chosen.map_err(|_| Fault::invalid("household", "not an identifier"))?;
        party_homes::must_be_held(desk.device, chosen)?.called()
    } else {
        question.value.clone()
    };
    let mut intent = edit(question.case, vec![Edit::Set(path, scalar)], action, words);
    intent.heads = Some(question.heads.clone());
    intent.on = desk.device.today();
    desk.save(&intent, |_, saved| saved)
}

/// Adds an entry.
pub fn add_entry(desk: &mut Answering<'_>, question: AddEntry) -> Result<Saved, Fault> {
    let kind = question.entry.kind();
    let by_others = [
        EntryKind::ConflictResolved,
        EntryKind::NumberIssued,
        EntryKind::Succeeds,
        EntryKind::Joined,
    ];
    if by_others.contains(&kind) {
        return Err(Fault::new(FaultCode::NotAllowed, "not written by hand"));
    }
    if kind.home() != Some(DocumentKind::CaseFile) {
        return Err(Fault::invalid("kind", "belongs to another kind of document"));
    }
    must(desk, question.case, Act::Add(kind))?;
    check_words(&question.entry)?;
    let saw = saw(desk, question.case, &question.heads)?;
    let entry = with_seen(question.entry, saw);
    let words = entry.gist();
    let mut intent = edit(question.case, vec![Edit::AddEntry(entry)], kind.label().into(), words);
    // An entry stands beside whatever arrived meanwhile; a decision says what it saw instead.
    intent.heads = None;
    intent.on = question.on;
    intent.drafts = vec![format!("entry/{}", question.case)];
    desk.save(&intent, |_, saved| Saved { clashed: false, ..saved })
}

/// What its author saw of a file, where that is not what a change of now is made on: something came since, or
/// waits in it and is not in force.
pub(super) fn saw(
    desk: &mut Answering<'_>,
    id: DocumentId,
    heads: &Heads,
) -> Result<Option<Vec<String>>, Fault> {
    let desk = desk.device.desk()?;
    let now: Vec<String> = desk.document(id)?.heads().iter().map(|hash| hex_of(hash)).collect();
    // What was seen has other names where something was written again since.
    let saw = desk.store.renamed(id)?.heads(&heads.0);
    Ok((heads.0 != now && saw != now).then_some(saw))
}

/// Refuses entries that say nothing where something has to be said.
fn check_words(entry: &Entry) -> Result<(), Fault> {
    let missing = match entry {
        Entry::Visit { words }
        | Entry::Agreement { words, .. }
        | Entry::CloseAsked { words }
        | Entry::MediationSession { words, .. }
            if words.trim().is_empty() =>
        {
            Some("words")
        }
        Entry::Returned { reason, .. } | Entry::Reopened { reason, .. }
            if reason.trim().is_empty() =>
        {
            Some("reason")
        }
        // 人民调解法 第20条: others join only with the parties' consent.
        Entry::MediationSession { consent: false, five, .. } if !five.is_empty() => Some("consent"),
        _ => None,
    };
    missing.map_or(Ok(()), |field| Err(Fault::invalid(field, "missing")))
}

/// A decision records what its author saw, where that is not what the change is made on.
fn with_seen(entry: Entry, heads: Option<Vec<String>>) -> Entry {
    match entry {
        Entry::Accepted { due_on, .. } => Entry::Accepted { seen: heads, due_on },
        Entry::Returned { field, reason, .. } => Entry::Returned { seen: heads, field, reason },
        Entry::Closed { words, .. } => Entry::Closed { seen: heads, words },
        Entry::Reopened { reason, .. } => Entry::Reopened { seen: heads, reason },
        other => other,
    }
}

/// Decides a clash.
pub fn resolve(desk: &mut Answering<'_>, question: &Resolve) -> Result<Saved, Fault> {
    let today = desk.device.today();
    if super::households::is_household(desk.device, question.case)? {
        return super::households::resolve(desk, question);
    }
    if question.field == "stage" {
        let case = must(desk, question.case, Act::ResolveDecision)?;
        let entry = Entry::ConflictResolved {
            field: "stage".into(),
            values: case.against.iter().map(|key| key.as_str().to_owned()).collect(),
            chosen: question.value.clone(),
        };
        let edits = vec![Edit::AddEntry(entry)];
        let mut intent = edit(question.case, edits, "定决定".into(), String::new());
        intent.on = today;
        return desk.save(&intent, |_, saved| saved);
    }
    must(desk, question.case, Act::ResolveValue)?;
    let path = RegisterPath::parse(&question.field)
        .ok_or_else(|| Fault::invalid(question.field.clone(), "no such register"))?;
    let scalar = value(&path.container, &path.field, &question.value)?;
    let action = format!("定{}", label_of(&question.field));
    let mut intent =
        edit(question.case, vec![Edit::Set(path, scalar)], action, question.value.clone());
    intent.heads = Some(question.heads.clone());
    intent.on = today;
    desk.save(&intent, |_, saved| saved)
}

/// The file as standard Automerge bytes.
pub fn export(device: &mut Device, id: DocumentId) -> Result<ExportedFile, Fault> {
    let document = device.desk()?.document(id)?;
    Ok(exported(&document, "automerge", &document.save()))
}

/// The file with everything that proves it (档案包).
pub fn export_bundle(device: &mut Device, id: DocumentId) -> Result<ExportedFile, Fault> {
    let now = device.senses.now();
    let desk = device.desk()?;
    let bundle = crate::sync::bundle_of(desk, id, now)?;
    Ok(exported(&desk.document(id)?, "yidang", &bundle.pack()))
}

/// These bytes under the number of the file they are of.
fn exported(document: &Document, ending: &str, bytes: &[u8]) -> ExportedFile {
    let name = match project(document) {
        Projection::CaseFile(case) => {
            case.number.unwrap_or_else(|| format!("待编号-{}", document.id().short()))
        }
        _ => hex_of(document.id().as_bytes()),
    };
    ExportedFile {
        name: format!("{name}.{ending}"),
        base64: base64::engine::general_purpose::STANDARD.encode(bytes),
    }
}
