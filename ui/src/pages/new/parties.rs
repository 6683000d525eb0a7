//! 当事人

use leptos::ev;
use leptos::prelude::*;
use yidang_api::case_file::NewParty;
use yidang_domain::facts::Side;

use crate::components::{Avatar, Icon, Segments, Sheet};
use crate::models::new_form::NewForm;
use crate::pages::case_file::home_offer::{HomeOffer, HomeWords, Person};

/// The value in the row: a name and a side each.
#[component]
pub fn PartiesValue(
    /// The form.
    form: RwSignal<NewForm>,
) -> impl IntoView {
    move || {
        let parties = form.with(|form| form.parties.clone());
        if parties.is_empty() {
            return view! { <span class="t3">"还没写"</span> }.into_any();
        }
        let people = parties
            .into_iter()
            .map(|party| {
                view! {
                    <span class="person">
                        <Avatar name=party.name.clone() class=tone(party.side)/>
                        {party.name}
                    </span>
                }
            })
            .collect_view();
        view! { <span class="people">{people}</span> }.into_any()
    }
}

const fn tone(side: Side) -> &'static str {
    match side {
        Side::A => "",
        Side::B => "b",
        Side::Other => "n",
    }
}

/// The person being written down.
#[derive(Clone, Copy)]
struct Typing {
    person: Person,
    chosen: RwSignal<Option<Side>>,
    form: RwSignal<NewForm>,
}

impl Typing {
    fn new(form: RwSignal<NewForm>) -> Self {
        Self { person: Person::new(), chosen: RwSignal::new(None), form }
    }

    /// The chosen side, else the one that is still missing.
    fn side(self) -> Side {
        let missing = || self.form.with(|form| next_side(&form.parties));
        self.chosen.get().unwrap_or_else(missing)
    }

    fn is_empty(self) -> bool {
        self.person.name.with(|name| name.trim().is_empty())
    }

    /// Takes the person over into the form, if a name was written.
    fn add(self) {
        if untrack(|| self.is_empty()) {
            return;
        }
        let party = NewParty {
            name: self.person.name.get_untracked().trim().to_owned(),
            side: untrack(|| self.side()),
            phone: self.person.phone.get_untracked().trim().to_owned(),
            household: self.person.home.get_untracked(),
        };
        self.form.update(|form| form.parties.push(party));
        self.person.name.set(String::new());
        self.person.phone.set(String::new());
        self.person.home.set(None);
        self.chosen.set(None);
    }
}

/// Writes down who is concerned. Whoever stands in the fields is taken over on closing.
#[component]
pub fn PartiesSheet(
    /// The form.
    form: RwSignal<NewForm>,
    /// Takes the sheet away.
    done: Callback<()>,
) -> impl IntoView {
    let typing = Typing::new(form);
    let written = move || {
        let parties = form.with(|form| form.parties.clone());
        parties
            .into_iter()
            .enumerate()
            .map(|(index, party)| view! { <Written form index party/> })
            .collect_view()
    };
    let any = move || form.with(|form| !form.parties.is_empty());
    let close = Callback::new(move |()| {
        typing.add();
        done.run(());
    });
    view! {
        <Sheet title="当事人" on_close=close hook="parties-sheet">
            <Show when=any>
                <div class="cells flat">{written}</div>
            </Show>
            <Add typing/>
            <div class="sheet-acts">
                <button
                    type="button"
                    class="btn pri big wide"
                    data-test="parties-done"
                    on:click=move |_| close.run(())
                >
                    "写好了"
                </button>
            </div>
        </Sheet>
    }
}

#[component]
fn Written(form: RwSignal<NewForm>, index: usize, party: NewParty) -> impl IntoView {
    let remove = move |_| {
        form.update(|form| {
            if index < form.parties.len() {
                form.parties.remove(index);
            }
        });
    };
    let label = format!("去掉{}", party.name);
    view! {
        <div class="field" data-test="party-row">
            <Avatar name=party.name.clone() class=tone(party.side)/>
            <span class="vl">
                {party.name}<small>{party.side.label()} " " {party.phone}</small>
                {party.household.map(|id| view! { <small><HomeWords id/></small> })}
            </span>
            <button
                type="button"
                class="ib"
                aria-label=label
                data-test="party-remove"
                on:click=remove
            >
                <Icon name="x" class="s"/>
            </button>
        </div>
    }
}

/// One more person. The side goes from 甲方 to 乙方 by itself.
#[component]
fn Add(typing: Typing) -> impl IntoView {
    let add = move |event: ev::SubmitEvent| {
        event.prevent_default();
        typing.add();
    };
    let sides = [(Side::A, "a"), (Side::B, "b"), (Side::Other, "other")]
        .map(|(side, name)| (side, name, side.label().to_owned()))
        .into();
    view! {
        <form class="form flat-form" on:submit=add>
            <label class="ask">
                <span>"姓名"</span>
                <input
                    type="text"
                    maxlength="40"
                    autocomplete="off"
                    autofocus
                    data-test="party-name"
                    bind:value=typing.person.name
                />
            </label>
            <HomeOffer person=typing.person/>
            <div class="ask">
                <span>"哪一方"</span>
                <Segments
                    label="哪一方"
                    options=sides
                    value=Signal::derive(move || typing.side())
                    on_pick=move |side| typing.chosen.set(Some(side))
                    hook="party-side"
                />
            </div>
            <label class="ask">
                <span>"电话（可以空着）"</span>
                <input
                    type="tel"
                    inputmode="tel"
                    maxlength="20"
                    autocomplete="off"
                    data-test="party-phone"
                    bind:value=typing.person.phone
                />
            </label>
            <button
                type="submit"
                class="btn soft"
                data-test="party-add"
                disabled=move || typing.is_empty()
            >
                <Icon name="plus"/>
                "再加一个人"
            </button>
        </form>
    }
}

/// The side that is still missing.
fn next_side(parties: &[NewParty]) -> Side {
    let has = |side| parties.iter().any(|party| party.side == side);
    match (has(Side::A), has(Side::B)) {
        (false, _) => Side::A,
        (true, false) => Side::B,
        (true, true) => Side::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_person_is_the_other_side() {
        let party =
            |side| NewParty { name: String::new(), side, phone: String::new(), household: None };
        assert_eq!(next_side(&[]), Side::A);
        assert_eq!(next_side(&[party(Side::A)]), Side::B);
        assert_eq!(next_side(&[party(Side::A), party(Side::B)]), Side::Other);
        assert_eq!(next_side(&[party(Side::B)]), Side::A);
    }
}
