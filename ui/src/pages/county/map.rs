//! 在办分布: the map of one's scope. Every area opens its list; arrow keys walk from one to the next.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yidang_api::county::CountyView;
use yidang_api::list::{ListCaseFiles, Queue};
use yidang_api::places::{MapQuestion, MapView};

use super::County;
use super::figures::SumNumber;
use crate::app::shared;
use crate::components::{Empty, FaultNote, Segments, Waiting, use_go};
use crate::door::{Answer, answer};
use crate::models::county::sum_in;
use crate::models::map::{
    Drawing, DrawnArea, DrawnFrame, LEGEND, WIDTHS, draw, step, tip, tip_at, tip_width, way_of,
};
use crate::models::query::list_address;

/// The card.
#[component]
pub fn MapCard(
    /// The page.
    county: County,
) -> impl IntoView {
    let wide = shared().wide;
    let by_grid = RwSignal::new(false);
    let map = answer(move || MapQuestion { by_grid: by_grid.get(), org: None });
    let drawing = Memo::new(move |_| {
        let width = if wide.get() { WIDTHS.0 } else { WIDTHS.1 };
        map.value.with(|view| view.as_ref().map(|view| draw(view, width)))
    });
    let sum = Memo::new(move |_| {
        let (areas, open) = drawing.with(|drawing| {
            let drawing = drawing.as_ref()?.as_ref()?;
            Some((drawing.areas.len(), drawing.open()))
        })?;
        let sum = |view: &CountyView| sum_in(view, Queue::Open, open);
        Some((areas, county.answer.value.with(|view| view.as_ref().map(sum))?))
    });
    let sub = move || {
        sum.get().map(|(areas, sum)| {
            view! { {format!("{areas} 块，共 ")} <SumNumber sum/> " 件" }
        })
    };
    let ways = vec![(false, "village", "按村看".to_owned()), (true, "grid", "按网格看".to_owned())];
    view! {
        <section class="card" data-test="county-map">
            <div class="hd wrap">
                <h2>"在办分布"</h2>
                <span class="t3 small">{sub}</span>
                <span class="push"><Legend/></span>
            </div>
            <div class="bd">
                <MapBody map drawing/>
                <div class="row wrap map-foot">
                    <Segments
                        label="地图按什么着色"
                        options=ways
                        value=by_grid
                        on_pick=move |by| by_grid.set(by)
                        hook="county-map-by"
                    />
                    <span class="small t3 grow">
                        {move || if by_grid.get() { "按网格着色" } else { "按村着色" }}
                        "，示意边界，不作划界依据。"
                    </span>
                </div>
            </div>
        </section>
    }
}

#[component]
fn Legend() -> impl IntoView {
    let steps = LEGEND
        .into_iter()
        .map(|(class, words)| {
            view! {
                <span>
                    <svg viewBox="0 0 12 12" aria-hidden="true">
                        <rect class=class width="12" height="12" rx="2"></rect>
                    </svg>
                    {words}
                </span>
            }
        })
        .collect_view();
    view! { <span class="legend" data-test="county-map-legend">{steps}</span> }
}

#[component]
fn MapBody(map: Answer<MapView>, drawing: Memo<Option<Option<Drawing>>>) -> impl IntoView {
    let retry = Callback::new(move |()| map.retry());
    view! {
        {move || map.fault.get().map(|fault| view! { <FaultNote fault retry/> })}
        {move || match drawing.get() {
            Some(Some(drawing)) => view! { <Picture drawing/> }.into_any(),
            Some(None) => {
                view! { <Empty title="没有边界图" next="数都在旁边的表里"/> }.into_any()
            }
            None if map.fault.with(Option::is_none) => view! { <Waiting rows=4/> }.into_any(),
            None => ().into_any(),
        }}
    }
}

