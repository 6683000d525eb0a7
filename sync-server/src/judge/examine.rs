//! Everything that can be said about a batch before anything is written.

use prost::Message;
use yidang_documents::guard::{self, GuardError, Performed};
use yidang_documents::{Actor, ChangeHash, Document, actor_id};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::{DeviceId, DocumentId, OrgCode, UserId};
use yidang_domain::org::OrgLevel;
use yidang_sync_protocol::{BatchHeader, Certificate, SignedBatch, SignedCertificate};

use crate::county::County;
use crate::kinds;
use crate::store::{ChangeRow, Db, RefusedChange, StoreError};

use super::rights::{self, Author, Case, Written};
use super::{Care, Judge, grounds};

/// Why a batch does not go into the log.
#[derive(Debug)]
pub enum No {
    /// The database failed: nothing is decided.
    Store(StoreError),
    /// It is there already.
    Duplicate(u64),
    /// Changes are missing.
    Parked(Vec<[u8; 32]>),
    /// The register does not know its author, and nobody admitted it. It lacks these changes.
    Review(Vec<ChangeHash>),
    /// It breaks a rule: which, what exactly, and which of its changes does.
    Refused(&'static str, String, u32),
    /// The change at this place of it was built on a refused one.
    Orphaned(RefusedChange, u32),
    /// It cannot be kept or judged; the device asks again.
    NotTaken(&'static str),
}

impl No {
    /// A refusal.
    pub fn refused(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Refused(code, detail.into(), 0)
    }

    /// The same, where a refusal is about the change at this place of the batch.
    pub(super) fn at(self, position: u32) -> Self {
        match self {
            Self::Refused(code, detail, _) => Self::Refused(code, detail, position),
            other => other,
        }
    }
}

impl From<StoreError> for No {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<GuardError> for No {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::Duplicate => Self::Duplicate(0),
            GuardError::Parked { missing } => Self::Parked(missing),
            GuardError::Refused { code, detail } => Self::Refused(code, detail, 0),
        }
    }
}

/// A batch that its author signed.
#[derive(Clone)]
pub struct Verified {
    /// Its name.
    pub id: [u8; 16],
    /// Its document.
    pub document: [u8; 16],
    /// The batch.
    pub batch: SignedBatch,
    /// Its header.
    pub header: BatchHeader,
    /// Its author.
    pub author: Author,
    /// The actor its changes must have.
    pub actor: Actor,
    /// The county took it once, by its own word: a log that was lost held it. Its rights were judged
    /// then, and whoever wrote it may have lost them since.
    pub is_placed: bool,
}

/// Believes a batch: its certificate is the county's and known, and its holder signed. Revoked since
/// does not count for what the county took before.
///
/// # Errors
///
/// [`No`].
pub fn verify(db: &Db<'_>, county: &County, batch: &SignedBatch) -> Result<Verified, No> {
    match open(db, county, batch)? {
        (verified, true) if !verified.is_placed => {
            Err(No::refused("revoked", "the certificate was revoked"))
        }
        (verified, _) => Ok(verified),
    }
}

/// The same, and whether its certificate was revoked.
pub(super) fn open(
    db: &Db<'_>,
    county: &County,
    batch: &SignedBatch,
) -> Result<(Verified, bool), No> {
    let malformed = |detail: String| No::refused("unreadable_batch", detail);
    let header = batch.read().map_err(|error| malformed(error.to_string()))?;
    let (Some(document), Some(certificate)) = (header.document_id(), header.certificate_id())
    else {
        return Err(malformed("names of a wrong length".into()));
    };
    let row = db.certificate(&certificate)?.ok_or(No::NotTaken("unknown_certificate"))?;
    let certificate = open_certificate(county, &row.bytes)?;
    let key = certificate.key().unwrap_or_default();
    let header =
        batch.open(&key).map_err(|error| No::refused("wrong_signature", error.to_string()))?;
    let id = batch.id();
    let is_placed = db.is_placed(&id)?;
    if certificate.county != county.code {
        return Err(No::refused("foreign_county", "a certificate of another county"));
    }
    let user = UserId(certificate.user.clone());
    let nonce = certificate.nonce().unwrap_or_default();
    let actor = actor_id(&key, &user, &nonce, header.incarnation);
    let device = DeviceId(certificate.device.clone());
    let author = Author { user, device, is_server: certificate.server };
    let verified =
        Verified { id, document, batch: batch.clone(), header, author, actor, is_placed };
    Ok((verified, row.revoked_seq.is_some()))
}

/// What is wrong with a batch of the log, if anything. Revoked since does not count.
///
/// # Errors
///
/// [`StoreError`].
pub fn verify_stored(
    db: &Db<'_>,
    county: &County,
    batch: &SignedBatch,
) -> Result<Option<String>, StoreError> {
    match verify(db, county, batch) {
        Ok(_) | Err(No::Refused("revoked", ..)) => Ok(None),
        Err(No::Store(error)) => Err(error),
        Err(No::Refused(code, detail, _)) => Ok(Some(format!("{code}: {detail}"))),
        Err(No::NotTaken(code)) => Ok(Some(code.to_owned())),
        Err(_) => Ok(Some("not to be judged".into())),
    }
}

fn open_certificate(county: &County, bytes: &[u8]) -> Result<Certificate, No> {
    SignedCertificate::decode(bytes)
        .map_err(StoreError::from)?
        .open(&county.key)
        .map_err(|error| No::refused("foreign_county", error.to_string()))
}

/// A batch that may go into the log.
pub(super) struct Examined {
    /// The document with it.
    pub document: Document,
    /// The unit the document lies in now.
    pub org: OrgCode,
    /// The changes that are new.
    pub changes: Vec<ChangeRow>,
    /// What they do.
    pub performed: Vec<Performed>,
}

/// What the changes of a batch are taken into.
struct Ground {
    /// A copy of the document, with everything they were made on.
    document: Document,
    /// It begins with them.
    is_new: bool,
    /// When they may have been written.
    written: Written,
    /// A person answers for it, not the register.
    admitted: bool,
}

impl Judge<'_> {
    /// Takes a batch whose bytes a worker read into a copy of its document, judging change by change.
    pub(super) fn examine(&mut self, verified: &Verified) -> Result<Examined, No> {
        let Ground { mut document, is_new, written, admitted } = self.ground(verified)?;
        let mut changes = Vec::new();
        let mut performed = Vec::new();
        for (position, bytes) in (0_u32..).zip(&verified.batch.changes) {
            let did = match guard::admit_looked(&mut document, &verified.actor, bytes) {
                Ok(did) => did,
                Err(GuardError::Duplicate) => {
                    changes.extend(self.proves(verified, position, bytes)?);
                    continue;
                }
                Err(error) => return Err(never_to_wait(error).at(position)),
            };
            if !did.is_timely(self.now) {
                tracing::info!(at_ms = did.at.0, "a change by a clock that is far off");
            }
            let begins = is_new && changes.is_empty();
            let case = Case { kind: document.kind(), performed: &did, begins };
            let author = &verified.author;
            let checked = if verified.is_placed {
                Ok(())
            } else if admitted {
                rights::check_admitted(self.register, author, &case)
            } else {
                rights::check(self.register, author, written, &case)
            };
            checked.map_err(|(code, detail)| No::Refused(code, detail, position))?;
            changes.push(ChangeRow {
                hash: did.hash,
                actor: verified.actor,
                seq_of_actor: did.seq,
                position,
                bytes: bytes.clone(),
            });
            performed.push(did);
        }
        if changes.is_empty() {
            return Err(No::Duplicate(self.place_of(verified)?));
        }
        let org = match performed.last() {
            Some(last) => last.org_after.clone(),
            None => self.org_of(verified)?,
        };
        if self.care == Care::Batchwise {
            guard::survives_within_bounds(&document)?;
        }
        Ok(Examined { document, org, changes, performed })
    }

