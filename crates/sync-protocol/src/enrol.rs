//! How an installation of a person comes to its certificate.

use prost::Message;

/// Asks for a certificate with an activation code.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct EnrolRequest {
    /// The activation code in capitals, without spaces and dashes.
    #[prost(string, tag = "1")]
    pub code: String,
    /// The new key, 32 bytes.
    #[prost(bytes = "vec", tag = "2")]
    pub public_key: Vec<u8>,
    /// The nonce of the installation, 16 bytes.
    #[prost(bytes = "vec", tag = "3")]
    pub nonce: Vec<u8>,
    /// What the device is called.
    #[prost(string, tag = "4")]
    pub device_name: String,
    /// Signature over the code by the new key: whoever asks holds it.
    #[prost(bytes = "vec", tag = "5")]
    pub proof: Vec<u8>,
}

/// The certificate, or why there is none. Asking again with the same code, key and nonce gives the
/// same certificate, so a lost answer costs nothing.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct EnrolReply {
    /// The certificate; absent on a refusal.
    #[prost(message, optional, tag = "1")]
    pub certificate: Option<crate::certificate::SignedCertificate>,
    /// The county's public key, 32 bytes, kept and never replaced silently.
    #[prost(bytes = "vec", tag = "2")]
    pub county_key: Vec<u8>,
    /// The data are invented.
    #[prost(bool, tag = "3")]
    pub demo: bool,
    /// Why not; [`Refusal`] as a number.
    #[prost(enumeration = "Refusal", tag = "4")]
    pub refusal: i32,
    /// What the county said of this enrolment, for the device to keep: that the code was used.
    #[prost(message, repeated, tag = "5")]
    pub records: Vec<crate::record::SignedRecord>,
}

/// Why an activation code gives no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub enum Refusal {
    /// It does.
    None = 0,
    /// There is no such code.
    Wrong = 1,
    /// It was used by another key.
    Used = 2,
    /// It is older than 72 hours.
    Expired = 3,
    /// Too many wrong codes; later.
    TooMany = 4,
    /// The key, nonce or proof is malformed.
    Malformed = 5,
    /// The server was restored and does not know yet which of the codes in its copy were used
    /// since; later, or with a new code.
    Healing = 6,
}

/// The code as it is compared: capitals and digits of Crockford's alphabet, where letters that look
/// like digits are those digits.
#[must_use]
pub fn normal_code(typed: &str) -> String {
    typed
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

/// The alphabet of activation codes.
pub const CODE_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
