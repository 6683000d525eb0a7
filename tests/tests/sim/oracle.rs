//! Knows everything that was said to be saved, and looks for it when everything has come to rest.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use yidang_documents::guard::scan;
use yidang_documents::{Projection, project};
use yidang_domain::case_state::Stage;
use yidang_domain::entry::{DocumentKind, Entry, EntryKind};
use yidang_domain::ids::DocumentId;
use yidang_sync_server::judge::shelf;
use yidang_sync_server::store::{CaseRow, StoreError};
use yidang_sync_server::{App, check};

use crate::places::{COUNTY, is_for};
use crate::world::{Destroyed, GoesOn, World};

/// Something of which a device said 已存本机.
#[derive(Debug, Clone)]
pub struct Promise {
    /// Stands in what was typed, and nowhere else.
    pub token: String,
    /// The document.
    pub document: String,
    /// What it was.
    pub what: What,
    /// Which device said so.
    pub phone: usize,
    /// On which day.
    pub day: u32,
    /// The question.
    pub name: String,
    /// The device was put back to an earlier day before anybody else had it: nobody can have it now.
    pub is_wiped: bool,
    /// Whoever wrote it had a device that was lost and revoked: the county must not take it, not even from
    /// a server that forgot all this for a while.
    pub is_stolen: bool,
}

impl Promise {
    /// Its word, and over what it was written.
    fn told(&self) -> String {
        match &self.what {
            What::Words => self.token.clone(),
            What::Fact { saw, .. } => format!("{} over {saw}", self.token),
        }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Words that stay where they are for good.
    Words,
    /// A value that others may put theirs over.
    Fact {
        /// The register.
        field: &'static str,
        /// The value that showed when the form was opened.
        saw: String,
    },
}

/// Everything that was promised.
#[derive(Debug, Default)]
pub struct Ledger {
    /// In the order in which it was promised.
    pub promises: Vec<Promise>,
    /// Visit days that were looked at, with village and nominal day.
    pub visit_days: BTreeMap<String, (String, String)>,
    tokens: u32,
}

impl Ledger {
    /// Whether a family moved in this story.
    fn moves(&self, household: &str) -> bool {
        let mut moves = self.promises.iter().filter(|promise| promise.name == "move_household");
        moves.any(|promise| promise.document == household)
    }

    /// A word that nobody used before.
    pub fn token(&mut self) -> String {
        self.tokens += 1;
        format!("「{}」", self.tokens)
    }
}

/// A document as the server holds it.
struct Kept {
    kind: DocumentKind,
    /// The unit it lies in.
    place: String,
    projection: Projection,
    rows: String,
    changes: Vec<Vec<u8>>,
    line: Option<CaseRow>,
}

impl Kept {
    /// Changes in which something stands.
    fn times(&self, token: &str) -> usize {
        self.changes.iter().filter(|bytes| holds(bytes, token)).count()
    }

