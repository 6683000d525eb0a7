//! 给出: choose files, and wait for the colleague or make a file for them.

use std::collections::BTreeSet;

use leptos::prelude::*;
use yidang_api::carry::{CarryChoice, CarryChoicesQuestion, CarryGive, CarryPack};
use yidang_api::case_file::ExportedFile;
use yidang_domain::ids::DocumentId;

use super::Occasion;
use super::take::OneFile;
use crate::app::shared;
use crate::components::{Empty, FaultNote, Icon, Waiting};
use crate::door::answer;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::export::hand_over;

/// The half of the page on which somebody gives.
#[component]
pub fn Give(
    /// What is under way.
    occasion: Occasion,
) -> impl IntoView {
    let choices = answer(CarryChoicesQuestion::default);
    let chosen = RwSignal::new(BTreeSet::<DocumentId>::new());
    view! {
        <div class="sec"><h2>"选哪几件"</h2></div>
        {move || match (choices.value.get(), choices.fault.get()) {
            (Some(rows), _) if rows.is_empty() => view! {
                <div class="card">
                    <Empty title="这台设备上还没有档" next="写过一件就能在这里选"/>
                </div>
            }
            .into_any(),
            (Some(rows), _) => {
                let rows = rows.into_iter().map(|row| view! { <Row row chosen/> }).collect_view();
                view! { <div class="cells flush" data-test="carry-choices">{rows}</div> }.into_any()
            }
            (None, Some(fault)) => {
                let retry = Callback::new(move |()| choices.retry());
                view! { <FaultNote fault retry/> }.into_any()
            }
            (None, None) => view! { <Waiting rows=3/> }.into_any(),
        }}
        <Acts occasion chosen/>
    }
}

#[component]
fn Row(row: CarryChoice, chosen: RwSignal<BTreeSet<DocumentId>>) -> impl IntoView {
    let id = row.document;
    let toggle = move |_| {
        chosen.update(|chosen| {
            if !chosen.remove(&id) {
                chosen.insert(id);
            }
        });
    };
    let is_on = move || chosen.with(|chosen| chosen.contains(&id));
    let waits = row.waits.then_some("还没到县里");
    view! {
        <label class="tick cell slim">
            <input type="checkbox" data-test="carry-tick" prop:checked=is_on on:change=toggle/>
            <span class="grow">
                <b>{row.matter}</b>
                <div class="ds">{waits}</div>
            </span>
        </label>
    }
}

#[component]
fn Acts(occasion: Occasion, chosen: RwSignal<BTreeSet<DocumentId>>) -> impl IntoView {
    let (doing, shared) = (Doing::new(), shared());
    let documents = move || -> Vec<DocumentId> {
        chosen.with_untracked(|chosen| chosen.iter().copied().collect())
    };
    let is_off = move || doing.busy.get() || chosen.with(BTreeSet::is_empty);
    let give = move |_| {
        doing.run(CarryGive { documents: documents() }, move |view| occasion.view.set(view));
    };
    let pack = Callback::new(move |(_, asking): (String, String)| {
        let question = CarryPack { documents: documents(), asking };
        doing.run(question, move |packed| {
            let is_made = !packed.base64.is_empty();
            occasion.view.set(packed.view);
            if is_made {
                let (name, base64) = (packed.name, packed.base64);
                hand_over(shared, &ExportedFile { name, base64 });
            }
        });
    });
    view! {
        {move || doing.fault.get().map(|fault| view! { <FaultNote fault/> })}
        <div class="row acts">
            <button
                type="button"
                class="btn pri"
                data-test="carry-give"
                disabled=is_off
                on:click=give
            >
                <Icon name="disk"/>
                "给旁边的同事"
            </button>
            <OneFile words="按对方的“要文件”写一个" hook="carry-pack" is_off=is_off then=pack/>
        </div>
    }
}
