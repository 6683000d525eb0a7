//! Whatever sheet is open over a file.

use leptos::prelude::*;
use yidang_domain::entry::EntryKind;

use super::decide::{AcceptSheet, CloseSheet, ReopenSheet};
use super::entry_sheet::{EntryOn, EntrySheet};
use super::fact_sheet::FactSheet;
use super::file::{OpenFile, Sheeted};
use super::join_sheet::JoinSheet;
use super::party_home_sheet::PartyHomeSheet;
use super::party_sheet::{NewPartySheet, PartySheet};
use super::return_parts::ReturnSheet;
use crate::models::entry_form::kinds;

/// The open sheet. `composer` says that 退回 is written beside the file and not in a sheet.
#[component]
pub fn Sheets(
    /// The file.
    file: OpenFile,
    /// 退回 stands elsewhere.
    #[prop(default = false)]
    composer: bool,
) -> impl IntoView {
    move || {
        let sheet = file.sheet.get()?;
        // A sheet is made once, on the heads of that moment; later answers do not remake it.
        untrack(|| match sheet {
            Sheeted::Fact(field) => Some(view! { <FactSheet file field /> }.into_any()),
            Sheeted::Party(party) => Some(view! { <PartySheet file party /> }.into_any()),
            Sheeted::PartyHome(party) => Some(view! { <PartyHomeSheet file party /> }.into_any()),
            Sheeted::NewParty => Some(view! { <NewPartySheet file /> }.into_any()),
            Sheeted::Entry(first) => entry(file, first),
            Sheeted::Accept => Some(view! { <AcceptSheet file /> }.into_any()),
            Sheeted::Return => (!composer).then(|| view! { <ReturnSheet file /> }.into_any()),
            Sheeted::Close => Some(view! { <CloseSheet file /> }.into_any()),
            Sheeted::Reopen => Some(view! { <ReopenSheet file /> }.into_any()),
            Sheeted::Join => Some(view! { <JoinSheet file /> }.into_any()),
        })
    }
}

fn entry(file: OpenFile, first: EntryKind) -> Option<AnyView> {
    let (case, heads) = file.opened_on()?;
    let kinds = file.answer.value.with_untracked(|view| view.as_ref().map(|v| kinds(&v.acts)))?;
    let on = EntryOn { case, heads, kinds, first, on: None, place: String::new(), visit_day: None };
    let on_close = Callback::new(move |()| file.close_sheet());
    let on_saved = Callback::new(move |saved| file.after(&saved));
    Some(view! { <EntrySheet on on_close on_saved /> }.into_any())
}
