//! The draft: kept within a quarter of a second of every stroke, restored and said so.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use yidang_api::Fault;
use yidang_api::draft::{DraftQuestion, DropDraft, SaveDraft};
use yidang_domain::civil::InstantMs;

use crate::components::Icon;
use crate::door::{self, ask, may_update};
use crate::models::new_form::NewForm;
use crate::words::moment;

const AFTER: Duration = Duration::from_millis(250);

/// The form and its draft.
#[derive(Clone, Copy)]
pub struct Draft {
    /// What stands in the form.
    pub form: RwSignal<NewForm>,
    /// When it was last kept.
    pub saved_at: RwSignal<Option<InstantMs>>,
    /// When the draft that was restored had been kept.
    pub restored: RwSignal<Option<InstantMs>>,
    /// Why it could not be kept.
    pub fault: RwSignal<Option<Fault>>,
    name: StoredValue<String>,
    start: StoredValue<NewForm>,
    kept: StoredValue<NewForm>,
    timer: StoredValue<Option<TimeoutHandle>>,
    over: StoredValue<bool>,
}

impl Draft {
    /// Opens the form called `name` with `start` in it, unless a draft says otherwise.
    pub fn open(name: String, start: NewForm) -> Self {
        let draft = Self {
            form: RwSignal::new(start.clone()),
            saved_at: RwSignal::new(None),
            restored: RwSignal::new(None),
            fault: RwSignal::new(None),
            name: StoredValue::new(name),
            start: StoredValue::new(start.clone()),
            kept: StoredValue::new(start),
            timer: StoredValue::new(None),
            over: StoredValue::new(false),
        };
        draft.restore();
        Effect::new(move |before: Option<()>| {
            draft.form.track();
            if before.is_some() {
                draft.soon();
            }
        });
        let hidden = window_event_listener(ev::visibilitychange, move |_| draft.flush());
        on_cleanup(move || {
            hidden.remove();
            draft.flush();
            may_update(true);
        });
        draft
    }

    /// Puts back what stood there, unless somebody began to type meanwhile.
    fn restore(self) {
        let form = self.name.get_value();
        spawn_local(async move {
            let Ok(Some(found)) = ask(&DraftQuestion { form }).await else { return };
            let untouched = self.form.try_with_untracked(|form| {
                self.start.try_with_value(|start| form == start) == Some(true)
            });
            let typed = NewForm::of_draft(&found.content);
            if untouched == Some(true) && !typed.is_empty() {
                self.kept.set_value(typed.clone());
                self.form.set(typed);
                self.restored.set(Some(found.saved_at));
                self.saved_at.set(Some(found.saved_at));
            }
        });
    }

    /// Begins with `form` instead, unless somebody typed or a draft was restored meanwhile.
    pub fn begin_with(self, form: NewForm) {
        let untouched = self.form.try_with_untracked(|now| {
            self.start.try_with_value(|start| now == start) == Some(true)
        });
        if untouched == Some(true) {
            self.start.set_value(form.clone());
            self.kept.set_value(form.clone());
            self.form.set(form);
        }
    }

    fn changed(self) -> bool {
        let same = self
            .form
            .try_with_untracked(|form| self.kept.try_with_value(|kept| kept == form) == Some(true));
        same == Some(false) && self.over.try_get_value() == Some(false)
    }

    /// Keeps it soon; strokes in between go along.
    fn soon(self) {
        if !self.changed() || self.timer.with_value(Option::is_some) {
            return;
        }
        may_update(false);
        let waited = set_timeout_with_handle(move || self.flush(), AFTER);
        self.timer.set_value(waited.ok());
    }

    /// Keeps it now.
    pub fn flush(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        if !self.changed() {
            return;
        }
        let (Some(typed), Some(form)) = (self.form.try_get_untracked(), self.name.try_get_value())
        else {
            return;
        };
        self.kept.set_value(typed.clone());
        let content = typed.to_draft();
        spawn_local(async move {
            let reply = ask(&SaveDraft { form: form.clone(), content }).await;
            match reply {
                Ok(()) if self.over.try_get_value() == Some(true) => drop_draft(form).await,
                Ok(()) => self.was_kept(),
                Err(fault) => {
                    // Tried again at the next stroke.
                    let _ = self.kept.try_update_value(|kept| *kept = NewForm::default());
                    let _ = self.fault.try_set(Some(fault));
                }
            }
        });
    }

    fn was_kept(self) {
        let _ = self.saved_at.try_set(Some(door::now()));
        let _ = self.fault.try_set(None);
        if !self.changed() {
            may_update(true);
        }
    }

    /// The form was saved: no draft is kept any more.
    pub async fn finish(self) {
        let _ = self.over.try_update_value(|over| *over = true);
        if let Some(form) = self.name.try_get_value() {
            drop_draft(form).await;
        }
        may_update(true);
    }

    /// 另起一件: throws away what was restored.
    pub fn start_over(self) {
        let start = self.start.get_value();
        self.kept.set_value(start.clone());
        self.form.set(start);
        self.restored.set(None);
        self.saved_at.set(None);
        spawn_local(drop_draft(self.name.get_value()));
    }
}

async fn drop_draft(form: String) {
    // A draft that stays is offered again, which loses nothing.
    let _ = ask(&DropDraft { form }).await;
}

/// 上次没写完的还在, where a draft was restored.
#[component]
pub fn RestoredNote(
    /// The draft.
    draft: Draft,
) -> impl IntoView {
    move || {
        draft.restored.get().map(|at| {
            view! {
                <div class="note soon" role="status" data-test="draft-restored">
                    <Icon name="hist"/>
                    <div class="grow">
                        <b>"上次没写完的还在"</b>
                        <div class="mid t2">{format!("{} 存的，已放回原处", moment(at))}</div>
                        <div class="row note-act">
                            <button
                                type="button"
                                class="btn slim"
                                data-test="draft-go-on"
                                on:click=move |_| draft.restored.set(None)
                            >
                                "接着写"
                            </button>
                            <button
                                type="button"
                                class="btn text slim"
                                data-test="draft-drop"
                                on:click=move |_| draft.start_over()
                            >
                                "另起一件"
                            </button>
                        </div>
                    </div>
                </div>
            }
        })
    }
}
