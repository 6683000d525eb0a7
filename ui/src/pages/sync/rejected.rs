//! 未采用: what the county did not take, with its reason and everything that was written.

use leptos::prelude::*;
use leptos::task::spawn_local;
use yidang_api::draft::{DraftQuestion, SaveDraft};
use yidang_api::rejected::{DropRejected, RejectedRow};

use crate::app::{Shared, shared};
use crate::components::{Dotted, Icon, copy, use_go};
use crate::door::{ask, today};
use crate::models::rejected::{Prefilled, address, copied, prefilled, question_to_ask};
use crate::pages::case_file::file::changed;
use crate::words::month_day;

/// What is said where the clipboard may not be written.
const NO_CLIPBOARD: &str = "这里不让复制，长按文字来选";

/// The card of one. Without `opens` the page of the form is gone to.
#[component]
pub fn RejectedCard(
    /// What was not taken.
    row: RejectedRow,
    /// Opens the form in which it is written again, where that is on this page.
    opens: Option<Callback<RejectedRow>>,
) -> impl IntoView {
    let (id, words) = (row.id.to_string(), copied(&row));
    let on = month_day(row.on);
    let below = [row.title.as_str(), row.matter.as_str(), on.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ");
    let kept = match (row.goes_on, row.theirs) {
        (true, _) => "留下的由县里重录成新档案，接着办。你写的内容仍在这里",
        (_, true) => "同事写的原话留在这里",
        _ => "你写的内容仍在这里",
    };
    let reason = (!row.reason.is_empty())
        .then(|| view! { <div class="mid t2">{format!("说明：{}", row.reason)}</div> });
    view! {
        <div class="note" data-test="rejected-row" data-id=id>
            <Icon name="back"/>
            <div class="grow">
                <b>{format!("未采用：{}", row.why)}</b>
                <div class="mid t2"><Dotted text=below/></div>
                {reason}
                <div class="small t3">{kept}</div>
                <div class="words" data-test="need-words">{words}</div>
                <Acts row opens/>
            </div>
        </div>
    }
}

#[component]
fn Acts(row: RejectedRow, opens: Option<Callback<RejectedRow>>) -> impl IntoView {
    let shared = shared();
    let go = use_go();
    let can = prefilled(&row, today()).is_some();
    let again_words = if row.goes_on { "写到新档案里" } else { "再写一遍" };
    let stored = StoredValue::new(row);
    let again = move |_| {
        let row = stored.get_value();
        spawn_local(async move {
            let Some(filled) = prefilled(&row, today()) else { return };
            keep(shared, filled).await;
            match opens {
                Some(opens) => opens.run(row),
                None => go.run((address(&row),)),
            }
        });
    };
    let copy_words = move |_| copy(shared, &stored.with_value(copied), NO_CLIPBOARD);
    let copy_question = move |_| copy(shared, &stored.with_value(question_to_ask), NO_CLIPBOARD);
    let done = move |_| {
        let id = stored.with_value(|row| row.id);
        spawn_local(async move {
            if ask(&DropRejected { id }).await.is_ok() {
                changed(shared);
            }
        });
    };
    view! {
        <div class="row acts">
            {can
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="btn soft"
                            data-test="rejected-again"
                            on:click=again
                        >
                            <Icon name="pen"/>
                            {again_words}
                        </button>
                    }
                })}
            <button type="button" class="btn" data-test="rejected-copy" on:click=copy_words>
                "复制内容"
            </button>
            <button type="button" class="btn" data-test="rejected-ask" on:click=copy_question>
                "复制一段话去问"
            </button>
            <button type="button" class="btn" data-test="rejected-done" on:click=done>
                "处理好了"
            </button>
        </div>
    }
}

/// Keeps what goes into the form as its draft, unless something half-written stands there already.
async fn keep(shared: Shared, filled: Prefilled) {
    let Prefilled { form, content } = filled;
    let standing = ask(&DraftQuestion { form: form.clone() }).await.ok().flatten();
    if standing.is_some_and(|draft| draft.content != content) {
        shared.say("这里还有写了一半的，先存好它，再来一遍");
        return;
    }
    let _ = ask(&SaveDraft { form, content }).await;
}
