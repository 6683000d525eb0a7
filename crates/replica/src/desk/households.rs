//! 我的格: households of one's own grids.

use yidang_api::case_file::{Heads, Resolve, Saved};
use yidang_api::household::{
    AddHouseholdEntry, AddMember, GridName, GridQuestion, GridView, HouseholdFilter,
    HouseholdQuestion, HouseholdSaved, HouseholdView, MergeHousehold, MoveHousehold, NewMember,
    OpenHousehold, SetHouseholdFact, SetMemberField, SplitHousehold,
};
use yidang_api::{Fault, FaultCode};
use yidang_documents::{Edit, HouseholdProjection, Projection, RegisterPath, Scalar, schema};
use yidang_domain::civil::Date;
use yidang_domain::entry::{DocumentKind, Entry};
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::labels::label_of;
use yidang_domain::org::OrgLevel;
use yidang_domain::rights::Act;

use super::Answering;
use super::lists::on_day as case_on_day;
use super::write::Intent;
use crate::device::{Device, OpenDesk};
use crate::people::People;
use crate::present;
use crate::present::household::{clashes, entries, facts, members, on_day};
use crate::store::{
    CaseFilter, HouseholdSelection, ReadCases, ReadDocuments, ReadHeld, ReadHouseholds,
};

/// No screen shows more rows at once.
const MOST_ROWS: u32 = 500;
/// A page of a household shows so many of its files.
const MOST_FILES: u32 = 50;

/// The grids of the person: those they are assigned to, and those below a wider assignment.
fn own_grids(desk: &OpenDesk, today: Date) -> Vec<GridName> {
    let Some(reference) = &desk.reference else { return Vec::new() };
    let posts: Vec<&OrgCode> = reference.assignments_on(today).map(|post| &post.org).collect();
    desk.tree
        .units()
        .filter(|unit| unit.level == OrgLevel::Grid && unit.is_open_on(today))
        .filter(|unit| posts.iter().any(|post| desk.tree.is_within(&unit.code, post)))
        .map(|unit| grid_name(desk, &unit.code))
        .collect()
}

fn grid_name(desk: &OpenDesk, code: &OrgCode) -> GridName {
    GridName {
        org: code.clone(),
        name: desk.tree.name(code).to_owned(),
        village: desk.tree.village_name(code),
    }
}

/// Households of one's grids.
pub fn grid(device: &mut Device, question: &GridQuestion) -> Result<GridView, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let grids = own_grids(desk, today);
    let orgs: Vec<OrgCode> = question.org.iter().cloned().collect();
    let of = |filter, text: &str| HouseholdSelection::of(&orgs, filter, text, today);
    let counts = HouseholdFilter::ALL
        .into_iter()
        .map(|filter| Ok((filter, desk.store.count_households(&of(filter, ""))?)))
        .collect::<Result<Vec<_>, Fault>>()?;
    let number =
        |name| counts.iter().find(|(filter, _)| *filter == name).map_or(0, |(_, count)| *count);
    let selection = of(question.filter, &question.text);
    let limit = question.limit.min(MOST_ROWS);
    let (total, rows) = desk.store.count_and_households(&selection, question.offset, limit)?;
    let may_add = grids.iter().any(|grid| {
        present::acts_of(desk, (DocumentKind::Household, &grid.org), None, today)
            .contains(&Act::EditHousehold)
    });
    Ok(GridView {
        seen: number(HouseholdFilter::All).saturating_sub(number(HouseholdFilter::ToSee)),
        total,
        rows: rows.into_iter().map(|row| on_day(row, today)).collect(),
        counts,
        grids,
        may_add,
    })
}

/// The rows of a household.
pub(super) fn projection(
    device: &mut Device,
    id: DocumentId,
) -> Result<HouseholdProjection, Fault> {
    let desk = device.desk()?;
    match desk.projection(id)? {
        Some(Projection::Household(household)) => Ok(household),
        None => Err(desk.absent(id)),
        Some(_) => Err(Fault::new(FaultCode::NotFound, "no such household on this device")),
    }
}

