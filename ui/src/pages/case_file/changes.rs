//! 你上次看后有 N 处变化: old values struck, new ones marked.

use leptos::prelude::*;
use yidang_api::case_file::{ChangeView, MarkLooked};
use yidang_domain::civil::InstantMs;

use super::doing::Doing;
use super::file::{OpenFile, changed};
use crate::app::shared;
use crate::components::{FaultNote, Icon};
use crate::words::moment;

/// The block on top of a file; absent where nothing changed.
#[component]
pub fn Changes(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    let part = file.part(|view| (view.changes.clone(), view.looked_at));
    move || {
        let (changes, looked_at) = part.get()?;
        (!changes.is_empty()).then(|| view! { <Block file changes looked_at /> })
    }
}

#[component]
fn Block(file: OpenFile, changes: Vec<ChangeView>, looked_at: Option<InstantMs>) -> impl IntoView {
    let doing = Doing::new();
    let shared = shared();
    let look = move |_| {
        if let Some((case, heads)) = file.opened_on() {
            doing.run(MarkLooked { case, heads }, move |()| changed(shared));
        }
    };
    let title = format!("你上次看后有 {} 处变化", changes.len());
    let spoken = title.clone();
    view! {
        <section class="changes" data-test="case-changes" aria-label=spoken>
            <div class="hd">
                <Icon name="eye" class="s" />
                <b>{title}</b>
                {looked_at.map(|at| view! { <span class="t3 small">{moment(at)}</span> })}
                <button
                    type="button"
                    class="push link hit"
                    data-test="case-looked"
                    disabled=move || doing.busy.get()
                    on:click=look
                >
                    "知道了"
                </button>
            </div>
            <ul class="diff">
                {changes.into_iter().map(|change| view! { <Change change /> }).collect_view()}
            </ul>
            {move || {
                doing.fault.get().map(|fault| view! { <FaultNote fault /> })
            }}
        </section>
    }
}

#[component]
fn Change(change: ChangeView) -> impl IntoView {
    let by = change.written;
    let who = if by.me { "你".to_owned() } else { by.name };
    let had = !change.before.is_empty();
    view! {
        <li class="change" data-test="case-change">
            <span class="what">
                {change.label}
                " "
                {had
                    .then(|| {
                        view! {
                            <del>{change.before}</del>
                            <span class="to" aria-label="改成">
                                "→"
                            </span>
                        }
                    })}
                {if had {
                    view! { <ins>{change.after}</ins> }.into_any()
                } else {
                    view! { <span>{change.after}</span> }.into_any()
                }}
            </span>
            {change
                .answers_return
                .then(|| {
                    view! {
                        <span class="chip ok">
                            <Icon name="check" class="xs" />
                            "答复退回"
                        </span>
                    }
                })}
            <span class="who">{who} " " {moment(by.at)}</span>
        </li>
    }
}
