//! What the county itself said, under the names that it keeps for ever.

use rusqlite::params;
use yidang_sync_protocol::RecordName;

use super::{Db, Kept, Result, StoreError, fixed, signed, unsigned};

/// A record without its bytes, which stand in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// Its name.
    pub name: RecordName,
    /// Its number of [`yidang_sync_protocol::RecordKind`].
    pub kind: i32,
    /// What it is about.
    pub subject: Vec<u8>,
    /// Who is told beside the offices: a person, '' for everybody, '-' for nobody.
    pub about: String,
    /// When it was said first.
    pub at_ms: i64,
    /// Where it stands in this log.
    pub log_seq: u64,
}

/// When something was said about a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaidRow {
    /// The name of the record.
    pub name: RecordName,
    /// When.
    pub at_ms: i64,
}

impl Db<'_> {
    /// Keeps a record of the log.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_record(&self, row: &RecordRow) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
        statement.execute(params![
            self.county,
            row.name.epoch,
            Kept(row.name.seq),
            row.kind,
            row.subject,
            row.about,
            row.at_ms,
            Kept(row.log_seq)
        ])?;
        Ok(())
    }

    /// Whether a record is here.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn has_record(&self, name: &RecordName) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM record WHERE county = ?1 AND epoch = ?2 AND seq = ?3)",
        )?;
        let params = params![self.county, name.epoch, signed(name.seq)];
        Ok(statement.query_row(params, |row| row.get(0))?)
    }

    /// Everything that was said about a subject.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn said_of(&self, kind: i32, subject: &[u8]) -> Result<Vec<SaidRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT epoch, seq, at_ms FROM record \
             WHERE county = ?1 AND kind = ?2 AND subject = ?3 ORDER BY log_seq",
        )?;
        let mut rows = statement.query(params![self.county, kind, subject])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let epoch = fixed(&row.get::<_, Vec<u8>>(0)?, "epoch")?;
            let name = RecordName { epoch, seq: unsigned(row.get(1)?) };
            all.push(SaidRow { name, at_ms: row.get(2)? });
        }
        Ok(all)
    }

    /// The bytes of everything that was said about a subject, in the order of the log.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn records_of(&self, kind: i32, subject: &[u8]) -> Result<Vec<Vec<u8>>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT l.record FROM record AS r JOIN log AS l \
             ON l.county = r.county AND l.seq = r.log_seq \
             WHERE r.county = ?1 AND r.kind = ?2 AND r.subject = ?3 ORDER BY r.log_seq",
        )?;
        let rows = statement.query_map(params![self.county, kind, subject], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>().map_err(StoreError::from)
    }

    /// At most `most` records after `seq` that `user` is told, as place and bytes; an office is told all.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn records_for(
        &self,
        user: &str,
        is_office: bool,
        seq: u64,
        most: u32,
    ) -> Result<Vec<(u64, Vec<u8>)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT r.log_seq, l.record FROM record AS r JOIN log AS l \
             ON l.county = r.county AND l.seq = r.log_seq \
             WHERE r.county = ?1 AND r.log_seq > ?2 AND (?4 OR r.about = '' OR r.about = ?3) \
             ORDER BY r.log_seq LIMIT ?5",
        )?;
        let params = params![self.county, signed(seq), user, is_office, most];
        let rows = statement.query_map(params, |row| Ok((unsigned(row.get(0)?), row.get(1)?)))?;
        rows.collect::<rusqlite::Result<_>>().map_err(StoreError::from)
    }
}
