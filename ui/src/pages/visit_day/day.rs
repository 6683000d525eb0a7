//! The head of a day: when, whether it was moved or cancelled, the tally; and the other days.

use leptos::prelude::*;
use yidang_domain::entry::EntryKind;

use super::{OpenDay, Sheeted};
use crate::components::{Dotted, Icon};
use crate::models::visit::{day_label, short_nominal};
use crate::pages::case_file::entries::EntryList;
use crate::words::{moment, month_day, weekday_short};

/// Notice and tally.
#[component]
pub fn Head(
    /// The day on screen.
    day: OpenDay,
) -> impl IntoView {
    view! {
        <Notice day />
        <Tally day />
    }
}

/// Moved or cancelled, with the reason; and the way to do either.
#[component]
fn Notice(day: OpenDay) -> impl IntoView {
    let state =
        day.part(|view| (view.notice.clone(), view.cancelled, view.nominal.clone(), view.on));
    let team = day.part(|view| (view.village_name.clone(), view.team.clone()));
    view! {
        <div class="small t2 visit-team">
            {move || {
                team.get()
                    .map(|(village, team)| {
                        let people = if team.is_empty() { "团队待定".to_owned() } else { team.join("、") };
                        view! { <Dotted text=format!("{village} · {people}") /> }
                    })
            }}
        </div>
        {move || {
            let (notice, cancelled, nominal, on) = state.get()?;
            let notice = notice?;
            let title = if cancelled {
                format!("{}不坐诊", short_nominal(&nominal))
            } else {
                format!(
                    "{}的坐诊改到 {} {}",
                    short_nominal(&nominal),
                    month_day(on),
                    weekday_short(on),
                )
            };
            Some(
                view! {
                    <div class="note soon" role="status" data-test="visit-notice">
                        <Icon name="cal" />
                        <div>
                            <b>{title}</b>
                            <div class="mid t2">{notice}</div>
                        </div>
                    </div>
                },
            )
        }}
    }
}

#[component]
fn Tally(day: OpenDay) -> impl IntoView {
    let counts = day.part(|view| {
        [
            ("来访人次", "people", view.people),
            ("已答复", "answered", view.answered),
            ("等候", "waiting", view.waiting),
            ("调解", "sessions", view.sessions),
        ]
    });
    view! {
        <div class="card">
            <div class="tally" data-test="visit-tally">
                {move || {
                    counts
                        .get()
                        .map(|counts| {
                            counts
                                .into_iter()
                                .map(|(label, name, count)| {
                                    view! {
                                        <div>
                                            <b data-test=format!("tally-{name}")>{count}</b>
                                            {label}
                                        </div>
                                    }
                                })
                                .collect_view()
                        })
                }}
            </div>
        </div>
    }
}

/// Days before and after, what happened on this one, and moving or cancelling it.
#[component]
pub fn OtherDays(
    /// The day on screen.
    day: OpenDay,
) -> impl IntoView {
    let days = day.part(|view| (view.village.clone(), view.nominal.clone(), view.days.clone()));
    let entries = day.part(|view| view.entries.clone());
    let as_of = day.part(|view| view.as_of);
    view! {
        <Plan day />
        {move || {
            let entries = entries.get()?;
            (!entries.is_empty())
                .then(|| {
                    view! {
                        <div class="sec">
                            <h2>"这天的经过"</h2>
                        </div>
                        <div class="card tabs-card">
                            <EntryList entries />
                        </div>
                    }
                })
        }}
        {move || {
            let (village, nominal, days) = days.get()?;
            (!days.is_empty()).then(|| view! { <Days village=village.0 nominal days /> })
        }}
        {move || {
            as_of
                .get()
                .flatten()
                .map(|at| {
                    view! {
                        <p class="small t3 aside">{format!("本机数据截至 {}", moment(at))}</p>
                    }
                })
        }}
    }
}

#[component]
fn Plan(day: OpenDay) -> impl IntoView {
    let may_move = Memo::new(move |_| day.may(EntryKind::DayMoved));
    let may_cancel = Memo::new(move |_| day.may(EntryKind::DayCancelled));
    let button = move |hook: &'static str, label: &'static str, icon, opens: Sheeted| {
        view! {
            <button
                type="button"
                class="btn wide"
                data-test=hook
                on:click=move |_| day.sheet.set(Some(opens.clone()))
            >
                <Icon name=icon />
                {label}
            </button>
        }
    };
    move || {
        let (may_move, may_cancel) = (may_move.get(), may_cancel.get());
        (may_move || may_cancel).then(|| {
            view! {
                <div class="row wrap acts">
                    {may_move.then(|| button("visit-move", "改期", "cal", Sheeted::Move))}
                    {may_cancel.then(|| button("visit-cancel", "这天不坐诊", "x", Sheeted::Cancel))}
                </div>
            }
        })
    }
}

#[component]
fn Days(
    village: String,
    nominal: String,
    days: Vec<(String, yidang_domain::civil::Date)>,
) -> impl IntoView {
    let links = days
        .into_iter()
        .map(|(name, on)| {
            let here = name == nominal;
            view! {
                <a
                    href=format!("/visit/{village}/{name}")
                    class:on=here
                    aria-current=here.then_some("date")
                    data-test=format!("visit-day-{name}")
                >
                    {day_label(&name, on)}
                </a>
            }
        })
        .collect_view();
    view! {
        <div class="sec">
            <h2>"其他日子"</h2>
        </div>
        <nav class="filters" aria-label="其他坐诊日">
            {links}
        </nav>
    }
}
