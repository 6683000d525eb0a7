//! The county as it stands: its server, its devices, the day, and what is known of everybody's posts.

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use yidang_domain::civil::{Date, InstantMs, date_after};
use yidang_domain::ids::DocumentId;
use yidang_domain::org::Role;
use yidang_sync_server::enrol::Making;
use yidang_sync_server::erase::Order;
use yidang_sync_server::kinds::is_computed;
use yidang_sync_server::store::{DocumentRow, StoreError};
use yidang_sync_server::{App, Clock, Dice as ServerDice, Options, app, open, restore};
use yidang_tests::disk::Disk;
use yidang_tests::image::Tape;

use crate::devices::{Net, Phone};
use crate::dice::Dice;
use crate::faults::{Fault, Faults};
use crate::handed::Parcel;
use crate::places::{self, ADMINISTRATOR, COUNTY, PEOPLE, Person, SECOND_ADMINISTRATOR, SINCE};

/// The day before the first one.
const BEFORE: Date = Date::constant(2026, 11, 1);
/// Work begins at eight.
const MORNING_MINUTES: i64 = 8 * 60;
/// How large pages are at most, in bytes: small ones are cut in the middle of everything.
const PAGES: [usize; 3] = [1_500, 12_000, 1 << 20];
/// Where the server stands.
const OFFICE: &str = "office";
/// Trying an activation code costs next to nothing here.
const CODE_MEMORY_KIB: u32 = 8;

/// Who works where, as the register was told.
#[derive(Debug, Clone)]
pub struct Post {
    /// Who.
    pub user: &'static str,
    /// Where.
    pub org: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Option<Date>,
}

/// The disk of the server, and the files that lay on it before.
struct Watched {
    disk: Disk,
    before: Vec<(String, Vec<u8>)>,
}

/// A document that was destroyed by order.
pub struct Destroyed {
    /// Which it was.
    pub id: String,
    /// On which day.
    pub day: u32,
    /// What goes on from it, if anything.
    pub goes_on: Option<GoesOn>,
}

/// A document that the county recorded again.
pub struct GoesOn {
    /// Which it is.
    pub id: String,
    /// The word that had to vanish.
    pub cut: String,
    /// Words that stood in the destroyed document and must stand in this one.
    pub kept: Vec<String>,
}

/// The county.
pub struct World {
    /// Everybody's devices, the administrator's last but for those that came later.
    pub phones: Vec<Phone>,
    /// Everybody's posts.
    pub posts: Vec<Post>,
    /// The day, counted from the first.
    pub day: u32,
    /// Everything that happened, line by line.
    pub told: Vec<String>,
    /// A copy of the server was put in place without a word: numbers may have been given twice.
    pub is_untold: bool,
    /// A copy of the server was put in place, with or without a word.
    pub was_put_back: bool,
    /// Documents that were destroyed by order.
    pub erased: Vec<Destroyed>,
    /// Files for colleagues that were not opened yet.
    pub parcels: Vec<Parcel>,
    /// The epoch in which the county began.
    pub began_in: Vec<u8>,
    /// Sees what reaches the disk of the server, with its files before.
    disk: Option<Watched>,
    net: Rc<Net>,
    clock: Clock,
    options: Options,
    faults: Faults,
    dice: Dice,
    administrator: usize,
    folder: TempDir,
}

/// A folder in memory where there is one: nothing here is to survive.
fn workshop() -> Result<TempDir> {
    let memory = Path::new("/dev/shm");
    let made = tempfile::Builder::new().prefix("yidang-sim-").tempdir_in(memory);
    Ok(made.or_else(|_| tempfile::tempdir())?)
}

impl World {
    /// The county on its first morning: everybody is enrolled and nothing was written.
    pub fn new(seed: u64, dice: &Dice, people: usize, faults: &Faults) -> Result<Self> {
        let folder = workshop()?;
        let clock = Clock::fixed(InstantMs::at_start_of(date_after(BEFORE, 1)));
        clock.advance_minutes(MORNING_MINUTES);
        let mut own = dice.apart("world", 0);
        let options = Options {
            most_page_bytes: PAGES[own.place(PAGES.len())],
            patience: Duration::MAX,
            making: Making { dice: ServerDice::foreseen(seed), memory_kib: CODE_MEMORY_KIB },
            ..Options::new(folder.path().join(OFFICE).join("server")).with_clock(clock.clone())
        };
        fs::create_dir_all(folder.path().join(OFFICE))?;
        app::create(&options, COUNTY, &places::register())?;
        let post = |person: &Person| Post {
            user: person.user,
            org: person.org.to_owned(),
            from: SINCE,
            to: None,
        };
        let mut posts: Vec<Post> = Vec::new();
        for person in &PEOPLE {
            if !posts.iter().any(|known| known.user == person.user) {
                posts.push(post(person));
            }
        }
        let mut world = Self {
            phones: Vec::new(),
            posts,
            day: 0,
            told: Vec::new(),
            is_untold: false,
            was_put_back: false,
            erased: Vec::new(),
            parcels: Vec::new(),
            began_in: Vec::new(),
            disk: None,
            net: Rc::new(Net::new()?),
            clock,
            options,
            faults: faults.clone(),
            dice: own,
            administrator: people,
            folder,
        };
        world.start()?;
        world.began_in = world.epoch()?;
        for nth in 0..people {
            let code = world.app()?.create_code(&PEOPLE[nth % PEOPLE.len()].user.into())?;
            world.add_phone(PEOPLE[nth % PEOPLE.len()], &code)?;
        }
        let code = world.app()?.create_code(&ADMINISTRATOR.user.into())?;
        world.add_phone(ADMINISTRATOR, &code)?;
        Ok(world)
    }

