//! The header of 今天: where, which day, how things stand, and the week.

use leptos::prelude::*;
use yidang_api::today::{TodayView, WeekDay};
use yidang_domain::civil::Date;

use crate::app::shared;
use crate::components::{Contour, DemoMark, Dotted, Icon, SyncPill};
use crate::door::{self, Answer};
use crate::words::{month_day, week_letter, weekday};

/// The phone's header, with the week; 长辈版 has no week.
#[component]
pub fn Header(
    /// The home.
    today: Answer<TodayView>,
) -> impl IntoView {
    let look = shared().look;
    let day = date_of(today);
    let heading = move || {
        view! {
            <h1 data-test="today-date">
                {month_day(day.get())} <small>{weekday(day.get())}</small>
            </h1>
        }
    };
    view! {
        <header class="hero">
            <Contour/>
            <div class="row hero-top">
                <span class="place cut"><Place today/></span>
                <span class="push row">
                    <DemoMark/>
                    <a class="hero-find" href="/find" aria-label="找" data-test="today-find">
                        <Icon name="search"/>
                    </a>
                </span>
            </div>
            {move || {
                if look.roomy() {
                    view! { {heading()} <SyncPill calming=true/> }.into_any()
                } else {
                    view! {
                        <div class="row hero-day">
                            {heading()} <span class="push"><SyncPill pill=true/></span>
                        </div>
                        <Week today/>
                    }
                        .into_any()
                }
            }}
        </header>
    }
}

/// The desktop's header: the same day and week on a card.
#[component]
pub fn DeskHeader(
    /// The home.
    today: Answer<TodayView>,
) -> impl IntoView {
    let day = date_of(today);
    view! {
        <div class="hero desk-hero">
            <Contour/>
            <span class="place"><Place today/></span>
            <h1 data-test="today-date">
                {move || month_day(day.get())} <small>{move || weekday(day.get())}</small>
            </h1>
            <Week today/>
        </div>
    }
}

/// Today as the desk has it, and by this device's clock until it answered.
fn date_of(today: Answer<TodayView>) -> Memo<Date> {
    Memo::new(move |_| {
        today.value.with(|view| view.as_ref().map_or_else(door::today, |view| view.date))
    })
}

/// 张家滩镇 · 下盘石村 · 第7网格; 长辈版 leaves out the township.
#[component]
fn Place(today: Answer<TodayView>) -> impl IntoView {
    let shared = shared();
    move || {
        let path = today.value.with(|view| view.as_ref().map(|view| view.org_path.clone()));
        let path =
            path.or_else(|| shared.person().map(|person| person.org_path)).unwrap_or_default();
        let skip = usize::from(shared.look.roomy() && path.len() > 2);
        let text = path.get(skip..).unwrap_or_default().join(" · ");
        view! { <Dotted text/> }
    }
}

#[component]
fn Week(today: Answer<TodayView>) -> impl IntoView {
    let date = date_of(today);
    let days = move || today.value.with(|view| view.as_ref().map(|view| view.week.clone()));
    move || {
        days().map(|week| {
            let days =
                week.into_iter().map(|day| view! { <Day day today=date.get()/> }).collect_view();
            view! { <ol class="week" aria-label="本周">{days}</ol> }
        })
    }
}

#[component]
fn Day(day: WeekDay, today: Date) -> impl IntoView {
    let now = day.date == today;
    let mut class = String::new();
    for (is, name) in [(now, "now "), (day.date < today, "past "), (day.visit, "visit ")] {
        class.push_str(if is { name } else { "" });
    }
    let below = match (day.visit, day.due) {
        (true, _) => view! { <i>"坐诊"</i> }.into_any(),
        (false, 0) => view! { <i class="none"></i> }.into_any(),
        (false, due) => view! { <i>{due}<span class="sr">"件要办"</span></i> }.into_any(),
    };
    view! {
        <li class=class aria-current=now.then_some("date")>
            {week_letter(day.date)}
            <b>{day.date.day()}</b>
            {below}
        </li>
    }
}
