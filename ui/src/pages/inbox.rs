//! 收件箱: queues, list, file. What changed stands on top; J, K, A and R work it.

mod keys;
mod list;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use yidang_api::list::{ListCaseFiles, ListView, Queue};
use yidang_domain::ids::DocumentId;

use self::keys::answer_keys;
use self::list::{List, Queues};
use super::case_file::Phone;
use super::case_file::file::{OpenFile, document_id};
use super::case_file::wide::{FileColumn, Review};
use crate::app::{shared, use_title};
use crate::components::{DeskFrame, Empty, NavBar, OfficeLinks, Tab, TabBar};
use crate::door::{Answer, answer};
use crate::models::inbox::Shown;
use crate::models::query::{list_address, list_of};

/// What the parts of the inbox share.
#[derive(Clone, Copy)]
pub struct Inbox {
    /// Which list is shown.
    pub question: Memo<ListCaseFiles>,
    /// The list.
    pub list: Answer<ListView>,
    /// Which of its rows are shown.
    pub shown: RwSignal<Shown>,
    /// The chosen file.
    pub chosen: Memo<Option<DocumentId>>,
    /// The file itself.
    pub file: OpenFile,
    /// What a reviewer does without leaving the page.
    pub review: Review,
}

impl Inbox {
    fn open() -> Self {
        // Both out of one address: going from one file to another or to none on the same route, the
        // router leaves `use_query_map` as it was.
        let place = use_location();
        let question = Memo::new(move |_| {
            place.query.with(|query| list_of(Queue::ToAccept, |key| query.get(key), String::new))
        });
        let chosen = Memo::new(move |_| {
            document_id(place.pathname.with(|path| path.strip_prefix("/inbox/").map(str::to_owned)))
        });
        let file = OpenFile::open(move || chosen.get());
        Self {
            question,
            list: answer(move || question.get()),
            shown: RwSignal::new(Shown::All),
            chosen,
            file,
            review: Review::of(file),
        }
    }

    /// The queue.
    #[must_use]
    pub fn queue(self) -> Queue {
        self.question.with(|question| question.queue)
    }

    /// The address of the file `id` in this list.
    #[must_use]
    pub fn address(self, id: DocumentId) -> String {
        self.question.with(|question| list_address(&format!("/inbox/{id}"), question))
    }
}

/// The page.
#[component]
pub fn InboxPage() -> impl IntoView {
    let inbox = Inbox::open();
    let wide = shared().wide;
    use_title(move || inbox.queue().label().to_owned());
    choose_first(inbox, wide);
    answer_keys(inbox);
    move || {
        if wide.get() {
            view! { <Wide inbox /> }.into_any()
        } else if inbox.chosen.get().is_some() {
            view! { <Phone file=inbox.file /> }.into_any()
        } else {
            view! { <PhoneList inbox /> }.into_any()
        }
    }
}

/// On the desktop something is always open: the first file of the list until one is chosen. A list
/// that came for another queue is no list to choose from, and whoever is on the way to another page
/// is not brought back.
fn choose_first(inbox: Inbox, wide: Memo<bool>) {
    let navigate = use_navigate();
    let path = use_location().pathname;
    Effect::new(move |before: Option<ListCaseFiles>| {
        let question = inbox.question.get();
        let waits = inbox.list.pending.get() || before.as_ref() != Some(&question);
        let is_here = path.with(|path| path.trim_end_matches('/') == "/inbox");
        if waits || !is_here || !wide.get() {
            return question;
        }
        let first = inbox.list.value.with(|list| list.as_ref()?.rows.first().map(|row| row.id));
        if let Some(id) = first {
            let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
            navigate(&untrack(|| inbox.address(id)), options);
        }
        question
    });
}

#[component]
fn Wide(inbox: Inbox) -> impl IntoView {
    let on = Signal::derive(move || crate::models::query::queue_name(inbox.queue()));
    let title = Signal::derive(move || inbox.queue().label().to_owned());
    let sub = Signal::derive(move || {
        inbox
            .list
            .value
            .with(|list| list.as_ref().map(|list| format!("{} 件", list.total)).unwrap_or_default())
    });
    let is_chosen = Memo::new(move |_| inbox.chosen.get().is_some());
    view! {
        <DeskFrame on title sub>
            <main class="split" id="main" tabindex="-1">
                <List inbox />
                {move || {
                    if is_chosen.get() {
                        view! { <FileColumn file=inbox.file review=inbox.review keys=true /> }
                            .into_any()
                    } else {
                        view! {
                            <section class="file">
                                <Empty title="没有打开的案件" next="在左边选一件" />
                            </section>
                        }
                            .into_any()
                    }
                }}
            </main>
        </DeskFrame>
    }
}

#[component]
fn PhoneList(inbox: Inbox) -> impl IntoView {
    let title = Signal::derive(move || inbox.queue().label().to_owned());
    view! {
        <div class="app">
            <NavBar title />
            <main class="main flat inbox-phone" id="main" tabindex="-1">
                <Queues inbox />
                <List inbox />
                <OfficeLinks />
            </main>
            <TabBar on=Tab::Today />
        </div>
    }
}
