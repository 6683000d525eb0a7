//! The open files of the chosen grids, all of them, under the grid in which each lies.

use leptos::prelude::*;
use yidang_api::places::HandedFile;

use super::Handover;
use crate::components::{DueMark, Empty, RiskMark};
use crate::models::handover::groups;
use crate::models::timeline::long_date;
use crate::words::{number_words, who_words};

/// The card.
#[component]
pub fn Files(
    /// The page.
    handover: Handover,
) -> impl IntoView {
    let groups = handover.part(groups);
    let count = handover.part(|view| format!("{} 件", view.files.len()));
    view! {
        <section class="card">
            <div class="hd wrap">
                <h2>"未销号的案件"</h2>
                <span class="t3 small" role="status" data-test="handover-count">
                    {move || count.get()}
                </span>
                <Promised handover/>
            </div>
            {move || {
                let groups = groups.get()?;
                Some(if groups.is_empty() {
                    view! { <Nothing handover/> }.into_any()
                } else {
                    view! { <Table groups/> }.into_any()
                })
            }}
        </section>
    }
}

/// All files, or only those with an agreement that is to be performed.
#[component]
fn Promised(handover: Handover) -> impl IntoView {
    let chip = move |only: bool, words: &'static str, hook: &'static str| {
        let on = Memo::new(move |_| handover.promised.get() == only);
        view! {
            <button
                type="button"
                class="pick"
                class:on=on
                aria-pressed=move || on.get().to_string()
                data-test=hook
                on:click=move |_| handover.promised.set(only)
            >
                {words}
            </button>
        }
    };
    view! {
        <span class="picks push no-print" role="group" aria-label="看哪些案件">
            {chip(false, "全部", "handover-files-all")}
            {chip(true, "有约定要履行的", "handover-files-promised")}
        </span>
    }
}

#[component]
fn Nothing(handover: Handover) -> impl IntoView {
    move || {
        let (title, next) = if handover.promised.get() {
            ("没有要履行的约定", "选“全部”看别的案件")
        } else {
            ("没有未销号的", "没有要交接的案件")
        };
        view! { <Empty title next/> }
    }
}

#[component]
fn Table(groups: Vec<(String, Vec<HandedFile>)>) -> impl IntoView {
    let groups = groups.into_iter().map(|(name, files)| {
        let heading = format!("{name}，{} 件", files.len());
        view! { <Group heading files/> }
    });
    view! {
        <div class="table-scroll">
            <table class="tbl fold">
                <thead>
                    <tr>
                        <th scope="col">"案件"</th>
                        <th scope="col" class="l">"当事人"</th>
                        <th scope="col" class="l">"缓急"</th>
                        <th scope="col" class="l">"环节"</th>
                        <th scope="col" class="l">"时限"</th>
                        <th scope="col" class="l">"约定履行"</th>
                    </tr>
                </thead>
                {groups.collect_view()}
            </table>
        </div>
    }
}

#[component]
fn Group(heading: String, files: Vec<HandedFile>) -> impl IntoView {
    let rows = files.into_iter().map(|file| view! { <Row file/> }).collect_view();
    view! {
        <tbody data-test="handover-group">
            <tr class="group">
                <th scope="rowgroup" colspan="6">{heading}</th>
            </tr>
            {rows}
        </tbody>
    }
}

#[component]
fn Row(file: HandedFile) -> impl IntoView {
    let HandedFile { row, promised } = file;
    let by = promised.map(|on| format!("{}前", long_date(on))).unwrap_or_default();
    let blank = by.is_empty();
    view! {
        <tr data-test="handover-file">
            <th scope="row" class="any">
                <a href=format!("/case/{}", row.id)>{row.matter.clone()}</a>
                <div class="small t3">{number_words(&row)}</div>
            </th>
            <td class="l any" data-label="当事人">{who_words(&row.parties)}</td>
            <td class="l" data-label="缓急"><RiskMark risk=row.risk/></td>
            <td class="l" data-label="环节">{row.stage.label()}</td>
            <td class="l" data-label="时限"><DueMark due=row.due/></td>
            <td class="l" class:blank=blank data-label="约定履行">{by}</td>
        </tr>
    }
}
