//! 今天: what must I do, is my work safe, where is the rest.

mod due;
mod first_run;
mod header;
mod visit;

use leptos::prelude::*;
use yidang_api::today::{TodayQuestion, TodayView};

use self::due::{DueList, PromisedList, next_words};
use self::first_run::FirstRunCard;
use self::header::{DeskHeader, Header};
use self::visit::VisitCard;
use crate::app::{shared, use_title};
use crate::components::{DeskFrame, FaultNote, Tab, TabBar, Waiting};
use crate::door::{Answer, answer};

/// The home of a grid worker, a mediator and a village cadre.
#[component]
pub fn TodayPage() -> impl IntoView {
    use_title(|| "今天".to_owned());
    let shared = shared();
    let today = answer(TodayQuestion::default);
    // The newest state of the exchange came with the answer; the sign in the header shows it.
    Effect::new(move |_| {
        if let Some(sync) = today.value.with(|view| view.as_ref().map(|view| view.sync.clone())) {
            shared.sync.set(Some(sync));
        }
    });
    move || {
        if shared.wide.get() {
            view! {
                <DeskFrame on="today" title="今天">
                    <main class="page scroll" id="main" tabindex="-1">
                        <div class="column"><DeskHeader today/> <Body today/></div>
                    </main>
                </DeskFrame>
            }
            .into_any()
        } else {
            view! {
                <div class="app">
                    <Header today/>
                    <main class="main" id="main" tabindex="-1"><Body today/></main>
                    <TabBar on=Tab::Today/>
                </div>
            }
            .into_any()
        }
    }
}

/// Everything below the header.
#[component]
fn Body(today: Answer<TodayView>) -> impl IntoView {
    let fault = move || {
        today.fault.get().map(|fault| {
            view! {
                <div class="top-note">
                    <FaultNote fault retry=Callback::new(move |()| today.retry())/>
                </div>
            }
        })
    };
    let view = move || match today.value.get() {
        Some(view) => view! { <Lists view/> }.into_any(),
        None if today.fault.with(Option::is_some) => ().into_any(),
        None => view! { <div class="top-note"><Waiting/></div> }.into_any(),
    };
    view! {
        {fault}
        <FirstRunCard/>
        {view}
    }
}

#[component]
fn Lists(view: TodayView) -> impl IntoView {
    let next = next_words(&view.promised);
    let visit = view.visit;
    view! {
        <DueList rows=view.due open=view.open next=next/>
        {visit.map(|visit| view! { <VisitCard visit/> })}
        <PromisedList rows=view.promised/>
    }
}
