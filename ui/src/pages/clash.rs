//! 冲突: where several people wrote different values, asked once a card, possible offline.

pub mod card;
mod next;
pub mod settle;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use yidang_api::case_file::ClashView;
use yidang_domain::ids::DocumentId;

use self::card::ClashCard;
use self::next::{Next, Parallel};
use self::settle::Settle;
use super::case_file::file::{OpenFile, document_id};
use super::case_file::wide::NotThere;
use crate::components::{Empty, Frame, Icon};
use crate::models::clash::how_many;

/// The page of the cards of one file.
#[component]
pub fn ClashPage() -> impl IntoView {
    let params = use_params_map();
    let file = OpenFile::open(move || document_id(params.with(|params| params.get("id"))));
    let matter = file.part(|view| view.row.matter.clone());
    let count = file.part(|view| view.clashes.len());
    let title = Signal::derive(move || match count.get() {
        Some(0) => "都定好了".to_owned(),
        Some(1) => "一处要定".to_owned(),
        Some(count) => format!("{}处要定，第 1 处", how_many(count)),
        None => "冲突".to_owned(),
    });
    let sub = Signal::derive(move || matter.get().unwrap_or_default());
    view! {
        <Frame title sub on="clashing" back=true>
            <Cards file />
        </Frame>
    }
}

#[component]
fn Cards(file: OpenFile) -> impl IntoView {
    let is_there = file.is_there();
    let settle = Settle::of(file);
    let clashes = file.part(|view| (view.row.id, view.clashes.clone()));
    move || {
        if !is_there.get() {
            return view! { <NotThere file /> }.into_any();
        }
        view! {
            {move || clashes.get().map(|(id, clashes)| view! { <Open settle id clashes /> })}
            <Parallel file />
        }
        .into_any()
    }
}

/// The first card in full, the others in short below it.
#[component]
fn Open(settle: Settle, id: DocumentId, clashes: Vec<ClashView>) -> impl IntoView {
    let mut clashes = clashes.into_iter();
    let Some(first) = clashes.next() else {
        return view! {
            <Empty title="没有要定的" next="没选的那个都留在“经过”里">
                <a class="btn" href=format!("/case/{id}") data-test="clash-back">
                    "回到这一件"
                </a>
            </Empty>
        }
        .into_any();
    };
    let may = first.may_decide;
    let rest: Vec<ClashView> = clashes.collect();
    view! {
        <ClashCard settle clash=first />
        <p class="small t3 aside" data-test="clash-note">
            {if may {
                "选哪个都不会丢：没选的那个留在“经过”里，随时能看到是谁写的。现在没有网络也能定。"
            } else {
                "两个值都在，谁写的都能看到。定之前，照原来的值办。"
            }}
        </p>
        {rest.into_iter().map(|clash| view! { <Next clash /> }).collect_view()}
        <p class="row center-row">
            <a class="btn text" href=format!("/case/{id}") data-test="clash-file">
                <Icon name="file" />
                "看这一件的经过"
            </a>
        </p>
    }
    .into_any()
}