/// One household, whole.
pub fn view(device: &mut Device, question: &HouseholdQuestion) -> Result<HouseholdView, Fault> {
    let today = device.today();
    let household = projection(device, question.id)?;
    let desk = device.desk()?;
    let row = desk
        .store
        .household_row(question.id)?
        .ok_or_else(|| Fault::new(FaultCode::NotFound, "no such household on this device"))?;
    let files = desk
        .store
        .cases(&CaseFilter::of_household(question.id, false), 0, MOST_FILES)?
        .into_iter()
        .map(|stored| case_on_day(stored, today))
        .collect();
    let acts = allowed(desk, &household, today);
    let outbox = desk.store.on_its_way(question.id)?;
    let mut people = People::new(&desk.store, desk.user());
    Ok(HouseholdView {
        row: on_day(row, today),
        heads: Heads(household.common.heads.clone()),
        facts: facts(&desk.tree, &household, &mut people),
        members: members(&household),
        entries: entries(&household, &outbox, &mut people),
        clashes: clashes(&desk.tree, &household, acts.contains(&Act::EditHousehold), &mut people),
        files,
        merged_into: household.merged_into(),
        ties: super::ties::of(desk, &household, today)?,
        needs_update: household.common.has_unknown,
        acts,
    })
}

/// What the person may do with a household. One that joined another takes nothing more, and one
/// that this version cannot read whole is read-only.
fn allowed(desk: &OpenDesk, household: &HouseholdProjection, today: Date) -> Vec<Act> {
    if household.common.has_unknown || household.merged_into().is_some() {
        return Vec::new();
    }
    present::acts_of(desk, (DocumentKind::Household, &household.grid()), None, today)
}

/// Refuses what the person may not do, before anything is written.
fn must(desk: &mut Answering<'_>, id: DocumentId, act: Act) -> Result<HouseholdProjection, Fault> {
    let today = desk.device.today();
    let household = projection(desk.device, id)?;
    if household.common.has_unknown {
        return Err(Fault::new(FaultCode::NeedsUpdate, "it has parts of a later version"));
    }
    if allowed(desk.device.desk()?, &household, today).contains(&act) {
        Ok(household)
    } else {
        Err(Fault::new(FaultCode::NotAllowed, format!("{act:?} of a household")))
    }
}

fn value(container: &str, name: &str, text: &str) -> Result<Scalar, Fault> {
    let field = schema::field(DocumentKind::Household, container, name)
        .ok_or_else(|| Fault::invalid(name, "no such field"))?;
    Scalar::from_text(field, text).map_err(|error| Fault::invalid(error.field, error.reason))
}

fn fact(name: &str, text: &str) -> Result<Edit, Fault> {
    Ok(Edit::Set(RegisterPath::of("facts", name), value("facts", name, text)?))
}

fn new_member(member: &NewMember) -> Result<Edit, Fault> {
    if member.name.trim().is_empty() {
        return Err(Fault::invalid("name", "the name is empty"));
    }
    let mut fields = vec![("name", value("members", "name", member.name.trim())?)];
    if !member.relation.trim().is_empty() {
        fields.push(("relation", value("members", "relation", member.relation.trim())?));
    }
    if let Some(year) = member.birth_year {
        fields.push(("birth_year", value("members", "birth_year", &year.to_string())?));
    }
    if !member.phone.trim().is_empty() {
        fields.push(("phone", value("members", "phone", member.phone.trim())?));
    }
    Ok(Edit::AddItem("members", fields))
}

fn intent(id: DocumentId, edits: Vec<Edit>, on: Date, action: String, words: &str) -> Intent {
    Intent {
        id,
        begin: None,
        edits,
        heads: None,
        on,
        action,
        words: words.to_owned(),
        drafts: Vec::new(),
    }
}

/// Writes down a household.
pub fn open(desk: &mut Answering<'_>, question: &OpenHousehold) -> Result<HouseholdSaved, Fault> {
    let today = desk.device.today();
    if question.head.trim().is_empty() {
        return Err(Fault::invalid("head", "the name is empty"));
    }
    let id = super::cases::new_id(desk.device);
    let open = desk.device.desk()?;
    let own = own_grids(open, today).into_iter().next().map(|grid| grid.org);
    let grid = question.grid.clone().or(own).unwrap_or_default();
    if !present::acts_of(open, (DocumentKind::Household, &grid), None, today)
        .contains(&Act::EditHousehold)
    {
        return Err(Fault::new(FaultCode::NotAllowed, "no right to write households there"));
    }
    let edits = first_edits(&grid, question)?;
    let mut intent = intent(id, edits, today, "新户".into(), &question.head);
    intent.begin = Some((DocumentKind::Household, grid));
    intent.drafts = vec!["household-new".into()];
    desk.save(&intent, |_, saved| HouseholdSaved { id, saved_at: saved.saved_at })
}