    fn heads(&self) -> Value {
        json!(self.projection.common().heads)
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.projection.common().entries.iter().filter_map(|row| row.entry())
    }
}

type County = BTreeMap<String, Kept>;

fn county(app: &App) -> Result<County> {
    let read = app.store().read::<_, StoreError>(COUNTY, |db| {
        let mut read = Vec::new();
        for row in db.documents()? {
            let document = shelf::load(db, &row)?;
            let changes = db.changes(&row.id)?.into_iter().map(|(_, bytes)| bytes).collect();
            read.push((row.id, project(&document), changes, db.case(&row.id)?));
        }
        Ok(read)
    })?;
    let mut county = County::new();
    for (id, projection, changes, line) in read {
        let (kind, place) = match &projection {
            Projection::CaseFile(case) => (DocumentKind::CaseFile, case.grid()),
            Projection::Household(home) => (DocumentKind::Household, home.grid()),
            Projection::VisitDay(day) => (DocumentKind::VisitDay, day.common.home.clone()),
        };
        let rows = serde_json::to_string(&projection)?;
        let place = place.to_string();
        let kept = Kept { kind, place, projection, rows, changes, line };
        county.insert(DocumentId::from_bytes(id).to_string(), kept);
    }
    Ok(county)
}

/// The words that people wrote into entries of a document and that show there at the server.
pub fn words_at_server(world: &World, ledger: &Ledger, document: &str) -> Result<Vec<String>> {
    let county = county(&world.app()?)?;
    let Some(kept) = county.get(document) else { return Ok(Vec::new()) };
    let is_there = |promise: &&Promise| {
        let is_words = matches!(promise.what, What::Words);
        is_words && promise.document == document && kept.rows.contains(&promise.token)
    };
    Ok(ledger.promises.iter().filter(is_there).map(|promise| promise.token.clone()).collect())
}

/// Whether the log holds its chain and everything can be made anew from it.
fn sound(app: &App) -> Result<()> {
    let (findings, healing) = app.store().read::<_, StoreError>(COUNTY, |db| {
        Ok((check::check(db, COUNTY)?, db.county()?.healing))
    })?;
    // Numbers that were given twice are looked for below, where it is known whether they may be.
    let broken: Vec<&String> =
        findings.broken.iter().filter(|found| !found.ends_with(check::PAPER)).collect();
    ensure!(broken.is_empty(), "the server is broken: {broken:?}");
    ensure!(!healing, "everybody was there, and the server still waits for somebody");
    Ok(())
}

/// Every accepted file has one number, and no number is given twice.
fn numbers(county: &County, is_untold: bool) -> Result<()> {
    let mut given: BTreeMap<&str, &str> = BTreeMap::new();
    for (id, kept) in county {
        let Projection::CaseFile(case) = &kept.projection else { continue };
        let of_file: BTreeSet<&str> = kept
            .entries()
            .filter_map(|entry| match entry {
                Entry::NumberIssued { number } => Some(number.as_str()),
                _ => None,
            })
            .collect();
        let is_in_force = matches!(case.stage, Stage::Accepted | Stage::CloseAsked | Stage::Closed);
        let is_due = is_in_force && case.entries_of(EntryKind::Accepted).next().is_some();
        ensure!(!is_due || !of_file.is_empty(), "{id} was accepted and has no number");
        // Nobody vouches for the numbers of a copy that was put in place without a word, until the
        // first device that saw more comes by (docs/trials.md).
        ensure!(is_untold || of_file.len() < 2, "{id} has several numbers: {of_file:?}");
        for number in of_file {
            if let Some(other) = given.insert(number, id) {
                ensure!(is_untold, "{id} and {other} have one number: {number}");
            }
        }
    }
    Ok(())
}

/// What came of a whole run, once nothing moves any more.
pub fn check_all(world: &mut World, ledger: &Ledger) -> Result<()> {
    let app = world.app()?;
    sound(&app)?;
    // Whoever began one met a server that had forgotten what it said: only one that was put back may.
    let is_forgetful = world.epoch()? != world.began_in;
    ensure!(!is_forgetful || world.was_put_back, "the server forgot what it had said");
    let county = county(&app)?;
    numbers(&county, world.is_untold)?;
    let mut shown = Shown::default();
    for nth in 0..world.phones.len() {
        if !world.phones[nth].is_revoked {
            device(world, nth, &county, ledger, &mut shown)?;
        }
    }
    destroyed(world, ledger, &county)?;
    for promise in &ledger.promises {
        kept_promise(world, promise, ledger, &county)
            .with_context(|| format!("{} on day {}", promise.name, promise.day + 1))?;
    }
    Ok(())
}

/// What was destroyed is nowhere any more: in no list, and in no byte of any database but for words that the
/// county never had and that stay with their author.
fn destroyed(world: &mut World, ledger: &Ledger, county: &County) -> Result<()> {
    let of = |id: &str| {
        let id = id.to_owned();
        ledger.promises.iter().filter(move |promise| promise.document == id)
    };
    for nth in 0..world.erased.len() {
        let Destroyed { id, goes_on, .. } = &world.erased[nth];
        ensure!(!county.contains_key(id), "{id} was destroyed and is at the server");
        let id = id.clone();
        // It may have been destroyed in its turn.
        let stands = |next: &&GoesOn| world.erased.iter().all(|other| other.id != next.id);
        let goes_on = goes_on.as_ref();
        if let Some(next) = goes_on.filter(stands) {
            let kept = county.get(&next.id).with_context(|| format!("{id} does not go on"))?;
            for token in &next.kept {
                ensure!(kept.rows.contains(token), "{token} of {id} is not in {}", next.id);
            }
        }
        let cut = goes_on.map(|next| next.cut.clone());
        let is_gone = |token: &str| cut.as_ref().is_none_or(|cut| cut == token);
        let bytes = world.bytes_of_server()?;
        for promise in of(&id).filter(|promise| is_gone(&promise.token)) {
            ensure!(!holds(&bytes, &promise.token), "the server holds {} of {id}", promise.token);
        }
        for nth in 0..world.phones.len() {
            let phone = &mut world.phones[nth];
            if phone.is_revoked {
                continue;
            }
            let (kept, bytes) = (phone.words_kept()?, phone.bytes()?);
            for promise in of(&id).filter(|promise| is_gone(&promise.token)) {
                let is_own = kept.iter().any(|words| words.contains(&promise.token));
                let is_here = !is_own && holds(&bytes, &promise.token);
                ensure!(!is_here, "{} holds {} of {id}, destroyed", phone.called(), promise.token);
            }
        }
    }
    Ok(())
}

fn holds(bytes: &[u8], token: &str) -> bool {
    bytes.windows(token.len()).any(|part| part == token.as_bytes())
}

/// What a document looks like on the first device that showed it, and which one that was.
type Shown = BTreeMap<String, (String, Value)>;

/// One device: it lists what its person is to see and nothing else, shows it as everybody else does,
/// and nothing of it waits. What was not taken has left its documents, and what stood behind it is taken
/// (docs/state-machines/delivery.md).
fn device(
    world: &mut World,
    nth: usize,
    county: &County,
    ledger: &Ledger,
    shown: &mut Shown,
) -> Result<()> {
    let called = world.phones[nth].called();
    let orgs: Vec<String> = world
        .orgs_of(world.phones[nth].person.user, world.today())
        .into_iter()
        .map(str::to_owned)
        .collect();
    delivered(world, nth)?;
    for kind in DocumentKind::ALL {
        let due: BTreeSet<String> = county
            .iter()
            .filter(|(_, kept)| kept.kind == kind)
            .filter(|(_, kept)| orgs.iter().any(|org| is_for(org, kind, &kept.place)))
            .map(|(id, _)| id.clone())
            .collect();
        let phone = &mut world.phones[nth];
        let listed: BTreeSet<String> = match kind {
            DocumentKind::CaseFile => phone.cases()?.into_iter().collect(),
            DocumentKind::Household => phone.households()?.into_iter().collect(),
            // Nothing lists them; one that is not here shows no heads and fails below.
            DocumentKind::VisitDay => due.clone(),
        };
        let missing: Vec<&String> = due.difference(&listed).collect();
        ensure!(missing.is_empty(), "{called} lacks {missing:?}");
        let foreign: Vec<&String> = listed.difference(&due).collect();
        ensure!(foreign.is_empty(), "{called} shows {foreign:?}, which is not for {orgs:?}");
        for id in &due {
            let kept = &county[id];
            let view = view(world, nth, kind, id, ledger)?;
            ensure!(
                view["heads"] == kept.heads(),
                "{id} stands at {} on {called} and at {} on the server",
                view["heads"],
                kept.heads()
            );
            if let Some(line) = &kept.line {
                same_line(&view, line).with_context(|| format!("{id} on {called}"))?;
            }
            let looks = looks(kind, &view);
            let (first, before) =
                shown.entry(id.clone()).or_insert_with(|| (called.clone(), looks.clone()));
            ensure!(*before == looks, "{id} on {called}: {looks}\non {first}: {before}");
        }
    }
    Ok(())
}

/// Nothing waits, and what was not taken stands under 需要你处理 with its words.
fn delivered(world: &mut World, nth: usize) -> Result<()> {
    let phone = &mut world.phones[nth];
    let called = phone.called();
    if let Some((document, delivery, words)) = phone.outbox()?.first() {
        bail!("{words} in {document} waits on {called} for ever, as far as {delivery}");
    }
    let state = phone.told("sync_state", &json!({}))?;
    for words in phone.rejected()? {
        let mut needs = state["needs"].as_array().into_iter().flatten();
        let is_told = needs.any(|need| need["kind"] == "refused" && need["words"] == *words);
        ensure!(is_told, "{words} was not taken, and {called} does not say so");
    }
    Ok(())
}

fn view(
    world: &mut World,
    nth: usize,
    kind: DocumentKind,
    id: &str,
    ledger: &Ledger,
) -> Result<Value> {
    let phone = &mut world.phones[nth];
    match kind {
        DocumentKind::CaseFile => phone.told("case_file", &json!({ "id": id })),
        DocumentKind::Household => phone.told("household", &json!({ "id": id })),
        DocumentKind::VisitDay => {
            let (village, nominal) = ledger.visit_days.get(id).context("an unknown visit day")?;
            phone.told("visit_day", &json!({ "village": village, "nominal": nominal }))
        }
    }
}

/// The server's line of a file says what its devices show.
fn same_line(view: &Value, line: &CaseRow) -> Result<()> {
    let row = &view["row"];
    let is_same = row["stage"] == *line.stage
        && row["matter"] == *line.matter
        && row["number"] == *line.number
        && row["grid"] == *line.org;
    ensure!(is_same, "shown as {row}, in the server's lists as {line:?}");
    Ok(())
}

/// What everybody sees alike: without what is this person's own, and without names of places, which are
/// longer where two are called alike.
fn looks(kind: DocumentKind, view: &Value) -> Value {
    let list = |name: &str, fields: &[&str]| -> Vec<Value> {
        let items = view[name].as_array().into_iter().flatten();
        items.map(|item| fields.iter().map(|field| item[*field].clone()).collect()).collect()
    };
    let entries: Vec<Value> = view["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| {
            let written = &entry["written"];
            json!([
                entry["key"],
                entry["kind"],
                entry["on"],
                entry["void"],
                entry["entry"],
                written["name"],
                written["device"],
                written["at"]
            ])
        })
        .collect();
    let clashes: Vec<Value> = view["clashes"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|clash| {
            let values = clash["values"].as_array().into_iter().flatten();
            let values: Vec<&Value> = values.map(|value| &value["value"]).collect();
            json!([clash["field"], clash["before"], values])
        })
        .collect();
    match kind {
        DocumentKind::CaseFile => json!([
            view["row"]["stage"],
            view["row"]["number"],
            list("facts", &["field", "value", "clashes"]),
            list("parties", &["key", "name", "side", "phone", "withdrawn"]),
            entries,
            clashes,
            view["returned"]["reason"]
        ]),
        DocumentKind::Household => json!([
            list("facts", &["field", "value", "clashes"]),
            list("members", &["key", "name", "relation", "gone"]),
            entries,
            clashes
        ]),
        DocumentKind::VisitDay => json!([
            view["on"],
            view["cancelled"],
            list("walk_ins", &["key", "matter", "answer", "by"]),
            entries
        ]),
    }
}

