//! As whom this person wrote on this installation.

use rusqlite::{OptionalExtension, params};
use yidang_documents::Actor;
use yidang_domain::civil::InstantMs;

use super::{Access, Read, Store, StoreError, Write};

/// One incarnation of a person on an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incarnation {
    /// Its number, which travels in the headers of batches.
    pub number: u32,
    /// The actor that follows from it.
    pub actor: Actor,
}

impl Write<'_> {
    /// From here on the holder of `certificate` writes as this one. Beginning twice is beginning once.
    pub fn begin_incarnation(
        &self,
        incarnation: &Incarnation,
        certificate: &[u8; 16],
        at: InstantMs,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT OR IGNORE INTO incarnation (actor, certificate, number, began_at)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![incarnation.actor, certificate, incarnation.number, at.0])?;
        self.put_actor(&incarnation.actor, certificate)
    }
}

/// Reads incarnations.
pub trait ReadIncarnations: Read {
    /// The present incarnation of a certificate; none where it never wrote here.
    fn incarnation(&self, certificate: &[u8; 16]) -> Result<Option<Incarnation>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT number, actor FROM incarnation WHERE certificate = ?1
                 ORDER BY position DESC LIMIT 1",
            )?
            .query_row([certificate], |row| {
                Ok(Incarnation { number: row.get(0)?, actor: row.get(1)? })
            })
            .optional()?)
    }

    /// The number under which the holder of `certificate` was `actor`; none where they never were.
    fn number_of(&self, certificate: &[u8; 16], actor: &[u8]) -> Result<Option<u32>, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT number FROM incarnation WHERE certificate = ?1 AND actor = ?2")?
            .query_row(params![certificate, actor], |row| row.get(0))
            .optional()?)
    }

    /// Whether this person ever wrote as `actor` here, under whatever certificate.
    fn was_ever(&self, actor: &Actor) -> Result<bool, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT count(*) > 0 FROM incarnation WHERE actor = ?1")?
            .query_row([actor], |row| row.get(0))?)
    }
}

impl ReadIncarnations for Store {}
impl ReadIncarnations for Write<'_> {}
