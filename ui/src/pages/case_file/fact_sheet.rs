//! Editing one fact, on the heads the sheet was opened with.

use leptos::prelude::*;
use yidang_api::case_file::{FactView, SetFact};
use yidang_domain::facts::CASE_FACTS;

use super::control::FactControl;
use super::doing::Doing;
use super::file::OpenFile;
use super::kept::Kept;
use super::sheet_parts::{RestoredNote, SaveBar, submit};
use crate::components::Sheet;

/// The sheet for the fact called `field`.
#[component]
pub fn FactSheet(
    /// The file.
    file: OpenFile,
    /// Name of the fact.
    field: String,
) -> impl IntoView {
    let opened = file.opened_on();
    let fact = file.answer.value.with_untracked(|view| {
        view.as_ref().and_then(|view| view.facts.iter().find(|fact| fact.field == field).cloned())
    });
    let (Some((case, heads)), Some(fact)) = (opened, fact) else {
        return ().into_any();
    };
    let doing = Doing::new();
    let typed = Kept::open(format!("fact/{case}/{field}"), fact.value.clone());
    let before = fact.value.clone();
    let question = StoredValue::new(SetFact { case, field, value: String::new(), heads });
    let save = Callback::new(move |()| {
        let value = typed.value.get_untracked().trim().to_owned();
        if value == before {
            typed.finish();
            file.close_sheet();
            return;
        }
        let mut question = question.get_value();
        question.value = value;
        file.save(doing, question, move || typed.finish());
    });
    view! {
        <Sheet title=title(&fact) on_close=move || file.close_sheet()>
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=typed />
                <FactControl fact=fact.clone() value=typed.value />
                {(!fact.value.is_empty())
                    .then(|| {
                        view! {
                            <p class="small t3">
                                "现在写的是：" <span data-test="fact-now">{fact.shown.clone()}</span>
                            </p>
                        }
                    })}
                <SaveBar doing hook="fact-save" words="保存" />
            </form>
        </Sheet>
    }
    .into_any()
}

fn title(fact: &FactView) -> String {
    let known = CASE_FACTS.iter().find(|field| field.name == fact.field);
    let label = known.map_or(fact.label.as_str(), |field| field.label);
    if fact.value.is_empty() { format!("补{label}") } else { format!("改{label}") }
}
