//! The way in: by activation code, as a demo person, or back to one's own desk.

mod code;
mod demo;
mod known;

use leptos::prelude::*;
use leptos::task::spawn_local;
use yidang_api::session::SessionView;
use yidang_api::{Fault, Question};

use self::code::CodeForm;
use self::demo::DemoList;
use self::known::KnownList;
use crate::app::{Shared, shared, use_title};
use crate::components::{Contour, DemoMark, FaultNote, use_go};
use crate::door::ask;

/// Which way somebody comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Back to one's own desk.
    Known,
    /// As a demo person.
    Demo,
    /// By activation code.
    Code,
}

/// One attempt to come in, whichever way.
#[derive(Clone, Copy)]
pub struct Entering {
    /// It is under way.
    pub busy: RwSignal<bool>,
    /// Which way was tried, and why it did not work.
    fault: RwSignal<Option<(Way, Fault)>>,
    shared: Shared,
    go: Callback<(String,)>,
}

impl Entering {
    /// Puts `question`; whoever it lets in goes home.
    pub fn by<Q: Question<Reply = SessionView> + 'static>(self, way: Way, question: Q) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            let reply = ask(&question).await;
            let _ = self.busy.try_set(false);
            match reply {
                Ok(view) => {
                    let inside = view.person.is_some();
                    self.shared.enter(view);
                    if inside {
                        self.go.run(("/".to_owned(),));
                    }
                }
                Err(fault) => {
                    let _ = self.fault.try_set(Some((way, fault)));
                }
            }
        });
    }
}

/// Why this way did not work, right where it was tried.
#[component]
pub fn WayFault(
    /// How one comes in.
    entering: Entering,
    /// Which way.
    way: Way,
) -> impl IntoView {
    move || {
        let (tried, fault) = entering.fault.get()?;
        (tried == way).then(|| view! { <div class="way-fault"><FaultNote fault/></div> })
    }
}

/// What the device is called in lists of devices.
#[must_use]
pub fn device_name(shared: Shared) -> String {
    if shared.wide.get_untracked() { "电脑" } else { "手机" }.to_owned()
}

/// The page.
#[component]
pub fn SignInPage() -> impl IntoView {
    use_title(|| "登录".to_owned());
    let shared = shared();
    let entering =
        Entering { busy: RwSignal::new(false), fault: RwSignal::new(None), shared, go: use_go() };
    let session_fault = move || {
        shared.session_fault.get().map(|fault| {
            let retry = Callback::new(move |()| shared.refresh_session());
            view! { <div class="top-note"><FaultNote fault retry/></div> }
        })
    };
    view! {
        <div class="app enter">
            <header class="hero">
                <Contour/>
                <div class="row hero-top">
                    <span class="place">"矛盾纠纷 一事一档"</span><span class="push"><DemoMark/></span>
                </div>
                <h1>"一档通"</h1>
                <p class="mid place">"没有网络也能用，写下的都先存在本机"</p>
            </header>
            <main class="main" id="main" tabindex="-1">
                {session_fault}
                <KnownList entering/>
                <DemoList entering/>
                <CodeForm entering/>
            </main>
        </div>
    }
}
