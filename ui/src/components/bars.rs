//! The bar above and the bar below a phone's page.

use leptos::prelude::*;

use super::sheet::use_go;
use super::{DemoMark, Dotted, Icon};
use crate::app::shared;
use crate::models::own_device::badge;

/// Title, sub-line, back and what stands at the end.
#[component]
pub fn NavBar(
    /// What the page is.
    #[prop(into)]
    title: Signal<String>,
    /// One line below it.
    #[prop(optional, into)]
    sub: Signal<String>,
    /// Whether a way back stands before it.
    #[prop(optional)]
    back: bool,
    /// The way back closes something instead (×).
    #[prop(optional)]
    close: bool,
    /// What stands at the end, before the demo mark.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let go_back = use_go_back();
    let (name, label) = if close { ("x", "关闭") } else { ("left", "返回") };
    view! {
        <header class="nav">
            <div class="bar" class:root=!(back || close)>
                {(back || close)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="ib"
                                aria-label=label
                                data-test="back"
                                on:click=move |_| go_back()
                            >
                                <Icon name class="l"/>
                            </button>
                        }
                    })}
                <h1>
                    {title}
                    <Show when=move || sub.with(|sub| !sub.is_empty())>
                        <span class="sub">{move || view! { <Dotted text=sub.get()/> }}</span>
                    </Show>
                </h1>
                <span class="end">{children.map(|children| children())} <DemoMark/></span>
            </div>
        </header>
    }
}

/// One step back, or home where this page was the first.
fn use_go_back() -> impl Fn() + Copy + Send + Sync + 'static {
    let go = use_go();
    move || match window().history() {
        Ok(history) if history.length().unwrap_or(1) > 1 => {
            // Where going back is refused, the page stays as it is.
            let _ = history.back();
        }
        _ => go.run(("/".to_owned(),)),
    }
}

/// One of the five tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// 今天
    Today,
    /// 我的格
    Grid,
    /// 新事
    New,
    /// 消息
    Messages,
    /// 我的
    Me,
}

impl Tab {
    const ALL: [(Self, &'static str, &'static str, &'static str, &'static str); 5] = [
        (Self::Today, "/", "today", "今天", "tab-today"),
        (Self::Grid, "/grid", "home", "我的格", "tab-grid"),
        (Self::New, "/new", "plus", "新事", "tab-new"),
        (Self::Messages, "/messages", "msg", "消息", "tab-messages"),
        (Self::Me, "/me", "user", "我的", "tab-me"),
    ];
}

/// The five tabs.
#[component]
pub fn TabBar(
    /// The one we are in.
    on: Tab,
) -> impl IntoView {
    let tabs = Tab::ALL
        .into_iter()
        .map(|(tab, href, icon, label, hook)| {
            let here = tab == on;
            let shown = if tab == Tab::New {
                view! { <span class="p"><Icon name=icon/></span> }.into_any()
            } else {
                view! { <Icon name=icon/> }.into_any()
            };
            view! {
                <a
                    href=href
                    class:on=here
                    class:new=tab == Tab::New
                    aria-current=here.then_some("page")
                    data-test=hook
                >
                    {shown}
                    {label}
                    {(tab == Tab::Messages).then(|| view! { <Badge/> })}
                </a>
            }
        })
        .collect_view();
    view! { <nav class="tabbar" aria-label="主导航">{tabs}</nav> }
}

/// How many messages were not seen, or how many things need a person; up to 99.
#[component]
fn Badge() -> impl IntoView {
    let shared = shared();
    let count = move || {
        let needs = shared.sync.with(|sync| sync.as_ref().map_or(0, |view| view.needs.len()));
        let unread = shared.messages.with(|news| news.as_ref().map_or(0, |view| view.unread));
        badge(unread, needs)
    };
    move || {
        let count = count();
        (count > 0).then(|| {
            view! {
                <span class="b" data-test="messages-count">
                    {count.min(99)} <span class="sr">"条没看"</span>
                </span>
            }
        })
    }
}
