//! What several people wrote differently about a household.

use leptos::prelude::*;

use super::open::OpenHome;
use crate::pages::clash::card::ClashCard;
use crate::pages::clash::settle::Settle;

/// The cards, one below the other.
#[component]
pub fn Clashes(
    /// The household.
    home: OpenHome,
) -> impl IntoView {
    let clashes = home.part(|view| view.clashes.clone());
    let shown = Callback::new(move |()| {
        home.now().map(|view| (view.row.id, view.heads, view.clashes.len()))
    });
    let settle = Settle::in_place(shown);
    move || {
        let clashes = clashes.get().filter(|clashes| !clashes.is_empty())?;
        let cards =
            clashes.into_iter().map(|clash| view! { <ClashCard settle clash/> }).collect_view();
        Some(view! {
            <div class="stack house-clashes">{cards}</div>
            <p class="small t3 aside">"选哪个都不会丢：没选的那个留在“经过”里。没有网络也能定。"</p>
        })
    }
}
