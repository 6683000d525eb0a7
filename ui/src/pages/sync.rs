//! 同步: what waits, what needs a person, may I hand the phone back, and a log that stays.

mod lists;
mod log;
pub mod rejected;

use leptos::prelude::*;
use leptos::task::spawn_local;
use yidang_api::sync::{SyncNow, SyncQuestion, SyncState, SyncView};
use yidang_api::{Fault, FaultCode};

use self::lists::{NeedList, OutboxList};
use self::log::Log;
use crate::app::{Shared, shared};
use crate::components::{FaultNote, Frame, Icon, Tab, Waiting};
use crate::door::{answer, ask, today};
use crate::models::own_device::come_words;
use crate::words::{SyncTone, hand_back, moment, sync_words};

/// One exchange that somebody asked for.
#[derive(Clone, Copy)]
pub struct Trying {
    /// It is under way.
    pub busy: RwSignal<bool>,
    /// Why it did not work.
    pub fault: RwSignal<Option<Fault>>,
}

impl Trying {
    /// 现在试试
    pub fn start(self, shared: Shared) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            let reply = ask(&SyncNow {}).await;
            let _ = self.busy.try_set(false);
            match reply {
                Ok(view) => shared.sync.set(Some(view)),
                // Being offline is a state of the page, not a fault of it.
                Err(fault) if fault.code == FaultCode::NeedsNetwork => shared.refresh(),
                Err(fault) => {
                    let _ = self.fault.try_set(Some(fault));
                }
            }
        });
    }
}

/// The page.
#[component]
pub fn SyncPage() -> impl IntoView {
    let shared = shared();
    // Asked again by the application at every news of the exchange; here once more on opening.
    let first = answer(SyncQuestion::default);
    Effect::new(move |_| {
        if let Some(view) = first.value.get() {
            shared.sync.set(Some(view));
        }
    });
    let trying = Trying { busy: RwSignal::new(false), fault: RwSignal::new(None) };
    let again = Callback::new(move |()| trying.start(shared));
    let ask_again = Callback::new(move |()| first.retry());
    view! {
        <Frame title="同步" on="sync" tab=Tab::Messages>
            {move || trying.fault.get().map(|fault| view! { <FaultNote fault retry=again/> })}
            {move || match shared.sync.get() {
                Some(view) => view! { <Whole view trying/> }.into_any(),
                None => match first.fault.get() {
                    Some(fault) => view! { <FaultNote fault retry=ask_again/> }.into_any(),
                    None => view! { <Waiting/> }.into_any(),
                },
            }}
        </Frame>
    }
}

#[component]
fn Whole(view: SyncView, trying: Trying) -> impl IntoView {
    view! {
        <State view=view.clone() trying/>
        <NeedList needs=view.needs/>
        <OutboxList outbox=view.outbox trying/>
        <Log log=view.log/>
    }
}

/// The one word for it, large, and whether the phone may be handed back.
#[component]
fn State(view: SyncView, trying: Trying) -> impl IntoView {
    let shared = shared();
    let words = sync_words(&view, today());
    let (may, sentence) = hand_back(&view, today());
    let tone = match words.tone {
        SyncTone::Done => "o done",
        SyncTone::Grey => "o",
        SyncTone::Person => "o person",
    };
    let busy = move || trying.busy.get();
    let idle = view.outbox.is_empty();
    view! {
        <section class="card" aria-label="同步情况">
            <div class="sync-hero">
                <span class=tone><Icon name=words.icon/></span>
                <h2 data-test="sync-page-state">{words.text}</h2>
                <p class="mid t2 tight">{words.more}"。"</p>
                <p class="small t3 tight">{last_words(&view)}</p>
                {view
                    .first
                    .as_ref()
                    .map(|come| {
                        let words = format!("首次下载：{}", come_words(come));
                        view! { <p class="small t3 tight" data-test="sync-first">{words}</p> }
                    })}
                <Progress view=view.clone()/>
                {proofs_words(view.to_prove)
                    .map(|words| view! { <p class="small t3 tight">{words}</p> })}
                {carried_words(view.carried)
                    .map(|words| {
                        view! {
                            <p class="small t3 tight">
                                <a class="inline-link" href="/carry" data-test="sync-carried">
                                    {words}
                                </a>
                            </p>
                        }
                    })}
                {idle
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="btn soft slim now"
                                data-test="sync-now"
                                disabled=busy
                                on:click=move |_| trying.start(shared)
                            >
                                {move || if busy() { "正在试" } else { "现在试试" }}
                            </button>
                        }
                    })}
            </div>
            <hr class="hr"/>
            <div class="hand-back">
                <span class="mid t2 grow">"现在交还手机？"</span>
                <b class="mid" class:may=may data-test="hand-back">{sentence}</b>
            </div>
        </section>
    }
}

/// 上次同步 今天 07:12，收到 14 条，发出 6 条
fn last_words(view: &SyncView) -> String {
    view.reached_at.map_or_else(
        || "还没有和服务器通过".to_owned(),
        |at| {
            format!(
                "上次同步 {}，收到 {} 条，发出 {} 条",
                moment(at),
                view.last_received,
                view.last_sent
            )
        },
    )
}

/// The words of a new device are here before their signatures.
fn proofs_words(to_prove: u32) -> Option<String> {
    (to_prove > 0).then(|| format!("{to_prove} 件档的签名还在后台补齐，不耽误用"))
}

/// What colleagues gave by hand goes along with the next exchange.
fn carried_words(carried: u32) -> Option<String> {
    (carried > 0).then(|| format!("替同事带着 {carried} 条，联网后一起交到县里"))
}

/// How far an exchange has got; forward only, because the desk counts so.
#[component]
fn Progress(view: SyncView) -> impl IntoView {
    let progress = view.progress.filter(|(_, all)| *all > 0 && view.state == SyncState::Syncing);
    progress.map(|(done, all)| {
        let share = f64::from(done.min(all)) / f64::from(all) * 100.0;
        view! {
            <div
                class="prog"
                role="progressbar"
                aria-label="同步进度"
                aria-valuemin="0"
                aria-valuemax=all
                aria-valuenow=done.min(all)
            >
                <i style:width=format!("{share:.1}%")></i>
            </div>
        }
    })
}
