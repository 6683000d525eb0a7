//! A certificate binds a key on one installation to a person and a post. Signed by the county.

use prost::Message;
use sha2::{Digest, Sha256};

use crate::signing::{Purpose, SigningSeed, WrongSignature, verify};

/// What the county says of a key.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Certificate {
    /// Code of the county.
    #[prost(string, tag = "1")]
    pub county: String,
    /// The person.
    #[prost(string, tag = "2")]
    pub user: String,
    /// Short name of the installation.
    #[prost(string, tag = "3")]
    pub device: String,
    /// The key, 32 bytes.
    #[prost(bytes = "vec", tag = "4")]
    pub public_key: Vec<u8>,
    /// The nonce of the installation, 16 bytes.
    #[prost(bytes = "vec", tag = "5")]
    pub nonce: Vec<u8>,
    /// The person's name when it was issued.
    #[prost(string, tag = "6")]
    pub name: String,
    /// The person's post when it was issued: 张家滩镇 · 乡镇审核.
    #[prost(string, tag = "7")]
    pub post: String,
    /// What the device is called: 手机.
    #[prost(string, tag = "8")]
    pub device_name: String,
    /// When it was issued, milliseconds of UTC.
    #[prost(int64, tag = "9")]
    pub issued_at_ms: i64,
    /// The suite of algorithms; 1 is Ed25519 with SHA-256, 2 is kept for SM2 with SM3.
    #[prost(uint32, tag = "10")]
    pub suite: u32,
    /// The server's own certificate, which may issue numbers.
    #[prost(bool, tag = "11")]
    pub server: bool,
}

/// A certificate as it travels.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignedCertificate {
    /// The certificate's bytes as they were signed.
    #[prost(bytes = "vec", tag = "1")]
    pub certificate: Vec<u8>,
    /// The county's signature over them.
    #[prost(bytes = "vec", tag = "2")]
    pub signature: Vec<u8>,
}

/// Names a certificate: the first 16 bytes of its hash.
pub type CertificateId = [u8; 16];

/// Why a certificate is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not signed by this county.
    #[error("the certificate is not signed by this county")]
    Signature(#[from] WrongSignature),
    /// Not readable, or keys of a wrong length.
    #[error("the certificate is malformed")]
    Malformed,
}

impl Certificate {
    /// Signs it with the county's key.
    #[must_use]
    pub fn sign(&self, county: &SigningSeed) -> SignedCertificate {
        let certificate = self.encode_to_vec();
        let signature = county.sign(Purpose::Certificate, &certificate).to_vec();
        SignedCertificate { certificate, signature }
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> Option<[u8; 32]> {
        self.public_key.as_slice().try_into().ok()
    }

    /// The installation's nonce.
    #[must_use]
    pub fn nonce(&self) -> Option<[u8; 16]> {
        self.nonce.as_slice().try_into().ok()
    }
}

impl SignedCertificate {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> CertificateId {
        let mut id = [0; 16];
        id.iter_mut().zip(Sha256::digest(&self.certificate)).for_each(|(to, from)| *to = from);
        id
    }

    /// What it says, if the county whose key this is signed it.
    ///
    /// # Errors
    ///
    /// [`CertificateError`] tells a wrong signature from wrong content.
    pub fn open(&self, county_key: &[u8]) -> Result<Certificate, CertificateError> {
        verify(county_key, Purpose::Certificate, &self.certificate, &self.signature)?;
        let certificate = Certificate::decode(self.certificate.as_slice())
            .map_err(|_| CertificateError::Malformed)?;
        if certificate.key().is_none() || certificate.nonce().is_none() || certificate.suite != 1 {
            return Err(CertificateError::Malformed);
        }
        Ok(certificate)
    }
}
