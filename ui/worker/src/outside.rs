//! The world outside of the replica, as a browser worker reaches it.

use std::cell::Cell;

use yidang_api::Fault;
use yidang_replica::{HttpReply, Outside, Unreachable};

use crate::{host, http};

/// The network, the box for the secrets and the passing of time.
#[derive(Default)]
pub struct Browser {
    posts: Cell<u32>,
}

impl Browser {
    /// Whether anything was sent.
    pub fn has_posted(&self) -> bool {
        self.posts.get() > 0
    }
}

impl Outside for Browser {
    async fn post(
        &self,
        url: &str,
        bearer: Option<&str>,
        body: Vec<u8>,
    ) -> Result<HttpReply, Unreachable> {
        self.posts.set(self.posts.get() + 1);
        // Before each request the state of the exchange has just moved: 正在同步 2 / 4.
        host::news("sync");
        http::post(url, bearer, &body).await.map_err(|error| Unreachable(host::describe(&error)))
    }

    async fn keep(&self, secrets: &[u8]) -> Result<(), Fault> {
        host::keep(secrets).await
    }

    async fn pause(&self, ms: u64) {
        host::pause(ms).await;
    }
}
