//! An answer that keeps itself up to date.

use leptos::prelude::*;
use leptos::task::spawn_local;
use yidang_api::{Fault, FaultCode, Question};

use super::{ask, glimpse};
use crate::app::{Shared, shared};

/// What a page shows: the last answer, and what went wrong with the newest question.
pub struct Answer<R: Send + Sync + 'static> {
    /// The last answer; stays while a newer one is under way.
    pub value: RwSignal<Option<R>>,
    /// Why the newest question was not answered.
    pub fault: RwSignal<Option<Fault>>,
    /// A question is under way: the last answer may be one to another question.
    pub pending: RwSignal<bool>,
    again: RwSignal<u32>,
}

impl<R: Send + Sync + 'static> Clone for Answer<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Send + Sync + 'static> Copy for Answer<R> {}

impl<R: Send + Sync + 'static> Answer<R> {
    /// Asks once more.
    pub fn retry(&self) {
        self.again.update(|count| *count = count.wrapping_add(1));
    }
}

/// Asks `question` now, whenever a signal it reads changes and whenever data changed.
pub fn answer<Q>(question: impl Fn() -> Q + 'static) -> Answer<Q::Reply>
where
    Q: Question + Clone + 'static,
    Q::Reply: PartialEq + Send + Sync + 'static,
{
    answer_to(move || Some(question()))
}

/// Like [`answer`], for a question that cannot always be asked.
pub fn answer_to<Q>(question: impl Fn() -> Option<Q> + 'static) -> Answer<Q::Reply>
where
    Q: Question + Clone + 'static,
    Q::Reply: PartialEq + Send + Sync + 'static,
{
    let answer = Answer {
        value: RwSignal::new(None),
        fault: RwSignal::new(None),
        pending: RwSignal::new(false),
        again: RwSignal::new(0),
    };
    let shared = shared();
    let newest = StoredValue::new(0_u32);
    Effect::new(move |_| {
        shared.revision.track();
        answer.again.track();
        let Some(question) = question() else { return };
        let turn = newest.get_value().wrapping_add(1);
        newest.set_value(turn);
        answer.pending.set(true);
        if turn == 1 {
            look_back(answer, question.clone());
        }
        spawn_local(async move {
            let reply = ask(&question).await;
            // The page may be gone, or a newer question under way.
            if newest.try_get_value() == Some(turn) {
                take(answer, shared, reply);
            }
        });
    });
    answer
}

/// Shows what was answered when the page was open last, until there is an answer.
fn look_back<Q>(answer: Answer<Q::Reply>, question: Q)
where
    Q: Question + 'static,
    Q::Reply: Send + Sync + 'static,
{
    spawn_local(async move {
        let Some(seen) = glimpse(&question).await else { return };
        let is_first = answer.value.try_with_untracked(Option::is_none) == Some(true);
        if is_first && answer.fault.with_untracked(Option::is_none) {
            answer.value.set(Some(seen));
        }
    });
}

/// A value that did not change is not set, so that nothing on screen moves.
fn take<R: PartialEq + Send + Sync>(answer: Answer<R>, shared: Shared, reply: Result<R, Fault>) {
    match reply {
        Ok(value) => {
            let value = Some(value);
            if answer.value.with_untracked(|old| *old != value) {
                answer.value.set(value);
            }
            if answer.fault.with_untracked(Option::is_some) {
                answer.fault.set(None);
            }
        }
        Err(fault) => {
            if fault.code == FaultCode::NotSignedIn {
                shared.forget_person();
            }
            answer.fault.set(Some(fault));
        }
    }
    answer.pending.set(false);
}