    fn start(&self) -> Result<()> {
        self.net.lead_to(Some(open(self.options.clone())?));
        Ok(())
    }

    fn stop(&self) {
        self.net.lead_to(None);
    }

    /// The server.
    pub fn app(&self) -> Result<App> {
        self.net.server().context("the server is down")
    }

    /// Writes a line into the story.
    pub fn tell(&mut self, line: impl AsRef<str>) {
        self.told.push(format!("day {}: {}", self.day + 1, line.as_ref()));
    }

    /// Today, as it is.
    pub fn today(&self) -> Date {
        self.clock.today()
    }

    /// Some minutes pass.
    pub fn pass_minutes(&self, minutes: i64) {
        self.clock.advance_minutes(minutes);
    }

    /// The morning of a day, counted from the first. Days never end before their last step.
    pub fn begin_day(&mut self, day: u32) {
        self.day = day;
        let morning = InstantMs::at_start_of(date_after(BEFORE, i64::from(day) + 1))
            .plus_minutes(MORNING_MINUTES);
        let left = morning.0.saturating_sub(self.clock.now().0);
        self.clock.advance_minutes(left.max(0) / 60_000);
    }

    /// How often each fault befell somebody.
    pub fn befell(&self) -> std::collections::BTreeMap<Fault, u32> {
        self.net.befell()
    }

    /// Counts a fault.
    pub fn count(&self, fault: Fault) {
        self.net.count(fault);
    }

    /// Faults of this run.
    pub const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Devices whose people write: all but the administrator's and those that were lost.
    pub fn writers(&self) -> Vec<usize> {
        let writes = |nth: &usize| *nth != self.administrator && !self.phones[*nth].is_revoked;
        (0..self.phones.len()).filter(writes).collect()
    }

    /// Devices that were lost. Somebody has them.
    pub fn lost(&self) -> Vec<usize> {
        (0..self.phones.len()).filter(|nth| self.phones[*nth].is_revoked).collect()
    }

    /// Units that a person works in on a day.
    pub fn orgs_of(&self, user: &str, day: Date) -> Vec<&str> {
        let holds = |post: &&Post| {
            post.user == user && post.from <= day && post.to.is_none_or(|to| day <= to)
        };
        self.posts.iter().filter(holds).map(|post| post.org.as_str()).collect()
    }

    fn add_phone(&mut self, person: Person, code: &str) -> Result<()> {
        let nth = self.phones.len();
        let dice = self.dice.apart("phone", nth as u64);
        let name = format!("设备{}", nth + 1);
        let (net, faults) = (&self.net, &self.faults);
        let mut phone =
            Phone::new(self.folder.path(), (person, name), (net, faults), &self.clock, &dice)?;
        phone.enrol(code)?;
        self.phones.push(phone);
        Ok(())
    }

    /// The administrator asks the server for something.
    fn administrator(&mut self, name: &str, question: &Value) -> Result<Value> {
        self.phones[self.administrator].told(name, question)
    }

    /// Somebody gets one more device.
    pub fn new_device(&mut self, of: usize) -> Result<()> {
        let person = self.phones[of].person;
        let code = self.administrator("make_code", &json!({ "user": person.user }))?;
        let code = code["code"].as_str().context("no code")?.to_owned();
        self.add_phone(person, &code)?;
        self.tell(format!("{} gets one more device", person.name));
        Ok(())
    }

