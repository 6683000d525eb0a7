//! 并户: the household lives on in another one.

use leptos::prelude::*;
use yidang_api::household::{GridQuestion, HouseholdFilter, HouseholdRow, MergeHousehold};

use super::open::OpenHome;
use crate::components::{FaultNote, SearchField, Sheet, use_go};
use crate::door::answer_to;
use crate::models::household_moves::TargetForm;
use crate::pages::case_file::control::Words;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::kept::Kept;
use crate::pages::case_file::party_sheet::mirror;
use crate::pages::case_file::sheet_parts::{RestoredNote, SaveBar, submit};

/// Households offered at once.
const OFFERED: u32 = 8;

/// The sheet.
#[component]
pub fn MergeSheet(
    /// The household.
    home: OpenHome,
) -> impl IntoView {
    let Some((household, heads)) = home.opened_on() else { return ().into_any() };
    let (doing, go) = (Doing::new(), use_go());
    let form = Kept::open(format!("household-{household}-merge"), TargetForm::default());
    let pressed = RwSignal::new(false);
    let heads = StoredValue::new(heads);
    let save = Callback::new(move |()| {
        pressed.set(true);
        let typed = form.value.get_untracked();
        let (Ok(into), None) = (typed.to.parse(), typed.missing("")) else { return };
        let reason = typed.reason.trim().to_owned();
        let question = MergeHousehold { household, into, reason, heads: heads.get_value() };
        doing.run(question, move |saved| {
            form.finish();
            home.say_saved("已保存在本机，两户并成一户");
            go.try_run((format!("/household/{}", saved.id),));
        });
    });
    let missing = Signal::derive(move || {
        form.value.with(|form| form.missing("并到哪一户还没选")).filter(|_| pressed.get())
    });
    let reason = RwSignal::new(String::new());
    mirror(form, reason, |form| &mut form.reason);
    view! {
        <Sheet title="并户" on_close=move || home.close_sheet() hook="merge-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=form/>
                <Target form household/>
                <Words label="为什么" value=reason hook="merge-reason" limit=200/>
                <p class="small t3">"家里人并过去，这一户不再列出来；这一户的经过留在这一户"</p>
                <SaveBar doing hook="merge-save" words="并户" missing/>
            </form>
        </Sheet>
    }
    .into_any()
}

/// The other household: found by its name or plate, then shown.
#[component]
fn Target(form: Kept<TargetForm>, household: yidang_domain::ids::DocumentId) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let found = answer_to(move || {
        let text = text.get();
        let wanted = !text.trim().is_empty();
        wanted.then_some(GridQuestion {
            org: None,
            filter: HouseholdFilter::All,
            text,
            offset: 0,
            limit: OFFERED,
        })
    });
    let chosen = Memo::new(move |_| form.value.with(|form| form.name.clone()));
    let typed = Callback::new(move |(typed,): (String,)| text.set(typed));
    let rows = move || {
        let rows = found.value.with(|view| view.as_ref().map(|view| view.rows.clone()))?;
        let rows: Vec<_> = rows.into_iter().filter(|row| row.id != household).collect();
        let none = rows.is_empty();
        let rows = rows.into_iter().map(|row| view! { <Offer form text row/> }).collect_view();
        Some(view! {
            {none.then(|| view! { <p class="mid t3">"没有对得上的，换个名字或门牌"</p> })}
            <div class="cells flat">{rows}</div>
        })
    };
    view! {
        <Show
            when=move || chosen.with(|name| !name.is_empty())
            fallback=move || {
                view! {
                    <SearchField text on_text=typed label="并到哪一户：户主或门牌" hook="merge-search"/>
                    {move || found.fault.get().map(|fault| view! { <FaultNote fault/> })}
                    {move || text.with(|text| !text.trim().is_empty()).then(rows)}
                }
            }
        >
            <div class="field flat-row">
                <span class="vl"><small>"并到"</small><b data-test="merge-into">{chosen}</b></span>
                <button
                    type="button"
                    class="btn text slim"
                    data-test="merge-again"
                    on:click=move |_| form.value.update(|form| {
                        form.to.clear();
                        form.name.clear();
                    })
                >
                    "换一户"
                </button>
            </div>
        </Show>
    }
}

#[component]
fn Offer(form: Kept<TargetForm>, text: RwSignal<String>, row: HouseholdRow) -> impl IntoView {
    let name = format!("{} {}", row.door_plate, row.head).trim().to_owned();
    let shown = name.clone();
    let choose = move |_| {
        form.value.update(|form| {
            form.to = row.id.to_string();
            form.name.clone_from(&name);
        });
        text.set(String::new());
    };
    view! {
        <button type="button" class="field" data-test="merge-offer" on:click=choose>
            <span class="vl">{shown}<small>{row.address}</small></span>
        </button>
    }
}
