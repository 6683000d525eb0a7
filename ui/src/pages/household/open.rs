//! What the parts of an open household share: the view, the sheet that is open, what to do after
//! saving.

use leptos::prelude::*;
use yidang_api::Question;
use yidang_api::case_file::{Heads, Saved};
use yidang_api::household::{HouseholdQuestion, HouseholdView};
use yidang_domain::ids::{DocumentId, ItemKey};
use yidang_domain::rights::Act;

use crate::app::{Shared, shared};
use crate::door::{Answer, answer_to};
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::{changed, words_after};

/// Which sheet is open over a household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheeted {
    /// Editing the fact of this name.
    Fact(String),
    /// Editing a member.
    Member(ItemKey),
    /// Adding a member.
    NewMember,
    /// 记入户
    Seen,
    /// 迁格
    Move,
    /// 分户
    Split,
    /// 并户
    Merge,
}

/// An open household. Copy it freely.
#[derive(Clone, Copy)]
pub struct OpenHome {
    /// The answer, kept up to date.
    pub answer: Answer<HouseholdView>,
    /// The sheet that is open.
    pub sheet: RwSignal<Option<Sheeted>>,
    id: Memo<Option<DocumentId>>,
    shared: Shared,
}

impl OpenHome {
    /// Opens the household whose identifier `id` gives.
    #[must_use]
    pub fn open(id: impl Fn() -> Option<DocumentId> + Send + Sync + 'static) -> Self {
        let id = Memo::new(move |_| id());
        Self {
            id,
            answer: answer_to(move || id.get().map(|id| HouseholdQuestion { id })),
            sheet: RwSignal::new(None),
            shared: shared(),
        }
    }

    /// Whether the household that was asked for is on screen, and not one before it.
    #[must_use]
    pub fn is_there(self) -> Memo<bool> {
        Memo::new(move |_| {
            let id = self.id.get();
            self.answer.value.with(|view| view.as_ref().is_some_and(|view| Some(view.row.id) == id))
        })
    }

    /// A part of the view that is drawn anew only when it changed.
    #[must_use]
    pub fn part<T>(
        self,
        read: impl Fn(&HouseholdView) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.answer.value.with(|view| view.as_ref().map(&read)))
    }

    /// Whether `act` is allowed here and now.
    #[must_use]
    pub fn may(self, act: Act) -> bool {
        self.answer.value.with(|view| {
            view.as_ref().is_some_and(|view| {
                view.acts.contains(&act) && view.merged_into.is_none() && !view.needs_update
            })
        })
    }

    /// The view at this moment: what a sheet is opened on.
    #[must_use]
    pub fn now(self) -> Option<HouseholdView> {
        self.answer.value.get_untracked()
    }

    /// Identifier and heads at this moment.
    #[must_use]
    pub fn opened_on(self) -> Option<(DocumentId, Heads)> {
        self.answer
            .value
            .with_untracked(|view| view.as_ref().map(|view| (view.row.id, view.heads.clone())))
    }

    /// Closes whatever sheet is open.
    pub fn close_sheet(self) {
        let _ = self.sheet.try_set(None);
    }

    /// Saves `question`; afterwards the sheet closes, the page asks again and says what came of it.
    pub fn save<Q>(self, doing: Doing, question: Q, then: impl FnOnce() + 'static)
    where
        Q: Question<Reply = Saved> + 'static,
    {
        doing.run(question, move |saved| {
            then();
            self.close_sheet();
            changed(self.shared);
            self.shared.say(words_after(&saved));
        });
    }

    /// After a household came of it or was left for another one.
    pub fn say_saved(self, words: &'static str) {
        self.close_sheet();
        changed(self.shared);
        self.shared.say(words);
    }
}
