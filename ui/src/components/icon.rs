//! Icons: one set of symbols per page, used by name.

use leptos::prelude::*;

const SYMBOLS: &str = include_str!("../../static/icons.svg");

/// The set of symbols. The application places it once.
#[component]
pub fn Symbols() -> impl IntoView {
    view! { <div class="symbols" aria-hidden="true" inner_html=SYMBOLS></div> }
}

/// The icon called `name`. It never stands without a word, except back, close and more.
#[component]
pub fn Icon(
    /// Its name in `icons.svg`, without `i-`.
    #[prop(into)]
    name: Signal<&'static str>,
    /// Further classes: `s`, `xs`, `l`, `chev`.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg class=format!("i {class}") aria-hidden="true">
            <use href=move || format!("#i-{}", name.get())></use>
        </svg>
    }
}
