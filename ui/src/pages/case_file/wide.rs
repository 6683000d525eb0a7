//! A file on the desktop: what changed on top, then what happened; beside it what is checked and
//! who is concerned. The inbox shows the same.

use leptos::prelude::*;
use yidang_api::list::CaseRow;
use yidang_domain::entry::EntryKind;
use yidang_domain::org::bare_name;

use super::actions::{Action, actions};
use super::changes::Changes;
use super::checklist::Checklist;
use super::composer::Composer;
use super::decide::{accepted, add};
use super::doing::Doing;
use super::export::Export;
use super::file::{OpenFile, Sheeted};
use super::header::Marks;
use super::notes::Notes;
use super::parties::Parties;
use super::route_map::RouteMap;
use super::sheets::Sheets;
use super::tabs::{Tab, Tabs};
use crate::components::{FaultNote, Icon, Waiting, keep_somewhere};
use crate::words::{number_words, who_words};

/// The file. `keys` says that the page answers the keys A and R, shown on the buttons.
#[component]
pub fn FileColumn(
    /// The file.
    file: OpenFile,
    /// The reviewer's own acts, with the day typed for 化解时限.
    review: Review,
    /// Keys are shown on the buttons.
    #[prop(default = false)]
    keys: bool,
) -> impl IntoView {
    let is_there = file.is_there();
    let tab = RwSignal::new(Tab::Entries);
    view! {
        <section class="file" aria-label="案件" data-test="file">
            {move || {
                if is_there.get() {
                    view! {
                        <Head file review keys />
                        <div class="file-bd scroll" id="file-body">
                            <Left file tab />
                            <Right file review />
                        </div>
                        <ComposerPlace file keys />
                    }
                        .into_any()
                } else {
                    view! { <NotThere file /> }.into_any()
                }
            }} <Sheets file composer=true />
        </section>
    }
}

/// What is shown instead of a file that is not there yet, or that cannot be shown.
#[component]
pub fn NotThere(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    let answer = file.answer;
    move || match answer.fault.get() {
        Some(fault) => {
            view! { <FaultNote fault retry=Callback::new(move |()| answer.retry()) /> }.into_any()
        }
        None => view! { <Waiting /> }.into_any(),
    }
}

/// What a reviewer does without leaving the page.
#[derive(Clone, Copy)]
pub struct Review {
    /// The file.
    pub file: OpenFile,
    /// 受理 under way.
    pub doing: Doing,
    /// Until when it is to be settled, as typed; empty for the usual time.
    pub due: RwSignal<String>,
}

impl Review {
    /// Nothing typed yet.
    #[must_use]
    pub fn of(file: OpenFile) -> Self {
        Self { file, doing: Doing::new(), due: RwSignal::new(String::new()) }
    }

    /// Accepts the file on screen, if that may be done.
    pub fn accept(self) {
        if !untrack(|| self.file.may_add(EntryKind::Accepted)) {
            return;
        }
        if let Some(question) = add(self.file, accepted(&self.due.get_untracked())) {
            self.file.save(self.doing, question, move || {
                let _ = self.due.try_set(String::new());
            });
        }
    }

    /// Opens the composer, if the file may be returned.
    pub fn compose(self) {
        if untrack(|| self.file.may_add(EntryKind::Returned)) {
            self.file.sheet.set(Some(Sheeted::Return));
        }
    }

    fn press(self, opens: Sheeted) {
        match opens {
            Sheeted::Accept => self.accept(),
            other => self.file.sheet.set(Some(other)),
        }
    }
}

