//! Case files of the demo county, told step by step in the order in which they happened.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;
use serde_json::Value;
use yidang_documents::{Document, Edit, RegisterPath, Scalar, project};
use yidang_domain::civil::{Date, InstantMs, date_after};
use yidang_domain::entry::{DocumentKind, Entry};
use yidang_domain::facts::{CASE_FACTS, Source};
use yidang_domain::household::{TEAM_FIELDS, VISIT_PLAN};
use yidang_domain::ids::{DocumentId, ItemKey, OrgCode, UserId};

use crate::app::App;
use crate::kinds;

use super::instant;
use super::phone::{self, Phone, hand_in};

const CASES: &str = include_str!("../../../assets/demo/cases.json");
const VISIT_DAY: &str = include_str!("../../../assets/demo/visit-day.json");

/// A case file and its life.
#[derive(Debug, Deserialize)]
struct Case {
    key: String,
    grid: OrgCode,
    by: UserId,
    /// The day it was found, relative to today.
    day: i64,
    source: Source,
    facts: BTreeMap<String, Value>,
    parties: Vec<Party>,
    #[serde(default)]
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
struct Party {
    name: String,
    side: String,
    #[serde(default)]
    phone: String,
}

/// Something that happens to a case file.
#[derive(Debug, Deserialize)]
struct Step {
    day: i64,
    by: UserId,
    /// An entry, as documents hold it.
    entry: Option<Value>,
    /// Days from today until when it is to be settled or performed.
    due: Option<i64>,
    /// Party, field and value: what two people write without knowing of each other.
    clash: Option<Clash>,
}

#[derive(Debug, Deserialize)]
struct Clash {
    party: usize,
    field: String,
    value: String,
    other_by: UserId,
    other_value: String,
}

#[derive(Debug, Deserialize)]
struct VisitDay {
    village: OrgCode,
    by: UserId,
    place: String,
    starts_at: String,
    team: Vec<Member>,
    walk_ins: Vec<WalkIn>,
}

#[derive(Debug, Deserialize)]
struct Member {
    user: UserId,
    name: String,
    duty: String,
}

#[derive(Debug, Deserialize)]
struct WalkIn {
    by: UserId,
    visitors: String,
    people: u32,
    matter: String,
    /// The key of the case file it belongs to.
    case: Option<String>,
    answer: Option<String>,
}

struct Writer<'a> {
    app: &'a App,
    phones: &'a BTreeMap<UserId, Phone>,
    today: Date,
}

/// What is to be done when.
enum Deed<'a> {
    Open(&'a Case),
    Step(&'a Case, &'a Step),
}

