//! The running server, without its network.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::ids::UserId;

use crate::allowance::{Allowance, HandedIn};
use crate::boundary::{Boundary, Witness};
use crate::clock::Clock;
use crate::county::{self, County, Seeds};
use crate::demo::Profile;
use crate::dice::Dice;
use crate::enrol::{Making, Wrongs};
use crate::erase;
use crate::import::ImportDesk;
use crate::judge::shelf::{Shelf, Window};
use crate::judge::{Care, Halt, Judge};
use crate::pull::LARGEST_PAGE_BYTES;
use crate::register::{Register, RegisterData};
use crate::revocations;
use crate::store::{Db, Store, StoreError, own_directory};
use crate::tombstones;
use crate::watch::Watch;
use crate::worker::{Reading, Workers};

/// How a server is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// The directory of the database.
    pub data: PathBuf,
    /// What time it is.
    pub clock: Clock,
    /// Makes the demo county where there is no database.
    pub demo: bool,
    /// How much of the demo county is made.
    pub profile: Profile,
    /// Where the pages of the browser lie, if they are served.
    pub web: Option<PathBuf>,
    /// So many requests are under way at once; others are told to come later.
    pub most_requests: usize,
    /// So many documents are held in memory.
    pub most_documents: usize,
    /// Documents of one page together are no larger, in bytes.
    pub most_page_bytes: usize,
    /// After so long a request is answered, whatever is not judged by then. Where it is endless, nothing
    /// is judged beside: one request after the other then has always the same outcome.
    pub patience: Duration,
    /// Where foreign bytes are read.
    pub reading: Reading,
    /// How much a device may hand in.
    pub allowance: Allowance,
    /// Where random numbers come from, and what trying an activation code costs.
    pub making: Making,
    /// Who hears of every boundary that is passed: nobody, except in trials.
    pub witness: Witness,
}

impl Options {
    /// An existing county in `data`, as tests open it: foreign bytes are read in this process. Every
    /// command of the program has workers read them instead.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            clock: Clock::system(),
            demo: false,
            profile: Profile::Small,
            web: None,
            most_requests: 64,
            most_documents: 1_000,
            most_page_bytes: LARGEST_PAGE_BYTES,
            patience: Duration::from_secs(5),
            reading: Reading::Here,
            allowance: Allowance::default(),
            making: Making::ordinary(),
            witness: Witness::default(),
        }
    }

    /// The small demo county in `data`, made on the first start.
    #[must_use]
    pub fn demo(data: impl Into<PathBuf>) -> Self {
        Self { demo: true, ..Self::new(data) }
    }

    /// With another clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// With a clock that says it is `date`.
    #[must_use]
    pub fn on(self, date: Date) -> Self {
        self.with_clock(Clock::on(date))
    }
}

/// The database file in a data directory.
#[must_use]
pub fn database(data: &Path) -> PathBuf {
    data.join("county.sqlite")
}

/// The running server. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    county: County,
    clock: Clock,
    web: Option<PathBuf>,
    most_requests: usize,
    most_page_bytes: usize,
    patience: Duration,
    making: Making,
    /// Set while the inbox is judged beside the requests.
    judging: AtomicBool,
    shelf: Mutex<Shelf>,
    window: Window,
    workers: Workers,
    handed_in: Mutex<HandedIn>,
    register: RwLock<(u64, Arc<Register>)>,
    wrongs: Mutex<Wrongs>,
    hashing: Mutex<()>,
    import: ImportDesk,
    watch: Watch,
    _lock: Arc<File>,
}

/// The inbox is being judged; over when this is dropped.
pub(crate) struct Judging(Arc<Inner>);

impl Drop for Judging {
    fn drop(&mut self) {
        self.0.judging.store(false, Ordering::Release);
    }
}

/// A server that is just stopping gets so long.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// Takes the directory for one server. The lock goes with the process.
///
/// # Errors
///
/// Where another server has it.
pub fn lock_directory(data: &Path) -> Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(data.join("lock")).context("cannot make the lock file")?;
    for _ in 0..LOCK_TRIES {
        if file.try_lock().is_ok() {
            return Ok(file);
        }
        std::thread::sleep(LOCK_PAUSE);
    }
    bail!("another server is running on {}", data.display());
}