fn first_edits(grid: &OrgCode, question: &OpenHousehold) -> Result<Vec<Edit>, Fault> {
    let mut edits = [
        ("grid", grid.as_str()),
        ("head", question.head.trim()),
        ("address", question.address.trim()),
        ("door_plate", question.door_plate.trim()),
        ("household_no", question.household_no.trim()),
    ]
    .into_iter()
    .filter(|(_, text)| !text.is_empty())
    .map(|(name, text)| fact(name, text))
    .collect::<Result<Vec<_>, _>>()?;
    for member in question.members.iter().filter(|member| !member.name.trim().is_empty()) {
        edits.push(new_member(member)?);
    }
    Ok(edits)
}

/// Writes one fact.
pub fn set_fact(desk: &mut Answering<'_>, question: &SetHouseholdFact) -> Result<Saved, Fault> {
    if question.field == "grid" {
        return Err(Fault::invalid("grid", "a household is moved, with a reason"));
    }
    must(desk, question.household, Act::EditHousehold)?;
    let edits = vec![fact(&question.field, &question.value)?];
    let action = format!("改{}", label_of(&format!("facts.{}", question.field)));
    let today = desk.device.today();
    let mut intent = intent(question.household, edits, today, action, &question.value);
    intent.heads = Some(question.heads.clone());
    intent.drafts = vec![format!("household-{}-{}", question.household, question.field)];
    desk.save(&intent, |_, saved| saved)
}

/// Adds a member.
pub fn add_member(desk: &mut Answering<'_>, question: &AddMember) -> Result<Saved, Fault> {
    must(desk, question.household, Act::EditHousehold)?;
    let edits = vec![new_member(&question.member)?];
    let today = desk.device.today();
    let words = &question.member.name;
    let mut intent = intent(question.household, edits, today, "新增成员".into(), words);
    intent.heads = Some(question.heads.clone());
    intent.drafts = vec![format!("household-{}-member", question.household)];
    desk.save(&intent, |_, saved| saved)
}

/// Writes one field of a member.
pub fn set_member_field(
    desk: &mut Answering<'_>,
    question: &SetMemberField,
) -> Result<Saved, Fault> {
    must(desk, question.household, Act::EditHousehold)?;
    let path = RegisterPath::of_item("members", &question.member, &question.field);
    let edits = vec![Edit::Set(path, value("members", &question.field, &question.value)?)];
    let action = format!("改{}", label_of(&format!("members.{}", question.field)));
    let today = desk.device.today();
    let mut intent = intent(question.household, edits, today, action, &question.value);
    intent.heads = Some(question.heads.clone());
    desk.save(&intent, |_, saved| saved)
}

/// Adds an entry: somebody was there. Moves, splits and mergers have questions of their own.
pub fn add_entry(desk: &mut Answering<'_>, question: &AddHouseholdEntry) -> Result<Saved, Fault> {
    let Entry::HouseholdSeen { words } = &question.entry else {
        return Err(Fault::invalid("kind", "not written like this"));
    };
    must(desk, question.household, Act::Add(question.entry.kind()))?;
    if words.trim().is_empty() {
        return Err(Fault::invalid("words", "missing"));
    }
    let edits = vec![Edit::AddEntry(question.entry.clone())];
    let action = question.entry.kind().label().to_owned();
    let mut intent = intent(question.household, edits, question.on, action, words);
    intent.drafts = vec![format!("household-{}-seen", question.household)];
    desk.save(&intent, |_, saved| saved)
}

/// Whether a document here is a household.
pub fn is_household(device: &mut Device, id: DocumentId) -> Result<bool, Fault> {
    let stored = device.desk()?.store.stored(id)?;
    Ok(stored.is_some_and(|stored| stored.kind == DocumentKind::Household))
}

/// Decides a clash of a household.
pub fn resolve(desk: &mut Answering<'_>, question: &Resolve) -> Result<Saved, Fault> {
    must(desk, question.case, Act::ResolveValue)?;
    let path = RegisterPath::parse(&question.field)
        .ok_or_else(|| Fault::invalid(question.field.clone(), "no such register"))?;
    let scalar = value(&path.container, &path.field, &question.value)?;
    let action = format!("定{}", label_of(&question.field));
    let today = desk.device.today();
    let edits = vec![Edit::Set(path, scalar)];
    let mut intent = intent(question.case, edits, today, action, &question.value);
    intent.heads = Some(question.heads.clone());
    desk.save(&intent, |_, saved| saved)
}

