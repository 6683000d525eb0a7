//! Deciding a clash, and what comes after: the next card, or back to the file.

use leptos::prelude::*;
use yidang_api::case_file::{Heads, Resolve};
use yidang_domain::ids::DocumentId;

use crate::app::{Shared, shared};
use crate::components::use_go;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::{OpenFile, changed};

/// What the cards were shown with: the document, its heads, how many cards.
pub type Shown = Callback<(), Option<(DocumentId, Heads, usize)>>;

/// How a card is decided.
#[derive(Clone, Copy)]
pub struct Settle {
    /// Deciding under way.
    pub doing: Doing,
    shown: Shown,
    /// After the last card, back to the file.
    leads_back: bool,
    shared: Shared,
    go: Callback<(String,)>,
}

impl Settle {
    /// For the cards of `file` on a page of their own.
    #[must_use]
    pub fn of(file: OpenFile) -> Self {
        let shown = Callback::new(move |()| {
            file.answer.value.with_untracked(|view| {
                view.as_ref().map(|view| (view.row.id, view.heads.clone(), view.clashes.len()))
            })
        });
        Self { leads_back: true, ..Self::in_place(shown) }
    }

    /// For cards that stand on the page of the document itself.
    #[must_use]
    pub fn in_place(shown: Shown) -> Self {
        Self { doing: Doing::new(), shown, leads_back: false, shared: shared(), go: use_go() }
    }

    /// The document whose cards these are.
    #[must_use]
    pub fn document(self) -> Option<DocumentId> {
        self.shown.run(()).map(|(document, ..)| document)
    }

    /// Lets `value` stand in `field`; `then` is called when it was saved.
    pub fn choose(self, field: &str, value: String, then: impl FnOnce() + 'static) {
        let Some((case, heads, open)) = self.shown.run(()) else { return };
        let question = Resolve { case, field: field.to_owned(), value, heads };
        let (shared, go) = (self.shared, self.go);
        self.doing.run(question, move |saved| {
            then();
            changed(shared);
            if saved.clashed {
                shared.say("刚又来了一个不一样的值，请再看一眼");
                return;
            }
            shared.say("已保存在本机。没选的那个留在“经过”里");
            if open <= 1 && self.leads_back {
                go.run((format!("/case/{case}"),));
            }
        });
    }
}
