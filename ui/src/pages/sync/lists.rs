//! What needs a person, and what waits.

use leptos::prelude::*;
use yidang_api::sync::{NeedKind, NeedRow, OutboxRow};

use super::Trying;
use super::rejected::RejectedCard;
use crate::app::shared;
use crate::components::{Dotted, Icon};
use crate::models::needs::{need_address, outbox_address};
use crate::words::moment;

/// 需要你处理. Absent where nobody is needed.
#[component]
pub fn NeedList(
    /// What needs a person.
    needs: Vec<NeedRow>,
) -> impl IntoView {
    let count = needs.len();
    (count > 0).then(|| {
        let (rejected, others): (Vec<_>, Vec<_>) =
            needs.into_iter().partition(|need| need.rejected.is_some());
        let cards = rejected
            .into_iter()
            .filter_map(|need| need.rejected)
            .map(|row| view! { <RejectedCard row=*row opens=None/> })
            .collect_view();
        let rows = (!others.is_empty()).then(|| {
            let rows = others.into_iter().map(|need| view! { <Need need/> }).collect_view();
            view! { <div class="cells">{rows}</div> }
        });
        view! {
            <div class="sec">
                <h2>"需要你处理"</h2><span class="count clash" data-test="needs-count">{count}</span>
            </div>
            <div class="column" data-test="rejected">{cards}</div>
            {rows}
        }
    })
}

#[component]
fn Need(need: NeedRow) -> impl IntoView {
    let (icon, tone) = match need.kind {
        NeedKind::Clash => ("swap", "clash"),
        NeedKind::Returned => ("back", "soon"),
        NeedKind::Refused => ("back", "off"),
    };
    let (href, kind) = (need_address(&need), need.about.kind().label());
    let words = (!need.words.is_empty()).then(|| {
        view! { <div class="words" data-test="need-words">{need.words.clone()}</div> }
    });
    view! {
        <a class="cell" href=href data-test="need-row" data-id=need.document.to_string()>
            <span class=format!("tile {tone}")><Icon name=icon/></span>
            <span class="grow">
                <span class="tt">{need.title}</span>
                <div class="ds"><span class="chip">{kind}</span> <Dotted text=need.detail/></div>
                {words}
            </span>
            <Icon name="right" class="chev"/>
        </a>
    }
}

/// 等待上传, in the order it will be sent. Absent where nothing waits.
#[component]
pub fn OutboxList(
    /// What waits.
    outbox: Vec<OutboxRow>,
    /// 现在试试
    trying: Trying,
) -> impl IntoView {
    let shared = shared();
    let count = outbox.len();
    (count > 0).then(|| {
        let rows = outbox
            .into_iter()
            .enumerate()
            .map(|(index, row)| view! { <Waits row place=index + 1/> })
            .collect_view();
        view! {
            <div class="sec">
                <h2>"等待上传"</h2>
                <span class="t3">{format!("{count} 条，都已保存在本机")}</span>
                <button
                    type="button"
                    class="link push hit"
                    data-test="sync-now"
                    disabled=move || trying.busy.get()
                    on:click=move |_| trying.start(shared)
                >
                    {move || if trying.busy.get() { "正在试" } else { "现在试试" }}
                </button>
            </div>
            <div class="cells" data-test="outbox">{rows}</div>
        }
    })
}

#[component]
fn Waits(row: OutboxRow, place: usize) -> impl IntoView {
    let when = moment(row.saved_at);
    let kind = row.about.kind().label();
    let parts = [when.as_str(), kind, row.matter.as_str()];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    let below = parts.collect::<Vec<_>>().join(" · ");
    let href = outbox_address(&row);
    view! {
        <a class="cell slim" href=href data-test="outbox-row">
            <span class="tile off"><Icon name=icon_of(&row.title)/></span>
            <span class="grow">
                <span class="tt"><Dotted text=row.title/></span>
                <div class="ds cut"><Dotted text=below/></div>
            </span>
            <span class="small t3 nowrap">{format!("第 {place} 个传")}</span>
        </a>
    }
}

/// The desk names a row by its kind first: 走访 · 李例二.
fn icon_of(title: &str) -> &'static str {
    match title.split(" · ").next().unwrap_or_default() {
        "走访" => "foot",
        "调解" => "talk",
        "协议" => "sign",
        _ => "file",
    }
}