/// One promise: what was saved was taken and stands there, or stands under 需要你处理.
fn kept_promise(
    world: &mut World,
    promise: &Promise,
    ledger: &Ledger,
    county: &County,
) -> Result<()> {
    let Promise { token, document, .. } = promise;
    let called = world.phones[promise.phone].called();
    let kept = county.get(document);
    let times = kept.map_or(0, |kept| kept.times(token));
    if promise.is_stolen {
        ensure!(times == 0, "{token} in {document} was written on {called} after it was lost");
        return Ok(());
    }
    let erased = world.erased.iter().find(|erased| erased.id == *document);
    if erased.is_some_and(|erased| promise.day < erased.day || world.was_put_back) {
        // The county may have had it, and destroyed it; what goes on was looked at.
        return Ok(());
    }
    let Some(kept) = kept.filter(|_| times > 0) else {
        return not_taken(world, promise, ledger)
            .with_context(|| format!("{token} in {document} was said to be saved on {called}"));
    };
    match &promise.what {
        What::Words => {
            ensure!(times == 1, "{token} in {document} of {called} was taken {times} times");
            let is_shown = kept.rows.contains(token);
            ensure!(is_shown, "{token} of {called} was taken and shows nowhere in {document}");
        }
        What::Fact { field, .. } => {
            let is_accounted = is_accounted(promise, field, kept, ledger, county);
            ensure!(
                is_accounted || was_undone(world, promise, kept)?,
                "{token} of {called} was covered in {document}, and nobody saw it\n{}",
                history(kept, ledger)
            );
        }
    }
    Ok(())
}

