//! 今天要办 and 我答应过的.

use leptos::prelude::*;
use yidang_api::list::{Light, ListCaseFiles, Queue};
use yidang_api::today::{DueKind, DueRow};

use crate::app::shared;
use crate::components::{Dotted, DueMark, Empty, Icon};
use crate::models::query::list_address;
use crate::words::{day, weekday_short};

/// 今天要办, most pressing first.
#[component]
pub fn DueList(
    /// What is to be done.
    rows: Vec<DueRow>,
    /// How many files are open in scope.
    open: u32,
    /// What comes next, said where nothing is due.
    next: String,
) -> impl IntoView {
    let late = rows.iter().any(|row| light(row) == Some(Light::Late));
    let count = rows.len();
    let all = list_address("/cases", &ListCaseFiles::of(Queue::Open));
    let body = if rows.is_empty() {
        view! { <div class="card"><Empty title="今天没有要办的" next=next/></div> }.into_any()
    } else {
        let rows = rows.into_iter().map(|row| view! { <Row row hook="today-due"/> }).collect_view();
        view! { <div class="cells" data-test="today-due-list">{rows}</div> }.into_any()
    };
    view! {
        <div class="sec">
            <h2>"今天要办"</h2>
            {(count > 0)
                .then(|| {
                    view! {
                        <span
                            class="count"
                            class:late=late
                            class:brand=!late
                            data-test="today-due-count"
                        >
                            {count}
                        </span>
                    }
                })}
            <a href=all class="push" data-test="today-all">{format!("全部 {open} 件")}</a>
        </div>
        {body}
    }
}

/// What comes next, where nothing is due today.
#[must_use]
pub fn next_words(promised: &[DueRow]) -> String {
    let next = promised.iter().filter_map(|row| row.due.as_ref()).map(|due| due.on).min();
    next.map_or_else(|| "听到什么，点“新事”记一句".to_owned(), |on| format!("下一件在 {}", day(on)))
}

/// 我答应过的: agreements to be performed. Absent where there are none.
#[component]
pub fn PromisedList(
    /// What was promised.
    rows: Vec<DueRow>,
) -> impl IntoView {
    let count = rows.len();
    (count > 0).then(|| {
        let rows = rows.into_iter().map(|row| view! { <Promise row/> }).collect_view();
        view! {
            <div class="sec"><h2>"我答应过的"</h2><span class="t3">{format!("{count} 件")}</span></div>
            <div class="cells" data-test="today-promised">{rows}</div>
        }
    })
}

#[component]
fn Promise(row: DueRow) -> impl IntoView {
    let lead = row.due.as_ref().map(|due| {
        view! { <span class="day"><b>{due.on.day()}</b><span>{weekday_short(due.on)}</span></span> }
    });
    view! { <Line row hook="today-promise" lead=lead.into_any()/> }
}

#[component]
fn Row(row: DueRow, hook: &'static str) -> impl IntoView {
    let (icon, tone) = mark(&row);
    let lead = view! { <span class=format!("tile {tone}")><Icon name=icon/></span> };
    view! { <Line row hook lead=lead.into_any()/> }
}

/// One row: whom, what, when. 长辈版 puts when below.
#[component]
fn Line(row: DueRow, hook: &'static str, lead: AnyView) -> impl IntoView {
    let look = shared().look;
    let href = match row.kind {
        DueKind::Clash => format!("/case/{}/clash", row.case),
        _ => format!("/case/{}", row.case),
    };
    let due = StoredValue::new(row.due);
    let mark = move || view! { <DueMark due=due.get_value()/> };
    view! {
        <a class="cell" href=href data-test=hook>
            {lead}
            <span class="grow">
                <span class="tt">{row.who}</span>
                <div class="ds" class:cut=move || !look.roomy()><Dotted text=row.what/></div>
                <Show when=move || look.roomy()><div class="due-below">{mark()}</div></Show>
            </span>
            <Show
                when=move || look.roomy()
                fallback=move || view! { <span class="end">{mark()}</span> }
            >
                <Icon name="right" class="chev"/>
            </Show>
        </a>
    }
}

/// The leading mark of a row: what kind of thing it is, and whether it is late.
fn mark(row: &DueRow) -> (&'static str, &'static str) {
    let icon = match row.kind {
        DueKind::Returned => "back",
        DueKind::Clash => "swap",
        DueKind::Quiet => "foot",
        DueKind::Settle => "eye",
        DueKind::Perform => "coin",
    };
    let tone = match (light(row), row.kind) {
        (_, DueKind::Clash) => "clash",
        (Some(Light::Late), _) => "late",
        (_, DueKind::Returned) => "soon",
        _ => "",
    };
    (icon, tone)
}

fn light(row: &DueRow) -> Option<Light> {
    row.due.as_ref().map(|due| due.light)
}
