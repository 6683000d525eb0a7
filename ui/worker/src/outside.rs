//! The world outside of the replica, as a browser worker reaches it.

use std::cell::Cell;

use yidang_api::Fault;
use yidang_replica::{HttpReply, Outside, Unreachable};

use crate::door::Shared;
use crate::{host, http, news};

/// The network and the box for the secrets, for one question or one exchange.
pub struct Browser {
    device: Shared,
    has_posted: Cell<bool>,
}

impl Browser {
    /// The outside of this device.
    pub const fn of(device: Shared) -> Self {
        Self { device, has_posted: Cell::new(false) }
    }

    /// Tells the tabs what is new now that the question is answered or the exchange over.
    pub fn finish(&self) {
        news::tell_changes(&self.device);
        if self.has_posted.get() {
            host::news("sync");
        }
    }
}

impl Outside for Browser {
    async fn post(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable> {
        // Between two requests of one exchange: what came is shown while the rest is on its way.
        news::tell_changes(&self.device);
        host::news("sync");
        self.has_posted.set(true);
        http::exchange(url, &body).await.map_err(|error| Unreachable(host::describe(&error)))
    }

    async fn breathe(&self) {
        host::pause(0).await;
    }

    async fn keep(&self, secrets: &[u8]) -> Result<(), Fault> {
        host::keep(secrets).await
    }
}
