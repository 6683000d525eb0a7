//! One row of a form: label left, value right, one question a row.

use leptos::prelude::*;

use super::Icon;

/// Why a value cannot stay as it is, below it. Nothing where it can.
#[component]
pub fn BadHint(
    /// Why.
    bad: Signal<Option<String>>,
) -> impl IntoView {
    move || {
        let why = bad.get()?;
        Some(view! { <small class="hint" role="alert" data-test="field-bad">{why}</small> })
    }
}

/// A row. With `on_press` the whole row is a button that opens something.
#[component]
pub fn FieldRow(
    /// What is asked.
    #[prop(into)]
    label: String,
    /// Why the value cannot stay as it is.
    #[prop(optional, into)]
    bad: Signal<Option<String>>,
    /// Opens the sheet in which the value is chosen.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
    /// The icon at the end.
    #[prop(default = "right")]
    icon: &'static str,
    /// Test hook.
    #[prop(optional)]
    hook: &'static str,
    /// The value.
    children: Children,
) -> impl IntoView {
    let value = view! { <span class="vl">{children()} <BadHint bad/></span> };
    match on_press {
        Some(press) => view! {
            <button
                type="button"
                class="field"
                class:bad=move || bad.with(Option::is_some)
                data-test=hook
                on:click=move |_| press.run(())
            >
                <span class="lb">{label}</span>
                {value}
                <Icon name=icon class="chev s"/>
            </button>
        }
        .into_any(),
        None => view! {
            <div class="field" class:bad=move || bad.with(Option::is_some) data-test=hook>
                <span class="lb">{label}</span>
                {value}
            </div>
        }
        .into_any(),
    }
}