#[component]
fn Head(file: OpenFile, review: Review, keys: bool) -> impl IntoView {
    let row = file.part(|view| view.row.clone());
    view! {
        <div class="file-hd">
            <div class="row small t3">
                <span>{move || row.get().map(|row| number_words(&row))}</span>
                {move || {
                    row.get()
                        .filter(|row| !row.finder.is_empty())
                        .map(|row| {
                            view! {
                                <span class="sep"></span>
                                <span>{format!("{} 发现", row.finder)}</span>
                            }
                        })
                }}
                {keys
                    .then(|| {
                        view! {
                            <span class="push row">
                                <span class="kbd">"J"</span>
                                <span class="kbd">"K"</span>
                                "下一件、上一件"
                            </span>
                        }
                    })}
            </div>
            <div class="row head-row">
                <h2 class="grow case-title" data-test="case-title">
                    {move || row.get().map(|row| row.matter)}
                </h2>
                <Buttons file review keys />
            </div>
            {move || {
                row.get()
                    .map(|row| {
                        let who = who_words(&row.parties);
                        let place = place_words(&row);
                        view! {
                            <Marks row />
                            <div class="small t2 head-line">
                                {who} <span class="sep"></span> {place}
                            </div>
                        }
                    })
            }}
            {move || review.doing.fault.get().map(|fault| view! { <FaultNote fault /> })}
        </div>
    }
}

/// Township, village and place, the village only where the place does not say it already.
fn place_words(row: &CaseRow) -> String {
    let village = bare_name(&row.village);
    let village = if row.place.contains(village) { "" } else { village };
    let parts = [row.township.as_str(), village, row.place.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[component]
fn Buttons(file: OpenFile, review: Review, keys: bool) -> impl IntoView {
    let all = Memo::new(move |_| actions(file));
    Effect::new(move |_| {
        all.track();
        keep_somewhere();
    });
    move || {
        all.get().into_iter().map(|action| view! { <Button action review keys /> }).collect_view()
    }
}

#[component]
fn Button(action: Action, review: Review, keys: bool) -> impl IntoView {
    let key = match action.opens {
        Sheeted::Accept => "A",
        Sheeted::Return => "R",
        _ => "",
    };
    let key = if keys { key } else { "" };
    let hook = match (&action.opens, keys) {
        (Sheeted::Accept, true) => "inbox-accept",
        (Sheeted::Return, true) => "inbox-return",
        _ => action.hook,
    };
    let opens = action.opens.clone();
    view! {
        <button
            type="button"
            class="btn"
            class:pri=action.first
            data-test=hook
            disabled=move || review.doing.busy.get()
            on:click=move |_| review.press(opens.clone())
        >
            <Icon name=action.icon />
            {action.label}
            {(!key.is_empty()).then(|| view! { <span class="kbd">{key}</span> })}
        </button>
    }
}

#[component]
fn Left(file: OpenFile, tab: RwSignal<Tab>) -> impl IntoView {
    let route = file.part(|view| view.route.clone());
    view! {
        <div class="stack">
            <Notes file />
            <Changes file />
            {move || {
                route
                    .get()
                    .filter(|stops| !stops.is_empty())
                    .map(|stops| {
                        view! {
                            <div class="card route-card">
                                <RouteMap stops width=620.0 />
                            </div>
                        }
                    })
            }}
            <div class="card tabs-card">
                <Tabs file tab />
            </div>
        </div>
    }
}

#[component]
fn Right(file: OpenFile, review: Review) -> impl IntoView {
    let may_accept = Memo::new(move |_| file.may_add(EntryKind::Accepted));
    view! {
        <div class="stack">
            {move || {
                may_accept
                    .get()
                    .then(|| {
                        view! {
                            <Checklist file />
                            <div class="card roomy">
                                <label class="ask">
                                    <span>"化解时限（可以不填）"</span>
                                    <input
                                        type="date"
                                        autocomplete="off"
                                        data-test="accept-due"
                                        bind:value=review.due
                                    />
                                </label>
                            </div>
                        }
                    })
            }} <div class="card parties-card">
                <div class="hd">
                    <h3>"当事人"</h3>
                </div>
                <div class="bd">
                    <Parties file />
                </div>
            </div>
            <div class="row wrap">
                <Export file />
            </div>
        </div>
    }
}

#[component]
fn ComposerPlace(file: OpenFile, keys: bool) -> impl IntoView {
    let is_open = Memo::new(move |_| file.sheet.with(|s| *s == Some(Sheeted::Return)));
    move || is_open.get().then(|| view! { <Composer file keys /> })
}
