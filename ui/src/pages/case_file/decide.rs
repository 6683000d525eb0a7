//! What a reviewer decides: 受理, 销号, 重开. Each is one entry; what may be done stands in `acts`.

use leptos::prelude::*;
use yidang_api::case_file::AddEntry;
use yidang_domain::civil::Date;
use yidang_domain::entry::{Entry, EntryKind};

use super::checklist::Checklist;
use super::control::{Line, Words};
use super::doing::Doing;
use super::file::OpenFile;
use super::kept::Kept;
use super::sheet_parts::{RestoredNote, SaveBar, submit};
use crate::components::Sheet;
use crate::door::today;

/// The entry 受理, with the day until which it is to be settled where one was typed.
#[must_use]
pub fn accepted(due_on: &str) -> Entry {
    Entry::Accepted { seen: None, due_on: due_on.parse::<Date>().ok() }
}

/// The question that adds `entry` to the file as it stands on screen.
#[must_use]
pub fn add(file: OpenFile, entry: Entry) -> Option<AddEntry> {
    let (case, heads) = file.opened_on()?;
    Some(AddEntry { case, entry, on: today(), heads })
}

/// The sheet 受理 with what is looked at before.
#[component]
pub fn AcceptSheet(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    let doing = Doing::new();
    let due = RwSignal::new(String::new());
    let save = Callback::new(move |()| {
        if let Some(question) = add(file, accepted(&due.get_untracked())) {
            file.save(doing, question, || ());
        }
    });
    view! {
        <Sheet title="受理" on_close=move || file.close_sheet()>
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <Checklist file />
                <Line label="化解时限（可以不填）" value=due kind="date" hook="accept-due" />
                <SaveBar doing hook="accept-send" words="受理" />
            </form>
        </Sheet>
    }
}

/// What a decision with words is called and asks.
#[derive(Clone, Copy)]
struct Ask {
    title: &'static str,
    label: &'static str,
    hook: &'static str,
    input: &'static str,
    button: &'static str,
    form: &'static str,
}

const CLOSE: Ask = Ask {
    title: "销号",
    label: "审核意见",
    hook: "close-send",
    input: "close-words",
    button: "销号",
    form: "close",
};

const REOPEN: Ask = Ask {
    title: "重开",
    label: "为什么重开",
    hook: "reopen-send",
    input: "reopen-reason",
    button: "重开这一件",
    form: "reopen",
};

/// The sheet 销号.
#[component]
pub fn CloseSheet(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    view! { <Decision file ask=CLOSE entry=|words| Entry::Closed { seen: None, words } /> }
}

/// The sheet 重开.
#[component]
pub fn ReopenSheet(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    view! { <Decision file ask=REOPEN entry=|reason| Entry::Reopened { seen: None, reason } /> }
}

#[component]
fn Decision(file: OpenFile, ask: Ask, entry: fn(String) -> Entry) -> impl IntoView {
    let Some((case, _)) = file.opened_on() else {
        return ().into_any();
    };
    let doing = Doing::new();
    let typed = Kept::open(format!("{}/{case}", ask.form), String::new());
    let pressed = RwSignal::new(false);
    let save = Callback::new(move |()| {
        pressed.set(true);
        let words = typed.value.get_untracked().trim().to_owned();
        if words.is_empty() {
            return;
        }
        if let Some(question) = add(file, entry(words)) {
            file.save(doing, question, move || typed.finish());
        }
    });
    let missing = Signal::derive(move || {
        let empty = typed.value.with(|words| words.trim().is_empty());
        (pressed.get() && empty).then_some("写一句就行")
    });
    view! {
        <Sheet title=ask.title on_close=move || file.close_sheet()>
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=typed />
                <Words label=ask.label value=typed.value hook=ask.input />
                <SaveBar doing hook=ask.hook words=ask.button missing />
            </form>
        </Sheet>
    }
    .into_any()
}

/// The kinds a reviewer decides by, in the order of the buttons.
pub const DECISIONS: [EntryKind; 4] =
    [EntryKind::Accepted, EntryKind::Returned, EntryKind::Closed, EntryKind::Reopened];
