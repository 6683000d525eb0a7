//! What an installation keeps apart from its databases: their keys, the signing seeds, the nonce.
//!
//! A database copied to another phone finds another nonce there, one restored from a backup finds
//! another generation; both begin a new incarnation, because two different changes with one actor
//! and sequence number would split documents for everybody. Where neither tells, as with a folder that
//! was cloned whole, the server's answers do (`sync/settle.rs`).

use serde::{Deserialize, Serialize};
use yidang_sync_protocol::SigningSeed;

/// The desk of one person on this installation.
#[derive(Clone, Serialize, Deserialize)]
pub struct Account {
    /// The person; empty until the certificate came.
    pub user: String,
    /// The server.
    pub server: String,
    /// Key of the database.
    pub store_key: [u8; 32],
    /// Seed of the signing key.
    pub seed: [u8; 32],
    /// The certificate's bytes and signature.
    pub certificate: Vec<u8>,
    /// The county's signature over them.
    pub certificate_signature: Vec<u8>,
    /// The county's public key.
    pub county_key: Vec<u8>,
    /// The data are invented.
    pub demo: bool,
    /// How often the store was opened; must agree with the store.
    pub generation: u64,
    /// How far versions had come that counted incarnations; they stand in the store since.
    pub incarnation: u32,
}

impl Account {
    /// The signing seed.
    pub const fn signing_seed(&self) -> SigningSeed {
        SigningSeed(self.seed)
    }

    /// Name of its database.
    pub fn store_name(&self) -> String {
        format!("desk-{}", self.user)
    }
}

/// Everything an installation keeps apart.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Secrets {
    /// Names this installation; never in a database or its backups.
    pub nonce: Option<[u8; 16]>,
    /// Desks.
    pub accounts: Vec<Account>,
    /// Whose desk is open.
    pub current: Option<String>,
    /// An enrolment under way: repeated with the same key, it gives the same certificate.
    pub pending: Option<Account>,
}

impl Secrets {
    /// Reads what was kept.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// As it is kept.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The desk that is open.
    pub fn current_mut(&mut self) -> Option<&mut Account> {
        let user = self.current.clone()?;
        self.accounts.iter_mut().find(|account| account.user == user)
    }
}
