//! Deciding a clash, and what comes after: the next card, or back to the file.

use leptos::prelude::*;
use yidang_api::case_file::{Heads, Resolve};
use yidang_domain::ids::DocumentId;

use crate::app::{Shared, shared};
use crate::components::use_go;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::{OpenFile, changed};

/// How a card is decided.
#[derive(Clone, Copy)]
pub struct Settle {
    /// The file.
    pub file: OpenFile,
    /// Deciding under way.
    pub doing: Doing,
    shared: Shared,
    go: Callback<(String,)>,
}

impl Settle {
    /// For the cards of `file`.
    #[must_use]
    pub fn of(file: OpenFile) -> Self {
        Self { file, doing: Doing::new(), shared: shared(), go: use_go() }
    }

    /// What the cards were shown with.
    fn shown_with(self) -> Option<(DocumentId, Heads, usize)> {
        self.file.answer.value.with_untracked(|view| {
            view.as_ref().map(|view| (view.row.id, view.heads.clone(), view.clashes.len()))
        })
    }

    /// Lets `value` stand in `field`; `then` is called when it was saved.
    pub fn choose(self, field: &str, value: String, then: impl FnOnce() + 'static) {
        let Some((case, heads, open)) = self.shown_with() else { return };
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
            if open <= 1 {
                go.run((format!("/case/{case}"),));
            }
        });
    }
}
