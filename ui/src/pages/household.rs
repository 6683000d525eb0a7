//! One household: who lives there, what is needed, what happened.

mod clashes;
mod facts;
mod member_sheet;
mod members;
mod merge_sheet;
mod move_sheet;
pub mod new;
mod open;
mod parts;
mod seen_sheet;
mod split_sheet;
mod ties;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use yidang_domain::entry::EntryKind;
use yidang_domain::rights::Act;

use self::clashes::Clashes;
use self::facts::{FactSheet, Facts};
use self::member_sheet::{MemberSheet, NewMemberSheet};
use self::members::Members;
use self::merge_sheet::MergeSheet;
use self::move_sheet::MoveSheet;
use self::open::{OpenHome, Sheeted};
use self::seen_sheet::SeenSheet;
use self::split_sheet::SplitSheet;
use self::ties::{Joined, Ties};
use super::case_file::entries::EntryList;
use super::case_file::file::document_id;
use crate::components::{Dotted, Empty, FaultNote, Frame, Icon, Plate, Waiting};
use crate::models::grid::{people_words, seen_words};
use crate::words::day;

/// The page.
#[component]
pub fn HouseholdPage() -> impl IntoView {
    let params = use_params_map();
    let home = OpenHome::open(move || document_id(params.with(|params| params.get("id"))));
    let head = home.part(|view| view.row.head.clone());
    let place = home.part(|view| format!("{} · {}", view.row.village, view.row.grid_name));
    let title = Signal::derive(move || {
        head.get()
            .filter(|head| !head.is_empty())
            .map_or_else(|| "住户".to_owned(), |head| format!("{head}家"))
    });
    let sub = Signal::derive(move || place.get().unwrap_or_default());
    view! {
        <Frame title sub on="grid" back=true dock=move || view! { <Dock home/> }>
            <Body home/>
        </Frame>
        <Sheets home/>
    }
}

#[component]
fn Body(home: OpenHome) -> impl IntoView {
    let is_there = home.is_there();
    let fault = home.answer.fault;
    move || {
        if is_there.get() {
            return view! {
                <Notes home/>
                <Head home/>
                <Clashes home/>
                <Facts home/>
                <Members home/>
                <Ties home/>
                <Files home/>
                <Happened home/>
                <Moves home/>
            }
            .into_any();
        }
        match fault.get() {
            Some(fault) => {
                let retry = Callback::new(move |()| home.answer.retry());
                view! { <FaultNote fault retry/> }.into_any()
            }
            None => view! { <Waiting rows=4/> }.into_any(),
        }
    }
}

/// It joined another household, or it needs a newer version.
#[component]
fn Notes(home: OpenHome) -> impl IntoView {
    let needs_update = home.part(|view| view.needs_update);
    view! {
        <Joined home/>
        {move || {
            (needs_update.get() == Some(true)).then(|| {
                view! {
                    <div class="note quiet" role="status">
                        <Icon name="dl"/>
                        <div class="grow">"这一户要新版本才能改，内容都在，现在只能看"</div>
                    </div>
                }
            })
        }}
    }
}

#[component]
fn Head(home: OpenHome) -> impl IntoView {
    let row = home.part(|view| view.row.clone());
    move || {
        row.get().map(|row| {
            let seen = if row.to_see { "本月还没去" } else { "本月去过" };
            let line = format!("{} · {}", people_words(row.people), seen_words(row.seen_on));
            view! {
                <section class="card house-head" data-test="household-head">
                    <Plate number=row.door_plate.clone() village=row.village.clone()/>
                    <div class="grow">
                        <h2 class="case-title">{row.head.clone()}</h2>
                        <p class="mid t2">{row.address.clone()}</p>
                        <p class="mid t3"><Dotted text=line/></p>
                    </div>
                    <span class="end">
                        <span class="chip" class:soon=row.to_see class:ok=!row.to_see>{seen}</span>
                        {(row.waiting > 0).then(|| view! {
                            <span class="chip off"><Icon name="cloud-off" class="xs"/>"待上传"</span>
                        })}
                    </span>
                </section>
            }
        })
    }
}

