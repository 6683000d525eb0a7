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
use crate::models::query::{Narrowing, is_narrowed, narrowings, queue_name};

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
    /// Name of the unit it asks about, once an answer said it.
    unit: Memo<Option<String>>,
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
                "筛选"
            </button>
            {chips}
        </div>
        <Narrowed list show unit/>
        <Show when=move || open.get()>
            <FilterSheet list show open/>
        </Show>
    }
}

#[component]
fn Chip(queue: Queue, list: Memo<ListCaseFiles>, show: Show) -> impl IntoView {
    let shared = shared();
    let on = move || list.get().queue == queue;
    // The counts are those of whole queues: beside a list that is narrowed they would open to fewer.
    let is_whole = move || list.with(|list| list.text.is_empty() && !is_narrowed(list));
    let count = move || {
        let count = shared.queues.with(|queues| queues.as_ref().map(|queues| queues.count(queue)));
        count.filter(|_| is_whole())
    };
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

/// Everything that narrows the list, each a chip that a press takes away.
#[component]
fn Narrowed(list: Memo<ListCaseFiles>, show: Show, unit: Memo<Option<String>>) -> impl IntoView {
    let chips =
        Memo::new(move |_| list.with(|list| unit.with(|unit| narrowings(list, unit.as_deref()))));
    let chip = move |(narrowing, words): (Narrowing, String)| {
        let take = move |_| show.run((list.with_untracked(|list| narrowing.taken_from(list)),));
        let label = format!("去掉筛选：{words}");
        view! {
            <button
                type="button"
                class="on"
                aria-label=label
                data-test=format!("cases-narrowed-{}", narrowing.name())
                on:click=take
            >
                {words}
                <Icon name="x" class="xs"/>
            </button>
        }
    };
    move || {
        let chips = chips.get();
        (!chips.is_empty()).then(|| {
            let chips = chips.into_iter().map(chip).collect_view();
            view! {
                <div
                    class="filters narrowed-by"
                    role="group"
                    aria-label="已筛选，按一下去掉"
                    data-test="cases-narrowed"
                >
                    {chips}
                </div>
            }
        })
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
