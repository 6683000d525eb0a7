//! The rows of 我的格.

use std::ops::Range;

use leptos::prelude::*;
use yidang_api::household::{GridQuestion, HouseholdFilter, HouseholdRow};

use super::Asked;
use crate::components::{Dotted, Empty, Icon, Plate, Windowed};
use crate::door::Pages;
use crate::models::grid::{people_words, row_words};

/// What fits, or what to do where nothing does.
#[component]
pub fn Rows(
    /// What is here of it.
    found: Pages<GridQuestion>,
    /// What was asked for.
    asked: Asked,
) -> impl IntoView {
    let total = move || found.total.get().unwrap_or(0);
    let none = Memo::new(move |_| total() == 0);
    let count = Signal::derive(move || usize::try_from(total()).unwrap_or(usize::MAX));
    let see = Callback::new(move |(rows,): (Range<usize>,)| found.see(rows));
    move || {
        if none.get() {
            return view! { <Nothing found asked/> }.into_any();
        }
        view! {
            <p class="list-count small t3" role="status" data-test="grid-total">
                {move || format!("{} 户", total())}
            </p>
            <Windowed
                count
                get=move |index| found.row(index)
                row=line
                on_range=see
                hook="grid-rows"
            />
        }
        .into_any()
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
        (row.clashes > 0).then(|| ("chip clash", Some("swap"), "要核对".to_owned())),
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
fn Nothing(found: Pages<GridQuestion>, asked: Asked) -> impl IntoView {
    let (grids, may_add) = found.head.with_untracked(|view| {
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
        let (title, next) = match untrack(|| (asked.text.get().is_empty(), asked.filter.get())) {
            (true, HouseholdFilter::Clashing) => ("没有要核对的", "两处写得不一样的会列在这里"),
            _ => ("没有对得上的", "换个名字、门牌或电话尾号"),
        };
        return view! {
            <div class="card">
                <Empty title next>
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
