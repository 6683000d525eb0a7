//! Charts: bars as a drawing, and beside them the table that says the same.

use leptos::prelude::*;
use yidang_api::county::{CountyView, Figure};

use super::County;
use super::figures::{Number, SumNumber};
use crate::components::Empty;
use crate::models::chart::{BarMark, LEFT, ROW, WIDTH, marks, share, spoken, view_box};
use crate::models::county::{Sum, sum_of};

/// A card with a chart and its table.
#[component]
pub fn Charted(
    /// The page.
    county: County,
    /// What it is by.
    title: &'static str,
    /// Head of the first column.
    head: &'static str,
    /// Test hook.
    hook: &'static str,
    /// What stands there where there is nothing.
    #[prop(default = "这段时间没有案件")]
    empty: &'static str,
    /// Which figures.
    read: fn(&CountyView) -> Vec<Figure>,
) -> impl IntoView {
    let figures = county.part(read);
    let sum = county.part(move |view| sum_of(view, read(view).iter()));
    view! {
        <section class="card" aria-label=title data-test=hook>
            <div class="hd">
                <h2>{title}</h2>
                <span class="t3 small">
                    {move || sum.get().map(|sum| view! { <SumNumber sum before="n = "/> })}
                </span>
            </div>
            {move || {
                let (figures, sum) = (figures.get()?, sum.get()?);
                if figures.is_empty() {
                    return Some(view! { <Empty title=empty next="换个时段看看"/> }.into_any());
                }
                let label = spoken(title, &figures);
                let bars = marks(&figures);
                Some(
                    view! {
                        <div class="charted">
                            <Bars bars label/>
                            <Table figures sum head/>
                        </div>
                    }
                        .into_any(),
                )
            }}
        </section>
    }
}

/// The drawing.
#[component]
fn Bars(bars: Vec<BarMark>, label: String) -> impl IntoView {
    let view = view_box(bars.len());
    let rows = bars
        .into_iter()
        .map(|bar| {
            let BarMark { word, count, y, length, class } = bar;
            let text = y + ROW / 2 + 4;
            view! {
                <g class=class>
                    <text class="w" x=LEFT - 8 y=text>{word}</text>
                    <rect class="tr" x=LEFT y=y + 8 width=WIDTH - LEFT - 44 height=ROW - 16 rx="2"></rect>
                    <rect class="br" x=LEFT y=y + 8 width=length height=ROW - 16 rx="2"></rect>
                    <text class="c" x=WIDTH - 4 y=text>{count}</text>
                </g>
            }
        })
        .collect_view();
    view! {
        <svg class="chart barchart" viewBox=view role="img" aria-label=label>
            {rows}
        </svg>
    }
}

/// The table beside it: every number opens to its rows.
#[component]
fn Table(figures: Vec<Figure>, sum: Sum, head: &'static str) -> impl IntoView {
    let whole = sum.count;
    let rows = figures
        .into_iter()
        .map(|figure| {
            let part = share(figure.count, whole);
            view! {
                <tr>
                    <th scope="row">{figure.label.clone()}</th>
                    <td><Number figure/></td>
                    <td class="t3">{part}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-scroll">
            <table class="tbl tight">
                <thead>
                    <tr>
                        <th scope="col">{head}</th>
                        <th scope="col">"件数"</th>
                        <th scope="col">"占比"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows}
                    <tr class="sum">
                        <th scope="row">"合计"</th>
                        <td><SumNumber sum/></td>
                        <td></td>
                    </tr>
                </tbody>
            </table>
        </div>
    }
}
