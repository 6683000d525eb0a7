//! Moving or cancelling a day, with a reason that is told to the village.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use yidang_api::case_file::Saved;
use yidang_api::visit_day::{AddVisitEntry, VisitDayView};
use yidang_domain::entry::Entry;

use super::OpenDay;
use crate::app::{Shared, shared};
use crate::components::Sheet;
use crate::pages::case_file::control::{Line, Words};
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::{changed, words_after};
use crate::pages::case_file::kept::Kept;
use crate::pages::case_file::party_sheet::mirror;
use crate::pages::case_file::sheet_parts::{RestoredNote, SaveBar, submit};

/// After saving: the sheet closes, pages ask again, it is said.
pub fn finish(day: OpenDay, shared: Shared, saved: &Saved) {
    day.close_sheet();
    changed(shared);
    shared.say(words_after(saved));
}

/// What stands in either sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Typed {
    to: String,
    reason: String,
}

impl Typed {
    fn missing(&self, moves: bool) -> Option<&'static str> {
        if moves && self.to.parse::<yidang_domain::civil::Date>().is_err() {
            Some("改到哪一天还没选")
        } else if self.reason.trim().is_empty() {
            Some("为什么还没写，村里要知道")
        } else {
            None
        }
    }

    fn entry(&self, moves: bool) -> Option<Entry> {
        if self.missing(moves).is_some() {
            return None;
        }
        let reason = self.reason.trim().to_owned();
        Some(if moves {
            Entry::DayMoved { to: self.to.parse().ok()?, reason }
        } else {
            Entry::DayCancelled { reason }
        })
    }
}

fn question(day: VisitDayView, entry: Entry) -> AddVisitEntry {
    AddVisitEntry { village: day.village, nominal: day.nominal, entry, heads: day.heads }
}

/// 改期
#[component]
pub fn MoveSheet(
    /// The day on screen.
    day: OpenDay,
) -> impl IntoView {
    view! { <PlanSheet day moves=true /> }
}

/// 取消
#[component]
pub fn CancelSheet(
    /// The day on screen.
    day: OpenDay,
) -> impl IntoView {
    view! { <PlanSheet day moves=false /> }
}

#[component]
fn PlanSheet(day: OpenDay, moves: bool) -> impl IntoView {
    let Some(now) = day.now() else {
        return ().into_any();
    };
    let (doing, shared) = (Doing::new(), shared());
    let form = if moves { "move" } else { "cancel" };
    let typed = Kept::open(format!("visit-{form}/{}", now.id), Typed::default());
    let pressed = RwSignal::new(false);
    let opened = StoredValue::new(now);
    let save = Callback::new(move |()| {
        pressed.set(true);
        let Some(entry) = typed.value.with_untracked(|typed| typed.entry(moves)) else { return };
        doing.run(question(opened.get_value(), entry), move |saved| {
            typed.finish();
            finish(day, shared, &saved);
        });
    });
    let missing = Signal::derive(move || {
        typed.value.with(|typed| typed.missing(moves)).filter(|_| pressed.get())
    });
    let (to, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    mirror(typed, to, |typed| &mut typed.to);
    mirror(typed, reason, |typed| &mut typed.reason);
    let (title, button) =
        if moves { ("坐诊改期", "改期") } else { ("这天不坐诊", "取消这天") };
    view! {
        <Sheet title on_close=move || day.close_sheet()>
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=typed />
                {moves
                    .then(|| {
                        view! { <Line label="改到哪一天" value=to kind="date" hook="visit-move-to" /> }
                    })}
                <Words label="为什么（会告诉村里）" value=reason hook="visit-reason" limit=200 />
                <SaveBar doing hook="visit-plan-save" words=button missing />
            </form>
        </Sheet>
    }
    .into_any()
}
