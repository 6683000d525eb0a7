//! The desktop frame: rail, top bar, page.

use leptos::html::Input;
use leptos::prelude::*;
use leptos::{ev, html};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::sheet::use_go;
use super::{Avatar, Contour, DemoMark, Dotted, Icon, SyncPill};
use crate::app::shared;
use crate::models::rail::{RailGroup, RailLine, Weight, rail_of};

/// The rail on the left, the bar on top, and below it what the page gives: a `.page` or a `.split`.
#[component]
pub fn DeskFrame(
    /// Key of the line of the rail we are in: the word of a queue, `today`, `county`, `visit` …
    #[prop(into)]
    on: Signal<&'static str>,
    /// What the page is.
    #[prop(into)]
    title: Signal<String>,
    /// One small line beside the title.
    #[prop(optional, into)]
    sub: Signal<String>,
    /// What stands below the top bar.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="desk">
            <Rail on/>
            <div class="stage">
                <header class="top">
                    <h1>{title}</h1>
                    <span class="t3 small cut">{move || view! { <Dotted text=sub.get()/> }}</span>
                    <SearchBox/>
                    <SyncPill/>
                    <DemoMark/>
                </header>
                {children()}
            </div>
        </div>
    }
}

#[component]
fn Rail(on: Signal<&'static str>) -> impl IntoView {
    let shared = shared();
    let groups = move || {
        let groups = shared.person().map(|person| rail_of(person.role)).unwrap_or_default();
        groups.into_iter().map(|group| view! { <Group group on/> }).collect_view()
    };
    view! {
        <aside class="rail">
            <Contour rail=true/>
            <div class="brandline"><Brand/>"一档通"</div>
            <Unit/>
            <nav aria-label="主导航">
                {groups}
            </nav>
            <Foot/>
        </aside>
    }
}

#[component]
fn Brand() -> impl IntoView {
    view! {
        <svg viewBox="0 0 28 28" aria-hidden="true">
            <rect x="1" y="1" width="26" height="26" rx="7" fill="#fff" fill-opacity=".12"></rect>
            <path
                d="M7 9.5h5l1.8 2H21v9.5H7z"
                fill="none"
                stroke="#fff"
                stroke-width="1.8"
                stroke-linejoin="round"
            >
            </path>
            <path
                d="M10.5 16.3h7"
                stroke="#e4b65e"
                stroke-width="2.2"
                stroke-linecap="round"
            >
            </path>
        </svg>
    }
}

/// The unit whose work this is.
#[component]
fn Unit() -> impl IntoView {
    let shared = shared();
    move || {
        shared.person().map(|person| {
            let name = person.org_path.last().cloned().unwrap_or_default();
            view! {
                <div class="unit">
                    <span class="grow">{name}<small>{person.role.label()}</small></span>
                </div>
            }
        })
    }
}

#[component]
fn Group(group: RailGroup, on: Signal<&'static str>) -> impl IntoView {
    let lines = group.lines.into_iter().map(|line| view! { <Line line on/> }).collect_view();
    view! { <h4>{group.label}</h4> {lines} }
}

#[component]
fn Line(line: RailLine, on: Signal<&'static str>) -> impl IntoView {
    let shared = shared();
    let key = line.key;
    let counted = line.clone();
    let count = move || shared.queues.with(|queues| counted.count(queues.as_ref()));
    let number = move || {
        count().map(|(count, weight)| {
            let class = match weight {
                Weight::Plain => "n",
                Weight::Hot => "n hot",
                Weight::Clash => "n violet",
            };
            view! { <span class=class>{count}</span> }
        })
    };
    view! {
        <a
            href=line.href
            class:on=move || on.get() == key
            aria-current=move || (on.get() == key).then_some("page")
            data-test=format!("rail-{key}")
        >
            <Icon name=line.icon/>
            {line.label}
            {number}
        </a>
    }
}

/// Who is signed in; leads to their settings.
#[component]
fn Foot() -> impl IntoView {
    let shared = shared();
    move || {
        shared.person().map(|person| {
            let unit = person.org_path.join(" · ");
            view! {
                <div class="foot">
                    <Avatar name=person.name.clone() class="sm"/>
                    <span class="grow">{person.name}<small class="cut"><Dotted text=unit/></small></span>
                </div>
            }
        })
    }
}

/// Searches everything on this device. Ctrl K and / lead here from anywhere.
#[component]
fn SearchBox() -> impl IntoView {
    let (go, shared) = (use_go(), shared());
    let text = RwSignal::new(String::new());
    let input: NodeRef<Input> = NodeRef::new();
    let keys = window_event_listener(ev::keydown, move |event| {
        let ctrl_k =
            (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k");
        if ctrl_k || (event.key() == "/" && !is_typing(&event)) {
            event.prevent_default();
            focus(input);
        }
    });
    on_cleanup(move || keys.remove());
    let search = move |event: ev::SubmitEvent| {
        event.prevent_default();
        shared.search.set(text.get_untracked());
        go.run(("/find".to_owned(),));
    };
    view! {
        <form class="search push" role="search" on:submit=search>
            <Icon name="search"/>
            <input
                node_ref=input
                class="grow"
                type="search"
                autocomplete="off"
                enterkeyhint="search"
                aria-label="找案件、住户、经过"
                placeholder="案件、姓名、首字母、尾号"
                data-test="desk-search"
                bind:value=text
            />
            <span class="kbd" aria-hidden="true">"Ctrl K"</span>
        </form>
    }
}

/// Whether somebody writes: a slash then is a slash.
fn is_typing(event: &ev::KeyboardEvent) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    event.is_composing()
        || element.is_some_and(|element| {
            matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
        })
}

fn focus(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked() {
        // Where focus is refused, the box can still be clicked.
        let _ = input.focus();
        input.select();
    }
}
