//! The grids of a hand-over with what lies in each; those whose post ended too.

use leptos::prelude::*;
use yidang_api::places::HandedGrid;
use yidang_domain::ids::OrgCode;

use super::Handover;
use crate::components::{Dotted, Empty, Icon};
use crate::models::grids::place_words;
use crate::models::handover::{all_of, households, is_chosen, post_words, toggled, unchosen};
use crate::models::query::list_address;

/// The card.
#[component]
pub fn Grids(
    /// The page.
    handover: Handover,
) -> impl IntoView {
    // Rows stay as they are while grids are chosen: whoever walks through them by keyboard stays there.
    let grids = handover.part(|view| unchosen(&view.grids));
    let all = handover.part(|view| all_of(&view.grids));
    let is_part = handover.part(|view| view.grids.iter().any(|grid| !grid.chosen));
    let choose_all = move |_| handover.chosen.set(all.get_untracked().unwrap_or_default());
    view! {
        <section class="card">
            <div class="hd">
                <h2>"网格"</h2>
                <span class="t3 small">
                    {move || all.with(|all| all.as_ref().map(|all| format!("{} 个", all.len())))}
                </span>
                {move || {
                    (is_part.get() == Some(true)).then(|| {
                        view! {
                            <button
                                type="button"
                                class="btn text slim push no-print"
                                data-test="handover-all"
                                on:click=choose_all
                            >
                                "全选"
                            </button>
                        }
                    })
                }}
            </div>
            {move || {
                let grids = grids.get()?;
                Some(if grids.is_empty() {
                    view! { <Empty title="没有管过网格" next="没有要交接的网格"/> }.into_any()
                } else {
                    view! { <Table handover grids/> }.into_any()
                })
            }}
        </section>
        <Uncounted handover/>
    }
}

/// Says that the households could not be counted; everything else is there.
#[component]
fn Uncounted(handover: Handover) -> impl IntoView {
    let fault = handover.counts.fault;
    move || {
        fault.with(Option::is_some).then(|| {
            view! {
                <div class="note off no-print" role="status" data-test="handover-uncounted">
                    <Icon name="cloud-off"/>
                    <div class="grow">
                        <b>"户数现在没有数出来"</b>
                        <div class="mid t2">"户数要问县服务器，有信号后再试。别的都在。"</div>
                        <button
                            type="button"
                            class="btn slim note-act"
                            data-test="handover-count-again"
                            on:click=move |_| handover.counts.retry()
                        >
                            "再试一次"
                        </button>
                    </div>
                </div>
            }
        })
    }
}

#[component]
fn Table(handover: Handover, grids: Vec<HandedGrid>) -> impl IntoView {
    let several = grids.len() > 1;
    let rows = grids.into_iter().map(|grid| view! { <Row handover grid several/> }).collect_view();
    view! {
        <div class="table-scroll">
            <table class="tbl fold">
                <thead>
                    <tr>
                        <th scope="col">"网格"</th>
                        <th scope="col" class="l">"所在"</th>
                        <th scope="col" class="l">"任职"</th>
                        <th scope="col">"户"</th>
                        <th scope="col">"未销号"</th>
                        <th scope="col">"待履行的约定"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(handover: Handover, grid: HandedGrid, several: bool) -> impl IntoView {
    let place = place_words(&grid.row);
    let post = post_words(&grid);
    let (org, name) = (grid.row.org.clone(), grid.row.name.clone());
    let (open, ended, promised) = (grid.row.open_files, grid.ended, grid.promised);
    let promised_words = format!("{name}待履行的约定 {promised} 项，看是哪几件");
    let opens = list_address("/cases", &grid.opens);
    let code = org.to_string();
    let mine = org.clone();
    let chosen = Memo::new(move |_| {
        handover
            .answer
            .value
            .with(|view| view.as_ref().is_some_and(|view| is_chosen(&view.grids, &mine)))
    });
    view! {
        <tr
            data-test="handover-grid"
            data-org=code
            class:is-gone=move || !chosen.get()
            class:no-print=move || !chosen.get()
        >
            <th scope="row">
                {if several {
                    view! { <Tick handover name=name.clone() org=org.clone() chosen/> }.into_any()
                } else {
                    view! { <b>{name.clone()}</b> }.into_any()
                }}
            </th>
            <td class="l any" data-label="所在"><div><Dotted text=place/></div></td>
            <td class="l any" data-label="任职">
                <div>
                    {post}
                    {ended.then(|| view! { <span class="chip off">"已卸任"</span> })}
                </div>
            </td>
            <td data-label="户"><Households handover grid/></td>
            <td data-label="未销号">
                <a
                    class="num"
                    class:z=open == 0
                    href=opens
                    aria-label=format!("{name}未销号 {open} 件，打开清单")
                    data-test="handover-open"
                >
                    {open}
                </a>
            </td>
            <td data-label="待履行的约定">
                <Promised handover words=promised_words org=org.clone() count=promised/>
            </td>
        </tr>
    }
}

/// How many agreements are to be performed; pressed, the list below shows whose.
#[component]
fn Promised(handover: Handover, words: String, org: OrgCode, count: u32) -> impl IntoView {
    let show = move |_| {
        handover.chosen.set(vec![org.clone()]);
        handover.promised.set(true);
    };
    view! {
        <button
            type="button"
            class="btn text slim"
            aria-label=words
            disabled=count == 0
            data-test="handover-promised"
            on:click=show
        >
            {count}
        </button>
    }
}

/// Takes a grid into the list or leaves it out; the last one stays in.
#[component]
fn Tick(handover: Handover, name: String, org: OrgCode, chosen: Memo<bool>) -> impl IntoView {
    let single = handover.part(|view| view.grids.iter().filter(|grid| grid.chosen).count() == 1);
    let toggle = move |_| {
        let now = handover
            .answer
            .value
            .with_untracked(|view| view.as_ref().map(|view| toggled(&view.grids, &org)));
        if let Some(now) = now {
            handover.chosen.set(now);
        }
    };
    view! {
        <label class="tick">
            <input
                type="checkbox"
                data-test="handover-tick"
                prop:checked=move || chosen.get()
                disabled=move || chosen.get() && single.get() == Some(true)
                on:change=toggle
            />
            <b>{name}</b>
        </label>
    }
}

/// How many households; the number opens to where they are looked at.
#[component]
fn Households(handover: Handover, grid: HandedGrid) -> impl IntoView {
    let held = grid.households.is_some();
    let (href, icon) = if held { ("/grid", "home") } else { ("/people", "search") };
    let name = grid.row.name.clone();
    let grid = StoredValue::new(grid);
    move || {
        let counted = handover.counted();
        match grid.with_value(|grid| households(grid, &counted)) {
            Some(count) => {
                let words = if held { "打开我的格" } else { "打开查人查户" };
                view! {
                    <a
                        class="num"
                        class:z=count == 0
                        href=href
                        aria-label=format!("{name} {count} 户，{words}")
                        data-test="handover-households"
                    >
                        {count}
                        <Icon name=icon class="xs"/>
                    </a>
                }
                .into_any()
            }
            None => view! { <span class="t3" title="联网以后才数得到">"—"</span> }.into_any(),
        }
    }
}
