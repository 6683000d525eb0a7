//! 参考数据: rules of visit days, days off of a year, what was decided about single days.

use leptos::prelude::*;
use yidang_api::admin::{PutVisitRule, ReferenceQuestion, ReferenceView};
use yidang_domain::calendar::{DayOffRule, Exception, FebruaryRule};

use super::calendar::Calendar;
use super::send::SendBar;
use crate::app::shared;
use crate::components::{Empty, OnlineNote, Waiting};
use crate::door::{Answer, answer};
use crate::models::days::exception_words;
use crate::pages::case_file::control::Choice;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::changed;
use crate::pages::case_file::sheet_parts::submit;

/// The page.
#[component]
pub fn ReferencePart() -> impl IntoView {
    let reference = answer(|| ReferenceQuestion {});
    let retry = Callback::new(move |()| reference.retry());
    let is_there = Memo::new(move |_| reference.value.with(Option::is_some));
    view! {
        {move || reference.fault.get().map(|fault| view! { <OnlineNote fault retry/> })}
        {move || {
            if is_there.get() {
                view! { <Whole reference/> }.into_any()
            } else if reference.fault.with(Option::is_none) {
                view! { <Waiting rows=5/> }.into_any()
            } else {
                ().into_any()
            }
        }}
    }
}

/// What is being edited stays as it is when the reference data change meanwhile.
#[component]
fn Whole(reference: Answer<ReferenceView>) -> impl IntoView {
    let version = move || {
        let version = reference.value.with(|view| view.as_ref().map(|view| view.version))?;
        Some(format!("参考数据第 {version} 版。改了以后，各设备下次同步就按新的算。"))
    };
    let rules = reference.value.with_untracked(|view| {
        view.as_ref().map(|view| (view.february, view.day_off)).unwrap_or_default()
    });
    let exceptions = Memo::new(move |_| {
        reference.value.with(|view| view.as_ref().map(|view| view.exceptions.clone()))
    });
    view! {
        <p class="small t3" data-test="reference-version">{version}</p>
        <div class="county-cols even">
            <div class="stack">
                <Rules february=rules.0 day_off=rules.1/>
                {move || exceptions.get().map(|exceptions| view! { <Exceptions exceptions/> })}
            </div>
            <Calendar reference/>
        </div>
    }
}

/// The rules of visit days.
#[component]
fn Rules(february: FebruaryRule, day_off: DayOffRule) -> impl IntoView {
    let (doing, shared) = (Doing::new(), shared());
    let february = RwSignal::new(place(&FebruaryRule::ALL, february));
    let day_off = RwSignal::new(place(&DayOffRule::ALL, day_off));
    let save = Callback::new(move |()| {
        let (Some(february), Some(day_off)) = (
            at(&FebruaryRule::ALL, &february.get_untracked()),
            at(&DayOffRule::ALL, &day_off.get_untracked()),
        ) else {
            return;
        };
        doing.run(PutVisitRule { february, day_off }, move |_| {
            changed(shared);
            shared.say("坐诊日的规则已改好");
        });
    });
    let choices = |labels: [&'static str; 3]| {
        (0_usize..).zip(labels).map(|(at, label)| (at.to_string(), label)).collect::<Vec<_>>()
    };
    view! {
        <section class="card" data-test="reference-rules">
            <div class="hd"><h2>"坐诊日"</h2><span class="t3 small">"每月 10 日、20 日、30 日"</span></div>
            <form class="form" on:submit=move |event| submit(&event, save)>
                <Choice
                    label="二月没有 30 日，改在"
                    choices=choices(FebruaryRule::ALL.map(FebruaryRule::label))
                    value=february
                />
                <Choice
                    label="碰上休息日"
                    choices=choices(DayOffRule::ALL.map(DayOffRule::label))
                    value=day_off
                />
                <SendBar doing words="保存规则" busy="正在保存" hook="reference-rules-save" quiet=true/>
            </form>
        </section>
    }
}

/// The place of a value among its choices, as text.
fn place<T: PartialEq>(all: &[T], value: T) -> String {
    let value = Some(value);
    all.iter().position(|each| value.as_ref() == Some(each)).unwrap_or(0).to_string()
}

fn at<T: Copy>(all: &[T], place: &str) -> Option<T> {
    all.get(place.parse::<usize>().ok()?).copied()
}

/// What was decided about single days.
#[component]
fn Exceptions(exceptions: Vec<Exception>) -> impl IntoView {
    if exceptions.is_empty() {
        return view! {
            <section class="card">
                <div class="hd"><h2>"全县的改期和取消"</h2></div>
                <Empty title="全县没有统一改期或取消" next="一个村改哪天，由乡镇在那天的驻村坐诊里改，那个村的人都看得到"/>
            </section>
        }
        .into_any();
    }
    let rows = exceptions
        .iter()
        .map(exception_words)
        .map(|(day, words)| {
            view! {
                <tr>
                    <th scope="row">{day}</th>
                    <td class="l any" data-label="怎么办">{words}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card" data-test="reference-exceptions">
            <div class="hd"><h2>"改期和取消"</h2></div>
            <div class="table-scroll">
                <table class="tbl fold">
                    <thead>
                        <tr>
                            <th scope="col">"坐诊日"</th>
                            <th scope="col" class="l">"怎么办"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
