//! 路线图: the way of a file as a line with stops, 你在这里.

use leptos::prelude::*;
use yidang_api::case_file::{RoutePlace, RouteStop};

use crate::models::route::{Placed, flag_at, placed, spoken, travelled};

/// The line. `width` is the width of the drawing in its own units: more of them, smaller stops.
#[component]
pub fn RouteMap(
    /// The stops, first to last.
    stops: Vec<RouteStop>,
    /// Width in units.
    #[prop(default = 358.0)]
    width: f64,
) -> impl IntoView {
    let words = spoken(&stops);
    let stops = placed(stops, width);
    let reached = travelled(&stops);
    let last = stops.last().map_or(0.0, |stop| stop.x);
    let first = stops.first().map_or(0.0, |stop| stop.x);
    let here = stops.iter().find(|stop| stop.stop.place == RoutePlace::Here).map(|stop| stop.x);
    view! {
        <svg
            class="route"
            viewBox=format!("0 0 {width} 112")
            role="img"
            aria-label=words
            data-test="case-route"
        >
            <path class="rail-line" d=format!("M{reached} 62H{last}") />
            <path class="rail-line gone" d=format!("M{first} 62H{reached}") />
            {stops.into_iter().map(|stop| view! { <Stop stop /> }).collect_view()}
            {here.map(|x| view! { <Flag x width /> })}
        </svg>
    }
}

#[component]
fn Stop(stop: Placed) -> impl IntoView {
    let x = stop.x;
    let mark = match stop.stop.place {
        RoutePlace::Done => view! {
            <circle class="st done" cx=x cy="62" r="8" />
            <path class="tick" d=format!("M{} 62.3l2.6 2.6 4.6-4.9", x - 3.5) />
        }
        .into_any(),
        RoutePlace::Here => view! {
            <circle class="halo" cx=x cy="62" r="17" />
            <circle class="st now" cx=x cy="62" r="8.5" />
        }
        .into_any(),
        RoutePlace::Ahead => view! { <circle class="st" cx=x cy="62" r="7" /> }.into_any(),
    };
    let class = if stop.stop.place == RoutePlace::Here { "here" } else { "" };
    let day = stop.stop.on.map(|on| format!("{:02}-{:02}", on.month(), on.day()));
    view! {
        {mark}
        <text class=class x=x y="92">
            {stop.stop.label}
        </text>
        {day.map(|day| view! { <text class="d" x=x y="107">{day}</text> })}
    }
}

#[component]
fn Flag(x: f64, width: f64) -> impl IntoView {
    let left = flag_at(x, width) - 46.0;
    let pointer = x - left;
    let shape = format!(
        "M{} 4h80a6 6 0 0 1 6 6v12a6 6 0 0 1-6 6H{}l-6 7-6-7H{}a6 6 0 0 1-6-6v-12a6 6 0 0 1 6-6z",
        left + 6.0,
        left + pointer + 6.0,
        left + 6.0,
    );
    view! {
        <path class="flag" d=shape />
        <text class="flagt" x=left + 46.0 y="20.5">
            "你在这里"
        </text>
    }
}
