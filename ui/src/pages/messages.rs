//! 消息: what came from above and from others, about one's own files.

use std::ops::Range;

use leptos::prelude::*;
use yidang_api::message::{MarkMessagesRead, MessageRow, MessagesQuestion};
use yidang_api::sync::SyncState;

use crate::app::shared;
use crate::components::{Dotted, Empty, FaultNote, Frame, Icon, Tab, Waiting, Windowed};
use crate::door::Pages;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::changed;
use crate::words::moment;

/// The page.
#[component]
pub fn MessagesPage() -> impl IntoView {
    let pages = Pages::of(Memo::new(|_| MessagesQuestion::default()));
    let head = pages.part(|unread| *unread);
    let unread = Memo::new(move |_| head.get().unwrap_or(0));
    let sub = Signal::derive(move || {
        if unread.get() > 0 { format!("{} 条没看", unread.get()) } else { String::new() }
    });
    view! {
        <Frame title="消息" sub on="messages" tab=Tab::Messages end=move || view! { <AllRead unread/> }>
            <Needs/>
            <Offline/>
            {move || {
                let retry = Callback::new(move |()| pages.again());
                pages.fault.get().map(|fault| view! { <FaultNote fault retry/> })
            }}
            <Found pages/>
        </Frame>
    }
}

/// The messages, once the first answer is there.
#[component]
fn Found(pages: Pages<MessagesQuestion>) -> impl IntoView {
    let any = Memo::new(move |_| pages.total.get().map(|total| total > 0));
    move || {
        match any.get() {
        Some(true) => view! { <List pages/> }.into_any(),
        Some(false) => view! {
            <div class="card">
                <Empty title="还没有消息" next="镇上受理、退回、销号，别人在你记过的档里添了什么，都会告诉你"/>
            </div>
        }
        .into_any(),
        None if pages.fault.with(Option::is_some) => ().into_any(),
        None => view! { <Waiting rows=5/> }.into_any(),
    }
    }
}

/// 全部已读
#[component]
fn AllRead(unread: Memo<u32>) -> impl IntoView {
    let (doing, shared) = (Doing::new(), shared());
    view! {
        <Show when=move || unread.get() != 0>
            <button
                type="button"
                class="btn text slim"
                data-test="messages-read"
                disabled=move || doing.busy.get()
                on:click=move |_| doing.run(MarkMessagesRead {}, move |()| changed(shared))
            >
                "全部已读"
            </button>
        </Show>
    }
}

/// What needs a person stands on top: it leads to the page about the exchange.
#[component]
fn Needs() -> impl IntoView {
    let shared = shared();
    let count = Memo::new(move |_| {
        shared.sync.with(|sync| sync.as_ref().map_or(0, |view| view.needs.len()))
    });
    move || {
        let count = count.get();
        (count > 0).then(|| {
            view! {
                <a class="note clash plain" href="/sync" data-test="messages-needs">
                    <Icon name="swap"/>
                    <div class="grow"><b>{format!("{count} 条需要你处理")}</b></div>
                    <Icon name="right" class="s"/>
                </a>
            }
        })
    }
}

#[component]
fn Offline() -> impl IntoView {
    let shared = shared();
    let offline = move || {
        shared.sync.with(|sync| sync.as_ref().is_some_and(|view| view.state == SyncState::Offline))
    };
    view! {
        <Show when=offline>
            <div class="note off" role="status" data-test="messages-offline">
                <Icon name="cloud-off"/>
                <div class="grow">"离线。先到的都在这里，有信号后新的自己来"</div>
            </div>
        </Show>
    }
}

/// All of them, however many: only those in sight are asked for and drawn.
#[component]
fn List(pages: Pages<MessagesQuestion>) -> impl IntoView {
    let total = move || pages.total.get().unwrap_or(0);
    let count = Signal::derive(move || usize::try_from(total()).unwrap_or(usize::MAX));
    let see = Callback::new(move |(rows,): (Range<usize>,)| pages.see(rows));
    view! {
        <p class="list-count small t3" role="status" data-test="messages-total">
            {move || format!("{} 条", total())}
        </p>
        <Windowed count get=move |index| pages.row(index) row=line on_range=see hook="messages"/>
    }
}

fn line(row: MessageRow) -> impl IntoView {
    view! { <Row row/> }
}

#[component]
fn Row(row: MessageRow) -> impl IntoView {
    let (icon, tone) = if row.asks { ("back", "tile soon") } else { ("msg", "tile") };
    let by = format!("{} · {}", row.by, row.post);
    view! {
        <a
            class="cell message"
            class:unseen=row.unread
            href=format!("/case/{}", row.case)
            data-test="message"
        >
            <span class=tone><Icon name=icon/></span>
            <span class="grow">
                <span class="case-top row">
                    <span class="tt grow">
                        {row.label}
                        {row.unread.then(|| view! { <span class="sr">"，没看过"</span> })}
                    </span>
                    {row.unread.then(|| view! { <span class="dot" aria-hidden="true"></span> })}
                    <time class="small t3 nowrap">{moment(row.at)}</time>
                </span>
                <div class="ds">{row.text}</div>
                <div class="small t3 cut">{row.matter}</div>
                <div class="small t3 cut"><Dotted text=by/></div>
            </span>
        </a>
    }
}
