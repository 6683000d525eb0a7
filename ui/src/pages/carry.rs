//! 当面传档: files go from device to device without a network. One gives, one takes; both see what became of it.

mod give;
mod take;

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use yidang_api::carry::{
    CarriedRow, CarryPhase, CarryQuestion, CarryRefused, CarryStop, CarryView,
};

use self::give::Give;
use self::take::Take;
use crate::app::shared;
use crate::components::{Empty, Frame, Icon, Segments};
use crate::door::ask;
use crate::models::carry::{ended_words, in_halves, is_under_way};
use crate::models::needs::page;
use crate::pages::case_file::file::changed;

/// How often the page looks how far it has got.
const LOOK: Duration = Duration::from_millis(500);

/// What is under way, or was last.
#[derive(Clone, Copy)]
pub struct Occasion {
    /// How it stands.
    pub view: RwSignal<CarryView>,
}

impl Occasion {
    /// Looks how far it has got.
    pub fn look(self) {
        spawn_local(async move {
            if let Ok(view) = ask(&CarryQuestion {}).await {
                let _ = self.view.try_set(view);
            }
        });
    }

    fn stop(self) {
        spawn_local(async move {
            if let Ok(view) = ask(&CarryStop {}).await {
                let _ = self.view.try_set(view);
            }
        });
    }
}

/// The page.
#[component]
pub fn CarryPage() -> impl IntoView {
    let shared = shared();
    let carries = Memo::new(move |_| {
        shared.session.with(|session| session.as_ref().is_some_and(|session| session.carries))
    });
    view! {
        <Frame title="当面传档" sub="没有网络，面对面传" on="me" back=true>
            {move || {
                if carries.get() {
                    view! { <Whole/> }.into_any()
                } else {
                    view! {
                        <div class="card">
                            <Empty
                                title="浏览器里不能当面传"
                                next="用手机、电脑上装的应用来传"
                            />
                        </div>
                    }
                    .into_any()
                }
            }}
        </Frame>
    }
}

/// Keeps looking while something is under way; says that data changed when it is over.
fn keep_looking(occasion: Occasion) {
    let shared = shared();
    occasion.look();
    let running = Memo::new(move |_| occasion.view.with(|view| is_under_way(view.phase)));
    let ticking = StoredValue::new(None::<IntervalHandle>);
    let stop = move || {
        if let Some(handle) = ticking.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    Effect::new(move |before: Option<bool>| {
        stop();
        let now = running.get();
        if now {
            let tick = set_interval_with_handle(move || occasion.look(), LOOK);
            ticking.set_value(tick.ok());
        } else if before == Some(true) {
            changed(shared);
        }
        now
    });
    on_cleanup(stop);
}

#[component]
fn Whole() -> impl IntoView {
    let occasion = Occasion { view: RwSignal::new(CarryView::default()) };
    keep_looking(occasion);
    let gives = RwSignal::new(true);
    let ways = vec![(true, "give", "给出".to_owned()), (false, "take", "收下".to_owned())];
    view! {
        <Segments
            label="给出还是收下"
            options=ways
            value=gives
            on_pick=move |way| gives.set(way)
            hook="carry-way"
        />
        <Now occasion/>
        {move || {
            if gives.get() {
                view! { <Give occasion/> }.into_any()
            } else {
                view! { <Take occasion/> }.into_any()
            }
        }}
    }
}

/// How it stands: what the colleague types, who they are, what went over.
#[component]
fn Now(occasion: Occasion) -> impl IntoView {
    move || {
        let view = occasion.view.get();
        let is_on = is_under_way(view.phase);
        (view.phase != CarryPhase::Idle).then(|| {
            let tone = if view.phase == CarryPhase::Failed { "note soon" } else { "note" };
            let icon = if view.phase == CarryPhase::Failed { "warn" } else { "disk" };
            let code =
                (view.phase == CarryPhase::Waiting).then(|| view! { <Code view=view.clone()/> });
            view! {
                <section class="stack carry" aria-label="传得怎么样" aria-live="polite">
                    <div class=tone data-test="carry-now">
                        <Icon name=icon/>
                        <div class="grow">
                            <b data-test="carry-state">{ended_words(&view)}</b>
                            <div class="mid t2">{view.partner.clone()}</div>
                        </div>
                        {is_on
                            .then(|| {
                                view! {
                                    <button
                                        type="button"
                                        class="btn text slim"
                                        data-test="carry-stop"
                                        on:click=move |_| occasion.stop()
                                    >
                                        "停下"
                                    </button>
                                }
                            })}
                    </div>
                    {code}
                    <Rows title="收下的" rows=view.taken/>
                    <Rows title="给出的" rows=view.given/>
                    <Refused rows=view.refused/>
                </section>
            }
        })
    }
}

/// What the colleague types: address and code, large.
#[component]
fn Code(view: CarryView) -> impl IntoView {
    let addresses = view
        .addresses
        .into_iter()
        .map(|address| view! { <p class="carry-address" data-test="carry-address">{address}</p> })
        .collect_view();
    // Four modules around it stay white, or cameras do not find it.
    let frame = format!("-4 -4 {0} {0}", view.modules + 8);
    view! {
        <div class="card roomy carry-code">
            <svg viewBox=frame role="img" aria-label="地址和数字的二维码">
                <path d=view.path></path>
            </svg>
            <div class="grow">
                <p class="mid t2">"两台设备连同一个热点或网络。对方点“当面传档”“收下”，输入："</p>
                {addresses}
                <p class="carry-digits" data-test="carry-code">{in_halves(&view.code)}</p>
                <p class="small t3">"能扫码的，把扫出来的一整行贴到“地址”里"</p>
            </div>
        </div>
    }
}

#[component]
fn Rows(title: &'static str, rows: Vec<CarriedRow>) -> impl IntoView {
    (!rows.is_empty()).then(|| {
        let rows = rows
            .into_iter()
            .map(|row| {
                let (href, matter) = (page(&row.about, &row.document.to_string()), row.matter);
                let more = (row.changes > 0).then(|| format!("新到 {} 条", row.changes));
                view! {
                    <a class="cell slim" href=href data-test="carry-row">
                        <span class="grow">
                            <span class="tt">{matter}</span>
                            <div class="ds">{more}</div>
                        </span>
                        <Icon name="right" class="chev s"/>
                    </a>
                }
            })
            .collect_view();
        view! {
            <div>
                <div class="sec"><h2>{title}</h2></div>
                <div class="cells flush">{rows}</div>
            </div>
        }
    })
}

#[component]
fn Refused(rows: Vec<CarryRefused>) -> impl IntoView {
    (!rows.is_empty()).then(|| {
        let rows = rows
            .into_iter()
            .map(|row| {
                let matter =
                    if row.matter.is_empty() { "一件档".to_owned() } else { row.matter };
                view! {
                    <div class="cell slim" data-test="carry-refused">
                        <span class="grow">
                            <span class="tt">{matter}</span>
                            <div class="ds">{row.why}</div>
                        </span>
                    </div>
                }
            })
            .collect_view();
        view! {
            <div>
                <div class="sec"><h2>"没有传的"</h2></div>
                <div class="cells flush">{rows}</div>
            </div>
        }
    })
}