/// Makes a county in a directory that has none.
///
/// # Errors
///
/// Where there is one already, or the register does not know the county.
pub fn create(options: &Options, code: &str, register: &RegisterData) -> Result<()> {
    own_directory(&options.data)?;
    let _lock = lock_directory(&options.data)?;
    let path = database(&options.data);
    if path.exists() {
        bail!("there is a database in {} already", options.data.display());
    }
    if !register.units.iter().any(|unit| unit.code.as_str() == code) {
        bail!("the register has no unit {code}");
    }
    let now = options.clock.now();
    let store = Store::open_before(&path, options.witness.clone())?;
    store.write(code, |db| {
        county::make(db, code, &Seeds::random(&options.making.dice)?, options.demo, now)?;
        county::put_register(db, register, now)
    })?;
    revocations::begin(&options.data, &[]).context("cannot write the list of revocations")?;
    tombstones::begin(&options.data, &[]).context("cannot write the list of tombstones")
}

/// Opens the server on its directory, and judges what was received before it stopped.
///
/// # Errors
///
/// Where there is no county, another server runs, or the database is damaged.
pub fn open(options: Options) -> Result<App> {
    let path = database(&options.data);
    own_directory(&options.data).context("cannot make the data directory")?;
    let lock = Arc::new(lock_directory(&options.data)?);
    if options.demo && !path.exists() {
        crate::demo::make(&options, &lock)?;
    }
    let store =
        Store::open_before(&path, options.witness.clone()).context("cannot open the database")?;
    let code = store.county().context("make a county with `demo` or `init` first")?;
    let county = store.write(&code, |db| {
        let mut county = County::load(db, &code)?;
        county.reincarnate(db, &options.making.dice)?;
        Ok::<_, StoreError>(county)
    })?;
    // What was destroyed is destroyed before anything else reads it.
    erase::erase_again(&store, &code, &options, false)?;
    store.passed(Boundary::Started);
    keep_revoked(&store, &code, &options)?;
    let app = App::of(store, county, options, lock)?;
    app.make_lines()?;
    app.judge_what_was_left()?;
    Ok(app)
}

/// Brings the database and the list of revoked devices beside it together: a copy that was put in place
/// without a word has forgotten who was revoked since, and the list has not.
fn keep_revoked(store: &Store, code: &str, options: &Options) -> Result<()> {
    let revoked = store.read(code, |db| db.revoked())?;
    revocations::begin(&options.data, &revoked).context("cannot write the list of revocations")?;
    let noted = revocations::noted(&options.data).context("cannot read the list of revocations")?;
    let now = options.clock.now();
    store.write(code, |db| noted.iter().try_for_each(|id| county::revoke(db, id, now)))?;
    Ok(())
}

