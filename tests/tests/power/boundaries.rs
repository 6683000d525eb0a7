//! The process ends at every boundary of the two tables, with the power and without: whatever was promised
//! is there afterwards, once, and whatever was under way goes on.
//!
//! One moment of each boundary as a rule; `YIDANG_BOUNDARIES=20` takes as many of each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use yidang_documents::project;
use yidang_domain::calendar::yanchang_2026;
use yidang_domain::civil::date_after;
use yidang_domain::entry::Entry;
use yidang_domain::org::{Assignment, Role};
use yidang_sync_server::judge::shelf;
use yidang_sync_server::register::RegisterData;
use yidang_sync_server::store::StoreError;
use yidang_sync_server::{App, Clock, Dice as ServerDice, Options, Witness, county, open};

use crate::check;
use crate::dice::Dice;
use crate::story::{Act, PLANTED, Story, Typed};
use crate::town::{self, COUNTY, Mark, Phone, Shared, Way, at};
use yidang_tests::disk::{Disk, Event, What};
use yidang_tests::image::{Image, Tape};

/// Moments of each boundary, where nobody says how many.
const MOMENTS: usize = 1;

fn moments() -> usize {
    std::env::var("YIDANG_BOUNDARIES").ok().and_then(|text| text.parse().ok()).unwrap_or(MOMENTS)
}

/// Whose boundary it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Wang,
    Li,
    Server,
}

/// An afternoon that passes every boundary but that of an upgrade.
struct Afternoon {
    folder: TempDir,
    disk: Disk,
    server: Option<App>,
    server_marks: Shared<Mark>,
    wang: Phone,
    li: Option<Phone>,
    way: Way,
    other_way: Way,
    /// What 王样一 wrote.
    acts: Vec<Act>,
    /// What 李例二 wrote.
    other_acts: Vec<Act>,
    /// The code that 王样一 enrolled with.
    code: String,
    /// Events until that code was made.
    coded: usize,
    /// Events until 王样一 was enrolled.
    enrolled: usize,
    /// Events until both were.
    begins: usize,
    /// Events until 李例二 had accepted what she may not accept.
    overstepped: usize,
    number: u32,
}

fn start(folder: &Path, disk: &Disk, marks: &Shared<Mark>) -> Result<App> {
    let (disk, marks) = (disk.clone(), Arc::clone(marks));
    let witness = Witness::new(move |boundary| {
        town::note(&marks, &disk, format!("{boundary:?}"));
    });
    open(Options { witness, ..Options::new(folder) })
}

