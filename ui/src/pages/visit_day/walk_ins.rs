//! Who came, in the order they came: waiting or answered.

use leptos::prelude::*;
use yidang_api::visit_day::WalkInView;
use yidang_domain::entry::EntryKind;

use super::{OpenDay, Sheeted};
use crate::components::{DeliveryMark, Empty, Icon};
use crate::models::visit::visitors;

/// The list of walk-ins.
#[component]
pub fn WalkIns(
    /// The day on screen.
    day: OpenDay,
) -> impl IntoView {
    let walk_ins = day.part(|view| view.walk_ins.clone());
    let may = Memo::new(move |_| day.may(EntryKind::WalkInAnswered));
    view! {
        <div class="sec">
            <h2>"来访"</h2>
        </div>
        <div class="cells flush" data-test="walk-ins">
            {move || {
                walk_ins
                    .get()
                    .map(|walk_ins| {
                        let may = may.get();
                        if walk_ins.is_empty() {
                            return view! {
                                <Empty title="还没有人来" next="来一批登记一批，没有网络也能记" />
                            }
                                .into_any();
                        }
                        walk_ins
                            .into_iter()
                            .enumerate()
                            .map(|(index, walk_in)| view! { <Row day index walk_in may /> })
                            .collect_view()
                            .into_any()
                    })
            }}
        </div>
    }
}

#[component]
fn Row(day: OpenDay, index: usize, walk_in: WalkInView, may: bool) -> impl IntoView {
    let waiting = walk_in.answer.is_none();
    let key = StoredValue::new(walk_in.key.clone());
    let answer = move |_| day.sheet.set(Some(Sheeted::Answer(key.get_value())));
    view! {
        <div class="cell walk-in" data-test="walk-in">
            <span class=if waiting { "ava" } else { "ava n" } aria-hidden="true">
                {index + 1}
            </span>
            <div class="grow">
                <div class="tt">{visitors(&walk_in)}</div>
                <div class="ds">{walk_in.matter.clone()}</div>
                {walk_in
                    .answer
                    .clone()
                    .map(|answer| {
                        view! {
                            <div class="ds" data-test="walk-in-answer">
                                "答复："
                                {answer}
                            </div>
                        }
                    })}
                <div class="row wrap small t3">
                    <span>{walk_in.by.clone()}" 登记"</span>
                    <DeliveryMark delivery=walk_in.delivery />
                    {walk_in
                        .case_file
                        .map(|id| {
                            view! {
                                <a href=format!("/case/{id}") data-test="walk-in-case">
                                    "看这一件"
                                </a>
                            }
                        })}
                </div>
            </div>
            <div class="end">
                {if waiting {
                    view! { <span class="chip">"等候"</span> }.into_any()
                } else {
                    view! {
                        <span class="chip ok">
                            <Icon name="check" class="xs" />
                            "已答复"
                        </span>
                    }
                        .into_any()
                }}
                {(waiting && may)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="btn soft slim"
                                data-test="walk-in-reply"
                                aria-label=format!("答复{}", walk_in.visitors)
                                on:click=answer
                            >
                                "答复"
                            </button>
                        }
                    })}
            </div>
        </div>
    }
}
