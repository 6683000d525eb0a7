//! Choosing a unit, by going down the tree or by name, and choosing a person.

use leptos::prelude::*;
use yidang_api::admin::{UnitView, UnitsQuestion, UsersQuestion};
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::OrgLevel;

use crate::components::{Dotted, Icon, OnlineNote, SearchLine};
use crate::door::{answer, answer_to, today};
use crate::models::admin::posts_words;

/// A chosen unit with its name.
pub type ChosenUnit = RwSignal<Option<(OrgCode, String)>>;

/// 选单位
#[component]
pub fn UnitPicker(
    /// What is asked.
    label: &'static str,
    /// The chosen unit.
    value: ChosenUnit,
    /// Only grids can be chosen.
    #[prop(optional)]
    grids_only: bool,
    /// Where to begin; nothing for the county.
    #[prop(optional_no_strip)]
    start: Option<(OrgCode, String)>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let path = RwSignal::new(Vec::from_iter(start));
    let units = answer(move || UnitsQuestion {
        parent: path.with(|path| path.last().map(|(org, _)| org.clone())),
        text: text.get(),
    });
    let retry = Callback::new(move |()| units.retry());
    let chosen = move || {
        value
            .with(|value| value.as_ref().map(|(_, name)| name.clone()))
            .unwrap_or_else(|| "还没选".to_owned())
    };
    let above = move || path.with(|path| path.last().map(|(_, name)| name.clone()));
    let rows = move || {
        let rows = units.value.get()?;
        let none = rows.is_empty();
        let rows = rows
            .into_iter()
            .map(|unit| view! { <UnitOption unit value path text grids_only/> })
            .collect_view();
        let words = "没有找到，换个名字或编码";
        Some(view! { {rows} {none.then(|| view! { <p class="small t3">{words}</p> })} })
    };
    view! {
        <div class="ask picker" data-test="unit-picker">
            <span>{label}</span>
            <p class="picked" data-test="unit-chosen">{chosen}</p>
            <SearchLine label="单位名或编码" value=text hook="unit-search"/>
            {move || {
                above().filter(|_| text.with(String::is_empty)).map(|name| {
                    view! {
                        <button
                            type="button"
                            class="btn text"
                            data-test="unit-up"
                            on:click=move |_| path.update(|path| { path.pop(); })
                        >
                            <Icon name="left"/>
                            {name}
                        </button>
                    }
                })
            }}
            {move || units.fault.get().map(|fault| view! { <OnlineNote fault retry/> })}
            <div class="options" role="group" aria-label=label>{rows}</div>
        </div>
    }
}

#[component]
fn UnitOption(
    unit: UnitView,
    value: ChosenUnit,
    path: RwSignal<Vec<(OrgCode, String)>>,
    text: RwSignal<String>,
    grids_only: bool,
) -> impl IntoView {
    let UnitView { org, name, level, place, children, closed_on } = unit;
    let fits = !grids_only || level == OrgLevel::Grid;
    let may = fits && closed_on.is_none();
    let why = if closed_on.is_some() { "，已结束" } else { "" };
    let full = if place.is_empty() { name.clone() } else { format!("{place} · {name}") };
    let (mine, down) = (org.clone(), (org.clone(), name.clone()));
    let is_on =
        Memo::new(move |_| value.with(|value| value.as_ref().is_some_and(|(org, _)| *org == mine)));
    let code = org.0.clone();
    let choose = move |_| value.set(Some((org.clone(), full.clone())));
    view! {
        <div class="row">
            <button
                type="button"
                class="opt grow"
                class:on=is_on
                disabled=!may
                aria-pressed=move || is_on.get().to_string()
                data-test="unit-option"
                data-org=code
                on:click=choose
            >
                <span class="grow">
                    {name}{why}
                    <span class="small t3 block"><Dotted text=place/></span>
                </span>
            </button>
            {(children > 0)
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="btn slim"
                            data-test="unit-down"
                            on:click=move |_| {
                                text.set(String::new());
                                path.update(|path| path.push(down.clone()));
                            }
                        >
                            {format!("下一级 {children}")}
                            <Icon name="right" class="s"/>
                        </button>
                    }
                })}
        </div>
    }
}

/// 选人
#[component]
pub fn PersonPicker(
    /// What is asked.
    label: &'static str,
    /// The chosen person with their name.
    value: RwSignal<Option<(UserId, String)>>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let people = answer_to(move || {
        let text = text.get();
        Some(UsersQuestion { text, org: None, offset: 0, limit: 8 })
            .filter(|question| !question.text.trim().is_empty())
    });
    let retry = Callback::new(move |()| people.retry());
    let chosen = move || {
        value
            .with(|value| value.as_ref().map(|(_, name)| name.clone()))
            .unwrap_or_else(|| "先不定，列在没有网格员的里面".to_owned())
    };
    let rows = move || {
        let rows = people.value.get().filter(|_| !text.with(String::is_empty))?.rows;
        let options = rows
            .into_iter()
            .map(|row| {
                let words = posts_words(&row.posts, today());
                let (user, name) = (row.user, row.name);
                let picked = (user, name.clone());
                view! {
                    <button
                        type="button"
                        class="opt"
                        data-test="person-option"
                        on:click=move |_| value.set(Some(picked.clone()))
                    >
                        <span class="grow">{name}<span class="small t3 block">{words}</span></span>
                    </button>
                }
            })
            .collect_view();
        Some(options)
    };
    view! {
        <div class="ask picker" data-test="person-picker">
            <span>{label}</span>
            <p class="picked">{chosen}</p>
            <SearchLine label="名字、首字母、电话尾号" value=text hook="person-search"/>
            {move || people.fault.get().map(|fault| view! { <OnlineNote fault retry/> })}
            <div class="options" role="group" aria-label=label>{rows}</div>
        </div>
    }
}
