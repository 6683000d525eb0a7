//! Documents, their changes, and the reading index of case files.

use rusqlite::{Row, params};

use super::{Db, Kept, Result, StoreError, fixed, unsigned};

/// A document without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    /// Its identifier.
    pub id: [u8; 16],
    /// Its kind as in batch headers.
    pub kind: u32,
    /// The unit it was born in.
    pub home: String,
    /// The unit it lies in now.
    pub org: String,
    /// Its heads, sorted.
    pub heads: Vec<[u8; 32]>,
    /// Its last record.
    pub last_seq: u64,
}

/// A change as it is kept.
#[derive(Debug, Clone)]
pub struct ChangeRow {
    /// Its hash.
    pub hash: [u8; 32],
    /// Its author.
    pub actor: [u8; 16],
    /// Their sequence number.
    pub seq_of_actor: u64,
    /// Its place in its batch.
    pub position: u32,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// One line of the lists of case files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseRow {
    /// The unit it lies in.
    pub org: String,
    /// The word of its stage.
    pub stage: String,
    /// Its category.
    pub category: String,
    /// Its risk; zero where none was written.
    pub risk: i64,
    /// Its official number; empty before it has one.
    pub number: String,
    /// Until when it is to be settled; empty where nobody said.
    pub due_on: String,
    /// What it is about.
    pub matter: String,
    /// How many times it was opened.
    pub round: u32,
    /// How many registers need deciding.
    pub clashes: u32,
    /// When its newest change was written.
    pub last_at_ms: i64,
}

fn document_row(row: &Row<'_>) -> Result<DocumentRow> {
    let id: Vec<u8> = row.get(0)?;
    let heads: Vec<u8> = row.get(4)?;
    Ok(DocumentRow {
        id: fixed(&id, "document")?,
        kind: row.get(1)?,
        home: row.get(2)?,
        org: row.get(3)?,
        heads: heads.chunks(32).map(|head| fixed(head, "head")).collect::<Result<_>>()?,
        last_seq: unsigned(row.get(5)?),
    })
}

impl Db<'_> {
    /// A document.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn document(&self, id: &[u8; 16]) -> Result<Option<DocumentRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT document, kind, home, org, heads, last_seq FROM document \
             WHERE county = ?1 AND document = ?2",
        )?;
        let mut rows = statement.query(params![self.county, id])?;
        rows.next()?.map(document_row).transpose()
    }

    /// Every document.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn documents(&self) -> Result<Vec<DocumentRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT document, kind, home, org, heads, last_seq FROM document \
             WHERE county = ?1 ORDER BY document",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(document_row(row)?);
        }
        Ok(all)
    }

    /// Keeps a document's row.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_document(&self, row: &DocumentRow) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO document VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
             ON CONFLICT (county, document) DO UPDATE SET \
             org = excluded.org, heads = excluded.heads, last_seq = excluded.last_seq",
        )?;
        statement.execute(params![
            self.county,
            row.id,
            row.kind,
            row.home,
            row.org,
            row.heads.concat(),
            Kept(row.last_seq)
        ])?;
        Ok(())
    }

    /// Keeps a change; one that came in a save before stands in its batch from now on.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_change(&self, document: &[u8; 16], log_seq: u64, row: &ChangeRow) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO change VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
             ON CONFLICT (county, document, hash) DO UPDATE SET \
             log_seq = excluded.log_seq, position = excluded.position",
        )?;
        statement.execute(params![
            self.county,
            document,
            row.hash,
            row.actor,
            Kept(row.seq_of_actor),
            Kept(log_seq),
            row.position,
            row.bytes
        ])?;
        Ok(())
    }

    /// The changes of a document in the order in which they came, each under its hash.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn changes(&self, document: &[u8; 16]) -> Result<Vec<([u8; 32], Vec<u8>)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT hash, bytes FROM change WHERE county = ?1 AND document = ?2 \
             ORDER BY log_seq, position",
        )?;
        let mut rows = statement.query(params![self.county, document])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push((fixed(&row.get::<_, Vec<u8>>(0)?, "hash")?, row.get(1)?));
        }
        Ok(all)
    }

    /// The log record that brought a change.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn seq_of_change(&self, document: &[u8; 16], hash: &[u8; 32]) -> Result<Option<u64>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT log_seq FROM change WHERE county = ?1 AND document = ?2 AND hash = ?3",
        )?;
        let mut rows = statement.query(params![self.county, document, hash])?;
        match rows.next()? {
            Some(row) => Ok(Some(unsigned(row.get(0)?))),
            None => Ok(None),
        }
    }

    /// Keeps the line of a case file.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_case(&self, document: &[u8; 16], row: &CaseRow) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT OR REPLACE INTO case_row \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?;
        statement.execute(params![
            self.county,
            document,
            row.org,
            row.stage,
            row.category,
            row.risk,
            row.number,
            row.due_on,
            row.matter,
            row.round,
            row.clashes,
            row.last_at_ms
        ])?;
        Ok(())
    }

    /// The line of a case file.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn case(&self, document: &[u8; 16]) -> Result<Option<CaseRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT org, stage, category, risk, number, due_on, matter, round, clashes, last_at_ms \
             FROM case_row WHERE county = ?1 AND document = ?2",
        )?;
        let mut rows = statement.query(params![self.county, document])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(CaseRow {
            org: row.get(0)?,
            stage: row.get(1)?,
            category: row.get(2)?,
            risk: row.get(3)?,
            number: row.get(4)?,
            due_on: row.get(5)?,
            matter: row.get(6)?,
            round: row.get(7)?,
            clashes: row.get(8)?,
            last_at_ms: row.get(9)?,
        }))
    }

    /// How many documents there are, by kind.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn count_documents(&self) -> Result<Vec<(u32, u64)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT kind, count(*) FROM document WHERE county = ?1 GROUP BY kind ORDER BY kind",
        )?;
        let rows =
            statement.query_map([self.county], |row| Ok((row.get(0)?, unsigned(row.get(1)?))))?;
        rows.collect::<rusqlite::Result<_>>().map_err(StoreError::from)
    }
}
