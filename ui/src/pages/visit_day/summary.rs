//! 今日小结: the day in words, for reading out or copying.

use leptos::prelude::*;
use yidang_api::visit_day::WorkedOn;

use super::OpenDay;
use crate::components::{Icon, Sheet};
use crate::models::visit::{ready_line, session_words, summary};
use crate::words::who_words;

/// The sheet.
#[component]
pub fn SummarySheet(
    /// The day on screen.
    day: OpenDay,
) -> impl IntoView {
    let lines = day.part(summary);
    let kept = day.part(ready_line);
    view! {
        <Sheet title="今日小结" on_close=move || day.close_sheet() read=true>
            <div class="sheet-form" data-test="visit-summary-text">
                {move || {
                    lines
                        .get()
                        .map(|lines| {
                            lines
                                .into_iter()
                                .enumerate()
                                .map(|(index, line)| {
                                    if index == 0 {
                                        view! { <h3>{line}</h3> }.into_any()
                                    } else {
                                        view! { <p class="mid">{line}</p> }.into_any()
                                    }
                                })
                                .collect_view()
                        })
                }}
                <WorkedOnFiles day />
                <div class="note quiet">
                    <Icon name="disk" />
                    <div class="mid">{move || kept.get()}</div>
                </div>
                <p class="small t3">"由登记的内容算出，不用再写一遍。"</p>
            </div>
        </Sheet>
    }
}

/// The files that 建档或跟进 and 调解 count. Absent where there are none.
#[component]
fn WorkedOnFiles(day: OpenDay) -> impl IntoView {
    let files = day.part(|view| view.worked_on.clone());
    let row = |file: WorkedOn| {
        let WorkedOn { row, sessions } = file;
        let (href, who) = (format!("/case/{}", row.id), who_words(&row.parties));
        view! {
            <a class="cell slim" href=href data-test="visit-worked-on">
                <span class="grow">
                    <span class="tt">{who}</span>
                    <div class="ds">{row.matter}</div>
                </span>
                {session_words(sessions).map(|words| view! { <span class="chip">{words}</span> })}
            </a>
        }
    };
    move || {
        let files = files.get().filter(|files| !files.is_empty())?;
        let rows = files.into_iter().map(row).collect_view();
        Some(view! { <div class="cells flat">{rows}</div> })
    }
}
