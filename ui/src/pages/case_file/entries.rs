//! 经过: what happened, newest first. Nothing is ever taken out of it.

use leptos::prelude::*;
use yidang_api::case_file::EntryView;
use yidang_domain::entry::{Entry, EntryKind};

use super::file::OpenFile;
use crate::components::{DeliveryMark, Dotted, Empty, Icon};
use crate::models::timeline::{mark, remarks, sayings, title, words};
use crate::words::{day, moment};

/// All entries of a file.
#[component]
pub fn Entries(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    let entries = file.part(|view| view.entries.clone());
    move || {
        entries.get().map(|entries| {
            if entries.is_empty() {
                view! { <Empty title="还没有经过" next="走访一次，记一笔" /> }.into_any()
            } else {
                view! { <EntryList entries /> }.into_any()
            }
        })
    }
}

/// Entries as a line of events.
#[component]
pub fn EntryList(
    /// The entries, newest first.
    entries: Vec<EntryView>,
) -> impl IntoView {
    view! {
        <ol class="tl" data-test="entries">
            {entries.into_iter().map(|entry| view! { <EntryItem entry /> }).collect_view()}
        </ol>
    }
}

#[component]
fn EntryItem(entry: EntryView) -> impl IntoView {
    let look = mark(entry.kind);
    let kind = entry.kind.map_or("unknown", yidang_domain::entry::EntryKind::name);
    let text = words(&entry);
    let void = entry.void.clone();
    let is_void = void.is_some();
    let when =
        if entry.written.at.date() == entry.on { moment(entry.written.at) } else { day(entry.on) };
    let said = entry.entry.as_ref().map(more);
    view! {
        <li class:void=is_void data-test="entry" data-kind=kind>
            <span class=format!("mk {}", look.tone)>
                <Icon name=look.icon />
            </span>
            <div class="h">
                <b>{title(&entry)}</b>
                <DeliveryMark delivery=entry.delivery />
                <time>{when}</time>
            </div>
            {(!text.is_empty())
                .then(|| {
                    view! {
                        <p class="tx" data-test="entry-text">
                            {text}
                        </p>
                    }
                })}
            {entry.kind.is_none().then(|| view! { <p class="by">"需更新应用才能看全，内容都在"</p> })}
            {said}
            {(!entry.not_chosen.is_empty())
                .then(|| view! { <NotChosen values=entry.not_chosen.clone() /> })}
            {void
                .map(|reason| {
                    view! {
                        <p class="by why" data-test="entry-void">
                            {format!("这一步没有生效：{reason}。留在经过里")}
                        </p>
                    }
                })} <By entry />
        </li>
    }
}

/// What the gist leaves out.
fn more(entry: &Entry) -> AnyView {
    let remarks = remarks(entry).join("，");
    let said = match entry {
        Entry::MediationSession { five, .. } => sayings(five),
        _ => Vec::new(),
    };
    view! {
        {(!remarks.is_empty()).then(|| view! { <p class="by">{remarks}</p> })}
        {(!said.is_empty())
            .then(|| {
                view! {
                    <dl class="said" data-test="entry-five">
                        {said
                            .into_iter()
                            .map(|said| {
                                view! {
                                    <dt>{said.slot}</dt>
                                    <dd>
                                        {(!said.who.is_empty())
                                            .then(|| view! { <b>{said.who}"："</b> })} {said.words}
                                    </dd>
                                }
                            })
                            .collect_view()}
                    </dl>
                }
            })}
    }
    .into_any()
}

#[component]
fn NotChosen(values: Vec<String>) -> impl IntoView {
    view! {
        <p class="by" data-test="entry-not-chosen">
            "没选的："
            {values
                .into_iter()
                .map(|value| view! { <del class="left">{value}</del> " " })
                .collect_view()}
        </p>
    }
}

#[component]
fn By(entry: EntryView) -> impl IntoView {
    let by = entry.written;
    let who = if by.me { format!("{}（你）", by.name) } else { by.name };
    let late = by.at.date() != entry.on;
    view! {
        <p class="by">
            {who} <span class="sep"></span> <Dotted text=by.post /> <span class="sep"></span> {by.device}
            {entry
                .again
                .then(|| {
                    view! {
                        <span class="sep"></span>
                        <span data-test="entry-again">{EntryKind::Succeeds.label()}</span>
                    }
                })}
            {late.then(|| view! { <span class="sep"></span> {format!("{} 记", moment(by.at))} })}
        </p>
    }
}
