//! The county's database. SQL stands here and nowhere else.
//!
//! One SQLite file in WAL mode, every commit synced to the disk before anybody is told. One writer;
//! readers see the state of the last commit. `county` is the first column of every key.

mod activation;
mod acts;
mod asked;
mod backup;
mod certificates;
mod complaints;
mod county;
mod crashes;
mod documents;
mod erase;
mod households;
mod inbox;
mod inspect;
mod log;
mod migrations;
mod numbers;
mod places;
mod records;
mod refused;
mod register;
mod scope;
mod troubles;
mod undone;
mod waiting;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, OpenFlags, ToSql, Transaction, TransactionBehavior};

use crate::boundary::{Boundary, Witness};

pub use activation::Activation;
pub use acts::ActName;
pub use asked::{Consulted, LookRow};
pub use backup::copy_database;
pub use certificates::CertificateRow;
pub use complaints::{Complaint, ComplaintAnswer, ComplaintRow};
pub use county::CountyRow;
pub use documents::{CaseRow, ChangeRow, DocumentRow};
pub use erase::Erasure;
pub use households::{HouseholdLine, ImportedRow};
pub use inbox::InboxRow;
pub use inspect::{NumberRow, Received, StoredChange};
pub use log::{LogKind, LogRow};
pub use records::{RecordRow, SaidRow};
pub use refused::{QuarantineRow, Refusal, RefusedChange};
pub use scope::ScopeRow;
pub use troubles::{Lying, ToldTrouble};
pub use undone::Undone;
pub use waiting::{Admission, ParkedRow};

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite says so.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file system says so.
    #[error("file system: {0}")]
    Io(#[from] std::io::Error),
    /// What was read is not what was written.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// There is no county in it yet.
    #[error("the database holds no county")]
    NoCounty,
}

impl From<prost::DecodeError> for StoreError {
    fn from(error: prost::DecodeError) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// What the store answers.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The database file.
pub struct Store {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    witness: Witness,
}

/// Readers kept open between requests.
const MOST_IDLE_READERS: usize = 4;
const BUSY: Duration = Duration::from_secs(10);

/// One transaction, for one county.
pub struct Db<'a> {
    connection: &'a Connection,
    county: &'a str,
    /// Words that households are found by, until the transaction ends.
    words: RefCell<Vec<households::FoundBy>>,
    witness: &'a Witness,
}

impl<'a> Db<'a> {
    const fn new(connection: &'a Connection, county: &'a str, witness: &'a Witness) -> Self {
        Self { connection, county, words: RefCell::new(Vec::new()), witness }
    }

    /// Says that a boundary is passed, within the transaction.
    pub fn passed(&self, boundary: Boundary) {
        self.witness.passed(boundary);
    }
}

impl Store {
    /// Opens the database, makes it where there is none, and takes the migrations it lacks.
    ///
    /// # Errors
    ///
    /// [`StoreError`], also where the disk would not be synced at every commit.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_before(path, Witness::default())
    }

    /// The same before somebody who hears of every boundary that is passed.
    ///
    /// # Errors
    ///
    /// As [`Store::open`].
    pub fn open_before(path: &Path, witness: Witness) -> Result<Self> {
        own_file(path)?;
        let mut writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrations::migrate(&mut writer, || witness.passed(Boundary::Migrated))?;
        let (writer, readers) = (Mutex::new(writer), Mutex::default());
        Ok(Self { path: path.to_owned(), writer, readers, witness })
    }

    /// Says that a boundary is passed.
    pub fn passed(&self, boundary: Boundary) {
        self.witness.passed(boundary);
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether anything can be read: the trivial query of the health page.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn probe(&self) -> Result<()> {
        let reader = self.reader()?;
        reader.query_row("SELECT count(*) FROM county", [], |row| row.get::<_, i64>(0))?;
        self.give_back(reader);
        Ok(())
    }

    /// Whether anything can be written: a row of no meaning, on the disk when this returns. While
    /// somebody else writes, that is the answer.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn probe_write(&self, county: &str, at_ms: i64) -> Result<()> {
        let mut writer = match self.writer.try_lock() {
            Ok(writer) => writer,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        let transaction = begin(&mut writer, TransactionBehavior::Immediate)?;
        Db::new(&transaction, county, &self.witness)
            .set_setting("probed_at", &at_ms.to_string())?;
        Ok(transaction.commit()?)
    }

    /// Whether the tables are those of this version.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn is_migrated(&self) -> Result<bool> {
        let reader = self.reader()?;
        let is_newest = migrations::is_newest(&reader)?;
        self.give_back(reader);
        Ok(is_newest)
    }

    /// The code of the county in the database.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoCounty`] for a new database.
    pub fn county(&self) -> Result<String> {
        let writer = lock(&self.writer);
        let mut statement = writer.prepare("SELECT county FROM county LIMIT 1")?;
        let mut rows = statement.query([])?;
        match rows.next()? {
            Some(row) => Ok(row.get(0)?),
            None => Err(StoreError::NoCounty),
        }
    }

    /// One writing transaction: committed and on the disk when this returns, or not at all.
    ///
    /// # Errors
    ///
    /// The error of `work` or of the database; then nothing was written.
    pub fn write<T, E: From<StoreError>>(
        &self,
        county: &str,
        work: impl FnOnce(&Db<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = lock(&self.writer);
        let transaction = begin(&mut writer, TransactionBehavior::Immediate)?;
        let db = Db::new(&transaction, county, &self.witness);
        let value = work(&db)?;
        db.put_words()?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(value)
    }

    /// One reading transaction: a single state of the database, whatever is written meanwhile.
    ///
    /// # Errors
    ///
    /// The error of `work` or of the database.
    pub fn read<T, E: From<StoreError>>(
        &self,
        county: &str,
        work: impl FnOnce(&Db<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut reader = self.reader()?;
        let transaction = begin(&mut reader, TransactionBehavior::Deferred)?;
        let value = work(&Db::new(&transaction, county, &self.witness));
        drop(transaction);
        self.give_back(reader);
        value
    }

    fn reader(&self) -> Result<Connection> {
        let idle = lock(&self.readers).pop();
        match idle {
            Some(reader) => Ok(reader),
            None => {
                let reader = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
                reader.pragma_update(None, "query_only", true)?;
                Ok(reader)
            }
        }
    }

    fn give_back(&self, reader: Connection) {
        let mut readers = lock(&self.readers);
        if readers.len() < MOST_IDLE_READERS {
            readers.push(reader);
        }
    }
}

fn begin(
    connection: &mut Connection,
    behavior: TransactionBehavior,
) -> Result<Transaction<'_>, StoreError> {
    Ok(connection.transaction_with_behavior(behavior)?)
}

