//! The end of a form that the server takes: what is missing, what went wrong, the button.

use leptos::prelude::*;

use crate::components::OnlineNote;
use crate::pages::case_file::doing::Doing;

/// The button with its words above it.
#[component]
pub fn SendBar(
    /// What is under way.
    doing: Doing,
    /// The word on the button.
    words: &'static str,
    /// The word while it is under way.
    #[prop(default = "正在办")]
    busy: &'static str,
    /// Test hook.
    hook: &'static str,
    /// What still keeps it from being sent; said after a press.
    #[prop(optional, into)]
    missing: Signal<Option<String>>,
    /// Takes something away: the button is not the blue one.
    #[prop(optional)]
    takes_away: bool,
    /// Not the first thing to do on this screen.
    #[prop(optional)]
    quiet: bool,
) -> impl IntoView {
    let class = match (takes_away, quiet) {
        (true, _) => "btn warn big wide",
        (_, true) => "btn soft wide",
        _ => "btn pri big wide",
    };
    view! {
        <div aria-live="polite">
            {move || {
                missing.get().map(|words| view! { <p class="hint" data-test="form-missing">{words}</p> })
            }}
            {move || doing.fault.get().map(|fault| view! { <OnlineNote fault/> })}
        </div>
        <div class="save-bar">
            <button
                type="submit"
                class=class
                data-test=hook
                disabled=move || doing.busy.get()
            >
                {move || if doing.busy.get() { busy } else { words }}
            </button>
        </div>
    }
}