/// Writes everything, oldest first.
pub fn write(app: &App, phones: &BTreeMap<UserId, Phone>, today: Date) -> Result<()> {
    let cases: Vec<Case> = serde_json::from_str(CASES).context("assets/demo/cases.json")?;
    let writer = Writer { app, phones, today };
    let mut deeds: Vec<(InstantMs, Deed<'_>)> = Vec::new();
    for (index, case) in (0_i64..).zip(&cases) {
        deeds.push((instant(today, case.day, index * 7), Deed::Open(case)));
        for (order, step) in (1_i64..).zip(&case.steps) {
            let minutes = index * 7 + order * 41;
            deeds.push((instant(today, step.day, minutes), Deed::Step(case, step)));
        }
    }
    deeds.sort_by_key(|(at, _)| *at);
    for (at, deed) in deeds {
        match deed {
            Deed::Open(case) => writer.open(case, at),
            Deed::Step(case, step) => writer.step(case, step, at),
        }?;
    }
    writer.visit_day(&cases)
}

/// The same identifier in every demo of one day.
fn id_of(case: &Case, today: Date) -> DocumentId {
    let at = u64::try_from(instant(today, case.day, 0).0).unwrap_or(0);
    let random = phone::short(&format!("case {}", case.key));
    let mut tail = [0; 10];
    tail.iter_mut().zip(random).for_each(|(to, from)| *to = from);
    DocumentId(uuid::Builder::from_unix_timestamp_millis(at, &tail).into_uuid())
}

fn scalar(value: &Value) -> Option<Scalar> {
    serde_json::from_value(value.clone()).ok()
}

impl Writer<'_> {
    fn phone(&self, user: &UserId) -> Result<&Phone> {
        self.phones.get(user).ok_or_else(|| anyhow!("nobody is called {user}"))
    }

    fn open(&self, case: &Case, at: InstantMs) -> Result<()> {
        let id = id_of(case, self.today);
        let mut document = Document::begin(DocumentKind::CaseFile, id, &case.grid)?;
        let mut edits = vec![Edit::AddEntry(Entry::Found { source: case.source })];
        let fact = |name: &str, value| Edit::Set(RegisterPath::of("facts", name), value);
        for field in CASE_FACTS {
            if let Some(value) = case.facts.get(field.name).and_then(scalar) {
                edits.push(fact(field.name, value));
            }
        }
        let text = |text: &str| Scalar::Text(text.to_owned());
        edits.push(fact("grid", text(case.grid.as_str())));
        edits.push(fact("source", text(case.source.code())));
        edits.push(fact("occurred_on", text(&date_after(self.today, case.day - 2).to_string())));
        for party in &case.parties {
            let mut fields = vec![("name", text(&party.name)), ("side", text(&party.side))];
            if !party.phone.is_empty() {
                fields.push(("phone", text(&party.phone)));
            }
            edits.push(Edit::AddItem("parties", fields));
        }
        let batch = self.phone(&case.by)?.write(&mut document, &edits, at)?;
        hand_in(self.app, &[batch], at).with_context(|| case.key.clone())
    }

    fn step(&self, case: &Case, step: &Step, at: InstantMs) -> Result<()> {
        let mut document = self.document(id_of(case, self.today))?;
        let phone = self.phone(&step.by)?;
        let batches = if let Some(clash) = &step.clash {
            let mut other = document.clone();
            let path =
                RegisterPath::of_item("parties", &party_key(&document, clash.party)?, &clash.field);
            let set = |value: &str| [Edit::Set(path.clone(), Scalar::Text(value.to_owned()))];
            let later = at.plus_minutes(26);
            let phone_of_other = self.phone(&clash.other_by)?;
            vec![
                phone.write(&mut document, &set(&clash.value), at)?,
                phone_of_other.write(&mut other, &set(&clash.other_value), later)?,
            ]
        } else {
            vec![phone.write(&mut document, &[Edit::AddEntry(self.entry(step)?)], at)?]
        };
        hand_in(self.app, &batches, at).with_context(|| format!("{} on day {}", case.key, step.day))
    }

    fn entry(&self, step: &Step) -> Result<Entry> {
        let mut value = step.entry.clone().context("a step without an entry")?;
        if let (Some(due), Some(map)) = (step.due, value.as_object_mut()) {
            let is_agreement = map.get("kind").and_then(Value::as_str) == Some("agreement");
            let field = if is_agreement { "perform_by" } else { "due_on" };
            let date = date_after(self.today, due).to_string();
            map.insert(field.to_owned(), Value::String(date));
        }
        serde_json::from_value(value).context("an entry that cannot be read")
    }

    /// The document as the server holds it, number included.
    fn document(&self, id: DocumentId) -> Result<Document> {
        let mut shelf = self.app.shelf();
        let found = self.app.read(|db| shelf.find(db, id.as_bytes()))?;
        found.ok_or_else(|| anyhow!("no document {id}"))
    }

    /// The last visit day that was held before today.
    fn visit_day(&self, cases: &[Case]) -> Result<()> {
        let told: VisitDay =
            serde_json::from_str(VISIT_DAY).context("assets/demo/visit-day.json")?;
        let register = self.app.register()?;
        let held = (1..40)
            .find_map(|back| register.plan().find(date_after(self.today, -back)))
            .context("no visit day in forty days")?;
        let id = kinds::visit_day_id(&told.village, held.nominal);
        let mut document = Document::begin(DocumentKind::VisitDay, id, &told.village)?;
        let at = InstantMs::at_start_of(held.on).plus_minutes(8 * 60);
        let batch = self.phone(&told.by)?.write(&mut document, &plan(&told), at)?;
        hand_in(self.app, &[batch], at)?;
        for (index, walk_in) in (1_i64..).zip(&told.walk_ins) {
            self.walk_in(&mut document, walk_in, cases, at.plus_minutes(60 + index * 35))?;
        }
        Ok(())
    }

    fn walk_in(
        &self,
        document: &mut Document,
        told: &WalkIn,
        cases: &[Case],
        at: InstantMs,
    ) -> Result<()> {
        let case = cases.iter().find(|case| Some(&case.key) == told.case.as_ref());
        let case_file = case.map(|case| id_of(case, self.today));
        let phone = self.phone(&told.by)?;
        let came = Entry::WalkIn {
            visitors: told.visitors.clone(),
            people: told.people,
            matter: told.matter.clone(),
            case_file,
        };
        let mut batches = vec![phone.write(document, &[Edit::AddEntry(came)], at)?];
        let key = project(document).common().entries.last().map(|row| row.key.clone());
        if let (Some(answer), Some(walk_in)) = (&told.answer, key) {
            let words = answer.clone();
            let answered = Entry::WalkInAnswered { walk_in, words, case_file };
            let later = at.plus_minutes(20);
            batches.push(phone.write(document, &[Edit::AddEntry(answered)], later)?);
        }
        hand_in(self.app, &batches, at)
    }
}

fn plan(told: &VisitDay) -> Vec<Edit> {
    let text = |text: &str| Scalar::Text(text.to_owned());
    let mut edits = Vec::new();
    for (field, value) in VISIT_PLAN.iter().zip([&told.place, &told.starts_at]) {
        edits.push(Edit::Set(RegisterPath::of("plan", field.name), text(value)));
    }
    for member in &told.team {
        let values = [member.user.as_str(), &member.name, &member.duty];
        let fields = TEAM_FIELDS.iter().zip(values).map(|(field, value)| (field.name, text(value)));
        edits.push(Edit::AddItem("team", fields.collect()));
    }
    edits
}

fn party_key(document: &Document, index: usize) -> Result<ItemKey> {
    match project(document) {
        yidang_documents::Projection::CaseFile(case) => {
            case.parties.get(index).map(|row| row.key.clone()).context("no such party")
        }
        _ => Err(anyhow!("not a case file")),
    }
}
