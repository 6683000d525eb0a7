//! Parts of actions over several documents that wait for the county: whether the other parts are here.

use std::collections::BTreeSet;

use prost::Message;
use rusqlite::params;
use yidang_documents::ChangeHash;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::BatchHeader;

use super::changes::hashes;
use super::{Read, Store, StoreError, Write};

/// The name of the action that a batch is a part of: its author's certificate and what they call it.
pub(super) fn act_of(header: &[u8]) -> Option<Vec<u8>> {
    let header = BatchHeader::decode(header).ok()?;
    let is_named = header.act.len() == 16 && header.act_documents.len() > 1;
    is_named.then(|| [header.certificate, header.act].concat())
}

/// Reads parts of actions.
pub trait ReadHalves: Read {
    /// Changes of a document that are parts of an action of which another part is not here. What the county
    /// took is none of these: the action was whole there, and this device reads the one document alone.
    fn halves(&self, id: DocumentId) -> Result<BTreeSet<ChangeHash>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT act, header, hashes FROM batch
             WHERE document = ?1 AND act IS NOT NULL AND push = 1 AND log_seq IS NULL",
        )?;
        let mut rows = statement.query([id.as_bytes()])?;
        let mut halves = BTreeSet::new();
        while let Some(row) = rows.next()? {
            let (act, header): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let documents =
                BatchHeader::decode(header.as_slice()).unwrap_or_default().act_documents;
            if !self.are_here(&act, &documents)? {
                halves.extend(hashes(&row.get::<_, Vec<u8>>(2)?));
            }
        }
        Ok(halves)
    }

    /// Whether a part of an action is here for each of these documents.
    fn are_here(&self, act: &[u8], documents: &[Vec<u8>]) -> Result<bool, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT count(*) > 0 FROM batch WHERE act = ?1 AND act IS NOT NULL AND document = ?2",
        )?;
        for document in documents {
            if !statement.query_row(params![act, document], |row| row.get::<_, bool>(0))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Other documents that have a part of an action waiting of which `id` has one too.
    fn other_halves(&self, id: DocumentId) -> Result<Vec<DocumentId>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT DISTINCT o.document FROM batch b CROSS JOIN batch o ON o.act = b.act
             WHERE b.document = ?1 AND b.act IS NOT NULL AND o.act IS NOT NULL
               AND o.document <> ?1 AND o.push = 1 AND o.log_seq IS NULL ORDER BY o.document",
        )?;
        let rows = statement.query_map([id.as_bytes()], |row| row.get::<_, [u8; 16]>(0))?;
        Ok(rows.map(|row| row.map(DocumentId::from_bytes)).collect::<Result<_, _>>()?)
    }
}

impl ReadHalves for Store {}
impl ReadHalves for Write<'_> {}
