//! How things stand with the server, in one line that leads to the page about it.

use leptos::prelude::*;

use crate::app::shared;
use crate::components::Icon;
use crate::door::today;
use crate::words::{SyncTone, opening_words, sync_words};

/// The sync sign. It says nothing until the state is known.
#[component]
pub fn SyncPill(
    /// As a pill on a dark ground, rather than plain text.
    #[prop(optional)]
    pill: bool,
    /// Adds that everything is safe (长辈版).
    #[prop(optional)]
    calming: bool,
) -> impl IntoView {
    let shared = shared();
    let words = move || match shared.opening.get() {
        true => Some(opening_words()),
        false => shared.sync.get().map(|view| sync_words(&view, today())),
    };
    move || {
        words().map(|words| {
            let tone = match words.tone {
                SyncTone::Done if !pill => " done",
                SyncTone::Person => " person",
                _ => "",
            };
            let shape = if pill { " pill" } else { " hit" };
            let safe = (calming && words.text.contains("待上传")).then_some("，都存好了");
            view! {
                <a href="/sync" class=format!("sync{shape}{tone}") data-test="sync-state">
                    <Icon name=words.icon class="s"/>
                    <span>{words.text}{safe}</span>
                </a>
            }
        })
    }
}
