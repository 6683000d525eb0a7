//! What all sheets have: the restored draft said, and saving.

use leptos::ev;
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::doing::Doing;
use super::kept::Kept;
use crate::components::{FaultNote, Icon};
use crate::words::moment;

/// 上次没写完的还在, where a draft was restored.
#[component]
pub fn RestoredNote<T>(
    /// The form.
    kept: Kept<T>,
) -> impl IntoView
where
    T: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    move || {
        kept.restored.get().map(|at| {
            view! {
                <div class="note soon" role="status" data-test="draft-restored">
                    <Icon name="hist" />
                    <div class="grow">
                        <b>"上次没写完的还在"</b>
                        <div class="mid t2">{format!("草稿存于 {}", moment(at))}</div>
                    </div>
                    <button
                        type="button"
                        class="btn text slim"
                        data-test="draft-drop"
                        on:click=move |_| kept.start_over()
                    >
                        "另写"
                    </button>
                </div>
            }
        })
    }
}

/// A form is sent by its button or by Enter; the page stays.
pub fn submit(event: &ev::SubmitEvent, save: Callback<()>) {
    event.prevent_default();
    save.run(());
}

/// The button that saves, with what went wrong above it.
#[component]
pub fn SaveBar(
    /// What is under way.
    doing: Doing,
    /// Test hook of the button.
    hook: &'static str,
    /// The word on the button.
    #[prop(into)]
    words: String,
    /// What still keeps it from being saved; said after a press.
    #[prop(optional, into)]
    missing: Signal<Option<&'static str>>,
) -> impl IntoView {
    view! {
        <div aria-live="polite">
            {move || {
                missing
                    .get()
                    .map(|words| {
                        view! {
                            <p class="hint" data-test="form-missing">
                                {words}
                            </p>
                        }
                    })
            }} {move || doing.fault.get().map(|fault| view! { <FaultNote fault /> })}
        </div>
        <div class="save-bar">
            <button
                type="submit"
                class="btn pri big wide"
                data-test=hook
                disabled=move || doing.busy.get()
            >
                {words}
            </button>
        </div>
        <p class="small t3 center">"没有网络也能存，有信号后自动上传"</p>
    }
}
