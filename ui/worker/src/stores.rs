//! The encrypted databases of a browser.

use std::fmt::Write;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use yidang_api::{Fault, FaultCode};
use yidang_replica::Stores;

use crate::pool;

/// Databases in the browser's private file system, in the format of SQLCipher.
pub struct OpfsStores;

impl Stores for OpfsStores {
    fn open(&self, name: &str, key: &[u8; 32]) -> Result<Connection, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags_and_vfs(name, flags, pool::VFS)
            .map_err(|error| fault_of("opening", &error))?;
        unlock(&connection, key).map_err(|error| fault_of("unlocking", &error))?;
        settle(&connection).map_err(|error| fault_of("setting up", &error))?;
        check(&connection)?;
        Ok(connection)
    }

    fn erase(&self, name: &str) -> Result<(), Fault> {
        pool::erase(name)
    }
}

fn unlock(connection: &Connection, key: &[u8; 32]) -> rusqlite::Result<()> {
    let mut hex = String::with_capacity(64);
    for byte in key {
        // Writing to a String can not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    connection.execute_batch(&format!("PRAGMA cipher = 'sqlcipher'; PRAGMA key = \"x'{hex}'\";"))
}

/// One connection owns the file for good (OPFS allows no other), so SQLite keeps its lock, its cache
/// and its journal file from one transaction to the next. No WAL: it needs shared memory.
fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA journal_mode = TRUNCATE;
         PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;",
    )?;
    // The first read of a page: with a wrong key it ends here.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
}

/// A commit that is not durable would be a lie on the screen, so this is asserted every time.
fn check(connection: &Connection) -> Result<(), Fault> {
    let journal: rusqlite::Result<String> =
        connection.pragma_query_value(None, "journal_mode", |row| row.get(0));
    let synchronous: rusqlite::Result<i64> =
        connection.pragma_query_value(None, "synchronous", |row| row.get(0));
    match (journal.as_deref(), synchronous) {
        (Ok("truncate"), Ok(2)) => Ok(()),
        other => Err(Fault::new(FaultCode::Internal, format!("not durable: {other:?}"))),
    }
}

/// Only the code goes into the fault: the text of such an error may quote the statement with the key.
fn fault_of(doing: &str, error: &rusqlite::Error) -> Fault {
    let Some(sqlite) = error.sqlite_error() else {
        return Fault::new(FaultCode::Internal, format!("{doing} a store"));
    };
    let code = match sqlite.code {
        ErrorCode::DiskFull => FaultCode::DiskFull,
        ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => FaultCode::StoreDamaged,
        ErrorCode::CannotOpen | ErrorCode::SystemIoFailure | ErrorCode::ReadOnly => {
            FaultCode::StorageRefused
        }
        _ => FaultCode::Internal,
    };
    Fault::new(code, format!("{doing} a store: SQLite code {}", sqlite.extended_code))
}
