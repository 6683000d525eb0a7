//! 今日小结: the day in words, for reading out or copying.

use leptos::prelude::*;

use super::OpenDay;
use crate::components::{Icon, Sheet};
use crate::models::visit::{ready_line, summary};

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
                <div class="note quiet">
                    <Icon name="disk" />
                    <div class="mid">{move || kept.get()}</div>
                </div>
                <p class="small t3">"由登记的内容算出，不用再写一遍。"</p>
            </div>
        </Sheet>
    }
}
