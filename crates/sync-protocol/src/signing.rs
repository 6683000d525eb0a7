//! Ed25519 signatures with a label for each purpose, so that nothing signed for one can serve for
//! another.

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};

/// A public key.
pub type PublicKey = [u8; 32];
/// A signature.
pub type Signature = [u8; 64];

/// The seed of a signing key. Its `Debug` shows nothing.
#[derive(Clone)]
pub struct SigningSeed(pub [u8; 32]);

impl std::fmt::Debug for SigningSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSeed(..)")
    }
}

/// What a signature is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A batch of changes, by its author.
    Batch,
    /// The list of what is in a bundle, by whoever exports it.
    Bundle,
    /// A greeting of two devices that hand files over, by either.
    Carry,
    /// A certificate, by the server.
    Certificate,
    /// A checkpoint, by the server.
    Checkpoint,
    /// A cursor, by the server.
    Cursor,
    /// An enrolment, by the new device.
    Enrolment,
    /// Where things were taken, by the server.
    Placement,
    /// An online question, by the device.
    Question,
    /// Something the server said, by the server.
    Record,
    /// A request, by the device.
    Request,
    /// The snapshots of a reply, by the server.
    Snapshots,
    /// What a person may read, by the server.
    Ticket,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Batch => b"yidang 1 batch\0",
            Self::Bundle => b"yidang 1 bundle\0",
            Self::Carry => b"yidang 1 carry\0",
            Self::Certificate => b"yidang 1 certificate\0",
            Self::Checkpoint => b"yidang 1 checkpoint\0",
            Self::Cursor => b"yidang 1 cursor\0",
            Self::Enrolment => b"yidang 1 enrolment\0",
            Self::Placement => b"yidang 1 placement\0",
            Self::Question => b"yidang 1 question\0",
            Self::Record => b"yidang 1 record\0",
            Self::Request => b"yidang 1 request\0",
            Self::Snapshots => b"yidang 1 snapshots\0",
            Self::Ticket => b"yidang 1 ticket\0",
        }
    }

    fn labelled(self, message: &[u8]) -> Vec<u8> {
        [self.label(), message].concat()
    }
}

/// A signature that does not fit its message and key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit")]
pub struct WrongSignature;

impl SigningSeed {
    /// The public key that goes with it.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        SigningKey::from_bytes(&self.0).verifying_key().to_bytes()
    }

    /// Signs `message` for `purpose`.
    #[must_use]
    pub fn sign(&self, purpose: Purpose, message: &[u8]) -> Signature {
        SigningKey::from_bytes(&self.0).sign(&purpose.labelled(message)).to_bytes()
    }
}

/// Checks a signature, refusing weak keys and malleable forms.
///
/// # Errors
///
/// [`WrongSignature`], also for keys and signatures of a wrong length.
pub fn verify(
    key: &[u8],
    purpose: Purpose,
    message: &[u8],
    signature: &[u8],
) -> Result<(), WrongSignature> {
    let key: PublicKey = key.try_into().map_err(|_| WrongSignature)?;
    let signature: Signature = signature.try_into().map_err(|_| WrongSignature)?;
    VerifyingKey::from_bytes(&key)
        .map_err(|_| WrongSignature)?
        .verify_strict(&purpose.labelled(message), &signature.into())
        .map_err(|_| WrongSignature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_for_a_request_does_not_pass_for_a_batch() {
        let seed = SigningSeed([7; 32]);
        let signature = seed.sign(Purpose::Request, b"m");
        assert!(verify(&seed.public_key(), Purpose::Request, b"m", &signature).is_ok());
        assert!(verify(&seed.public_key(), Purpose::Batch, b"m", &signature).is_err());
        assert!(verify(&seed.public_key(), Purpose::Request, b"n", &signature).is_err());
    }

    #[test]
    fn keys_of_a_wrong_length_are_refused() {
        assert_eq!(verify(b"short", Purpose::Batch, b"m", &[0; 64]), Err(WrongSignature));
        assert_eq!(verify(&[0; 32], Purpose::Batch, b"m", b"short"), Err(WrongSignature));
    }
}
