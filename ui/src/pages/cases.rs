//! 案件: every count elsewhere opens here. The address says which list it is.

mod export;
mod filters;
mod rows;
mod saved;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use yidang_api::list::{ListCaseFiles, Queue};
use yidang_domain::org::Role;

use self::export::ExportButton;
use self::filters::Filters;
use self::rows::{Nothing, Rows};
use self::saved::Saved;
use crate::app::shared;
use crate::components::{FaultNote, Frame, SearchField, Tab, Waiting, use_go_in_place};
use crate::door::Pages;
use crate::models::query::{list_address, list_of, queue_name};

/// Shows another list in place: the address changes, the history does not grow.
pub type Show = Callback<(ListCaseFiles,)>;

/// The page.
#[component]
pub fn CasesPage() -> impl IntoView {
    let shared = shared();
    let query = use_query_map();
    let list = Memo::new(move |_| {
        list_of(Queue::Open, |key| query.with(|query| query.get(key)), || shared.search.get())
    });
    let go = use_go_in_place();
    let show: Show = Callback::new(move |(list,): (ListCaseFiles,)| {
        shared.search.set(list.text.clone());
        go.run((list_address("/cases", &list),));
    });
    let pages = Pages::of(list);
    let unit = pages.part(Clone::clone);
    let unit = Memo::new(move |_| unit.get().flatten());
    let own = move || {
        shared
            .person()
            .filter(|person| matches!(person.role, Role::GridWorker | Role::VillageCadre))
    };
    let title = "案件";
    let sub = Signal::derive(move || {
        own()
            .map(|person| person.org_path.iter().skip(1).cloned().collect::<Vec<_>>().join(" "))
            .unwrap_or_default()
    });
    view! {
        <Frame title sub on=Signal::derive(move || queue_name(list.get().queue)) tab=Tab::Today>
            <Search list show/>
            <Saved list show unit/>
            <Filters list show unit/>
            {move || {
                let retry = Callback::new(move |()| pages.again());
                pages.fault.get().map(|fault| view! { <FaultNote fault retry/> })
            }}
            <Found pages show/>
        </Frame>
    }
}

/// What fits, once the first answer is there.
#[component]
fn Found(pages: Pages<ListCaseFiles>, show: Show) -> impl IntoView {
    let any = Memo::new(move |_| pages.total.get().map(|total| total > 0));
    let list = pages.list;
    move || match any.get() {
        Some(true) => view! {
            <Rows pages/>
            <ExportButton list/>
        }
        .into_any(),
        Some(false) => view! { <Nothing list show/> }.into_any(),
        None if pages.fault.with(Option::is_some) => ().into_any(),
        None => view! { <Waiting rows=5/> }.into_any(),
    }
}

/// Searches at every stroke; everything is on this device.
#[component]
fn Search(list: Memo<ListCaseFiles>, show: Show) -> impl IntoView {
    let typed = Callback::new(move |(text,): (String,)| {
        let mut list = list.get_untracked();
        list.text = text;
        show.run((list,));
    });
    let text = Signal::derive(move || list.get().text);
    view! { <SearchField text on_text=typed label="案件、姓名、电话尾号、村名" hook="cases-search"/> }
}
