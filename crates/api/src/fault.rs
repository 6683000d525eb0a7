//! What went wrong, as a code that a screen can act on.

use serde::{Deserialize, Serialize};

/// Why a question was not answered. A code exists only where a screen does something different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// Nobody is signed in on this device.
    NotSignedIn,
    /// Answered by the server only, and it cannot be reached.
    NeedsNetwork,
    /// The server answered, but is too busy.
    ServerBusy,
    /// No such activation code.
    WrongCode,
    /// The activation code was used before.
    UsedCode,
    /// The activation code is older than 72 hours.
    ExpiredCode,
    /// Too many wrong codes; try later.
    TooManyTries,
    /// The device was revoked.
    Revoked,
    /// No such document on this device.
    NotFound,
    /// The document was destroyed by order, everywhere.
    Erased,
    /// The role may not do this here and now.
    NotAllowed,
    /// A field holds something it may not; `field` says which.
    Invalid,
    /// The file has parts that this version cannot read; it is read-only here.
    NeedsUpdate,
    /// Something of the file is not with the county yet, or its proofs are not here: exchange first.
    NotProven,
    /// The disk is full; nothing was saved.
    DiskFull,
    /// The store is damaged.
    StoreDamaged,
    /// The browser refuses storage.
    StorageRefused,
    /// Another window of this browser is writing and does not answer.
    OtherWindow,
    /// A defect.
    Internal,
}

/// An answer that says no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What a screen acts on.
    pub code: FaultCode,
    /// For logs, in English, without personal data.
    pub detail: String,
    /// The field it is about, if any; the document that goes on instead of one that was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Fault {
    /// A fault with this code and detail.
    #[must_use]
    pub fn new(code: FaultCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), field: None }
    }

    /// A fault about one field.
    #[must_use]
    pub fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code: FaultCode::Invalid, detail: detail.into(), field: Some(field.into()) }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Fault {}
