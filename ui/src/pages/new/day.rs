//! 哪一天

use leptos::prelude::*;
use yidang_domain::civil::{Date, date_after};

use crate::components::Sheet;
use crate::door::today;
use crate::models::new_form::NewForm;
use crate::words::{month_day, weekday};

/// Chooses the day: three near ones at one press, any other by its date.
#[component]
pub fn DaySheet(
    /// The form.
    form: RwSignal<NewForm>,
    /// Takes the sheet away.
    done: Callback<()>,
) -> impl IntoView {
    let today = today();
    let chosen = form.with_untracked(|form| form.day(today).value);
    let set = move |date: Date| form.update(|form| form.occurred_on = Some(date));
    let near = [("今天", 0), ("昨天", -1), ("前天", -2)]
        .map(|(word, days)| {
            let date = date_after(today, days);
            view! {
                <button
                    type="button"
                    class="field"
                    aria-pressed=(date == chosen).to_string()
                    data-test=format!("day-{}", -days)
                    on:click=move |_| {
                        set(date);
                        done.run(());
                    }
                >
                    <span class="vl">{word}</span>
                    <span class="mid t3">{month_day(date)} " " {weekday(date)}</span>
                </button>
            }
        })
        .collect_view();
    let typed = move |event| {
        if let Ok(date) = event_target_value(&event).parse::<Date>() {
            set(date);
        }
    };
    view! {
        <Sheet title="哪一天" on_close=done hook="day-sheet">
            <div class="cells flat">{near}</div>
            <label class="ask">
                <span>"别的日子"</span>
                <input
                    type="date"
                    autocomplete="off"
                    max=today.to_string()
                    value=chosen.to_string()
                    data-test="day-date"
                    on:input=typed
                />
            </label>
            <div class="sheet-acts">
                <button
                    type="button"
                    class="btn pri big wide"
                    data-test="day-done"
                    on:click=move |_| done.run(())
                >
                    "好"
                </button>
            </div>
        </Sheet>
    }
}