#[component]
fn Picture(drawing: Drawing) -> impl IntoView {
    let (view, label) = (drawing.view_box(), drawing.spoken());
    let hot = RwSignal::new(None::<usize>);
    let frames =
        drawing.frames.iter().cloned().map(|frame| view! { <g><Frame frame/></g> }).collect_view();
    let areas = drawing
        .areas
        .iter()
        .cloned()
        .enumerate()
        .map(|(index, drawn)| view! { <g><Area index drawn hot/></g> })
        .collect_view();
    let drawing = StoredValue::new(drawing);
    let keys = move |event: ev::KeyboardEvent| {
        let Some(way) = way_of(&event.key()) else { return };
        let next = drawing.with_value(|drawing| match hot.get_untracked() {
            Some(from) => drawing.beside(from, way),
            None => Some(0),
        });
        event.prevent_default();
        if let Some(next) = next {
            focus_area(&event, next);
        }
    };
    let width = drawing.with_value(|drawing| drawing.width);
    let tip = move || {
        let drawn = drawing.with_value(|drawing| drawing.areas.get(hot.get()?).cloned());
        drawn.map(|drawn| view! { <g><Tip width drawn/></g> })
    };
    view! {
        <svg
            class="map"
            viewBox=view
            role="group"
            aria-label=label
            tabindex="0"
            data-test="county-map-picture"
            on:keydown=keys
            on:mouseleave=move |_| hot.set(None)
            on:focusout=move |_| hot.set(None)
        >
            {areas}
            {frames}
            {tip}
        </svg>
    }
}

/// Focus moves to the area, which lights up by that.
fn focus_area(event: &ev::KeyboardEvent, index: usize) {
    let map = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    let area = map.and_then(|map| map.query_selector(&format!("[data-area='{index}']")).ok());
    if let Some(area) = area.flatten() {
        // An SVG link has the same `focus` as one of HTML. Where it is refused, Tab still leads on.
        let _ = area.unchecked_ref::<HtmlElement>().focus();
    }
}

/// An area: a link to its list.
#[component]
fn Area(index: usize, drawn: DrawnArea, hot: RwSignal<Option<usize>>) -> impl IntoView {
    let go = use_go();
    let DrawnArea { area, path, .. } = drawn;
    let href = list_address("/cases", &area.opens);
    let label = format!("{}，打开清单", tip(&area));
    let target = href.clone();
    let open = move |event: ev::MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        go.run((target.clone(),));
    };
    view! {
        <g>
            <a
                href=href
                tabindex="-1"
                aria-label=label
                data-area=index.to_string()
                data-test="county-map-area"
                on:click=open
                on:focusin=move |_| hot.set(Some(index))
                on:mouseenter=move |_| hot.set(Some(index))
            >
                <path class=format!("v {}", step(area.open)) d=path></path>
            </a>
        </g>
    }
}

/// A border of the level above with its name and count, which opens to its files. The table beside
/// the map has the same number for the keyboard.
#[component]
fn Frame(frame: DrawnFrame) -> impl IntoView {
    let go = use_go();
    let DrawnFrame { frame, path, at: (x, y) } = frame;
    let list = ListCaseFiles { org: Some(frame.org), ..ListCaseFiles::of(Queue::Open) };
    let href = list_address("/cases", &list);
    let target = href.clone();
    let open = move |event: ev::MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        go.run((target.clone(),));
    };
    view! {
        <g class="over" aria-hidden="true">
            <path class="bd" d=path></path>
            <text x=format!("{x:.1}") y=format!("{y:.1}")>{frame.name}</text>
            <a href=href tabindex="-1" data-test="county-map-frame" on:click=open>
                <text class="n" x=format!("{x:.1}") y=format!("{:.1}", y + 15.0)>
                    {format!("{} 件", frame.open)}
                </text>
            </a>
        </g>
    }
}

/// The tooltip with the border of what it is about.
#[component]
fn Tip(drawn: DrawnArea, width: f64) -> impl IntoView {
    let words = tip(&drawn.area);
    let (x, y) = tip_at(drawn.at, width);
    let wide = tip_width(&words);
    view! {
        <g class="over" aria-hidden="true" data-test="county-map-tip">
            <path class="v hl" d=drawn.path></path>
            <rect
                class="callout"
                x=format!("{:.1}", x - wide / 2.0)
                y=format!("{:.1}", y - 13.0)
                width=format!("{wide:.1}")
                height="22"
                rx="5"
            ></rect>
            <text class="callout-t" x=format!("{x:.1}") y=format!("{:.1}", y + 2.5)>{words}</text>
        </g>
    }
}