    /// What a batch is taken into, if everything it was made on is there and somebody answers for it.
    fn ground(&mut self, verified: &Verified) -> Result<Ground, No> {
        let outlines = grounds::outlines(&verified.batch, &verified.actor)?;
        let (found, is_new) = self.find_or_begin(verified)?;
        let has = |hash: &ChangeHash| found.as_ref().is_some_and(|document| document.has(hash));
        let lacking = grounds::lacking(&outlines, has);
        // What the county took once was built on nothing that it refused: whatever is said to be refused here
        // comes back like this.
        for lack in lacking.iter().filter(|_| !verified.is_placed) {
            if let Some(root) = self.db.refused_change(&verified.document, &lack.hash)? {
                return Err(No::Orphaned(root, lack.position));
            }
        }
        let is_answered_for = verified.is_placed || self.is_known(&verified.author);
        let admitted = !is_answered_for && self.db.is_admitted(&verified.id)?;
        let missing: Vec<ChangeHash> = lacking.into_iter().map(|lack| lack.hash).collect();
        if !is_answered_for && !admitted {
            return Err(No::Review(missing));
        }
        let written = self.written(&verified.header)?;
        if !missing.is_empty() {
            if !admitted && !verified.is_placed {
                self.may_wait(verified, written)?;
            }
            return Err(No::Parked(missing));
        }
        let document =
            found.ok_or_else(|| No::refused("genesis", "a document that stands on nothing"))?;
        Ok(Ground { document, is_new, written, admitted })
    }

    /// Whether the register answers for an author, so that no person is asked.
    pub(super) fn is_known(&self, author: &Author) -> bool {
        author.is_server || self.register.name_of(&author.user).is_some()
    }

