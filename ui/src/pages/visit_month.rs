//! 坐诊月历: the visit days of a village, month by month.

use leptos::prelude::*;
use yidang_api::places::{MonthDay, VisitMonthQuestion, VisitMonthView};
use yidang_domain::civil::Date;
use yidang_domain::ids::OrgCode;

use crate::components::{Empty, FaultNote, Frame, Icon, Waiting};
use crate::door::{Answer, answer, today};
use crate::models::month::{beside, day_word, first_of, month_words, reason_words, spoken, visits};
use crate::models::query::escaped;
use crate::words::{month_day, week_letter, weekday_short};

/// Which month of which village. Copy it freely.
#[derive(Clone, Copy)]
struct Asked {
    village: RwSignal<Option<OrgCode>>,
    month: RwSignal<Date>,
}

/// The page.
#[component]
pub fn VisitMonthPage() -> impl IntoView {
    let asked = Asked { village: RwSignal::new(None), month: RwSignal::new(first_of(today())) };
    let month = answer(move || VisitMonthQuestion {
        village: asked.village.get(),
        month: Some(asked.month.get()),
    });
    let sub = Signal::derive(move || {
        month
            .value
            .with(|view| view.as_ref().map(|view| view.village_name.clone()))
            .unwrap_or_default()
    });
    view! {
        <Frame title="坐诊月历" sub on="visit" back=true>
            <Steps asked/>
            {move || {
                let retry = Callback::new(move |()| month.retry());
                month.fault.get().map(|fault| view! { <FaultNote fault retry/> })
            }}
            <Body month asked/>
        </Frame>
    }
}

/// The month before, its name, the month after.
#[component]
fn Steps(asked: Asked) -> impl IntoView {
    let button =
        move |forward: bool, icon: &'static str, word: &'static str, hook: &'static str| {
            view! {
                <button
                    type="button"
                    class="btn"
                    data-test=hook
                    on:click=move |_| asked.month.update(|month| *month = beside(*month, forward))
                >
                    <Icon name=icon/>
                    {word}
                </button>
            }
        };
    view! {
        <div class="row month-steps">
            {button(false, "left", "上月", "month-before")}
            <h2 class="grow center" aria-live="polite" data-test="month">{move || month_words(asked.month.get())}</h2>
            {button(true, "right", "下月", "month-after")}
        </div>
    }
}

#[component]
fn Body(month: Answer<VisitMonthView>, asked: Asked) -> impl IntoView {
    move || match month.value.get() {
        Some(view) => view! { <Whole view asked/> }.into_any(),
        None if month.fault.with(Option::is_some) => ().into_any(),
        None => view! { <Waiting rows=5/> }.into_any(),
    }
}

#[component]
fn Whole(view: VisitMonthView, asked: Asked) -> impl IntoView {
    let village = StoredValue::new(view.village.clone());
    let letters = view
        .days
        .iter()
        .take(7)
        .map(
            |day| view! { <li aria-hidden="true" class="letter-cell">{week_letter(day.date)}</li> },
        )
        .collect_view();
    let now = today();
    let list = visits(&view.days);
    let none = list.is_empty();
    let days = view
        .days
        .into_iter()
        .map(|day| view! { <Day day now village=village.get_value()/> })
        .collect_view();
    let rows = list
        .into_iter()
        .map(|(on, visit)| {
            let reason = reason_words(&visit);
            view! {
                <a class="cell" href=address(&village.get_value(), &visit.nominal) data-test="month-visit">
                    <span class="day"><b>{on.day()}</b><span>{weekday_short(on)}</span></span>
                    <span class="grow">
                        <span class="tt">{if visit.cancelled { "这天不坐诊" } else { "驻村坐诊" }}</span>
                        {reason.map(|reason| view! { <div class="ds">{reason}</div> })}
                    </span>
                    {(visit.people > 0).then(|| view! { <span class="end"><span class="chip">{format!("来了 {} 人次", visit.people)}</span></span> })}
                    <Icon name="right" class="chev"/>
                </a>
            }
        })
        .collect_view();
    view! {
        <Villages villages=view.villages now=view.village asked/>
        <ol class="card month" data-test="month-days">{letters} {days}</ol>
        {if none {
            view! { <div class="card month-list"><Empty title="这个月没有坐诊日" next="看看上月或下月"/></div> }.into_any()
        } else {
            view! { <div class="cells month-list">{rows}</div> }.into_any()
        }}
        {view.calendar_until.map(|until| view! {
            <p class="small t3 aside">{format!("休息日按国务院通知，排到{}年{}", until.year(), month_day(until))}</p>
        })}
    }
}

/// The address of the day called `nominal`.
fn address(village: &OrgCode, nominal: &str) -> String {
    format!("/visit/{}/{}", escaped(village.as_str()), escaped(nominal))
}

#[component]
fn Villages(villages: Vec<(OrgCode, String)>, now: OrgCode, asked: Asked) -> impl IntoView {
    (villages.len() > 1).then(|| {
        let options = villages
            .into_iter()
            .map(|(org, name)| view! { <option value=org.to_string() selected=org == now>{name}</option> })
            .collect_view();
        view! {
            <label class="ask month-village">
                <span>"哪个村"</span>
                <select
                    data-test="month-village"
                    on:change=move |event| asked.village.set(Some(OrgCode(event_target_value(&event))))
                >
                    {options}
                </select>
            </label>
        }
    })
}

#[component]
fn Day(day: MonthDay, now: Date, village: OrgCode) -> impl IntoView {
    let mut class = String::new();
    let visit = day.visit.as_ref();
    for (is, name) in [
        (!day.inside, "out "),
        (day.date == now, "now "),
        (!day.working, "rest "),
        (visit.is_some_and(|visit| !visit.cancelled), "visit "),
        (visit.is_some_and(|visit| visit.cancelled), "cancelled "),
    ] {
        class.push_str(if is { name } else { "" });
    }
    let label = spoken(&day);
    let today = (day.date == now).then_some("date");
    let word = day_word(&day).to_owned();
    let inner = view! { <b>{day.date.day()}</b> <i>{word}</i> };
    match day.visit {
        Some(visit) => view! {
            <li class=class aria-current=today>
                <a href=address(&village, &visit.nominal) title=label data-test="month-day">{inner}</a>
            </li>
        }
        .into_any(),
        None => view! { <li class=class aria-current=today><span title=label>{inner}</span></li> }.into_any(),
    }
}
