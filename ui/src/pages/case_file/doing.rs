//! Something under way: one at a time, its fault in place, its end said.

use leptos::prelude::*;
use leptos::task::spawn_local;
use yidang_api::{Fault, Question};

use crate::door::ask;

/// One action of a person.
#[derive(Clone, Copy)]
pub struct Doing {
    /// It is under way.
    pub busy: RwSignal<bool>,
    /// Why it was not done.
    pub fault: RwSignal<Option<Fault>>,
}

impl Doing {
    /// Nothing under way.
    #[must_use]
    pub fn new() -> Self {
        Self { busy: RwSignal::new(false), fault: RwSignal::new(None) }
    }

    /// Puts `question`, and calls `then` with the answer. A second press meanwhile does nothing.
    pub fn run<Q: Question + 'static>(self, question: Q, then: impl FnOnce(Q::Reply) + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            let reply = ask(&question).await;
            // The page may be gone: what was said is durable all the same.
            let _ = self.busy.try_set(false);
            match reply {
                Ok(reply) => then(reply),
                Err(fault) => {
                    let _ = self.fault.try_set(Some(fault));
                }
            }
        });
    }
}

impl Default for Doing {
    fn default() -> Self {
        Self::new()
    }
}
