//! The register of official numbers: gap-free per committee and year.

use rusqlite::params;

use super::{Db, Result};

impl Db<'_> {
    /// The next number of a committee in a year.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn next_number(&self, committee: &str, year: i16) -> Result<u32> {
        let mut statement = self.connection.prepare_cached(
            "SELECT coalesce(max(number), 0) + 1 FROM number \
             WHERE county = ?1 AND committee = ?2 AND year = ?3",
        )?;
        Ok(statement.query_row(params![self.county, committee, year], |row| row.get(0))?)
    }

    /// Keeps a number that was given; false where another document has it.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn put_number(
        &self,
        committee: &str,
        year: i16,
        number: u32,
        document: &[u8; 16],
    ) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO number VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (county, committee, year, number) DO NOTHING",
        )?;
        statement.execute(params![self.county, committee, year, number, document])?;
        let mut statement = self.connection.prepare_cached(
            "SELECT document = ?5 FROM number \
             WHERE county = ?1 AND committee = ?2 AND year = ?3 AND number = ?4",
        )?;
        let params = params![self.county, committee, year, number, document];
        Ok(statement.query_row(params, |row| row.get(0))?)
    }

    /// The numbers of a document stand for another one from now on, which goes on from it.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn hand_on_numbers(&self, from: &[u8; 16], to: &[u8; 16]) -> Result<()> {
        self.connection.execute(
            "UPDATE number SET document = ?3 WHERE county = ?1 AND document = ?2",
            params![self.county, from, to],
        )?;
        Ok(())
    }

    /// The document that a number stands in the register for.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn holder_of_number(
        &self,
        committee: &str,
        year: i16,
        number: u32,
    ) -> Result<Option<[u8; 16]>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT document FROM number \
             WHERE county = ?1 AND committee = ?2 AND year = ?3 AND number = ?4",
        )?;
        let mut rows = statement.query(params![self.county, committee, year, number])?;
        match rows.next()? {
            Some(row) => Ok(Some(super::fixed(&row.get::<_, Vec<u8>>(0)?, "document")?)),
            None => Ok(None),
        }
    }

    /// Documents that were accepted and have no number, or one that stands in the register for another
    /// document, as the reading index tells.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub fn without_number(&self) -> Result<Vec<[u8; 16]>> {
        let mut statement = self.connection.prepare_cached(
            "WITH taken AS MATERIALIZED (SELECT document, \
             committee || '调〔' || year || '〕' || number || '号' AS text \
             FROM number WHERE county = ?1) \
             SELECT document FROM case_row WHERE county = ?1 AND number = '' \
             AND stage IN ('accepted', 'close_asked', 'closed') \
             UNION \
             SELECT c.document FROM case_row AS c JOIN taken AS t ON t.text = c.number \
             WHERE c.county = ?1 AND t.document <> c.document ORDER BY 1",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(super::fixed(&row.get::<_, Vec<u8>>(0)?, "document")?);
        }
        Ok(all)
    }
}
