//! A form that is kept as typed: saved as a draft at every stroke, restored to the same form and
//! said so.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;
use serde::de::DeserializeOwned;
use yidang_api::draft::DraftQuestion;
use yidang_domain::civil::InstantMs;

use super::keeper::Keeper;
use crate::door::ask;

/// What stands in a form, and whether it came out of a draft.
pub struct Kept<T: Send + Sync + 'static> {
    /// What stands in the form.
    pub value: RwSignal<T>,
    /// When the draft that was restored was kept; `None` where nothing was restored.
    pub restored: RwSignal<Option<InstantMs>>,
    start: StoredValue<T>,
    keeper: StoredValue<Arc<Keeper>>,
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
            start: StoredValue::new(start),
            keeper: StoredValue::new(Keeper::of(form.clone())),
        };
        kept.restore(form);
        Effect::new(move |before: Option<()>| {
            kept.value.track();
            if before.is_some() {
                kept.keep();
            }
        });
        kept
    }

    /// Puts back what was typed before, unless somebody typed meanwhile.
    fn restore(self, form: String) {
        spawn_local(async move {
            let Some(draft) = ask(&DraftQuestion { form }).await.ok().flatten() else { return };
            let Ok(typed) = serde_json::from_str::<T>(&draft.content) else { return };
            let untouched = self.keeper.try_with_value(|keeper| !keeper.is_touched());
            let differs = self.start.try_with_value(|start| *start != typed);
            if untouched == Some(true) && differs == Some(true) {
                self.restored.set(Some(draft.saved_at));
                self.value.set(typed);
            }
        });
    }

    fn keep(self) {
        let as_opened =
            self.value.with_untracked(|value| self.start.with_value(|start| value == start));
        let content = self.value.with_untracked(|value| serde_json::to_string(value).ok());
        self.keeper.with_value(|keeper| keeper.keep(content.filter(|_| !as_opened)));
    }

    /// Throws the draft away; called after the form was saved. What stands in it stays visible.
    pub fn finish(self) {
        // Where the form is gone already, its draft stays and is offered again: nothing is lost.
        let _ = self.keeper.try_with_value(Keeper::finish);
    }

    /// Begins anew (另写一笔): the restored draft is thrown away.
    pub fn start_over(self) {
        self.restored.set(None);
        self.value.set(self.start.get_value());
    }
}
