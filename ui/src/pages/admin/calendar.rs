//! The days off of a year: two lists that grow by a day or a span and shrink by a press.

use leptos::ev;
use leptos::prelude::*;
use yidang_api::admin::{PutCalendar, ReferenceView};
use yidang_domain::civil::Date;

use super::send::SendBar;
use crate::app::shared;
use crate::components::{Icon, Segments};
use crate::door::{Answer, today};
use crate::models::days::{missing, of_year, parse_days, run_words, runs, years};
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::changed;
use crate::pages::case_file::sheet_parts::submit;
use crate::words::month_day;

/// The lists of one year as they stand on screen.
#[derive(Clone, Copy)]
struct Year {
    year: RwSignal<i16>,
    off: RwSignal<Vec<Date>>,
    work: RwSignal<Vec<Date>>,
}

impl Year {
    /// Puts the days that are known of `year` on screen.
    fn show(self, reference: Answer<ReferenceView>, year: i16) {
        let (off, work) = reference.value.with_untracked(|view| {
            view.as_ref()
                .map(|view| (of_year(&view.off, year), of_year(&view.work, year)))
                .unwrap_or_default()
        });
        self.year.set(year);
        self.off.set(off);
        self.work.set(work);
    }

    fn wrong(self) -> Option<String> {
        self.off.with(|off| self.work.with(|work| missing(off, work)))
    }

    fn question(self) -> PutCalendar {
        PutCalendar {
            year: self.year.get_untracked(),
            off: self.off.get_untracked(),
            work: self.work.get_untracked(),
        }
    }
}

fn until_words(view: &ReferenceView) -> String {
    match view.until {
        Some(until) => format!("现有数据到{}年{}", until.year(), month_day(until)),
        None => "还没有休息日数据，按周六周日休息算".to_owned(),
    }
}

/// The card. What is being edited stays as it is when the reference data change meanwhile.
#[component]
pub fn Calendar(
    /// The reference data.
    reference: Answer<ReferenceView>,
) -> impl IntoView {
    let lists = Year {
        year: RwSignal::new(today().year()),
        off: RwSignal::new(Vec::new()),
        work: RwSignal::new(Vec::new()),
    };
    let Year { year, off, work } = lists;
    lists.show(reference, today().year());
    let until = move || reference.value.with(|view| view.as_ref().map(until_words));
    let options = reference.value.with_untracked(|view| {
        let years = view.as_ref().map(|view| years(&view.off, &view.work, today()));
        let years = years.unwrap_or_default().into_iter();
        years.map(|year| (year, "year", format!("{year}年"))).collect()
    });
    view! {
        <section class="card" data-test="reference-calendar">
            <div class="hd wrap">
                <h2>"休息日"</h2>
                <span class="t3 small">{until}</span>
            </div>
            <div class="form">
                <Segments
                    label="年份"
                    options
                    value=year
                    on_pick=move |year| lists.show(reference, year)
                    hook="calendar"
                />
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
                <Save lists/>
            </div>
        </section>
    }
}

#[component]
fn Save(lists: Year) -> impl IntoView {
    let (doing, shared) = (Doing::new(), shared());
    let wrong = Signal::derive(move || lists.wrong());
    let save = Callback::new(move |()| {
        if untrack(|| lists.wrong()).is_some() {
            return;
        }
        let question = lists.question();
        let saved = question.year;
        doing.run(question, move |_| {
            changed(shared);
            shared.say(format!("{saved}年的休息日已存"));
        });
    });
    view! {
        <form class="sheet-form" on:submit=move |event| submit(&event, save)>
            <SendBar
                doing
                words="保存这一年"
                busy="正在保存"
                hook="calendar-save"
                quiet=true
                missing=wrong
            />
        </form>
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
