//! What all pages share: who is signed in, how things stand with the server, how things look.

use leptos::prelude::*;
use leptos::task::spawn_local;
use yidang_api::list::{QueuesQuestion, QueuesView};
use yidang_api::message::{MessagesQuestion, MessagesView};
use yidang_api::session::{Person, SessionQuestion, SessionView};
use yidang_api::sync::{SyncQuestion, SyncView};
use yidang_api::{Fault, Question};
use yidang_domain::ids::UserId;

use crate::app::Look;
use crate::door::{self, News, ask, glimpse};

/// Signals that every page may read. Given as one context, and each signal of its own as well.
#[derive(Clone, Copy)]
pub struct Shared {
    /// Who is signed in; nothing until the first answer.
    pub session: RwSignal<Option<SessionView>>,
    /// What is shown was seen when the page was open last: the shell has not answered yet.
    pub opening: RwSignal<bool>,
    /// Why nobody could be asked who is signed in.
    pub session_fault: RwSignal<Option<Fault>>,
    /// How things stand with the server.
    pub sync: RwSignal<Option<SyncView>>,
    /// The queues with their counts, for the rail.
    pub queues: RwSignal<Option<QueuesView>>,
    /// The newest message and how many were not seen, for the tab.
    pub messages: RwSignal<Option<MessagesView>>,
    /// Counts up whenever data changed: pages ask again.
    pub revision: RwSignal<u32>,
    /// A newer version is ready.
    pub new_version: RwSignal<bool>,
    /// Whether this window is the one that writes.
    pub leader: RwSignal<bool>,
    /// The brief word at the bottom, with its number.
    pub toast: RwSignal<Option<(u32, String)>>,
    /// What was searched for last, in this window only.
    pub search: RwSignal<String>,
    /// Theme and size.
    pub look: Look,
    /// Whether there is room for the desktop frame.
    pub wide: Memo<bool>,
}

/// What all pages share. Outside the application (tests of single views) it is empty.
#[must_use]
pub fn shared() -> Shared {
    use_context::<Shared>().unwrap_or_else(Shared::new)
}

impl Shared {
    pub(super) fn new() -> Self {
        let look = Look::of_device();
        Self {
            session: RwSignal::new(None),
            opening: RwSignal::new(false),
            session_fault: RwSignal::new(None),
            sync: RwSignal::new(None),
            queues: RwSignal::new(None),
            messages: RwSignal::new(None),
            revision: RwSignal::new(0),
            new_version: RwSignal::new(false),
            leader: RwSignal::new(true),
            toast: RwSignal::new(None),
            search: RwSignal::new(String::new()),
            look,
            wide: look.wide(),
        }
    }

    /// Makes it known to all pages, asks the first questions and listens for news.
    pub(super) fn provide(self) {
        provide_context(self);
        provide_context(self.session);
        provide_context(self.sync);
        provide_context(self.revision);
        self.look_back();
        self.refresh_session();
        door::on_news(move |news| self.hear(news));
        Effect::new(move |_| {
            if self.user().get().is_some() {
                self.refresh();
            }
        });
    }

    fn hear(self, news: News) {
        match news {
            News::Changed => {
                self.revision.update(|count| *count = count.wrapping_add(1));
                self.refresh();
            }
            News::Sync => self.refresh(),
            News::NewVersion => self.new_version.set(true),
            News::Leader(yes) => self.leader.set(yes),
        }
    }

    /// Asks again who is signed in.
    pub fn refresh_session(self) {
        spawn_local(async move {
            match ask(&SessionQuestion {}).await {
                Ok(view) => self.enter(view),
                Err(fault) => self.session_fault.set(Some(fault)),
            }
            self.opening.set(false);
        });
    }

    /// Shows whoever was signed in when the page was open last, until the shell says who is.
    fn look_back(self) {
        spawn_local(async move {
            let Some(view) = glimpse(&SessionQuestion {}).await else { return };
            let is_first = self.session.with_untracked(Option::is_none)
                && self.session_fault.with_untracked(Option::is_none);
            if is_first {
                self.opening.set(true);
                self.enter(view);
            }
        });
    }

    /// Takes over who is signed in now.
    pub fn enter(self, view: SessionView) {
        self.session_fault.set(None);
        let user = view.person.as_ref().map(|person| &person.user);
        let same = self.session.with_untracked(|session| {
            let before = session.as_ref().and_then(|before| before.person.as_ref());
            before.map(|person| &person.user) == user
        });
        if !same {
            // Counts of one person are never shown to another.
            self.sync.set(None);
            self.queues.set(None);
            self.messages.set(None);
            self.search.set(String::new());
        }
        // What did not change is not told again: it would take away a sheet that was opened meanwhile.
        let view = Some(view);
        if self.session.with_untracked(|before| *before != view) {
            self.session.set(view);
        }
    }

    /// The shell says that nobody is signed in any more.
    pub fn forget_person(self) {
        if self
            .session
            .with_untracked(|session| session.as_ref().is_some_and(|s| s.person.is_some()))
        {
            self.refresh_session();
        }
    }

    /// Asks again for the state of the exchange, for the queues and for messages.
    pub fn refresh(self) {
        self.keep(SyncQuestion {}, self.sync);
        self.keep(QueuesQuestion {}, self.queues);
        self.keep(MessagesQuestion { offset: 0, limit: 1 }, self.messages);
    }

    /// Puts the answer into `place`; the old one stays where there is none.
    fn keep<Q>(self, question: Q, place: RwSignal<Option<Q::Reply>>)
    where
        Q: Question + 'static,
        Q::Reply: PartialEq + Send + Sync + 'static,
    {
        spawn_local(async move {
            if self.opening.get_untracked()
                && let Some(view) = glimpse(&question).await
                && place.with_untracked(Option::is_none)
            {
                place.set(Some(view));
            }
            if let Ok(view) = ask(&question).await {
                let view = Some(view);
                if place.with_untracked(|old| *old != view) {
                    place.set(view);
                }
            }
        });
    }

    /// The person signed in.
    #[must_use]
    pub fn person(self) -> Option<Person> {
        self.session.with(|session| session.as_ref().and_then(|view| view.person.clone()))
    }

    /// The register name of the person signed in; changes only when the person does.
    #[must_use]
    pub fn user(self) -> Memo<Option<UserId>> {
        Memo::new(move |_| self.person().map(|person| person.user))
    }

    /// Whether the data are invented.
    #[must_use]
    pub fn demo(self) -> bool {
        self.session.with(|session| session.as_ref().is_some_and(|view| view.demo))
    }

    /// Says a brief word at the bottom of the screen.
    pub fn say(self, words: impl Into<String>) {
        let words = words.into();
        self.toast.update(|toast| {
            let number = toast.as_ref().map_or(0, |(number, _)| *number);
            *toast = Some((number.wrapping_add(1), words));
        });
    }
}
