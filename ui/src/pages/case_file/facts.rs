//! 事实: one row a fact, in the order of the form; the whole row opens its sheet. Below them stands
//! under which types of the official tables the file is counted.

use leptos::prelude::*;
use yidang_api::case_file::FactView;
use yidang_domain::rights::Act;

use super::file::{OpenFile, Sheeted};
use crate::components::Icon;
use crate::models::counted::{Counted, counted};
use crate::words::moment;

/// Facts whose value comes from a table this page does not hold.
const READ_ONLY: [&str; 1] = ["grid"];

/// All facts of a file.
#[component]
pub fn Facts(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    let facts = file.part(|view| (view.facts.clone(), view.may(Act::EditCaseFile)));
    move || {
        facts.get().map(|(facts, may)| {
            let counted = counted(&facts);
            view! {
                <div class="rows" data-test="facts">
                    {facts.into_iter().map(|fact| view! { <FactRow file fact may /> }).collect_view()}
                    {counted.map(|counted| view! { <CountedRows counted /> })}
                </div>
            }
        })
    }
}

/// Computed from the category: nobody fills it in, so nothing opens here.
#[component]
fn CountedRows(counted: Counted) -> impl IntoView {
    let Counted { b, c, version, note } = counted;
    view! {
        <div class="field" data-test="counted-b">
            <span class="lb">"对应B表"</span>
            <span class="vl">
                {b} <small>"人民调解案件分类"</small>
                {(!note.is_empty()).then(|| view! { <small>{note}</small> })}
            </span>
        </div>
        <div class="field" data-test="counted-c">
            <span class="lb">"对应C表"</span>
            <span class="vl">
                {c} <small>"矛盾纠纷排查情况"</small> <small data-test="counted-version">{version}</small>
            </span>
        </div>
    }
}

#[component]
fn FactRow(file: OpenFile, fact: FactView, may: bool) -> impl IntoView {
    let hook = format!("fact-{}", fact.field);
    if may && !READ_ONLY.contains(&fact.field.as_str()) {
        let field = fact.field.clone();
        let open = move |_| file.sheet.set(Some(Sheeted::Fact(field.clone())));
        view! {
            <button type="button" class="field" data-test=hook on:click=open>
                <FactText fact />
                <span class="link small" data-test="fact-edit">
                    "改"
                </span>
            </button>
        }
        .into_any()
    } else {
        view! {
            <div class="field" data-test=hook>
                <FactText fact />
            </div>
        }
        .into_any()
    }
}

/// Label, value, and who wrote it when.
#[component]
pub fn FactText(
    /// The fact.
    fact: FactView,
) -> impl IntoView {
    let empty = fact.value.is_empty();
    let shown = if empty { "没写".to_owned() } else { fact.shown };
    view! {
        <span class="lb">{fact.label}</span>
        <span class="vl">
            <span class:t3=empty data-test="fact-value">
                {shown}
            </span>
            {fact
                .clashes
                .then(|| {
                    view! {
                        " "
                        <span class="chip clash">
                            <Icon name="swap" class="xs" />
                            "要定"
                        </span>
                    }
                })}
            {fact
                .written
                .map(|by| {
                    let who = if by.me { "你".to_owned() } else { by.name };
                    view! {
                        <small>
                            {who} <span class="sep"></span> {by.device} <span class="sep"></span>
                            {moment(by.at)}
                        </small>
                    }
                })}
        </span>
    }
}