    /// A device was lost, and the administrator revokes it.
    pub fn revoke(&mut self, nth: usize) -> Result<()> {
        let name = self.phones[nth].name.clone();
        let question = json!({ "text": "", "org": null, "offset": 0, "limit": 100 });
        let view = self.administrator("users", &question)?;
        let rows = view["rows"].as_array().cloned().unwrap_or_default();
        let devices = rows.iter().flat_map(|row| row["devices"].as_array().into_iter().flatten());
        let mut found = devices.filter(|device| device["name"] == *name);
        let certificate = found.next().context("no such device")?["certificate"].clone();
        self.administrator("revoke_device", &json!({ "certificate": certificate }))?;
        self.phones[nth].is_revoked = true;
        let called = self.phones[nth].called();
        self.tell(format!("{called} is lost and revoked"));
        Ok(())
    }

    fn put_post(&mut self, post: &Post, role: Role) -> Result<()> {
        let question = json!({ "user": post.user, "org": post.org, "role": role,
            "from": post.from, "to": post.to });
        self.administrator("put_assignment", &question)?;
        Ok(())
    }

    /// Somebody's present post ends with yesterday; whoever moves begins in `to` today.
    pub fn move_post(&mut self, nth: usize, to: Option<&str>) -> Result<()> {
        let (person, today) = (self.phones[nth].person, self.today());
        let held = self.posts.iter_mut().filter(|post| post.user == person.user);
        let mut open = held.filter(|post| post.to.is_none());
        let Some(post) = open.next() else { return Ok(()) };
        post.to = Some(date_after(today, -1));
        let ended = post.clone();
        self.put_post(&ended, person.role)?;
        if let Some(org) = to {
            let org = org.to_owned();
            let begun = Post { user: person.user, org, from: today, to: None };
            self.put_post(&begun, person.role)?;
            self.posts.push(begun);
        }
        // What the county says comes back to a server that forgot it from whoever heard it: here at least
        // the administrator did.
        self.phones[self.administrator].exchange()?;
        self.tell(format!(
            "{} leaves {} for {}",
            person.name,
            ended.org,
            to.unwrap_or("elsewhere")
        ));
        Ok(())
    }

    /// Where a copy of the server lies.
    fn copy_of_server(&self) -> PathBuf {
        self.folder.path().join("copy.sqlite")
    }

    /// Copies the server while it runs.
    pub fn copy_server(&mut self) -> Result<()> {
        self.app()?.store().backup(&self.copy_of_server())?;
        self.tell("a copy of the server is made");
        Ok(())
    }

    /// The server stops and starts.
    pub fn restart_server(&mut self) -> Result<()> {
        self.stop();
        self.start()?;
        self.count(Fault::Restarted);
        self.tell("the server restarts");
        Ok(())
    }

    /// The epoch in which the county is.
    pub fn epoch(&self) -> Result<Vec<u8>> {
        let county = self.app()?.store().read::<_, StoreError>(COUNTY, |db| db.county())?;
        Ok(county.epoch.to_vec())
    }

    /// Dice of this day for one purpose.
    pub fn dice_of(&self, purpose: &str) -> Dice {
        self.dice.apart(purpose, self.day.into())
    }

    /// A file or household that is to be destroyed, if there is one (visit days are not).
    pub fn doomed(&self) -> Result<Option<DocumentId>> {
        let app = self.app()?;
        let rows = app.store().read::<_, StoreError>(COUNTY, |db| db.documents())?;
        let may_be = |row: &&DocumentRow| !is_computed(DocumentId::from_bytes(row.id));
        let rows: Vec<&DocumentRow> = rows.iter().filter(may_be).collect();
        let place = self.dice.apart("erase", self.day.into()).place(rows.len());
        Ok(rows.get(place).map(|row| DocumentId::from_bytes(row.id)))
    }

    /// Whether the county waits for what devices give back to it.
    pub fn heals(&self) -> Result<bool> {
        Ok(self.app()?.store().read::<_, StoreError>(COUNTY, |db| Ok(db.county()?.healing))?)
    }

    /// Destroys a document, as two administrators and the command do it; but for this word, where there is one,
    /// all of it goes on, with these words among it.
    pub fn erase(
        &mut self,
        document: DocumentId,
        cut: Option<String>,
        kept: Vec<String>,
    ) -> Result<()> {
        let erased = self.app()?.erase(&Order {
            document,
            without: cut.iter().cloned().collect(),
            basis: "延政法〔2026〕7号".to_owned(),
            by: ADMINISTRATOR.user.into(),
            second: SECOND_ADMINISTRATOR.user.into(),
        })?;
        let (id, day) = (document.to_string(), self.day);
        let goes_on = erased.successor.zip(cut).map(|(successor, cut)| GoesOn {
            id: successor.to_string(),
            cut,
            kept,
        });
        if let Some(next) = &goes_on {
            self.tell(format!("{document} goes on as {} without {}", next.id, next.cut));
        }
        self.erased.push(Destroyed { id, day, goes_on });
        // A server that forgets it hears of it again from whoever was told: here at least the administrator.
        self.phones[self.administrator].exchange()?;
        self.tell(format!("{document} is destroyed by order"));
        Ok(())
    }

