//! Classes of dispute: bars, and the table that says the same.

use leptos::prelude::*;
use yidang_api::county::ClassRow;

use super::County;
use super::figures::{Bar, Number};
use crate::components::Empty;
use crate::models::county::{class_total, longest};

/// The card. One button turns the bars into the table.
#[component]
pub fn Classes(
    /// The page.
    county: County,
) -> impl IntoView {
    let classes = county.part(|view| view.classes.clone());
    let as_table = RwSignal::new(false);
    let total = move || {
        classes
            .get()
            .map(|classes| format!("{} 类，共 {} 件", classes.len(), class_total(&classes)))
    };
    view! {
        <section class="card" data-test="county-classes">
            <div class="hd">
                <h2>"按类别"</h2>
                <span class="t3 small">{total}</span>
                <button
                    type="button"
                    class="btn text push hit"
                    aria-pressed=move || as_table.get().to_string()
                    data-test="county-classes-table"
                    on:click=move |_| as_table.update(|table| *table = !*table)
                >
                    {move || if as_table.get() { "看图" } else { "看表" }}
                </button>
            </div>
            {move || {
                let classes = classes.get()?;
                if classes.is_empty() {
                    return Some(
                        view! { <Empty title="这段时间没有案件" next="换个时段看看" /> }.into_any(),
                    );
                }
                if as_table.get() {
                    return Some(view! { <Table classes /> }.into_any());
                }
                let most = longest(classes.iter().map(|class| &class.figure));
                let bars = classes
                    .into_iter()
                    .map(|class| view! { <Bar figure=class.figure most /> })
                    .collect_view();
                Some(view! { <div class="bd bars-two">{bars}</div> }.into_any())
            }}
        </section>
    }
}

#[component]
fn Table(classes: Vec<ClassRow>) -> impl IntoView {
    let total = class_total(&classes);
    let rows = classes
        .into_iter()
        .map(|class| {
            let label = class.figure.label.clone();
            view! {
                <tr>
                    <td>{class.code}</td>
                    <th scope="row" class="l">
                        {label}
                    </th>
                    <td>
                        <Number figure=class.figure />
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-scroll">
            <table class="tbl">
                <thead>
                    <tr>
                        <th scope="col">"代码"</th>
                        <th scope="col" class="l">
                            "类别"
                        </th>
                        <th scope="col">"件数"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows} <tr class="sum">
                        <td></td>
                        <td class="l">"合计"</td>
                        <td>{total}</td>
                    </tr>
                </tbody>
            </table>
        </div>
    }
}
