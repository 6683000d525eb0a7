//! Small pieces of text.

use leptos::prelude::*;

use crate::app::shared;

/// Parts of a line with a small dot between them. A text is split at " · ".
#[expect(
    clippy::needless_pass_by_value,
    reason = "a property is given away, whatever is made of it"
)]
#[component]
pub fn Dotted(
    /// The line.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    text.split(" · ")
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .enumerate()
        .map(|(index, part)| {
            view! {
                {(index > 0).then(|| view! { <span class="sep"></span> })}
                {part}
            }
        })
        .collect_view()
}

/// 演示数据, where the data are invented.
#[component]
pub fn DemoMark() -> impl IntoView {
    let shared = shared();
    move || {
        shared.demo().then(|| view! { <span class="demo" data-test="demo-mark">"演示数据"</span> })
    }
}

/// A surname in a circle; never a photograph.
#[component]
pub fn Avatar(
    /// The person's name.
    #[prop(into)]
    name: String,
    /// Further classes: `sm`, `b`, `n`.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let mut first = name;
    first.truncate(first.chars().next().map_or(0, char::len_utf8));
    view! { <span class=format!("ava {class}") aria-hidden="true">{first}</span> }
}
