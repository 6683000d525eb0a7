//! One household, whole.

use yidang_api::case_file::{ClashValue, ClashView, Delivery, EntryView, FactView, Heads};
use yidang_api::household::{ConsultHousehold, HouseholdRow, HouseholdView, MemberView};
use yidang_api::{Fault, FaultCode};
use yidang_documents::project::{Clash, EntryRow, ItemRow, MarkedValue};
use yidang_documents::{EntryBody, HouseholdProjection, Projection, RegisterPath, Scalar, project};
use yidang_domain::civil::Date;
use yidang_domain::entry::Entry;
use yidang_domain::facts::Field;
use yidang_domain::household::HOUSEHOLD_FACTS;
use yidang_domain::ids::OrgCode;
use yidang_domain::labels::label_of;

use super::authors::Authors;
use super::{is_within, outside, purpose, units};
use crate::hall::Counter;
use crate::judge::shelf;
use crate::register::Register;

/// Shows a household to whoever works for its unit, and writes down that they looked. Nothing can be
/// done with it from here, so no acts come with it; files that name it are not looked for.
pub fn household(
    counter: &Counter<'_>,
    question: &ConsultHousehold,
) -> Result<HouseholdView, Fault> {
    let purpose = purpose(&question.purpose)?;
    let register = counter.register()?;
    let units = units(counter, &register)?;
    let id = question.id.as_bytes();
    let unknown = || Fault::new(FaultCode::NotFound, "no such household");
    let found = counter.app.read(|db| {
        let Some(row) = db.document(id)? else { return Ok(None) };
        let document = shelf::load(db, &row)?;
        Ok(Some((document, Authors::of(counter.app, db, id, &counter.caller.user)?)))
    })?;
    let (document, authors) = found.ok_or_else(unknown)?;
    let Projection::Household(household) = project(&document) else { return Err(unknown()) };
    if !is_within(&register, &household.grid(), &units) {
        return Err(outside());
    }
    counter.consulted("consult_household", purpose, Some(id))?;
    Ok(Source { register: &register, authors: &authors, household: &household }.view(counter.today))
}

/// What a view is made of.
struct Source<'a> {
    register: &'a Register,
    authors: &'a Authors,
    household: &'a HouseholdProjection,
}

