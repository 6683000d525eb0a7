//! The buttons of a file: only what may be done here and now, one of them blue.

use leptos::prelude::*;
use yidang_domain::entry::EntryKind;

use super::file::{OpenFile, Sheeted};
use crate::components::Icon;
use crate::models::entry_form::kinds;

/// One button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Test hook.
    pub hook: &'static str,
    /// The word on it.
    pub label: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// The sheet it opens.
    pub opens: Sheeted,
    /// It is the blue one.
    pub first: bool,
}

/// What may be done, the blue one last, where a thumb finds it.
#[must_use]
pub fn actions(file: OpenFile) -> Vec<Action> {
    let button = |hook, label, icon, opens| Action { hook, label, icon, opens, first: false };
    let mut all = Vec::new();
    // Rare, so it is never the blue one beside another.
    if file.may_add(EntryKind::Joined) {
        all.push(button("case-join", "并案", "merge", Sheeted::Join));
    }
    let written = file
        .answer
        .value
        .with(|view| view.as_ref().and_then(|view| kinds(&view.acts).first().copied()));
    if let Some(kind) = written {
        all.push(button("entry-add", "记一笔", "pen", Sheeted::Entry(kind)));
    }
    let decisions = [
        (EntryKind::Reopened, button("case-reopen", "重开", "hist", Sheeted::Reopen)),
        (EntryKind::Returned, button("case-return", "退回", "back", Sheeted::Return)),
        (EntryKind::Closed, button("case-close", "销号", "stamp", Sheeted::Close)),
        (EntryKind::Accepted, button("case-accept", "受理", "check", Sheeted::Accept)),
    ];
    all.extend(decisions.into_iter().filter(|(kind, _)| file.may_add(*kind)).map(|(_, b)| b));
    if let Some(last) = all.last_mut() {
        last.first = true;
    }
    all
}

/// The buttons at the bottom of the phone.
#[component]
pub fn Dock(
    /// The file.
    file: OpenFile,
    /// Called by 联系.
    on_contact: Callback<()>,
) -> impl IntoView {
    let has_parties = file.part(|view| view.parties.iter().any(|party| !party.phone.is_empty()));
    let all = Memo::new(move |_| actions(file));
    view! {
        <div class="dock wrap" data-test="case-dock">
            {move || {
                has_parties
                    .get()
                    .unwrap_or(false)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="btn big"
                                data-test="case-contact"
                                on:click=move |_| on_contact.run(())
                            >
                                <Icon name="phone" />
                                "联系"
                            </button>
                        }
                    })
            }}
            {move || {
                all.get()
                    .into_iter()
                    .map(|action| {
                        let opens = action.opens.clone();
                        view! {
                            <button
                                type="button"
                                class="btn big"
                                class:pri=action.first
                                class:wide=action.first
                                data-test=action.hook
                                on:click=move |_| file.sheet.set(Some(opens.clone()))
                            >
                                <Icon name=action.icon />
                                {action.label}
                            </button>
                        }
                    })
                    .collect_view()
            }}
        </div>
    }
}
