//! What a device needs from the world, and nothing more.

use rusqlite::Connection;
use yidang_api::Fault;
use yidang_domain::civil::InstantMs;

use crate::boundary::Witness;

/// Opens encrypted databases.
pub trait Stores: Send {
    /// The database of that name under this raw key, made if it is not there. Every connection is
    /// durable: `synchronous=FULL`.
    ///
    /// # Errors
    ///
    /// `storage_refused`, `disk_full`, or `store_damaged` where the key does not fit.
    fn open(&self, name: &str, key: &[u8; 32]) -> Result<Connection, Fault>;

    /// Deletes the database of that name, if there is one.
    ///
    /// # Errors
    ///
    /// As the file system has them.
    fn erase(&self, name: &str) -> Result<(), Fault>;
}

/// Tells the time and throws dice.
pub trait Senses: Send {
    /// The clock of the device, right or wrong.
    fn now(&self) -> InstantMs;
    /// Fills `bytes` with random ones.
    fn random(&self, bytes: &mut [u8]);
    /// Who hears of every boundary that is passed: nobody, except in trials.
    fn witness(&self) -> Option<Witness> {
        None
    }
}

/// An answer over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpReply {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    /// What the server said about coming back, in seconds.
    pub retry_after_s: Option<u32>,
}

/// Nobody answered; for logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable(pub String);

/// Reaches beyond the device.
#[expect(async_fn_in_trait, reason = "the browser's worker has one thread and no Send")]
pub trait Outside {
    /// Posts a body and waits for the answer, for less than a minute. An empty body is a GET.
    ///
    /// # Errors
    ///
    /// [`Unreachable`] where nothing came back.
    async fn post(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable>;

    /// Lets others have their turn between two slices of long work. Where threads do that by
    /// themselves there is nothing to do.
    async fn breathe(&self) {}

    /// Keeps the secrets of this installation durably, apart from the databases.
    ///
    /// # Errors
    ///
    /// `storage_refused` or `disk_full`.
    async fn keep(&self, secrets: &[u8]) -> Result<(), Fault>;
}
