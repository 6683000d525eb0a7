//! Copies of the whole database.

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::{Result, Store, StoreError, own_file};

/// Pause before trying again while the file is locked.
const PAUSE: Duration = Duration::from_millis(20);
/// So often it is tried.
const TRIES: u32 = 500;

impl Store {
    /// Copies the database to a new file while others read and write: the copy is one committed
    /// state.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; the file must not exist.
    pub fn backup(&self, to: &Path) -> Result<()> {
        copy_database(&self.path, to)
    }
}

/// Copies the database at `from` to the new file `to` and checks the copy.
///
/// # Errors
///
/// [`StoreError`]; `to` must not exist.
pub fn copy_database(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        let kind = std::io::ErrorKind::AlreadyExists;
        return Err(std::io::Error::new(kind, "the file exists").into());
    }
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    source.busy_timeout(super::BUSY)?;
    own_file(to)?;
    let mut target = Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    copy_at_once(&source, &mut target)?;
    let health: String = target.query_row("PRAGMA quick_check", [], |row| row.get(0))?;
    if health == "ok" { Ok(()) } else { Err(StoreError::Damaged(health)) }
}

/// All pages in one step, under one read transaction: the copy is the state of one moment, and a
/// busy county cannot make it begin again.
fn copy_at_once(source: &Connection, target: &mut Connection) -> Result<()> {
    let backup = Backup::new(source, target)?;
    for _ in 0..TRIES {
        if backup.step(-1)? == StepResult::Done {
            return Ok(());
        }
        std::thread::sleep(PAUSE);
    }
    Err(StoreError::Damaged("the database stays locked".into()))
}