/// A lock that a panic elsewhere does not take away: transactions roll back by themselves.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path, access: OpenFlags) -> Result<Connection> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    // EXTRA flushes the folder when the rollback journal of a new database goes: one that came back
    // after a power failure would roll back everything written since.
    connection.pragma_update(None, "synchronous", "extra")?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(128);
    let journal: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
    if journal != "wal" || synchronous != 2 {
        let detail = format!("journal_mode is {journal}, synchronous is {synchronous}");
        return Err(StoreError::Damaged(detail));
    }
    #[cfg(feature = "planted-reply-before-flush")]
    connection.pragma_update(None, "synchronous", "normal")?;
    Ok(connection)
}

/// Makes the directory and the file readable by the server's own user alone.
fn own_file(path: &Path) -> Result<()> {
    if let Some(directory) = path.parent() {
        own_directory(directory)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    Ok(())
}

/// Makes a directory that the server's own user alone may enter.
///
/// # Errors
///
/// [`StoreError::Io`].
pub fn own_directory(directory: &Path) -> Result<()> {
    if directory.as_os_str().is_empty() || directory.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)?;
    Ok(())
}

/// Whether all `places` of a table lie after `from`, as they were asked for. A damaged index gives others,
/// and whoever walks on from the last place of each part would walk in a circle.
///
/// # Errors
///
/// [`StoreError::Damaged`].
fn lie_after(table: &str, from: u64, mut places: impl Iterator<Item = u64>) -> Result<()> {
    match places.find(|place| *place <= from) {
        Some(place) => Err(StoreError::Damaged(format!("{table}: {place} comes after {from}"))),
        None => Ok(()),
    }
}

/// A place that rows are looked for at or behind: nothing is kept beyond the largest number that a column
/// holds, so nothing is found there either.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number on its way into a column. One that does not fit is refused: another one would stand there
/// afterwards, and two of them would be the same.
struct Kept(u64);

impl ToSql for Kept {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let too_large = || format!("{} is a larger number than is kept", self.0);
        let number = i64::try_from(self.0)
            .map_err(|_| rusqlite::Error::ToSqlConversionFailure(too_large().into()))?;
        Ok(number.into())
    }
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn fixed<const N: usize>(bytes: &[u8], what: &str) -> Result<[u8; N]> {
    bytes.try_into().map_err(|_| StoreError::Damaged(format!("{what} of {} bytes", bytes.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_goes_on_or_says_that_the_index_is_damaged() {
        assert!(lie_after("log", 3, [4, 5, 9].into_iter()).is_ok());
        assert!(lie_after("log", 3, std::iter::empty()).is_ok());
        let circle = lie_after("log", 3, [4, 3].into_iter()).unwrap_err().to_string();
        assert_eq!(circle, "the database is damaged: log: 3 comes after 3");
    }
}