impl Afternoon {
    fn begin() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let disk = Disk::under(folder.path())?;
        town::found(&at(&folder, "server"))?;
        let server_marks = Shared::default();
        let server = start(&at(&folder, "server"), &disk, &server_marks)?;
        let way = Way::new(Some(server.clone()), Some(disk.clone()));
        let other_way = Way::new(Some(server.clone()), Some(disk.clone()));
        let code = server.create_code(&"u-wang".into())?;
        let coded = disk.now();
        let wang = Phone::start(&at(&folder, "wang"), &way)?;
        wang.ask("enrol", &enrolment(&code))?;
        let enrolled = disk.now();
        let li = Phone::enrolled(&at(&folder, "li"), &other_way, &server, "u-li")?;
        let begins = disk.now();
        Ok(Self {
            folder,
            disk,
            server: Some(server),
            server_marks,
            wang,
            li: Some(li),
            way,
            other_way,
            acts: Vec::new(),
            other_acts: Vec::new(),
            code,
            coded,
            enrolled,
            begins,
            overstepped: 0,
            number: 0,
        })
    }

    fn li(&self) -> Result<&Phone> {
        self.li.as_ref().context("李例二 has no device in hand")
    }

    fn words(&mut self, what: &str) -> String {
        self.number += 1;
        format!("{PLANTED}{what}第{}句", self.number)
    }

    fn write(&mut self, typed: Typed, work: impl FnOnce(&Phone) -> Result<Value>) -> Result<()> {
        let from = self.disk.now();
        work(&self.wang)?;
        self.acts.push(Act { from, to: self.disk.now(), typed });
        Ok(())
    }

    fn opens(&mut self) -> Result<String> {
        let matter = self.words("起的事");
        let from = self.disk.now();
        let case = self.wang.open_case(&matter)?;
        self.acts.push(Act { from, to: self.disk.now(), typed: Typed::Opened(matter) });
        Ok(case)
    }

    fn visits(&mut self, case: &str) -> Result<()> {
        let words = self.words("走访");
        let typed = Typed::Words(case.to_owned(), words.clone());
        self.write(typed, |wang| wang.visit(case, &words))
    }

    fn li_visits(&mut self, case: &str) -> Result<()> {
        let words = self.words("镇上");
        let from = self.disk.now();
        self.li()?.visit(case, &words)?;
        let typed = Typed::Words(case.to_owned(), words);
        self.other_acts.push(Act { from, to: self.disk.now(), typed });
        Ok(())
    }

    /// 王样一 and 李例二 write into one file, and the server ends and starts in between.
    fn work_together(&mut self) -> Result<String> {
        let case = self.opens()?;
        self.visits(&case)?;
        let (form, content) = (format!("note/{case}"), self.words("没写完"));
        self.write(Typed::Draft(form.clone(), content.clone()), |wang| {
            wang.draft(&form, &content)
        })?;
        self.wang.sync()?;
        self.li()?.sync()?;
        self.li()?.entry(&case, &json!({ "kind": "accepted" }))?;
        self.li_visits(&case)?;
        self.li()?.sync()?;
        self.restart_server()?;
        self.visits(&case)?;
        self.wang.sync()?;
        Ok(case)
    }

    fn restart_server(&mut self) -> Result<()> {
        self.way.lead_to(None);
        self.other_way.lead_to(None);
        self.server = None;
        let server = start(&at(&self.folder, "server"), &self.disk, &self.server_marks)?;
        self.way.lead_to(Some(server.clone()));
        self.other_way.lead_to(Some(server.clone()));
        self.server = Some(server);
        Ok(())
    }

    /// 李例二 judges no more, does not know it yet, and accepts a file; what she writes behind it stays.
    fn oversteps(&mut self) -> Result<()> {
        let case = self.opens()?;
        self.wang.sync()?;
        self.li()?.sync()?;
        let server = self.other_way.parted();
        mediates_from_today(self.server.as_ref().context("no server")?)?;
        self.li()?.entry(&case, &json!({ "kind": "accepted" }))?;
        self.overstepped = self.disk.now();
        self.li_visits(&case)?;
        self.other_way.lead_to(server);
        self.li()?.sync()?;
        self.li()?.sync()?;
        let rejected = self.li()?.ask("rejected", &json!({ "document": null }))?;
        ensure!(rejected.as_array().is_some_and(|all| all.len() == 1), "{rejected}");
        // The list of the county is another one: rows are made anew.
        self.wang.sync()?;
        Ok(())
    }

    /// One file is damaged on the desktop of 李例二, below the cipher.
    fn is_damaged(&mut self, case: &str) -> Result<()> {
        self.li = None;
        let secrets = self.other_way.secrets_at(usize::MAX).context("no secrets")?;
        check::damage_file(&at(&self.folder, "li"), &secrets, case)?;
        self.li = Some(Phone::start(&at(&self.folder, "li"), &self.other_way)?);
        self.visits(case)?;
        self.wang.sync()?;
        self.li()?.sync()?;
        self.li()?.case(case).context("it was fetched anew")?;
        Ok(())
    }

    /// The server believes that it went back in time.
    fn heals(&mut self, case: &str) -> Result<()> {
        let server = self.server.as_ref().context("no server")?;
        let now = server.clock().now();
        server.store().write::<_, StoreError>(COUNTY, |db| {
            county::begin_epoch(db, "a trial", &ServerDice::system(), now)
        })?;
        self.visits(case)?;
        self.wang.sync()?;
        self.li()?.sync()?;
        Ok(())
    }

    fn told() -> Result<Self> {
        let mut afternoon = Self::begin()?;
        let case = afternoon.work_together()?;
        afternoon.oversteps()?;
        afternoon.is_damaged(&case)?;
        afternoon.heals(&case)?;
        Ok(afternoon)
    }

    /// Every boundary with the moments at which it was passed and can be looked at.
    fn passed(&self) -> BTreeMap<(Side, String), Vec<usize>> {
        let mut passed: BTreeMap<(Side, String), Vec<usize>> = BTreeMap::new();
        let sides = [
            (Side::Wang, self.way.marks()),
            (Side::Li, self.other_way.marks()),
            (Side::Server, town::marks(&self.server_marks)),
        ];
        for (side, marks) in sides {
            for mark in marks {
                let is_enrolment =
                    side != Side::Li && (self.coded..=self.enrolled).contains(&mark.at);
                if is_enrolment || mark.at >= self.begins {
                    passed.entry((side, mark.name)).or_default().push(mark.at);
                }
            }
        }
        passed
    }

    fn story(self) -> (Story, Seen) {
        let story = Story {
            events: self.disk.events(),
            begins: self.begins,
            acts: self.acts,
            way: self.way,
            other_way: self.other_way,
        };
        let seen = Seen {
            code: self.code,
            enrolled: self.enrolled,
            overstepped: self.overstepped,
            other_acts: self.other_acts,
        };
        (story, seen)
    }
}

