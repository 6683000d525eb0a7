//! 交接清单: what one worker hands over, to read and to print. Which grids is chosen here.

mod files;
mod grids;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use yidang_api::places::{CountHouseholds, HandoverQuestion, HandoverView, HouseholdCounts};
use yidang_domain::ids::{OrgCode, UserId};

use self::files::Files;
use self::grids::Grids;
use crate::components::{FaultNote, Icon, OfficeFrame, Waiting};
use crate::door::{Answer, answer_to, today};
use crate::models::handover::{sum_words, uncounted};
use crate::words::month_day;

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct Handover {
    /// The answer, kept up to date.
    pub answer: Answer<HandoverView>,
    /// Households of grids that this device does not hold, as the server counts them.
    pub counts: Answer<HouseholdCounts>,
    /// The chosen grids; none means those that the answer chooses.
    pub chosen: RwSignal<Vec<OrgCode>>,
    /// Only files with an agreement that is to be performed.
    pub promised: RwSignal<bool>,
}

impl Handover {
    fn open() -> Self {
        let params = use_params_map();
        let (chosen, promised) = (RwSignal::new(Vec::new()), RwSignal::new(false));
        let answer = answer_to(move || {
            let user = params.with(|params| params.get("user")).filter(|user| !user.is_empty())?;
            let (grids, promised) = (chosen.get(), promised.get());
            Some(HandoverQuestion { user: UserId(user), grids, promised })
        });
        let unknown = Memo::new(move |_| {
            answer.value.with(|view| view.as_ref().map(uncounted).unwrap_or_default())
        });
        let counts = answer_to(move || {
            let grids = unknown.get();
            (!grids.is_empty()).then_some(CountHouseholds { grids })
        });
        Self { answer, counts, chosen, promised }
    }

    /// A part of the view that is drawn anew only when it changed.
    #[must_use]
    pub fn part<T>(
        self,
        read: impl Fn(&HandoverView) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.answer.value.with(|view| view.as_ref().map(&read)))
    }

    /// What the server counted so far.
    #[must_use]
    pub fn counted(self) -> Vec<(OrgCode, u32)> {
        self.counts
            .value
            .with(|counts| counts.as_ref().map(|counts| counts.grids.clone()).unwrap_or_default())
    }
}

/// The page.
#[component]
pub fn HandoverPage() -> impl IntoView {
    let handover = Handover::open();
    let name = handover.part(|view| view.name.clone());
    let title = Signal::derive(|| "交接清单".to_owned());
    let sub = Signal::derive(move || name.get().unwrap_or_default());
    view! {
        <OfficeFrame title sub on=Signal::derive(|| "grids")>
            <Body handover/>
        </OfficeFrame>
    }
}

#[component]
fn Body(handover: Handover) -> impl IntoView {
    let answer = handover.answer;
    let is_there = Memo::new(move |_| answer.value.with(Option::is_some));
    let retry = Callback::new(move |()| answer.retry());
    view! {
        {move || answer.fault.get().map(|fault| view! { <FaultNote fault retry/> })}
        {move || {
            if is_there.get() {
                view! {
                    <Head handover/>
                    <Grids handover/>
                    <Files handover/>
                    <Signatures handover/>
                }
                    .into_any()
            } else if answer.fault.with(Option::is_none) {
                view! { <Waiting rows=6/> }.into_any()
            } else {
                ().into_any()
            }
        }}
    }
}

/// Whose list it is, how much it is, and the way to paper.
#[component]
fn Head(handover: Handover) -> impl IntoView {
    let print = move |_| {
        // Where printing is refused, the list can still be read.
        let _ = window().print();
    };
    let name = handover.part(|view| view.name.clone());
    let grids = handover.part(|view| view.grids.clone());
    let sum = move || {
        let counted = handover.counted();
        grids.with(|grids| grids.as_ref().map(|grids| sum_words(grids, &counted)))
    };
    view! {
        <div class="row wrap page-hd">
            <h2 data-test="handover-name">{move || name.get()}</h2>
            <span class="t2 grow" role="status" data-test="handover-sum">{sum}</span>
            <button type="button" class="btn pri no-print" data-test="handover-print" on:click=print>
                <Icon name="print"/>
                "打印"
            </button>
        </div>
    }
}

/// On paper alone: who signs.
#[component]
fn Signatures(handover: Handover) -> impl IntoView {
    let name = handover.part(|view| view.name.clone());
    let giver = move || format!("移交人：{}", name.get().unwrap_or_default());
    view! {
        <p class="print-only signatures">
            <span>{giver}</span>
            <span>"接收人："</span>
            <span>{format!("{}年{}", today().year(), month_day(today()))}</span>
        </p>
    }
}
