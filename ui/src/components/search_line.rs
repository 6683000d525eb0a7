//! A box to search in. While a word is being composed nothing is asked.

use std::time::Duration;

use leptos::prelude::*;

use super::Icon;

/// Between strokes.
const PAUSE: Duration = Duration::from_millis(250);

/// The box. `value` follows once the typist pauses.
#[component]
pub fn SearchLine(
    /// What can be searched for.
    label: &'static str,
    /// What was searched for.
    value: RwSignal<String>,
    /// Test hook.
    hook: &'static str,
) -> impl IntoView {
    let composing = StoredValue::new(false);
    let pending = StoredValue::new(None::<TimeoutHandle>);
    let clear = move || {
        if let Some(handle) = pending.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    let take = move |text: String| {
        clear();
        let settle = move || {
            if value.try_with_untracked(|old| *old != text) == Some(true) {
                value.set(text);
            }
        };
        pending.set_value(set_timeout_with_handle(settle, PAUSE).ok());
    };
    on_cleanup(clear);
    view! {
        <label class="search line">
            <Icon name="search"/>
            <span class="sr">{label}</span>
            <input
                class="grow"
                type="search"
                autocomplete="off"
                enterkeyhint="search"
                placeholder=label
                data-test=hook
                prop:value=move || value.get()
                on:compositionstart=move |_| composing.set_value(true)
                on:compositionend=move |event| {
                    composing.set_value(false);
                    take(event_target_value(&event));
                }
                on:input=move |event| {
                    if !composing.get_value() {
                        take(event_target_value(&event));
                    }
                }
            />
        </label>
    }
}