    /// What every file of the server's database holds, and of what may stand beside it before a checkpoint.
    pub fn bytes_of_server(&self) -> Result<Vec<u8>> {
        let path = app::database(&self.options.data);
        let mut bytes = fs::read(&path)?;
        let beside = PathBuf::from(format!("{}-wal", path.display()));
        if beside.exists() {
            bytes.extend(fs::read(beside)?);
        }
        Ok(bytes)
    }

    /// From now on every write of the server is seen.
    pub fn watch_power(&mut self) -> Result<()> {
        self.stop();
        let office = self.folder.path().join(OFFICE);
        let mut before = Vec::new();
        for entry in fs::read_dir(&self.options.data)? {
            let path = entry?.path();
            let name = path.strip_prefix(&office)?.to_string_lossy().into_owned();
            before.push((name, fs::read(&path)?));
        }
        self.disk = Some(Watched { disk: Disk::under(&office)?, before });
        self.start()
    }

    /// The power of the server fails, and it starts again with what reached its disk.
    pub fn lose_power(&mut self, dice: &mut Dice) -> Result<()> {
        let Some(Watched { disk, before }) = self.disk.take() else { return Ok(()) };
        let moment = disk.now();
        self.stop();
        disk.unwatch();
        let events = disk.events();
        let mut tape = Tape::of(&events);
        for (name, bytes) in before {
            tape = tape.onto(&name, bytes);
        }
        tape.forward(moment);
        let image = tape.cut(&mut |most| dice.place(most));
        let office = self.folder.path().join(OFFICE);
        let part = self.options.data.strip_prefix(&office)?.to_string_lossy().into_owned();
        let database = app::database(&self.options.data);
        let of_sqlite = [String::new(), "-wal".into(), "-shm".into(), "-journal".into()];
        for suffix in of_sqlite {
            let path = PathBuf::from(format!("{}{suffix}", database.display()));
            if path.exists() {
                fs::remove_file(path)?;
            }
        }
        image.restore(&part, &self.options.data)?;
        self.start()?;
        self.tell("the power of the server fails, and it starts again");
        Ok(())
    }

    /// Puts the copy of the server in place, as the administrator's command does it.
    pub fn server_back(&mut self) -> Result<()> {
        self.stop();
        restore::restore(&self.options, &self.copy_of_server())?;
        self.start()?;
        self.was_put_back = true;
        self.tell("the server is restored from its copy");
        Ok(())
    }

    /// Puts the copy of the server in place and tells nobody.
    pub fn server_back_untold(&mut self) -> Result<()> {
        self.stop();
        let path = app::database(&self.options.data);
        for suffix in ["-wal", "-shm"] {
            let beside = PathBuf::from(format!("{}{suffix}", path.display()));
            if beside.exists() {
                fs::remove_file(beside)?;
            }
        }
        fs::copy(self.copy_of_server(), &path)?;
        self.start()?;
        (self.is_untold, self.was_put_back) = (true, true);
        self.tell("the server is put back to its copy, and nobody says so");
        Ok(())
    }

    /// Everybody is there, nothing goes wrong, and people exchange until nothing moves any more.
    pub fn quiet(&mut self) -> Result<()> {
        const MOST_ROUNDS: u32 = 16;
        let mut before = None;
        for _ in 0..MOST_ROUNDS {
            let mut moving = 0;
            for nth in self.lost() {
                self.phones[nth].try_to_exchange()?;
            }
            for nth in (0..self.phones.len())
                .filter(|nth| !self.phones[*nth].is_revoked)
                .collect::<Vec<_>>()
            {
                self.phones[nth].set_clock(0);
                self.pass_minutes(1);
                let state = self.phones[nth].exchange()?;
                ensure!(
                    state["state"] == "done",
                    "the exchange of {} does not end: {} {}",
                    self.phones[nth].called(),
                    state["state"],
                    state["log"][0]["text"]
                );
                moving += state["last_received"].as_u64().unwrap_or(0);
                moving += state["to_prove"].as_u64().unwrap_or(0);
                moving += state["waiting"].as_u64().unwrap_or(0);
            }
            self.pass_minutes(61);
            let app = self.app()?;
            let head = app.store().read::<_, StoreError>(COUNTY, |db| Ok(db.county()?.seq))?;
            if moving == 0 && before == Some(head) {
                return Ok(());
            }
            before = Some(head);
        }
        bail!("after {MOST_ROUNDS} rounds of exchanges something still moves")
    }
}
