//! The grids themselves, a hundred on a page.

use leptos::prelude::*;
use yidang_api::list::{ListCaseFiles, Queue};
use yidang_api::places::{GridRow, TeamRow, WorkerRow};

use super::Grids;
use crate::components::{Dotted, Empty, Icon};
use crate::models::grids::{
    grids_address, is_vacant, member_words, missing_words, pager, place_words, team_words,
    worker_words,
};
use crate::models::query::list_address;

/// The list with its pager.
#[component]
pub fn List(
    /// The page.
    grids: Grids,
) -> impl IntoView {
    let rows = grids.part(|view| view.rows.clone());
    let total = grids.part(|view| (view.total, view.rows.len()));
    view! {
        <section class="card" data-test="grids-list">
            <div class="hd">
                <h2>"网格"</h2>
                <span class="t3 small" role="status" data-test="grids-total">
                    {move || total.get().map(|(total, _)| format!("{total} 个"))}
                </span>
            </div>
            {move || {
                let rows = rows.get()?;
                Some(if rows.is_empty() {
                    view! { <Nothing grids/> }.into_any()
                } else {
                    view! { <GridTable rows/> }.into_any()
                })
            }}
            <Pages grids/>
        </section>
    }
}

#[component]
fn Nothing(grids: Grids) -> impl IntoView {
    let searched = grids.text.with(|text| !text.is_empty());
    let (title, next) = if searched {
        ("没有找到", "换个网格名、编码或原来的编码试试")
    } else {
        ("这里没有网格", "换个筛选看看；网格由管理员导入")
    };
    view! { <Empty title next/> }
}

/// Grids as a table; on the phone each row stands alone.
#[component]
pub fn GridTable(
    /// The grids.
    rows: Vec<GridRow>,
) -> impl IntoView {
    let rows = rows.into_iter().map(|row| view! { <Row row/> }).collect_view();
    view! {
        <div class="table-scroll">
            <table class="tbl fold">
                <thead>
                    <tr>
                        <th scope="col">"网格"</th>
                        <th scope="col" class="l">"所在"</th>
                        <th scope="col" class="l">"网格员"</th>
                        <th scope="col" class="l">"原来的编码"</th>
                        <th scope="col">"未销号"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(row: GridRow) -> impl IntoView {
    let place = place_words(&row);
    let vacant = is_vacant(&row);
    let GridRow { org, name, kind, workers, aliases, manager, open_files, teams, .. } = row;
    let list = ListCaseFiles { org: Some(org.clone()), ..ListCaseFiles::of(Queue::Open) };
    let kind = kind.map_or("没写类型", yidang_domain::org::GridKind::label);
    let blank = aliases.is_empty();
    let aliases = aliases
        .into_iter()
        .map(|(of, code)| view! { <span class="chip line">{of}" "{code}</span> })
        .collect_view();
    let workers = workers.into_iter().map(|worker| view! { <Worker worker/> }).collect_view();
    view! {
        <tr data-test="grid-row" data-org=org.0.clone()>
            <th scope="row">
                <b>{name.clone()}</b>
                <div class="small t3">{kind}" "{org.0.clone()}</div>
            </th>
            <td class="l any" data-label="所在">
                <div><Dotted text=place/>
                {(!manager.is_empty())
                    .then(|| view! { <div class="small t3">{format!("{manager}管理")}</div> })}
                </div>
            </td>
            <td class="l any" data-label="网格员">
                <div>{workers}
                {vacant
                    .then(|| {
                        view! {
                            <span class="chip soon" data-test="grid-vacant">
                                <Icon name="user" class="xs"/>
                                "没有网格员"
                            </span>
                        }
                    })}
                <Teams teams vacant/>
                </div>
            </td>
            <td class="l any" class:blank=blank data-label="原来的编码"><span class="row wrap">{aliases}</span></td>
            <td data-label="未销号">
                <a
                    class="num"
                    class:z=open_files == 0
                    href=list_address("/cases", &list)
                    aria-label=format!("{name}未销号 {open_files} 件，打开清单")
                    data-test="grid-open"
                >
                    {open_files}
                </a>
            </td>
        </tr>
    }
}

/// The grid teams (一专四兼) of those who work there; pressed, each says who is in it.
#[component]
fn Teams(teams: Vec<TeamRow>, vacant: bool) -> impl IntoView {
    if teams.is_empty() {
        // Whoever is missing altogether is said already.
        return (!vacant)
            .then(|| {
                view! {
                    <div class="small t3" data-test="grid-no-team">"没有编进网格小组（一专四兼）"</div>
                }
            })
            .into_any();
    }
    teams.into_iter().map(|team| view! { <Team team/> }).collect_view().into_any()
}

#[component]
fn Team(team: TeamRow) -> impl IntoView {
    let (words, missing) = (team_words(&team), missing_words(&team));
    let members = team
        .members
        .into_iter()
        .map(|member| view! { <li class:is-gone=!member.works>{member_words(&member)}</li> })
        .collect_view();
    view! {
        <details class="level team" data-test="grid-team">
            <summary class="row wrap">
                <span class="small t2">{words}</span>
                {missing
                    .map(|missing| {
                        view! { <span class="chip soon" data-test="grid-team-missing">{missing}</span> }
                    })}
                <Icon name="down" class="chev xs"/>
            </summary>
            <ul class="plain-list small">{members}</ul>
        </details>
    }
}

/// The name opens what they hand over, the number calls them.
#[component]
fn Worker(worker: WorkerRow) -> impl IntoView {
    let words = worker_words(&worker);
    let WorkerRow { user, name, phone, role, .. } = worker;
    view! {
        <div class="worker">
            <a
                href=format!("/grids/handover/{}", crate::models::query::escaped(user.as_str()))
                title=format!("{name}，{}，打开交接清单", role.label())
                data-test="grid-worker"
            >
                {words}
            </a>
            {(!phone.is_empty())
                .then(|| {
                    view! {
                        <a class="t2" href=format!("tel:{phone}") title=format!("给{name}打电话")>
                            {phone.clone()}
                        </a>
                    }
                })}
        </div>
    }
}

#[component]
fn Pages(grids: Grids) -> impl IntoView {
    let shown = grids.part(|view| (view.total, view.rows.len()));
    move || {
        let (total, rows) = shown.get()?;
        let (org, filter, offset) = grids.place.get();
        let pager = pager(total, offset, rows)?;
        let to = |at: Option<u32>, word: &'static str, hook: &'static str| {
            at.map(|at| {
                let href = grids_address(org.as_ref(), filter, at);
                view! { <a class="btn" href=href data-test=hook>{word}</a> }
            })
        };
        Some(view! {
            <nav class="row wrap pages" aria-label="翻页">
                {to(pager.before, "上一页", "grids-before")}
                <span class="small t2 grow center" data-test="grids-page">{pager.words}</span>
                {to(pager.after, "下一页", "grids-after")}
            </nav>
        })
    }
}
