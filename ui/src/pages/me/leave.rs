//! Leaving this person's desk, or going over to another one on the same device.

use leptos::prelude::*;
use leptos::task::spawn_local;
use yidang_api::Fault;
use yidang_api::session::{Person, SignOut};
use yidang_domain::ids::UserId;

use crate::app::{Shared, shared};
use crate::components::{Avatar, Dotted, FaultNote, Icon, Sheet, use_go};
use crate::door::{ask, today};
use crate::words::hand_back;

/// One leaving.
#[derive(Clone, Copy)]
struct Leaving {
    busy: RwSignal<bool>,
    fault: RwSignal<Option<Fault>>,
    shared: Shared,
    go: Callback<(String,)>,
}

impl Leaving {
    /// Leaves, and opens the desk of `then` at once if somebody is named.
    fn start(self, then: Option<UserId>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let reply = ask(&SignOut { then }).await;
            let _ = self.busy.try_set(false);
            match reply {
                Ok(view) => {
                    let home = if view.person.is_some() { "/" } else { "/sign-in" };
                    self.go.run((home.to_owned(),));
                    self.shared.enter(view);
                }
                Err(why) => {
                    let _ = self.fault.try_set(Some(why));
                }
            }
        });
    }
}

/// 换个人用, 退出. Nothing is deleted by either.
#[component]
pub fn Leave() -> impl IntoView {
    let leaving = Leaving {
        busy: RwSignal::new(false),
        fault: RwSignal::new(None),
        shared: shared(),
        go: use_go(),
    };
    let asked = RwSignal::new(false);
    view! {
        <Others leaving/>
        {move || leaving.fault.get().map(|fault| view! { <FaultNote fault/> })}
        <div class="cells leave">
            <button
                type="button"
                class="field"
                data-test="me-sign-out"
                on:click=move |_| asked.set(true)
            >
                <Icon name="out" class="s"/>
                <span class="vl">"退出"</span>
            </button>
        </div>
        <Show when=move || asked.get()>
            <Sheet title="退出" on_close=move || asked.set(false) hook="sign-out-sheet">
                <Really leaving asked/>
            </Sheet>
        </Show>
    }
}

/// What stays here, and whether something is only here.
#[component]
fn Really(leaving: Leaving, asked: RwSignal<bool>) -> impl IntoView {
    let sync = leaving.shared.sync;
    view! {
        <p class="mid">{move || sync.get().map(|view| hand_back(&view, today()).1)}</p>
        <p class="mid t2">"写过的都加密留在这台设备上，再登录就能看到。"</p>
        <div class="sheet-acts">
            <button
                type="button"
                class="btn big"
                data-test="sign-out-no"
                on:click=move |_| asked.set(false)
            >
                "先不退"
            </button>
            <button
                type="button"
                class="btn pri big wide"
                data-test="sign-out-yes"
                disabled=move || leaving.busy.get()
                on:click=move |_| leaving.start(None)
            >
                "退出"
            </button>
        </div>
    }
}

/// Other people with a desk on this device.
#[component]
fn Others(leaving: Leaving) -> impl IntoView {
    let shared = shared();
    let others = move || {
        let me = shared.person().map(|person| person.user);
        let known = shared.session.with(|session| {
            session.as_ref().map(|session| session.known.clone()).unwrap_or_default()
        });
        known.into_iter().filter(|person| Some(&person.user) != me.as_ref()).collect::<Vec<_>>()
    };
    move || {
        let others = others();
        (!others.is_empty()).then(|| {
            let rows =
                others.into_iter().map(|person| view! { <Other person leaving/> }).collect_view();
            view! { <div class="sec"><h2>"换个人用"</h2></div> <div class="cells">{rows}</div> }
        })
    }
}

#[component]
fn Other(person: Person, leaving: Leaving) -> impl IntoView {
    let user = person.user.clone();
    let line = format!("{} · {}", person.role.label(), person.org_path.join(" · "));
    view! {
        <button
            type="button"
            class="cell"
            data-test=format!("me-switch-{user}")
            on:click=move |_| leaving.start(Some(user.clone()))
        >
            <Avatar name=person.name.clone() class="tile-size"/>
            <span class="grow">
                <span class="tt">{person.name}</span>
                <div class="ds cut">
                    <Dotted text=line/>
                </div>
            </span>
            <Icon name="right" class="chev"/>
        </button>
    }
}
