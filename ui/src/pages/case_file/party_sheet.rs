//! Adding a party, and writing one's telephone number.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use yidang_api::case_file::{AddParty, NewParty, SetPartyField};
use yidang_domain::facts::Side;
use yidang_domain::ids::{DocumentId, ItemKey};

use super::control::{Choice, Line};
use super::doing::Doing;
use super::file::OpenFile;
use super::home_offer::{HomeOffer, Person};
use super::kept::Kept;
use super::sheet_parts::{RestoredNote, SaveBar, submit};
use crate::components::Sheet;

/// The sheet for the telephone number of a party.
#[component]
pub fn PartySheet(
    /// The file.
    file: OpenFile,
    /// Which party.
    party: ItemKey,
) -> impl IntoView {
    let (Some((case, heads)), Some(found)) = (file.opened_on(), file.party(&party)) else {
        return ().into_any();
    };
    let doing = Doing::new();
    let typed = Kept::open(format!("party/{case}/{party}/phone"), found.phone.clone());
    let question = StoredValue::new(SetPartyField {
        case,
        party,
        field: "phone".to_owned(),
        value: String::new(),
        heads,
    });
    let before = found.phone.clone();
    let save = Callback::new(move |()| {
        let value = plain_number(&typed.value.get_untracked());
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
        <Sheet title=format!("{}的电话", found.name) on_close=move || file.close_sheet()>
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=typed />
                <Line label="联系电话" value=typed.value kind="tel" mode="tel" hook="party-phone-input" />
                <SaveBar doing hook="party-save" words="保存" />
            </form>
        </Sheet>
    }
    .into_any()
}

/// What stands in the sheet for a new party.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Typed {
    name: String,
    side: String,
    phone: String,
    household: Option<DocumentId>,
}

/// The sheet for a new party.
#[component]
pub fn NewPartySheet(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    let Some((case, heads)) = file.opened_on() else {
        return ().into_any();
    };
    let doing = Doing::new();
    let start = Typed { side: missing_side(file), ..Typed::default() };
    let typed = Kept::open(format!("new-party/{case}"), start);
    let pressed = RwSignal::new(false);
    let heads = StoredValue::new(heads);
    let save = Callback::new(move |()| {
        pressed.set(true);
        let Some(party) = typed.value.with_untracked(read) else { return };
        let question = AddParty { case, party, heads: heads.get_value() };
        file.save(doing, question, move || typed.finish());
    });
    let missing = Signal::derive(move || {
        let nameless = typed.value.with(|typed| typed.name.trim().is_empty());
        (pressed.get() && nameless).then_some("名字还没写")
    });
    let (person, side) = (Person::new(), RwSignal::new(String::new()));
    mirror(typed, person.name, |typed| &mut typed.name);
    mirror(typed, side, |typed| &mut typed.side);
    mirror(typed, person.phone, |typed| &mut typed.phone);
    mirror(typed, person.home, |typed| &mut typed.household);
    let sides = [Side::A, Side::B, Side::Other].map(|side| (code(side).to_owned(), side.label()));
    view! {
        <Sheet title="加当事人" on_close=move || file.close_sheet()>
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=typed />
                <Line label="姓名" value=person.name kind="text" hook="party-name-input" />
                <HomeOffer person />
                <Choice label="哪一方" choices=sides.to_vec() value=side />
                <Line label="联系电话（没有可以不写）" value=person.phone kind="tel" mode="tel" hook="party-phone-input" />
                <SaveBar doing hook="party-save" words="保存" missing />
            </form>
        </Sheet>
    }
    .into_any()
}

/// Keeps one value of a form and the signal of its control the same, both ways.
pub fn mirror<T, V>(kept: Kept<T>, control: RwSignal<V>, place: fn(&mut T) -> &mut V)
where
    T: Serialize + serde::de::DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
    V: Clone + PartialEq + Send + Sync + 'static,
{
    let read = move |form: &T| place(&mut form.clone()).clone();
    control.set(kept.value.with_untracked(read));
    Effect::new(move |_| {
        let now = kept.value.with(read);
        if control.with_untracked(|text| *text != now) {
            control.set(now);
        }
    });
    Effect::new(move |_| {
        let now = control.get();
        if kept.value.with_untracked(read) != now {
            kept.value.update(|form| *place(form) = now);
        }
    });
}

fn read(typed: &Typed) -> Option<NewParty> {
    let name = typed.name.trim().to_owned();
    (!name.is_empty()).then(|| NewParty {
        name,
        side: [Side::A, Side::B]
            .into_iter()
            .find(|s| code(*s) == typed.side)
            .unwrap_or(Side::Other),
        phone: plain_number(&typed.phone),
        household: typed.household,
    })
}

/// The side nobody stands on yet, as a first choice.
fn missing_side(file: OpenFile) -> String {
    let taken = |side| {
        file.answer.value.with_untracked(|view| {
            let parties = view.as_ref().map(|view| view.parties.as_slice()).unwrap_or_default();
            parties.iter().any(|party| !party.withdrawn && party.side == side)
        })
    };
    let free = [Side::A, Side::B].into_iter().find(|side| !taken(*side));
    code(free.unwrap_or(Side::Other)).to_owned()
}

const fn code(side: Side) -> &'static str {
    match side {
        Side::A => "a",
        Side::B => "b",
        Side::Other => "other",
    }
}

/// Blanks and dashes are for eyes; a number is stored without them.
fn plain_number(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}
