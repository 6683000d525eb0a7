//! 交接清单: what one worker hands over, to read and to print.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use yidang_api::list::CaseRow;
use yidang_api::places::{HandoverQuestion, HandoverView};
use yidang_domain::ids::UserId;

use super::list::GridTable;
use crate::components::{DueMark, Empty, FaultNote, Icon, OfficeFrame, RiskMark, Waiting};
use crate::door::{Answer, answer_to, today};
use crate::models::query::list_address;
use crate::words::{month_day, number_words, who_words};

/// The page.
#[component]
pub fn HandoverPage() -> impl IntoView {
    let params = use_params_map();
    let handover = answer_to(move || {
        let user = params.with(|params| params.get("user")).filter(|user| !user.is_empty())?;
        Some(HandoverQuestion { user: UserId(user) })
    });
    let name = Memo::new(move |_| {
        handover.value.with(|view| view.as_ref().map(|view| view.name.clone()).unwrap_or_default())
    });
    let title = Signal::derive(|| "交接清单".to_owned());
    let sub = Signal::derive(move || name.get());
    view! {
        <OfficeFrame title sub on=Signal::derive(|| "grids")>
            <Body handover/>
        </OfficeFrame>
    }
}

#[component]
fn Body(handover: Answer<HandoverView>) -> impl IntoView {
    let retry = Callback::new(move |()| handover.retry());
    view! {
        {move || handover.fault.get().map(|fault| view! { <FaultNote fault retry/> })}
        {move || match handover.value.get() {
            Some(view) => view! { <Whole view/> }.into_any(),
            None if handover.fault.with(Option::is_none) => view! { <Waiting rows=6/> }.into_any(),
            None => ().into_any(),
        }}
    }
}

#[component]
fn Whole(view: HandoverView) -> impl IntoView {
    let HandoverView { name, grids, files, promised, opens } = view;
    let print = move |_| {
        // Where printing is refused, the list can still be read.
        let _ = window().print();
    };
    let (grid_count, file_count) = (grids.len(), files.len());
    let sum = format!("{grid_count} 个网格，未销号 {file_count} 件，待履行的约定 {promised} 项");
    let opens = opens.map(|list| {
        view! {
            <a class="link push" href=list_address("/cases", &list) data-test="handover-opens">
                "在案件里看"
            </a>
        }
    });
    view! {
        <div class="row wrap page-hd">
            <h2 data-test="handover-name">{name.clone()}</h2>
            <span class="t2 grow" data-test="handover-sum">{sum}</span>
            <button type="button" class="btn pri no-print" data-test="handover-print" on:click=print>
                <Icon name="print"/>
                "打印"
            </button>
        </div>
        <section class="card">
            <div class="hd"><h2>"网格"</h2><span class="t3 small">{format!("{grid_count} 个")}</span></div>
            {if grids.is_empty() {
                view! { <Empty title="现在没有网格" next="没有要交接的网格"/> }.into_any()
            } else {
                view! { <GridTable rows=grids/> }.into_any()
            }}
        </section>
        <section class="card">
            <div class="hd">
                <h2>"未销号的案件"</h2>
                <span class="t3 small">{format!("{file_count} 件")}</span>
                {opens}
            </div>
            {if files.is_empty() {
                view! { <Empty title="没有未销号的" next="没有要交接的案件"/> }.into_any()
            } else {
                view! { <Files files/> }.into_any()
            }}
        </section>
        <p class="print-only signatures">
            <span>{format!("移交人：{name}")}</span>
            <span>"接收人："</span>
            <span>{format!("{}年{}", today().year(), month_day(today()))}</span>
        </p>
    }
}

#[component]
fn Files(files: Vec<CaseRow>) -> impl IntoView {
    let rows = files
        .into_iter()
        .map(|row| {
            view! {
                <tr data-test="handover-file">
                    <th scope="row" class="any">
                        <a href=format!("/case/{}", row.id)>{row.matter.clone()}</a>
                        <div class="small t3">{number_words(&row)}</div>
                    </th>
                    <td class="l any" data-label="当事人">{who_words(&row.parties)}</td>
                    <td class="l" data-label="缓急"><RiskMark risk=row.risk/></td>
                    <td class="l" data-label="环节">{row.stage.label()}</td>
                    <td class="l" data-label="时限"><DueMark due=row.due/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-scroll">
            <table class="tbl fold">
                <thead>
                    <tr>
                        <th scope="col">"案件"</th>
                        <th scope="col" class="l">"当事人"</th>
                        <th scope="col" class="l">"缓急"</th>
                        <th scope="col" class="l">"环节"</th>
                        <th scope="col" class="l">"时限"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
