//! The five facts of a household; the whole row opens its sheet.

use leptos::prelude::*;
use yidang_api::case_file::FactView;
use yidang_api::household::SetHouseholdFact;
use yidang_domain::rights::Act;

use super::open::{OpenHome, Sheeted};
use super::parts::AskedWords;
use crate::components::{Icon, Sheet};
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::facts::FactText;
use crate::pages::case_file::kept::Kept;
use crate::pages::case_file::sheet_parts::{RestoredNote, SaveBar, submit};

/// Facts that are changed by a move of their own.
const READ_ONLY: [&str; 1] = ["grid"];

/// All facts.
#[component]
pub fn Facts(
    /// The household.
    home: OpenHome,
) -> impl IntoView {
    let facts = home.part(|view| view.facts.clone());
    let may = Memo::new(move |_| home.may(Act::EditHousehold));
    move || {
        facts.get().map(|facts| {
            let may = may.get();
            let rows = facts.into_iter().map(|fact| view! { <Row home fact may/> }).collect_view();
            view! {
                <div class="sec"><h2>"这一户"</h2></div>
                <div class="card house-facts"><div class="rows" data-test="household-facts">{rows}</div></div>
            }
        })
    }
}

#[component]
fn Row(home: OpenHome, fact: FactView, may: bool) -> impl IntoView {
    let hook = format!("fact-{}", fact.field);
    if may && !READ_ONLY.contains(&fact.field.as_str()) {
        let field = fact.field.clone();
        view! {
            <button
                type="button"
                class="field"
                data-test=hook
                on:click=move |_| home.sheet.set(Some(Sheeted::Fact(field.clone())))
            >
                <FactText fact/>
                <Icon name="pen" class="chev s"/>
            </button>
        }
        .into_any()
    } else {
        view! { <div class="field" data-test=hook><FactText fact/></div> }.into_any()
    }
}

/// The sheet for the fact called `field`.
#[component]
pub fn FactSheet(
    /// The household.
    home: OpenHome,
    /// Name of the fact.
    field: String,
) -> impl IntoView {
    let fact = home.now().and_then(|view| view.facts.into_iter().find(|fact| fact.field == field));
    let (Some((household, heads)), Some(fact)) = (home.opened_on(), fact) else {
        return ().into_any();
    };
    let doing = Doing::new();
    let typed = Kept::open(format!("household-{household}-{field}"), fact.value.clone());
    let limit = if field == "address" {
        120
    } else if field == "needs" {
        200
    } else {
        40
    };
    let question = StoredValue::new(SetHouseholdFact {
        household,
        field: field.clone(),
        value: String::new(),
        heads,
    });
    let before = fact.value.clone();
    let needed = field == "head" || field == "address";
    let pressed = RwSignal::new(false);
    let save = Callback::new(move |()| {
        pressed.set(true);
        let value = typed.value.get_untracked().trim().to_owned();
        if needed && value.is_empty() {
            return;
        }
        if value == before {
            typed.finish();
            home.close_sheet();
            return;
        }
        let mut question = question.get_value();
        question.value = value;
        home.save(doing, question, move || typed.finish());
    });
    let missing = Signal::derive(move || {
        let empty = needed && typed.value.with(|text| text.trim().is_empty());
        (pressed.get() && empty).then_some("这一项要写")
    });
    let label = fact.label.clone();
    let title = if fact.value.is_empty() { format!("补{label}") } else { format!("改{label}") };
    view! {
        <Sheet title on_close=move || home.close_sheet() hook="household-fact-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=typed/>
                <AskedWords label field value=typed.value limit hook="fact-input"/>
                <SaveBar doing hook="fact-save" words="保存" missing/>
            </form>
        </Sheet>
    }
    .into_any()
}
