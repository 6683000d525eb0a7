//! What an import found: changes by table, bad rows, and the button that writes it.

use leptos::prelude::*;
use yidang_api::admin::{ImportChange, ImportView, WrongRow};
use yidang_api::case_file::ExportedFile;
use yidang_api::import::{COUNTED, counts, or_blank, wrong_place};

use super::import::Import;
use super::import_listed::Listed;
use crate::app::shared;
use crate::components::{Empty, Icon};
use crate::models::import::{Step, is_of, may_apply, report_name, step, step_words, wrong_left};
use crate::pages::case_file::export::hand_over;

/// Everything below the choice.
#[component]
pub fn Outcome(
    /// The page.
    import: Import,
) -> impl IntoView {
    move || {
        let view = import.view.get();
        let at = step(&view);
        let waits = (import.busy.get() || import.asking.get()) && at == Step::Choose;
        if at == Step::Choose {
            let (title, next) = if waits {
                ("正在问服务器", "")
            } else {
                ("还没有导入过", "选表格，先看看会改什么")
            };
            return view! { <div class="card"><Empty title next/></div> }.into_any();
        }
        view! {
            <section class="card" data-test="import-outcome" data-step=format!("{at:?}")>
                <Head view=view.clone()/>
                <Bar import at/>
                {(!view.refused.is_empty())
                    .then(|| view! { <p class="inset-x" data-test="import-refused">{view.refused.clone()}</p> })}
                <Changes changes=view.changes.clone() applied=view.applied/>
                <Listed view=view.clone()/>
                <Wrong view=view.clone()/>
                <Apply import view/>
            </section>
        }
            .into_any()
    }
}

#[component]
fn Head(view: ImportView) -> impl IntoView {
    view! {
        <div class="hd wrap">
            <h2 role="status" data-test="import-step">{step_words(&view)}</h2>
            <span class="t3 small">{view.name}</span>
        </div>
    }
}

#[component]
fn Bar(import: Import, at: Step) -> impl IntoView {
    matches!(at, Step::Checking | Step::Writing).then(|| {
        view! {
            <div
                class="prog inset-bar"
                role="progressbar"
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=move || import.bar.get().to_string()
                aria-label="进度"
            >
                <i style:width=move || format!("{}%", import.bar.get())></i>
            </div>
        }
    })
}

/// What it changes, or changed, table by table.
#[component]
fn Changes(changes: Vec<ImportChange>, applied: bool) -> impl IntoView {
    if changes.is_empty() {
        return ().into_any();
    }
    let clashes = changes.iter().any(|change| change.clashes > 0);
    let heads = COUNTED.map(|word| view! { <th scope="col">{word}</th> });
    let rows = changes
        .into_iter()
        .map(|change| {
            let cells = counts(&change).map(|count| view! { <td class:z=count == 0>{count}</td> });
            view! {
                <tr data-test="import-change">
                    <th scope="row">{change.table}</th>
                    {cells.into_iter().collect_view()}
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-scroll">
            <table class="tbl">
                <thead>
                    <tr>
                        <th scope="col">{if applied { "写入了" } else { "会写入" }}</th>
                        {heads.into_iter().collect_view()}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {clashes
            .then(|| {
                view! {
                    <p class="small t3 inset-x">
                        "“要定”：网格员这期间改过同一项，两个值都留着，由人来定，不会盖掉。"
                    </p>
                }
            })}
    }
    .into_any()
}

/// Rows to mend, with the list to hand back.
#[component]
fn Wrong(view: ImportView) -> impl IntoView {
    if view.wrong.is_empty() {
        return ().into_any();
    }
    let (shared, left) = (shared(), wrong_left(&view));
    let report = ExportedFile { name: report_name(&view.name), base64: view.report_base64 };
    let has_report = !report.base64.is_empty();
    let rows = view.wrong.into_iter().map(|row| view! { <WrongLine row/> }).collect_view();
    view! {
        <div class="hd wrap">
            <h3>{format!("要改的 {} 行", view.wrong_total)}</h3>
            {has_report
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="btn push"
                            data-test="import-report"
                            on:click=move |_| hand_over(shared, &report)
                        >
                            <Icon name="dl"/>
                            "下载要改的行"
                        </button>
                    }
                })}
        </div>
        <div
            class="table-scroll tall"
            tabindex="0"
            role="region"
            aria-label="要改的行"
            data-test="import-wrong-rows"
        >
            <table class="tbl fold" data-test="import-wrong">
                <thead>
                    <tr>
                        <th scope="col">"文件、表和行"</th>
                        <th scope="col" class="l">"列"</th>
                        <th scope="col" class="l">"写的是"</th>
                        <th scope="col" class="l">"哪里不对"</th>
                        <th scope="col" class="l">"怎么改"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {(left > 0)
            .then(|| view! { <p class="small t3 inset-x">{format!("还有 {left} 行没有列出，都在下载的表里")}</p> })}
    }
    .into_any()
}

#[component]
fn WrongLine(row: WrongRow) -> impl IntoView {
    let place = wrong_place(&row);
    let WrongRow { column, value, reason, cure, .. } = row;
    let value = or_blank(&value).to_owned();
    view! {
        <tr>
            <th scope="row" class="any">{place}</th>
            <td class="l" data-label="列">{column}</td>
            <td class="l any" data-label="写的是">{value}</td>
            <td class="l any" data-label="哪里不对">{reason}</td>
            <td class="l any" data-label="怎么改">{cure}</td>
        </tr>
    }
}

/// 正式导入, only when no row is bad.
#[component]
fn Apply(import: Import, view: ImportView) -> impl IntoView {
    if !may_apply(&view) {
        return ().into_any();
    }
    let held = Memo::new(move |_| import.held.with(|held| is_of(held, &view)));
    view! {
        <div class="row wrap pages">
            <button
                type="button"
                class="btn pri big"
                data-test="import-apply"
                disabled=move || import.busy.get() || !held.get()
                on:click=move |_| import.send(true)
            >
                "正式导入"
            </button>
            <span class="small t3 grow">
                {move || if held.get() {
                    "写入以后各网格下次同步就能看到"
                } else {
                    "这些文件不在这个窗口里了，再选一次"
                }}
            </span>
        </div>
    }
    .into_any()
}
