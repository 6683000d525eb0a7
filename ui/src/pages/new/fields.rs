//! The six fields.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use yidang_domain::facts::Risk;

use super::category::{CategorySheet, CategoryValue};
use super::day::DaySheet;
use super::draft::Draft;
use super::opening::Opening;
use super::parties::{PartiesSheet, PartiesValue};
use super::source::SourceSheet;
use crate::components::{BadHint, FieldRow, RiskBars, arrows, tab_stop};
use crate::door::today;
use crate::models::new_form::NewForm;
use crate::words::{day, month_day};

/// Which field is being asked for in a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// 类别
    Category,
    /// 哪一天
    Day,
    /// 当事人
    Parties,
    /// 怎么知道
    Source,
}

/// The sheet that asks for a field.
pub fn sheet(asked: Asking, draft: Draft, asking: RwSignal<Option<Asking>>) -> AnyView {
    let form = draft.form;
    let done = Callback::new(move |()| asking.set(None));
    match asked {
        Asking::Category => view! { <CategorySheet form done/> }.into_any(),
        Asking::Day => view! { <DaySheet form done/> }.into_any(),
        Asking::Parties => view! { <PartiesSheet form done/> }.into_any(),
        Asking::Source => view! { <SourceSheet form done/> }.into_any(),
    }
}

/// The rows.
#[component]
pub fn Fields(
    /// The draft.
    draft: Draft,
    /// 建档
    opening: Opening,
    /// Which field is being asked for.
    asking: RwSignal<Option<Asking>>,
) -> impl IntoView {
    let form = draft.form;
    let suggested = move || form.with(|form| form.suggestions(today()));
    let any = move || suggested() > 0;
    let ask = move |field| Callback::new(move |()| asking.set(Some(field)));
    view! {
        <div class="sec">
            <h2>"六项"</h2>
            <Show when=any>
                <span data-test="new-suggested">
                    {move || format!("已按这句话填好 {} 项，请核对", suggested())}
                </span>
            </Show>
        </div>
        <div class="cells">
            <FieldRow
                label="类别"
                bad=opening.bad(&["category"])
                on_press=ask(Asking::Category)
                hook="new-category"
            >
                <CategoryValue form/>
            </FieldRow>
            <Place form bad=opening.bad(&["place"])/>
            <FieldRow
                label="哪一天"
                bad=opening.bad(&["occurred_on"])
                on_press=ask(Asking::Day)
                icon="cal"
                hook="new-day"
            >
                <DayValue form/>
            </FieldRow>
            <FieldRow
                label="当事人"
                bad=opening.bad(&["parties", "name", "phone", "side", "household"])
                on_press=ask(Asking::Parties)
                icon="plus"
                hook="new-parties"
            >
                <PartiesValue form/>
            </FieldRow>
            <FieldRow label="缓急" bad=opening.bad(&["risk"])><RiskChoice form/></FieldRow>
            <FieldRow
                label="怎么知道"
                bad=opening.bad(&["source"])
                on_press=ask(Asking::Source)
                hook="new-source"
            >
                {move || form.with(|form| form.source().label())}
            </FieldRow>
        </div>
    }
}

/// Typed right in the row.
#[component]
fn Place(form: RwSignal<NewForm>, bad: Signal<Option<String>>) -> impl IntoView {
    let typed = move |event| form.update(|form| form.place = event_target_value(&event));
    view! {
        <label class="field" class:bad=move || bad.with(Option::is_some)>
            <span class="lb">"在哪里"</span>
            <span class="vl">
                <input
                    type="text"
                    class="bare"
                    maxlength="120"
                    autocomplete="off"
                    data-test="new-place"
                    prop:value=move || form.with(|form| form.place.clone())
                    on:input=typed
                />
                <BadHint bad/>
            </span>
        </label>
    }
}

#[component]
fn DayValue(form: RwSignal<NewForm>) -> impl IntoView {
    move || {
        let chosen = form.with(|form| form.day(today()));
        let (date, word) = (month_day(chosen.value), day(chosen.value));
        let word = (word != date).then(|| view! { <span class="sep"></span> {word} });
        let from = chosen.suggested.then(|| view! { <small>"按这句话建议"</small> });
        view! { {date} {word} {from} }
    }
}

/// The four levels side by side, the least pressing first.
#[component]
fn RiskChoice(form: RwSignal<NewForm>) -> impl IntoView {
    let choices = Risk::ALL
        .into_iter()
        .rev()
        .map(|risk| {
            let number = u8::from(risk);
            let on = move || form.with(|form| form.risk() == risk);
            view! {
                <button
                    type="button"
                    role="radio"
                    class=move || if on() { format!("on r{number}") } else { String::new() }
                    aria-checked=move || on().to_string()
                    tabindex=move || tab_stop(on(), false)
                    data-test=format!("new-risk-{number}")
                    on:click=move |_| form.update(|form| form.risk = Some(risk))
                >
                    <RiskBars risk/>
                    {risk.label()}
                </button>
            }
        })
        .collect_view();
    view! {
        <div
            class="seg four"
            role="radiogroup"
            aria-label="缓急"
            on:keydown=move |event: KeyboardEvent| arrows(&event)
        >
            {choices}
        </div>
    }
}
