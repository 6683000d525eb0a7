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

use super::days::Days;
use super::matters::Matter;
use super::phone::{Phone, hand_in};
use super::{id_at, instant};

const CASES: &str = include_str!("../../../assets/demo/cases.json");
const VISIT_DAY: &str = include_str!("../../../assets/demo/visit-day.json");

/// A case file and its life.
#[derive(Debug, Deserialize)]
pub struct Case {
    /// What names it, in the demo only.
    pub key: String,
    /// Its grid.
    pub grid: OrgCode,
    /// Who found it.
    pub by: UserId,
    /// The day it was found, relative to today.
    pub day: i64,
    /// How it came to light.
    pub source: Source,
    /// The registers of its facts.
    pub facts: BTreeMap<String, Value>,
    /// Those who quarrel.
    pub parties: Vec<Party>,
    /// What happened then.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// One of those who quarrel.
#[derive(Debug, Deserialize)]
pub struct Party {
    /// Their name.
    pub name: String,
    /// On which side they stand.
    pub side: String,
    /// Their telephone.
    #[serde(default)]
    pub phone: String,
    /// The household they belong to.
    #[serde(default)]
    pub home: Option<DocumentId>,
}

/// Something that happens to a case file.
#[derive(Debug, Deserialize)]
pub struct Step {
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
    /// Everything invented of one day.
    Day(i64),
}

/// Writes everything, oldest first: the hand-written files and the invented ones.
pub fn write(
    app: &App,
    phones: &BTreeMap<UserId, Phone>,
    invented: &[Matter],
    today: Date,
) -> Result<()> {
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
    let days = Days::of(invented);
    deeds.extend(days.evenings(today).map(|(at, day)| (at, Deed::Day(day))));
    deeds.sort_by_key(|(at, _)| *at);
    for (at, deed) in deeds {
        match deed {
            Deed::Open(case) => writer.open(case, at),
            Deed::Step(case, step) => writer.step(case, step, at),
            Deed::Day(day) => days.write(app, phones, today, day),
        }?;
    }
    writer.visit_day(&cases)
}

/// The same identifier in every demo of one day.
pub fn id_of(case: &Case, today: Date) -> DocumentId {
    id_at(instant(today, case.day, 0), &format!("case {}", case.key))
}

/// A case file before its first entry.
pub fn begin(case: &Case, today: Date) -> Result<Document> {
    Ok(Document::begin(DocumentKind::CaseFile, id_of(case, today), &case.grid)?)
}

/// What the finder writes into it.
pub fn beginning(case: &Case, today: Date) -> Vec<Edit> {
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
    edits.push(fact("occurred_on", text(&date_after(today, case.day - 2).to_string())));
    for party in &case.parties {
        let mut fields = vec![("name", text(&party.name)), ("side", text(&party.side))];
        if !party.phone.is_empty() {
            fields.push(("phone", text(&party.phone)));
        }
        if let Some(home) = party.home {
            fields.push(("household", text(&home.to_string())));
        }
        edits.push(Edit::AddItem("parties", fields));
    }
    edits
}

/// The document as the server holds it, number included.
pub fn held(app: &App, id: DocumentId) -> Result<Document> {
    let mut shelf = app.shelf();
    let found = app.read(|db| shelf.find(db, id.as_bytes()))?;
    found.ok_or_else(|| anyhow!("no document {id}"))
}

fn scalar(value: &Value) -> Option<Scalar> {
    serde_json::from_value(value.clone()).ok()
}

impl Writer<'_> {
    fn phone(&self, user: &UserId) -> Result<&Phone> {
        self.phones.get(user).ok_or_else(|| anyhow!("nobody is called {user}"))
    }

    fn open(&self, case: &Case, at: InstantMs) -> Result<()> {
        let mut document = begin(case, self.today)?;
        let edits = beginning(case, self.today);
        let batch = self.phone(&case.by)?.write(&mut document, &edits, at)?;
        hand_in(self.app, &[batch], at).with_context(|| case.key.clone())
    }

    fn step(&self, case: &Case, step: &Step, at: InstantMs) -> Result<()> {
        let mut document = held(self.app, id_of(case, self.today))?;
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
