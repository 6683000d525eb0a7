//! 记一笔: a visit, a session, an agreement, or asking to close; kept as typed.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use yidang_api::case_file::{AddEntry, Heads, Saved};
use yidang_domain::civil::Date;
use yidang_domain::entry::{AgreementForm, EntryKind};
use yidang_domain::ids::DocumentId;

use super::control::{Line, Words};
use super::doing::Doing;
use super::five::Five;
use super::kept::Kept;
use super::party_sheet::mirror;
use super::sheet_parts::{RestoredNote, SaveBar, submit};
use crate::components::{Sheet, arrows, tab_stop};
use crate::door::today;
use crate::models::entry_form::{EntryForm, ask};

/// What the sheet is opened on.
#[derive(Debug, Clone)]
pub struct EntryOn {
    /// Which file.
    pub case: DocumentId,
    /// Its heads when the sheet was opened.
    pub heads: Heads,
    /// The kinds that may be written.
    pub kinds: Vec<EntryKind>,
    /// The kind to begin with.
    pub first: EntryKind,
    /// The day it happened, unless said otherwise.
    pub on: Option<Date>,
    /// Where, unless said otherwise.
    pub place: String,
    /// The visit day it takes place on, if any.
    pub visit_day: Option<DocumentId>,
}

/// The sheet.
#[component]
pub fn EntrySheet(
    /// What it is opened on.
    on: EntryOn,
    /// Called when it is to close.
    on_close: Callback<()>,
    /// Called after saving.
    on_saved: Callback<Saved>,
) -> impl IntoView {
    let doing = Doing::new();
    let mut start = EntryForm::new(on.first, on.on.unwrap_or_else(today));
    start.place.clone_from(&on.place);
    let form = Kept::open(format!("entry/{}", on.case), start);
    let pressed = RwSignal::new(false);
    let kinds = on.kinds.clone();
    let stored = StoredValue::new(on);
    let save = Callback::new(move |()| {
        pressed.set(true);
        let Some(question) = stored.with_value(|on| question(on, &form.value.get_untracked()))
        else {
            return;
        };
        doing.run(question, move |saved| {
            form.finish();
            on_saved.run(saved);
        });
    });
    let missing = Signal::derive(move || {
        let missing = form.value.with(EntryForm::missing);
        missing.filter(|_| pressed.get()).map(|missing| missing.words)
    });
    view! {
        <Sheet title="记一笔" on_close=on_close>
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=form />
                {(kinds.len() > 1).then(|| view! { <Kinds kinds form /> })} <Body form />
                <SaveBar doing hook="entry-save" words="保存" missing />
            </form>
        </Sheet>
    }
}

fn question(on: &EntryOn, form: &EntryForm) -> Option<AddEntry> {
    Some(AddEntry {
        case: on.case,
        entry: form.entry(on.visit_day)?,
        on: form.date()?,
        heads: on.heads.clone(),
    })
}

#[component]
fn Kinds(kinds: Vec<EntryKind>, form: Kept<EntryForm>) -> impl IntoView {
    let buttons = kinds
        .into_iter()
        .map(|kind| {
            let is_on = Memo::new(move |_| form.value.with(|form| form.kind == kind));
            view! {
                <button
                    type="button"
                    role="radio"
                    class="pick"
                    class:on=is_on
                    aria-checked=move || is_on.get().to_string()
                    tabindex=move || tab_stop(is_on.get(), false)
                    data-test=format!("entry-kind-{}", kind.name())
                    on:click=move |_| form.value.update(|form| form.kind = kind)
                >
                    {kind.label()}
                </button>
            }
        })
        .collect_view();
    view! {
        <div
            class="picks"
            role="radiogroup"
            aria-label="记什么"
            data-test="entry-kinds"
            on:keydown=move |event: KeyboardEvent| arrows(&event)
        >
            {buttons}
        </div>
    }
}

/// The controls that belong to the chosen kind. Typed words stay when the kind changes.
#[component]
fn Body(form: Kept<EntryForm>) -> impl IntoView {
    let kind = Memo::new(move |_| form.value.with(|form| form.kind));
    let texts = Texts::of(form);
    view! {
        <Line label="哪一天" value=texts.on kind="date" hook="entry-on" />
        {move || match kind.get() {
            EntryKind::MediationSession => view! { <Session form texts /> }.into_any(),
            EntryKind::Agreement => view! { <Agreement form texts /> }.into_any(),
            other => {
                view! { <Words label=ask(other) value=texts.words hook="entry-words" /> }.into_any()
            }
        }}
    }
}

/// The signals behind the text controls.
#[derive(Clone, Copy)]
struct Texts {
    on: RwSignal<String>,
    words: RwSignal<String>,
    place: RwSignal<String>,
    perform_by: RwSignal<String>,
}

impl Texts {
    fn of(form: Kept<EntryForm>) -> Self {
        let text = |place: fn(&mut EntryForm) -> &mut String| {
            let control = RwSignal::new(String::new());
            mirror(form, control, place);
            control
        };
        Self {
            on: text(|form| &mut form.on),
            words: text(|form| &mut form.words),
            place: text(|form| &mut form.place),
            perform_by: text(|form| &mut form.perform_by),
        }
    }
}

#[component]
fn Session(form: Kept<EntryForm>, texts: Texts) -> impl IntoView {
    view! {
        <Line label="在哪里" value=texts.place kind="text" hook="entry-place" />
        <Words
            label=ask(EntryKind::MediationSession)
            value=texts.words
            hook="entry-words"
        />
        <Five form />
        <label class="tick">
            <input
                type="checkbox"
                data-test="entry-open"
                prop:checked=move || form.value.with(|form| form.open)
                on:change=move |event| {
                    let open = event_target_checked(&event);
                    form.value.update(|form| form.open = open);
                }
            />
            <span>"公开调解，双方都愿意"</span>
        </label>
    }
}

#[component]
fn Agreement(form: Kept<EntryForm>, texts: Texts) -> impl IntoView {
    let choice = |how: AgreementForm, word: &'static str, hook: &'static str| {
        let is_on = Memo::new(move |_| form.value.with(|form| form.form == how));
        view! {
            <button
                type="button"
                role="radio"
                class="pick"
                class:on=is_on
                aria-checked=move || is_on.get().to_string()
                tabindex=move || tab_stop(is_on.get(), false)
                data-test=hook
                on:click=move |_| form.value.update(|form| form.form = how)
            >
                {word}
            </button>
        }
    };
    view! {
        <div
            class="picks"
            role="radiogroup"
            aria-label="怎么说定的"
            on:keydown=move |event: KeyboardEvent| arrows(&event)
        >
            {choice(AgreementForm::Oral, "口头协议", "entry-form-oral")}
            {choice(AgreementForm::Written, "书面协议", "entry-form-written")}
        </div>
        <Words label=ask(EntryKind::Agreement) value=texts.words hook="entry-words" />
        <Line
            label="哪天前履行（没说定可以不写）"
            value=texts.perform_by
            kind="date"
            hook="entry-perform-by"
        />
    }
}
