//! Marks: risk, deadline, how far something has got. Each is a colour, a shape and a word.

use leptos::prelude::*;
use yidang_api::case_file::Delivery;
use yidang_api::list::{DueView, Light};
use yidang_domain::facts::Risk;

use super::Icon;
use crate::words::{delivery_words, due_words};

/// Left edge, top and height of the four bars.
const BARS: [(&str, &str, &str); 4] =
    [("1", "9", "4"), ("4.8", "6.5", "6.5"), ("8.6", "4", "9"), ("12.4", "1", "12")];

/// The bars of a risk: four for 重点, one for 隐患.
#[component]
pub fn RiskBars(
    /// How pressing.
    risk: Risk,
) -> impl IntoView {
    let number = u8::from(risk);
    let filled = usize::from(5_u8.saturating_sub(number));
    let bars = BARS
        .into_iter()
        .enumerate()
        .map(|(index, (x, y, height))| {
            let class = (index >= filled).then_some("no");
            view! { <rect x=x y=y width="2.6" height=height rx="1" class=class></rect> }
        })
        .collect_view();
    view! {
        <svg class=format!("bars r{number}") viewBox="0 0 16 14" aria-hidden="true">
            {bars}
        </svg>
    }
}

/// The risk as a chip: bars and word.
#[component]
pub fn RiskMark(
    /// How pressing.
    risk: Risk,
) -> impl IntoView {
    view! {
        <span class=format!("chip risk r{}", u8::from(risk))>
            <RiskBars risk/>
            {risk.label()}
        </span>
    }
}

/// When something is due: a dial and words. Nothing where nothing is due.
#[component]
pub fn DueMark(
    /// When, and how near.
    due: Option<DueView>,
) -> impl IntoView {
    due.map(|due| {
        let class = match due.light {
            Light::InTime => "due ok",
            Light::Near => "due soon",
            Light::Late => "due late",
        };
        view! {
            <span class=class>
                <Dial due=due.clone()/>
                {due_words(&due)}
            </span>
        }
    })
}

/// Circumference of the dial's inner ring.
const AROUND: f64 = 15.71;

#[component]
fn Dial(due: DueView) -> impl IntoView {
    let inner = if due.light == Light::Late {
        view! {
            <circle cx="8" cy="8" r="3.5" stroke-width="7"></circle>
            <rect class="bang" x="7.2" y="4" width="1.6" height="5"></rect>
            <rect class="bang" x="7.2" y="10.3" width="1.6" height="1.7"></rect>
        }
        .into_any()
    } else {
        let dash = format!("{:.2} 99", AROUND * filling(&due));
        view! {
            <circle
                cx="8"
                cy="8"
                r="2.5"
                stroke-width="5"
                stroke-dasharray=dash
                transform="rotate(-90 8 8)"
            >
            </circle>
        }
        .into_any()
    };
    view! {
        <svg class="pie" viewBox="0 0 16 16" aria-hidden="true">
            <circle class="ring" cx="8" cy="8" r="7"></circle>
            {inner}
        </svg>
    }
}

/// How full the dial is: nearly full today, emptier the more days are left.
fn filling(due: &DueView) -> f64 {
    let days = i32::try_from(due.days.clamp(0, 60)).unwrap_or(60);
    if due.light == Light::Near { 0.8 } else { 1.0 / (1.0 + f64::from(days) * 0.5) }
}

/// How far something has got: 已存本机, 已送达, 已采纳, 未采用.
#[component]
pub fn DeliveryMark(
    /// How far.
    delivery: Delivery,
) -> impl IntoView {
    let (icon, class) = match delivery {
        Delivery::Saved => ("disk", "sync delivery"),
        Delivery::Received => ("cloud-ok", "sync delivery"),
        Delivery::Accepted => ("check-o", "sync done delivery"),
        Delivery::Refused => ("back", "sync person delivery"),
    };
    view! {
        <span class=class data-test="delivery">
            <Icon name=icon class="s"/>
            {delivery_words(delivery)}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use yidang_domain::civil::Date;

    use super::*;

    #[test]
    fn the_dial_fills_as_the_day_comes_near() {
        let today = Date::constant(2026, 11, 19);
        let at = |day| filling(&DueView::new(Date::constant(2026, 11, day), today));
        assert!(at(19) > at(22));
        assert!(at(22) > at(25));
    }
}
