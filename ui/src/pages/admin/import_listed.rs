//! What an import changes, thing by thing: what, whose, where, the old value beside the new one.

use leptos::prelude::*;
use yidang_api::admin::ImportView;
use yidang_api::import::{ImportLine, by_kind, left_words};

use crate::components::Dotted;

/// The changes by table; those that are not named are counted below.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a property is given away, whatever is made of it"
)]
#[component]
pub fn Listed(
    /// What the import found.
    view: ImportView,
) -> impl IntoView {
    if view.listed.is_empty() {
        return ().into_any();
    }
    let left = left_words(&view);
    let groups = by_kind(&view.listed)
        .into_iter()
        .map(|(kind, lines)| {
            let rows = lines.into_iter().map(|line| view! { <Row line=line.clone()/> });
            view! {
                <tbody>
                    <tr>
                        <th scope="rowgroup" colspan="4">{kind.to_owned()}</th>
                    </tr>
                    {rows.collect_view()}
                </tbody>
            }
        })
        .collect_view();
    view! {
        <div class="hd wrap">
            <h3>{if view.applied { "写入了什么" } else { "会写入什么" }}</h3>
        </div>
        <div
            class="table-scroll tall"
            tabindex="0"
            role="region"
            aria-label="逐项"
            data-test="import-listed"
        >
            <table class="tbl fold">
                <thead>
                    <tr>
                        <th scope="col">"怎么变"</th>
                        <th scope="col" class="l">"名称"</th>
                        <th scope="col" class="l">"在哪里"</th>
                        <th scope="col" class="l">"写的是"</th>
                    </tr>
                </thead>
                {groups}
            </table>
        </div>
        {left
            .into_iter()
            .map(|words| view! { <p class="small t3 inset-x" data-test="import-left">{words}</p> })
            .collect_view()}
    }
    .into_any()
}

#[component]
fn Row(line: ImportLine) -> impl IntoView {
    let words = line.words();
    view! {
        <tr data-test="import-line">
            <th scope="row">{line.fate.label()}</th>
            <td class="l any" data-label="名称">{line.name}</td>
            <td class="l any" data-label="在哪里"><Dotted text=line.place/></td>
            <td class="l any" data-label="写的是">{words}</td>
        </tr>
    }
}
