//! Who sent a request, and whose certificates are known.

use prost::Message;
use yidang_domain::ids::UserId;
use yidang_sync_protocol::{PublicKey, SignedAsk, SignedCertificate, SignedRequest};

use crate::app::App;
use crate::county;
use crate::store::{CertificateRow, StoreError};

/// A device that proved who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Its certificate.
    pub certificate: [u8; 16],
    /// Its person.
    pub user: UserId,
    /// When it was last noted to be here.
    pub seen_at_ms: i64,
}

/// Why a request is not answered.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// The server does not know the certificate; the device attaches it.
    #[error("unknown_certificate")]
    UnknownCertificate,
    /// The certificate was revoked.
    #[error("revoked")]
    Revoked,
    /// The request is not signed by the holder of its certificate.
    #[error("wrong_signature")]
    WrongSignature,
    /// The request cannot be read.
    #[error("malformed")]
    Malformed,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Who sent a request.
    ///
    /// # Errors
    ///
    /// [`Denied`].
    pub fn caller(&self, request: &SignedRequest) -> Result<Caller, Denied> {
        let (row, key) = self.holder(&request.certificate, request.attached.as_ref())?;
        request.check(&key).map_err(|_| Denied::WrongSignature)?;
        standing(row)
    }

    /// Who asks an online question.
    ///
    /// # Errors
    ///
    /// [`Denied`].
    pub fn asker(&self, ask: &SignedAsk) -> Result<Caller, Denied> {
        let (row, key) = self.holder(&ask.certificate, ask.attached.as_ref())?;
        ask.check(&key).map_err(|_| Denied::WrongSignature)?;
        standing(row)
    }

    /// A certificate that is known, with the key of its holder.
    fn holder(
        &self,
        certificate: &[u8],
        attached: Option<&SignedCertificate>,
    ) -> Result<(CertificateRow, PublicKey), Denied> {
        let id: [u8; 16] = certificate.try_into().map_err(|_| Denied::Malformed)?;
        if let Some(attached) = attached
            && attached.id() == id
        {
            self.learn(std::slice::from_ref(attached))?;
        }
        let row = self.read(|db| db.certificate(&id))?.ok_or(Denied::UnknownCertificate)?;
        let signed = SignedCertificate::decode(row.bytes.as_slice()).map_err(StoreError::from)?;
        let certificate =
            signed.open(&self.county().key).map_err(|_| Denied::UnknownCertificate)?;
        if certificate.server {
            return Err(Denied::Revoked);
        }
        Ok((row, certificate.key().unwrap_or_default()))
    }

    /// Takes certificates that the county signed and that were lost. Others are passed over.
    pub(crate) fn learn(&self, certificates: &[SignedCertificate]) -> Result<(), StoreError> {
        let mut unknown = Vec::new();
        for signed in certificates {
            let is_known = self.read(|db| db.certificate(&signed.id()))?.is_some();
            if let (false, Ok(opened)) = (is_known, signed.open(&self.county().key)) {
                unknown.push((signed, opened));
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        let now = self.clock().now();
        self.write(|db| {
            unknown
                .iter()
                .try_for_each(|(signed, opened)| county::learn_certificate(db, signed, opened, now))
        })
    }
}

/// A proved holder whose certificate was not revoked.
fn standing(row: CertificateRow) -> Result<Caller, Denied> {
    if row.revoked_seq.is_some() {
        return Err(Denied::Revoked);
    }
    Ok(Caller { certificate: row.id, user: UserId(row.user), seen_at_ms: row.seen_at_ms })
}
