//! 查看记录: who looked at whom outside their own ring, and what for.

use leptos::prelude::*;
use yidang_api::oversight::{LookRow, LooksQuestion, LooksView};

use crate::components::{Dotted, Empty, OnlineNote, PageTurns, Waiting};
use crate::door::answer;
use crate::models::grids::pager;
use crate::models::oversight::{household_words, purpose_words};
use crate::words::moment;

/// Looks asked for at once.
const ROWS: u32 = 100;

/// The part of the page.
#[component]
pub fn LooksPart() -> impl IntoView {
    let offset = RwSignal::new(0);
    let answer = answer(move || LooksQuestion { offset: offset.get(), limit: ROWS });
    let (fault, retry) = (answer.fault, Callback::new(move |()| answer.retry()));
    let total = Memo::new(move |_| answer.value.with(|view| view.as_ref().map(|view| view.total)));
    view! {
        <section class="card" data-test="looks" aria-label="查看记录">
            <div class="hd">
                <h2>"查看记录"</h2>
                <span class="t3 small" role="status" data-test="looks-total">
                    {move || total.get().map(|total| format!("{total} 次"))}
                </span>
            </div>
            <p class="small t3 inset-x">
                "谁在什么时候看了自己辖区以外的人和户、为什么看。只写户在哪里，不写人名。"
            </p>
            {move || fault.get().map(|fault| view! { <OnlineNote fault retry/> })}
            {move || match answer.value.get() {
                Some(view) => view! { <Whole offset view/> }.into_any(),
                None if fault.with(Option::is_none) => view! { <Waiting rows=6/> }.into_any(),
                None => ().into_any(),
            }}
        </section>
    }
}

#[component]
fn Whole(offset: RwSignal<u32>, view: LooksView) -> impl IntoView {
    let at = offset.get_untracked();
    if view.rows.is_empty() && at == 0 {
        return view! { <Empty title="还没有人看过" next="有人在“查人查户”里查了，就会列在这里"/> }
            .into_any();
    }
    let pager = pager(view.total, at, view.rows.len());
    let rows = view.rows.into_iter().map(|row| view! { <Row row/> }).collect_view();
    view! {
        // Nothing in it is pressed, and the page is read without a mouse as well.
        <div class="table-scroll" role="region" tabindex="0" aria-label="谁看了什么">
            <table class="tbl fold">
                <thead>
                    <tr>
                        <th scope="col">"什么时候"</th>
                        <th scope="col" class="l">"谁"</th>
                        <th scope="col" class="l">"查了什么"</th>
                        <th scope="col" class="l">"为什么"</th>
                        <th scope="col" class="l">"哪一户"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <PageTurns pager offset/>
    }
    .into_any()
}

#[component]
fn Row(row: LookRow) -> impl IntoView {
    let purpose = purpose_words(&row).to_owned();
    let household = household_words(&row).to_owned();
    view! {
        <tr data-test="look">
            <th scope="row">{moment(row.at)}</th>
            <td class="l any" data-label="谁">
                <div>{row.name}<div class="small t3"><Dotted text=row.post/></div></div>
            </td>
            <td class="l any" data-label="查了什么">{row.asked}</td>
            <td class="l any" data-label="为什么">{purpose}</td>
            <td class="l any" data-label="哪一户"><Dotted text=household/></td>
        </tr>
    }
}
