//! A form that is kept as typed: saved as a draft at every stroke, restored to the same form and
//! said so.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;
use serde::de::DeserializeOwned;
use yidang_api::draft::{DraftQuestion, DropDraft, SaveDraft};
use yidang_domain::civil::InstantMs;

use crate::door::ask;

/// What stands in a form, and whether it came out of a draft.
pub struct Kept<T: Send + Sync + 'static> {
    /// What stands in the form.
    pub value: RwSignal<T>,
    /// When the draft that was restored was kept; `None` where nothing was restored.
    pub restored: RwSignal<Option<InstantMs>>,
    form: StoredValue<String>,
    start: StoredValue<T>,
    state: RwSignal<State>,
}

/// Where the draft stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The draft of before was not read yet; nothing may be written over it.
    Reading,
    /// What is typed is what is kept.
    Idle,
    /// A saving is under way.
    Saving,
    /// A saving is under way and more was typed meanwhile.
    Dirty,
    /// The form was saved or thrown away: no draft is written any more.
    Over,
}

impl<T: Send + Sync + 'static> Clone for Kept<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Kept<T> {}

impl<T> Kept<T>
where
    T: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    /// Opens the form called `form`, with `start` in it unless a draft says otherwise.
    #[must_use]
    pub fn open(form: String, start: T) -> Self {
        let kept = Self {
            value: RwSignal::new(start.clone()),
            restored: RwSignal::new(None),
            form: StoredValue::new(form.clone()),
            start: StoredValue::new(start),
            state: RwSignal::new(State::Reading),
        };
        spawn_local(async move {
            let draft = ask(&DraftQuestion { form }).await.ok().flatten();
            if kept.state.try_get_untracked() != Some(State::Reading) {
                return;
            }
            kept.state.set(State::Idle);
            let typed = draft.and_then(|draft| Some((read::<T>(&draft.content)?, draft.saved_at)));
            if let Some((typed, saved_at)) = typed
                && kept.start.with_value(|start| *start != typed)
            {
                kept.restored.set(Some(saved_at));
                kept.value.set(typed);
            }
        });
        Effect::new(move |before: Option<()>| {
            kept.value.track();
            if before.is_some() {
                kept.keep();
            }
        });
        kept
    }

    /// Saves what was typed, one saving at a time, the newest last.
    fn keep(self) {
        match self.state.get_untracked() {
            State::Over => {}
            State::Saving | State::Dirty => self.state.set(State::Dirty),
            // Somebody types before the draft was read: what is typed now counts.
            State::Reading | State::Idle => self.save(),
        }
    }

    fn save(self) {
        self.state.set(State::Saving);
        let form = self.form.get_value();
        let content = self.value.with_untracked(|value| serde_json::to_string(value));
        let Ok(content) = content else { return };
        spawn_local(async move {
            // A draft that could not be kept is kept at the next stroke.
            let _ = ask(&SaveDraft { form: form.clone(), content }).await;
            match self.state.try_get_untracked() {
                Some(State::Dirty) => self.save(),
                Some(State::Saving) => self.state.set(State::Idle),
                Some(State::Over) => drop_draft(form).await,
                _ => {}
            }
        });
    }

    /// Throws the draft away; called after the form was saved. What stands in it stays visible.
    pub fn finish(self) {
        if let Some(form) = self.form.try_get_value() {
            let _ = self.state.try_set(State::Over);
            spawn_local(drop_draft(form));
        }
    }

    /// Begins anew (另写一笔): the restored draft is thrown away.
    pub fn start_over(self) {
        self.restored.set(None);
        self.value.set(self.start.get_value());
    }
}

fn read<T: DeserializeOwned>(content: &str) -> Option<T> {
    serde_json::from_str(content).ok()
}

async fn drop_draft(form: String) {
    let _ = ask(&DropDraft { form }).await;
}
