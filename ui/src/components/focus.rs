//! Focus: inside while a sheet is open, back where it came from afterwards, and somewhere sensible
//! when the thing that had it is gone.

use std::cell::{Cell, RefCell};

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

const INSIDE: &str = "button:not([disabled]), a[href], input:not([disabled]), \
                      select:not([disabled]), textarea:not([disabled]), summary, [tabindex='0']";

/// Where focus goes when what had it is gone: the chosen file of a list, else the page.
const HOME: [&str; 2] = [".item.on", "#main"];

/// Puts focus into `body`, on the first thing that `wanted` names if there is one, and back
/// afterwards.
pub fn use_focus(body: NodeRef<Div>, wanted: &'static str) {
    let before = document().active_element().and_then(|e| e.dyn_into::<HtmlElement>().ok());
    let before = StoredValue::new_local(before);
    Effect::new(move |_| {
        let Some(body) = body.get() else { return };
        let wanted = body.query_selector(wanted).ok().flatten();
        let target = wanted
            .and_then(|element| element.dyn_into::<HtmlElement>().ok())
            .unwrap_or_else(|| body.unchecked_ref::<HtmlElement>().clone());
        request_animation_frame(move || focus(&target));
    });
    on_cleanup(move || {
        if let Some(before) = before.try_update_value(Option::take).flatten() {
            focus(&before);
        }
        keep_somewhere();
    });
}

thread_local! {
    /// What had the focus last.
    static LAST: RefCell<Option<Element>> = const { RefCell::new(None) };
    /// Whether that is listened for.
    static LISTENING: Cell<bool> = const { Cell::new(false) };
}

/// Remembers what has the focus, from the first page on.
fn listen() {
    if LISTENING.replace(true) {
        return;
    }
    let _ = window_event_listener(ev::focusin, |event| {
        LAST.set(event.target().and_then(|target| target.dyn_into().ok()));
    });
}

/// Once the page is drawn anew: whoever uses the keyboard is not thrown back to its beginning because
/// the row or the button they were on is gone.
pub fn keep_somewhere() {
    if !cfg!(target_arch = "wasm32") {
        return;
    }
    listen();
    request_animation_frame(|| {
        let nowhere =
            document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        let is_gone =
            |last: &Option<Element>| last.as_ref().is_some_and(|last| !last.is_connected());
        if !nowhere || !LAST.with_borrow(is_gone) {
            return;
        }
        let home = HOME.iter().find_map(|home| document().query_selector(home).ok().flatten());
        if let Some(home) = home {
            focus(home.unchecked_ref());
        }
    });
}

fn focus(element: &HtmlElement) {
    // Where focus is refused, everything can still be reached by touch.
    let _ = element.focus();
}

/// Whether Tab stops there: it is drawn, not folded away, and not one of a row of choices that has its
/// stop elsewhere.
fn is_reached(element: &HtmlElement) -> bool {
    let folded = element.closest("details:not([open]) > :not(summary)").ok().flatten().is_some();
    element.offset_width() > 0 && !folded && element.tab_index() >= 0
}

/// From the last thing in the sheet on to the first, and the other way round.
pub fn keep_inside(body: NodeRef<Div>, event: &ev::KeyboardEvent) {
    let Some(body) = body.get_untracked() else { return };
    let Ok(all) = body.query_selector_all(INSIDE) else { return };
    let all: Vec<HtmlElement> = (0..all.length())
        .filter_map(|index| all.item(index)?.dyn_into::<HtmlElement>().ok())
        .filter(is_reached)
        .collect();
    let (first, last) = (all.first().cloned(), all.last().cloned());
    let active = document().active_element();
    let is = |element: &Option<HtmlElement>| {
        element.as_deref().is_some_and(|element| active.as_ref() == Some(element))
    };
    let on_body = active.as_ref() == Some(body.as_ref());
    let target = match event.shift_key() {
        true if is(&first) || on_body => last,
        false if is(&last) => first,
        _ => return,
    };
    if let Some(target) = target {
        event.prevent_default();
        focus(&target);
    }
}
