//! Open files of the village, all on this device; a session for one of them.

use leptos::prelude::*;
use yidang_api::case_file::{CaseFileQuestion, CaseFileView};
use yidang_api::list::CaseRow;
use yidang_domain::entry::EntryKind;
use yidang_domain::ids::DocumentId;
use yidang_domain::rights::Act;

use super::{OpenDay, Sheeted};
use crate::app::shared;
use crate::components::{DueMark, Empty, FaultNote, RiskMark, Sheet};
use crate::door::answer;
use crate::pages::case_file::entry_sheet::{EntryOn, EntrySheet};
use crate::pages::case_file::file::{changed, words_after};
use crate::words::who_words;

/// The open files.
#[component]
pub fn Files(
    /// The day on screen.
    day: OpenDay,
) -> impl IntoView {
    let open = day.part(|view| view.open.clone());
    view! {
        <div class="sec">
            <h2>"本村在办"</h2>
            <span class="t3">{move || open.get().map(|open| format!("{} 件", open.len()))}</span>
        </div>
        <div class="cells flush" data-test="visit-files">
            {move || {
                open.get()
                    .map(|open| {
                        if open.is_empty() {
                            return view! { <Empty title="这个村没有在办的" next="有新事就建档" /> }
                                .into_any();
                        }
                        open.into_iter()
                            .map(|row| view! { <File day row /> })
                            .collect_view()
                            .into_any()
                    })
            }}
        </div>
    }
}

#[component]
fn File(day: OpenDay, row: CaseRow) -> impl IntoView {
    let id = row.id;
    view! {
        <div class="cell" data-test="visit-file">
            <a class="grow plain" href=format!("/case/{id}")>
                <div class="tt">{who_words(&row.parties)}</div>
                <div class="ds">{row.matter.clone()}</div>
                <div class="row wrap">
                    <RiskMark risk=row.risk />
                    <span class="chip">{row.stage.label()}</span>
                    <DueMark due=row.due />
                </div>
            </a>
            <div class="end">
                <button
                    type="button"
                    class="btn soft slim"
                    data-test="visit-session"
                    aria-label=format!("调解：{}", row.matter)
                    on:click=move |_| day.sheet.set(Some(Sheeted::Session(id)))
                >
                    "调解"
                </button>
            </div>
        </div>
    }
}

/// A session on this day for the file `case`. The file itself says whether one may be written.
#[component]
pub fn SessionSheet(
    /// The day on screen.
    day: OpenDay,
    /// Which file.
    case: DocumentId,
) -> impl IntoView {
    let file = answer(move || CaseFileQuestion { id: case });
    let Some(now) = day.now() else {
        return ().into_any();
    };
    // What the sheet is opened on: the first answer. Later ones do not remake it.
    let opened = RwSignal::new(None::<CaseFileView>);
    Effect::new(move |_| {
        let view = file.value.get();
        if opened.with_untracked(Option::is_none) && view.is_some() {
            opened.set(view);
        }
    });
    let shared = shared();
    let now = StoredValue::new(now);
    let close = Callback::new(move |()| day.close_sheet());
    let saved = Callback::new(move |saved| {
        day.close_sheet();
        changed(shared);
        shared.say(words_after(&saved));
    });
    (move || match opened.get() {
        Some(view) if view.may(Act::Add(EntryKind::MediationSession)) => {
            let on = now.with_value(|now| EntryOn {
                case,
                heads: view.heads.clone(),
                kinds: vec![EntryKind::MediationSession],
                first: EntryKind::MediationSession,
                on: Some(now.on),
                place: now.place.clone(),
                visit_day: Some(now.id),
            });
            view! { <EntrySheet on on_close=close on_saved=saved /> }.into_any()
        }
        Some(_) => view! {
            <Sheet title="调解" on_close=close>
                <Empty title="这一件现在不能记调解" next="打开案件看看到了哪一步">
                    <a class="btn" href=format!("/case/{case}")>
                        "打开案件"
                    </a>
                </Empty>
            </Sheet>
        }
        .into_any(),
        // One sheet never takes another's place: the way back belongs to one of them. Until the
        // file is there, which is at once, nothing is shown.
        None => file
            .fault
            .get()
            .map(|fault| {
                view! {
                    <Sheet title="调解" on_close=close>
                        <FaultNote fault=fault.clone() />
                    </Sheet>
                }
            })
            .into_any(),
    })
    .into_any()
}
