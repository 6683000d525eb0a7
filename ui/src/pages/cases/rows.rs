//! The rows of a list of files.

use std::ops::Range;

use leptos::prelude::*;
use yidang_api::list::{CaseRow, ListCaseFiles, Queue};

use super::Show;
use crate::components::{Dotted, DueMark, Empty, Icon, RiskMark, Windowed};
use crate::door::Pages;
use crate::models::query::is_narrowed;
use crate::words::{day, who_words};

/// What fits.
#[component]
pub fn Rows(
    /// What is here of it.
    pages: Pages<ListCaseFiles>,
) -> impl IntoView {
    let total = move || pages.total.get().unwrap_or(0);
    let count = Signal::derive(move || usize::try_from(total()).unwrap_or(usize::MAX));
    let see = Callback::new(move |(rows,): (Range<usize>,)| pages.see(rows));
    view! {
        <p class="list-count small t3" role="status" data-test="cases-total">
            {move || format!("{} 件", total())}
        </p>
        <Windowed count get=move |index| pages.row(index) row=line on_range=see hook="cases-rows"/>
    }
}

fn line(row: CaseRow) -> impl IntoView {
    view! { <Row row/> }
}

/// What to do where nothing fits.
#[component]
pub fn Nothing(
    /// Which list it is.
    list: Memo<ListCaseFiles>,
    /// Shows another list.
    show: Show,
) -> impl IntoView {
    move || view! { <NothingIn list=list.get() show/> }
}

#[component]
fn NothingIn(list: ListCaseFiles, show: Show) -> impl IntoView {
    if list.text.is_empty() && !is_narrowed(&list) {
        let next = if list.queue == Queue::Open {
            "听到什么，记一句就是一件"
        } else {
            "有了会列在这里"
        };
        return view! {
            <div class="card">
                <Empty title=format!("没有{}的", list.queue.label()) next=next>
                    <a href="/new" class="btn soft" data-test="cases-new">
                        <Icon name="plus"/>"新事"
                    </a>
                </Empty>
            </div>
        }
        .into_any();
    }
    let all = move |_| show.run((ListCaseFiles::of(Queue::All),));
    view! {
        <div class="card">
            <Empty title="没有找到" next="这台设备上没有对得上的。换个名字、村名或电话尾号">
                <button type="button" class="btn" data-test="cases-all" on:click=all>"看全部"</button>
                <a href="/new" class="btn soft" data-test="cases-new"><Icon name="plus"/>"新事"</a>
            </Empty>
        </div>
    }
    .into_any()
}

/// Person first, matter second, time right; below it what is to be known.
#[component]
fn Row(row: CaseRow) -> impl IntoView {
    let unseen = row.never_looked || row.unseen > 0;
    let place = [row.village.as_str(), row.category_label.as_str()].join(" · ");
    view! {
        <a
            class="cell case"
            class:unseen=unseen
            href=format!("/case/{}", row.id)
            data-test="case-row"
            data-id=row.id.to_string()
        >
            <span class="grow">
                <span class="case-top">
                    <span class="tt grow">{row.matter.clone()}</span>
                    <time class="small t3">{day(row.last_on)}</time>
                </span>
                <span class="ds">
                    <Dotted text=format!("{} · {place}", who_words(&row.parties))/>
                </span>
                <span class="marks">
                    <Marks row=row.clone()/>
                    <span class="push"><DueMark due=row.due/></span>
                </span>
            </span>
        </a>
    }
}

#[component]
fn Marks(row: CaseRow) -> impl IntoView {
    let chips = [
        (row.clashes > 0).then(|| ("chip clash", "swap", format!("{} 处要定", row.clashes))),
        row.answered.then(|| ("chip soon", "back", "补正后再报".to_owned())),
        (row.unseen > 0).then(|| ("chip line", "eye", format!("改动 {}", row.unseen))),
        (row.late > 0).then(|| ("chip line", "merge", format!("决定之后到达 {}", row.late))),
        (row.waiting > 0).then(|| ("chip off", "cloud-off", "待上传".to_owned())),
    ];
    let chips = chips
        .into_iter()
        .flatten()
        .map(|(class, icon, word)| {
            view! {
                <span class=class>
                    <Icon name=icon class="xs"/>
                    {word}
                </span>
            }
        })
        .collect_view();
    let pending = row.pending.then(|| view! { <span class="chip clash">"待定"</span> });
    view! {
        <RiskMark risk=row.risk/>
        <span class="chip">{row.stage.label()}</span>
        {pending}
        {chips}
    }
}