/// What else has to be known of the afternoon.
struct Seen {
    code: String,
    enrolled: usize,
    overstepped: usize,
    other_acts: Vec<Act>,
}

fn enrolment(code: &str) -> Value {
    json!({ "server": "", "code": code, "device_name": "手机" })
}

/// From today on 李例二 mediates in her township and judges no more.
fn mediates_from_today(server: &App) -> Result<()> {
    let register = server.register()?;
    let li = "u-li".into();
    let judged = register.assignments_of(&li).next().context("no post")?.clone();
    let yesterday = date_after(Clock::system().today(), -1);
    let mediates = Assignment { role: Role::Mediator, from: yesterday, ..judged.clone() };
    let ended = Assignment { to: Some(yesterday), ..judged };
    let data = RegisterData {
        assignments: vec![ended, mediates],
        calendar: yanchang_2026(),
        ..RegisterData::default()
    };
    Ok(server.put_register(&data)?)
}

/// Puts what the disk holds into a folder.
fn restored(image: &Image) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for part in ["wang", "li", "server"] {
        image.restore(part, &folder.path().join(part))?;
    }
    Ok(folder)
}

/// What must be true where everything ended at `moment`.
fn look(story: &Story, seen: &Seen, side: Side, image: &Image, moment: usize) -> Result<()> {
    let folder = restored(image)?;
    let (wang, server) = (at(&folder, "wang"), at(&folder, "server"));
    let mut told = story.way.held();
    told.extend(story.other_way.held());
    let app = check::server(&server, &told, moment)?;
    if moment <= seen.enrolled {
        return enrols(story, seen, &wang, &app, moment);
    }
    if side == Side::Li {
        return li_goes_on(story, seen, &at(&folder, "li"), &app, moment);
    }
    let secrets = story.way.secrets_at(moment).context("no secrets")?;
    drop(check::device(&wang, &secrets, story, moment)?);
    check::meeting(&wang, &secrets, &app, story, moment)
}

/// The same code serves the same device, however far its enrolment had come.
fn enrols(story: &Story, seen: &Seen, wang: &Path, app: &App, moment: usize) -> Result<()> {
    let way = match story.way.secrets_at(moment) {
        Some(secrets) => Way::with_secrets(Some(app.clone()), secrets),
        None => Way::new(Some(app.clone()), None),
    };
    let phone = Phone::start(wang, &way)?;
    if phone.sync().is_err() {
        phone.ask("enrol", &enrolment(&seen.code)).context("the code serves once more")?;
    }
    let state = settled(&phone)?;
    ensure!(state["outbox"] == json!([]), "{state}");
    let devices =
        app.store().read::<_, StoreError>(COUNTY, |db| db.certificates(Some("u-wang")))?;
    ensure!(devices.len() == 1, "{} certificates for one code", devices.len());
    Ok(())
}

