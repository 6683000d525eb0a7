//! A long list of which only the rows in sight are drawn.

use std::ops::Range;

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::Element;

use crate::models::window::{drawn, is_near_end};

/// What scrolls.
const SCROLLER: &str = "#main";

/// Rows of equal height. The height is measured on the first row, so that it holds for every size of
/// type; short lists are drawn whole.
#[component]
pub fn Windowed<T, V>(
    /// All rows.
    #[prop(into)]
    rows: Signal<Vec<T>>,
    /// Draws one.
    row: fn(T) -> V,
    /// Called when the end comes into sight.
    #[prop(optional, into)]
    on_end: Option<Callback<()>>,
    /// Test hook.
    hook: &'static str,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let list: NodeRef<Div> = NodeRef::new();
    let seen = RwSignal::new((0.0_f64, 0.0_f64, 800.0_f64));
    let look = move || {
        if let Some(now) = list.get_untracked().and_then(|list| measured(&list))
            && seen.try_with_untracked(|seen| *seen != now) == Some(true)
        {
            seen.set(now);
        }
    };
    Effect::new(move |_| {
        rows.track();
        if list.get().is_some() {
            request_animation_frame(look);
        }
    });
    listen(list, look);
    let count = Memo::new(move |_| rows.with(Vec::len));
    let range: Memo<Range<usize>> = Memo::new(move |_| {
        let (height, above, sight) = seen.get();
        drawn(count.get(), height, above, sight)
    });
    Effect::new(move |_| {
        let (range, count) = (range.get(), count.get());
        // Before the first measuring, nobody has scrolled anywhere.
        let scrolled = seen.with_untracked(|(height, above, _)| *height > 0.0 && *above > 0.0);
        if scrolled
            && is_near_end(&range, count)
            && let Some(on_end) = on_end
        {
            on_end.run(());
        }
    });
    let space = move |before: bool| {
        let height = seen.with(|(height, ..)| *height);
        let range = range.get();
        let rows = if before { range.start } else { count.get().saturating_sub(range.end) };
        format!("height:{}px", f64::from(u32::try_from(rows).unwrap_or(0)) * height)
    };
    let shown = move || {
        let range = range.get();
        rows.with(|rows| rows.get(range).map(<[T]>::to_vec).unwrap_or_default())
    };
    view! {
        <div node_ref=list class="cells windowed" data-test=hook>
            <div class="space" aria-hidden="true" style=move || space(true)></div>
            {move || shown().into_iter().map(row).collect_view()}
            <div class="space" aria-hidden="true" style=move || space(false)></div>
        </div>
    }
}

/// Height of a row, pixels of the list above what is in sight, height of what is in sight.
fn measured(list: &Element) -> Option<(f64, f64, f64)> {
    let scroller = list.closest(SCROLLER).ok().flatten()?;
    let height = list.query_selector(".cell").ok().flatten()?.get_bounding_client_rect().height();
    let above = scroller.get_bounding_client_rect().top() - list.get_bounding_client_rect().top();
    Some((height, above, f64::from(scroller.client_height())))
}

/// Calls `look` whenever the page is scrolled, as long as the list is there.
fn listen(list: NodeRef<Div>, look: impl Fn() + Copy + 'static) {
    if !cfg!(target_arch = "wasm32") {
        return;
    }
    let heard = Closure::<dyn Fn()>::new(look);
    let held = StoredValue::new_local(None::<(Element, Closure<dyn Fn()>)>);
    let heard = StoredValue::new_local(Some(heard));
    Effect::new(move |_| {
        let Some(list) = list.get() else { return };
        let Some(heard) = heard.try_update_value(Option::take).flatten() else { return };
        if let Ok(Some(scroller)) = list.closest(SCROLLER) {
            // Without the listener the rows in sight at first stay, and the button leads on.
            let _ =
                scroller.add_event_listener_with_callback("scroll", heard.as_ref().unchecked_ref());
            held.set_value(Some((scroller, heard)));
        }
    });
    on_cleanup(move || {
        if let Some((scroller, heard)) = held.try_update_value(Option::take).flatten() {
            let _ = scroller
                .remove_event_listener_with_callback("scroll", heard.as_ref().unchecked_ref());
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| look());
    on_cleanup(move || resized.remove());
}
