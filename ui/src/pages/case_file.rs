//! 案件: one dispute, one file. Head, 路线图, what changed, what happened, and 记一笔.

pub mod actions;
pub mod changes;
pub mod checklist;
pub mod composer;
pub mod control;
pub mod decide;
pub mod doing;
pub mod entries;
pub mod entry_sheet;
pub mod export;
pub mod fact_sheet;
pub mod facts;
pub mod file;
pub mod five;
pub mod header;
pub mod home_offer;
pub mod join_sheet;
pub mod keeper;
pub mod kept;
mod looked;
pub mod notes;
pub mod parties;
mod party_home_sheet;
pub mod party_sheet;
pub mod return_parts;
pub mod route_map;
pub mod sheet_parts;
pub mod sheets;
pub mod tabs;
pub mod wide;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::actions::Dock;
use self::changes::Changes;
use self::export::Export;
use self::file::{OpenFile, document_id};
use self::header::Header;
use self::notes::Notes;
use self::route_map::RouteMap;
use self::sheets::Sheets;
use self::tabs::{Tab, Tabs};
use self::wide::{FileColumn, NotThere, Review};
use crate::app::{shared, use_title};
use crate::components::{DeskFrame, NavBar};
use crate::words::number_words;

/// The page of one file.
#[component]
pub fn CaseFilePage() -> impl IntoView {
    let params = use_params_map();
    let file = OpenFile::open(move || document_id(params.with(|params| params.get("id"))));
    let wide = shared().wide;
    // Browsers keep the titles of pages in their history, unencrypted: nothing of a file stands there.
    use_title(|| "案件".to_owned());
    move || {
        if wide.get() {
            view! { <Wide file /> }.into_any()
        } else {
            view! { <Phone file /> }.into_any()
        }
    }
}

#[component]
fn Wide(file: OpenFile) -> impl IntoView {
    let number = number_of(file);
    view! {
        <DeskFrame on="case" title="案件" sub=number>
            <main class="file-page" id="main" tabindex="-1">
                <FileColumn file review=Review::of(file) />
            </main>
        </DeskFrame>
    }
}

/// The file on a phone. The inbox shows the same on a phone.
#[component]
pub fn Phone(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    let is_there = file.is_there();
    let tab = RwSignal::new(Tab::Entries);
    let contact = Callback::new(move |()| tab.set(Tab::Parties));
    view! {
        <div class="app">
            <NavBar title="案件" sub=number_of(file) back=true />
            <main class="main flat" id="main" tabindex="-1">
                {move || {
                    if is_there.get() {
                        view! { <Body file tab /> }.into_any()
                    } else {
                        view! {
                            <div class="inset">
                                <NotThere file />
                            </div>
                        }
                            .into_any()
                    }
                }}
            </main>
            {move || is_there.get().then(|| view! { <Dock file on_contact=contact /> })}
            <Sheets file />
        </div>
    }
}

#[component]
fn Body(file: OpenFile, tab: RwSignal<Tab>) -> impl IntoView {
    let route = file.part(|view| view.route.clone());
    view! {
        <div class="sheet-top">
            <Header file />
        </div>
        <div class="inset">
            {move || {
                route
                    .get()
                    .filter(|stops| !stops.is_empty())
                    .map(|stops| {
                        view! {
                            <div class="card route-card">
                                <RouteMap stops />
                            </div>
                        }
                    })
            }} <Notes file /> <Changes file />
        </div>
        <div class="tabs-block">
            <Tabs file tab />
        </div>
        <div class="row wrap center-row">
            <Export file />
        </div>
    }
}

fn number_of(file: OpenFile) -> Signal<String> {
    let number = file.part(|view| number_words(&view.row));
    Signal::derive(move || number.get().unwrap_or_default())
}
