//! The rows of 我的格.

use std::ops::Range;

use leptos::prelude::*;
use yidang_api::household::{GridView, HouseholdFilter, HouseholdRow};

use super::Asked;
use crate::components::{Dotted, Empty, Icon, Plate, Windowed};
use crate::door::Answer;
use crate::models::grid::{PAGE, people_words, row_words};
use crate::models::window::is_near_end;

/// What fits, or what to do where nothing does.
#[component]
pub fn Rows(
    /// What fits.
    found: Answer<GridView>,
    /// What was asked for.
    asked: Asked,
) -> impl IntoView {
    let rows = Memo::new(move |_| {
        found.value.with(|view| view.as_ref().map(|view| view.rows.clone()).unwrap_or_default())
    });
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    let left = Memo::new(move |_| {
        let shown = u32::try_from(rows.with(Vec::len)).unwrap_or(u32::MAX);
        found.value.with(|view| view.as_ref().map_or(0, |view| view.total.saturating_sub(shown)))
    });
    let count = Signal::derive(move || rows.with(Vec::len));
    let get = move |index: usize| rows.with(|rows| rows.get(index).cloned());
    let more = Callback::new(move |()| {
        // Asked once a page: the rows asked for are there before more are wanted.
        let shown = u32::try_from(rows.with_untracked(Vec::len)).unwrap_or(u32::MAX);
        if left.get_untracked() > 0 && asked.limit.get_untracked() <= shown {
            asked.limit.set(shown.saturating_add(PAGE));
        }
    });
    let see = Callback::new(move |(drawn,): (Range<usize>,)| {
        // Before anybody scrolled, the first page is enough.
        if drawn.start > 0 && is_near_end(&drawn, count.get_untracked()) {
            more.run(());
        }
    });
    view! {
        {move || {
            if none.get() {
                view! { <Nothing found asked/> }.into_any()
            } else {
                view! { <Windowed count get row=line on_range=see hook="grid-rows"/> }.into_any()
            }
        }}
        <Show when=move || left.get() != 0>
            <button
                type="button"
                class="btn text full"
                data-test="grid-more"
                on:click=move |_| more.run(())
            >
                {move || format!("再看 {} 户", left.get().min(PAGE))}
            </button>
        </Show>
    }
}

/// One household.
fn line(row: HouseholdRow) -> impl IntoView {
    view! { <HouseholdLine row member=String::new()/> }
}

/// One household as lists show it.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a property is given away, whatever is made of it"
)]
#[component]
pub fn HouseholdLine(
    /// The household.
    row: HouseholdRow,
    /// The member who was found; empty elsewhere.
    member: String,
) -> impl IntoView {
    let id = row.id.to_string();
    let (head, people) = (row.head.clone(), people_words(row.people));
    let (number, village) = (row.door_plate.clone(), row.village.clone());
    let words =
        if member.is_empty() { row_words(&row) } else { format!("{member} · {}", row.address) };
    view! {
        <a
            class="cell household"
            href=format!("/household/{id}")
            data-test="household-row"
            data-id=id.clone()
        >
            <Plate number village/>
            <span class="grow">
                <span class="row name-row">
                    <span class="tt cut">{head}</span>
                    <span class="mid t3 nowrap">{people}</span>
                </span>
                <span class="ds cut"><Dotted text=words/></span>
            </span>
            <Marks row/>
        </a>
    }
}

/// At most two marks, the most pressing ones.
#[component]
fn Marks(row: HouseholdRow) -> impl IntoView {
    let marks = [
        (row.clashes > 0).then(|| ("chip clash", Some("swap"), "要定".to_owned())),
        (row.open_files > 0).then(|| ("chip brand", None, format!("在办 {}", row.open_files))),
        row.to_see.then(|| ("chip soon", None, "该去了".to_owned())),
        (!row.needs.trim().is_empty()).then(|| ("chip", None, "要照应".to_owned())),
        (row.waiting > 0).then(|| ("chip off", Some("cloud-off"), "待上传".to_owned())),
    ];
    let marks = marks
        .into_iter()
        .flatten()
        .take(2)
        .map(|(class, icon, word)| {
            view! {
                <span class=class>
                    {icon.map(|name| view! { <Icon name class="xs"/> })}
                    {word}
                </span>
            }
        })
        .collect_view();
    view! { <span class="end">{marks}</span> }
}

#[component]
fn Nothing(found: Answer<GridView>, asked: Asked) -> impl IntoView {
    let (grids, may_add) = found.value.with_untracked(|view| {
        view.as_ref().map_or((0, false), |view| (view.grids.len(), view.may_add))
    });
    let narrowed =
        untrack(|| !asked.text.get().is_empty() || asked.filter.get() != HouseholdFilter::All);
    let all = move |_| {
        asked.text.set(String::new());
        asked.filter.set(HouseholdFilter::All);
    };
    let add = move || {
        may_add.then(|| {
            view! {
                <a class="btn soft" href="/household/new" data-test="empty-new">
                    <Icon name="plus"/>
                    "新增一户"
                </a>
            }
        })
    };
    if narrowed {
        return view! {
            <div class="card">
                <Empty title="没有对得上的" next="换个名字、门牌或电话尾号">
                    <button type="button" class="btn" data-test="grid-all-again" on:click=all>
                        "看全部"
                    </button>
                    {add()}
                </Empty>
            </div>
        }
        .into_any();
    }
    let (title, next) = if grids == 0 {
        ("你名下还没有网格", "镇上分好网格、同步一次，住户会列在这里")
    } else {
        ("这个网格还没有住户", "走到哪户记哪户，户主和住址两项就够")
    };
    view! { <div class="card"><Empty title next>{add()}</Empty></div> }.into_any()
}
