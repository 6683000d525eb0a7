//! 建档: putting the form to the desk, and what the desk says is missing.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yidang_api::{Fault, FaultCode};

use super::draft::Draft;
use crate::app::{Shared, shared};
use crate::components::use_go;
use crate::door::{ask, today};
use crate::models::new_form::{NewForm, reason};

/// Brings what has to be mended into view and gives it focus.
fn lead_to_bad() {
    let found =
        document().query_selector("label.field.bad input, button.field.bad, .is-bad textarea");
    if let Ok(Some(found)) = found {
        found.scroll_into_view();
        if let Ok(found) = found.dyn_into::<HtmlElement>() {
            // Where focus is refused, the words beside the field still say what to do.
            let _ = found.focus();
        }
    }
}

/// One opening of a file.
#[derive(Clone, Copy)]
pub struct Opening {
    /// It is under way.
    pub busy: RwSignal<bool>,
    /// Why it was not opened, where that is not about one field.
    pub fault: RwSignal<Option<Fault>>,
    /// The field the desk wants mended, and the form it said so about.
    bad: RwSignal<Option<(String, NewForm)>>,
    draft: Draft,
    shared: Shared,
    go: Callback<(String,)>,
}

impl Opening {
    /// Nothing under way.
    #[must_use]
    pub fn new(draft: Draft) -> Self {
        Self {
            busy: RwSignal::new(false),
            fault: RwSignal::new(None),
            bad: RwSignal::new(None),
            draft,
            shared: shared(),
            go: use_go(),
        }
    }

    /// Opens the file, throws the draft away and leads to the file.
    pub fn start(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        self.bad.set(None);
        // What was typed is safe before anything is tried with it.
        self.draft.flush();
        let form = self.draft.form.get_untracked();
        spawn_local(async move {
            match ask(&form.question(today())).await {
                Ok(opened) => {
                    self.draft.finish().await;
                    self.shared.say("已保存在本机");
                    self.go.try_run((format!("/case/{}", opened.id),));
                }
                Err(fault) => self.failed(fault, form),
            }
        });
    }

    fn failed(self, fault: Fault, form: NewForm) {
        let _ = self.busy.try_set(false);
        match (fault.code, fault.field.clone()) {
            (FaultCode::Invalid, Some(field)) => {
                let _ = self.bad.try_set(Some((field, form)));
                request_animation_frame(lead_to_bad);
            }
            _ => {
                let _ = self.fault.try_set(Some(fault));
            }
        }
    }

    /// Why one of `fields` has to be mended, until the form is another one.
    #[must_use]
    pub fn bad(self, fields: &'static [&'static str]) -> Signal<Option<String>> {
        Signal::derive(move || {
            let (field, about) = self.bad.get()?;
            let name = field.rsplit('.').next().unwrap_or(&field).to_owned();
            let meant = fields.contains(&name.as_str()) || fields.contains(&field.as_str());
            let same = self.draft.form.with(|form| *form == about);
            (meant && same).then(|| reason(&name, &about))
        })
    }
}
