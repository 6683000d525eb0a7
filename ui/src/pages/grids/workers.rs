//! 网格员 of a unit: whom that number of 网格与人员 counts, each once, with their grids.

use std::ops::Range;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use yidang_api::places::{GridFilter, GridWorker, WorkersQuestion};
use yidang_domain::ids::OrgCode;

use crate::components::{Empty, FaultNote, Icon, OfficeFrame, SearchLine, Waiting, Windowed};
use crate::door::Pages;
use crate::models::grids::{grids_address, worker_words, workers_address};
use crate::models::query::escaped;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Workers {
    pages: Pages<WorkersQuestion>,
    org: Memo<Option<OrgCode>>,
    text: RwSignal<String>,
}

/// The page.
#[component]
pub fn WorkersPage() -> impl IntoView {
    let query = use_query_map();
    let org = Memo::new(move |_| {
        query.with(|query| query.get("org")).filter(|org| !org.is_empty()).map(OrgCode)
    });
    let text = RwSignal::new(String::new());
    let question = Memo::new(move |_| WorkersQuestion {
        org: org.get(),
        text: text.get(),
        offset: 0,
        limit: 0,
    });
    let workers = Workers { pages: Pages::of(question), org, text };
    let title = Signal::derive(|| "网格员".to_owned());
    let sub = Signal::derive(move || workers.pages.head.get().unwrap_or_default());
    view! {
        <OfficeFrame title sub on=Signal::derive(|| "grids")>
            <Body workers/>
        </OfficeFrame>
    }
}

#[component]
fn Body(workers: Workers) -> impl IntoView {
    let pages = workers.pages;
    let any = Memo::new(move |_| pages.total.get().map(|total| total > 0));
    let retry = Callback::new(move |()| pages.again());
    view! {
        <Ways workers/>
        <SearchLine
            label="姓名、首字母、电话尾号、村名、网格名"
            value=workers.text
            hook="workers-search"
        />
        {move || pages.fault.get().map(|fault| view! { <FaultNote fault retry/> })}
        {move || match any.get() {
            Some(true) => view! { <Rows pages/> }.into_any(),
            Some(false) => view! { <Nothing workers/> }.into_any(),
            None if pages.fault.with(Option::is_some) => ().into_any(),
            None => view! { <Waiting rows=6/> }.into_any(),
        }}
    }
}

/// Says when only one unit is shown; leads back to all of them, and to the grids.
#[component]
fn Ways(workers: Workers) -> impl IntoView {
    let name = workers.pages.part(Clone::clone);
    let words = move || match (workers.org.get(), name.get()) {
        (Some(_), Some(name)) => format!("只看{name}的网格员"),
        _ => "辖区里的网格员".to_owned(),
    };
    let all = move || {
        workers.org.get().map(|_| {
            view! {
                <a class="btn text slim" href=workers_address(None) data-test="workers-org-all">
                    "看全部"
                </a>
            }
        })
    };
    let grids = move || workers.org.with(|org| grids_address(org.as_ref(), GridFilter::All, 0));
    view! {
        <div class="note quiet narrowed" data-test="workers-org">
            <div class="grow">{words}"，一人管几格的只算一次"</div>
            {all}
            <a class="btn text slim" href=grids data-test="workers-grids">"看网格"</a>
        </div>
    }
}

#[component]
fn Rows(pages: Pages<WorkersQuestion>) -> impl IntoView {
    let total = move || pages.total.get().unwrap_or(0);
    let count = Signal::derive(move || usize::try_from(total()).unwrap_or(usize::MAX));
    let see = Callback::new(move |(rows,): (Range<usize>,)| pages.see(rows));
    view! {
        <p class="list-count small t3" role="status" data-test="workers-total">
            {move || format!("{} 人", total())}
        </p>
        <Windowed
            count
            get=move |index| pages.row(index)
            row=line
            on_range=see
            hook="workers-rows"
        />
    }
}

/// The name opens what they hand over, the number calls them.
fn line(row: GridWorker) -> impl IntoView {
    let GridWorker { worker, grids } = row;
    let words = worker_words(&worker);
    let href = format!("/grids/handover/{}", escaped(worker.user.as_str()));
    let (phone, name) = (worker.phone, worker.name);
    let call = (!phone.is_empty()).then(|| {
        let number = format!("tel:{phone}");
        let label = format!("{phone}，给{name}打电话");
        view! {
            <div class="end">
                <a class="btn soft slim" href=number aria-label=label>{phone}</a>
            </div>
        }
    });
    view! {
        <div class="cell" data-test="worker-row">
            <span class="tile"><Icon name="user"/></span>
            <a class="grow plain" href=href title="打开交接清单">
                <div class="tt">{words}</div>
                <div class="ds">{grids.join("、")}</div>
            </a>
            {call}
        </div>
    }
}

#[component]
fn Nothing(workers: Workers) -> impl IntoView {
    let searched = workers.text.with_untracked(|text| !text.is_empty());
    let (title, next) = if searched {
        ("没有找到", "换个名字、首字母或电话尾号试试")
    } else {
        ("这里还没有网格员", "由管理员在“人员”里任职")
    };
    view! { <div class="card"><Empty title next/></div> }
}
