//! 答复来访: what somebody was told.

use leptos::prelude::*;
use yidang_api::visit_day::AddVisitEntry;
use yidang_domain::entry::Entry;
use yidang_domain::ids::ItemKey;

use super::OpenDay;
use super::day_sheets::finish;
use crate::app::shared;
use crate::components::Sheet;
use crate::models::visit::visitors;
use crate::pages::case_file::control::Words;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::kept::Kept;
use crate::pages::case_file::sheet_parts::{RestoredNote, SaveBar, submit};

/// The sheet for one walk-in.
#[component]
pub fn AnswerSheet(
    /// The day on screen.
    day: OpenDay,
    /// Which walk-in.
    walk_in: ItemKey,
) -> impl IntoView {
    let Some(now) = day.now() else {
        return ().into_any();
    };
    let Some(found) = now.walk_ins.iter().find(|one| one.key == walk_in).cloned() else {
        return ().into_any();
    };
    let (doing, shared) = (Doing::new(), shared());
    let typed = Kept::open(format!("answer/{}/{walk_in}", now.id), String::new());
    let pressed = RwSignal::new(false);
    let case_file = found.case_file;
    let opened = StoredValue::new((now, walk_in));
    let save = Callback::new(move |()| {
        pressed.set(true);
        let words = typed.value.get_untracked().trim().to_owned();
        if words.is_empty() {
            return;
        }
        let (now, walk_in) = opened.get_value();
        let question = AddVisitEntry {
            village: now.village,
            nominal: now.nominal,
            entry: Entry::WalkInAnswered { walk_in, words, case_file },
            heads: now.heads,
        };
        doing.run(question, move |saved| {
            typed.finish();
            finish(day, shared, &saved);
        });
    });
    let missing = Signal::derive(move || {
        let empty = typed.value.with(|words| words.trim().is_empty());
        (pressed.get() && empty).then_some("答复了什么还没写")
    });
    let who = visitors(&found);
    view! {
        <Sheet title=format!("答复 {who}") on_close=move || day.close_sheet()>
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <p class="mid t2">{found.matter.clone()}</p>
                <RestoredNote kept=typed />
                <Words label="怎么答复的" value=typed.value hook="answer-words" limit=500 />
                <SaveBar doing hook="answer-save" words="保存答复" missing />
            </form>
        </Sheet>
    }
    .into_any()
}
