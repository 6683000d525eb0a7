//! Enrolling this device with an activation code.

use leptos::ev;
use leptos::prelude::*;
use yidang_api::session::Enrol;

use super::{Entering, Way, WayFault, device_name};
use crate::app::{Shared, shared};
use crate::door::origin;

/// 用激活码登录
#[component]
pub fn CodeForm(
    /// How one comes in.
    entering: Entering,
) -> impl IntoView {
    let shared = shared();
    let code = RwSignal::new(String::new());
    let typed_server = RwSignal::new(None::<String>);
    let server = Signal::derive(move || typed_server.get().unwrap_or_else(|| usual_server(shared)));
    let empty = move || code.with(|code| code.trim().is_empty());
    let enter = move |event: ev::SubmitEvent| {
        event.prevent_default();
        entering.by(
            Way::Code,
            Enrol {
                server: server.get_untracked().trim().to_owned(),
                code: code.get_untracked().trim().to_owned(),
                device_name: device_name(shared),
            },
        );
    };
    view! {
        <div class="sec"><h2>"用激活码登录"</h2><span class="t3">"只在第一次，需要网络"</span></div>
        <form class="card form" on:submit=enter>
            <label class="ask">
                <span>"服务器地址"</span>
                <input
                    type="url"
                    inputmode="url"
                    autocomplete="url"
                    required
                    data-test="sign-in-server"
                    prop:value=server
                    on:input=move |event| typed_server.set(Some(event_target_value(&event)))
                />
            </label>
            <label class="ask">
                <span>"激活码"</span>
                <input
                    type="text"
                    class="code"
                    autocomplete="one-time-code"
                    autocapitalize="characters"
                    spellcheck="false"
                    required
                    aria-describedby="code-help"
                    data-test="sign-in-code"
                    bind:value=code
                />
            </label>
            <p class="small t3" id="code-help">"管理员给的纸条上有。72 小时内有效，大小写和横线都不要紧。"</p>
            <WayFault entering way=Way::Code/>
            <button
                type="submit"
                class="btn pri big"
                data-test="sign-in-enrol"
                disabled=move || entering.busy.get() || empty()
            >
                {move || if entering.busy.get() { "正在登录" } else { "登录" }}
            </button>
        </form>
    }
}

/// The server this device belongs to, else the one the page came from.
fn usual_server(shared: Shared) -> String {
    let known = shared.session.with(|session| session.as_ref().map(|view| view.server.clone()));
    known.filter(|server| !server.is_empty()).unwrap_or_else(origin)
}
