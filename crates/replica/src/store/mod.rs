//! The encrypted database of one desk. SQL stands here and nowhere else in this crate.

mod case_filter;
mod cases;
mod changes;
mod desk;
mod drafts;
mod erase;
mod halves;
mod held;
mod hits;
mod households;
mod incarnations;
mod messages;
mod outbox;
mod places;
mod rejected;
mod schema;
mod state;

use rusqlite::{Connection, ErrorCode, Transaction};
use yidang_api::{Fault, FaultCode};

use crate::boundary::{Boundary, Witness};

pub use case_filter::CaseFilter;
pub use cases::{CaseKeys, ReadCases, StoredRow, UnitColumn};
pub use changes::{Proofs, ReadDocuments, StoredBatch, StoredDocument};
pub use desk::ReadDesk;
pub use drafts::JournalRow;
pub use erase::{Erasing, ReadErased};
pub use halves::ReadHalves;
pub use held::{OnItsWay, ReadHeld};
pub use households::{HouseholdKeys, HouseholdSelection, ReadHouseholds, Tie};
pub use incarnations::{Incarnation, ReadIncarnations};
pub use messages::{ReadMessages, StoredMessage};
pub use outbox::{
    ActOf, ORPHANED, OutboxItem, PendingBatch, RECEIVED, REFUSED, REVERTED, ReadOutbox, SAVED,
    Said, Stood,
};
pub use places::{ReadPlaces, StoredPlace, StoredSheet};
pub use rejected::{KeptRejected, ReadRejected, Rejected, SUPERSEDED};
pub use state::ReadState;

/// Why the store did not do something. Whatever it was, the transaction was rolled back.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database says no.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A document could not be read or written.
    #[error("document: {0}")]
    Document(#[from] yidang_documents::DocumentError),
    /// A row holds something that this version cannot read.
    #[error("row: {0}")]
    Row(#[from] serde_json::Error),
    /// The connection is not durable.
    #[error("the connection is not synchronous=FULL but {0}")]
    NotDurable(i64),
    /// The database was made by a later version.
    #[error("the database has schema {0}, this version knows {1}")]
    TooNew(i64, i64),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) => match failure.code {
                ErrorCode::DiskFull => FaultCode::DiskFull,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => FaultCode::StoreDamaged,
                ErrorCode::CannotOpen | ErrorCode::ReadOnly => FaultCode::StorageRefused,
                _ => FaultCode::Internal,
            },
            StoreError::Document(yidang_documents::DocumentError::Damaged { .. }) => {
                FaultCode::StoreDamaged
            }
            // Every row was written by this application: one that does not read was damaged since.
            StoreError::Row(..) => FaultCode::StoreDamaged,
            StoreError::TooNew(..) => FaultCode::NeedsUpdate,
            _ => FaultCode::Internal,
        };
        Self::new(code, error.to_string())
    }
}

/// Pages kept in memory at most: the indexes of lists and of the search at 20,000 files. Reading a
/// page anew means deciphering it.
const CACHE_KB: i64 = 16 << 10;
/// Statements that stay prepared.
const STATEMENTS: usize = 128;

/// The database of one desk.
pub struct Store {
    connection: Connection,
    witness: Option<Witness>,
}

/// Everything that is read or written in one transaction.
pub struct Write<'a> {
    transaction: Transaction<'a>,
    witness: Option<&'a Witness>,
}

impl Write<'_> {
    /// Says that a boundary is passed, within the transaction.
    pub fn passed(&self, boundary: Boundary) {
        if let Some(witness) = self.witness {
            witness(boundary);
        }
    }
}

impl Store {
    /// Takes an open connection, brings its schema up to date, and makes sure that a commit is
    /// durable. `witness` hears of every boundary, if there is one.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was changed.
    pub fn open(mut connection: Connection, witness: Option<Witness>) -> Result<Self, StoreError> {
        for version in schema::version(&connection)? + 1..schema::NEWEST {
            schema::migrate(&mut connection, version)?;
            if let Some(witness) = &witness {
                witness(Boundary::Migrated);
            }
        }
        schema::migrate(&mut connection, schema::NEWEST)?;
        connection.pragma_update(None, "cache_size", -CACHE_KB)?;
        // With the default of 16 they were prepared anew for every document of a page (docs/decisions/0011).
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        const FULL: i64 = 2;
        let synchronous = connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
        if synchronous < FULL {
            return Err(StoreError::NotDurable(synchronous));
        }
        Ok(Self { connection, witness })
    }

    /// Says that a boundary is passed.
    pub fn passed(&self, boundary: Boundary) {
        if let Some(witness) = &self.witness {
            witness(boundary);
        }
    }

    /// Runs `work` in one transaction and commits it. When this returns, it is durable.
    ///
    /// # Errors
    ///
    /// What `work` or the commit says; then nothing was changed.
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&Write<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let begin = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let write = Write { transaction: begin, witness: self.witness.as_ref() };
        let done = work(&write)?;
        write.transaction.commit().map_err(StoreError::from)?;
        Ok(done)
    }
}

/// Gives the connection to the modules beside this one, whether or not a transaction is open.
pub(crate) trait Access {
    /// The connection.
    fn sql(&self) -> &Connection;
}

impl Access for Store {
    fn sql(&self) -> &Connection {
        &self.connection
    }
}

impl Access for Write<'_> {
    fn sql(&self) -> &Connection {
        &self.transaction
    }
}

/// Everything that can be read, inside and outside a transaction.
pub trait Read: Access {}
impl Read for Store {}
impl Read for Write<'_> {}
