//! 找: one field over files, households and entries of this device.

mod results;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yidang_api::find::FindQuestion;

use self::results::Results;
use crate::app::shared;
use crate::components::{FaultNote, Frame, SearchField, Waiting};
use crate::door::answer_to;
use crate::models::found::{HINTS, MORE, SHOWN, is_current, step};

/// Everything the arrow keys go through.
const ROWS: &str = "#found a";

/// The page.
#[component]
pub fn FindPage() -> impl IntoView {
    let shared = shared();
    let text = shared.search;
    let limit = RwSignal::new(SHOWN);
    let found = answer_to(move || {
        let (text, limit) = (text.get(), limit.get());
        (!text.trim().is_empty()).then_some(FindQuestion { text, limit })
    });
    let typed = Callback::new(move |(typed,): (String,)| {
        limit.set(SHOWN);
        text.set(typed);
    });
    let more = Callback::new(move |()| limit.update(|limit| *limit = limit.saturating_add(MORE)));
    let empty = Memo::new(move |_| text.with(|text| text.trim().is_empty()));
    // A late answer belongs to an older text and is not shown.
    let view = Memo::new(move |_| {
        let typed = text.get();
        found.value.get().filter(|view| is_current(&view.text, &typed))
    });
    let key = Callback::new(move |(event,): (KeyboardEvent,)| from_field(&event));
    let body = move || {
        if empty.get() {
            return view! { <Hints/> }.into_any();
        }
        if let Some(fault) = found.fault.get() {
            let retry = Callback::new(move |()| found.retry());
            return view! { <FaultNote fault retry/> }.into_any();
        }
        match view.get() {
            Some(view) => view! { <Results view more/> }.into_any(),
            None => view! { <Waiting rows=4/> }.into_any(),
        }
    };
    view! {
        <Frame
            title="找"
            sub="只找这台设备上的，没有网络也能找"
            on="find"
            back=true
            head=move || {
                view! {
                    <SearchField
                        text
                        on_text=typed
                        label="姓名、首字母、尾号、地点、类别"
                        hook="find"
                        first=true
                        on_key=key
                    />
                }
            }
        >
            <div id="found" on:keydown=move |event: KeyboardEvent| within(&event)>{body}</div>
        </Frame>
    }
}

/// What can be typed.
#[component]
fn Hints() -> impl IntoView {
    let rows = HINTS
        .into_iter()
        .map(|(what, example)| {
            view! {
                <div class="field">
                    <span class="vl">{what}</span>
                    <span class="mid t3">{format!("比如 {example}")}</span>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="sec"><h2>"可以这样找"</h2></div>
        <div class="cells" data-test="find-hints">{rows}</div>
        <p class="small t3 aside">"写几个词，用空格隔开，都对得上的才列出来"</p>
    }
}

/// Down goes into the results, Enter opens the first.
fn from_field(event: &KeyboardEvent) {
    let rows = rows();
    match event.key().as_str() {
        "ArrowDown" => go_to(event, &rows, step(None, count(&rows), true)),
        "Enter" => {
            if let Some(first) = rows.first() {
                event.prevent_default();
                first.click();
            }
        }
        _ => {}
    }
}

/// Arrows go through the results; up from the first one leads back to the field.
fn within(event: &KeyboardEvent) {
    let down = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let rows = rows();
    let active = document().active_element();
    let at = rows.iter().position(|row| active.as_ref() == Some(row.as_ref()));
    let at = at.and_then(|at| u32::try_from(at).ok());
    go_to(event, &rows, step(at, count(&rows), down));
}

fn go_to(event: &KeyboardEvent, rows: &[HtmlElement], to: Option<u32>) {
    event.prevent_default();
    let row = to.and_then(|to| rows.get(usize::try_from(to).unwrap_or(0)).cloned());
    let field = || {
        let field = document().query_selector("[data-test='find']").ok().flatten();
        field.and_then(|field| field.dyn_into::<HtmlElement>().ok())
    };
    if let Some(target) = row.or_else(field) {
        // Where focus is refused, everything can still be reached by touch.
        let _ = target.focus();
    }
}

fn count(rows: &[HtmlElement]) -> u32 {
    u32::try_from(rows.len()).unwrap_or(u32::MAX)
}

fn rows() -> Vec<HtmlElement> {
    let Ok(all) = document().query_selector_all(ROWS) else { return Vec::new() };
    (0..all.length()).filter_map(|index| all.item(index)?.dyn_into().ok()).collect()
}