impl App {
    pub(crate) fn of(
        store: Store,
        county: County,
        options: Options,
        lock: Arc<File>,
    ) -> Result<Self> {
        let workers = Workers::of(&options.reading)?;
        let register = store.read(&county.code, |db| {
            Ok::<_, StoreError>((db.county()?.register_version, county::read_register(db)?))
        })?;
        let shelf = Shelf::new(options.most_documents);
        let inner = Inner {
            store,
            county,
            clock: options.clock,
            web: options.web,
            most_requests: options.most_requests,
            most_page_bytes: options.most_page_bytes,
            patience: options.patience,
            making: options.making,
            judging: AtomicBool::new(false),
            window: shelf.window(),
            shelf: Mutex::new(shelf),
            workers,
            handed_in: Mutex::new(HandedIn::new(options.allowance)),
            register: RwLock::new((register.0, Arc::new(register.1))),
            wrongs: Mutex::default(),
            hashing: Mutex::default(),
            import: ImportDesk::default(),
            watch: Watch::default(),
            _lock: lock,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The county.
    #[must_use]
    pub fn county(&self) -> &County {
        &self.inner.county
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The directory of the database.
    pub(crate) fn data(&self) -> &Path {
        self.inner.store.path().parent().unwrap_or_else(|| Path::new("."))
    }

    pub(crate) fn web(&self) -> Option<&Path> {
        self.inner.web.as_deref()
    }

    pub(crate) fn most_requests(&self) -> usize {
        self.inner.most_requests
    }

    pub(crate) fn most_page_bytes(&self) -> usize {
        self.inner.most_page_bytes
    }

    /// How activation codes are made.
    pub(crate) fn making(&self) -> &Making {
        &self.inner.making
    }

    /// Where random numbers come from.
    pub(crate) fn dice(&self) -> &Dice {
        &self.inner.making.dice
    }

    pub(crate) fn patience(&self) -> Duration {
        self.inner.patience
    }

    /// The right to judge the inbox; none while somebody has it.
    pub(crate) fn begin_judging(&self) -> Option<Judging> {
        let is_free = !self.inner.judging.swap(true, Ordering::AcqRel);
        is_free.then(|| Judging(Arc::clone(&self.inner)))
    }

    pub(crate) fn shelf(&self) -> MutexGuard<'_, Shelf> {
        unpoisoned(self.inner.shelf.lock())
    }

    /// A shelf for work that writes nothing and waits for nobody.
    pub(crate) fn shelf_beside(&self) -> Shelf {
        self.inner.window.shelf()
    }

    pub(crate) fn workers(&self) -> &Workers {
        &self.inner.workers
    }

    pub(crate) fn handed_in(&self) -> MutexGuard<'_, HandedIn> {
        unpoisoned(self.inner.handed_in.lock())
    }

    pub(crate) fn wrongs(&self) -> MutexGuard<'_, Wrongs> {
        unpoisoned(self.inner.wrongs.lock())
    }

