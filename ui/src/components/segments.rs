//! Two to five choices that exclude each other.

use leptos::ev;
use leptos::prelude::*;

use super::{arrows, tab_stop};

/// A row of choices. Arrow keys move between them.
#[component]
pub fn Segments<T>(
    /// What is chosen, for those who cannot see it.
    #[prop(into)]
    label: String,
    /// Values, their names in test hooks and their words.
    options: Vec<(T, &'static str, String)>,
    /// The chosen value.
    #[prop(into)]
    value: Signal<T>,
    /// Called with the newly chosen one.
    #[prop(into)]
    on_pick: Callback<(T,)>,
    /// Prefix of the test hooks.
    hook: &'static str,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let buttons = options
        .into_iter()
        .map(|(option, name, word)| {
            let is_on = Memo::new(move |_| value.get() == option);
            view! {
                <button
                    type="button"
                    role="radio"
                    class:on=is_on
                    aria-checked=move || is_on.get().to_string()
                    tabindex=move || tab_stop(is_on.get(), false)
                    data-test=format!("{hook}-{name}")
                    on:click=move |_| on_pick.run((option,))
                >
                    {word}
                </button>
            }
        })
        .collect_view();
    view! {
        <div
            class="seg"
            role="radiogroup"
            aria-label=label
            on:keydown=move |event: ev::KeyboardEvent| arrows(&event)
        >
            {buttons}
        </div>
    }
}