    /// The document of a batch, or the beginning of one that nobody knew; none where the batch does not
    /// say how it begins. And whether it is new.
    pub(super) fn find_or_begin(
        &mut self,
        verified: &Verified,
    ) -> Result<(Option<Document>, bool), No> {
        match self.shelf.find(self.db, &verified.document)? {
            Some(document) => Ok((Some(self.same_beginning(document, &verified.header)?), false)),
            None => Ok((self.begin(verified)?, true)),
        }
    }

    /// A change that is here and came in a save: from now on this batch is its proof.
    fn proves(
        &self,
        verified: &Verified,
        position: u32,
        bytes: &[u8],
    ) -> Result<Option<ChangeRow>, No> {
        let outline = guard::scan(bytes)?;
        if !self.db.is_unproved(&verified.document, &outline.hash)? {
            return Ok(None);
        }
        Ok(Some(ChangeRow {
            hash: outline.hash,
            actor: verified.actor,
            seq_of_actor: outline.seq,
            position,
            bytes: bytes.to_vec(),
        }))
    }

    /// The unit a document lies in as it is.
    fn org_of(&self, verified: &Verified) -> Result<OrgCode, No> {
        let row = self.db.document(&verified.document)?;
        let missing = || StoreError::Damaged("a change of a document that is not there".into());
        Ok(row.map(|row| OrgCode(row.org)).ok_or_else(missing)?)
    }

    /// The place in the log of a batch that brings nothing new.
    fn place_of(&self, verified: &Verified) -> Result<u64, No> {
        let last = verified.batch.changes.last().map(|bytes| guard::scan(bytes)).transpose()?;
        let Some(last) = last else { return Ok(0) };
        Ok(self.db.seq_of_change(&verified.document, &last.hash)?.unwrap_or(0))
    }

    /// A header that names kind and home must name those of the document.
    fn same_beginning(&self, document: Document, header: &BatchHeader) -> Result<Document, No> {
        let same_kind = header.kind == 0 || header.kind == kinds::number_of(document.kind());
        let same_home = header.home.is_empty() || header.home == document.home().as_str();
        if same_kind && same_home {
            Ok(document)
        } else {
            Err(No::refused("genesis", "another kind or home than the document was born with"))
        }
    }

    /// A document nobody knew: its first change follows from kind, id and home. None where the batch
    /// names neither.
    fn begin(&self, verified: &Verified) -> Result<Option<Document>, No> {
        let header = &verified.header;
        if header.kind == 0 || header.home.is_empty() {
            return Ok(None);
        }
        let kind = kinds::kind_of(header.kind)
            .ok_or_else(|| No::refused("unknown_kind", "a kind that this version does not know"))?;
        let id = DocumentId::from_bytes(verified.document);
        let home = OrgCode(header.home.clone());
        if !verified.is_placed {
            self.may_begin(verified, kind, id, &home)?;
        }
        let begun = Document::begin(kind, id, &home);
        begun.map(Some).map_err(|error| No::refused("genesis", error.to_string()))
    }

    /// Whether a document of this kind may begin there under this identifier.
    fn may_begin(
        &self,
        verified: &Verified,
        kind: DocumentKind,
        id: DocumentId,
        home: &OrgCode,
    ) -> Result<(), No> {
        let unit = self
            .register
            .tree()
            .find(home)
            .ok_or_else(|| No::refused("unknown_unit", "its home is no unit of the county"))?;
        let this_year = self.now.date().year();
        let years = (this_year.saturating_sub(20), this_year.saturating_add(2));
        let fits = match kind {
            DocumentKind::CaseFile => !kinds::is_computed(id),
            // What comes out of a spreadsheet is named by its place and number, so that a restored
            // server does not make it twice.
            DocumentKind::Household => !kinds::is_computed(id) || verified.author.is_server,
            DocumentKind::VisitDay => {
                unit.level == OrgLevel::Village && kinds::is_visit_day_of(id, home, years)
            }
        };
        if fits {
            Ok(())
        } else {
            Err(No::refused("document_id", "an identifier that does not fit its kind"))
        }
    }

    /// When the batch may have been written: its cursor proves that it was not before.
    fn written(&self, header: &BatchHeader) -> Result<Written, StoreError> {
        let to = self.now.date();
        let is_ours = header.cursor_seq > 0
            && self
                .db
                .chain_at(header.cursor_seq)?
                .is_some_and(|chain| chain.first8().as_slice() == header.cursor_chain.as_slice());
        let from = if is_ours { self.db.logged_at_ms(header.cursor_seq)? } else { None };
        let from = from.map_or(to, |at| InstantMs(at).date());
        Ok(Written { from: from.min(to), to })
    }
}

/// Everything a batch was made on is there when its changes are taken. One that waits all the same has a gap in
/// its own author's sequence, and what would fill it could not be among those it was made on.
fn never_to_wait(error: GuardError) -> No {
    match error {
        GuardError::Parked { .. } => {
            No::refused("own_history", "made without the author's own previous change")
        }
        other => other.into(),
    }
}
