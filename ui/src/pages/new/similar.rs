//! 可能和这一件是同一件事: a hint that never blocks.

use leptos::prelude::*;
use yidang_api::list::{CaseRow, SimilarCaseFiles};

use super::draft::Draft;
use crate::components::{Icon, after_a_pause, use_go};
use crate::door::answer_to;
use crate::words::{day, who_words};

/// Fewer characters say nothing about a matter.
const FEWEST: usize = 4;

/// The first file that may be about the same matter and was not said not to be.
#[component]
pub fn SimilarNote(
    /// The draft.
    draft: Draft,
) -> impl IntoView {
    let typed =
        Memo::new(move |_| draft.form.with(|form| (form.matter.trim().to_owned(), form.names())));
    let asked = after_a_pause(typed);
    let found = answer_to(move || {
        let (matter, parties) = asked.get();
        let enough = matter.chars().count() >= FEWEST || !parties.is_empty();
        enough.then_some(SimilarCaseFiles { matter, parties })
    });
    let first = Memo::new(move |_| {
        let not_same = draft.form.with(|form| form.not_same.clone());
        if draft.form.with(|form| form.length() < FEWEST && form.parties.is_empty()) {
            return None;
        }
        found.value.get()?.into_iter().find(|row| !not_same.contains(&row.id))
    });
    move || first.get().map(|row| view! { <Hint row draft/> })
}

#[component]
fn Hint(row: CaseRow, draft: Draft) -> impl IntoView {
    let go = use_go();
    let id = row.id;
    let open = move |_| {
        draft.flush();
        go.run((format!("/case/{id}"),));
    };
    let what = format!("{}，{}{}记的", row.matter, day(row.last_on), row.finder);
    view! {
        <div class="note soon" role="status" data-test="new-similar">
            <Icon name="merge"/>
            <div class="grow">
                <b>"可能和这一件是同一件事"</b>
                <div class="mid t2">{what}</div>
                <div class="small t2">
                    {who_words(&row.parties)}<span class="sep"></span>{row.village}
                </div>
                <div class="row note-act">
                    <button
                        type="button"
                        class="btn slim"
                        data-test="similar-open"
                        on:click=open
                    >
                        "打开看看"
                    </button>
                    <button
                        type="button"
                        class="btn text slim"
                        data-test="similar-not"
                        on:click=move |_| draft.form.update(|form| form.not_same.push(id))
                    >
                        "不是同一件"
                    </button>
                </div>
            </div>
        </div>
    }
}
