//! Everything that can be said about a batch before anything is written.

use prost::Message;
use yidang_documents::guard::{self, GuardError, Performed};
use yidang_documents::{Actor, Document, actor_id};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::{DeviceId, DocumentId, OrgCode, UserId};
use yidang_domain::org::OrgLevel;
use yidang_sync_protocol::{BatchHeader, Certificate, SignedBatch, SignedCertificate};

use crate::county::County;
use crate::kinds;
use crate::store::{ChangeRow, Db, StoreError};

use super::rights::{self, Author, Case, Written};
use super::{Care, Judge};

/// Why a batch does not go into the log.
#[derive(Debug)]
pub enum No {
    /// The database failed: nothing is decided.
    Store(StoreError),
    /// It is there already.
    Duplicate(u64),
    /// Changes are missing.
    Parked(Vec<[u8; 32]>),
    /// The register does not know its author.
    Review,
    /// It breaks a rule.
    Refused(&'static str, String),
    /// It cannot be kept or judged; the device asks again.
    NotTaken(&'static str),
}

impl No {
    /// A refusal.
    pub fn refused(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Refused(code, detail.into())
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
            GuardError::Refused { code, detail } => Self::Refused(code, detail),
        }
    }
}

/// A batch that its author signed.
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
}

/// Believes a batch: its certificate is the county's, known and not revoked, and its holder signed.
///
/// # Errors
///
/// [`No`].
pub fn verify(db: &Db<'_>, county: &County, batch: &SignedBatch) -> Result<Verified, No> {
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
    if row.revoked_seq.is_some() {
        return Err(No::refused("revoked", "the certificate was revoked"));
    }
    if certificate.county != county.code {
        return Err(No::refused("foreign_county", "a certificate of another county"));
    }
    let user = UserId(certificate.user.clone());
    let nonce = certificate.nonce().unwrap_or_default();
    let actor = actor_id(&key, &user, &nonce, header.incarnation);
    let device = DeviceId(certificate.device.clone());
    let author = Author { user, device, is_server: certificate.server };
    Ok(Verified { id: batch.id(), document, batch: batch.clone(), header, author, actor })
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
        Ok(_) | Err(No::Refused("revoked", _)) => Ok(None),
        Err(No::Store(error)) => Err(error),
        Err(No::Refused(code, detail)) => Ok(Some(format!("{code}: {detail}"))),
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

impl Judge<'_> {
    /// Takes a batch into a copy of its document, judging change by change.
    pub(super) fn examine(&mut self, verified: &Verified) -> Result<Examined, No> {
        let found = self.shelf.find(self.db, &verified.document)?;
        let is_new = found.is_none();
        let mut document = match found {
            Some(document) => self.same_beginning(document, &verified.header)?,
            None => self.begin(verified)?,
        };
        let author = &verified.author;
        if !author.is_server && self.register.name_of(&author.user).is_none() {
            return Err(No::Review);
        }
        let written = self.written(&verified.header)?;
        let mut changes = Vec::new();
        let mut performed = Vec::new();
        for (position, bytes) in (0_u32..).zip(&verified.batch.changes) {
            let did = match guard::admit(&mut document, &verified.actor, bytes) {
                Ok(did) => did,
                Err(GuardError::Duplicate) => continue,
                Err(error) => return Err(error.into()),
            };
            if !did.is_timely(self.now) {
                tracing::info!(at_ms = did.at.0, "a change by a clock that is far off");
            }
            let begins = is_new && changes.is_empty();
            let case = Case { kind: document.kind(), performed: &did, begins };
            rights::check(self.register, author, written, &case)
                .map_err(|(code, detail)| No::Refused(code, detail))?;
            changes.push(ChangeRow {
                hash: did.hash,
                actor: verified.actor,
                seq_of_actor: did.seq,
                position,
                bytes: bytes.clone(),
            });
            performed.push(did);
        }
        let Some(last) = performed.last() else {
            return Err(No::Duplicate(self.place_of(verified)?));
        };
        let org = last.org_after.clone();
        if self.care == Care::Batchwise {
            guard::survives(&document)?;
        }
        Ok(Examined { document, org, changes, performed })
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

    /// A document nobody knew: its first change follows from kind, id and home.
    fn begin(&self, verified: &Verified) -> Result<Document, No> {
        let header = &verified.header;
        if header.kind == 0 || header.home.is_empty() {
            return Err(No::Parked(Vec::new()));
        }
        let kind = kinds::kind_of(header.kind)
            .ok_or_else(|| No::refused("unknown_kind", "a kind that this version does not know"))?;
        let id = DocumentId::from_bytes(verified.document);
        let home = OrgCode(header.home.clone());
        let unit = self
            .register
            .tree()
            .find(&home)
            .ok_or_else(|| No::refused("unknown_unit", "its home is no unit of the county"))?;
        let this_year = self.now.date().year();
        let years = (this_year.saturating_sub(20), this_year.saturating_add(2));
        let fits = match kind {
            DocumentKind::CaseFile => !kinds::is_computed(id),
            // What comes out of a spreadsheet is named by its place and number, so that a restored
            // server does not make it twice.
            DocumentKind::Household => !kinds::is_computed(id) || verified.author.is_server,
            DocumentKind::VisitDay => {
                unit.level == OrgLevel::Village && kinds::is_visit_day_of(id, &home, years)
            }
        };
        if !fits {
            return Err(No::refused("document_id", "an identifier that does not fit its kind"));
        }
        Document::begin(kind, id, &home).map_err(|error| No::refused("genesis", error.to_string()))
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