impl Source<'_> {
    fn view(&self, today: Date) -> HouseholdView {
        let household = self.household;
        HouseholdView {
            row: self.row(today),
            heads: Heads(household.common.heads.clone()),
            facts: HOUSEHOLD_FACTS.iter().map(|field| self.fact(field)).collect(),
            members: self.members(),
            entries: self.entries(),
            clashes: household.common.clashes.iter().map(|clash| self.clash(clash)).collect(),
            files: Vec::new(),
            acts: Vec::new(),
            merged_into: household.merged_into(),
            ties: Vec::new(),
            needs_update: household.common.has_unknown,
        }
    }

    fn row(&self, today: Date) -> HouseholdRow {
        let household = self.household;
        let grid = household.grid();
        let tree = self.register.tree();
        let seen_on = household.seen_on();
        let month = |date: Date| (date.year(), date.month());
        HouseholdRow {
            id: household.common.id,
            head: household.fact("head"),
            door_plate: household.fact("door_plate"),
            address: household.fact("address"),
            village: tree.village_name(&grid),
            grid_name: tree.name(&grid).to_owned(),
            grid,
            people: u32::try_from(household.living().count()).unwrap_or(u32::MAX),
            needs: household.fact("needs"),
            to_see: seen_on.is_none_or(|seen| month(seen) != month(today)),
            seen_on,
            open_files: 0,
            clashes: u32::try_from(household.common.clashes.len()).unwrap_or(u32::MAX),
            waiting: 0,
        }
    }

    fn fact(&self, field: &Field) -> FactView {
        let marked: Option<&MarkedValue> = self.household.facts.get(field.name);
        let value = marked.map(|marked| marked.value.as_text()).unwrap_or_default();
        let path = format!("facts.{}", field.name);
        FactView {
            field: field.name.to_owned(),
            label: field.label.to_owned(),
            shown: self.shown(&path, &value),
            value,
            written: marked.map(|marked| self.authors.provenance(&marked.mark)),
            clashes: self.household.common.clashes.iter().any(|clash| clash.field == path),
        }
    }

    /// A value as a person reads it: grids by their place.
    fn shown(&self, path: &str, value: &str) -> String {
        match value {
            "" => String::new(),
            "true" => "是".into(),
            "false" => "否".into(),
            code if path == "facts.grid" => self.register.place(&OrgCode(code.to_owned())),
            other => other.to_owned(),
        }
    }

    /// Members, those who left last.
    fn members(&self) -> Vec<MemberView> {
        let mut members: Vec<MemberView> =
            self.household.members.iter().map(|member| self.member(member)).collect();
        members.sort_by_key(|member| member.gone);
        members
    }

    fn member(&self, member: &ItemRow) -> MemberView {
        let prefix = format!("members.{}.", member.key);
        let clashes = self.household.common.clashes.iter();
        MemberView {
            key: member.key.clone(),
            name: member.text("name"),
            relation: member.text("relation"),
            birth_year: match member.fields.get("birth_year").map(|marked| &marked.value) {
                Some(Scalar::Number(year)) => Some(*year),
                _ => None,
            },
            phone: member.text("phone"),
            clashes: clashes
                .filter_map(|clash| clash.field.strip_prefix(&prefix))
                .map(str::to_owned)
                .collect(),
            gone: !self.household.living().any(|living| living.key == member.key),
        }
    }

    /// Entries, newest business date first.
    fn entries(&self) -> Vec<EntryView> {
        let rows = self.household.common.entries.iter().rev();
        let mut entries: Vec<EntryView> = rows.map(|row| self.entry(row)).collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.on));
        entries
    }

    fn entry(&self, row: &EntryRow) -> EntryView {
        let (label, text) = match &row.body {
            EntryBody::Known(entry) => (entry.kind().label().to_owned(), entry.gist()),
            EntryBody::Unknown { .. } => ("新内容".into(), "这一条需要更新应用才能看".into()),
        };
        EntryView {
            key: row.key.clone(),
            kind: row.entry().map(Entry::kind),
            label,
            text,
            entry: row.entry().cloned(),
            on: row.header.as_ref().map_or_else(|| row.mark.at.date(), |header| header.on),
            written: self.authors.provenance(&row.mark),
            delivery: Delivery::Accepted,
            void: None,
            not_chosen: not_chosen(row),
            again: row.again,
        }
    }

    fn clash(&self, clash: &Clash) -> ClashView {
        let value = |marked: &MarkedValue| {
            let value = marked.value.as_text();
            ClashValue {
                shown: self.shown(&clash.field, &value),
                value,
                written: self.authors.provenance(&marked.mark),
            }
        };
        let before = clash.before.as_ref().map(Scalar::as_text).unwrap_or_default();
        ClashView {
            field: clash.field.clone(),
            about: self.about(&clash.field),
            before: self.shown(&clash.field, &before),
            values: clash.values.iter().map(value).collect(),
            may_decide: false,
        }
    }

    /// What a path is about: 李例二 · 联系电话.
    fn about(&self, path: &str) -> String {
        let label = label_of(path);
        let key = RegisterPath::parse(path).and_then(|path| path.item);
        let member = self.household.members.iter().find(|member| key.as_ref() == Some(&member.key));
        match member.map(|member| member.text("name")) {
            Some(name) if !name.is_empty() => format!("{name} · {label}"),
            _ => label.to_owned(),
        }
    }
}

/// Of a decision between values those that were not chosen.
fn not_chosen(row: &EntryRow) -> Vec<String> {
    match row.entry() {
        Some(Entry::ConflictResolved { values, chosen, .. }) => {
            values.iter().filter(|value| *value != chosen).cloned().collect()
        }
        _ => Vec::new(),
    }
}
