//! 新事: a file from one sentence and six fields. Kept at every stroke; a duplicate is hinted,
//! never blocks.

mod category;
mod day;
mod draft;
mod fields;
mod opening;
mod parties;
mod say;
mod similar;
mod source;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use yidang_api::household::HouseholdQuestion;
use yidang_api::sync::SyncState;
use yidang_domain::ids::DocumentId;

use self::draft::{Draft, RestoredNote};
use self::fields::{Asking, Fields};
use self::opening::Opening;
use self::say::Say;
use self::similar::SimilarNote;
use crate::app::shared;
use crate::components::{FaultNote, Frame, Icon, use_go};
use crate::door::ask;
use crate::models::new_form::NewForm;
use crate::models::party_home::of_household;
use crate::words::clock;

/// The page. `?visit_day=<id>` opens it for somebody who came on a visit day, `?household=<id>` for somebody
/// of a household.
#[component]
pub fn NewPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let id_of = |name| query.get(name).and_then(|id| id.parse::<DocumentId>().ok());
    let (visit_day, household) = (id_of("visit_day"), id_of("household"));
    let start = NewForm { visit_day, ..NewForm::default() };
    let about = visit_day.or(household);
    let name = about.map_or_else(|| "new".to_owned(), |id| format!("new/{id}"));
    let draft = Draft::open(name, start);
    if let Some(id) = household {
        spawn_local(begin_at(id, draft));
    }
    let opening = Opening::new(draft);
    let asking = RwSignal::new(None::<Asking>);
    view! {
        <Frame
            title="新事"
            on="new"
            close=true
            end=move || view! { <DraftState draft/> }
            dock=move || view! { <Dock draft opening/> }
        >
            <RestoredNote draft/>
            <Say draft opening/>
            <SimilarNote draft/>
            <Fields draft opening asking/>
        </Frame>
        {move || asking.get().map(|asked| fields::sheet(asked, draft, asking))}
    }
}

/// Writes the head of a household and its address into a form in which nothing stands yet.
async fn begin_at(id: DocumentId, draft: Draft) {
    // Without them the form is as empty as any other.
    if let Ok(view) = ask(&HouseholdQuestion { id }).await {
        draft.begin_with(of_household(&view));
    }
}

/// 草稿已存 07:51
#[component]
fn DraftState(draft: Draft) -> impl IntoView {
    move || {
        draft.saved_at.get().map(|at| {
            view! {
                <span class="sync done" role="status" data-test="draft-state">
                    <Icon name="check-o" class="s"/>
                    {format!("草稿已存 {}", clock(at))}
                </span>
            }
        })
    }
}

/// What stands fixed at the bottom: the line about safety while offline, and the two buttons.
#[component]
fn Dock(draft: Draft, opening: Opening) -> impl IntoView {
    let shared = shared();
    let go = use_go();
    let offline = move || {
        shared.sync.with(|sync| sync.as_ref().is_some_and(|view| view.state == SyncState::Offline))
    };
    let keep = move |_| {
        draft.flush();
        shared.say("草稿已存");
        go.run(("/".to_owned(),));
    };
    let fault = move || {
        let fault = opening.fault.get()?;
        Some(view! { <div class="dock-fault"><FaultNote fault/></div> })
    };
    view! {
        {fault}
        <Show when=offline>
            <div class="dock-note" data-test="new-offline">
                <Icon name="cloud-off" class="s"/>
                "没有网络也能建档，有信号后自动上传"
            </div>
        </Show>
        <div class="dock">
            <button type="button" class="btn big" data-test="new-keep" on:click=keep>"只留草稿"</button>
            <button
                type="button"
                class="btn pri big wide"
                data-test="new-save"
                disabled=move || opening.busy.get()
                on:click=move |_| opening.start()
            >
                {move || if opening.busy.get() { "正在建档" } else { "建档" }}
            </button>
        </div>
    }
}
