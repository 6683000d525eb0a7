//! Focus: inside while the sheet is open, back where it came from afterwards.

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

const INSIDE: &str = "button:not([disabled]), a[href], input:not([disabled]), \
                      select:not([disabled]), textarea:not([disabled]), [tabindex='0']";

/// Puts focus into `body`, on what is marked `autofocus` if anything is, and back afterwards.
pub(super) fn use_focus(body: NodeRef<Div>) {
    let before = document().active_element().and_then(|e| e.dyn_into::<HtmlElement>().ok());
    let before = StoredValue::new_local(before);
    Effect::new(move |_| {
        let Some(body) = body.get() else { return };
        let wanted = body.query_selector("[autofocus]").ok().flatten();
        let target = wanted
            .and_then(|element| element.dyn_into::<HtmlElement>().ok())
            .unwrap_or_else(|| body.unchecked_ref::<HtmlElement>().clone());
        request_animation_frame(move || focus(&target));
    });
    on_cleanup(move || {
        if let Some(before) = before.try_update_value(Option::take).flatten() {
            focus(&before);
        }
    });
}

fn focus(element: &HtmlElement) {
    // Where focus is refused, everything can still be reached by touch.
    let _ = element.focus();
}

/// From the last thing in the sheet on to the first, and the other way round.
pub(super) fn keep_inside(body: NodeRef<Div>, event: &ev::KeyboardEvent) {
    let Some(body) = body.get_untracked() else { return };
    let Ok(all) = body.query_selector_all(INSIDE) else { return };
    let at = |index| all.item(index).and_then(|node| node.dyn_into::<HtmlElement>().ok());
    let (first, last) = (at(0), at(all.length().saturating_sub(1)));
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
