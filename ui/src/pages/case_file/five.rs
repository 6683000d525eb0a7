//! 五说解疙瘩: five voices, each with speaker, relation and words; consent beside them.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use yidang_domain::entry::{FiveSayings, Saying};

use super::kept::Kept;
use crate::components::{Icon, arrows, tab_stop};
use crate::models::entry_form::EntryForm;

/// Names of the slots in test hooks, in the order of [`FiveSayings::LABELS`].
const SLOTS: [&str; 5] = ["neighbours", "able", "judge", "kin", "elders"];

/// The five slots of a session.
#[component]
pub fn Five(
    /// What stands in the form.
    form: Kept<EntryForm>,
) -> impl IntoView {
    let open = RwSignal::new(0_usize);
    let tabs = FiveSayings::LABELS
        .into_iter()
        .enumerate()
        .map(|(index, label)| view! { <VoiceTab form open index label /> })
        .collect_view();
    view! {
        <fieldset class="five-box">
            <legend>
                "五说解疙瘩" <span class="t3 small">" 谁说了写谁，没说的空着"</span>
            </legend>
            <div
                class="five"
                role="tablist"
                aria-label="五说"
                on:keydown=move |event: KeyboardEvent| arrows(&event)
            >
                {tabs}
            </div>
            {move || view! { <Voice form index=open.get() /> }} <Consent form />
        </fieldset>
    }
}

#[component]
fn VoiceTab(
    form: Kept<EntryForm>,
    open: RwSignal<usize>,
    index: usize,
    label: (&'static str, &'static str),
) -> impl IntoView {
    let is_on = Memo::new(move |_| open.get() == index);
    let is_done = Memo::new(move |_| {
        form.value.with(|form| form.five.get(index).is_some_and(|said| !said.is_empty()))
    });
    let spoken = move || {
        let done = if is_done.get() { "，写了" } else { "" };
        format!("{}{}{done}", label.0, label.1)
    };
    view! {
        <button
            type="button"
            role="tab"
            class:on=is_on
            class:done=move || is_done.get() && !is_on.get()
            aria-selected=move || is_on.get().to_string()
            tabindex=move || tab_stop(is_on.get(), false)
            aria-label=spoken
            data-test=format!("five-{}", SLOTS.get(index).copied().unwrap_or_default())
            on:click=move |_| open.set(index)
        >
            <b>{label.0}</b>
            {label.1}
        </button>
    }
}

/// The three controls of one slot.
#[component]
fn Voice(form: Kept<EntryForm>, index: usize) -> impl IntoView {
    let text = move |read: fn(&Saying) -> &String| {
        move || {
            form.value.with(|form| {
                form.five.get(index).map(|said| read(said).clone()).unwrap_or_default()
            })
        }
    };
    let write = move |place: fn(&mut Saying) -> &mut String, typed: String| {
        form.value.update(|form| {
            if let Some(said) = form.five.get_mut(index) {
                *place(said) = typed;
            }
        });
    };
    view! {
        <div class="slot" role="tabpanel" aria-label=FiveSayings::LABELS.get(index).map(|label| label.0)>
            <div class="pair">
                <label class="ask">
                    <span>"谁说的"</span>
                    <input
                        type="text"
                        autocomplete="off"
                        data-test="five-speaker"
                        prop:value=text(|said| &said.speaker)
                        on:input=move |event| {
                            write(|said| &mut said.speaker, event_target_value(&event));
                        }
                    />
                </label>
                <label class="ask">
                    <span>"和双方的关系"</span>
                    <input
                        type="text"
                        autocomplete="off"
                        data-test="five-relation"
                        prop:value=text(|said| &said.relation)
                        on:input=move |event| {
                            write(|said| &mut said.relation, event_target_value(&event));
                        }
                    />
                </label>
            </div>
            <label class="ask">
                <span>"要紧的话"</span>
                <textarea
                    rows="2"
                    autocomplete="off"
                    data-test="five-words"
                    prop:value=text(|said| &said.words)
                    on:input=move |event| {
                        write(|said| &mut said.words, event_target_value(&event));
                    }
                ></textarea>
            </label>
        </div>
    }
}

#[component]
fn Consent(form: Kept<EntryForm>) -> impl IntoView {
    let needed = Memo::new(move |_| form.value.with(EntryForm::needs_consent));
    view! {
        <label class="tick" class:needed=needed>
            <input
                type="checkbox"
                data-test="entry-consent"
                aria-required=move || needed.get().to_string()
                prop:checked=move || form.value.with(|form| form.consent)
                on:change=move |event| {
                    let consent = event_target_checked(&event);
                    form.value.update(|form| form.consent = consent);
                }
            />
            <span>
                "双方同意请人参加"
                <small class="t3">" 人民调解法第20条：请人参加要双方同意"</small>
            </span>
            {move || {
                form.value
                    .with(|form| form.consent)
                    .then(|| view! { <Icon name="check" class="s" /> })
            }}
        </label>
    }
}
