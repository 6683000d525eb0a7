//! Online questions: answered by the server alone, with the rights of whoever asks.

use prost::Message;

use crate::certificate::SignedCertificate;
use crate::signing::{Purpose, SigningSeed, WrongSignature, verify};

/// A question of the table with its content.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct AskRequest {
    /// Names this question, 16 random bytes: one that changes something is done once, however often
    /// it comes.
    #[prost(bytes = "vec", tag = "1")]
    pub ask: Vec<u8>,
    /// Its name in the table.
    #[prost(string, tag = "2")]
    pub name: String,
    /// Its content, JSON.
    #[prost(string, tag = "3")]
    pub json: String,
}

/// A question with a proof of who asks.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignedAsk {
    /// The device's certificate, 16 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub certificate: Vec<u8>,
    /// The [`AskRequest`].
    #[prost(bytes = "vec", tag = "2")]
    pub request: Vec<u8>,
    /// Signature over it by the key of the certificate.
    #[prost(bytes = "vec", tag = "3")]
    pub signature: Vec<u8>,
    /// The certificate itself, for a server that lost it.
    #[prost(message, optional, tag = "4")]
    pub attached: Option<SignedCertificate>,
}

impl SignedAsk {
    /// Signs a question.
    #[must_use]
    pub fn new(certificate: &[u8; 16], request: &AskRequest, seed: &SigningSeed) -> Self {
        let request = request.encode_to_vec();
        let signature = seed.sign(Purpose::Question, &request).to_vec();
        Self { certificate: certificate.to_vec(), request, signature, attached: None }
    }

    /// Whether the holder of `key` asks.
    ///
    /// # Errors
    ///
    /// [`WrongSignature`].
    pub fn check(&self, key: &[u8]) -> Result<(), WrongSignature> {
        verify(key, Purpose::Question, &self.request, &self.signature)
    }
}

/// The answer.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct AskReply {
    /// The answer, JSON; empty where there is a fault.
    #[prost(string, tag = "1")]
    pub json: String,
    /// The fault, JSON; empty where there is an answer.
    #[prost(string, tag = "2")]
    pub fault: String,
}
