//! The days off of a year: two lists that grow by a day or a span and shrink by a press.

use leptos::ev;
use leptos::prelude::*;
use yidang_api::admin::{PutCalendar, ReferenceView};
use yidang_domain::civil::Date;

use super::send::SendBar;
use crate::app::shared;
use crate::components::{Icon, Segments};
use crate::door::today;
use crate::models::days::{missing, of_year, parse_days, run_words, runs, years};
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::changed;
use crate::pages::case_file::sheet_parts::submit;
use crate::words::month_day;

/// The card.
#[component]
pub fn Calendar(
    /// The reference data.
    view: ReferenceView,
) -> impl IntoView {
    let (doing, shared) = (Doing::new(), shared());
    let ReferenceView { off: all_off, work: all_work, until, .. } = view;
    let year = RwSignal::new(today().year());
    let choices = years(&all_off, &all_work, today());
    let off = RwSignal::new(of_year(&all_off, year.get_untracked()));
    let work = RwSignal::new(of_year(&all_work, year.get_untracked()));
    let pick = move |chosen: i16| {
        year.set(chosen);
        off.set(of_year(&all_off, chosen));
        work.set(of_year(&all_work, chosen));
    };
    let wrong = Signal::derive(move || off.with(|off| work.with(|work| missing(off, work))));
    let save = Callback::new(move |()| {
        if wrong.get_untracked().is_some() {
            return;
        }
        let (year, off, work) = (year.get_untracked(), off.get_untracked(), work.get_untracked());
        doing.run(PutCalendar { year, off, work }, move |_| {
            changed(shared);
            shared.say(format!("{year}年的休息日已存"));
        });
    });
    let until = match until {
        Some(until) => format!("现有数据到{}年{}", until.year(), month_day(until)),
        None => "还没有休息日数据，按周六周日休息算".to_owned(),
    };
    let options = choices.into_iter().map(|year| (year, "year", format!("{year}年"))).collect();
    view! {
        <section class="card" data-test="reference-calendar">
            <div class="hd wrap">
                <h2>"休息日"</h2>
                <span class="t3 small">{until}</span>
            </div>
            <div class="form">
                <Segments label="年份" options value=year on_pick=Callback::new(move |(chosen,)| pick(chosen)) hook="calendar"/>
                <Days
                    label="工作日里的休息日"
                    hint="如 10月1日—10月7日，或 2026-10-01"
                    year
                    days=off
                    hook="calendar-off"
                />
                <Days
                    label="调休上班的周六周日"
                    hint="如 10月10日"
                    year
                    days=work
                    hook="calendar-work"
                />
                <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                    <SendBar
                        doing
                        words="保存这一年"
                        busy="正在保存"
                        hook="calendar-save"
                        missing=wrong
                    />
                </form>
            </div>
        </section>
    }
}

/// One list.
#[component]
fn Days(
    label: &'static str,
    hint: &'static str,
    year: RwSignal<i16>,
    days: RwSignal<Vec<Date>>,
    hook: &'static str,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let unread = RwSignal::new(None::<String>);
    let add = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let year = year.get_untracked();
        match text.with_untracked(|text| parse_days(text, year)) {
            Ok(new) if new.iter().all(|day| day.year() == year) => {
                days.update(|days| {
                    days.extend(new);
                    days.sort_unstable();
                    days.dedup();
                });
                unread.set(None);
                text.set(String::new());
            }
            Ok(_) => unread.set(Some(format!("只能写{year}年的日子"))),
            Err(part) => unread.set(Some(format!("“{part}”没有看懂，{hint}"))),
        }
    };
    let chips = move || {
        let runs = days.with(|days| runs(days));
        if runs.is_empty() {
            return view! { <p class="small t3">"还没有"</p> }.into_any();
        }
        runs.into_iter()
            .map(|run| {
                let words = run_words(run);
                let label = format!("去掉 {words}");
                view! {
                    <button
                        type="button"
                        class="pick day-chip"
                        aria-label=label
                        data-test=format!("{hook}-day")
                        on:click=move |_| days.update(|days| {
                            days.retain(|day| *day < run.0 || *day > run.1);
                        })
                    >
                        {words}
                        <Icon name="x" class="xs"/>
                    </button>
                }
            })
            .collect_view()
            .into_any()
    };
    view! {
        <div class="ask" data-test=hook>
            <span>{move || format!("{label}，{} 天", days.with(Vec::len))}</span>
            <div class="picks">{chips}</div>
            <form class="row" on:submit=add>
                <input
                    type="text"
                    class="grow"
                    autocomplete="off"
                    placeholder=hint
                    aria-label=format!("加{label}")
                    data-test=format!("{hook}-text")
                    bind:value=text
                />
                <button type="submit" class="btn" data-test=format!("{hook}-add")>
                    <Icon name="plus"/>
                    "加上"
                </button>
            </form>
            {move || unread.get().map(|words| view! { <small class="hint" role="alert">{words}</small> })}
        </div>
    }
}
