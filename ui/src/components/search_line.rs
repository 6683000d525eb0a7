//! The field to search in, where somebody else answers: nothing is asked until the typist pauses.

use std::time::Duration;

use leptos::prelude::*;

use super::SearchField;

/// Between strokes.
const PAUSE: Duration = Duration::from_millis(250);

/// The field. `value` follows once the typist pauses.
#[component]
pub fn SearchLine(
    /// What can be searched for.
    label: &'static str,
    /// What was searched for.
    value: RwSignal<String>,
    /// Test hook.
    hook: &'static str,
) -> impl IntoView {
    let text = RwSignal::new(value.get_untracked());
    let pending = StoredValue::new(None::<TimeoutHandle>);
    let clear = move || {
        if let Some(handle) = pending.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    let settle = move || {
        let Some(typed) = text.try_get_untracked() else { return };
        if value.try_with_untracked(|old| *old != typed) == Some(true) {
            value.set(typed);
        }
    };
    let typed = Callback::new(move |(typed,): (String,)| {
        clear();
        text.set(typed);
        pending.set_value(set_timeout_with_handle(settle, PAUSE).ok());
    });
    // Whoever empties the search from outside empties the field too.
    Effect::new(move |_| text.set(value.get()));
    on_cleanup(clear);
    view! { <SearchField text on_text=typed label hook/> }
}