/// Files that name it.
#[component]
fn Files(home: OpenHome) -> impl IntoView {
    let files = home.part(|view| view.files.clone());
    move || {
        let files = files.get().filter(|files| !files.is_empty())?;
        let rows = files
            .into_iter()
            .map(|row| {
                view! {
                    <a class="cell" href=format!("/case/{}", row.id) data-test="household-file">
                        <span class="tile"><Icon name="file"/></span>
                        <span class="grow">
                            <span class="tt">{row.matter}</span>
                            <div class="ds">{row.stage.label()} <span class="sep"></span> {day(row.last_on)}</div>
                        </span>
                        <Icon name="right" class="chev"/>
                    </a>
                }
            })
            .collect_view();
        Some(
            view! { <div class="sec"><h2>"和这一户有关的事"</h2></div> <div class="cells">{rows}</div> },
        )
    }
}

#[component]
fn Happened(home: OpenHome) -> impl IntoView {
    let entries = home.part(|view| view.entries.clone());
    move || {
        entries.get().map(|entries| {
            let body = if entries.is_empty() {
                view! { <Empty title="还没有经过" next="去一次，点“记入户”"/> }.into_any()
            } else {
                view! { <EntryList entries/> }.into_any()
            };
            view! { <div class="sec"><h2>"经过"</h2></div> <div class="card tabs-card">{body}</div> }
        })
    }
}

/// 迁格, 分户, 并户: rare, so at the end.
#[component]
fn Moves(home: OpenHome) -> impl IntoView {
    let moves = [
        (EntryKind::HouseholdMoved, "household-move", "pin", "迁格", "搬到别的网格", Sheeted::Move),
        (
            EntryKind::HouseholdSplit,
            "household-split",
            "users",
            "分户",
            "有人另立一户",
            Sheeted::Split,
        ),
        (
            EntryKind::HouseholdMerged,
            "household-merge",
            "merge",
            "并户",
            "并到另一户",
            Sheeted::Merge,
        ),
    ];
    let any = Memo::new(move |_| {
        [EntryKind::HouseholdMoved, EntryKind::HouseholdSplit, EntryKind::HouseholdMerged]
            .map(|kind| home.may(Act::Add(kind)))
    });
    move || {
        let any = any.get();
        let rows = moves
            .clone()
            .into_iter()
            .zip(any)
            .filter(|(_, may)| *may)
            .map(|((_, hook, icon, word, what, opens), _)| {
                view! {
                    <button
                        type="button"
                        class="field"
                        data-test=hook
                        on:click=move |_| home.sheet.set(Some(opens.clone()))
                    >
                        <Icon name=icon class="s"/>
                        <span class="vl">{word}<small>{what}</small></span>
                        <Icon name="right" class="chev s"/>
                    </button>
                }
            })
            .collect_view();
        any.contains(&true).then(|| view! { <div class="sec"><h2>"搬家、分家"</h2></div> <div class="cells">{rows}</div> })
    }
}

#[component]
fn Dock(home: OpenHome) -> impl IntoView {
    let may = Memo::new(move |_| home.may(Act::Add(EntryKind::HouseholdSeen)));
    let id = home.part(|view| view.row.id);
    let new =
        move || id.get().map_or_else(|| "/new".to_owned(), |id| format!("/new?household={id}"));
    move || {
        may.get().then(|| {
            view! {
                <div class="dock">
                    <a class="btn big" href=new data-test="household-case"><Icon name="plus"/>"新事"</a>
                    <button
                        type="button"
                        class="btn pri big wide"
                        data-test="household-seen"
                        on:click=move |_| home.sheet.set(Some(Sheeted::Seen))
                    >
                        <Icon name="foot"/>
                        "记入户"
                    </button>
                </div>
            }
        })
    }
}

#[component]
fn Sheets(home: OpenHome) -> impl IntoView {
    move || {
        let sheet = home.sheet.get()?;
        // A sheet is made once, on the heads of that moment; later answers do not remake it.
        untrack(|| {
            Some(match sheet {
                Sheeted::Fact(field) => view! { <FactSheet home field/> }.into_any(),
                Sheeted::Member(key) => view! { <MemberSheet home member=key/> }.into_any(),
                Sheeted::NewMember => view! { <NewMemberSheet home/> }.into_any(),
                Sheeted::Seen => view! { <SeenSheet home/> }.into_any(),
                Sheeted::Move => view! { <MoveSheet home/> }.into_any(),
                Sheeted::Split => view! { <SplitSheet home/> }.into_any(),
                Sheeted::Merge => view! { <MergeSheet home/> }.into_any(),
            })
        })
    }
}
