//! Which documents a unit reads, and from when.

use rusqlite::params;

use super::{Db, Kept, Result, StoreError, fixed, lie_after, signed, unsigned};

/// A document as a scope sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeRow {
    /// The document.
    pub document: [u8; 16],
    /// The first record since which it lies in the scope without a break.
    pub since_seq: u64,
    /// Its last record.
    pub last_seq: u64,
    /// It left.
    pub gone: bool,
}

impl Db<'_> {
    /// Says in which units a document is read as of `seq`. Units it left keep a mark.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn index_document(&self, document: &[u8; 16], orgs: &[String], seq: u64) -> Result<()> {
        let keys = serde_json::to_string(orgs).map_err(|e| StoreError::Damaged(e.to_string()))?;
        // Without statistics SQLite takes the primary key instead, and reads every row of the county
        // for each batch.
        let mut leave = self.connection.prepare_cached(
            "UPDATE scope_index INDEXED BY scope_of_document SET gone = 1, last_seq = ?3 \
             WHERE county = ?1 AND document = ?2 AND gone = 0 \
             AND org NOT IN (SELECT value FROM json_each(?4))",
        )?;
        leave.execute(params![self.county, document, Kept(seq), keys])?;
        let mut enter = self.connection.prepare_cached(
            "INSERT INTO scope_index VALUES (?1, ?2, ?3, ?4, ?4, 0) \
             ON CONFLICT (county, org, document) DO UPDATE SET \
             since_seq = CASE gone WHEN 1 THEN excluded.since_seq ELSE since_seq END, \
             last_seq = excluded.last_seq, gone = 0",
        )?;
        for org in orgs {
            enter.execute(params![self.county, org, document, Kept(seq)])?;
        }
        Ok(())
    }

    /// At most `most` documents of these units whose last record lies after `seq`, in its order.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn in_scope_after(&self, keys: &str, seq: u64, most: u32) -> Result<Vec<ScopeRow>> {
        self.scope_rows_after(
            seq,
            "SELECT s.document, min(CASE s.gone WHEN 0 THEN s.since_seq END), max(s.last_seq), \
             min(s.gone) \
             FROM json_each(?2) AS k CROSS JOIN scope_index AS s INDEXED BY scope_by_seq \
             ON s.county = ?1 AND s.org = k.value AND s.last_seq > ?3 \
             GROUP BY s.document ORDER BY 3, 1 LIMIT ?4",
            params![self.county, keys, signed(seq), most],
        )
    }

    /// The same of case files alone that are not closed.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn open_cases_after(&self, keys: &str, seq: u64, most: u32) -> Result<Vec<ScopeRow>> {
        self.scope_rows_after(
            seq,
            "SELECT s.document, min(s.since_seq), max(s.last_seq), 0 \
             FROM json_each(?2) AS k CROSS JOIN scope_index AS s INDEXED BY scope_by_seq \
             ON s.county = ?1 AND s.org = k.value AND s.last_seq > ?3 AND s.gone = 0 \
             CROSS JOIN case_row AS c ON c.county = ?1 AND c.document = s.document \
             AND c.stage <> 'closed' \
             GROUP BY s.document ORDER BY 3, 1 LIMIT ?4",
            params![self.county, keys, signed(seq), most],
        )
    }

    /// One document as these units see it, where it ever lay in any of them and its last record lies after
    /// `seq`.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn scope_row_after(
        &self,
        keys: &str,
        document: &[u8; 16],
        seq: u64,
    ) -> Result<Option<ScopeRow>> {
        let rows = self.scope_rows_after(
            seq,
            "SELECT s.document, min(CASE s.gone WHEN 0 THEN s.since_seq END), max(s.last_seq), \
             min(s.gone) \
             FROM json_each(?2) AS k CROSS JOIN scope_index AS s \
             ON s.county = ?1 AND s.org = k.value AND s.document = ?3 \
             GROUP BY s.document HAVING max(s.last_seq) > ?4",
            params![self.county, keys, document, signed(seq)],
        )?;
        Ok(rows.into_iter().next())
    }

    fn scope_rows_after(
        &self,
        seq: u64,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<ScopeRow>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(ScopeRow {
                document: fixed(&row.get::<_, Vec<u8>>(0)?, "document")?,
                since_seq: row.get::<_, Option<i64>>(1)?.map_or(0, unsigned),
                last_seq: unsigned(row.get(2)?),
                gone: row.get(3)?,
            });
        }
        lie_after("scope_index", seq, all.iter().map(|row| row.last_seq))?;
        Ok(all)
    }

    /// Whether it is a case file that is not closed.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn is_open_case(&self, document: &[u8; 16]) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM case_row \
             WHERE county = ?1 AND document = ?2 AND stage <> 'closed')",
        )?;
        Ok(statement.query_row(params![self.county, document], |row| row.get(0))?)
    }

    /// The units in which a document ever lay, as far as the index knows.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn ever_in(&self, document: &[u8; 16]) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT org FROM scope_index INDEXED BY scope_of_document \
             WHERE county = ?1 AND document = ?2 ORDER BY org",
        )?;
        let rows = statement.query_map(params![self.county, document], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>().map_err(StoreError::from)
    }

    /// Whether a document lies in any of these units.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn is_in_scope(&self, keys: &str, document: &[u8; 16]) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM json_each(?2) AS k CROSS JOIN scope_index AS s \
             ON s.county = ?1 AND s.org = k.value AND s.document = ?3 AND s.gone = 0)",
        )?;
        Ok(statement.query_row(params![self.county, keys, document], |row| row.get(0))?)
    }

    /// How many documents lie in these units.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn count_in_scope(&self, keys: &str) -> Result<u32> {
        let mut statement = self.connection.prepare_cached(
            "SELECT count(DISTINCT s.document) FROM json_each(?2) AS k \
             CROSS JOIN scope_index AS s INDEXED BY scope_by_seq \
             ON s.county = ?1 AND s.org = k.value AND s.gone = 0",
        )?;
        Ok(statement.query_row(params![self.county, keys], |row| row.get(0))?)
    }

    /// Documents that lie in `old`, or left it after `since`, and do not lie in `new`.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn left_behind(&self, old: &str, new: &str, since: u64) -> Result<Vec<[u8; 16]>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT s.document FROM json_each(?2) AS k \
             CROSS JOIN scope_index AS s ON s.county = ?1 AND s.org = k.value \
             AND (s.gone = 0 OR s.last_seq > ?4) \
             WHERE NOT EXISTS (SELECT 1 FROM json_each(?3) AS n CROSS JOIN scope_index AS t \
             ON t.county = ?1 AND t.org = n.value AND t.document = s.document AND t.gone = 0)",
        )?;
        let mut rows = statement.query(params![self.county, old, new, signed(since)])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(fixed(&row.get::<_, Vec<u8>>(0)?, "document")?);
        }
        Ok(all)
    }

    /// Documents that lie in a unit or under it.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn documents_under(&self, org: &str) -> Result<Vec<[u8; 16]>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT document FROM scope_index WHERE county = ?1 AND org = ?2 AND gone = 0 \
             ORDER BY document",
        )?;
        let mut rows = statement.query(params![self.county, org])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(fixed(&row.get::<_, Vec<u8>>(0)?, "document")?);
        }
        Ok(all)
    }

    /// The units in which a document is read.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn read_in(&self, document: &[u8; 16]) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT org FROM scope_index WHERE county = ?1 AND document = ?2 AND gone = 0",
        )?;
        let rows = statement.query_map(params![self.county, document], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>().map_err(StoreError::from)
    }

    /// The units behind a hash that was told to a device.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn scope_of_hash(&self, hash: u64) -> Result<Option<String>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT keys FROM scope_known WHERE county = ?1 AND hash = ?2")?;
        let mut rows = statement.query(params![self.county, hash.cast_signed()])?;
        rows.next()?.map(|row| row.get(0)).transpose().map_err(StoreError::from)
    }

    /// Remembers the units behind a hash.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn remember_scope(&self, hash: u64, keys: &str) -> Result<()> {
        self.connection.execute(
            "INSERT INTO scope_known VALUES (?1, ?2, ?3) ON CONFLICT (county, hash) DO NOTHING",
            params![self.county, hash.cast_signed(), keys],
        )?;
        Ok(())
    }
}
