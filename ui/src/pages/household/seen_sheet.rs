//! 记入户: one tap, or in one's own words.

use leptos::prelude::*;
use yidang_api::household::AddHouseholdEntry;
use yidang_domain::entry::Entry;

use super::open::OpenHome;
use crate::components::Sheet;
use crate::door::today;
use crate::models::household_moves::{SEEN_WORDS, SeenForm};
use crate::pages::case_file::control::{Line, Words};
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::kept::Kept;
use crate::pages::case_file::party_sheet::mirror;
use crate::pages::case_file::sheet_parts::{RestoredNote, SaveBar, submit};

/// The sheet.
#[component]
pub fn SeenSheet(
    /// The household.
    home: OpenHome,
) -> impl IntoView {
    let Some((household, heads)) = home.opened_on() else { return ().into_any() };
    let doing = Doing::new();
    let start = SeenForm { on: today().to_string(), words: String::new() };
    let form = Kept::open(format!("household-{household}-seen"), start);
    let pressed = RwSignal::new(false);
    let heads = StoredValue::new(heads);
    let save = Callback::new(move |()| {
        pressed.set(true);
        let typed = form.value.get_untracked();
        let words = typed.words.trim().to_owned();
        let (Ok(on), false) = (typed.on.parse(), words.is_empty()) else { return };
        let entry = Entry::HouseholdSeen { words };
        let question = AddHouseholdEntry { household, entry, on, heads: heads.get_value() };
        home.save(doing, question, move || form.finish());
    });
    let missing = Signal::derive(move || {
        let empty = form.value.with(|form| form.words.trim().is_empty());
        (pressed.get() && empty).then_some("点一个，或者写一句")
    });
    let (on, words) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    mirror(form, on, |form| &mut form.on);
    mirror(form, words, |form| &mut form.words);
    let taps = SEEN_WORDS
        .into_iter()
        .enumerate()
        .map(|(index, word)| {
            view! {
                <button
                    type="button"
                    class="pick"
                    data-test=format!("seen-tap-{index}")
                    on:click=move |_| form.value.update(|form| form.tap(word))
                >
                    {word}
                </button>
            }
        })
        .collect_view();
    view! {
        <Sheet title="记入户" on_close=move || home.close_sheet() hook="seen-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=form/>
                <div class="picks" role="group" aria-label="常用的话">{taps}</div>
                <Words label="看到什么、听到什么" value=words hook="seen-words"/>
                <Line label="哪一天" value=on kind="date" hook="seen-on"/>
                <SaveBar doing hook="seen-save" words="保存" missing/>
            </form>
        </Sheet>
    }
    .into_any()
}
