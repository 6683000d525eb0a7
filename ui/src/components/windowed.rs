//! A long list of which only the rows in sight are drawn.

use std::ops::Range;

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::Element;

use crate::models::window::Heights;

/// What scrolls.
const SCROLLER: &str = "#main";

/// Marks a row that is not here yet.
const BLANK: &str = "blank";

/// The place of the list: pixels of it above what is in sight, and height of what is in sight.
type Place = (f64, f64);

/// What the parts of the list share.
#[derive(Clone, Copy)]
struct Window {
    list: NodeRef<Div>,
    heights: RwSignal<Heights>,
    place: RwSignal<Place>,
    range: Memo<Range<usize>>,
}

/// Rows as high as their words need. A row is drawn again only where what it shows changed, so that
/// whoever walks through by keyboard stays on it. Short lists are drawn whole.
#[component]
pub fn Windowed<T, V>(
    /// How many rows there are, drawn or not.
    #[prop(into)]
    count: Signal<usize>,
    /// The row at a place, or nothing while it is not here yet.
    get: impl Fn(usize) -> Option<T> + Copy + Send + Sync + 'static,
    /// Draws one.
    row: fn(T) -> V,
    /// Called with the rows that are drawn whenever they are others.
    on_range: Callback<(Range<usize>,)>,
    /// Test hook.
    hook: &'static str,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let window = Window::new(count);
    Effect::new(move |_| on_range.run((window.range.get(),)));
    let space = move |before: bool| {
        let range = window.range.get();
        let part = if before { 0..range.start } else { range.end..count.get() };
        format!("{}px", window.heights.with(|heights| heights.space(part)))
    };
    let draw = move |index: usize| {
        let item = Memo::new(move |_| get(index));
        move || match item.get() {
            Some(item) => row(item).into_any(),
            None => view! { <Blank window/> }.into_any(),
        }
    };
    view! {
        <div node_ref=window.list class="cells windowed" data-test=hook>
            <div class="space" aria-hidden="true" style:height=move || space(true)></div>
            <For each=move || window.range.get() key=|index| *index children=draw/>
            <div class="space" aria-hidden="true" style:height=move || space(false)></div>
        </div>
    }
}

/// The place of a row that is on its way.
#[component]
fn Blank(window: Window) -> impl IntoView {
    let high = move || format!("{}px", window.heights.with(Heights::guess));
    view! {
        <div class="cell" data-row=BLANK aria-hidden="true" style:height=high>
            <span class="skel grow"></span>
        </div>
    }
}

impl Window {
    fn new(count: Signal<usize>) -> Self {
        let heights = RwSignal::new(Heights::default());
        let place = RwSignal::new((0.0, 800.0));
        let range = Memo::new(move |_| {
            let (above, sight) = place.get();
            let count = count.get();
            heights.with(|heights| {
                let range = heights.drawn(above, sight);
                // Until the heights hear of the new length.
                range.start.min(count)..range.end.min(count)
            })
        });
        let window = Self { list: NodeRef::new(), heights, place, range };
        Effect::new(move |_| {
            let count = count.get();
            heights.update(|heights| heights.resize(count));
        });
        Effect::new(move |_| {
            range.track();
            if window.list.get().is_some() {
                request_animation_frame(move || window.look());
            }
        });
        window.listen();
        window
    }

    /// Measures what is drawn and where it stands.
    fn look(self) {
        let Some(list) = self.list.try_get_untracked().flatten() else { return };
        let Some(range) = self.range.try_get_untracked() else { return };
        let news =
            self.heights.try_update_untracked(|heights| measure(&list, range.start, heights));
        if news == Some(true) {
            self.heights.notify();
        }
        if let Some(now) = place_of(&list)
            && self.place.try_with_untracked(|place| *place != now) == Some(true)
        {
            self.place.set(now);
        }
    }

    /// Looks whenever the page is scrolled or becomes another size, as long as the list is there.
    fn listen(self) {
        if !cfg!(target_arch = "wasm32") {
            return;
        }
        let heard = Closure::<dyn Fn()>::new(move || self.look());
        let heard = StoredValue::new_local(Some(heard));
        let held = StoredValue::new_local(None::<(Element, Closure<dyn Fn()>)>);
        Effect::new(move |_| {
            let Some(list) = self.list.get() else { return };
            let Some(heard) = heard.try_update_value(Option::take).flatten() else { return };
            if let Ok(Some(scroller)) = list.closest(SCROLLER) {
                let listener = heard.as_ref().unchecked_ref();
                // Without the listener the rows in sight at first stay, and a search leads on.
                let _ = scroller.add_event_listener_with_callback("scroll", listener);
                held.set_value(Some((scroller, heard)));
            }
        });
        on_cleanup(move || {
            if let Some((scroller, heard)) = held.try_update_value(Option::take).flatten() {
                let listener = heard.as_ref().unchecked_ref();
                let _ = scroller.remove_event_listener_with_callback("scroll", listener);
            }
        });
        let resized = window_event_listener(leptos::ev::resize, move |_| {
            self.heights.update(Heights::forget);
            self.look();
        });
        on_cleanup(move || resized.remove());
    }
}

/// Takes the heights of the rows that are drawn, of which the first is called `first`. Whether there
/// is news.
fn measure(list: &Element, first: usize, heights: &mut Heights) -> bool {
    let (mut news, mut index) = (false, first);
    let mut next = list.first_element_child().and_then(|space| space.next_element_sibling());
    while let Some(row) = next {
        next = row.next_element_sibling();
        let is_row = next.is_some();
        if is_row && row.get_attribute("data-row").as_deref() != Some(BLANK) {
            news |= heights.measured(index, row.get_bounding_client_rect().height());
        }
        index = index.saturating_add(1);
    }
    news
}

fn place_of(list: &Element) -> Option<Place> {
    let scroller = list.closest(SCROLLER).ok().flatten()?;
    let above = scroller.get_bounding_client_rect().top() - list.get_bounding_client_rect().top();
    Some((above, f64::from(scroller.client_height())))
}
