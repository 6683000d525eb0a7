//! What was found, by group.

use leptos::prelude::*;
use yidang_api::find::{FindView, FoundEntry};
use yidang_api::list::{CaseRow, ListCaseFiles, Queue};

use crate::components::{Dotted, Empty, Icon};
use crate::models::found::{Rest, left, pieces, rest};
use crate::models::grid::SEARCHED;
use crate::models::query::list_address;
use crate::pages::my_grid::rows::HouseholdLine;
use crate::words::{day, number_words, who_words};

/// All groups; one without results is not there.
#[component]
pub fn Results(
    /// What was found.
    view: FindView,
    /// Asks for more of the entries, which have no list of their own.
    more: Callback<()>,
) -> impl IntoView {
    let text = view.text.clone();
    if view.files.is_empty() && view.households.is_empty() && view.entries.is_empty() {
        return view! {
            <div class="card">
                <Empty title="没有找到" next="换个名字、首字母或尾号。没有就记成一件新事">
                    <a href="/new" class="btn soft" data-test="find-new"><Icon name="plus"/>"新事"</a>
                </Empty>
            </div>
        }
        .into_any();
    }
    let files = {
        let list = ListCaseFiles { text: text.clone(), ..ListCaseFiles::of(Queue::All) };
        let count = left(view.files_total, view.files.len());
        let more = way(count, "件", list_address("/cases", &list), "find-all-files");
        let query = text.clone();
        let rows: Vec<_> = view
            .files
            .into_iter()
            .map(|row| view! { <File row query=query.clone()/> }.into_any())
            .collect();
        view! { <Group title="案件" total=view.files_total rows more/> }
    };
    let households = {
        let count = left(view.households_total, view.households.len());
        let more = way(count, "户", SEARCHED.to_owned(), "find-all-households");
        let rows: Vec<_> = view
            .households
            .into_iter()
            .map(|found| view! { <HouseholdLine row=found.row member=found.member/> }.into_any())
            .collect();
        view! { <Group title="住户" total=view.households_total rows more/> }
    };
    let entries = {
        let more = rest(view.entries_total, view.entries.len()).map(|rest| match rest {
            Rest::More(words) => view! {
                <button
                    type="button"
                    class="btn text full"
                    data-test="find-more-entries"
                    on:click=move |_| more.run(())
                >
                    {words}
                </button>
            }
            .into_any(),
            Rest::Narrow(words) => view! { <p class="list-count small t3">{words}</p> }.into_any(),
        });
        let rows: Vec<_> = view
            .entries
            .into_iter()
            .map(|entry| view! { <Entry entry query=text.clone()/> }.into_any())
            .collect();
        view! { <Group title="经过" total=view.entries_total rows more/> }
    };
    view! { {files} {households} {entries} }.into_any()
}

/// Where the rest of a group is listed; nothing where all of it is shown.
fn way(count: u32, unit: &str, href: String, hook: &'static str) -> Option<AnyView> {
    (count > 0).then(|| {
        let words = format!("还有 {count} {unit}，去清单里看");
        view! { <a class="btn text full" href=href data-test=hook>{words}</a> }.into_any()
    })
}

#[component]
fn Group(
    title: &'static str,
    total: u32,
    rows: Vec<AnyView>,
    more: Option<AnyView>,
) -> impl IntoView {
    (!rows.is_empty()).then(|| {
        view! {
            <div class="sec"><h2>{title}</h2><span class="count">{total}</span></div>
            <div class="cells">{rows}</div>
            {more}
        }
    })
}

/// A text with what was looked for marked.
#[component]
fn Marked(text: String, query: String) -> impl IntoView {
    pieces(&text, &query)
        .into_iter()
        .map(|piece| {
            if piece.hit {
                view! { <mark class="hit-text">{piece.text}</mark> }.into_any()
            } else {
                piece.text.into_any()
            }
        })
        .collect_view()
}

#[component]
fn File(row: CaseRow, query: String) -> impl IntoView {
    let line = format!("{} · {} · {}", number_words(&row), row.category_label, row.village);
    view! {
        <a class="cell" href=format!("/case/{}", row.id) data-test="find-file">
            <span class="tile"><Icon name="file"/></span>
            <span class="grow">
                <span class="tt"><Marked text=row.matter.clone() query=query.clone()/></span>
                <div class="ds"><Marked text=who_words(&row.parties) query/></div>
                <div class="small t3"><Dotted text=line/></div>
            </span>
            <span class="end">
                <span class="chip">{row.stage.label()}</span>
                <time class="small t3">{day(row.last_on)}</time>
            </span>
        </a>
    }
}

#[component]
fn Entry(entry: FoundEntry, query: String) -> impl IntoView {
    view! {
        <a class="cell" href=format!("/case/{}", entry.case) data-test="find-entry">
            <span class="tile off"><Icon name="hist"/></span>
            <span class="grow">
                <span class="tt">{entry.label}</span>
                <div class="ds"><Marked text=entry.excerpt query/></div>
                <div class="small t3 cut">{entry.matter}</div>
            </span>
        </a>
    }
}
