//! 上一页, 下一页: for lists that the server answers page by page.

use leptos::prelude::*;

use crate::models::grids::Pager;

/// Both ways from the page that is shown; nothing where one page holds all of the list.
#[component]
pub fn PageTurns(
    /// Where the pages beside it begin.
    pager: Option<Pager>,
    /// Where the page begins.
    offset: RwSignal<u32>,
) -> impl IntoView {
    let to = move |at: Option<u32>, word: &'static str| {
        at.map(|at| {
            view! {
                <button type="button" class="btn" on:click=move |_| offset.set(at)>
                    {word}
                </button>
            }
        })
    };
    pager.map(|pager| {
        view! {
            <nav class="row wrap pages" aria-label="翻页">
                {to(pager.before, "上一页")}
                <span class="small t2 grow center">{pager.words}</span>
                {to(pager.after, "下一页")}
            </nav>
        }
    })
}