/// Moves a household to another grid of the township, in another village too.
pub fn move_to(desk: &mut Answering<'_>, question: &MoveHousehold) -> Result<Saved, Fault> {
    let today = desk.device.today();
    let entry = Entry::HouseholdMoved { to: question.to.clone(), reason: question.reason.clone() };
    let household = must(desk, question.household, Act::Add(entry.kind()))?;
    if question.reason.trim().is_empty() {
        return Err(Fault::invalid("reason", "missing"));
    }
    let villages = super::targets::of(desk.device.desk()?, &household, today);
    if !villages.iter().flat_map(|village| &village.grids).any(|grid| grid.org == question.to) {
        return Err(Fault::invalid("to", "no open grid of the township"));
    }
    let edits = vec![fact("grid", question.to.as_str())?, Edit::AddEntry(entry)];
    let mut intent = intent(question.household, edits, today, "迁格".into(), &question.reason);
    intent.heads = Some(question.heads.clone());
    desk.save(&intent, |_, saved| saved)
}

/// Members leave for a household of their own: both documents in one transaction.
pub fn split(desk: &mut Answering<'_>, question: &SplitHousehold) -> Result<HouseholdSaved, Fault> {
    let today = desk.device.today();
    let new = super::cases::new_id(desk.device);
    let entry = Entry::HouseholdSplit { into: new, reason: question.reason.clone() };
    let household = must(desk, question.household, Act::Add(entry.kind()))?;
    if question.reason.trim().is_empty() {
        return Err(Fault::invalid("reason", "missing"));
    }
    let leaving: Vec<_> =
        household.living().filter(|member| question.members.contains(&member.key)).collect();
    let Some(head) =
        question.members.first().and_then(|key| leaving.iter().find(|member| member.key == *key))
    else {
        return Err(Fault::invalid("members", "nobody leaves"));
    };
    let grid = household.grid();
    let mut begun = first_edits(
        &grid,
        &OpenHousehold {
            grid: Some(grid.clone()),
            head: head.text("name"),
            address: question.address.clone(),
            door_plate: question.door_plate.clone(),
            household_no: String::new(),
            members: Vec::new(),
        },
    )?;
    let mut stays = vec![Edit::AddEntry(entry)];
    for member in &leaving {
        let is_head = member.key == head.key;
        begun.push(new_member(&NewMember {
            name: member.text("name"),
            relation: if is_head { "户主".into() } else { String::new() },
            birth_year: member.text("birth_year").parse().ok(),
            phone: member.text("phone"),
        })?);
        let left = RegisterPath::of_item("members", &member.key, "left");
        stays.push(Edit::Set(left, Scalar::Flag(true)));
    }
    let mut first = intent(new, begun, today, "分户".into(), &question.reason);
    first.begin = Some((DocumentKind::Household, grid));
    let mut second = intent(question.household, stays, today, "分户".into(), &question.reason);
    second.heads = Some(question.heads.clone());
    desk.save_all(&[first, second], |_, saved| HouseholdSaved { id: new, saved_at: saved.saved_at })
}

/// A household joins another one: its members are written there, and it leaves the lists.
pub fn merge(desk: &mut Answering<'_>, question: &MergeHousehold) -> Result<HouseholdSaved, Fault> {
    let today = desk.device.today();
    let entry = Entry::HouseholdMerged { into: question.into, reason: question.reason.clone() };
    let household = must(desk, question.household, Act::Add(entry.kind()))?;
    if question.reason.trim().is_empty() {
        return Err(Fault::invalid("reason", "missing"));
    }
    if question.into == question.household {
        return Err(Fault::invalid("into", "it is the same household"));
    }
    let target = must(desk, question.into, Act::EditHousehold)?;
    let known: Vec<String> = target.living().map(|member| member.text("name")).collect();
    let mut joins = Vec::new();
    for member in household.living().filter(|member| !known.contains(&member.text("name"))) {
        joins.push(new_member(&NewMember {
            name: member.text("name"),
            relation: String::new(),
            birth_year: member.text("birth_year").parse().ok(),
            phone: member.text("phone"),
        })?);
    }
    let mut intents = Vec::new();
    if !joins.is_empty() {
        intents.push(intent(question.into, joins, today, "并户".into(), &question.reason));
    }
    let edits = vec![Edit::AddEntry(entry)];
    let mut ends = intent(question.household, edits, today, "并户".into(), &question.reason);
    ends.heads = Some(question.heads.clone());
    intents.push(ends);
    let id = question.into;
    desk.save_all(&intents, |_, saved| HouseholdSaved { id, saved_at: saved.saved_at })
}
