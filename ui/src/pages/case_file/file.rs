//! What the parts of an open file share: the view, the sheet that is open, what to do after saving.

use leptos::prelude::*;
use yidang_api::Question;
use yidang_api::case_file::{CaseFileQuestion, CaseFileView, Heads, PartyView, Saved};
use yidang_domain::entry::EntryKind;
use yidang_domain::facts::CASE_FACTS;
use yidang_domain::ids::{DocumentId, ItemKey};
use yidang_domain::rights::Act;

use super::doing::Doing;
use super::looked::look_once;
use crate::app::{Shared, shared};
use crate::door::{Answer, answer_to};

/// Which sheet is open over a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheeted {
    /// Editing the fact of this name.
    Fact(String),
    /// Editing a party.
    Party(ItemKey),
    /// Saying of which household a party is.
    PartyHome(ItemKey),
    /// Adding a party.
    NewParty,
    /// 记一笔
    Entry(EntryKind),
    /// 受理
    Accept,
    /// 退回
    Return,
    /// 销号
    Close,
    /// 重开
    Reopen,
    /// 并案
    Join,
}

impl Sheeted {
    /// The sheet that mends `field`: a fact, or the party whose field it most likely is.
    #[must_use]
    pub fn mend(field: &str, file: OpenFile) -> Self {
        let name = field.rsplit('.').next().unwrap_or(field);
        let is_fact = CASE_FACTS.iter().any(|fact| fact.name == name);
        if is_fact {
            return Self::Fact(name.to_owned());
        }
        let party = file.answer.value.with_untracked(|view| {
            let parties = &view.as_ref()?.parties;
            let present = || parties.iter().filter(|party| !party.withdrawn);
            let meant = present().find(|party| field.contains(party.key.as_str()));
            let lacking = || present().find(|party| name == "phone" && party.phone.is_empty());
            let chosen = meant.or_else(lacking);
            let only = || if name == "phone" { present().next() } else { None };
            chosen.or_else(only).map(|party| party.key.clone())
        });
        party.map_or(Self::NewParty, Self::Party)
    }
}

/// An open file. Copy it freely.
#[derive(Clone, Copy)]
pub struct OpenFile {
    /// The answer, kept up to date.
    pub answer: Answer<CaseFileView>,
    /// The sheet that is open.
    pub sheet: RwSignal<Option<Sheeted>>,
    id: Memo<Option<DocumentId>>,
    shared: Shared,
}

impl OpenFile {
    /// Opens the file whose identifier `id` gives.
    #[must_use]
    pub fn open(id: impl Fn() -> Option<DocumentId> + Send + Sync + 'static) -> Self {
        let id = Memo::new(move |_| id());
        let answer = answer_to(move || id.get().map(|id| CaseFileQuestion { id }));
        look_once(answer);
        Self { id, answer, sheet: RwSignal::new(None), shared: shared() }
    }

    /// One of its parties at this moment.
    #[must_use]
    pub fn party(self, key: &ItemKey) -> Option<PartyView> {
        self.answer.value.with_untracked(|view| {
            view.as_ref()?.parties.iter().find(|party| party.key == *key).cloned()
        })
    }

    /// Whether the file that was asked for is on screen, and not one before it.
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
        read: impl Fn(&CaseFileView) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.answer.value.with(|view| view.as_ref().map(&read)))
    }

    /// Whether `act` is allowed here and now.
    #[must_use]
    pub fn may(self, act: Act) -> bool {
        self.answer.value.with(|view| view.as_ref().is_some_and(|view| view.may(act)))
    }

    /// Whether an entry of this kind may be written here and now.
    #[must_use]
    pub fn may_add(self, kind: EntryKind) -> bool {
        self.may(Act::Add(kind))
    }

    /// Identifier and heads at this moment: what a form is opened on.
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
            self.after(&saved);
        });
    }

    /// What happens after something was saved: the sheet closes, pages ask again, it is said.
    pub fn after(self, saved: &Saved) {
        self.close_sheet();
        changed(self.shared);
        self.shared.say(words_after(saved));
    }
}

/// The document a route parameter names. One that names none is a document nobody has, so that the
/// page says so.
#[must_use]
pub fn document_id(text: Option<String>) -> Option<DocumentId> {
    text.map(|text| text.parse().unwrap_or(DocumentId::from_bytes([0; 16])))
}

/// Makes every page ask again after something was written here.
pub fn changed(shared: Shared) {
    shared.revision.update(|count| *count = count.wrapping_add(1));
    shared.refresh();
}

/// What is said after saving. A stale form is no fault: both values stand on a card.
#[must_use]
pub fn words_after(saved: &Saved) -> &'static str {
    if saved.clashed {
        "已保存在本机。别人也改了这一项，两个值都在冲突卡上"
    } else {
        "已保存在本机"
    }
}
