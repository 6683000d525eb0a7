//! The keys of the inbox: J and K move, A accepts, R returns. All of them stand on screen.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, KeyboardEvent};
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::Inbox;
use crate::models::inbox::{Key, key_of, neighbour};

/// Where text is typed, keys are letters.
const TYPED_IN: &str = "input, textarea, select, [contenteditable='true'], [role='dialog']";

/// Answers keys as long as the page is there.
pub fn answer_keys(inbox: Inbox) {
    if !cfg!(target_arch = "wasm32") {
        return;
    }
    let navigate = use_navigate();
    let keys = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
        let Some(key) = key_of(&event.key(), is_typing(&event), modified) else { return };
        if inbox.file.sheet.with_untracked(Option::is_some) {
            return;
        }
        event.prevent_default();
        match key {
            Key::Accept => inbox.review.accept(),
            Key::Return => inbox.review.compose(),
            Key::Next | Key::Previous => {
                if let Some(address) = untrack(|| beside(inbox, key == Key::Next)) {
                    let options = NavigateOptions { scroll: false, ..Default::default() };
                    navigate(&address, options);
                    request_animation_frame(show_chosen);
                }
            }
        }
    });
    on_cleanup(move || keys.remove());
}

fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let inside = target.and_then(|element| element.closest(TYPED_IN).ok().flatten());
    inside.is_some() || event.is_composing()
}

/// The address of the file above or below in the list as it is shown.
fn beside(inbox: Inbox, forward: bool) -> Option<String> {
    let shown = inbox.shown.get();
    let rows = inbox.list.value.with(|list| {
        let rows = list.as_ref().map(|list| list.rows.clone()).unwrap_or_default();
        rows.into_iter().filter(|row| shown.takes(row)).collect::<Vec<_>>()
    });
    neighbour(&rows, inbox.chosen.get(), forward).map(|id| inbox.address(id))
}

/// Focus follows the choice, so that it scrolls into view.
fn show_chosen() {
    let row = document().query_selector(".item.on").ok().flatten();
    if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        // Where focus is refused, the file is shown all the same.
        let _ = row.focus();
    }
}
