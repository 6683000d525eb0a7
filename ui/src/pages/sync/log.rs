//! 记录: what happened, newest first, with two filters.

use leptos::prelude::*;
use yidang_api::sync::LogRow;
use yidang_domain::civil::Date;

use crate::components::{Empty, Icon};
use crate::door::today;
use crate::models::log::{LogFilter, log_icon};
use crate::words::{clock, date_word, month_day};

/// The log.
#[component]
pub fn Log(
    /// What happened, newest first.
    log: Vec<LogRow>,
) -> impl IntoView {
    let filter = RwSignal::new(LogFilter::All);
    let filters = LogFilter::ALL
        .into_iter()
        .map(|one| {
            view! {
                <button
                    type="button"
                    class="hit"
                    class:on=move || filter.get() == one
                    aria-pressed=move || (filter.get() == one).to_string()
                    data-test=format!("log-{}", one.name())
                    on:click=move |_| filter.set(one)
                >
                    {one.label(&log)}
                </button>
            }
        })
        .collect_view();
    let log = StoredValue::new(log);
    let rows = move || {
        let rows: Vec<_> = log
            .with_value(|log| log.iter().filter(|row| filter.get().fits(row)).cloned().collect());
        if rows.is_empty() {
            return view! { <Empty title="没有记录" next="以后发生的都会记在这里"/> }.into_any();
        }
        let rows = rows.into_iter().map(|row| view! { <Row row/> }).collect_view();
        view! { <ul class="log" data-test="sync-log">{rows}</ul> }.into_any()
    };
    view! {
        <div class="sec"><h2>"记录"</h2><span class="push log-filters">{filters}</span></div>
        <div class="card log-card">{rows}</div>
    }
}

#[component]
fn Row(row: LogRow) -> impl IntoView {
    view! {
        <li>
            <time>{when(&row, today())}</time>
            <Icon name=log_icon(row.kind) class="s"/>
            <span>{row.text}</span>
        </li>
    }
}

/// 07:48, 昨 18:20, 11月3日: as short as the column.
fn when(row: &LogRow, today: Date) -> String {
    let date = row.at.date();
    match date_word(date, today).as_str() {
        "今天" => clock(row.at),
        "昨天" => format!("昨 {}", clock(row.at)),
        _ => month_day(date),
    }
}
