//! Writes what is typed into one draft: one writing at a time, the newest last, and none after the
//! form was saved. It outlives the form on screen, so that the last stroke is kept too.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use leptos::task::spawn_local;
use yidang_api::draft::{DropDraft, SaveDraft};

use crate::door::ask;

/// The keeper of one draft.
pub struct Keeper {
    form: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// A writing is under way.
    writing: bool,
    /// What is to be written after it; a draft without content is thrown away.
    next: Option<Option<String>>,
    /// Something was typed since the form was opened.
    touched: bool,
    /// The form was saved.
    over: bool,
}

impl Keeper {
    /// The keeper of the draft called `form`.
    #[must_use]
    pub fn of(form: String) -> Arc<Self> {
        Arc::new(Self { form, state: Mutex::default() })
    }

    /// Whether something was typed since the form was opened.
    #[must_use]
    pub fn is_touched(&self) -> bool {
        self.state().touched
    }

    /// Keeps `content`; `None` throws the draft away because the form is as it was opened.
    pub fn keep(self: &Arc<Self>, content: Option<String>) {
        let mut state = self.state();
        if state.over {
            return;
        }
        state.touched = true;
        self.write(&mut state, content);
    }

    /// The form was saved: the draft goes, and nothing typed before comes back.
    pub fn finish(self: &Arc<Self>) {
        let mut state = self.state();
        state.over = true;
        self.write(&mut state, None);
    }

    fn write(self: &Arc<Self>, state: &mut State, content: Option<String>) {
        if state.writing {
            state.next = Some(content);
        } else {
            state.writing = true;
            spawn_local(Arc::clone(self).run(content));
        }
    }

    async fn run(self: Arc<Self>, mut content: Option<String>) {
        loop {
            let form = self.form.clone();
            // A draft that could not be kept is kept at the next stroke.
            let _ = match content {
                Some(content) => ask(&SaveDraft { form, content }).await,
                None => ask(&DropDraft { form }).await,
            };
            let mut state = self.state();
            match state.next.take() {
                Some(next) => content = next,
                None => {
                    state.writing = false;
                    return;
                }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
