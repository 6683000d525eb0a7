//! Figures: each a door to its files, with the definition it was counted by.

use leptos::prelude::*;
use yidang_api::county::Figure;

use super::County;
use crate::models::county::{Sum, address, fraction};
use crate::models::query::list_address;

/// A number that opens to the files behind it; zero is grey.
#[component]
pub fn Number(
    /// The figure.
    figure: Figure,
    /// Test hook.
    #[prop(default = "county-number")]
    hook: &'static str,
) -> impl IntoView {
    let href = address(&figure);
    let Figure { label, count, definition, .. } = figure;
    let spoken = if definition.is_empty() {
        format!("{label} {count} 件，打开清单")
    } else {
        format!("{label} {count} 件，打开清单。口径：{definition}")
    };
    view! {
        <a
            class="num"
            class:z=count == 0
            href=href
            title=definition
            aria-label=spoken
            data-test=hook
            data-label=label
        >
            {count}
        </a>
    }
}

/// A sum that opens to all files it counts. One that is not all files of any list opens to nothing,
/// and says why.
#[component]
pub fn SumNumber(
    /// The sum.
    sum: Sum,
    /// What stands before the number.
    #[prop(default = "")]
    before: &'static str,
) -> impl IntoView {
    let Sum { count, opens } = sum;
    match opens {
        Some(list) => {
            let label = format!("{before}{count}，合计，打开清单");
            view! {
                <a
                    class="num"
                    class:z=count == 0
                    href=list_address("/cases", &list)
                    aria-label=label
                    data-test="county-sum"
                >
                    {before}
                    {count}
                </a>
            }
            .into_any()
        }
        None => view! {
            <span title="这几项相加，不是全县的数" data-test="county-sum-plain">{before}{count}</span>
        }
        .into_any(),
    }
}

/// The band of large figures on top.
#[component]
pub fn Figures(
    /// The page.
    county: County,
) -> impl IntoView {
    let figures = county.part(|view| view.figures.clone());
    view! {
        <div class="kpis county-kpis">
            {move || {
                figures
                    .get()
                    .map(|figures| {
                        figures
                            .into_iter()
                            .map(|figure| view! { <Kpi figure /> })
                            .collect_view()
                    })
            }}
        </div>
    }
}

#[component]
fn Kpi(figure: Figure) -> impl IntoView {
    let part = fraction(&figure);
    let late = figure.label.contains("逾期") && figure.count > 0;
    view! {
        <div class="kpi" data-test="county-kpi">
            <div class="k" title=figure.definition.clone()>
                {figure.label.clone()}
            </div>
            <div class="v" class:late-text=late>
                <Number figure hook="county-figure" />
                <small>"件"</small>
            </div>
            <div class="f">{part}</div>
        </div>
    }
}