/// Exchanges until nothing waits.
pub fn settled(phone: &Phone) -> Result<Value> {
    for _ in 0..6 {
        let state = phone.sync()?;
        if state["state"] == "done" && state["waiting"] == 0 {
            return Ok(state);
        }
    }
    bail!("something waits: {}", phone.sync()?)
}

/// The desktop of 李例二 goes on: what she may not do stands before her once, what she wrote is in the
/// county once, and she reads what the county has.
fn li_goes_on(story: &Story, seen: &Seen, li: &Path, app: &App, moment: usize) -> Result<()> {
    let secrets = story.other_way.secrets_at(moment).context("no secrets")?;
    let way = Way::with_secrets(Some(app.clone()), secrets);
    let phone = Phone::start(li, &way)?;
    settled(&phone)?;
    // A damaged file is found by whoever opens it, if by nothing that came for it.
    if check::views(&phone).is_err() {
        settled(&phone)?;
    }
    let rejected = phone.ask("rejected", &json!({ "document": null }))?;
    let rejected = rejected.as_array().context("no list")?;
    let is_over = moment >= seen.overstepped;
    ensure!(rejected.len() <= 1 && (!is_over || rejected.len() == 1), "{rejected:?}");
    let county = texts(app)?;
    let all: Vec<&String> = county.values().flatten().collect();
    for act in seen.other_acts.iter().filter(|act| act.to <= moment) {
        let Typed::Words(_, words) = &act.typed else { continue };
        let times = all.iter().filter(|text| **text == words).count();
        ensure!(times == 1, "{words} is in the county {times} times");
    }
    for view in check::views(&phone)? {
        let case = view["row"]["id"].as_str().context("no identifier")?;
        let here = check::words_of(&view);
        let once: BTreeSet<&String> = here.iter().collect();
        ensure!(once.len() == here.len(), "something is there twice in {case}");
        let there: BTreeSet<&String> =
            county.get(case).into_iter().flatten().filter(|text| text.contains('句')).collect();
        ensure!(once == there, "{case}: {once:?} here, {there:?} in the county");
    }
    Ok(())
}

/// What was written about visits to each file, as the county has it.
pub fn texts(app: &App) -> Result<BTreeMap<String, Vec<String>>> {
    Ok(app.store().read::<_, StoreError>(COUNTY, |db| {
        let mut texts = BTreeMap::new();
        for row in db.documents()? {
            let projection = project(&shelf::load(db, &row)?);
            let common = projection.common();
            let entries = common.entries.iter().filter_map(|row| row.entry());
            let visits = entries.filter(|entry| matches!(entry, Entry::Visit { .. }));
            texts.insert(common.id.to_string(), visits.map(Entry::gist).collect());
        }
        Ok(texts)
    })?)
}

#[test]
fn whatever_ends_at_a_boundary_goes_on_from_there() -> Result<()> {
    let mut dice = Dice::new();
    let afternoon = Afternoon::told()?;
    let passed = afternoon.passed();
    let (story, seen) = afternoon.story();
    is_whole(&passed)?;
    let mut looks: Vec<(usize, Side, String)> = Vec::new();
    for ((side, name), all) in &passed {
        let last = all.iter().rev().take(moments());
        looks.extend(last.map(|moment| (*moment, *side, name.clone())));
    }
    looks.sort();
    let mut tape = Tape::of(&story.events);
    for (moment, side, name) in &looks {
        tape.forward(*moment);
        for (how, image) in
            [("process", tape.killed()), ("power", tape.cut(&mut |most| dice.below(most)))]
        {
            look(&story, &seen, *side, &image, *moment)
                .with_context(|| format!("the {how} ended at {name} of {side:?}"))?;
        }
    }
    println!("{} moments of {} boundaries, process and power each", looks.len(), passed.len());
    Ok(())
}