/// The changes of a document: who made each after how many, on what, and which words are in it.
fn history(kept: &Kept, ledger: &Ledger) -> String {
    let short = |bytes: &[u8]| bytes.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    let line = |bytes: &Vec<u8>| {
        let Ok(outline) = scan(bytes) else { return "unreadable".to_owned() };
        let (hash, actor): (String, String) = (short(&outline.hash), short(&outline.actor));
        let deps: Vec<String> = outline.deps.iter().map(|dep| short(dep)).collect();
        let words = ledger.promises.iter().filter(|promise| holds(bytes, &promise.token));
        let words: String = words.map(Promise::told).collect();
        format!("{hash} by {actor} {} on {} {words}", outline.seq, deps.join(" "))
    };
    kept.changes.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A value stands there, alone or on a card, or somebody who saw it put another one over it, or it is
/// listed where the clash was settled.
fn is_accounted(
    promise: &Promise,
    field: &str,
    kept: &Kept,
    ledger: &Ledger,
    county: &County,
) -> bool {
    let (facts, common) = match &kept.projection {
        Projection::CaseFile(case) => (&case.facts, &case.common),
        Projection::Household(home) => (&home.facts, &home.common),
        Projection::VisitDay(_) => return false,
    };
    let name = field.trim_start_matches("facts.");
    let holds = |text: &str| text.contains(&promise.token);
    let stands = facts.get(name).is_some_and(|marked| holds(&marked.value.as_text()));
    let on_a_card = common
        .clashes
        .iter()
        .flat_map(|clash| &clash.values)
        .any(|marked| holds(&marked.value.as_text()));
    let is_settled = kept.entries().any(|entry| match entry {
        Entry::ConflictResolved { values, chosen, .. } => {
            holds(chosen) || values.iter().any(|value| holds(value))
        }
        _ => false,
    });
    let own = ledger.promises.iter().position(|other| other.token == promise.token);
    let is_followed = ledger.promises.iter().enumerate().any(|(nth, other)| {
        let is_over = match &other.what {
            What::Fact { field: of, saw } => {
                *of == field && other.document == promise.document && {
                    // What somebody writes over their own words on their own device is no clash.
                    let is_own = other.phone == promise.phone && Some(nth) > own;
                    holds(saw) || is_own
                }
            }
            What::Words => false,
        };
        is_over && county.get(&other.document).is_some_and(|kept| kept.times(&other.token) > 0)
    });
    stands || on_a_card || is_settled || is_followed
}

/// A value came after its file was closed with another one: it was undone, and stands before its author,
/// unless their device is out or was put back.
fn was_undone(world: &mut World, promise: &Promise, kept: &Kept) -> Result<bool> {
    let ends =
        |entry: &Entry| matches!(entry, Entry::Closed { .. } | Entry::Joined { stands: false, .. });
    if !kept.entries().any(ends) {
        return Ok(false);
    }
    let phone = &mut world.phones[promise.phone];
    if phone.is_revoked || promise.is_wiped {
        return Ok(true);
    }
    Ok(phone.rejected()?.iter().any(|words| words.contains(&promise.token)))
}

/// What the server never took: lost with the device, still on the lost device, or told to its author.
fn not_taken(world: &mut World, promise: &Promise, ledger: &Ledger) -> Result<()> {
    if promise.is_wiped {
        return Ok(());
    }
    let was_put_back = world.was_put_back;
    let phone = &mut world.phones[promise.phone];
    // What the server had of it was forgotten, and nobody else had fetched it: every device that did was
    // compared with the server before.
    if phone.is_revoked && was_put_back {
        return Ok(());
    }
    // The same of a family that moved away, or of the families of a grid that somebody left: their former
    // worker kept nothing of them.
    let is_of_home = promise.name.contains("household") || promise.name.contains("member");
    let is_away = is_of_home && !phone.households()?.contains(&promise.document);
    if was_put_back && (is_away || ledger.moves(&promise.document)) {
        return Ok(());
    }
    let is_kept = phone.words_kept()?.iter().any(|words| words.contains(&promise.token));
    ensure!(is_kept, "it is nowhere, and nobody was told");
    // That nothing waits there, and that it is told, is looked at device by device.
    Ok(())
}
