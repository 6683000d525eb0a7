//! People who have a desk on this device already.

use leptos::prelude::*;
use yidang_api::session::{Person, SignOut};

use super::{Entering, Way, WayFault};
use crate::app::shared;
use crate::components::{Avatar, Dotted, Icon};

/// 接着用: back to one's own desk, without a network.
#[component]
pub fn KnownList(
    /// How one comes in.
    entering: Entering,
) -> impl IntoView {
    let shared = shared();
    let known = move || {
        shared.session.with(|session| session.as_ref().map(|s| s.known.clone())).unwrap_or_default()
    };
    move || {
        let known = known();
        (!known.is_empty()).then(|| {
            let rows =
                known.into_iter().map(|person| view! { <Row person entering/> }).collect_view();
            view! {
                <div class="sec"><h2>"接着用"</h2><span class="t3">"没有网络也能进"</span></div>
                <WayFault entering way=Way::Known/>
                <div class="cells">{rows}</div>
            }
        })
    }
}

#[component]
fn Row(person: Person, entering: Entering) -> impl IntoView {
    let user = person.user.clone();
    let line = format!("{} · {}", person.role.label(), person.org_path.join(" · "));
    view! {
        <button
            type="button"
            class="cell"
            data-test=format!("sign-in-known-{user}")
            disabled=move || entering.busy.get()
            on:click=move |_| entering.by(Way::Known, SignOut { then: Some(user.clone()) })
        >
            <Avatar name=person.name.clone() class="tile-size"/>
            <span class="grow">
                <span class="tt">{person.name}</span>
                <div class="ds cut"><Dotted text=line/></div>
            </span>
            <Icon name="right" class="chev"/>
        </button>
    }
}