/// Every boundary of the tables is one of the story, except those of an upgrade and of a destruction.
fn is_whole(passed: &BTreeMap<(Side, String), Vec<usize>>) -> Result<()> {
    let is_passed = |server: bool, name: &str| {
        passed.keys().any(|(side, known)| (*side == Side::Server) == server && known == name)
    };
    for boundary in yidang_replica::Boundary::ALL {
        let name = format!("{boundary:?}");
        let is_upgrade = boundary == yidang_replica::Boundary::Migrated;
        ensure!(is_upgrade || is_passed(false, &name), "no device passes {name}");
    }
    for boundary in yidang_sync_server::Boundary::ALL {
        // `erasing.rs` tells those: they stand between the database and files beside it.
        if yidang_sync_server::Boundary::ERASING.contains(&boundary) {
            continue;
        }
        let name = format!("{boundary:?}");
        let is_upgrade = boundary == yidang_sync_server::Boundary::Migrated;
        ensure!(is_upgrade || is_passed(true, &name), "the server does not pass {name}");
    }
    Ok(())
}

/// The file that 王样一 opened with the first version.
pub const OLD_CASE: &str = "01a21325-6261-73c8-be71-935b59612a05";
/// Where the server of that version listened.
const OLD_ADDRESS: &str = "http://127.0.0.1:18743";

/// A folder with what the first version left behind, as if all of it were on a watched disk.
pub fn old_files(folder: &TempDir) -> Result<(Vec<Event>, Vec<u8>)> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/v1");
    let packed = std::fs::read(golden.join("county.sqlite.zst"))?;
    let files = [
        ("server/county.sqlite", zstd::stream::decode_all(packed.as_slice())?),
        ("wang/desk-u-wang.db", std::fs::read(golden.join("desk-u-wang.db"))?),
    ];
    let mut events = Vec::new();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().context("no folder")?)?;
        std::fs::write(path, &bytes)?;
        for what in [What::Written(0, bytes), What::Flushed] {
            events.push(Event { file: name.into(), what });
        }
    }
    let secrets = std::fs::read_to_string(golden.join("installation.json"))?;
    Ok((events, secrets.replace(OLD_ADDRESS, "http://town").into_bytes()))
}

#[test]
fn an_upgrade_that_ends_between_two_steps_goes_on_from_there() -> Result<()> {
    let mut dice = Dice::new();
    let folder = tempfile::tempdir()?;
    let (mut events, secrets) = old_files(&folder)?;
    let before = events.len();
    let disk = Disk::under(folder.path())?;
    let server_marks = Shared::default();
    drop(start(&at(&folder, "server"), &disk, &server_marks)?);
    let way = Way::new(None, Some(disk.clone())).keeping(secrets.clone());
    drop(Phone::start(&at(&folder, "wang"), &way)?);
    events.extend(disk.events());
    let moments_of = |marks: Vec<Mark>| -> Vec<usize> {
        let steps = marks.into_iter().filter(|mark| mark.name == "Migrated");
        steps.map(|mark| mark.at + before).collect()
    };
    let (server, device) = (moments_of(town::marks(&server_marks)), moments_of(way.marks()));
    ensure!(server.len() > 3 && device.len() > 3, "{} and {}", server.len(), device.len());
    let mut tape = Tape::of(&events);
    for moment in server.iter().chain(&device) {
        tape.forward(*moment);
        for (how, image) in
            [("process", tape.killed()), ("power", tape.cut(&mut |most| dice.below(most)))]
        {
            let folder = restored(&image)?;
            let ended = || format!("the {how} ended at event {moment}");
            drop(check::server(&at(&folder, "server"), &[], *moment).with_context(ended)?);
            let way = Way::with_secrets(None, secrets.clone());
            let phone = Phone::start(&at(&folder, "wang"), &way).with_context(ended)?;
            let view = phone.case(OLD_CASE).with_context(ended)?;
            ensure!(check::words_of(&view).len() == 2, "{}: {view}", ended());
        }
    }
    println!("{} steps of the server and {} of a device", server.len(), device.len());
    Ok(())
}
