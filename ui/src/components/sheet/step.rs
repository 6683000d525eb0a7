//! A step of the history for each open sheet, so that the way back closes it, and going somewhere
//! while such a step is being taken back.

use std::cell::{Cell, RefCell};

use leptos::ev;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::Location;
use wasm_bindgen::JsValue;

thread_local! {
    /// Numbers of sheets, so that a sheet knows its own step.
    static NUMBER: Cell<u32> = const { Cell::new(0) };
    /// A step back was asked for and has not happened yet.
    static LEAVING: Cell<bool> = const { Cell::new(false) };
    /// What to do once it has.
    static NEXT: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
    /// Whether the step back is listened for.
    static LISTENING: Cell<bool> = const { Cell::new(false) };
}

/// Gives the sheet a step of its own.
pub(super) fn use_history_step(on_close: Callback<()>) {
    listen();
    NUMBER.set(NUMBER.get().wrapping_add(1));
    let mark = format!("sheet-{}", NUMBER.get());
    if let Ok(history) = window().history() {
        // Without a step of its own the way back leaves the page, which loses nothing: drafts stay.
        let _ = history.push_state(&JsValue::from_str(&mark), "");
    }
    let router = use_location();
    let here = mark.clone();
    let stepped = window_event_listener(ev::popstate, move |_| {
        if !on_top(&here) {
            on_close.try_run(());
        }
    });
    on_cleanup(move || {
        stepped.remove();
        if on_top(&mark) && !LEAVING.get() && !moving_on(&router) {
            step_back();
        }
    });
}

/// Whether the present step is the one called `mark`.
fn on_top(mark: &str) -> bool {
    let state = window().history().and_then(|history| history.state());
    state.is_ok_and(|state| state.as_string().as_deref() == Some(mark))
}

/// Whether somebody followed a link and the router has not written the new address yet. The step
/// then stays in the history: taking it back would take the new page back.
fn moving_on(router: &Location) -> bool {
    let path = router.pathname.try_get_untracked();
    path.is_some() && path != window().location().pathname().ok()
}

fn step_back() {
    if window().history().is_ok_and(|history| history.back().is_ok()) {
        LEAVING.set(true);
    }
}

/// Whether the present step belongs to a sheet.
fn sheet_on_top() -> bool {
    let state = window().history().and_then(|history| history.state());
    state.is_ok_and(|state| state.as_string().is_some_and(|mark| mark.starts_with("sheet-")))
}

/// Listens for steps back, once for the whole application.
fn listen() {
    if LISTENING.replace(true) {
        return;
    }
    let _ = window_event_listener(ev::popstate, |_| {
        LEAVING.set(false);
        if let Some(next) = NEXT.take() {
            next();
        }
    });
}

/// Goes to an address. An open sheet is closed first, and its step back waited for.
#[must_use]
pub fn use_go() -> Callback<(String,)> {
    go_with(NavigateOptions::default)
}

/// Like [`use_go`], in place of the present address: the history does not grow.
#[must_use]
pub fn use_go_in_place() -> Callback<(String,)> {
    go_with(|| NavigateOptions { replace: true, scroll: false, ..Default::default() })
}

fn go_with(options: fn() -> NavigateOptions) -> Callback<(String,)> {
    let navigate = use_navigate();
    let navigate = StoredValue::new_local(navigate);
    Callback::new(move |(path,): (String,)| {
        let go = move || {
            navigate.try_with_value(|navigate| navigate(&path, options()));
        };
        if !LEAVING.get() && sheet_on_top() {
            step_back();
        }
        if LEAVING.get() {
            NEXT.set(Some(Box::new(go)));
        } else {
            go();
        }
    })
}
