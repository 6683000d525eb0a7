//! Which households this one came of, and which came of it.

use leptos::prelude::*;
use yidang_api::household::{TieKind, TieView};

use super::open::OpenHome;
use crate::components::Icon;
use crate::models::household_moves::{lives_on, other_words, tie_words};

/// Says that it joined another household, and leads there where that one is held.
#[component]
pub fn Joined(
    /// The household.
    home: OpenHome,
) -> impl IntoView {
    let merged = home.part(|view| {
        let tie = lives_on(&view.ties).cloned();
        view.merged_into.map(|into| (into, tie))
    });
    move || {
        let (into, tie) = merged.get().flatten()?;
        let held = tie.as_ref().is_some_and(|tie| tie.row.is_some());
        let other = tie.as_ref().map(other_words).unwrap_or_default();
        Some(view! {
            <div class="note quiet" data-test="household-merged">
                <Icon name="merge"/>
                <div class="grow">
                    <b>"这一户已并到另一户"</b>
                    <div class="mid t2">{other}</div>
                </div>
                {held
                    .then(|| {
                        view! {
                            <a
                                class="btn slim"
                                href=format!("/household/{into}")
                                data-test="household-lives-on"
                            >
                                "去看"
                            </a>
                        }
                    })}
            </div>
        })
    }
}

/// The other ties, one under the other; nothing where there are none.
#[component]
pub fn Ties(
    /// The household.
    home: OpenHome,
) -> impl IntoView {
    let ties = home.part(|view| {
        let others = view.ties.iter().filter(|tie| tie.kind != TieKind::LivesOn);
        others.cloned().collect::<Vec<_>>()
    });
    move || {
        let ties = ties.get().filter(|ties| !ties.is_empty())?;
        let rows = ties.into_iter().map(|tie| view! { <Row tie/> }).collect_view();
        Some(
            view! { <div class="sec"><h2>"并过来的、分开的"</h2></div> <div class="cells">{rows}</div> },
        )
    }
}

#[component]
fn Row(tie: TieView) -> impl IntoView {
    let (words, other) = (tie_words(&tie), other_words(&tie));
    let TieView { kind, id, row, .. } = tie;
    let kind = serde_json::to_string(&kind).unwrap_or_default();
    let hook = format!("household-tie-{}", kind.trim_matches('"'));
    let held = row.is_some();
    let address = row.map(|row| row.address).unwrap_or_default();
    let body = view! {
        <span class="tile"><Icon name="users"/></span>
        <span class="grow">
            <span class="tt">{other}</span>
            <span class="ds block">{words}</span>
            {(!address.is_empty()).then(|| view! { <span class="ds small t3 block">{address}</span> })}
        </span>
    };
    if held {
        view! {
            <a class="cell" href=format!("/household/{id}") data-test=hook>
                {body}
                <Icon name="right" class="chev"/>
            </a>
        }
        .into_any()
    } else {
        view! { <div class="cell" data-test=hook>{body}</div> }.into_any()
    }
}
