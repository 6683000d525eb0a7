//! A file that stayed on screen for a moment was looked at; from then on what changes in it is told.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use yidang_api::case_file::{CaseFileView, MarkLooked};
use yidang_domain::ids::DocumentId;

use super::file::changed;
use crate::app::shared;
use crate::door::{Answer, ask};

/// Whoever leafs through a list with J and K has looked at nothing yet.
const AFTER: Duration = Duration::from_secs(2);

/// Marks the file as looked at once it was on screen long enough and never was before. Later looks
/// are said by the person, on the block of changes.
pub fn look_once(answer: Answer<CaseFileView>) {
    let shared = shared();
    Effect::new(move |before: Option<Option<DocumentId>>| {
        let new = answer.value.with(|view| view.as_ref().and_then(never_looked));
        let id = new.as_ref().map(|question| question.case);
        if id.is_some() && before.flatten() != id {
            set_timeout(
                move || {
                    let now = answer
                        .value
                        .try_with_untracked(|view| view.as_ref().and_then(never_looked));
                    let Some(question) = now.flatten().filter(|now| Some(now.case) == id) else {
                        return;
                    };
                    spawn_local(async move {
                        // Where it cannot be kept (disk full), the file stays marked as new.
                        if ask(&question).await.is_ok() {
                            changed(shared);
                        }
                    });
                },
                AFTER,
            );
        }
        id
    });
}

fn never_looked(view: &CaseFileView) -> Option<MarkLooked> {
    let is_new = view.looked_at.is_none();
    is_new.then(|| MarkLooked { case: view.row.id, heads: view.heads.clone() })
}
