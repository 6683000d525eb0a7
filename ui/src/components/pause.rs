//! What was typed, once nothing more was typed for a moment.

use std::time::Duration;

use leptos::prelude::*;

/// How long nobody types before something is asked with it.
const AFTER: Duration = Duration::from_millis(400);

/// Follows `typed` after a pause; empty until the first one.
pub fn after_a_pause<T>(typed: Memo<T>) -> RwSignal<T>
where
    T: Clone + Default + PartialEq + Send + Sync + 'static,
{
    let paused = RwSignal::new(T::default());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let typed = typed.get();
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        let follow = move || {
            let _ = paused.try_set(typed);
        };
        timer.set_value(set_timeout_with_handle(follow, AFTER).ok());
    });
    paused
}
