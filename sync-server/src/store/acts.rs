//! Actions over several documents: which of their parts wait, which are in the log, and which actions will
//! never be there.

use rusqlite::params;

use super::{Db, Kept, RefusedChange, Result, fixed, signed};

/// An action over several documents: whose it is, and how they called it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActName {
    /// The author's certificate.
    pub certificate: [u8; 16],
    /// The action.
    pub act: [u8; 16],
}

impl Db<'_> {
    /// Notes that a parked batch is a part of an action. It is forgotten when the batch leaves the parking.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn put_act_part(
        &self,
        name: &ActName,
        document: &[u8; 16],
        batch: &[u8; 16],
    ) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("INSERT OR IGNORE INTO act_part VALUES (?1, ?2, ?3, ?4, ?5)")?;
        statement.execute(params![self.county, name.certificate, name.act, document, batch])?;
        Ok(())
    }

    /// The parked parts of an action, as document and batch.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn act_parts(&self, name: &ActName) -> Result<Vec<([u8; 16], [u8; 16])>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT document, batch FROM act_part \
             WHERE county = ?1 AND certificate = ?2 AND act = ?3 ORDER BY document, batch",
        )?;
        let mut rows = statement.query(params![self.county, name.certificate, name.act])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let document = fixed(&row.get::<_, Vec<u8>>(0)?, "document")?;
            all.push((document, fixed(&row.get::<_, Vec<u8>>(1)?, "batch")?));
        }
        Ok(all)
    }

    /// Notes that the part of an action that is about `document` is in the log at `seq`.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn took_act(&self, name: &ActName, document: &[u8; 16], seq: u64) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("INSERT OR IGNORE INTO act_taken VALUES (?1, ?2, ?3, ?4, ?5)")?;
        let ActName { certificate, act } = name;
        statement.execute(params![self.county, certificate, act, document, Kept(seq)])?;
        Ok(())
    }

    /// The documents of an action whose parts are in the log.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn taken_of_act(&self, name: &ActName) -> Result<Vec<[u8; 16]>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT document FROM act_taken \
             WHERE county = ?1 AND certificate = ?2 AND act = ?3 ORDER BY document",
        )?;
        let mut rows = statement.query(params![self.county, name.certificate, name.act])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(fixed(&row.get::<_, Vec<u8>>(0)?, "document")?);
        }
        Ok(all)
    }

    /// The other documents of the actions of which a part came to `document` after `seq`.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn together_with(&self, document: &[u8; 16], seq: u64) -> Result<Vec<[u8; 16]>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT o.document \
             FROM act_taken AS t INDEXED BY act_taken_of_document CROSS JOIN act_taken AS o \
             ON o.county = t.county AND o.certificate = t.certificate AND o.act = t.act \
             WHERE t.county = ?1 AND t.document = ?2 AND t.seq > ?3 AND o.document <> ?2 \
             ORDER BY o.document",
        )?;
        let mut rows = statement.query(params![self.county, document, signed(seq)])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(fixed(&row.get::<_, Vec<u8>>(0)?, "document")?);
        }
        Ok(all)
    }

    /// Notes that an action will never be in the log, with the part that was refused first; of one author
    /// only the newest `most` are kept.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn refuse_act(&self, name: &ActName, root: &RefusedChange, most: u64) -> Result<()> {
        let ActName { certificate, act } = name;
        let mut statement = self
            .connection
            .prepare_cached("INSERT OR IGNORE INTO act_refused VALUES (?1, ?2, ?3, ?4, ?5)")?;
        statement.execute(params![self.county, certificate, act, root.batch, root.rule])?;
        let mut statement = self.connection.prepare_cached(
            "DELETE FROM act_refused WHERE county = ?1 AND certificate = ?2 AND rowid NOT IN \
             (SELECT rowid FROM act_refused WHERE county = ?1 AND certificate = ?2 \
              ORDER BY rowid DESC LIMIT ?3)",
        )?;
        statement.execute(params![self.county, certificate, signed(most)])?;
        Ok(())
    }

    /// The part that an action was refused for, and its rule.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn refused_act(&self, name: &ActName) -> Result<Option<RefusedChange>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT batch, rule FROM act_refused \
             WHERE county = ?1 AND certificate = ?2 AND act = ?3",
        )?;
        let mut rows = statement.query(params![self.county, name.certificate, name.act])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let batch = fixed(&row.get::<_, Vec<u8>>(0)?, "batch")?;
        Ok(Some(RefusedChange { batch, rule: row.get(1)? }))
    }

    /// Forgets that an action was refused: the part it was refused for is judged again.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn forgive_act(&self, name: &ActName) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "DELETE FROM act_refused WHERE county = ?1 AND certificate = ?2 AND act = ?3",
        )?;
        statement.execute(params![self.county, name.certificate, name.act])?;
        Ok(())
    }
}
