//! What the server writes itself: numbers aside, values out of spreadsheets and changes of grids.
//!
//! It is signed by the server and goes into the log like everything else, so that devices check and
//! heal it alike. It is not judged: it was made by our own code out of a known state.

use yidang_documents::{
    Actor, Author as Writer, ChangeHash, Committed, Document, DocumentError, Edit, project,
};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::EntryHeader;
use yidang_domain::ids::{DeviceId, DocumentId, OrgCode, UserId};
use yidang_sync_protocol::{BatchHeader, SignedBatch};

use crate::county::{County, SERVER_USER};
use crate::kinds;
use crate::store::{ChangeRow, StoreError};

use super::examine::Examined;
use super::rights::Author;
use super::{Judge, Verified};

/// Why the server's own change was not written.
#[derive(Debug, thiserror::Error)]
pub enum OwnError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The document does not take it.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

impl From<OwnError> for StoreError {
    fn from(error: OwnError) -> Self {
        match error {
            OwnError::Store(error) => error,
            OwnError::Document(error) => Self::Damaged(error.to_string()),
        }
    }
}

/// What the server writes into one document.
pub struct OwnChange<'a> {
    /// The state that the values were compared with, where that is not the present one: what others
    /// changed since becomes a clash.
    pub on: Option<&'a [ChangeHash]>,
    /// What to write.
    pub edits: &'a [Edit],
}

impl County {
    /// The server as the author of a change at `now`.
    #[must_use]
    pub fn writer(&self, now: InstantMs) -> Writer {
        let server = self.server();
        let header = EntryHeader {
            on: now.date(),
            by: UserId::from(SERVER_USER),
            org: self.unit(),
            device: DeviceId(server.device.clone()),
        };
        Writer { actor: server.actor(), header, at: now }
    }

    /// Changes of the server, one after another, as a signed batch.
    #[must_use]
    pub fn own_batch(&self, document: &Document, changes: Vec<Vec<u8>>) -> SignedBatch {
        let server = self.server();
        let header = BatchHeader {
            document: document.id().as_bytes().to_vec(),
            certificate: server.certificate.to_vec(),
            incarnation: server.incarnation,
            kind: kinds::number_of(document.kind()),
            home: document.home().to_string(),
            ..BatchHeader::default()
        };
        header.sign(changes, &server.seed)
    }
}

impl Judge<'_> {
    /// A document as this transaction sees it.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn find(&mut self, id: DocumentId) -> Result<Option<Document>, StoreError> {
        self.shelf.find(self.db, id.as_bytes())
    }

    /// Writes one change as the server and brings lists and scopes up to date. `document` is a copy of
    /// the present state, or one that was just begun. Gives the document with the change; where
    /// nothing would change, as it was.
    ///
    /// # Errors
    ///
    /// [`OwnError`].
    pub fn write_own(
        &mut self,
        mut document: Document,
        change: &OwnChange<'_>,
    ) -> Result<Document, OwnError> {
        let writer = self.county.writer(self.now);
        let committed = match document.commit(&writer, change.on, change.edits) {
            Ok(committed) => committed,
            Err(DocumentError::Nothing) => return Ok(document),
            Err(error) => return Err(error.into()),
        };
        self.keep_own(document, writer.actor, vec![committed])
    }

    /// Keeps a document that the server recorded again, with the changes that make it.
    ///
    /// # Errors
    ///
    /// [`OwnError`].
    pub fn keep_again(
        &mut self,
        document: Document,
        changes: Vec<Committed>,
    ) -> Result<(), OwnError> {
        let actor = self.county.server().actor();
        self.keep_own(document, actor, changes).map(drop)
    }

    /// Writes one change of the server that stands on `heads` alone, beside whatever came since.
    /// Gives the document with the change, and its hash; where nothing would change, none.
    ///
    /// # Errors
    ///
    /// [`OwnError`].
    pub fn write_branch(
        &mut self,
        mut document: Document,
        heads: &[ChangeHash],
        edits: &[Edit],
    ) -> Result<(Document, Option<ChangeHash>), OwnError> {
        let writer = self.county.writer(self.now);
        let committed = match document.commit_on(&writer, heads, edits) {
            Ok(committed) => committed,
            Err(DocumentError::Nothing) => return Ok((document, None)),
            Err(error) => return Err(error.into()),
        };
        let hash = committed.hash;
        Ok((self.keep_own(document, writer.actor, vec![committed])?, Some(hash)))
    }

    /// Forgets the document in memory: whoever writes a whole county holds one at a time.
    pub fn put_away(&mut self, id: DocumentId) {
        self.shelf.put_away(id.as_bytes());
    }

    fn keep_own(
        &mut self,
        document: Document,
        actor: Actor,
        committed: Vec<Committed>,
    ) -> Result<Document, OwnError> {
        let projection = project(&document);
        let org = lies_in(&projection);
        let rows = (0_u32..).zip(&committed).map(|(position, committed)| ChangeRow {
            hash: committed.hash,
            actor,
            seq_of_actor: committed.seq,
            position,
            bytes: committed.bytes.clone(),
        });
        let changes: Vec<ChangeRow> = rows.collect();
        let bytes = committed.into_iter().map(|committed| committed.bytes).collect();
        let batch = self.county.own_batch(&document, bytes);
        let server = self.county.server();
        let verified = Verified {
            id: batch.id(),
            document: *document.id().as_bytes(),
            header: batch.read().map_err(|e| StoreError::Damaged(e.to_string()))?,
            batch,
            author: Author {
                user: UserId::from(SERVER_USER),
                device: DeviceId(server.device.clone()),
                is_server: true,
            },
            actor,
            is_placed: false,
        };
        let examined = Examined { document: document.clone(), org, changes, performed: Vec::new() };
        if self.db.is_erased(&verified.document)? {
            return Err(StoreError::Damaged("a document that was erased is written".into()).into());
        }
        self.keep(&verified, &examined)?;
        self.shelf.stage(document.clone());
        self.keep_line(&verified.document, &projection)?;
        Ok(document)
    }
}

/// The unit a document lies in: the grid its facts name, or where it was born.
pub(crate) fn lies_in(projection: &yidang_documents::Projection) -> OrgCode {
    use yidang_documents::Projection::{CaseFile, Household, VisitDay};
    match projection {
        CaseFile(case) => case.grid(),
        Household(household) => household.grid(),
        VisitDay(_) => projection.common().home.clone(),
    }
}
