//! 设备状况: devices that cannot exchange as they should, so that somebody calls before they complain.

use leptos::prelude::*;
use yidang_api::trouble::{
    DeviceTrouble, TroubleKind, TroubledDevice, TroublesQuestion, TroublesView,
};

use crate::components::{Dotted, Empty, OnlineNote, PageTurns, Waiting};
use crate::door::{answer, today};
use crate::models::grids::pager;
use crate::models::troubles::{help, in_all, nothing_words, seen_words, ways, what};

/// Devices asked for at once.
const ROWS: u32 = 100;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct List {
    /// Only those that this hinders.
    kind: RwSignal<Option<TroubleKind>>,
    offset: RwSignal<u32>,
}

/// The part of the page.
#[component]
pub fn TroublesPart() -> impl IntoView {
    let (kind, offset) = (RwSignal::new(None), RwSignal::new(0));
    let answer =
        answer(move || TroublesQuestion { kind: kind.get(), offset: offset.get(), limit: ROWS });
    let list = List { kind, offset };
    let (fault, retry) = (answer.fault, Callback::new(move |()| answer.retry()));
    view! {
        <section class="card" data-test="troubles" aria-label="设备状况">
            <div class="hd">
                <h2>"设备状况"</h2>
                <span class="t3 small" role="status" data-test="troubles-total">
                    {move || answer.value.with(|view| view.as_ref().map(in_all))}
                </span>
            </div>
            <p class="small t3 inset-x">
                "只看现在同步顺不顺，好去帮忙；不记谁做了什么，不作考核。"
            </p>
            {move || fault.get().map(|fault| view! { <OnlineNote fault retry/> })}
            {move || match answer.value.get() {
                Some(view) => view! { <Whole list view/> }.into_any(),
                None if fault.with(Option::is_none) => view! { <Waiting rows=6/> }.into_any(),
                None => ().into_any(),
            }}
        </section>
    }
}

#[component]
fn Whole(list: List, view: TroublesView) -> impl IntoView {
    let (at, shown) = (list.offset.get_untracked(), list.kind.get_untracked());
    let ways = ways(&view, shown)
        .into_iter()
        .map(|way| {
            let is_shown = way.kind == shown;
            view! {
                <button
                    type="button"
                    class:on=is_shown
                    aria-pressed=is_shown.to_string()
                    data-test=format!("troubles-{}", way.name)
                    on:click=move |_| {
                        list.offset.set(0);
                        list.kind.set(way.kind);
                    }
                >
                    {way.words}
                </button>
            }
        })
        .collect_view();
    let pager = pager(view.total, at, view.rows.len());
    let rows = if view.rows.is_empty() && at == 0 {
        let (title, next) = nothing_words(&view);
        view! { <Empty title next/> }.into_any()
    } else {
        let rows = view.rows.into_iter().map(|row| view! { <Row row/> }).collect_view();
        view! { <ul class="plain-list">{rows}</ul> }.into_any()
    };
    view! {
        <div class="filters inset-x" role="group" aria-label="看哪一项">{ways}</div>
        {rows}
        <PageTurns pager offset=list.offset/>
    }
}

#[component]
fn Row(row: TroubledDevice) -> impl IntoView {
    let TroubledDevice { name, post, phone, device, seen_on, troubles, certificate } = row;
    let tail: String = certificate.chars().take(8).collect();
    let about = format!("{device} · {} · 证书 {tail}", seen_words(seen_on));
    let call = (!phone.is_empty()).then(|| {
        let title = format!("给{name}打电话");
        view! { <a class="btn text slim" href=format!("tel:{phone}") title=title>{phone.clone()}</a> }
    });
    let troubles = troubles.into_iter().map(|trouble| view! { <Hindered trouble/> }).collect_view();
    view! {
        <li class="cell flat-cell" data-test="trouble">
            <span class="grow">
                <span class="row">
                    <b class="tt">{name}</b>
                    <span class="push">{call}</span>
                </span>
                <span class="ds small t3"><Dotted text=post/></span>
                <span class="ds"><Dotted text=about/></span>
                {troubles}
            </span>
        </li>
    }
}

/// One thing that hinders the device, and how to help.
#[component]
fn Hindered(trouble: DeviceTrouble) -> impl IntoView {
    view! {
        <span class="ds wrap-any" data-test="trouble-kind" data-kind=trouble.kind.name()>
            <span class="chip soon">{what(&trouble, today())}</span>
            " "
            {help(trouble.kind)}
        </span>
    }
}
