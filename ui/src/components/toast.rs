//! The brief word at the bottom, and the line about a new version.

use std::time::Duration;

use leptos::prelude::*;

use super::Icon;
use crate::app::shared;

const SHOWN_FOR: Duration = Duration::from_secs(4);

/// The brief word: what was just done. Read out once, gone after four seconds.
#[component]
pub fn Toast() -> impl IntoView {
    let shared = shared();
    Effect::new(move |_| {
        if let Some((number, _)) = shared.toast.get() {
            set_timeout(
                move || {
                    let same = |toast: &Option<(u32, String)>| {
                        toast.as_ref().is_some_and(|(shown, _)| *shown == number)
                    };
                    if shared.toast.try_with_untracked(same) == Some(true) {
                        shared.toast.set(None);
                    }
                },
                SHOWN_FOR,
            );
        }
    });
    view! {
        <div class="toasts" role="status" aria-live="polite">
            {move || {
                shared
                    .toast
                    .get()
                    .map(|(_, words)| {
                        view! {
                            <span class="toast" data-test="toast">
                                <Icon name="check" class="s"/>
                                {words}
                            </span>
                        }
                    })
            }}
        </div>
    }
}

/// A newer version is ready; it is put in place when nothing is being written.
#[component]
pub fn UpdateNote() -> impl IntoView {
    let shared = shared();
    let reload = move |_| {
        // Where reloading is refused, the next start brings the new version.
        let _ = window().location().reload();
    };
    view! {
        <Show when=move || shared.new_version.get()>
            <div class="update-note note brand" role="status" data-test="update-note">
                <Icon name="dl"/>
                <div class="grow">"新版本已备好，写完手上的再换"</div>
                <button type="button" class="btn text slim" data-test="update-now" on:click=reload>
                    "现在换"
                </button>
            </div>
        </Show>
    }
}
