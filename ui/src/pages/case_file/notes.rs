//! What a file asks of a person: what the township wants mended, and what two people wrote.

use leptos::prelude::*;
use leptos_router::components::A;
use yidang_api::case_file::{JoinView, ReturnView};
use yidang_api::rejected::{RejectedQuestion, RejectedRow, WriteAgain};
use yidang_domain::ids::DocumentId;
use yidang_domain::rights::Act;

use super::file::{OpenFile, Sheeted};
use crate::components::{Dotted, Icon};
use crate::door::answer_to;
use crate::models::joins::{half_words, is_held, join_title, join_words};
use crate::pages::sync::rejected::RejectedCard;
use crate::words::moment;

/// All notes of a file.
#[component]
pub fn Notes(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    let update = file.part(|view| view.needs_update);
    let returned =
        file.part(|view| view.returned.clone().map(|back| (back, view.may(Act::EditCaseFile))));
    let clashes = file.part(|view| {
        let about: Vec<String> = view.clashes.iter().map(|clash| clash.about.clone()).collect();
        (view.row.id, about)
    });
    view! {
        <NotTaken file />
        <Joined file />
        <Halves file />
        {move || update.get().unwrap_or(false).then(|| view! { <NeedsUpdate /> })}
        {move || {
            returned.get().flatten().map(|(back, may)| view! { <Returned file back may /> })
        }}
        {move || {
            let (id, about) = clashes.get()?;
            (!about.is_empty()).then(|| view! { <ToDecide id about /> })
        }}
    }
}

/// What was written in this file and not taken (未采用).
#[component]
fn NotTaken(file: OpenFile) -> impl IntoView {
    let id = file.part(|view| view.row.id);
    let rejected = answer_to(move || id.get().map(|id| RejectedQuestion { document: Some(id) }));
    let opens = Callback::new(move |row: RejectedRow| {
        let sheet = match row.again {
            Some(WriteAgain::Entry { entry }) => Sheeted::Entry(entry.kind()),
            Some(WriteAgain::Fact { field, .. }) => Sheeted::Fact(field),
            Some(WriteAgain::CaseFile { .. }) | None => return,
        };
        file.sheet.set(Some(sheet));
    });
    move || {
        let rows = rejected.value.get().unwrap_or_default();
        rows.into_iter().map(|row| view! { <RejectedCard row opens=Some(opens) /> }).collect_view()
    }
}

/// The files that it was joined with (并案); leads there where they are held.
#[component]
fn Joined(file: OpenFile) -> impl IntoView {
    let joins = file.part(|view| view.joins.clone());
    move || {
        let joins = joins.get().unwrap_or_default();
        joins.into_iter().map(|join| view! { <JoinNote join /> }).collect_view()
    }
}

#[component]
fn JoinNote(join: JoinView) -> impl IntoView {
    let held = is_held(&join);
    let (title, other) = (join_title(&join), join_words(&join));
    view! {
        <div class="note quiet" data-test="case-joined">
            <Icon name="merge" />
            <div class="grow">
                <b>{title}</b>
                <div class="mid t2"><Dotted text=other /></div>
                <div class="small t2">{join.reason}</div>
            </div>
            {held
                .then(|| {
                    view! {
                        <A
                            href=format!("/case/{}", join.id)
                            attr:class="btn slim"
                            attr:data-test="case-to-joined"
                        >
                            "去看"
                        </A>
                    }
                })}
        </div>
    }
}

/// What is not in force yet because it is the half of an action (等另一半).
#[component]
fn Halves(file: OpenFile) -> impl IntoView {
    let halves = file.part(|view| view.halves.clone());
    move || {
        let halves = halves.get().filter(|halves| !halves.is_empty())?;
        let rows = halves
            .into_iter()
            .map(|entry| view! { <div class="mid t2"><Dotted text=half_words(&entry) /></div> })
            .collect_view();
        Some(view! {
            <div class="note quiet" role="status" data-test="case-halves">
                <Icon name="cal" />
                <div class="grow">
                    <b>"等另一半，还没有生效"</b>
                    {rows}
                    <div class="small t2">"另一件里的那一份到了，两份一起生效"</div>
                </div>
            </div>
        })
    }
}

#[component]
fn NeedsUpdate() -> impl IntoView {
    view! {
        <div class="note quiet" role="status" data-test="case-needs-update">
            <Icon name="lock" />
            <div>
                <b>"这件只能看，先更新应用"</b>
                <div class="mid t2">"里面有新版本写的内容，都在，没有丢。"</div>
            </div>
        </div>
    }
}

#[component]
fn Returned(file: OpenFile, back: ReturnView, may: bool) -> impl IntoView {
    let field = StoredValue::new(back.field.clone());
    let mend = move |_| file.sheet.set(Some(Sheeted::mend(&field.get_value(), file)));
    let tail = if back.answered { "已补，等镇上看" } else { "你写的都还在" };
    view! {
        <div class="note soon" data-test="case-returned">
            <Icon name="back" />
            <div class="grow">
                <b>{format!("镇上请你补一项：{}", back.label)}</b>
                <div class="mid t2">{back.reason}</div>
                <div class="small t2">
                    {tail} <span class="sep"></span> {back.written.name} " "
                    {moment(back.written.at)}
                </div>
                {(may && !back.answered)
                    .then(|| {
                        view! {
                            <div class="row acts">
                                <button
                                    type="button"
                                    class="btn soft"
                                    data-test="return-mend"
                                    on:click=mend
                                >
                                    <Icon name="pen" />
                                    "去补"
                                </button>
                            </div>
                        }
                    })}
            </div>
        </div>
    }
}

#[component]
fn ToDecide(id: DocumentId, about: Vec<String>) -> impl IntoView {
    let count = about.len();
    let title = if count == 1 {
        "两人改得不一样".to_owned()
    } else {
        format!("{count} 处改得不一样")
    };
    view! {
        <div class="note clash" data-test="case-clash">
            <Icon name="swap" />
            <div class="grow">
                <b>{title}</b>
                <div class="mid t2"><Dotted text=about.join("；") /></div>
            </div>
            <A href=format!("/case/{id}/clash") attr:class="btn slim" attr:data-test="case-to-clash">
                "去定"
            </A>
        </div>
    }
}
