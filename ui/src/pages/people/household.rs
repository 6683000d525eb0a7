//! One household outside one's own ring: to read, not to keep.

use leptos::prelude::*;
use yidang_api::household::{ConsultHousehold, HouseholdRow, HouseholdView};
use yidang_domain::ids::DocumentId;

use super::People;
use crate::components::{Dotted, Empty, Icon, OnlineNote, Sheet, Waiting};
use crate::models::people::{fact_lines, member_words};
use crate::pages::case_file::doing::Doing;
use crate::words::day;

/// The sheet. It asks once; the answer goes with it.
#[component]
pub fn HouseholdSheet(
    /// The page.
    people: People,
    /// Which.
    id: DocumentId,
    /// The reason that was given; it is logged with this look too.
    purpose: String,
) -> impl IntoView {
    let doing = Doing::new();
    let found = RwSignal::new(None::<HouseholdView>);
    let ask = Callback::new(move |()| {
        doing.run(ConsultHousehold { id, purpose: purpose.clone() }, move |view| {
            let _ = found.try_set(Some(view));
        });
    });
    ask.run(());
    view! {
        <Sheet
            title="户"
            on_close=move || people.open.set(None)
            hook="people-household"
            read=true
        >
            <div class="sheet-form">
                <div class="note quiet" data-test="people-online">
                    <Icon name="eye"/>
                    <div class="grow">"在线查看，不存本机。这一次也记下了。"</div>
                </div>
                {move || doing.fault.get().map(|fault| view! { <OnlineNote fault retry=ask/> })}
                {move || match found.get() {
                    Some(view) => view! { <Whole view/> }.into_any(),
                    None if doing.busy.get() => view! { <Waiting rows=3/> }.into_any(),
                    None => ().into_any(),
                }}
            </div>
        </Sheet>
    }
}

#[component]
fn Whole(view: HouseholdView) -> impl IntoView {
    let facts = fact_lines(&view);
    let HouseholdView { row, members, .. } = view;
    let HouseholdRow { head, door_plate, village, grid_name, seen_on, .. } = row;
    let seen =
        seen_on.map_or_else(|| "还没有入户记录".to_owned(), |on| format!("上次入户 {}", day(on)));
    let facts = facts
        .into_iter()
        .map(|(label, value)| view! { <dt>{label}</dt> <dd class="wrap-any">{value}</dd> })
        .collect_view();
    let none = members.is_empty();
    let members = members
        .iter()
        .map(|member| {
            let (name, words) = member_words(member);
            view! {
                <li class="cell flat-cell" class:is-gone=member.gone>
                    <span class="grow">
                        <span class="tt">{name}</span>
                        <span class="ds block"><Dotted text=words/></span>
                    </span>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="row">
            <span class="plate"><small>"门牌"</small>{door_plate}</span>
            <div class="grow">
                <h3 data-test="people-head">{head}</h3>
                <div class="mid t2"><Dotted text=format!("{village} · {grid_name} · {seen}")/></div>
            </div>
        </div>
        <dl class="facts-grid">{facts}</dl>
        <h3 class="group-hd">"家里人"</h3>
        {none.then(|| view! { <Empty title="还没有登记家里人"/> })}
        <ul class="plain-list">{members}</ul>
    }
}
