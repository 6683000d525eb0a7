//! Controls of a household's forms: each says why it is asked.

use leptos::prelude::*;

use crate::models::household_form::{RELATIONS, why};
use crate::pages::case_file::control::{Line, Words};

/// One line to type in, and why it is asked.
#[component]
pub fn Asked(
    /// What is asked.
    label: &'static str,
    /// Name of the field, for the reason.
    field: &'static str,
    /// What stands there.
    value: RwSignal<String>,
    /// Which keyboard a phone shows.
    #[prop(default = "text")]
    mode: &'static str,
    /// Test hook.
    hook: &'static str,
) -> impl IntoView {
    let kind = if mode == "tel" { "tel" } else { "text" };
    view! {
        <div class="asked">
            <Line label value kind mode hook/>
            <p class="small t3">{why(field)}</p>
        </div>
    }
}

/// Several lines to type in, and why they are asked.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a property is given away, whatever is made of it"
)]
#[component]
pub fn AskedWords(
    /// What is asked.
    #[prop(into)]
    label: String,
    /// Name of the field, for the reason.
    #[prop(into)]
    field: String,
    /// What stands there.
    value: RwSignal<String>,
    /// How many characters at most.
    limit: usize,
    /// Test hook.
    hook: &'static str,
) -> impl IntoView {
    view! {
        <div class="asked">
            <Words label value limit hook/>
            <p class="small t3">{why(&field)}</p>
        </div>
    }
}

/// 与户主关系: the common ones at one tap, any other typed.
#[component]
pub fn Relation(
    /// What stands there.
    value: RwSignal<String>,
) -> impl IntoView {
    let taps = RELATIONS.into_iter().skip(1).map(|word| view! { <Tap word value/> }).collect_view();
    view! {
        <div class="asked">
            <Line label="与户主关系" value kind="text" hook="member-relation"/>
            <div class="picks" role="group" aria-label="与户主关系">{taps}</div>
            <p class="small t3">{why("relation")}</p>
        </div>
    }
}

#[component]
fn Tap(word: &'static str, value: RwSignal<String>) -> impl IntoView {
    let on = Memo::new(move |_| value.with(|value| value == word));
    view! {
        <button
            type="button"
            class="pick"
            class:on=on
            aria-pressed=move || on.get().to_string()
            on:click=move |_| value.set(word.to_owned())
        >
            {word}
        </button>
    }
}
