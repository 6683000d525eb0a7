//! Sending a file back: the parts that the sheet on the phone and the composer on the desktop share.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::doing::Doing;
use super::file::OpenFile;
use super::kept::Kept;
use super::party_sheet::mirror;
use super::sheet_parts::{RestoredNote, SaveBar, submit};
use crate::components::{Sheet, arrows, tab_stop};
use crate::models::return_form::{REASONS, ReturnForm, ReturnOption, lacking, options};

/// Opens the form of the file on screen, with the first field that lacks something chosen.
#[must_use]
pub fn open_form(file: OpenFile) -> Option<Kept<ReturnForm>> {
    let (case, _) = file.opened_on()?;
    let field = file.answer.value.with_untracked(|view| view.as_ref().and_then(lacking));
    let field = field.unwrap_or_default().to_owned();
    Some(Kept::open(format!("return/{case}"), ReturnForm { field, ..ReturnForm::default() }))
}

/// Sends it; the draft goes when it was saved.
pub fn send(file: OpenFile, form: Kept<ReturnForm>, doing: Doing) {
    let entry = form.value.with_untracked(ReturnForm::entry);
    if let Some(question) = entry.and_then(|entry| super::decide::add(file, entry)) {
        file.save(doing, question, move || form.finish());
    }
}

/// What still keeps it from being sent.
#[must_use]
pub fn missing(form: &ReturnForm) -> Option<&'static str> {
    if form.field.is_empty() {
        Some("选一下退回哪一项")
    } else if form.reason.trim().is_empty() {
        Some("写一句为什么，怎么补")
    } else {
        None
    }
}

/// 退回哪一项
#[component]
pub fn FieldChoice(
    /// The file.
    file: OpenFile,
    /// What stands in the form.
    form: Kept<ReturnForm>,
) -> impl IntoView {
    let all = file.part(options);
    view! {
        <div
            role="radiogroup"
            aria-label="退回哪一项"
            on:keydown=move |event: KeyboardEvent| arrows(&event)
        >
            <div class="lbl">"退回哪一项"</div>
            {move || {
                all.get()
                    .map(|all| {
                        all.into_iter()
                            .map(|option| view! { <FieldButton option form /> })
                            .collect_view()
                    })
            }}
        </div>
    }
}

#[component]
fn FieldButton(option: ReturnOption, form: Kept<ReturnForm>) -> impl IntoView {
    let name = option.name;
    let is_on = Memo::new(move |_| form.value.with(|form| form.field == name));
    view! {
        <button
            type="button"
            role="radio"
            class="opt"
            class:on=is_on
            aria-checked=move || is_on.get().to_string()
            tabindex=move || tab_stop(is_on.get(), form.value.with(|form| form.field.is_empty()))
            data-test=format!("return-field-{name}")
            on:click=move |_| form.value.update(|form| form.field = name.to_owned())
        >
            {option.label}
            <span class="push">{option.note}</span>
        </button>
    }
}

/// 为什么，怎么补
#[component]
pub fn Reason(
    /// What stands in the form.
    form: Kept<ReturnForm>,
) -> impl IntoView {
    let reason = RwSignal::new(String::new());
    mirror(form, reason, |form| &mut form.reason);
    let chips = REASONS
        .into_iter()
        .map(|words| {
            let add = move |_| {
                reason.update(|text| {
                    if !text.contains(words) {
                        text.push_str(words);
                    }
                });
            };
            view! {
                <button type="button" class="chip line pick-chip" on:click=add>
                    {words}
                </button>
            }
        })
        .collect_view();
    view! {
        <div>
            <label class="ask">
                <span class="lbl">"为什么，怎么补"</span>
                <textarea
                    rows="3"
                    maxlength="500"
                    autocomplete="off"
                    data-test="return-reason"
                    bind:value=reason
                ></textarea>
            </label>
            <div class="row wrap">{chips}</div>
        </div>
    }
}

/// What the other will read.
#[component]
pub fn Preview(
    /// The file.
    file: OpenFile,
    /// What stands in the form.
    form: Kept<ReturnForm>,
) -> impl IntoView {
    let finder = file.part(|view| view.row.finder.clone());
    let who = move || {
        let name = finder.get().unwrap_or_default();
        if name.is_empty() { "对方".to_owned() } else { name }
    };
    view! {
        <div data-test="return-preview">
            <div class="lbl">{move || format!("{}会看到", who())}</div>
            <div class="bubble">
                <b>{move || form.value.with(ReturnForm::headline)}</b>
                <br />
                {move || {
                    form.value
                        .with(|form| {
                            let reason = form.reason.trim();
                            if reason.is_empty() { "……".to_owned() } else { reason.to_owned() }
                        })
                }}
            </div>
            <p class="small t3">"“今天”里会多一条，点开直接到这一格。写过的全部保留。"</p>
        </div>
    }
}

/// The sheet on the phone.
#[component]
pub fn ReturnSheet(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    let Some(form) = open_form(file) else {
        return ().into_any();
    };
    let doing = Doing::new();
    let pressed = RwSignal::new(false);
    let save = Callback::new(move |()| {
        pressed.set(true);
        send(file, form, doing);
    });
    let missing = Signal::derive(move || form.value.with(missing).filter(|_| pressed.get()));
    view! {
        <Sheet title="退回补正" on_close=move || file.close_sheet()>
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <p class="small t3">"退回不作废：写过的全部保留，只补这一项"</p>
                <RestoredNote kept=form />
                <FieldChoice file form />
                <Reason form />
                <Preview file form />
                <SaveBar doing hook="return-send" words="退回" missing />
            </form>
        </Sheet>
    }
    .into_any()
}
