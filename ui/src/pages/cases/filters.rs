//! Saved filters, and the sheet with the others.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDivElement, HtmlElement};
use yidang_api::list::{ListCaseFiles, Queue};
use yidang_domain::category::CLASSES;
use yidang_domain::facts::Risk;

use super::Show;
use crate::app::shared;
use crate::components::{Icon, RiskBars, Sheet};
use crate::models::query::queue_name;

/// What is open first, everything last.
const ORDER: [Queue; 12] = [
    Queue::Open,
    Queue::ToAccept,
    Queue::InWork,
    Queue::Returned,
    Queue::Changed,
    Queue::DueToday,
    Queue::Overdue,
    Queue::Clashing,
    Queue::ToClose,
    Queue::Late,
    Queue::Closed,
    Queue::All,
];

/// Scrolls the row of chips so that the chosen one is seen.
fn show_chosen(row: &HtmlDivElement) {
    let Ok(Some(chosen)) = row.query_selector("button[aria-pressed='true']") else { return };
    if let Ok(chosen) = chosen.dyn_into::<HtmlElement>() {
        let left = chosen.offset_left() - row.offset_left();
        let hidden = left + chosen.offset_width() > row.client_width();
        row.set_scroll_left(if hidden { left - 60 } else { 0 });
    }
}

/// Queues as chips, then the sheet for risk and class.
#[component]
pub fn Filters(
    /// The list shown.
    list: Memo<ListCaseFiles>,
    /// Shows another one.
    show: Show,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let chips = ORDER.into_iter().map(|queue| view! { <Chip queue list show/> }).collect_view();
    let row: NodeRef<Div> = NodeRef::new();
    let shared = shared();
    Effect::new(move |_| {
        // Counts arrive later than the chips, and make them wider.
        shared.queues.track();
        list.track();
        if let Some(row) = row.get() {
            request_animation_frame(move || show_chosen(&row));
        }
    });
    let narrowed = move || list.with(|list| list.risk.is_some() || list.category.is_some());
    view! {
        <div node_ref=row class="filters" role="group" aria-label="筛选">
            <button
                type="button"
                class:on=narrowed
                aria-haspopup="dialog"
                data-test="cases-filter"
                on:click=move |_| open.set(true)
            >
                <Icon name="filter" class="xs"/>
                {move || narrowed_words(&list.get())}
            </button>
            {chips}
        </div>
        <Narrowed list show/>
        <Show when=move || open.get()>
            <FilterSheet list show open/>
        </Show>
    }
}

fn narrowed_words(list: &ListCaseFiles) -> String {
    let risk = list.risk.map(|risk| risk.label().to_owned());
    let class = list.category.as_deref().map(category_words);
    let words: Vec<_> = risk.into_iter().chain(class).collect();
    if words.is_empty() { "筛选".to_owned() } else { words.join("、") }
}

/// Two digits name a class, four a category.
fn category_words(code: &str) -> String {
    let class = CLASSES.iter().find(|class| class.code == code);
    class.map_or_else(|| yidang_domain::category::label(code), |class| class.label.to_owned())
}

#[component]
fn Chip(queue: Queue, list: Memo<ListCaseFiles>, show: Show) -> impl IntoView {
    let shared = shared();
    let on = move || list.get().queue == queue;
    let count =
        move || shared.queues.with(|queues| queues.as_ref().map(|queues| queues.count(queue)));
    view! {
        <button
            type="button"
            class:on=on
            aria-pressed=move || on().to_string()
            data-test=format!("queue-{}", queue_name(queue))
            on:click=move |_| {
                let mut list = list.get_untracked();
                list.queue = queue;
                show.run((list,));
            }
        >
            {queue.label()}
            {move || count().filter(|count| *count > 0).map(|count| format!(" {count}"))}
        </button>
    }
}

/// Says when only one unit is shown, and leads back to all of them.
#[component]
fn Narrowed(list: Memo<ListCaseFiles>, show: Show) -> impl IntoView {
    let all = move |_| {
        let mut list = list.get_untracked();
        list.org = None;
        show.run((list,));
    };
    view! {
        <Show when=move || list.get().org.is_some()>
            <div class="note quiet narrowed" data-test="cases-org">
                <div class="grow">"只看一个单位的"</div>
                <button
                    type="button"
                    class="btn text slim"
                    data-test="cases-org-all"
                    on:click=all
                >
                    "看全部"
                </button>
            </div>
        </Show>
    }
}

/// Risk and class. What is chosen takes effect on closing.
#[component]
fn FilterSheet(list: Memo<ListCaseFiles>, show: Show, open: RwSignal<bool>) -> impl IntoView {
    let chosen = RwSignal::new(list.get_untracked());
    let close = move || {
        open.set(false);
        let (now, chosen) = (list.get_untracked(), chosen.get_untracked());
        if now != chosen {
            show.run((chosen,));
        }
    };
    view! {
        <Sheet title="筛选" on_close=close hook="filter-sheet">
            <Choices chosen/>
            <div class="sheet-acts">
                <button
                    type="button"
                    class="btn pri big wide"
                    data-test="filter-done"
                    on:click=move |_| close()
                >
                    "看结果"
                </button>
            </div>
        </Sheet>
    }
}

#[component]
fn Choices(chosen: RwSignal<ListCaseFiles>) -> impl IntoView {
    let risks =
        Risk::ALL.into_iter().map(|risk| view! { <RiskChoice risk chosen/> }).collect_view();
    let now = chosen.with_untracked(|list| list.category.clone());
    let classes = CLASSES
        .iter()
        .map(|class| {
            let here = now.as_deref() == Some(class.code);
            view! {
                <option value=class.code selected=here>
                    {class.label}
                </option>
            }
        })
        .collect_view();
    let typed = move |event: leptos::ev::Event| {
        let code = Some(event_target_value(&event)).filter(|code| !code.is_empty());
        chosen.update(|list| list.category = code);
    };
    view! {
        <div class="ask">
            <span>"缓急"</span>
            <div class="picks" role="group" aria-label="缓急">{risks}</div>
        </div>
        <label class="ask">
            <span>"类别"</span>
            <select data-test="filter-class" on:change=typed>
                <option value="" selected=now.is_none()>"全部类别"</option>
                {classes}
            </select>
        </label>
    }
}

/// A press chooses it, another one takes it back.
#[component]
fn RiskChoice(risk: Risk, chosen: RwSignal<ListCaseFiles>) -> impl IntoView {
    let on = move || chosen.with(|list| list.risk == Some(risk));
    let press = move |_| {
        chosen.update(|list| {
            list.risk = if list.risk == Some(risk) { None } else { Some(risk) };
        });
    };
    view! {
        <button
            type="button"
            class="pick"
            class:on=on
            aria-pressed=move || on().to_string()
            data-test=format!("filter-risk-{}", u8::from(risk))
            on:click=press
        >
            <RiskBars risk/>
            {risk.label()}
        </button>
    }
}
