//! What whoever runs the server watches: whether it is ready, and numbers about its work. No names, no
//! words, no identifiers of people or files.

mod counters;
mod gauges;
mod ready;
mod text;

pub use counters::{Counters, Route};
pub use gauges::{Gauges, free_bytes};
pub use ready::{Look, NotReady, Readiness};
pub use text::CONTENT_TYPE;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::app::App;
use crate::store::StoreError;

/// The answer to "are you ready" is good for so long: it costs a write.
const FRESH: Duration = Duration::from_secs(5);

/// What the running server counts and remembers of itself.
#[derive(Default)]
pub struct Watch {
    /// What was counted since it started.
    pub counters: Counters,
    ready: Mutex<Option<(Instant, Readiness)>>,
}

impl App {
    /// Whether the server can do its work, as of a moment ago.
    pub fn readiness(&self) -> Readiness {
        let mut held = self.watch().ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, readiness)) = held.as_ref()
            && at.elapsed() < FRESH
        {
            return readiness.clone();
        }
        let readiness = self.look().readiness();
        *held = Some((Instant::now(), readiness.clone()));
        readiness
    }

    /// Everything there is to count, in the text format of Prometheus.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn metrics(&self) -> Result<String, StoreError> {
        let gauges = self.gauges()?;
        Ok(text::written(&self.watch().counters, &gauges))
    }
}
