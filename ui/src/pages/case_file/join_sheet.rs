//! 并案: two files about one matter. This one is closed and points to the one that stands.

use leptos::prelude::*;
use yidang_api::case_file::JoinCaseFile;
use yidang_api::list::{CaseRow, ListCaseFiles, Queue};
use yidang_domain::ids::DocumentId;

use super::control::Words;
use super::doing::Doing;
use super::file::{OpenFile, changed};
use super::kept::Kept;
use super::party_sheet::mirror;
use super::sheet_parts::{RestoredNote, SaveBar, submit};
use crate::app::shared;
use crate::components::{FaultNote, SearchField, Sheet, use_go};
use crate::door::answer_to;
use crate::models::household_moves::TargetForm;
use crate::words::{number_words, who_words};

/// Files offered at once.
const OFFERED: u32 = 8;

/// The sheet.
#[component]
pub fn JoinSheet(
    /// The file that ends.
    file: OpenFile,
) -> impl IntoView {
    let Some((case, heads)) = file.opened_on() else { return ().into_any() };
    let (doing, go, shared) = (Doing::new(), use_go(), shared());
    let form = Kept::open(format!("case-{case}-join"), TargetForm::default());
    let pressed = RwSignal::new(false);
    let heads = StoredValue::new(heads);
    let save = Callback::new(move |()| {
        pressed.set(true);
        let typed = form.value.get_untracked();
        let (Ok(into), None) = (typed.to.parse(), typed.missing("")) else { return };
        let reason = typed.reason.trim().to_owned();
        let question = JoinCaseFile { case, into, reason, heads: heads.get_value() };
        doing.run(question, move |joined| {
            form.finish();
            file.close_sheet();
            changed(shared);
            shared.say("已保存在本机，两件并成一件");
            go.try_run((format!("/case/{}", joined.id),));
        });
    });
    let missing = Signal::derive(move || {
        form.value.with(|form| form.missing("并到哪一件还没选")).filter(|_| pressed.get())
    });
    let reason = RwSignal::new(String::new());
    mirror(form, reason, |form| &mut form.reason);
    view! {
        <Sheet title="并案" on_close=move || file.close_sheet() hook="join-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=form />
                <Target form case />
                <Words label="为什么" value=reason hook="join-reason" limit=200 />
                <p class="small t3">
                    "这一件就此了结，不再列出来；里面写的都留着，从另一件能看到。以后的事记在另一件里"
                </p>
                <SaveBar doing hook="join-save" words="并案" missing />
            </form>
        </Sheet>
    }
    .into_any()
}

/// The other file: found by its words, then shown.
#[component]
fn Target(form: Kept<TargetForm>, case: DocumentId) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let found = answer_to(move || {
        let text = text.get();
        let wanted = !text.trim().is_empty();
        wanted.then(|| ListCaseFiles { text, limit: OFFERED, ..ListCaseFiles::of(Queue::Open) })
    });
    let chosen = Memo::new(move |_| form.value.with(|form| form.name.clone()));
    let typed = Callback::new(move |(typed,): (String,)| text.set(typed));
    let rows = move || {
        let rows = found.value.with(|view| view.as_ref().map(|view| view.rows.clone()))?;
        let rows: Vec<_> = rows.into_iter().filter(|row| row.id != case).collect();
        let none = rows.is_empty();
        let rows = rows.into_iter().map(|row| view! { <Offer form text row /> }).collect_view();
        Some(view! {
            {none.then(|| view! { <p class="mid t3">"没有对得上的，换个名字或事由"</p> })}
            <div class="cells flat">{rows}</div>
        })
    };
    view! {
        <Show
            when=move || chosen.with(|name| !name.is_empty())
            fallback=move || {
                view! {
                    <SearchField text on_text=typed label="并到哪一件：名字、事由或编号" hook="join-search" />
                    {move || found.fault.get().map(|fault| view! { <FaultNote fault /> })}
                    {move || text.with(|text| !text.trim().is_empty()).then(rows)}
                }
            }
        >
            <div class="field flat-row">
                <span class="vl"><small>"并到"</small><b data-test="join-into">{chosen}</b></span>
                <button
                    type="button"
                    class="btn text slim"
                    data-test="join-again"
                    on:click=move |_| form.value.update(|form| {
                        form.to.clear();
                        form.name.clear();
                    })
                >
                    "换一件"
                </button>
            </div>
        </Show>
    }
}

#[component]
fn Offer(form: Kept<TargetForm>, text: RwSignal<String>, row: CaseRow) -> impl IntoView {
    let (name, id) = (row.matter.clone(), row.id);
    let more = format!("{} · {}", who_words(&row.parties), number_words(&row));
    let choose = move |_| {
        form.value.update(|form| {
            form.to = id.to_string();
            form.name.clone_from(&name);
        });
        text.set(String::new());
    };
    view! {
        <button type="button" class="field" data-test="join-offer" on:click=choose>
            <span class="vl">{row.matter}<small>{more}</small></span>
        </button>
    }
}
