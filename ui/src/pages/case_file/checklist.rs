//! 受理前核对 on screen.

use leptos::prelude::*;

use super::file::OpenFile;
use crate::components::Icon;
use crate::models::checklist::{Check, checklist, done};

/// The lines of the checklist with how many are done.
#[component]
pub fn Checklist(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    let checks = file.part(checklist);
    view! {
        <section class="card" data-test="checklist">
            <div class="hd">
                <h3>"受理前核对"</h3>
                <span class="push t2 small">
                    {move || {
                        checks.get().map(|checks| format!("{} / {}", done(&checks), checks.len()))
                    }}
                </span>
            </div>
            <ul class="bd checks">
                {move || {
                    checks
                        .get()
                        .map(|checks| {
                            checks.into_iter().map(|check| view! { <Line check /> }).collect_view()
                        })
                }}
            </ul>
        </section>
    }
}

#[component]
fn Line(check: Check) -> impl IntoView {
    let class = if check.done { "ck ok on" } else { "ck no" };
    view! {
        <li class="row" data-test=format!("check-{}", check.name)>
            <span class=class aria-hidden="true">
                {check.done.then(|| view! { <Icon name="check" /> })}
            </span>
            <span class="grow">
                {check.label}
                <span class="sr">{if check.done { "：有" } else { "：没有" }}</span>
            </span>
            {(!check.done).then(|| view! { <span class="small soon-text">{check.lack}</span> })}
        </li>
    }
}
