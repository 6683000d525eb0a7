//! 消息: what came from above and from others, about one's own files.

use leptos::prelude::*;
use yidang_api::message::{MarkMessagesRead, MessageRow, MessagesQuestion, MessagesView};
use yidang_api::sync::SyncState;

use crate::app::shared;
use crate::components::{Dotted, Empty, FaultNote, Frame, Icon, Tab, Waiting};
use crate::door::{Answer, answer};
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::changed;
use crate::words::moment;

/// Messages asked for at once.
const PAGE: u32 = 60;

/// The page.
#[component]
pub fn MessagesPage() -> impl IntoView {
    let limit = RwSignal::new(PAGE);
    let news = answer(move || MessagesQuestion { offset: 0, limit: limit.get() });
    let unread =
        Memo::new(move |_| news.value.with(|view| view.as_ref().map_or(0, |view| view.unread)));
    let sub = Signal::derive(move || {
        if unread.get() > 0 { format!("{} 条没看", unread.get()) } else { String::new() }
    });
    view! {
        <Frame title="消息" sub on="messages" tab=Tab::Messages end=move || view! { <AllRead unread/> }>
            <Needs/>
            <Offline/>
            {move || {
                let retry = Callback::new(move |()| news.retry());
                news.fault.get().map(|fault| view! { <FaultNote fault retry/> })
            }}
            {move || match news.value.get() {
                Some(view) => view! { <List view limit/> }.into_any(),
                None => view! { <Pending news/> }.into_any(),
            }}
        </Frame>
    }
}

#[component]
fn Pending(news: Answer<MessagesView>) -> impl IntoView {
    let failed = Memo::new(move |_| news.fault.with(Option::is_some));
    move || (!failed.get()).then(|| view! { <Waiting rows=5/> })
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

#[component]
fn List(view: MessagesView, limit: RwSignal<u32>) -> impl IntoView {
    if view.rows.is_empty() {
        return view! {
            <div class="card">
                <Empty title="还没有消息" next="镇上受理、退回、销号，别人改了你的件，都会告诉你"/>
            </div>
        }
        .into_any();
    }
    let shown = u32::try_from(view.rows.len()).unwrap_or(u32::MAX);
    let more = view.total.saturating_sub(shown);
    let rows = view.rows.into_iter().map(|row| view! { <Row row/> }).collect_view();
    view! {
        <div class="cells" data-test="messages">{rows}</div>
        {(more > 0).then(|| view! {
            <button
                type="button"
                class="btn text full"
                data-test="messages-more"
                on:click=move |_| limit.set(shown.saturating_add(PAGE))
            >
                {format!("再看 {} 条", more.min(PAGE))}
            </button>
        })}
    }
    .into_any()
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
