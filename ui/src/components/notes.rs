//! Nothing here, not here yet, and what went wrong.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;
use yidang_api::{Fault, FaultCode};
use yidang_domain::labels::label_of;

use super::Icon;
use crate::words::fault_words;

/// The address of a document of the same kind as the one that this page is about.
fn beside_this_page(document: &str) -> String {
    let path = use_location().pathname.get_untracked();
    let (above, _) = path.rsplit_once('/').unwrap_or_default();
    format!("{above}/{document}")
}

/// What happened, that the words are safe, and one way on. Only the network is grey.
#[component]
pub fn FaultNote(
    /// What went wrong.
    fault: Fault,
    /// Tries once more.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    let Fault { code, field, .. } = fault;
    let goes_on =
        field.clone().filter(|_| code == FaultCode::Erased).as_deref().map(beside_this_page);
    let leads_on = goes_on.is_some();
    let words = fault_words(code);
    let (class, icon) = if words.calm { ("note off", "cloud-off") } else { ("note late", "warn") };
    let what = match (code, field) {
        (FaultCode::Invalid, Some(field)) => format!("{}：{}", words.what, label_of(&field)),
        _ => words.what.to_owned(),
    };
    let code = serde_json::to_string(&code).unwrap_or_default();
    view! {
        <div class=class role="alert" data-test="fault" data-code=code.trim_matches('"').to_owned()>
            <Icon name=icon/>
            <div class="grow">
                <b>{what}</b>
                <div class="mid t2">{words.safe}"。"{words.way}"。"</div>
                {goes_on
                    .map(|href| {
                        view! {
                            <A href attr:class="btn slim note-act" attr:data-test="fault-goes-on">
                                "去看县里重录的档案"
                            </A>
                        }
                    })}
                {retry
                    .filter(|_| !leads_on)
                    .map(|retry| {
                        view! {
                            <button
                                type="button"
                                class="btn slim note-act"
                                data-test="fault-retry"
                                on:click=move |_| retry.run(())
                            >
                                "再试一次"
                            </button>
                        }
                    })}
            </div>
        </div>
    }
}

/// What is true and what comes next, without a picture.
#[component]
pub fn Empty(
    /// What is true.
    #[prop(into)]
    title: String,
    /// What comes next.
    #[prop(optional, into)]
    next: String,
    /// A way on.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty" data-test="empty">
            <b>{title}</b>
            {next}
            {children.map(|children| view! { <div class="empty-act">{children()}</div> })}
        </div>
    }
}

/// A still frame at once, a skeleton after 300 ms.
#[component]
pub fn Waiting(
    /// How many rows.
    #[prop(default = 3)]
    rows: usize,
) -> impl IntoView {
    let row = || {
        view! {
            <div class="cell">
                <span class="tile off skel-tile"></span>
                <span class="grow">
                    <span class="skel skel-short"></span>
                    <span class="skel skel-long"></span>
                </span>
            </div>
        }
    };
    let rows = std::iter::repeat_with(row).take(rows).collect_view();
    view! {
        <div
            class="cells waiting"
            role="status"
            aria-label="正在打开"
            aria-busy="true"
            data-test="waiting"
        >
            {rows}
        </div>
    }
}