    pub(crate) fn hashing(&self) -> MutexGuard<'_, ()> {
        unpoisoned(self.inner.hashing.lock())
    }

    pub(crate) fn watch(&self) -> &Watch {
        &self.inner.watch
    }

    pub(crate) fn import(&self) -> &ImportDesk {
        &self.inner.import
    }

    /// One reading transaction.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.inner.store.read(&self.inner.county.code, work)
    }

    /// One writing transaction.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.inner.store.write(&self.inner.county.code, work)
    }

    /// The register as it stands, also when another process changed it.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn register(&self) -> Result<Arc<Register>, StoreError> {
        let version = self.read(|db| db.county())?.register_version;
        {
            let held = unpoisoned(self.inner.register.read());
            if held.0 == version {
                return Ok(Arc::clone(&held.1));
            }
        }
        let fresh = self.read(|db| {
            Ok::<_, StoreError>((db.county()?.register_version, county::read_register(db)?))
        })?;
        let fresh = (fresh.0, Arc::new(fresh.1));
        let register = Arc::clone(&fresh.1);
        *unpoisoned(self.inner.register.write()) = fresh;
        self.retry_reviews(&register)?;
        Ok(register)
    }

    /// Batches whose author the register did not know may be judged now.
    fn retry_reviews(&self, register: &Register) -> Result<(), StoreError> {
        let waiting = self.read(|db| db.in_review(None))?;
        let documents: BTreeSet<[u8; 16]> = waiting.iter().map(|row| row.document).collect();
        if documents.is_empty() {
            return Ok(());
        }
        let now = self.inner.clock.now();
        self.judging(register, now, |_, judge| {
            documents.iter().try_for_each(|document| {
                judge.retry_reviews(document)?;
                judge.follow_up(document)
            })
        })
    }

    /// Makes the lines of all households anew where a later version of the tables asks for it.
    fn make_lines(&self) -> Result<(), StoreError> {
        if !self.read(|db| db.owes_lines())? {
            return Ok(());
        }
        let register = self.register()?;
        tracing::info!("the lines of households are made anew");
        self.judging(&register, self.inner.clock.now(), |db, judge| {
            for line in db.all_households()? {
                judge.make_line(&line.document)?;
            }
            Ok(db.lines_are_made()?)
        })
    }

    /// Judges in one transaction: each document tested once, and where one does not stand that,
    /// again from the beginning with a test after each batch.
    pub(crate) fn judging<T>(
        &self,
        register: &Register,
        now: InstantMs,
        work: impl Fn(&Db<'_>, &mut Judge<'_>) -> Result<T, Halt>,
    ) -> Result<T, StoreError> {
        self.judging_as(&self.inner.county, register, now, work)
    }

    /// As [`App::judging`], where the server writes as the actor of `county`.
    pub(crate) fn judging_as<T>(
        &self,
        county: &County,
        register: &Register,
        now: InstantMs,
        work: impl Fn(&Db<'_>, &mut Judge<'_>) -> Result<T, Halt>,
    ) -> Result<T, StoreError> {
        let mut shelf = self.shelf();
        // A panic may have left what was never committed.
        shelf.discard();
        for care in [Care::Ordinary, Care::Batchwise] {
            let done = self.inner.store.write(&self.inner.county.code, |db| {
                let fresh = changed_since(db, register)?;
                let register = fresh.as_ref().unwrap_or(register);
                let workers = self.workers();
                let mut judge = Judge::new(db, register, county, workers, &mut shelf, now, care)?;
                let value = work(db, &mut judge)?;
                db.passed(Boundary::JudgeReady);
                Ok(value)
            });
            match done {
                Ok(value) => {
                    self.inner.store.passed(Boundary::Judged);
                    shelf.settle();
                    return Ok(value);
                }
                Err(Halt::Store(error)) => {
                    shelf.discard();
                    return Err(error);
                }
                Err(Halt::Unsound) => shelf.discard(),
            }
        }
        Err(StoreError::Damaged("a document does not survive being saved and loaded".into()))
    }

    /// Puts units, people and teams into the register.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_register(&self, data: &RegisterData) -> Result<(), StoreError> {
        let now = self.inner.clock.now();
        self.write(|db| county::put_register(db, data, now))
    }

    /// Makes an activation code for a person of the register.
    ///
    /// # Errors
    ///
    /// Where the register does not know them.
    pub fn create_code(&self, user: &UserId) -> Result<String> {
        let now = self.inner.clock.now();
        let _one_at_a_time = self.hashing();
        let (store, county) = (&self.inner.store, &self.inner.county.code);
        crate::enrol::create_code(store, county, user, self.making(), now)
    }
}

/// The register as this transaction sees it, where it is another one than `register`: what is written
/// now must be indexed under the units of now.
fn changed_since(db: &Db<'_>, register: &Register) -> Result<Option<Register>, StoreError> {
    let is_same = db.county()?.register_version == register.version();
    if is_same { Ok(None) } else { county::read_register(db).map(Some) }
}

/// A lock that a panic elsewhere does not take away.
fn unpoisoned<T>(locked: Result<T, PoisonError<T>>) -> T {
    locked.unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who is to blame for a document that does not stand the last test is found batch by batch.
    #[test]
    fn what_fails_as_a_whole_is_judged_again_one_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options::new(folder.path());
        let register = crate::demo::register(options.clock.today()).unwrap();
        create(&options, "610621", &register).unwrap();
        let app = open(options).unwrap();
        let register = app.register().unwrap();
        let now = app.clock().now();
        let tried = std::cell::RefCell::new(Vec::new());
        let done = app.judging(&register, now, |_, judge| {
            tried.borrow_mut().push(judge.care());
            match judge.care() {
                Care::Ordinary => Err(Halt::Unsound),
                Care::Batchwise => Ok("found"),
            }
        });
        assert_eq!(done.unwrap(), "found");
        assert_eq!(*tried.borrow(), [Care::Ordinary, Care::Batchwise]);
        let never = app.judging(&register, now, |_, _| Err::<(), _>(Halt::Unsound));
        assert!(matches!(never, Err(StoreError::Damaged(_))));
    }
}
