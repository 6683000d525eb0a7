//! One card: one field, all values with equal weight, who, when, on which device, value before.

use leptos::prelude::*;
use yidang_api::case_file::{ClashValue, ClashView, Provenance};

use super::settle::Settle;
use crate::components::{Avatar, Dotted, FaultNote, Icon, Sheet};
use crate::models::clash::{Parts, differing, grouped, is_decision, latin, letter, shown};
use crate::pages::case_file::control::FactControl;
use crate::pages::case_file::kept::Kept;
use crate::pages::case_file::sheet_parts::{RestoredNote, SaveBar, submit};
use crate::words::{clock, month_day};

/// The card.
#[component]
pub fn ClashCard(
    /// How a card is decided.
    settle: Settle,
    /// The clash.
    clash: ClashView,
) -> impl IntoView {
    let parts = differing(&shown(&clash));
    let before = grouped(&clash.field, &clash.before);
    let sides = clash
        .values
        .iter()
        .cloned()
        .zip(parts)
        .enumerate()
        .map(|(index, (value, parts))| view! { <Side index value parts /> })
        .collect_view();
    let about = clash.about.clone();
    let spoken = format!("{about}，几个人写得不一样");
    let field = clash.field.clone();
    let doing = settle.doing;
    view! {
        <section
            class="clash-card"
            aria-label=spoken
            data-test="clash-card"
            data-field=field
        >
            <div class="hd">
                <Icon name="swap" />
                <span>
                    <Dotted text=about />
                </span>
                {(!before.is_empty())
                    .then(|| {
                        view! {
                            <span class="push small before" data-test="clash-before">
                                "原值 "
                                {before}
                            </span>
                        }
                    })}
            </div>
            {sides}
            {move || {
                doing.fault.get().map(|fault| view! { <div class="inset-x"><FaultNote fault /></div> })
            }}
            {if clash.may_decide {
                view! { <Buttons settle clash /> }.into_any()
            } else {
                view! { <p class="inset-x small t2">"这一处由有权审核的人来定"</p> }.into_any()
            }}
        </section>
    }
}

#[component]
fn Side(index: usize, value: ClashValue, parts: Parts) -> impl IntoView {
    let spoken = format!("{}：{}", letter(index), value.shown);
    view! {
        <div class=format!("side {}", tone(index))>
            <span class="k" aria-hidden="true">
                {letter(index)}
            </span>
            <div class="v" data-test="clash-value">
                <span class="sr">{spoken}</span>
                <span aria-hidden="true">
                    {parts.before}
                    {(!parts.own.is_empty()).then(|| view! { <mark>{parts.own}</mark> })}
                    {parts.after}
                </span>
            </div>
            <Written by=value.written index />
        </div>
    }
}

/// Who, where they stand, on which device, when.
#[component]
fn Written(by: Provenance, index: usize) -> impl IntoView {
    let name = if by.me { format!("{}（你）", by.name) } else { by.name.clone() };
    let device_icon = if by.device.contains("电脑") { "pc" } else { "mobile" };
    let device = if by.me { format!("你的{}", by.device) } else { by.device.clone() };
    let when = format!("{} {}", month_day(by.at.date()), clock(by.at));
    view! {
        <div class="w">
            <span class="whole">
                <Avatar name=by.name.clone() class=if index == 1 { "sm b" } else { "sm" } />
                {name}
                <span class="sep"></span>
                <Dotted text=by.post />
            </span>
            <span>
                <Icon name=device_icon class="s" />
                {device}
            </span>
            <span>
                <Icon name="clock" class="s" />
                {when}
            </span>
        </div>
    }
}

/// Class of the value at `index`: two have colours of equal weight, further ones are grey.
fn tone(index: usize) -> &'static str {
    match index {
        0 => "a",
        1 => "b",
        _ => "c",
    }
}

#[component]
fn Buttons(settle: Settle, clash: ClashView) -> impl IntoView {
    let other = RwSignal::new(false);
    let field = StoredValue::new(clash.field.clone());
    let takes = clash
        .values
        .iter()
        .enumerate()
        .map(|(index, value)| {
            let chosen = value.value.clone();
            let take = move |_| settle.choose(&field.get_value(), chosen.clone(), || ());
            view! {
                <button
                    type="button"
                    class=format!("btn big {}", tone(index))
                    data-test=format!("clash-take-{}", latin(index))
                    disabled=move || settle.doing.busy.get()
                    on:click=take
                >
                    "采用"
                    {letter(index)}
                </button>
            }
        })
        .collect_view();
    let decision = is_decision(&clash);
    let clash = StoredValue::new(clash);
    view! {
        <div class="takes">{takes}</div>
        {(!decision)
            .then(|| {
                view! {
                    <div class="other">
                        <button
                            type="button"
                            class="btn big full"
                            data-test="clash-other"
                            on:click=move |_| other.set(true)
                        >
                            <Icon name="pen" />
                            "另填"
                        </button>
                    </div>
                }
            })}
        {move || {
            other.get().then(|| view! { <Other settle clash=clash.get_value() open=other /> })
        }}
    }
}

/// 另填: a value that nobody wrote before.
#[component]
fn Other(settle: Settle, clash: ClashView, open: RwSignal<bool>) -> impl IntoView {
    let Some(case) = settle.document() else {
        return ().into_any();
    };
    let typed = Kept::open(format!("clash/{case}/{}", clash.field), String::new());
    let pressed = RwSignal::new(false);
    let field = StoredValue::new(clash.field.clone());
    let save = Callback::new(move |()| {
        pressed.set(true);
        let value = typed.value.get_untracked().trim().to_owned();
        if value.is_empty() {
            return;
        }
        settle.choose(&field.get_value(), value, move || {
            typed.finish();
            let _ = open.try_set(false);
        });
    });
    let missing = Signal::derive(move || {
        let empty = typed.value.with(|text| text.trim().is_empty());
        (pressed.get() && empty).then_some("还没填")
    });
    let fact = fact_of(&clash);
    view! {
        <Sheet title=format!("另填：{}", clash.about) on_close=move || open.set(false)>
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=typed />
                <FactControl fact=fact.clone() value=typed.value />
                <p class="small t3">"原来的几个值都留在“经过”里。"</p>
                <SaveBar doing=settle.doing hook="clash-other-save" words="就用这个" missing />
            </form>
        </Sheet>
    }
    .into_any()
}

/// The control for another value is that of the field itself.
fn fact_of(clash: &ClashView) -> yidang_api::case_file::FactView {
    let name = clash.field.rsplit('.').next().unwrap_or_default().to_owned();
    yidang_api::case_file::FactView {
        label: yidang_domain::labels::label_of(&name).to_owned(),
        field: name,
        value: String::new(),
        shown: String::new(),
        written: None,
        clashes: true,
    }
}
