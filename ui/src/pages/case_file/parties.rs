//! 当事人: who stands on which side, how to reach them.

use leptos::prelude::*;
use yidang_api::case_file::PartyView;
use yidang_domain::facts::Side;
use yidang_domain::rights::Act;

use super::file::{OpenFile, Sheeted};
use crate::app::shared;
use crate::components::{Empty, Icon};
use crate::models::clash::grouped;
use crate::models::rail::has_households;

/// All parties of a file.
#[component]
pub fn Parties(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    let parties = file.part(|view| (view.parties.clone(), view.may(Act::EditCaseFile)));
    move || {
        parties.get().map(|(parties, may)| {
            let none = parties.is_empty();
            view! {
                {none.then(|| view! { <Empty title="还没有当事人" next="先把两方的名字写上" /> })}
                <div class="rows" data-test="parties">
                    {parties
                        .into_iter()
                        .map(|party| view! { <PartyRow file party may /> })
                        .collect_view()}
                </div>
                {may
                    .then(|| {
                        view! {
                            <div class="row acts">
                                <button
                                    type="button"
                                    class="btn soft wide"
                                    data-test="party-add"
                                    on:click=move |_| file.sheet.set(Some(Sheeted::NewParty))
                                >
                                    <Icon name="plus" />
                                    "加当事人"
                                </button>
                            </div>
                        }
                    })}
            }
        })
    }
}

#[component]
fn PartyRow(file: OpenFile, party: PartyView, may: bool) -> impl IntoView {
    let key = StoredValue::new(party.key.clone());
    let open = move |_| file.sheet.set(Some(Sheeted::Party(key.get_value())));
    let class = if party.side == Side::B { "ava b" } else { "ava" };
    let first = party.name.chars().next().map(String::from).unwrap_or_default();
    let clashes = !party.clashes.is_empty();
    let withdrawn = party.withdrawn;
    let name = party.name.clone();
    view! {
        <div class="field party" class:void=withdrawn data-test="party">
            <span class=class aria-hidden="true">
                {first}
            </span>
            <span class="vl">
                <b data-test="party-name">{name}</b>
                <small>
                    {party.side.label()} {withdrawn.then_some(" · 登记有误")}
                </small>
                <Home file party=party.clone() may=may && !withdrawn />
            </span>
            {clashes
                .then(|| {
                    view! {
                        <span class="chip clash">
                            <Icon name="swap" class="xs" />
                            "要定"
                        </span>
                    }
                })} <Phone party=party.clone() />
            {(may && !withdrawn)
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="btn text slim"
                            data-test="party-edit"
                            aria-label=format!("改{}的电话", party.name)
                            on:click=open
                        >
                            {if party.phone.is_empty() { "补电话" } else { "改" }}
                        </button>
                    }
                })}
        </div>
    }
}

/// The household of the party, where this device holds it; else a way to say which one it is, for those who
/// have households on their device.
#[component]
fn Home(file: OpenFile, party: PartyView, may: bool) -> impl IntoView {
    let has_homes = shared().person().is_some_and(|person| has_households(person.role));
    let key = party.key.clone();
    let choose = move |words: &'static str| {
        let key = key.clone();
        view! {
            <button
                type="button"
                class="btn text slim"
                data-test="party-home-choose"
                aria-label=format!("{words}：{}", party.name)
                on:click=move |_| file.sheet.set(Some(Sheeted::PartyHome(key.clone())))
            >
                {words}
            </button>
        }
    };
    match party.home {
        Some(home) => view! {
            <span class="row wrap" data-test="party-home">
                <a class="btn text slim" href=format!("/household/{}", home.id)>
                    <Icon name="home" class="xs" />
                    {home.words}
                </a>
                {may.then(|| choose("换一户"))}
            </span>
        }
        .into_any(),
        None if may && has_homes => choose("是哪一户").into_any(),
        None => ().into_any(),
    }
}

#[component]
fn Phone(party: PartyView) -> impl IntoView {
    if party.phone.is_empty() {
        return view! {
            <span class="t3 mid" data-test="party-phone">
                "没写电话"
            </span>
        }
        .into_any();
    }
    view! {
        <a class="mid nowrap" href=format!("tel:{}", party.phone) data-test="party-phone">
            {grouped("phone", &party.phone)}
        </a>
    }
    .into_any()
}
