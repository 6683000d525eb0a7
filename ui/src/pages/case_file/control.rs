//! The control that fits a fact: text, number, date, choice.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use yidang_api::case_file::FactView;
use yidang_domain::category::CLASSES;
use yidang_domain::facts::{CASE_FACTS, Risk, Source, ValueKind};

use crate::components::{arrows, tab_stop};

/// A labelled control for `fact`, bound to `value` as text.
#[component]
pub fn FactControl(
    /// The fact.
    fact: FactView,
    /// What stands there, as text.
    value: RwSignal<String>,
) -> impl IntoView {
    let FactView { field: name, label, .. } = fact;
    let kind = CASE_FACTS.iter().find(|field| field.name == name).map(|field| field.kind);
    match (name.as_str(), kind) {
        ("category", _) => view! { <Category label value /> }.into_any(),
        ("source", _) => view! { <SourceChoice label value /> }.into_any(),
        ("risk", _) => {
            let choices = Risk::ALL.map(|risk| (u8::from(risk).to_string(), risk.label())).to_vec();
            view! { <Choice label choices value /> }.into_any()
        }
        (_, Some(ValueKind::Flag)) => {
            let choices = vec![("true".to_owned(), "是"), ("false".to_owned(), "否")];
            view! { <Choice label choices value /> }.into_any()
        }
        (_, Some(ValueKind::Date)) => view! { <Line label value kind="date" /> }.into_any(),
        (_, Some(ValueKind::Number(..))) => {
            view! { <Line label value kind="text" mode="numeric" /> }.into_any()
        }
        (_, Some(ValueKind::Text(limit))) if limit >= 100 => {
            view! { <Words label value limit /> }.into_any()
        }
        _ => view! { <Line label value kind="text" /> }.into_any(),
    }
}

/// One line to type in.
#[component]
pub fn Line(
    /// What is asked.
    #[prop(into)]
    label: String,
    /// What stands there.
    value: RwSignal<String>,
    /// Kind of input: text, date, tel.
    kind: &'static str,
    /// Which keyboard a phone shows.
    #[prop(default = "text")]
    mode: &'static str,
    /// Test hook.
    #[prop(default = "fact-input")]
    hook: &'static str,
) -> impl IntoView {
    view! {
        <label class="ask">
            <span>{label}</span>
            <input
                type=kind
                inputmode=(kind != "date").then_some(mode)
                autocomplete="off"
                data-test=hook
                bind:value=value
            />
        </label>
    }
}

/// Several lines to type in.
#[component]
pub fn Words(
    /// What is asked.
    #[prop(into)]
    label: String,
    /// What stands there.
    value: RwSignal<String>,
    /// How many characters at most.
    #[prop(default = 2000)]
    limit: usize,
    /// Test hook.
    #[prop(default = "fact-input")]
    hook: &'static str,
) -> impl IntoView {
    view! {
        <label class="ask">
            <span>{label}</span>
            <textarea
                rows="3"
                maxlength=limit.to_string()
                autocomplete="off"
                data-test=hook
                bind:value=value
            ></textarea>
        </label>
    }
}

/// A few choices that exclude each other.
#[component]
pub fn Choice(
    /// What is asked.
    #[prop(into)]
    label: String,
    /// Value and word of each.
    choices: Vec<(String, &'static str)>,
    /// The chosen value.
    value: RwSignal<String>,
) -> impl IntoView {
    let buttons = choices
        .into_iter()
        .map(|(code, word)| {
            let hook = format!("choice-{code}");
            let mine = code.clone();
            let is_on = Memo::new(move |_| value.with(|value| *value == mine));
            view! {
                <button
                    type="button"
                    role="radio"
                    class="pick"
                    class:on=is_on
                    aria-checked=move || is_on.get().to_string()
                    tabindex=move || tab_stop(is_on.get(), value.with(String::is_empty))
                    data-test=hook
                    on:click=move |_| value.set(code.clone())
                >
                    {word}
                </button>
            }
        })
        .collect_view();
    view! {
        <div class="ask">
            <span>{label.clone()}</span>
            <div
                class="picks"
                role="radiogroup"
                aria-label=label
                on:keydown=move |event: KeyboardEvent| arrows(&event)
            >
                {buttons}
            </div>
        </div>
    }
}

#[component]
fn Category(label: String, value: RwSignal<String>) -> impl IntoView {
    let groups = CLASSES
        .iter()
        .map(|class| {
            let options = class
                .categories
                .iter()
                .map(|category| {
                    view! {
                        <option
                            value=category.code
                            selected=move || value.with(|value| value == category.code)
                        >
                            {category.code}
                            " "
                            {category.label}
                        </option>
                    }
                })
                .collect_view();
            view! { <optgroup label=class.label>{options}</optgroup> }
        })
        .collect_view();
    view! {
        <label class="ask">
            <span>{label}</span>
            <select
                data-test="fact-input"
                on:change=move |event| value.set(event_target_value(&event))
            >
                <option value="" selected=move || value.with(String::is_empty)>
                    "还没选"
                </option>
                {groups}
            </select>
        </label>
    }
}

#[component]
fn SourceChoice(label: String, value: RwSignal<String>) -> impl IntoView {
    let options = Source::ALL
        .into_iter()
        .map(|source| {
            view! {
                <option
                    value=source.code()
                    selected=move || value.with(|value| value == source.code())
                >
                    {source.label()}
                </option>
            }
        })
        .collect_view();
    view! {
        <label class="ask">
            <span>{label}</span>
            <select
                data-test="fact-input"
                on:change=move |event| value.set(event_target_value(&event))
            >
                {options}
            </select>
        </label>
    }
}
